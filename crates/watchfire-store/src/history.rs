//! Histories: the events of one object, as they were recorded, with their bytes.

use watchfire_core::event::{Event, Stream, encoding};
use watchfire_core::ids::{AmendmentId, CaseId, DepartmentId, PartyId, ReportId};

use crate::Store;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::log::{ReceiptEntry, int, receipt_entry};
use crate::page::limited;
use crate::policy::{Authorized, Case, Claim, Grant, Read, Right};
use crate::statement::statements;
use crate::viewer::Viewer;

/// Events of one page of a history.
pub const HISTORY_ROWS_MAX: usize = 1000;
/// Events of a history that is read whole.
pub const HISTORY_EVENTS_MAX: usize = 100_000;

statements! {
    HISTORY =
        "SELECT log_index, version, bytes FROM events WHERE noun = $1 AND stream = $2 \
         AND version > $3 AND bytes IS NOT NULL ORDER BY version LIMIT $4";
    NEWEST =
        "SELECT log_index, version, bytes FROM events WHERE noun = $1 AND stream = $2 \
         AND bytes IS NOT NULL ORDER BY version DESC LIMIT $3";
    EVENT_AT = "SELECT log_index, version, bytes FROM events WHERE log_index = $1";
    /// The entries of a case and of the reports that it was opened on.
    ENTRIES_OF_CASE =
        "SELECT e.log_index, e.id, e.recorded_at, e.bytes, e.salt, e.commitment FROM events e \
         WHERE e.noun = 'case' AND e.stream = $1 AND e.log_index > $2 \
         UNION ALL \
         SELECT e.log_index, e.id, e.recorded_at, e.bytes, e.salt, e.commitment FROM reports r \
         JOIN events e ON e.noun = 'report' AND e.stream = r.id \
         WHERE r.case_id = $1 AND e.log_index > $2 \
         ORDER BY log_index LIMIT $3";
}

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    pub event: Event,
    /// Its place in the internal log.
    pub index: u64,
    /// Its place in its history, from 1.
    pub version: u64,
    /// The bytes, verbatim.
    pub bytes: Vec<u8>,
}

/// An entry of the log that belongs to a case, for a bundle that a stranger can check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEntry {
    pub entry: ReceiptEntry,
    /// The bytes, verbatim; `None` once the entry was erased, with the salt.
    pub bytes: Option<Vec<u8>>,
}

fn recorded(row: &Row) -> Result<RecordedEvent, StoreError> {
    let bytes = row.bytes("bytes")?;
    Ok(RecordedEvent {
        event: encoding::decode(&bytes)?,
        index: row.natural("log_index")?,
        version: row.natural("version")?,
        bytes,
    })
}

/// Reads the event at an index of the log, which a read table points at.
pub(crate) async fn event_at(
    connection: &mut Connection,
    index: i64,
) -> Result<RecordedEvent, StoreError> {
    let row = connection.optional(&EVENT_AT, params![index]).await?;
    recorded(&row.ok_or(StoreError::Corrupt { what: "event" })?)
}

/// Reads a page of a history. Whoever calls has checked the right to it.
pub(crate) async fn page(
    connection: &mut Connection,
    stream: &Stream,
    after: u64,
    limit: usize,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let (noun, id) = stream.parts();
    let params = params![noun, id, int(after)?, limited(limit, HISTORY_ROWS_MAX)];
    let rows = connection.all(&HISTORY, params).await?;
    rows.iter().map(recorded).collect()
}

/// Reads the newest of a history, oldest first. Whoever calls has checked the right to it.
pub(crate) async fn newest(
    connection: &mut Connection,
    stream: &Stream,
    limit: usize,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let (noun, id) = stream.parts();
    let params = params![noun, id, limited(limit, HISTORY_ROWS_MAX)];
    let rows = connection.all(&NEWEST, params).await?;
    rows.iter().rev().map(recorded).collect()
}

