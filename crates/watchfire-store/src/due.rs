//! What is due before an instant: the only timer query.
//!
//! Every open obligation has the instant of its next rung in `due_at`. One partial index holds
//! them, so asking costs as much as what is due and not as much as what is open.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use watchfire_core::event::Service;
use watchfire_core::ids::{CaseId, ObligationId};

use crate::Store;
use crate::amendment;
use crate::dialect::{Connection, listed, params};
use crate::error::StoreError;
use crate::page::limited;
use crate::policy::NotFound;
use crate::statement::statements;
use crate::viewer::Viewer;

/// Rows of one look.
pub const DUE_ROWS_MAX: usize = 1000;

statements! {
    DUE_BEFORE =
        "SELECT id, case_id, due_at FROM obligations WHERE due_at <= $1 \
         ORDER BY due_at, id LIMIT $2";
    NEXT_DUE =
        "SELECT due_at FROM obligations WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT 1";
    STALLED =
        "SELECT id, case_id, due_at FROM obligations WHERE is_open AND (due_at IS NULL \
         OR (owner_id IS NULL AND gap IS NULL)) ORDER BY id LIMIT $1";
}

/// When an obligation is looked at next.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) case: CaseId,
    pub(crate) obligation: ObligationId,
    pub(crate) at: Option<Timestamp>,
}

/// An obligation whose next rung is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    pub obligation: ObligationId,
    pub case: CaseId,
    pub due_at: Timestamp,
}

/// An open obligation that nobody would be told of: a defect, shown at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StalledRow {
    pub obligation: ObligationId,
    pub case: CaseId,
    /// `None` where it has no next instant; otherwise it has neither owner nor gap.
    pub due_at: Option<Timestamp>,
}

/// Says when somebody has to look at obligations next; of several instants of one the last counts.
pub(crate) async fn set(tx: &mut Connection, due: &[Due]) -> Result<(), StoreError> {
    let instants: BTreeMap<_, _> =
        due.iter().map(|due| ((&due.obligation, &due.case), due.at)).collect();
    if instants.is_empty() {
        return Ok(());
    }
    let micros = |at: Option<Timestamp>| at.map(Timestamp::as_microsecond);
    let rows =
        instants.iter().map(|((obligation, case), at)| json!([obligation, case, micros(*at)]));
    let rows = Value::from(rows.collect::<Vec<_>>()).to_string();
    if tx.execute(&listed::SET_DUE, params![rows]).await? == instants.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Misuse("the obligation is not of this case"))
    }
}

fn only_the_ticker(viewer: &Viewer) -> Result<(), StoreError> {
    if viewer.is_one_of(&[Service::Ticker]) { Ok(()) } else { Err(NotFound.into()) }
}

impl Store {
    /// Returns what is due at or before `now`, earliest first, up to [`DUE_ROWS_MAX`] rows.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but the ticker.
    pub async fn due_before(
        &self,
        viewer: &Viewer,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueRow>, StoreError> {
        only_the_ticker(viewer)?;
        let params = params![now, limited(limit, DUE_ROWS_MAX)];
        let rows = self.reader().await?.all(&DUE_BEFORE, params).await?;
        rows.iter()
            .map(|row| {
                Ok(DueRow {
                    obligation: row.parsed("id")?,
                    case: row.parsed("case_id")?,
                    due_at: row.instant("due_at")?,
                })
            })
            .collect()
    }

    /// Returns the earliest instant at which anything is due, so that the ticker can sleep.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but the ticker.
    pub async fn next_due_at(&self, viewer: &Viewer) -> Result<Option<Timestamp>, StoreError> {
        only_the_ticker(viewer)?;
        let mut connection = self.reader().await?;
        let of_law = amendment::next_due(&mut connection).await?;
        let row = connection.optional(&NEXT_DUE, params![]).await?;
        let of_cases = row.map(|row| row.instant("due_at")).transpose()?;
        Ok(of_cases.into_iter().chain(of_law).min())
    }

    /// Returns open obligations that have no next instant, or neither owner nor gap.
    /// There are none unless something is broken.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but the ticker.
    pub async fn stalled(
        &self,
        viewer: &Viewer,
        limit: usize,
    ) -> Result<Vec<StalledRow>, StoreError> {
        only_the_ticker(viewer)?;
        let params = params![limited(limit, DUE_ROWS_MAX)];
        let rows = self.reader().await?.all(&STALLED, params).await?;
        rows.iter()
            .map(|row| {
                Ok(StalledRow {
                    obligation: row.parsed("id")?,
                    case: row.parsed("case_id")?,
                    due_at: row.instant_or_none("due_at")?,
                })
            })
            .collect()
    }
}
