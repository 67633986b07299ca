//! The difference of two lawbooks, as typed changes: what moved, from when, and which way.
//!
//! A new version with a day still to come is how law changes. An edit of what already applies is a
//! *correction*, and is named so: it would change the past.

mod around;
mod compare;
mod days;
mod strictness;
mod tell;
#[cfg(test)]
pub(in crate::law) mod tests;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::confidence::Confidence;
use super::count::Within;
use super::id::{AttributeId, FactKind, LawId, PredicateId, ProvisionId, RoleId};
use super::lawbook::Lawbook;
use super::pack::{Class, Span};
use super::reads::{Reads, ReadsIndex};
use super::text::Text;

pub(in crate::law) use strictness::spans;
pub use tell::{tell, tell_move};

/// What differs between two lawbooks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diff {
    /// Laws in the order of their ids, each before its provisions; then words and calendars.
    pub changes: Vec<Change>,
}

/// One thing that was added, taken out, or altered.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub subject: Subject,
    pub kind: ChangeKind,
    pub nature: Nature,
    /// The first local day on which it makes a difference; none where it has no date.
    pub from: Option<Date>,
    pub direction: Direction,
    /// What is otherwise. Of a new version: against the version before it; of a new provision:
    /// what it asks.
    pub moves: Vec<Move>,
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Law(LawId),
    Role(RoleId),
    Authority {
        law: LawId,
        id: String,
    },
    Reading {
        law: LawId,
        id: String,
    },
    Provision(ProvisionId),
    /// Of a provision, by the first day on which it applies.
    Version {
        provision: ProvisionId,
        from: Date,
    },
    /// Of a provision, by its place in it, counted from 1.
    Proposal {
        provision: ProvisionId,
        nth: usize,
    },
    Form {
        law: LawId,
        id: String,
    },
    Field {
        law: LawId,
        form: String,
        id: String,
    },
    Attribute(AttributeId),
    Predicate(PredicateId),
    Fact(FactKind),
    Calendar(String),
    MemberState(String),
}

impl Subject {
    /// Returns the provision that it is, or is a part of.
    pub fn provision(&self) -> Option<&ProvisionId> {
        match self {
            Self::Provision(id) => Some(id),
            Self::Version { provision, .. } | Self::Proposal { provision, .. } => Some(provision),
            _ => None,
        }
    }

    /// Returns the law that it belongs to; none for words that all laws share.
    pub fn law(&self) -> Option<&str> {
        match self {
            Self::Law(law)
            | Self::Authority { law, .. }
            | Self::Reading { law, .. }
            | Self::Form { law, .. }
            | Self::Field { law, .. } => Some(law.as_str()),
            Self::Role(role) => role.as_str().split_once('/').map(|(law, _)| law),
            _ => self.provision().map(ProvisionId::law),
        }
    }
}

/// What happened to the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
}

/// What a change means for what was, is and will be owed; the graver the later in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    /// Words and sources alone: everything computes as it did.
    Editorial,
    /// Of a proposal: it is not law, and nothing is owed.
    Proposed,
    /// It applies from a day still to come.
    Coming,
    /// It has no date of its own and holds as soon as the lawbook is used.
    AtOnce,
    /// It was taken up after the day on which it began to apply.
    Late,
    /// It alters or takes out what already applied.
    Correction,
}

impl Nature {
    /// Returns whether days that are past would compute otherwise.
    pub fn reaches_back(self) -> bool {
        matches!(self, Self::Late | Self::Correction)
    }

    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Editorial => "editorial",
            Self::Proposed => "proposed",
            Self::Coming => "coming",
            Self::AtOnce => "at-once",
            Self::Late => "late",
            Self::Correction => "correction",
        }
    }
}

/// Whether more is asked, or sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It asks neither more nor less.
    Neutral,
    Stricter,
    Laxer,
    /// In one part stricter, in another laxer.
    Both,
    /// It cannot be told without a case.
    Unclear,
}

impl Direction {
    /// Returns the direction of two moves together.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Neutral, one) | (one, Self::Neutral) => one,
            (one, same) if one == same => one,
            (Self::Unclear, _) | (_, Self::Unclear) => Self::Unclear,
            _ => Self::Both,
        }
    }

    /// Returns the direction of the opposite move.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Stricter => Self::Laxer,
            Self::Laxer => Self::Stricter,
            same => same,
        }
    }

    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Stricter => "stricter",
            Self::Laxer => "laxer",
            Self::Both => "both",
            Self::Unclear => "unclear",
        }
    }
}

/// One part that is otherwise than it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    pub part: Part,
    /// Of a variant or a row of a table: its condition. Of a quotation: its language.
    pub of: Option<String>,
    pub before: Option<Said>,
    pub after: Option<Said>,
    pub direction: Direction,
}

/// What a part said, or says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Something that packs write: an id, a condition, an address, a number.
    Written(String),
    /// A set of such.
    Set(BTreeSet<String>),
    Words(Text),
    Day(Date),
    Days(BTreeSet<Date>),
    Within(Within),
    Span(Box<Span>),
    Confidence(Confidence),
    Class(Class),
}

