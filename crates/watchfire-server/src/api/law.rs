//! The law packs in use: read by everybody who works here.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use watchfire_core::law::confidence::Confidence;
use watchfire_core::law::pack::{Pack, Proposal, Provision, Reading, Variant, Version};
use watchfire_core::law::text::Text;

use super::{List, Shown};
use crate::error::Problem;
use crate::state::Node;

/// Words in each language of the house.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Words {
    en: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
}

impl Words {
    pub(crate) fn of(text: &Text) -> Self {
        Self { en: text.en.to_string(), zh_cn: text.zh_cn.to_string() }
    }
}

/// An instrument of law as it is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedLaw {
    #[schema(example = "cn-rmsv")]
    id: String,
    title: Words,
    /// `CN`, `EU`, … or `global` for a norm.
    jurisdiction: String,
    /// Whether it is a norm of a community and not law.
    norm: bool,
    /// Address of the text.
    source: Option<String>,
    /// The day on which a person compared the pack with its source.
    checked_on: Option<String>,
    /// `primary`, `secondary`, or `unverified 0.85` with the probability that it is right.
    confidence: String,
}

impl ListedLaw {
    fn of(pack: &Pack) -> Self {
        Self {
            id: pack.id.to_string(),
            title: Words::of(&pack.title),
            jurisdiction: pack.jurisdiction.clone(),
            norm: pack.is_norm(),
            source: pack.source.clone(),
            checked_on: pack.checked_on.map(|date| date.to_string()),
            confidence: confidence(pack.confidence),
        }
    }
}

/// An instrument of law with its provisions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownLaw {
    #[serde(flatten)]
    law: ListedLaw,
    roles: BTreeMap<String, Words>,
    provisions: Vec<ShownProvision>,
    readings: Vec<ShownReading>,
    /// The quoted text, by language, in Markdown.
    quotes: BTreeMap<String, String>,
}

/// One cited article or item that obliges somebody.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProvision {
    #[schema(example = "cn-rmsv/7.2")]
    id: String,
    /// `hard`, `soft`, `standing`, `prohibition` or `permission`.
    class: String,
    /// `in-force`, or `proposed` where nothing of it is law.
    #[schema(value_type = String)]
    status: &'static str,
    title: Option<Words>,
    cites: Option<Words>,
    source: Option<String>,
    confidence: String,
    /// Kinds of fact that create the obligation.
    arises_on: Vec<String>,
    /// Where the clock does not run from the fact that it arose on.
    runs_from: Option<String>,
    owed_by: Vec<String>,
    owed_to: Option<String>,
    form: Option<String>,
    note: Option<Words>,
    versions: Vec<ShownVersion>,
    /// What is proposed and not law.
    proposals: Vec<ShownProposal>,
}

/// The text of a provision from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownVersion {
    effective_from: String,
    effective_to: Option<String>,
    /// When it was adopted, where it applies only later.
    adopted_on: Option<String>,
    /// The conservative reading, in the words of packs: `2d exclude-trigger-day`.
    strict: Option<String>,
    /// The latest defensible reading, where it differs.
    outer: Option<String>,
    /// Other spans for some; the rows, where there is a table.
    variants: Vec<ShownVariant>,
    /// The columns of the table.
    table: Vec<String>,
    /// Why a clock of law has no number.
    period_unknown: Option<Words>,
    reading: Option<String>,
    cites: Option<Words>,
    note: Option<Words>,
}

/// Spans for a case or an organization of some kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownVariant {
    #[schema(example = "hk-cap-653/core-function")]
    when: String,
    strict: Option<String>,
    outer: Option<String>,
    /// What has to be done, where it differs.
    remedy: Option<Words>,
}

/// What is proposed to apply, and does not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProposal {
    proposed_on: Option<String>,
    foreseen_from: Option<String>,
    strict: Option<String>,
    outer: Option<String>,
    note: Option<Words>,
}

/// A recorded decision how an unclear text is understood.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownReading {
    id: String,
    says: Words,
    by: String,
    on: String,
    why: Words,
}

pub(crate) fn confidence(confidence: Confidence) -> String {
    match confidence {
        Confidence::Primary => "primary".to_owned(),
        Confidence::Secondary => "secondary".to_owned(),
        Confidence::Unverified { percent } => format!("unverified 0.{percent:02}"),
    }
}

