//! Awareness: the facts that may be taken for it, side by side, and which one a person picked.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::case::{AwareFrom, Awareness, Candidate};
use watchfire_core::ids::CaseId;
use watchfire_store::policy::Write as ToWrite;

use super::{List, Made, Shown, id, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::command::decision::Loaded;
use crate::state::Node;
use crate::write::Write;

/// A kind of knowledge, with the facts that may be taken for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownAwareness {
    /// The kind of knowledge: `exploitation-known`.
    of: String,
    /// The earliest first.
    candidates: Vec<AwarenessCandidate>,
    chosen: Option<AwarenessChoice>,
}

/// A fact that may be taken for awareness.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AwarenessCandidate {
    fact: String,
    kind: String,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    known_at: Timestamp,
    /// Alarms run from it.
    alarms: bool,
    deadlines: Vec<AwarenessDeadline>,
}

/// What would be due if a clock ran from this fact alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AwarenessDeadline {
    provision: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    strict_due: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    outer_due: Option<Timestamp>,
    /// Whether the provision counts this fact, in the reading in use.
    counts: bool,
}

/// What a person picked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AwarenessChoice {
    fact: String,
    reason: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl ShownAwareness {
    fn of(found: Awareness, chosen: Option<&AwareFrom>) -> Self {
        let candidate = |it: Candidate| AwarenessCandidate {
            fact: it.fact,
            kind: it.kind.to_string(),
            occurred_at: it.occurred_at,
            known_at: it.known_at,
            alarms: it.alarms,
            deadlines: it
                .deadlines
                .into_iter()
                .map(|due| AwarenessDeadline {
                    provision: due.provision,
                    strict_due: due.strict_due,
                    outer_due: due.outer_due,
                    counts: due.counts,
                })
                .collect(),
        };
        Self {
            of: found.of.to_string(),
            candidates: found.candidates.into_iter().map(candidate).collect(),
            chosen: chosen.map(|it| AwarenessChoice {
                fact: it.fact.clone(),
                reason: it.reason.clone(),
                by: it.by.to_string(),
                at: it.at,
            }),
        }
    }
}

/// Lists the facts that may be taken for awareness, with the deadlines that each would give.
#[utoipa::path(get, path = "/api/v1/cases/{id}/awareness", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<ShownAwareness>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<ShownAwareness>> {
    let loaded = Loaded::read(&node, &caller.viewer, &id(&case)?).await?;
    let now = node.now();
    let law = loaded.legible(&node, node.law_now(), now).await?.law;
    let found = loaded.case.awareness(&loaded.house_under(&law), now)?;
    let shown = found.into_iter().map(|it| {
        let chosen = loaded.case.aware_from.get(it.of.as_str());
        ShownAwareness::of(it, chosen)
    });
    Ok(Json(List::whole(shown.collect())))
}

/// From which fact on the organization holds that it was aware.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAwareness {
    /// Id of a fact that is a candidate.
    fact: String,
    reason: String,
}

/// Says from which fact on the organization holds that it was aware. No clock moves by it.
#[utoipa::path(post, path = "/api/v1/cases/{id}/awareness", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewAwareness, responses((status = 201, body = Answer)))]
pub(crate) async fn choose(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewAwareness = write.body()?;
    let wish = wish(&node, &caller, &write);
    made(command::choose_awareness(wish, &case, &new.fact, &new.reason).await?)
}
