//! What others published: the documents that came, those that were set apart, and the rules by
//! which one of them opens a case.

use jiff::Timestamp;
use maud::{Markup, html};

use super::exposure::{self, Level, Tab, grouped};
use super::form::{Choice, Form, Input, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use super::time;

/// A page of documents, and the form to give one.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    /// The first of those that were set apart, the newest first.
    pub apart: Vec<ApartRow>,
    /// How many were set apart.
    pub apart_all: u64,
    /// Cursor of the next page of them.
    pub apart_next: Option<String>,
    pub rows: Vec<Row>,
    /// How many documents are kept.
    pub all: u64,
    /// What of a name is looked for.
    pub words: String,
    /// Cursor of the next page.
    pub next: Option<String>,
    pub may_give: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// A document of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The feed, or whoever gave it.
    pub source: String,
    /// Its name there.
    pub name: String,
    /// Its format and version: `CSAF 2.0`.
    pub format: String,
    pub publisher: Option<String>,
    /// Since when the house knows it, and when it changed last.
    pub known_at: Timestamp,
    pub changed_at: Option<Timestamp>,
    pub is_withdrawn: bool,
    /// The vulnerability of the house that it speaks of.
    pub vulnerability: Option<String>,
}

/// A document that was set apart: it is kept, and nothing follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApartRow {
    pub source: String,
    pub name: String,
    pub known_at: Timestamp,
    /// Where in it what is wrong, as a JSON pointer.
    pub pointer: String,
    pub reason: String,
}

/// The rules by which an exposure opens a case by itself.
#[derive(Debug, Clone, Default)]
pub struct RulesView {
    pub rules: Rules,
    /// Who changed them last, and when.
    pub changed: Option<(String, Timestamp)>,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// Which exposures open a case by themselves; each rule that holds is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// What is known to be exploited.
    pub kev: bool,
    /// What is at least so severe.
    pub severity_from: Option<Level>,
    /// What is at least so likely to be exploited, in per cent.
    pub exploited_from: Option<String>,
    /// Whether severity and probability count in products alone that face the internet.
    pub facing_only: bool,
}

