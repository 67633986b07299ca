//! SBOMs came, changed or went: what is advised is asked about their releases anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watchfire_core::event::{ClearedBy, NodeEvent};
use watchfire_core::ids::ReleaseId;
use watchfire_core::vulnerability::{Findings, Scope};
use watchfire_store::StoreError;

use super::TRIES_MAX;
use super::settle::{Finding, Known, Round, Watch};
use crate::exposure::READER;
use crate::exposure::contents::Contents;
use crate::exposure::group::{Coming, Group, seeds};
use crate::exposure::opinion::{Library, Opinions, listing};
use crate::state::Node;

/// Advisories that are read at once.
const ADVISORIES_AT_ONCE: usize = 1_000;

/// What speaks of so many vulnerabilities is fetched together.
const READ_TOGETHER: usize = 100;

/// Releases, each with the SBOMs of it that changed, by the place of their change.
pub(crate) type Changed = BTreeMap<ReleaseId, Vec<(u64, u64)>>;

/// Asks what is advised about releases, all of them together, and records what follows. Returns of
/// how many vulnerabilities something changed.
///
/// # Errors
/// Failures of the database; what was recorded before the failure is not recorded twice.
pub(crate) async fn releases(node: &Node, changed: &Changed) -> Result<usize, StoreError> {
    let watch = Watch::of(node).await?;
    drop(node.holdings().now(node.store()).await?);
    let mut by_cause: BTreeMap<ClearedBy, Changed> = BTreeMap::new();
    for (release, places) in changed {
        let cause = cause(node, &watch, release).await?;
        by_cause.entry(cause).or_default().insert(release.clone(), places.clone());
    }
    let mut count = 0;
    for (cause, mut open) in by_cause {
        while !open.is_empty() {
            let (some, changed) = alike(node, &watch, &open, cause).await?;
            count += changed;
            open = open.into_iter().skip(some).collect();
        }
    }
    Ok(count)
}

/// Why something of which nothing is said of a release any longer was cleared.
async fn cause(node: &Node, watch: &Watch, release: &ReleaseId) -> Result<ClearedBy, StoreError> {
    if !node.holdings().seen().await.of_release(release).is_empty() {
        return Ok(ClearedBy::Contents);
    }
    let row = node.store().release_row(&watch.viewer, release).await?;
    let product = node.store().product_row(&watch.viewer, &row.product).await?;
    let retired = row.is_retired || product.is_retired;
    Ok(if retired { ClearedBy::Retirement } else { ClearedBy::Contents })
}

/// Asks about the first of releases, as many as fit into memory; returns how many these are, and of
/// how many vulnerabilities something changed.
async fn alike(
    node: &Node,
    watch: &Watch,
    changed: &Changed,
    cause: ClearedBy,
) -> Result<(usize, usize), StoreError> {
    let mut conflict = StoreError::Overloaded;
    for _ in 0..TRIES_MAX {
        match once(node, watch, changed, cause).await {
            Err(error @ StoreError::Conflict { .. }) => conflict = error,
            other => return other,
        }
    }
    Err(conflict)
}

async fn once(
    node: &Node,
    watch: &Watch,
    changed: &Changed,
    cause: ClearedBy,
) -> Result<(usize, usize), StoreError> {
    let all: Vec<&ReleaseId> = changed.keys().collect();
    drop(node.holdings().now(node.store()).await?);
    let (contents, some) = Contents::of(node.store(), &watch.grant, node.holdings(), &all).await?;
    let releases = &all[..some];
    // Of what cannot be read nobody can say anything: what was known of it goes on.
    let mut unread: BTreeMap<&ReleaseId, String> = contents
        .unread()
        .iter()
        .map(|release| (release, "an SBOM of it cannot be read".to_owned()))
        .collect();
    {
        let held = node.holdings().seen().await;
        let why = |release| Some((release, held.unreadable(release)?.to_owned()));
        unread.extend(releases.iter().copied().filter_map(why));
    }
    let is_readable = |release: &&&ReleaseId| !unread.contains_key(**release);
    let asked = releases.iter().filter(is_readable).map(|release| (*release).clone()).collect();
    let failed: Vec<NodeEvent> = unread
        .into_iter()
        .map(|(release, problem)| {
            let (room, row) = ("sboms".to_owned(), release.to_string());
            NodeEvent::RowFailed { room, row, problem }
        })
        .collect();
    let coming = Coming::default();
    let mut asking = Asking {
        node,
        watch,
        contents: Arc::new(contents),
        asked,
        cause,
        round: Round::begin(node, watch, &coming),
        done: BTreeSet::new(),
    };
    asking.advised().await?;
    asking.known(releases).await?;
    let mut round = asking.round;
    for event in failed {
        round.append.node(&watch.grant, event);
    }
    for place in changed.values().take(some).flatten() {
        round.append.judged(&watch.grant, *place, READER);
    }
    Ok((some, round.finish().await?.changed))
}

