//! Cases: the list, one of them, who takes part.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use watchfire_core::event::{Body, CaseEvent, ParticipantRole};
use watchfire_core::ids::{CaseId, PartyId, ReportId};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, listed, params};
use crate::error::StoreError;
use crate::log::int;
use crate::page::{PAGE_ROWS_MAX, Page, PageRequest, limited};
use crate::policy::{NotFound, visible};
use crate::statement::statements;
use crate::viewer::Viewer;

macro_rules! columns {
    () => {
        "c.id, c.title, c.organization_id, c.report_id, c.embargoed, c.embargo_until, \
         c.opened_at, c.changed_at, c.version"
    };
}

statements! {
    OPEN =
        "INSERT INTO cases (id, title, organization_id, report_id, embargoed, opened_at, \
         changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
    RENAME = "UPDATE cases SET title = $2 WHERE id = $1";
    SET_EMBARGO = "UPDATE cases SET embargoed = $2, embargo_until = $3 WHERE id = $1";
    ADD_PARTICIPANT =
        "INSERT INTO participants (case_id, party_id, role, added_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (case_id, party_id) DO UPDATE SET role = excluded.role";
    REMOVE_PARTICIPANT = "DELETE FROM participants WHERE case_id = $1 AND party_id = $2";
    CASES = concat!(
        "SELECT ", columns!(), " FROM cases c WHERE ", visible!(),
        " AND (c.opened_at < $3 OR (c.opened_at = $3 AND c.id < $4)) \
         ORDER BY c.opened_at DESC, c.id DESC LIMIT $5"
    );
    CASE = concat!("SELECT ", columns!(), " FROM cases c WHERE c.id = $3 AND ", visible!());
    PARTICIPANTS = concat!(
        "SELECT m.party_id, m.role, m.added_at, p.name, \
         CASE p.kind WHEN 'organization' THEN p.id ELSE p.organization_id END AS organization_id \
         FROM participants m \
         JOIN cases c ON c.id = m.case_id LEFT JOIN parties p ON p.id = m.party_id \
         WHERE c.id = $3 AND ", visible!(), " ORDER BY m.added_at, m.party_id LIMIT $4"
    );
}

/// A case as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    pub id: CaseId,
    pub title: String,
    pub organization: PartyId,
    pub report: Option<ReportId>,
    pub embargoed: bool,
    pub embargo_until: Option<Timestamp>,
    pub opened_at: Timestamp,
    pub changed_at: Timestamp,
    /// How many events its history has: what to expect when writing to it.
    pub version: u64,
}

/// Somebody who takes part in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantRow {
    pub party: PartyId,
    /// `None` for a party that is not known by name here.
    pub name: Option<String>,
    pub role: ParticipantRole,
    /// Whose employee it is, or the organization that it is.
    pub organization: Option<PartyId>,
    pub added_at: Timestamp,
}

fn role_name(role: ParticipantRole) -> &'static str {
    match role {
        ParticipantRole::Reporter => "reporter",
        ParticipantRole::Member => "member",
        ParticipantRole::Vendor => "vendor",
        ParticipantRole::Coordinator => "coordinator",
    }
}

fn role_named(name: &str) -> Option<ParticipantRole> {
    use ParticipantRole::{Coordinator, Member, Reporter, Vendor};
    [Reporter, Member, Vendor, Coordinator].into_iter().find(|role| role_name(*role) == name)
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Case(id, event) = &stored.event.body else {
        return Ok(());
    };
    let (id, at) = (id.as_str(), stored.event.recorded_at);
    match event {
        CaseEvent::Opened { title, organization, report, embargoed } => {
            let report = report.as_ref().map(ReportId::as_str);
            let organization = organization.as_str();
            let version = int(stored.version)?;
            let params = params![id, title.as_str(), organization, report, *embargoed, at, version];
            tx.execute(&OPEN, params).await?;
        }
        CaseEvent::Renamed { title } => {
            tx.execute(&RENAME, params![id, title.as_str()]).await?;
        }
        CaseEvent::ParticipantAdded { party, role } => {
            let params = params![id, party.as_str(), role_name(*role), at];
            tx.execute(&ADD_PARTICIPANT, params).await?;
        }
        CaseEvent::ParticipantRemoved { party } => {
            tx.execute(&REMOVE_PARTICIPANT, params![id, party.as_str()]).await?;
        }
        CaseEvent::EmbargoAgreed { until, .. } => {
            tx.execute(&SET_EMBARGO, params![id, true, *until]).await?;
        }
        CaseEvent::EmbargoExited { .. } => {
            tx.execute(&SET_EMBARGO, params![id, false, None::<Timestamp>]).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Notes of each case when it changed last, and its version.
pub(crate) async fn touch(tx: &mut Connection, events: &[Stored<'_>]) -> Result<(), StoreError> {
    let mut last: BTreeMap<&CaseId, (i64, u64)> = BTreeMap::new();
    for stored in events {
        if let Body::Case(id, _) = &stored.event.body {
            last.insert(id, (stored.event.recorded_at.as_microsecond(), stored.version));
        }
    }
    if last.is_empty() {
        return Ok(());
    }
    let rows = last.iter().map(|(id, (at, version))| json!([id, at, version]));
    let rows = Value::from(rows.collect::<Vec<_>>()).to_string();
    if tx.execute(&listed::TOUCH_CASES, params![rows]).await? == last.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Misuse("the first event of a case opens it"))
    }
}

fn case_row(row: &Row) -> Result<CaseRow, StoreError> {
    Ok(CaseRow {
        id: row.parsed("id")?,
        title: row.text("title")?,
        organization: row.parsed("organization_id")?,
        report: row.parsed_or_none("report_id")?,
        embargoed: row.bool("embargoed")?,
        embargo_until: row.instant_or_none("embargo_until")?,
        opened_at: row.instant("opened_at")?,
        changed_at: row.instant("changed_at")?,
        version: row.natural("version")?,
    })
}

fn participant_row(row: &Row) -> Result<ParticipantRow, StoreError> {
    Ok(ParticipantRow {
        party: row.parsed("party_id")?,
        name: row.text_or_none("name")?,
        role: role_named(&row.text("role")?).ok_or(StoreError::Corrupt { what: "role" })?,
        organization: row.parsed_or_none("organization_id")?,
        added_at: row.instant("added_at")?,
    })
}

impl Store {
    /// Returns the cases that the viewer sees, newest first.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn cases(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<CaseRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let ([at], id) = page.key([i64::MAX])?;
        let params = params![scope, party, at, id, page.probe()];
        let rows = self.reader().await?.all(&CASES, params).await?;
        let rows = rows.iter().map(case_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(rows, |row| format!("{}.{}", row.opened_at.as_microsecond(), row.id)))
    }

    /// Returns one case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or hidden.
    pub async fn case(&self, viewer: &Viewer, id: &CaseId) -> Result<CaseRow, StoreError> {
        let (scope, party) = viewer.parameters();
        let params = params![scope, party, id.as_str()];
        let row = self.reader().await?.optional(&CASE, params).await?;
        case_row(&row.ok_or(NotFound)?)
    }

    /// Returns who takes part in a case, first come first, up to [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database; for a case that is missing or hidden there is nobody.
    pub async fn participants(
        &self,
        viewer: &Viewer,
        id: &CaseId,
    ) -> Result<Vec<ParticipantRow>, StoreError> {
        let (scope, party) = viewer.parameters();
        let params = params![scope, party, id.as_str(), limited(0, PAGE_ROWS_MAX)];
        let rows = self.reader().await?.all(&PARTICIPANTS, params).await?;
        rows.iter().map(participant_row).collect()
    }
}
