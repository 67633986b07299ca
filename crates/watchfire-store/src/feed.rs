//! How far what is fetched from outside has come, one row a feed.
//!
//! A feed is taken under a lease, so that of several nodes one asks. If that node dies, the lease
//! ends and another asks; what the first would still record then changes nothing.

use jiff::Timestamp;

use crate::Store;
use crate::dialect::{Row, params};
use crate::error::StoreError;
use crate::log::int;
use crate::page::limited;
use crate::policy::{Authorized, Node, NotFound, Write};
use crate::random::random_bytes;
use crate::statement::statements;
use crate::viewer::{Scope, Viewer, Who};

/// Feeds that are read at once.
const FEEDS_MAX: usize = 10_000;

macro_rules! columns {
    () => {
        "room, name, address, begun_at, tried_at, succeeded_at, news_at, failures, problem_code, \
         problem, told_at, etag, last_modified, next_try_at"
    };
}

statements! {
    /// At another address it begins anew.
    BEGIN =
        "INSERT INTO feeds (room, name, address, begun_at, failures, next_try_at) \
         VALUES ($1, $2, $3, $4, 0, $4) ON CONFLICT (room, name) DO UPDATE SET \
         address = excluded.address, begun_at = excluded.begun_at, tried_at = NULL, \
         succeeded_at = NULL, news_at = NULL, failures = 0, problem_code = NULL, problem = NULL, \
         told_at = NULL, etag = NULL, last_modified = NULL, state = NULL, lease = NULL, \
         next_try_at = excluded.next_try_at WHERE feeds.address <> excluded.address";
    TRY_SOON =
        "UPDATE feeds SET next_try_at = $3 WHERE room = $1 AND name = $2 AND next_try_at > $3 \
         AND lease IS NULL AND problem_code IS NOT NULL";
    CLAIM =
        "UPDATE feeds SET tried_at = $4, next_try_at = $5, lease = $6 WHERE room = $1 \
         AND name = $2 AND address = $3 AND next_try_at <= $4";
    CLAIMED = concat!("SELECT ", columns!(), ", state FROM feeds WHERE lease = $1");
    /// Without the state, which is long and nobody's who looks.
    SETTLE =
        "UPDATE feeds SET succeeded_at = $2, news_at = $3, failures = $4, problem_code = $5, \
         problem = $6, told_at = $7, etag = $8, last_modified = $9, next_try_at = $10, \
         state = $11, lease = NULL WHERE lease = $1";
    NOTE_STATE = "UPDATE feeds SET state = $2 WHERE lease = $1";
    FEEDS = concat!("SELECT ", columns!(), " FROM feeds WHERE room = $1 ORDER BY name LIMIT $2");
}

/// Where a feed stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// What it brings: `law`.
    pub room: String,
    /// As the settings name it.
    pub name: String,
    /// Digest of its address, so that another address begins anew.
    pub address: String,
    pub begun_at: Timestamp,
    pub tried_at: Option<Timestamp>,
    /// When it was last heard, whether it had news or not.
    pub succeeded_at: Option<Timestamp>,
    /// When it last had news.
    pub news_at: Option<Timestamp>,
    /// Tries without success since the last one.
    pub failures: u64,
    /// What the last try failed of: a stable code, and words.
    pub problem: Option<(String, String)>,
    /// When people were last told of its silence.
    pub told_at: Option<Timestamp>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// How far its reader has come, in the reader's own words.
    pub state: Option<String>,
    pub next_try_at: Timestamp,
}

/// A feed that this node has taken, to ask it once.
#[derive(Debug, Clone)]
pub struct ClaimedFeed {
    /// How it stood, with this try.
    pub row: FeedRow,
    lease: [u8; 32],
}

