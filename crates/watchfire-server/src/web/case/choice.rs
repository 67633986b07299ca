//! Where the law leaves it to people: duties that collide, what bars a recipient, and when we were
//! aware. Each with who decided, when and why.

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::layout;
use super::super::obligation::{self, LawMark};
use super::super::reader::Reader;
use super::super::time;
use super::CaseView;

/// Duties that collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictView {
    pub id: String,
    pub title: String,
    /// What collides, and what is done about it.
    pub says: String,
    pub lines: Vec<Line>,
    /// Fields that the law itself asks for, where a form asks for more.
    pub minimum: Vec<String>,
    /// The drafts that are kept to that: the path and the title of each.
    pub drafts: Vec<(String, String)>,
    pub asks: Option<String>,
    /// What may be chosen: id and words.
    pub choices: Vec<(String, String)>,
    pub open: bool,
    /// When it should be decided: a house target.
    pub due: Option<Timestamp>,
    pub decided: Option<Made>,
    /// Since when the organization has chosen so for its cases, where this one follows that.
    pub standing: Option<Timestamp>,
}

/// A provision in a conflict, and what is so of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub title: String,
    pub cites: String,
    pub mark: LineMark,
}

/// What is so of a provision in a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineMark {
    Bars,
    Met(bool),
    Moves(bool),
    At(Timestamp),
    /// The one that counts.
    Counts(Timestamp),
}

/// A decision: what, why, by whom, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub what: String,
    pub reason: String,
    pub by: String,
    pub at: Timestamp,
}

/// A decision that something may go out although a prohibition bars it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassView {
    pub recipient: String,
    pub provisions: Vec<String>,
    pub made: Made,
}

/// A prohibition in the way of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarView {
    pub title: String,
    pub law: LawMark,
    /// Whether it binds the organization at all is debated.
    pub debated: bool,
    /// Questions that would lift it if somebody answered them.
    pub undecided: Vec<String>,
}

/// A kind of knowledge, with the facts that may be taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwarenessView {
    pub of: String,
    pub candidates: Vec<CandidateView>,
    pub chosen: Option<Made>,
}

/// A fact that may be taken for awareness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateView {
    pub fact: String,
    pub words: String,
    pub at: Timestamp,
    pub alarms: bool,
    pub chosen: bool,
    /// Title, strict deadline, and whether the provision counts this fact.
    pub deadlines: Vec<(String, Option<Timestamp>, bool)>,
}

fn made(reader: &Reader, made: &Made) -> Markup {
    html! {
        p {
            strong { (made.what) } " · " (made.reason) " · "
            span.soft { (made.by) " · " (time::moment(reader, made.at)) }
        }
    }
}

pub(super) fn conflicts(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.conflicts.is_empty() {
            section aria-labelledby="conflicts" {
                h2 #conflicts { (reader.text("conflict-heading")) }
                @for (place, conflict) in view.conflicts.iter().enumerate() {
                    (card(reader, view, conflict, place))
                }
            }
        }
    }
}

fn card(reader: &Reader, view: &CaseView, conflict: &ConflictView, place: usize) -> Markup {
    html! {
        article.decision.open[conflict.open] {
            h3 { (conflict.title) }
            @if conflict.open {
                p {
                    span.state.soon { span.shape aria-hidden="true" { "⚖" } " " (reader.text("conflict-open")) }
                    @if let Some(due) = conflict.due {
                        " · " (reader.text("case-decide-by")) " " (time::moment(reader, due))
                        " " span.note { (reader.text("obligation-house-target")) }
                    }
                }
            }
            p.soft { (conflict.says) }
            @if !conflict.lines.is_empty() {
                ul.lines { @for line in &conflict.lines { (mark(reader, line)) } }
            }
            @if !conflict.minimum.is_empty() {
                p.soft { (reader.text("conflict-minimum")) " " (conflict.minimum.join(", ")) }
            }
            @if let Some(decided) = &conflict.decided { (made(reader, decided)) }
            @if let Some(since) = conflict.standing {
                p.soft { (reader.text("conflict-standing")) " " (time::moment(reader, since)) }
            }
            @for (path, title) in &conflict.drafts {
                p { (reader.text("conflict-draft")) " " a href=(path) { (title) } }
            }
            @if let (Some(asks), true) = (&conflict.asks, view.may_write) {
                (decide(reader, view, conflict, (asks, place)))
            }
        }
    }
}

fn decide(
    reader: &Reader,
    view: &CaseView,
    conflict: &ConflictView,
    (asks, place): (&str, usize),
) -> Markup {
    let (choice, reason) = (format!("conflict-choice-{place}"), format!("conflict-reason-{place}"));
    html! {
        details.quiet open[conflict.open] {
            summary { (reader.text(if conflict.decided.is_some() { "case-decide-anew" } else { "case-decide" })) }
            form.stack method="post" action={ "/cases/" (view.id) "/conflicts" } {
                (layout::csrf(reader))
                input type="hidden" name="conflict" value=(conflict.id);
                label for=(choice) { (asks) }
                select id=(choice) name="choice" required {
                    option value="" { "–" }
                    @for (id, words) in &conflict.choices { option value=(id) { (words) } }
                }
                label for=(reason) { (reader.text("conflict-reason")) }
                input id=(reason) name="reason" required maxlength="2000";
                div.acts { button type="submit" { (reader.text("case-decide")) } }
            }
        }
    }
}