impl ShownProvision {
    fn of(provision: &Provision) -> Self {
        Self {
            id: provision.id.to_string(),
            class: provision.class.to_string(),
            status: if provision.is_proposed() { "proposed" } else { "in-force" },
            title: provision.title.as_ref().map(Words::of),
            cites: provision.cites.as_ref().map(Words::of),
            source: provision.source.clone(),
            confidence: confidence(provision.confidence),
            arises_on: provision.arises_on.iter().map(ToString::to_string).collect(),
            runs_from: provision.runs_from.as_ref().map(ToString::to_string),
            owed_by: provision.owed_by.iter().map(ToString::to_string).collect(),
            owed_to: provision.owed_to.clone(),
            form: provision.form.clone(),
            note: provision.note.as_ref().map(Words::of),
            versions: provision.versions.iter().map(ShownVersion::of).collect(),
            proposals: provision.proposals.iter().map(ShownProposal::of).collect(),
        }
    }
}

impl ShownVersion {
    fn of(version: &Version) -> Self {
        Self {
            effective_from: version.effective_from.to_string(),
            effective_to: version.effective_to.map(|date| date.to_string()),
            adopted_on: version.adopted_on.map(|date| date.to_string()),
            strict: version.strict.as_ref().map(ToString::to_string),
            outer: version.outer.as_ref().map(ToString::to_string),
            variants: version.variants.iter().map(ShownVariant::of).collect(),
            table: version.table.iter().map(|column| column.id.clone()).collect(),
            period_unknown: version.period_unknown.as_ref().map(Words::of),
            reading: version.reading.clone(),
            cites: version.cites.as_ref().map(Words::of),
            note: version.note.as_ref().map(Words::of),
        }
    }
}

impl ShownVariant {
    fn of(variant: &Variant) -> Self {
        Self {
            when: variant.when.to_string(),
            strict: variant.strict.as_ref().map(ToString::to_string),
            outer: variant.outer.as_ref().map(ToString::to_string),
            remedy: variant.remedy.as_ref().map(Words::of),
        }
    }
}

impl ShownProposal {
    fn of(proposal: &Proposal) -> Self {
        Self {
            proposed_on: proposal.proposed_on.map(|date| date.to_string()),
            foreseen_from: proposal.foreseen_from.map(|date| date.to_string()),
            strict: proposal.strict.as_ref().map(ToString::to_string),
            outer: proposal.outer.as_ref().map(ToString::to_string),
            note: proposal.note.as_ref().map(Words::of),
        }
    }
}

impl ShownReading {
    fn of(reading: &Reading) -> Self {
        Self {
            id: reading.id.clone(),
            says: Words::of(&reading.says),
            by: reading.by.clone(),
            on: reading.on.to_string(),
            why: Words::of(&reading.why),
        }
    }
}

/// Lists the law packs in use.
#[utoipa::path(get, path = "/api/v1/laws", tag = "laws",
    responses((status = 200, body = List<ListedLaw>)))]
pub(crate) async fn list(State(node): State<Node>) -> Shown<List<ListedLaw>> {
    Ok(Json(List::whole(node.law().packs().iter().map(ListedLaw::of).collect())))
}

/// Shows a law pack: its provisions, versions, readings and quoted text.
#[utoipa::path(get, path = "/api/v1/laws/{law}", tag = "laws",
    params(("law" = String, Path, description = "Id of an instrument: `cn-rmsv`.")),
    responses((status = 200, body = ShownLaw)))]
pub(crate) async fn show(State(node): State<Node>, Path(law): Path<String>) -> Shown<ShownLaw> {
    let pack = node.law().pack(&law).ok_or_else(Problem::not_found)?;
    let roles = pack.roles.iter().map(|(role, text)| (role.to_string(), Words::of(text)));
    Ok(Json(ShownLaw {
        law: ListedLaw::of(pack),
        roles: roles.collect(),
        provisions: pack.provisions.iter().map(ShownProvision::of).collect(),
        readings: pack.readings.values().map(ShownReading::of).collect(),
        quotes: pack.quotes.clone(),
    }))
}
