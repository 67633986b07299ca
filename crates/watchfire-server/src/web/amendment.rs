//! Changes of law: the list, one of them with what it says and who must know, and what it does.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::amendment::Stage;

use super::feed::{self, FeedView};
use super::form::{Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::reader::{Problem, Reader};
use super::time;

/// A text of an interpretation has at most so many characters.
const TEXT_CHARS_MAX: u32 = 20_000;

/// The changes of law, and what departments owe.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    pub owed: Vec<OwedRow>,
    /// From where bundles are fetched.
    pub feeds: Vec<FeedView>,
    pub rows: Vec<Row>,
    /// The way to the next page.
    pub next: Option<String>,
}

/// A change in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub title: String,
    pub stage: Stage,
    pub effective_at: Timestamp,
    pub gaps: u64,
}

/// An acknowledgement that is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedRow {
    pub amendment: String,
    pub title: String,
    pub department: String,
    pub due_at: Timestamp,
    pub gap: bool,
    /// Whether the reader answers for it.
    pub mine: bool,
}

/// A change of law with everything that its page shows.
#[derive(Debug, Clone)]
pub struct AmendmentView {
    pub id: String,
    pub title: String,
    pub why: String,
    pub stage: Stage,
    /// Where it came from, in words.
    pub source: String,
    /// Whether a new program brings it.
    pub is_built_in: bool,
    pub proposed_by: Option<String>,
    pub proposed_at: Timestamp,
    pub effective_at: Timestamp,
    /// What is otherwise: a head, and its parts.
    pub changes: Vec<Vec<String>>,
    /// Why that cannot be told: its files do not go with what is used by now.
    pub untold: Option<String>,
    pub interpretation: Option<InterpretationView>,
    pub returned: Option<String>,
    pub agreed_by: Option<String>,
    pub acknowledgements: Vec<AcknowledgementView>,
    pub applied_at: Option<Timestamp>,
    /// How many cases that the reader sees were left as they were, because the new law cannot read
    /// them.
    pub unread: u64,
    /// The first of them: id, title, what cannot be read, and since when.
    pub unread_cases: Vec<(String, String, String, Timestamp)>,
    pub obstructed: Option<String>,
    pub dropped: Option<String>,
    /// Departments that can be chosen: id, name, and whether the change concerns them.
    pub departments: Vec<(String, String, bool)>,
    /// Whether the reader keeps the law.
    pub keeps: bool,
    /// Whether the reader proposed it.
    pub is_proposer: bool,
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// What a change means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterpretationView {
    pub by: String,
    /// Whether the reader wrote it, and so cannot review it.
    pub mine: bool,
    pub at: Timestamp,
    pub en: String,
    pub zh: String,
    pub departments: Vec<String>,
}

/// What a department owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgementView {
    pub department: String,
    pub name: String,
    pub owner: Option<String>,
    /// Whether the reader answers for it.
    pub mine: bool,
    pub due_at: Timestamp,
    pub gap: bool,
    /// Who gave it, when, and what they noted.
    pub given: Option<(String, Timestamp, String)>,
}

/// What a change does.
#[derive(Debug, Clone, Default)]
pub struct ImpactView {
    pub id: String,
    pub title: String,
    pub roles: Vec<String>,
    pub other_roles: Vec<String>,
    pub departments: Vec<String>,
    pub products: Vec<String>,
    pub open: GroupView,
    pub closed: GroupView,
}

/// Cases of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupView {
    pub asked: usize,
    pub shifted: usize,
    pub gained: usize,
    pub lost: usize,
    pub moved: usize,
    pub earlier: usize,
    pub later: usize,
    pub cases: Vec<CaseView>,
}

/// A case in which something is otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    pub id: String,
    pub title: String,
    pub shifts: Vec<ShiftView>,
}

/// An obligation that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftView {
    pub provision: String,
    /// Key of the word for what happened to it.
    pub kind: &'static str,
    pub before: Option<Timestamp>,
    pub after: Option<Timestamp>,
}

pub(super) fn stage(reader: &Reader, stage: Stage) -> Markup {
    let (sign, key) = match stage {
        Stage::Proposed => ("○", "amendment-proposed"),
        Stage::Interpreted => ("◔", "amendment-interpreted"),
        Stage::Agreed => ("◑", "amendment-agreed"),
        Stage::Applied => ("●", "amendment-applied"),
        Stage::Rejected => ("✕", "amendment-rejected"),
        Stage::Withdrawn => ("✕", "amendment-withdrawn"),
    };
    html! { span.chip { span aria-hidden="true" { (sign) } " " (reader.text(key)) } }
}

pub(super) fn gap(reader: &Reader) -> Markup {
    html! { span.chip { span.shape aria-hidden="true" { "◇" } " " (reader.text("amendment-gap")) } }
}

