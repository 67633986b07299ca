//! Facts: what happened, and when we learned of it.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::FactRecord;
use watchfire_core::ids::CaseId;
use watchfire_store::policy::Write as ToWrite;

use super::{List, Made, Shown, id, instant, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case::{self as command, FactDraft};
use crate::command::decision::Loaded;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// One or several texts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// A fact, in the spelling of the case files (`laws/README.md`).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFact {
    /// Unique in the case; `fact-N` if left out.
    id: Option<String>,
    /// A kind of the law packs: `vulnerability-known`, `exploitation-known`, `retracted`, …
    kind: String,
    /// An instant, a local time with a zone, a day with a zone, or an interval `A/B`; now if left
    /// out.
    occurred_at: Option<String>,
    /// When we learned of it: an instant; now if left out.
    known_at: Option<String>,
    /// Of a step, a kind; of `fact-confirmed` and `retracted`, another fact's id.
    of: Option<String>,
    /// Provisions, of `submitted`, `acknowledged` and `extension-granted`.
    obligation: Option<OneOrMore>,
    /// Of `extension-granted`.
    new_due: Option<String>,
    /// The authority's number.
    number: Option<String>,
    /// Of `decided`.
    predicate: Option<String>,
    /// Of `decided`: `yes`, `no` or `undecided`.
    answer: Option<String>,
    /// In words, for the reader.
    note: Option<String>,
    /// Where it can be seen: an address or a digest.
    evidence: Option<String>,
}

impl NewFact {
    pub(crate) fn draft(self, pointer: &str) -> Result<FactDraft, Problem> {
        let known_at = self.known_at.as_deref();
        let known_at =
            known_at.map(|text| instant(&format!("{pointer}/known_at"), text)).transpose()?;
        Ok(FactDraft {
            id: self.id,
            kind: self.kind,
            occurred_at: self.occurred_at,
            known_at,
            of: self.of,
            obligation: match self.obligation {
                None => Vec::new(),
                Some(OneOrMore::One(one)) => vec![one],
                Some(OneOrMore::More(more)) => more,
            },
            new_due: self.new_due,
            number: self.number,
            predicate: self.predicate,
            answer: self.answer,
            note: self.note,
            evidence: self.evidence,
        })
    }
}

/// A fact as it was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Fact {
    pub(crate) id: String,
    kind: String,
    /// As it was given.
    occurred_at: String,
    #[schema(value_type = String, format = DateTime)]
    known_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obligation: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    predicate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// Whether it was taken back.
    retracted: bool,
}

impl Fact {
    pub(crate) fn of(fact: &FactRecord, retracted: bool) -> Self {
        let fact = fact.clone();
        Self {
            id: fact.id,
            kind: fact.kind,
            occurred_at: fact.occurred_at,
            known_at: fact.known_at,
            of: fact.of,
            obligation: fact.obligation,
            new_due: fact.new_due,
            number: fact.number,
            predicate: fact.predicate,
            answer: fact.answer,
            note: fact.note,
            evidence: fact.evidence,
            retracted,
        }
    }
}

/// Lists the facts of a case, in the order of recording.
#[utoipa::path(get, path = "/api/v1/cases/{id}/facts", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<Fact>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<Fact>> {
    let case = Loaded::read(&node, &caller.viewer, &id(&case)?).await?.case;
    let facts = case.facts.iter().map(|fact| Fact::of(fact, case.is_retracted(&fact.id)));
    Ok(Json(List::whole(facts.collect())))
}

/// Records a fact, and what follows from it for the obligations.
#[utoipa::path(post, path = "/api/v1/cases/{id}/facts", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewFact, responses((status = 201, body = Answer)))]
pub(crate) async fn record(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let draft = write.body::<NewFact>()?.draft("")?;
    made(command::record_fact(wish(&node, &caller, &write), &case, &draft).await?)
}
