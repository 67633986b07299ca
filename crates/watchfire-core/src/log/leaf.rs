//! What the log says of an entry: a commitment to its bytes, which are stored apart.
//!
//! ```text
//! commitment = SHA-256("watchfire.log.leaf.v1\n" ‖ salt ‖ bytes)
//! leaf hash  = SHA-256(0x00 ‖ commitment)
//! ```
//!
//! The tag and the salt have a fixed length, so no two pairs of salt and bytes are the same input.
//! Without the salt nobody can tell from a commitment what it commits to, however short the bytes;
//! so bytes can be encrypted where they are stored, or erased together with their salt.

use super::hash::Hash;

/// Separates these hashes from all others in the system. A new form of leaf gets a new tag.
const LEAF_TAG: &[u8] = b"watchfire.log.leaf.v1\n";

/// The random bytes that hide an entry: fresh for every entry, never public.
pub type Salt = [u8; 32];

/// An entry of the log, as it is committed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf;

impl Leaf {
    /// Returns the commitment to `bytes`, hidden by `salt`.
    #[must_use]
    pub fn commit(salt: &Salt, bytes: &[u8]) -> Commitment {
        Commitment(Hash::of(&[LEAF_TAG, salt, bytes]).0)
    }
}

/// What is left of an entry when its bytes and its salt are gone: the data of its leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// Returns the hash of the leaf in the tree.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        Hash::of_leaf(&self.0)
    }

    /// Returns the bytes, as they are stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the commitment whose bytes these are, or `None` unless there are exactly 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_leaf_never_change() {
        let commitment = Leaf::commit(&[7; 32], b"{\"v\":1}");
        let written_down = Hash::of(&[b"watchfire.log.leaf.v1\n", &[7; 32], b"{\"v\":1}"]);
        assert_eq!(commitment.as_bytes(), written_down.as_bytes());
        assert_eq!(
            Hash(commitment.0).to_string(),
            "il0wH3UH3Myaep5D1Q63p+YYDU47HpLxGrzBaqNq8no=",
            "the form of a leaf is the oldest promise we make"
        );
        assert_eq!(
            commitment.leaf_hash().to_string(),
            "zg21Lnw6ZZqh/y6MTF1ev++ectZ/Mfnny/nFdHxDCSU="
        );
    }

    #[test]
    fn salt_and_bytes_both_count() {
        let first = Leaf::commit(&[0; 32], b"a");
        assert_ne!(first, Leaf::commit(&[1; 32], b"a"));
        assert_ne!(first, Leaf::commit(&[0; 32], b"b"));
        assert_eq!(first, Leaf::commit(&[0; 32], b"a"));
    }
}
