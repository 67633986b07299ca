//! What this house has, in memory: the index over all SBOMs that count.
//!
//! It follows the store: each look begins with one question for what changed. Another node of the
//! same database sees what this one attached.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, RwLock, RwLockReadGuard};
use watchfire_core::event::Service;
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_exposure::index::{Index, Number, Package, Segment};
use watchfire_formats::sbom;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Inventory, SbomRow, Store, StoreError, Viewer};

use super::inventory::{Excerpt, Holding, HoldingError, READER};

/// SBOMs that are read into memory at once.
pub(super) const AT_ONCE: usize = 64;
/// After so many new rows the index is made one again.
const ROWS_SINCE_MAX: usize = 2_000_000;

/// What this house has; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Holdings(Arc<RwLock<Held>>);

/// An SBOM that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    pub id: SbomId,
    pub release: ReleaseId,
    /// SHA-256 of its bytes.
    pub document: String,
}

/// What the house has, as it was followed last.
#[derive(Debug, Default)]
pub struct Held {
    pub(super) index: Index,
    sboms: HashMap<Number, Attached>,
    by_release: BTreeMap<ReleaseId, Vec<Number>>,
    /// SBOMs that count and cannot be read, with the reason.
    unreadable: BTreeMap<Number, (ReleaseId, String)>,
    /// How far the store was followed: the last change, and its SBOM.
    place: (u64, u64),
}

impl Holdings {
    /// Returns what the house has now.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn now(&self, store: &Store) -> Result<OwnedRwLockReadGuard<Held>, StoreError> {
        let watch = Viewer::service(Service::Watch);
        let grant = store.authorize_node::<Write>(&watch).await?;
        let place = self.0.read().await.place;
        if store.sboms_changed(&grant, place).await?.is_empty() {
            return Ok(self.0.clone().read_owned().await);
        }
        let mut held = self.0.clone().write_owned().await;
        held.follow(store, &grant).await?;
        Ok(held.downgrade())
    }

    /// Returns what the house has, as it was followed last: for as long as it takes to look into the
    /// index, and no longer, since whoever adds to it waits.
    pub async fn seen(&self) -> RwLockReadGuard<'_, Held> {
        self.0.read().await
    }
}

impl Held {
    /// The SBOMs of a release.
    pub fn attached_to(&self, release: &ReleaseId) -> Vec<Attached> {
        let numbers = self.of_release(release).iter();
        numbers.filter_map(|number| self.sbom(*number)).cloned().collect()
    }

    /// Whether something of any of these packages is, or was, in what the house has.
    pub fn knows(&self, packages: &[Package]) -> bool {
        packages.iter().any(|package| self.index.knows(package))
    }

    /// The releases that contain something of a package, by its version as they write it.
    pub fn containing(&self, package: &Package) -> BTreeMap<String, BTreeSet<ReleaseId>> {
        let found = self.index.containing(package).into_iter().map(|(version, numbers)| {
            let sboms = numbers.iter().filter_map(|number| self.sboms.get(number));
            (version, sboms.map(|sbom| sbom.release.clone()).collect())
        });
        found.collect()
    }

    /// At most `limit` packages of the house of which the name, or a part of it, begins so; and
    /// whether there may be more.
    pub fn named(&self, begins: &str, limit: usize) -> (Vec<Package>, bool) {
        self.index.named(begins, limit)
    }

    /// The SBOM of a number.
    pub fn sbom(&self, number: Number) -> Option<&Attached> {
        self.sboms.get(&number)
    }

    /// The numbers of the SBOMs of a release.
    pub fn of_release(&self, release: &ReleaseId) -> &[Number] {
        self.by_release.get(release).map_or(&[], Vec::as_slice)
    }

    /// Why an SBOM of a release cannot be read.
    pub fn unreadable(&self, release: &ReleaseId) -> Option<&str> {
        let mut of = self.unreadable.values().filter(|(of, _)| of == release);
        of.next().map(|(_, problem)| problem.as_str())
    }

    /// The releases of which an SBOM cannot be read.
    pub fn unread(&self) -> BTreeSet<ReleaseId> {
        self.unreadable.values().map(|(release, _)| release.clone()).collect()
    }

    /// How far the store was followed.
    pub fn place(&self) -> (u64, u64) {
        self.place
    }

    async fn follow(
        &mut self,
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
    ) -> Result<(), StoreError> {
        loop {
            let rows = store.sboms_changed(grant, self.place).await?;
            let Some(last) = rows.last() else { break };
            let place = (last.changed, last.number);
            for chunk in rows.chunks(AT_ONCE) {
                self.take(store, grant, chunk).await?;
            }
            self.place = place;
        }
        if self.index.rows_since() > ROWS_SINCE_MAX {
            let bytes = self.index.merged();
            let segment =
                Segment::open(bytes).map_err(|_| StoreError::Corrupt { what: "index" })?;
            self.index = Index::of(vec![segment], []);
        }
        Ok(())
    }