/// Makes the page of all documents.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("exposure-advisories");
    let feeds = html! { a href="/feeds" { (reader.text("feed-page")) } };
    let below = html! { p.soft { (reader.text("advisory-below")) " " (feeds) } };
    let path = format!("/advisories?words={}", super::query_part(&view.words));
    let content = html! {
        (exposure::ways(reader, Tab::Advisories))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (apart(view, reader))
        section aria-labelledby="all" {
            h2 #all { (reader.text("advisory-all")) " " span.count.num { (grouped(view.all)) } }
            (exposure::search(reader, ("/advisories", "advisory-search"), &view.words, &[]))
            @if view.rows.is_empty() { (nothing(view, reader)) } @else {
                ul.list { @for row in &view.rows { (document(reader, row)) } }
            }
            (exposure::paging(reader, &path, view.next.as_deref()))
        }
        @if view.may_give { (give(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn apart(view: &ListView, reader: &Reader) -> Markup {
    if view.apart.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="apart" {
            h2 #apart { (reader.text("advisory-apart")) " " span.count.num { (grouped(view.apart_all)) } }
            p.soft { (reader.text("advisory-apart-why")) }
            ul.list {
                @for row in &view.apart {
                    li.row.halves data-row {
                        div.what {
                            strong { (row.name) }
                            p { (row.source) " · " (time::moment(reader, row.known_at)) }
                        }
                        div {
                            p { span.shape.wrong aria-hidden="true" { "✕" } " " code { (row.pointer) } }
                            p.soft lang="en" { (row.reason) }
                        }
                    }
                }
            }
            @if let Some(next) = &view.apart_next {
                nav.paging aria-label=(reader.text("advisory-apart")) {
                    a.button rel="next" href={ "/advisories?apart_after=" (super::query_part(next)) "#apart" } {
                        (reader.text("exposure-next"))
                    }
                }
            }
        }
    }
}

fn nothing(view: &ListView, reader: &Reader) -> Markup {
    let key = match (view.words.is_empty(), view.may_give) {
        (false, _) => "advisory-none-found",
        (true, true) => "advisory-none-yet",
        (true, false) => "advisory-none-and-no-right",
    };
    html! { div.empty { p { (reader.text(key)) } } }
}

fn document(reader: &Reader, row: &Row) -> Markup {
    html! {
        li.row.halves data-row {
            div.what {
                @match &row.vulnerability {
                    Some(id) => { a href={ "/vulnerabilities/" (id) } data-open { (row.name) } }
                    None => { strong { (row.name) } }
                }
                p {
                    (row.source) " · " (row.format)
                    @if let Some(publisher) = &row.publisher { " · " (publisher) }
                }
            }
            div {
                @if row.is_withdrawn {
                    span.chip { span.shape aria-hidden="true" { "✕" } " " (reader.text("vulnerability-withdrawn")) } " "
                }
                @if row.vulnerability.is_some() {
                    span.chip.late { span.shape aria-hidden="true" { "▲" } " " (reader.text("advisory-exposes")) }
                }
                span.next { (reader.text("vulnerability-known")) " " (time::moment(reader, row.known_at)) }
                @if let Some(at) = row.changed_at {
                    span.next { (reader.text("vulnerability-changed")) " " (time::moment(reader, at)) }
                }
            }
        }
    }
}

fn give(view: &ListView, reader: &Reader) -> Markup {
    let form = Form { reader, name: "give", typed: &view.typed, problem: view.problem.as_ref() };
    html! {
        details.record open[form.is_refused()] {
            summary { (reader.text("advisory-give")) }
            form.stack method="post" action="/advisories" enctype="multipart/form-data" {
                (layout::csrf(reader))
                (form.file("document", "advisory-document", "advisory-document-help"))
                div.acts { button.primary type="submit" { (reader.text("advisory-give")) } }
            }
        }
    }
}

/// Makes the page of the rules.
pub fn rules(view: &RulesView, reader: &Reader) -> Markup {
    let title = reader.text("exposure-rules");
    let below = html! { p.soft { (reader.text("advisory-rules-below")) } };
    let content = html! {
        (exposure::ways(reader, Tab::Rules))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (in_force(&view.rules, reader))
        @if let Some((by, at)) = &view.changed {
            p.soft { (reader.text("advisory-rules-changed")) " " (by) " · " (time::moment(reader, *at)) }
        }
        @if view.may_write { (change(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn in_force(rules: &Rules, reader: &Reader) -> Markup {
    let severity = rules.severity_from.map(|level| {
        reader.text_with("advisory-rule-severity", &[("level", reader.text(level.key()).into())])
    });
    let exploited = rules.exploited_from.as_ref().map(|percent| {
        reader.text_with("advisory-rule-exploited", &[("percent", percent.clone().into())])
    });
    let facing = rules.facing_only && (severity.is_some() || exploited.is_some());
    let nothing = !rules.kev && severity.is_none() && exploited.is_none();
    html! {
        ul {
            @if rules.kev { li { (reader.text("advisory-rule-kev")) } }
            @for rule in [severity, exploited].into_iter().flatten() {
                li { (rule) @if facing { " " (reader.text("advisory-rule-facing")) } }
            }
            @if nothing { li { (reader.text("advisory-rule-none")) } }
        }
    }
}

fn change(view: &RulesView, reader: &Reader) -> Markup {
    let form = Form { reader, name: "rules", typed: &view.typed, problem: view.problem.as_ref() };
    let levels: Vec<(String, String)> = Level::ALL
        .into_iter()
        .filter(|level| *level != Level::None)
        .map(|level| (level.word().to_owned(), reader.text(level.key())))
        .collect();
    let tick = |name: &str, key: &str, now: bool| {
        let id = form.id(name);
        let value = form.value(name, if now { "yes" } else { "" });
        html! {
            div.choice {
                input type="checkbox" id=(id) name=(name) value="yes" checked[value == "yes"];
                label for=(id) { (reader.text(key)) }
            }
        }
    };
    html! {
        form.stack method="post" action="/advisories/rules" {
            (layout::csrf(reader))
            (tick("kev", "advisory-rule-kev", view.rules.kev))
            (form.choice(&Choice {
                name: "severity_from", label: "advisory-severity-from",
                value: view.rules.severity_from.map_or("", Level::word),
                none: Some("advisory-never"), among: &levels, ..Choice::default()
            }))
            (form.input(&Input {
                name: "exploited_from", label: "advisory-exploited-from",
                help: Some("advisory-exploited-from-help"), required: false, chars_max: 6,
                value: view.rules.exploited_from.as_deref().unwrap_or_default(), ..Input::default()
            }))
            (tick("facing_only", "advisory-facing-only", view.rules.facing_only))
            div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
        }
    }
}
