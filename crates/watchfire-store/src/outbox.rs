//! What must still leave the house, and what became of it.
//!
//! A notice is taken under a lease. If its sender dies, the lease ends and the notice is taken
//! again with a higher number of attempts: what became of the attempt before is unknown, and the
//! notice's id lets the other side see that it is the same.

use jiff::Timestamp;
use watchfire_core::event::{Body, Event, NodeEvent, SendResult, Service};
use watchfire_core::ids::{CaseId, NoticeId, ObligationId, PartyId};

use crate::Store;
use crate::dialect::{Connection, Row, differing, params};
use crate::error::StoreError;
use crate::page::{Page, PageRequest, limited};
use crate::policy::{Authorized, Node, NotFound, Read, person_sees};
use crate::random::random_bytes;
use crate::statement::statements;
use crate::viewer::Viewer;

/// The longest payload of a notice.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// Notices taken at once.
pub const CLAIM_ROWS_MAX: usize = 100;

statements! {
    PUT =
        "INSERT INTO outbox (id, recipient, channel, case_id, obligation_id, template, payload, \
         state, attempts, created_at, next_try_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, $9) \
         ON CONFLICT (id, channel) DO NOTHING";
    CLAIMED = concat!(
        "SELECT o.id, o.recipient, o.channel, o.case_id, o.obligation_id, o.template, o.payload, \
         o.attempts, o.created_at, p.language, x.bytes AS address, \
         (o.case_id IS NULL OR EXISTS (SELECT 1 FROM cases c WHERE c.id = o.case_id AND ",
        person_sees!("o.recipient"),
        ")) AS sees_case, \
         EXISTS (SELECT 1 FROM cases c WHERE c.id = o.case_id AND c.embargoed) AS embargoed \
         FROM outbox o LEFT JOIN parties p ON p.id = o.recipient \
         LEFT JOIN addresses a ON a.party_id = o.recipient AND a.channel = o.channel \
         LEFT JOIN annexes x ON x.event_id = a.event_id AND x.name = 'address' \
         WHERE o.lease = $1 ORDER BY o.created_at, o.id, o.channel"
    );
    /// The result of an attempt that was overtaken changes nothing, unless it was taken after all.
    NOTE_RESULT =
        "UPDATE outbox SET state = $2, lease = NULL, next_try_at = NULL WHERE id = $1 \
         AND channel = $4 AND state NOT IN ('accepted', 'refused', 'given-up') \
         AND (attempts = $3 OR $2 = 'accepted')";
    GIVE_UP =
        "UPDATE outbox SET state = 'given-up', lease = NULL, next_try_at = NULL WHERE id = $1 \
         AND channel = $2 AND state NOT IN ('accepted', 'refused')";
    SET_NEXT_TRY =
        "UPDATE outbox SET next_try_at = $2 WHERE id = $1 AND channel = $3 \
         AND state IN ('queued', 'unknown')";
    WAITING =
        "SELECT id, recipient, channel, state, attempts, created_at, next_try_at FROM outbox \
         WHERE next_try_at IS NOT NULL AND (next_try_at, id, channel) > ($1, $2, $3) \
         ORDER BY next_try_at, id, channel LIMIT $4";
    CHANNELS_OF_NOTICE =
        "SELECT id, recipient, channel, state, attempts, created_at, next_try_at FROM outbox \
         WHERE id = $1 ORDER BY channel";
}

/// A message to a person that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same for the same reason, so that it is put once and sent once on each channel.
    pub id: NoticeId,
    pub recipient: PartyId,
    /// How it goes: `mail`, `webhook`. A notice that goes two ways is put twice.
    pub channel: String,
    /// What it is about. It is rendered as its reader, when it is sent.
    pub case: Option<CaseId>,
    pub obligation: Option<ObligationId>,
    /// Which wording.
    pub template: String,
    /// What the wording needs, in the sender's own form.
    pub payload: Vec<u8>,
    /// Not sent before.
    pub first_try_at: Timestamp,
}

