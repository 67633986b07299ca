//! The gate: what bars a recipient, and the decisions that something may go all the same.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::case::Pass;
use watchfire_core::ids::CaseId;
use watchfire_core::law::gate::Act;
use watchfire_store::policy::Write as ToWrite;

use super::law::Words;
use super::{Asked, List, Made, Shown, id, made, wish};
use crate::auth::Caller;
use crate::command::decision::Loaded;
use crate::command::{Answer, gate};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// What is about to happen.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GateAct {
    /// Something of the case is given to a recipient.
    #[default]
    Giving,
    /// The vulnerability is published.
    Publishing,
}

impl GateAct {
    fn act(self) -> Act {
        match self {
            Self::Giving => Act::Giving,
            Self::Publishing => Act::Publishing,
        }
    }
}

/// Who is asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GateQuestion {
    /// `party:…`, `authority:…`, `reporter` or `public`; must be given.
    recipient: Option<String>,
    /// `giving` if left out.
    act: Option<GateAct>,
}

/// What bars a recipient; nothing: it may go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownGate {
    open: bool,
    bars: Vec<ShownBar>,
}

/// A prohibition in the way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownBar {
    provision: String,
    title: Option<Words>,
    cites: Option<Words>,
    /// Questions that would lift it if somebody answered them.
    undecided: Vec<String>,
    /// Whether it binds this organization at all is debated.
    debated: bool,
}

/// Asks what bars a recipient of something about a case.
#[utoipa::path(get, path = "/api/v1/cases/{id}/gate", tag = "cases",
    params(("id" = String, Path, description = "Id of a case."), GateQuestion),
    responses((status = 200, body = ShownGate)))]
pub(crate) async fn ask(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    asked: Asked<GateQuestion>,
) -> Shown<ShownGate> {
    let loaded = Loaded::read(&node, &caller.viewer, &id(&case)?).await?;
    // Asked after the case was found: what is hidden answers like what is missing.
    let Some(recipient) = asked.0.recipient else {
        return Err(Problem::new(
            "request_malformed",
            "the question lacks `recipient`",
            "name who would get it: `party:…`, `authority:…`, `reporter` or `public`",
        ));
    };
    let act = asked.0.act.unwrap_or_default().act();
    let bars = match gate::named(&node, &caller.viewer, &loaded.case, &recipient).await? {
        Some(to) => loaded.case.gate(&loaded.house(&node), act, &to, node.now())?,
        None => Vec::new(),
    };
    let shown = bars.iter().map(|bar| {
        let found = node.law().provision(bar.provision.as_str()).map(|(_, provision)| provision);
        ShownBar {
            provision: bar.provision.to_string(),
            title: found.and_then(|it| it.title.as_ref()).map(Words::of),
            cites: found.and_then(|it| it.cites.as_ref()).map(Words::of),
            undecided: bar.undecided.iter().map(ToString::to_string).collect(),
            debated: bar.debated,
        }
    });
    Ok(Json(ShownGate { open: bars.is_empty(), bars: shown.collect() }))
}

/// A decision that something may go although a prohibition bars it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownPass {
    act: String,
    recipient: String,
    provisions: Vec<String>,
    reason: String,
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl ShownPass {
    fn of(pass: &Pass) -> Self {
        Self {
            act: pass.act.clone(),
            recipient: pass.recipient.clone(),
            provisions: pass.provisions.clone(),
            reason: pass.reason.clone(),
            by: pass.by.to_string(),
            at: pass.at,
        }
    }
}

/// Lists the decisions that something may go although a prohibition bars it, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/passes", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<ShownPass>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<ShownPass>> {
    let case = Loaded::read(&node, &caller.viewer, &id(&case)?).await?.case;
    Ok(Json(List::whole(case.passes.iter().map(ShownPass::of).collect())))
}

/// Who may be given something although a prohibition bars it, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPass {
    /// `party:…`, `authority:…`, `reporter` or `public`.
    recipient: String,
    /// `giving` if left out.
    #[serde(default)]
    act: GateAct,
    reason: String,
}

/// Records the decision that something may go to a recipient although a prohibition bars it.
#[utoipa::path(post, path = "/api/v1/cases/{id}/passes", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = NewPass, responses((status = 201, body = Answer)))]
pub(crate) async fn pass(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Made {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let new: NewPass = write.body()?;
    let wish = wish(&node, &caller, &write);
    made(gate::pass(wish, &case, new.act.act(), &new.recipient, &new.reason).await?)
}
