//! Asks the advisories about each SBOM that came, changed or went, soon after.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use watchfire_core::event::{NodeEvent, Service};
use watchfire_core::ids::ReleaseId;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Append, Authorized, SBOMS_AT_ONCE_MAX, StoreError, Unjudged, Viewer};

use super::{repeat, rests, trouble};
use crate::apart::apart;
use crate::command::judge::{self as command, Changed};
use crate::exposure::READER;
use crate::state::Node;

/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Seconds between two looks at which SBOMs are to be asked about.
const LOOK_EVERY_SECONDS: u64 = 1;

/// Releases that are asked about together, and the bytes of their SBOMs.
const RELEASES_MAX: usize = 64;
const BYTES_MAX: u64 = 32 << 20;

/// Asks about SBOMs.
#[derive(Debug, Clone)]
pub struct Judging {
    node: Node,
    /// What this process remembers of releases that failed; losing it costs a repetition.
    failures: Arc<Mutex<BTreeMap<ReleaseId, Failed>>>,
    /// The last change when nothing was left to ask: until there is another, nothing is.
    quiet_at: Arc<Mutex<Option<u64>>>,
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    times: u32,
    again_at: Timestamp,
}

impl Judging {
    /// A hand of a node.
    pub fn new(node: Node) -> Self {
        Self { node, failures: Arc::default(), quiet_at: Arc::default() }
    }

    /// Asks until the node stops.
    pub(super) async fn run(self, stopped: watch::Receiver<bool>) {
        let step = || {
            let own = self.clone();
            async move { own.step(own.node.now()).await.map(|_| ()) }
        };
        repeat(stopped, Duration::from_secs(LOOK_EVERY_SECONDS), step, |error| {
            tracing::error!(error, "advisories could not be asked about SBOMs");
        })
        .await;
    }

