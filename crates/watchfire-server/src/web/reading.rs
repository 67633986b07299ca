//! Readings of the house: which provisions it counts more strictly, and the form for another.

use maud::{Markup, html};

use super::form::{Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};

/// A text of a reading has at most so many characters.
const TEXT_CHARS_MAX: u32 = 4_000;
/// The rules by which a span can be counted.
const COUNTS: [(&str, &str); 4] = [
    ("elapsed", "reading-elapsed"),
    ("next-full-hour", "reading-next-full-hour"),
    ("exclude-trigger-day", "reading-exclude-trigger-day"),
    ("sec-b1", "reading-sec-b1"),
];

/// The readings, and what is typed into the form.
#[derive(Debug, Clone, Default)]
pub struct ReadingsView {
    pub rows: Vec<ReadingView>,
    /// The provision that the form begins with, and what it counts now.
    pub provision: String,
    pub counted: Option<String>,
    /// The first day that can be chosen.
    pub today: String,
    /// Whether the reader keeps the law.
    pub keeps: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// A reading that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingView {
    pub provision: String,
    pub from: String,
    pub within: String,
    /// The rule by which it is counted.
    pub counts: String,
    pub says: String,
    pub by: String,
    pub on: String,
    pub why: String,
}

/// Makes the page.
pub fn page(view: &ReadingsView, reader: &Reader) -> Markup {
    let title = reader.text("reading-title");
    let below = html! {
        p { a href="/amendments" { (reader.text("shell-amendments")) } }
        p.soft { (reader.text("reading-below")) }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        section aria-labelledby="in-use" {
            h2 #in-use { (reader.text("reading-in-use")) }
            @if view.rows.is_empty() { p.soft { (reader.text("reading-none")) } }
            ul.list { @for row in &view.rows { (reading(row, reader)) } }
        }
        @if view.keeps {
            section aria-labelledby="new" {
                h2 #new { (reader.text("reading-new")) }
                (form(view, reader))
            }
        }
    };
    layout::page(reader, Room::Amendments, &title, content)
}

fn counts(reader: &Reader, rule: &str) -> String {
    let known = COUNTS.iter().find(|(known, _)| *known == rule);
    known.map_or_else(|| rule.to_owned(), |(_, key)| reader.text(key))
}

fn reading(row: &ReadingView, reader: &Reader) -> Markup {
    html! {
        li.row.short data-row {
            div {
                a href={ "/laws/" (row.provision) } data-open { strong { (row.provision) } }
                span.next { (reader.text_with("reading-counted", &[
                    ("within", row.within.as_str().into()),
                    ("counts", counts(reader, &row.counts).into()),
                    ("from", row.from.as_str().into())])) }
            }
            div { p { (row.says) } p.soft { (row.by) " · " (row.on) " · " (row.why) } }
        }
    }
}

fn form(view: &ReadingsView, reader: &Reader) -> Markup {
    let form = Form { reader, name: "reading", typed: &view.typed, problem: view.problem.as_ref() };
    let rule = form.value("counts", "elapsed");
    let texts = [
        ("says-en", "reading-says-en"),
        ("says-zh-CN", "reading-says-zh"),
        ("why-en", "reading-why-en"),
        ("why-zh-CN", "reading-why-zh"),
    ];
    html! {
        @if let Some(counted) = &view.counted {
            p { (reader.text_with("reading-now", &[
                ("provision", view.provision.as_str().into()),
                ("counted", counted.as_str().into())])) }
        }
        form.stack method="post" action="/readings" {
            (layout::csrf(reader))
            (form.input(&Input {
                name: "provision", label: "reading-provision", value: &view.provision,
                help: Some("reading-provision-help"), ..Input::default()
            }))
            (form.input(&Input {
                name: "within", label: "reading-within", help: Some("reading-within-help"),
                chars_max: 10, ..Input::default()
            }))
            label for=(form.id("counts")) { (reader.text("reading-counts")) }
            select id=(form.id("counts")) name="counts" {
                @for (known, key) in COUNTS {
                    option value=(known) selected[known == rule] { (reader.text(key)) }
                }
            }
            (form.input(&Input {
                name: "from", label: "reading-from", value: &view.today,
                help: Some("reading-from-help"), chars_max: 10, ..Input::default()
            }))
            @for (name, label) in texts {
                (form.input(&Input {
                    name, label, kind: Kind::Lines(3), chars_max: TEXT_CHARS_MAX, ..Input::default()
                }))
            }
            div.acts { button.primary type="submit" { (reader.text("reading-propose")) } }
        }
    }
}
