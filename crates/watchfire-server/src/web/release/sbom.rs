//! The SBOMs of a release: the newest, which counts, those before it, and the hole where there is
//! none.

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::exposure::{self, REASON_CHARS_MAX, counted, grouped};
use super::super::form::{Input, Kind};
use super::super::layout;
use super::super::reader::Reader;
use super::super::time;
use super::{PageView, form, hole};

/// So many signs of a digest tell one document from another on a page.
const DIGEST_SHOWN_CHARS: usize = 16;

/// An SBOM of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SbomView {
    /// The SHA-256 of its bytes, in hex.
    pub digest: String,
    /// Its format and version: `CycloneDX 1.6`.
    pub format: String,
    pub file: Option<String>,
    /// When it says that it was made.
    pub made_at: Option<Timestamp>,
    /// By what it says that it was made.
    pub tools: Vec<String>,
    pub attached_at: Timestamp,
    pub attached_by: Option<String>,
    pub components: u64,
    /// How many of them have no name that an advisory could mean.
    pub unnamed: u64,
    pub skipped: Told,
    /// What its standard does not allow.
    pub problems: Told,
}

/// Places of a document, each with what is said of it; a page of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub all: u64,
    /// Pointer and reason.
    pub rows: Vec<(String, String)>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Whether the reader leafs through them, so that they stand open.
    pub is_open: bool,
}

/// The part of the page that tells of SBOMs.
pub(super) fn section(view: &PageView, reader: &Reader) -> Markup {
    html! {
        section aria-labelledby="sbom" {
            h2 #sbom { (reader.text("release-sbom")) }
            @match &view.sbom {
                Some(sbom) => {
                    (newest(view, reader, sbom))
                    @if view.is_kept() { (detach(view, reader, sbom, "detach")) }
                }
                None => {
                    p { (hole(reader, view.answerable())) }
                    p.soft { (reader.text("release-hole-why")) }
                }
            }
            @if view.is_kept() { (attach(view, reader)) }
            @if !view.older.is_empty() { (older(view, reader)) }
        }
    }
}

fn newest(view: &PageView, reader: &Reader, sbom: &SbomView) -> Markup {
    html! {
        div.card {
            h3 { (sbom.format) " " span.count.num { (counted(reader, "release-components", sbom.components)) } }
            (facts(reader, sbom))
            @if sbom.unnamed > 0 { p { (counted(reader, "release-unnamed", sbom.unnamed)) } }
            (told(view, reader, &sbom.skipped, ("skipped", "release-skipped", "release-skipped-none")))
            (told(view, reader, &sbom.problems, ("problems", "release-problems", "release-problems-none")))
        }
    }
}

fn facts(reader: &Reader, sbom: &SbomView) -> Markup {
    let digest = sbom.digest.get(..DIGEST_SHOWN_CHARS).unwrap_or(&sbom.digest);
    html! {
        dl.dates {
            @if let Some(file) = &sbom.file { dt { (reader.text("release-file")) } dd { (file) } }
            dt { "SHA-256" } dd { code title=(sbom.digest) { (digest) "…" } }
            @if let Some(at) = sbom.made_at {
                dt { (reader.text("release-made")) } dd { (time::moment(reader, at)) }
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

/// What is said of places of the document: how many, and each folded behind it.
fn told(
    view: &PageView,
    reader: &Reader,
    told: &Told,
    (name, some, none): (&str, &str, &str),
) -> Markup {
    if told.all == 0 {
        return html! { p.soft { span aria-hidden="true" { "✓" } " " (reader.text(none)) } };
    }
    html! {
        details id=(name) open[told.is_open] {
            summary { (counted(reader, some, told.all)) }
            ul.lines {
                @for (place, reason) in &told.rows {
                    li { code { (place) } " " span lang="en" { (reason) } }
                }
            }
            @if let Some(next) = &told.next {
                p {
                    a rel="next" href={
                        "/releases/" (view.id) "?" (name) "=" (super::super::query_part(next)) "#" (name)
                    } { (reader.text("exposure-next")) }
                }
            }
        }
    }
}

fn attach(view: &PageView, reader: &Reader) -> Markup {
    let form = form(view, reader, "sbom");
    html! {
        details.record open[form.is_refused() || view.sbom.is_none()] {
            summary {
                (reader.text(if view.sbom.is_some() { "release-attach-newer" } else { "release-attach" }))
            }
            form.stack method="post" action={ "/releases/" (view.id) "/sboms" }
                enctype="multipart/form-data" {
                (layout::csrf(reader))
                (form.file("document", "release-document", "release-document-help"))
                div.acts { button.primary type="submit" { (reader.text("release-attach")) } }
            }
        }
    }
}

fn detach(view: &PageView, reader: &Reader, sbom: &SbomView, name: &str) -> Markup {
    let form = form(view, reader, name);
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("release-detach")) }
            form.stack method="post"
                action={ "/releases/" (view.id) "/sboms/" (sbom.digest) "/detach" } {
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

fn older(view: &PageView, reader: &Reader) -> Markup {
    html! {
        details.quiet {
            summary {
                (reader.text("release-older")) " "
                span.count.num { (grouped(u64::try_from(view.older.len()).unwrap_or(u64::MAX))) }
            }
            ul.list {
                @for sbom in &view.older {
                    li.row.halves {
                        div.what { strong { (sbom.format) } (facts(reader, sbom)) }
                        div {
                            span.num { (exposure::counted(reader, "release-components", sbom.components)) }
                            @if view.is_kept() {
                                (detach(view, reader, sbom, &format!("detach-{}", sbom.digest)))
                            }
                        }
                    }
                }
            }
        }
    }
}
