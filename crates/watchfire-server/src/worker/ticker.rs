//! The heart-beat: asks the store what is due, lets core decide, appends.
//!
//! Many nodes may tick on one database: each append expects the version of the case it was decided
//! on, so one wins and the others find nothing left to do. A row that cannot be processed stops no
//! other; it is recorded, told to people at once, and looked at again later.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use watchfire_core::case::Decision;
use watchfire_core::event::{CaseEvent, NodeEvent, Service, Stream};
use watchfire_core::ids::{CaseId, ObligationId};
use watchfire_store::policy::Write;
use watchfire_store::{Append, DUE_ROWS_MAX, DueRow, Outcome, StalledRow, StoreError, Viewer};

use super::amending::Amending;
use super::{Progress, apart, in_full, rest, rests, trouble};
use crate::command::TRIES_MAX;
use crate::command::decision::{Loaded, plan};
use crate::state::Node;

/// How often it is checked that every open obligation has somebody and a next instant.
const CHECK_EVERY_SECONDS: i64 = 60;
/// So many cases are worked on at once, so that many clocks that ring together wait for one
/// another little, and their appends share a commit.
const CASES_AT_ONCE_MAX: usize = 8;
/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;

/// Fires what is due.
#[derive(Debug)]
pub struct Ticker {
    node: Node,
    amending: Amending,
    progress: Progress,
    memory: Mutex<Memory>,
}

/// What this process remembers between two looks; losing it costs a repetition and no more.
#[derive(Debug, Default)]
struct Memory {
    failures: BTreeMap<CaseId, u32>,
    stalled: BTreeSet<ObligationId>,
    checked_at: Option<Timestamp>,
}

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Rungs that were reached and recorded by this node.
    pub rungs: usize,
    /// Cases in which something was recorded.
    pub cases: usize,
    /// Changes of law in which something was recorded.
    pub amendments: usize,
    /// Rows that could not be processed.
    pub failed: usize,
}

impl AddAssign for Ticked {
    fn add_assign(&mut self, other: Self) {
        self.rungs += other.rungs;
        self.cases += other.cases;
        self.amendments += other.amendments;
        self.failed += other.failed;
    }
}

impl Ticker {
    /// Makes a ticker that reports to `progress`.
    pub fn new(node: Node, progress: Progress) -> Self {
        let amending = Amending::new(node.clone());
        Self { node, amending, progress, memory: Mutex::default() }
    }

    /// Does everything that is due at `now`: in cases, and then with changes of law.
    ///
    /// # Errors
    /// Failures of the database as a whole; what fails in one row is recorded and is no error.
    pub async fn tick_once(&self, now: Timestamp) -> Result<Ticked, StoreError> {
        let ticked = self.tick_cases(now).await?;
        Ok(Ticked { amendments: self.amending.tick(now).await?, ..ticked })
    }

    async fn tick_cases(&self, now: Timestamp) -> Result<Ticked, StoreError> {
        let mut ticked = Ticked::default();
        loop {
            let ticker = Viewer::service(Service::Ticker);
            let rows = self.node.store().due_before(&ticker, now, DUE_ROWS_MAX).await?;
            let was_full = rows.len() == DUE_ROWS_MAX;
            let cases = stream::iter(by_case(rows))
                .map(|(case, rows)| async move { self.one_case(&case, rows, now).await });
            // All are tried, whatever befalls one of them.
            let done: Vec<_> = cases.buffer_unordered(CASES_AT_ONCE_MAX).collect().await;
            for of_case in done {
                ticked += of_case?;
            }
            if !was_full {
                break;
            }
        }
        self.progress.note(now);
        self.node.metrics().add("watchfire_rungs_fired_total", ticked.rungs as u64);
        Ok(ticked)
    }

