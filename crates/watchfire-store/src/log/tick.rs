//! The ticks of the public log: when it began, how it grows, what a tick covers.

use jiff::Timestamp;
use watchfire_core::log::Hash;

use super::entry::ReceiptEntry;
use super::proof::hashes;
use super::{Checkpoint, Edge, Tree, add_checkpoint, hash_of, int};
use crate::Store;
use crate::config::LogHead;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::policy::{Authorized, Node, Read, Write};
use crate::statement::statements;
use crate::viewer::Viewer;

/// Leaves of one batch of a tick; a tick that has more waits for nobody, the caller splits.
const BATCH_LEAVES_MAX: i64 = 1 << 20;

statements! {
    BEGIN_LOG =
        "INSERT INTO log_inceptions (tree, began_at, cadence_seconds) VALUES ('public', $1, $2) \
         ON CONFLICT (tree) DO NOTHING";
    INCEPTION = "SELECT began_at, cadence_seconds FROM log_inceptions WHERE tree = 'public'";
    ADD_TICK =
        "INSERT INTO ticks (number, secret, internal_size, internal_root, entry) \
         VALUES ($1, $2, $3, $4, $5)";
    LATEST_TICK =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks \
         ORDER BY number DESC LIMIT 1";
    TICK =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks WHERE number = $1";
    TICK_COVERING =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks \
         WHERE internal_size > $1 ORDER BY internal_size, number LIMIT 1";
}

/// When the public log began, and how often it grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inception {
    pub began_at: Timestamp,
    pub cadence_seconds: u32,
}

/// A tick of the public log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Its place in the public log, from 0.
    pub number: u64,
    /// 32 random bytes, never public.
    pub secret: [u8; 32],
    /// The head of the internal log that it commits to.
    pub internal: LogHead,
    /// The data of its leaf.
    pub entry: Hash,
}

pub(crate) fn tick_of(row: &Row) -> Result<Tick, StoreError> {
    Ok(Tick {
        number: row.natural("number")?,
        secret: hash_of(row, "secret")?.0,
        internal: LogHead {
            size: row.natural("internal_size")?,
            root: hash_of(row, "internal_root")?,
        },
        entry: hash_of(row, "entry")?,
    })
}

impl Store {
    /// Begins the public log, unless it has begun. Returns what holds: of several nodes, the
    /// first says it, and it never changes.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin_log(
        &self,
        _grant: &Authorized<Node, Write>,
        inception: Inception,
    ) -> Result<Inception, StoreError> {
        self.refuse_if_failed()?;
        let params = params![inception.began_at, i64::from(inception.cadence_seconds)];
        self.writer().await?.execute(&BEGIN_LOG, params).await?;
        let began = self.inception().await?;
        began.ok_or(StoreError::Corrupt { what: "inception of the log" })
    }

    /// Returns when the public log began, or `None` if it has not.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn log_inception(
        &self,
        _grant: &Authorized<Node, Read>,
    ) -> Result<Option<Inception>, StoreError> {
        self.inception().await
    }

    async fn inception(&self) -> Result<Option<Inception>, StoreError> {
        let Some(row) = self.reader().await?.optional(&INCEPTION, params![]).await? else {
            return Ok(None);
        };
        let cadence_seconds = u32::try_from(row.int("cadence_seconds")?)
            .map_err(|_| StoreError::Corrupt { what: "cadence" })?;
        Ok(Some(Inception { began_at: row.instant("began_at")?, cadence_seconds }))
    }

    /// Appends ticks to the public log, with the signed note over its new head.
    ///
    /// `sign` is given the new head. The first tick must be the next one: whoever comes second
    /// with a number gets the error, so of several nodes one wins.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if another node wrote that tick; [`StoreError::StorageUnsafe`].
    pub async fn append_ticks(
        &self,
        _grant: &Authorized<Node, Write>,
        ticks: &[Tick],
        signed_at: Timestamp,
        sign: impl FnOnce(&LogHead) -> String + Send,
    ) -> Result<LogHead, StoreError> {
        self.refuse_if_failed()?;
        let mut connection = self.writer().await?;
        connection.begin().await?;
        let mut edge = Edge::lock(&mut connection, Tree::Public).await?;
        for tick in ticks {
            if tick.number != edge.frontier.size() {
                connection.rollback().await?;
                return Err(StoreError::Taken("the tick"));
            }
            edge.push(Hash::of_leaf(tick.entry.as_bytes()));
            let params = params![
                int(tick.number)?,
                &tick.secret,
                int(tick.internal.size)?,
                tick.internal.root.as_bytes(),
                tick.entry.as_bytes(),
            ];
            connection.execute(&ADD_TICK, params).await?;
        }
        edge.save(&mut connection).await?;
        let head = edge.head();
        let checkpoint = Checkpoint { note: sign(&head), head: head.clone(), signed_at };
        add_checkpoint(&mut connection, Tree::Public, &checkpoint).await?;
        self.note_failure(connection.commit().await)?;
        Ok(head)
    }

    /// Returns the newest tick.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn latest_tick(
        &self,
        _grant: &Authorized<Node, Read>,
    ) -> Result<Option<Tick>, StoreError> {
        let row = self.reader().await?.optional(&LATEST_TICK, params![]).await?;
        row.as_ref().map(tick_of).transpose()
    }

    /// Returns the first tick that covers entry `index` of the internal log, with the leaf hashes
    /// of its batch and the index of the first of them.
    ///
    /// Whoever holds the receipt of the entry is entitled to the path that is computed from this.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn tick_covering(
        &self,
        _viewer: &Viewer,
        entry: &ReceiptEntry,
    ) -> Result<Option<(Tick, u64, Vec<Hash>)>, StoreError> {
        let mut connection = self.reader().await?;
        let row = connection.optional(&TICK_COVERING, params![int(entry.index)?]).await?;
        let Some(tick) = row.as_ref().map(tick_of).transpose()? else {
            return Ok(None);
        };
        let first = match tick.number.checked_sub(1) {
            None => 0,
            Some(before) => {
                let row = connection.optional(&TICK, params![int(before)?]).await?;
                let row = row.ok_or(StoreError::Corrupt { what: "tick" })?;
                tick_of(&row)?.internal.size
            }
        };
        let leaves = self.batch(&mut connection, first, tick.internal.size).await?;
        Ok(Some((tick, first, leaves)))
    }

    /// Returns the leaf hashes of the internal log from `first` up to and without `end`.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for more than a batch may hold.
    pub async fn leaf_hashes(
        &self,
        _grant: &Authorized<Node, Write>,
        first: u64,
        end: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        self.batch(&mut self.reader().await?, first, end).await
    }

    async fn batch(
        &self,
        connection: &mut Connection,
        first: u64,
        end: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let count = end.saturating_sub(first);
        if int(count)? > BATCH_LEAVES_MAX {
            return Err(StoreError::TooLarge { what: "batch", limit: 1 << 20 });
        }
        hashes(connection, Tree::Internal, 0, first, count).await
    }
}
