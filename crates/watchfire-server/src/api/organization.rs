//! What an organization is by law, and who is told in what order.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::{Chain, Profile};
use watchfire_core::ids::PartyId;
use watchfire_store::policy::{Administer, Write as ToWrite};
use watchfire_store::{PartyKind, PartyRow};

use super::{Changed, List, Made, Shown, id, id_at, made, wish};
use crate::auth::Caller;
use crate::command::party as command;
use crate::command::{Answer, country, standing};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// What an organization is, by law.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Profile)]
pub(crate) struct WireProfile {
    /// Role ids of the law packs: `cn-rmsv/provider`.
    roles: BTreeSet<String>,
    /// Attribute ids and values: `eu/member-state` = `BE`.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// Who is told if nothing moves, in order: ids of people.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Chain)]
pub(crate) struct WireChain {
    /// Told first where nobody holds the obligation.
    owner: Option<String>,
    supervisor: Option<String>,
    /// The accountable executive.
    executive: Option<String>,
}

impl WireChain {
    fn of(chain: &Chain) -> Self {
        let text = |party: &Option<PartyId>| party.as_ref().map(ToString::to_string);
        Self {
            owner: text(&chain.owner),
            supervisor: text(&chain.supervisor),
            executive: text(&chain.executive),
        }
    }

    fn chain(&self) -> Result<Chain, Problem> {
        let party = |pointer, text: &Option<String>| {
            text.as_deref().map(|text| id_at::<PartyId>(pointer, text)).transpose()
        };
        Ok(Chain {
            owner: party("/owner", &self.owner)?,
            supervisor: party("/supervisor", &self.supervisor)?,
            executive: party("/executive", &self.executive)?,
        })
    }
}

/// Finds an organization that the caller sees.
pub(crate) async fn organization(
    node: &Node,
    caller: &Caller,
    text: &str,
) -> Result<PartyRow, Problem> {
    let row = node.store().party(&caller.viewer, &id::<PartyId>(text)?).await?;
    match row.kind {
        PartyKind::Organization => Ok(row),
        PartyKind::Person => Err(Problem::not_found()),
    }
}

/// Shows what an organization is, by law.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/profile", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    responses((status = 200, body = WireProfile)))]
pub(crate) async fn profile(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireProfile> {
    let row = organization(&node, &caller, &text).await?;
    let Profile { roles, attributes } = node.store().profile(&caller.viewer, &row.id).await?;
    Ok(Json(WireProfile { roles, attributes }))
}

/// Says what an organization is, by law. For its administrators.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/profile", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    request_body = WireProfile, responses((status = 200, body = Answer)))]
pub(crate) async fn change_profile(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let organization = id::<PartyId>(&text)?;
    node.store().authorize_party::<Administer>(&caller.viewer, &organization).await?;
    let WireProfile { roles, attributes } = write.body()?;
    let profile = Profile { roles, attributes };
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::change_profile(wish, &organization, &profile).await?))
}

/// What an organization chose for its cases, where the same duties collide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StandingChoice {
    /// Id of the conflict.
    conflict: String,
    /// Id of the choice; absent where each case is decided by itself.
    choice: Option<String>,
    reason: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Lists what an organization chose for its cases, where the same duties collide.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/choices", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    responses((status = 200, body = List<StandingChoice>)))]
pub(crate) async fn choices(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<List<StandingChoice>> {
    let row = organization(&node, &caller, &text).await?;
    let found = node.store().standing_choices(&caller.viewer, &row.id, Timestamp::MAX).await?;
    let shown = found.into_iter().map(|it| StandingChoice {
        conflict: it.conflict,
        choice: it.choice,
        reason: it.reason,
        by: it.by.to_string(),
        at: it.at,
    });
    Ok(Json(List::whole(shown.collect())))
}

/// What is chosen for later cases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStandingChoice {
    /// Id of a conflict.
    conflict: String,
    /// Id of one of its choices; left out, each case is decided by itself again.
    choice: Option<String>,
    reason: String,
}

/// Chooses what later cases do where the same duties collide. Cases that are open stay as they are.
/// For the organization's administrators.
#[utoipa::path(post, path = "/api/v1/organizations/{id}/choices", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    request_body = NewStandingChoice, responses((status = 201, body = Answer)))]
pub(crate) async fn choose(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let organization = id::<PartyId>(&text)?;
    node.store().authorize_party::<Administer>(&caller.viewer, &organization).await?;
    let new: NewStandingChoice = write.body()?;
    let wish = wish(&node, &caller, &write);
    let what = (new.conflict.as_str(), new.choice.as_deref());
    made(standing::choose(wish, &organization, what, &new.reason).await?)
}

/// Where an organization is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownCountry {
    /// ISO 3166-1 code of two letters; absent where nobody knows.
    country: Option<String>,
    /// Where that is known from; absent for whoever is not of the node's organization.
    source: Option<String>,
    /// Who recorded it; absent too where it was recorded on the node's own machine.
    by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// Shows where an organization is, as it was recorded last. From where that is known, and who
/// recorded it, the people of the node's organization see alone.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/country", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    responses((status = 200, body = ShownCountry)))]
pub(crate) async fn country(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<ShownCountry> {
    let located = node.store().country(&caller.viewer, &id::<PartyId>(&text)?).await?;
    let grounds = located.as_ref().and_then(|it| it.grounds.as_ref());
    Ok(Json(ShownCountry {
        source: grounds.map(|it| it.source.clone()),
        by: grounds.and_then(|it| it.by.as_ref()).map(ToString::to_string),
        at: located.as_ref().map(|it| it.at),
        country: located.and_then(|it| it.country),
    }))
}

/// Where another organization is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCountry {
    /// ISO 3166-1 code of two letters; left out where nobody knows any more.
    country: Option<String>,
    /// Where that is known from.
    source: String,
}

/// Records where another organization is: gates ask it. For administrators of the node's
/// organization; what an organization says of itself opens no gate.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/country", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    request_body = NewCountry, responses((status = 200, body = Answer)))]
pub(crate) async fn record_country(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let organization = id::<PartyId>(&text)?;
    node.store().authorize_country::<ToWrite>(&caller.viewer, &organization).await?;
    let new: NewCountry = write.body()?;
    let wish = wish(&node, &caller, &write);
    let country = new.country.as_deref();
    Ok(Json(country::record(wish, &organization, country, &new.source).await?))
}

/// Shows who is told in what order.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/chain", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    responses((status = 200, body = WireChain)))]
pub(crate) async fn chain(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireChain> {
    let row = organization(&node, &caller, &text).await?;
    Ok(Json(WireChain::of(&row.chain)))
}

/// Says who is told in what order. For the organization's administrators.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/chain", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    request_body = WireChain, responses((status = 200, body = Answer)))]
pub(crate) async fn set_chain(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let organization = id::<PartyId>(&text)?;
    node.store().authorize_party::<Administer>(&caller.viewer, &organization).await?;
    let chain = write.body::<WireChain>()?.chain()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::set_chain(wish, &organization, &chain).await?))
}
