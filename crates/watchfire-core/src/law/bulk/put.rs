//! A plan put to the cases of a table.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::case::{AsOf, Case, View};
use super::outcome::Outcome;
use super::plan::{Plan, Rule};
use super::reckon::{Came, can_arise, put};
use super::table::{Micros, Table};
use super::words::NOBODY;
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
    view: View,
    /// Rules that are asked for, in order, where it is not all.
    among: Option<&'b [u32]>,
    /// The rules of each set of roles that was asked for, in the order of the packs.
    rules: OnceLock<Vec<OnceLock<Vec<u32>>>>,
}

impl<'b, 'a, 'q, Q: Fn(usize) -> Cow<'q, Question>> Bulk<'b, 'a, Q> {
    /// Puts a plan together with the table that it was made for.
    pub fn new(plan: &'b Plan<'a>, table: &'b Table, question: Q, as_of: AsOf) -> Self {
        let micros = |at: Option<jiff::Timestamp>| {
            at.and_then(|at| jiff::Timestamp::from_microsecond(at.as_microsecond()).ok())
        };
        let as_of = AsOf { now: micros(as_of.now), known_at: micros(as_of.known_at) };
        let view = View::of(as_of);
        Self { plan, table, question, as_of, view, among: None, rules: OnceLock::new() }
    }

    /// Asks for some rules alone, which stand in order.
    pub(super) fn among(self, rules: &'b [u32]) -> Self {
        Self { among: Some(rules), ..self }
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
            if let Some(row) = self.table.rows.get(at) {
                self.put(at, self.rules_of(row.set), found);
            }
        }
    }

    /// Returns the rules that oblige an organization of some roles. Those of one role the plan has
    /// at hand; those of others are put together once.
    fn rules_of(&self, set: u32) -> &[u32] {
        let sets = &self.table.sets;
        if let ([role], None) = (sets.roles(set), self.among) {
            return self.plan.of_role(*role);
        }
        let each = self.rules.get_or_init(|| vec![OnceLock::new(); sets.len()]);
        let Some(rules) = each.get(set as usize) else { return &[] };
        rules.get_or_init(|| {
            let mut rules = self.plan.rules_of(sets.roles(set));
            if let Some(among) = self.among {
                rules.retain(|rule| among.binary_search(rule).is_ok());
            }
            rules
        })
    }

    /// Puts some rules to a case.
    fn put(&self, at: usize, rules: &[u32], found: &mut Found) {
        found.cases += 1;
        if rules.is_empty() {
            return;
        }
        let case = Case::new(self.table, self.plan, at, self.view);
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let begin = found.owed.len();
        let (mut unplain, mut takes) = (Vec::new(), false);
        for number_of_rule in rules {
            let rule = &self.plan.rules[*number_of_rule as usize];
            if !can_arise(rule, &case) {
                continue;
            }
            takes |= rule.supersedes.is_some();
            let mut owed = Owed { case: number, outcome: Outcome::blank(*number_of_rule, NOBODY) };
            match put(self.plan, rule, &case, &mut owed.outcome) {
                Came::Nothing => {}
                Came::Owed => found.owed.push(owed),
                Came::Unplain => unplain.push(*number_of_rule),
            }
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

    fn by_engine(&self, at: usize, rules: &[u32]) -> Vec<Outcome> {
        let question = (self.question)(at);
        let sight = question.sight(self.as_of.now, self.as_of.known_at);
        let of = |rule: &u32| &self.plan.rules[*rule as usize];
        let provisions = rules.iter().map(|rule| (of(rule).pack, of(rule).provision));
        let listed = self.plan.book.apply(&question, sight, provisions);
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
            roles.iter().flat_map(|role| self.of_role(*role)).copied().collect();
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
