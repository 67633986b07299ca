//! Feeds of law are asked for what is new, each at its pace, and what they bring is proposed.
//!
//! A try ends with news, with none, or with a problem; `pace.rs` says when the next is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};
use watchfire_core::event::Service;
use watchfire_core::ids::PartyId;
use watchfire_core::law::bundle::BUNDLE_BYTES_MAX;
use watchfire_core::log::{Hash, VerifierKey};
use watchfire_store::{FeedRow, StoreError, Viewer};

use super::pace::{Failure, Paced, grant};
use super::repeat;
use crate::channel::trust::Trust;
use crate::command::feed::{self as command, Brought, ROOM};
use crate::error::Problem;
use crate::outside::fetch::{Fetched, Fetcher, Schemes, Validators};
use crate::settings::{LawFeedSettings, SettingsError};
use crate::state::Node;

/// Feeds that are asked at the same time.
const AT_ONCE_MAX: usize = 4;
/// Longer than it takes to read and to propose what was fetched.
const LEASE_MORE_SECONDS: i64 = 300;
/// Seconds between two looks at which feeds are due.
const LOOK_EVERY_SECONDS: u64 = 1;
/// Asks the feeds of the settings.
#[derive(Debug, Clone)]
pub struct Feeds {
    node: Node,
    feeds: Vec<Feed>,
    /// For those that are asked at the same time.
    places: Arc<Semaphore>,
}

#[derive(Debug, Clone)]
struct Feed {
    settings: LawFeedSettings,
    keys: Vec<VerifierKey>,
    fetcher: Fetcher,
    /// Digest of the address.
    address: String,
}

impl Failure {
    fn of(problem: &Problem, content_type: Option<&str>) -> Self {
        let mut words = problem.detail().to_owned();
        if let Some(kind) = content_type.filter(|_| problem.code() == "bundle_malformed") {
            words.push_str(&format!("; it came as `{kind}`"));
        }
        Self { code: problem.code().to_owned(), words, retry_after: None }
    }
}

impl Feed {
    fn paced(&self) -> Paced<'_> {
        Paced {
            room: ROOM,
            name: &self.settings.name,
            address: &self.address,
            every_seconds: self.settings.every_seconds,
            silent_after_periods: self.settings.silent_after_periods,
        }
    }
}

impl Feeds {
    /// Makes ready to ask what the settings name.
    ///
    /// # Errors
    /// [`SettingsError`] if `trusted_authorities` or a key cannot be used.
    pub fn from_settings(node: &Node) -> Result<Self, SettingsError> {
        let settings = node.settings();
        let trust = Trust::from_settings(settings)?;
        let feed = |feed: &LawFeedSettings| {
            Ok(Feed {
                settings: feed.clone(),
                keys: settings.law.keys_of(feed)?,
                fetcher: Fetcher {
                    trust: trust.clone(),
                    allowed: settings.law.allowed_networks.clone(),
                    schemes: Schemes::Tls,
                    within: Duration::from_secs(u64::from(feed.timeout_seconds)),
                    bytes_max: BUNDLE_BYTES_MAX,
                    kept: None,
                },
                address: Hash::of(&[feed.url.as_bytes()]).to_string(),
            })
        };
        let feeds = settings.law.feeds.iter().map(feed).collect::<Result<_, _>>()?;
        Ok(Self { node: node.clone(), feeds, places: Arc::new(Semaphore::new(AT_ONCE_MAX)) })
    }

