//! Submissions: what was sent to an authority.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::ids::{CaseId, ObligationId, SubmissionId};
use watchfire_store::policy::{Read, Write as ToWrite};
use watchfire_store::{Submission, SubmissionRow};

use super::{List, Made, Shown, id, id_at, instant, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case::{self as command, SubmissionDraft};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// A submission that somebody made and now records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubmission {
    /// Ids of the obligations that it meets; at least one.
    obligations: Vec<String>,
    /// When it was made, in the spelling of the case files; now if left out.
    submitted_at: Option<String>,
    /// When we knew that it was made: an instant; now if left out.
    known_at: Option<String>,
    /// The authority's number, where it gave one.
    number: Option<String>,
    /// How it went: the platform's form, mail, by hand.
    channel: String,
    /// What was sent, by the fields of the form.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Why it was sent although fields required now were missing.
    incomplete_reason: Option<String>,
    /// Why it went although a prohibition bars the recipient.
    pass_reason: Option<String>,
}

/// A submission as it is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedSubmission {
    id: String,
    number: Option<String>,
    channel: String,
    form: Option<String>,
    incomplete_reason: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

/// A submission with all that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownSubmission {
    #[serde(flatten)]
    submission: ListedSubmission,
    /// The event that records it.
    event: String,
    /// The fact of kind `submitted` that was recorded with it.
    fact: String,
    obligations: Vec<String>,
    fields: BTreeMap<String, String>,
}

impl ListedSubmission {
    fn of(row: SubmissionRow) -> Self {
        Self {
            id: row.id.to_string(),
            number: row.number,
            channel: row.channel,
            form: row.form,
            incomplete_reason: row.incomplete_reason,
            recorded_at: row.recorded_at,
        }
    }
}

impl ShownSubmission {
    pub(crate) fn of(found: Submission) -> Self {
        Self {
            submission: ListedSubmission::of(found.row),
            event: found.event.to_string(),
            fact: found.fact,
            obligations: found.obligations.iter().map(ToString::to_string).collect(),
            fields: found.fields,
        }
    }
}

impl NewSubmission {
    fn draft(self) -> Result<SubmissionDraft, Problem> {
        let obligation = |(at, text): (usize, &String)| {
            id_at::<ObligationId>(&format!("/obligations/{at}"), text)
        };
        let obligations = self.obligations.iter().enumerate().map(obligation);
        let known_at = self.known_at.as_deref();
        Ok(SubmissionDraft {
            obligations: obligations.collect::<Result<_, _>>()?,
            submitted_at: self.submitted_at,
            known_at: known_at.map(|text| instant("/known_at", text)).transpose()?,
            number: self.number,
            channel: self.channel,
            fields: self.fields,
            incomplete_reason: self.incomplete_reason,
            pass_reason: self.pass_reason,
        })
    }
}

/// Lists the submissions of a case, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/submissions", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<ListedSubmission>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<ListedSubmission>> {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<Read>(&caller.viewer, &case).await?;
    let rows = node.store().submissions_of_case(&caller.viewer, &case).await?;
    Ok(Json(List::whole(rows.into_iter().map(ListedSubmission::of).collect())))
}

/// Records a submission that was made, and what follows for the obligations.
#[utoipa::path(post, path = "/api/v1/cases/{id}/submissions", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewSubmission, responses((status = 201, body = Answer)))]
pub(crate) async fn record(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let draft = write.body::<NewSubmission>()?.draft()?;
    made(command::record_submission(wish(&node, &caller, &write), &case, &draft).await?)
}

/// Shows a submission with all that was sent.
#[utoipa::path(get, path = "/api/v1/cases/{id}/submissions/{submission}", tag = "cases",
    params(("id" = String, Path, description = "Id of a case."),
        ("submission" = String, Path, description = "Id of a submission.")),
    responses((status = 200, body = ShownSubmission)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path((case, submission)): Path<(String, String)>,
) -> Shown<ShownSubmission> {
    let (case, submission) = (id::<CaseId>(&case)?, id::<SubmissionId>(&submission)?);
    let found: Submission = node.store().submission(&caller.viewer, &submission).await?;
    if found.row.case != case {
        return Err(Problem::not_found());
    }
    Ok(Json(ShownSubmission::of(found)))
}
