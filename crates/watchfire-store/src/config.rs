//! What a store is opened with.

use std::fmt;
use std::io;
use std::sync::Arc;

use watchfire_core::log::Hash;

use crate::dialect::Location;

/// The size and the root of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// How many leaves.
    pub size: u64,
    pub root: Hash,
}

type Sign = dyn Fn(&LogHead) -> String + Send + Sync;
type Keep = dyn Fn(&LogHead, &str) -> io::Result<()> + Send + Sync;

/// How the head of the internal log is signed and kept outside the database.
///
/// The key is the caller's: the store never sees it.
#[derive(Clone)]
pub struct Seal {
    sign: Arc<Sign>,
    keep: Arc<Keep>,
}

impl Seal {
    /// Takes `sign`, which returns the signed note over a head, and `keep`, which writes the note
    /// to a place outside the database and syncs it. `keep` runs after every commit and before
    /// anybody is answered; if it fails, the store takes no more writes.
    pub fn new(
        sign: impl Fn(&LogHead) -> String + Send + Sync + 'static,
        keep: impl Fn(&LogHead, &str) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { sign: Arc::new(sign), keep: Arc::new(keep) }
    }

    pub(crate) fn sign(&self, head: &LogHead) -> String {
        (self.sign)(head)
    }

    pub(crate) fn keep(&self, head: &LogHead, note: &str) -> io::Result<()> {
        (self.keep)(head, note)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// Where the memory is and how its log is sealed.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    pub location: Location,
    /// Without one, no checkpoints of the internal log are written.
    pub seal: Option<Seal>,
}

impl StoreConfig {
    /// A store at `location` whose log is not sealed.
    pub fn new(location: Location) -> Self {
        Self { location, seal: None }
    }

    /// Seals the log.
    #[must_use]
    pub fn sealed(mut self, seal: Seal) -> Self {
        self.seal = Some(seal);
        self
    }
}
