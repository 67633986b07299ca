//! Cases: the list, opening one, and one as it was at any instant.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::case::Case;
use watchfire_core::event::FactRecord;
use watchfire_core::ids::CaseId;
use watchfire_core::law::text::Language;
use watchfire_core::law::{Lawbook, tell};
use watchfire_store::CaseRow;
use watchfire_store::policy::Write as ToWrite;

use super::embargo::Embargo;
use super::fact::{Fact, NewFact};
use super::obligation::{Holding, Names, Owed};
use super::{Asked, Changed, List, Made, Paging, Shown, id, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::command::decision::{Legible, Loaded};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// Language of the reasons where none is asked for.
const LANGUAGE_DEFAULT: &str = "en";

/// A case as it is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedCase {
    #[schema(example = "WF-7K3F-9QX2")]
    id: String,
    title: String,
    /// Whose case it is.
    organization: String,
    embargoed: bool,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

impl ListedCase {
    fn of(row: CaseRow) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title,
            organization: row.organization.to_string(),
            embargoed: row.embargoed,
            opened_at: row.opened_at,
            changed_at: row.changed_at,
        }
    }
}

/// Lists the cases that you may see, newest first.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(Paging),
    responses((status = 200, body = List<ListedCase>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<ListedCase>> {
    let page = node.store().cases(&caller.viewer, &asked.0.request()?).await?;
    Ok(Json(List::of(page, ListedCase::of)))
}

/// A case to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCase {
    /// One line for people who may see the case.
    title: String,
    /// Whether only participants may see it.
    secrecy: Secrecy,
    /// What is known already.
    #[serde(default)]
    facts: Vec<NewFact>,
}

/// Who may see a new case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Secrecy {
    /// Its participants.
    Embargoed,
    /// Everybody in the organization.
    Open,
}

/// Opens a case; you take part in it.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = NewCase,
    responses((status = 201, body = Answer)))]
pub(crate) async fn open(State(node): State<Node>, caller: Caller, write: Write) -> Made {
    let new: NewCase = write.body()?;
    let facts = new.facts.into_iter().enumerate();
    let facts = facts.map(|(at, fact)| fact.draft(&format!("/facts/{at}")));
    let facts = facts.collect::<Result<Vec<_>, _>>()?;
    let embargoed = new.secrecy == Secrecy::Embargoed;
    let wish = wish(&node, &caller, &write);
    made(command::open(wish, &new.title, embargoed, &facts).await?)
}

/// What of a case shall be otherwise.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedCase {
    /// One line for people who may see the case.
    title: String,
}

/// Gives a case another title. The old one stays in its timeline.
#[utoipa::path(patch, path = "/api/v1/cases/{id}", tag = "cases",
    params(("id" = String, Path, description = "Id of a case.")),
    request_body = ChangedCase, responses((status = 200, body = Answer)))]
pub(crate) async fn rename(
    State(node): State<Node>,
    caller: Caller,
    Path(case): Path<String>,
    write: Write,
) -> Changed {
    let case = id::<CaseId>(&case)?;
    node.store().authorize_case::<ToWrite>(&caller.viewer, &case).await?;
    let ChangedCase { title } = write.body()?;
    Ok(Json(command::rename(wish(&node, &caller, &write), &case, &title).await?))
}

/// Which instant is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseQuestion {
    /// The instant for which everything is shown: RFC 3339; now if left out.
    at: Option<String>,
    /// Hides facts that became known later: RFC 3339.
    known_at: Option<String>,
    /// Language in which the reasons are told: `en` (the default) or `zh-CN`.
    language: Option<String>,
}

/// A case with what was known and what was owed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownCase {
    id: String,
    title: String,
    organization: String,
    /// The report that it was opened on.
    report: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// The instant that is shown.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The instant after which facts are hidden.
    #[schema(value_type = Option<String>, format = DateTime)]
    known_at: Option<Timestamp>,
    embargo: Embargo,
    /// Present where the law of that instant cannot read the case: what is owed is shown as it was
    /// computed last.
    unread: Option<Unread>,
    facts: Vec<Fact>,
    obligations: Vec<ReasonedObligation>,
}

/// That the law cannot read a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unread {
    /// When a change of law left it as it was, if one did.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// What cannot be read, in English.
    problem: String,
}

