//! The hash of the log, and the two ways in which RFC 9162 uses it.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash. Prints as standard base64, the form of checkpoints and proofs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Hash::LEN]);

impl Hash {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Returns the hash of `parts`, one after the other, with nothing between.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// Returns the hash of a leaf with the given data. Source: RFC 9162, section 2.1.1.
    #[must_use]
    pub fn of_leaf(data: &[u8]) -> Self {
        Self::of(&[&[0x00], data])
    }

    /// Returns the hash of the node above `left` and `right`. Source: RFC 9162, section 2.1.1.
    #[must_use]
    pub fn of_node(left: &Self, right: &Self) -> Self {
        Self::of(&[&[0x01], &left.0, &right.0])
    }

    /// Returns the root of the tree without leaves. Source: RFC 9162, section 2.1.1.
    #[must_use]
    pub fn of_empty_tree() -> Self {
        Self::of(&[])
    }

    /// Returns the hash whose bytes these are, or `None` unless there are exactly 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads standard base64 with padding, or returns `None`.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_slice(&BASE64_STANDARD.decode(text).ok()?)
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl From<[u8; Self::LEN]> for Hash {
    fn from(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_tree_and_the_empty_leaf_hash_as_rfc_9162_says() {
        assert_eq!(
            Hash::of_empty_tree().to_string(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(Hash::of_leaf(b"").to_string(), "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=");
    }

    #[test]
    fn base64_is_read_back_and_other_lengths_are_refused() {
        let hash = Hash::of_leaf(b"a");
        assert_eq!(Hash::from_base64(&hash.to_string()), Some(hash));
        assert_eq!(Hash::from_base64("AAAA"), None);
        assert_eq!(Hash::from_base64("no base64!"), None);
        assert_eq!(Hash::from_slice(&[0; 33]), None);
    }
}
