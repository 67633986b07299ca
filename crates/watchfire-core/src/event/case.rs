//! What can happen in a case.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AmendmentId, NoticeId, ObligationId, PartyId, ReportId, SubmissionId};
use crate::law::State;

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum CaseEvent {
    /// The case was opened, under embargo or not.
    Opened { title: String, organization: PartyId, report: Option<ReportId>, embargoed: bool },
    /// The title was changed.
    Renamed { title: String },
    /// A party may now see the case.
    ParticipantAdded { party: PartyId, role: ParticipantRole },
    /// A party may no longer see the case.
    ParticipantRemoved { party: PartyId },
    /// The participants agreed not to disclose before a date, or before an event (`until` absent).
    EmbargoAgreed { until: Option<Timestamp>, note: String },
    /// The embargo ended: everybody in the organization may see the case.
    EmbargoExited { reason: String },
    /// A fact was recorded, as it was given.
    FactRecorded { fact: FactRecord },
    /// What is owed was computed anew and differs from before.
    Assessed { obligation: ObligationId, assessment: Box<Assessment> },
    /// A person holds the obligation now.
    OwnerSet { obligation: ObligationId, owner: PartyId, cause: OwnerCause },
    /// Nobody holds the obligation now.
    OwnerReleased { obligation: ObligationId, reason: String },
    /// The holder answered for the obligation; it counts until the next rung.
    Acknowledged { obligation: ObligationId, by: PartyId },
    /// Nobody holds the obligation, or nobody has moved it in time.
    GapOpened { obligation: ObligationId, cause: GapCause },
    /// Somebody holds it again, or it is owed no more.
    GapClosed { obligation: ObligationId },
    /// A rung of the chain was reached and these people were told.
    RungReached {
        obligation: ObligationId,
        /// `50%` of the strict window, `day-1` past it, `review-1` where there is no date.
        rung: String,
        due_at: Timestamp,
        told: Vec<PartyId>,
        notices: Vec<NoticeId>,
    },
    /// A question on which clocks hang was still undecided, and these people were told.
    QuestionRang {
        /// The predicate that is undecided.
        decision: String,
        /// Of those that hang on it, the one whose question is due first.
        obligation: ObligationId,
        /// `0%` when it was asked, `100%` when it should have been answered, `200%`, `day-1`.
        rung: String,
        due_at: Timestamp,
        told: Vec<PartyId>,
        notices: Vec<NoticeId>,
    },
    /// Somebody did not wait for the next rung: the next of the chain was told.
    Escalated {
        obligation: ObligationId,
        by: PartyId,
        reason: String,
        told: Vec<PartyId>,
        notices: Vec<NoticeId>,
    },
    /// The draft of a submission was saved.
    DraftSaved {
        obligation: ObligationId,
        form: String,
        fields: BTreeMap<String, String>,
        /// Fields that are left out on purpose, each with the provisions for which.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        left_out: BTreeMap<String, String>,
        /// Fields that stay in although the decision of a conflict keeps the draft to what the law
        /// itself asks for, each with the conflict.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        kept: BTreeMap<String, String>,
    },
    /// A submission was made to an authority, and this is what it said.
    SubmissionRecorded {
        submission: SubmissionId,
        /// The fact of kind `submitted` recorded with it.
        fact: String,
        obligations: Vec<ObligationId>,
        /// The authority's number, where it gave one.
        number: Option<String>,
        /// How it went: the platform's form, mail, by hand.
        channel: String,
        form: Option<String>,
        fields: BTreeMap<String, String>,
        /// Why it was sent although fields required now were missing.
        incomplete_reason: Option<String>,
    },
    /// A person wrote to the participants.
    MessagePosted { text: String },
    /// Duties collide, and somebody has to decide.
    ConflictOpened {
        /// Id of the conflict: `cn-rmsv/conflict/undisclosed-abroad`.
        conflict: String,
        /// Of the obligations that collide, the one whose people are asked.
        obligation: ObligationId,
        /// When it should be decided: a house target. Without one it does not ring.
        due_at: Option<Timestamp>,
    },
    /// They collide no more.
    ConflictClosed { conflict: String },
    /// Somebody decided what to do where duties collide.
    ConflictDecided { conflict: String, choice: String, reason: String, by: PartyId },
    /// The case follows what its organization had chosen for such cases when it was opened.
    ConflictFollowed {
        conflict: String,
        choice: String,
        reason: String,
        by: PartyId,
        /// When the organization chose so.
        chosen_at: Timestamp,
    },
    /// Somebody decided that something may leave the house although a prohibition bars it.
    GatePassed {
        /// `giving` or `publishing`.
        act: String,
        /// `party:…`, `authority:…`, `reporter` or `public`.
        recipient: String,
        /// The prohibitions that barred it.
        provisions: Vec<String>,
        reason: String,
        by: PartyId,
    },
    /// A change of law left the case as it was computed before: the new law cannot read it.
    LeftUnread { amendment: AmendmentId, problem: String },
    /// The law in use can read it again, and it was computed anew.
    ReadAgain {
        /// Digest of that lawbook.
        lawbook: String,
    },
    /// Somebody said from which fact on the organization holds that it was aware.
    AwarenessChosen {
        /// The kind of knowledge: `exploitation-known`.
        of: String,
        fact: String,
        reason: String,
        by: PartyId,
    },
}

