//! What can happen to a department of an organization.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::PartyId;

/// Something that happened to a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum DepartmentEvent {
    /// The department became known.
    Registered { organization: PartyId, desk: Desk },
    /// Its name, its people or what concerns it changed.
    Changed { desk: Desk },
    /// It is there no more; nothing new is routed to it.
    Closed { reason: String },
}

/// What is said of a department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// As people call it.
    pub name: String,
    /// Who answers for it, and owns what is routed to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<PartyId>,
    /// Whom the head answers to; left out, the supervisor of the organization's chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<PartyId>,
    /// What of the law concerns it.
    pub concerns: Concerns,
}

/// What of the law concerns a department; one match of any kind is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concerns {
    /// Law ids: `eu-cra`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub laws: BTreeSet<String>,
    /// Provision ids: `eu-cra/14.2.a`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub provisions: BTreeSet<String>,
    /// Role ids: `eu-cra/manufacturer`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// As the packs write them: `CN`, `EU`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub jurisdictions: BTreeSet<String>,
    /// The products that it makes or runs, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<String>,
}
