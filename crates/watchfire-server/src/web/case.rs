//! A case: what happened, what is owed, who may know, and the same at any instant of its past.

pub mod list;
pub mod timeline;

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::{CaseId, PartyId, SubmissionId};

use super::fact::{self, FactForm, FactView};
use super::layout::{self, Room};
use super::obligation::{self, Class, LawMark, ObligationView, State};
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
    pub participants: Vec<Participant>,
    pub facts: Vec<FactView>,
    /// Open and met, the most urgent first.
    pub obligations: Vec<Detail>,
    /// Owed if the law had been in force, or one answer different.
    pub not_owed: Vec<NotOwed>,
    pub decisions: Vec<DecisionView>,
    pub submissions: Vec<SubmissionView>,
    pub timeline: Vec<Entry>,
    pub slider: SliderView,
    pub fact_form: FactForm,
    /// People who can be given something or added.
    pub people: Vec<(PartyId, String)>,
    /// Whether the reader may change the case.
    pub may_write: bool,
    pub problem: Option<Problem>,
}

/// Whether the case may be spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbargoView {
    None,
    Active { until: Option<Timestamp> },
    Exited { at: Timestamp },
}

/// A party in the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    pub party: PartyId,
    pub name: String,
    pub role: ParticipantRole,
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

/// Makes the page.
pub fn page(view: &CaseView, reader: &Reader) -> Markup {
    let below = html! {
        p.soft {
            span.id { (view.id) } " · " (reader.text("case-opened")) " " (time::moment(reader, view.opened_at))
            @if let Some(component) = &view.component { " · " code.chip { (component) } }
        }
    };
    let content = html! {
        (banner(reader, view))
        (past_banner(reader, view))
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &view.title, &below))
        div.case {
            (slider::slider(reader, &view.slider))
            div.column {
                (facts(reader, view))
                (decisions(reader, view))
                (submissions(reader, view))
                (participants(reader, view))
            }
            div.column {
                (obligations(reader, view))
                (not_owed(reader, view))
            }
            div.wide { (timeline(reader, view)) }
        }
    };
    layout::page(reader, Room::Cases, &format!("{} {}", view.id, view.title), content)
}

fn banner(reader: &Reader, view: &CaseView) -> Markup {
    let count = i64::try_from(view.participants.len()).unwrap_or(i64::MAX);
    let who = html! { " " a href="#participants" { (reader.text("case-who-sees")) } };
    match view.embargo {
        EmbargoView::Active { until } => html! {
            div.banner.red role="note" {
                span.chip.tlp { "TLP:RED" }
                span {
                    (reader.text_with("case-embargo", &[("count", count.into())]))
                    @if let Some(until) = until {
                        " " (reader.text("case-embargo-until")) " " (time::moment(reader, until))
                    } @else { " " (reader.text("case-embargo-open")) }
                }
                (who)
            }
        },
        EmbargoView::Exited { at } => html! {
            div.banner role="note" {
                span.chip { "TLP:AMBER+STRICT" }
                span { (reader.text("case-embargo-exited")) " " (time::moment(reader, at)) }
                (who)
            }
        },
        EmbargoView::None => html! {
            div.banner role="note" {
                span.chip { "TLP:AMBER+STRICT" }
                span { (reader.text("case-open-inside")) } (who)
            }
        },
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
                strong { (reader.text("case-past")) } " " (time::moment(reader, view.slider.at)) ". "
                @if view.slider.known_at != view.slider.at {
                    (reader.text("case-past-known")) " "
                    (time::moment(reader, view.slider.known_at)) ". "
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

fn obligations(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="obligations" {
            h2 #obligations {
                (reader.text("case-obligations")) " " span.count.num { (view.obligations.len()) }
            }
            @if view.obligations.is_empty() { p.soft { (reader.text("case-no-obligations")) } }
            @for detail in &view.obligations { (obligation_card(reader, view, detail)) }
        }
    }
}

fn card_style(detail: &Detail) -> &'static str {
    let state = detail.view.state;
    if state.is_met() {
        return "met";
    }
    if detail.view.law.class == Class::House {
        return "house";
    }
    if state == State::WaitingForAnchor { "wait" } else { "open" }
}

