//! What can happen to a change of law on its way through the house.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{GapCause, OwnerCause};
use crate::ids::{DepartmentId, NoticeId, PartyId};

/// Something that happened to a change of law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum AmendmentEvent {
    /// Files of law were put forward. They are kept beside, under their digest.
    Proposed {
        organization: PartyId,
        title: String,
        /// Why, in the words of whoever proposes.
        why: String,
        /// Nobody, where a feed brought it.
        by: Option<PartyId>,
        source: LawSource,
        /// Digest of the files that were put forward.
        files: String,
        /// Digest of the lawbook that was in use then.
        base: String,
        /// Digest of the lawbook that these files over that one give.
        lawbook: String,
        /// When it is to be used, once it is agreed.
        effective_at: Timestamp,
        /// The laws in which it changes something.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        laws: BTreeSet<String>,
    },
    /// Somebody wrote down what it means for the house, and whom it concerns.
    Interpreted {
        by: PartyId,
        /// By language tag: `en`, `zh-CN`.
        text: BTreeMap<String, String>,
        departments: BTreeSet<DepartmentId>,
    },
    /// A second person sent the interpretation back.
    Returned { by: PartyId, reason: String },
    /// A second person agreed with the interpretation.
    Agreed { by: PartyId, note: String },
    /// It was put before a department, which must acknowledge it by `due_at`.
    Routed { department: DepartmentId, owner: Option<PartyId>, due_at: Timestamp },
    /// Somebody answers for the acknowledgement of a department now.
    OwnerSet { department: DepartmentId, owner: PartyId, cause: OwnerCause },
    /// A department has received it and says what it changes.
    Acknowledged { department: DepartmentId, by: PartyId, note: String },
    /// Nobody answers for the acknowledgement, or nobody gave it in time.
    GapOpened { department: DepartmentId, cause: GapCause },
    /// Somebody answers for it again, or it was given.
    GapClosed { department: DepartmentId },
    /// A rung of a chain was reached and these people were told.
    RungReached {
        /// Whose acknowledgement is waited for; none while nobody has agreed yet.
        department: Option<DepartmentId>,
        rung: String,
        due_at: Timestamp,
        told: Vec<PartyId>,
        notices: Vec<NoticeId>,
    },
    /// From now on this lawbook is used.
    Applied { lawbook: String, base: String },
    /// It could not be put to use: what is used by now does not go with it.
    Obstructed { problem: String },
    /// Every open case that it could touch was computed anew.
    CasesReassessed {
        looked_at: u64,
        changed: u64,
        /// Cases that were left as they were, because the new law cannot read them or computing
        /// them failed.
        #[serde(default, skip_serializing_if = "is_none")]
        unread: u64,
    },
    /// It will not be put to use.
    Rejected { by: PartyId, reason: String },
    /// Whoever proposed it took it back.
    Withdrawn { by: PartyId, reason: String },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Where the files of a proposal came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LawSource {
    /// A person put them forward as they are.
    Files,
    /// A signed bundle: its issuer, whose key we trust, and its place among the issuer's bundles.
    Bundle {
        issuer: String,
        sequence: u64,
        /// SHA-256 of the whole bundle, hexadecimal.
        sha256: String,
    },
    /// A reading of one provision was made stricter.
    Reading { provision: String },
    /// The packs that this program brings, where they are others than those in use.
    BuiltIn,
}
