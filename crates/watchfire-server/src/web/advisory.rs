//! What others published: the documents that came, those that were set apart, and the rules by
//! which one of them opens a case.

use jiff::Timestamp;
use maud::{Markup, html};

use super::exposure::{self, Tab, grouped};
use super::form::{Form, Input, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use super::time;

/// A page of documents, and the form to give one.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    /// Those that were set apart stand before all others.
    pub rows: Vec<Row>,
    /// How many were set apart.
    pub apart: u64,
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
    pub id: u64,
    /// The feed, or whoever gave it.
    pub source: String,
    /// Its name there.
    pub name: String,
    pub title: Option<String>,
    /// What it is written in; absent where nobody could tell.
    pub format: Option<String>,
    pub publisher: Option<String>,
    /// When it was changed, as it says.
    pub changed: Option<Timestamp>,
    /// Since when the source is known to speak of this, and since when its newest word is.
    pub first_at: Timestamp,
    pub known_at: Timestamp,
    pub is_withdrawn: bool,
    /// Why it is set apart: where in it, and what is wrong there.
    pub problem: Option<(String, String)>,
    /// SHA-256 of what is set apart, where what the source said before goes on.
    pub apart: Option<String>,
}

/// The rules by which an exposure opens a case by itself.
#[derive(Debug, Clone, Default)]
pub struct RulesView {
    pub rules: Rules,
    pub may_write: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// Which exposures open a case by themselves; each rule that holds is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// What is listed as exploited somewhere.
    pub listed: bool,
    /// What is at least so severe, from 0.0 to 10.0.
    pub severity_from: Option<String>,
    /// What is at least so likely to be exploited, in per cent.
    pub exploited_from: Option<String>,
    /// Whether severity and likelihood count of that alone which faces the internet.
    pub facing_only: bool,
}

/// Makes the page of all documents.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("exposure-advisories");
    let feeds = html! { a href="/feeds" { (reader.text("feed-page")) } };
    let below = html! { p.soft { (reader.text("advisory-below")) " " (feeds) } };
    let path = format!("/advisories?words={}", super::query_part(&view.words));
    let is_apart = |row: &&Row| row.problem.is_some();
    let others = view.rows.iter().filter(|row| row.problem.is_none());
    let content = html! {
        (exposure::ways(reader, Tab::Advisories))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &below))
        (exposure::search(reader, ("/advisories", "advisory-search"), &view.words, &[]))
        @if view.rows.iter().any(|row| is_apart(&row)) {
            section aria-labelledby="apart" {
                h2 #apart { (reader.text("advisory-apart")) " " span.count.num { (grouped(view.apart)) } }
                p.soft { (reader.text("advisory-apart-why")) }
                ul.list { @for row in view.rows.iter().filter(is_apart) { (document(reader, row)) } }
            }
        }
        section aria-labelledby="all" {
            h2 #all { (reader.text("advisory-all")) }
            @if view.rows.is_empty() { (nothing(view, reader)) } @else {
                ul.list { @for row in others { (document(reader, row)) } }
            }
        }
        (exposure::paging(reader, &path, view.next.as_deref()))
        @if view.may_give { (give(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &title, content)
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
    let format = row.format.as_deref();
    html! {
        li.row.halves data-row {
            div.what {
                a href={ "/advisories/" (row.id) "/document" } data-open {
                    (row.name) @if let Some(title) = &row.title { " · " (title) }
                }
                p {
                    (row.source) " · "
                    @match format { Some(format) => { (format) } None => { (reader.text("advisory-format-unknown")) } }
                    @if let Some(publisher) = &row.publisher { " · " (publisher) }
                }
            }
            div {
                @if let Some((pointer, reason)) = &row.problem {
                    p { span.shape.wrong aria-hidden="true" { "✕" } " " code { (pointer) } }
                    p.soft lang="en" { (reason) }
                    @if let Some(digest) = &row.apart {
                        p { (reader.text("advisory-earlier-goes-on")) }
                        p.soft { (reader.text("advisory-apart-digest")) " " code { (digest) } }
                    }
                }
                @if row.is_withdrawn {
                    span.chip { span.shape aria-hidden="true" { "✕" } " " (reader.text("vulnerability-withdrawn")) }
                }
                span.next { (reader.text("vulnerability-known")) " " (time::moment(reader, row.first_at)) }
                @if row.known_at != row.first_at {
                    span.next { (reader.text("advisory-newest")) " " (time::moment(reader, row.known_at)) }
                }
                @if let Some(at) = row.changed {
                    span.next { (reader.text("vulnerability-changed")) " " (time::moment(reader, at)) }
                }
                @if row.problem.is_none() {
                    span.next {
                        a href={ "/vulnerabilities?shown=any&words=" (super::query_part(&row.name)) } {
                            (reader.text("advisory-exposes"))
                        }
                    }
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
        @if view.may_write { (change(view, reader)) }
    };
    layout::page(reader, Room::Exposure, &title, content)
}

fn in_force(rules: &Rules, reader: &Reader) -> Markup {
    let severity = rules.severity_from.as_ref().map(|score| {
        reader.text_with("advisory-rule-severity", &[("score", score.clone().into())])
    });
    let exploited = rules.exploited_from.as_ref().map(|percent| {
        reader.text_with("advisory-rule-exploited", &[("percent", percent.clone().into())])
    });
    let nothing = !rules.listed && severity.is_none() && exploited.is_none();
    html! {
        ul {
            @if rules.listed { li { (reader.text("advisory-rule-listed")) } }
            @for rule in [severity, exploited].into_iter().flatten() {
                li { (rule) @if rules.facing_only { " " (reader.text("advisory-rule-facing")) } }
            }
            @if nothing { li { (reader.text("advisory-rule-none")) } }
        }
    }
}

fn change(view: &RulesView, reader: &Reader) -> Markup {
    let form = Form { reader, name: "rules", typed: &view.typed, problem: view.problem.as_ref() };
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
    let from = |name, label, help, value| Input {
        name,
        label,
        help: Some(help),
        value,
        required: false,
        chars_max: 6,
        ..Input::default()
    };
    let [severity, exploited] = [&view.rules.severity_from, &view.rules.exploited_from]
        .map(|said| said.as_deref().unwrap_or_default());
    html! {
        form.stack method="post" action="/advisories/rules" {
            (layout::csrf(reader))
            (tick("listed", "advisory-rule-listed", view.rules.listed))
            (form.input(&from("severity_from", "advisory-severity-from",
                "advisory-severity-from-help", severity)))
            (form.input(&from("exploited_from", "advisory-exploited-from",
                "advisory-exploited-from-help", exploited)))
            (tick("facing_only", "advisory-facing-only", view.rules.facing_only))
            div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
        }
    }
}
