//! A case as a file that a stranger can check: `watchfire log verify --bundle`.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::ids::CaseId;
use watchfire_store::Viewer;

use super::fact::Fact;
use super::submission::ShownSubmission;
use super::{Asked, id};
use crate::auth::Caller;
use crate::command::bundle;
use crate::command::decision::Loaded;
use crate::error::Problem;
use crate::state::Node;

/// What the bundle is anchored in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuestion {
    /// `public` (the default): tells the recipient nothing of other entries, and waits for the
    /// public log. `internal`: at once, and tells its size; for auditors.
    anchor: Option<AnchorName>,
}

/// Which log the checkpoint of a bundle is of.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnchorName {
    #[default]
    Public,
    Internal,
}

/// Exports a case with facts, submissions, its entries of the evidence log and their proofs. The
/// same bytes each time, as long as nothing is recorded.
#[utoipa::path(get, path = "/api/v1/cases/{id}/export", tag = "cases",
    params(("id" = String, Path, description = "Id of a case."), ExportQuestion),
    responses((status = 200, body = Value, description = "A bundle, as \
        `watchfire log verify --bundle` reads it."),
        (status = 503, description = "The newest entry is not in the public log yet.")))]
pub(crate) async fn export(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    asked: Asked<ExportQuestion>,
) -> Result<Response, Problem> {
    let id = id::<CaseId>(&text)?;
    let viewer = &caller.viewer;
    let summary = summary(&node, viewer, &id).await?;
    let bundle = match asked.0.anchor.unwrap_or_default() {
        AnchorName::Public => bundle::public(&node, viewer, &id, summary).await?,
        AnchorName::Internal => bundle::internal(&node, viewer, &id, summary).await?,
    };
    let name = format!("attachment; filename=\"{id}.json\"");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bundle::sealed(&node, &bundle)?).into_response())
}

/// The readable part: what the case is about, its facts, and what was sent.
async fn summary(node: &Node, viewer: &Viewer, id: &CaseId) -> Result<Value, Problem> {
    let case = Loaded::read(node, viewer, id).await?.case;
    let facts: Vec<Fact> =
        case.facts.iter().map(|fact| Fact::of(fact, case.is_retracted(&fact.id))).collect();
    let mut submissions = Vec::new();
    for row in node.store().submissions_of_case(viewer, id).await? {
        submissions.push(ShownSubmission::of(node.store().submission(viewer, &row.id).await?));
    }
    Ok(json!({
        "case": id.to_string(),
        "title": case.title,
        "organization": case.organization.to_string(),
        "opened_at": case.opened_at.to_string(),
        "facts": facts,
        "submissions": submissions,
    }))
}
