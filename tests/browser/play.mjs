// Plays the demo as a person would: with a keyboard, on a telephone, at night, without script.
//   node play.mjs LANGUAGE TOLD [PICTURES]
// TOLD is what the demo printed on stderr; with PICTURES, a folder, every page is photographed.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [language, told, pictures] = process.argv.slice(2);
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const WIDTHS = [1440, 390];
const SCHEMES = ["light", "dark"];
const PATIENCE_MS = 10_000;
// On the second day: the deadline of Article 7(2) is hours away, and nothing is fixed.
const THEN = "2021-11-25T08:40:00Z";
const ARTICLE = "cn-rmsv/7.2";
const WORDS = {
  en: {
    article: "Article 7, item (2)", nobody: "nobody", overdue: "overdue", soon: "due soon",
    left: "7 h 20 m", past: / past$/, unknown: "not known yet", readonly: "You look at the past",
    met: "met", mine: "It is yours now", required: "required now: 0 of 6",
    missed: "No report has this tracking code", yours: "Your report of",
    recorded: "The entry is recorded", year: "2021", quote: "2日内",
    proposed: "proposed, not law", unsure: "Nobody is sure whether we are",
    answers: "The answers are recorded", doubt: "? not sure",
  },
  "zh-CN": {
    article: "第七条第二项", nobody: "无人负责", overdue: "已逾期", soon: "即将到期",
    left: "7 小时 20 分", past: /^(▲ )?已超 /, unknown: "当时未知", readonly: "您正在回看过去",
    met: "已履行", mine: "现由您负责", required: "现在必填：0 / 6",
    missed: "没有", yours: "您的报告，收到于",
    recorded: "该记录已存证", year: "2021年", quote: "2日内",
    proposed: "提案，尚非法律", unsure: "不确定本单位是否为",
    answers: "回答已记录", doubt: "? 不确定",
  },
};
const words = WORDS[language];

