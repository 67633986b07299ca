//! What an organization is by law, and who is told in what order.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::{Chain, Profile};
use watchfire_core::ids::PartyId;
use watchfire_store::policy::Administer;
use watchfire_store::{PartyKind, PartyRow};

use super::{Changed, Shown, id, id_at, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::party as command;
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