    async fn take(
        &mut self,
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        rows: &[SbomRow],
    ) -> Result<(), StoreError> {
        let number = |row: &SbomRow| {
            Number::try_from(row.number).map_err(|_| StoreError::Corrupt { what: "sbom" })
        };
        let mut wanted = Vec::new();
        for row in rows {
            let number = number(row)?;
            self.unreadable.remove(&number);
            match (row.counts, self.sboms.contains_key(&number)) {
                (true, false) => wanted.push(row),
                (false, true) => self.drop(number),
                _ => {}
            }
        }
        let documents: Vec<String> = wanted.iter().map(|row| row.document.clone()).collect();
        let mut read = holdings(store, grant, &documents).await?;
        for row in wanted {
            let number = number(row)?;
            match read.get_mut(&row.document) {
                Some(Ok(holding)) => self.add(number, row, holding)?,
                Some(Err(problem)) => {
                    tracing::error!(sbom.id = %row.id, problem, "an SBOM cannot be read");
                    self.unreadable.insert(number, (row.release.clone(), problem.clone()));
                }
                None => {
                    let problem = "its document was erased".to_owned();
                    self.unreadable.insert(number, (row.release.clone(), problem));
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, number: Number, row: &SbomRow, holding: &Holding) -> Result<(), StoreError> {
        let names = holding.components().flat_map(|component| component.names);
        let rows = names.map(|name| (&name.package, name.version.as_str()));
        let taken = StoreError::Corrupt { what: "sbom" };
        self.index.add(number, rows).map_err(|_| taken)?;
        let (id, release) = (row.id.clone(), row.release.clone());
        self.by_release.entry(release.clone()).or_default().push(number);
        self.sboms.insert(number, Attached { id, release, document: row.document.clone() });
        Ok(())
    }

    fn drop(&mut self, number: Number) {
        self.index.remove(number);
        let Some(gone) = self.sboms.remove(&number) else { return };
        if let Some(numbers) = self.by_release.get_mut(&gone.release) {
            numbers.retain(|one| *one != number);
        }
    }
}

/// What was read of a document, or why it cannot be read.
pub(super) type Reading<T> = Result<Arc<T>, String>;

/// Returns what was read of documents; what another version of the reader left is read anew.
///
/// # Errors
/// Failures of the database.
pub(super) async fn holdings(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    documents: &[String],
) -> Result<HashMap<String, Reading<Holding>>, StoreError> {
    opened(store, grant, documents, Holding::from_bytes).await
}

/// Returns, of what was read of documents, the components that go by packages of these hashes.
///
/// # Errors
/// Failures of the database.
pub(super) async fn excerpts(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    documents: &[String],
    hashes: &Arc<BTreeSet<u32>>,
) -> Result<HashMap<String, Reading<Excerpt>>, StoreError> {
    let hashes = hashes.clone();
    opened(store, grant, documents, move |bytes| Excerpt::from_bytes(bytes, &hashes)).await
}

async fn opened<T: Send + Sync + 'static>(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    documents: &[String],
    open: impl Fn(&[u8]) -> Result<T, HoldingError> + Clone + Send + 'static,
) -> Result<HashMap<String, Reading<T>>, StoreError> {
    let mut found: HashMap<String, Reading<T>> = HashMap::new();
    let mut asked: &[&str] = &documents.iter().map(String::as_str).collect::<Vec<_>>();
    while !asked.is_empty() {
        let (count, kept) = store.inventories(grant, asked).await?;
        asked = &asked[count..];
        let open = open.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let of_now = kept.into_iter().filter(|kept| kept.reader == READER);
            let each = of_now.filter_map(|kept| {
                let opened = open(&kept.bytes).ok()?;
                Some((kept.document, Ok(Arc::new(opened))))
            });
            each.collect::<Vec<_>>()
        });
        found.extend(opened.await.map_err(|_| StoreError::Corrupt { what: "inventory" })?);
    }
    for document in documents {
        if found.contains_key(document) {
            continue;
        }
        let bytes = match store.document(grant, document).await {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound(_)) => continue,
            Err(other) => return Err(other),
        };
        let reading = match tokio::task::spawn_blocking(move || read(&bytes)).await {
            Ok(Ok(bytes)) => {
                let opened = open(&bytes).map(Arc::new).map_err(|error| error.to_string());
                let document = document.clone();
                let inventory = Inventory { document, reader: READER, bytes };
                store.keep_inventory(grant, &inventory).await?;
                opened
            }
            Ok(Err(problem)) => Err(problem),
            Err(_) => Err("reading it stopped with a panic".to_owned()),
        };
        found.insert(document.clone(), reading);
    }
    Ok(found)
}

/// Reads a document anew, into what is kept of it.
fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let document = sbom::read(bytes).map_err(|refused| refused.to_string())?;
    Holding::of(&document).to_bytes().map_err(|error| error.to_string())
}
