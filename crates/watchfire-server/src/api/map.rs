//! The map: what an organization owes on a day, and why not.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::law::map::{Counted, Leaf, MapQuestion, Reason, Row, assumed, tell};
use watchfire_core::law::text::Language;
use watchfire_core::law::{Lawbook, Occasion};

use super::law::{Words, confidence};
use super::{Asked, Shown, organization};
use crate::auth::Caller;
use crate::error::Problem;
use crate::state::Node;

/// For which day, and what is assumed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MapAsked {
    /// The local day of each authority: `2027-12-11`. Without it the present day in UTC.
    day: Option<String>,
    /// Answers that are assumed of the case, with commas between them:
    /// `eu-cra/severe-incident=no`. What is not assumed stays open.
    assume: Option<String>,
}

/// What an organization owes on a day, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownMap {
    /// The day that was asked for.
    #[schema(example = "2027-12-11")]
    day: String,
    roles: BTreeSet<String>,
    attributes: BTreeMap<String, String>,
    /// The answers that were assumed.
    assumed: BTreeMap<String, String>,
    /// Digest of the law packs that were asked.
    laws: String,
    /// One for each provision: what is owed, what is foreseen, what is not owed; each in the order
    /// of time, what has no date last.
    rows: Vec<ShownRow>,
}

/// What the map says of one provision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownRow {
    #[schema(example = "cn-rmsv/7.2")]
    provision: String,
    law: String,
    /// `CN`, `EU`, … or `global` for a norm.
    jurisdiction: String,
    /// Whether it is a norm of a community and not law.
    norm: bool,
    title: Option<Words>,
    /// The article.
    cites: Option<Words>,
    /// `hard`, `soft`, `standing`, `prohibition` or `permission`.
    class: String,
    /// `vulnerability`, `incident`; none where it always holds.
    #[schema(value_type = Vec<String>)]
    occasions: Vec<&'static str>,
    /// `owed`, `foreseen` or `not-owed`.
    #[schema(value_type = String)]
    verdict: &'static str,
    /// Everything without which it would be owed.
    reasons: Vec<ShownReason>,
    /// What the case decides: it is owed as long as none is answered otherwise.
    hangs_on: Vec<ShownLeaf>,
    /// Kinds of fact that create it.
    arises_on: Vec<String>,
    /// Our roles that it obliges.
    roles: Vec<String>,
    owed_to: Option<String>,
    /// When the version that is shown applies.
    from: Option<String>,
    until: Option<String>,
    /// What it counts by: one, or several while something is open.
    counts: Vec<ShownCount>,
    /// Why a clock of law has no number.
    period_unknown: Option<Words>,
    /// About when its clock starts and ends, in minutes after what its chain arises on, if each
    /// link is submitted at its strict end. A measure for order and drawing, and no deadline.
    starts_after_minutes: Option<i64>,
    ends_after_minutes: Option<i64>,
    /// `primary`, `secondary`, or `unverified 0.85` with the probability that it is right.
    confidence: String,
}

/// One thing without which a provision would be owed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownReason {
    /// `role`, `not-yet`, `ended`, `proposed`, `attribute`, `predicate` or `superseded`.
    #[schema(value_type = String)]
    missing: &'static str,
    /// The roles, the day, the condition or the provision that is meant.
    names: Vec<String>,
    words: Words,
}

/// Something that a case has to answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownLeaf {
    /// In the words of packs: `eu-cra/severe-incident`.
    asks: String,
    /// Whether it wants *yes*.
    wants: bool,
    words: Words,
}

/// What a row counts by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownCount {
    /// What has to be so, and is not known.
    when: Vec<ShownLeaf>,
    /// The conservative reading in the words of packs; none where there is no date.
    strict: Option<String>,
    outer: Option<String>,
    /// The strict span with its condition, in words.
    words: Option<Words>,
    remedy: Option<Words>,
}

impl ShownMap {
    /// Asks the lawbook, and shapes its answer.
    pub fn of(question: &MapQuestion, laws: &Lawbook) -> Self {
        let rows = laws.map(question);
        let answers = question.answers.iter();
        Self {
            day: question.day.to_string(),
            roles: question.roles.iter().map(ToString::to_string).collect(),
            attributes: question
                .attributes
                .iter()
                .map(|(id, value)| (id.to_string(), value.to_string()))
                .collect(),
            assumed: answers.map(|(id, word)| (id.to_string(), word.as_str().to_owned())).collect(),
            laws: laws.digest_hex(),
            rows: rows.iter().map(|row| ShownRow::of(row, laws)).collect(),
        }
    }

    /// Leaves out what is owed on another occasion alone.
    pub fn keep(&mut self, occasion: Occasion) {
        self.rows
            .retain(|row| row.occasions.is_empty() || row.occasions.contains(&occasion.as_str()));
    }
}

