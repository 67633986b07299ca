//! Extensions, submissions, and the state table of laws/counting.md 7.7.

use std::ops::{Mul, Sub};

use jiff::{SignedDuration, Timestamp};

use super::clock::Run;
use super::{Engine, Place};
use crate::law::condition::Answer;
use crate::law::count::{Counting, RollRule};
use crate::law::fact::{Fact, NewDue};
use crate::law::id::PredicateId;
use crate::law::pack::{Class, MetBy, Provision, Roll, Version};
use crate::law::question::{Obligation, State};
use crate::law::trace::{ExtensionIgnored, Step};

/// An undecided question should be answered within so many hours, or sooner on a short window.
const DECIDE_WITHIN_HOURS_MAX: i64 = 4;

impl<'q> Engine<'q> {
    /// Sets the state: the first of the table that holds.
    pub(super) fn settle(
        &self,
        place: &Place<'q>,
        provision: &'q Provision,
        run: Run,
        owed: &mut Obligation,
    ) {
        let waits = owed.state == State::WaitingForAnchor;
        if !waits {
            self.extend(place, provision, owed);
        }
        if !waits && let Some((fact, at)) = self.submission(provision, owed) {
            satisfy(fact, at, owed);
            return;
        }
        if let (true, Some(predicate)) = (owed.provisional, run.question) {
            decide(predicate, owed);
        }
        if waits {
            return;
        }
        let window = Window::of(owed, run.anchor_known_at);
        owed.state = window.state(self.seen.now.as_nanosecond());
    }

    /// Finds the first submission that counts, or what else meets it, with the last instant at
    /// which it may have been made.
    fn submission(
        &self,
        provision: &'q Provision,
        owed: &mut Obligation,
    ) -> Option<(&'q Fact, Timestamp)> {
        let begins = owed.strict_from;
        let mut first: Option<(&Fact, Timestamp)> = None;
        let submitted = self.seen.naming(&provision.id, "submitted");
        for fact in submitted.chain(self.meeting(provision)) {
            let at = fact.occurred.last();
            if begins.is_some_and(|begins| at < begins) {
                if fact.kind.as_str() == "submitted" {
                    owed.trace.push(Step::SubmittedBefore { fact: fact.id.clone(), at });
                }
                continue;
            }
            if first.is_none_or(|(_, earliest)| at < earliest) {
                first = Some((fact, at));
            }
        }
        first
    }

