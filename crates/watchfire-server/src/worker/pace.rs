//! The pace at which something outside is asked, and what becomes of each try.
//!
//! A try is made under a lease, so that of several nodes one asks. It ends with success or with a
//! problem; a problem is kept with its words until a try succeeds, and tried again soon and then
//! ever later, but no later than at its own pace. Of what is not heard for some periods people are
//! told, day by day.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::{NodeEvent, Service};
use watchfire_store::policy::{Node as Noun, Write};
use watchfire_store::{Append, Authorized, ClaimedFeed, FeedRow, StoreError, Viewer};

use super::trouble;
use crate::command::feed::is_silent;
use crate::outside::fetch::FetchError;
use crate::state::Node;

/// The wait after the first failed try; each further wait is twice as long.
const FIRST_WAIT_SECONDS: i64 = 60;
/// Somebody who wants not to be asked is obeyed for so long.
const RETRY_AFTER_SECONDS_MAX: i64 = 86_400;
/// Of a pace, the part by which a question may come sooner, so that not all of the world's nodes ask
/// at one instant.
const SPREAD_PARTS: i64 = 10;
/// People are told again of something in trouble after so many hours.
const TOLD_EVERY_HOURS: i64 = 24;
/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Problems of which people are told at once: somebody changed what was signed.
const ALARMING: [&str; 2] = ["bundle_signature_invalid", "bundle_tampered"];

/// Something outside that is asked again and again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paced<'a> {
    pub(super) room: &'static str,
    pub(super) name: &'a str,
    /// Digest of where it is.
    pub(super) address: &'a str,
    pub(super) every_seconds: u32,
    pub(super) silent_after_periods: u32,
}

/// Why a try brought nothing.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) words: String,
    pub(super) retry_after: Option<Duration>,
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

impl Paced<'_> {
    /// Takes it up, as every start does: what is new, has another address, or failed last is due at
    /// `now`.
    ///
    /// # Errors
    /// Failures of the database.
    pub(super) async fn begin(&self, node: &Node, now: Timestamp) -> Result<(), StoreError> {
        let name = (self.room, self.name);
        node.store().begin_feed(&grant(node).await?, name, self.address, now).await
    }

    /// Takes the lease for a try, if it is due at `now` and no other node has it.
    ///
    /// # Errors
    /// Failures of the database.
    pub(super) async fn claim(
        &self,
        node: &Node,
        now: Timestamp,
        lease_seconds: i64,
    ) -> Result<Option<ClaimedFeed>, StoreError> {
        let (name, until) = ((self.room, self.name), later(now, lease_seconds));
        node.store().claim_feed(&grant(node).await?, name, self.address, now, until).await
    }

    /// Notes that it was heard.
    pub(super) fn heard(&self, row: &mut FeedRow, now: Timestamp) {
        row.succeeded_at = Some(now);
        row.failures = 0;
        row.problem = None;
        row.told_at = None;
        let every = i64::from(self.every_seconds);
        let sooner = i64::from(u16::from_le_bytes(watchfire_store::random_bytes()));
        let sooner = sooner * (every / SPREAD_PARTS) / i64::from(u16::MAX);
        row.next_try_at = later(now, every - sooner);
    }

    /// Notes that a try failed, and tells people if it is time for that.
    ///
    /// # Errors
    /// Failures of the database.
    pub(super) async fn failed(
        &self,
        node: &Node,
        row: &mut FeedRow,
        failure: Failure,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let words: String = failure.words.chars().take(PROBLEM_CHARS_MAX).collect();
        let (room, name) = (self.room, self.name);
        tracing::warn!(
            feed.room = room,
            feed.name = name,
            code = failure.code,
            words,
            "no success"
        );
        row.failures = row.failures.saturating_add(1);
        row.next_try_at = later(now, self.wait_seconds(row.failures, &failure));
        let told_lately = row.told_at.is_some_and(|at| {
            now.duration_since(at) < SignedDuration::from_hours(TOLD_EVERY_HOURS)
        });
        let is_alarming = ALARMING.contains(&failure.code.as_str())
            || is_silent((self.every_seconds, self.silent_after_periods), row, now);
        if is_alarming && !told_lately {
            tell(node, row, &words, now).await?;
            row.told_at = Some(now);
        }
        row.problem = Some((failure.code, words));
        Ok(())
    }

    /// How long it rests after so many failed tries in a row: twice as long each time, but no longer
    /// than its own pace, unless it asks for that.
    fn wait_seconds(&self, failures: u64, failure: &Failure) -> i64 {
        let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX).min(20);
        let wait = (FIRST_WAIT_SECONDS << doublings).min(i64::from(self.every_seconds));
        let asked = failure.retry_after.map_or(0, |wait| wait.as_secs());
        wait.max(i64::try_from(asked).unwrap_or(i64::MAX).min(RETRY_AFTER_SECONDS_MAX))
    }
}

/// Records that something is in trouble, and tells people.
async fn tell(node: &Node, row: &FeedRow, words: &str, now: Timestamp) -> Result<(), StoreError> {
    let keeper = Viewer::service(Service::Keeper);
    let mut append = Append::new(&keeper, now);
    let name = format!("{}/{}", row.room, row.name);
    let failed = NodeEvent::RowFailed {
        room: "feeds".to_owned(),
        row: name.clone(),
        problem: words.to_owned(),
    };
    append.node(&grant(node).await?, failed);
    let mark = format!("feeds/{name}/{}", now.strftime("%Y-%m-%d"));
    trouble::tell(node, &mut append, &mark, now).await?;
    node.store().append(append).await.map(|_| ())
}

/// The right to write down how far something has come.
pub(super) async fn grant(node: &Node) -> Result<Authorized<Noun, Write>, StoreError> {
    node.store().authorize_node::<Write>(&Viewer::service(Service::Keeper)).await
}

/// An instant so many seconds later.
pub(super) fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_fails_rests_twice_as_long_each_time_and_never_beyond_its_pace() {
        let paced = Paced {
            room: "law",
            name: "law",
            address: "",
            every_seconds: 1_000,
            silent_after_periods: 1,
        };
        let waits = |failures, retry_after: Option<u64>| {
            let retry_after = retry_after.map(Duration::from_secs);
            let (code, words) = (String::new(), String::new());
            paced.wait_seconds(failures, &Failure { code, words, retry_after })
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