const invitation = readFileSync(told, "utf8");
const origin = invitation.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
const [went, lit] = [...invitation.matchAll(/\/cases\/(\S+)/g)].map((found) => found[1]);
const [login, password] = [...invitation.matchAll(/`([^`]+)`/g)].map((found) => found[1]);

let checks = 0;
const complaints = [];

function check(holds, sentence) {
  checks += 1;
  if (!holds) complaints.push(sentence);
}

async function shows(place, text, sentence) {
  const shown = (await place.innerText({ timeout: PATIENCE_MS })).replace(/\s+/g, " ");
  check(shown.includes(text), `${sentence}: “${text}” is not in “${shown.slice(0, 300)}”`);
}

// Whatever the browser complains of is a defect; a refusal of the content policy is told there too.
function listen(page, who) {
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${who}, console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${who}, script: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`${who}: ${request.url()} failed: ${why}`);
  });
  page.on("request", (request) => {
    check(request.url().startsWith(origin), `${who}: asks elsewhere: ${request.url()}`);
  });
}

async function open(page, path) {
  const answer = await page.goto(origin + path);
  check(answer.status() === 200, `${path} answers ${answer.status()}`);
  const tag = await page.locator("html").getAttribute("lang");
  check(tag === language, `${path} is in ${tag}, not in ${language}`);
}

// The elements that stick out of the window, so that one must scroll sideways.
const sticking = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `<${element.tagName.toLowerCase()} class="${element.className}">`)
    .slice(0, 5);
});

// Text whose contrast with what lies behind it is below 4.5 to 1 (WCAG 2.2, 1.4.3).
const faint = (page) => page.evaluate(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colors) => {
    canvas.fillStyle = "#fff";
    for (const color of ["#fff", ...colors]) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("svg, option, script, :disabled")) continue;
    const behind = [];
    for (let place = element; place; place = place.parentElement) {
      behind.unshift(getComputedStyle(place).backgroundColor);
    }
    const [ground, ink] = [behind, [...behind, getComputedStyle(element).color]].map(paint);
    const [low, high] = [light(ground), light(ink)].sort((one, two) => one - two);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) found.add(`${contrast.toFixed(2)} “${walker.currentNode.data.trim().slice(0, 30)}”`);
  }
  return [...found].slice(0, 5);
});

// What the Tab key does not reach, or reaches without showing it (WCAG 2.2, 2.1.1, 2.1.2 and 2.4.7).
async function unreached(page) {
  const count = await page.evaluate(() => {
    const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    const all = [...document.querySelectorAll(wanted)].filter((element) =>
      element.checkVisibility({ visibilityProperty: true }) && !element.disabled && element.tabIndex >= 0);
    window.unreached = new Set(all);
    window.unseen = new Set();
    window.seen = new Set();
    document.activeElement?.blur();
    return all.length;
  });
  let ended = false;
  for (let step = 0; step < 2 * count + 20 && !ended; step += 1) {
    await page.keyboard.press("Tab");
    ended = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return window.unreached.size === 0;
      window.unreached.delete(element);
      // Of a group of radio buttons one is reached, and the arrows lead to the others.
      if (element.type === "radio") {
        const group = document.getElementsByName(element.name);
        for (const other of group) if (other.form === element.form) window.unreached.delete(other);
      }
      const style = getComputedStyle(element);
      const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      if (!outlined && style.boxShadow === "none") {
        // Within a field for a day the browser shows itself which part of it is meant.
        if (element.type !== "date" || !window.seen.has(element)) window.unseen.add(element);
      } else {
        window.seen.add(element);
      }
      return window.unreached.size === 0;
    });
  }
  return page.evaluate(() => {
    const told = (why) => (element) =>
      `${why} <${element.tagName.toLowerCase()}> “${(element.innerText || element.name || "").trim().slice(0, 40)}”`;
    const reached = [...window.unreached].map(told("not reached"));
    return [...reached.slice(0, 5), ...[...window.unseen].map(told("not shown")).slice(0, 5)];
  });
}

async function looks(page, name, path) {
  await open(page, path);
  // Only a person with script needs another way than that of the browser itself.
  if (await page.evaluate(() => true).catch(() => false)) {
    const lost = await unreached(page);
    check(lost.length === 0, `${name}: the keyboard alone: ${lost.join(", ")}`);
  }
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      await open(page, path);
      const where = `${name} at ${width}, ${scheme}`;
      const wide = await sticking(page);
      check(wide.length === 0, `${where}: wider than the window: ${wide.join(", ")}`);
      const pale = await faint(page);
      check(pale.length === 0, `${where}: hard to read: ${pale.join(", ")}`);
      if (pictures) {
        const path = `${pictures}/${name}.${language}.${width}.${scheme}.png`;
        await page.screenshot({ path, fullPage: true });
      }
    }
  }
  await page.setViewportSize({ width: WIDTHS[0], height: 900 });
}

// A check that cannot fail proves nothing: each way of finding a defect is shown one.
async function negativeControls(browser) {
  const page = await browser.newPage({ viewport: { width: WIDTHS[1], height: 900 } });
  await page.goto(`${origin}/report`);
  const clean = [await sticking(page), await faint(page), await unreached(page)];
  check(clean.every((found) => found.length === 0), "the page of the controls is clean at first");
  const refused = page.waitForEvent("console", { predicate: (message) => message.type() === "error", timeout: PATIENCE_MS });
  await page.evaluate(() => {
    const intruder = document.createElement("p");
    intruder.textContent = "hard to see and far too wide";
    intruder.style.cssText = "width: 2000px; color: #777; background: #888";
    document.querySelector("main").append(intruder);
    const trap = document.createElement("button");
    trap.textContent = "never reached";
    trap.addEventListener("focus", () => trap.previousElementSibling?.focus());
    const first = document.createElement("button");
    first.style.cssText = "outline: none; box-shadow: none";
    document.querySelector("main").append(first, trap);
    const script = document.createElement("script");
    script.textContent = "window.intruded = true";
    document.body.append(script);
  });
  check((await sticking(page)).length > 0, "control: an element wider than the window is not found");
  check((await faint(page)).length > 0, "control: grey on grey is not found");
  const lost = await unreached(page);
  check(lost.some((it) => it.startsWith("not shown")), "control: a focus that is not shown is not found");
  check(lost.some((it) => it.startsWith("not reached")), "control: what the keyboard never reaches is not found");
  const message = await refused.catch(() => null);
  check(/Content Security Policy/.test(message?.text() ?? ""), "control: an inline script is not refused");
  check(!(await page.evaluate(() => window.intruded)), "control: an inline script ran");
  const before = complaints.length;
  await shows(page.locator("h1"), "no page says this", "control");
  check(complaints.length === before + 1, "control: a missing text is not found");
  complaints.splice(before, 1);
  await page.close();
}

async function signIn(page) {
  await open(page, "/watch");
  check(new URL(page.url()).pathname === "/sign-in", "the watch asks for signing in");
  await looks(page, "sign-in", "/sign-in?return_to=/watch");
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.press("#password", "Enter");
  await page.waitForURL(`${origin}/watch`);
}

// From the sign-in to a draft that is saved, with the keyboard alone.
async function byKeyboard(browser) {
  const context = await browser.newContext({ locale: language });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  listen(page, "keyboard");
  const to = async (wanted) => {
    for (let step = 0; step < 400; step += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((it) => document.activeElement?.matches(it) ?? false, wanted)) return;
    }
    throw new Error(`the Tab key never comes to ${wanted}`);
  };
  await open(page, `/cases/${went}`);
  await to("#login");
  await page.keyboard.type(login);
  await to("#password");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${origin}/cases/${went}`);
  await to("article.ob details.why > summary");
  await page.keyboard.press("Enter");
  check(await page.locator("article.ob details.why[open] li").first().isVisible(), "Enter unfolds the reasons");
  await to("article.ob a[href$='/draft']");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/draft$/);
  await to(".fields input, .fields textarea");
  await page.keyboard.type("x");
  await to(".draft .acts button");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  check(/\/draft$/.test(page.url()), "a draft is saved with the keyboard alone");
  await context.close();
}

