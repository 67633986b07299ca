//! The batch of a tick: the entries that came since the last one, in a tree that hides how many.
//!
//! A sparse Merkle tree of fixed height. Each leaf has a slot drawn from the tick's secret; a
//! subtree without leaves has a pseudo-random hash drawn from the same secret, which nobody without
//! the secret can tell from another. So every path has [`HEIGHT`] hashes and says nothing of others.
//!
//! ```text
//! slot   = first of SHA-256("watchfire.log.slot.v1\n" ‖ secret ‖ ordinal ‖ attempt), top 24 bits,
//!          that no earlier leaf of the batch has; attempts from 0
//! empty  = SHA-256("watchfire.log.empty.v1\n" ‖ secret ‖ height ‖ index)
//! node   = SHA-256(0x01 ‖ left ‖ right)
//! ```
//! Numbers are big-endian: ordinal 8 bytes, attempt and index 4, height 1.

use std::collections::BTreeSet;

use super::hash::Hash;

/// Levels between a leaf and the root of a batch, and so hashes in a path.
pub const HEIGHT: u8 = 24;
/// The most leaves of one batch: a sixteenth of the slots, so that a free one is soon found.
pub const LEAVES_MAX: usize = 1 << 20;

const SLOT_TAG: &[u8] = b"watchfire.log.slot.v1\n";
const EMPTY_TAG: &[u8] = b"watchfire.log.empty.v1\n";

/// The random bytes from which everything that hides a tick is drawn: fresh for each, never public.
pub type TickSecret = [u8; 32];

/// A leaf with its slot.
type Placed = (u32, Hash);

/// The tree over the leaf hashes of one tick.
#[derive(Debug, Clone)]
pub struct Batch {
    secret: TickSecret,
    /// The slot of each leaf, in the order in which the leaves were given.
    slots: Vec<u32>,
    /// The leaves with their slots, by slot.
    sorted: Vec<Placed>,
}

/// The batch is larger than one tick can take; the rest belongs to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tick takes at most 1048576 entries, not {0}")]
pub struct BatchTooLarge(pub usize);

impl Batch {
    /// Returns the batch of the given leaf hashes, which are in the order of the internal log.
    ///
    /// # Errors
    /// [`BatchTooLarge`] above [`LEAVES_MAX`].
    pub fn new(secret: TickSecret, leaves: &[Hash]) -> Result<Self, BatchTooLarge> {
        if leaves.len() > LEAVES_MAX {
            return Err(BatchTooLarge(leaves.len()));
        }
        let mut taken = BTreeSet::new();
        let slots: Vec<u32> = (0u64..)
            .take(leaves.len())
            .map(|ordinal| free_slot(&secret, ordinal, &mut taken))
            .collect();
        let mut sorted: Vec<_> = slots.iter().copied().zip(leaves.iter().copied()).collect();
        sorted.sort_unstable();
        Ok(Self { secret, slots, sorted })
    }

    /// Returns the root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.subtree(&self.sorted, HEIGHT, 0)
    }

    /// Returns the slot of the leaf that was given at `ordinal`, and its path from the bottom up.
    #[must_use]
    pub fn path(&self, ordinal: usize) -> Option<(u32, Vec<Hash>)> {
        let slot = *self.slots.get(ordinal)?;
        let mut path = Vec::with_capacity(usize::from(HEIGHT));
        let mut leaves = self.sorted.as_slice();
        for height in (0..HEIGHT).rev() {
            let index = slot >> height;
            let (left, right) = halves(leaves, height, index | 1);
            let (ours, other) = if index & 1 == 0 { (left, right) } else { (right, left) };
            path.push(self.subtree(other, height, index ^ 1));
            leaves = ours;
        }
        path.reverse();
        Some((slot, path))
    }

    /// Returns the root of the subtree `index` at `height`, whose leaves these are.
    fn subtree(&self, leaves: &[Placed], height: u8, index: u32) -> Hash {
        match leaves {
            [] => Hash::of(&[EMPTY_TAG, &self.secret, &[height], &index.to_be_bytes()]),
            [(_, leaf), ..] if height == 0 => *leaf,
            _ => {
                let (left, right) = halves(leaves, height - 1, index << 1 | 1);
                let left = self.subtree(left, height - 1, index << 1);
                Hash::of_node(&left, &self.subtree(right, height - 1, index << 1 | 1))
            }
        }
    }
}

