//! A lawbook put to past cases: what would have been owed, and what of it another gives otherwise.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::case::AsOf;
use super::change::{Change, Changes, Changing};
use super::found::Found;
use super::outcome::Outcome;
use super::plan::Plan;
use super::put::Bulk;
use super::table::Table;
use super::tally::{Tally, count_changes};
use crate::law::Lawbook;
use crate::law::id::ProvisionId;
use crate::law::impact::{Counts, Impact, ShiftKind};
use crate::law::question::{Question, State};

/// A case that has been: what it is called, and what is asked of it.
#[derive(Debug, Clone)]
pub struct PastCase {
    pub name: String,
    pub question: Question,
}

/// What came out for past cases.
#[derive(Debug, Clone)]
pub struct Backtest {
    pub cases: usize,
    /// Cases of which something was put to the engine.
    pub by_engine: usize,
    pub tally: Tally,
    /// Against the other laws, where there are some.
    pub otherwise: Option<Otherwise>,
}

/// What is otherwise than under other laws.
#[derive(Debug, Clone)]
pub struct Otherwise {
    /// Cases that the difference can touch.
    pub touchable: usize,
    /// Cases in which something is otherwise.
    pub changed: usize,
    pub counts: Counts,
    /// Case by case, in their order.
    pub changes: Vec<Restated>,
}

/// One obligation of one case that is otherwise.
#[derive(Debug, Clone)]
pub struct Restated {
    /// What the case is called.
    pub case: String,
    pub obligation: ProvisionId,
    pub from_fact: Option<String>,
    /// None where what is owed stays as it is.
    pub kind: Option<ShiftKind>,
    /// Under the other laws; none where it is not listed.
    pub before: Option<Side>,
    pub after: Option<Side>,
}

/// How an obligation stands under some laws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub state: State,
    pub strict_due: Option<Timestamp>,
    pub outer_due: Option<Timestamp>,
    pub version_from: Option<Date>,
}

/// Puts `laws` to past cases, and says what is otherwise than under `against`. `step` is called
/// once for each case.
pub fn backtest(
    past: &[PastCase],
    laws: &Lawbook,
    against: Option<&Lawbook>,
    as_of: AsOf,
    step: impl Fn(),
) -> Backtest {
    let mut table = Table::default();
    let plan = Plan::of(laws, &mut table);
    let other = against.map(|book| (book, Plan::of(book, &mut table)));
    past.iter().for_each(|one| table.push(&one.question));
    let question = |at: usize| Cow::Borrowed(&past[at].question);
    let bulk = Bulk::new(&plan, &table, question, as_of);
    let mut found = Found::default();
    for at in 0..past.len() {
        bulk.owed_into([at], &mut found);
        step();
    }
    let otherwise = other.map(|(book, other)| {
        let impact = Impact::between(book, laws);
        let changing = Changing::between(&other, &plan, &impact);
        let changes = changing.over(&table, question, as_of);
        compared(past, [&other, &plan], &changes)
    });
    Backtest {
        cases: past.len(),
        by_engine: found.by_engine,
        tally: Tally::of(&plan, found.iter()),
        otherwise,
    }
}

fn compared(past: &[PastCase], plans: [&Plan<'_>; 2], found: &Changes) -> Otherwise {
    let mut cases: Vec<u32> = found.changes.iter().map(|change| change.case).collect();
    cases.dedup();
    Otherwise {
        touchable: found.candidates,
        changed: cases.len(),
        counts: count_changes(&found.changes),
        changes: found.changes.iter().filter_map(|one| restated(past, plans, one)).collect(),
    }
}

fn restated(past: &[PastCase], [old, new]: [&Plan<'_>; 2], change: &Change) -> Option<Restated> {
    let side = |plan: &Plan<'_>, one: &Outcome| Side {
        state: one.state,
        strict_due: one.strict_due(),
        outer_due: one.outer_due(),
        version_from: plan.version_from(one),
    };
    let after = change.after.as_ref().map(|one| (new, one));
    let (plan, outcome) = after.or_else(|| change.before.as_ref().map(|one| (old, one)))?;
    let past = past.get(change.case as usize)?;
    let fact = outcome.from_fact().and_then(|at| past.question.facts.get(at));
    Some(Restated {
        case: past.name.clone(),
        obligation: plan.provision_id(outcome).clone(),
        from_fact: fact.map(|fact| fact.id.to_string()),
        kind: change.kind,
        before: change.before.as_ref().map(|one| side(old, one)),
        after: change.after.as_ref().map(|one| side(new, one)),
    })
}
