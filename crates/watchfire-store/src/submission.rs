//! Submissions: what was sent to an authority.

use std::collections::BTreeMap;

use jiff::Timestamp;
use watchfire_core::event::{Body, CaseEvent};
use watchfire_core::ids::{CaseId, EventId, ObligationId, SubmissionId};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::history::event_at;
use crate::log::int;
use crate::page::{PAGE_ROWS_MAX, limited};
use crate::policy::{NotFound, visible};
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    RECORD =
        "INSERT INTO submissions (id, case_id, fact, number, channel, form, incomplete_reason, \
         recorded_at, log_index) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Names only obligations of the same case.
    RECORD_OBLIGATION =
        "INSERT INTO submission_obligations (submission_id, obligation_id) \
         SELECT CAST($1 AS TEXT), o.id FROM obligations o WHERE o.id = $2 AND o.case_id = $3 \
         ON CONFLICT (submission_id, obligation_id) DO NOTHING";
    OF_CASE = concat!(
        "SELECT s.id, s.case_id, s.number, s.channel, s.form, s.incomplete_reason, s.recorded_at, \
         s.log_index FROM submissions s JOIN cases c ON c.id = s.case_id \
         WHERE c.id = $3 AND ", visible!(), " ORDER BY s.log_index LIMIT $4"
    );
    SUBMISSION = concat!(
        "SELECT s.id, s.case_id, s.log_index FROM submissions s JOIN cases c ON c.id = s.case_id \
         WHERE s.id = $3 AND ", visible!()
    );
}

/// A submission as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRow {
    pub id: SubmissionId,
    pub case: CaseId,
    /// The authority's number.
    pub number: Option<String>,
    /// How it went.
    pub channel: String,
    pub form: Option<String>,
    /// Why it was sent although fields were missing.
    pub incomplete_reason: Option<String>,
    pub recorded_at: Timestamp,
}

/// A submission with all that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    pub row: SubmissionRow,
    /// The event that records it.
    pub event: EventId,
    /// The fact of kind `submitted` recorded with it.
    pub fact: String,
    pub obligations: Vec<ObligationId>,
    pub fields: BTreeMap<String, String>,
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Case(case, event) = &stored.event.body else {
        return Ok(());
    };
    let CaseEvent::SubmissionRecorded {
        submission,
        fact,
        obligations,
        number,
        channel,
        form,
        incomplete_reason,
        ..
    } = event
    else {
        return Ok(());
    };
    let params = params![
        submission.as_str(),
        case.as_str(),
        fact.as_str(),
        number.as_deref(),
        channel.as_str(),
        form.as_deref(),
        incomplete_reason.as_deref(),
        stored.event.recorded_at,
        int(stored.index)?,
    ];
    tx.execute(&RECORD, params).await?;
    for obligation in obligations {
        let params = params![submission.as_str(), obligation.as_str(), case.as_str()];
        if tx.execute(&RECORD_OBLIGATION, params).await? != 1 {
            return Err(StoreError::Misuse("the obligation is not of this case, or named twice"));
        }
    }
    Ok(())
}

fn submission_row(row: &Row) -> Result<SubmissionRow, StoreError> {
    Ok(SubmissionRow {
        id: row.parsed("id")?,
        case: row.parsed("case_id")?,
        number: row.text_or_none("number")?,
        channel: row.text("channel")?,
        form: row.text_or_none("form")?,
        incomplete_reason: row.text_or_none("incomplete_reason")?,
        recorded_at: row.instant("recorded_at")?,
    })
}

impl Store {
    /// Returns the submissions of a case, oldest first, up to [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database; a case that is missing or hidden has none.
    pub async fn submissions_of_case(
        &self,
        viewer: &Viewer,
        case: &CaseId,
    ) -> Result<Vec<SubmissionRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let params = params![scope, party, case.as_str(), limited(0, PAGE_ROWS_MAX)];
        let rows = self.reader().await?.all(&OF_CASE, params).await?;
        rows.iter().map(submission_row).collect()
    }

    /// Returns one submission with what was sent.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or hidden.
    pub async fn submission(
        &self,
        viewer: &Viewer,
        id: &SubmissionId,
    ) -> Result<Submission, StoreError> {
        let (scope, party) = viewer.parameters();
        let mut connection = self.reader().await?;
        let row = connection.optional(&SUBMISSION, params![scope, party, id.as_str()]).await?;
        let row = row.ok_or(NotFound)?;
        let event = event_at(&mut connection, row.int("log_index")?).await?.event;
        let Body::Case(
            case,
            CaseEvent::SubmissionRecorded {
                submission,
                fact,
                obligations,
                number,
                channel,
                form,
                fields,
                incomplete_reason,
            },
        ) = event.body
        else {
            return Err(StoreError::Corrupt { what: "submission" });
        };
        let recorded_at = event.recorded_at;
        let id = submission;
        let row = SubmissionRow { id, case, number, channel, form, incomplete_reason, recorded_at };
        Ok(Submission { row, event: event.id, fact, obligations, fields })
    }
}
