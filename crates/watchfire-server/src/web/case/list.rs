//! The cases that a reader may see.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::ids::CaseId;

use super::super::layout::{self, Room};
use super::super::reader::Reader;
use super::super::time;

/// A page of cases.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    pub rows: Vec<Row>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: CaseId,
    pub title: String,
    pub embargoed: bool,
    pub opened_at: Timestamp,
}

/// Makes the page.
pub fn page(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("case-list-title");
    let below = html! { p.soft { (reader.text("case-list-below")) } };
    let content = html! {
        (layout::heading(reader, &title, &below))
        @if view.rows.is_empty() {
            div.empty { p { (reader.text("case-list-empty")) } }
        } @else {
            ul.list {
                @for row in &view.rows {
                    li.row.short data-row {
                        div.what {
                            a href={ "/cases/" (row.id) } data-open { (row.title) }
                            p { span.id { (row.id) } " · " (reader.text("case-opened")) " " (time::moment(reader, row.opened_at)) }
                        }
                        div { @if row.embargoed { span.chip.tlp { "TLP:RED" } " " span.soft { (reader.text("case-list-embargoed")) } } }
                    }
                }
            }
        }
        @if let Some(next) = &view.next {
            nav.paging aria-label=(reader.text("watch-paging")) {
                a.button rel="next" href={ "/cases?after=" (super::super::query_part(next)) } { (reader.text("case-list-next")) }
            }
        }
    };
    layout::page(reader, Room::Cases, &title, content)
}
