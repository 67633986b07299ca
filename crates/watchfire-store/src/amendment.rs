//! Changes of law: the list, one of them, what departments owe, and what is due.

use jiff::Timestamp;
use watchfire_core::amendment::{Amendment, Stage};
use watchfire_core::event::{Body, CaseEvent, Event, GapCause, LawSource, Service, Stream};
use watchfire_core::ids::{AmendmentId, CaseId, DepartmentId, PartyId};

use crate::Store;
use crate::amendment_law;
use crate::apply::Stored;
use crate::case_fact::CASES_AT_ONCE_MAX;
use crate::dialect::{Connection, Row, is_taken, params};
use crate::due::DUE_ROWS_MAX;
use crate::error::StoreError;
use crate::history;
use crate::log::int;
use crate::page::{PAGE_ROWS_MAX, Page, PageRequest, limited};
use crate::policy::{NotFound, of_house, visible};
use crate::statement::statements;
use crate::viewer::Viewer;

macro_rules! columns {
    () => {
        "a.id, a.organization_id, a.title, a.stage, a.proposed_at, a.effective_at, a.gaps, \
         a.due_at"
    };
}
pub(crate) use columns as amendment_columns;

statements! {
    PUT =
        "INSERT INTO amendments (id, organization_id, title, stage, proposed_at, effective_at, \
         gaps, issuer, sequence, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, gaps = excluded.gaps, \
         due_at = excluded.due_at";
    PUT_ACKNOWLEDGEMENT =
        "INSERT INTO acknowledgements (amendment_id, department_id, owner_id, due_at, gap, \
         given_at, given_by) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (amendment_id, department_id) DO UPDATE SET owner_id = excluded.owner_id, \
         due_at = excluded.due_at, gap = excluded.gap, given_at = excluded.given_at, \
         given_by = excluded.given_by";
    ALL = "SELECT a.id FROM amendments a WHERE a.id > $1 ORDER BY a.id LIMIT $2";
    AMENDMENTS = concat!(
        "SELECT ", columns!(), " FROM amendments a WHERE ", of_house!("a"),
        " AND (a.proposed_at < $3 OR (a.proposed_at = $3 AND a.id < $4)) \
         ORDER BY a.proposed_at DESC, a.id DESC LIMIT $5"
    );
    AMENDMENT =
        concat!("SELECT ", columns!(), " FROM amendments a WHERE a.id = $3 AND ", of_house!("a"));
    OWED = concat!(
        "SELECT k.amendment_id, k.department_id, k.owner_id, k.due_at, k.gap, a.title, d.name \
         FROM acknowledgements k JOIN amendments a ON a.id = k.amendment_id \
         JOIN departments d ON d.id = k.department_id \
         WHERE k.given_at IS NULL AND a.stage NOT IN ('rejected', 'withdrawn') AND ",
        of_house!("a"),
        " ORDER BY k.due_at, k.amendment_id, k.department_id LIMIT $3"
    );
    DUE = "SELECT id, due_at FROM amendments WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    NEXT_DUE =
        "SELECT due_at FROM amendments WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT 1";
    LEAVE_UNREAD =
        "INSERT INTO unread_cases (amendment_id, case_id, problem, since_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (amendment_id, case_id) DO UPDATE \
         SET problem = excluded.problem, since_at = excluded.since_at";
    READ_AGAIN = "DELETE FROM unread_cases WHERE case_id = $1";
    UNREAD = concat!(
        "SELECT u.case_id, u.problem, u.since_at, c.title FROM unread_cases u \
         JOIN cases c ON c.id = u.case_id WHERE u.amendment_id = $3 AND u.case_id > $4 AND ",
        visible!(), " ORDER BY u.case_id LIMIT $5"
    );
    COUNT_UNREAD = concat!(
        "SELECT COUNT(*) AS cases FROM unread_cases u JOIN cases c ON c.id = u.case_id \
         WHERE u.amendment_id = $3 AND ", visible!()
    );
    LAST_SEQUENCE =
        "SELECT sequence FROM amendments WHERE organization_id = $1 AND issuer = $2 \
         ORDER BY sequence DESC LIMIT 1";
    OF_BUNDLE =
        "SELECT id FROM amendments WHERE organization_id = $1 AND issuer = $2 AND sequence = $3";
}

/// A change of law as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendmentRow {
    pub id: AmendmentId,
    pub organization: PartyId,
    pub title: String,
    pub stage: Stage,
    pub proposed_at: Timestamp,
    pub effective_at: Timestamp,
    /// How many departments' acknowledgements are gaps.
    pub gaps: u64,
    pub due_at: Option<Timestamp>,
}

