//! The sources of the watch are read, each at its pace, and what they bring is taken.
//!
//! A reading may take hours. It hands over batch after batch, and how far it has come is written
//! down in between, so that one that is broken off loses little; its lease is taken anew as long as
//! it goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc, watch};
use watchfire_core::event::Service;
use watchfire_core::log::Hash;
use watchfire_store::{ClaimedFeed, StoreError, Viewer};

use super::pace::{Failure, Paced, grant, later};
use super::repeat;
use crate::apart::in_full;
use crate::command::advisory;
use crate::command::feed::WATCH_ROOM;
use crate::settings::SettingsError;
use crate::state::Node;
use crate::watch::{Batch, End, Handed, Source, Trouble};

/// Sources that are read at the same time.
const AT_ONCE_MAX: usize = 4;
/// A lease is longer than the wait for an answer, by what it takes to work on what came.
const LEASE_MORE_SECONDS: i64 = 300;
/// Seconds between two looks at whether a source is due.
const LOOK_EVERY_SECONDS: u64 = 1;

/// Reads the sources of the settings.
#[derive(Debug, Clone)]
pub struct Watch {
    node: Node,
    sources: Vec<Watched>,
    /// For those that are read at the same time.
    places: Arc<Semaphore>,
}

#[derive(Debug, Clone)]
struct Watched {
    source: Source,
    /// Digest of where it is and of what is read there.
    address: String,
    /// When it is due, as far as this node knows; before that nobody is asked.
    due: Arc<Mutex<Timestamp>>,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self {
            code: trouble.code().to_owned(),
            words: trouble.to_string(),
            retry_after: trouble.retry_after(),
        }
    }
}

impl Watched {
    fn of(source: Source) -> Self {
        let settings = &source.settings;
        let mut parts = vec![settings.kind.name(), &settings.at];
        parts.extend(settings.ecosystems.iter().map(String::as_str));
        // A part holds no line feed, so that no two places read alike.
        let address = Hash::of(&[parts.join("\n").as_bytes()]).to_string();
        Self { source, address, due: Arc::new(Mutex::new(Timestamp::MIN)) }
    }

    fn paced(&self) -> Paced<'_> {
        Paced {
            room: WATCH_ROOM,
            name: &self.source.settings.name,
            address: &self.address,
            every_seconds: self.source.settings.every_seconds,
            silent_after_periods: self.source.settings.silent_after_periods,
        }
    }

    fn lease_seconds(&self) -> i64 {
        i64::from(self.source.settings.timeout_seconds) + LEASE_MORE_SECONDS
    }

    fn due(&self) -> Timestamp {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due_at(&self, at: Timestamp) {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Watch {
    /// Makes ready to read what the settings name.
    ///
    /// # Errors
    /// [`SettingsError`] if `trusted_authorities` cannot be used.
    pub fn from_settings(node: &Node) -> Result<Self, SettingsError> {
        let settings = node.settings();
        let sources = settings.watch.sources.iter();
        let sources = sources.map(|it| Source::from_settings(settings, it).map(Watched::of));
        let sources = sources.collect::<Result<_, _>>()?;
        Ok(Self { node: node.clone(), sources, places: Arc::new(Semaphore::new(AT_ONCE_MAX)) })
    }

    /// Waits so long before a question is put a second time, instead of as long as usual.
    pub fn with_first_pause(mut self, pause: Duration) -> Self {
        self.sources.iter_mut().for_each(|it| it.source.first_pause = pause);
        self
    }

    /// Takes up the sources of the settings, as every start does: one that is new, lies elsewhere
    /// than before, or failed last is due at `now`.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin(&self, now: Timestamp) -> Result<(), StoreError> {
        for watched in &self.sources {
            watched.paced().begin(&self.node, now).await?;
            watched.is_due_at(Timestamp::MIN);
        }
        Ok(())
    }

    /// Reads every source that is due at `now` and that no other node reads. Returns how many were.
    ///
    /// # Errors
    /// Failures of the database. What was read and not recorded is read again.
    pub async fn read_once(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due: Vec<&Watched> = self.sources.iter().filter(|it| it.due() <= now).collect();
        if due.is_empty() || !has_people(&self.node).await? {
            return Ok(0);
        }
        let each = due.into_iter().map(|watched| self.one(watched, now));
        let ends = join_all(each).await.into_iter().collect::<Result<Vec<bool>, _>>()?;
        Ok(ends.into_iter().filter(|was_read| *was_read).count())
    }

    async fn one(&self, watched: &Watched, now: Timestamp) -> Result<bool, StoreError> {
        let _place = self.places.acquire().await.expect("nobody closes it");
        // Others may have been waited for, and a lease begins when it is taken.
        let now = now.max(self.node.now());
        let lease = watched.lease_seconds();
        let Some(claimed) = watched.paced().claim(&self.node, now, lease).await? else {
            self.look_when_due(watched).await?;
            return Ok(false);
        };
        self.node.metrics().add("watchfire_sources_read_total", 1);
        let node = &self.node;
        let mut reading =
            Reading { node, watched, claimed, since: now, failure: None, is_lost: false };
        let read = reading.read().await?;
        reading.settle(read).await?;
        Ok(true)
    }

    /// Looks up when a source is due that another node has, or had.
    async fn look_when_due(&self, watched: &Watched) -> Result<(), StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let rows = self.node.store().feeds(&keeper, WATCH_ROOM).await?;
        let own = rows.iter().find(|row| row.name == watched.source.settings.name);
        // Whoever has another address for it reads it; this node looks again once its turn came.
        let at = own.map_or(Timestamp::MAX, |row| row.next_try_at);
        watched.is_due_at(at.max(later(self.node.now(), 1)));
        Ok(())
    }

    /// Returns each source for itself, so that one that stalls holds up no other.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.sources.iter().map(|one| Self { sources: vec![one.clone()], ..self.clone() })
    }

    /// Reads until the node stops.
    pub(super) async fn run(self, stopped: watch::Receiver<bool>) {
        let period = Duration::from_secs(LOOK_EVERY_SECONDS);
        let loops = self.each().map(|source| {
            let has_begun = Arc::new(AtomicBool::new(false));
            let step = move || source.clone().look(has_begun.clone());
            repeat(stopped.clone(), period, step, |error| {
                tracing::error!(error, "a source could not be read");
            })
        });
        join_all(loops).await;
    }

    async fn look(self, has_begun: Arc<AtomicBool>) -> Result<(), StoreError> {
        let now = self.node.now();
        if !has_begun.load(Ordering::Relaxed) {
            self.begin(now).await?;
            has_begun.store(true, Ordering::Relaxed);
        }
        self.read_once(now).await.map(|_| ())
    }
}

