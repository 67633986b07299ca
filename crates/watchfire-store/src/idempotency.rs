//! Keys of requests: the same request twice has one effect and one answer.

use jiff::Timestamp;

use crate::Store;
use crate::append::Idempotency;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::log::int;
use crate::policy::{Authorized, Node, Write};
use crate::statement::statements;
use crate::viewer::Viewer;

/// The longest key.
pub const KEY_BYTES_MAX: usize = 255;
/// The longest answer that is kept.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Answers that are forgotten at once, so that nobody waits long behind it.
pub const FORGOTTEN_AT_ONCE_MAX: u64 = 1_000;

statements! {
    ANSWERED =
        "SELECT body_digest, answer FROM idempotency_keys WHERE principal = $1 AND key = $2";
    KEEP =
        "INSERT INTO idempotency_keys (principal, key, body_digest, answer, recorded_at) \
         VALUES ($1, $2, $3, $4, $5)";
    FORGET =
        "DELETE FROM idempotency_keys WHERE (principal, key) IN (SELECT principal, key \
         FROM idempotency_keys WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2)";
}

pub(crate) fn check(idempotency: &Idempotency) -> Result<(), StoreError> {
    if idempotency.key.is_empty() || idempotency.key.len() > KEY_BYTES_MAX {
        return Err(StoreError::TooLarge { what: "idempotency key", limit: KEY_BYTES_MAX });
    }
    if idempotency.answer.len() > ANSWER_BYTES_MAX {
        return Err(StoreError::TooLarge { what: "answer", limit: ANSWER_BYTES_MAX });
    }
    Ok(())
}

/// Returns the answer that was given under this key before, if there was one.
///
/// # Errors
/// [`StoreError::IdempotencyMismatch`] if the key was used for another request.
pub(crate) async fn answered(
    tx: &mut Connection,
    principal: &str,
    idempotency: &Idempotency,
) -> Result<Option<Vec<u8>>, StoreError> {
    answer_to(tx, principal, &idempotency.key, &idempotency.body_digest).await
}

async fn answer_to(
    connection: &mut Connection,
    principal: &str,
    key: &str,
    body_digest: &[u8; 32],
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(row) = connection.optional(&ANSWERED, params![principal, key]).await? else {
        return Ok(None);
    };
    if row.bytes("body_digest")? != body_digest {
        return Err(StoreError::IdempotencyMismatch);
    }
    row.bytes("answer").map(Some)
}

pub(crate) async fn keep(
    tx: &mut Connection,
    principal: &str,
    idempotency: &Idempotency,
    at: Timestamp,
) -> Result<(), StoreError> {
    let params = params![
        principal,
        idempotency.key.as_str(),
        &idempotency.body_digest,
        idempotency.answer.as_slice(),
        at,
    ];
    tx.execute(&KEEP, params).await.map(|_| ())
}

impl Store {
    /// Returns the answer that `viewer` was given under `key`, so that a request made again need
    /// not be decided again. [`Store::append`] asks once more within its transaction.
    ///
    /// # Errors
    /// [`StoreError::IdempotencyMismatch`] if the key was used for another request.
    pub async fn answered_before(
        &self,
        viewer: &Viewer,
        key: &str,
        body_digest: &[u8; 32],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        answer_to(&mut self.reader().await?, &viewer.principal(), key, body_digest).await
    }

    /// Forgets answers that were given before `before`, the oldest first, at most
    /// [`FORGOTTEN_AT_ONCE_MAX`]. Returns how many.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn forget_answers(
        &self,
        _grant: &Authorized<Node, Write>,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        self.writer().await?.execute(&FORGET, params![before, int(FORGOTTEN_AT_ONCE_MAX)?]).await
    }
}