    /// Returns when the next look is needed, or `None` if nothing is owed.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn next_due_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.node.store().next_due_at(&Viewer::service(Service::Ticker)).await
    }

    async fn one_case(
        &self,
        case: &CaseId,
        rows: Vec<DueRow>,
        now: Timestamp,
    ) -> Result<Ticked, StoreError> {
        let (node, id, of_case) = (self.node.clone(), case.clone(), rows.clone());
        match apart(async move { tick_case(&node, &id, &of_case, now).await }).await? {
            Ok(rungs) => {
                self.memory().failures.remove(case);
                let cases = usize::from(rungs.is_some());
                Ok(Ticked { rungs: rungs.unwrap_or(0), cases, ..Ticked::default() })
            }
            Err(problem) => {
                self.row_failed(case, &rows, &problem, now).await?;
                Ok(Ticked { failed: rows.len(), ..Ticked::default() })
            }
        }
    }

    /// Records that rows could not be processed, tells people, and puts the rows off.
    async fn row_failed(
        &self,
        case: &CaseId,
        rows: &[DueRow],
        problem: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failures = {
            let mut memory = self.memory();
            let count = memory.failures.entry(case.clone()).or_default();
            *count += 1;
            *count
        };
        let again_at = now.saturating_add(rests(failures)).unwrap_or(Timestamp::MAX);
        self.node.metrics().add("watchfire_rows_failed_total", rows.len() as u64);
        let ticker = Viewer::service(Service::Ticker);
        let node_grant = self.node.store().authorize_node::<Write>(&ticker).await?;
        let case_grant = self.node.store().authorize_case::<Write>(&ticker, case).await?;
        let mut append = Append::new(&ticker, now);
        for row in rows {
            let name = row.obligation.to_string();
            tracing::error!(case.id = %case, obligation.id = name, problem, "a due row failed");
            let problem = problem.chars().take(PROBLEM_CHARS_MAX).collect();
            let failed = NodeEvent::RowFailed { room: "due".to_owned(), row: name, problem };
            append.node(&node_grant, failed);
            append.due(&case_grant, row.obligation.clone(), Some(again_at));
            trouble::tell(&self.node, &mut append, &daily("due", &row.obligation, now), now)
                .await?;
        }
        self.node.store().append(append).await.map(|_| ())
    }

    /// Checks that every open obligation has an owner or a gap, and a next instant. Returns how
    /// many have not; each is recorded, and told once a day while it lasts.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn check_once(&self, now: Timestamp) -> Result<usize, StoreError> {
        let ticker = Viewer::service(Service::Ticker);
        let stalled = self.node.store().stalled(&ticker, DUE_ROWS_MAX).await?;
        let known = {
            let mut memory = self.memory();
            memory.checked_at = Some(now);
            let ids = stalled.iter().map(|row| row.obligation.clone()).collect();
            std::mem::replace(&mut memory.stalled, ids)
        };
        for row in stalled.iter().filter(|row| !known.contains(&row.obligation)) {
            self.stalled(row, now).await?;
        }
        Ok(stalled.len())
    }

    /// Records that nobody would be told of an open obligation, tells people at once, and gives it
    /// the next instant that its case says.
    async fn stalled(&self, row: &StalledRow, now: Timestamp) -> Result<(), StoreError> {
        let ticker = Viewer::service(Service::Ticker);
        let problem = match row.due_at {
            None => "an open obligation has no next instant",
            Some(_) => "an open obligation has neither owner nor gap",
        };
        let name = row.obligation.to_string();
        tracing::error!(case.id = %row.case, obligation.id = name, problem);
        self.node.metrics().add("watchfire_obligations_stalled_total", 1);
        let grant = self.node.store().authorize_node::<Write>(&ticker).await?;
        let mut append = Append::new(&ticker, now);
        let problem = problem.to_owned();
        append.node(
            &grant,
            NodeEvent::RowFailed { room: "obligations".to_owned(), row: name, problem },
        );
        if row.due_at.is_none() {
            // A case that cannot be read must not keep the alarm back.
            match Loaded::read(&self.node, &ticker, &row.case).await {
                Ok(loaded) => {
                    let at = loaded.case.due_instants().get(&row.obligation).copied();
                    let of_case = self.node.store().authorize_case::<Write>(&ticker, &row.case);
                    append.due(&of_case.await?, row.obligation.clone(), at);
                }
                Err(error) => {
                    tracing::error!(case.id = %row.case, error = in_full(&error), "not mended");
                }
            }
        }
        trouble::tell(&self.node, &mut append, &daily("obligations", &row.obligation, now), now)
            .await?;
        self.node.store().append(append).await.map(|_| ())
    }

    /// Does what is due in cases until the node stops. Changes of law have a loop of their own:
    /// carrying one to many cases takes long, and no deadline waits for it.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let period = Duration::from_secs(u64::from(self.node.settings().tick_every_seconds));
        loop {
            let now = self.node.now();
            if let Err(error) = self.look(now).await {
                tracing::error!(error = in_full(&error), "the ticker could not look what is due");
                self.node.metrics().add("watchfire_ticks_failed_total", 1);
            }
            if rest(&mut stopped, self.until_next(period).await).await {
                return;
            }
        }
    }

    async fn look(&self, now: Timestamp) -> Result<(), StoreError> {
        self.tick_cases(now).await?;
        let checked_at = self.memory().checked_at;
        let every = SignedDuration::from_secs(CHECK_EVERY_SECONDS);
        if checked_at.is_none_or(|at| now.duration_since(at) >= every) {
            self.check_once(now).await?;
        }
        Ok(())
    }

    /// Returns the time to the next rung, at most the period.
    async fn until_next(&self, period: Duration) -> Duration {
        let Ok(Some(at)) = self.next_due_at().await else { return period };
        let left = at.duration_since(self.node.now());
        // What is past already failed a moment ago; it waits for the period like all else.
        Duration::try_from(left)
            .map_or(period, |left| left.max(Duration::from_millis(1)).min(period))
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks a trouble of a row: told once a day for as long as it lasts, and again when it comes back.
fn daily(room: &str, row: &ObligationId, now: Timestamp) -> String {
    format!("{room}/{row}/{}", now.strftime("%Y-%m-%d"))
}

fn by_case(rows: Vec<DueRow>) -> BTreeMap<CaseId, Vec<DueRow>> {
    let mut cases: BTreeMap<CaseId, Vec<DueRow>> = BTreeMap::new();
    for row in rows {
        cases.entry(row.case.clone()).or_default().push(row);
    }
    cases
}

/// Does what is due in one case. Returns how many rungs were recorded, `None` if nothing was left
/// to do.
async fn tick_case(
    node: &Node,
    id: &CaseId,
    rows: &[DueRow],
    now: Timestamp,
) -> Result<Option<usize>, StoreError> {
    let mut conflict = None;
    for _ in 0..TRIES_MAX {
        match try_case(node, id, rows, now).await {
            // Another node or a person was faster: decide anew on what they left.
            Err(error @ StoreError::Conflict { .. }) => conflict = Some(error),
            other => return other,
        }
    }
    Err(conflict.unwrap_or(StoreError::Overloaded))
}

async fn try_case(
    node: &Node,
    id: &CaseId,
    rows: &[DueRow],
    now: Timestamp,
) -> Result<Option<usize>, StoreError> {
    let ticker = Viewer::service(Service::Ticker);
    let loaded = Loaded::read(node, &ticker, id).await?;
    // While other rows were worked on, people went on with this case.
    let now = loaded.not_before(now.max(node.now()));
    let mut after = loaded.case.clone();
    let mut decision = Decision::default();
    for row in rows {
        let more = after.tick(&loaded.house(node), &row.obligation, now);
        more.events.iter().for_each(|event| after.apply(now, event));
        decision.events.extend(more.events);
        decision.notices.extend(more.notices);
    }
    let version = loaded.case.version;
    let mut append = Append::new(&ticker, now).expect_version(Stream::Case(id.clone()), version);
    let grant = node.store().authorize_case::<Write>(&ticker, id).await?;
    plan(node, &mut append, &grant, Some(&loaded.case), &decision, now).await?;
    let instants = after.due_instants();
    let mut repaired = false;
    for row in rows {
        let is = instants.get(&row.obligation).copied();
        let moved = loaded.case.due_instants().get(&row.obligation).copied() != is;
        if moved || is == Some(row.due_at) || !is_still(node, &ticker, row).await? {
            continue;
        }
        // The row says another instant than the case: it would be due for ever.
        let node_grant = node.store().authorize_node::<Write>(&ticker).await?;
        let problem = format!("the row said {}, the case did not; mended", row.due_at);
        let name = row.obligation.to_string();
        tracing::warn!(obligation.id = name, problem);
        append
            .node(&node_grant, NodeEvent::RowFailed { room: "due".to_owned(), row: name, problem });
        append.due(&grant, row.obligation.clone(), is);
        repaired = true;
    }
    if decision.events.is_empty() && !repaired {
        return Ok(None);
    }
    if let Outcome::Done(done) = node.store().append(append).await?
        && done.clock_was_behind
    {
        node.clock().not_before(done.recorded_at);
    }
    let is_rung = |event: &&CaseEvent| matches!(event, CaseEvent::RungReached { .. });
    Ok(Some(decision.events.iter().filter(is_rung).count()))
}

/// Whether the row still says what it said, or another node has moved it meanwhile.
async fn is_still(node: &Node, ticker: &Viewer, row: &DueRow) -> Result<bool, StoreError> {
    let now = node.store().obligation(ticker, &row.obligation).await?;
    Ok(now.due_at == Some(row.due_at))
}
