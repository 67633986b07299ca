//! Reports: those that came in, and what their reporters may read.

use jiff::Timestamp;
use watchfire_core::event::{Body, Intake, ReportEvent, Stream};
use watchfire_core::ids::{CaseId, ReportId};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::history::whole;
use crate::page::{Page, PageRequest, limited};
use crate::policy::{NotFound, visible};
use crate::statement::statements;
use crate::viewer::Viewer;

/// Reports of one case.
pub const REPORTS_OF_CASE_MAX: usize = 1000;

macro_rules! columns {
    () => {
        "r.id, r.case_id, r.received_at, r.contact_erased"
    };
}

statements! {
    RECEIVE =
        "INSERT INTO reports (id, case_id, tracking_digest, event_id, received_at, \
         contact_erased) VALUES ($1, $2, $3, $4, $5, $6)";
    ERASE = "UPDATE reports SET contact_erased = $2 WHERE id = $1";
    REPORTS = concat!(
        "SELECT ", columns!(), " FROM reports r JOIN cases c ON c.id = r.case_id WHERE ",
        visible!(), " AND (r.received_at < $3 OR (r.received_at = $3 AND r.id < $4)) \
         ORDER BY r.received_at DESC, r.id DESC LIMIT $5"
    );
    REPORTS_OF_CASE = concat!(
        "SELECT ", columns!(), " FROM reports r JOIN cases c ON c.id = r.case_id \
         WHERE r.case_id = $3 AND ", visible!(), " ORDER BY r.received_at, r.id LIMIT $4"
    );
    REPORT = concat!(
        "SELECT ", columns!(), ", x.bytes AS contact FROM reports r \
         JOIN cases c ON c.id = r.case_id \
         LEFT JOIN annexes x ON x.event_id = r.event_id AND x.name = 'contact' \
         WHERE r.id = $3 AND ", visible!()
    );
    TRACKED = concat!("SELECT ", columns!(), " FROM reports r WHERE r.tracking_digest = $1");
}

/// A report as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    pub id: ReportId,
    pub case: CaseId,
    pub received_at: Timestamp,
    pub contact_erased: bool,
}

/// A report with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub row: ReportRow,
    pub intake: Intake,
    /// How to reach the reporter, unless it was not given or was erased.
    pub contact: Option<Vec<u8>>,
    /// What the reporter was written, oldest first.
    pub answers: Vec<Answer>,
    /// How many events its history has.
    pub version: u64,
}

/// What a reporter was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    pub written_at: Timestamp,
}

/// What the holder of a tracking code may read: nothing of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedReport {
    pub id: ReportId,
    pub received_at: Timestamp,
    /// `en` or `zh-CN`.
    pub language: String,
    pub answers: Vec<Answer>,
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Report(id, event) = &stored.event.body else {
        return Ok(());
    };
    match event {
        ReportEvent::Received(intake) => {
            let params = params![
                id.as_str(),
                intake.case.as_str(),
                intake.tracking.as_str(),
                stored.event.id.as_str(),
                intake.received_at,
                false,
            ];
            tx.execute(&RECEIVE, params).await?;
        }
        ReportEvent::ContactErased { .. } => {
            tx.execute(&ERASE, params![id.as_str(), true]).await?;
        }
        ReportEvent::Answered { .. } => {}
    }
    Ok(())
}

fn report_row(row: &Row) -> Result<ReportRow, StoreError> {
    Ok(ReportRow {
        id: row.parsed("id")?,
        case: row.parsed("case_id")?,
        received_at: row.instant("received_at")?,
        contact_erased: row.bool("contact_erased")?,
    })
}

/// What the history of a report says: the intake, the answers and the version.
async fn told(
    connection: &mut Connection,
    id: &ReportId,
) -> Result<(Intake, Vec<Answer>, u64), StoreError> {
    let (mut intake, mut answers, mut version) = (None, Vec::new(), 0);
    for recorded in whole(connection, &Stream::Report(id.clone())).await? {
        version = recorded.version;
        match recorded.event.body {
            Body::Report(_, ReportEvent::Received(received)) => intake = Some(*received),
            Body::Report(_, ReportEvent::Answered { text }) => {
                answers.push(Answer { text, written_at: recorded.event.recorded_at });
            }
            _ => {}
        }
    }
    let intake = intake.ok_or(StoreError::Corrupt { what: "report" })?;
    Ok((intake, answers, version))
}

impl Store {
    /// Returns the reports whose case the viewer sees, newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn reports(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<ReportRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([at], id) = page.key([i64::MAX])?;
        let params = params![scope, party, at, id, page.probe()];
        let rows = self.reader().await?.all(&REPORTS, params).await?;
        let rows = rows.iter().map(report_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(rows, |row| format!("{}.{}", row.received_at.as_microsecond(), row.id)))
    }

    /// Returns the reports that a case was opened on, oldest first.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] over [`REPORTS_OF_CASE_MAX`].
    pub async fn reports_of_case(
        &self,
        viewer: &Viewer,
        id: &CaseId,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let limit = limited(REPORTS_OF_CASE_MAX + 1, REPORTS_OF_CASE_MAX + 1);
        let params = params![scope, party, id.as_str(), limit];
        let rows = self.reader().await?.all(&REPORTS_OF_CASE, params).await?;
        if rows.len() > REPORTS_OF_CASE_MAX {
            return Err(StoreError::TooLarge { what: "reports", limit: REPORTS_OF_CASE_MAX });
        }
        rows.iter().map(report_row).collect()
    }

    /// Returns one report with what it says.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or hidden.
    pub async fn report(&self, viewer: &Viewer, id: &ReportId) -> Result<Report, StoreError> {
        let (scope, party) = viewer.parameters();
        let mut connection = self.reader().await?;
        let row = connection.optional(&REPORT, params![scope, party, id.as_str()]).await?;
        let row = row.ok_or(NotFound)?;
        let (intake, answers, version) = told(&mut connection, id).await?;
        let contact = row.bytes_or_none("contact")?;
        Ok(Report { row: report_row(&row)?, intake, contact, answers, version })
    }

    /// Returns what the holder of a tracking code may read. The code is the right to it.
    ///
    /// `tracking` is the SHA-256 of the code in lower-case hexadecimal.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a code that was never given.
    pub async fn tracked_report(
        &self,
        _viewer: &Viewer,
        tracking: &str,
    ) -> Result<TrackedReport, StoreError> {
        let mut connection = self.reader().await?;
        let row = connection.optional(&TRACKED, params![tracking]).await?.ok_or(NotFound)?;
        let row = report_row(&row)?;
        let (intake, answers, _) = told(&mut connection, &row.id).await?;
        Ok(TrackedReport {
            id: row.id,
            received_at: row.received_at,
            language: intake.language,
            answers,
        })
    }
}