/// An acknowledgement that a department owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedAcknowledgement {
    pub amendment: AmendmentId,
    pub title: String,
    pub department: DepartmentId,
    pub department_name: String,
    pub owner: Option<PartyId>,
    pub due_at: Timestamp,
    pub is_gap: bool,
}

/// A case that a change of law left as it was, because the new law cannot read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadCase {
    pub case: CaseId,
    pub title: String,
    pub problem: String,
    pub since: Timestamp,
}

/// Writes the whole of a change anew from its history, which has few events.
pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let id = match &stored.event.body {
        Body::Amendment(id, _) => id,
        Body::Case(case, event) => {
            return apply_to_case(tx, case, event, stored.event.recorded_at).await;
        }
        _ => return Ok(()),
    };
    write(tx, id).await
}

/// Writes every change anew: what was written before a column was there lacks it.
pub(crate) async fn write_anew(tx: &mut Connection) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let rows = tx.all(&ALL, params![after.as_str(), limited(0, PAGE_ROWS_MAX)]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.text("id")?;
        for row in &rows {
            write(tx, &row.parsed("id")?).await?;
        }
    }
}

async fn write(tx: &mut Connection, id: &AmendmentId) -> Result<(), StoreError> {
    let history = history::whole(tx, &Stream::Amendment(id.clone())).await?;
    let events: Vec<Event> = history.into_iter().map(|recorded| recorded.event).collect();
    let amendment =
        Amendment::from_events(id, &events).ok_or(StoreError::Corrupt { what: "amendment" })?;
    let (issuer, sequence) = match &amendment.source {
        LawSource::Bundle { issuer, sequence, .. } => {
            (Some(issuer.as_str()), Some(int(*sequence)?))
        }
        _ => (None, None),
    };
    let gaps = int(amendment.gaps().count() as u64)?;
    let params = params![
        id.as_str(),
        amendment.organization.as_str(),
        amendment.title.as_str(),
        amendment.stage.as_str(),
        amendment.proposed_at,
        amendment.effective_at,
        gaps,
        issuer,
        sequence,
        amendment.due_at(),
    ];
    match tx.execute(&PUT, params).await {
        Err(error) if is_taken(&error) => return Err(StoreError::Taken("the bundle's sequence")),
        other => other?,
    };
    for owed in amendment.acknowledgements.values() {
        let gap = owed.gap.map(|(cause, _)| match cause {
            GapCause::HeldByNobody => "held-by-nobody",
            GapCause::NotAcknowledged => "not-acknowledged",
            GapCause::HolderGone => "holder-gone",
        });
        let params = params![
            id.as_str(),
            owed.department.as_str(),
            owed.owner.as_ref().map(|(owner, ..)| owner.as_str()),
            owed.due_at,
            gap,
            owed.given.as_ref().map(|(_, at, _)| *at),
            owed.given.as_ref().map(|(by, ..)| by.as_str()),
        ];
        tx.execute(&PUT_ACKNOWLEDGEMENT, params).await?;
    }
    amendment_law::put(tx, &amendment).await
}

