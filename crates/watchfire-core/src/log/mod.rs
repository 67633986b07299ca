//! The evidence log: leaves, trees, proofs, checkpoints, and what verifies them.
//!
//! Everything here is arithmetic on bytes that the caller brings: no file, no clock, no randomness.
//! `docs/adr/0002-leaf-receipt-and-public-checkpoint.md` says what the bytes are and what they tell.
//!
//! - [`leaf`]: an event becomes a salted commitment, a commitment becomes a leaf.
//! - [`tree`], [`proof`]: the Merkle tree of RFC 9162, its growth and its proofs.
//! - [`tile`]: the layout of C2SP tlog-tiles.
//! - [`note`], [`checkpoint`]: C2SP signed notes and checkpoints.
//! - [`batch`], [`tick`]: the public log, which tells outsiders nothing but time.
//! - [`receipt`]: a public proof as a file, in the form of C2SP tlog-proof.
//! - [`audit`]: whether a stored log still says what it always said.
//! - [`bundle`]: entries with their proofs, for a stranger.
//! - [`probe`]: the line filter `log proof`.

pub mod audit;
pub mod batch;
pub mod bundle;
pub mod checkpoint;
pub mod hash;
pub mod leaf;
pub mod note;
pub mod probe;
pub mod proof;
pub mod receipt;
pub mod tick;
pub mod tile;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use hash::Hash;
pub use leaf::{Commitment, Leaf};
pub use note::{Note, NoteError, SignerKey, VerifierKey};
pub use proof::{ProofError, ProofPlan};
pub use receipt::Receipt;
pub use tick::{PublicProof, Schedule, Tick, TickEntry};
pub use tree::{Frontier, NodeId};
