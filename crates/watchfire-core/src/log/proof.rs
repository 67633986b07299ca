//! Inclusion and consistency proofs: which nodes they need, and whether they verify.
//!
//! Sources: RFC 9162, sections 2.1.3 and 2.1.4; for subtrees draft-ietf-plants-merkle-tree-certs,
//! sections 4.3 and 4.4.

use super::hash::Hash;
use super::tree::{NodeId, cover, fold};

/// Why a proof does not verify, or cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf is not in the tree or subtree.
    #[error("index {index} is outside {start}..{end}")]
    IndexOutside {
        /// The index of the leaf.
        index: u64,
        /// The first index of the tree or subtree.
        start: u64,
        /// One past its last index.
        end: u64,
    },
    /// The earlier tree is larger than the later one.
    #[error("a tree of {later} leaves is not a continuation of one of {earlier}")]
    Shrunk {
        /// The size of the earlier tree.
        earlier: u64,
        /// The size of the later tree.
        later: u64,
    },
    /// No proof from the empty tree says anything: every tree continues it.
    #[error("consistency with the empty tree says nothing")]
    FromEmpty,
    /// `start..end` is not a subtree: its start is no multiple of the power of two that holds it.
    #[error("{start}..{end} is not a subtree")]
    NotASubtree {
        /// The first index.
        start: u64,
        /// One past the last index.
        end: u64,
    },
    /// Hashes are missing.
    #[error("the proof is too short")]
    TooShort,
    /// Hashes are left over.
    #[error("the proof is too long")]
    TooLong,
    /// The proof leads to another hash than the root it should lead to.
    #[error("the proof leads to another root")]
    RootMismatch,
}

/// What a proof is made of: for each of its hashes, the complete subtrees that make it.
///
/// A store reads the hashes of [`ProofPlan::nodes`] as it likes (see [`super::tile::Span`] for
/// tiles) and hands them to [`ProofPlan::assemble`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    ranges: Vec<(u64, u64)>,
}

impl ProofPlan {
    /// Plans the proof that the leaf `index` is in the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`ProofError::IndexOutside`] unless `index` is below `size`.
    ///
    /// Source: RFC 9162, section 2.1.3.1.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, ProofError> {
        if index >= size {
            return Err(ProofError::IndexOutside { index, start: 0, end: size });
        }
        let mut ranges = Vec::new();
        let (mut start, mut end) = (0, size);
        while end - start > 1 {
            let split = start + split(end - start);
            if index < split {
                ranges.push((split, end));
                end = split;
            } else {
                ranges.push((start, split));
                start = split;
            }
        }
        ranges.reverse();
        Ok(Self { ranges })
    }

    /// Plans the proof that the tree of the first `later` leaves continues that of `earlier`.
    ///
    /// Empty where both are the same tree.
    ///
    /// # Errors
    /// [`ProofError::FromEmpty`] and [`ProofError::Shrunk`], where there is nothing to prove.
    ///
    /// Source: RFC 9162, section 2.1.4.1.
    pub fn consistency(earlier: u64, later: u64) -> Result<Self, ProofError> {
        if earlier > later {
            return Err(ProofError::Shrunk { earlier, later });
        }
        if earlier == 0 {
            return Err(ProofError::FromEmpty);
        }
        Self::subtree_consistency(0, earlier, later)
    }

    /// Plans the proof that the subtree `start..end` is part of the tree of `size` leaves.
    ///
    /// # Errors
    /// [`ProofError::NotASubtree`] and, if it ends beyond the tree, [`ProofError::Shrunk`].
    ///
    /// Source: draft-ietf-plants-merkle-tree-certs, section 4.4.
    pub fn subtree_consistency(start: u64, end: u64, size: u64) -> Result<Self, ProofError> {
        check_subtree(start, end)?;
        if end > size {
            return Err(ProofError::Shrunk { earlier: end, later: size });
        }
        let mut ranges = Vec::new();
        let (mut low, mut high) = (0, size);
        // Whether the subtree reaches the left edge of what is left: then its hash is known.
        let mut known = true;
        while (low, high) != (start, end) {
            if low >= start && high == end {
                break;
            }
            let split = low + split(high - low);
            if end <= split {
                ranges.push((split, high));
                high = split;
            } else {
                ranges.push((low, split));
                if low >= start {
                    known = false;
                }
                low = split;
            }
        }
        if !known {
            ranges.push((low, high));
        }
        ranges.reverse();
        Ok(Self { ranges })
    }

    /// Returns every node whose hash is needed, in no promised order.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeId> {
        self.ranges.iter().flat_map(|&(start, end)| cover(start, end)).collect()
    }

    /// Returns the proof, given the hash of each node.
    ///
    /// # Errors
    /// The first error of `read`.
    pub fn assemble<E>(
        &self,
        mut read: impl FnMut(NodeId) -> Result<Hash, E>,
    ) -> Result<Vec<Hash>, E> {
        self.ranges
            .iter()
            .map(|&(start, end)| {
                let hashes =
                    cover(start, end).into_iter().map(&mut read).collect::<Result<Vec<_>, E>>()?;
                Ok(fold(&hashes))
            })
            .collect()
    }
}

/// Returns the largest power of two below `size`, which must be at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// A subtree holds at least one leaf and begins at a multiple of the smallest power of two that is
/// not below its size.
fn check_subtree(start: u64, end: u64) -> Result<(), ProofError> {
    let refused = Err(ProofError::NotASubtree { start, end });
    if start >= end {
        return refused;
    }
    if start == 0 {
        return Ok(());
    }
    match (end - start).checked_next_power_of_two() {
        Some(width) if start.is_multiple_of(width) => Ok(()),
        _ => refused,
    }
}

