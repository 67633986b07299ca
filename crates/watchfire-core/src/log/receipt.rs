//! A receipt as a file: a proof in the form of C2SP tlog-proof, to be kept and checked offline.
//!
//! The leaf of the tlog-proof is the entry of the tick, so standard tools verify the way from the
//! tick to the checkpoint. The way from our entry to the tick is in its `extra` line:
//! slot (4 bytes, big-endian) ‖ head (32) ‖ the hashes of the batch from the bottom up (24 × 32).
//! The salt is not in it: the file can be shown to anybody, and says nothing to who lacks salt and
//! bytes.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::batch::HEIGHT;
use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash::Hash;
use super::note::VerifierKey;
use super::tick::{BatchPath, PublicProof, PublicProofError};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
const EXTRA_BYTES: usize = 4 + Hash::LEN + HEIGHT as usize * Hash::LEN;
/// The longest inclusion proof there is: one hash for each level of the largest tree.
const INCLUSION_HASHES_MAX: usize = 63;

/// A proof and the checkpoint that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The proof.
    pub proof: PublicProof,
    /// The checkpoint of the public log, as a signed note.
    pub checkpoint: String,
}

/// Why a receipt is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The text is not a receipt.
    #[error("not a receipt: {0}")]
    Malformed(&'static str),
    /// The checkpoint is refused.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The proof does not lead from the entry to the checkpoint.
    #[error(transparent)]
    Proof(#[from] PublicProofError),
}

impl Receipt {
    /// Returns the text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let BatchPath { slot, hashes, head } = &self.proof.batch;
        let mut extra = slot.to_be_bytes().to_vec();
        extra.extend([head].into_iter().chain(hashes).flat_map(|hash| hash.0));
        let extra = BASE64_STANDARD.encode(extra);
        let inclusion: String =
            self.proof.inclusion.iter().map(|hash| format!("{hash}\n")).collect();
        let Self { proof: PublicProof { tick, .. }, checkpoint } = self;
        format!("{FIRST_LINE}\nextra {extra}\nindex {tick}\n{inclusion}\n{checkpoint}")
    }

    /// Reads what [`Receipt::to_text`] wrote.
    ///
    /// # Errors
    /// [`ReceiptError::Malformed`] says what is wrong with its form.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let malformed = ReceiptError::Malformed;
        let (proof, checkpoint) = text
            .split_once("\n\n")
            .ok_or(malformed("there is no empty line before a checkpoint"))?;
        let mut lines = proof.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(malformed("its first line is not `c2sp.org/tlog-proof@v1`"));
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra "));
        let batch = extra
            .and_then(read_extra)
            .ok_or(malformed("its `extra` line does not hold the way to a tick"))?;
        let tick = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(|digits| digits.parse::<u64>().ok().filter(|it| it.to_string() == digits))
            .ok_or(malformed("its `index` line is not a plain decimal number"))?;
        let inclusion: Vec<Hash> = lines
            .take(INCLUSION_HASHES_MAX + 1)
            .map(Hash::from_base64)
            .collect::<Option<_>>()
            .ok_or(malformed("a line of the proof is not 32 bytes in base64"))?;
        if inclusion.len() > INCLUSION_HASHES_MAX {
            return Err(malformed("the proof has more than 63 hashes"));
        }
        let proof = PublicProof { batch, tick, inclusion };
        Ok(Self { proof, checkpoint: checkpoint.to_owned() })
    }

    /// Verifies that the entry with `leaf_hash` is in the public log `origin`, as one of `known`
    /// signed it, and returns the checkpoint.
    ///
    /// # Errors
    /// [`ReceiptError`] says why not.
    pub fn verify(
        &self,
        leaf_hash: &Hash,
        known: &[&VerifierKey],
        origin: &str,
    ) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), known, origin)?;
        self.proof.verify(leaf_hash, &checkpoint)?;
        Ok(checkpoint)
    }
}

fn read_extra(text: &str) -> Option<BatchPath> {
    let bytes = BASE64_STANDARD.decode(text).ok().filter(|bytes| bytes.len() == EXTRA_BYTES)?;
    let (slot, rest) = bytes.split_first_chunk::<4>()?;
    let mut hashes = rest.chunks_exact(Hash::LEN).filter_map(Hash::from_slice);
    let head = hashes.next()?;
    Some(BatchPath { slot: u32::from_be_bytes(*slot), head, hashes: hashes.collect() })
}

#[cfg(test)]
mod tests {
    use super::super::note::SignerKey;
    use super::super::tick::Tick;
    use super::super::tree::Frontier;
    use super::super::tree::tests::leaves;
    use super::*;

    const ORIGIN: &str = "psirt.example/log";

    fn key() -> SignerKey {
        SignerKey::from_seed(ORIGIN, &[3; 32]).expect("a fine name")
    }

    /// The receipt of the second of three leaves, in the third tick of the public log.
    fn receipt() -> Receipt {
        let leaves = leaves(3);
        let tick = |secret: u8, new: &[Hash]| {
            Tick::new([secret; 32], 3, Hash([0; 32]), new).expect("small")
        };
        let ticks = [tick(1, &[]), tick(2, &[]), tick(3, &leaves)];
        let mut public = Frontier::new();
        ticks.iter().for_each(|tick| public.push(tick.entry().leaf_hash()));
        let [first, second, _] = ticks.clone().map(|tick| tick.entry().leaf_hash());
        let inclusion = vec![Hash::of_node(&first, &second)];
        let batch = ticks[2].path(1).expect("three came");
        let checkpoint = Checkpoint::new(ORIGIN, 3, public.root());
        Receipt {
            proof: PublicProof { batch, tick: 2, inclusion },
            checkpoint: checkpoint.sign(&[&key()]).expect("fine lines"),
        }
    }

    #[test]
    fn a_receipt_verifies_offline_from_its_text() {
        let text = receipt().to_text();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra "));
        let read = Receipt::parse(&text).expect("what we wrote");
        assert_eq!(read, receipt());
        let verify = |leaf: &Hash, origin: &str| read.verify(leaf, &[key().verifier()], origin);
        assert_eq!(verify(&leaves(3)[1], ORIGIN).map(|checkpoint| checkpoint.size), Ok(3));
        assert!(matches!(verify(&leaves(3)[0], ORIGIN), Err(ReceiptError::Proof(_))));
        assert!(matches!(verify(&leaves(3)[1], "other"), Err(ReceiptError::Checkpoint(_))));
    }

    #[test]
    fn no_line_of_a_receipt_can_be_changed() {
        let text = receipt().to_text();
        let sound = |text: &str| {
            let receipt = Receipt::parse(text)?;
            receipt.verify(&leaves(3)[1], &[key().verifier()], ORIGIN)
        };
        assert!(sound(&text).is_ok());
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)).step_by(5) {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(sound(&changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let text = receipt().to_text();
        let extra = text.lines().nth(1).expect("it has one");
        for changed in [
            text.replacen("@v1", "@v2", 1),
            text.replacen(&format!("{extra}\n"), "", 1),
            text.replacen(extra, "extra AAAA", 1),
            text.replacen("index 2", "index 02", 1),
            text.replacen("index 2\n", "", 1),
            text.replacen(
                "index 2\n",
                &format!("index 2\n{}", format!("{}\n", Hash([0; 32])).repeat(63)),
                1,
            ),
            text.replacen("index 2\n", "index 2\nno base64\n", 1),
            text.replace("\n\n", "\n"),
        ] {
            assert!(
                matches!(Receipt::parse(&changed), Err(ReceiptError::Malformed(_))),
                "{changed}"
            );
        }
    }
}
