//! What time does to changes of law: clocks of acknowledgements ring, and at its instant a change
//! is put to use and carried to every case that it touches.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use watchfire_core::amendment::{Amendment, Applied, Decision};
use watchfire_core::event::{AmendmentEvent, NodeEvent, Service};
use watchfire_core::ids::AmendmentId;
use watchfire_core::law::house_reading::HouseReading;
use watchfire_store::policy::{Administer, Write};
use watchfire_store::{Append, Outcome, StoreError, Viewer};

use super::{in_full, rest, trouble};
use crate::command::{TRIES_MAX, amendment as command, impact};
use crate::state::Node;

/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Why a change that is used is not carried out.
const UNREAD: &str = "cases are left as they were: the law in use cannot read them";

/// Does what is due with changes of law until the node stops.
pub(super) async fn run(node: Node, mut stopped: watch::Receiver<bool>) {
    let period = Duration::from_secs(u64::from(node.settings().tick_every_seconds));
    loop {
        // In a task of its own, so that even a panic does not end the loop.
        let (of_step, now) = (node.clone(), node.now());
        let mut step = tokio::spawn(async move { tick(&of_step, now).await });
        let done = tokio::select! {
            done = &mut step => done,
            // What is cut short was recorded case by case, and is gone on with at the next start.
            _ = stopped.wait_for(|stop| *stop) => return step.abort(),
        };
        let problem = match done {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(in_full(&error)),
            Err(error) => Some(in_full(&error)),
        };
        if let Some(error) = problem {
            tracing::error!(error, "what is due with changes of law could not be looked at");
            node.metrics().add("watchfire_ticks_failed_total", 1);
        }
        if rest(&mut stopped, period).await {
            return;
        }
    }
}

/// Does what is due with every change of law at `now`. Returns in how many something was recorded.
///
/// # Errors
/// Failures of the database as a whole; what fails with one change stops no other.
pub(super) async fn tick(node: &Node, now: Timestamp) -> Result<usize, StoreError> {
    node.follow_law().await?;
    let ticker = Viewer::service(Service::Ticker);
    let mut recorded = 0;
    for (id, _) in node.store().amendments_due(&ticker, now).await? {
        match tick_one(node, &ticker, &id, now).await {
            Ok(true) => recorded += 1,
            Ok(false) => {}
            Err(error) if error.is_temporary() => return Err(error),
            Err(error @ StoreError::StorageUnsafe(_)) => return Err(error),
            Err(error) => failed(node, &ticker, &id, &in_full(&error), now).await?,
        }
    }
    Ok(recorded)
}

/// Goes on with one change until nothing is due at `now`.
async fn tick_one(
    node: &Node,
    ticker: &Viewer,
    id: &AmendmentId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut conflict = StoreError::Overloaded;
    let mut recorded = false;
    for _ in 0..TRIES_MAX {
        let amendment = command::read(node, ticker, id).await?;
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

/// Carries a change to the cases that it touches; a further time, to those that could not be read.
async fn carried_out(
    node: &Node,
    amendment: &Amendment,
    applied: &Applied,
    now: Timestamp,
) -> Result<impact::Carried, StoreError> {
    let Some(before) = applied.reassessed else {
        let old = node.law_by_digest(&applied.base).await?;
        let new = node.law_by_digest(&applied.lawbook).await?;
        return impact::carry_out(node, &amendment.id, (&old, &new), now).await;
    };
    let again = impact::carry_out_again(node, &amendment.id, now).await?;
    Ok(impact::Carried {
        looked_at: before.looked_at,
        changed: before.changed + again.changed,
        unread: again.unread,
    })
}

/// Lays the files over what is used by now and uses what comes out; or says why it cannot be.
async fn put_to_use(
    node: &Node,
    ticker: &Viewer,
    amendment: &Amendment,
    now: Timestamp,
) -> Result<(), StoreError> {
    let old = node.law_now();
    let files = node.store().law_files(ticker, &amendment.files).await?;
    // What is used by now may be stricter than when the reading was proposed.
    for reading in HouseReading::of_files(&files) {
        if let Err(refusal) = reading.check_stricter(&old) {
            return obstructed(node, ticker, amendment, &refusal.to_string(), now).await;
        }
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
    ticker: &Viewer,
    id: &AmendmentId,
    problem: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
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