/// Parts leaves, which are sorted by slot, where the subtree `right` at `height` begins.
fn halves(leaves: &[Placed], height: u8, right: u32) -> (&[Placed], &[Placed]) {
    leaves.split_at(leaves.partition_point(|(slot, _)| *slot < right << height))
}

fn free_slot(secret: &TickSecret, ordinal: u64, taken: &mut BTreeSet<u32>) -> u32 {
    (0u32..)
        .map(|attempt| {
            let numbers = [ordinal.to_be_bytes().as_slice(), &attempt.to_be_bytes()].concat();
            let [a, b, c, ..] = Hash::of(&[SLOT_TAG, secret, &numbers]).0;
            u32::from_be_bytes([0, a, b, c])
        })
        .find(|slot| taken.insert(*slot))
        .expect("fifteen of sixteen slots are free")
}

/// Returns the root to which `path` leads from a leaf at `slot`, or `None` if the path does not have
/// [`HEIGHT`] hashes or there is no such slot.
#[must_use]
pub fn root_from_path(slot: u32, leaf_hash: &Hash, path: &[Hash]) -> Option<Hash> {
    if path.len() != usize::from(HEIGHT) || slot >> HEIGHT != 0 {
        return None;
    }
    Some(path.iter().enumerate().fold(*leaf_hash, |below, (height, other)| {
        if slot >> height & 1 == 0 {
            Hash::of_node(&below, other)
        } else {
            Hash::of_node(other, &below)
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::leaves;
    use super::*;

    #[test]
    fn every_path_leads_to_the_root_and_has_the_same_length() {
        for count in [1, 2, 3, 100] {
            let leaves = leaves(count);
            let batch = Batch::new([5; 32], &leaves).expect("a small batch");
            let root = Some(batch.root());
            for (ordinal, leaf) in leaves.iter().enumerate().step_by(9) {
                let (slot, path) = batch.path(ordinal).expect("it is in the batch");
                assert_eq!(path.len(), 24);
                assert_eq!(root_from_path(slot, leaf, &path), root);
                assert_ne!(root_from_path(slot ^ 1, leaf, &path), root);
                assert_ne!(root_from_path(slot, &Hash([0; 32]), &path), root);
            }
            assert_eq!(batch.path(leaves.len()), None);
        }
    }

    #[test]
    fn a_path_of_another_length_or_a_slot_beyond_the_tree_leads_nowhere() {
        let batch = Batch::new([5; 32], &leaves(1)).expect("a small batch");
        let (slot, path) = batch.path(0).expect("it is in the batch");
        assert_eq!(root_from_path(slot, &leaves(1)[0], &path[1..]), None);
        let longer = [path.as_slice(), &[Hash([0; 32])]].concat();
        assert_eq!(root_from_path(slot, &leaves(1)[0], &longer), None);
        assert_eq!(root_from_path(slot | 1 << 24, &leaves(1)[0], &path), None);
    }

    #[test]
    fn an_empty_batch_has_a_root_of_its_secret() {
        let empty = |secret: u8| Batch::new([secret; 32], &[]).expect("empty").root();
        assert_ne!(empty(1), empty(2));
        assert_eq!(empty(1), empty(1));
    }

    #[test]
    fn slots_are_all_different_even_when_draws_collide() {
        let mut taken = BTreeSet::new();
        let first = free_slot(&[3; 32], 0, &mut taken);
        let again = free_slot(&[3; 32], 0, &mut taken);
        assert_ne!(first, again, "the second attempt is taken");
        let batch = Batch::new([7; 32], &leaves(20_000)).expect("below the limit");
        let all: BTreeSet<_> = batch.slots.iter().collect();
        assert_eq!(all.len(), 20_000);
    }

    #[test]
    fn a_batch_has_a_limit() {
        let many = vec![Hash([0; 32]); LEAVES_MAX + 1];
        assert!(matches!(Batch::new([0; 32], &many), Err(BatchTooLarge(1_048_577))));
    }
}
