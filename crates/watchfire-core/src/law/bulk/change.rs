//! A change of law put to a table: only the cases that it can touch, and only what differs.

use std::borrow::Cow;

use super::bits::Bits;
use super::case::AsOf;
use super::found::{Found, Owed};
use super::outcome::Outcome;
use super::plan::{Plain, Plan, Rule};
use super::put::Bulk;
use super::table::Table;
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
    /// By the number of a rule of the old plan: whether it can compute otherwise.
    touched: Vec<bool>,
    /// By the number of a rule of the new plan: how one that can stands to what it was.
    since: Vec<Option<Since>>,
    /// The columns that they ask.
    columns: Vec<u32>,
}

/// So many cases are brought out of memory together.
const BROUGHT: usize = 64;

/// How a provision that can compute otherwise stands to what it was.
#[derive(Clone, Copy)]
struct Since {
    /// Its rule in the old plan; none where it is new.
    was: Option<u32>,
    /// Whether the same is asked of the same, dates and remedies aside.
    asks_the_same: bool,
}

impl<'c, 'a> Changing<'c, 'a> {
    /// Puts together two plans of one table and the impact of their lawbooks.
    pub fn between(old: &'c Plan<'a>, new: &'c Plan<'a>, impact: &'c Impact<'a>) -> Self {
        let asked = [old, new].map(|plan| {
            let mut rules: Vec<u32> = impact.asked().filter_map(|id| plan.rule_of(id)).collect();
            rules.sort_unstable();
            rules
        });
        let touches = |rule: &Rule<'a>| impact.touches(&rule.provision.id);
        let touched = old.rules.iter().map(touches).collect();
        let since = new.rules.iter().map(|rule| touches(rule).then(|| Since::of(old, rule)));
        let since = since.collect();
        let mut columns = [columns_of(old, &asked[0]), columns_of(new, &asked[1])].concat();
        columns.sort_unstable();
        columns.dedup();
        Self { old, new, impact, asked, touched, since, columns }
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
        let [old, new] = [(self.old, &self.asked[0]), (self.new, &self.asked[1])]
            .map(|(plan, asked)| Bulk::new(plan, table, question, as_of).among(asked));
        let candidates = self.candidates(table);
        let count = candidates.count();
        // Most are: room for all is made once, and what is not used of it costs nothing.
        let mut found =
            Changes { changes: Vec::with_capacity(count), candidates: count, ..Changes::default() };
        let (mut under_old, mut under_new) = (Found::default(), Found::default());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let (mut all, mut few) = (candidates.iter(), Vec::with_capacity(BROUGHT));
        loop {
            few.clear();
            few.extend(all.by_ref().take(BROUGHT));
            if few.is_empty() {
                break;
            }
            table.bring(&few, &self.columns);
            for at in few.iter().copied() {
                old.owed_into([at], &mut under_old);
                new.owed_into([at], &mut under_new);
                under_old.take_from(0, &mut before);
                under_new.take_from(0, &mut after);
                self.compare(&mut before, &after, &mut found.changes);
                before.clear();
                after.clear();
            }
        }
        found.evaluated = under_new.cases;
        found.by_engine = under_old.by_engine.max(under_new.by_engine);
        found
    }

    /// Adds what is otherwise in one case. What it finds again in `before` it takes out.
    fn compare(&self, before: &mut Vec<Owed>, after: &[Owed], changes: &mut Vec<Change>) {
        before.retain(|one| self.touched[one.outcome.rule as usize]);
        for one in after {
            let Some(since) = &self.since[one.outcome.rule as usize] else { continue };
            let is_same = |was: &Owed| {
                since.was == Some(was.outcome.rule)
                    && of_fact(&was.outcome) == of_fact(&one.outcome)
            };
            let at = before.iter().position(is_same);
            let was = at.map(|at| before.remove(at).outcome);
            changes.extend(self.change(one.case, was, &one.outcome, *since));
        }
        changes.extend(before.iter().map(|one| gone(one.case, one.outcome)));
    }

    fn change(
        &self,
        case: u32,
        before: Option<Outcome>,
        after: &Outcome,
        since: Since,
    ) -> Option<Change> {
        let asks_the_same = |before: &Outcome| {
            before.falls_due_with(after)
                && since.asks_the_same
                && self.old.remedy(before) == self.new.remedy(after)
        };
        let moved = before.as_ref().is_some_and(|before| !asks_the_same(before));
        if !moved && before.as_ref().is_some_and(|before| self.says_the_same(before, after)) {
            return None;
        }
        let kind = shift_of(before.as_ref().map(standing), Some(standing(after)), moved);
        Some(Change { case, before, after: Some(*after), kind })
    }

    /// Returns whether the two say the same, the version and its reading included.
    fn says_the_same(&self, before: &Outcome, after: &Outcome) -> bool {
        before.says_the_same(after)
            && self.old.version_from(before) == self.new.version_from(after)
            && self.old.reading(before) == self.new.reading(after)
    }
}

impl Since {
    fn of(old: &Plan<'_>, rule: &Rule<'_>) -> Self {
        let (is, was) = (rule.provision, old.rule_of(&rule.provision.id));
        let asks_the_same = was.is_some_and(|was| {
            let was = old.rules[was as usize].provision;
            (was.class, &was.owed_by, &was.owed_to, &was.form)
                == (is.class, &is.owed_by, &is.owed_to, &is.form)
        });
        Self { was, asks_the_same }
    }
}

/// The columns that some rules ask.
fn columns_of(plan: &Plan<'_>, rules: &[u32]) -> Vec<u32> {
    let plain = rules.iter().filter_map(|rule| plan.rules[*rule as usize].plain.as_ref());
    let asked = plain.flat_map(Plain::conditions).flat_map(|it| it.attributes()).copied();
    asked.chain([plan.states.attribute]).collect()
}

/// One that is no longer listed.
fn gone(case: u32, before: Outcome) -> Change {
    let kind = shift_of(Some(standing(&before)), None, false);
    Change { case, before: Some(before), after: None, kind }
}

/// Whether it is owed, and whether it is foreseen.
fn standing(one: &Outcome) -> (bool, bool) {
    (one.is_owed(), one.foreseen)
}

/// What tells the obligations of one provision in one case apart.
fn of_fact(one: &Outcome) -> Option<u32> {
    one.per_fact.then_some(one.from)
}
