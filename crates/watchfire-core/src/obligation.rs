//! What is owed in a case, by one provision: its name, its state, who holds it, what comes next.
//!
//! The engine computes what is owed ([`Assessment`], recorded as an event whenever it changes).
//! What changes with time alone is never stored: [`state_at`] computes it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::escalation::{Ladder, Rung};
use crate::event::{Assessment, GapCause, OwnerCause};
use crate::ids::{CaseId, ObligationId, PartyId};
use crate::law::State;

/// Names the obligation that `provision` gives in `case`.
///
/// `each` is the anchoring fact's id where the provision gives one obligation per fact. The name is
/// a hash, so that the same obligation has the same name after every new computation.
pub fn name(case: &CaseId, provision: &str, each: Option<&str>) -> ObligationId {
    let mut hash = Sha256::new_with_prefix(b"watchfire obligation\0");
    for part in [case.as_str(), provision, each.unwrap_or("")] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let mut bytes = [0; ObligationId::RANDOM_BYTES];
    bytes.copy_from_slice(&digest[..ObligationId::RANDOM_BYTES]);
    ObligationId::from_random(bytes)
}

/// Returns the state of an assessed obligation at `now`.
///
/// The first that holds, in the order of laws/counting.md 7.7.
pub fn state_at(assessment: &Assessment, now: Timestamp) -> State {
    let state = assessment.state;
    // Time alone does not change these.
    if !state.is_open() || matches!(state, State::WaitingForAnchor | State::LateAtBirth) {
        return state;
    }
    if assessment.strict_due.is_some_and(|due| now >= due) {
        return State::Overdue;
    }
    if assessment.provisional {
        return State::NeedsDecision;
    }
    let three_quarters = ladder(assessment, now).at(Rung::Percent(75));
    match (assessment.strict_due, three_quarters) {
        (Some(_), Some(soon)) if now >= soon => State::DueSoon,
        _ => State::Open,
    }
}

/// Returns what the rungs stand on: the strict window, or `since` where there is no date.
pub fn ladder(assessment: &Assessment, since: Timestamp) -> Ladder {
    match (assessment.strict_from, assessment.strict_due) {
        (Some(from), Some(due)) => Ladder::Window { from, due },
        (None, Some(due)) => Ladder::Window { from: since.min(due), due },
        (_, None) => Ladder::Undated { since },
    }
}

/// An obligation of a case, as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Its name.
    pub id: ObligationId,
    /// What the engine said last.
    pub assessment: Assessment,
    /// When it was first assessed.
    pub since: Timestamp,
    /// Who holds it.
    pub owner: Option<Owner>,
    /// Why it is a gap, and since when.
    pub gap: Option<(GapCause, Timestamp)>,
    /// The rungs that were told of this window.
    pub told: BTreeSet<Rung>,
    /// The people who were told of this window, by a rung or because somebody escalated.
    pub reached: BTreeSet<PartyId>,
    /// Since when an answer of the holder is awaited.
    pub awaiting: Option<Timestamp>,
    /// Which window of the obligation this is, from 1.
    pub window: u32,
    /// What the clock ran from when it last ran: the fact, and the beginning of its window.
    last_run: LastRun,
}

/// What an obligation was owed on last, kept while it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct LastRun {
    /// The fact it was owed on.
    fact: Option<String>,
    /// Fact and beginning of its last window with a date.
    dated: Option<(Option<String>, Option<Timestamp>)>,
}

impl LastRun {
    fn note(&mut self, assessment: &Assessment) {
        self.fact.clone_from(&assessment.from_fact);
        if assessment.strict_due.is_some() {
            self.dated = Some((assessment.from_fact.clone(), assessment.strict_from));
        }
    }
}

/// Who holds an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The person.
    pub party: PartyId,
    /// How they came to it.
    pub cause: OwnerCause,
    /// Since when.
    pub since: Timestamp,
    /// When they last answered for it.
    pub acknowledged_at: Option<Timestamp>,
}

impl Obligation {
    /// The obligation as it was assessed first, at `at`.
    pub(crate) fn new(id: ObligationId, at: Timestamp, assessment: Assessment) -> Self {
        let mut new = Self {
            id,
            assessment,
            since: at,
            owner: None,
            gap: None,
            told: BTreeSet::new(),
            reached: BTreeSet::new(),
            awaiting: None,
            window: 1,
            last_run: LastRun::default(),
        };
        if new.is_open() {
            new.last_run.note(&new.assessment);
        }
        new
    }