/// Reads a whole history, page by page.
pub(crate) async fn whole(
    connection: &mut Connection,
    stream: &Stream,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let mut events: Vec<RecordedEvent> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.version);
        let more = page(connection, stream, after, HISTORY_ROWS_MAX).await?;
        let done = more.len() < HISTORY_ROWS_MAX;
        events.extend(more);
        if events.len() > HISTORY_EVENTS_MAX {
            return Err(StoreError::TooLarge { what: "history", limit: HISTORY_EVENTS_MAX });
        }
        if done {
            return Ok(events);
        }
    }
}

impl Store {
    /// Returns the whole history of a case, oldest first: what a decision is made on.
    ///
    /// The version to expect when writing is that of the last event.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::TooLarge`] over [`HISTORY_EVENTS_MAX`].
    pub async fn case_history(
        &self,
        viewer: &Viewer,
        id: &CaseId,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let claim = Claim::Case(id.clone(), Right::Read);
        self.history(viewer, claim, &Stream::Case(id.clone())).await
    }

    /// Returns events of a case after a version, oldest first, up to [`HISTORY_ROWS_MAX`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn case_events(
        &self,
        viewer: &Viewer,
        id: &CaseId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let mut connection = self.reader().await?;
        let claim = Claim::Case(id.clone(), Right::Read);
        Grant { viewer: viewer.clone(), claim }.check(&mut connection).await?;
        page(&mut connection, &Stream::Case(id.clone()), after, limit).await
    }

    /// Returns the whole history of a report, oldest first.
    ///
    /// # Errors
    /// As [`Store::case_history`].
    pub async fn report_history(
        &self,
        viewer: &Viewer,
        id: &ReportId,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let claim = Claim::Report(id.clone(), Right::Read);
        self.history(viewer, claim, &Stream::Report(id.clone())).await
    }

    /// Returns the whole history of a party, oldest first.
    ///
    /// # Errors
    /// As [`Store::case_history`].
    pub async fn party_history(
        &self,
        viewer: &Viewer,
        id: &PartyId,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let claim = Claim::Party(id.clone(), Right::Read);
        self.history(viewer, claim, &Stream::Party(id.clone())).await
    }

    /// Returns the whole history of a change of law, oldest first.
    ///
    /// # Errors
    /// As [`Store::case_history`].
    pub async fn amendment_history(
        &self,
        viewer: &Viewer,
        id: &AmendmentId,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let claim = Claim::Amendment(id.clone(), Right::Read);
        self.history(viewer, claim, &Stream::Amendment(id.clone())).await
    }

    /// Returns the whole history of a department, oldest first.
    ///
    /// # Errors
    /// As [`Store::case_history`].
    pub async fn department_history(
        &self,
        viewer: &Viewer,
        id: &DepartmentId,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let claim = Claim::Department(id.clone(), Right::Read);
        self.history(viewer, claim, &Stream::Department(id.clone())).await
    }

    pub(crate) async fn history(
        &self,
        viewer: &Viewer,
        claim: Claim,
        stream: &Stream,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let mut connection = self.reader().await?;
        Grant { viewer: viewer.clone(), claim }.check(&mut connection).await?;
        whole(&mut connection, stream).await
    }

    /// Returns the entries of a case and of the reports that it was opened on, in the order of the
    /// log. Whoever sees a case sees its reports.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] over [`HISTORY_EVENTS_MAX`].
    pub async fn case_entries(
        &self,
        grant: &Authorized<Case, Read>,
    ) -> Result<Vec<CaseEntry>, StoreError> {
        let mut connection = self.reader().await?;
        let mut entries: Vec<CaseEntry> = Vec::new();
        loop {
            let after = entries.last().map_or(Ok(-1), |last| int(last.entry.index))?;
            let limit = limited(HISTORY_ROWS_MAX, HISTORY_ROWS_MAX);
            let params = params![grant.id().as_str(), after, limit];
            let rows = connection.all(&ENTRIES_OF_CASE, params).await?;
            for row in &rows {
                let bytes = row.bytes_or_none("bytes")?;
                entries.push(CaseEntry { entry: receipt_entry(row)?, bytes });
            }
            if entries.len() > HISTORY_EVENTS_MAX {
                return Err(StoreError::TooLarge { what: "history", limit: HISTORY_EVENTS_MAX });
            }
            if rows.len() < HISTORY_ROWS_MAX {
                return Ok(entries);
            }
        }
    }
}
