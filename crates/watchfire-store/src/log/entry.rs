//! Entries of the internal log: what a receipt proves, and rows as they are stored.

use jiff::Timestamp;
use watchfire_core::ids::EventId;
use watchfire_core::log::Commitment;

use super::{LOG_ROWS_MAX, int};
use crate::Store;
use crate::append::Receipt;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::page::limited;
use crate::policy::{Authorized, Node, NotFound, Write};
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    ENTRY_OF_RECEIPT =
        "SELECT e.log_index, e.id, e.noun, e.stream, e.version, e.recorded_at, e.bytes, e.salt, \
         e.commitment, e.receipt FROM events e WHERE e.receipt = $1";
    LOG_ROWS =
        "SELECT e.log_index, e.id, e.noun, e.stream, e.version, e.recorded_at, e.bytes, e.salt, \
         e.commitment, h.hash FROM events e LEFT JOIN log_hashes h ON h.tree = 'internal' \
         AND h.level = 0 AND h.position = e.log_index \
         WHERE e.log_index >= $1 ORDER BY e.log_index LIMIT $2";
}

/// What a receipt proves to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptEntry {
    /// Place in the internal log. Not for outsiders.
    pub index: u64,
    pub event: EventId,
    /// `None` once the entry was erased.
    pub salt: Option<[u8; 32]>,
    pub commitment: Commitment,
    pub recorded_at: Timestamp,
}

/// A row of the log as it is stored, with nothing checked, for an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    pub index: u64,
    /// The columns beside the bytes; they must say what the bytes say.
    pub event: String,
    pub noun: String,
    pub stream: String,
    pub version: i64,
    pub recorded_at: i64,
    /// `None` once the entry was erased, with the salt.
    pub bytes: Option<Vec<u8>>,
    pub salt: Option<Vec<u8>>,
    pub commitment: Vec<u8>,
    /// The leaf hash in the tiles, which are a second copy.
    pub tile_hash: Option<Vec<u8>>,
}

impl Store {
    /// Returns the entry that a receipt names. The token is the right to it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a token that was never given.
    pub async fn entry_of_receipt(
        &self,
        _viewer: &Viewer,
        receipt: &Receipt,
    ) -> Result<ReceiptEntry, StoreError> {
        let mut connection = self.reader().await?;
        let row = connection.optional(&ENTRY_OF_RECEIPT, params![&receipt.digest()]).await?;
        let row = row.ok_or(NotFound)?;
        receipt_entry(&row)
    }

    /// Returns rows of the log from index `from` as they are stored, up to [`LOG_ROWS_MAX`].
    ///
    /// They hold what is under embargo, so only the node's own machine may ask.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn log_rows(
        &self,
        _grant: &Authorized<Node, Write>,
        from: u64,
        limit: usize,
    ) -> Result<Vec<LogRow>, StoreError> {
        log_rows(&mut self.reader().await?, from, limit).await
    }
}

/// Reads what a receipt proves to be there.
pub(crate) fn receipt_entry(row: &Row) -> Result<ReceiptEntry, StoreError> {
    let salt = row.bytes_or_none("salt")?;
    let salt = salt.map(|salt| salt.try_into()).transpose();
    Ok(ReceiptEntry {
        index: row.natural("log_index")?,
        event: row.parsed("id")?,
        salt: salt.map_err(|_| StoreError::Corrupt { what: "salt" })?,
        commitment: Commitment::from_slice(&row.bytes("commitment")?)
            .ok_or(StoreError::Corrupt { what: "commitment" })?,
        recorded_at: row.instant("recorded_at")?,
    })
}

/// Reads rows of the log from index `from`.
pub(crate) async fn log_rows(
    connection: &mut Connection,
    from: u64,
    limit: usize,
) -> Result<Vec<LogRow>, StoreError> {
    let params = params![int(from)?, limited(limit, LOG_ROWS_MAX)];
    let rows = connection.all(&LOG_ROWS, params).await?;
    rows.iter().map(log_row).collect()
}

fn log_row(row: &Row) -> Result<LogRow, StoreError> {
    Ok(LogRow {
        index: row.natural("log_index")?,
        event: row.text("id")?,
        noun: row.text("noun")?,
        stream: row.text("stream")?,
        version: row.int("version")?,
        recorded_at: row.int("recorded_at")?,
        bytes: row.bytes_or_none("bytes")?,
        salt: row.bytes_or_none("salt")?,
        commitment: row.bytes("commitment")?,
        tile_hash: row.bytes_or_none("hash")?,
    })
}
