//! A plan put to the cases of a table.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::case::{AsOf, Case};
use super::outcome::Outcome;
use super::plan::{Plan, Rule};
use super::reckon::{Found as One, put};
use super::table::{Micros, Table};
use crate::law::question::{Obligation, Question, State};

/// An outcome, and the place of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// The place of the case in its table.
    pub case: u32,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out, and how much was put to the engine for it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Case by case, and in each in the order of the packs.
    pub owed: Vec<Owed>,
    /// Cases that were looked at.
    pub cases: usize,
    /// Of these: cases of which something was put to the engine.
    pub by_engine: usize,
}

/// A plan with the cases of a table.
///
/// `question` gives the case at a place back, whole; only cases of which the columns do not hold
/// all are asked for.
pub struct Bulk<'b, 'a, Q> {
    pub(super) plan: &'b Plan<'a>,
    pub(super) table: &'b Table,
    question: Q,
    as_of: AsOf,
    /// The rules of each set of roles that was asked for, in the order of the packs.
    rules: Vec<OnceLock<Vec<u32>>>,
}

impl<'b, 'a, 'q, Q: Fn(usize) -> Cow<'q, Question>> Bulk<'b, 'a, Q> {
    /// Puts a plan together with the table that it was made for.
    pub fn new(plan: &'b Plan<'a>, table: &'b Table, question: Q, as_of: AsOf) -> Self {
        let rules = table.sets.iter().map(|_| OnceLock::new()).collect();
        let micros = |at: Option<jiff::Timestamp>| {
            at.and_then(|at| jiff::Timestamp::from_microsecond(at.as_microsecond()).ok())
        };
        let as_of = AsOf { now: micros(as_of.now), known_at: micros(as_of.known_at) };
        Self { plan, table, question, as_of, rules }
    }

    /// Returns what is owed in some cases.
    pub fn owed(&self, cases: impl IntoIterator<Item = usize>) -> Found {
        let mut found = Found::default();
        self.owed_into(cases, &mut found);
        found
    }

    /// Adds what is owed in some cases to what was found.
    pub fn owed_into(&self, cases: impl IntoIterator<Item = usize>, found: &mut Found) {
        for at in cases {
            if let Some(rules) = self.rules_of(at) {
                self.put(at, rules, found);
            }
        }
    }

    /// Returns the rules that oblige the organization of a case; none where there is no case.
    fn rules_of(&self, at: usize) -> Option<&[u32]> {
        let set = self.table.rows.get(at)?.set as usize;
        Some(self.rules[set].get_or_init(|| self.plan.rules_of(&self.table.sets[set])))
    }

    /// Puts some rules to a case.
    pub(super) fn put(&self, at: usize, rules: &[u32], found: &mut Found) {
        found.cases += 1;
        if rules.is_empty() {
            return;
        }
        let case = Case::new(self.table, self.plan, at, self.as_of);
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let begin = found.owed.len();
        let (mut unplain, mut takes) = (Vec::new(), false);
        for rule in rules {
            match put(self.plan, *rule, &case) {
                One::Nothing => {}
                One::Owed(outcome) => found.owed.push(Owed { case: number, outcome }),
                One::Unplain => unplain.push(*rule),
            }
            takes |= self.plan.rules[*rule as usize].supersedes.is_some();
        }
        if !unplain.is_empty() {
            found.by_engine += 1;
            let asked = self.by_engine(at, &unplain);
            found.owed.extend(asked.into_iter().map(|outcome| Owed { case: number, outcome }));
            found.owed[begin..].sort_by_key(|one| one.outcome.rule);
        }
        if takes {
            supersede(self.plan, &case, &mut found.owed[begin..]);
        }
    }

    /// Returns those of some rules that oblige the organization of a case.
    pub(super) fn obliged(&self, at: usize, among: &[u32]) -> Vec<u32> {
        let rules = self.rules_of(at);
        let obliges = |rule: &&u32| rules.is_some_and(|all| all.binary_search(rule).is_ok());
        among.iter().filter(obliges).copied().collect()
    }

    fn by_engine(&self, at: usize, rules: &[u32]) -> Vec<Outcome> {
        let mut question = (self.question)(at);
        if self.as_of != AsOf::default() {
            let asked = question.to_mut();
            asked.now = self.as_of.now.or(asked.now);
            asked.known_at = self.as_of.known_at.or(asked.known_at);
        }
        let of = |rule: &u32| &self.plan.rules[*rule as usize];
        let provisions = rules.iter().map(|rule| (of(rule).pack, of(rule).provision));
        let listed = self.plan.book.apply(&question, provisions);
        let outcome = |owed: Obligation| {
            let rule = self.plan.rule_of(&owed.provision)?;
            Some(Outcome::of(&owed, rule, self.plan, &question, &self.table.words))
        };
        listed.into_iter().filter_map(outcome).collect()
    }
}

impl Plan<'_> {
    /// Returns the rules that oblige one of the roles, in the order of the packs.
    fn rules_of(&self, roles: &[u32]) -> Vec<u32> {
        let mut rules: Vec<u32> =
            roles.iter().filter_map(|role| self.by_role.get(role)).flatten().copied().collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Marks what another listed provision has taken the place of, as the engine does.
fn supersede(plan: &Plan<'_>, case: &Case<'_>, found: &mut [Owed]) {
    let mut taken: Vec<u32> = Vec::new();
    for one in found.iter().filter(|one| one.outcome.state != State::NotApplicable) {
        let rule: &Rule<'_> = &plan.rules[one.outcome.rule as usize];
        let Some(supersedes) = &rule.supersedes else { continue };
        let begin = supersedes.begin.get(case.state).or_else(|| supersedes.begin.first());
        let begun = begin.copied().flatten().is_none_or(|begin| {
            arose_last(case, one.outcome.from).is_none_or(|last| last >= begin)
        });
        if begun {
            taken.extend(plan.rule_of(&supersedes.rule));
        }
    }
    for one in found.iter_mut().filter(|one| taken.contains(&one.outcome.rule)) {
        one.outcome.state = State::Superseded;
        one.outcome.provisional = false;
    }
}

fn arose_last(case: &Case<'_>, place: u32) -> Option<Micros> {
    case.facts.iter().find(|fact| fact.place == place).map(super::table::Recorded::last)
}
