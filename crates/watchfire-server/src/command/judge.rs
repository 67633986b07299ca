//! An SBOM came, changed or went: what is advised is asked about its release anew.

use std::collections::BTreeSet;

use watchfire_core::event::{ClearedBy, NodeEvent};
use watchfire_core::ids::{ReleaseId, VulnerabilityId};
use watchfire_core::vulnerability::{Findings, Scope};
use watchfire_store::{ListingRow, StoreError};

use super::TRIES_MAX;
use super::settle::{Finding, Round, Watch};
use crate::exposure::group::{Coming, Group, seeds};
use crate::exposure::judge::{Judged, judge, packages_of, spoken_of};
use crate::exposure::opinion::{Library, Opinions, listing};
use crate::exposure::{Holdings, READER};
use crate::state::Node;

/// Advisories that are read at once.
const ADVISORIES_AT_ONCE: usize = 1_000;

/// Asks what is advised about a release, and records what follows. `places` are the SBOMs of it that
/// changed, each with the place of its change.
///
/// # Errors
/// Failures of the database; what was recorded before the failure is not recorded twice.
pub(crate) async fn release(
    node: &Node,
    release: &ReleaseId,
    places: &[(u64, u64)],
) -> Result<usize, StoreError> {
    let watch = Watch::of(node).await?;
    let mut conflict = StoreError::Overloaded;
    for _ in 0..TRIES_MAX {
        match once(node, &watch, release, places).await {
            Err(error @ StoreError::Conflict { .. }) => conflict = error,
            other => return other,
        }
    }
    Err(conflict)
}

async fn once(
    node: &Node,
    watch: &Watch,
    release: &ReleaseId,
    places: &[(u64, u64)],
) -> Result<usize, StoreError> {
    let unreadable =
        node.holdings().now(node.store()).await?.unreadable(release).map(str::to_owned);
    let mut asking = Asking {
        node,
        watch,
        held: node.holdings(),
        release,
        round: Round::begin(node, watch),
        done: BTreeSet::new(),
    };
    asking.advised().await?;
    asking.known().await?;
    let mut round = asking.round;
    if let Some(problem) = unreadable {
        let failed =
            NodeEvent::RowFailed { room: "sboms".to_owned(), row: release.to_string(), problem };
        round.append.node(&watch.grant, failed);
    }
    for place in places {
        round.append.judged(&watch.grant, *place, READER);
    }
    round.finish().await
}

/// What is asked about one release.
struct Asking<'a> {
    node: &'a Node,
    watch: &'a Watch,
    held: &'a Holdings,
    release: &'a ReleaseId,
    round: Round<'a>,
    /// Names of the vulnerabilities that were asked about.
    done: BTreeSet<String>,
}

impl Asking<'_> {
    /// Asks about every vulnerability of which an advisory speaks of something in the release.
    async fn advised(&mut self) -> Result<(), StoreError> {
        let (store, grant) = (self.node.store(), &self.watch.grant);
        let packages = packages_of(store, grant, self.held, self.release).await?;
        let asked: Vec<&str> = packages.iter().map(String::as_str).collect();
        let parts = store.parts_by_packages(grant, &asked).await?;
        let parts: BTreeSet<(String, String, u64)> =
            parts.into_iter().map(|one| (one.document, one.place, one.part)).collect();
        let parts: Vec<(String, String, u64)> = parts.into_iter().collect();
        for chunk in parts.chunks(ADVISORIES_AT_ONCE) {
            let mut library = Library::default();
            let some = Group::gathered(chunk);
            let opinions = Opinions::of(store, grant, &mut library, &some).await?;
            let names = spoken_of(store, grant, self.held, &opinions.advice, self.release).await?;
            for names in names {
                for seed in seeds(&names) {
                    self.ask(&mut library, &seed, ClearedBy::Contents).await?;
                }
            }
        }
        Ok(())
    }

    /// Asks about those to which it was exposed so far.
    async fn known(&mut self) -> Result<(), StoreError> {
        let has_any = !self.held.seen().await.of_release(self.release).is_empty();
        let cause = if has_any { ClearedBy::Contents } else { self.gone().await? };
        let mut after = String::new();
        loop {
            let store = self.node.store();
            let ids: Vec<VulnerabilityId> =
                store.vulnerabilities_of_release(&self.watch.grant, self.release, &after).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = last.to_string();
            let mut library = Library::default();
            for id in &ids {
                let name = store.vulnerability_row(&self.watch.viewer, id).await?.name;
                self.ask(&mut library, &name, cause).await?;
            }
        }
    }

    /// Why a release holds nothing any longer.
    async fn gone(&self) -> Result<ClearedBy, StoreError> {
        let store = self.node.store();
        let row = store.release_row(&self.watch.viewer, self.release).await?;
        let product = store.product_row(&self.watch.viewer, &row.product).await?;
        let retired = row.is_retired || product.is_retired;
        Ok(if retired { ClearedBy::Retirement } else { ClearedBy::Contents })
    }

    async fn ask(
        &mut self,
        library: &mut Library,
        seed: &str,
        cleared_by: ClearedBy,
    ) -> Result<(), StoreError> {
        if self.done.contains(seed) {
            return Ok(());
        }
        let (store, grant) = (self.node.store(), &self.watch.grant);
        let groups = Group::all(store, grant, &Coming::default(), [seed.to_owned()]).await?;
        self.done.insert(seed.to_owned());
        for group in groups {
            self.ask_group(library, &group, cleared_by).await?;
        }
        Ok(())
    }

    async fn ask_group(
        &mut self,
        library: &mut Library,
        group: &Group,
        cleared_by: ClearedBy,
    ) -> Result<(), StoreError> {
        let (store, grant) = (self.node.store(), &self.watch.grant);
        self.done.extend(group.names.iter().cloned());
        let opinions = Opinions::of(store, grant, library, group).await?;
        let judged = judge(store, grant, self.held, &opinions.advice, Some(self.release));
        let Judged { found, unread } = judged.await?;
        let asked = match unread.contains(self.release) {
            true => BTreeSet::new(),
            false => BTreeSet::from([self.release.clone()]),
        };
        let names: Vec<&str> = group.names.iter().map(String::as_str).collect();
        let listings: Vec<ListingRow> = store.listings(&names).await?;
        let likely = store.likelihoods(&names).await?;
        let scope = opinions.scope(Scope::Releases(asked));
        let findings = Findings {
            called: opinions.called,
            listing: listing(&listings),
            found,
            scope,
            documents: opinions.documents,
            cleared_by,
        };
        let likelihood_permille = likely.into_iter().map(|one| one.permille).max();
        self.round.settle(&Finding { findings, likelihood_permille }).await
    }
}
