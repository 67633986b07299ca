//! Watches over the node itself: signs of life, doubt of the clock, and the public log.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use watchfire_core::event::{NodeEvent, Service};
use watchfire_core::law::TIME_ZONE_DATABASE;
use watchfire_core::log::batch::LEAVES_MAX;
use watchfire_core::log::tick::{Schedule, Tick as Entry};
use watchfire_core::log::{Checkpoint, Hash, SignerKey};
use watchfire_store::policy::{Read, Write};
use watchfire_store::{
    Append, FORGOTTEN_AT_ONCE_MAX, Inception, LogHead, StoreError, Tick, Tree, Viewer,
};

use super::heartbeat::{Beat, Heartbeat};
use super::{Progress, in_full, process_name, rest, trouble};
use crate::command::built_in;
use crate::state::Node;

/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Ticks of the public log that are written at once after an outage.
const TICKS_AT_ONCE_MAX: u64 = 500;
/// Seconds between two looks at clock and log, and two signs of life in the database.
const LOOK_EVERY_SECONDS: u64 = 1;
/// The pause between two lots of ticks while the public log catches up, for others to write.
const GROW_EVERY_MILLISECONDS: u64 = 50;
/// The answer to a request is kept under its `Idempotency-Key` for so many days.
pub const ANSWERS_KEPT_DAYS: i64 = 30;
/// Seconds between two looks for answers that are older.
const FORGET_EVERY_SECONDS: i64 = 3_600;
/// The ticker counts as stopped when it did nothing for this long or for ten of its periods.
const STILL_SECONDS_MAX: i64 = 60;

/// How far the public log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// To where it must be.
    Reached,
    /// There are more ticks to write.
    Behind,
}

/// Keeps the node.
#[derive(Debug)]
pub struct Keeper {
    node: Node,
    progress: Progress,
    is_doubting: Mutex<bool>,
    forgot_at: Mutex<Option<Timestamp>>,
    leaves_per_tick_max: u64,
}

impl Keeper {
    /// Makes a keeper that watches the ticker by `progress`.
    pub fn new(node: Node, progress: Progress) -> Self {
        Self {
            node,
            progress,
            is_doubting: Mutex::new(false),
            forgot_at: Mutex::new(None),
            leaves_per_tick_max: LEAVES_MAX as u64,
        }
    }

    /// Lets one tick of the public log cover at most `max` entries; the next goes on.
    ///
    /// No tick can cover more than [`LEAVES_MAX`], which is what it covers without this.
    #[must_use]
    pub fn with_leaves_per_tick_max(mut self, max: u64) -> Self {
        self.leaves_per_tick_max = max.clamp(1, LEAVES_MAX as u64);
        self
    }

