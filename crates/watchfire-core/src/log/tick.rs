//! Ticks: the public log has one leaf for each, whether anything happened or not.
//!
//! ```text
//! head  = SHA-256("watchfire.log.head.v1\n" ‖ salt ‖ size "\n" root "\n")
//!         with salt = SHA-256("watchfire.log.head-salt.v1\n" ‖ secret)
//! entry = SHA-256("watchfire.log.tick.v1\n" ‖ head ‖ batch root)
//! leaf  = SHA-256(0x00 ‖ entry)
//! ```

use jiff::{SignedDuration, Timestamp};

use super::batch::{self, Batch, BatchTooLarge, TickSecret};
use super::checkpoint::Checkpoint;
use super::hash::Hash;
use super::proof::{ProofError, verify_inclusion};

const HEAD_TAG: &[u8] = b"watchfire.log.head.v1\n";
const HEAD_SALT_TAG: &[u8] = b"watchfire.log.head-salt.v1\n";
const TICK_TAG: &[u8] = b"watchfire.log.tick.v1\n";

/// How often the public log grows unless configured at its inception.
pub const CADENCE_SECONDS_DEFAULT: u32 = 300;

/// When the public log grows: a function of time, and of nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    inception: Timestamp,
    cadence_seconds: u32,
}

impl Schedule {
    /// Returns the schedule that begins at `inception`; a cadence of 0 counts as 1 second.
    #[must_use]
    pub fn new(inception: Timestamp, cadence_seconds: u32) -> Self {
        Self { inception, cadence_seconds: cadence_seconds.max(1) }
    }

    /// Returns how many leaves the public log must have at `now`. Before inception it is 0.
    #[must_use]
    pub fn size_at(&self, now: Timestamp) -> u64 {
        let elapsed = now.duration_since(self.inception).as_secs();
        u64::try_from(elapsed).unwrap_or(0) / u64::from(self.cadence_seconds)
    }

    /// Returns the instant from which the public log has `size` leaves, or `None` beyond the
    /// calendar.
    #[must_use]
    pub fn instant_of(&self, size: u64) -> Option<Timestamp> {
        let seconds = size.checked_mul(u64::from(self.cadence_seconds))?;
        let elapsed = SignedDuration::from_secs(i64::try_from(seconds).ok()?);
        self.inception.checked_add(elapsed).ok()
    }

    /// Returns when the public log grows next after `now`.
    #[must_use]
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        self.instant_of(self.size_at(now) + 1)
    }
}

/// One tick: the internal log at that moment, and what came into it since the last.
#[derive(Debug, Clone)]
pub struct Tick {
    head: Hash,
    batch: Batch,
}

impl Tick {
    /// Returns the tick at which the internal log had `size` leaves and `root`.
    ///
    /// `new_leaves` are the leaf hashes since the last tick, in the order of the internal log.
    ///
    /// # Errors
    /// [`BatchTooLarge`] above [`batch::LEAVES_MAX`] new leaves: then take a smaller `size`.
    pub fn new(
        secret: TickSecret,
        size: u64,
        root: Hash,
        new_leaves: &[Hash],
    ) -> Result<Self, BatchTooLarge> {
        let salt = Hash::of(&[HEAD_SALT_TAG, &secret]);
        let head = Hash::of(&[HEAD_TAG, &salt.0, format!("{size}\n{root}\n").as_bytes()]);
        Ok(Self { head, batch: Batch::new(secret, new_leaves)? })
    }

    /// Returns the entry in the public log.
    #[must_use]
    pub fn entry(&self) -> TickEntry {
        TickEntry::of(&self.head, &self.batch.root())
    }

    /// Returns the way from the new leaf at `ordinal` to the entry, or `None` if there is none.
    #[must_use]
    pub fn path(&self, ordinal: usize) -> Option<BatchPath> {
        let (slot, hashes) = self.batch.path(ordinal)?;
        Some(BatchPath { slot, hashes, head: self.head })
    }
}

/// What the public log holds of a tick: 32 bytes that mean nothing without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TickEntry(pub [u8; 32]);

impl TickEntry {
    fn of(head: &Hash, batch_root: &Hash) -> Self {
        Self(Hash::of(&[TICK_TAG, &head.0, &batch_root.0]).0)
    }

    /// Returns its leaf hash in the public log.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        Hash::of_leaf(&self.0)
    }
}

