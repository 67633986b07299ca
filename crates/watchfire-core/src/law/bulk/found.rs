//! What came out for many cases, in little memory: it is most of what a million of them need.

use super::outcome::Outcome;
use super::table::{Micros, NEVER};
use super::words::NOBODY;
use crate::law::condition::Answer;
use crate::law::question::State;

/// An outcome, and the place of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// The place of the case in its table.
    pub case: u32,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out, case by case, and in each in the order of the packs; and how much was put to the
/// engine for it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    kept: Vec<Kept>,
    rare: Vec<Rare>,
    /// Cases that were looked at.
    pub cases: usize,
    /// Of these: cases of which something was put to the engine.
    pub by_engine: usize,
}

/// What every outcome says.
#[derive(Debug, Clone, Copy)]
struct Kept {
    strict_from: Micros,
    strict_due: Micros,
    case: u32,
    rule: u32,
    from: u32,
    /// The place of what it says beside; [`NOBODY`] where that is [`Rare::of_most`].
    rare: u32,
    version: u8,
    remedy: u8,
    state: State,
    condition: Answer,
    foreseen: bool,
    provisional: bool,
    after_strict: bool,
    per_fact: bool,
}

/// What few outcomes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rare {
    outer_due: Micros,
    decision_due: Micros,
    satisfied_by: u32,
    predicate: u32,
}

impl Rare {
    /// The outer instant is the strict one, nothing met it, and no question is open.
    fn of_most(strict_due: Micros) -> Self {
        let (decision_due, satisfied_by, predicate) = (NEVER, NOBODY, NOBODY);
        Self { outer_due: strict_due, decision_due, satisfied_by, predicate }
    }
}

impl Found {
    /// Returns how many outcomes there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Returns whether nothing came out.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns each outcome.
    pub fn iter(&self) -> impl Iterator<Item = Owed> {
        self.kept.iter().map(|kept| self.whole(kept))
    }

    pub(super) fn push(&mut self, Owed { case, outcome }: Owed) {
        let Outcome { outer_due, decision_due, satisfied_by, predicate, .. } = outcome;
        let beside = Rare { outer_due, decision_due, satisfied_by, predicate };
        let mut rare = NOBODY;
        if beside != Rare::of_most(outcome.strict_due) {
            rare = u32::try_from(self.rare.len()).expect("fewer outcomes than numbers");
            self.rare.push(beside);
        }
        self.kept.push(Kept {
            strict_from: outcome.strict_from,
            strict_due: outcome.strict_due,
            case,
            rule: outcome.rule,
            from: outcome.from,
            rare,
            version: outcome.version,
            remedy: outcome.remedy,
            state: outcome.state,
            condition: outcome.condition,
            foreseen: outcome.foreseen,
            provisional: outcome.provisional,
            after_strict: outcome.after_strict,
            per_fact: outcome.per_fact,
        });
    }

    /// Moves the outcomes from a place on to the end of `out`.
    pub(super) fn take_from(&mut self, begin: usize, out: &mut Vec<Owed>) {
        out.extend(self.kept[begin..].iter().map(|kept| self.whole(kept)));
        // What is rare was put in as they were, so that the first has the first place.
        let first = self.kept.drain(begin..).find(|kept| kept.rare != NOBODY);
        if let Some(first) = first {
            self.rare.truncate(first.rare as usize);
        }
    }

    fn whole(&self, kept: &Kept) -> Owed {
        let beside = self.rare.get(kept.rare as usize).copied();
        let beside = beside.unwrap_or_else(|| Rare::of_most(kept.strict_due));
        let outcome = Outcome {
            strict_from: kept.strict_from,
            strict_due: kept.strict_due,
            outer_due: beside.outer_due,
            decision_due: beside.decision_due,
            rule: kept.rule,
            from: kept.from,
            satisfied_by: beside.satisfied_by,
            predicate: beside.predicate,
            version: kept.version,
            remedy: kept.remedy,
            state: kept.state,
            condition: kept.condition,
            foreseen: kept.foreseen,
            provisional: kept.provisional,
            after_strict: kept.after_strict,
            per_fact: kept.per_fact,
        };
        Owed { case: kept.case, outcome }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_as_it_was_and_can_be_taken_back() {
        let plain = Outcome { strict_due: 7, outer_due: 7, ..Outcome::blank(1, 2) };
        let all = [
            plain,
            Outcome { outer_due: 9, ..plain },
            Outcome { outer_due: NEVER, ..plain },
            Outcome { decision_due: 3, provisional: true, predicate: 4, ..plain },
            Outcome { satisfied_by: 5, state: State::Satisfied, ..plain },
            Outcome { version: 1, remedy: 2, foreseen: true, per_fact: true, ..plain },
        ];
        let all: Vec<Owed> = (0..).zip(all).map(|(case, outcome)| Owed { case, outcome }).collect();
        for begin in 0..=all.len() {
            let (mut found, mut taken) = (Found::default(), Vec::new());
            all.iter().for_each(|one| found.push(*one));
            assert_eq!(found.iter().collect::<Vec<_>>(), all);
            found.take_from(begin, &mut taken);
            assert_eq!(taken, all[begin..]);
            taken.drain(..).for_each(|one| found.push(one));
            assert_eq!((found.iter().collect::<Vec<_>>(), found.len()), (all.clone(), all.len()));
        }
    }
}
