//! How an obligation was computed, step by step. [`super::tell`] puts the steps into words.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::condition::{Answer, Condition};
use super::confidence::Confidence;
use super::count::Within;
use super::house_reading::is_of_house;
use super::id::{FactId, FactKind, PredicateId, ProvisionId};
use super::pack::Span;
use super::text::Text;

/// Which of the two readings a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Strict,
    Outer,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The provision, its class and the article.
    Provision { id: ProvisionId, norm: bool, cites: Option<Text> },
    /// How well its text is sourced, and when a person compared it.
    Sourced { confidence: Confidence, checked_on: Option<Date> },
    /// The fact on which it arose.
    AroseOn {
        fact: FactId,
        kind: FactKind,
        towards: Option<FactKind>,
        lo: Timestamp,
        known_at: Timestamp,
    },
    /// The fact carried it only unless a predicate is no.
    ProvisionalOn { fact: FactId, predicate: PredicateId, answer: Answer },
    /// A fact counts as absent because its predicate was answered with no.
    CountsAsAbsent { fact: FactId, predicate: PredicateId },
    /// Every fact it could have arisen on was taken back.
    Retracted { fact: FactId, by: FactId },
    /// The condition of the provision.
    Condition { answer: Answer, undecided: Vec<PredicateId> },
    /// The version that governs.
    Version { effective_from: Date, zone: Arc<str> },
    /// No version was in force when it arose.
    NotInForce { first_from: Option<Date>, zone: Arc<str> },
    /// Nothing of it is law; where it would end if it were.
    Proposed {
        proposed_on: Option<Date>,
        foreseen_from: Option<Date>,
        would_end: Option<Timestamp>,
    },
    /// It is known to come, and has no clock.
    Foreseen,
    /// The spans of a variant, or of a row of a table, hold; or may hold while something is
    /// undecided.
    Variant { when: Arc<Condition>, decided: bool, table: bool, remedy: Option<Text> },
    /// A later stage uses the version at its own anchor, another than when it arose.
    VersionAtAnchor { arose_under: Date, anchored_under: Date },
    /// The reading of the text that was used.
    Reading { id: Arc<str>, says: Text },
    /// The zone of the authority follows the Member State; whether it was assumed.
    MemberState { code: Arc<str>, zone: Arc<str>, assumed: bool },
    /// Where a side's count starts.
    Starts { side: Side, fact: FactId, at: Timestamp, vague: Vague },
    /// How a side was counted.
    Counted { side: Side, span: Arc<Span>, due: Timestamp },
    /// A further limit, from a fact of its own; whether it fell away.
    NoLaterThan { side: Side, fact: FactId, within: Within, due: Timestamp, lapsed: bool },
    /// A last day that is a day off moves for some alone; whether it moved here.
    RollsOnlyIf { side: Side, condition: Arc<Condition>, answer: Answer, moves: bool },
    /// The last day was a day off and moved.
    Rolled { calendar: Arc<str>, from: Date, to: Date },
    /// The calendar does not hold a year, the first of which is named; weekends alone were counted.
    YearNotHeld { calendar: Arc<str>, year: i16 },
    /// Another reading, for the argument alone.
    Also { reading: Arc<str>, says: Text, due: Timestamp },
    /// The clock has nothing to run from yet.
    Waits { trigger: String, latest: Option<Timestamp> },
    /// A soft clock without a target.
    NoTarget,
    /// A clock of law without a known number.
    PeriodUnknown { why: Text },
    /// The row of the table gives no date.
    NoDateInTable,
    /// An extension moved the dates.
    Extended { fact: FactId, strict: Timestamp, outer: Timestamp, under: Text },
    /// An extension was recorded and moves nothing.
    ExtensionIgnored { fact: FactId, why: ExtensionIgnored },
    /// A submission that does not count, because it came before the clock began.
    SubmittedBefore { fact: FactId, at: Timestamp },
    /// The submission that met it.
    Submitted { fact: FactId, at: Timestamp, after_strict: bool, late: bool },
    /// A fact other than a submission met it.
    Met { fact: FactId, kind: FactKind, at: Timestamp, after_strict: bool, late: bool },
    /// The undecided question has a clock of its own.
    Decide { predicate: PredicateId, due: Timestamp },
    /// Another provision took its place.
    Superseded { by: ProvisionId },
    /// The time zone database that was used.
    TimeZones { version: &'static str },
}

impl Step {
    /// Returns whether it tells what a reading of the house says, which is the house's own.
    pub fn tells_house_reading(&self) -> bool {
        match self {
            Self::Reading { id, .. } | Self::Also { reading: id, .. } => is_of_house(id),
            _ => false,
        }
    }
}

/// How exactly a starting instant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vague {
    Exact,
    /// The beginning or the end of an interval.
    Interval,
    /// A local time that does not exist; one of its two readings.
    Gap,
    /// A local time that exists twice; one of the two.
    Fold,
}

/// Why an extension moves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionIgnored {
    /// The law knows none.
    LawKnowsNone,
    /// It would move the date earlier.
    Earlier,
    /// It was granted after the outer instant.
    TooLate,
    /// The clock has no date to move.
    NoDate,
}
