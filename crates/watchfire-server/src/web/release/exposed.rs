//! What a release is exposed to: a page of its exposures, by state.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::{SourceAnswer, VexStatus};
use watchfire_store::ExposureState;

use super::super::exposure::{self, SeverityView};
use super::super::reader::Reader;
use super::super::time;
use super::PageView;

/// A page of what a release is exposed to.
#[derive(Debug, Clone, Default)]
pub struct ExposedView {
    pub state: ExposureState,
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
    /// Whether it is exploited somewhere.
    pub is_listed: bool,
    pub answer: Option<SourceAnswer>,
    pub status: VexStatus,
    pub since: Timestamp,
    pub decided_at: Option<Timestamp>,
    /// Whether what was decided waits for a second person.
    pub awaits_second: bool,
    /// Whether a decision no longer counts.
    pub lapsed: bool,
}

/// The part of the page that tells what the release is exposed to.
pub(super) fn section(view: &PageView, reader: &Reader) -> Markup {
    let exposed = &view.exposed;
    let here = format!("/releases/{}", view.id);
    let path = format!("{here}?state={}", exposure::state_word(exposed.state));
    let count = |state| (state == ExposureState::Open).then_some(view.open);
    html! {
        section aria-labelledby="exposed" {
            h2 #exposed { (reader.text("exposure-exposures")) }
            (exposure::states(reader, (&here, "exposed"), exposed.state, count))
            @if exposed.rows.is_empty() { (nothing(view, reader)) } @else {
                ul.list { @for row in &exposed.rows { (self::exposed(reader, row, &view.id)) } }
            }
            (exposure::paging(reader, &path, exposed.next.as_deref()))
        }
    }
}

/// Whether nothing is known to be in it, or nothing can be: without an SBOM nobody knows.
fn nothing(view: &PageView, reader: &Reader) -> Markup {
    let key = match (view.sboms.is_empty(), view.exposed.state) {
        (true, _) => "release-exposed-unknown",
        (false, ExposureState::Any) => "release-exposed-none",
        (false, _) => "release-exposed-none-so",
    };
    html! { div.empty { p { (reader.text(key)) } } }
}

fn exposed(reader: &Reader, row: &Row, release: &str) -> Markup {
    html! {
        li.row.halves data-row {
            div.what {
                a href={ "/vulnerabilities/" (row.vulnerability) } data-open {
                    (row.name) @if let Some(title) = &row.title { " · " (title) }
                }
                p {
                    (exposure::answer(reader, row.answer)) " · "
                    a href={ "/vulnerabilities/" (row.vulnerability) "/releases/" (release) } {
                        (reader.text("vulnerability-why"))
                    }
                }
            }
            div {
                span.marks {
                    (exposure::status(reader, row.status))
                    @if row.is_listed { (exposure::listed(reader)) }
                    @if let Some(severity) = &row.severity { (exposure::severity(reader, severity)) }
                }
                span.next { (reader.text("exposure-since")) " " (time::moment(reader, row.since)) }
                @if let Some(at) = row.decided_at {
                    span.next { (reader.text("exposure-decided")) " " (time::moment(reader, at)) }
                }
                @if row.awaits_second { span.next { (reader.text("exposure-awaiting")) } }
                @if row.lapsed { span.next { "↺ " (reader.text("vulnerability-lapsed")) } }
            }
        }
    }
}
