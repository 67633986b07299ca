//! What can happen to the node itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{NoticeId, PartyId};

/// Something that happened to the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum NodeEvent {
    /// The node started. `down_since` is the last sign of life of any node on this store.
    Started { version: String, lawbook: String, time_zones: String, down_since: Option<Timestamp> },
    /// Wall time and the time that the monotonic clock expects disagree.
    ClockDoubted { wall: Timestamp, expected: Timestamp },
    /// One row could not be processed; the others were.
    RowFailed { room: String, row: String, problem: String },
    /// A notice was tried on a channel.
    NoticeTried {
        notice: NoticeId,
        recipient: PartyId,
        channel: String,
        attempt: u32,
        result: SendResult,
        /// Status or class of error, never the content.
        detail: String,
        /// Whom it reached, and with which bytes. Events of before it was kept have none.
        #[serde(default, skip_serializing_if = "SendEvidence::is_empty")]
        evidence: SendEvidence,
    },
    /// No channel took a notice within its tries.
    NoticeGivenUp { notice: NoticeId, recipient: PartyId, channel: String, attempts: u32 },
    /// The store was restored from a backup taken at `taken_at`.
    Restored { taken_at: Timestamp, log_size: u64 },
    /// The signing key of the log changed.
    LogKeyChanged { verifier_key: String, previous: String },
}

/// What shows later whom a try reached, and with what. Each is there as far as the try came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEvidence {
    /// The machine that was spoken to, as `smtp://relay.example:587` or `https://hooks.example:443`,
    /// without a path, in which a receiver's secret may stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// SHA-256 of the certificate by which it showed that it is that machine (DER), hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_sha256: Option<String>,
    /// SHA-256 of the message or the body, byte for byte as the channel sends it, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_sha256: Option<String>,
}

impl SendEvidence {
    /// Whether the try ended before anybody was spoken to and anything was written.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What became of one try to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendResult {
    /// The other side took it.
    Accepted,
    /// The other side refused it for good.
    Refused,
    /// It failed before the other side could have it, and may be tried again.
    Failed,
    /// The other side may have it: nobody answered in time.
    Unknown,
}
