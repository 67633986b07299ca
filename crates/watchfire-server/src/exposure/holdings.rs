//! What this house has: the index over all SBOMs that count.
//!
//! It follows the store: each look begins with one question for what changed. Another node of the
//! same database sees what this one attached. When much came, all is made one segment beside whoever
//! asks, and kept in a file ([`kept`]), which the next start takes instead of reading every SBOM.

mod merging;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedRwLockReadGuard, RwLock, RwLockReadGuard};
use watchfire_core::event::Service;
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_exposure::index::{Index, Number, Package};
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Inventory, SbomRow, Store, StoreError, Viewer};

use super::inventory::{Excerpt, Holding, HoldingError, READER, names_in};
use super::kept::{self, Kept};
use super::name::Name;

/// SBOMs that are read into memory at once.
pub(super) const AT_ONCE: usize = 64;

/// What this house has; cheap to clone.
#[derive(Debug, Clone)]
pub struct Holdings(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    held: Arc<RwLock<Held>>,
    /// Where the index is kept.
    folder: PathBuf,
    /// Held by whoever makes one segment of all.
    merging: Arc<Mutex<()>>,
}

/// How the house came to know what it has since the node started, in SBOMs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Followed {
    /// Found in the file of the index.
    pub kept: usize,
    /// Read from the store.
    pub read: usize,
}

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
    /// Whether the file of the index was looked for.
    has_begun: bool,
    /// SBOMs in the segment of that file of which the store did not yet say that they count.
    unconfirmed: HashSet<Number>,
    followed: Followed,
}

impl Holdings {
    /// What the house has, as nobody asked yet; the index is kept in a folder.
    pub fn kept_in(folder: PathBuf) -> Self {
        let (held, merging) = (Arc::default(), Arc::default());
        Self(Arc::new(Inside { held, folder, merging }))
    }