    /// Takes up the feeds of the settings, as every start does: one that is new, has another
    /// address, or failed last is due at `now`.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin(&self, now: Timestamp) -> Result<(), StoreError> {
        for feed in &self.feeds {
            feed.paced().begin(&self.node, now).await?;
        }
        Ok(())
    }

    /// Asks every feed that is due at `now` and that no other node asks. Returns how many were.
    ///
    /// # Errors
    /// Failures of the database. What was asked and not recorded is asked again.
    pub async fn fetch_once(&self, now: Timestamp) -> Result<usize, StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let organization = match self.node.store().own_organization(&keeper).await {
            Ok(id) => id,
            // Nobody is there yet to whom something could be proposed.
            Err(StoreError::NotFound(_)) => return Ok(0),
            Err(other) => return Err(other),
        };
        let rows = self.node.store().feeds(&keeper, ROOM).await?;
        let is_due = |feed: &&Feed| {
            rows.iter().any(|row| row.name == feed.settings.name && row.next_try_at <= now)
        };
        let due: Vec<Feed> = self.feeds.iter().filter(is_due).cloned().collect();
        let each = due.into_iter().map(|feed| self.one(feed, organization.clone(), now));
        let ends = join_all(each).await.into_iter().collect::<Result<Vec<bool>, _>>()?;
        Ok(ends.into_iter().filter(|asked| *asked).count())
    }

    async fn one(
        &self,
        feed: Feed,
        organization: PartyId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _place = self.places.acquire().await.expect("nobody closes it");
        // Others may have been waited for, and a lease begins when it is taken.
        let now = now.max(self.node.now());
        let lease = i64::from(feed.settings.timeout_seconds) + LEASE_MORE_SECONDS;
        let paced = feed.paced();
        let Some(mut claimed) = paced.claim(&self.node, now, lease).await? else {
            return Ok(false);
        };
        self.node.metrics().add("watchfire_feeds_asked_total", 1);
        let end = self.ask(&feed, &organization, &claimed.row).await;
        // A try takes time, and the clock went on.
        let now = now.max(self.node.now());
        let row = &mut claimed.row;
        match end {
            Ok(end) => self.heard(&feed, row, end, now),
            Err(failure) => {
                self.node.metrics().add("watchfire_feeds_failed_total", 1);
                paced.failed(&self.node, row, failure, now).await?;
            }
        }
        if !self.node.store().settle_feed(&grant(&self.node).await?, &claimed).await? {
            tracing::warn!(
                feed.name = feed.settings.name,
                "the lease of a feed ended before its try did"
            );
        }
        Ok(true)
    }

    /// Asks a feed, and proposes what it brings.
    async fn ask(
        &self,
        feed: &Feed,
        organization: &PartyId,
        row: &FeedRow,
    ) -> Result<(Brought, Option<Validators>), Failure> {
        let known = Validators { etag: row.etag.clone(), last_modified: row.last_modified.clone() };
        let answer = match feed.fetcher.fetch(&feed.settings.url, &known).await? {
            Fetched::Unchanged => return Ok((Brought::NoNews, None)),
            Fetched::Whole(answer) => answer,
        };
        let why = format!("the feed `{}` brought it from {}", feed.settings.name, answer.endpoint);
        let whose = (organization.clone(), feed.keys.clone());
        match command::take(&self.node, whose, why, answer.bytes).await {
            Ok(brought) => Ok((brought, Some(answer.validators))),
            Err(problem) => Err(Failure::of(&problem, answer.content_type.as_deref())),
        }
    }

    fn heard(
        &self,
        feed: &Feed,
        row: &mut FeedRow,
        (brought, validators): (Brought, Option<Validators>),
        now: Timestamp,
    ) {
        if let Brought::News(id) = &brought {
            tracing::info!(
                feed.name = row.name,
                amendment.id = id,
                "a feed brought a change of law"
            );
            self.node.metrics().add("watchfire_feeds_news_total", 1);
            row.news_at = Some(now);
        }
        // Those of an answer that was refused are not kept, so that it is given again.
        if let Some(validators) = validators {
            row.etag = validators.etag;
            row.last_modified = validators.last_modified;
        }
        feed.paced().heard(row, now);
    }

    /// Returns each feed for itself, so that one that stalls holds up no other.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.feeds.iter().map(|feed| Self { feeds: vec![feed.clone()], ..self.clone() })
    }

    /// Asks until the node stops.
    pub(super) async fn run(self, stopped: watch::Receiver<bool>) {
        let period = Duration::from_secs(LOOK_EVERY_SECONDS);
        let loops = self.each().map(|feed| {
            let has_begun = Arc::new(AtomicBool::new(false));
            let step = move || feed.clone().look(has_begun.clone());
            repeat(stopped.clone(), period, step, |error| {
                tracing::error!(error, "a feed could not be asked");
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
        self.fetch_once(now).await.map(|_| ())
    }
}
