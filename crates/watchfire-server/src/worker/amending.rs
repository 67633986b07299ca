//! What time does to changes of law: clocks of acknowledgements ring, and at its instant a change
//! is put to use and carried to every case that it touches.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use watchfire_core::amendment::{Amendment, Applied, Decision};
use watchfire_core::event::{AmendmentEvent, NodeEvent, Service};
use watchfire_core::ids::AmendmentId;
use watchfire_core::law::house_reading::HouseReading;
use watchfire_store::policy::{Administer, Write};
use watchfire_store::{Append, Outcome, StoreError, Viewer};

use super::{apart, repeat, rests, trouble};
use crate::command::{TRIES_MAX, amendment as command, impact};
use crate::state::Node;

/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Why a change that is used is not carried out.
const UNREAD: &str = "cases are left as they were: they cannot be computed with the law in use";

/// Works on what is due with changes of law.
#[derive(Debug, Clone)]
pub(super) struct Amending {
    node: Node,
    /// What this process remembers of changes that failed; losing it costs a repetition.
    failures: Arc<Mutex<BTreeMap<AmendmentId, Failed>>>,
}

/// How many times in a row a change failed, and when it is tried again.
#[derive(Debug, Clone, Copy)]
struct Failed {
    times: u32,
    again_at: Timestamp,
}

impl Amending {
    pub(super) fn new(node: Node) -> Self {
        Self { node, failures: Arc::default() }
    }

    /// Does what is due until the node stops.
    pub(super) async fn run(self, stopped: watch::Receiver<bool>) {
        let period = Duration::from_secs(u64::from(self.node.settings().tick_every_seconds));
        let step = || {
            let own = self.clone();
            async move { own.tick(own.node.now()).await.map(|_| ()) }
        };
        let failed = |error: String| {
            tracing::error!(error, "what is due with changes of law could not be looked at");
            self.node.metrics().add("watchfire_ticks_failed_total", 1);
        };
        repeat(stopped, period, step, failed).await;
    }

    /// Does what is due with every change of law at `now`. Returns in how many something was
    /// recorded.
    ///
    /// # Errors
    /// Failures of the database as a whole, after all were tried; what fails with one change is
    /// recorded and is no error.
    pub(super) async fn tick(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.node.follow_law().await?;
        let ticker = Viewer::service(Service::Ticker);
        let (mut recorded, mut cut_short) = (0, None);
        for (id, _) in self.node.store().amendments_due(&ticker, now).await? {
            if self.failures().get(&id).is_some_and(|failed| now < failed.again_at) {
                continue;
            }
            match self.one(&id, now).await {
                Ok(more) => recorded += usize::from(more),
                Err(error) => _ = cut_short.get_or_insert(error),
            }
        }
        cut_short.map_or(Ok(recorded), Err)
    }

