//! Tells how an obligation was computed, in the languages of the house.
//!
//! Instruments of law keep their own words; instants are shown in UTC and, where a step knows it,
//! in the zone of the authority.

mod chinese;
pub mod condition;
mod english;
mod instant;
mod sourced;
pub mod span;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::count::Within;
use super::id::{FactKind, PredicateId, ProvisionId};
use super::lawbook::Lawbook;
use super::pack::{Class, Span, Trigger};
use super::question::{Obligation, State};
use super::text::Language;
use super::trace::Step;

/// Returns one sentence or two for each step, in order. What the house decided is told by a lawbook
/// alone that holds its readings, and not by [`Lawbook::without_house_readings`].
pub fn tell(steps: &[Step], laws: &Lawbook, language: Language) -> Vec<String> {
    let teller = Teller { laws, language, zone: zone_of(steps) };
    let is_hidden = |step: &&Step| step.tells_house_reading() && !laws.files().has_house_readings();
    steps.iter().filter(|step| !is_hidden(step)).map(|step| teller.step(step)).collect()
}

/// Returns in one sentence why the obligation is in its state.
pub fn reason(obligation: &Obligation, laws: &Lawbook, language: Language) -> String {
    let trace = &obligation.trace;
    let teller = Teller { laws, language, zone: zone_of(trace) };
    let decisive = trace.iter().rev().find(|step| decides(step, obligation));
    let arose = || trace.iter().find(|step| arises(step, obligation));
    let told = decisive.or_else(arose).map(|step| teller.step(step));
    told.unwrap_or_else(|| obligation.state.to_string())
}

/// Whether a step is why an obligation is in a state, and not merely on the way to it.
fn decides(step: &Step, obligation: &Obligation) -> bool {
    match obligation.state {
        State::Superseded => matches!(step, Step::Superseded { .. }),
        State::NotApplicable => match step {
            Step::Retracted { .. }
            | Step::NotInForce { .. }
            | Step::Proposed { .. }
            | Step::CountsAsAbsent { .. } => true,
            Step::Condition { answer, .. } => *answer == super::condition::Answer::No,
            _ => false,
        },
        State::Satisfied | State::SatisfiedLate => {
            matches!(step, Step::Submitted { .. } | Step::Met { .. })
        }
        State::WaitingForAnchor => matches!(step, Step::Waits { .. }),
        State::NeedsDecision => matches!(step, Step::Decide { .. }),
        // The dates stand beside the state; why it is owed at all is what a reader asks then.
        State::LateAtBirth | State::Overdue | State::DueSoon | State::Open => {
            let dateless =
                matches!(step, Step::NoTarget | Step::PeriodUnknown { .. } | Step::NoDateInTable);
            dateless || arises(step, obligation)
        }
    }
}

/// Whether a step tells of the fact that carries the obligation, and not of another that would.
fn arises(step: &Step, obligation: &Obligation) -> bool {
    matches!(step, Step::AroseOn { fact, .. } if Some(fact) == obligation.from_fact.as_ref())
}

/// Returns the instant in UTC and, where a zone is given, beside it on the wall there.
pub fn instant(at: Timestamp, zone: Option<&str>, language: Language) -> String {
    instant::tell(at, zone, language)
}

/// Returns a span in its own unit: `24 hours`, `24 小时`.
pub fn within(within: Within, language: Language) -> String {
    instant::span(within, language)
}

/// Returns a span and how it is counted.
pub fn span(span: &Span, language: Language) -> String {
    let within = instant::span(span.within, language);
    match language {
        Language::En => format!("{within}, {}", english::counting_en(span)),
        Language::ZhCn => format!("{within}，{}", chinese::counting_zh(span)),
    }
}

/// Returns a trigger in words.
pub fn trigger(trigger: &Trigger, language: Language) -> String {
    let written = trigger.to_string();
    match language {
        Language::En => english::trigger_en(&written),
        Language::ZhCn => chinese::trigger_zh(&written),
    }
}

/// Returns the name of the authority's zone, where a step knows it.
pub fn zone_of(steps: &[Step]) -> Option<&str> {
    steps.iter().find_map(|step| match step {
        Step::MemberState { zone, .. }
        | Step::Version { zone, .. }
        | Step::NotInForce { zone, .. } => Some(&**zone),
        _ => None,
    })
}

/// Puts two pieces of Chinese beside each other: with a space where one begins or ends in Latin
/// letters or digits, as Chinese is set, and nowhere else.
fn beside(left: &str, right: &str) -> String {
    let plain = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
    let meets = plain(right.chars().next()) != plain(left.chars().next_back());
    let blank = left.ends_with(' ') || right.starts_with(' ');
    let gap = if meets && !blank && !left.is_empty() && !right.is_empty() { " " } else { "" };
    format!("{left}{gap}{right}")
}

struct Teller<'a> {
    laws: &'a Lawbook,
    language: Language,
    zone: Option<&'a str>,
}

impl Teller<'_> {
    fn step(&self, step: &Step) -> String {
        match self.language {
            Language::En => self.in_english(step),
            Language::ZhCn => self.in_chinese(step),
        }
    }

    fn instant(&self, at: Timestamp) -> String {
        instant::tell(at, self.zone, self.language)
    }

    /// The kind of fact in the words of `facts.toml`.
    fn meaning<'k>(&'k self, kind: &'k FactKind) -> &'k str {
        let words = self.laws.words().facts.get(kind);
        words.map_or(kind.as_str(), |words| words.in_language(self.language))
    }

    /// The question in the words of `attributes.toml`.
    fn question<'k>(&'k self, predicate: &'k PredicateId) -> &'k str {
        let declared = self.laws.words().predicates.get(predicate);
        declared.map_or(predicate.as_str(), |declared| declared.question.in_language(self.language))
    }

    fn law_title(&self, id: &ProvisionId) -> Option<&str> {
        self.laws.pack(id.law()).map(|pack| pack.title.in_language(self.language))
    }

    fn is_house_target(&self, id: &ProvisionId) -> bool {
        self.laws.provision(id.as_str()).is_some_and(|(_, found)| found.class == Class::Soft)
    }
}
