//! What can happen to a party: a person or an organization.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::AnnexDigest;
use crate::ids::PartyId;

/// Something that happened to a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum PartyEvent {
    /// An organization became known.
    OrganizationRegistered { name: String },
    /// A person became known. The name is personal data that the record of acts needs.
    PersonRegistered { name: String, organization: Option<PartyId>, duties: BTreeSet<Duty> },
    /// What a person may do was changed.
    DutiesChanged { duties: BTreeSet<Duty> },
    /// The person may sign in under this name.
    AccountOpened { login: String },
    /// The person may sign in no more; sessions and tokens are void.
    AccountClosed { reason: String },
    /// A password or a token was set. The secret's digest is kept beside.
    CredentialSet { credential: CredentialKind, label: String, expires_at: Option<Timestamp> },
    /// A credential was taken back.
    CredentialRevoked { credential: CredentialKind, label: String },
    /// How notices reach the person. Personal data: kept beside, erasable.
    AddressSet { channel: String, address: AnnexDigest },
    /// The language of the person's notices and pages, and the time zone; an empty zone is that of
    /// whatever browser the person uses.
    PreferencesChanged { language: String, time_zone: String },
    /// What the organization is by law changed: its roles and attributes.
    ProfileChanged(Profile),
    /// Who is told in what order changed.
    ChainSet(Chain),
    /// The questions that find what the organization is by law were answered. What follows for its
    /// profile is an event of its own.
    InquiryAnswered {
        /// By question, as it was answered; what is open is not there.
        answers: BTreeMap<String, String>,
        /// Digest of the lawbook that asked.
        lawbook: String,
    },
    /// An organization chose what its cases do where the same duties collide, from then on.
    StandingChoiceMade {
        conflict: String,
        /// `None`: each case is decided by itself again.
        choice: Option<String>,
        reason: String,
        by: PartyId,
    },
    /// The organization said what opens a case by itself.
    OpeningRulesSet { rules: OpeningRules, by: PartyId },
    /// The organization of this node holds that another organization is in this country; gates ask
    /// it. `None`: nobody knows any more.
    CountryRecorded {
        /// ISO 3166-1 code of two letters.
        country: Option<String>,
        /// Where that is known from.
        source: String,
    },
}

/// What a person may do besides what every employee may (report, see, claim).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Keeps accounts, the profile and the chain. Sees no embargoed case for that.
    Administrator,
    /// Becomes a participant of every case that is opened on a report.
    Responder,
    /// Reads the evidence log and every case that is not under embargo; changes nothing.
    Auditor,
}

/// Which exposures open a case by themselves; each rule for itself is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpeningRules {
    /// What is listed as exploited somewhere.
    pub listed: bool,
    /// What is at least so severe, in tenths of CVSS: 90 is 9.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_tenths: Option<u32>,
    /// What is at least so likely to be exploited, of a thousand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likelihood_permille: Option<u32>,
    /// Severity and likelihood count only of what can be reached from the Internet.
    #[serde(default)]
    pub internet_facing_alone: bool,
}

/// What proves that somebody is who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    Password,
    Token,
}

/// What an organization is, by law: roles and attributes of the law packs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Role ids: `cn-rmsv/provider`.
    pub roles: BTreeSet<String>,
    /// Attribute ids and values: `eu/member-state` = `BE`.
    pub attributes: BTreeMap<String, String>,
}

/// Who is told if nothing moves, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Told first where nobody holds the obligation.
    pub owner: Option<PartyId>,
    pub supervisor: Option<PartyId>,
    /// The accountable executive.
    pub executive: Option<PartyId>,
}
