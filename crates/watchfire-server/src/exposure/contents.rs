//! What some releases are made of: read once, and asked about as many vulnerabilities as there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watchfire_core::ids::ReleaseId;
use watchfire_core::vulnerability::Found;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Store, StoreError};

use super::advice::Advice;
use super::holdings::{Holdings, holdings};
use super::inventory::{Holding, Part, hash_of};
use super::judge::{findings, summed};

/// With so many components no further release is read: each takes some hundred bytes.
const COMPONENTS_MAX: usize = 200_000;

/// What releases are made of, by package.
#[derive(Debug, Default)]
pub struct Contents {
    holdings: Vec<(ReleaseId, Arc<Holding>)>,
    /// Those of which an SBOM cannot be read.
    unread: BTreeSet<ReleaseId>,
    /// Where each package is, sorted: its hash, the holding, and the component there.
    places: Vec<(u32, u32, u32)>,
}

impl Contents {
    /// Reads what the first of these releases are made of, as many as fit into memory together and one
    /// at least; and says how many they are.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn of(
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        held: &Holdings,
        releases: &[&ReleaseId],
    ) -> Result<(Self, usize), StoreError> {
        let (mut contents, mut components, mut count) = (Self::default(), 0, 0);
        for release in releases {
            let attached = held.seen().await.attached_to(release);
            let documents: BTreeSet<&str> = attached.iter().map(|it| &*it.document).collect();
            let documents: Vec<String> = documents.into_iter().map(str::to_owned).collect();
            let read = holdings(store, grant, &documents).await?;
            for sbom in attached {
                match read.get(&sbom.document) {
                    Some(Ok(holding)) => {
                        components += holding.components().len();
                        contents.holdings.push((sbom.release, holding.clone()));
                    }
                    _ => drop(contents.unread.insert(sbom.release)),
                }
            }
            count += 1;
            if components > COMPONENTS_MAX {
                break;
            }
        }
        let placed = tokio::task::spawn_blocking(move || contents.placed()).await;
        Ok((placed.map_err(|_| StoreError::Corrupt { what: "inventory" })?, count))
    }

    fn placed(mut self) -> Self {
        for (at, (_, holding)) in (0_u32..).zip(&self.holdings) {
            for (index, component) in (0_u32..).zip(holding.components()) {
                let hashes = component.names.iter().map(|name| hash_of(&name.package));
                self.places.extend(hashes.map(|hash| (hash, at, index)));
            }
        }
        self.places.sort_unstable();
        self.places.dedup();
        self
    }

    /// Those of which an SBOM cannot be read.
    pub fn unread(&self) -> &BTreeSet<ReleaseId> {
        &self.unread
    }

    /// The keys of all packages in them.
    pub fn packages(&self) -> BTreeSet<String> {
        let components = self.holdings.iter().flat_map(|(_, holding)| holding.components());
        let names = components.flat_map(|component| component.names);
        names.map(|name| name.package.to_string()).collect()
    }

    /// Finds how they stand to what is advised.
    pub fn judged(&self, advice: &Advice) -> BTreeMap<ReleaseId, Found> {
        summed(self.spoken_of(advice).map(|(release, holding, component)| {
            (release.clone(), findings(advice, holding.whole(), component))
        }))
    }

    /// The names of each vulnerability of which something is said about one of them.
    pub fn names(&self, advice: &Advice) -> BTreeSet<Vec<String>> {
        let mut names = BTreeSet::new();
        for (_, holding, component) in self.spoken_of(advice) {
            for exposure in advice.of(component.names, holding.whole()) {
                let source = &exposure.statement.source;
                names.insert(std::iter::once(&source.id).chain(&source.aliases).cloned().collect());
            }
        }
        names
    }

    /// The components of which anything may be said, and whose they are.
    fn spoken_of<'c>(
        &'c self,
        advice: &Advice,
    ) -> impl Iterator<Item = (&'c ReleaseId, &'c Holding, Part<'c>)> + use<'c> {
        let hashes = advice.hashes();
        let places: BTreeSet<(u32, u32)> =
            hashes.into_iter().flat_map(|hash| self.at(hash)).collect();
        places.into_iter().filter_map(|(at, index)| {
            let (release, holding) = self.holdings.get(at as usize)?;
            Some((release, &**holding, holding.component(index as usize)?))
        })
    }

    fn at(&self, hash: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let from = self.places.partition_point(|(one, ..)| *one < hash);
        let of = self.places[from..].iter().take_while(move |(one, ..)| *one == hash);
        of.map(|(_, at, index)| (*at, *index))
    }
}
