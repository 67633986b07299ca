//! What can go wrong with the memory: refusals, failures, and what is not known.

use std::sync::Arc;

use watchfire_core::event::Stream;
use watchfire_core::event::encoding::EncodingError;

use crate::policy::NotFound;

/// Why the store did not do what it was asked.
///
/// Nothing was changed by any of these, except that after [`StoreError::OutcomeUnknown`] nobody
/// can say; the same idempotency key tells.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Hidden or missing; the two are one.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// Somebody else wrote to the same history in between. Load it again and decide again.
    #[error("the {} `{}` was changed by somebody else in between", stream.parts().0, stream.parts().1)]
    Conflict { stream: Stream },
    /// The same key came with another request.
    #[error("the idempotency key was used before, for another request")]
    IdempotencyMismatch,
    /// What was asked is no valid request to the store: a defect of the caller.
    #[error("the store was asked for something it cannot do: {0}")]
    Misuse(&'static str),
    /// The cursor of a page is not one that was given.
    #[error("the cursor is not one that a page gave")]
    Cursor,
    /// A size, a number or a length is over its limit.
    #[error("{what} is over its limit of {limit}")]
    TooLarge { what: &'static str, limit: usize },
    /// The name is taken: a login, a label.
    #[error("{0} is taken")]
    Taken(&'static str),
    /// The queue of writes is full. Nothing was done; ask again later.
    #[error("more is written than the store can take; ask again in a moment")]
    Overloaded,
    /// The database does not answer. Nothing was done.
    #[error("the database does not answer")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// The connection was lost while the database was committing: it may or may not have done so.
    #[error("the connection was lost while writing, so the outcome is unknown")]
    OutcomeUnknown,
    /// The disk refused to keep something. No write is taken until the node is started anew.
    #[error("the storage is unsafe and takes no more writes: {0}")]
    StorageUnsafe(String),
    /// What is stored cannot be read as what it should be.
    #[error("the stored {what} cannot be read")]
    Corrupt { what: &'static str },
    /// An event has no byte form, or stored bytes are no event.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The database was written by a later program.
    #[error("the database has schema {found}, this program knows up to {known}")]
    SchemaNewer { found: i64, known: i64 },
    /// A migration that was applied differs from the one of this program.
    #[error("migration {number} was applied in another form")]
    SchemaChanged { number: i64 },
    /// The database engine is one with a known defect.
    #[error("SQLite {found} loses commits (WAL reset); at least {needed} is needed")]
    EngineTooOld { found: String, needed: &'static str },
    /// A setting of the database engine did not take.
    #[error("the setting `{setting}` of the database is `{found}`, not `{wanted}`")]
    Setting { setting: &'static str, found: String, wanted: &'static str },
    /// The address of the database cannot be read, or does not fit.
    #[error("the address of the database is not usable: {0}")]
    Address(String),
    /// The copy of the database could not be written.
    #[error("the copy of the database cannot be written")]
    Copy(#[source] std::io::Error),
    /// The database refused a statement: a defect of ours, or a database changed by hand.
    #[error("the database refused a statement")]
    Database(#[source] Arc<sqlx::Error>),
}

impl StoreError {
    /// Returns whether the same request may be made again without a new decision.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Overloaded | Self::Unavailable(_) | Self::OutcomeUnknown)
    }
}
