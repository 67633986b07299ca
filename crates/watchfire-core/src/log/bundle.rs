//! The bundle: chosen entries with their proofs, for somebody who has nothing else of ours.
//!
//! One JSON document, and the same bytes each time: fixed order of keys, two spaces, no time of
//! export. Uses `serde_json`, because a person and any other program must be able to read it.
//!
//! ```text
//! format      "watchfire-bundle/1"
//! origin      the name of the public log
//! key         the verifier key
//! anchor      "public" or "internal": which log the checkpoint is of
//! checkpoint  the signed note
//! entries     [{ salt, text | bytes (base64), public | internal }]; erased: { commitment, … }
//!             public   = { slot, batch: [24 hashes], head, tick, inclusion: [hashes] }
//!             internal = { index, inclusion: [hashes] }
//! summary     readable sections (facts, submissions), whatever the exporter writes
//! seal        a note by the key over "watchfire-bundle/1\n" hash "\n", where hash is SHA-256 of
//!             the document without its seal
//! ```
//!
//! The entries are vouched for by the log. The summary is *not* derived again here: it is vouched
//! for by the seal alone, that is, by whoever holds the key of the log at the time of export.

mod form;

use std::collections::BTreeSet;

use serde_json::Value;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash::Hash;
use super::leaf::{Commitment, Leaf, Salt};
use super::note::{Note, NoteError, SignerKey, VerifierKey};
use super::proof::verify_inclusion;
use super::tick::PublicProof;

pub use form::FormError;

/// The name and version of the form.
pub const FORMAT: &str = "watchfire-bundle/1";
/// The longest document that is read, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 20;

/// What is bundled.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// The name of the public log.
    pub origin: String,
    /// The key that signs its checkpoints.
    pub key: VerifierKey,
    /// Which log the checkpoint is of.
    pub anchor: Anchor,
    /// The checkpoint, as a signed note.
    pub checkpoint: String,
    /// The entries, in the order of the log.
    pub entries: Vec<Entry>,
    /// Readable sections.
    pub summary: Value,
}

/// The log to which the entries of a bundle are proved to belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The public log: the recipient learns nothing of other entries.
    Public,
    /// The internal log: the recipient learns its size and the places of these entries.
    Internal,
}

/// One entry with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub content: Content,
    /// Why it is in the log.
    pub proof: EntryProof,
}

/// What is left of the content of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Kept {
        /// The salt of its commitment.
        salt: Salt,
        /// Its canonical bytes.
        bytes: Vec<u8>,
    },
    /// Only the commitment: bytes and salt were erased.
    Erased(Commitment),
}

/// The proof that an entry is in the log. Its kind is that of the bundle's anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryProof {
    /// By way of a tick.
    Public(PublicProof),
    /// By index.
    Internal {
        /// The index in the internal log.
        index: u64,
        /// The inclusion proof.
        inclusion: Vec<Hash>,
    },
}

/// A bundle that holds what it claims.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The bundle.
    pub bundle: Bundle,
    /// What its checkpoint says.
    pub checkpoint: Checkpoint,
    /// How many entries are only commitments.
    pub erased: usize,
    /// Whether the key is one that the verifier expected. Otherwise the bundle agrees with itself,
    /// and whose it is must be settled by comparing the key.
    pub key_expected: bool,
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It is not a bundle.
    #[error(transparent)]
    Form(#[from] FormError),
    /// It is a bundle, and something in it is not true.
    #[error(transparent)]
    Tampered(#[from] Tampered),
}

/// What in a bundle is not true.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Tampered {
    /// The first bad entry: its index in the log if the anchor is internal, its place in the
    /// bundle from 0 if it is public. `None` if no entry is at fault.
    pub first_bad: Option<u64>,
    /// What is wrong.
    pub what: String,
}

impl Bundle {
    /// Returns the document, sealed by `signer`.
    ///
    /// # Errors
    /// [`Tampered`] if the bundle would not verify: a proof that fails, entries out of order, a
    /// checkpoint or `signer` that does not belong to its key.
    pub fn seal(&self, signer: &SignerKey) -> Result<String, Tampered> {
        if *signer.verifier() != self.key {
            return Err(whole("the signer is not the key of the bundle".to_owned()));
        }
        self.check()?;
        let seal =
            Note::sign(&self.seal_text(), &[signer]).map_err(|error| refused_seal(&error))?;
        Ok(form::document(self, Some(&seal)))
    }

