//! Many cases in columns: one array for each attribute, facts one after another, a bit for each
//! role and each kind of knowledge.

use jiff::Timestamp;

use super::bits::Bits;
use super::sets::{NO_ROLE, RoleSets};
use super::words::{Cell, NOBODY, Words};
use crate::law::condition::{Answer, Value};
use crate::law::fact::Fact;
use crate::law::instant::Instant;
use crate::law::pack::Trigger;
use crate::law::question::Question;
use crate::law::reads::Reads;

/// An instant in microseconds; the instants of the house have no finer ones.
pub(super) type Micros = i64;

/// No instant.
pub(super) const NEVER: Micros = i64::MIN;

/// Cases, made ready to be put to many plans.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub(super) words: Words,
    pub(super) rows: Vec<Row>,
    pub(super) facts: Vec<Recorded>,
    /// Submissions and extensions of each case: the provision, and the place of the fact.
    pub(super) named: Vec<Named>,
    pub(super) answers: Vec<(u32, Answer)>,
    /// By the number of the attribute.
    pub(super) attributes: Vec<Column>,
    pub(super) sets: RoleSets,
    /// Cases by the number of a role.
    with_role: Vec<Bits>,
    /// Cases by the number of what is known in them, or what a step leads to.
    with_knowledge: Vec<Bits>,
    /// Cases by the number of a provision that something was submitted for.
    with_submission: Vec<Bits>,
}

/// One case. What belongs to it ends where that of the next begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) facts: u32,
    pub(super) named: u32,
    pub(super) answers: u32,
    /// The number of the set of its roles.
    pub(super) set: u32,
    /// Which kinds of knowledge it may have facts of.
    pub(super) kinds: Kinds,
    /// [`NEVER`] where it says none.
    pub(super) now: Micros,
    /// [`NEVER`] where it says none.
    pub(super) known_at: Micros,
    /// Columns do not hold all of it.
    pub(super) is_odd: bool,
    pub(super) has_steps: bool,
}

/// Kinds of knowledge, folded into one word: what two of them have in common may be nothing, and
/// where they have nothing in common there is nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kinds(u64);

impl Kinds {
    /// Any kind.
    pub(super) const ALL: Self = Self(u64::MAX);

    pub(super) fn of(kind: u32) -> Self {
        Self(1 << (kind % 64))
    }

    pub(super) fn add(&mut self, more: Self) {
        self.0 |= more.0;
    }

    pub(super) fn may_meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A fact of a case. Those of one kind of knowledge stand together, in the order of the case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recorded {
    pub(super) lo: Micros,
    /// Where outer clocks start.
    pub(super) hi: Micros,
    pub(super) known_at: Micros,
    /// The number of the kind that it is, or leads to.
    pub(super) knowledge: u32,
    /// Its place in the question.
    pub(super) place: u32,
    /// Of a decision: predicate and answer.
    pub(super) decided: u32,
    pub(super) answer: Answer,
    pub(super) is_interval: bool,
    pub(super) is_step: bool,
}

impl Recorded {
    /// Returns the last instant it may be; an interval does not contain its end.
    pub(super) fn last(&self) -> Micros {
        if self.is_interval { (self.hi - 1).max(self.lo) } else { self.hi }
    }
}

/// A fact that names a provision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) provision: u32,
    pub(super) place: u32,
    pub(super) at_last: Micros,
    pub(super) known_at: Micros,
    pub(super) kind: NamedKind,
}

/// What a fact that names a provision says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedKind {
    Submitted,
    Extended,
}

/// The values of one attribute, one for each case.
#[derive(Debug, Clone)]
pub(super) enum Column {
    /// Nobody has said anything yet.
    Empty,
    Texts(Vec<u32>),
    Numbers(Vec<f64>),
    /// *Undecided* is nothing said.
    Flags(Vec<Answer>),
}

impl Column {
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<Cell> {
        match self {
            Self::Empty => None,
            Self::Texts(all) => {
                all.get(row).filter(|text| **text != NOBODY).map(|text| Cell::Text(*text))
            }
            Self::Numbers(all) => {
                all.get(row).filter(|number| !number.is_nan()).map(|number| Cell::Number(*number))
            }
            Self::Flags(all) => match all.get(row)? {
                Answer::Undecided => None,
                answer => Some(Cell::Flag(*answer == Answer::Yes)),
            },
        }
    }

