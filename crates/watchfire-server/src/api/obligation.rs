//! Obligations: the watch, the gaps, who holds what.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{self, Path};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::case::Case;
use watchfire_core::event::{Assessment, GapCause, OwnerCause};
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_core::law;
use watchfire_core::law::text::Language;
use watchfire_core::obligation::{Obligation, state_at};
use watchfire_store::policy::Read;
use watchfire_store::{ObligationRow, StoreError};

use super::report::Reason;
use super::{Asked, List, Made, Paging, Shown, id, id_at, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// An obligation as it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Obligation)]
pub(crate) struct WireObligation {
    #[schema(example = "WO-7K3F-9QX2-M4TB-0C6D")]
    id: String,
    case: String,
    case_title: String,
    embargoed: bool,
    #[serde(flatten)]
    owed: Owed,
    #[serde(flatten)]
    holding: Holding,
}

/// What is owed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Owed {
    /// `cn-rmsv/7.2`.
    provision: String,
    /// The article.
    cites: String,
    /// `hard` or `soft`: a house target, never called law.
    class: String,
    /// `open`, `due-soon`, `overdue`, `needs-decision`, `waiting-for-anchor`, `satisfied`, …
    state: String,
    /// Whether the clock runs although a question is open.
    provisional: bool,
    /// Whether it was met, or is, after the strict deadline.
    after_strict: bool,
    /// Alarms run on this deadline.
    #[schema(value_type = Option<String>, format = DateTime)]
    strict_due: Option<Timestamp>,
    /// The latest defensible reading: shown to explain, never counted down to.
    #[schema(value_type = Option<String>, format = DateTime)]
    outer_due: Option<Timestamp>,
    /// Where the strict window starts.
    #[schema(value_type = Option<String>, format = DateTime)]
    strict_from: Option<Timestamp>,
    /// Time to the strict deadline as ISO 8601; negative once it is past. Only while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    strict_left: Option<String>,
    /// The fact that it arose on.
    from_fact: Option<String>,
    /// The question that is open, a predicate of the law packs.
    decision: Option<String>,
    /// When it should be answered: a house target.
    #[schema(value_type = Option<String>, format = DateTime)]
    decision_due: Option<Timestamp>,
    /// `effective_from` of the version in force.
    version_from: Option<String>,
    /// The recorded reading that was used.
    reading: Option<String>,
}

/// Who holds it, and what comes next.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Holding {
    owner: Option<WireOwner>,
    /// Present while nobody holds it, or its holder is silent.
    gap: Option<WireGap>,
    /// The last rung of the chain that was reached.
    last_rung: Option<WireRung>,
    /// When it is looked at next.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
}

/// Who holds an obligation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Owner)]
pub(crate) struct WireOwner {
    party: String,
    name: Option<String>,
    /// `claimed` or `assigned`.
    #[schema(value_type = String)]
    cause: &'static str,
    assigned_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When the holder answered last.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
}

/// Why an obligation is a gap.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gap)]
pub(crate) struct WireGap {
    /// `held-by-nobody`, `not-acknowledged` or `holder-gone`.
    #[schema(value_type = String)]
    cause: &'static str,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// A rung of the chain.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rung)]
pub(crate) struct WireRung {
    /// `50%` of the strict window, `day-1` past it, `review-1` where there is no date.
    rung: String,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
}

pub(crate) fn gap_name(cause: GapCause) -> &'static str {
    match cause {
        GapCause::HeldByNobody => "held-by-nobody",
        GapCause::NotAcknowledged => "not-acknowledged",
        GapCause::HolderGone => "holder-gone",
    }
}

impl Owed {
    pub(crate) fn of(assessment: &Assessment, now: Timestamp, is_open: bool) -> Self {
        let assessment = assessment.clone();
        let left = assessment.strict_due.map(|due| due.duration_since(now).to_string());
        Self {
            state: state_at(&assessment, now).to_string(),
            provision: assessment.provision,
            cites: assessment.cites,
            class: assessment.class,
            provisional: assessment.provisional,
            after_strict: assessment.after_strict,
            strict_due: assessment.strict_due,
            outer_due: assessment.outer_due,
            strict_from: assessment.strict_from,
            strict_left: left.filter(|_| is_open),
            from_fact: assessment.from_fact,
            decision: assessment.decision,
            decision_due: assessment.decision_due,
            version_from: assessment.version_from,
            reading: assessment.reading,
        }
    }
}

