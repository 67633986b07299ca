//! The SBOMs of a release, the hole where there is none, and one of them with everything that was
//! skipped in it.

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::exposure::{self, REASON_CHARS_MAX, Tab, counted, grouped};
use super::super::form::{Form, Input, Kind};
use super::super::layout::{self, Room};
use super::super::reader::Reader;
use super::super::time;
use super::{PageView, form, hole};

/// So many signs of a digest tell one document from another on a page.
const DIGEST_SHOWN_CHARS: usize = 16;

/// An SBOM that is attached to a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SbomView {
    pub id: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub document: String,
    /// Its format and version: `CycloneDX JSON 1.6`.
    pub format: String,
    /// Its own name in the world.
    pub serial: Option<String>,
    pub attached_at: Timestamp,
    /// Who attached it; nobody where the node itself did.
    pub attached_by: Option<String>,
    /// When it was made, as it says.
    pub made: Option<String>,
    /// By what it was made, as it says.
    pub tools: Vec<String>,
    pub components: u64,
    /// How many of them go by no name that an advisory could use.
    pub unnamed: u64,
    /// How much of it was not used.
    pub skipped: u64,
    /// How often it does what its standard does not allow.
    pub problems: u64,
}

/// One SBOM with everything that is said of its places.
#[derive(Debug, Clone, Default)]
pub struct DocumentView {
    /// Its release: id, and what it is called.
    pub release: (String, String),
    pub sbom: SbomView,
    /// What was not used: place and reason; a page of it.
    pub skipped: Told,
    /// What its standard does not allow.
    pub problems: Told,
    /// Whether its bytes were erased, so that nothing more can be told.
    pub erased: bool,
}

/// Places of a document, each with what is said of it; a page of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Place and reason.
    pub rows: Vec<(String, String)>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// The part of the page that tells of SBOMs.
pub(super) fn section(view: &PageView, reader: &Reader) -> Markup {
    html! {
        section aria-labelledby="sbom" {
            h2 #sbom { (reader.text("release-sbom")) }
            @for sbom in &view.sboms { (attached(view, reader, sbom)) }
            @if view.sboms.is_empty() {
                p { (hole(reader, view.answerable())) }
                p.soft { (reader.text("release-hole-why")) }
            }
            @if view.is_kept() { (attach(view, reader)) }
            @if !view.older.is_empty() { (older(view, reader)) }
        }
    }
}

/// Those that count no longer: replaced, or detached.
fn older(view: &PageView, reader: &Reader) -> Markup {
    html! {
        details.quiet {
            summary {
                (reader.text("release-older")) " "
                span.count.num { (grouped(u64::try_from(view.older.len()).unwrap_or(u64::MAX))) }
            }
            ul.list {
                @for sbom in &view.older {
                    li.row.halves data-row {
                        div.what {
                            a href={ "/releases/" (view.id) "/sboms/" (sbom.id) } data-open { (sbom.format) }
                            (facts(reader, sbom))
                        }
                        div { span.num { (counted(reader, "release-components", sbom.components)) } }
                    }
                }
            }
        }
    }
}

fn attached(view: &PageView, reader: &Reader, sbom: &SbomView) -> Markup {
    let more = format!("/releases/{}/sboms/{}", view.id, sbom.id);
    html! {
        div.card {
            h3 {
                (sbom.format) " "
                span.count.num { (counted(reader, "release-components", sbom.components)) }
            }
            (facts(reader, sbom))
            @if sbom.unnamed > 0 { p { (counted(reader, "release-unnamed", sbom.unnamed)) } }
            (told_count(reader, sbom.skipped, ("release-skipped", "release-skipped-none")))
            (told_count(reader, sbom.problems, ("release-problems", "release-problems-none")))
            @if sbom.skipped > 0 || sbom.problems > 0 {
                p { a href=(more) { (reader.text("release-told")) } }
            }
            @if view.is_kept() { (detach(view, reader, sbom)) }
        }
    }
}

fn told_count(reader: &Reader, count: u64, (some, none): (&str, &str)) -> Markup {
    html! {
        @if count > 0 { p { strong { (counted(reader, some, count)) } } }
        @else { p.soft { span aria-hidden="true" { "✓" } " " (reader.text(none)) } }
    }
}