async function watch(page) {
  const first = page.locator(".list.gap [data-row]").first();
  await shows(first, words.article, "the first gap is that of Article 7(2)");
  await shows(first, words.nobody, "the gap says that nobody holds it");
  await shows(first, words.overdue, "the gap says that it is overdue");
  await shows(page.locator(".now"), words.year, "the clock of the page shows its year");
  await looks(page, "watch", "/watch");
}

async function asItWent(page) {
  await open(page, `/cases/${went}`);
  const card = page.locator("article.ob", { has: page.locator(`a[href$="#cn-rmsv-7-2"]`) });
  await shows(card, words.overdue, "as it went, Article 7(2) is overdue");
  const why = card.locator("details.why");
  check(!(await why.locator("ol").isVisible()), "the reasons are folded at first");
  await why.locator("summary").click();
  check((await why.locator("li").count()) > 2, "the reasons tell their steps");
  await shows(why, ARTICLE, "the reasons name the provision");
  await looks(page, "case", `/cases/${went}`);
}

async function past(page) {
  const path = `/cases/${went}?at=${THEN}&known_at=${THEN}`;
  await open(page, path);
  await shows(page.locator(".banner.past"), words.readonly, "the past says that it is the past");
  const ahead = page.locator(".facts .future");
  check((await ahead.count()) >= 4, "what was learned later stands apart");
  await shows(ahead.last(), words.unknown, "a later fact says that it was not known");
  const grey = await ahead.last().evaluate((it) => getComputedStyle(it).color);
  const ink = await page.locator(".facts > li:not(.future)").first().evaluate((it) => getComputedStyle(it).color);
  check(grey !== ink, "a later fact is drawn as the others are");
  const card = page.locator("article.ob", { has: page.locator(`a[href$="#cn-rmsv-7-2"]`) });
  await shows(card, words.soon, "the state is that of then");
  await shows(card.locator(".left"), words.left, "the time left is that of then");
  check((await page.locator("form[method=post][action^='/cases/']").count()) === 0, "the past offers a change");
  await page.locator("#slider-step").focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL((url) => url.searchParams.has("at") && url.searchParams.get("at") !== THEN);
  check(new Date(new URL(page.url()).searchParams.get("at")) < new Date(THEN), "the slider goes to an earlier moment");
  await looks(page, "past", path);
}

async function watchFireLit(page) {
  await open(page, `/cases/${lit}`);
  const card = page.locator("article.ob", { has: page.locator(`a[href$="#cn-rmsv-7-2"]`) });
  await shows(card, words.met, "with the watch fire lit, Article 7(2) is met");
  check(await card.first().evaluate((it) => it.classList.contains("met")), "what is met is drawn as met");
  check((await card.locator("form").count()) === 0, "what is met can still be taken");
  await looks(page, "lit", `/cases/${lit}`);
}

async function draft(page) {
  await open(page, `/cases/${went}`);
  const way = page.locator("article.ob a[href$='/draft']").first();
  const path = await way.getAttribute("href");
  await way.click();
  await page.waitForURL(origin + path);
  await shows(page.locator(".meter"), words.required, "the meter tells how complete the draft is");
  check((await page.locator(".fields .field").count()) >= 6, "the six items of Article 7(2) can be filled in");
  const copies = await page.locator(".fields [data-copy]:visible").count();
  check(copies === (await page.locator(".fields .field").count()), "each field can be copied");
  await page.locator(".fields input, .fields textarea").first().fill("Apache Log4j 2.14.1");
  await page.locator(".draft .acts button").first().click();
  await page.waitForURL(origin + path);
  await shows(page.locator(".meter"), words.required.replace("0", "1"), "a saved field counts");
  await looks(page, "draft", path);
  await looks(page, "draft-print", `${path}/print`);
}