    /// Records the start with the time the node was down, and begins the public log if it has not
    /// begun.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin(&self, now: Timestamp) -> Result<(), StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let store = self.node.store();
        let read = store.authorize_node::<Read>(&keeper).await?;
        let grant = store.authorize_node::<Write>(&keeper).await?;
        let down_since = store.last_beat(&read).await?;
        self.node.follow_law().await?;
        let mut append = Append::new(&keeper, now);
        append.lawbook(self.node.law().files().clone());
        append.node(
            &grant,
            NodeEvent::Started {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                lawbook: self.node.law().digest_hex(),
                time_zones: TIME_ZONE_DATABASE.to_owned(),
                down_since,
            },
        );
        store.append(append).await?;
        self.propose_what_the_program_brings(now).await?;
        let cadence_seconds = self.node.settings().checkpoint_every_seconds;
        let held = store.begin_log(&grant, Inception { began_at: now, cadence_seconds }).await?;
        if held.cadence_seconds != cadence_seconds {
            tracing::warn!(
                held = held.cadence_seconds,
                setting = cadence_seconds,
                "the public log began with another `checkpoint_every_seconds`, which holds"
            );
        }
        store.beat(&grant, process_name(), now).await
    }

    /// Gives a sign of life in the database, records a doubt of the clock, and lets the public log
    /// grow towards where it must be at `now`. Returns whether that needs more looks: a clock that
    /// jumped over years must not keep the keeper from everything else.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn keep_once(&self, now: Timestamp) -> Result<Growth, StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Write>(&keeper).await?;
        self.node.store().beat(&grant, process_name(), now).await?;
        self.doubt_once(now).await?;
        let (_, growth) = self.grow(now).await?;
        self.forget_once(now).await?;
        Ok(growth)
    }

    /// Forgets answers that are older than [`ANSWERS_KEPT_DAYS`], some at a time; looks again at
    /// once while there are more, and else after an hour. Returns how many.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn forget_once(&self, now: Timestamp) -> Result<u64, StoreError> {
        let every = SignedDuration::from_secs(FORGET_EVERY_SECONDS);
        let last = *self.forgot_at.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| now.duration_since(last) < every) {
            return Ok(0);
        }
        let kept = SignedDuration::from_hours(24 * ANSWERS_KEPT_DAYS);
        let before = now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Write>(&keeper).await?;
        let forgotten = self.node.store().forget_answers(&grant, before).await?;
        if forgotten < FORGOTTEN_AT_ONCE_MAX {
            *self.forgot_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        Ok(forgotten)
    }

    /// Records a doubt of the clock once, however long it lasts.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn doubt_once(&self, now: Timestamp) -> Result<bool, StoreError> {
        let doubt = self.node.clock().status().doubt;
        let is_new = {
            let mut is_doubting = self.is_doubting.lock().unwrap_or_else(PoisonError::into_inner);
            let was = std::mem::replace(&mut *is_doubting, doubt.is_some());
            doubt.is_some() && !was
        };
        let Some(doubt) = doubt else { return Ok(false) };
        if is_new {
            let keeper = Viewer::service(Service::Keeper);
            let grant = self.node.store().authorize_node::<Write>(&keeper).await?;
            let mut append = Append::new(&keeper, now);
            let doubted = NodeEvent::ClockDoubted { wall: doubt.wall, expected: doubt.expected };
            append.node(&grant, doubted);
            self.node.store().append(append).await?;
            tracing::warn!(wall = %doubt.wall, expected = %doubt.expected, "the clock is in doubt");
        }
        self.node.clock().settle_doubt();
        Ok(is_new)
    }

    /// Lets the public log grow to the size that `now` asks for. Returns how many ticks this node
    /// wrote; another node of the same database may have been faster.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn checkpoint_once(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut written = 0;
        loop {
            let (more, growth) = self.grow(now).await?;
            written += more;
            if growth == Growth::Reached {
                return Ok(written);
            }
        }
    }

    /// Writes the next ticks of the public log, at most [`TICKS_AT_ONCE_MAX`], and returns how many
    /// this node wrote.
    async fn grow(&self, now: Timestamp) -> Result<(u64, Growth), StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let store = self.node.store();
        let read = store.authorize_node::<Read>(&keeper).await?;
        let Some(inception) = store.log_inception(&read).await? else {
            return Ok((0, Growth::Reached));
        };
        let schedule = Schedule::new(inception.began_at, inception.cadence_seconds);
        let wanted = schedule.size_at(now);
        let last = store.latest_tick(&read).await?;
        let size = last.as_ref().map_or(0, |tick| tick.number + 1);
        if size >= wanted {
            return Ok((0, Growth::Reached));
        }
        let end = wanted.min(size + TICKS_AT_ONCE_MAX);
        let growth = if end == wanted { Growth::Reached } else { Growth::Behind };
        let ticks = self.ticks(last.as_ref(), size, end, growth == Growth::Reached).await?;
        let grant = store.authorize_node::<Write>(&keeper).await?;
        let signer = self.node.signer();
        let sign = |head: &LogHead| sign(signer, signer.verifier().name(), head);
        match store.append_ticks(&grant, &ticks, now, sign).await {
            Ok(_) => Ok((end - size, growth)),
            // Another node wrote it; it has the same key and the same schedule.
            Err(StoreError::Taken(_)) => Ok((0, Growth::Reached)),
            Err(other) => Err(other),
        }
    }

    /// Puts forward what a new program brings of the law. A failure stops no node: it is recorded
    /// and told, and tried again at the next start.
    async fn propose_what_the_program_brings(&self, now: Timestamp) -> Result<(), StoreError> {
        let problem = match built_in::propose(&self.node).await {
            Ok(None) => return Ok(()),
            Ok(Some(id)) => {
                tracing::warn!(
                    amendment.id = id,
                    "this program brings other law than the one before it; what was used stays in \
                     use until people have agreed"
                );
                return Ok(());
            }
            Err(problem) => problem.detail().chars().take(PROBLEM_CHARS_MAX).collect::<String>(),
        };
        tracing::error!(problem, "what this program brings of the law could not be proposed");
        let keeper = Viewer::service(Service::Keeper);
        let grant = self.node.store().authorize_node::<Write>(&keeper).await?;
        let mut append = Append::new(&keeper, now);
        let (room, row) = ("laws".to_owned(), self.node.own_law().digest_hex());
        append.node(&grant, NodeEvent::RowFailed { room, row: row.clone(), problem });
        trouble::tell(&self.node, &mut append, &format!("laws/{row}"), now).await?;
        self.node.store().append(append).await.map(|_| ())
    }

    /// Makes the ticks from `first` to before `end`: empty ones for those that were missed, and in
    /// the newest, if `with_news`, everything since the last, as far as one tick can cover it.
    async fn ticks(
        &self,
        last: Option<&Tick>,
        first: u64,
        end: u64,
        with_news: bool,
    ) -> Result<Vec<Tick>, StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let store = self.node.store();
        let log = store.authorize_log(&keeper).await?;
        let grant = store.authorize_node::<Write>(&keeper).await?;
        let empty = LogHead { size: 0, root: Hash::of_empty_tree() };
        let before = last.map_or(empty, |tick| tick.internal.clone());
        let mut ticks = Vec::new();
        for number in first..end {
            let is_newest = with_news && number + 1 == end;
            let (head, leaves) = if is_newest {
                let mut head = store.log_head(&log, Tree::Internal).await?;
                let size = before.size.saturating_add(self.leaves_per_tick_max);
                if head.size > size {
                    tracing::warn!(left = head.size - size, "the next tick goes on with the rest");
                    head = store.log_head_at(&log, Tree::Internal, size).await?;
                }
                let leaves = store.leaf_hashes(&grant, before.size, head.size).await?;
                (head, leaves)
            } else {
                (before.clone(), Vec::new())
            };
            ticks.push(tick(number, head, &leaves)?);
        }
        Ok(ticks)
    }

    /// Whether the ticker works: somebody outside is told that it does, as long as it does.
    pub fn is_ticking(&self, now: Timestamp) -> bool {
        let period = i64::from(self.node.settings().tick_every_seconds);
        let still = SignedDuration::from_secs(STILL_SECONDS_MAX.max(10 * period));
        self.progress.last().is_some_and(|last| now.duration_since(last) <= still)
    }

    /// Keeps the node until it stops.
    pub async fn run(self, stopped: watch::Receiver<bool>) {
        tokio::join!(self.keep(stopped.clone()), self.beat(stopped));
    }

    async fn keep(&self, mut stopped: watch::Receiver<bool>) {
        loop {
            let pause = match self.keep_once(self.node.now()).await {
                Ok(Growth::Behind) => Duration::from_millis(GROW_EVERY_MILLISECONDS),
                Ok(Growth::Reached) => Duration::from_secs(LOOK_EVERY_SECONDS),
                Err(error) => {
                    tracing::error!(error = in_full(&error), "the keeper could not do its work");
                    Duration::from_secs(LOOK_EVERY_SECONDS)
                }
            };
            if rest(&mut stopped, pause).await {
                return;
            }
        }
    }

    async fn beat(&self, mut stopped: watch::Receiver<bool>) {
        let heartbeat = match Heartbeat::from_settings(self.node.settings(), self.node.now()) {
            Ok(Some(heartbeat)) => heartbeat,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(error = in_full(&error), "no sign of life can be given");
                return;
            }
        };
        while !rest(&mut stopped, Duration::from_secs(LOOK_EVERY_SECONDS)).await {
            let now = self.node.now();
            let name = match heartbeat.beat_once(self.is_ticking(now), now).await {
                Beat::NotYet => continue,
                Beat::Taken => "watchfire_heartbeats_total",
                Beat::Withheld | Beat::NotTaken => "watchfire_heartbeats_failed_total",
            };
            self.node.metrics().add(name, 1);
        }
    }
}

fn tick(number: u64, internal: LogHead, leaves: &[Hash]) -> Result<Tick, StoreError> {
    let secret: [u8; 32] = watchfire_store::random_bytes();
    let made = Entry::new(secret, internal.size, internal.root, leaves)
        .map_err(|_| StoreError::TooLarge { what: "batch", limit: LEAVES_MAX })?;
    Ok(Tick { number, secret, internal, entry: Hash(made.entry().0) })
}

fn sign(signer: &SignerKey, origin: &str, head: &LogHead) -> String {
    Checkpoint::new(origin, head.size, head.root)
        .sign(&[signer])
        .expect("the name of a key is an origin")
}
