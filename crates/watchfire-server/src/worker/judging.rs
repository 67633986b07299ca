//! Asks the advisories about each SBOM that came, changed or went, soon after.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use watchfire_core::event::{NodeEvent, Service};
use watchfire_core::ids::ReleaseId;
use watchfire_store::policy::Write;
use watchfire_store::{Append, SBOMS_AT_ONCE_MAX, StoreError, Viewer};

use super::{repeat, rests, trouble};
use crate::apart::apart;
use crate::command::judge as command;
use crate::exposure::READER;
use crate::state::Node;

/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Seconds between two looks at which SBOMs are to be asked about.
const LOOK_EVERY_SECONDS: u64 = 1;

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
        let rows = self.node.store().sboms_unjudged(&grant, READER, SBOMS_AT_ONCE_MAX).await?;
        if rows.is_empty() {
            *self.quiet_at.lock().unwrap_or_else(PoisonError::into_inner) = last;
        }
        let mut by_release: BTreeMap<ReleaseId, Vec<(u64, u64)>> = BTreeMap::new();
        for (place, release) in rows {
            by_release.entry(release).or_default().push(place);
        }
        let mut count = 0;
        for (release, places) in by_release {
            if self.failures().get(&release).is_some_and(|failed| now < failed.again_at) {
                continue;
            }
            count += 1;
            let (node, own) = (self.node.clone(), release.clone());
            match apart(async move { command::release(&node, &own, &places).await }).await? {
                Ok(_) => drop(self.failures().remove(&release)),
                Err(problem) => self.failed(&release, &problem, now).await?,
            }
        }
        Ok(count)
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