/// The way from an entry of the internal log to the tick that covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPath {
    /// The slot in the batch.
    pub slot: u32,
    /// The hashes beside the way, from the bottom up: always [`batch::HEIGHT`].
    pub hashes: Vec<Hash>,
    /// The commitment to the head of the internal log.
    pub head: Hash,
}

/// The proof that an entry is in the public log, for somebody who may know nothing else of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicProof {
    /// The way to the tick.
    pub batch: BatchPath,
    /// The number of the tick, from 0: its index in the public log.
    pub tick: u64,
    /// The inclusion proof of the tick in the public log.
    pub inclusion: Vec<Hash>,
}

/// Why a public proof does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicProofError {
    /// The way through the batch has another form.
    #[error("the path through the batch does not have {} hashes", batch::HEIGHT)]
    Path,
    /// The tick is not in the public log.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

impl PublicProof {
    /// Verifies that the entry with `leaf_hash` is covered by `checkpoint` of the public log.
    ///
    /// # Errors
    /// [`PublicProofError`] says why not.
    pub fn verify(
        &self,
        leaf_hash: &Hash,
        checkpoint: &Checkpoint,
    ) -> Result<(), PublicProofError> {
        let BatchPath { slot, hashes, head } = &self.batch;
        let root = batch::root_from_path(*slot, leaf_hash, hashes).ok_or(PublicProofError::Path)?;
        let leaf = TickEntry::of(head, &root).leaf_hash();
        let Checkpoint { size, root, .. } = checkpoint;
        Ok(verify_inclusion(self.tick, *size, &leaf, &self.inclusion, root)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Frontier;
    use super::super::tree::tests::leaves;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_size_follows_the_time_and_nothing_else() {
        let schedule = Schedule::new(at("2021-11-24T00:00:00Z"), 300);
        for (now, size) in [
            ("2021-11-23T23:00:00Z", 0),
            ("2021-11-24T00:04:59.999Z", 0),
            ("2021-11-24T00:05:00Z", 1),
            ("2021-11-25T00:00:00Z", 288),
        ] {
            assert_eq!(schedule.size_at(at(now)), size, "{now}");
        }
        assert_eq!(schedule.instant_of(288), Some(at("2021-11-25T00:00:00Z")));
        assert_eq!(
            schedule.next_after(at("2021-11-24T00:05:00Z")),
            Some(at("2021-11-24T00:10:00Z"))
        );
        assert_eq!(schedule.instant_of(u64::MAX), None);
    }

    #[test]
    fn an_entry_is_proved_to_strangers_by_tick_and_checkpoint() {
        let leaves = leaves(40);
        let mut internal = Frontier::new();
        leaves.iter().for_each(|leaf| internal.push(*leaf));
        let tick = Tick::new([8; 32], 40, internal.root(), &leaves[30..]).expect("a small batch");
        let mut public = Frontier::new();
        let before = Tick::new([7; 32], 30, Hash([0; 32]), &[]).expect("empty").entry();
        public.push(before.leaf_hash());
        public.push(tick.entry().leaf_hash());
        let checkpoint = Checkpoint::new("psirt.example/log", 2, public.root());
        let proof = PublicProof {
            batch: tick.path(4).expect("ten came"),
            tick: 1,
            inclusion: vec![before.leaf_hash()],
        };
        assert_eq!(proof.verify(&leaves[34], &checkpoint), Ok(()));
        assert!(proof.verify(&leaves[35], &checkpoint).is_err());
        let mut other = proof.clone();
        other.batch.head = Hash([1; 32]);
        assert!(other.verify(&leaves[34], &checkpoint).is_err());
        let mut other = proof.clone();
        other.batch.hashes.pop();
        assert_eq!(other.verify(&leaves[34], &checkpoint), Err(PublicProofError::Path));
        let other = PublicProof { tick: 0, ..proof };
        assert!(other.verify(&leaves[34], &checkpoint).is_err());
    }

    #[test]
    fn the_entry_binds_secret_head_and_every_new_leaf() {
        let leaves = leaves(3);
        let entry = |secret: u8, size, root: u8, new: &[Hash]| {
            Tick::new([secret; 32], size, Hash([root; 32]), new).expect("small").entry()
        };
        let base = entry(1, 3, 1, &leaves);
        assert_eq!(base, entry(1, 3, 1, &leaves));
        assert_ne!(base, entry(2, 3, 1, &leaves));
        assert_ne!(base, entry(1, 4, 1, &leaves));
        assert_ne!(base, entry(1, 3, 2, &leaves));
        assert_ne!(base, entry(1, 3, 1, &leaves[..2]));
    }
}
