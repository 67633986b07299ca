//! The embargo of a case: agreed, moved, ended.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::case::Embargo as CaseEmbargo;
use watchfire_core::ids::CaseId;
use watchfire_store::policy::Write as ToWrite;

use super::{Changed, Shown, id, instant, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::command::decision::Loaded;
use crate::state::Node;
use crate::write::Write;

/// Whether a case may be spoken of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Embargo {
    /// `none`, `active` or `exited`.
    #[schema(value_type = String)]
    state: &'static str,
    /// When an active one ends; absent if it ends with an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    exited_at: Option<Timestamp>,
}

impl Embargo {
    pub(crate) fn of(embargo: &CaseEmbargo) -> Self {
        match embargo {
            CaseEmbargo::None => Self { state: "none", until: None, exited_at: None },
            CaseEmbargo::Active { until } => {
                Self { state: "active", until: *until, exited_at: None }
            }
            CaseEmbargo::Exited { at } => {
                Self { state: "exited", until: None, exited_at: Some(*at) }
            }
        }
    }
}

/// What the participants agreed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEmbargo {
    /// An instant; left out if the embargo ends with an event.
    until: Option<String>,
    /// With whom, and why.
    note: String,
}

/// Why the embargo ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmbargoEnd {
    reason: String,
    /// Why it may be published although a prohibition bars it; recorded as the decision to pass.
    pass_reason: Option<String>,
}

/// Shows the embargo of a case.
#[utoipa::path(get, path = "/api/v1/cases/{id}/embargo", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = Embargo)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<Embargo> {
    let case = Loaded::read(&node, &caller.viewer, &id(&case)?).await?.case;
    Ok(Json(Embargo::of(&case.embargo)))
}

/// Agrees, or moves, the embargo: from then on only participants see the case.
#[utoipa::path(put, path = "/api/v1/cases/{id}/embargo", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewEmbargo, responses((status = 200, body = Answer)))]
pub(crate) async fn agree(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Changed {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewEmbargo = write.body()?;
    let until = new.until.as_deref().map(|text| instant("/until", text)).transpose()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::agree_embargo(wish, &case, until, &new.note).await?))
}

/// Ends the embargo: everybody in the organization sees the case from then on, and it may be
/// published. What bars a publication is asked at the gate.
#[utoipa::path(delete, path = "/api/v1/cases/{id}/embargo", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = EmbargoEnd, responses((status = 200, body = Answer)))]
pub(crate) async fn exit(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Changed {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let end: EmbargoEnd = write.body()?;
    let wish = wish(&node, &caller, &write);
    let pass_reason = end.pass_reason.as_deref();
    Ok(Json(command::exit_embargo(wish, &case, &end.reason, pass_reason).await?))
}
