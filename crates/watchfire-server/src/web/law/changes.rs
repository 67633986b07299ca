//! The changes of one law that came through the house, and who acknowledged them.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::amendment::Stage;

use crate::web::reader::Reader;
use crate::web::{amendment, query_part, time};

/// Changes of a law, up to so many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesView {
    pub law: String,
    /// The newest first.
    pub rows: Vec<ChangeView>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// A change of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeView {
    pub id: String,
    pub title: String,
    pub stage: Stage,
    pub effective_at: Timestamp,
    pub acknowledgements: Vec<AcknowledgedView>,
}

/// What a department owes for a change, or has given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgedView {
    pub department: String,
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    pub due_at: Timestamp,
    pub gap: bool,
    /// By whom and when it was given.
    pub given: Option<(String, Timestamp)>,
}

/// The list of changes, the newest first.
pub(super) fn list(reader: &Reader, view: &ChangesView) -> Markup {
    html! {
        section aria-labelledby="changes" {
            h2 #changes { (reader.text("law-changes")) }
            @if view.rows.is_empty() { p.soft { (reader.text("law-changes-none")) } }
            @for change in &view.rows {
                article.ob.(if change.stage == Stage::Applied { "open" } else { "wait" }) {
                    header {
                        h3 { a href={ "/amendments/" (change.id) } { (change.title) } }
                        span.marks { (amendment::stage(reader, change.stage)) }
                    }
                    p.soft { (reader.text("amendment-used-from")) " " (time::moment(reader, change.effective_at)) }
                    @if change.acknowledgements.is_empty() {
                        p.soft { (reader.text("law-changes-not-routed")) }
                    } @else {
                        dl.dates {
                            @for owed in &change.acknowledgements { (acknowledged(reader, owed)) }
                        }
                    }
                }
            }
            @if let Some(next) = &view.next {
                p {
                    a.button rel="next"
                        href={ "/laws/" (view.law) "?after=" (query_part(next)) "#changes" } {
                        (reader.text("law-changes-next"))
                    }
                }
            }
        }
    }
}

fn acknowledged(reader: &Reader, owed: &AcknowledgedView) -> Markup {
    html! {
        dt { a href={ "/departments/" (owed.department) } { (owed.name) } }
        dd {
            @if let Some((by, at)) = &owed.given {
                span aria-hidden="true" { "✓" } " " (reader.text("amendment-given")) " " (by)
                " · " (time::moment(reader, *at))
            } @else {
                @if owed.gap { (amendment::gap(reader)) " " }
                (reader.text("law-changes-owed")) " "
                @match &owed.owner {
                    Some(owner) => { (owner) }
                    None => { (reader.text("amendment-nobody")) }
                }
                " · " (reader.text("amendment-due")) " " (time::moment(reader, owed.due_at))
                @if owed.due_at <= reader.now { " · " strong { (reader.text("amendment-overdue")) } }
            }
        }
    }
}