/// Keeps which cases a change left as they were.
async fn apply_to_case(
    tx: &mut Connection,
    case: &CaseId,
    event: &CaseEvent,
    at: Timestamp,
) -> Result<(), StoreError> {
    match event {
        CaseEvent::LeftUnread { amendment, problem } => {
            let params = params![amendment.as_str(), case.as_str(), problem.as_str(), at];
            tx.execute(&LEAVE_UNREAD, params).await.map(|_| ())
        }
        CaseEvent::ReadAgain { .. } => {
            tx.execute(&READ_AGAIN, params![case.as_str()]).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// The earliest instant at which something is to be done with a change of law.
pub(crate) async fn next_due(connection: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let row = connection.optional(&NEXT_DUE, params![]).await?;
    row.map(|row| row.instant("due_at")).transpose()
}

pub(crate) fn amendment_row(row: &Row) -> Result<AmendmentRow, StoreError> {
    let word = row.text("stage")?;
    let stage = Stage::ALL.into_iter().find(|stage| stage.as_str() == word);
    Ok(AmendmentRow {
        id: row.parsed("id")?,
        organization: row.parsed("organization_id")?,
        title: row.text("title")?,
        stage: stage.ok_or(StoreError::Corrupt { what: "stage" })?,
        proposed_at: row.instant("proposed_at")?,
        effective_at: row.instant("effective_at")?,
        gaps: row.natural("gaps")?,
        due_at: row.instant_or_none("due_at")?,
    })
}

/// The place of a change in a list.
pub(crate) fn key(row: &AmendmentRow) -> String {
    format!("{}.{}", row.proposed_at.as_microsecond(), row.id)
}

fn owed_row(row: &Row) -> Result<OwedAcknowledgement, StoreError> {
    Ok(OwedAcknowledgement {
        amendment: row.parsed("amendment_id")?,
        title: row.text("title")?,
        department: row.parsed("department_id")?,
        department_name: row.text("name")?,
        owner: row.parsed_or_none("owner_id")?,
        due_at: row.instant("due_at")?,
        is_gap: row.text_or_none("gap")?.is_some(),
    })
}

impl Store {
    /// Returns the changes of law of the viewer's organization, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn amendments(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<AmendmentRow>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let ([at], id) = page.key([i64::MAX])?;
        let params = params![scope, party, at, id, page.probe()];
        let rows = self.reader().await?.all(&AMENDMENTS, params).await?;
        let rows = rows.iter().map(amendment_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(rows, key))
    }

    /// Returns one change of law as it is listed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn amendment(
        &self,
        viewer: &Viewer,
        id: &AmendmentId,
    ) -> Result<AmendmentRow, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let params = params![scope, party, id.as_str()];
        let row = self.reader().await?.optional(&AMENDMENT, params).await?;
        amendment_row(&row.ok_or(NotFound)?)
    }

    /// Returns the acknowledgements that departments owe, the most urgent first, up to
    /// [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn owed_acknowledgements(
        &self,
        viewer: &Viewer,
    ) -> Result<Vec<OwedAcknowledgement>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let params = params![scope, party, limited(0, PAGE_ROWS_MAX)];
        let rows = self.reader().await?.all(&OWED, params).await?;
        rows.iter().map(owed_row).collect()
    }

    /// Returns the changes of law with which something is due at or before `now`, each with the
    /// instant, earliest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but the ticker.
    pub async fn amendments_due(
        &self,
        viewer: &Viewer,
        now: Timestamp,
    ) -> Result<Vec<(AmendmentId, Timestamp)>, StoreError> {
        if !viewer.is_one_of(&[Service::Ticker]) {
            return Err(NotFound.into());
        }
        let params = params![now, limited(0, DUE_ROWS_MAX)];
        let rows = self.reader().await?.all(&DUE, params).await?;
        rows.iter().map(|row| Ok((row.parsed("id")?, row.instant("due_at")?))).collect()
    }

    /// Returns the cases that the viewer sees which a change left as they were, after a case, by
    /// id; up to [`CASES_AT_ONCE_MAX`] in one look.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn unread_cases(
        &self,
        viewer: &Viewer,
        amendment: &AmendmentId,
        after: Option<&CaseId>,
    ) -> Result<Vec<UnreadCase>, StoreError> {
        let (scope, party) = viewer.parameters();
        let after = after.map_or("", CaseId::as_str);
        let limit = limited(0, CASES_AT_ONCE_MAX);
        let params = params![scope, party, amendment.as_str(), after, limit];
        let rows = self.reader().await?.all(&UNREAD, params).await?;
        rows.iter()
            .map(|row| {
                Ok(UnreadCase {
                    case: row.parsed("case_id")?,
                    title: row.text("title")?,
                    problem: row.text("problem")?,
                    since: row.instant("since_at")?,
                })
            })
            .collect()
    }

    /// Returns how many cases that the viewer sees a change left as they were.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn count_unread_cases(
        &self,
        viewer: &Viewer,
        amendment: &AmendmentId,
    ) -> Result<u64, StoreError> {
        let (scope, party) = viewer.parameters();
        let params = params![scope, party, amendment.as_str()];
        let row = self.reader().await?.optional(&COUNT_UNREAD, params).await?;
        row.map_or(Ok(0), |row| row.natural("cases"))
    }

    /// Returns the highest sequence among the bundles of an issuer that an organization has taken
    /// up, whatever became of them.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn last_sequence(
        &self,
        organization: &PartyId,
        issuer: &str,
    ) -> Result<Option<u64>, StoreError> {
        let params = params![organization.as_str(), issuer];
        let row = self.reader().await?.optional(&LAST_SEQUENCE, params).await?;
        row.map(|row| row.natural("sequence")).transpose()
    }

    /// Returns the change of law that came as this bundle of an issuer, whatever became of it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn amendment_of_bundle(
        &self,
        organization: &PartyId,
        issuer: &str,
        sequence: u64,
    ) -> Result<Option<AmendmentId>, StoreError> {
        // No sequence is kept that has no place here.
        let Ok(sequence) = int(sequence) else { return Ok(None) };
        let params = params![organization.as_str(), issuer, sequence];
        let row = self.reader().await?.optional(&OF_BUNDLE, params).await?;
        row.map(|row| row.parsed("id")).transpose()
    }
}
