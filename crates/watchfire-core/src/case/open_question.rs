//! Questions that nobody has answered while clocks of law hang on them.
//!
//! Undecided keeps the clock running, and the question has a soft clock of its own: four hours, or
//! a quarter of the strict window if that is shorter (laws/counting.md 7.7). Several obligations of
//! a case may hang on one question; it is asked once, on the earliest of their clocks, by the
//! obligation that has it: its carrier.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Asked, Case};
use crate::escalation::{DueRung, Ladder, Rung};
use crate::ids::ObligationId;
use crate::obligation::Obligation;

/// A question that is open now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion<'c> {
    /// The predicate, or the conflict, that is undecided.
    pub predicate: &'c str,
    /// When it began to be open, for its clock: where the strict window starts.
    pub from: Timestamp,
    /// When it should be answered: a house target.
    pub due: Timestamp,
    /// Of the obligations that hang on it, the one whose question is due first.
    pub carrier: &'c Obligation,
    told: BTreeSet<Rung>,
    rounds: u32,
}

impl OpenQuestion<'_> {
    /// Returns what its rungs stand on.
    pub fn ladder(&self) -> Ladder {
        Ladder::Question { from: self.from, due: self.due }
    }

    /// Its rungs end where the strict deadline is reached: from then on everybody is told of the
    /// obligation itself, and of the question with it.
    fn is_before_the_end(&self, at: Timestamp) -> bool {
        self.carrier.assessment.strict_due.is_none_or(|end| at < end)
    }

    /// Returns when it rings next, or `None` if it rings no more.
    pub fn next_at(&self) -> Option<Timestamp> {
        let ladder = self.ladder();
        ladder.at(ladder.next(&self.told)).filter(|at| self.is_before_the_end(*at))
    }

    /// Returns the rung to tell at `now`.
    pub(super) fn due(&self, now: Timestamp) -> Option<DueRung> {
        let moment = SignedDuration::from_micros(1);
        let last = self.carrier.assessment.strict_due.and_then(|end| end.checked_sub(moment).ok());
        self.ladder().due(&self.told, last.map_or(now, |last| now.min(last)))
    }

    /// Marks a notice, so that a question that is asked again is told again.
    pub(super) fn mark(&self, rung: Rung) -> String {
        let round = self.rounds + 1;
        format!("{} {rung} round {round} window {}", self.predicate, self.carrier.window)
    }
}

impl Case {
    /// Returns the questions that are open, by predicate.
    pub fn open_questions(&self) -> Vec<OpenQuestion<'_>> {
        let mut carriers: BTreeMap<&str, (Timestamp, Timestamp, &Obligation)> = BTreeMap::new();
        for owed in self.obligations.values().filter(|owed| owed.is_open()) {
            let assessment = &owed.assessment;
            let clock = (assessment.decision.as_deref(), assessment.decision_due);
            let ((Some(predicate), Some(due)), true) = (clock, assessment.provisional) else {
                continue;
            };
            let from = assessment.strict_from.unwrap_or(owed.since).min(due);
            let known = carriers.entry(predicate).or_insert((from, due, owed));
            if (due, &owed.id) < (known.1, &known.2.id) {
                *known = (from, due, owed);
            }
        }
        for (conflict, known) in &self.conflicts {
            let carrier = known.carrier.as_ref().and_then(|id| self.obligations.get(id));
            let (Some(carrier), Some(due), true) = (carrier, known.due_at, known.is_open()) else {
                continue;
            };
            carriers.insert(conflict, (known.opened_at.min(due), due, carrier));
        }
        let open = |(predicate, (from, due, carrier))| {
            let asked = self.asked.get(predicate);
            let Asked { told, rounds } = asked.cloned().unwrap_or_default();
            OpenQuestion { predicate, from, due, carrier, told, rounds }
        };
        carriers.into_iter().map(open).collect()
    }

    /// Returns the questions that `id` asks for all that hang on them.
    pub(super) fn questions_of(&self, id: &ObligationId) -> Vec<OpenQuestion<'_>> {
        let open = self.open_questions().into_iter();
        open.filter(|question| question.carrier.id == *id).collect()
    }

    pub(super) fn question_rang(&mut self, predicate: &str, rung: &str) {
        let found = self.open_questions().into_iter().find(|it| it.predicate == predicate);
        let ladder = found.map(|question| question.ladder());
        let Ok(rung) = rung.parse::<Rung>() else { return };
        let told = ladder.map_or_else(|| BTreeSet::from([rung]), |ladder| ladder.told_by(rung));
        self.asked.entry(predicate.to_owned()).or_default().told.extend(told);
    }

    /// Forgets what was told of questions that were answered: asked again, they ring again.
    pub(super) fn close_answered_questions(&mut self) {
        if self.asked.values().all(|asked| asked.told.is_empty()) {
            return;
        }
        let open = self.open_questions();
        let open: BTreeSet<String> = open.iter().map(|it| it.predicate.to_owned()).collect();
        for (predicate, asked) in &mut self.asked {
            if !asked.told.is_empty() && !open.contains(predicate) {
                asked.told.clear();
                asked.rounds += 1;
            }
        }
    }
}
