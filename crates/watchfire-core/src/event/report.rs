//! What can happen to a report.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::AnnexDigest;
use crate::ids::CaseId;

/// Something that happened to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum ReportEvent {
    /// It came in, and a case was opened on it.
    Received(Box<Intake>),
    /// The reporter was written to, over the tracking code.
    Answered { text: String },
    /// The reporter's contact was erased on request or after its time.
    ContactErased { reason: String },
}

/// The four questions of a report, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// What is wrong.
    pub what: String,
    /// Where: a package URL, in canonical form.
    pub component: Option<String>,
    pub sure: Sureness,
    pub exploited: Exploited,
    /// When it was found, as typed.
    pub found_at: Option<String>,
    /// How to reach the reporter. Personal data: kept beside, erasable.
    pub contact: Option<AnnexDigest>,
    /// Language of the answer: `en` or `zh-CN`.
    pub language: String,
    /// SHA-256 of the tracking code, in hexadecimal; the code itself is told once and not kept.
    pub tracking: String,
    /// The case that was opened on it.
    pub case: CaseId,
    /// When it reached us.
    pub received_at: Timestamp,
}

/// How sure the reporter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    Sure,
    Likely,
    Unsure,
}

/// Whether the reporter has seen it exploited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exploited {
    Yes,
    No,
    Unknown,
}
