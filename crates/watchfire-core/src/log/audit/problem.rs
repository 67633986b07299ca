//! What an audit can find.

use std::fmt;

use super::Source;

/// What is wrong with a log. The message names what and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Rows are missing.
    #[error("rows {from} to {} are missing", .until.saturating_sub(1))]
    Missing {
        /// The first that is missing.
        from: u64,
        /// The first that is there again.
        until: u64,
    },
    /// A row is there twice, or out of its order.
    #[error("row {0} comes twice or out of its order")]
    OutOfOrder(u64),
    /// A row has no event, or that of another, or columns that contradict its bytes.
    #[error("row {row} and what is stored beside it do not belong together")]
    EventMismatch {
        /// The row.
        row: u64,
    },
    /// Bytes or salt are not what the commitment was made of.
    #[error("the content of row {0} is not what was committed to")]
    Edited(u64),
    /// Commitment and tile disagree: the row was exchanged, inserted or rewritten.
    #[error("row {0} is not the one that the tiles hold")]
    Replaced(u64),
    /// The tiles hold no hash of the row.
    #[error("the tiles do not hold row {0}")]
    NotInTiles(u64),
    /// The content is gone and nobody ordered it.
    #[error("the content of row {0} is gone, and no later entry orders its erasure")]
    ErasedWithoutOrder(u64),
    /// A tile of a higher level does not follow from the rows.
    #[error("hash {index} of tile level {level} does not follow from the rows {from} to {until}")]
    Tile {
        /// The level of tiles.
        level: u8,
        /// The hash, counted within the level.
        index: u64,
        /// The first row below it.
        from: u64,
        /// The last row below it.
        until: u64,
    },
    /// The tree is another than the checkpoint says.
    #[error("the {anchor} of size {size} has another root: something in rows {from} to {} was rewritten", .size.saturating_sub(1))]
    RootMismatch {
        /// Who says so.
        anchor: AnchorKind,
        /// The size of which it speaks.
        size: u64,
        /// From where on no earlier checkpoint vouches for the rows.
        from: u64,
    },
    /// The log is shorter than a checkpoint or tick in the database.
    #[error("the log ends at {found} rows, and a checkpoint or tick of its own says {expected}")]
    Truncated {
        /// The number of rows.
        found: u64,
        /// What the checkpoint says.
        expected: u64,
    },
    /// The log is shorter than the checkpoint outside.
    #[error(
        "the log ends at {found} rows, and the checkpoint kept outside says {expected}: the database was rolled back"
    )]
    RolledBack {
        /// The number of rows.
        found: u64,
        /// What the checkpoint says.
        expected: u64,
    },
    /// There are events without a row.
    #[error("there are {events} events and {rows} rows")]
    EventsWithoutRow {
        /// The number of events.
        events: u64,
        /// The number of rows.
        rows: u64,
    },
    /// A tick does not follow from its secret and the rows it covers.
    #[error("the public tick {number} does not follow from the rows {from} to {until}")]
    Tick {
        /// The tick.
        number: u64,
        /// The first row it covers.
        from: u64,
        /// The last row up to which it vouches, or `from` if it covers none.
        until: u64,
    },
    /// A tick is missing, or covers fewer rows than the one before.
    #[error("the public tick {expected} is missing or out of its order")]
    TickOrder {
        /// The number that was due.
        expected: u64,
    },
    /// The public log is another, or shorter, than its checkpoint says.
    #[error("the checkpoint of size {size} of the public log does not follow from its ticks")]
    PublicCheckpoint {
        /// The size of which it speaks.
        size: u64,
    },
}

/// A checkpoint, as a message calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorKind(pub Source);

impl fmt::Display for AnchorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Database => "checkpoint in the database",
            Source::Outside => "checkpoint kept outside",
        })
    }
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The lowest index that may be bad. In the public log's own problems it is the first row that
    /// has no sound tick.
    pub first_bad: u64,
    /// What is wrong.
    pub problem: Problem,
}
