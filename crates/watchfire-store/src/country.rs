//! Where another organization is: gates ask it.

use jiff::Timestamp;
use watchfire_core::event::{Actor, Body, PartyEvent};
use watchfire_core::ids::PartyId;

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::history::event_at;
use crate::log::int;
use crate::policy::{NotFound, Read};
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    SET = "UPDATE parties SET country_index = $2 WHERE id = $1";
    RECORDED = "SELECT p.country_index FROM parties p WHERE p.id = $1";
}

/// Where an organization is, who recorded it, when, and where that is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// `None`: nobody knows any more.
    pub country: Option<String>,
    pub source: String,
    /// `None`: it was recorded on the node's own machine.
    pub by: Option<PartyId>,
    pub at: Timestamp,
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Party(id, PartyEvent::CountryRecorded { .. }) = &stored.event.body else {
        return Ok(());
    };
    match tx.execute(&SET, params![id.as_str(), int(stored.index)?]).await? {
        1 => Ok(()),
        _ => Err(StoreError::Misuse("the first event of a party registers it")),
    }
}

impl Store {
    /// Returns where an organization is, as it was recorded last; `None` where it never was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the organization is missing or hidden.
    pub async fn country(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
    ) -> Result<Option<Located>, StoreError> {
        self.authorize_country::<Read>(viewer, organization).await?;
        let mut connection = self.reader().await?;
        let row = connection.optional(&RECORDED, params![organization.as_str()]).await?;
        let Some(index) = row.ok_or(NotFound)?.int_or_none("country_index")? else {
            return Ok(None);
        };
        let event = event_at(&mut connection, index).await?.event;
        match event.body {
            Body::Party(_, PartyEvent::CountryRecorded { country, source }) => {
                let by = match event.actor {
                    Actor::Person(who) => Some(who),
                    _ => None,
                };
                Ok(Some(Located { country, source, by, at: event.recorded_at }))
            }
            _ => Err(StoreError::Corrupt { what: "country" }),
        }
    }
}