impl Notice {
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if self.payload.len() > PAYLOAD_BYTES_MAX {
            return Err(StoreError::TooLarge { what: "notice", limit: PAYLOAD_BYTES_MAX });
        }
        Ok(())
    }
}

/// A notice that a sender has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedNotice {
    pub id: NoticeId,
    pub recipient: PartyId,
    pub channel: String,
    pub case: Option<CaseId>,
    pub obligation: Option<ObligationId>,
    pub template: String,
    pub payload: Vec<u8>,
    /// The number of this attempt, from 1. If the last that was recorded is lower than the one
    /// before this, what became of those between is unknown.
    pub attempt: u32,
    pub created_at: Timestamp,
    /// The recipient's language, if it was set.
    pub language: Option<String>,
    /// Where it goes, if the recipient gave an address for the channel.
    pub address: Option<Vec<u8>>,
    /// Whether the recipient may see the case now. If not, nothing about it may be told.
    pub sees_case: bool,
    /// Whether the case is under embargo now. If so, the message carries no detail.
    pub embargoed: bool,
}

/// What a sender has taken.
#[derive(Debug, Default)]
pub struct Claim {
    pub notices: Vec<ClaimedNotice>,
    /// Rows that cannot be read. They were put off like the others and stop none of them.
    pub unreadable: Vec<UnreadableNotice>,
}

impl Claim {
    /// Returns how many rows were taken.
    pub fn len(&self) -> usize {
        self.notices.len() + self.unreadable.len()
    }

    /// Returns whether nothing was there to take.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row of the outbox that holds no notice.
#[derive(Debug)]
pub struct UnreadableNotice {
    /// What stands where id and channel should, for a person who looks for the row.
    pub row: String,
    /// What is wrong with it.
    pub problem: StoreError,
}

/// Where a notice stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub recipient: PartyId,
    pub channel: String,
    /// `queued`, `sending`, `accepted`, `refused`, `unknown` or `given-up`.
    pub state: String,
    pub attempts: u32,
    pub created_at: Timestamp,
    pub next_try_at: Option<Timestamp>,
}

pub(crate) async fn put(
    tx: &mut Connection,
    notice: &Notice,
    at: Timestamp,
) -> Result<(), StoreError> {
    let params = params![
        notice.id.as_str(),
        notice.recipient.as_str(),
        notice.channel.as_str(),
        notice.case.as_ref().map(CaseId::as_str),
        notice.obligation.as_ref().map(ObligationId::as_str),
        notice.template.as_str(),
        notice.payload.as_slice(),
        at,
        notice.first_try_at,
    ];
    // It may be there already: what is decided twice is told once.
    tx.execute(&PUT, params).await.map(|_| ())
}

/// Notes what became of a try.
pub(crate) async fn apply(tx: &mut Connection, event: &Event) -> Result<(), StoreError> {
    match &event.body {
        Body::Node(NodeEvent::NoticeTried { notice, channel, attempt, result, .. }) => {
            let state = match result {
                SendResult::Accepted => "accepted",
                SendResult::Refused => "refused",
                SendResult::Failed => "queued",
                SendResult::Unknown => "unknown",
            };
            let attempt = i64::from(*attempt);
            let params = params![notice.as_str(), state, attempt, channel.as_str()];
            tx.execute(&NOTE_RESULT, params).await?;
        }
        Body::Node(NodeEvent::NoticeGivenUp { notice, channel, .. }) => {
            tx.execute(&GIVE_UP, params![notice.as_str(), channel.as_str()]).await?;
        }
        _ => {}
    }
    Ok(())
}

/// When a notice that was not taken is tried next on its channel.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    pub(crate) notice: NoticeId,
    pub(crate) channel: String,
    pub(crate) at: Option<Timestamp>,
}

