//! Conflicts: duties of a case that collide, what follows, and what was decided.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::case::{Case, Clash, Effect, House};
use watchfire_core::ids::CaseId;
use watchfire_store::policy::Write as ToWrite;

use super::law::Words;
use super::{List, Made, Shown, id, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::command::decision::Loaded;
use crate::state::Node;
use crate::write::Write;

/// Duties that collide in a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownConflict {
    id: String,
    title: Words,
    /// What collides, and what is done about it.
    says: Words,
    /// The provisions that collide.
    between: Vec<String>,
    /// The obligations of this case among them, the most urgent first.
    obligations: Vec<String>,
    effect: ShownEffect,
    /// Ids of the fields that the law itself asks for, where a form asks for more.
    minimum: Vec<String>,
    /// The provisions of which that is so.
    minimum_of: Vec<String>,
    /// The obligations whose draft is kept to that, as long as the decision stands.
    drafts: Vec<String>,
    /// What somebody decides, if anything is to be decided.
    asks: Option<Words>,
    choices: Vec<ConflictChoice>,
    /// Nobody has decided what must be: it rings.
    open: bool,
    /// When it should be decided: a house target.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    decided: Option<ConflictDecision>,
}

/// A choice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictChoice {
    id: String,
    label: Words,
    /// What is submitted is kept to what the law itself asks for, and so are the drafts.
    minimum: bool,
}

/// What was decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictDecision {
    choice: String,
    reason: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Since when the organization has chosen so for its cases, where this one follows that.
    #[schema(value_type = Option<String>, format = DateTime)]
    standing_since: Option<Timestamp>,
}

/// What a conflict does: what is absent does not belong to its rule.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ShownEffect {
    /// Prohibitions in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bars: Vec<String>,
    /// Duties side by side, and whether each is met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    duties: Vec<DutyLamp>,
    /// Duties, and whether a delay on request moves each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moves: Vec<DutyMoves>,
    /// When the embargo ends: the earliest of its ends, or when it became public.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    embargo_end: Option<Timestamp>,
    /// Until when records are kept: the longest of the shortest times.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retain_until: Option<Timestamp>,
    /// The provision and the instant of each end, or of each shortest time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    each: Vec<DutyInstant>,
    /// It is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaked: Option<bool>,
}

/// Whether a duty is met.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyLamp {
    provision: String,
    met: bool,
}

/// Whether a delay moves a duty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyMoves {
    provision: String,
    moves: bool,
}

/// An instant of a provision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyInstant {
    provision: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl ShownEffect {
    fn of(effect: Effect) -> Self {
        let each = |all: Vec<(String, Timestamp)>| {
            all.into_iter().map(|(provision, at)| DutyInstant { provision, at }).collect()
        };
        match effect {
            Effect::Bars(bars) => Self { bars, ..Self::default() },
            Effect::Lamps(duties) => {
                let lamp = |(provision, met)| DutyLamp { provision, met };
                Self { duties: duties.into_iter().map(lamp).collect(), ..Self::default() }
            }
            Effect::Moves(moves) => {
                let of = |(provision, moves)| DutyMoves { provision, moves };
                Self { moves: moves.into_iter().map(of).collect(), ..Self::default() }
            }
            Effect::EmbargoEnds { end, ends, leaked } => {
                Self { embargo_end: end, each: each(ends), leaked: Some(leaked), ..Self::default() }
            }
            Effect::Keeps { until, each: all } => {
                Self { retain_until: until, each: each(all), ..Self::default() }
            }
        }
    }
}

impl ShownConflict {
    fn of(clash: Clash<'_>, case: &Case, house: &House<'_>) -> Self {
        let known = case.conflicts.get(&clash.conflict.id);
        let drafts = case.kept_to_minimum(house, &clash);
        let conflict = clash.conflict;
        let decision = conflict.decision.as_ref();
        let choice = |it: &watchfire_core::law::conflict::Choice| ConflictChoice {
            id: it.id.clone(),
            label: Words::of(&it.label),
            minimum: it.minimum,
        };
        let decided = known.and_then(|known| known.decided.as_ref());
        Self {
            id: conflict.id.clone(),
            title: Words::of(&conflict.title),
            says: Words::of(&conflict.says),
            between: conflict.between.clone(),
            obligations: clash.obligations.iter().map(ToString::to_string).collect(),
            effect: ShownEffect::of(clash.effect),
            minimum: conflict.minimum.clone(),
            minimum_of: conflict.minimum_of.clone(),
            drafts: drafts.iter().map(ToString::to_string).collect(),
            asks: decision.map(|it| Words::of(&it.asks)),
            choices: decision.map(|it| it.choices.iter().map(choice).collect()).unwrap_or_default(),
            open: clash.asks && decided.is_none(),
            due_at: known.filter(|known| known.is_open()).and_then(|known| known.due_at),
            decided: decided.map(|it| ConflictDecision {
                choice: it.choice.clone(),
                reason: it.reason.clone(),
                by: it.by.to_string(),
                at: it.at,
                standing_since: it.standing,
            }),
        }
    }
}

/// Lists the duties of a case that collide, with what follows from each conflict.
#[utoipa::path(get, path = "/api/v1/cases/{id}/conflicts", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<ShownConflict>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<ShownConflict>> {
    let loaded = Loaded::read(&node, &caller.viewer, &id(&case)?).await?;
    let now = node.now();
    let law = loaded.legible(&node, node.law_now(), now).await?.law;
    let house = loaded.house_under(&law);
    let clashes = loaded.case.clashes(&house, now)?;
    let shown = clashes.into_iter().map(|clash| ShownConflict::of(clash, &loaded.case, &house));
    Ok(Json(List::whole(shown.collect())))
}

/// What is decided where duties collide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConflictDecision {
    /// Id of the conflict.
    conflict: String,
    /// Id of one of its choices.
    choice: String,
    reason: String,
}

/// Decides what to do where duties collide. No clock of law moves by it.
#[utoipa::path(post, path = "/api/v1/cases/{id}/conflicts", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewConflictDecision, responses((status = 201, body = Answer)))]
pub(crate) async fn decide(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewConflictDecision = write.body()?;
    let wish = wish(&node, &caller, &write);
    let what = (new.conflict.as_str(), new.choice.as_str());
    made(command::decide_conflict(wish, &case, what, &new.reason).await?)
}
