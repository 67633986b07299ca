//! Decisions: a person's answer to a question that the law leaves open.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;
use watchfire_core::ids::CaseId;
use watchfire_store::policy::Write as ToWrite;

use super::fact::Fact;
use super::{List, Made, Shown, id, instant, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case::{self as command, FactDraft};
use crate::command::decision::Loaded;
use crate::state::Node;
use crate::write::Write;

/// The kind of fact that a decision is.
const KIND: &str = "decided";

/// An answer to an open question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecision {
    /// A predicate of the law packs: `cn-rmsv/component-in-own-product`.
    predicate: String,
    answer: Decided,
    /// When it was decided, in the spelling of the case files; now if left out.
    occurred_at: Option<String>,
    /// When we learned of it: an instant; now if left out.
    known_at: Option<String>,
    /// Why: who decided, and on what ground.
    note: Option<String>,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Decided {
    Yes,
    No,
    /// The clock goes on provisionally.
    Undecided,
}

/// Lists the decisions of a case, in the order of recording.
#[utoipa::path(get, path = "/api/v1/cases/{id}/decisions", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<Fact>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<Fact>> {
    let case = Loaded::read(&node, &caller.viewer, &id(&case)?).await?.case;
    let decided = case.facts.iter().filter(|fact| fact.kind == KIND);
    let facts = decided.map(|fact| Fact::of(fact, case.is_retracted(&fact.id)));
    Ok(Json(List::whole(facts.collect())))
}

/// Records a decision; it is a fact of kind `decided`.
#[utoipa::path(post, path = "/api/v1/cases/{id}/decisions", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewDecision, responses((status = 201, body = Answer)))]
pub(crate) async fn record(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewDecision = write.body()?;
    let known_at = new.known_at.as_deref();
    let answer = match new.answer {
        Decided::Yes => "yes",
        Decided::No => "no",
        Decided::Undecided => "undecided",
    };
    let draft = FactDraft {
        kind: KIND.to_owned(),
        occurred_at: new.occurred_at,
        known_at: known_at.map(|text| instant("/known_at", text)).transpose()?,
        predicate: Some(new.predicate),
        answer: Some(answer.to_owned()),
        note: new.note,
        ..FactDraft::default()
    };
    made(command::record_fact(wish(&node, &caller, &write), &case, &draft).await?)
}
