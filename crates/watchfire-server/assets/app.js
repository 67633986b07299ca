// Keyboard and copy buttons. Everything works without this file; it only saves steps.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let chosen = -1;

  function choose(step) {
    const all = rows();
    if (all.length === 0) return;
    all[chosen]?.classList.remove("chosen");
    chosen = Math.min(Math.max(chosen + step, 0), all.length - 1);
    const row = all[chosen];
    row.classList.add("chosen");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("[data-open], a, button, summary");
    link?.focus({ preventScroll: true });
  }

  // The selected row is the one that holds the focus, else the one that was chosen last.
  function selected() {
    return document.activeElement?.closest("[data-row]") ?? rows()[chosen];
  }

  function press(key) {
    const row = selected();
    const act = row?.querySelector(`[data-key="${key}"]`);
    if (!act) return false;
    act.click();
    if (act.tagName === "SUMMARY") act.parentElement.querySelector("select, input, ol")?.focus?.();
    return true;
  }

  const typing = (element) =>
    element?.matches?.("input, textarea, select, [contenteditable]") ?? false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") choose(1);
    else if (event.key === "k") choose(-1);
    else if (!["t", "a", "e", "w"].includes(event.key) || !press(event.key)) return;
    event.preventDefault();
  });

  const read = (element) => ("value" in element ? element.value : element.textContent);

  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    await navigator.clipboard.writeText(read(source));
    const told = document.getElementById("copied");
    if (told) told.textContent = told.dataset.words;
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  }

  function count(field) {
    const told = document.querySelector(`[data-count="${CSS.escape(field.id)}"]`);
    if (!told) return;
    told.textContent = told.textContent.replace(/\d+/, String([...field.value].length));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("input", (event) => count(event.target));
  document.addEventListener("change", (event) => {
    const slide = event.target.closest?.("[data-slide]");
    if (slide && event.target.type === "range") slide.submit();
  });

  // Only the browser knows in which zone its reader lives; the next page is told.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `watchfire-zone=${zone}; Path=/; SameSite=Lax; Max-Age=31536000${secure}`;
  }

  // Copying needs a secure origin; where there is none the buttons stay hidden.
  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  }
})();