/// A source while it is read under a lease.
struct Reading<'a> {
    node: &'a Node,
    watched: &'a Watched,
    claimed: ClaimedFeed,
    /// Since when the lease is held.
    since: Timestamp,
    /// Why something was not taken.
    failure: Option<Failure>,
    /// Whether another node has it now.
    is_lost: bool,
}

impl Reading<'_> {
    async fn read(&mut self) -> Result<Result<End, Trouble>, StoreError> {
        let (to, from) = mpsc::channel(1);
        let kept = self.claimed.row.state.clone();
        // Files have the machine's time, which may run backwards.
        let wall = self.node.clock().status().wall;
        let source = self.watched.source.clone();
        let reading = source.read(kept.as_deref(), wall, to);
        let (read, taken) = tokio::join!(reading, self.take(from));
        taken.map(|()| read)
    }

    /// Takes what is handed over, until there is no more or something is not taken.
    async fn take(&mut self, mut from: mpsc::Receiver<Handed>) -> Result<(), StoreError> {
        let lease = self.watched.lease_seconds().unsigned_abs();
        loop {
            match tokio::time::timeout(Duration::from_secs(lease / 3), from.recv()).await {
                Ok(None) => return Ok(()),
                Ok(Some(Handed { batch, taken })) => {
                    let is_taken = self.batch(batch).await?;
                    // Whoever handed it over waits for the word, or has gone with the node.
                    taken.send(is_taken).ok();
                    if !is_taken {
                        return Ok(());
                    }
                }
                Err(_) if self.hold().await? => {}
                Err(_) => return Ok(()),
            }
        }
    }

    async fn batch(&mut self, batch: Batch) -> Result<bool, StoreError> {
        if !batch.news.is_empty() {
            let name = &self.watched.source.settings.name;
            if let Err(error) = advisory::take(self.node, name, batch.news).await {
                let (code, words) = (Trouble::Stopped.code().to_owned(), in_full(&error));
                self.failure = Some(Failure { code, words, retry_after: None });
                return Ok(false);
            }
        }
        if let Some(state) = batch.state {
            let grant = grant(self.node).await?;
            let noted = self.node.store().note_feed_state(&grant, &self.claimed, &state).await?;
            self.claimed.row.state = Some(state);
            if !noted {
                self.is_lost = true;
                return Ok(false);
            }
        }
        self.hold().await
    }

    /// Takes the lease anew once half of it is over; returns whether it is still held.
    async fn hold(&mut self) -> Result<bool, StoreError> {
        let now = self.node.now();
        let lease = self.watched.lease_seconds();
        if now < later(self.since, lease / 2) {
            return Ok(true);
        }
        self.claimed.row.next_try_at = now;
        let held = self.node.store().settle_feed(&grant(self.node).await?, &self.claimed).await?;
        let again = match held {
            true => self.watched.paced().claim(self.node, now, lease).await?,
            false => None,
        };
        self.since = now;
        self.is_lost = again.is_none();
        if let Some(again) = again {
            self.claimed = again;
        }
        Ok(!self.is_lost)
    }

    /// Writes down what became of it.
    async fn settle(self, read: Result<End, Trouble>) -> Result<(), StoreError> {
        let Self { node, watched, mut claimed, since, failure, is_lost } = self;
        if is_lost {
            tracing::warn!(feed.name = claimed.row.name, "the lease of a source ended too soon");
            return Ok(());
        }
        // A reading takes time, and the clock went on.
        let now = since.max(node.now());
        let (paced, row) = (watched.paced(), &mut claimed.row);
        match (failure, read) {
            (None, Ok(end)) => {
                row.state = Some(end.state);
                if end.has_news {
                    tracing::info!(feed.name = row.name, "a source had news");
                    row.news_at = Some(now);
                }
                paced.heard(row, now);
            }
            (failure, read) => {
                let of_reading = || read.err().map_or_else(|| Trouble::Stopped.into(), Into::into);
                node.metrics().add("watchfire_sources_failed_total", 1);
                paced.failed(node, row, failure.unwrap_or_else(of_reading), now).await?;
            }
        }
        watched.is_due_at(row.next_try_at);
        if !node.store().settle_feed(&grant(node).await?, &claimed).await? {
            tracing::warn!(feed.name = claimed.row.name, "the lease of a source ended too soon");
        }
        Ok(())
    }
}

/// Whether there is somebody for whom something could be brought.
async fn has_people(node: &Node) -> Result<bool, StoreError> {
    match node.store().own_organization(&Viewer::service(Service::Keeper)).await {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests;
