//! The evidence log: leaves, trees, proofs, checkpoints, and what verifies them.
//!
//! Everything here is arithmetic on bytes that the caller brings: no file, no clock, no randomness.
//! `docs/adr/0002-leaf-receipt-and-public-checkpoint.md` says what the bytes are and what they tell.
//!
//! - [`leaf`]: an event becomes a salted commitment, a commitment becomes a leaf.
//! - [`tree`], [`proof`]: the Merkle tree of RFC 9162, its growth and its proofs.
//! - [`tile`]: the layout of C2SP tlog-tiles.

pub mod hash;
pub mod leaf;
pub mod proof;
pub mod tile;
pub mod tree;

pub use hash::Hash;
pub use leaf::{Commitment, Leaf};
pub use proof::{ProofError, ProofPlan};
pub use tree::{Frontier, NodeId};