    /// Takes the value of a case; returns whether it could.
    fn set(&mut self, row: usize, cell: Cell) -> bool {
        if matches!(self, Self::Empty) {
            *self = match cell {
                Cell::Text(_) => Self::Texts(Vec::new()),
                Cell::Number(_) => Self::Numbers(Vec::new()),
                Cell::Flag(_) => Self::Flags(Vec::new()),
            };
        }
        match (self, cell) {
            (Self::Texts(all), Cell::Text(text)) => place(all, row, NOBODY, text),
            (Self::Numbers(all), Cell::Number(number)) if !number.is_nan() => {
                place(all, row, f64::NAN, number);
            }
            (Self::Flags(all), Cell::Flag(flag)) => {
                place(all, row, Answer::Undecided, Answer::of(flag))
            }
            _ => return false,
        }
        true
    }

    fn clear(&mut self) {
        match self {
            Self::Empty => {}
            Self::Texts(all) => all.clear(),
            Self::Numbers(all) => all.clear(),
            Self::Flags(all) => all.clear(),
        }
    }
}

fn place<T: Clone>(all: &mut Vec<T>, row: usize, absent: T, value: T) {
    all.resize(row, absent);
    all.push(value);
}

/// Returns the bits of a number, which may be a new one.
fn bits_of(all: &mut Vec<Bits>, number: u32) -> &mut Bits {
    let at = number as usize;
    if all.len() <= at {
        all.resize_with(at + 1, Bits::default);
    }
    &mut all[at]
}

fn whole(at: Timestamp, is_odd: &mut bool) -> Micros {
    *is_odd |= at.subsec_nanosecond() % 1000 != 0;
    at.as_microsecond()
}

impl Table {
    /// Returns how many cases it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether it has no case.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes out every case. Names keep their numbers, so that plans stay good.
    pub fn clear(&mut self) {
        // Bits are taken out as they were put in: most have none in a table of few cases.
        for row in self.rows.drain(..) {
            for role in self.sets.roles(row.set) {
                bits_of(&mut self.with_role, *role).clear();
            }
        }
        for fact in self.facts.drain(..) {
            bits_of(&mut self.with_knowledge, fact.knowledge).clear();
        }
        for named in self.named.drain(..).filter(|one| one.kind == NamedKind::Submitted) {
            bits_of(&mut self.with_submission, named.provision).clear();
        }
        self.answers.clear();
        self.attributes.iter_mut().for_each(Column::clear);
    }

    /// Adds a case; its place is how many there were before.
    ///
    /// # Panics
    /// Beyond four thousand million facts.
    pub fn push(&mut self, question: &Question) {
        let here = |length: usize| u32::try_from(length).expect("a table of fewer facts");
        let (facts, named, answers) =
            (here(self.facts.len()), here(self.named.len()), here(self.answers.len()));
        let row = self.rows.len();
        let mut is_odd = false;
        let set = self.set_of(question, row);
        for (id, answer) in &question.answers {
            self.answers.push((self.words.predicates.number(id), *answer));
        }
        for (id, value) in &question.attributes {
            is_odd |= !self.take_attribute(id, value, row);
        }
        for (place, fact) in question.facts.iter().enumerate() {
            is_odd |= self.take_fact(fact, here(place), row);
        }
        let own = &mut self.facts[facts as usize..];
        own.sort_by_key(|fact| fact.knowledge);
        let (mut has_steps, mut kinds) = (false, Kinds::default());
        for fact in own.iter() {
            has_steps |= fact.is_step;
            kinds.add(Kinds::of(fact.knowledge));
        }
        let now = question.now.map_or(NEVER, |at| whole(at, &mut is_odd));
        let known_at = question.known_at.map_or(NEVER, |at| whole(at, &mut is_odd));
        self.rows.push(Row { facts, named, answers, set, kinds, now, known_at, is_odd, has_steps });
    }

    fn take_attribute(
        &mut self,
        id: &crate::law::id::AttributeId,
        value: &Value,
        row: usize,
    ) -> bool {
        let at = self.words.attributes.number(id) as usize;
        let cell = self.words.cell(value);
        if self.attributes.len() <= at {
            self.attributes.resize(at + 1, Column::Empty);
        }
        self.attributes[at].set(row, cell)
    }

