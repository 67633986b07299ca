//! Obligations: the watch, those of a case, one of them.

use jiff::Timestamp;
use watchfire_core::event::{Assessment, Body, CaseEvent, GapCause, OwnerCause};
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_core::law::State;

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, Statement, Value, params};
use crate::error::StoreError;
use crate::history::event_at;
use crate::log::int;
use crate::page::{PAGE_ROWS_MAX, Page, PageRequest, limited};
use crate::policy::{NotFound, visible};
use crate::statement::statements;
use crate::viewer::Viewer;

/// Where an obligation without a date stands in the watch: after all that have one.
pub(crate) const NO_DATE: i64 = i64::MAX;

macro_rules! columns {
    () => {
        "o.id, o.case_id, c.title, c.embargoed, c.organization_id, o.provision, o.from_fact, \
         o.class, o.state, o.is_open, o.provisional, o.after_strict, o.strict_from, o.strict_due, \
         o.outer_due, o.decision, o.decision_due, o.cites, o.version_from, o.reading, o.lawbook, \
         o.time_zones, o.assessed_at, o.owner_id, o.owner_cause, o.assigned_by, o.owned_at, \
         o.acknowledged_by, o.acknowledged_at, o.gap, o.gap_at, o.rung, o.rung_at, o.gap_rank, \
         o.sort_due, o.due_at"
    };
}
pub(crate) use columns;

statements! {
    ASSESS =
        "INSERT INTO obligations (id, case_id, provision, from_fact, class, state, is_open, \
         provisional, after_strict, strict_from, strict_due, outer_due, decision, decision_due, \
         cites, version_from, reading, lawbook, time_zones, assessed_at, sort_due, gap_rank) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20, $21, 1) \
         ON CONFLICT (id) DO UPDATE SET provision = excluded.provision, \
         from_fact = excluded.from_fact, class = excluded.class, state = excluded.state, \
         is_open = excluded.is_open, provisional = excluded.provisional, \
         after_strict = excluded.after_strict, strict_from = excluded.strict_from, \
         strict_due = excluded.strict_due, outer_due = excluded.outer_due, \
         decision = excluded.decision, decision_due = excluded.decision_due, \
         cites = excluded.cites, version_from = excluded.version_from, \
         reading = excluded.reading, lawbook = excluded.lawbook, \
         time_zones = excluded.time_zones, assessed_at = excluded.assessed_at, \
         sort_due = excluded.sort_due WHERE obligations.case_id = excluded.case_id";
    SET_OWNER =
        "UPDATE obligations SET owner_id = $3, owner_cause = $4, assigned_by = $5, owned_at = $6, \
         acknowledged_by = NULL, acknowledged_at = NULL WHERE id = $1 AND case_id = $2";
    RELEASE_OWNER =
        "UPDATE obligations SET owner_id = NULL, owner_cause = NULL, assigned_by = NULL, \
         owned_at = NULL, acknowledged_by = NULL, acknowledged_at = NULL \
         WHERE id = $1 AND case_id = $2";
    ACKNOWLEDGE =
        "UPDATE obligations SET acknowledged_by = $3, acknowledged_at = $4 \
         WHERE id = $1 AND case_id = $2";
    OPEN_GAP =
        "UPDATE obligations SET gap = $3, gap_at = $4, gap_rank = 0 WHERE id = $1 AND case_id = $2";
    CLOSE_GAP =
        "UPDATE obligations SET gap = NULL, gap_at = NULL, gap_rank = 1 \
         WHERE id = $1 AND case_id = $2";
    REACH_RUNG =
        "UPDATE obligations SET rung = $3, rung_at = $4 WHERE id = $1 AND case_id = $2";
    SAVE_DRAFT =
        "INSERT INTO drafts (obligation_id, case_id, log_index) VALUES ($1, $2, $3) \
         ON CONFLICT (obligation_id) DO UPDATE SET log_index = excluded.log_index \
         WHERE drafts.case_id = excluded.case_id";
    WATCH = concat!(
        "SELECT ", columns!(), " FROM obligations o JOIN cases c ON c.id = o.case_id \
         WHERE o.is_open AND (o.gap_rank, o.sort_due, o.id) > ($3, $4, $5) AND ", visible!(),
        " ORDER BY o.gap_rank, o.sort_due, o.id LIMIT $6"
    );
    HELD_BY = concat!(
        "SELECT ", columns!(), " FROM obligations o JOIN cases c ON c.id = o.case_id \
         WHERE o.is_open AND o.owner_id = $3 AND (o.sort_due, o.id) > ($4, $5) AND ", visible!(),
        " ORDER BY o.sort_due, o.id LIMIT $6"
    );
    GAPS = concat!(
        "SELECT ", columns!(), " FROM obligations o JOIN cases c ON c.id = o.case_id \
         WHERE o.is_open AND o.gap_rank = 0 AND (o.sort_due, o.id) > ($3, $4) AND ", visible!(),
        " ORDER BY o.sort_due, o.id LIMIT $5"
    );
    OF_CASE = concat!(
        "SELECT ", columns!(), " FROM obligations o JOIN cases c ON c.id = o.case_id \
         WHERE c.id = $3 AND ", visible!(), " ORDER BY o.sort_due, o.id LIMIT $4"
    );
    OBLIGATION = concat!(
        "SELECT ", columns!(), " FROM obligations o JOIN cases c ON c.id = o.case_id \
         WHERE o.id = $3 AND ", visible!()
    );
    DRAFT = concat!(
        "SELECT d.log_index FROM drafts d JOIN cases c ON c.id = d.case_id \
         WHERE d.obligation_id = $3 AND ", visible!()
    );
}

