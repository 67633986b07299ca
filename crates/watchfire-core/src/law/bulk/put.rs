//! A plan put to the cases of a table.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::case::{AsOf, Case, View};
use super::found::{Found, Owed};
use super::outcome::Outcome;
use super::plan::{Plan, Rule};
use super::reckon::{Came, can_arise, put};
use super::table::{Micros, Table};
use super::words::NOBODY;
use crate::law::question::{Obligation, Question, State};

/// A plan with the cases of a table.
///
/// `question` gives the case at a place back, whole; only cases of which the columns do not hold
/// all are asked for.
pub struct Bulk<'b, 'a, Q> {
    columns: Columns<'b, 'a>,
    question: Q,
    as_of: AsOf,
}

impl<'b, 'a, 'q, Q: Fn(usize) -> Cow<'q, Question>> Bulk<'b, 'a, Q> {
    /// Puts a plan together with the table that it was made for.
    pub fn new(plan: &'b Plan<'a>, table: &'b Table, question: Q, as_of: AsOf) -> Self {
        let micros = |at: Option<jiff::Timestamp>| {
            at.and_then(|at| jiff::Timestamp::from_microsecond(at.as_microsecond()).ok())
        };
        let as_of = AsOf { now: micros(as_of.now), known_at: micros(as_of.known_at) };
        let view = View::of(as_of);
        let columns = Columns { plan, table, view, among: None, rules: OnceLock::new() };
        Self { columns, question, as_of }
    }

    /// Asks for some rules alone, which stand in order.
    pub(super) fn among(mut self, rules: &'b [u32]) -> Self {
        self.columns.among = Some(rules);
        self
    }

    /// Returns what is owed in some cases.
    pub fn owed(&self, cases: impl IntoIterator<Item = usize>) -> Found {
        let mut found = Found::default();
        self.owed_into(cases, &mut found);
        found
    }

    /// Adds what is owed in some cases to what was found.
    pub fn owed_into(&self, cases: impl IntoIterator<Item = usize>, found: &mut Found) {
        let (mut left, mut own) = (Left::default(), Vec::new());
        for at in cases {
            let begin = found.len();
            self.columns.put(at, found, &mut left);
            if left.takes || !left.unplain.is_empty() {
                found.take_from(begin, &mut own);
                self.complete(at, &left, &mut own, found);
                own.drain(..).for_each(|one| found.push(one));
            }
        }
    }

    /// Completes what columns told of one case.
    fn complete(&self, at: usize, left: &Left, own: &mut Vec<Owed>, found: &mut Found) {
        if !left.unplain.is_empty() {
            found.by_engine += 1;
            let (case, asked) = (number(at), self.by_engine(at, &left.unplain));
            own.extend(asked.into_iter().map(|outcome| Owed { case, outcome }));
            own.sort_by_key(|one| one.outcome.rule);
        }
        if left.takes {
            self.columns.supersede(at, own);
        }
    }

    fn by_engine(&self, at: usize, rules: &[u32]) -> Vec<Outcome> {
        let (plan, table) = (self.columns.plan, self.columns.table);
        let question = (self.question)(at);
        let sight = question.sight(self.as_of.now, self.as_of.known_at);
        let of = |rule: &u32| &plan.rules[*rule as usize];
        let provisions = rules.iter().map(|rule| (of(rule).pack, of(rule).provision));
        let listed = plan.book.apply(&question, sight, provisions);
        let outcome = |owed: Obligation| {
            let rule = plan.rule_of(&owed.provision)?;
            Some(Outcome::of(&owed, rule, plan, &question, &table.words))
        };
        listed.into_iter().filter_map(outcome).collect()
    }
}

/// A plan with the columns of a table. It does not know how a whole case is given back, so that it
/// is one program for all who ask.
struct Columns<'b, 'a> {
    plan: &'b Plan<'a>,
    table: &'b Table,
    view: View,
    /// Rules that are asked for, in order, where it is not all.
    among: Option<&'b [u32]>,
    /// The rules of each set of roles that was asked for, in the order of the packs.
    rules: OnceLock<Vec<OnceLock<Vec<u32>>>>,
}

/// What columns leave open of a case.
#[derive(Default)]
struct Left {
    /// Rules that have to be put to the engine.
    unplain: Vec<u32>,
    /// Whether a rule may take the place of another.
    takes: bool,
}

impl Columns<'_, '_> {
    /// Adds what columns tell of a case; nothing where there is no case.
    fn put(&self, at: usize, found: &mut Found, left: &mut Left) {
        left.unplain.clear();
        left.takes = false;
        let Some(row) = self.table.rows.get(at) else { return };
        found.cases += 1;
        let rules = self.rules_of(row.set);
        if rules.is_empty() {
            return;
        }
        let case = Case::new(self.table, self.plan, at, self.view);
        for place in rules {
            let rule = &self.plan.rules[*place as usize];
            if !can_arise(rule, &case) {
                continue;
            }
            left.takes |= rule.supersedes.is_some();
            let mut owed = Owed { case: number(at), outcome: Outcome::blank(*place, NOBODY) };
            match put(self.plan, rule, &case, &mut owed.outcome) {
                Came::Nothing => {}
                Came::Owed => found.push(owed),
                Came::Unplain => left.unplain.push(*place),
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

    /// Marks what another listed provision of a case has taken the place of, as the engine does.
    fn supersede(&self, at: usize, found: &mut [Owed]) {
        let (plan, case) = (self.plan, Case::new(self.table, self.plan, at, self.view));
        let mut taken: Vec<u32> = Vec::new();
        for one in found.iter().filter(|one| one.outcome.state != State::NotApplicable) {
            let rule: &Rule<'_> = &plan.rules[one.outcome.rule as usize];
            let Some(supersedes) = &rule.supersedes else { continue };
            let begin = supersedes.begin.get(case.state).or_else(|| supersedes.begin.first());
            let begun = begin.copied().flatten().is_none_or(|begin| {
                arose_last(&case, one.outcome.from).is_none_or(|last| last >= begin)
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
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
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

fn arose_last(case: &Case<'_>, place: u32) -> Option<Micros> {
    case.facts.iter().find(|fact| fact.place == place).map(super::table::Recorded::last)
}
