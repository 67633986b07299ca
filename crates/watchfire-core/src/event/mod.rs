//! The vocabulary of the system: every fact that can be recorded, in the past tense.
//!
//! Events are the truth. They are appended and never edited or deleted; a correction is a new
//! event. Everything that is shown can be rebuilt from them. Their one byte form is written by
//! [`encoding`] and pinned by golden files, because the evidence log commits to those bytes.
//!
//! The types here derive `Serialize` and `Deserialize` for that byte form alone. A field may be
//! added with a default; none is renamed or removed.

pub mod encoding;

mod amendment;
mod case;
mod department;
mod node;
mod party;
mod product;
mod report;
mod vulnerability;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use amendment::{AmendmentEvent, LawSource};
pub use case::{Assessment, CaseEvent, FactRecord, GapCause, OwnerCause, ParticipantRole};
pub use department::{Concerns, DepartmentEvent, Desk};
pub use node::{NodeEvent, SendEvidence, SendResult};
pub use party::{Chain, CredentialKind, Duty, OpeningRules, PartyEvent, Profile};
pub use product::{ProductCard, ProductEvent, ReleaseCard, ReleaseEvent, SbomRecord};
pub use report::{Exploited, Intake, ReportEvent, Sureness};
pub use vulnerability::{
    Called, ClearedBy, JoinedBy, Justification, LapsedBy, Listing, SourceAnswer, Triage, VexStatus,
    VulnerabilityEvent,
};

use crate::ids::{
    AmendmentId, CaseId, DepartmentId, EventId, PartyId, ProductId, ReleaseId, ReportId,
    VulnerabilityId,
};

/// One recorded fact, as the evidence log commits to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Random name.
    pub id: EventId,
    /// When it was stored, by the node's clock, which never runs backwards.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened, and to what.
    pub body: Body,
}

/// Who did what an event records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Actor {
    /// Somebody without an account.
    Anonymous,
    /// A person with an account.
    Person(PartyId),
    /// A part of the node, by its name.
    Service(Service),
}

/// The parts of a node that act by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// Fires what is due.
    Ticker,
    /// Sends what must leave the house.
    Sender,
    /// Starts the node and watches over its clock.
    Keeper,
    /// Reads what is published outside, and finds what is exposed to it.
    Watch,
    /// The command line on the node's own machine.
    Operator,
}

/// What an event is about, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Something happened in a case.
    Case(CaseId, CaseEvent),
    /// Something happened to a report.
    Report(ReportId, ReportEvent),
    /// Something happened to a party.
    Party(PartyId, PartyEvent),
    /// Something happened to a change of law.
    Amendment(AmendmentId, AmendmentEvent),
    /// Something happened to a department.
    Department(DepartmentId, DepartmentEvent),
    /// Something happened to a product.
    Product(ProductId, ProductEvent),
    /// Something happened to a release of a product.
    Release(ReleaseId, ReleaseEvent),
    /// Something happened to a vulnerability to which something of a house is exposed.
    Vulnerability(VulnerabilityId, VulnerabilityEvent),
    /// Something happened to the node.
    Node(NodeEvent),
}

/// The thing whose history an event belongs to; the unit of optimistic concurrency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// The history of a case.
    Case(CaseId),
    /// The history of a report.
    Report(ReportId),
    /// The history of a party.
    Party(PartyId),
    /// The history of a change of law.
    Amendment(AmendmentId),
    /// The history of a department.
    Department(DepartmentId),
    /// The history of a product.
    Product(ProductId),
    /// The history of a release of a product.
    Release(ReleaseId),
    /// The history of a vulnerability.
    Vulnerability(VulnerabilityId),
    /// The history of the node.
    Node,
}

impl Body {
    /// Returns the history that this belongs to.
    pub fn stream(&self) -> Stream {
        match self {
            Self::Case(id, _) => Stream::Case(id.clone()),
            Self::Report(id, _) => Stream::Report(id.clone()),
            Self::Party(id, _) => Stream::Party(id.clone()),
            Self::Amendment(id, _) => Stream::Amendment(id.clone()),
            Self::Department(id, _) => Stream::Department(id.clone()),
            Self::Product(id, _) => Stream::Product(id.clone()),
            Self::Release(id, _) => Stream::Release(id.clone()),
            Self::Vulnerability(id, _) => Stream::Vulnerability(id.clone()),
            Self::Node(_) => Stream::Node,
        }
    }
}

impl Stream {
    /// Returns the noun and the id, as the store keeps them. The node's id is empty.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Case(id) => ("case", id.as_str()),
            Self::Report(id) => ("report", id.as_str()),
            Self::Party(id) => ("party", id.as_str()),
            Self::Amendment(id) => ("amendment", id.as_str()),
            Self::Department(id) => ("department", id.as_str()),
            Self::Product(id) => ("product", id.as_str()),
            Self::Release(id) => ("release", id.as_str()),
            Self::Vulnerability(id) => ("vulnerability", id.as_str()),
            Self::Node => ("node", ""),
        }
    }
}

/// The digest of something kept beside the event, so that it can be erased and the log still holds.
///
/// SHA-256 over a random salt of 32 bytes followed by the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnnexDigest(pub String);

impl AnnexDigest {
    /// Computes the digest of `bytes` under `salt`, in lower-case hexadecimal.
    pub fn of(salt: &[u8; 32], bytes: &[u8]) -> Self {
        use sha2::Digest;
        let digest = sha2::Sha256::new().chain_update(salt).chain_update(bytes).finalize();
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
