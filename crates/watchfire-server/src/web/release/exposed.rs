//! What a release is exposed to: a page of its exposures, by status.

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::exposure::{self, KevView, SeverityView, Status, grouped};
use super::super::reader::Reader;
use super::super::time;
use super::PageView;
use crate::exposure::Exposed;

/// A page of what a release is exposed to.
#[derive(Debug, Clone, Default)]
pub struct ExposedView {
    /// The status that is shown alone.
    pub only: Option<Status>,
    pub rows: Vec<Row>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A vulnerability in a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The vulnerability's id, the name that it goes by, and its title.
    pub vulnerability: String,
    pub name: String,
    pub title: Option<String>,
    pub severity: Option<SeverityView>,
    pub kev: Option<KevView>,
    /// The component in which it is, with its version.
    pub component: String,
    pub answer: Exposed,
    pub status: Status,
    pub since: Timestamp,
    /// Who decided; nobody where nothing was decided.
    pub decided_by: Option<String>,
}

/// The part of the page that tells what the release is exposed to.
pub(super) fn section(view: &PageView, reader: &Reader) -> Markup {
    let here = format!("/releases/{}", view.id);
    let path = match view.exposed.only {
        Some(status) => format!("{here}?status={}", status.word()),
        None => here.clone(),
    };
    html! {
        section aria-labelledby="exposed" {
            h2 #exposed {
                (reader.text("exposure-exposures")) " "
                span.count.num { (grouped(view.tally.all())) }
            }
            @if view.tally.all() > 0 { (filter(view, reader, &here)) }
            @if view.exposed.rows.is_empty() { (nothing(view, reader)) } @else {
                ul.list { @for row in &view.exposed.rows { (exposed(reader, row)) } }
            }
            (exposure::paging(reader, &path, view.exposed.next.as_deref()))
        }
    }
}

/// Whether nothing is known to be in it, or nothing can be: without an SBOM nobody knows.
fn nothing(view: &PageView, reader: &Reader) -> Markup {
    let key = match (&view.sbom, view.exposed.only) {
        (None, None) => "release-exposed-unknown",
        (Some(_), None) => "release-exposed-none",
        (_, Some(_)) => "release-exposed-none-so",
    };
    html! { div.empty { p { (reader.text(key)) } } }
}

fn filter(view: &PageView, reader: &Reader, here: &str) -> Markup {
    let all = view.exposed.only.is_none();
    html! {
        nav.ways aria-label=(reader.text("exposure-filter")) {
            a href={ (here) "#exposed" } aria-current=[all.then_some("true")] {
                (reader.text("exposure-all")) " " span.num { (grouped(view.tally.all())) }
            }
            @for status in Status::ALL {
                @let chosen = view.exposed.only == Some(status);
                a href={ (here) "?status=" (status.word()) "#exposed" }
                    aria-current=[chosen.then_some("true")] {
                    (reader.text(status.key())) " " span.num { (grouped(view.tally.of(status))) }
                }
            }
        }
    }
}

fn exposed(reader: &Reader, row: &Row) -> Markup {
    html! {
        li.row.halves data-row {
            div.what {
                a href={ "/vulnerabilities/" (row.vulnerability) } data-open {
                    (row.name) @if let Some(title) = &row.title { " · " (title) }
                }
                p { code { (row.component) } }
                p { (exposure::answer(reader, row.answer)) }
            }
            div {
                span.marks {
                    (exposure::status(reader, row.status))
                    @if let Some(kev) = &row.kev { (exposure::kev(reader, kev)) }
                    @if let Some(severity) = &row.severity { (exposure::severity(reader, severity)) }
                }
                span.next { (reader.text("exposure-since")) " " (time::moment(reader, row.since)) }
                @if let Some(by) = &row.decided_by {
                    span.next { (reader.text("exposure-decided-by")) " " (by) }
                }
            }
        }
    }
}