fn obligation_card(reader: &Reader, case: &CaseView, detail: &Detail) -> Markup {
    let view = &detail.view;
    html! {
        article.ob.(card_style(detail)) id=(view.element()) data-row {
            header {
                h3 { (view.title) }
                (obligation::left(reader, view))
            }
            div.marks {
                (obligation::chip(reader, &view.law)) " "
                @if view.strict_due.is_some() && view.state.is_open() {
                    (obligation::state(reader, view.state))
                }
                @if view.after_strict { " " span.chip.late { (reader.text("obligation-after-strict")) } }
            }
            @if view.state.is_open() { (obligation::burn(reader, view)) }
            @for quote in &detail.quotes {
                blockquote lang=(quote.language) cite=(quote.source) { p { (quote.text) } }
            }
            @if let Some(question) = &view.question {
                p.question {
                    span.shape aria-hidden="true" { "?" } " "
                    (reader.text("obligation-provisional")) " " a href="#decisions" { (question) }
                }
            }
            (dates(reader, detail))
            @if let Some(met_by) = &detail.met_by { p.stamp { (met_by) } }
            (obligation::chain(reader, view))
            (acts(reader, case, view))
            (why(reader, detail))
        }
    }
}

fn dates(reader: &Reader, detail: &Detail) -> Markup {
    let view = &detail.view;
    html! {
        dl.dates {
            @if let Some(authority) = &view.owed_to {
                dt { (reader.text("case-owed-to")) } dd { (authority) }
            }
            @if let Some(from) = view.strict_from {
                dt { (reader.text("obligation-runs-from")) }
                dd { (time::deadline(reader, from, &view.zone)) }
            }
            @if let Some(due) = view.strict_due {
                dt { (reader.text(if view.law.class == Class::House { "obligation-house-target" } else { "obligation-strict" })) }
                dd { strong { (time::deadline(reader, due, &view.zone)) } }
            } @else if view.state.is_open() {
                dt { (reader.text("obligation-strict")) }
                dd { (obligation::no_date(reader, view)) }
            }
            @if let Some(due) = view.outer_due.filter(|due| Some(*due) != view.strict_due) {
                dt { (reader.text("obligation-outer")) }
                dd {
                    (time::deadline(reader, due, &view.zone))
                    " " span.soft { (reader.text("obligation-outer-why")) }
                }
            }
            @if view.state.is_open() {
                dt { (reader.text("obligation-held-by")) }
                dd { (obligation::who(reader, view)) }
            }
            @if let Some(form) = detail.form.as_ref().filter(|_| view.state.is_open()) {
                dt { (reader.text("obligation-form")) }
                dd { (completeness(reader, form)) }
            }
        }
    }
}

/// How complete a form is, in words, and what is missing.
pub fn completeness(reader: &Reader, form: &Completeness) -> Markup {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let arguments =
        [("filled", number(form.filled).into()), ("required", number(form.required).into())];
    html! {
        (reader.text_with("obligation-form-complete", &arguments))
        @if !form.missing.is_empty() {
            " " span.missing {
                (reader.text_with("obligation-form-missing",
                    &[("fields", obligation::list(reader, &form.missing).into())]))
            }
        }
    }
}

fn acts(reader: &Reader, case: &CaseView, view: &ObligationView) -> Markup {
    let acts = view.acts;
    if acts == obligation::Acts::default() {
        return html! {};
    }
    html! {
        div.acts {
            (obligation::claim(reader, view))
            @if acts.acknowledge {
                (obligation::act(reader, view, "acknowledge", &html! {
                    button.primary type="submit" { (reader.text("obligation-acknowledge")) }
                }))
            }
            @if acts.draft {
                a.button href=(view.path("draft")) { (reader.text("obligation-draft")) }
            }
            @if acts.assign && !case.people.is_empty() { (assign(reader, case, view)) }
            @if acts.release { (release(reader, view)) }
        }
    }
}

fn assign(reader: &Reader, case: &CaseView, view: &ObligationView) -> Markup {
    let input = format!("to-{}", view.id);
    html! {
        details.quiet {
            summary data-key="a" { (reader.text("obligation-assign")) " " kbd aria-hidden="true" { "a" } }
            form method="post" action=(view.path("assign")) {
                (layout::csrf(reader))
                label for=(input) { (reader.text("obligation-assign-to")) }
                select id=(input) name="to" required {
                    @for (party, name) in &case.people { option value=(party) { (name) } }
                }
                button type="submit" { (reader.text("obligation-assign")) }
            }
        }
    }
}

