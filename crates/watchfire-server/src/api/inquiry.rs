//! The inquiry: plain questions that find what an organization is by law, and what was answered.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::event::Profile;
use watchfire_core::ids::PartyId;
use watchfire_core::law::Lawbook;
use watchfire_core::law::inquiry::{Answers, Finds, PlaceAsking, Round, Stand};
use watchfire_core::law::map::{MapQuestion, assumed};
use watchfire_core::law::text::Language;
use watchfire_store::policy::Administer;

use super::law::Words;
use super::map::{ShownMap, day};
use super::timeline::{self, By};
use super::{Asked, Changed, Shown, id, organization, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::inquiry as command;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// What was answered so far.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InquiryAsked {
    /// Answers with commas between them: `place/EU=yes,eu-cra/manufacturer=not-sure`.
    answers: Option<String>,
}

/// What was answered so far, and for which day the map is asked.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InquiryMapAsked {
    /// Answers with commas between them: `place/EU=yes,eu-cra/manufacturer=not-sure`.
    answers: Option<String>,
    /// The local day of each authority: `2027-12-11`. Without it the present day in UTC.
    day: Option<String>,
    /// Answers that are assumed of the case, with commas between them.
    assume: Option<String>,
}

/// The questions in the order in which they are asked, and what the answers say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownInquiry {
    /// Digest of the law packs that ask.
    laws: String,
    /// Short groups of questions that are asked together.
    rounds: Vec<ShownRound>,
    result: ShownResult,
}

/// Questions that are asked together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownRound {
    #[schema(example = "eu-cra")]
    id: String,
    /// The pack that asks; none where jurisdictions are asked for.
    law: Option<String>,
    title: Option<Words>,
    questions: Vec<ShownQuestion>,
}

/// A question, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownQuestion {
    #[schema(example = "eu-cra/manufacturer")]
    id: String,
    asks: Words,
    help: Option<Words>,
    /// The jurisdiction that it is about.
    jurisdiction: String,
    /// The article that says what is asked.
    cites: Option<Words>,
    /// The articles that make it matter: what would be owed, or what reads the attribute.
    matters: Vec<ShownArticle>,
    /// Roles that *yes* finds.
    roles: Vec<String>,
    /// The attribute whose value is asked for.
    attribute: Option<String>,
    /// What it can be answered with; besides, any question with `not-sure`. Empty where it is typed.
    choices: Vec<String>,
    /// As it was answered; none where it is open.
    answer: Option<String>,
}

/// An article, by the provision that it is in the pack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownArticle {
    #[schema(example = "eu-cra/14.2.a")]
    provision: String,
    cites: Option<Words>,
    title: Option<Words>,
}

/// What the answers say of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownResult {
    roles: Vec<ShownFound>,
    attributes: BTreeMap<String, String>,
    /// Attributes of which nobody is sure: they are unknown, whatever the profile said before.
    unsure_attributes: Vec<String>,
    /// Questions that are asked and that nobody has answered; of attributes, also those of which
    /// nobody is sure.
    open: Vec<String>,
    /// Questions that are left out, and the question whose *no* leaves them out, or that has found
    /// the same attribute; of several, with commas between them.
    not_asked: BTreeMap<String, String>,
    /// Roles that no question finds.
    unasked: Vec<String>,
    /// Questions that were answered and that no pack in use asks, or not so that the answer could be
    /// read: these answers say nothing.
    unread: Vec<String>,
}

/// A role that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownFound {
    role: String,
    name: Option<Words>,
    /// Whether it was answered with yes; otherwise nobody is sure, and the role is proposed.
    sure: bool,
    /// The question that found it.
    question: String,
}

/// What was recorded of an organization, and what its profile is and would be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownRecord {
    /// The answers that were recorded last; empty where there are none.
    answers: BTreeMap<String, String>,
    recorded_at: Option<String>,
    by: Option<By>,
    /// Digest of the law packs that asked.
    laws: Option<String>,
    profile: ShownProfile,
    /// What the profile becomes if the answers that were asked for are recorded.
    profile_after: ShownProfile,
    /// What the answers that were asked for say; those that were recorded, where none are.
    result: ShownResult,
}

/// What an organization is, by law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProfile {
    roles: BTreeSet<String>,
    attributes: BTreeMap<String, String>,
}