fn feed_row(row: &Row) -> Result<FeedRow, StoreError> {
    let code = row.text_or_none("problem_code")?;
    Ok(FeedRow {
        room: row.text("room")?,
        name: row.text("name")?,
        address: row.text("address")?,
        begun_at: row.instant("begun_at")?,
        tried_at: row.instant_or_none("tried_at")?,
        succeeded_at: row.instant_or_none("succeeded_at")?,
        news_at: row.instant_or_none("news_at")?,
        failures: row.natural("failures")?,
        problem: code.zip(row.text_or_none("problem")?),
        told_at: row.instant_or_none("told_at")?,
        etag: row.text_or_none("etag")?,
        last_modified: row.text_or_none("last_modified")?,
        state: None,
        next_try_at: row.instant("next_try_at")?,
    })
}

impl Store {
    /// Takes a feed of the settings up, to be tried at `now` if it is new, has another address
    /// than before, or failed at its last try.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begin_feed(
        &self,
        _grant: &Authorized<Node, Write>,
        (room, name): (&str, &str),
        address: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.refuse_if_failed()?;
        let mut connection = self.writer().await?;
        connection.execute(&BEGIN, params![room, name, address, now]).await?;
        connection.execute(&TRY_SOON, params![room, name, now]).await.map(|_| ())
    }

    /// Takes a feed that may be tried at `now`, until `lease_until`; `None` if it may not, or if
    /// another node has it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn claim_feed(
        &self,
        _grant: &Authorized<Node, Write>,
        (room, name): (&str, &str),
        address: &str,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<ClaimedFeed>, StoreError> {
        self.refuse_if_failed()?;
        let lease: [u8; 32] = random_bytes();
        let mut connection = self.writer().await?;
        let params = params![room, name, address, now, lease_until, &lease];
        if connection.execute(&CLAIM, params).await? == 0 {
            return Ok(None);
        }
        let row = connection.optional(&CLAIMED, params![&lease]).await?;
        let claimed = |row: Row| {
            let state = row.text_or_none("state")?;
            Ok(ClaimedFeed { row: FeedRow { state, ..feed_row(&row)? }, lease })
        };
        row.map(claimed).transpose()
    }

    /// Records what became of a try, with when the next is: the row as it is from now on. Changes
    /// nothing and returns `false` if the lease has ended and another node took the feed.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn settle_feed(
        &self,
        _grant: &Authorized<Node, Write>,
        claimed: &ClaimedFeed,
    ) -> Result<bool, StoreError> {
        self.refuse_if_failed()?;
        let row = &claimed.row;
        let params = params![
            &claimed.lease,
            row.succeeded_at,
            row.news_at,
            int(row.failures)?,
            row.problem.as_ref().map(|(code, _)| code.as_str()),
            row.problem.as_ref().map(|(_, words)| words.as_str()),
            row.told_at,
            row.etag.as_deref(),
            row.last_modified.as_deref(),
            row.next_try_at,
            row.state.as_deref(),
        ];
        Ok(self.writer().await?.execute(&SETTLE, params).await? > 0)
    }

    /// Records in the middle of a try how far it has come, so that the next goes on there. Returns
    /// `false` if the lease has ended.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn note_feed_state(
        &self,
        _grant: &Authorized<Node, Write>,
        claimed: &ClaimedFeed,
        state: &str,
    ) -> Result<bool, StoreError> {
        self.refuse_if_failed()?;
        let params = params![&claimed.lease, state];
        Ok(self.writer().await?.execute(&NOTE_STATE, params).await? > 0)
    }

    /// Returns the feeds of a room, by name. What is fetched is no secret: whoever has an account
    /// may see how far it has come.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for whoever has no account.
    pub async fn feeds(&self, viewer: &Viewer, room: &str) -> Result<Vec<FeedRow>, StoreError> {
        if viewer.scope() == Scope::Nothing && !matches!(viewer.who(), Who::Service(_)) {
            return Err(NotFound.into());
        }
        let params = params![room, limited(0, FEEDS_MAX)];
        self.reader().await?.all(&FEEDS, params).await?.iter().map(feed_row).collect()
    }
}