/// Makes the page of all changes.
pub fn list(view: &ListView, reader: &Reader) -> Markup {
    let title = reader.text("amendment-list-title");
    let below = html! { p.soft { (reader.text("amendment-list-below")) } };
    let content = html! {
        (layout::heading(reader, &title, &below))
        @if !view.owed.is_empty() {
            section aria-labelledby="owed" {
                h2 #owed { (reader.text("amendment-owed")) }
                ul.list {
                    @for owed in &view.owed {
                        li.row.short data-row {
                            div {
                                a href={ "/amendments/" (owed.amendment) "#acknowledgements" } data-open {
                                    strong { (owed.title) }
                                }
                                span.next { (owed.department) }
                            }
                            div {
                                @if owed.gap { (gap(reader)) " " }
                                @if owed.mine { span.chip { (reader.text("amendment-yours")) } " " }
                                span.next { (reader.text("amendment-due")) " " (time::moment(reader, owed.due_at)) }
                            }
                        }
                    }
                }
            }
        }
        section aria-labelledby="all" {
            h2 #all { (reader.text("amendment-all")) }
            @if view.rows.is_empty() { p.soft { (reader.text("amendment-none")) } }
            ul.list {
                @for row in &view.rows {
                    li.row.short data-row {
                        div { a href={ "/amendments/" (row.id) } data-open { strong { (row.title) } } }
                        div {
                            (stage(reader, row.stage)) " "
                            @if row.gaps > 0 { (gap(reader)) " " }
                            span.next { (reader.text("amendment-used-from")) " " (time::moment(reader, row.effective_at)) }
                        }
                    }
                }
            }
            @if let Some(next) = &view.next {
                p { a rel="next" href={ "/amendments?after=" (super::query_part(next)) } { (reader.text("amendment-more")) } }
            }
        }
        (feed::section(&view.feeds, reader))
        p { a href="/readings" { (reader.text("reading-way")) } }
        p.soft { (reader.text("amendment-how")) }
    };
    layout::page(reader, Room::Amendments, &title, content)
}

/// Makes the page of one change.
pub fn page(view: &AmendmentView, reader: &Reader) -> Markup {
    let below = html! {
        p { (stage(reader, view.stage)) " " (reader.text("amendment-used-from")) " " (time::moment(reader, view.effective_at)) }
    };
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &view.title, &below))
        (origin(view, reader))
        (told(view, reader))
        (meaning(view, reader))
        (acknowledgements(view, reader))
        (ending(view, reader))
    };
    layout::page(reader, Room::Amendments, &view.title, content)
}

fn origin(view: &AmendmentView, reader: &Reader) -> Markup {
    html! {
        p { (view.why) }
        p.soft {
            (view.source) " · "
            @if let Some(by) = &view.proposed_by { (by) " · " }
            (time::moment(reader, view.proposed_at))
        }
        @if view.is_built_in && !view.stage.is_dropped() && view.applied_at.is_none() {
            p { strong { (reader.text("amendment-built-in-waits")) } }
        }
        @if let Some(at) = view.applied_at {
            p {
                (reader.text("amendment-applied-at")) " " (time::moment(reader, at))
            }
        }
        @if view.unread > 0 { (unread(view, reader)) }
        @if let Some(problem) = &view.obstructed {
            div.problem role="alert" {
                p { span.shape aria-hidden="true" { "✕" } " " (reader.text("amendment-obstructed")) }
                p.soft lang="en" { (problem) }
            }
        }
        @if let Some(reason) = &view.dropped {
            p { strong { (reader.text("amendment-dropped")) } " " (reason) }
        }
    }
}

/// The cases that are left as they were.
fn unread(view: &AmendmentView, reader: &Reader) -> Markup {
    html! {
        div.problem role="alert" {
            p {
                span.shape aria-hidden="true" { "✕" } " "
                (reader.text_with("amendment-cases-unread", &[("cases", view.unread.into())]))
            }
            ul.lines {
                @for (id, title, problem, since) in &view.unread_cases {
                    li {
                        a href={ "/cases/" (id) } { (id) } " · " (title) " · "
                        span.soft lang="en" { (problem) } " · " (time::moment(reader, *since))
                    }
                }
            }
        }
    }
}

fn told(view: &AmendmentView, reader: &Reader) -> Markup {
    html! {
        section aria-labelledby="diff" {
            h2 #diff { (reader.text("amendment-diff")) }
            @if let Some(problem) = &view.untold {
                p { (reader.text("amendment-untold")) }
                p.soft lang="en" { (problem) }
            } @else {
                @for change in &view.changes {
                    @if let Some((head, parts)) = change.split_first() {
                        h3 { (head) }
                        @if !parts.is_empty() { ul { @for part in parts { li { (part) } } } }
                    }
                }
                @if view.changes.is_empty() { p.soft { (reader.text("amendment-same")) } }
                p { a href={ "/amendments/" (view.id) "/impact" } { (reader.text("amendment-impact-way")) } }
            }
        }
    }
}

