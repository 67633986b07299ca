//! Who outside the organization something of a case would go to, and the decision that it may.

use std::collections::BTreeMap;

use watchfire_core::case::{Case, To, as_participant};
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::{CaseId, PartyId};
use watchfire_core::law::gate::{Act, Recipient};
use watchfire_store::{PartyKind, StoreError, Viewer};

use super::case::change;
use super::decision::Loaded;
use super::{Answer, Wish, keeper};
use crate::error::Problem;
use crate::state::Node;

/// The attribute by which an organization says of itself in which country it is.
const COUNTRY: &str = "organization/country";

/// What is known of an organization, as far as a gate asks: where it was recorded to be. What it
/// says of itself opens nothing, and where it says otherwise nobody knows.
async fn of_organization(
    node: &Node,
    organization: Option<&PartyId>,
) -> Result<Recipient, StoreError> {
    let Some(organization) = organization else { return Ok(Recipient::default()) };
    let recorded = match node.store().country(&keeper(), organization).await {
        Ok(located) => located.and_then(|it| it.country),
        Err(StoreError::NotFound(_)) => return Ok(Recipient::default()),
        Err(other) => return Err(other),
    };
    let profile = node.store().profile(&keeper(), organization).await?;
    let said = profile.attributes.get(COUNTRY);
    let country = recorded.filter(|country| said.is_none_or(|said| said == country));
    Ok(Recipient { country, is_product_provider: false })
}

/// Returns what is known of a party outside the organization of a case; `None` for one inside.
///
/// # Errors
/// 404 if there is no such party; failures of the database.
pub(crate) async fn outside(
    node: &Node,
    organization: &PartyId,
    party: &PartyId,
) -> Result<Option<Recipient>, StoreError> {
    let row = node.store().party(&keeper(), party).await?;
    let of = match row.kind {
        PartyKind::Organization => Some(row.id),
        PartyKind::Person => row.organization,
    };
    if of.as_ref() == Some(organization) {
        return Ok(None);
    }
    of_organization(node, of.as_ref()).await.map(Some)
}

/// Returns what is known of the participants of a case who are outside its organization: one
/// reading for all of them, and one for each organization.
///
/// # Errors
/// Failures of the database.
pub(crate) async fn outsiders(
    node: &Node,
    viewer: &Viewer,
    case: &CaseId,
    organization: &PartyId,
) -> Result<BTreeMap<PartyId, Recipient>, StoreError> {
    let rows = node.store().participants(viewer, case).await?;
    let mut organizations: BTreeMap<Option<PartyId>, Recipient> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.organization.as_ref() != Some(organization)) {
        if !organizations.contains_key(&row.organization) {
            let recipient = of_organization(node, row.organization.as_ref()).await?;
            organizations.insert(row.organization.clone(), recipient);
        }
        found.insert(row.party, organizations[&row.organization].clone());
    }
    Ok(found)
}

/// Returns a party as the gate of a case asks of it; `None` for one inside the organization.
///
/// # Errors
/// 404 if there is no such party; failures of the database.
pub(crate) async fn to_party(
    node: &Node,
    case: &Case,
    party: &PartyId,
) -> Result<Option<To>, StoreError> {
    let known = outside(node, &case.organization, party).await?;
    Ok(known.map(|known| match case.participants.get(party) {
        Some(role) => as_participant(party, *role, &known),
        None => To::party(party, known),
    }))
}

/// As [`to_party`], of a party that the caller names: one that takes part in the case, or that the
/// caller sees anyhow. A hidden one is missing.
async fn to_seen_party(
    node: &Node,
    viewer: &Viewer,
    case: &Case,
    party: &PartyId,
) -> Result<Option<To>, StoreError> {
    if !case.participants.contains_key(party) {
        node.store().party(viewer, party).await?;
    }
    to_party(node, case, party).await
}

/// Finds a recipient by the name that events give it.
///
/// # Errors
/// `field_invalid` for a name of nobody, or of a party that the caller may not know of.
pub(crate) async fn named(
    node: &Node,
    viewer: &Viewer,
    case: &Case,
    name: &str,
) -> Result<Option<To>, Problem> {
    let unknown = || {
        let detail = format!("`{name}` is nobody to whom something could go");
        Problem::field("/recipient", detail)
    };
    match name.split_once(':') {
        None if name == "reporter" => Ok(Some(To::reporter())),
        None if name == "public" => Ok(Some(To::public())),
        Some(("party", id)) => {
            let party: PartyId = id.parse().map_err(|_| unknown())?;
            match to_seen_party(node, viewer, case, &party).await {
                Err(StoreError::NotFound(_)) => Err(unknown()),
                other => Ok(other?),
            }
        }
        Some(("authority", id)) => {
            let packs = node.law().packs().iter();
            let mut found = packs.filter(|pack| pack.authorities.contains_key(id));
            let pack = found.next().ok_or_else(unknown)?;
            Ok(node.law().recipient(pack, id).map(|recipient| To::authority(id, recipient)))
        }
        _ => Err(unknown()),
    }
}

/// Records the decision that something may go to a recipient although a prohibition bars it.
///
/// # Errors
/// `field_invalid` for a recipient that is nobody; `text_length` of the reason.
pub async fn pass(
    wish: Wish<'_>,
    id: &CaseId,
    act: Act,
    recipient: &str,
    reason: &str,
) -> Result<Answer, Problem> {
    let me = wish.viewer.party().cloned().ok_or_else(Problem::not_found)?;
    let case = Loaded::read(wish.node, wish.viewer, id).await?.case;
    let Some(to) = named(wish.node, wish.viewer, &case, recipient).await? else {
        return Ok(Answer::new(recipient, None));
    };
    change(wish, id, &|_, _| recipient.to_owned(), |case, house, now| {
        case.pass_gate(house, act, &to, (reason, &me), now)
    })
    .await
}

/// Refuses what would leave the house to a party outside, unless the gate lets it.
///
/// # Errors
/// `gate_closed`; 404 if the case or the party is missing or hidden.
pub(crate) async fn may_leave(
    node: &Node,
    viewer: &Viewer,
    id: &CaseId,
    to: &PartyId,
) -> Result<(), Problem> {
    let loaded = Loaded::read(node, viewer, id).await?;
    let Some(to) = to_seen_party(node, viewer, &loaded.case, to).await? else { return Ok(()) };
    Ok(loaded.case.may_leave(&loaded.house(node), Act::Giving, &[to], node.now())?)
}

/// Refuses an answer to the reporter, unless the gate lets it. One who takes part in the case is
/// asked about as that participant.
///
/// # Errors
/// `gate_closed`; 404 if the case is missing or hidden.
pub(crate) async fn reporter_may_read(
    node: &Node,
    viewer: &Viewer,
    id: &CaseId,
) -> Result<(), Problem> {
    let loaded = Loaded::read(node, viewer, id).await?;
    let mut known = loaded.case.participants.iter();
    let known = known.find(|(_, role)| **role == ParticipantRole::Reporter).map(|(who, _)| who);
    let to = match known {
        Some(party) => to_party(node, &loaded.case, party).await?,
        None => Some(To::reporter()),
    };
    let to: Vec<To> = to.into_iter().collect();
    Ok(loaded.case.may_leave(&loaded.house(node), Act::Giving, &to, node.now())?)
}
