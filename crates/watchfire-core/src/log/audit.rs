//! The audit: does the evidence log, as it is stored, say what it always said?
//!
//! An [`Auditor`] is fed what a store holds, in order, and holds the right edges of two trees and
//! the leaf hashes since the last tick, whatever the size of the log. It compares four things:
//! 1. each row with itself: salt and bytes make the commitment that the row keeps;
//! 2. each row with the second copy: the commitment makes the leaf hash that the tiles keep, and
//!    the tiles of higher levels follow from those below;
//! 3. the tree with every checkpoint: those of the database, the one kept outside, those of the
//!    public log by way of the ticks;
//! 4. the length with the longest checkpoint.
//!
//! How exactly the first bad index is named: (1) and (2) name it to the row (a wrong hash in a
//! higher tile to the 256^L rows below it). If somebody rewrote row *and* tiles in agreement, only
//! (3) tells, and names the span between the last checkpoint that agrees and the first that does
//! not; its beginning is then the first bad index.

mod problem;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::batch::TickSecret;
use super::hash::Hash;
use super::leaf::{Commitment, Leaf, Salt};
use super::tick::{Tick, TickEntry};
use super::tree::{Frontier, NodeId};

pub use problem::{AnchorKind, Finding, Problem};

/// One row of the internal log, as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Its index.
    pub index: u64,
    /// The position of the event it belongs to, which must be the same number. `None` if there is
    /// no such event, or if a column that the commitment does not cover (id, stream, version, time)
    /// says something else than the bytes: whoever decodes the bytes must compare them.
    pub event: Option<u64>,
    /// The commitment that the row keeps.
    pub commitment: Commitment,
    /// The leaf hash that the tiles keep, or `None` if they keep none.
    pub tile_hash: Option<Hash>,
    /// The content.
    pub content: Content<'a>,
}

/// What is left of the content of a row.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// All of it.
    Kept {
        /// The salt of the commitment.
        salt: &'a Salt,
        /// The canonical bytes of the event.
        bytes: &'a [u8],
        /// The indices whose erasure this event orders, as its bytes say.
        erases: &'a [u64],
    },
    /// Nothing: bytes and salt are gone.
    Erased,
}

/// What is said of the size and root of the internal log, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Who says it.
    pub source: Source,
    /// The number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Where a checkpoint was kept. Its signature is the caller's to verify, before it is an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the database itself.
    Database,
    /// In a file outside the database, by a witness, or in somebody's hands.
    Outside,
}

/// One tick, as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct TickRow {
    /// Its number.
    pub number: u64,
    /// Its secret.
    pub secret: TickSecret,
    /// How many leaves of the internal log it covers.
    pub size: u64,
    /// Its entry in the public log.
    pub entry: TickEntry,
}

/// What a sound log amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The number of rows.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The number of rows whose content was erased by order.
    pub erased: u64,
    /// The size of the public log.
    pub ticks: u64,
    /// The root of the public log.
    pub public_root: Hash,
}

/// Compares a stored log with its copies and checkpoints, row by row.
#[derive(Debug, Default)]
pub struct Auditor {
    tree: Frontier,
    anchors: VecDeque<Anchor>,
    /// The size up to which a checkpoint agreed.
    agreed: u64,
    /// What erasures are ordered, and what content is gone. Both are as long as the erasures.
    ordered: BTreeSet<u64>,
    erased: BTreeSet<u64>,
    /// Stored hashes of higher tile levels that the rows have to lead to.
    tiles: BTreeMap<NodeId, Hash>,
    public: Frontier,
    public_anchors: VecDeque<(u64, Hash)>,
    /// The leaf hashes since the last tick.
    waiting: Vec<Hash>,
    ticked: u64,
}

impl Auditor {
    /// Begins an audit of the log from its first row.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Announces a checkpoint of the internal log; it is compared when the log has its size.
    ///
    /// Checkpoints may come in any order. A long history of them can be announced piece by piece,
    /// so that it need not be held at once.
    ///
    /// # Panics
    /// If more rows than `anchor.size` have been fed: it can no longer be compared.
    pub fn expect_checkpoint(&mut self, anchor: Anchor) {
        assert!(anchor.size >= self.tree.size(), "a checkpoint is announced before its size");
        let at = self.anchors.partition_point(|other| other.size <= anchor.size);
        self.anchors.insert(at, anchor);
    }

    /// Announces a checkpoint of the public log; it is compared when that log has its size.
    ///
    /// # Panics
    /// If more ticks than `size` have been fed.
    pub fn expect_public_checkpoint(&mut self, size: u64, root: Hash) {
        assert!(size >= self.public.size(), "a checkpoint is announced before its size");
        let at = self.public_anchors.partition_point(|(other, _)| *other <= size);
        self.public_anchors.insert(at, (size, root));
    }

    /// Announces a stored hash of tile level 1 or higher; it is compared when the last row below it
    /// has been fed. Announce it at any time before that.
    pub fn expect_tile_hash(&mut self, level: u8, index: u64, hash: Hash) {
        self.tiles.insert(NodeId::new(level * super::tile::HEIGHT, index), hash);
    }

