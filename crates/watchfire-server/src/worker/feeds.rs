//! Feeds of law are asked for what is new, each at its pace, and what they bring is proposed.
//!
//! A try is made under a lease, so that of several nodes one asks. It ends with news, with none, or
//! with a problem; a problem is kept with its words until a try succeeds, and tried again soon and
//! then ever later, but no later than at the feed's own pace. Of a feed that is not heard for some
//! periods people are told, day by day.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, watch};
use watchfire_core::event::{NodeEvent, Service};
use watchfire_core::ids::PartyId;
use watchfire_core::law::bundle::BUNDLE_BYTES_MAX;
use watchfire_core::log::{Hash, VerifierKey};
use watchfire_store::policy::{Node as Noun, Write};
use watchfire_store::{Append, Authorized, FeedRow, StoreError, Viewer};

use super::{repeat, trouble};
use crate::channel::trust::Trust;
use crate::command::feed::{self as command, Brought, ROOM};
use crate::error::Problem;
use crate::outside::fetch::{FetchError, Fetched, Fetcher, Schemes, Validators};
use crate::settings::{LawFeedSettings, SettingsError};
use crate::state::Node;

/// Feeds that are asked at the same time.
const AT_ONCE_MAX: usize = 4;
/// Longer than it takes to read and to propose what was fetched.
const LEASE_MORE_SECONDS: i64 = 300;
/// The wait after the first failed try; each further wait is twice as long.
const FIRST_WAIT_SECONDS: i64 = 60;
/// Somebody who wants not to be asked is obeyed for so long.
const RETRY_AFTER_SECONDS_MAX: i64 = 86_400;
/// Of a feed's pace, the part by which a question may come sooner, so that not all of the world's
/// nodes ask at one instant.
const SPREAD_PARTS: i64 = 10;
/// People are told again of a feed in trouble after so many hours.
const TOLD_EVERY_HOURS: i64 = 24;
/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Seconds between two looks at which feeds are due.
const LOOK_EVERY_SECONDS: u64 = 1;
/// Problems of which people are told at once: somebody changed what was signed.
const ALARMING: [&str; 2] = ["bundle_signature_invalid", "bundle_tampered"];

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

/// Why a try brought nothing.
struct Failure {
    code: String,
    words: String,
    retry_after: Option<Duration>,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self {
            code: error.code().to_owned(),
            words: error.to_string(),
            retry_after: error.retry_after(),
        }
    }
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
        let grant = self.grant().await?;
        for feed in &self.feeds {
            let name = (ROOM, feed.settings.name.as_str());
            self.node.store().begin_feed(&grant, name, &feed.address, now).await?;
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
        let store = self.node.store();
        let grant = self.grant().await?;
        let lease = i64::from(feed.settings.timeout_seconds) + LEASE_MORE_SECONDS;
        let name = (ROOM, feed.settings.name.as_str());
        let lease_until = later(now, lease);
        let claimed = store.claim_feed(&grant, name, &feed.address, now, lease_until).await?;
        let Some(mut claimed) = claimed else { return Ok(false) };
        self.node.metrics().add("watchfire_feeds_asked_total", 1);
        let end = self.ask(&feed, &organization, &claimed.row).await;
        // A try takes time, and the clock went on.
        let now = now.max(self.node.now());
        let row = &mut claimed.row;
        match end {
            Ok(end) => self.heard(&feed, row, end, now),
            Err(failure) => self.failed(&feed, row, failure, now).await?,
        }
        if !store.settle_feed(&grant, &claimed).await? {
            tracing::warn!(feed.name = name.1, "the lease of a feed ended before its try did");
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
        row.succeeded_at = Some(now);
        row.failures = 0;
        row.problem = None;
        row.told_at = None;
        let every = i64::from(feed.settings.every_seconds);
        let sooner = i64::from(u16::from_le_bytes(watchfire_store::random_bytes()));
        let sooner = sooner * (every / SPREAD_PARTS) / i64::from(u16::MAX);
        row.next_try_at = later(now, every - sooner);
    }

    async fn failed(
        &self,
        feed: &Feed,
        row: &mut FeedRow,
        failure: Failure,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let words: String = failure.words.chars().take(PROBLEM_CHARS_MAX).collect();
        tracing::warn!(feed.name = row.name, code = failure.code, words, "a feed brought nothing");
        self.node.metrics().add("watchfire_feeds_failed_total", 1);
        row.failures = row.failures.saturating_add(1);
        row.next_try_at = later(now, wait_seconds(&feed.settings, row.failures, &failure));
        let told_lately = row.told_at.is_some_and(|at| {
            now.duration_since(at) < SignedDuration::from_hours(TOLD_EVERY_HOURS)
        });
        let is_alarming = ALARMING.contains(&failure.code.as_str())
            || command::is_silent(&feed.settings, row, now);
        if is_alarming && !told_lately {
            self.tell(row, &words, now).await?;
            row.told_at = Some(now);
        }
        row.problem = Some((failure.code, words));
        Ok(())
    }

    /// Records that a feed is in trouble, and tells people.
    async fn tell(&self, row: &FeedRow, words: &str, now: Timestamp) -> Result<(), StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let mut append = Append::new(&keeper, now);
        let name = format!("{}/{}", row.room, row.name);
        let failed = NodeEvent::RowFailed {
            room: "feeds".to_owned(),
            row: name.clone(),
            problem: words.to_owned(),
        };
        append.node(&self.grant().await?, failed);
        let mark = format!("feeds/{name}/{}", now.strftime("%Y-%m-%d"));
        trouble::tell(&self.node, &mut append, &mark, now).await?;
        self.node.store().append(append).await.map(|_| ())
    }

    async fn grant(&self) -> Result<Authorized<Noun, Write>, StoreError> {
        self.node.store().authorize_node::<Write>(&Viewer::service(Service::Keeper)).await
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

/// How long a feed rests after so many failed tries in a row: twice as long each time, but no
/// longer than its own pace, unless it asks for that.
fn wait_seconds(settings: &LawFeedSettings, failures: u64, failure: &Failure) -> i64 {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX).min(20);
    let wait = (FIRST_WAIT_SECONDS << doublings).min(i64::from(settings.every_seconds));
    let asked = failure.retry_after.map_or(0, |wait| wait.as_secs());
    wait.max(i64::try_from(asked).unwrap_or(i64::MAX).min(RETRY_AFTER_SECONDS_MAX))
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_rests_twice_as_long_after_each_failure_and_never_beyond_its_pace() {
        let settings = LawFeedSettings {
            name: "law".to_owned(),
            url: "https://law.example/".to_owned(),
            trusted_keys: Vec::new(),
            every_seconds: 1_000,
            timeout_seconds: 1,
            silent_after_periods: 1,
        };
        let waits = |failures, retry_after: Option<u64>| {
            let retry_after = retry_after.map(Duration::from_secs);
            let (code, words) = (String::new(), String::new());
            wait_seconds(&settings, failures, &Failure { code, words, retry_after })
        };
        for (failures, expected) in
            [(1, 60), (2, 120), (3, 240), (4, 480), (5, 960), (6, 1_000), (u64::MAX, 1_000)]
        {
            assert_eq!(waits(failures, None), expected, "{failures}");
        }
        assert_eq!(waits(1, Some(5)), 60, "nobody makes us ask more often");
        assert_eq!(waits(1, Some(3_600)), 3_600);
        assert_eq!(waits(1, Some(u64::MAX)), RETRY_AFTER_SECONDS_MAX);
    }
}
