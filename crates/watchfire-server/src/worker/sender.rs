//! The outbox is emptied: each notice is taken under a lease, worded as its reader may see it,
//! tried on its channel, and the result recorded.
//!
//! A try has four ends. *Accepted* and *refused* are the last. *Failed* is tried again, soon and
//! then ever later. *Unknown* (nobody answered, and they may have it) is sent again after a pause
//! under the same id, by which the other side knows the copy. Whoever kills a sender between
//! sending and recording makes an unknown of the same kind: the lease ends and the notice is taken
//! again. A row that cannot be read, or whose delivery stops with an error of ours, stops no other;
//! people are told of it at once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use watchfire_core::event::{NodeEvent, SendResult, Service};
use watchfire_core::notice::NoticeKind;
use watchfire_store::policy::Write;
use watchfire_store::{Append, ClaimedNotice, StoreError, UnreadableNotice, Viewer};

use super::{apart, in_full, rest, trouble};
use crate::channel::wording::{self, Worded};
use crate::channel::{Channels, Delivery};
use crate::state::Node;

/// Notices taken at once.
const CLAIM_MAX: usize = 20;
/// Notices tried at the same time.
const AT_ONCE_MAX: usize = 8;
/// Longer than the three timeouts of a try together.
const LEASE_SECONDS: i64 = 300;
/// The longest wait after the first failed try; each further wait is up to twice as long.
const FIRST_WAIT_SECONDS_MAX: i64 = 60;
const WAIT_SECONDS_MAX: i64 = 900;
/// The pause after a try of which nobody knows whether it arrived.
const UNKNOWN_PAUSE_SECONDS: i64 = 300;
/// A notice that still waits after so many tries is told to others, while it is tried on.
const TRIES_BEFORE_ALARM: u32 = 4;
/// After so many tries, some six hours, a notice is given up.
const TRIES_MAX: u32 = 30;
/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Seconds between two looks into the outbox.
const LOOK_EVERY_SECONDS: u64 = 1;

/// Sends what must leave the house.
#[derive(Debug, Clone)]
pub struct Sender {
    node: Node,
    channels: Channels,
    /// Rows that cannot be read and were told of; losing it costs a repetition and no more.
    unreadable: Arc<Mutex<BTreeSet<String>>>,
}

impl Sender {
    /// Makes a sender that uses `channels`.
    pub fn new(node: Node, channels: Channels) -> Self {
        Self { node, channels, unreadable: Arc::default() }
    }

    /// Tries everything once that may be tried at `now`. Returns how many tries were made.
    ///
    /// # Errors
    /// Failures of the database. What was tried and not recorded is tried again.
    pub async fn send_once(&self, now: Timestamp) -> Result<usize, StoreError> {
        let sender = Viewer::service(Service::Sender);
        let mut tried = 0;
        loop {
            // Tries take time, and a lease begins when it is taken.
            let now = now.max(self.node.now());
            let lease_until = later(now, LEASE_SECONDS);
            let taken =
                self.node.store().claim_notices(&sender, now, lease_until, CLAIM_MAX).await?;
            let count = taken.len();
            for row in taken.unreadable {
                self.unreadable(&row, now).await?;
            }
            let ends: Vec<Result<(), StoreError>> = stream::iter(taken.notices)
                .map(|notice| self.shielded(notice, now))
                .buffer_unordered(AT_ONCE_MAX)
                .collect()
                .await;
            tried += count;
            ends.into_iter().collect::<Result<Vec<()>, _>>()?;
            if count < CLAIM_MAX {
                return Ok(tried);
            }
        }
    }

    /// Records a row that holds no notice, and tells people, once for each run of the program. It
    /// is put off by its lease and looked at again, since somebody may mend it.
    async fn unreadable(&self, row: &UnreadableNotice, now: Timestamp) -> Result<(), StoreError> {
        let is_new = {
            let mut known = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(row.row.clone())
        };
        if !is_new {
            return Ok(());
        }
        let mut append = self.failed(&row.row, &in_full(&row.problem), now).await?;
        trouble::tell(&self.node, &mut append, &format!("outbox/{}", row.row), now).await?;
        self.node.store().append(append).await.map(|_| ())
    }

    /// Tries one notice in a task of its own, so that even a panic stops no other.
    async fn shielded(&self, notice: ClaimedNotice, now: Timestamp) -> Result<(), StoreError> {
        let (sender, one) = (self.clone(), notice.clone());
        let delivered = apart(async move { sender.one(one, now).await }).await?;
        let Err(problem) = delivered else { return Ok(()) };
        // How far it came nobody can say.
        let delivery = Delivery::new(SendResult::Unknown, "the delivery stopped with an error");
        let row = format!("{}/{}", notice.id, notice.channel);
        let append = self.failed(&row, &problem, now).await?;
        self.record(append, &notice, &delivery, true, now).await
    }

    /// Begins an append that says of a row that it could not be processed.
    async fn failed(&self, row: &str, problem: &str, now: Timestamp) -> Result<Append, StoreError> {
        tracing::error!(row, problem, "a row of the outbox failed");
        self.node.metrics().add("watchfire_rows_failed_total", 1);
        let sender = Viewer::service(Service::Sender);
        let grant = self.node.store().authorize_node::<Write>(&sender).await?;
        let mut append = self.append(now);
        let problem = problem.chars().take(PROBLEM_CHARS_MAX).collect();
        let failed =
            NodeEvent::RowFailed { room: "outbox".to_owned(), row: row.to_owned(), problem };
        append.node(&grant, failed);
        Ok(append)
    }