impl Owed {
    /// Shows what the laws say at `now`, which may be any instant.
    pub(crate) fn by_law(owed: &law::Obligation, now: Timestamp, language: Language) -> Self {
        let is_open = owed.state.is_open();
        let left = owed.strict_due.map(|due| due.duration_since(now).to_string());
        Self {
            provision: owed.provision.to_string(),
            cites: owed.cites.as_ref().map_or("", |text| text.in_language(language)).to_owned(),
            class: owed.class.to_string(),
            state: owed.state.to_string(),
            provisional: owed.provisional,
            after_strict: owed.after_strict,
            strict_due: owed.strict_due,
            outer_due: owed.outer_due,
            strict_from: owed.strict_from,
            strict_left: left.filter(|_| is_open),
            from_fact: owed.from_fact.as_ref().map(ToString::to_string),
            decision: owed.decision_due.as_ref().map(|(predicate, _)| predicate.to_string()),
            decision_due: owed.decision_due.as_ref().map(|(_, due)| *due),
            version_from: owed.version_from.map(|date| date.to_string()),
            reading: owed.reading.as_deref().map(str::to_owned),
        }
    }
}

impl Holding {
    /// Shows who held an obligation, as its events left it.
    pub(crate) fn of(held: &Obligation, names: &Names) -> Self {
        let owner = held.owner.as_ref().map(|owner| WireOwner {
            name: names.of(&owner.party),
            party: owner.party.to_string(),
            cause: cause_name(&owner.cause),
            assigned_by: assigned_by(&owner.cause),
            since: owner.since,
            acknowledged_at: owner.acknowledged_at,
        });
        let ladder = held.ladder();
        let last = held.told.iter().rev().find_map(|rung| Some((rung, ladder.at(*rung)?)));
        Self {
            owner,
            gap: held.gap.map(|(cause, since)| WireGap { cause: gap_name(cause), since }),
            last_rung: last.map(|(rung, due_at)| WireRung { rung: rung.to_string(), due_at }),
            due_at: held.due_at(),
        }
    }
}

fn assigned_by(cause: &OwnerCause) -> Option<String> {
    match cause {
        OwnerCause::Claimed => None,
        OwnerCause::Assigned { by } => Some(by.to_string()),
    }
}

impl WireObligation {
    /// Shows a row as it stands at `now`.
    pub(crate) fn of(row: ObligationRow, names: &Names, now: Timestamp) -> Self {
        let acknowledged_at = row.acknowledged.map(|(_, at)| at);
        let owner = row.owner.map(|owner| WireOwner {
            name: names.of(&owner.party),
            party: owner.party.to_string(),
            cause: cause_name(&owner.cause),
            assigned_by: assigned_by(&owner.cause),
            since: owner.since,
            acknowledged_at,
        });
        Self {
            id: row.id.to_string(),
            case: row.case.to_string(),
            case_title: row.case_title,
            embargoed: row.embargoed,
            owed: Owed::of(&row.assessment, now, row.is_open),
            holding: Holding {
                owner,
                gap: row.gap.map(|(cause, since)| WireGap { cause: gap_name(cause), since }),
                last_rung: row.rung.map(|(rung, due_at)| WireRung { rung, due_at }),
                due_at: row.due_at,
            },
        }
    }
}

fn cause_name(cause: &OwnerCause) -> &'static str {
    match cause {
        OwnerCause::Claimed => "claimed",
        OwnerCause::Assigned { .. } => "assigned",
    }
}

/// The names of people who hold something, as far as the caller sees them.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<PartyId, String>);

impl Names {
    /// Looks up who holds what in `rows`.
    pub(crate) async fn of_owners(
        node: &Node,
        caller: &Caller,
        rows: impl IntoIterator<Item = &ObligationRow>,
    ) -> Result<Self, Problem> {
        let owners = rows.into_iter().filter_map(|row| row.owner.as_ref());
        let owners = owners.map(|owner| &owner.party);
        Self::look_up(node, caller, owners.collect()).await
    }

    /// Looks up who holds what in a case.
    pub(crate) async fn of_parties(
        node: &Node,
        caller: &Caller,
        case: &Case,
    ) -> Result<Self, Problem> {
        let held = case.obligations.values();
        let owners = held.filter_map(|held| held.owner.as_ref()).map(|owner| &owner.party);
        Self::look_up(node, caller, owners.collect()).await
    }

