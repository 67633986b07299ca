//! The audit of the stored log: reads it row by row, and has core compare.
//!
//! All of it is read in one snapshot, so that what is written meanwhile does not disturb.

use std::collections::HashMap;

use watchfire_core::event::encoding;
use watchfire_core::log::audit::{Anchor, Audited, Auditor, Content, Finding, Source, TickRow};
use watchfire_core::log::audit::{Problem, Row as AuditRow};
use watchfire_core::log::tick::TickEntry;
use watchfire_core::log::{Commitment, Hash};

use crate::Store;
use crate::annex::{self, Kept};
use crate::config::LogHead;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::log::{
    Checkpoint, Edge, LOG_ROWS_MAX, LogRow, Tick, Tree, checkpoint_of, hash_of, int, log_rows,
    tick_of,
};
use crate::page::limited;
use crate::policy::{Authorized, Node, Write};
use crate::statement::statements;

statements! {
    CHECKPOINTS_UP_TO =
        "SELECT size, root, note, signed_at FROM checkpoints WHERE tree = $1 AND size > $2 \
         AND size <= $3 ORDER BY size";
    CHECKPOINT_BEYOND =
        "SELECT size, root, note, signed_at FROM checkpoints WHERE tree = $1 AND size > $2 \
         ORDER BY size DESC LIMIT 1";
    HIGHER_HASHES =
        "SELECT level, position, hash FROM log_hashes WHERE tree = 'internal' AND level >= 1 \
         AND (level > $1 OR (level = $1 AND position > $2)) ORDER BY level, position LIMIT $3";
    TICKS =
        "SELECT number, secret, internal_size, internal_root, entry FROM ticks \
         WHERE number >= $1 ORDER BY number LIMIT $2";
    EVENTS_COUNT = "SELECT COUNT(*) AS count FROM events";
}

/// What the audit of a log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditReport {
    /// It says what it always said.
    Sound(Audited),
    /// It does not; the first bad index and what is wrong.
    Tampered(Finding),
    /// A note in the database is not signed by the known keys, or says another thing than its row.
    BadNote(NoteProblem),
}

/// Which note is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteProblem {
    pub tree: Tree,
    /// The size that its row says.
    pub size: u64,
}

/// Why an audit ended.
enum Stop {
    Found(AuditReport),
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(AuditReport::Tampered(finding))
    }
}

