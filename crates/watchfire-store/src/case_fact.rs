//! The facts of many cases at once: found by what can make a provision arise, or page by page.

use jiff::Timestamp;
use watchfire_core::event::{Body, CaseEvent, FactRecord, encoding};
use watchfire_core::ids::{CaseId, PartyId};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, params};
use crate::error::StoreError;
use crate::log::int;
use crate::page::{Page, PageRequest, limited};
use crate::policy::visible;
use crate::statement::statements;
use crate::viewer::Viewer;

/// Cases that are read at once.
pub const CASES_AT_ONCE_MAX: usize = 1000;

statements! {
    ADD_FACT = "INSERT INTO case_facts (log_index, case_id) VALUES ($1, $2)";
    ADD_TRIGGER =
        "INSERT INTO case_triggers (cause, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    FACTS_BY_CAUSE = concat!(
        "SELECT p.id, p.title, p.organization_id, p.opened_at, p.changed_at, p.is_open, e.bytes \
         FROM (SELECT c.id, c.title, c.organization_id, c.opened_at, c.changed_at, \
         EXISTS (SELECT 1 FROM obligations o WHERE o.case_id = c.id AND o.is_open) AS is_open \
         FROM case_triggers t JOIN cases c ON c.id = t.case_id \
         WHERE t.cause = $3 AND t.case_id > $4 AND ", visible!(),
        " ORDER BY t.case_id LIMIT $5) p JOIN case_facts f ON f.case_id = p.id \
         JOIN events e ON e.log_index = f.log_index WHERE e.bytes IS NOT NULL \
         ORDER BY p.id, f.log_index"
    );
    CASES_BY_CAUSE = concat!(
        "SELECT c.id FROM case_triggers t JOIN cases c ON c.id = t.case_id \
         WHERE t.cause = $3 AND t.case_id > $4 AND ", visible!(),
        " ORDER BY t.case_id LIMIT $5"
    );
    PAST = concat!(
        "SELECT p.id, p.title, p.organization_id, p.opened_at, p.changed_at, p.is_open, e.bytes \
         FROM (SELECT c.id, c.title, c.organization_id, c.opened_at, c.changed_at, \
         EXISTS (SELECT 1 FROM obligations o WHERE o.case_id = c.id AND o.is_open) AS is_open \
         FROM cases c WHERE c.organization_id = $3 AND ", visible!(),
        " AND (c.opened_at < $4 OR (c.opened_at = $4 AND c.id < $5)) \
         ORDER BY c.opened_at DESC, c.id DESC LIMIT $6) p \
         LEFT JOIN case_facts f ON f.case_id = p.id LEFT JOIN events e ON e.log_index = f.log_index \
         ORDER BY p.opened_at DESC, p.id DESC, f.log_index"
    );
    COUNT_PAST = concat!(
        "SELECT COUNT(*) AS count FROM (SELECT c.id FROM cases c WHERE c.organization_id = $3 AND ",
        visible!(), " LIMIT $4) q"
    );
}

/// A case with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    pub case: CaseId,
    pub title: String,
    pub organization: PartyId,
    pub opened_at: Timestamp,
    pub changed_at: Timestamp,
    /// Whether anything is still owed in it.
    pub is_open: bool,
    /// In the order in which they were recorded.
    pub facts: Vec<FactRecord>,
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Case(case, CaseEvent::FactRecorded { fact }) = &stored.event.body else {
        return Ok(());
    };
    tx.execute(&ADD_FACT, params![int(stored.index)?, case.as_str()]).await?;
    let submitted = fact.obligation.iter().map(|id| format!("submitted {id}"));
    // `of` is a kind of fact where the fact is a step towards it; where it is another fact's id,
    // no provision arises on it.
    let causes = std::iter::once(fact.kind.clone()).chain(fact.of.clone()).chain(submitted);
    for cause in causes {
        tx.execute(&ADD_TRIGGER, params![cause, case.as_str()]).await?;
    }
    Ok(())
}

/// Puts the facts of each case together: rows of one case stand beside each other.
fn with_facts(rows: &[Row]) -> Result<Vec<CaseFacts>, StoreError> {
    let mut found: Vec<CaseFacts> = Vec::new();
    for row in rows {
        let case: CaseId = row.parsed("id")?;
        if found.last().is_none_or(|last| last.case != case) {
            found.push(CaseFacts {
                case,
                title: row.text("title")?,
                organization: row.parsed("organization_id")?,
                opened_at: row.instant("opened_at")?,
                changed_at: row.instant("changed_at")?,
                is_open: row.bool("is_open")?,
                facts: Vec::new(),
            });
        }
        let Some(bytes) = row.bytes_or_none("bytes")? else { continue };
        let event = encoding::decode(&bytes)?;
        if let (Body::Case(_, CaseEvent::FactRecorded { fact }), Some(last)) =
            (event.body, found.last_mut())
        {
            last.facts.push(fact);
        }
    }
    Ok(found)
}

impl Store {
    /// Returns the cases that the viewer sees in which `cause` stands (a kind of fact, or
    /// `submitted` and a provision), with all their facts, after a case, by id; up to
    /// [`CASES_AT_ONCE_MAX`] in one look.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn facts_by_cause(
        &self,
        viewer: &Viewer,
        cause: &str,
        after: Option<&CaseId>,
    ) -> Result<Vec<CaseFacts>, StoreError> {
        let (scope, party) = viewer.parameters();
        let after = after.map_or("", CaseId::as_str);
        let params = params![scope, party, cause, after, limited(0, CASES_AT_ONCE_MAX)];
        let rows = self.reader().await?.all(&FACTS_BY_CAUSE, params).await?;
        with_facts(&rows)
    }

    /// Returns a page of the cases of an organization that the viewer sees, the newest first, each
    /// with all its facts.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn past_cases(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
        page: &PageRequest,
    ) -> Result<Page<CaseFacts>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([at], id) = page.key([i64::MAX])?;
        let params = params![scope, party, organization.as_str(), at, id, page.probe()];
        let cases = with_facts(&self.reader().await?.all(&PAST, params).await?)?;
        Ok(page.page(cases, |one| format!("{}.{}", one.opened_at.as_microsecond(), one.case)))
    }

    /// Counts those cases, up to a number.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn count_past_cases(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
        most: usize,
    ) -> Result<u64, StoreError> {
        let (scope, party) = viewer.parameters();
        let params = params![scope, party, organization.as_str(), limited(most, most)];
        let row = self.reader().await?.optional(&COUNT_PAST, params).await?;
        row.map_or(Ok(0), |row| row.natural("count"))
    }

    /// Returns the ids of such cases.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn cases_by_cause(
        &self,
        viewer: &Viewer,
        cause: &str,
        after: Option<&CaseId>,
    ) -> Result<Vec<CaseId>, StoreError> {
        let (scope, party) = viewer.parameters();
        let after = after.map_or("", CaseId::as_str);
        let params = params![scope, party, cause, after, limited(0, CASES_AT_ONCE_MAX)];
        let rows = self.reader().await?.all(&CASES_BY_CAUSE, params).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }
}
