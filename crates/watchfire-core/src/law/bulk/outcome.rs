//! What came out for one provision in one case, in a few words of memory.

use jiff::Timestamp;
use jiff::civil::Date;

use super::plan::{Plan, remedy_of};
use super::table::{Micros, NEVER};
use super::words::{NOBODY, Words};
use crate::law::condition::Answer;
use crate::law::id::{PredicateId, ProvisionId};
use crate::law::pack::Provision;
use crate::law::question::{Obligation, Question, State};
use crate::law::text::Text;
use crate::law::trace::Step;

/// No version is in force, or no variant says what has to be done.
pub(super) const NONE: u8 = u8::MAX;

/// One provision applied to one case: what [`Obligation`] says, less its words and its trace.
///
/// What it says in numbers, [`Plan`] and [`super::Table`] put into names. Its instants are whole
/// microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub(super) strict_from: Micros,
    pub(super) strict_due: Micros,
    pub(super) outer_due: Micros,
    pub(super) decision_due: Micros,
    pub(super) rule: u32,
    pub(super) from: u32,
    pub(super) satisfied_by: u32,
    pub(super) predicate: u32,
    pub(super) version: u8,
    pub(super) remedy: u8,
    /// In which state it is.
    pub state: State,
    /// What the condition of the provision says; *yes* where there is none.
    pub condition: Answer,
    /// It is no law yet and would arise.
    pub foreseen: bool,
    /// A predicate is undecided; the clock runs all the same.
    pub provisional: bool,
    /// Satisfied after the strict instant.
    pub after_strict: bool,
    /// The provision gives one for each fact.
    pub per_fact: bool,
}

impl Outcome {
    /// One that is not applicable, which is what all others are before more is known.
    pub(super) fn blank(rule: u32, from: u32) -> Self {
        Self {
            strict_from: NEVER,
            strict_due: NEVER,
            outer_due: NEVER,
            decision_due: NEVER,
            rule,
            from,
            satisfied_by: NOBODY,
            predicate: NOBODY,
            version: NONE,
            remedy: NONE,
            state: State::NotApplicable,
            condition: Answer::Yes,
            foreseen: false,
            provisional: false,
            after_strict: false,
            per_fact: false,
        }
    }

    /// Takes what the engine says.
    pub(super) fn of(
        owed: &Obligation,
        rule: u32,
        plan: &Plan<'_>,
        question: &Question,
        words: &Words,
    ) -> Self {
        let place = |id: &Option<_>| {
            let at = question.facts.iter().position(|fact| Some(&fact.id) == id.as_ref());
            at.and_then(|at| u32::try_from(at).ok()).unwrap_or(NOBODY)
        };
        let micros = |at: Option<Timestamp>| at.map_or(NEVER, |at| at.as_microsecond());
        let provision = plan.rules.get(rule as usize).map(|rule| rule.provision);
        let version = owed.version_from.and_then(|from| {
            provision?.versions.iter().position(|version| version.effective_from == from)
        });
        let remedy = version.zip(provision).map_or(NONE, |(at, provision)| {
            remedy_of(&provision.versions[at], owed.remedy.as_ref())
        });
        let predicate = predicate_of(owed).and_then(|id| words.predicates.get(id));
        Self {
            strict_from: micros(owed.strict_from),
            strict_due: micros(owed.strict_due),
            outer_due: micros(owed.outer_due),
            decision_due: micros(owed.decision_due.as_ref().map(|(_, due)| *due)),
            satisfied_by: place(&owed.satisfied_by),
            predicate: predicate.unwrap_or(NOBODY),
            version: version.and_then(|at| u8::try_from(at).ok()).unwrap_or(NONE),
            remedy,
            state: owed.state,
            condition: condition_of(owed),
            foreseen: owed.foreseen,
            provisional: owed.provisional,
            after_strict: owed.after_strict,
            per_fact: owed.per_fact,
            ..Self::blank(rule, place(&owed.from_fact))
        }
    }

    /// Returns the alarm's instant.
    pub fn strict_due(&self) -> Option<Timestamp> {
        instant(self.strict_due)
    }