fn release(reader: &Reader, view: &ObligationView) -> Markup {
    let input = format!("release-{}", view.id);
    html! {
        details.quiet {
            summary { (reader.text("obligation-release")) }
            form method="post" action=(view.path("release")) {
                (layout::csrf(reader))
                label for=(input) { (reader.text("obligation-release-why")) }
                input id=(input) name="reason" required maxlength="2000";
                button type="submit" { (reader.text("obligation-release")) }
            }
        }
    }
}

fn why(reader: &Reader, detail: &Detail) -> Markup {
    if detail.trace.is_empty() {
        return html! {};
    }
    html! {
        details.why {
            summary data-key="e" { (reader.text("obligation-why")) }
            ol { @for step in &detail.trace { li { (step) } } }
            @if let Some(reading) = &detail.reading {
                p.soft { (reader.text("obligation-reading")) " " (reading) }
            }
            p.soft {
                @if let Some(day) = &detail.version_from {
                    (reader.text_with("obligation-version", &[("day", day.clone().into())])) " · "
                }
                code { (detail.view.law.provision) }
                @if let Some(quote) = detail.quotes.first() {
                    " · " a href=(quote.source) rel="noreferrer" { (reader.text("obligation-quote-source")) }
                }
            }
        }
    }
}

fn not_owed(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.not_owed.is_empty() {
            section.foreseen aria-labelledby="not-owed" {
                h2 #not-owed {
                    (reader.text("case-not-owed")) " " span.count.num { (view.not_owed.len()) }
                }
                @for item in &view.not_owed {
                    details.ob.quiet {
                        summary {
                            span { (item.title) } " " (obligation::chip(reader, &item.law)) " "
                            (obligation::state(reader, item.state))
                        }
                        ol { @for step in &item.why { li { (step) } } }
                    }
                }
            }
        }
    }
}

fn decisions(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.decisions.is_empty() {
            section aria-labelledby="decisions" {
                h2 #decisions { (reader.text("case-decisions")) }
                @for (place, decision) in view.decisions.iter().enumerate() {
                    (decision_card(reader, view, decision, place))
                }
            }
        }
    }
}

fn decision_card(
    reader: &Reader,
    view: &CaseView,
    decision: &DecisionView,
    place: usize,
) -> Markup {
    let note = format!("decision-note-{place}");
    html! {
        article.decision.open[decision.answer.is_none()] {
            h3 { (decision.question) }
            @match decision.answer {
                Some(answer) => {
                    p {
                        strong { (reader.text(if answer { "shell-yes" } else { "shell-no" })) }
                        @if let Some(decided) = &decision.decided { " · " (decided) }
                    }
                }
                None => {
                    p {
                        span.state.soon { span.shape aria-hidden="true" { "?" } " " (reader.text("shell-undecided")) }
                        @if let Some(due) = decision.due {
                            " · " (reader.text("case-decide-by")) " " (time::moment(reader, due))
                            " " span.note { (reader.text("obligation-house-target")) }
                        }
                    }
                }
            }
            @if !decision.hangs.is_empty() {
                p.soft { (reader.text("case-hangs")) " " (obligation::list(reader, &decision.hangs)) }
            }
            @if view.may_write {
                details.quiet open[decision.answer.is_none()] {
                    summary { (reader.text(if decision.answer.is_none() { "case-decide" } else { "case-decide-anew" })) }
                    form.stack method="post" action={ "/cases/" (view.id) "/decisions" } {
                        (layout::csrf(reader))
                        input type="hidden" name="predicate" value=(decision.predicate);
                        label for=(note) { (reader.text("case-decision-note")) }
                        input id=(note) name="note" required maxlength="2000";
                        div.acts {
                            button type="submit" name="answer" value="yes" { (reader.text("case-answer-yes")) }
                            button type="submit" name="answer" value="no" { (reader.text("case-answer-no")) }
                        }
                    }
                }
            }
        }
    }
}

