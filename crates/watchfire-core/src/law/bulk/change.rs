//! A change of law put to a table: only the cases that it can touch, and only what differs.

use std::borrow::Cow;

use super::bits::Bits;
use super::case::AsOf;
use super::outcome::Outcome;
use super::plan::Plan;
use super::put::{Bulk, Found, Owed};
use super::table::Table;
use crate::law::id::ProvisionId;
use crate::law::impact::{Impact, ShiftKind, shift_of};
use crate::law::question::Question;

/// One obligation of one case that a change of law makes otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The place of the case in its table.
    pub case: u32,
    /// Under the old law; none where it is not listed.
    pub before: Option<Outcome>,
    /// Under the new law.
    pub after: Option<Outcome>,
    /// What kind of shift it is; none where what is owed stays as it is, such as where only the
    /// version has another date.
    pub kind: Option<ShiftKind>,
}

/// What a change of law makes otherwise, and what it cost to find.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Case by case, in the order of the table.
    pub changes: Vec<Change>,
    /// Cases in which a changed provision can be listed.
    pub candidates: usize,
    /// Cases to which something was put.
    pub evaluated: usize,
    /// Of these: cases of which something was put to the engine.
    pub by_engine: usize,
}

/// Two plans, with what differs between them.
pub struct Changing<'c, 'a> {
    old: &'c Plan<'a>,
    new: &'c Plan<'a>,
    impact: &'c Impact<'a>,
    /// What is asked of each, in the order of its packs.
    asked: [Vec<u32>; 2],
}

impl<'c, 'a> Changing<'c, 'a> {
    /// Puts together two plans of one table and the impact of their lawbooks.
    pub fn between(old: &'c Plan<'a>, new: &'c Plan<'a>, impact: &'c Impact<'a>) -> Self {
        let asked = [old, new].map(|plan| {
            let mut rules: Vec<u32> = impact.asked().filter_map(|id| plan.rule_of(id)).collect();
            rules.sort_unstable();
            rules
        });
        Self { old, new, impact, asked }
    }

    /// Returns the cases of the table in which a changed provision can be listed.
    pub fn candidates(&self, table: &Table) -> Bits {
        table.candidates(self.impact.reads())
    }

    /// Returns what is otherwise in the cases that can be touched, and nothing else.
    pub fn over<'q, Q: Fn(usize) -> Cow<'q, Question> + Copy>(
        &self,
        table: &Table,
        question: Q,
        as_of: AsOf,
    ) -> Changes {
        let [old, new] = [self.old, self.new].map(|plan| Bulk::new(plan, table, question, as_of));
        let candidates = self.candidates(table);
        let mut found = Changes { candidates: candidates.count(), ..Changes::default() };
        let (mut before, mut after) = (Found::default(), Found::default());
        for at in candidates.iter() {
            before.owed.clear();
            after.owed.clear();
            let [of_old, of_new] = &self.asked;
            old.put(at, &old.obliged(at, of_old), &mut before);
            new.put(at, &new.obliged(at, of_new), &mut after);
            self.compare(&before.owed, &after.owed, &mut found.changes);
        }
        found.evaluated = after.cases;
        found.by_engine = before.by_engine.max(after.by_engine);
        found
    }

    fn compare(&self, before: &[Owed], after: &[Owed], changes: &mut Vec<Change>) {
        let touched =
            |plan: &Plan<'a>, one: &Owed| self.impact.touches(plan.provision_id(&one.outcome));
        let mut unmatched: Vec<&Owed> =
            before.iter().filter(|one| touched(self.old, one)).collect();
        for one in after.iter().filter(|one| touched(self.new, one)) {
            let key = key(self.new, &one.outcome);
            let at =
                unmatched.iter().position(|before| self::key(self.old, &before.outcome) == key);
            let before = at.map(|at| unmatched.remove(at).outcome);
            changes.extend(self.change(one.case, before, Some(one.outcome)));
        }
        let gone = unmatched.into_iter();
        changes.extend(gone.filter_map(|one| self.change(one.case, Some(one.outcome), None)));
    }

    fn change(&self, case: u32, before: Option<Outcome>, after: Option<Outcome>) -> Option<Change> {
        let moved = match (&before, &after) {
            (Some(before), Some(after)) if self.is_same(before, after) => return None,
            (Some(before), Some(after)) => !self.asks_the_same(before, after),
            _ => false,
        };
        let of = |one: &Option<Outcome>| one.map(|one| (one.is_owed(), one.foreseen));
        let kind = shift_of(of(&before), of(&after), moved);
        Some(Change { case, before, after, kind })
    }

    /// Returns whether nothing is otherwise, the version and its reading included.
    fn is_same(&self, before: &Outcome, after: &Outcome) -> bool {
        before.says_the_same(after)
            && self.asks_the_same(before, after)
            && self.old.version_from(before) == self.new.version_from(after)
            && self.old.reading(before) == self.new.reading(after)
    }

    /// Returns whether the same is asked of the same by the same instants.
    fn asks_the_same(&self, before: &Outcome, after: &Outcome) -> bool {
        let (was, is) = (self.old.provision(before), self.new.provision(after));
        before.falls_due_with(after)
            && (was.class, &was.owed_by, &was.owed_to, &was.form)
                == (is.class, &is.owed_by, &is.owed_to, &is.form)
            && self.old.remedy(before) == self.new.remedy(after)
    }
}

/// What tells the obligations of one case apart.
fn key<'a>(plan: &Plan<'a>, outcome: &Outcome) -> (&'a ProvisionId, Option<u32>) {
    (plan.provision_id(outcome), outcome.per_fact.then_some(outcome.from))
}
