//! A pack: one instrument of law as data. What stands here has been read and checked.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;

mod read;
mod wire;

use super::condition::Condition;
use super::confidence::Confidence;
use super::count::{Counts, Within};
use super::form::Form;
use super::id::{FactKind, LawId, PredicateId, ProvisionId, RoleId};
use super::text::Text;

pub(crate) use read::{Declared, MEMBER_STATE, read};

/// One instrument.
#[derive(Debug, Clone)]
pub struct Pack {
    pub id: LawId,
    /// `CN`, `EU`, … or `global` for a norm.
    pub jurisdiction: String,
    pub title: Text,
    /// The authority's zone.
    pub zone: Zone,
    /// Address of the text.
    pub source: Option<String>,
    /// The day on which a person compared the pack with its source.
    pub checked_on: Option<Date>,
    pub confidence: Confidence,
    pub roles: BTreeMap<RoleId, Text>,
    pub authorities: BTreeMap<String, Authority>,
    pub readings: BTreeMap<String, Reading>,
    pub provisions: Vec<Provision>,
    pub forms: BTreeMap<String, Form>,
    /// The quotations, by language tag, in Markdown.
    pub quotes: BTreeMap<String, String>,
    /// The case files beside it: path and text.
    pub tests: Vec<(String, String)>,
}

impl Pack {
    /// Returns whether the instrument is a norm of a community and not law.
    pub fn is_norm(&self) -> bool {
        self.id.as_str().starts_with("norm-")
    }
}

/// The zone in which days are counted.
#[derive(Debug, Clone)]
pub enum Zone {
    Fixed {
        name: String,
        zone: TimeZone,
    },
    /// That of the Member State named by the attribute `eu/member-state`.
    OfMemberState,
}

/// The days off by which a last day moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarRule {
    Fixed(String),
    /// That of the Member State named by the attribute `eu/member-state`.
    OfMemberState,
}

/// To whom something is owed.
#[derive(Debug, Clone)]
pub struct Authority {
    pub name: Text,
    pub url: Option<String>,
}

/// A recorded decision how an unclear text is understood.
#[derive(Debug, Clone)]
pub struct Reading {
    pub id: String,
    pub says: Text,
    pub by: String,
    pub on: Date,
    pub why: Text,
}

/// What kind of norm a provision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A clock of law.
    Hard,
    /// A house target for words such as *immediately*; never called law.
    Soft,
    Standing,
    Prohibition,
    Permission,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Standing => "standing",
            Self::Prohibition => "prohibition",
            Self::Permission => "permission",
        })
    }
}

/// What an obligation arises on, or its clock runs from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    Kind(FactKind),
    /// A submission that names this provision.
    Submitted(ProvisionId),
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => kind.fmt(f),
            Self::Submitted(provision) => write!(f, "submitted {provision}"),
        }
    }
}

/// Which of several anchoring facts counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    First,
    Last,
    /// One obligation for each.
    Each,
}

/// Which instant of the anchoring fact the clock counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasuredAt {
    OccurredAt,
    KnownAt,
}

/// The steps of awareness that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Awareness {
    pub strict: Vec<FactKind>,
    pub outer: Vec<FactKind>,
}

/// One cited article or item that obliges somebody; one clock.
#[derive(Debug, Clone)]
pub struct Provision {
    pub id: ProvisionId,
    pub class: Class,
    pub title: Option<Text>,
    pub cites: Option<Text>,
    pub source: Option<String>,
    pub checked_on: Option<Date>,
    pub confidence: Confidence,
    pub arises_on: Vec<Trigger>,
    /// Kinds that also create it, unless the predicate is *no*.
    pub provisional_on: BTreeMap<FactKind, PredicateId>,
    pub awareness: Awareness,
    /// Where the clock does not run from the fact it arose on.
    pub runs_from: Option<Trigger>,
    pub anchor: Anchor,
    pub measured_at: MeasuredAt,
    pub when: Option<Condition>,
    /// Of a prohibition: what lifts it.
    pub allowed_when: Option<Condition>,
    pub owed_by: Vec<RoleId>,
    pub owed_to: Option<String>,
    pub form: Option<String>,
    /// The article that knows an extension.
    pub extended_under: Option<Text>,
    /// The provision whose place this one takes, and from which day.
    pub supersedes: Option<(ProvisionId, Option<Date>)>,
    pub keep_at_least: Option<Within>,
    pub note: Option<Text>,
    /// In order of their dates.
    pub versions: Vec<Version>,
    /// Where it stands in its file, for messages.
    pub span: std::ops::Range<usize>,
}

impl Provision {
    /// Returns whether it has a clock, of law or of the house.
    pub fn is_timed(&self) -> bool {
        matches!(self.class, Class::Hard | Class::Soft)
    }
}

/// The text of a provision from a day on.
#[derive(Debug, Clone)]
pub struct Version {
    pub effective_from: Date,
    /// The first day on which it no longer applies.
    pub effective_to: Option<Date>,
    /// The conservative reading; of a soft clock, the house target.
    pub strict: Option<Span>,
    /// The latest defensible reading, where it differs.
    pub outer: Option<Span>,
    pub reading: Option<String>,
    /// Other readings, told in the trace only.
    pub also: Vec<(String, Span)>,
    pub cites: Option<Text>,
    pub note: Option<Text>,
    /// Where it stands in its file, for messages.
    pub span: std::ops::Range<usize>,
}

/// A span and how it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub within: Within,
    pub counts: Counts,
    pub end_of_day: bool,
    /// A last day that is a day off moves to the end of the next working day.
    pub rolls: Option<CalendarRule>,
}