    /// Returns what the house has now.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn now(&self, store: &Store) -> Result<OwnedRwLockReadGuard<Held>, StoreError> {
        let watch = Viewer::service(Service::Watch);
        let grant = store.authorize_node::<Write>(&watch).await?;
        let place = self.0.held.read().await.place;
        if store.sboms_changed(&grant, place).await?.is_empty() {
            return Ok(self.0.held.clone().read_owned().await);
        }
        let mut held = self.0.held.clone().write_owned().await;
        if !held.has_begun {
            held.begin(kept::taken(&self.0.folder, store).await?);
        }
        held.follow(store, &grant).await?;
        self.merge_beside(&mut held, store);
        Ok(held.downgrade())
    }

    /// Returns what the house has, as it was followed last: for as long as it takes to look into the
    /// index, and no longer, since whoever adds to it waits.
    pub async fn seen(&self) -> RwLockReadGuard<'_, Held> {
        self.0.held.read().await
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

    /// How it came to be since the node started.
    pub fn followed(&self) -> Followed {
        self.followed
    }

    /// Takes over what a file held. Nothing of it counts before the store says so.
    fn begin(&mut self, kept: Option<Kept>) {
        self.has_begun = true;
        let Some(Kept { segment, sboms }) = kept else { return };
        tracing::info!(rows = segment.rows(), sboms = sboms.len(), "the kept index is used");
        self.index = Index::made_of(segment, sboms.iter().copied());
        self.unconfirmed = sboms.into_iter().collect();
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
        // What was kept and counts no longer, or never was there.
        for number in std::mem::take(&mut self.unconfirmed) {
            self.index.remove(number);
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
                (true, false) if self.unconfirmed.remove(&number) => {
                    self.followed.kept += 1;
                    self.attach(number, row);
                }
                (true, false) => wanted.push(row),
                (false, true) => self.drop(number),
                _ => {}
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let mut by_document: BTreeMap<&str, Vec<&SbomRow>> = BTreeMap::new();
        wanted.iter().for_each(|row| by_document.entry(&row.document).or_default().push(row));
        let asked: Vec<&str> = by_document.keys().copied().collect();
        let mut asked = &asked[..];
        while !asked.is_empty() {
            let (count, kept) = store.inventories(grant, asked).await?;
            let mut kept: HashMap<String, Inventory> =
                kept.into_iter().map(|kept| (kept.document.clone(), kept)).collect();
            for document in &asked[..count] {
                // One after the other: each may be large.
                let names = names_of(store, grant, document, kept.remove(*document)).await?;
                for row in &by_document[document] {
                    self.settle(number(row)?, row, names.as_ref())?;
                }
            }
            asked = &asked[count..];
        }
        Ok(())
    }

    /// Takes up an SBOM by what its components go by; `None` where its document was erased. It is there
    /// as a whole or not at all: whoever follows may be let go wherever it waits.
    fn settle(
        &mut self,
        number: Number,
        row: &SbomRow,
        names: Option<&Result<Vec<Name>, String>>,
    ) -> Result<(), StoreError> {
        let problem = match names {
            Some(Ok(names)) => return self.add(number, row, names),
            Some(Err(problem)) => problem.clone(),
            None => "its document was erased".to_owned(),
        };
        tracing::error!(sbom.id = %row.id, problem, "an SBOM cannot be read");
        self.unreadable.insert(number, (row.release.clone(), problem));
        Ok(())
    }

    fn add(&mut self, number: Number, row: &SbomRow, names: &[Name]) -> Result<(), StoreError> {
        let rows = names.iter().map(|name| (&name.package, &*name.version));
        let taken = StoreError::Corrupt { what: "sbom" };
        self.index.add(number, rows).map_err(|_| taken)?;
        self.followed.read += 1;
        self.attach(number, row);
        Ok(())
    }

    fn attach(&mut self, number: Number, row: &SbomRow) {
        let (id, release) = (row.id.clone(), row.release.clone());
        self.by_release.entry(release.clone()).or_default().push(number);
        self.sboms.insert(number, Attached { id, release, document: row.document.clone() });
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
        if let Some(read) = anew(store, grant, document).await? {
            let opened = read.and_then(|bytes| open(&bytes).map_err(|error| error.to_string()));
            found.insert(document.clone(), opened.map(Arc::new));
        }
    }
    Ok(found)
}

/// What the components of a document go by, as it was kept or else anew; `None` where it was erased.
async fn names_of(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    document: &str,
    kept: Option<Inventory>,
) -> Result<Option<Result<Vec<Name>, String>>, StoreError> {
    let open = async |bytes: Vec<u8>| {
        let opened = tokio::task::spawn_blocking(move || names_in(&bytes)).await;
        let stopped = |_| "reading it stopped with a panic".to_owned();
        opened.map_err(stopped)?.map_err(|error| error.to_string())
    };
    if let Some(kept) = kept.filter(|kept| kept.reader == READER)
        && let Ok(names) = open(kept.bytes).await
    {
        return Ok(Some(Ok(names)));
    }
    Ok(match anew(store, grant, document).await? {
        Some(Ok(bytes)) => Some(open(bytes).await),
        Some(Err(problem)) => Some(Err(problem)),
        None => None,
    })
}

/// Reads a document anew, into what is kept of it; `None` where it was erased.
async fn anew(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    document: &str,
) -> Result<Option<Result<Vec<u8>, String>>, StoreError> {
    let bytes = match store.document(grant, document).await {
        Ok(bytes) => bytes,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    let read = tokio::task::spawn_blocking(move || {
        let read = Holding::read(&bytes, &|| true).map_err(|refused| refused.to_string())?;
        read.holding.to_bytes().map_err(|error| error.to_string())
    });
    Ok(Some(match read.await {
        Ok(Ok(bytes)) => {
            let inventory = Inventory { document: document.to_owned(), reader: READER, bytes };
            store.keep_inventory(grant, &inventory).await?;
            Ok(inventory.bytes)
        }
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err("reading it stopped with a panic".to_owned()),
    }))
}