async function claim(page) {
  await open(page, "/watch");
  const before = await page.locator(".list.gap [data-row]").count();
  await page.keyboard.press("j");
  check((await page.locator("[data-row].chosen").count()) === 1, "`j` chooses a row");
  await Promise.all([page.waitForURL(`${origin}/watch`), page.waitForNavigation(), page.keyboard.press("t")]);
  await shows(page.locator(".done"), words.mine, "taking a gap is confirmed");
  const receipt = (await page.locator("#done-receipt").innerText()).trim();
  check(receipt.length > 8, `there is a receipt: “${receipt}”`);
  check((await page.locator(".list.gap [data-row]").count()) === before - 1, "a gap that was taken is none");
  await page.reload();
  check((await page.locator(".done").count()) === 0, "what was done is told once");
  await open(page, "/log");
  await page.locator("main form input[type=text], main form input:not([type])").first().fill(receipt);
  await page.locator("main form button").first().click();
  await shows(page.locator("main"), words.recorded, "the log knows the receipt");
  await looks(page, "log", "/log");
}

async function law(page) {
  await looks(page, "laws", "/laws");
  await looks(page, "law", "/laws/cn-rmsv");
  const provision = page.locator("#cn-rmsv-7-2");
  const beside = page.locator(".beside").filter({ has: provision });
  const quoted = beside.locator(".law-text [lang='zh-CN'] blockquote");
  check((await quoted.count()) > 0, "the quotation says its language");
  await shows(quoted.filter({ hasText: words.quote }).first(), words.quote, "the law is quoted in its own words");
}

// Where a link of the page leads whose address begins so.
async function leads(page, begin, text) {
  const links = page.locator(`main a[href^="${begin}"]`).filter({ hasText: text });
  return links.first().getAttribute("href");
}

// From an advisory to the releases that contain what it speaks of, and to why.
async function exposure(page) {
  await looks(page, "vulnerabilities", "/vulnerabilities");
  const path = await leads(page, "/vulnerabilities/WV-", "CVE-2021-44228");
  await looks(page, "vulnerability", path);
  await shows(page.locator("main"), "GHSA-jfh8-c2jp-5v3q", "its other name stands there");
  const why = await leads(page, `${path}/releases/`, "");
  await looks(page, "why", why);
  await shows(page.locator("main"), "log4j-core 2.14.1", "the component is named");
  await looks(page, "products", "/products");
  await looks(page, "holes", "/products/holes");
  const bare = await leads(page, "/releases/", "");
  await looks(page, "release-bare", bare);
  await open(page, why);
  const release = await leads(page, "/releases/", "");
  await looks(page, "release", release);
  await open(page, release);
  const product = await leads(page, "/products/WX-", "");
  await looks(page, "product", product);
  await looks(page, "components", "/components?package=pkg%3Amaven%2Forg.apache.logging.log4j%2Flog4j-core");
  for (const version of ["2.14.1", "2.15.0", "2.16.0", "2.17.0", "2.17.1"]) {
    await shows(page.locator("main"), version, `the fleet has log4j-core ${version}`);
  }
  await looks(page, "advisories", "/advisories");
  await looks(page, "rules", "/advisories/rules");
  await looks(page, "feeds", "/feeds");
}

// Every page of laws: what is proposed, what was superseded, one provision, the map, the changes.
async function laws(page) {
  await looks(page, "law-proposed", "/laws/us-circia");
  await looks(page, "law-superseded", "/laws/norm-cisa-bod-22-01");
  await looks(page, "law-table", "/laws/norm-cisa-bod-26-04");
  await looks(page, "provision", "/laws/eu-cra/14.2.c");
  await looks(page, "laws-narrowed", "/laws?kind=proposed");
  await looks(page, "map", "/map?day=2026-11-30");
  await looks(page, "map-later", "/map?day=2027-12-11&for=vulnerability");
  await looks(page, "amendments", "/amendments");
  await looks(page, "departments", "/departments");
  await open(page, "/laws/us-circia");
  await shows(page.locator("main"), words.proposed, "a proposal says that it is no law");
}

// Answers what a page of the inquiry asks and goes on; a question without an answer stays open.
async function answer(page, answers, go = "next") {
  for (const [question, value] of Object.entries(answers)) {
    // What was answered before goes along hidden.
    const input = page.locator(`:is(select, input[type=radio])[name="a.${question}"]`);
    if ((await input.count()) === 0) continue;
    if (await input.first().evaluate((it) => it.tagName === "SELECT")) await input.selectOption(value);
    else await page.locator(`input[type=radio][name="a.${question}"][value="${value}"]`).check();
  }
  await page.locator(`main button[name=go][value=${go}]`).click();
}