/// Answers to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAnswers {
    /// By question: `yes`, `no`, `not-sure`, or the value of an attribute.
    answers: BTreeMap<String, String>,
}

impl ShownProfile {
    fn of(profile: Profile) -> Self {
        Self { roles: profile.roles, attributes: profile.attributes }
    }
}

impl ShownRound {
    fn of(round: &Round<'_>, laws: &Lawbook, answers: &Answers) -> Self {
        let places = round.places.iter().map(|place| ShownQuestion::of_place(place, answers));
        let stands = round.stands.iter().map(|stand| ShownQuestion::of(stand, laws));
        Self {
            id: round.id.clone(),
            law: round.pack.map(|pack| pack.id.to_string()),
            title: round.pack.map(|pack| Words::of(&pack.title)),
            questions: places.chain(stands).collect(),
        }
    }
}

/// What a plain question is answered with.
fn plain() -> Vec<String> {
    vec!["yes".to_owned(), "no".to_owned()]
}

impl ShownQuestion {
    fn of_place(place: &PlaceAsking, answers: &Answers) -> Self {
        Self {
            id: place.id(),
            asks: Words::of(&place.asks),
            help: None,
            jurisdiction: place.jurisdiction.clone(),
            cites: None,
            matters: Vec::new(),
            roles: Vec::new(),
            attribute: None,
            choices: plain(),
            answer: answers.get(&place.id()).filter(|answer| !answer.is_empty()).cloned(),
        }
    }

    fn of(stand: &Stand<'_>, laws: &Lawbook) -> Self {
        let Stand { asking, pack, answer, .. } = stand;
        let matters = laws.matters(pack, asking).into_iter().map(|one| ShownArticle {
            provision: one.id.to_string(),
            cites: one.cites.as_ref().map(Words::of),
            title: one.title.as_ref().map(Words::of),
        });
        let (roles, attribute, choices) = match &asking.finds {
            Finds::Roles(roles) => (roles.iter().map(ToString::to_string).collect(), None, plain()),
            Finds::Attribute(id) => (Vec::new(), Some(id.to_string()), laws.choices(id)),
        };
        Self {
            id: asking.id.clone(),
            asks: Words::of(&asking.asks),
            help: asking.help.as_ref().map(Words::of),
            jurisdiction: pack.jurisdiction.clone(),
            cites: asking.cites.as_ref().map(Words::of),
            matters: matters.collect(),
            roles,
            attribute,
            choices,
            answer: answer.map(str::to_owned),
        }
    }
}