impl ShownRow {
    fn of(row: &Row, laws: &Lawbook) -> Self {
        let found = laws.provision(row.provision.as_str());
        let provision = found.map(|(_, provision)| provision);
        Self {
            provision: row.provision.to_string(),
            law: row.provision.law().to_owned(),
            jurisdiction: found.map(|(pack, _)| pack.jurisdiction.clone()).unwrap_or_default(),
            norm: found.is_some_and(|(pack, _)| pack.is_norm()),
            title: provision.and_then(|one| one.title.as_ref()).map(Words::of),
            cites: row.cites.as_ref().map(Words::of),
            class: row.class.to_string(),
            occasions: row.occasions.iter().copied().map(Occasion::as_str).collect(),
            verdict: row.verdict.as_str(),
            reasons: row.reasons.iter().map(|reason| ShownReason::of(reason, laws)).collect(),
            hangs_on: row.hangs_on.iter().map(|leaf| ShownLeaf::of(leaf, laws)).collect(),
            arises_on: provision
                .map(|one| one.arises_on.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            roles: row.roles.iter().map(ToString::to_string).collect(),
            owed_to: provision.and_then(|one| one.owed_to.as_deref()).map(str::to_owned),
            from: row.from.map(|day| day.to_string()),
            until: row.until.map(|day| day.to_string()),
            counts: row.counts.iter().map(|count| ShownCount::of(count, laws)).collect(),
            period_unknown: row.period_unknown.as_ref().map(Words::of),
            starts_after_minutes: row.reach.map(|reach| reach.starts),
            ends_after_minutes: row.reach.map(|reach| reach.ends),
            confidence: provision.map(|one| confidence(one.confidence)).unwrap_or_default(),
        }
    }
}

impl ShownReason {
    fn of(reason: &Reason, laws: &Lawbook) -> Self {
        let names = match reason {
            Reason::Role(roles) => roles.iter().map(ToString::to_string).collect(),
            Reason::NotYet { from, .. } => vec![from.to_string()],
            Reason::Ended { on } => vec![on.to_string()],
            Reason::Proposed { foreseen_from, .. } => {
                foreseen_from.iter().map(ToString::to_string).collect()
            }
            Reason::Attribute { asks, .. } | Reason::Predicate(asks) => vec![asks.asks.to_string()],
            Reason::Superseded(by) => vec![by.to_string()],
        };
        let words = Words::in_both(|language| tell::reason(reason, laws, language));
        Self { missing: reason.as_str(), names, words }
    }
}

impl ShownLeaf {
    fn of(leaf: &Leaf, laws: &Lawbook) -> Self {
        let words = Words::in_both(|language| tell::leaf(leaf, laws, language));
        Self { asks: leaf.asks.to_string(), wants: leaf.wants, words }
    }
}

impl ShownCount {
    fn of(count: &Counted, laws: &Lawbook) -> Self {
        let told = |language| tell::counted(count, laws, language);
        let has_words = told(Language::En).is_some();
        Self {
            when: count.when.iter().map(|leaf| ShownLeaf::of(leaf, laws)).collect(),
            strict: count.strict.as_ref().map(ToString::to_string),
            outer: count.outer.as_ref().map(ToString::to_string),
            words: has_words.then(|| Words::in_both(|language| told(language).unwrap_or_default())),
            remedy: count.remedy.as_ref().map(Words::of),
        }
    }
}

/// Reads a day.
///
/// # Errors
/// `request_malformed` for what is none.
pub(crate) fn day(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        let what = format!("`{text}` is no day");
        Problem::new("request_malformed", what, "write a day such as `2027-12-11`")
    })
}

/// Shows what an organization owes on a day, for a vulnerability, for an incident and always, and
/// for every other provision what is missing.
#[utoipa::path(get, path = "/api/v1/organizations/{id}/map", tag = "laws",
    params(("id" = String, Path, description = "Id of an organization."), MapAsked),
    responses((status = 200, body = ShownMap)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(asked): Asked<MapAsked>,
) -> Shown<ShownMap> {
    let row = organization::organization(&node, &caller, &text).await?;
    let profile = node.store().profile(&caller.viewer, &row.id).await?;
    let laws = node.law_for(&caller.viewer).await?;
    let day = match &asked.day {
        Some(text) => day(text)?,
        None => TimeZone::UTC.to_datetime(node.now()).date(),
    };
    let answers = assumed(laws, asked.assume.as_deref().unwrap_or_default()).map_err(|error| {
        Problem::new("request_malformed", error.to_string(), "correct `assume`")
    })?;
    Ok(Json(ShownMap::of(&MapQuestion::of(laws, &profile, answers, day), laws)))
}