/// The parts of what a lawbook holds, each with the name that packs give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Title,
    Jurisdiction,
    TimeZone,
    Source,
    CheckedOn,
    Confidence,
    Cites,
    Note,
    Name,
    Url,
    Quotation,
    Class,
    ArisesOn,
    ProvisionalOn,
    AwarenessStrict,
    AwarenessOuter,
    ArisesAfter,
    RunsFrom,
    Anchor,
    MeasuredAt,
    MetBy,
    When,
    AllowedWhen,
    Gates,
    MayBind,
    Recipient,
    OwedBy,
    OwedTo,
    Form,
    ExtendedUnder,
    Supersedes,
    KeepAtLeast,
    EffectiveFrom,
    EffectiveTo,
    AdoptedOn,
    ProposedOn,
    Strict,
    Outer,
    Remedy,
    Order,
    Columns,
    PeriodUnknown,
    Reading,
    Also,
    Says,
    ReadBy,
    ReadOn,
    Why,
    Stages,
    Kind,
    Choices,
    Need,
    Limit,
    Help,
    Draft,
    Language,
    Fill,
    SharedAs,
    Meaning,
    Type,
    ShownBy,
    Question,
    DecidedBy,
    Weekend,
    YearsHeld,
    DaysOff,
    WorkingDays,
    Calendar,
    Default,
}

impl Part {
    /// Returns whether it is words and sources alone, so that everything computes as it did.
    pub fn is_editorial(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::Jurisdiction
                | Self::Source
                | Self::CheckedOn
                | Self::Confidence
                | Self::Cites
                | Self::Note
                | Self::Name
                | Self::Url
                | Self::Quotation
                | Self::Also
                | Self::Why
                | Self::ReadBy
                | Self::ReadOn
                | Self::Help
                | Self::Draft
                | Self::Fill
                | Self::SharedAs
                | Self::Meaning
                | Self::Question
        )
    }
}

impl Diff {
    /// Compares two lawbooks. What applies *already* is decided by the local day of each authority
    /// at `now`; where that is the zone of a Member State, of the default one.
    pub fn between(old: &Lawbook, new: &Lawbook, now: Timestamp) -> Self {
        let mut changes = Vec::new();
        around::laws(old, new, now, &mut changes);
        around::words(old, new, &mut changes);
        days::calendars(old, new, now, &mut changes);
        around::member_states(old, new, &mut changes);
        Self { changes }
    }

    /// Returns whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns the changes of one law, its provisions and its forms.
    pub fn of_law<'d>(&'d self, law: &'d str) -> impl Iterator<Item = &'d Change> {
        self.changes.iter().filter(move |change| change.subject.law() == Some(law))
    }

    /// Returns the provisions of either lawbook that can compute otherwise: those that changed,
    /// those that read what changed, and those that hang on one of them.
    pub fn touched(&self, old: &ReadsIndex, new: &ReadsIndex) -> BTreeSet<ProvisionId> {
        let substance = self.changes.iter().filter(|change| change.nature != Nature::Editorial);
        let mut found = BTreeSet::new();
        for change in substance {
            if let Some(id) = change.subject.provision() {
                found.insert(id.clone());
                continue;
            }
            for index in [old, new] {
                let reading = index.iter().filter(|(id, reads)| reads_subject(change, id, reads));
                found.extend(reading.map(|(id, _)| id.clone()));
            }
        }
        let with_old = old.with_dependents(found);
        new.with_dependents(with_old)
    }
}

/// Returns whether a change of something shared changes what this provision reads.
fn reads_subject(change: &Change, id: &ProvisionId, reads: &Reads) -> bool {
    match &change.subject {
        // Its zone moves every day of every provision.
        Subject::Law(law) => id.law() == law.as_str(),
        Subject::Attribute(attribute) => reads.attributes.contains(attribute),
        Subject::Predicate(predicate) => reads.predicates.contains(predicate),
        Subject::Calendar(calendar) => reads.calendars.contains(calendar) || reads.member_state,
        Subject::MemberState(_) => reads.member_state,
        Subject::Fact(kind) => reads.kinds.contains(kind),
        _ => false,
    }
}

/// What differs, gathered part by part.
#[derive(Default)]
struct Moves {
    found: Vec<Move>,
}

impl Moves {
    /// Takes up a part if it is otherwise.
    fn put(
        &mut self,
        part: Part,
        before: Option<Said>,
        after: Option<Said>,
        direction: impl FnOnce() -> Direction,
    ) {
        self.put_of(part, None, before, after, direction);
    }

    fn put_of(
        &mut self,
        part: Part,
        of: Option<&str>,
        before: Option<Said>,
        after: Option<Said>,
        direction: impl FnOnce() -> Direction,
    ) {
        if before != after {
            let of = of.map(str::to_owned);
            self.found.push(Move { part, of, before, after, direction: direction() });
        }
    }

    /// Takes up words or a source, which ask nothing.
    fn words(&mut self, part: Part, before: Option<Said>, after: Option<Said>) {
        self.put(part, before, after, || Direction::Neutral);
    }

    /// Takes up a part of which only a case can tell which way it goes.
    fn unclear(&mut self, part: Part, before: Option<Said>, after: Option<Said>) {
        self.put(part, before, after, || Direction::Unclear);
    }

    fn is_editorial(&self) -> bool {
        self.found.iter().all(|one| one.part.is_editorial())
    }

    fn direction(&self) -> Direction {
        self.found.iter().fold(Direction::Neutral, |sum, one| sum.and(one.direction))
    }
}

fn text(text: &Text) -> Said {
    Said::Words(text.clone())
}

fn written(what: impl std::fmt::Display) -> Said {
    Said::Written(what.to_string())
}

fn set<T: std::fmt::Display>(all: impl IntoIterator<Item = T>) -> Option<Said> {
    let all: BTreeSet<String> = all.into_iter().map(|one| one.to_string()).collect();
    (!all.is_empty()).then_some(Said::Set(all))
}
