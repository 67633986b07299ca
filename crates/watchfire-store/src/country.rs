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
use crate::policy::{NotFound, Read, own_organization};
use crate::statement::statements;
use crate::viewer::{Viewer, Who};

statements! {
    SET = "UPDATE parties SET country_index = $2 WHERE id = $1";
    RECORDED = "SELECT p.country_index FROM parties p WHERE p.id = $1";
    IS_OF_HOUSE = concat!(
        "SELECT v.id FROM parties v WHERE v.id = $1 AND v.account_open AND v.organization_id = ",
        own_organization!()
    );
}

/// Where an organization is, as it was recorded last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// `None`: nobody knows any more.
    pub country: Option<String>,
    pub at: Timestamp,
    /// Where that is known from; `None` for whoever is not of the house that recorded it.
    pub grounds: Option<Grounds>,
}

/// From where it is known where an organization is. It is the house's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    pub source: String,
    /// `None`: it was recorded on the node's own machine.
    pub by: Option<PartyId>,
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

async fn is_of_house(connection: &mut Connection, viewer: &Viewer) -> Result<bool, StoreError> {
    match viewer.who() {
        Who::Anonymous => Ok(false),
        Who::Service(_) => Ok(true),
        Who::Person { party, .. } => {
            Ok(connection.optional(&IS_OF_HOUSE, params![party.as_str()]).await?.is_some())
        }
    }
}

impl Store {
    /// Returns where an organization is, as it was recorded last; `None` where it never was. From
    /// where that is known is told to the people of the organization whose node this is alone.
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
                let of_house = is_of_house(&mut connection, viewer).await?;
                let grounds = of_house.then_some(Grounds { source, by });
                Ok(Some(Located { country, at: event.recorded_at, grounds }))
            }
            _ => Err(StoreError::Corrupt { what: "country" }),
        }
    }
}
