//! A case as a file that a stranger can check: `watchfire log verify --bundle`.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::ids::{CaseId, PartyId};
use watchfire_store::{Authorized, Viewer, policy};

use super::fact::Fact;
use super::report::BundledReport;
use super::submission::ShownSubmission;
use super::{Asked, id};
use crate::auth::Caller;
use crate::command::decision::Loaded;
use crate::command::{self, bundle};
use crate::error::Problem;
use crate::state::Node;

/// What the bundle is anchored in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuestion {
    /// `public` (the default): tells the recipient nothing of other entries, and waits for the
    /// public log. `internal`: at once, and tells its size; for auditors.
    #[param(inline)]
    anchor: Option<AnchorName>,
    /// Id of the party that it is for; you if left out. The gate is asked about one outside.
    recipient: Option<String>,
}

/// Which log the checkpoint of a bundle is of.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnchorName {
    #[default]
    Public,
    Internal,
}

/// Exports a case with facts, submissions, its entries of the evidence log, those of its reports,
/// and their proofs. The same bytes each time, as long as nothing is recorded.
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
    let recipient = asked.0.recipient.as_deref().map(super::id::<PartyId>);
    let recipient = recipient.transpose()?;
    gate(&node, &caller.viewer, &id, recipient.as_ref()).await?;
    let document = match asked.0.anchor.unwrap_or_default() {
        AnchorName::Public => public(&node, &caller.viewer, &id).await?,
        AnchorName::Internal => {
            let log = node.store().authorize_log(&caller.viewer).await?;
            internal(&node, &caller.viewer, &log, &id).await?
        }
    };
    let name = format!("attachment; filename=\"{id}.json\"");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, document).into_response())
}

/// Asks the gate about whoever gets a bundle: a named party, or whoever asks for it.
///
/// # Errors
/// `gate_closed`; 404 if the case or the party is missing or hidden.
pub(crate) async fn gate(
    node: &Node,
    viewer: &Viewer,
    id: &CaseId,
    recipient: Option<&PartyId>,
) -> Result<(), Problem> {
    match recipient.or(viewer.party()) {
        Some(party) => command::gate::may_leave(node, viewer, id, party).await,
        None => Ok(()),
    }
}

/// Writes a case down as a bundle that is anchored in the public log.
///
/// # Errors
/// 404 if the case is missing or hidden; `entry_pending` if an entry has no public proof yet.
pub async fn public(node: &Node, viewer: &Viewer, id: &CaseId) -> Result<String, Problem> {
    let summary = summary(node, viewer, id).await?;
    bundle::sealed(node, &bundle::public(node, viewer, id, summary).await?)
}

/// As [`public`], anchored in the internal log, which `log` is the right to read.
///
/// # Errors
/// 404 if the case is missing or hidden.
pub async fn internal(
    node: &Node,
    viewer: &Viewer,
    log: &Authorized<policy::Log, policy::Read>,
    id: &CaseId,
) -> Result<String, Problem> {
    let summary = summary(node, viewer, id).await?;
    bundle::sealed(node, &bundle::internal(node, viewer, log, id, summary).await?)
}

/// The readable part: what the case is about, what was reported, its facts, and what was sent.
async fn summary(node: &Node, viewer: &Viewer, id: &CaseId) -> Result<Value, Problem> {
    let case = Loaded::read(node, viewer, id).await?.case;
    let facts: Vec<Fact> =
        case.facts.iter().map(|fact| Fact::of(fact, case.is_retracted(&fact.id))).collect();
    let mut submissions = Vec::new();
    for row in node.store().submissions_of_case(viewer, id).await? {
        submissions.push(ShownSubmission::of(node.store().submission(viewer, &row.id).await?));
    }
    let mut reports = Vec::new();
    for row in node.store().reports_of_case(viewer, id).await? {
        reports.push(BundledReport::of(node.store().report(viewer, &row.id).await?));
    }
    Ok(json!({
        "case": id.to_string(),
        "title": case.title,
        "organization": case.organization.to_string(),
        "opened_at": case.opened_at.to_string(),
        "reports": reports,
        "facts": facts,
        "submissions": submissions,
    }))
}