    /// Asks about every release of which an SBOM came, changed or went. Returns how many there were.
    ///
    /// # Errors
    /// Failures of the database as a whole; what fails with one release is recorded and is no error.
    pub async fn step(&self, now: Timestamp) -> Result<usize, StoreError> {
        let watch = Viewer::service(Service::Watch);
        let grant = self.node.store().authorize_node::<Write>(&watch).await?;
        let last = self.node.store().sboms_last_change(&grant).await?;
        if last == *self.quiet_at.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(0);
        }
        let batches = self.batches(&grant, last, now).await?;
        let mut count = 0;
        for batch in batches {
            count += batch.len();
            self.ask(batch, now).await?;
        }
        Ok(count)
    }

    /// The first releases that are to be asked about and do not rest, in batches that fit into
    /// memory. Those that rest hold up nobody.
    async fn batches(
        &self,
        grant: &Authorized<NodeNoun, Write>,
        last: Option<u64>,
        now: Timestamp,
    ) -> Result<Vec<Changed>, StoreError> {
        let mut behind = (0, 0);
        loop {
            let store = self.node.store();
            let rows = store.sboms_unjudged(grant, READER, behind, SBOMS_AT_ONCE_MAX).await?;
            let Some(end) = rows.last() else {
                if behind == (0, 0) {
                    *self.quiet_at.lock().unwrap_or_else(PoisonError::into_inner) = last;
                }
                return Ok(Vec::new());
            };
            behind = (end.changed, end.number);
            let ready = self.ready(rows, now);
            if !ready.is_empty() {
                return Ok(batched(ready));
            }
        }
    }

    fn ready(&self, mut rows: Vec<Unjudged>, now: Timestamp) -> Vec<Unjudged> {
        let failures = self.failures();
        rows.retain(|row| failures.get(&row.release).is_none_or(|failed| failed.again_at <= now));
        rows
    }

    /// Asks about releases together; if that fails, about each alone, so that one holds up no other.
    async fn ask(&self, batch: Changed, now: Timestamp) -> Result<(), StoreError> {
        let whole = self.ask_once(batch.clone()).await?;
        if batch.len() == 1 {
            let release = batch.keys().next().cloned();
            return match (whole, release) {
                (Err(problem), Some(release)) => self.failed(&release, &problem, now).await,
                (_, release) => {
                    release.map(|release| self.failures().remove(&release));
                    Ok(())
                }
            };
        }
        match whole {
            Ok(_) => self.failures().retain(|release, _| !batch.contains_key(release)),
            Err(problem) => {
                tracing::warn!(problem, "releases are asked about one by one");
                for (release, places) in batch {
                    Box::pin(self.ask(Changed::from([(release, places)]), now)).await?;
                }
            }
        }
        Ok(())
    }

    async fn ask_once(&self, batch: Changed) -> Result<Result<usize, String>, StoreError> {
        let node = self.node.clone();
        apart(async move { command::releases(&node, &batch).await }).await
    }

    async fn failed(
        &self,
        release: &ReleaseId,
        problem: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let times = self.failures().get(release).map_or(0, |failed| failed.times) + 1;
        let again_at = now.saturating_add(rests(times)).unwrap_or(Timestamp::MAX);
        self.failures().insert(release.clone(), Failed { times, again_at });
        tracing::error!(release.id = %release, problem, "a release could not be asked about");
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Write>(&keeper).await?;
        let mut append = Append::new(&keeper, now);
        let failed = NodeEvent::RowFailed {
            room: "sboms".to_owned(),
            row: release.to_string(),
            problem: problem.chars().take(PROBLEM_CHARS_MAX).collect(),
        };
        append.node(&grant, failed);
        let mark = format!("sboms/{release}/{}", now.strftime("%Y-%m-%d"));
        trouble::tell(&self.node, &mut append, &mark, now).await?;
        self.node.store().append(append).await.map(|_| ())
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, BTreeMap<ReleaseId, Failed>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Releases that are asked about together.
fn batched(rows: Vec<Unjudged>) -> Vec<Changed> {
    let mut by_release: BTreeMap<ReleaseId, (u64, Vec<(u64, u64)>)> = BTreeMap::new();
    for row in rows {
        let (size, places) = by_release.entry(row.release).or_default();
        *size += row.size_bytes;
        places.push((row.number, row.changed));
    }
    let mut batches: Vec<(u64, Changed)> = Vec::new();
    for (release, (size, places)) in by_release {
        match batches.last_mut() {
            Some((sum, batch)) if batch.len() < RELEASES_MAX && *sum + size <= BYTES_MAX => {
                *sum += size;
                batch.insert(release, places);
            }
            _ => batches.push((size, Changed::from([(release, places)]))),
        }
    }
    batches.into_iter().map(|(_, batch)| batch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_asked_about_together_as_far_as_they_fit() {
        let row = |release: &ReleaseId, number, size_bytes| {
            let changed = number + 1;
            Unjudged { number, changed, release: release.clone(), size_bytes }
        };
        let mut ids: Vec<ReleaseId> = (0..=RELEASES_MAX)
            .map(|at| ReleaseId::from_random([u8::try_from(at).expect("few"); 5]))
            .collect();
        ids.sort();
        let sizes = |rows| -> Vec<usize> { batched(rows).iter().map(BTreeMap::len).collect() };
        assert_eq!(sizes(ids.iter().map(|id| row(id, 1, 10)).collect()), [RELEASES_MAX, 1]);
        let large =
            [row(&ids[0], 1, BYTES_MAX), row(&ids[1], 2, 1), row(&ids[2], 3, BYTES_MAX * 2)];
        assert_eq!(sizes(large.to_vec()), [1, 1, 1], "one that is too large goes alone");
        let twice = batched(vec![row(&ids[0], 1, 1), row(&ids[0], 5, 1)]);
        assert_eq!(twice, [Changed::from([(ids[0].clone(), vec![(1, 2), (5, 6)])])]);
        assert!(batched(Vec::new()).is_empty());
    }
}
