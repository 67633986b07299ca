//! The rows of the evidence log: heads, hashes, checkpoints, ticks, and what proofs read.

use jiff::Timestamp;
use watchfire_core::ids::EventId;
use watchfire_core::log::tile::{HEIGHT, Kind, Span, Tile, WIDTH};
use watchfire_core::log::{Commitment, Frontier, Hash, NodeId, ProofError, ProofPlan};

use crate::Store;
use crate::append::Receipt;
use crate::config::LogHead;
use crate::dialect::{Connection, Row, differing, params};
use crate::error::StoreError;
use crate::page::limited;
use crate::policy::{Authorized, Log, Node, NotFound, Read, Write};
use crate::statement::statements;
use crate::viewer::Viewer;

/// Rows that an audit reads at once.
pub const LOG_ROWS_MAX: usize = 1000;
/// Leaves of one batch of a tick; a tick that has more waits for nobody, the caller splits.
const BATCH_LEAVES_MAX: i64 = 1 << 20;

statements! {
    MAKE_HEAD =
        "INSERT INTO log_heads (tree, size, frontier, recorded_at) VALUES ($1, 0, $2, 0) \
         ON CONFLICT (tree) DO NOTHING";
    READ_HEAD = "SELECT size, frontier, recorded_at FROM log_heads WHERE tree = $1";
    SAVE_HEAD =
        "UPDATE log_heads SET size = $2, frontier = $3, recorded_at = $4 WHERE tree = $1";
    BEGIN_LOG =
        "INSERT INTO log_inceptions (tree, began_at, cadence_seconds) VALUES ('public', $1, $2) \
         ON CONFLICT (tree) DO NOTHING";
    INCEPTION = "SELECT began_at, cadence_seconds FROM log_inceptions WHERE tree = 'public'";
    ADD_HASH = "INSERT INTO log_hashes (tree, level, position, hash) VALUES ($1, $2, $3, $4)";
    HASHES =
        "SELECT hash FROM log_hashes WHERE tree = $1 AND level = $2 \
         AND position >= $3 AND position < $4 ORDER BY position";
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
    ADD_TICK =
        "INSERT INTO ticks (number, secret, internal_size, internal_root, entry) \
         VALUES ($1, $2, $3, $4, $5)";
    LATEST_TICK =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks \
         ORDER BY number DESC LIMIT 1";
    TICK =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks WHERE number = $1";
    PUBLIC_ENTRIES =
        "SELECT entry FROM ticks WHERE number >= $1 AND number < $2 ORDER BY number";
    TICK_COVERING =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks \
         WHERE internal_size > $1 ORDER BY internal_size, number LIMIT 1";
    ENTRY_OF_RECEIPT =
        "SELECT e.log_index, e.id, e.noun, e.stream, e.version, e.recorded_at, e.bytes, e.salt, \
         e.commitment, e.receipt FROM events e WHERE e.receipt = $1";
    LOG_ROWS =
        "SELECT e.log_index, e.id, e.noun, e.stream, e.version, e.recorded_at, e.bytes, e.salt, \
         e.commitment, h.hash FROM events e LEFT JOIN log_hashes h ON h.tree = 'internal' \
         AND h.level = 0 AND h.position = e.log_index \
         WHERE e.log_index >= $1 ORDER BY e.log_index LIMIT $2";
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

/// The growing edge of a tree within a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    tree: Tree,
    pub(crate) frontier: Frontier,
    /// When the latest leaf was recorded; nothing is recorded before it.
    pub(crate) recorded_at: Timestamp,
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
        Ok(Self { tree, frontier, recorded_at: row.instant("recorded_at")? })
    }

    pub(crate) fn head(&self) -> LogHead {
        LogHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Appends a leaf and stores the hashes that it completes. Returns its index.
    pub(crate) async fn push(
        &mut self,
        connection: &mut Connection,
        leaf: Hash,
    ) -> Result<u64, StoreError> {
        let index = self.frontier.size();
        let mut completed = Vec::new();
        self.frontier.push_with(leaf, |node, hash| completed.push((node, hash)));
        for (node, hash) in completed.iter().filter(|(node, _)| node.level % HEIGHT == 0) {
            let level = i64::from(node.level / HEIGHT);
            let params = params![self.tree.name(), level, int(node.index)?, hash.as_bytes()];
            connection.execute(&ADD_HASH, params).await?;
        }
        Ok(index)
    }

    pub(crate) async fn save(&self, connection: &mut Connection) -> Result<(), StoreError> {
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

async fn hashes(
    connection: &mut Connection,
    tree: Tree,
    level: u8,
    first: u64,
    count: u64,
) -> Result<Vec<Hash>, StoreError> {
    let params = params![tree.name(), i64::from(level), int(first)?, int(first + count)?];
    let rows = connection.all(&HASHES, params).await?;
    rows.iter().map(|row| hash_of(row, "hash")).collect()
}

/// Reads the nodes of a proof, one query each: as many as the logarithm of the size.
async fn prove(
    connection: &mut Connection,
    tree: Tree,
    plan: &ProofPlan,
) -> Result<Vec<Hash>, StoreError> {
    let mut found: Vec<(NodeId, Hash)> = Vec::new();
    for node in plan.nodes() {
        let span = Span::of(node);
        let stored = hashes(connection, tree, span.level, span.first, span.count).await?;
        let hash = span.root(&stored).ok_or(StoreError::Corrupt { what: "hash of the log" })?;
        found.push((node, hash));
    }
    plan.assemble(|node| {
        let hit = found.iter().find(|(at, _)| *at == node);
        hit.map(|(_, hash)| *hash).ok_or(StoreError::Corrupt { what: "hash of the log" })
    })
}

fn plan_error(_: ProofError) -> StoreError {
    StoreError::NotFound(NotFound)
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

    /// Returns the hashes that show entry `index` to be in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is not.
    pub async fn inclusion_proof(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        index: u64,
        size: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let plan = ProofPlan::inclusion(index, size).map_err(plan_error)?;
        self.proof_within(tree, size, &plan).await
    }

    /// Returns the hashes that show the tree of `earlier` leaves to be the beginning of `later`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for sizes that the tree has not.
    pub async fn consistency_proof(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        earlier: u64,
        later: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let plan = ProofPlan::consistency(earlier, later).map_err(plan_error)?;
        self.proof_within(tree, later, &plan).await
    }

    /// As [`Store::inclusion_proof`] of the public log, which is for everybody.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the public log has no such tick or size.
    pub async fn public_inclusion_proof(
        &self,
        _viewer: &Viewer,
        number: u64,
        size: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let plan = ProofPlan::inclusion(number, size).map_err(plan_error)?;
        self.proof_within(Tree::Public, size, &plan).await
    }

    async fn proof_within(
        &self,
        tree: Tree,
        size: u64,
        plan: &ProofPlan,
    ) -> Result<Vec<Hash>, StoreError> {
        let mut connection = self.reader().await?;
        if size > Edge::read(&mut connection, tree).await?.frontier.size() {
            return Err(NotFound.into());
        }
        prove(&mut connection, tree, plan).await
    }

    /// Returns a tile of hashes of the public log.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the log does not reach so far.
    pub async fn public_tile(
        &self,
        _viewer: &Viewer,
        tile: &Tile,
    ) -> Result<Vec<Hash>, StoreError> {
        self.tile_within(Tree::Public, tile).await
    }

    /// Returns the data of the leaves of the public log that `tile` covers: 32 bytes a tick.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the log does not reach so far, or the tile holds no entries.
    pub async fn public_entries(
        &self,
        _viewer: &Viewer,
        tile: &Tile,
    ) -> Result<Vec<Hash>, StoreError> {
        if tile.kind != Kind::Entries || tile.index > u64::MAX / WIDTH / 2 {
            return Err(NotFound.into());
        }
        let (first, width) = (tile.first(), u64::from(tile.width));
        let params = params![int(first)?, int(first + width)?];
        let rows = self.reader().await?.all(&PUBLIC_ENTRIES, params).await?;
        let found = rows.iter().map(|row| hash_of(row, "entry")).collect::<Result<Vec<_>, _>>()?;
        if found.len() as u64 == width { Ok(found) } else { Err(NotFound.into()) }
    }

    /// Returns a tile of hashes of either tree.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the log does not reach so far.
    pub async fn log_tile(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        tile: &Tile,
    ) -> Result<Vec<Hash>, StoreError> {
        self.tile_within(tree, tile).await
    }

    async fn tile_within(&self, tree: Tree, tile: &Tile) -> Result<Vec<Hash>, StoreError> {
        let Kind::Hashes(level) = tile.kind else {
            return Err(NotFound.into());
        };
        if tile.index > u64::MAX / WIDTH / 2 {
            return Err(NotFound.into());
        }
        let width = u64::from(tile.width);
        let mut connection = self.reader().await?;
        let found = hashes(&mut connection, tree, level, tile.first(), width).await?;
        if found.len() as u64 == width { Ok(found) } else { Err(NotFound.into()) }
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
            edge.push(&mut connection, Hash::of_leaf(tick.entry.as_bytes())).await?;
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
