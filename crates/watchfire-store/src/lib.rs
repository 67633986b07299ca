//! The memory of Watchfire, on SQLite and PostgreSQL.
//!
//! One door in: [`Store::append`], which writes events, read tables, log leaves, outbox and due
//! rows in one transaction. Every read takes a [`Viewer`], every change an [`Authorized`] for the
//! very object. What is shown can be rebuilt from the events.

mod advisory;
mod amendment;
mod amendment_law;
mod annex;
mod append;
mod apply;
mod audit;
mod case;
mod case_fact;
mod config;
mod country;
mod department;
mod dialect;
mod document;
mod due;
mod error;
mod feed;
mod history;
mod idempotency;
mod inventory;
mod lawbook;
mod log;
mod node;
mod obligation;
mod outbox;
mod page;
mod party;
pub mod policy;
mod product;
mod question;
mod random;
mod rebuild;
mod report;
mod sbom;
mod schema;
mod session;
mod standing;
mod statement;
mod store;
mod submission;
#[cfg(test)]
mod testing;
mod viewer;
mod vulnerability;
mod writer;

pub use advisory::{
    ADVISORIES_PER_APPEND_MAX, ASKED_AT_ONCE_MAX, AdvisoryRow, Likelihood, ListingRow, Part,
    PartRef, Word,
};
pub use amendment::{AmendmentRow, OwedAcknowledgement, UnreadCase};
pub use amendment_law::{LawAcknowledgement, LawAmendment};
pub use annex::{ADDRESS, ANNEX_BYTES_MAX, CONTACT};
pub use append::{
    APPEND_BYTES_MAX, Append, Appended, EVENTS_PER_APPEND_MAX, Idempotency, NOTICES_PER_APPEND_MAX,
    Outcome, Receipt, Recorded,
};
pub use audit::{AuditReport, NoteProblem};
pub use case::{CaseRow, ParticipantRow};
pub use case_fact::{CASES_AT_ONCE_MAX, CaseFacts};
pub use config::{LogHead, Seal, StoreConfig};
pub use country::{Grounds, Located};
pub use department::DEPARTMENTS_MAX;
pub use dialect::{Engine, EngineSetting, Location};
pub use document::{KEPT_DOCUMENT_BYTES_MAX, Kept, digest_of};
pub use due::{DUE_ROWS_MAX, DueRow, StalledRow};
pub use error::StoreError;
pub use feed::{ClaimedFeed, FeedRow};
pub use history::{CaseEntry, HISTORY_EVENTS_MAX, HISTORY_ROWS_MAX, RecordedEvent};
pub use idempotency::{ANSWER_BYTES_MAX, FORGOTTEN_AT_ONCE_MAX, KEY_BYTES_MAX};
pub use inventory::{Inventory, SBOMS_AT_ONCE_MAX, SbomRow, Unjudged};
pub use lawbook::LawbookUse;
pub use log::{Checkpoint, Inception, LOG_ROWS_MAX, LogRow, ReceiptEntry, Tick, Tree};
pub use obligation::{Draft, ObligationRow, Owner};
pub use outbox::{
    CLAIM_ROWS_MAX, Claim, ClaimedNotice, Notice, NoticeRow, PAYLOAD_BYTES_MAX, UnreadableNotice,
};
pub use page::{PAGE_ROWS_MAX, Page, PageRequest};
pub use party::{InquiryRow, PartyKind, PartyRow};
pub use policy::{Authorized, NotFound};
pub use product::{OWNERS_MAX, ProductRow, ReleaseRow};
pub use question::{Asks, QuestionRow};
pub use random::random_bytes;
pub use rebuild::DueInstants;
pub use report::{Answer, REPORTS_OF_CASE_MAX, Report, ReportRow, TrackedReport};
pub use sbom::AttachedSbom;
pub use schema::schema_version;
pub use session::{
    Account, SESSION_HOURS_MAX, SESSION_IDLE_MINUTES_MAX, Secret, SecretDigest, SessionToken,
    TokenRow,
};
pub use store::Store;
pub use submission::{Submission, SubmissionRow};
pub use viewer::Viewer;
pub use vulnerability::{
    ExposureFilter, ExposureKinds, ExposureRow, ExposureState, VULNERABILITIES_COUNTED_MAX,
    VulnerabilityCounts, VulnerabilityRow,
};
pub use writer::{BATCH_MAX, QUEUE_MAX};
