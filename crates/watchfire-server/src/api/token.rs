//! Bearer tokens: one's own, for programs.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::ids::PartyId;
use watchfire_store::TokenRow;
use watchfire_store::policy::Write as ToWrite;

use super::{Changed, List, Made, Shown, instant, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::party as command;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// A token as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    label: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What it is for; unique among your tokens.
    label: String,
    /// An instant; left out, it holds until it is taken back.
    expires_at: Option<String>,
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeToken {
    #[serde(flatten)]
    answer: Answer,
    /// Shown once. Absent where the same request is answered again.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

fn me(caller: &Caller) -> Result<PartyId, Problem> {
    caller.viewer.party().cloned().ok_or_else(Problem::not_found)
}

/// Lists your tokens, by label.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "parties",
    responses((status = 200, body = List<Token>)))]
pub(crate) async fn list(State(node): State<Node>, caller: Caller) -> Shown<List<Token>> {
    let grant = node.store().authorize_party::<ToWrite>(&caller.viewer, &me(&caller)?).await?;
    let token = |row: TokenRow| Token {
        label: row.label,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
    };
    let rows = node.store().tokens(&grant).await?;
    Ok(Json(List::whole(rows.into_iter().map(token).collect())))
}

/// Makes a token. It is shown once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "parties", request_body = NewToken,
    responses((status = 201, body = MadeToken)))]
pub(crate) async fn make(
    State(node): State<Node>,
    caller: Caller,
    write: Write,
) -> Made<MadeToken> {
    let new: NewToken = write.body()?;
    let expires_at = new.expires_at.as_deref();
    let expires_at = expires_at.map(|text| instant("/expires_at", text)).transpose()?;
    let wish = wish(&node, &caller, &write);
    let (answer, token) = command::make_token(wish, &me(&caller)?, &new.label, expires_at).await?;
    made(MadeToken { answer, token: token.map(|token| token.reveal().to_owned()) })
}

/// Takes a token back; it is void at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{label}", tag = "parties",
    params(("label" = String, Path, description = "Label of one of your tokens.")),
    responses((status = 200, body = Answer)))]
pub(crate) async fn revoke(
    State(node): State<Node>,
    caller: Caller,
    Path(label): Path<String>,
    write: Write,
) -> Changed {
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::revoke_token(wish, &me(&caller)?, &label).await?))
}