    async fn look_up(
        node: &Node,
        caller: &Caller,
        parties: BTreeSet<&PartyId>,
    ) -> Result<Self, Problem> {
        let mut names = Self::default();
        for party in parties {
            match node.store().party(&caller.viewer, party).await {
                Ok(row) => drop(names.0.insert(party.clone(), row.name)),
                Err(StoreError::NotFound(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(names)
    }

    fn of(&self, party: &PartyId) -> Option<String> {
        self.0.get(party).cloned()
    }
}

/// Lists every open obligation that you may see: gaps first, then in order of time left.
#[utoipa::path(get, path = "/api/v1/obligations", tag = "obligations", params(Paging),
    responses((status = 200, body = List<WireObligation>)))]
pub(crate) async fn watch(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<WireObligation>> {
    let page = node.store().watch(&caller.viewer, &asked.0.request()?).await?;
    let names = Names::of_owners(&node, &caller, &page.rows).await?;
    let now = node.now();
    Ok(Json(List::of(page, |row| WireObligation::of(row, &names, now))))
}

/// Lists the obligations that nobody holds, or nobody has moved in time.
#[utoipa::path(get, path = "/api/v1/gaps", tag = "obligations", params(Paging),
    responses((status = 200, body = List<WireObligation>)))]
pub(crate) async fn gaps(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<WireObligation>> {
    let page = node.store().gaps(&caller.viewer, &asked.0.request()?).await?;
    let names = Names::of_owners(&node, &caller, &page.rows).await?;
    let now = node.now();
    Ok(Json(List::of(page, |row| WireObligation::of(row, &names, now))))
}

/// Lists the obligations of a case, ended ones too.
#[utoipa::path(get, path = "/api/v1/cases/{id}/obligations", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    responses((status = 200, body = List<WireObligation>)))]
pub(crate) async fn list_of_case(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    Path(case): Path<String>,
) -> Shown<List<WireObligation>> {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<Read>(&caller.viewer, &case).await?;
    let rows = node.store().obligations_of_case(&caller.viewer, &case).await?;
    let names = Names::of_owners(&node, &caller, &rows).await?;
    let now = node.now();
    let items = rows.into_iter().map(|row| WireObligation::of(row, &names, now));
    Ok(Json(List::whole(items.collect())))
}

/// Shows an obligation.
#[utoipa::path(get, path = "/api/v1/obligations/{id}", tag = "obligations",
    params(("id" = String, Path, description = "Id of an obligation.")),
    responses((status = 200, body = WireObligation)))]
pub(crate) async fn show(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireObligation> {
    let row = node.store().obligation(&caller.viewer, &id::<ObligationId>(&text)?).await?;
    let rows = [row];
    let names = Names::of_owners(&node, &caller, &rows).await?;
    let [row] = rows;
    Ok(Json(WireObligation::of(row, &names, node.now())))
}

/// Who shall hold it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAssignment {
    /// Id of a person.
    party: String,
}

/// Gives an obligation to somebody, who has yet to acknowledge.
#[utoipa::path(post, path = "/api/v1/obligations/{id}/assignments", tag = "obligations",
    params(("id" = String, Path, description = "Id of an obligation.")),
    request_body = NewAssignment, responses((status = 201, body = Answer)))]
pub(crate) async fn assign(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let obligation = id::<ObligationId>(&text)?;
    let wish = wish(&node, &caller, &write);
    command::case_of(wish, &obligation).await?;
    let new: NewAssignment = write.body()?;
    let to = id_at::<PartyId>("/party", &new.party)?;
    made(command::assign(wish, &obligation, &to).await?)
}

/// Gives an obligation up; it is a gap from then on.
#[utoipa::path(post, path = "/api/v1/obligations/{id}/releases", tag = "obligations",
    params(("id" = String, Path, description = "Id of an obligation.")),
    request_body = Reason, responses((status = 201, body = Answer)))]
pub(crate) async fn release(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let obligation = id::<ObligationId>(&text)?;
    let wish = wish(&node, &caller, &write);
    command::case_of(wish, &obligation).await?;
    let Reason { reason } = write.body()?;
    made(command::release(wish, &obligation, &reason).await?)
}

/// Names the obligation that is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfObligation {
    /// Id of an obligation.
    obligation: String,
}

impl OfObligation {
    /// What names no obligation names one that is missing.
    fn id(&self) -> Result<ObligationId, Problem> {
        id(&self.obligation)
    }
}

/// Takes a gap: you hold the obligation, and answer for it. Anybody who sees it may.
#[utoipa::path(post, path = "/api/v1/claims", tag = "obligations", request_body = OfObligation,
    responses((status = 201, body = Answer)))]
pub(crate) async fn claim(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    write: Write,
) -> Made {
    let obligation = write.body::<OfObligation>()?.id()?;
    made(command::claim(wish(&node, &caller, &write), &obligation).await?)
}

/// Answers for an obligation that you hold; it counts until the next rung.
#[utoipa::path(post, path = "/api/v1/acknowledgements", tag = "obligations",
    request_body = OfObligation, responses((status = 201, body = Answer)))]
pub(crate) async fn acknowledge(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    write: Write,
) -> Made {
    let obligation = write.body::<OfObligation>()?.id()?;
    made(command::acknowledge(wish(&node, &caller, &write), &obligation).await?)
}

/// Which obligation goes up the chain, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEscalation {
    /// Id of an obligation.
    obligation: String,
    /// Why you do not wait for the next rung.
    reason: String,
}

/// Tells the next of the chain now, with your reason. Anybody who sees the obligation may.
///
/// That is the lowest place of the chain that was not told yet, or the highest where all were, and
/// never yourself.
#[utoipa::path(post, path = "/api/v1/escalations", tag = "obligations",
    request_body = NewEscalation, responses((status = 201, body = Answer)))]
pub(crate) async fn escalate(
    extract::State(node): extract::State<Node>,
    caller: Caller,
    write: Write,
) -> Made {
    let new = write.body::<NewEscalation>()?;
    let obligation = id::<ObligationId>(&new.obligation)?;
    made(command::escalate(wish(&node, &caller, &write), &obligation, &new.reason).await?)
}