    /// Returns the facts that meet it beside submissions.
    fn meeting(&self, provision: &'q Provision) -> impl Iterator<Item = &'q Fact> {
        let decides = |fact: &Fact, predicate: &PredicateId| {
            let declared = self.book.words().predicates.get(predicate);
            let by = declared.and_then(|declared| declared.decided_by.as_ref());
            let answered = fact.decided.as_ref().is_some_and(|(decided, answer)| {
                decided == predicate && *answer != Answer::Undecided
            });
            answered || by == Some(&fact.kind)
        };
        let meets = move |fact: &&Fact| {
            provision.met_by.iter().any(|by| match by {
                MetBy::Kind(kind) => fact.kind == *kind && fact.towards.is_none(),
                MetBy::Decided(predicate) => decides(fact, predicate),
            })
        };
        self.seen.live.iter().copied().filter(meets)
    }

    /// Moves the dates by the last extension granted (laws/counting.md 7.8).
    ///
    /// In the order of granting: one that came in time keeps a later one from being too late, and
    /// one that came too late leaves the earlier ones as they were.
    fn extend(&self, place: &Place<'q>, provision: &Provision, owed: &mut Obligation) {
        let mut granted: Vec<&Fact> =
            self.seen.naming(&provision.id, "extension-granted").collect();
        granted.sort_by_key(|fact| fact.occurred.lo());
        let (Some(strict), Some(outer)) = (owed.strict_due, owed.outer_due) else {
            owed.trace.extend(granted.iter().map(|fact| ignored(fact, ExtensionIgnored::NoDate)));
            return;
        };
        for fact in granted {
            let Some(under) = &provision.extended_under else {
                owed.trace.push(ignored(fact, ExtensionIgnored::LawKnowsNone));
                continue;
            };
            if owed.outer_due.is_some_and(|due| fact.occurred.lo() > due) {
                owed.trace.push(ignored(fact, ExtensionIgnored::TooLate));
                continue;
            }
            let new = fact.new_due.and_then(|due| self.extended(place, provision, owed, due));
            let Some((new_strict, new_outer)) = new else {
                owed.trace.push(ignored(fact, ExtensionIgnored::NoDate));
                continue;
            };
            if new_strict <= strict && new_outer <= outer {
                owed.trace.push(ignored(fact, ExtensionIgnored::Earlier));
                continue;
            }
            let (strict, outer) = (strict.max(new_strict), outer.max(new_outer));
            (owed.strict_due, owed.outer_due) = (Some(strict), Some(outer));
            let (fact, under) = (fact.id.clone(), under.clone());
            owed.trace.push(Step::Extended { fact, strict, outer, under });
        }
    }

    /// Returns strict and outer of an extension. A day ends as the provision's days end; where the
    /// provision rolls, strict goes back to the working day before and outer forward.
    fn extended(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        owed: &Obligation,
        due: NewDue,
    ) -> Option<(Timestamp, Timestamp)> {
        let day = match due {
            NewDue::At(at) => return Some((at, at)),
            NewDue::Day(day) => day,
        };
        let governs = |version: &&Version| Some(version.effective_from) == owed.version_from;
        let version = provision.versions.iter().find(governs)?;
        let own = version.outer.as_deref().or(version.strict.as_deref());
        let span = own.or_else(|| version.spans().next())?;
        let counting = self.counting(place, span)?;
        let denied = |roll: &Roll| {
            roll.only_if.as_ref().is_some_and(|only_if| self.ask(place, only_if).0 == Answer::No)
        };
        let rolls = span.rolls.as_ref().filter(|roll| !denied(roll)).map(|roll| roll.rule);
        let forward = match rolls {
            Some(RollRule::PreviousBusinessDay) => Some(RollRule::NextBusinessDay),
            other => other,
        };
        let back = rolls.map(|_| RollRule::PreviousBusinessDay);
        let end = |rolls| Some(Counting { rolls, ..counting }.end_with(day)?.at);
        Some((end(back)?, end(forward)?))
    }
}

/// Returns by when a question should be answered on which a clock hangs.
pub(in crate::law) fn decision_due(
    from: Option<Timestamp>,
    strict_due: Option<Timestamp>,
) -> Option<Timestamp> {
    let from = from?;
    let longest = SignedDuration::from_hours(DECIDE_WITHIN_HOURS_MAX);
    let within = strict_due.map_or(longest, |due| (due.duration_since(from) / 4).min(longest));
    from.checked_add(within).ok()
}

/// The window of a clock, and whether it runs on a question that is open; in one unit of time, and
/// in numbers that hold four times the longest span of it.
#[derive(Clone, Copy)]
pub(in crate::law) struct Window<T> {
    pub(in crate::law) strict_from: Option<T>,
    pub(in crate::law) strict_due: Option<T>,
    /// When the fact that strict runs from became known.
    pub(in crate::law) anchor_known_at: Option<T>,
    pub(in crate::law) provisional: bool,
}

impl Window<i128> {
    fn of(owed: &Obligation, anchor_known_at: Option<Timestamp>) -> Self {
        let unit = |at: Option<Timestamp>| at.map(Timestamp::as_nanosecond);
        Self {
            strict_from: unit(owed.strict_from),
            strict_due: unit(owed.strict_due),
            anchor_known_at: unit(anchor_known_at),
            provisional: owed.provisional,
        }
    }
}

impl<T: Copy + Ord + Sub<Output = T> + Mul<Output = T> + From<u8>> Window<T> {
    /// Returns the state of a clock that runs and is not met.
    pub(in crate::law) fn state(&self, now: T) -> State {
        if let Some(due) = self.strict_due {
            if self.anchor_known_at.is_some_and(|known| known > due) {
                return State::LateAtBirth;
            }
            if now >= due {
                return State::Overdue;
            }
        }
        if self.provisional {
            return State::NeedsDecision;
        }
        match (self.strict_from, self.strict_due) {
            // Without rounding.
            (Some(from), Some(due)) if (now - from) * T::from(4) >= (due - from) * T::from(3) => {
                State::DueSoon
            }
            _ => State::Open,
        }
    }
}

fn ignored(fact: &Fact, why: ExtensionIgnored) -> Step {
    Step::ExtensionIgnored { fact: fact.id.clone(), why }
}

/// Exactly at the instant is in time; it answers by when it was made.
fn satisfy(fact: &Fact, at: Timestamp, owed: &mut Obligation) {
    let late = owed.outer_due.is_some_and(|due| at > due);
    owed.after_strict = owed.strict_due.is_some_and(|due| at > due);
    owed.state = if late { State::SatisfiedLate } else { State::Satisfied };
    owed.provisional = false;
    owed.satisfied_by = Some(fact.id.clone());
    let after_strict = owed.after_strict;
    if fact.kind.as_str() != "submitted" {
        let (fact, kind) = (fact.id.clone(), fact.kind.clone());
        owed.trace.push(Step::Met { fact, kind, at, after_strict, late });
        return;
    }
    owed.trace.push(Step::Submitted { fact: fact.id.clone(), at, after_strict, late });
}

/// Gives the open question a clock of its own, so that indecision cannot hide a deadline.
fn decide(predicate: PredicateId, owed: &mut Obligation) {
    let (Class::Hard, Some(from)) = (owed.class, owed.strict_from) else { return };
    let Some(due) = decision_due(Some(from), owed.strict_due) else { return };
    owed.decision_due = Some((predicate.clone(), due));
    owed.trace.push(Step::Decide { predicate, due });
}
