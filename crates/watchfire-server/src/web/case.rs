//! A case: what happened, what is owed, who may know, and the same at any instant of its past.

pub mod choice;
mod decision;
mod embargo;
pub mod list;
mod owed;
pub mod participant;
mod report;
mod submission;
pub mod timeline;

pub use owed::completeness;

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::{CaseId, PartyId, SubmissionId};

use super::fact::{self, FactForm, FactView};
use super::form::{Form, Input, Kind, Typed};
use super::layout::{self, Room};
use super::obligation::{LawMark, ObligationView, State};
use super::reader::{Problem, Reader};
use super::slider::{self, SliderView};
use super::time;
use timeline::Entry;

/// What the page of a case shows.
#[derive(Debug, Clone)]
pub struct CaseView {
    pub id: CaseId,
    pub title: String,
    pub embargo: EmbargoView,
    pub opened_at: Timestamp,
    /// The component concerned, as the report named it.
    pub component: Option<String>,
    /// The report that it was opened on, if the reader may see it.
    pub report: Option<ReportView>,
    pub participants: Vec<Participant>,
    pub facts: Vec<FactView>,
    /// Open and met, the most urgent first.
    pub obligations: Vec<Detail>,
    /// Owed if the law had been in force, or one answer different.
    pub not_owed: Vec<NotOwed>,
    pub decisions: Vec<DecisionView>,
    pub conflicts: Vec<choice::ConflictView>,
    pub passes: Vec<choice::PassView>,
    pub unread: Option<UnreadView>,
    /// What stands in the way of a publication, while there is an embargo to end.
    pub barred: Vec<choice::BarView>,
    pub awareness: Vec<choice::AwarenessView>,
    pub submissions: Vec<SubmissionView>,
    pub timeline: Vec<Entry>,
    pub slider: SliderView,
    pub fact_form: FactForm,
    /// People who can be given something or added.
    pub people: Vec<(PartyId, String)>,
    /// Whether the reader may change the case.
    pub may_write: bool,
    /// Whether the reader may read the evidence log, as auditors do.
    pub may_read_log: bool,
    /// What was typed into a form that was refused.
    pub typed: Typed,
    pub problem: Option<Problem>,
}

/// That the law cannot read the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadView {
    /// When a change of law left it as it was, if one did.
    pub since: Option<Timestamp>,
    /// What cannot be read, in English.
    pub problem: String,
}

/// Whether the case may be spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbargoView {
    None,
    Active { until: Option<Timestamp> },
    Exited { at: Timestamp },
}

/// What somebody reported, and what was written back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    pub received_at: Timestamp,
    pub what: String,
    /// How sure the reporter is, and whether it is exploited, in words.
    pub sure: String,
    pub exploited: String,
    /// How to reach the reporter; `None` if they did not say, or if it was erased.
    pub contact: Option<String>,
    pub contact_erased: bool,
    pub answers: Vec<(Timestamp, String)>,
    pub may_answer: bool,
}

/// A party in the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    pub party: PartyId,
    pub name: String,
    pub role: ParticipantRole,
    /// Of somebody of another organization: where that is.
    pub outside: Option<participant::Outside>,
}

/// An obligation with what only the page of its case shows.
#[derive(Debug, Clone)]
pub struct Detail {
    pub view: ObligationView,
    /// The article's own words.
    pub quotes: Vec<Quote>,
    /// Why it is so, step by step, in words.
    pub trace: Vec<String>,
    pub reading: Option<String>,
    /// First day of the version in force.
    pub version_from: Option<String>,
    pub form: Option<Completeness>,
    /// Met by: the authority's number and when.
    pub met_by: Option<String>,
}

/// A quotation, in the language of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub language: String,
    pub text: String,
    pub source: String,
}

/// How much of a form's required fields is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    pub filled: usize,
    pub required: usize,
    /// Labels of what is missing now.
    pub missing: Vec<String>,
}

/// A provision that obliges nobody here, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOwed {
    pub title: String,
    pub law: LawMark,
    pub state: State,
    /// It is no law yet and would oblige: shown apart.
    pub foreseen: bool,
    /// The chief reason.
    pub reason: String,
    /// Every step.
    pub why: Vec<String>,
}

/// A question about the case that somebody decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionView {
    pub predicate: String,
    pub question: String,
    /// `yes`, `no`, or nothing yet.
    pub answer: Option<bool>,
    pub decided: Option<String>,
    /// When it should be decided: a house target.
    pub due: Option<Timestamp>,
    /// Titles of the obligations that hang on it.
    pub hangs: Vec<String>,
}

/// A submission that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionView {
    pub id: SubmissionId,
    pub meets: Vec<String>,
    pub channel: String,
    pub number: Option<String>,
    pub recorded_at: Timestamp,
    /// Label and value of each field, as sent.
    pub fields: Vec<(String, String)>,
}

impl CaseView {
    /// Draws one of its forms.
    fn form<'v>(&'v self, reader: &'v Reader, name: &'v str) -> Form<'v> {
        Form { reader, name, typed: &self.typed, problem: self.problem.as_ref() }
    }

    /// Returns the path of one of its acts.
    fn path(&self, act: &str) -> String {
        format!("/cases/{}/{act}", self.id)
    }
}