const PLACES = Object.fromEntries(
  ["CN", "US", "UK", "AU", "HK", "IN", "JP", "KR", "SG", "TW", "global"].map((place) => [`place/${place}`, "no"]),
);
const WE = {
  ...PLACES, "place/EU": "yes", "eu-cra/manufacturer": "yes", "eu-cra/steward": "not-sure",
  "eu-cra/member-state": "DE",
};

// The questions that find our roles, without script: forth, back, and to the result.
async function inquiry(browser) {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: language });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  listen(page, "inquiry");
  await open(page, "/inquiry");
  await page.locator("main button[name=go]").click();
  check((await page.locator("fieldset.question").count()) === 5, "a few questions are asked together");
  await answer(page, WE);
  await answer(page, WE, "back");
  check(await page.locator(`[name="a.place/EU"][value=yes]`).isChecked(), "going back keeps the answers");
  for (let round = 0; round < 3; round += 1) await answer(page, WE);
  const first = page.locator("fieldset.question").first();
  check((await first.locator("a[href='/laws/eu-cra/14.2.a']").count()) === 1, "a question names its articles");
  const asked = new URL(page.url());
  await answer(page, WE);
  await answer(page, WE, "result");
  await shows(page.locator("section[aria-labelledby=undecided]"), words.unsure, "what nobody is sure of is told");
  check((await page.locator("a[href='/laws/eu-cra/14.2.a']").count()) > 0, "what follows is shown");
  check((await page.locator("main form[method=post]").count()) === 0, "nobody without an account records");
  const result = new URL(page.url());
  await context.close();
  return [asked, result].map((it) => it.pathname + it.search);
}

// An administrator records the answers, and the page of the organization says so.
async function recorded(page, [asked, result]) {
  await looks(page, "inquiry", "/inquiry");
  await looks(page, "inquiry-round", asked);
  await looks(page, "inquiry-result", result);
  await open(page, result);
  await page.locator("main form[method=post] button").last().click();
  await page.waitForURL(`${origin}/organization`);
  await shows(page.locator(".done"), words.answers, "recording is confirmed");
  check((await page.locator(`[name="role.eu-cra/manufacturer"]`).isChecked()), "a role that was found is ours");
  await shows(page.locator("main"), words.doubt, "a role of which nobody is sure is marked");
  await looks(page, "organization", "/organization");
  const contradiction = result.replace("a.place%2FEU=yes", "a.place%2FEU=no");
  check(contradiction !== result, "the address holds the answers");
  const refused = await page.request.get(origin + contradiction);
  check(refused.status() === 422, `a contradiction is answered with ${refused.status()}`);
}

// Somebody without an account, whose browser runs no script.
async function report(browser) {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: language });
  const page = await context.newPage();
  listen(page, "report");
  await open(page, "/report");
  await page.fill("#report-what", "A message in the log runs code\nSeen on a test system.");
  await page.check("#report-sure-likely");
  await page.check("#report-exploited-unknown");
  await page.locator("form.report button").click();
  const code = (await page.locator("#tracking-code").innerText()).trim();
  check(/^WT-/.test(code), `a tracking code is shown: “${code}”`);
  await open(page, "/report/track");
  await page.fill("#track-code", code);
  await page.locator("main form button").click();
  await shows(page.locator("main"), words.yours, "the tracking code opens the report");
  check((await page.locator(".problem").count()) === 0, "the tracking code is refused");
  await context.close();
  const scripted = await browser.newContext({ locale: language });
  const other = await scripted.newPage();
  listen(other, "report");
  await looks(other, "report", "/report");
  await scripted.close();
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
try {
  await negativeControls(browser);
  const context = await browser.newContext({ locale: language });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  listen(page, "visitor");
  for (const part of [signIn, watch, asItWent, past, watchFireLit, law, laws, exposure, draft, claim]) {
    await part(page).catch((error) => complaints.push(`${part.name}: ${error.message}`));
  }
  await byKeyboard(browser).catch((error) => complaints.push(`keyboard: ${error.message}`));
  await inquiry(browser)
    .then((addresses) => recorded(page, addresses))
    .catch((error) => complaints.push(`inquiry: ${error.message}`));
  await report(browser).catch((error) => complaints.push(`report: ${error.message}`));
} finally {
  await browser.close();
}
for (const complaint of complaints) console.error(`✗ ${language}: ${complaint}`);
console.log(`browser, ${language}: ${checks} checks, ${complaints.length} complaints`);
process.exitCode = complaints.length === 0 ? 0 : 1;