    /// Returns the latest defensible instant.
    pub fn outer_due(&self) -> Option<Timestamp> {
        instant(self.outer_due)
    }

    /// Returns where the strict window starts.
    pub fn strict_from(&self) -> Option<Timestamp> {
        instant(self.strict_from)
    }

    /// Returns by when the open question should be answered.
    pub fn decision_due(&self) -> Option<Timestamp> {
        instant(self.decision_due)
    }

    /// Returns the place in the question of the fact it arose on.
    pub fn from_fact(&self) -> Option<usize> {
        (self.from != NOBODY).then_some(self.from as usize)
    }

    /// Returns the place in the question of the fact that met it.
    pub fn satisfied_by(&self) -> Option<usize> {
        (self.satisfied_by != NOBODY).then_some(self.satisfied_by as usize)
    }

    /// Returns whether it is owed, met or not.
    pub fn is_owed(&self) -> bool {
        !matches!(self.state, State::NotApplicable | State::Superseded)
    }

    /// Returns whether the two are in one state and end at the same instants.
    pub(super) fn falls_due_with(&self, other: &Self) -> bool {
        let of = |one: &Self| {
            let ends = [one.strict_due, one.outer_due, one.decision_due];
            (one.state, one.provisional, ends)
        };
        of(self) == of(other)
    }

    /// Returns whether the two say the same in numbers that mean the same in any plan.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let bare = |one: &Self| Self { rule: 0, version: 0, remedy: 0, ..*one };
        bare(self) == bare(other)
    }
}

impl<'a> Plan<'a> {
    /// Returns the provision of an outcome: the article that is its reason.
    pub fn provision(&self, outcome: &Outcome) -> &'a Provision {
        self.rules[outcome.rule as usize].provision
    }

    /// Returns its id.
    pub fn provision_id(&self, outcome: &Outcome) -> &'a ProvisionId {
        &self.provision(outcome).id
    }

    /// Returns from when on the version applies that was used.
    pub fn version_from(&self, outcome: &Outcome) -> Option<Date> {
        let versions = &self.provision(outcome).versions;
        versions.get(usize::from(outcome.version)).map(|version| version.effective_from)
    }

    /// Returns the reading that the version was understood by.
    pub fn reading(&self, outcome: &Outcome) -> Option<&'a str> {
        let versions = &self.provision(outcome).versions;
        versions.get(usize::from(outcome.version)).and_then(|version| version.reading.as_deref())
    }
}

impl Plan<'_> {
    /// Returns what has to be done, where the law says it by a table.
    pub fn remedy(&self, outcome: &Outcome) -> Option<&Text> {
        let version = self.provision(outcome).versions.get(usize::from(outcome.version))?;
        version.variants.get(usize::from(outcome.remedy))?.remedy.as_ref()
    }
}

impl super::Table {
    /// Returns the predicate on which an outcome hangs: undecided, or decided against it.
    pub fn predicate(&self, outcome: &Outcome) -> Option<&PredicateId> {
        self.words.predicates.name(outcome.predicate)
    }
}

fn instant(at: Micros) -> Option<Timestamp> {
    (at != NEVER).then(|| Timestamp::from_microsecond(at).ok()).flatten()
}

/// The predicate on which an obligation hangs: the first that its condition leaves open, or the
/// one on which its fact carries it.
fn predicate_of(owed: &Obligation) -> Option<&PredicateId> {
    let open = owed.trace.iter().find_map(|step| match step {
        Step::Condition { undecided, .. } => undecided.first(),
        _ => None,
    });
    open.or_else(|| {
        owed.trace.iter().find_map(|step| match step {
            Step::ProvisionalOn { predicate, answer: Answer::Undecided, .. }
            | Step::CountsAsAbsent { predicate, .. } => Some(predicate),
            _ => None,
        })
    })
}

fn condition_of(owed: &Obligation) -> Answer {
    let said = owed.trace.iter().find_map(|step| match step {
        Step::Condition { answer, .. } => Some(*answer),
        _ => None,
    });
    said.unwrap_or(Answer::Yes)
}
