//! Participants: who may see a case, whatever its embargo.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::{CaseId, PartyId};
use watchfire_store::policy::{Read, Write as ToWrite};

use super::{Changed, List, Made, Shown, id, id_at, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::state::Node;
use crate::write::Write;

/// The part somebody has in a case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    Reporter,
    Member,
    Vendor,
    Coordinator,
}

impl Role {
    pub(crate) fn of(role: ParticipantRole) -> Self {
        match role {
            ParticipantRole::Reporter => Self::Reporter,
            ParticipantRole::Member => Self::Member,
            ParticipantRole::Vendor => Self::Vendor,
            ParticipantRole::Coordinator => Self::Coordinator,
        }
    }

    fn role(self) -> ParticipantRole {
        match self {
            Self::Reporter => ParticipantRole::Reporter,
            Self::Member => ParticipantRole::Member,
            Self::Vendor => ParticipantRole::Vendor,
            Self::Coordinator => ParticipantRole::Coordinator,
        }
    }
}

/// Somebody who takes part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Participant {
    party: String,
    name: Option<String>,
    role: Role,
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

/// Who shall take part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewParticipant {
    /// Id of a person or an organization.
    party: String,
    role: Role,
    /// Why somebody outside the organization may know, although a prohibition bars them.
    pass_reason: Option<String>,
}

/// Lists who takes part in a case, first come first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/participants", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<Participant>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<Participant>> {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<Read>(&caller.viewer, &case).await?;
    let rows = node.store().participants(&caller.viewer, &case).await?;
    let participant = |row: watchfire_store::ParticipantRow| Participant {
        party: row.party.to_string(),
        name: row.name,
        role: Role::of(row.role),
        added_at: row.added_at,
    };
    Ok(Json(List::whole(rows.into_iter().map(participant).collect())))
}

/// Lets somebody take part in a case, or changes the role.
#[utoipa::path(post, path = "/api/v1/cases/{id}/participants", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewParticipant, responses((status = 201, body = Answer)))]
pub(crate) async fn add(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewParticipant = write.body()?;
    let party = id_at::<PartyId>("/party", &new.party)?;
    let wish = wish(&node, &caller, &write);
    let who = (&party, new.role.role());
    made(command::add_participant(wish, &case, who, new.pass_reason.as_deref()).await?)
}

/// Takes somebody out of a case; what they held becomes a gap.
#[utoipa::path(delete, path = "/api/v1/cases/{id}/participants/{party}", tag = "cases",
    params(("id" = String, Path, description = "Id of a case."),
        ("party" = String, Path, description = "Id of a party.")),
    responses((status = 200, body = Answer)))]
pub(crate) async fn remove(
    State(node): State<Node>,
    caller: Caller,
    Path((case, party)): Path<(String, String)>,
    write: Write,
) -> Changed {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let party = id::<PartyId>(&party)?;
    Ok(Json(command::remove_participant(wish(&node, &caller, &write), &case, &party).await?))
}