    /// Works on one change; of several, one after the other, since each is laid over the one before.
    async fn one(&self, id: &AmendmentId, now: Timestamp) -> Result<bool, StoreError> {
        let (node, own) = (self.node.clone(), id.clone());
        match apart(async move { tick_one(&node, &own, now).await }).await? {
            Ok(recorded) => {
                self.failures().remove(id);
                Ok(recorded)
            }
            Err(problem) => {
                let times = self.failures().get(id).map_or(0, |failed| failed.times) + 1;
                let again_at = now.saturating_add(rests(times)).unwrap_or(Timestamp::MAX);
                self.failures().insert(id.clone(), Failed { times, again_at });
                failed(&self.node, id, &problem, now).await.map(|()| false)
            }
        }
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, BTreeMap<AmendmentId, Failed>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Goes on with one change until nothing is due at `now`.
async fn tick_one(node: &Node, id: &AmendmentId, now: Timestamp) -> Result<bool, StoreError> {
    let ticker = &Viewer::service(Service::Ticker);
    let mut conflict = StoreError::Overloaded;
    let mut recorded = false;
    for _ in 0..TRIES_MAX {
        let amendment = command::read(node, ticker, id).await?;
        // While others were worked on, people went on with this one.
        let now = now.max(node.now());
        match step(node, ticker, &amendment, now).await {
            Ok(true) => recorded = true,
            Ok(false) => return Ok(recorded),
            // Another node or a person was faster: decide anew on what they left.
            Err(error @ StoreError::Conflict { .. }) => {
                node.follow_law().await?;
                conflict = error;
            }
            Err(other) => return Err(other),
        }
    }
    if recorded { Ok(true) } else { Err(conflict) }
}

async fn step(
    node: &Node,
    ticker: &Viewer,
    amendment: &Amendment,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if amendment.is_to_be_applied(now) {
        return put_to_use(node, ticker, amendment, now).await.map(|()| true);
    }
    let chains = command::chains(node, &amendment.organization).await?;
    let mut decision = amendment.tick(&chains, now);
    let mut grief = None;
    if let Some(applied) = amendment.applied.as_ref().filter(|_| amendment.is_to_be_reassessed(now))
    {
        let carried = carried_out(node, amendment, applied, now).await?;
        let impact::Carried { looked_at, changed, unread } = carried;
        decision.events.push(AmendmentEvent::CasesReassessed { looked_at, changed, unread });
        grief = (unread > 0).then_some(UNREAD);
    }
    if decision.events.is_empty() {
        return Ok(false);
    }
    let beside = Beside { lawbooks: None, grief };
    record(node, ticker, amendment, (&decision, beside), now).await.map(|()| true)
}

/// Carries a change to the cases that it touches; a further time, to those that were left, as far as
/// it is recorded which they are.
async fn carried_out(
    node: &Node,
    amendment: &Amendment,
    applied: &Applied,
    now: Timestamp,
) -> Result<impact::Carried, StoreError> {
    let left = impact::left_by(node, &amendment.id).await?;
    let before = applied.reassessed;
    if let Some(before) = before.filter(|before| before.unread == left.len() as u64) {
        let again = impact::carry_out_again(node, &amendment.id, left, now).await?;
        return Ok(impact::Carried {
            looked_at: before.looked_at,
            changed: before.changed + again.changed,
            unread: again.unread,
        });
    }
    let old = node.law_by_digest(&applied.base).await?;
    let new = node.law_by_digest(&applied.lawbook).await?;
    let carried = impact::carry_out(node, &amendment.id, (&old, &new), left, now).await?;
    let changed = before.map_or(0, |before| before.changed) + carried.changed;
    Ok(impact::Carried { changed, ..carried })
}

/// Lays the files over what is used by now and uses what comes out; or says why it cannot be.
async fn put_to_use(
    node: &Node,
    ticker: &Viewer,
    amendment: &Amendment,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Another may have been put to use a moment ago, here or by another node.
    node.follow_law().await?;
    let old = node.law_now();
    let proposed = node.store().law_files(ticker, &amendment.files).await?;
    let mut files = proposed.without_house_readings();
    // Days may have passed since the reading was proposed, and what is used by now may be stricter.
    for reading in HouseReading::of_files(&proposed) {
        let reading = reading.used_at(&old, now);
        if let Err(refusal) = reading.check_stricter(&old) {
            return obstructed(node, ticker, amendment, &refusal.to_string(), now).await;
        }
        files = reading.to_files().over(&files);
    }
    let new = match command::over(files, old.clone()).await {
        Ok(new) => new,
        Err(problem) => return obstructed(node, ticker, amendment, problem.detail(), now).await,
    };
    let events = amendment.put_to_use(&new.digest_hex(), &old.digest_hex());
    let decision = Decision { events, notices: Vec::new() };
    let beside = Beside { lawbooks: Some([old.files(), new.files()]), grief: None };
    record(node, ticker, amendment, (&decision, beside), now).await?;
    tracing::info!(amendment.id = %amendment.id, lawbook = new.digest_hex(), "a change of law is in use");
    node.follow_law().await
}

async fn obstructed(
    node: &Node,
    ticker: &Viewer,
    amendment: &Amendment,
    problem: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let problem: String = problem.chars().take(PROBLEM_CHARS_MAX).collect();
    tracing::error!(amendment.id = %amendment.id, problem, "a change of law cannot be used");
    let grant = node.store().authorize_amendment::<Administer>(ticker, &amendment.id).await?;
    let mut append = command::begun(ticker, amendment, now);
    append.amendment(&grant, AmendmentEvent::Obstructed { problem });
    trouble::tell(node, &mut append, &daily(&amendment.id, now), now).await?;
    append_it(node, append).await
}

/// Marks a trouble with a change: told once a day for as long as it lasts.
fn daily(id: &AmendmentId, now: Timestamp) -> String {
    format!("amendments/{id}/{}", now.strftime("%Y-%m-%d"))
}

/// What goes into an append beside what was decided.
#[derive(Debug, Clone, Copy)]
struct Beside<'b> {
    /// Files of law to keep.
    lawbooks: Option<[&'b watchfire_core::law::files::Files; 2]>,
    /// What people are told once a day while it lasts.
    grief: Option<&'static str>,
}

async fn record(
    node: &Node,
    ticker: &Viewer,
    amendment: &Amendment,
    (decision, beside): (&Decision, Beside<'_>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let grant = node.store().authorize_amendment::<Administer>(ticker, &amendment.id).await?;
    let mut append = command::begun(ticker, amendment, now);
    command::plan(node, &mut append, &grant, decision, now).await?;
    for files in beside.lawbooks.into_iter().flatten() {
        append.lawbook(files.clone());
    }
    if let Some(grief) = beside.grief {
        tracing::error!(amendment.id = %amendment.id, "{grief}");
        trouble::tell(node, &mut append, &daily(&amendment.id, now), now).await?;
    }
    append_it(node, append).await
}

async fn append_it(node: &Node, append: Append) -> Result<(), StoreError> {
    if let Outcome::Done(done) = node.store().append(append).await?
        && done.clock_was_behind
    {
        node.clock().not_before(done.recorded_at);
    }
    Ok(())
}

/// Records that a change could not be processed, and tells people once a day.
async fn failed(
    node: &Node,
    id: &AmendmentId,
    problem: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ticker = &Viewer::service(Service::Ticker);
    let problem: String = problem.chars().take(PROBLEM_CHARS_MAX).collect();
    tracing::error!(amendment.id = %id, problem, "a change of law could not be processed");
    node.metrics().add("watchfire_rows_failed_total", 1);
    let grant = node.store().authorize_node::<Write>(ticker).await?;
    let mut append = Append::new(ticker, now);
    let (room, row) = ("amendments".to_owned(), id.to_string());
    append.node(&grant, NodeEvent::RowFailed { room, row, problem });
    trouble::tell(node, &mut append, &daily(id, now), now).await?;
    append_it(node, append).await
}