fn meaning(view: &AmendmentView, reader: &Reader) -> Markup {
    let writes = view.keeps && matches!(view.stage, Stage::Proposed | Stage::Interpreted);
    html! {
        section aria-labelledby="meaning" {
            h2 #meaning { (reader.text("amendment-meaning")) }
            @if let Some(found) = &view.interpretation {
                p.soft { (found.by) " · " (time::moment(reader, found.at)) }
                p.text lang="en" { (found.en) }
                p.text lang="zh-CN" { (found.zh) }
                p { (reader.text("amendment-goes-to")) " " (super::obligation::list(reader, &found.departments)) }
                @if let Some(by) = &view.agreed_by { p { span aria-hidden="true" { "✓" } " " (reader.text("amendment-agreed-by")) " " (by) } }
            } @else {
                p.soft { (reader.text("amendment-unread")) }
            }
            @if let Some(reason) = &view.returned {
                @if view.stage == Stage::Proposed {
                    p { strong { (reader.text("amendment-returned")) } " " (reason) }
                }
            }
            @if view.keeps && view.stage == Stage::Interpreted { (review(view, reader)) }
            @if writes { (interpret(view, reader)) }
        }
    }
}

fn form<'f>(view: &'f AmendmentView, reader: &'f Reader, name: &'f str) -> Form<'f> {
    Form { reader, name, typed: &view.typed, problem: view.problem.as_ref() }
}

fn review(view: &AmendmentView, reader: &Reader) -> Markup {
    if view.interpretation.as_ref().is_some_and(|found| found.mine) {
        return html! { p.soft { (reader.text("amendment-four-eyes")) } };
    }
    let form = form(view, reader, "review");
    html! {
        form.stack method="post" action={ "/amendments/" (view.id) "/review" } {
            (layout::csrf(reader))
            (form.input(&Input {
                name: "note", label: "amendment-note", kind: Kind::Lines(2), required: false,
                chars_max: TEXT_CHARS_MAX, help: Some("amendment-note-help"), ..Input::default()
            }))
            div.acts {
                button.primary type="submit" name="verdict" value="agree" { (reader.text("amendment-agree")) }
                button type="submit" name="verdict" value="return" { (reader.text("amendment-return")) }
            }
        }
    }
}

fn interpret(view: &AmendmentView, reader: &Reader) -> Markup {
    let form = form(view, reader, "interpretation");
    let (en, zh) = view
        .interpretation
        .as_ref()
        .map_or(("", ""), |found| (found.en.as_str(), found.zh.as_str()));
    let input = |name, label, value| Input {
        name,
        label,
        value,
        kind: Kind::Lines(5),
        chars_max: TEXT_CHARS_MAX,
        ..Input::default()
    };
    let chosen = |name: &str, concerned: bool| match &view.interpretation {
        Some(found) => found.departments.iter().any(|one| one == name),
        None => concerned,
    };
    html! {
        details open[view.interpretation.is_none() || form.is_refused()] {
            summary { (reader.text("amendment-write")) }
            form.stack method="post" action={ "/amendments/" (view.id) "/interpretation" } {
                (layout::csrf(reader))
                (form.input(&input("en", "amendment-text-en", en)))
                (form.input(&input("zh-CN", "amendment-text-zh", zh)))
                fieldset.plain {
                    legend { (reader.text("amendment-departments")) }
                    @for (id, name, concerned) in &view.departments {
                        div.choice {
                            input type="checkbox" id={ "to-" (id) } name={ "to." (id) } value="yes"
                                checked[chosen(name, *concerned)];
                            label for={ "to-" (id) } {
                                (name)
                                @if *concerned { " " span.soft { (reader.text("amendment-concerned")) } }
                            }
                        }
                    }
                    @if view.departments.is_empty() {
                        p.soft { (reader.text("amendment-no-departments")) " " a href="/departments" { (reader.text("shell-departments")) } }
                    }
                }
                div.acts { button.primary type="submit" { (reader.text("shell-save")) } }
            }
        }
    }
}

fn acknowledgements(view: &AmendmentView, reader: &Reader) -> Markup {
    html! {
        @if !view.acknowledgements.is_empty() {
            section aria-labelledby="acknowledgements" {
                h2 #acknowledgements { (reader.text("amendment-acknowledgements")) }
                ul.list {
                    @for owed in &view.acknowledgements { (acknowledgement(view, reader, owed)) }
                }
            }
        }
    }
}

