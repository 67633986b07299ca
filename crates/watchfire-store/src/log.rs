//! The rows of the evidence log: the two trees, their growing edges and their checkpoints.
//!
//! `proof.rs` reads hashes, proofs and tiles, `tick.rs` lets the public log grow, `entry.rs` reads
//! entries as they are stored.

pub(crate) mod entry;
pub(crate) mod proof;
pub(crate) mod tick;

use jiff::Timestamp;
use serde_json::{Value, json};
use watchfire_core::log::tile::HEIGHT;
use watchfire_core::log::{Frontier, Hash};

use crate::Store;
use crate::config::LogHead;
use crate::dialect::{Connection, Row, differing, listed, params};
use crate::error::StoreError;
use crate::page::limited;
use crate::policy::{Authorized, Log, Read};
use crate::statement::statements;
use crate::viewer::Viewer;

pub use entry::{LogRow, ReceiptEntry};
pub(crate) use entry::{log_rows, receipt_entry};
pub(crate) use tick::tick_of;
pub use tick::{Inception, Tick};

/// Rows that an audit reads at once.
pub const LOG_ROWS_MAX: usize = 1000;

statements! {
    MAKE_HEAD =
        "INSERT INTO log_heads (tree, size, frontier, recorded_at) VALUES ($1, 0, $2, 0) \
         ON CONFLICT (tree) DO NOTHING";
    READ_HEAD = "SELECT size, frontier, recorded_at FROM log_heads WHERE tree = $1";
    SAVE_HEAD =
        "UPDATE log_heads SET size = $2, frontier = $3, recorded_at = $4 WHERE tree = $1";
    ADD_CHECKPOINT =
        "INSERT INTO checkpoints (tree, size, root, note, signed_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tree, size) DO UPDATE SET note = excluded.note, signed_at = excluded.signed_at \
         WHERE checkpoints.root = excluded.root";
    CHECKPOINTS =
        "SELECT size, root, note, signed_at FROM checkpoints WHERE tree = $1 AND size > $2 \
         ORDER BY size LIMIT $3";
    LATEST_CHECKPOINT =
        "SELECT size, root, note, signed_at FROM checkpoints WHERE tree = $1 \
         ORDER BY size DESC LIMIT 1";
}

/// The two trees of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tree {
    /// One leaf per event.
    Internal,
    /// One leaf per tick of a fixed cadence.
    Public,
}

impl Tree {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

/// A signed note over a size and a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub head: LogHead,
    /// The text of the note, with its signatures.
    pub note: String,
    pub signed_at: Timestamp,
}

/// The growing edge of a tree within a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    tree: Tree,
    pub(crate) frontier: Frontier,
    /// When the latest leaf was recorded; nothing is recorded before it.
    pub(crate) recorded_at: Timestamp,
    /// Hashes that were completed and are not stored yet, by level and position.
    completed: Vec<(u8, u64, Hash)>,
}

impl Edge {
    pub(crate) async fn make(connection: &mut Connection, tree: Tree) -> Result<(), StoreError> {
        let empty = Frontier::new().to_bytes();
        connection.execute(&MAKE_HEAD, params![tree.name(), empty]).await.map(|_| ())
    }

    /// Reads the edge and, on PostgreSQL, locks it to the end of the transaction.
    pub(crate) async fn lock(connection: &mut Connection, tree: Tree) -> Result<Self, StoreError> {
        let row = connection.optional(&differing::HEAD_FOR_UPDATE, params![tree.name()]).await?;
        Self::from_row(tree, row)
    }

    pub(crate) async fn read(connection: &mut Connection, tree: Tree) -> Result<Self, StoreError> {
        let row = connection.optional(&READ_HEAD, params![tree.name()]).await?;
        Self::from_row(tree, row)
    }

    fn from_row(tree: Tree, row: Option<Row>) -> Result<Self, StoreError> {
        let row = row.ok_or(StoreError::Corrupt { what: "head of the log" })?;
        let frontier = Frontier::from_bytes(&row.bytes("frontier")?)
            .filter(|frontier| row.natural("size").is_ok_and(|size| size == frontier.size()))
            .ok_or(StoreError::Corrupt { what: "head of the log" })?;
        let recorded_at = row.instant("recorded_at")?;
        Ok(Self { tree, frontier, recorded_at, completed: Vec::new() })
    }