/// The part a party has in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParticipantRole {
    /// Told us.
    Reporter,
    /// Works on it: engineer, lawyer, supervisor, executive.
    Member,
    /// Maintains the product or component concerned.
    Vendor,
    /// Coordinates between parties.
    Coordinator,
}

/// How somebody came to hold an obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerCause {
    /// Took it: by that, answers for it.
    Claimed,
    /// Was given it by another, and has yet to acknowledge.
    Assigned { by: PartyId },
}

/// Why an obligation is a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapCause {
    /// Nobody holds it.
    HeldByNobody,
    /// Its holder was told and did not acknowledge in time.
    NotAcknowledged,
    /// Its holder may no longer see the case or has left.
    HolderGone,
}

/// A fact as it was given, in the spelling of the case files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactRecord {
    /// Unique in the case.
    pub id: String,
    /// A kind of the law packs: `vulnerability-known`, `submitted`, `retracted`, …
    pub kind: String,
    /// When it happened in the world: an instant, a day or an interval, as it was typed.
    pub occurred_at: String,
    /// When we learned of it.
    pub known_at: Timestamp,
    /// Of a step, a kind; of `fact-confirmed` and `retracted`, another fact's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The provisions that a submission or an extension names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligation: Vec<String>,
    /// Of `extension-granted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_due: Option<String>,
    /// The authority's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Of `decided`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// Of `decided`: `yes`, `no` or `undecided`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// In words, for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it can be seen: an address or a digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What was owed by one provision when it was computed: all that does not change with time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Id of the provision: `cn-rmsv/7.2`.
    pub provision: String,
    /// The fact it arose on.
    pub from_fact: Option<String>,
    /// `hard`, `soft`, `standing`, `prohibition`, `permission`.
    pub class: String,
    /// State at the time of computing; written as its word.
    #[serde(with = "state_word")]
    pub state: State,
    pub provisional: bool,
    pub after_strict: bool,
    /// Where the strict window starts.
    pub strict_from: Option<Timestamp>,
    pub strict_due: Option<Timestamp>,
    pub outer_due: Option<Timestamp>,
    /// The question that is open, and when it should be answered (a house target).
    pub decision: Option<String>,
    pub decision_due: Option<Timestamp>,
    /// The article.
    pub cites: String,
    /// `effective_from` of the version in force.
    pub version_from: Option<String>,
    /// The recorded reading that was used.
    pub reading: Option<String>,
    /// Digest of the lawbook, in hexadecimal, and version of the time zone database.
    pub lawbook: String,
    pub time_zones: String,
}

/// A state is written as its word (laws/counting.md 7.7); what is no state is no event.
mod state_word {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::law::State;

    pub(super) fn serialize<S: Serializer>(state: &State, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(state)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<State, D::Error> {
        let word = String::deserialize(from)?;
        State::parse(&word).ok_or_else(|| D::Error::custom(format!("`{word}` is no state")))
    }
}