/// What is asked about some releases.
struct Asking<'a> {
    node: &'a Node,
    watch: &'a Watch,
    contents: Arc<Contents>,
    /// Those of which it is known what they are made of.
    asked: BTreeSet<ReleaseId>,
    cause: ClearedBy,
    round: Round<'a>,
    /// Names of the vulnerabilities that were asked about.
    done: BTreeSet<String>,
}

impl Asking<'_> {
    /// Asks about every vulnerability of which an advisory speaks of something in the releases.
    async fn advised(&mut self) -> Result<(), StoreError> {
        let (store, grant) = (self.node.store(), &self.watch.grant);
        let packages = self.contents.packages();
        let asked: Vec<&str> = packages.iter().map(String::as_str).collect();
        let parts = store.parts_by_packages(grant, &asked).await?;
        let parts: BTreeSet<(String, String, u64)> =
            parts.into_iter().map(|one| (one.document, one.place, one.part)).collect();
        let parts: Vec<(String, String, u64)> = parts.into_iter().collect();
        for chunk in parts.chunks(ADVISORIES_AT_ONCE) {
            let mut library = Library::default();
            let some = Group::gathered(chunk);
            let opinions = Opinions::of(store, grant, &mut library, &some).await?;
            let contents = self.contents.clone();
            let names = apart(move || contents.names(&opinions.advice)).await?;
            let seeds = names.iter().flat_map(|names| seeds(names)).collect();
            self.ask(&mut library, seeds).await?;
        }
        Ok(())
    }

    /// Asks about those to which they were exposed so far.
    async fn known(&mut self, releases: &[&ReleaseId]) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let (store, grant) = (self.node.store(), &self.watch.grant);
            let known = store.vulnerabilities_of_releases(grant, releases, &after).await?;
            let Some((last, _)) = known.last() else { return Ok(()) };
            after = last.to_string();
            let mut library = Library::default();
            let names = known.into_iter().map(|(_, name)| name).collect();
            self.ask(&mut library, names).await?;
        }
    }

    /// Asks about vulnerabilities that were not asked about yet, by any of the names of each.
    async fn ask(&mut self, library: &mut Library, names: Vec<String>) -> Result<(), StoreError> {
        let (store, grant) = (self.node.store(), &self.watch.grant);
        let fresh: BTreeSet<String> =
            names.into_iter().filter(|name| !self.done.contains(name)).collect();
        let groups = Group::all(store, grant, &Coming::default(), fresh.iter().cloned()).await?;
        self.done.extend(fresh);
        let known = Known::of(self.node, self.watch, &groups).await?;
        for some in groups.chunks(READ_TOGETHER) {
            library.gather(store, grant, some).await?;
            for group in some {
                self.ask_group(library, group, &known).await?;
            }
        }
        Ok(())
    }

    async fn ask_group(
        &mut self,
        library: &mut Library,
        group: &Group,
        known: &Known,
    ) -> Result<(), StoreError> {
        let (store, grant) = (self.node.store(), &self.watch.grant);
        self.done.extend(group.names.iter().cloned());
        let opinions = Opinions::of(store, grant, library, group).await?;
        let (contents, advice) = (self.contents.clone(), opinions.advice.clone());
        let found = apart(move || contents.judged(&advice)).await?;
        let scope = opinions.scope(Scope::Releases(self.asked.clone()));
        let findings = Findings {
            called: opinions.called,
            listing: listing(&known.listings(group)),
            found,
            scope,
            documents: opinions.documents,
            cleared_by: self.cause,
        };
        let likelihood_permille = known.likelihood(group);
        self.round.settle(&Finding { findings, likelihood_permille }, group, known).await
    }
}

/// Looks through what may be a lot without holding up who waits for other things.
async fn apart<T: Send + 'static>(
    look: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(|_| StoreError::Corrupt { what: "inventory" })
}