    /// Takes a new assessment into account.
    ///
    /// While the clock runs, a date that moves leaves the window what it is: what was told is not
    /// told again. The window is a new one, in which everything is told anew, where the obligation
    /// had ceased and is owed again on another fact, and where its clock stood (it had ceased, was
    /// met, or waited for its anchor) and now runs from another beginning.
    pub(crate) fn assess(&mut self, at: Timestamp, assessment: Assessment) {
        let was_open = self.is_open();
        let was_dated = was_open && self.assessment.strict_due.is_some();
        self.assessment = assessment;
        if !self.is_open() {
            return;
        }
        let was_owed_before = was_open || self.last_run != LastRun::default();
        let is_dated = self.assessment.strict_due.is_some();
        let now_from = (self.assessment.from_fact.clone(), self.assessment.strict_from);
        let other_fact = !was_open && self.last_run.fact != self.assessment.from_fact;
        let other_start = is_dated && !was_dated && self.last_run.dated.as_ref() != Some(&now_from);
        if was_owed_before && (other_fact || other_start) {
            self.window += 1;
            self.told.clear();
            self.reached.clear();
            self.awaiting = None;
        }
        if other_fact {
            self.since = at;
        }
        self.last_run.note(&self.assessment);
    }

    /// Marks a notice of this window, so that the same rung of another window is told too.
    pub(crate) fn mark(&self, of: &str) -> String {
        if self.window == 1 { of.to_owned() } else { format!("{of}, window {}", self.window) }
    }

    /// Returns whether something is still to be done: it is owed, and not met.
    pub fn is_open(&self) -> bool {
        self.assessment.state.is_open()
    }

    /// Returns what its rungs stand on.
    pub fn ladder(&self) -> Ladder {
        ladder(&self.assessment, self.since)
    }

    /// Returns when the holder's answer is overdue, if one is awaited.
    pub fn acknowledge_by(&self) -> Option<Timestamp> {
        let since = self.awaiting?;
        since.checked_add(self.ladder().acknowledge_within()).ok()
    }

    /// Returns the next instant at which its own clock wants somebody, or `None` if nothing is owed.
    ///
    /// A question that is open beside it may ring before: see
    /// [`Case::due_instants`](crate::case::Case::due_instants).
    pub fn due_at(&self) -> Option<Timestamp> {
        if !self.is_open() {
            return None;
        }
        let ladder = self.ladder();
        let rung = ladder.at(ladder.next(&self.told));
        [rung, self.acknowledge_by()].into_iter().flatten().min()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn assessment(state: State) -> Assessment {
        Assessment {
            provision: "cn-rmsv/7.2".into(),
            from_fact: Some("found".into()),
            class: "hard".into(),
            state,
            provisional: false,
            after_strict: false,
            strict_from: Some(at("2021-11-24T00:00Z")),
            strict_due: Some(at("2021-11-26T00:00Z")),
            outer_due: Some(at("2021-11-26T16:00Z")),
            decision: None,
            decision_due: None,
            cites: "Article 7, item (2)".into(),
            version_from: Some("2021-09-01".into()),
            reading: None,
            lawbook: String::new(),
            time_zones: String::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_state_follows_the_clock_and_is_never_stored() {
        let open = assessment(State::Open);
        for (now, expected) in [
            ("2021-11-24T00:00Z", State::Open),
            ("2021-11-25T11:59:59Z", State::Open),
            ("2021-11-25T12:00Z", State::DueSoon),
            ("2021-11-25T23:59:59.999999Z", State::DueSoon),
            ("2021-11-26T00:00Z", State::Overdue),
            ("2031-01-01T00:00Z", State::Overdue),
        ] {
            assert_eq!(state_at(&open, at(now)), expected, "{now}");
        }
        let overdue_when_computed = assessment(State::Overdue);
        assert_eq!(state_at(&overdue_when_computed, at("2021-11-24T00:00Z")), State::Open);
    }

    #[test]
    fn an_undecided_question_shows_until_the_deadline_and_no_longer() {
        let provisional = Assessment { provisional: true, ..assessment(State::NeedsDecision) };
        assert_eq!(state_at(&provisional, at("2021-11-25T13:00Z")), State::NeedsDecision);
        assert_eq!(state_at(&provisional, at("2021-11-26T00:00Z")), State::Overdue);
    }

    #[test]
    fn what_is_settled_stays_as_it_was_said() {
        for state in [
            State::Superseded,
            State::NotApplicable,
            State::Satisfied,
            State::SatisfiedLate,
            State::LateAtBirth,
        ] {
            assert_eq!(state_at(&assessment(state), at("2031-01-01T00:00Z")), state);
        }
    }

    #[test]
    fn a_name_depends_on_case_provision_and_fact_and_on_nothing_else() {
        let [one, two] = [1, 2].map(|n| CaseId::from_random([n; 5]));
        let first = name(&one, "cn-rmsv/7.2", None);
        assert_eq!(first, name(&one, "cn-rmsv/7.2", None));
        assert_ne!(first, name(&two, "cn-rmsv/7.2", None));
        assert_ne!(first, name(&one, "cn-rmsv/7.3", None));
        assert_ne!(first, name(&one, "cn-rmsv/7.2", Some("found")));
    }
}