/// An obligation as it stands, with the case it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObligationRow {
    pub id: ObligationId,
    pub case: CaseId,
    pub case_title: String,
    pub organization: PartyId,
    pub embargoed: bool,
    /// What was computed last. Its `state` is that of then: with time alone it may have become
    /// due soon or overdue.
    pub assessment: Assessment,
    pub assessed_at: Timestamp,
    /// Whether something is still owed.
    pub is_open: bool,
    pub owner: Option<Owner>,
    pub acknowledged: Option<(PartyId, Timestamp)>,
    pub gap: Option<(GapCause, Timestamp)>,
    /// The last rung that was reached, and when it was due.
    pub rung: Option<(String, Timestamp)>,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
}

/// Who holds an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub party: PartyId,
    pub cause: OwnerCause,
    pub since: Timestamp,
}

/// The latest draft of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub form: String,
    pub fields: std::collections::BTreeMap<String, String>,
    pub saved_at: Timestamp,
}

fn gap_name(cause: GapCause) -> &'static str {
    match cause {
        GapCause::HeldByNobody => "held-by-nobody",
        GapCause::NotAcknowledged => "not-acknowledged",
        GapCause::HolderGone => "holder-gone",
    }
}

fn gap_named(name: &str) -> Option<GapCause> {
    use GapCause::{HeldByNobody, HolderGone, NotAcknowledged};
    [HeldByNobody, NotAcknowledged, HolderGone].into_iter().find(|cause| gap_name(*cause) == name)
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Case(case, event) = &stored.event.body else {
        return Ok(());
    };
    let at = stored.event.recorded_at;
    let Some((statement, params)) = change(case, event, at, stored.index)? else {
        return Ok(());
    };
    match tx.execute(statement, params).await? {
        1 => Ok(()),
        // The right was for this case; an obligation of another must not be touched.
        _ => Err(StoreError::Misuse("the obligation is not of this case")),
    }
}