fn acknowledgement(view: &AmendmentView, reader: &Reader, owed: &AcknowledgementView) -> Markup {
    let name = format!("acknowledge-{}", owed.department);
    let form = form(view, reader, &name);
    html! {
        li.row.short id={ "department-" (owed.department) } {
            div {
                strong { (owed.name) }
                span.next {
                    @match &owed.owner {
                        Some(owner) => { (owner) }
                        None => { (reader.text("amendment-nobody")) }
                    }
                }
            }
            div {
                @if let Some((by, at, note)) = &owed.given {
                    p { span aria-hidden="true" { "✓" } " " (reader.text("amendment-given")) " " (by) " · " (time::moment(reader, *at)) }
                    p.text { (note) }
                } @else {
                    p {
                        @if owed.gap { (gap(reader)) " " }
                        (reader.text("amendment-due")) " " (time::moment(reader, owed.due_at))
                        @if owed.due_at <= reader.now { " · " strong { (reader.text("amendment-overdue")) } }
                    }
                    @if owed.gap && !owed.mine {
                        form method="post" action={ "/amendments/" (view.id) "/claim" } {
                            (layout::csrf(reader))
                            button type="submit" name="department" value=(owed.department) { (reader.text("amendment-claim")) }
                        }
                    }
                    @if owed.mine {
                        form.stack method="post" action={ "/amendments/" (view.id) "/acknowledge" } {
                            (layout::csrf(reader))
                            input type="hidden" name="department" value=(owed.department);
                            (form.input(&Input {
                                name: "note", label: "amendment-changes-here", kind: Kind::Lines(3),
                                chars_max: TEXT_CHARS_MAX, ..Input::default()
                            }))
                            div.acts { button.primary type="submit" { (reader.text("amendment-acknowledge")) } }
                        }
                    }
                }
            }
        }
    }
}

fn ending(view: &AmendmentView, reader: &Reader) -> Markup {
    let open = matches!(view.stage, Stage::Proposed | Stage::Interpreted | Stage::Agreed);
    if !view.keeps || !open {
        return html! {};
    }
    let form = form(view, reader, "end");
    html! {
        details open[form.is_refused()] {
            summary { (reader.text("amendment-end")) }
            form.stack method="post" action={ "/amendments/" (view.id) "/end" } {
                (layout::csrf(reader))
                (form.input(&Input {
                    name: "reason", label: "amendment-reason", kind: Kind::Lines(2),
                    chars_max: TEXT_CHARS_MAX, ..Input::default()
                }))
                div.acts {
                    button type="submit" name="how" value="reject" { (reader.text("amendment-reject")) }
                    @if view.is_proposer {
                        button type="submit" name="how" value="withdraw" { (reader.text("amendment-withdraw")) }
                    }
                }
            }
        }
    }
}

/// Makes the page of what a change does.
pub fn impact(view: &ImpactView, reader: &Reader) -> Markup {
    let title = reader.text("amendment-impact");
    let below = html! { p { a href={ "/amendments/" (view.id) } { (view.title) } } };
    let some = |key: &str, all: &[String]| {
        html! { @if !all.is_empty() { dt { (reader.text(key)) } dd { (all.join(&reader.text("map-list-comma"))) } } }
    };
    let content = html! {
        (layout::heading(reader, &title, &below))
        dl.dates {
            (some("amendment-roles", &view.roles))
            (some("amendment-other-roles", &view.other_roles))
            (some("amendment-departments", &view.departments))
            (some("amendment-products", &view.products))
        }
        (group(reader, "open", &view.open))
        (group(reader, "closed", &view.closed))
        p.soft { (reader.text("amendment-impact-yours")) }
    };
    layout::page(reader, Room::Amendments, &title, content)
}

fn group(reader: &Reader, name: &str, group: &GroupView) -> Markup {
    let counts = [
        ("asked", group.asked.into()),
        ("shifted", group.shifted.into()),
        ("gained", group.gained.into()),
        ("lost", group.lost.into()),
        ("moved", group.moved.into()),
        ("earlier", group.earlier.into()),
        ("later", group.later.into()),
    ];
    let title = if name == "open" { "amendment-open-cases" } else { "amendment-closed-cases" };
    html! {
        section aria-labelledby=(name) {
            h2 id=(name) { (reader.text(title)) }
            p { (reader.text_with("amendment-counts", &counts)) }
            ul.list {
                @for case in &group.cases {
                    li.row.short data-row {
                        div { a href={ "/cases/" (case.id) } data-open { strong { (case.title) } } }
                        ul.plain {
                            @for shift in &case.shifts {
                                li {
                                    code { (shift.provision) } " " (reader.text(shift.kind))
                                    @if shift.before.is_some() || shift.after.is_some() {
                                        (reader.text("map-colon")) (date(reader, shift.before)) " → " (date(reader, shift.after))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn date(reader: &Reader, at: Option<Timestamp>) -> Markup {
    match at {
        Some(at) => time::moment(reader, at),
        None => html! { (reader.text("amendment-no-date")) },
    }
}