    fn seal_text(&self) -> String {
        let hash = Hash::of(&[form::document(self, None).as_bytes()]);
        format!("{FORMAT}\n{hash}\n")
    }

    /// Verifies the checkpoint and every entry, but not the seal.
    fn check(&self) -> Result<Checkpoint, Tampered> {
        let origin = match self.anchor {
            Anchor::Public => self.origin.clone(),
            Anchor::Internal => Checkpoint::internal_origin(&self.origin),
        };
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), &[&self.key], &origin)
            .map_err(|error: CheckpointError| whole(format!("the checkpoint: {error}")))?;
        let mut seen = BTreeSet::new();
        for (place, entry) in (0u64..).zip(&self.entries) {
            let (number, order) = entry.place(place);
            let bad = |what: String| Tampered { first_bad: Some(number), what };
            if !seen.insert(order) || seen.last().is_some_and(|last| last.0 > order.0) {
                return Err(bad(format!("entry {number} comes twice or out of its order")));
            }
            entry
                .verify(self.anchor, &checkpoint)
                .map_err(|what| bad(format!("entry {number}: {what}")))?;
        }
        Ok(checkpoint)
    }
}

impl Entry {
    /// Returns the leaf hash that content and salt lead to.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        match &self.content {
            Content::Kept { salt, bytes } => Leaf::commit(salt, bytes).leaf_hash(),
            Content::Erased(commitment) => commitment.leaf_hash(),
        }
    }

    /// Returns how the entry is called in messages, and its place in the order of the log: index,
    /// or tick and slot (within a tick the order is hidden).
    fn place(&self, place: u64) -> (u64, (u64, u32)) {
        match &self.proof {
            EntryProof::Public(proof) => (place, (proof.tick, proof.batch.slot)),
            EntryProof::Internal { index, .. } => (*index, (*index, 0)),
        }
    }

    fn verify(&self, anchor: Anchor, checkpoint: &Checkpoint) -> Result<(), String> {
        let leaf = self.leaf_hash();
        match (&self.proof, anchor) {
            (EntryProof::Public(proof), Anchor::Public) => {
                proof.verify(&leaf, checkpoint).map_err(|error| error.to_string())
            }
            (EntryProof::Internal { index, inclusion }, Anchor::Internal) => {
                let Checkpoint { size, root, .. } = checkpoint;
                verify_inclusion(*index, *size, &leaf, inclusion, root)
                    .map_err(|error| error.to_string())
            }
            _ => Err("its proof is of another kind than the anchor of the bundle".to_owned()),
        }
    }
}

/// Reads a document and verifies all of it: checkpoint, entries, seal.
///
/// With `expected` the key in the bundle must be that one.
///
/// # Errors
/// [`BundleError`]: not a bundle, or one in which something is not true.
pub fn verify(document: &[u8], expected: Option<&VerifierKey>) -> Result<Verified, BundleError> {
    let (bundle, seal) = form::read(document)?;
    if expected.is_some_and(|key| *key != bundle.key) {
        let what = format!("the bundle is by `{}`, which is not the expected key", bundle.key);
        return Err(whole(what).into());
    }
    let checkpoint = bundle.check()?;
    let signed = Note::parse(seal.as_bytes())
        .and_then(|note| note.verify(&[&bundle.key]).map(str::to_owned))
        .map_err(|error| refused_seal(&error))?;
    let sealed = form::document(&bundle, Some(&seal));
    if signed != bundle.seal_text() || sealed.as_bytes() != document {
        let what =
            "the document is not the one that was sealed: something beside the entries was changed";
        return Err(whole(what.to_owned()).into());
    }
    let erased =
        bundle.entries.iter().filter(|entry| matches!(entry.content, Content::Erased(_))).count();
    Ok(Verified { checkpoint, erased, key_expected: expected.is_some(), bundle })
}

fn whole(what: String) -> Tampered {
    Tampered { first_bad: None, what }
}

fn refused_seal(error: &NoteError) -> Tampered {
    whole(format!("the seal: {error}"))
}

#[cfg(test)]
mod tests;
