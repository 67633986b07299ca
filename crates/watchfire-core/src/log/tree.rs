//! The Merkle tree of RFC 9162, as it grows: nodes and the frontier.

use super::hash::Hash;

/// A complete subtree: its 2^`level` leaves begin at `index` × 2^`level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height above the leaves; 0 is a leaf. At most 63.
    pub level: u8,
    /// Place within the level, from 0 at the left.
    pub index: u64,
}

impl NodeId {
    /// Returns the node at `level` and `index`.
    #[must_use]
    pub fn new(level: u8, index: u64) -> Self {
        Self { level, index }
    }
}

/// Returns the complete subtrees that together make the leaves `start..end`, largest first.
///
/// `start` must be a multiple of the largest power of two not above `end - start`, as it is for
/// every range that occurs in a proof.
pub(crate) fn cover(start: u64, end: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    let mut at = start;
    while at < end {
        let level = (end - at).ilog2();
        nodes.push(NodeId { level: level as u8, index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// Returns the root over the hashes of complete subtrees, largest first, as [`cover`] orders them.
/// Without any it is the root of the empty tree.
pub(crate) fn fold(hashes: &[Hash]) -> Hash {
    hashes
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| Hash::of_node(&left, &right))
        .unwrap_or_else(Hash::of_empty_tree)
}

/// The right edge of a tree: all that is needed to append to it and to know its root.
///
/// Holds at most 64 hashes, whatever the size. A push costs two hashes on average.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// The roots of the complete subtrees from left to right, so from the largest to the smallest:
    /// one for each bit that is set in `size`.
    nodes: Vec<Hash>,
}

/// The largest size a tree may have: beyond it, levels and tile paths have no number.
const SIZE_MAX: u64 = 1 << 62;

impl Frontier {
    /// Returns the frontier of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, given its leaf hash.
    pub fn push(&mut self, leaf_hash: Hash) {
        self.push_with(leaf_hash, |_, _| {});
    }

    /// Appends a leaf and shows each node that it completes, the leaf itself first.
    ///
    /// Of these, the nodes whose level is a multiple of 8 are the hashes of the tiles.
    ///
    /// # Panics
    /// At 2^62 leaves, which at a million a second is after 146,000 years.
    pub fn push_with(&mut self, leaf_hash: Hash, mut completed: impl FnMut(NodeId, Hash)) {
        assert!(self.size < SIZE_MAX, "a tree has fewer than 2^62 leaves");
        let index = self.size;
        let mut hash = leaf_hash;
        completed(NodeId { level: 0, index }, hash);
        for level in 1..=index.trailing_ones() {
            let left = self.nodes.pop().expect("a bit set in the size has its node");
            hash = Hash::of_node(&left, &hash);
            completed(NodeId { level: level as u8, index: index >> level }, hash);
        }
        self.nodes.push(hash);
        self.size += 1;
    }

    /// Returns the root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.nodes)
    }

    /// Returns the frontier as bytes: the size (8 bytes, big-endian), then the hashes from left to
    /// right.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.nodes.len() * Hash::LEN);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        for node in &self.nodes {
            bytes.extend_from_slice(&node.0);
        }
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote, or returns `None` if the length does not fit the
    /// size.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        if size > SIZE_MAX || rest.len() != size.count_ones() as usize * Hash::LEN {
            return None;
        }
        let nodes = rest.chunks_exact(Hash::LEN).map(Hash::from_slice).collect::<Option<_>>()?;
        Some(Self { size, nodes })
    }

    /// Returns the nodes whose hashes make the frontier of a tree of `size` leaves, left to right.
    /// Hand their hashes to [`Frontier::from_nodes`].
    #[must_use]
    pub fn nodes_at(size: u64) -> Vec<NodeId> {
        cover(0, size)
    }

    /// Returns the frontier of a tree of `size` leaves from the hashes of [`Frontier::nodes_at`],
    /// or `None` if there are not as many.
    #[must_use]
    pub fn from_nodes(size: u64, hashes: Vec<Hash>) -> Option<Self> {
        let fits = size <= SIZE_MAX && hashes.len() == size.count_ones() as usize;
        fits.then_some(Self { size, nodes: hashes })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// RFC 9162, section 2.1.1, written down as it stands.
    pub(crate) fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of_empty_tree(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(split);
                Hash::of_node(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    pub(crate) fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|i| Hash::of_leaf(&i.to_be_bytes())).collect()
    }

    #[test]
    fn the_frontier_has_the_root_of_the_definition_at_every_size() {
        let leaves = leaves(300);
        let mut frontier = Frontier::new();
        for size in 0..=leaves.len() {
            assert_eq!(frontier.root(), root_by_definition(&leaves[..size]), "at size {size}");
            assert_eq!(frontier.size(), size as u64);
            if let Some(leaf) = leaves.get(size) {
                frontier.push(*leaf);
            }
        }
    }

    #[test]
    fn completed_nodes_are_the_roots_of_their_ranges() {
        let leaves = leaves(64);
        let mut frontier = Frontier::new();
        let mut seen = 0;
        for leaf in &leaves {
            frontier.push_with(*leaf, |node, hash| {
                let start = (node.index << node.level) as usize;
                let range = &leaves[start..start + (1 << node.level)];
                assert_eq!(hash, root_by_definition(range));
                seen += 1;
            });
        }
        assert_eq!(seen, 127);
    }

    #[test]
    fn bytes_are_read_back_and_a_wrong_length_is_refused() {
        let mut frontier = Frontier::new();
        for leaf in leaves(77) {
            frontier.push(leaf);
            assert_eq!(Frontier::from_bytes(&frontier.to_bytes()).as_ref(), Some(&frontier));
        }
        let bytes = frontier.to_bytes();
        assert_eq!(Frontier::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Frontier::from_bytes(&[bytes.as_slice(), &[0; 32]].concat()), None);
        assert_eq!(Frontier::from_bytes(&[0; 7]), None);
        assert_eq!(Frontier::from_bytes(&[0; 8]), Some(Frontier::new()));
        assert_eq!(Frontier::from_bytes(&[0xff; 8 + 64 * 32]), None);
    }

    #[test]
    fn a_frontier_is_rebuilt_from_stored_nodes() {
        let leaves = leaves(100);
        let mut frontier = Frontier::new();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        let hashes = Frontier::nodes_at(100)
            .iter()
            .map(|node| {
                let start = (node.index << node.level) as usize;
                root_by_definition(&leaves[start..start + (1 << node.level)])
            })
            .collect::<Vec<_>>();
        assert_eq!(Frontier::from_nodes(100, hashes.clone()), Some(frontier));
        assert_eq!(Frontier::from_nodes(101, hashes), None);
    }
}
