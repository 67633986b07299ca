//! Messages: what the participants of a case write to each other.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::{Body, CaseEvent};
use watchfire_core::ids::CaseId;
use watchfire_store::policy::Write as ToWrite;

use super::timeline::{By, by};
use super::{List, Made, Shown, id, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::state::Node;
use crate::write::Write;

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    id: String,
    by: By,
    #[schema(value_type = String, format = DateTime)]
    written_at: Timestamp,
    text: String,
}

/// What is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    text: String,
    /// Why it may go to participants outside the organization, although a prohibition bars them.
    pass_reason: Option<String>,
}

/// Lists the messages of a case, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/messages", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<Message>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<Message>> {
    let history = node.store().case_history(&caller.viewer, &id(&case)?).await?;
    let message = |recorded: watchfire_store::RecordedEvent| match recorded.event.body {
        Body::Case(_, CaseEvent::MessagePosted { text }) => Some(Message {
            id: recorded.event.id.to_string(),
            by: by(&recorded.event.actor),
            written_at: recorded.event.recorded_at,
            text,
        }),
        _ => None,
    };
    Ok(Json(List::whole(history.into_iter().filter_map(message).collect())))
}

/// Writes to the participants of a case.
#[utoipa::path(post, path = "/api/v1/cases/{id}/messages", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewMessage, responses((status = 201, body = Answer)))]
pub(crate) async fn post(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewMessage = write.body()?;
    let wish = wish(&node, &caller, &write);
    made(command::post_message(wish, &case, &new.text, new.pass_reason.as_deref()).await?)
}
