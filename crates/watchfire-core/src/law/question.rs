//! What is asked of the laws, and what they answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::condition::{Answer, Value};
use super::fact::Fact;
use super::id::{AttributeId, FactId, PredicateId, ProvisionId, RoleId};
use super::pack::Class;
use super::text::Text;
use super::trace::Step;

/// The question: what is owed, given this?
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    pub facts: Vec<Fact>,
    /// What the organization is, by law.
    pub roles: BTreeSet<RoleId>,
    pub attributes: BTreeMap<AttributeId, Value>,
    /// Answers that hold from the start. Recorded decisions come as facts.
    pub answers: BTreeMap<PredicateId, Answer>,
    /// Without one, the latest `known_at` of the facts.
    pub now: Option<Timestamp>,
    /// Hides facts with a later `known_at`.
    pub known_at: Option<Timestamp>,
}

impl Question {
    /// Returns the instant that states are computed for.
    ///
    /// Without facts and without `now`, the beginning of the epoch.
    pub fn now(&self) -> Timestamp {
        self.sight(None, None).now
    }

    /// Returns from where it is looked at; what is not given, it says itself.
    pub(super) fn sight(&self, now: Option<Timestamp>, known_at: Option<Timestamp>) -> Sight {
        let known_at = known_at.or(self.known_at);
        let latest = || {
            let seen = |fact: &&Fact| known_at.is_none_or(|limit| fact.known_at <= limit);
            self.facts.iter().filter(seen).map(|fact| fact.known_at).max()
        };
        let now = now.or(self.now).or_else(latest).unwrap_or(Timestamp::UNIX_EPOCH);
        Sight { now, known_until: known_at.map_or(now, |limit| limit.min(now)) }
    }
}

/// From where a question is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    /// The instant that states are computed for.
    pub(super) now: Timestamp,
    /// Facts that became known later are not seen.
    pub(super) known_until: Timestamp,
}

/// State of an obligation (laws/counting.md 7.7), in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Superseded,
    NotApplicable,
    Satisfied,
    SatisfiedLate,
    WaitingForAnchor,
    LateAtBirth,
    Overdue,
    NeedsDecision,
    DueSoon,
    Open,
}

impl State {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Superseded, "superseded"),
        (Self::NotApplicable, "not-applicable"),
        (Self::Satisfied, "satisfied"),
        (Self::SatisfiedLate, "satisfied-late"),
        (Self::WaitingForAnchor, "waiting-for-anchor"),
        (Self::LateAtBirth, "late-at-birth"),
        (Self::Overdue, "overdue"),
        (Self::NeedsDecision, "needs-decision"),
        (Self::DueSoon, "due-soon"),
        (Self::Open, "open"),
    ];

    /// Returns whether something is still to be done: it is owed, and not met.
    pub fn is_open(self) -> bool {
        !self.is_met() && !matches!(self, Self::Superseded | Self::NotApplicable)
    }

    /// Returns whether it was met, in time or late.
    pub fn is_met(self) -> bool {
        matches!(self, Self::Satisfied | Self::SatisfiedLate)
    }

    /// Reads a state as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, word)| *word == text).map(|(state, _)| state)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(state, _)| state == self).map_or("", |(_, word)| word);
        f.write_str(word)
    }
}

/// One provision applied to one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation {
    pub provision: ProvisionId,
    /// The fact it arose on.
    pub from_fact: Option<FactId>,
    /// Whether the provision gives one obligation for each fact, so that `from_fact` tells them apart.
    pub per_fact: bool,
    pub class: Class,
    pub state: State,
    /// It is no law yet and would arise: proposed, or adopted and applicable only later. It is not
    /// applicable, and has no clock.
    pub foreseen: bool,
    /// A predicate is undecided; the clock runs all the same.
    pub provisional: bool,
    /// Satisfied after `strict_due`.
    pub after_strict: bool,
    /// Where the strict window starts.
    pub strict_from: Option<Timestamp>,
    pub strict_due: Option<Timestamp>,
    pub outer_due: Option<Timestamp>,
    /// The open question, and by when it should be answered (a house target).
    pub decision_due: Option<(PredicateId, Timestamp)>,
    /// Of one that waits: at the latest, if its predecessor is submitted at its strict instant.
    pub projected_latest: Option<Timestamp>,
    pub satisfied_by: Option<FactId>,
    pub cites: Option<Text>,
    /// `effective_from` of the version in force.
    pub version_from: Option<Date>,
    pub reading: Option<Arc<str>>,
    pub owed_by: Arc<[RoleId]>,
    pub owed_to: Option<Arc<str>>,
    pub form: Option<Arc<str>>,
    /// What has to be done, where the law says it by a table.
    pub remedy: Option<Text>,
    /// How it was computed.
    pub trace: Vec<Step>,
}