    /// Returns the number of rows fed so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Feeds the next row.
    ///
    /// # Errors
    /// The [`Finding`], after which the audit is over.
    pub fn row(&mut self, row: &Row<'_>) -> Result<(), Finding> {
        self.compare_anchors()?;
        let index = self.tree.size();
        check_order(index, row)?;
        match row.content {
            Content::Kept { salt, bytes, erases } => {
                if Leaf::commit(salt, bytes) != row.commitment {
                    return finding(index, Problem::Edited(index));
                }
                // Only a later entry can order an erasure: an entry cannot order its own.
                self.ordered.extend(erases.iter().filter(|erased| **erased < index));
            }
            Content::Erased => drop(self.erased.insert(index)),
        }
        let leaf = row.commitment.leaf_hash();
        match row.tile_hash {
            Some(hash) if hash == leaf => {}
            Some(_) => return finding(index, Problem::Replaced(index)),
            None => return finding(index, Problem::NotInTiles(index)),
        }
        self.waiting.push(leaf);
        self.push(leaf)
    }

    fn push(&mut self, leaf: Hash) -> Result<(), Finding> {
        let mut wrong = None;
        let tiles = &mut self.tiles;
        self.tree.push_with(leaf, |node, hash| {
            let stored = tiles.remove(&node);
            if stored.is_some_and(|stored| stored != hash) && wrong.is_none() {
                wrong = Some(node);
            }
        });
        let Some(node) = wrong else { return Ok(()) };
        let (from, until) = (node.index << node.level, (node.index + 1) << node.level);
        let level = node.level / super::tile::HEIGHT;
        let problem = Problem::Tile { level, index: node.index, from, until: until - 1 };
        finding(from.max(self.agreed), problem)
    }

    /// Compares the checkpoints of the size that is reached, if there are any.
    fn compare_anchors(&mut self) -> Result<(), Finding> {
        let size = self.tree.size();
        while let Some(anchor) = self.anchors.pop_front_if(|anchor| anchor.size <= size) {
            if self.tree.root() != anchor.root {
                let anchor = AnchorKind(anchor.source);
                let problem = Problem::RootMismatch { anchor, size, from: self.agreed };
                return finding(self.agreed, problem);
            }
            self.agreed = size;
        }
        Ok(())
    }

    /// Feeds the next tick, when exactly the rows it covers have been fed; after the last row, the
    /// ticks that are left.
    ///
    /// # Errors
    /// The [`Finding`], after which the audit is over.
    pub fn tick(&mut self, row: &TickRow) -> Result<(), Finding> {
        self.compare_anchors()?;
        let number = self.public.size();
        let from = self.ticked;
        self.compare_public(from)?;
        if row.size > self.tree.size() {
            let (found, expected) = (self.tree.size(), row.size);
            return finding(found, Problem::Truncated { found, expected });
        }
        if row.number != number || row.size != self.tree.size() {
            return finding(from, Problem::TickOrder { expected: number });
        }
        let new = std::mem::take(&mut self.waiting);
        let tick = Tick::new(row.secret, row.size, self.tree.root(), &new);
        if !tick.is_ok_and(|tick: Tick| tick.entry() == row.entry) {
            let until = row.size.saturating_sub(1).max(from);
            return finding(from, Problem::Tick { number, from, until });
        }
        self.public.push(row.entry.leaf_hash());
        self.ticked = row.size;
        self.compare_public(from)
    }

    /// Compares the checkpoints of the public size that is reached; `from` is the first row for
    /// which they vouch anew.
    fn compare_public(&mut self, from: u64) -> Result<(), Finding> {
        let size = self.public.size();
        while let Some((_, root)) = self.public_anchors.pop_front_if(|(at, _)| *at <= size) {
            if root != self.public.root() {
                return finding(from, Problem::PublicCheckpoint { size });
            }
        }
        Ok(())
    }

    /// Ends the audit, given the number of events in the store.
    ///
    /// # Errors
    /// The [`Finding`]: a log that is too short, erasures without order, events without row.
    pub fn finish(mut self, events: u64) -> Result<Audited, Finding> {
        self.compare_anchors()?;
        self.compare_public(self.ticked)?;
        let size = self.tree.size();
        let without_order = self.erased.difference(&self.ordered).next();
        if let Some(&index) = without_order {
            return finding(index, Problem::ErasedWithoutOrder(index));
        }
        if let Some(last) = self.anchors.back() {
            let (found, expected) = (size, last.size);
            let outside = self.anchors.iter().any(|anchor| anchor.source == Source::Outside);
            let problem = if outside {
                Problem::RolledBack { found, expected }
            } else {
                Problem::Truncated { found, expected }
            };
            return finding(size, problem);
        }
        if events != size {
            return finding(size.min(events), Problem::EventsWithoutRow { events, rows: size });
        }
        if let Some((&node, _)) = self.tiles.first_key_value() {
            let (from, until) = (node.index << node.level, ((node.index + 1) << node.level) - 1);
            let level = node.level / super::tile::HEIGHT;
            return finding(size, Problem::Tile { level, index: node.index, from, until });
        }
        if let Some(&(at, _)) = self.public_anchors.front() {
            return finding(self.ticked, Problem::PublicCheckpoint { size: at });
        }
        Ok(Audited {
            size,
            root: self.tree.root(),
            erased: self.erased.len() as u64,
            ticks: self.public.size(),
            public_root: self.public.root(),
        })
    }
}

fn check_order(index: u64, row: &Row<'_>) -> Result<(), Finding> {
    if row.index > index {
        return finding(index, Problem::Missing { from: index, until: row.index });
    }
    if row.index < index {
        return finding(row.index, Problem::OutOfOrder(row.index));
    }
    if row.event != Some(index) {
        return finding(index, Problem::EventMismatch { row: index });
    }
    Ok(())
}

fn finding<T>(first_bad: u64, problem: Problem) -> Result<T, Finding> {
    Err(Finding { first_bad, problem })
}

#[cfg(test)]
mod tests;