fn mark(reader: &Reader, line: &Line) -> Markup {
    let lamp = |sign: &str, key: &str| {
        html! { span.shape aria-hidden="true" { (sign) } " " strong { (reader.text(key)) } }
    };
    html! {
        li {
            @match line.mark {
                LineMark::Bars => { (lamp("✕", "conflict-bars")) }
                LineMark::Met(true) => { (lamp("●", "conflict-met")) }
                LineMark::Met(false) => { (lamp("○", "conflict-not-met")) }
                LineMark::Moves(true) => { (lamp("→", "conflict-moves")) }
                LineMark::Moves(false) => { (lamp("▪", "conflict-stays")) }
                LineMark::At(at) => { (time::moment(reader, at)) }
                LineMark::Counts(at) => { strong { (time::moment(reader, at)) } }
            }
            " " (line.title)
            @if !line.cites.is_empty() { " " span.soft { (line.cites) } }
        }
    }
}

pub(super) fn gate(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="gate" {
            h2 #gate { (reader.text("gate-heading")) }
            p.soft { (reader.text("gate-why")) }
            @for pass in &view.passes {
                article.decision {
                    h3 { (pass.recipient) }
                    p.soft { (reader.text("gate-although")) " " (pass.provisions.join(", ")) }
                    (made(reader, &pass.made))
                }
            }
            @if view.may_write {
                details.quiet {
                    summary { (reader.text("gate-pass")) }
                    form.stack method="post" action={ "/cases/" (view.id) "/passes" } {
                        (layout::csrf(reader))
                        label for="pass-act" { (reader.text("gate-act")) }
                        select #pass-act name="act" {
                            option value="giving" { (reader.text("gate-giving")) }
                            option value="publishing" { (reader.text("gate-publishing")) }
                        }
                        label for="pass-recipient" { (reader.text("gate-recipient")) }
                        input #pass-recipient name="recipient" required maxlength="200"
                            aria-describedby="pass-recipient-help";
                        p.soft #pass-recipient-help { (reader.text("gate-recipient-help")) }
                        label for="gate-reason" { (reader.text("conflict-reason")) }
                        input #gate-reason name="reason" required maxlength="2000";
                        div.acts { button type="submit" { (reader.text("gate-pass")) } }
                    }
                }
            }
        }
    }
}

/// What stands in the way of a publication, with the articles.
pub(super) fn bars(reader: &Reader, bars: &[BarView]) -> Markup {
    html! {
        p { (reader.text("gate-publishing-barred")) }
        ul.lines {
            @for bar in bars {
                li {
                    span.shape aria-hidden="true" { "✕" } " " (bar.title) " "
                    (obligation::chip(reader, &bar.law))
                    @if bar.debated { " " span.soft { (reader.text("gate-debated")) } }
                    @if !bar.undecided.is_empty() {
                        br; span.soft { (reader.text("gate-undecided")) " " (bar.undecided.join(" ")) }
                    }
                }
            }
        }
    }
}

pub(super) fn awareness(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        @if !view.awareness.is_empty() {
            section aria-labelledby="awareness" {
                h2 #awareness { (reader.text("awareness-heading")) }
                p.soft { (reader.text("awareness-why")) }
                @for (place, known) in view.awareness.iter().enumerate() {
                    (kind(reader, view, known, place))
                }
            }
        }
    }
}

fn kind(reader: &Reader, view: &CaseView, known: &AwarenessView, place: usize) -> Markup {
    let reason = format!("awareness-reason-{place}");
    html! {
        article.decision {
            h3 { (known.of) }
            @if let Some(chosen) = &known.chosen { (made(reader, chosen)) }
            @if view.may_write {
                form.stack method="post" action={ "/cases/" (view.id) "/awareness" } {
                    (layout::csrf(reader))
                    @for (at, one) in known.candidates.iter().enumerate() {
                        (candidate(reader, one, Some(&format!("aware-{place}-{at}"))))
                    }
                    label for=(reason) { (reader.text("conflict-reason")) }
                    input id=(reason) name="reason" required maxlength="2000";
                    div.acts { button type="submit" { (reader.text("awareness-choose")) } }
                }
            } @else {
                @for one in &known.candidates { (candidate(reader, one, None)) }
            }
        }
    }
}

/// A fact from which it may have been known; with `input` it can be picked.
fn candidate(reader: &Reader, one: &CandidateView, input: Option<&str>) -> Markup {
    let words = html! {
        (time::moment(reader, one.at)) " · " (one.words) " " span.id { (one.fact) }
        @if one.alarms { " · " strong { span.shape aria-hidden="true" { "◔" } " " (reader.text("awareness-alarms")) } }
        @if one.chosen { " · " strong { span.shape aria-hidden="true" { "✓" } " " (reader.text("awareness-chosen")) } }
    };
    html! {
        div.choice {
            @match input {
                Some(input) => {
                    input type="radio" id=(input) name="fact" value=(one.fact) required checked[one.chosen];
                    label for=(input) { (words) }
                }
                None => p { (words) }
            }
            ul.lines {
                @for (title, due, counts) in &one.deadlines {
                    li {
                        @match due {
                            Some(due) => { (time::moment(reader, *due)) }
                            None => { "–" }
                        }
                        " " (title)
                        @if !counts { " " span.soft { (reader.text("awareness-not-counted")) } }
                    }
                }
            }
        }
    }
}