impl ShownResult {
    fn of(laws: &Lawbook, answers: &Answers) -> Self {
        let found = laws.conclude(answers);
        let left_out = laws.inquiry(answers).into_iter().filter_map(|stand| {
            Some((stand.asking.id.clone(), stand.not_asked?.questions().join(",")))
        });
        let places = laws.asked_places().iter();
        let places = places.filter_map(|one| {
            let why = laws.place_not_asked(one, answers)?;
            Some((one.id(), why.questions().join(",")))
        });
        Self {
            not_asked: places.chain(left_out).collect(),
            roles: found
                .roles
                .into_iter()
                .map(|one| ShownFound {
                    name: laws.role_name(&one.role).map(Words::of),
                    role: one.role.to_string(),
                    sure: one.is_sure,
                    question: one.question,
                })
                .collect(),
            attributes: found
                .attributes
                .into_iter()
                .map(|(id, value)| (id.to_string(), value))
                .collect(),
            unsure_attributes: found.unsure_attributes.keys().map(ToString::to_string).collect(),
            open: found.open,
            unread: found.unread,
            unasked: found.unasked.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Reads answers, and refuses what cannot stand.
fn read(laws: &Lawbook, text: &str) -> Result<Answers, Problem> {
    let malformed = |what: String| {
        Problem::new("request_malformed", what, "write `eu-cra/manufacturer=yes,place/US=no`")
    };
    let mut answers = Answers::new();
    for one in text.split(',').filter(|one| !one.trim().is_empty()) {
        let (question, answer) = one
            .split_once('=')
            .ok_or_else(|| malformed(format!("`{one}` is no answer to a question")))?;
        let (question, answer) = (question.trim().to_owned(), answer.trim().to_owned());
        if answers.contains_key(&question) {
            return Err(malformed(format!("`{question}` is answered twice")));
        }
        answers.insert(question, answer);
    }
    match laws.faults(&answers).first() {
        None => Ok(answers),
        Some(fault) => Err(Problem::new(
            "answer_invalid",
            laws.tell_fault(fault, Language::En),
            "answer it otherwise, or take back one of the two answers",
        )),
    }
}

/// Shows the questions that find what an organization is by law, and what the answers say.
/// Nothing is recorded.
#[utoipa::path(get, path = "/api/v1/inquiry", tag = "laws", params(InquiryAsked),
    responses((status = 200, body = ShownInquiry)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Asked(asked): Asked<InquiryAsked>,
) -> Shown<ShownInquiry> {
    let laws = node.law_for(&caller.viewer).await?;
    let answers = read(laws, asked.answers.as_deref().unwrap_or_default())?;
    let rounds = laws.rounds(&answers);
    let asked = rounds.iter().filter(|round| !round.is_empty());
    Ok(Json(ShownInquiry {
        laws: laws.digest_hex(),
        rounds: asked.map(|round| ShownRound::of(round, laws, &answers)).collect(),
        result: ShownResult::of(laws, &answers),
    }))
}

/// Shows what an organization with these answers would owe on a day, and why not. Nothing is
/// recorded.
#[utoipa::path(get, path = "/api/v1/inquiry/map", tag = "laws", params(InquiryMapAsked),
    responses((status = 200, body = ShownMap)))]
pub(crate) async fn map(
    State(node): State<Node>,
    caller: Caller,
    Asked(asked): Asked<InquiryMapAsked>,
) -> Shown<ShownMap> {
    let laws = node.law_for(&caller.viewer).await?;
    let answers = read(laws, asked.answers.as_deref().unwrap_or_default())?;
    let profile = laws.profile_after(&answers, &Profile::default());
    let day = match &asked.day {
        Some(text) => day(text)?,
        None => TimeZone::UTC.to_datetime(node.now()).date(),
    };
    let assume = assumed(laws, asked.assume.as_deref().unwrap_or_default()).map_err(|error| {
        Problem::new("request_malformed", error.to_string(), "correct `assume`")
    })?;
    Ok(Json(ShownMap::of(&MapQuestion::of(laws, &profile, assume, day), laws)))
}

/// Shows what was answered of an organization, by whom and when, and what would become of its
/// profile if other answers were recorded.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/inquiry", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization."), InquiryAsked),
    responses((status = 200, body = ShownRecord)))]
pub(crate) async fn recorded(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(asked): Asked<InquiryAsked>,
) -> Shown<ShownRecord> {
    let row = organization::organization(&node, &caller, &text).await?;
    let laws = node.law_for(&caller.viewer).await?;
    let profile = node.store().profile(&caller.viewer, &row.id).await?;
    let recorded = node.store().inquiry(&caller.viewer, &row.id).await?;
    let before = recorded.as_ref().map(|one| one.answers.clone()).unwrap_or_default();
    let answers = match &asked.answers {
        Some(text) => read(laws, text)?,
        None => before.clone(),
    };
    Ok(Json(ShownRecord {
        recorded_at: recorded.as_ref().map(|one| one.recorded_at.to_string()),
        by: recorded.as_ref().map(|one| timeline::by(&one.by)),
        laws: recorded.map(|one| one.lawbook),
        profile_after: ShownProfile::of(laws.profile_after(&answers, &profile)),
        profile: ShownProfile::of(profile),
        result: ShownResult::of(laws, &answers),
        answers: before,
    }))
}

/// Records answers, and what follows from them for the profile: roles of which nobody is sure are
/// taken, attributes of which nobody is sure are unknown, what is open stays as it is. For the
/// organization's administrators.
#[utoipa::path(put, path = "/api/v1/organizations/{id}/inquiry", tag = "parties",
    params(("id" = String, Path, description = "Id of an organization.")),
    request_body = NewAnswers, responses((status = 200, body = Answer)))]
pub(crate) async fn record(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let organization = id::<PartyId>(&text)?;
    node.store().authorize_party::<Administer>(&caller.viewer, &organization).await?;
    let NewAnswers { answers } = write.body()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::record(wish, &organization, &answers).await?))
}
