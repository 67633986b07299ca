//! The cases that a reader may see.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::ids::CaseId;

use super::super::form::{Form, Input, Typed};
use super::super::layout::{self, Room};
use super::super::reader::{Problem, Reader};
use super::super::time;

/// A page of cases.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    pub rows: Vec<Row>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Whether the reader may open a case.
    pub may_open: bool,
    /// What was typed into a form that was refused.
    pub typed: Typed,
    pub problem: Option<Problem>,
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
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        @if view.may_open { (open(reader, view)) }
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

/// The form to open a case without a report.
fn open(reader: &Reader, view: &ListView) -> Markup {
    let form = Form { reader, name: "open", typed: &view.typed, problem: view.problem.as_ref() };
    html! {
        details.record open[form.is_refused()] {
            summary { (reader.text("case-open")) }
            form.stack method="post" action="/cases" {
                (layout::csrf(reader))
                (form.input(&Input { name: "title", label: "case-title",
                    help: Some("case-open-help"), ..Input::default() }))
                fieldset.plain {
                    legend { (reader.text("case-participants")) }
                    @for (value, key) in [("embargoed", "case-open-embargoed"), ("open", "case-open-open")] {
                        @let id = form.id(value);
                        div.choice {
                            input type="radio" id=(id) name="secrecy" value=(value) required
                                checked[form.value("secrecy", "embargoed") == value];
                            label for=(id) { (reader.text(key)) }
                        }
                    }
                }
                div.acts { button.primary type="submit" { (reader.text("case-open")) } }
            }
        }
    }
}
