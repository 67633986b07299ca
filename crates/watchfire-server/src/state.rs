//! What every door and every hand shares: one [`Node`].

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use watchfire_core::ids::PartyId;
use watchfire_core::law::Lawbook;
use watchfire_core::log::SignerKey;
use watchfire_store::{Store, StoreError, Viewer};

use crate::auth::Passwords;
use crate::clock::Clock;
use crate::command::keeper;
use crate::error::Problem;
use crate::exposure::Holdings;
use crate::limit::Counters;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::shelf::Shelf;

/// One running Watchfire. Cheap to clone; every clone is the same node.
#[derive(Clone)]
pub struct Node(Arc<Inside>);

/// What a node is put together from.
#[derive(Debug)]
pub struct Parts {
    /// As they were read and checked.
    pub settings: Settings,
    /// The only clock.
    pub clock: Clock,
    /// The memory.
    pub store: Store,
    /// The law packs in use when the node starts.
    pub law: Arc<Lawbook>,
    /// Signs the checkpoints of the evidence log.
    pub signer: SignerKey,
}

struct Inside {
    parts: Parts,
    counters: Counters,
    passwords: Passwords,
    metrics: Metrics,
    secret: [u8; 32],
    organization: OnceCell<PartyId>,
    shelf: Shelf,
    holdings: Holdings,
}

impl Node {
    /// Puts a node together.
    pub fn new(parts: Parts) -> Self {
        // The signing key is the only secret that outlives the process.
        let secret = Sha256::new_with_prefix(b"watchfire node secret\0")
            .chain_update(parts.signer.to_secret_text())
            .finalize();
        Self(Arc::new(Inside {
            counters: Counters::new(&parts.settings.limits),
            passwords: Passwords::default(),
            metrics: Metrics::default(),
            secret: secret.into(),
            organization: OnceCell::new(),
            shelf: Shelf::new(parts.law.clone()),
            holdings: Holdings::kept_in(parts.settings.data.clone()),
            parts,
        }))
    }

    /// Returns the settings it was started with.
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// Returns the only clock.
    pub fn clock(&self) -> &Clock {
        &self.0.parts.clock
    }

    /// Returns what time it is.
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// Returns the memory.
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// Returns the law packs in use. What was returned before stays readable when others are put
    /// to use.
    pub fn law(&self) -> &Lawbook {
        self.0.shelf.current()
    }

    /// Returns the law packs in use as `viewer` may read them: readings of the house are for its own
    /// people.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn law_for(&self, viewer: &Viewer) -> Result<&Lawbook, StoreError> {
        self.readable(self.law(), viewer).await
    }

    /// As [`Node::law_for`], of any lawbook.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn readable<'b>(
        &self,
        book: &'b Lawbook,
        viewer: &Viewer,
    ) -> Result<&'b Lawbook, StoreError> {
        let is_own = self.store().is_of_own_house(viewer).await?;
        Ok(if is_own { book } else { book.without_house_readings() })
    }

    /// As [`Node::law`], to be kept beyond this call.
    pub fn law_now(&self) -> Arc<Lawbook> {
        self.0.shelf.current().clone()
    }

    /// Returns the law packs that were used at `at`: the past computes as it did.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn law_at(&self, at: Timestamp) -> Result<Arc<Lawbook>, StoreError> {
        self.0.shelf.at(self.store(), at).await
    }

    /// Returns a lawbook that is kept, by its digest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if its files were never kept.
    pub async fn law_by_digest(&self, digest: &str) -> Result<Arc<Lawbook>, StoreError> {
        self.0.shelf.by_digest(self.store(), digest).await
    }

    /// Takes up what a change of law has put to use, on this node or on another of the same
    /// database.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn follow_law(&self) -> Result<(), StoreError> {
        let Some(digest) = self.store().last_applied_lawbook().await? else { return Ok(()) };
        if self.law().digest_hex() != digest {
            let book = self.law_by_digest(&digest).await?;
            self.0.shelf.put(book);
        }
        Ok(())
    }

    /// Returns the law packs with which the node was started: those of the program, and the
    /// operator's folder over them.
    pub fn own_law(&self) -> &Lawbook {
        &self.0.parts.law
    }

    /// Returns the key that signs the checkpoints of the evidence log.
    pub fn signer(&self) -> &SignerKey {
        &self.0.parts.signer
    }

    /// Returns what is counted of each source.
    pub fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// Returns what computes passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// Returns what is measured.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Returns what the house has, to be asked what is exposed.
    pub fn holdings(&self) -> &Holdings {
        &self.0.holdings
    }

    /// Returns a secret that follows from the signing key, for what must be the same on every
    /// node and after every start, and never in the database.
    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.0.secret
    }

    /// Returns the organization whose node this is: to it go the reports.
    ///
    /// # Errors
    /// `not_ready` as long as none was made known.
    pub async fn organization(&self) -> Result<PartyId, Problem> {
        let find = async || self.store().own_organization(&keeper()).await;
        match self.0.organization.get_or_try_init(find).await {
            Ok(id) => Ok(id.clone()),
            Err(StoreError::NotFound(_)) => Err(Problem::new(
                "not_ready",
                "the node has no organization yet",
                "it is made when a node starts for the first time: try again in a moment",
            )),
            Err(other) => Err(other.into()),
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({})", self.settings().base_url())
    }
}
