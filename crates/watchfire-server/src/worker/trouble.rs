//! Whom the node tells when it cannot do its work by itself.

use jiff::Timestamp;
use watchfire_core::event::{Duty, Service};
use watchfire_core::ids::PartyId;
use watchfire_core::notice::Notice;
use watchfire_store::{Append, PageRequest, StoreError, Viewer};

use crate::command::decision;
use crate::state::Node;

/// Puts a notice to everybody who must know into an append: the supervisor, the executive and the
/// administrators. Told once for each `mark`, which names a room and a row and no content.
///
/// # Errors
/// Failures of the database.
pub(super) async fn tell(
    node: &Node,
    append: &mut Append,
    mark: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    for who in people(node).await? {
        decision::send(node, append, &Notice::trouble(&who, mark), now).await?;
    }
    Ok(())
}

/// Whether `who` stands in the chain of the organization, so that a notice which must be withdrawn
/// leaves a hole in it.
///
/// # Errors
/// Failures of the database.
pub(super) async fn is_in_chain(node: &Node, who: &PartyId) -> Result<bool, StoreError> {
    let keeper = Viewer::service(Service::Keeper);
    let organization = match node.store().own_organization(&keeper).await {
        Ok(id) => id,
        Err(StoreError::NotFound(_)) => return Ok(false),
        Err(other) => return Err(other),
    };
    let chain = node.store().party(&keeper, &organization).await?.chain;
    Ok(watchfire_core::party::chain_people(&chain).contains(who))
}

async fn people(node: &Node) -> Result<Vec<PartyId>, StoreError> {
    let keeper = Viewer::service(Service::Keeper);
    let organization = match node.store().own_organization(&keeper).await {
        Ok(id) => id,
        // Nobody is known yet, so there is nobody to tell.
        Err(StoreError::NotFound(_)) => return Ok(Vec::new()),
        Err(other) => return Err(other),
    };
    let chain = node.store().party(&keeper, &organization).await?.chain;
    let mut found: Vec<PartyId> = chain.supervisor.into_iter().chain(chain.executive).collect();
    let mut page = PageRequest::default();
    loop {
        let parties = node.store().parties(&keeper, &page).await?;
        let keep = parties
            .rows
            .into_iter()
            .filter(|party| party.account_open && party.duties.contains(&Duty::Administrator));
        for party in keep {
            if !found.contains(&party.id) {
                found.push(party.id);
            }
        }
        match parties.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}