fn submissions(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.submissions.is_empty() {
            section aria-labelledby="submissions" {
                h2 #submissions { (reader.text("case-submissions")) }
                @for sent in &view.submissions {
                    article.ob.met id={ "s-" (sent.id) } {
                        h3 { (obligation::list(reader, &sent.meets)) }
                        p {
                            (time::moment(reader, sent.recorded_at)) " · " (sent.channel)
                            @if let Some(number) = &sent.number {
                                " · " (reader.text("case-number")) " " strong.num { (number) }
                            }
                        }
                        @if !sent.fields.is_empty() {
                            details.quiet {
                                summary { (reader.text("case-as-sent")) }
                                dl { @for (label, value) in &sent.fields { dt { (label) } dd { (value) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn role(reader: &Reader, role: ParticipantRole) -> String {
    reader.text(match role {
        ParticipantRole::Reporter => "case-role-reporter",
        ParticipantRole::Member => "case-role-member",
        ParticipantRole::Vendor => "case-role-vendor",
        ParticipantRole::Coordinator => "case-role-coordinator",
    })
}

fn participants(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="participants" {
            h2 #participants {
                (reader.text("case-participants")) " " span.count.num { (view.participants.len()) }
            }
            ul.people {
                @for participant in &view.participants {
                    li {
                        span.face aria-hidden="true" { (obligation::initials(&participant.name)) }
                        span { strong { (participant.name) } " " span.soft { (role(reader, participant.role)) } }
                        @if view.may_write {
                            form.inline method="post"
                                action={ "/cases/" (view.id) "/participants/" (participant.party) "/remove" } {
                                (layout::csrf(reader))
                                button.plain type="submit"
                                    aria-label={ (reader.text("case-remove")) ": " (participant.name) } {
                                    (reader.text("case-remove"))
                                }
                            }
                        }
                    }
                }
            }
            @if view.may_write { (add_participant(reader, view)) (end_embargo(reader, view)) }
        }
    }
}

fn add_participant(reader: &Reader, view: &CaseView) -> Markup {
    let outside: Vec<&(PartyId, String)> = view
        .people
        .iter()
        .filter(|(party, _)| view.participants.iter().all(|known| known.party != *party))
        .collect();
    html! {
        @if !outside.is_empty() {
            details.quiet {
                summary { (reader.text("case-add")) }
                form method="post" action={ "/cases/" (view.id) "/participants" } {
                    (layout::csrf(reader))
                    label for="add-party" { (reader.text("case-add-who")) }
                    select #add-party name="party" required {
                        @for (party, name) in outside { option value=(party) { (name) } }
                    }
                    label for="add-role" { (reader.text("case-add-role")) }
                    select #add-role name="role" {
                        option value="member" { (role(reader, ParticipantRole::Member)) }
                        option value="vendor" { (role(reader, ParticipantRole::Vendor)) }
                        option value="coordinator" { (role(reader, ParticipantRole::Coordinator)) }
                        option value="reporter" { (role(reader, ParticipantRole::Reporter)) }
                    }
                    button type="submit" { (reader.text("case-add")) }
                }
            }
        }
    }
}

fn end_embargo(reader: &Reader, view: &CaseView) -> Markup {
    let EmbargoView::Active { .. } = view.embargo else { return html! {} };
    html! {
        details.quiet {
            summary { (reader.text("case-embargo-exit")) }
            form method="post" action={ "/cases/" (view.id) "/embargo/exit" } {
                (layout::csrf(reader))
                p.soft { (reader.text("case-embargo-exit-help")) }
                label for="embargo-reason" { (reader.text("case-embargo-exit-why")) }
                input #embargo-reason name="reason" required maxlength="2000";
                button type="submit" { (reader.text("case-embargo-exit")) }
            }
        }
    }
}

fn timeline(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="timeline" {
            h2 #timeline { (reader.text("case-timeline")) }
            (timeline::list(reader, &view.timeline))
            @if view.may_write {
                form.stack method="post" action={ "/cases/" (view.id) "/messages" } {
                    (layout::csrf(reader))
                    label for="message" { (reader.text("case-message")) }
                    textarea #message name="text" rows="2" required maxlength="20000" {}
                    p.soft { (reader.text("case-message-help")) }
                    div.acts { button type="submit" { (reader.text("case-message-send")) } }
                }
            }
        }
    }
}
