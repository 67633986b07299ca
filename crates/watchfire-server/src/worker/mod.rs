//! Hands: what the node does by itself, without being asked.
//!
//! Each hand has a step that takes `now` (a story and a test call it as often as they move the
//! clock) and a loop that calls the step in real time.

mod amending;
pub mod feeds;
pub mod heartbeat;
pub mod judging;
pub mod keeper;
mod pace;
pub mod sender;
pub mod ticker;
mod trouble;
pub mod watch;

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch as signal;
use tokio::task::{JoinHandle, JoinSet};
use watchfire_store::StoreError;

use crate::apart::{apart, in_full};
use crate::channel::Channels;
use crate::settings::SettingsError;
use crate::state::Node;
use amending::Amending;
use feeds::Feeds;
use judging::Judging;
use keeper::Keeper;
use sender::Sender;
use ticker::Ticker;
use watch::Watch;

/// A row that failed is looked at again after this, and after twice as long each further time.
const RETRY_SECONDS_MIN: i64 = 60;
const RETRY_SECONDS_MAX: i64 = 3_600;

/// When the ticker last did its work, so that somebody outside can be told when it stops.
#[derive(Debug, Clone)]
pub struct Progress(Arc<AtomicI64>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(i64::MIN)))
    }
}

impl Progress {
    fn note(&self, now: Timestamp) {
        self.0.store(now.as_microsecond(), Ordering::Relaxed);
    }

    /// Returns when the ticker last did its work, or `None` if it never did.
    pub fn last(&self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).ok()
    }
}

/// Why the hands did not begin to work.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// A channel cannot be set up.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database does not answer.
    #[error("the node cannot begin its work")]
    Store(#[from] StoreError),
}

/// Whether anything may leave the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outbound {
    /// Notices, signs of life and questions to feeds and sources leave.
    Open,
    /// Nothing leaves; notices wait. For a restored node, whose old self may still send the same.
    Quarantined,
}

/// The hands at work.
#[derive(Debug)]
pub struct Workers {
    node: Node,
    stop: signal::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    progress: Progress,
}

impl Workers {
    /// Records the start and sets ticker and keeper to work, and unless nothing may leave, the
    /// sender and whoever asks the feeds and reads the sources.
    ///
    /// # Errors
    /// [`WorkerError`].
    pub async fn start(node: &Node, outbound: Outbound) -> Result<Self, WorkerError> {
        let channels = Channels::from_settings(node.settings())?;
        let progress = Progress::default();
        let ticker = Ticker::new(node.clone(), progress.clone());
        let sender = Sender::new(node.clone(), channels);
        let feeds = Feeds::from_settings(node)?;
        let watch = Watch::from_settings(node)?;
        let keeper = Keeper::new(node.clone(), progress.clone());
        keeper.begin(node.now()).await?;
        let (stop, stopped) = signal::channel(false);
        let mut tasks = vec![
            tokio::spawn(ticker.run(stopped.clone())),
            tokio::spawn(Amending::new(node.clone()).run(stopped.clone())),
            tokio::spawn(Judging::new(node.clone()).run(stopped.clone())),
        ];
        if outbound == Outbound::Open {
            tasks.push(tokio::spawn(sender.run(stopped.clone())));
            tasks.push(tokio::spawn(feeds.run(stopped.clone())));
            tasks.push(tokio::spawn(watch.run(stopped.clone())));
        }
        tasks.push(tokio::spawn(keeper.run(stopped)));
        Ok(Self { node: node.clone(), stop, tasks, progress })
    }

    /// Returns when the ticker last did its work.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Lets each hand finish its step and waits for it, and keeps what makes the next start quick.
    pub async fn stop(self) {
        // Whoever has ended already needs no word.
        self.stop.send(true).ok();
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a hand of the node ended by itself");
            }
        }
        self.node.holdings().keep(self.node.store()).await;
    }
}

/// Waits, or returns `true` at once when the node stops.
async fn rest(stopped: &mut signal::Receiver<bool>, how_long: Duration) -> bool {
    let stops = stopped.wait_for(|stop| *stop);
    // Waiting ends early when the node stops, or when whoever would say so is gone.
    tokio::time::timeout(how_long, stops).await.is_ok()
}

/// Takes a step again and again until the node stops, which cuts it short. Each is taken in a task
/// of its own, so that even a panic does not end the loop; `failed` hears of what went wrong.
async fn repeat<F>(
    mut stopped: signal::Receiver<bool>,
    period: Duration,
    step: impl Fn() -> F,
    failed: impl Fn(String),
) where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    loop {
        let mut alone = JoinSet::new();
        alone.spawn(step());
        let done = tokio::select! {
            done = alone.join_next() => done.expect("one is in it"),
            // How far it came was recorded, and it is gone on with at the next start.
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failed(in_full(&error)),
            Err(error) => failed(in_full(&error)),
        }
        if rest(&mut stopped, period).await {
            return;
        }
    }
}

/// How long a row rests that has failed so many times in a row: twice as long each time.
fn rests(failures: u32) -> SignedDuration {
    let doubled = RETRY_SECONDS_MIN << failures.saturating_sub(1).min(6);
    SignedDuration::from_secs(doubled.min(RETRY_SECONDS_MAX))
}

/// Names this process among the nodes of one database.
fn process_name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let bytes: [u8; 8] = watchfire_store::random_bytes();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    })
}