/// Verifies that the leaf `index`, with `leaf_hash`, is in the tree of `size` leaves with `root`.
///
/// # Errors
/// [`ProofError`] says why not. A proof with hashes to spare is refused.
///
/// Source: RFC 9162, section 2.1.3.2.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf_hash: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutside { index, start: 0, end: size });
    }
    let (mut leaf, mut last) = (index, size - 1);
    let mut computed = *leaf_hash;
    for hash in proof {
        if last == 0 {
            return Err(ProofError::TooLong);
        }
        if leaf & 1 == 1 || leaf == last {
            computed = Hash::of_node(hash, &computed);
            while leaf & 1 == 0 && leaf != 0 {
                leaf >>= 1;
                last >>= 1;
            }
        } else {
            computed = Hash::of_node(&computed, hash);
        }
        leaf >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::TooShort);
    }
    expect_root(&computed, root)
}

/// Verifies that the leaf `index` of the whole tree is in the subtree `start..end` with `root`.
///
/// # Errors
/// [`ProofError`] says why not.
///
/// Source: draft-ietf-plants-merkle-tree-certs, section 4.3.
pub fn verify_subtree_inclusion(
    index: u64,
    start: u64,
    end: u64,
    leaf_hash: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    check_subtree(start, end)?;
    if !(start..end).contains(&index) {
        return Err(ProofError::IndexOutside { index, start, end });
    }
    verify_inclusion(index - start, end - start, leaf_hash, proof, root)
}

/// Verifies that the tree of `later` leaves with `later_root` continues that of `earlier` leaves.
///
/// Two empty trees are consistent if both roots are that of the empty tree.
///
/// # Errors
/// [`ProofError`] says why not; [`ProofError::FromEmpty`] for the empty tree and another.
///
/// Source: RFC 9162, section 2.1.4.2.
pub fn verify_consistency(
    earlier: u64,
    later: u64,
    proof: &[Hash],
    earlier_root: &Hash,
    later_root: &Hash,
) -> Result<(), ProofError> {
    if earlier > later {
        return Err(ProofError::Shrunk { earlier, later });
    }
    if earlier == 0 && later > 0 {
        return Err(ProofError::FromEmpty);
    }
    if earlier == 0 {
        expect_root(later_root, &Hash::of_empty_tree())?;
        return verify_empty(proof, earlier_root);
    }
    verify_subtree_consistency(0, earlier, later, proof, earlier_root, later_root)
}

/// Verifies that the subtree `start..end` with `subtree_root` is part of the tree of `size` leaves
/// with `root`.
///
/// The empty subtree (`start` = `end` ≤ `size`) is part of every tree, if its root is that of the
/// empty tree and nothing is offered as proof.
///
/// # Errors
/// [`ProofError`] says why not.
///
/// Source: draft-ietf-plants-merkle-tree-certs, section 4.4.
pub fn verify_subtree_consistency(
    start: u64,
    end: u64,
    size: u64,
    proof: &[Hash],
    subtree_root: &Hash,
    root: &Hash,
) -> Result<(), ProofError> {
    if end > size {
        return Err(ProofError::Shrunk { earlier: end, later: size });
    }
    if start == end {
        return verify_empty(proof, subtree_root);
    }
    check_subtree(start, end)?;
    walk(Walk { first: start, last: end - 1, edge: size - 1 }, proof, subtree_root, root)
}

/// Where a consistency proof stands, on one level: the first and last node of the subtree and the
/// last node of the tree.
struct Walk {
    first: u64,
    last: u64,
    edge: u64,
}

impl Walk {
    fn up(&mut self) {
        self.first >>= 1;
        self.last >>= 1;
        self.edge >>= 1;
    }
}

fn walk(mut at: Walk, proof: &[Hash], subtree_root: &Hash, root: &Hash) -> Result<(), ProofError> {
    // Begin at the lowest level where a hash is needed: that of the largest complete subtree at the
    // subtree's right edge, or of the subtree itself if it ends where the tree ends.
    let ends_with_tree = at.last == at.edge;
    while at.first != at.last && (ends_with_tree || at.last & 1 == 1) {
        at.up();
    }
    let mut rest = proof;
    let seed = if at.first == at.last {
        *subtree_root
    } else {
        let (first, others) = proof.split_first().ok_or(ProofError::TooShort)?;
        rest = others;
        *first
    };
    let (mut of_subtree, mut of_tree) = (seed, seed);
    for hash in rest {
        if at.edge == 0 {
            return Err(ProofError::TooLong);
        }
        if at.last & 1 == 1 || at.last == at.edge {
            if at.first < at.last {
                of_subtree = Hash::of_node(hash, &of_subtree);
            }
            of_tree = Hash::of_node(hash, &of_tree);
            while at.last & 1 == 0 {
                at.up();
            }
        } else {
            of_tree = Hash::of_node(&of_tree, hash);
        }
        at.up();
    }
    if at.edge != 0 {
        return Err(ProofError::TooShort);
    }
    expect_root(&of_subtree, subtree_root)?;
    expect_root(&of_tree, root)
}

fn verify_empty(proof: &[Hash], root: &Hash) -> Result<(), ProofError> {
    if !proof.is_empty() {
        return Err(ProofError::TooLong);
    }
    expect_root(root, &Hash::of_empty_tree())
}

fn expect_root(computed: &Hash, expected: &Hash) -> Result<(), ProofError> {
    if computed == expected { Ok(()) } else { Err(ProofError::RootMismatch) }
}

#[cfg(test)]
mod tests;
