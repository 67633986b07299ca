//! A pack: one instrument of law as data. What stands here has been read and checked.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

mod read;
mod wire;

use super::condition::Condition;
use super::confidence::Confidence;
use super::conflict::Conflict;
use super::count::{Counts, Ends, RollRule, Within};
use super::form::Form;
use super::gate::Act;
use super::id::{FactKind, LawId, PredicateId, ProvisionId, RoleId};
use super::inquiry::Asking;
use super::text::Text;

pub(crate) use read::{Declared, MEMBER_STATE, date_of, read};

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
    /// It is a proposal, and none of its provisions is law.
    pub proposed: bool,
    pub roles: BTreeMap<RoleId, Text>,
    pub authorities: BTreeMap<String, Authority>,
    pub readings: BTreeMap<String, Reading>,
    pub provisions: Vec<Provision>,
    pub forms: BTreeMap<String, Form>,
    /// What of it collides with what, in the order of its file.
    pub conflicts: Vec<Conflict>,
    /// The quotations, by language tag, in Markdown.
    pub quotes: BTreeMap<String, String>,
    /// The case files beside it: path and text.
    pub tests: Vec<(String, String)>,
    /// The plain questions that find its roles.
    pub questions: Vec<Asking>,
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
    /// It makes or maintains the product or component concerned.
    pub provides_product: bool,
    /// It may be in any country: users, clients, the persons concerned, the public, a maker.
    pub anywhere: bool,
}

/// A recorded decision how an unclear text is understood.
#[derive(Debug, Clone)]
pub struct Reading {
    pub id: Arc<str>,
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Facts before the first of this kind carry nothing.
    pub arises_after: Option<Trigger>,
    /// Where the clock does not run from the fact it arose on.
    pub runs_from: Option<Trigger>,
    pub anchor: Anchor,
    pub measured_at: MeasuredAt,
    pub when: Option<Condition>,
    /// Of a prohibition: what lifts it.
    pub allowed_when: Option<Condition>,
    /// Of a prohibition: what it is asked before.
    pub gates: Vec<Act>,
    /// Of a prohibition: roles of which it is debated whether it binds them.
    pub may_bind: Vec<RoleId>,
    pub owed_by: Arc<[RoleId]>,
    pub owed_to: Option<Arc<str>>,
    pub form: Option<Arc<str>>,
    /// The article that knows an extension.
    pub extended_under: Option<Text>,
    /// The provision whose place this one takes, and from which day.
    pub supersedes: Option<(ProvisionId, Option<Date>)>,
    pub keep_at_least: Option<Within>,
    pub note: Option<Text>,
    /// What meets it beside a submission.
    pub met_by: Vec<MetBy>,
    /// In order of their dates.
    pub versions: Vec<Version>,
    /// What is proposed and not law.
    pub proposals: Vec<Proposal>,
    /// Where it stands in its file, for messages.
    pub span: std::ops::Range<usize>,
}

impl Provision {
    /// Returns whether nothing of it is law yet: it has proposals alone.
    pub fn is_proposed(&self) -> bool {
        self.versions.is_empty() && !self.proposals.is_empty()
    }

    /// Returns the version that applies on a local day.
    pub fn applying(&self, day: Date) -> Option<&Version> {
        let begun = self.versions.iter().rev().find(|version| version.effective_from <= day)?;
        begun.effective_to.is_none_or(|to| day < to).then_some(begun)
    }

    /// Returns every span that it counts by, or would if it were law.
    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        let proposed = self.proposals.iter().flat_map(|one| one.strict.iter().chain(&one.outer));
        self.versions.iter().flat_map(Version::spans).chain(proposed.map(Arc::as_ref))
    }

    /// Returns every condition that it asks, in itself, its variants and its spans.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let variants = self.versions.iter().flat_map(|version| &version.variants);
        let rolls = self.spans().filter_map(|span| span.rolls.as_ref()?.only_if.as_deref());
        let variants = variants.map(|variant| variant.when.as_ref());
        self.when.iter().chain(&self.allowed_when).chain(variants).chain(rolls)
    }

    /// Returns every trigger that it names, in its clock, its conditions and its spans.
    pub fn triggers(&self) -> Vec<&Trigger> {
        let clock = self.arises_on.iter().chain(&self.runs_from).chain(&self.arises_after);
        clock
            .chain(self.conditions().flat_map(Condition::triggers))
            .chain(self.spans().flat_map(Span::triggers))
            .collect()
    }

    /// Returns whether it has a clock, of law or of the house.
    pub fn is_timed(&self) -> bool {
        matches!(self.class, Class::Hard | Class::Soft)
    }
}