    fn set_of(&mut self, question: &Question, row: usize) -> u32 {
        let mut set = NO_ROLE;
        for role in &question.roles {
            let role = self.words.roles.number(role);
            bits_of(&mut self.with_role, role).set(row);
            set = self.sets.with(set, role);
        }
        set
    }

    /// Takes a fact. Returns whether columns do not hold all of it.
    fn take_fact(&mut self, fact: &Fact, place: u32, row: usize) -> bool {
        // What was taken back depends on what was known; the engine tells that.
        let mut is_odd = fact.kind.as_str() == "retracted";
        let knowledge = self.words.kinds.number(fact.knowledge());
        bits_of(&mut self.with_knowledge, knowledge).set(row);
        let (decided, answer) = match &fact.decided {
            Some((predicate, answer)) => (self.words.predicates.number(predicate), *answer),
            None => (NOBODY, Answer::Undecided),
        };
        let known_at = whole(fact.known_at, &mut is_odd);
        let recorded = Recorded {
            lo: whole(fact.occurred.lo(), &mut is_odd),
            hi: whole(fact.occurred.outer_start(), &mut is_odd),
            known_at,
            knowledge,
            place,
            decided,
            answer,
            is_interval: matches!(fact.occurred, Instant::Interval { .. }),
            is_step: fact.towards.is_some(),
        };
        let kind = match fact.kind.as_str() {
            "submitted" => Some(NamedKind::Submitted),
            "extension-granted" => Some(NamedKind::Extended),
            _ => None,
        };
        for (at, id) in fact.obligations.iter().enumerate() {
            let Some(kind) = kind else { break };
            if fact.obligations[..at].contains(id) {
                continue;
            }
            let provision = self.words.provisions.number(id);
            if kind == NamedKind::Submitted {
                bits_of(&mut self.with_submission, provision).set(row);
            }
            let at_last = recorded.last();
            self.named.push(Named { provision, place, at_last, known_at, kind });
        }
        self.facts.push(recorded);
        is_odd
    }

    /// Looks once at where some cases stand, and at their values in some columns.
    ///
    /// Cases that lie far apart come out of memory side by side then, and not each when it is put.
    pub(super) fn bring(&self, cases: &[usize], columns: &[u32]) {
        let mut seen = 0;
        for at in cases {
            // Where each begins and where it ends: that may be two pieces of memory.
            seen ^= self.rows.get(*at).map_or(0, |row| row.now ^ i64::from(row.is_odd));
            let facts = self.part(&self.facts, *at, |row| row.facts);
            for fact in facts.first().into_iter().chain(facts.last()) {
                seen ^= fact.lo ^ i64::from(fact.is_step);
            }
        }
        for column in columns.iter().filter_map(|id| self.attributes.get(*id as usize)) {
            for at in cases {
                seen ^= i64::from(column.get(*at).is_some());
            }
        }
        std::hint::black_box(seen);
    }

    /// Returns what belongs to a case between two beginnings.
    pub(super) fn part<'t, T>(
        &self,
        all: &'t [T],
        row: usize,
        of: impl Fn(&Row) -> u32,
    ) -> &'t [T] {
        let begin = self.rows.get(row).map_or(all.len(), |row| of(row) as usize);
        let end = self.rows.get(row + 1).map_or(all.len(), |next| of(next) as usize);
        &all[begin..end]
    }

    /// Returns the cases in which a provision that reads so can be listed: as many steps as there
    /// are words of 64 cases.
    pub fn candidates<'r>(&self, all: impl IntoIterator<Item = &'r Reads>) -> Bits {
        let mut found = Bits::default();
        for reads in all {
            let mut with = Bits::default();
            for role in &reads.roles {
                with.or_of(&self.with_role, self.words.roles.get(role));
            }
            let mut arises = Bits::default();
            for trigger in &reads.arises_on {
                match trigger {
                    Trigger::Kind(kind) => {
                        arises.or_of(&self.with_knowledge, self.words.kinds.get(kind));
                    }
                    Trigger::Submitted(id) => {
                        arises.or_of(&self.with_submission, self.words.provisions.get(id));
                    }
                }
            }
            with.and(&arises);
            found.or(&with);
        }
        found
    }
}

impl Bits {
    fn or_of(&mut self, all: &[Self], number: Option<u32>) {
        if let Some(more) = number.and_then(|number| all.get(number as usize)) {
            self.or(more);
        }
    }
}