impl Store {
    /// Audits the whole log.
    ///
    /// `outside` are the heads that were kept elsewhere, whose signatures the caller has verified.
    /// `open` verifies the signatures of a note of the database and returns the head it is over,
    /// or `None` if they are not good.
    ///
    /// # Errors
    /// Failures of the database. What was tampered with is no error but in the report.
    pub async fn audit(
        &self,
        _grant: &Authorized<Node, Write>,
        outside: &[LogHead],
        open: &(dyn Fn(Tree, &str) -> Option<LogHead> + Send + Sync),
    ) -> Result<AuditReport, StoreError> {
        let mut connection = self.reader().await?;
        connection.snapshot().await?;
        let mut audit =
            Audit { auditor: Auditor::new(), versions: HashMap::new(), open, public_size: 0 };
        for head in outside {
            audit.auditor.expect_checkpoint(anchor(Source::Outside, head));
        }
        let result = match audit.walk(&mut connection).await {
            Ok(events) => audit.auditor.finish(events).map_err(Stop::from),
            Err(stop) => Err(stop),
        };
        connection.rollback().await?;
        match result {
            Ok(audited) => Ok(AuditReport::Sound(audited)),
            Err(Stop::Found(report)) => Ok(report),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

struct Audit<'a> {
    auditor: Auditor,
    /// The last version of each history, by noun and id.
    versions: HashMap<(String, String), u64>,
    open: &'a (dyn Fn(Tree, &str) -> Option<LogHead> + Send + Sync),
    /// Up to which size checkpoints of the public log were announced.
    public_size: u64,
}

fn anchor(source: Source, head: &LogHead) -> Anchor {
    Anchor { source, size: head.size, root: head.root }
}

impl Audit<'_> {
    /// Feeds everything, in order. Returns the number of events.
    async fn walk(&mut self, connection: &mut Connection) -> Result<u64, Stop> {
        self.expect_tiles(connection).await?;
        let head = Edge::read(connection, Tree::Internal).await?.head();
        self.auditor.expect_checkpoint(anchor(Source::Database, &head));
        let mut ticks = self.next_ticks(connection, 0).await?;
        loop {
            let from = self.auditor.size();
            self.expect_checkpoints(connection, from, from + LOG_ROWS_MAX as u64).await?;
            let rows = log_rows(connection, from, LOG_ROWS_MAX).await?;
            let last = rows.last().map_or(from, |row| row.index);
            let mut beside = annex::beside(connection, from, last).await?;
            for row in &rows {
                self.feed_ticks(connection, &mut ticks, false).await?;
                self.feed_row(row, &beside.remove(&row.event).unwrap_or_default())?;
            }
            if rows.is_empty() {
                break;
            }
        }
        self.feed_ticks(connection, &mut ticks, true).await?;
        self.expect_beyond(connection).await?;
        let row = connection.optional(&EVENTS_COUNT, params![]).await?;
        let row = row.ok_or(StoreError::Corrupt { what: "number of events" })?;
        Ok(row.natural("count")?)
    }

    /// Announces the stored hashes of the higher levels: one for 256 rows.
    async fn expect_tiles(&mut self, connection: &mut Connection) -> Result<(), Stop> {
        let (mut level, mut position) = (0, -1);
        loop {
            let params = params![level, position, limited(0, LOG_ROWS_MAX)];
            let rows = connection.all(&HIGHER_HASHES, params).await?;
            for row in &rows {
                (level, position) = (row.int("level")?, row.int("position")?);
                let at = u8::try_from(level).ok().filter(|level| *level < 8);
                let at = at.ok_or(StoreError::Corrupt { what: "level of a hash" })?;
                self.auditor.expect_tile_hash(at, row.natural("position")?, hash_of(row, "hash")?);
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// Verifies a note of the database and returns the head it is over.
    fn opened(&self, tree: Tree, checkpoint: &Checkpoint) -> Result<LogHead, Stop> {
        match (self.open)(tree, &checkpoint.note) {
            Some(head) if head == checkpoint.head => Ok(head),
            _ => {
                let size = checkpoint.head.size;
                Err(Stop::Found(AuditReport::BadNote(NoteProblem { tree, size })))
            }
        }
    }

    async fn checkpoints(
        connection: &mut Connection,
        tree: Tree,
        after: u64,
        until: u64,
    ) -> Result<Vec<Checkpoint>, Stop> {
        let params = params![tree.name(), int(after)?, int(until)?];
        let rows = connection.all(&CHECKPOINTS_UP_TO, params).await?;
        Ok(rows.iter().map(checkpoint_of).collect::<Result<_, _>>()?)
    }

    async fn expect_checkpoints(
        &mut self,
        connection: &mut Connection,
        after: u64,
        until: u64,
    ) -> Result<(), Stop> {
        for checkpoint in Self::checkpoints(connection, Tree::Internal, after, until).await? {
            let head = self.opened(Tree::Internal, &checkpoint)?;
            self.auditor.expect_checkpoint(anchor(Source::Database, &head));
        }
        Ok(())
    }

    /// Announces the longest checkpoint beyond what is there: the log was cut.
    async fn expect_beyond(&mut self, connection: &mut Connection) -> Result<(), Stop> {
        for (tree, size) in
            [(Tree::Internal, self.auditor.size()), (Tree::Public, self.public_size)]
        {
            let params = params![tree.name(), int(size)?];
            let Some(row) = connection.optional(&CHECKPOINT_BEYOND, params).await? else {
                continue;
            };
            let head = self.opened(tree, &checkpoint_of(&row)?)?;
            match tree {
                Tree::Internal => {
                    self.auditor.expect_checkpoint(anchor(Source::Database, &head));
                }
                Tree::Public => self.auditor.expect_public_checkpoint(head.size, head.root),
            }
        }
        Ok(())
    }

    /// Reads ticks from `number`, and announces the public checkpoints that they lead to.
    async fn next_ticks(
        &mut self,
        connection: &mut Connection,
        number: u64,
    ) -> Result<Vec<Tick>, Stop> {
        let params = params![int(number)?, limited(0, LOG_ROWS_MAX)];
        let rows = connection.all(&TICKS, params).await?;
        let mut ticks = rows.iter().map(tick_of).collect::<Result<Vec<_>, _>>()?;
        if !ticks.is_empty() {
            let until = number + ticks.len() as u64;
            let checkpoints =
                Self::checkpoints(connection, Tree::Public, self.public_size, until).await?;
            for checkpoint in checkpoints {
                let head = self.opened(Tree::Public, &checkpoint)?;
                self.auditor.expect_public_checkpoint(head.size, head.root);
            }
            self.public_size = until;
        }
        // Taken from the end, so the earliest comes last.
        ticks.reverse();
        Ok(ticks)
    }

    /// Feeds the ticks that cover exactly the rows fed so far; after the last row, all.
    async fn feed_ticks(
        &mut self,
        connection: &mut Connection,
        ticks: &mut Vec<Tick>,
        all: bool,
    ) -> Result<(), Stop> {
        while let Some(tick) = ticks.pop_if(|tick| all || tick.internal.size <= self.auditor.size())
        {
            self.auditor.tick(&TickRow {
                number: tick.number,
                secret: tick.secret,
                size: tick.internal.size,
                entry: TickEntry(tick.entry.0),
            })?;
            if ticks.is_empty() {
                *ticks = self.next_ticks(connection, tick.number + 1).await?;
            }
        }
        Ok(())
    }

    fn feed_row(&mut self, row: &LogRow, annexes: &[Kept]) -> Result<(), Stop> {
        let edited = || Finding { first_bad: row.index, problem: Problem::Edited(row.index) };
        let commitment = Commitment::from_slice(&row.commitment).ok_or_else(edited)?;
        let salt = row.salt.as_deref().map(TryInto::try_into).transpose();
        let salt: Option<[u8; 32]> = salt.map_err(|_| edited())?;
        let content = match (&row.bytes, &salt) {
            (Some(bytes), Some(salt)) => Content::Kept { salt, bytes, erases: &[] },
            (None, None) => Content::Erased,
            _ => return Err(edited().into()),
        };
        let event = self.agrees(row, annexes).then_some(row.index);
        let tile_hash = row.tile_hash.as_deref().and_then(Hash::from_slice);
        Ok(self.auditor.row(&AuditRow {
            index: row.index,
            event,
            commitment,
            tile_hash,
            content,
        })?)
    }

    /// Whether the columns beside the bytes say what the bytes say, the version is the next of its
    /// history, and what is kept beside the event is what it names.
    fn agrees(&mut self, row: &LogRow, annexes: &[Kept]) -> bool {
        let history = (row.noun.clone(), row.stream.clone());
        let version = self.versions.entry(history).or_default();
        *version += 1;
        if int(*version).ok() != Some(row.version) {
            return false;
        }
        let Some(bytes) = &row.bytes else {
            return true;
        };
        encoding::decode(bytes).is_ok_and(|event| {
            let stream = event.body.stream();
            event.id.as_str() == row.event
                && stream.parts() == (row.noun.as_str(), row.stream.as_str())
                && event.recorded_at.as_microsecond() == row.recorded_at
                && annex::agree(&event.body, annexes)
        })
    }
}