/// What meets an obligation beside a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetBy {
    /// A fact of this kind.
    Kind(FactKind),
    /// The question was answered, with yes or with no.
    Decided(PredicateId),
}

/// The text of a provision from a day on.
#[derive(Debug, Clone)]
pub struct Version {
    pub effective_from: Date,
    /// The first day on which it no longer applies.
    pub effective_to: Option<Date>,
    /// The day on which it was adopted, where it applies only later.
    pub adopted_on: Option<Date>,
    /// The conservative reading; of a soft clock, the house target.
    pub strict: Option<Arc<Span>>,
    /// The latest defensible reading, where it differs.
    pub outer: Option<Arc<Span>>,
    /// Other spans for what the case or the organization is, the first that fits.
    pub variants: Vec<Variant>,
    /// The columns, where the variants are the rows of a table.
    pub table: Vec<Column>,
    /// Why there is no number, though the clock is one of law.
    pub period_unknown: Option<Text>,
    pub reading: Option<Arc<str>>,
    /// Other readings, told in the trace only.
    pub also: Vec<(Arc<str>, Arc<Span>)>,
    pub cites: Option<Text>,
    pub note: Option<Text>,
    /// Where it stands in its file, for messages.
    pub span: std::ops::Range<usize>,
}

impl Version {
    /// Returns every span that it counts by.
    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        let variants = self.variants.iter().flat_map(|one| one.strict.iter().chain(&one.outer));
        let also = self.also.iter().map(|(_, span)| span);
        self.strict.iter().chain(&self.outer).chain(variants).chain(also).map(Arc::as_ref)
    }
}

/// What is proposed to apply, and does not.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub proposed_on: Option<Date>,
    /// From when on it is expected to apply, if anybody says so.
    pub foreseen_from: Option<Date>,
    pub strict: Option<Arc<Span>>,
    pub outer: Option<Arc<Span>>,
    pub cites: Option<Text>,
    pub note: Option<Text>,
    /// Where it stands in its file, for messages.
    pub span: std::ops::Range<usize>,
}

/// Spans for a case or an organization of some kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    pub when: Arc<Condition>,
    /// None where there is no date.
    pub strict: Option<Arc<Span>>,
    pub outer: Option<Arc<Span>>,
    /// What has to be done, where it differs.
    pub remedy: Option<Text>,
}

/// A column of a table: what its rows are told apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The id of an attribute or of a predicate.
    pub id: String,
    /// Everything that can stand in it.
    pub values: Vec<String>,
}

/// A span and how it is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub within: Within,
    pub counts: Counts,
    pub ends: Ends,
    /// For business days and for `rolls`.
    pub calendar: Option<CalendarRule>,
    /// What becomes of a last day that is a day off.
    pub rolls: Option<Roll>,
    /// Where it counts from another fact than the clock, if there is one.
    pub runs_from: Option<Trigger>,
    /// It ends no later than these.
    pub no_later_than: Vec<Cap>,
}

impl Span {
    fn triggers(&self) -> Vec<&Trigger> {
        self.runs_from.iter().chain(self.no_later_than.iter().map(|cap| &cap.runs_from)).collect()
    }
}

/// In the words of packs: `2d exclude-trigger-day, next-working-day-end (cn)`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.within, self.counts)?;
        match self.ends {
            Ends::EndOfDay if self.counts == Counts::Elapsed => f.write_str(", end-of-day")?,
            Ends::At(time) => write!(f, ", ends {}", time.strftime("%H:%M"))?,
            Ends::Exact | Ends::EndOfDay => {}
        }
        if let Some(roll) = &self.rolls {
            write!(f, ", {}", roll.rule)?;
        }
        match &self.calendar {
            None => {}
            Some(CalendarRule::Fixed(calendar)) => write!(f, " ({calendar})")?,
            Some(CalendarRule::OfMemberState) => f.write_str(" (of eu/member-state)")?,
        }
        if let Some(only_if) = self.rolls.as_ref().and_then(|roll| roll.only_if.as_ref()) {
            write!(f, " if {only_if}")?;
        }
        if let Some(from) = &self.runs_from {
            write!(f, ", from {from}")?;
        }
        for cap in &self.no_later_than {
            let unless = if cap.unless_past { " unless past" } else { "" };
            write!(f, ", no later than {} from {}{unless}", cap.within, cap.runs_from)?;
        }
        Ok(())
    }
}

/// What becomes of a last day that is a day off, and for whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Roll {
    pub rule: RollRule,
    /// Without one, for everybody.
    pub only_if: Option<Arc<Condition>>,
}

/// A further limit of a span, from a fact of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    pub within: Within,
    pub runs_from: Trigger,
    /// It falls away where it is past before the clock starts.
    pub unless_past: bool,
}
