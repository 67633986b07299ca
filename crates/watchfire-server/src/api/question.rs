//! What people still have to decide: questions on which clocks hang, and duties that collide.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use watchfire_core::law::Lawbook;
use watchfire_store::{Asks, QuestionRow};

use super::law::Words;
use super::obligation::{Names, WireObligation};
use super::{Asked, List, Paging, Shown};
use crate::auth::Caller;
use crate::state::Node;

/// Something that somebody has to decide, with the obligation that hangs on it or whose people are
/// asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Question)]
pub(crate) struct WireQuestion {
    #[serde(flatten)]
    obligation: WireObligation,
    asked: Question,
}

/// What is asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AskedQuestion)]
struct Question {
    /// `predicate` or `conflict`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// Id of the predicate or of the conflict.
    id: String,
    /// The question in words, where the packs in use have it.
    words: Option<Words>,
    /// When it began to be open.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// When it should be decided: a house target.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// Where the decision is posted.
    decide_at: String,
}

impl Question {
    fn of(row: &QuestionRow, law: &Lawbook) -> Self {
        let case = &row.obligation.case;
        let (kind, id, words, room) = match &row.asks {
            Asks::Predicate(id) => {
                let known = law.words().predicates.iter().find(|(known, _)| known.as_str() == id);
                let words = known.map(|(_, it)| Words::of(&it.question));
                ("predicate", id, words, "decisions")
            }
            Asks::Conflict(id) => {
                let asks = law.conflict(id).and_then(|it| it.decision.as_ref());
                ("conflict", id, asks.map(|it| Words::of(&it.asks)), "conflicts")
            }
        };
        Self {
            kind,
            id: id.clone(),
            words,
            at: row.asked_at,
            due_at: row.decide_by,
            decide_at: format!("/api/v1/cases/{case}/{room}"),
        }
    }
}

/// Lists what somebody has to decide (`asked`), by when it should be decided: open obligations
/// whose clock runs although a question is undecided, and duties that collide.
#[utoipa::path(get, path = "/api/v1/questions", tag = "obligations", params(Paging),
    responses((status = 200, body = List<WireQuestion>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<WireQuestion>> {
    let page = node.store().questions(&caller.viewer, &asked.0.request()?).await?;
    let rows = page.rows.iter().map(|row| &row.obligation);
    let names = Names::of_owners(&node, &caller, rows).await?;
    let now = node.now();
    Ok(Json(List::of(page, |row| WireQuestion {
        asked: Question::of(&row, node.law()),
        obligation: WireObligation::of(row.obligation, &names, now),
    })))
}
