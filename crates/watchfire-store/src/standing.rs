//! What organizations chose for their cases where the same duties collide. Every choice is kept: a
//! case follows the one that stood when it was opened.

use jiff::Timestamp;
use watchfire_core::case::Standing;
use watchfire_core::event::{Body, PartyEvent, encoding};
use watchfire_core::ids::PartyId;

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::log::int;
use crate::page::{PAGE_ROWS_MAX, limited};
use crate::party::scope;
use crate::policy::party_visible;
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    CHOOSE =
        "INSERT INTO standing_choices (organization_id, conflict, log_index, made_at) \
         VALUES ($1, $2, $3, $4)";
    CHOICES = concat!(
        "SELECT e.bytes FROM standing_choices s JOIN events e ON e.log_index = s.log_index \
         JOIN parties p ON p.id = s.organization_id \
         WHERE p.id = $3 AND s.made_at <= $4 AND e.bytes IS NOT NULL AND NOT EXISTS (\
         SELECT 1 FROM standing_choices t WHERE t.organization_id = s.organization_id \
         AND t.conflict = s.conflict AND t.log_index > s.log_index AND t.made_at <= $4) AND ",
        party_visible!(), " ORDER BY s.conflict LIMIT $5"
    );
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Party(id, PartyEvent::StandingChoiceMade { conflict, .. }) = &stored.event.body
    else {
        return Ok(());
    };
    let (index, at) = (int(stored.index)?, stored.event.recorded_at);
    tx.execute(&CHOOSE, params![id.as_str(), conflict.as_str(), index, at]).await.map(|_| ())
}

impl Store {
    /// Returns what an organization had chosen for its cases at `at`: of each conflict the last
    /// choice, up to [`PAGE_ROWS_MAX`] conflicts.
    ///
    /// # Errors
    /// Failures of the database; of an organization that is missing or hidden there is none.
    pub async fn standing_choices(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
        at: Timestamp,
    ) -> Result<Vec<Standing>, StoreError> {
        let (scope, party) = scope(viewer);
        let limit = limited(0, PAGE_ROWS_MAX);
        let params = params![scope, party, organization.as_str(), at, limit];
        let rows = self.reader().await?.all(&CHOICES, params).await?;
        let mut found = Vec::new();
        for row in &rows {
            let event = encoding::decode(&row.bytes("bytes")?)?;
            let Body::Party(_, PartyEvent::StandingChoiceMade { conflict, choice, reason, by }) =
                event.body
            else {
                return Err(StoreError::Corrupt { what: "choice" });
            };
            found.push(Standing { conflict, choice, reason, by, at: event.recorded_at });
        }
        Ok(found)
    }
}