    async fn one(&self, notice: ClaimedNotice, now: Timestamp) -> Result<(), StoreError> {
        let delivery = match wording::word(&self.node, &notice).await? {
            Worded::Withdrawn => {
                let why = "withdrawn: the recipient may not see the case";
                // Need-to-know holds for the chain too; but that a link is missing must be known.
                let is_hole = trouble::is_in_chain(&self.node, &notice.recipient).await?;
                let append = self.append(now);
                return self.record(append, &notice, &refused(why), is_hole, now).await;
            }
            Worded::Letter(letter) => match &notice.address {
                None => refused("the recipient has no address on this channel"),
                Some(address) => {
                    self.channels.deliver(&notice.channel, address, &letter, now).await
                }
            },
        };
        let troubled = match delivery.result {
            SendResult::Accepted => false,
            SendResult::Refused => true,
            SendResult::Failed | SendResult::Unknown => {
                notice.attempt == TRIES_BEFORE_ALARM || notice.attempt >= TRIES_MAX
            }
        };
        self.record(self.append(now), &notice, &delivery, troubled, now).await
    }

    /// Begins an append. A try takes time, and the clock went on.
    fn append(&self, now: Timestamp) -> Append {
        Append::new(&Viewer::service(Service::Sender), now.max(self.node.now()))
    }

    /// Records a try and what follows from it, in one append.
    async fn record(
        &self,
        mut append: Append,
        notice: &ClaimedNotice,
        delivery: &Delivery,
        troubled: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sender = Viewer::service(Service::Sender);
        let grant = self.node.store().authorize_node::<Write>(&sender).await?;
        let now = now.max(self.node.now());
        let next = next_try(delivery.result, notice.attempt, now);
        let is_over = next.is_some() && notice.attempt >= TRIES_MAX;
        let next = next.filter(|_| !is_over);
        let tried = NodeEvent::NoticeTried {
            notice: notice.id.clone(),
            recipient: notice.recipient.clone(),
            channel: notice.channel.clone(),
            attempt: notice.attempt,
            result: delivery.result,
            detail: delivery.detail.clone(),
            evidence: delivery.evidence.clone(),
        };
        append.notice_result(&grant, tried, next);
        if is_over {
            let given_up = NodeEvent::NoticeGivenUp {
                notice: notice.id.clone(),
                recipient: notice.recipient.clone(),
                channel: notice.channel.clone(),
                attempts: notice.attempt,
            };
            append.notice_result(&grant, given_up, None);
        }
        // A notice of trouble that does not arrive causes no further one.
        if troubled && notice.template != NoticeKind::Trouble.as_str() {
            // That it was given up is another reason than that it still waits, and is told again.
            let end = if is_over { "/given-up" } else { "" };
            let mark = format!("outbox/{}/{}{end}", notice.id, notice.channel);
            trouble::tell(&self.node, &mut append, &mark, now).await?;
        }
        self.count(notice, delivery);
        self.node.store().append(append).await.map(|_| ())
    }

    fn count(&self, notice: &ClaimedNotice, delivery: &Delivery) {
        let (id, attempt) = (&notice.id, notice.attempt);
        let name = match delivery.result {
            SendResult::Accepted => "watchfire_notices_accepted_total",
            SendResult::Refused => "watchfire_notices_refused_total",
            SendResult::Failed => "watchfire_notices_failed_total",
            SendResult::Unknown => "watchfire_notices_unknown_total",
        };
        self.node.metrics().add(name, 1);
        let (channel, detail) = (&notice.channel, &delivery.detail);
        match delivery.result {
            SendResult::Accepted => tracing::info!(notice.id = %id, channel, attempt, "sent"),
            _ => tracing::warn!(notice.id = %id, channel, attempt, detail, "not sent"),
        }
    }

    /// Sends until the node stops.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.send_once(self.node.now()).await {
                tracing::error!(error = in_full(&error), "the sender could not do its work");
            }
            if rest(&mut stopped, Duration::from_secs(LOOK_EVERY_SECONDS)).await {
                return;
            }
        }
    }
}

fn refused(why: &str) -> Delivery {
    Delivery::new(SendResult::Refused, why)
}

/// Returns when to try again, `None` if the result is the last.
fn next_try(result: SendResult, attempt: u32, now: Timestamp) -> Option<Timestamp> {
    let longest = match result {
        SendResult::Accepted | SendResult::Refused => return None,
        SendResult::Failed => {
            (FIRST_WAIT_SECONDS_MAX << attempt.saturating_sub(1).min(10)).min(WAIT_SECONDS_MAX)
        }
        SendResult::Unknown => UNKNOWN_PAUSE_SECONDS,
    };
    // Between half and all of it, so that what failed together is not tried together again.
    let chance = i64::from(u16::from_be_bytes(watchfire_store::random_bytes()));
    Some(later(now, longest / 2 + longest * chance / (2 * i64::from(u16::MAX))))
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wait_is_a_minute_at_most_and_none_is_over_a_quarter_of_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let wait = |result, attempt| {
            let at = next_try(result, attempt, now).expect("it is tried again");
            at.duration_since(now).as_secs()
        };
        for _ in 0..200 {
            assert!((30..=60).contains(&wait(SendResult::Failed, 1)));
            assert!((60..=120).contains(&wait(SendResult::Failed, 2)));
            assert!((450..=900).contains(&wait(SendResult::Failed, 5)));
            assert!((450..=900).contains(&wait(SendResult::Failed, u32::MAX)));
            assert!((150..=300).contains(&wait(SendResult::Unknown, 1)));
        }
        assert_eq!(next_try(SendResult::Accepted, 1, now), None);
        assert_eq!(next_try(SendResult::Refused, 1, now), None);
    }
}