    pub(crate) fn head(&self) -> LogHead {
        LogHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Appends a leaf. Returns its index. What it completes is stored when the edge is saved.
    pub(crate) fn push(&mut self, leaf: Hash) -> u64 {
        let index = self.frontier.size();
        let completed = &mut self.completed;
        self.frontier.push_with(leaf, |node, hash| {
            if node.level % HEIGHT == 0 {
                completed.push((node.level / HEIGHT, node.index, hash));
            }
        });
        index
    }

    pub(crate) async fn save(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let (mut rows, mut hashes) = (Vec::with_capacity(self.completed.len()), Vec::new());
        for (level, position, hash) in self.completed.drain(..) {
            rows.push(json!([level, position, hashes.len() + 1]));
            hashes.extend_from_slice(hash.as_bytes());
        }
        let rows = Value::from(rows).to_string();
        connection.execute(&listed::ADD_HASHES, params![self.tree.name(), rows, hashes]).await?;
        let size = int(self.frontier.size())?;
        let params = params![self.tree.name(), size, self.frontier.to_bytes(), self.recorded_at];
        connection.execute(&SAVE_HEAD, params).await.map(|_| ())
    }
}

/// Stores a checkpoint; a later note over the same head replaces the earlier.
pub(crate) async fn add_checkpoint(
    connection: &mut Connection,
    tree: Tree,
    checkpoint: &Checkpoint,
) -> Result<(), StoreError> {
    let head = &checkpoint.head;
    let params = params![
        tree.name(),
        int(head.size)?,
        head.root.as_bytes(),
        checkpoint.note.as_str(),
        checkpoint.signed_at,
    ];
    match connection.execute(&ADD_CHECKPOINT, params).await? {
        1 => Ok(()),
        // Two roots of one size: the log would have split.
        _ => Err(StoreError::Corrupt { what: "checkpoint of this size" }),
    }
}

/// Numbers of the log fit 63 bits.
pub(crate) fn int(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::TooLarge { what: "number", limit: usize::MAX })
}

pub(crate) fn hash_of(row: &Row, column: &'static str) -> Result<Hash, StoreError> {
    Hash::from_slice(&row.bytes(column)?).ok_or(StoreError::Corrupt { what: column })
}

pub(crate) fn checkpoint_of(row: &Row) -> Result<Checkpoint, StoreError> {
    Ok(Checkpoint {
        head: LogHead { size: row.natural("size")?, root: hash_of(row, "root")? },
        note: row.text("note")?,
        signed_at: row.instant("signed_at")?,
    })
}

impl Store {
    /// Returns size and root of a tree.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn log_head(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
    ) -> Result<LogHead, StoreError> {
        Ok(Edge::read(&mut self.reader().await?, tree).await?.head())
    }

    /// Returns the newest signed note of a tree. Those of the public log are for everybody.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn public_checkpoint(
        &self,
        _viewer: &Viewer,
    ) -> Result<Option<Checkpoint>, StoreError> {
        self.newest_checkpoint(Tree::Public).await
    }

    /// Returns the newest signed note of either tree.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn latest_checkpoint(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
    ) -> Result<Option<Checkpoint>, StoreError> {
        self.newest_checkpoint(tree).await
    }

    async fn newest_checkpoint(&self, tree: Tree) -> Result<Option<Checkpoint>, StoreError> {
        let mut connection = self.reader().await?;
        let row = connection.optional(&LATEST_CHECKPOINT, params![tree.name()]).await?;
        row.as_ref().map(checkpoint_of).transpose()
    }

    /// Returns checkpoints with a size above `after`, smallest first, up to [`LOG_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn checkpoints(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Checkpoint>, StoreError> {
        let params = params![tree.name(), int(after)?, limited(limit, LOG_ROWS_MAX)];
        let rows = self.reader().await?.all(&CHECKPOINTS, params).await?;
        rows.iter().map(checkpoint_of).collect()
    }
}
