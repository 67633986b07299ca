//! What came out for many cases, counted.

use std::collections::BTreeMap;

use super::change::Change;
use super::found::Owed;
use super::outcome::Outcome;
use super::plan::Plan;
use crate::law::id::ProvisionId;
use crate::law::impact::Counts;
use crate::law::question::State;

/// Obligations, counted by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fates {
    /// Those that are owed, met or not; the sum of the next five.
    pub owed: usize,
    /// Met at or before the outer instant.
    pub met: usize,
    /// Met after the outer instant.
    pub late: usize,
    /// Not met, and the strict instant is over; it may have been over when the fact became known.
    pub overdue: usize,
    /// Not met, and time is left or there is no date.
    pub open: usize,
    /// What the clock runs from has not happened.
    pub waiting: usize,
    /// Of those met: after the strict instant and not after the outer one.
    pub after_strict: usize,
    /// Of those owed: hanging on a question that nobody has answered.
    pub provisional: usize,
    /// Not owed, and known to come.
    pub foreseen: usize,
}

impl Fates {
    /// Adds an outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        self.foreseen += usize::from(outcome.foreseen);
        let count = match outcome.state {
            State::NotApplicable | State::Superseded => return,
            State::Satisfied => &mut self.met,
            State::SatisfiedLate => &mut self.late,
            State::WaitingForAnchor => &mut self.waiting,
            State::LateAtBirth | State::Overdue => &mut self.overdue,
            State::NeedsDecision | State::DueSoon | State::Open => &mut self.open,
        };
        *count += 1;
        self.owed += 1;
        let met_after_strict = outcome.state == State::Satisfied && outcome.after_strict;
        self.after_strict += usize::from(met_after_strict);
        self.provisional += usize::from(outcome.provisional);
    }
}

/// What a lawbook gives in many cases, counted by provision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub total: Fates,
    pub by_provision: BTreeMap<ProvisionId, Fates>,
}

impl Tally {
    /// Counts what came of a plan.
    pub fn of(plan: &Plan<'_>, all: impl IntoIterator<Item = Owed>) -> Self {
        let mut tally = Self::default();
        let outcomes = all.into_iter().map(|one| one.outcome);
        for outcome in outcomes.filter(|one| one.is_owed() || one.foreseen) {
            tally.total.add(&outcome);
            let id = plan.provision_id(&outcome).clone();
            tally.by_provision.entry(id).or_default().add(&outcome);
        }
        tally
    }
}

/// Counts shifts, with how many of those that moved have an earlier or a later strict instant.
pub fn count_changes<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Counts {
    let mut counts = Counts::default();
    for change in changes {
        let Some(kind) = change.kind else { continue };
        let due = |one: Option<Outcome>| one.and_then(|one| one.strict_due());
        counts.count(kind, (due(change.before), due(change.after)));
    }
    counts
}
