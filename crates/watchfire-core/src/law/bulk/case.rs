//! One case of a table, as known at an instant.

use super::plan::{Plan, Tells};
use super::table::{Column, Kinds, Micros, NEVER, Named, Recorded, Row, Table};
use super::words::{Cell, NOBODY};
use crate::law::condition::{Answer, Knowledge};
use crate::law::engine::is_better;
use crate::law::pack::Anchor;

/// What is seen of a case.
pub(super) struct Case<'t> {
    pub(super) table: &'t Table,
    pub(super) at: usize,
    pub(super) row: &'t Row,
    pub(super) facts: &'t [Recorded],
    pub(super) now: Micros,
    /// Facts that became known later are not seen.
    limit: Micros,
    told: Told,
    /// The Member State whose zone and calendar are taken.
    pub(super) state: usize,
}

/// Answers and attributes that follow from recorded facts.
#[derive(Default)]
struct Told {
    answers: Vec<(u32, Answer)>,
    shown: Vec<u32>,
}

/// As of when cases are looked at; what is not said, each case says itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AsOf {
    /// The instant that states are computed for.
    pub now: Option<jiff::Timestamp>,
    /// Hides facts that became known later.
    pub known_at: Option<jiff::Timestamp>,
}

/// The same in numbers; [`NEVER`] where nothing is said.
#[derive(Clone, Copy)]
pub(super) struct View {
    now: Micros,
    known_at: Micros,
}

impl View {
    pub(super) fn of(as_of: AsOf) -> Self {
        let micros = |at: Option<jiff::Timestamp>| at.map_or(NEVER, |at| at.as_microsecond());
        Self { now: micros(as_of.now), known_at: micros(as_of.known_at) }
    }
}

fn said(one: Micros, other: Micros) -> Option<Micros> {
    [one, other].into_iter().find(|at| *at != NEVER)
}

impl<'t> Case<'t> {
    pub(super) fn new(table: &'t Table, plan: &Plan<'_>, at: usize, view: View) -> Self {
        let row = &table.rows[at];
        let facts = table.part(&table.facts, at, |row| row.facts);
        let known_at = said(view.known_at, row.known_at);
        let now = said(view.now, row.now).unwrap_or_else(|| {
            let seen = facts.iter().map(|fact| fact.known_at);
            seen.filter(|at| known_at.is_none_or(|limit| *at <= limit)).max().unwrap_or(0)
        });
        let limit = known_at.map_or(now, |limit| limit.min(now));
        let mut case = Self { table, at, row, facts, now, limit, told: Told::default(), state: 0 };
        if row.kinds.may_meet(plan.telling) {
            case.tell(plan);
        }
        let state = case.attribute(plan.states.attribute).and_then(|cell| match cell {
            Cell::Text(text) => plan.states.named(text),
            _ => None,
        });
        case.state = state.unwrap_or(plan.states.default);
        case
    }

    /// Takes the decisions in the order in which they were made, as the engine does.
    fn tell(&mut self, plan: &Plan<'_>) {
        let mut decisions: Vec<((Micros, Micros, u32), u32, Answer)> = Vec::new();
        let mut shown = Vec::new();
        for facts in self.facts.chunk_by(|one, next| one.knowledge == next.knowledge) {
            let Some(kind) = facts.first().map(|first| first.knowledge) else { continue };
            let decided = kind == plan.decided;
            let tells = plan.tells.get(kind as usize);
            if !decided && tells.is_none_or(Tells::is_nothing) {
                continue;
            }
            for fact in facts.iter().filter(|fact| self.is_seen(fact) && !fact.is_step) {
                let order = (fact.lo, fact.known_at, fact.place);
                if decided && fact.decided != NOBODY {
                    decisions.push((order, fact.decided, fact.answer));
                }
                let Some(tells) = tells else { continue };
                decisions.extend(tells.decides.iter().map(|it| (order, *it, Answer::Yes)));
                shown.extend(&tells.shows);
            }
        }
        decisions.sort_by_key(|(order, ..)| *order);
        let answers = decisions.into_iter().map(|(_, predicate, answer)| (predicate, answer));
        self.told = Told { answers: answers.collect(), shown };
    }