fn facts(reader: &Reader, sbom: &SbomView) -> Markup {
    let digest = sbom.document.get(..DIGEST_SHOWN_CHARS).unwrap_or(&sbom.document);
    html! {
        dl.dates {
            dt { "SHA-256" } dd { code title=(sbom.document) { (digest) "…" } }
            @if let Some(serial) = &sbom.serial {
                dt { (reader.text("release-serial")) } dd { code { (serial) } }
            }
            @if let Some(made) = &sbom.made {
                dt { (reader.text("release-made")) } dd { (made) }
            }
            @if !sbom.tools.is_empty() {
                dt { (reader.text("release-tools")) }
                dd { (sbom.tools.join(&reader.text("map-list-comma"))) }
            }
            dt { (reader.text("release-attached")) }
            dd {
                (time::moment(reader, sbom.attached_at))
                @if let Some(by) = &sbom.attached_by { " · " (by) }
            }
        }
    }
}

fn attach(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "sbom");
    let is_first = view.sboms.is_empty();
    html! {
        details.record open[form.is_refused() || is_first] {
            summary {
                (reader.text(if is_first { "release-attach" } else { "release-attach-newer" }))
            }
            form.stack method="post" action={ "/releases/" (view.id) "/sboms" }
                enctype="multipart/form-data" {
                (layout::csrf(reader))
                @if !is_first { (beside(&form)) }
                (form.file("document", "release-document", "release-document-help"))
                div.acts { button.primary type="submit" { (reader.text("release-attach")) } }
            }
        }
    }
}

/// Whether it counts instead of what is attached, or beside it.
fn beside(form: &Form<'_>) -> Markup {
    let reader = form.reader;
    let now = form.value("beside", "no");
    html! {
        fieldset.plain {
            legend { (reader.text("release-beside")) }
            @for (value, key) in [("no", "release-beside-no"), ("yes", "release-beside-yes")] {
                @let id = form.id(&format!("beside-{value}"));
                div.choice {
                    input type="radio" id=(id) name="beside" value=(value) checked[now == value];
                    label for=(id) { (reader.text(key)) }
                }
            }
        }
    }
}

fn detach(view: &PageView, reader: &Reader, sbom: &SbomView) -> Markup {
    let name = format!("detach-{}", sbom.id);
    let form = form(view, reader, &name);
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("release-detach")) }
            form.stack method="post"
                action={ "/releases/" (view.id) "/sboms/" (sbom.id) "/detach" } {
                (layout::csrf(reader))
                (form.input(&Input {
                    name: "reason", label: "exposure-reason", help: Some("release-detach-help"),
                    kind: Kind::Lines(2), chars_max: REASON_CHARS_MAX, ..Input::default()
                }))
                div.acts { button type="submit" { (reader.text("release-detach")) } }
            }
        }
    }
}

/// Makes the page of one SBOM.
pub fn page(view: &DocumentView, reader: &Reader) -> Markup {
    let (release, called) = &view.release;
    let title = format!("{called} · {}", view.sbom.format);
    let here = format!("/releases/{release}/sboms/{}", view.sbom.id);
    let below = html! { p { a href={ "/releases/" (release) } { (called) } } };
    let content = html! {
        (exposure::ways(reader, Tab::Products))
        (layout::heading(reader, &title, &below))
        (facts(reader, &view.sbom))
        @if view.erased { p.banner role="note" { (reader.text("release-erased")) } }
        (told(reader, ("skipped", "release-skipped-title"), view.sbom.skipped, &view.skipped, &here))
        (told(reader, ("problems", "release-problems-title"), view.sbom.problems, &view.problems, &here))
    };
    layout::page(reader, Room::Exposure, &title, content)
}

/// Places of the document with what is said of each.
fn told(reader: &Reader, (name, key): (&str, &str), all: u64, told: &Told, here: &str) -> Markup {
    html! {
        section aria-labelledby=(name) {
            h2 id=(name) { (reader.text(key)) " " span.count.num { (grouped(all)) } }
            ul.lines {
                @for (place, reason) in &told.rows {
                    li { code { (place) } " " span lang="en" { (reason) } }
                }
            }
            @if let Some(next) = &told.next {
                nav.paging aria-label=(reader.text(key)) {
                    a.button rel="next" href={
                        (here) "?" (name) "=" (super::super::query_part(next)) "#" (name)
                    } { (reader.text("exposure-next")) }
                }
            }
        }
    }
}