pub(crate) async fn set_next_try(tx: &mut Connection, retry: &Retry) -> Result<(), StoreError> {
    let params = params![retry.notice.as_str(), retry.at, retry.channel.as_str()];
    let waiting = tx.execute(&SET_NEXT_TRY, params).await?;
    if waiting > 0 && retry.at.is_none() {
        return Err(StoreError::Misuse("a try that failed needs the next try, or to be given up"));
    }
    Ok(())
}

fn attempts(row: &Row) -> Result<u32, StoreError> {
    u32::try_from(row.int("attempts")?).map_err(|_| StoreError::Corrupt { what: "attempts" })
}

fn notice_row(row: &Row) -> Result<NoticeRow, StoreError> {
    Ok(NoticeRow {
        id: row.parsed("id")?,
        recipient: row.parsed("recipient")?,
        channel: row.text("channel")?,
        state: row.text("state")?,
        attempts: attempts(row)?,
        created_at: row.instant("created_at")?,
        next_try_at: row.instant_or_none("next_try_at")?,
    })
}

fn claimed(row: &Row) -> Result<ClaimedNotice, StoreError> {
    Ok(ClaimedNotice {
        id: row.parsed("id")?,
        recipient: row.parsed("recipient")?,
        channel: row.text("channel")?,
        case: row.parsed_or_none("case_id")?,
        obligation: row.parsed_or_none("obligation_id")?,
        template: row.text("template")?,
        payload: row.bytes("payload")?,
        attempt: attempts(row)?,
        created_at: row.instant("created_at")?,
        language: row.text_or_none("language")?,
        address: row.bytes_or_none("address")?,
        sees_case: row.bool("sees_case")?,
        embargoed: row.bool("embargoed")?,
    })
}

impl Store {
    /// Takes up to `limit` notices that may be sent at `now`, until `lease_until`.
    ///
    /// No two senders take the same, and a row that cannot be read is told beside the others. The
    /// result of each is recorded with
    /// [`Append::notice_result`](crate::Append::notice_result); without one before
    /// `lease_until`, it is taken again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but the sender.
    pub async fn claim_notices(
        &self,
        viewer: &Viewer,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Claim, StoreError> {
        if !viewer.is_one_of(&[Service::Sender]) {
            return Err(NotFound.into());
        }
        self.refuse_if_failed()?;
        let lease: [u8; 32] = random_bytes();
        let limit = limited(limit, CLAIM_ROWS_MAX);
        let mut connection = self.writer().await?;
        let params = params![now, lease_until, limit, &lease];
        connection.execute(&differing::CLAIM_NOTICES, params).await?;
        let rows = connection.all(&CLAIMED, params![&lease]).await?;
        let mut claim = Claim::default();
        for row in &rows {
            match claimed(row) {
                Ok(notice) => claim.notices.push(notice),
                Err(problem) => {
                    let row = format!("{}/{}", row.text("id")?, row.text("channel")?);
                    claim.unreadable.push(UnreadableNotice { row, problem });
                }
            }
        }
        Ok(claim)
    }

    /// Returns what waits to be sent, in the order in which it will be tried.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn waiting_notices(
        &self,
        _grant: &Authorized<Node, Read>,
        page: &PageRequest,
    ) -> Result<Page<NoticeRow>, StoreError> {
        let ([at], rest) = page.key([i64::MIN])?;
        let (id, channel) = rest.split_once('/').unwrap_or(("", ""));
        let params = params![at, id, channel, page.probe()];
        let rows = self.reader().await?.all(&WAITING, params).await?;
        let rows = rows.iter().map(notice_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(rows, |row| {
            let at = row.next_try_at.map_or(i64::MAX, Timestamp::as_microsecond);
            format!("{at}.{}/{}", row.id, row.channel)
        }))
    }

    /// Returns where one notice stands, on each of its channels.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn notice(
        &self,
        _grant: &Authorized<Node, Read>,
        id: &NoticeId,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = self.reader().await?.all(&CHANNELS_OF_NOTICE, params![id.as_str()]).await?;
        if rows.is_empty() {
            return Err(NotFound.into());
        }
        rows.iter().map(notice_row).collect()
    }
}