    pub(super) fn is_seen(&self, fact: &Recorded) -> bool {
        fact.known_at <= self.limit
    }

    /// Returns what is recorded of a kind, and steps towards it, whether seen or not.
    pub(super) fn of(&self, kind: u32) -> &'t [Recorded] {
        if !self.row.kinds.may_meet(Kinds::of(kind)) {
            return &[];
        }
        let begin = self.facts.partition_point(|fact| fact.knowledge < kind);
        let rest = &self.facts[begin..];
        &rest[..rest.partition_point(|fact| fact.knowledge == kind)]
    }

    /// Returns what is seen of a kind itself.
    pub(super) fn seen(&self, kind: u32) -> impl Iterator<Item = &'t Recorded> {
        self.of(kind).iter().filter(|fact| self.is_seen(fact) && !fact.is_step)
    }

    /// Picks the fact that counts among those of some kinds.
    pub(super) fn pick(
        &self,
        kinds: impl Iterator<Item = u32>,
        anchor: Anchor,
    ) -> Option<&'t Recorded> {
        let mut best: Option<&Recorded> = None;
        for fact in kinds.flat_map(|kind| self.seen(kind)) {
            let better = best.is_none_or(|best| {
                is_better(anchor, fact.lo, best.lo)
                    || (fact.lo == best.lo && fact.place < best.place)
            });
            if better {
                best = Some(fact);
            }
        }
        best
    }

    /// Returns whether a question was answered by a recorded fact.
    pub(super) fn decides(&self) -> bool {
        !self.told.answers.is_empty()
    }

    /// Returns the facts that name a provision, in the order of the case.
    pub(super) fn naming(&self, provision: u32) -> impl Iterator<Item = &'t Named> {
        let named = self.table.part(&self.table.named, self.at, |row| row.named);
        named.iter().filter(move |one| one.provision == provision && one.known_at <= self.limit)
    }

    /// Returns whether a recorded fact shows an attribute to be *yes*.
    #[inline]
    fn shows(&self, id: u32) -> bool {
        !self.told.shown.is_empty() && self.told.shown.contains(&id)
    }

    #[inline]
    pub(super) fn attribute(&self, id: u32) -> Option<Cell> {
        if self.shows(id) {
            return Some(Cell::Flag(true));
        }
        self.table.attributes.get(id as usize)?.get(self.at)
    }
}

impl Knowledge<u32, u32, u32, Cell> for Case<'_> {
    fn answer(&self, predicate: &u32) -> Answer {
        let of = |all: &[(u32, Answer)]| {
            all.iter().rev().find(|(id, _)| id == predicate).map(|(_, answer)| *answer)
        };
        let start = self.table.part(&self.table.answers, self.at, |row| row.answers);
        of(&self.told.answers).or_else(|| of(start)).unwrap_or_default()
    }

    fn flag(&self, attribute: &u32) -> Answer {
        match self.table.attributes.get(*attribute as usize) {
            _ if self.shows(*attribute) => Answer::Yes,
            Some(Column::Flags(all)) => all.get(self.at).copied().unwrap_or_default(),
            _ => Answer::Undecided,
        }
    }

    fn one_of(&self, attribute: &u32, values: &[Cell]) -> Answer {
        match self.attribute(*attribute) {
            Some(cell) => Answer::of(values.contains(&cell)),
            None => Answer::Undecided,
        }
    }

    fn number(&self, attribute: &u32) -> Option<f64> {
        match self.table.attributes.get(*attribute as usize) {
            Some(Column::Numbers(all)) if !self.shows(*attribute) => {
                all.get(self.at).copied().filter(|number| !number.is_nan())
            }
            _ => None,
        }
    }

    fn recorded(&self, kind: &u32) -> bool {
        self.seen(*kind).next().is_some()
    }
}