type Change = (&'static Statement, Vec<Value>);

fn change(
    case: &CaseId,
    event: &CaseEvent,
    at: Timestamp,
    index: u64,
) -> Result<Option<Change>, StoreError> {
    let case = case.as_str();
    Ok(Some(match event {
        CaseEvent::Assessed { obligation, assessment } => {
            (&ASSESS, assessed(case, obligation, assessment, at))
        }
        CaseEvent::OwnerSet { obligation, owner, cause } => {
            let (cause, by) = match cause {
                OwnerCause::Claimed => ("claimed", None),
                OwnerCause::Assigned { by } => ("assigned", Some(by.as_str())),
            };
            (&SET_OWNER, params![obligation.as_str(), case, owner.as_str(), cause, by, at])
        }
        CaseEvent::OwnerReleased { obligation, .. } => {
            (&RELEASE_OWNER, params![obligation.as_str(), case])
        }
        CaseEvent::Acknowledged { obligation, by } => {
            (&ACKNOWLEDGE, params![obligation.as_str(), case, by.as_str(), at])
        }
        CaseEvent::GapOpened { obligation, cause } => {
            (&OPEN_GAP, params![obligation.as_str(), case, gap_name(*cause), at])
        }
        CaseEvent::GapClosed { obligation } => (&CLOSE_GAP, params![obligation.as_str(), case]),
        CaseEvent::RungReached { obligation, rung, due_at, .. } => {
            (&REACH_RUNG, params![obligation.as_str(), case, rung.as_str(), *due_at])
        }
        CaseEvent::DraftSaved { obligation, .. } => {
            (&SAVE_DRAFT, params![obligation.as_str(), case, int(index)?])
        }
        _ => return Ok(None),
    }))
}

fn assessed(
    case: &str,
    obligation: &ObligationId,
    assessment: &Assessment,
    at: Timestamp,
) -> Vec<Value> {
    let sort_due = assessment.strict_due.map_or(NO_DATE, Timestamp::as_microsecond);
    params![
        obligation.as_str(),
        case,
        assessment.provision.as_str(),
        assessment.from_fact.as_deref(),
        assessment.class.as_str(),
        assessment.state.to_string(),
        assessment.state.is_open(),
        assessment.provisional,
        assessment.after_strict,
        assessment.strict_from,
        assessment.strict_due,
        assessment.outer_due,
        assessment.decision.as_deref(),
        assessment.decision_due,
        assessment.cites.as_str(),
        assessment.version_from.as_deref(),
        assessment.reading.as_deref(),
        assessment.lawbook.as_str(),
        assessment.time_zones.as_str(),
        at,
        sort_due,
    ]
}

fn assessment_of(row: &Row) -> Result<Assessment, StoreError> {
    Ok(Assessment {
        provision: row.text("provision")?,
        from_fact: row.text_or_none("from_fact")?,
        class: row.text("class")?,
        state: State::parse(&row.text("state")?).ok_or(StoreError::Corrupt { what: "state" })?,
        provisional: row.bool("provisional")?,
        after_strict: row.bool("after_strict")?,
        strict_from: row.instant_or_none("strict_from")?,
        strict_due: row.instant_or_none("strict_due")?,
        outer_due: row.instant_or_none("outer_due")?,
        decision: row.text_or_none("decision")?,
        decision_due: row.instant_or_none("decision_due")?,
        cites: row.text("cites")?,
        version_from: row.text_or_none("version_from")?,
        reading: row.text_or_none("reading")?,
        lawbook: row.text("lawbook")?,
        time_zones: row.text("time_zones")?,
    })
}

fn owner_of(row: &Row) -> Result<Option<Owner>, StoreError> {
    let Some(party) = row.parsed_or_none("owner_id")? else {
        return Ok(None);
    };
    let cause = match row.parsed_or_none("assigned_by")? {
        Some(by) => OwnerCause::Assigned { by },
        None => OwnerCause::Claimed,
    };
    Ok(Some(Owner { party, cause, since: row.instant("owned_at")? }))
}

pub(crate) fn obligation_row(row: &Row) -> Result<ObligationRow, StoreError> {
    let gap = row.text_or_none("gap")?;
    let gap = gap.map(|name| gap_named(&name).ok_or(StoreError::Corrupt { what: "gap" }));
    Ok(ObligationRow {
        id: row.parsed("id")?,
        case: row.parsed("case_id")?,
        case_title: row.text("title")?,
        organization: row.parsed("organization_id")?,
        embargoed: row.bool("embargoed")?,
        assessment: assessment_of(row)?,
        assessed_at: row.instant("assessed_at")?,
        is_open: row.bool("is_open")?,
        owner: owner_of(row)?,
        acknowledged: row
            .parsed_or_none("acknowledged_by")?
            .zip(row.instant_or_none("acknowledged_at")?),
        gap: gap.transpose()?.zip(row.instant_or_none("gap_at")?),
        rung: row.text_or_none("rung")?.zip(row.instant_or_none("rung_at")?),
        due_at: row.instant_or_none("due_at")?,
    })
}

fn sort_due(row: &ObligationRow) -> i64 {
    row.assessment.strict_due.map_or(NO_DATE, Timestamp::as_microsecond)
}

impl Store {
    /// Returns every open obligation that the viewer sees: gaps first, then by `strict_due`;
    /// those without a date last.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn watch(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<ObligationRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([rank, due], id) = page.key([0, i64::MIN])?;
        let params = params![scope, party, rank, due, id, page.probe()];
        let rows = self.obligations(&WATCH, params).await?;
        Ok(page.page(rows, |row| {
            let rank = i64::from(row.gap.is_none());
            format!("{rank}.{}.{}", sort_due(row), row.id)
        }))
    }

    /// Returns the open obligations that nobody holds or nobody has moved, by `strict_due`.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn gaps(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<ObligationRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([due], id) = page.key([i64::MIN])?;
        let params = params![scope, party, due, id, page.probe()];
        let rows = self.obligations(&GAPS, params).await?;
        Ok(page.page(rows, |row| format!("{}.{}", sort_due(row), row.id)))
    }

    /// Returns the open obligations that `owner` holds, by `strict_due`.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn obligations_held_by(
        &self,
        viewer: &Viewer,
        owner: &PartyId,
        page: &PageRequest,
    ) -> Result<Page<ObligationRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([due], id) = page.key([i64::MIN])?;
        let params = params![scope, party, owner.as_str(), due, id, page.probe()];
        let rows = self.obligations(&HELD_BY, params).await?;
        Ok(page.page(rows, |row| format!("{}.{}", sort_due(row), row.id)))
    }

    /// Returns the obligations of a case, ended ones too, up to [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database; a case that is missing or hidden has none.
    pub async fn obligations_of_case(
        &self,
        viewer: &Viewer,
        case: &CaseId,
    ) -> Result<Vec<ObligationRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let params = params![scope, party, case.as_str(), limited(0, PAGE_ROWS_MAX)];
        self.obligations(&OF_CASE, params).await
    }

    /// Returns one obligation.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or hidden.
    pub async fn obligation(
        &self,
        viewer: &Viewer,
        id: &ObligationId,
    ) -> Result<ObligationRow, StoreError> {
        let (scope, party) = viewer.parameters();
        let rows = self.obligations(&OBLIGATION, params![scope, party, id.as_str()]).await?;
        Ok(rows.into_iter().next().ok_or(NotFound)?)
    }

    /// Returns the latest draft of the submission that would meet an obligation, if there is one.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn draft(
        &self,
        viewer: &Viewer,
        id: &ObligationId,
    ) -> Result<Option<Draft>, StoreError> {
        let (scope, party) = viewer.parameters();
        let mut connection = self.reader().await?;
        let row = connection.optional(&DRAFT, params![scope, party, id.as_str()]).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let event = event_at(&mut connection, row.int("log_index")?).await?.event;
        match event.body {
            Body::Case(_, CaseEvent::DraftSaved { form, fields, .. }) => {
                Ok(Some(Draft { form, fields, saved_at: event.recorded_at }))
            }
            _ => Err(StoreError::Corrupt { what: "draft" }),
        }
    }

    async fn obligations(
        &self,
        statement: &Statement,
        params: Vec<Value>,
    ) -> Result<Vec<ObligationRow>, StoreError> {
        let rows = self.reader().await?.all(statement, params).await?;
        rows.iter().map(obligation_row).collect()
    }
}