/// An obligation as it was at the instant that is shown, with the way it was computed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReasonedObligation {
    id: String,
    #[serde(flatten)]
    owed: Owed,
    #[serde(flatten)]
    holding: Holding,
    /// To whom it is owed.
    owed_to: Option<String>,
    /// In one sentence, why it is in its state; empty where the law cannot read the case.
    reason: String,
    /// How it was computed: each step in words; none where the law cannot read the case.
    trace: Vec<String>,
}

/// What was computed last of a case that the law cannot read.
fn recorded(case: &Case, law: &Lawbook, names: &Names, at: Timestamp) -> Vec<ReasonedObligation> {
    let owed_to =
        |provision: &str| law.provision(provision)?.1.owed_to.as_deref().map(str::to_owned);
    let each = case.obligations.values().map(|held| ReasonedObligation {
        id: held.id.to_string(),
        owed: Owed::of(&held.assessment, at, held.is_open()),
        holding: Holding::of(held, names),
        owed_to: owed_to(&held.assessment.provision),
        reason: String::new(),
        trace: Vec::new(),
    });
    each.collect()
}

/// Shows a case: what had happened, what was known and what was owed, now or at any instant.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases",
    params(("id" = String, Path, description = "Id of a case."), CaseQuestion),
    responses((status = 200, body = ShownCase)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    asked: Asked<CaseQuestion>,
) -> Shown<ShownCase> {
    let id = id::<CaseId>(&text)?;
    let now = node.now();
    let loaded = Loaded::read(&node, &caller.viewer, &id).await?;
    let at = asked_instant("at", asked.0.at.as_deref())?.unwrap_or(now);
    let known_at = asked_instant("known_at", asked.0.known_at.as_deref())?;
    let language = asked.0.language.as_deref().unwrap_or(LANGUAGE_DEFAULT);
    let language =
        Language::parse(language).ok_or_else(|| malformed("`language` must be `en` or `zh-CN`"))?;
    let then = loaded.as_of(at).ok_or_else(|| malformed("the case was not open yet at `at`"))?;
    let names = Names::of_parties(&node, &caller, &then).await?;
    let law = node.law_at(known_at.unwrap_or(at)).await?;
    let Legible { law, problem, is_read } = loaded.legible(&node, law, at).await?;
    let told = node.readable(&law, &caller.viewer).await?;
    let obligations = if is_read {
        let owed = loaded.case.owed_at(&loaded.house_under(&law), at, known_at)?;
        let holding = |id| then.obligations.get(id).map(|held| Holding::of(held, &names));
        let each = owed.iter().map(|(id, owed)| ReasonedObligation {
            id: id.to_string(),
            owed: Owed::by_law(owed, at, language),
            holding: holding(id).unwrap_or_default(),
            owed_to: owed.owed_to.as_deref().map(str::to_owned),
            reason: tell::reason(owed, told, language),
            trace: tell::tell(&owed.trace, told, language),
        });
        each.collect()
    } else {
        recorded(&then, &law, &names, at)
    };
    let left = then.unread.values().min();
    let problem = problem.or_else(|| left.map(|(_, problem)| problem.clone()));
    let since = left.map(|(since, _)| *since);
    let case = &loaded.case;
    let seen = |fact: &&FactRecord| fact.known_at <= known_at.unwrap_or(Timestamp::MAX);
    let facts = case.facts.iter().filter(seen);
    Ok(Json(ShownCase {
        id: case.id.to_string(),
        title: then.title.clone(),
        organization: case.organization.to_string(),
        report: case.report.as_ref().map(ToString::to_string),
        opened_at: case.opened_at,
        at,
        known_at,
        embargo: Embargo::of(&then.embargo),
        unread: problem.map(|problem| Unread { since, problem }),
        facts: facts.map(|fact| Fact::of(fact, case.is_retracted(&fact.id))).collect(),
        obligations,
    }))
}

fn asked_instant(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let read = |text: &str| {
        let problem = || malformed(&format!("`{name}` is no instant such as `2026-11-23T08:00Z`"));
        text.parse().map_err(|_| problem())
    };
    text.map(read).transpose()
}

fn malformed(detail: &str) -> Problem {
    Problem::new("request_malformed", detail, "look the route up in `/api/docs`")
}
