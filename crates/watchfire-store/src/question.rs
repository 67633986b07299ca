//! What people still have to decide: questions on which clocks hang, and duties that collide.

use jiff::Timestamp;
use watchfire_core::event::{Body, CaseEvent};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::obligation::{NO_DATE, ObligationRow, columns, obligation_row};
use crate::page::{Page, PageRequest};
use crate::policy::visible;
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    OPEN_CONFLICT =
        "INSERT INTO open_conflicts (id, case_id, conflict, obligation_id, opened_at, due_at, \
         sort_due) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO UPDATE SET obligation_id = excluded.obligation_id, \
         opened_at = excluded.opened_at, due_at = excluded.due_at, sort_due = excluded.sort_due";
    CLOSE_CONFLICT = "DELETE FROM open_conflicts WHERE id = $1";
    QUESTIONS = concat!(
        "SELECT ", columns!(), ", NULL AS conflict, o.strict_from AS asked_at, \
         o.decision_due AS decide_by, o.decision_due AS ask_due, o.id AS ask_id \
         FROM obligations o JOIN cases c ON c.id = o.case_id \
         WHERE o.is_open AND o.provisional AND o.decision_due IS NOT NULL \
         AND (o.decision_due, o.id) > ($3, $4) AND ", visible!(),
        " UNION ALL SELECT ", columns!(), ", k.conflict, k.opened_at, k.due_at, k.sort_due, k.id \
         FROM open_conflicts k JOIN obligations o ON o.id = k.obligation_id \
         JOIN cases c ON c.id = k.case_id \
         WHERE (k.sort_due, k.id) > ($3, $4) AND ", visible!(),
        " ORDER BY ask_due, ask_id LIMIT $5"
    );
}

/// Something that somebody has to decide, with the obligation whose people are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionRow {
    pub asks: Asks,
    /// When it began to be open, for its clock.
    pub asked_at: Option<Timestamp>,
    /// When it should be decided: a house target.
    pub decide_by: Option<Timestamp>,
    /// The obligation that hangs on it, or whose people are asked.
    pub obligation: ObligationRow,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// The answer to a predicate.
    Predicate(String),
    /// What to do where duties collide.
    Conflict(String),
}

/// Keeps the conflicts that are open.
pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Case(case, event) = &stored.event.body else {
        return Ok(());
    };
    match event {
        CaseEvent::ConflictOpened { conflict, obligation, due_at } => {
            let sort_due = due_at.map_or(NO_DATE, Timestamp::as_microsecond);
            let params = params![
                format!("{case} {conflict}"),
                case.as_str(),
                conflict.as_str(),
                obligation.as_str(),
                stored.event.recorded_at,
                *due_at,
                sort_due,
            ];
            tx.execute(&OPEN_CONFLICT, params).await?;
        }
        CaseEvent::ConflictClosed { conflict }
        | CaseEvent::ConflictDecided { conflict, .. }
        | CaseEvent::ConflictFollowed { conflict, .. } => {
            tx.execute(&CLOSE_CONFLICT, params![format!("{case} {conflict}")]).await?;
        }
        _ => {}
    }
    Ok(())
}

fn question_row(row: &Row) -> Result<QuestionRow, StoreError> {
    let obligation = obligation_row(row)?;
    let asks = match (row.text_or_none("conflict")?, &obligation.assessment.decision) {
        (Some(conflict), _) => Asks::Conflict(conflict),
        (None, Some(predicate)) => Asks::Predicate(predicate.clone()),
        (None, None) => return Err(StoreError::Corrupt { what: "decision" }),
    };
    Ok(QuestionRow {
        asks,
        asked_at: row.instant_or_none("asked_at")?,
        decide_by: row.instant_or_none("decide_by")?,
        obligation,
    })
}

impl Store {
    /// Returns what somebody has to decide, by when it should be decided: the open obligations
    /// whose clock runs although a question is undecided, and the conflicts that are open.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn questions(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<QuestionRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([due], id) = page.key([i64::MIN])?;
        let params = params![scope, party, due, id, page.probe()];
        let rows = self.reader().await?.all(&QUESTIONS, params).await?;
        let rows = rows.iter().map(question_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(rows, |row| {
            let due = row.decide_by.map_or(NO_DATE, Timestamp::as_microsecond);
            let id = match &row.asks {
                Asks::Predicate(_) => row.obligation.id.to_string(),
                Asks::Conflict(conflict) => format!("{} {conflict}", row.obligation.case),
            };
            format!("{due}.{id}")
        }))
    }
}