/// Makes the page.
pub fn page(view: &CaseView, reader: &Reader) -> Markup {
    let below = html! {
        p.soft {
            span.id { (view.id) } " · " (reader.text("case-opened")) " " (time::moment(reader, view.opened_at))
            @if let Some(component) = &view.component { " · " code.chip { (component) } }
        }
        @if view.may_write { (rename(reader, view)) }
    };
    let content = html! {
        (embargo::banner(reader, view))
        (past_banner(reader, view))
        (unread_banner(reader, view))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &view.title, &below))
        div.case {
            (slider::slider(reader, &view.slider))
            div.column {
                (facts(reader, view))
                (report::section(reader, view))
                (decision::decisions(reader, view))
                (choice::conflicts(reader, view))
                (choice::awareness(reader, view))
                (submission::submissions(reader, view))
                (participant::participants(reader, view))
                (choice::gate(reader, view))
            }
            div.column {
                (owed::obligations(reader, view))
                (owed::not_owed(reader, view))
            }
            div.wide { (timeline(reader, view)) (bundle(reader, view)) }
        }
    };
    layout::page(reader, Room::Cases, &format!("{} {}", view.id, view.title), content)
}

fn rename(reader: &Reader, view: &CaseView) -> Markup {
    let form = view.form(reader, "rename");
    html! {
        details.quiet open[form.is_refused()] {
            summary { (reader.text("case-rename")) }
            form.stack method="post" action=(view.path("title")) {
                (layout::csrf(reader))
                (form.input(&Input { name: "title", label: "case-title", value: &view.title,
                    help: Some("case-rename-help"), ..Input::default() }))
                div.acts { button type="submit" { (reader.text("case-rename")) } }
            }
        }
    }
}

/// The case as a file that a stranger can check.
fn bundle(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.slider.past {
            section.print-hidden aria-labelledby="bundle" {
                h2 #bundle { (reader.text("case-bundle")) }
                p.soft { (reader.text("case-bundle-why")) }
                p.acts {
                    a.button href=(view.path("bundle")) download={ (view.id) ".json" } {
                        (reader.text("case-bundle-get"))
                    }
                    @if view.may_read_log {
                        a.button href=(view.path("bundle?anchor=internal")) download={ (view.id) ".json" } {
                            (reader.text("case-bundle-internal"))
                        }
                    }
                }
                p.soft { code { "watchfire log verify --bundle " (view.id) ".json" } }
            }
        }
    }
}

fn unread_banner(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if let Some(UnreadView { since, problem }) = &view.unread {
            div.problem role="alert" {
                p {
                    span.shape aria-hidden="true" { "✕" } " "
                    (reader.text("case-unread"))
                    @if let Some(since) = since {
                        " " (reader.text("case-unread-since")) " " (time::moment(reader, *since))
                    }
                }
                p.soft lang="en" { (problem) }
            }
        }
    }
}

fn past_banner(reader: &Reader, view: &CaseView) -> Markup {
    if !view.slider.past {
        return html! {};
    }
    html! {
        div.banner.past role="note" {
            span.shape aria-hidden="true" { "◷" }
            span {
                strong { (reader.text("case-past")) } " " (time::moment(reader, view.slider.at)) (reader.text("shell-full-stop"))
                @if view.slider.known_at != view.slider.at {
                    (reader.text("case-past-known")) " "
                    (time::moment(reader, view.slider.known_at)) (reader.text("shell-full-stop"))
                }
                (reader.text("case-past-readonly"))
            }
            a href={ "/cases/" (view.id) } { (reader.text("case-to-now")) }
        }
    }
}

fn facts(reader: &Reader, view: &CaseView) -> Markup {
    let known = view.facts.iter().filter(|fact| !fact.future).count();
    let ahead = view.facts.len() - known;
    html! {
        section aria-labelledby="facts" {
            h2 #facts {
                (reader.text("case-facts")) " " span.count.num { (known) }
                @if ahead > 0 {
                    " " span.soft {
                        (reader.text_with("case-facts-ahead",
                            &[("count", i64::try_from(ahead).unwrap_or(i64::MAX).into())]))
                    }
                }
            }
            @if view.facts.is_empty() { p.soft { (reader.text("case-no-facts")) } }
            (fact::list(reader, &view.id, &view.facts))
            @if view.may_write { (fact::form(reader, &view.id, &view.fact_form)) }
        }
    }
}

fn timeline(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="timeline" {
            h2 #timeline { (reader.text("case-timeline")) }
            (timeline::list(reader, &view.timeline))
            @if view.may_write {
                @let form = view.form(reader, "message");
                form.stack method="post" action=(view.path("messages")) {
                    (layout::csrf(reader))
                    (form.input(&Input { name: "text", label: "case-message", kind: Kind::Lines(2),
                        help: Some("case-message-help"), chars_max: 20_000, ..Input::default() }))
                    (form.input(&Input { name: "pass_reason", label: "gate-pass-reason", required: false,
                        chars_max: 2_000, ..Input::default() }))
                    div.acts { button type="submit" { (reader.text("case-message-send")) } }
                }
            }
        }
    }
}
