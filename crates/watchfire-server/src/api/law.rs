//! The law packs in use: read by everybody who works here.

mod amendment;
mod case;
mod provision;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use watchfire_core::law::Lawbook;
use watchfire_core::law::confidence::Confidence;
use watchfire_core::law::pack::{MetBy, Pack, Reading, Trigger};
use watchfire_core::law::text::{Language, Text};

use super::{List, Shown};
use crate::auth::Caller;
use crate::error::Problem;
use crate::state::Node;

pub(crate) use amendment::{__path_amendments, amendments};
pub(crate) use case::{__path_cases, cases};
use provision::ShownProvision;

/// Words in each language of the house.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Words {
    en: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
}

impl Words {
    /// Says something in each language.
    pub(crate) fn in_both(say: impl Fn(Language) -> String) -> Self {
        Self { en: say(Language::En), zh_cn: say(Language::ZhCn) }
    }

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
    /// What the kinds of fact, questions and attributes mean that its provisions name.
    terms: BTreeMap<String, Words>,
    /// The quoted text, by language, in Markdown.
    quotes: BTreeMap<String, String>,
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

impl ShownReading {
    fn of(reading: &Reading) -> Self {
        Self {
            id: reading.id.to_string(),
            says: Words::of(&reading.says),
            by: reading.by.clone(),
            on: reading.on.to_string(),
            why: Words::of(&reading.why),
        }
    }
}

/// The words that the provisions of a pack use, with their meaning.
fn terms(pack: &Pack, laws: &Lawbook) -> BTreeMap<String, Words> {
    let mut found = BTreeMap::new();
    let words = laws.words();
    for provision in &pack.provisions {
        let kinds = provision.triggers().into_iter().filter_map(|trigger| match trigger {
            Trigger::Kind(kind) => Some(kind),
            Trigger::Submitted(_) => None,
        });
        let met = provision.met_by.iter().filter_map(|by| match by {
            MetBy::Kind(kind) => Some(kind),
            MetBy::Decided(_) => None,
        });
        let steps = provision.awareness.strict.iter().chain(&provision.awareness.outer);
        for kind in kinds.chain(met).chain(steps).chain(provision.provisional_on.keys()) {
            let meaning = words.facts.get(kind).map(Words::of);
            found.extend(meaning.map(|meaning| (kind.to_string(), meaning)));
        }
        for condition in provision.conditions() {
            for id in condition.predicates() {
                let asked = words.predicates.get(id).map(|one| Words::of(&one.question));
                found.extend(asked.map(|asked| (id.to_string(), asked)));
            }
            for id in condition.attributes() {
                let meaning = words.attributes.get(id).map(|one| Words::of(&one.meaning));
                found.extend(meaning.map(|meaning| (id.to_string(), meaning)));
            }
        }
    }
    found
}

/// Lists the law packs in use.
#[utoipa::path(get, path = "/api/v1/laws", tag = "laws",
    responses((status = 200, body = List<ListedLaw>)))]
pub(crate) async fn list(State(node): State<Node>) -> Shown<List<ListedLaw>> {
    Ok(Json(List::whole(node.law().packs().iter().map(ListedLaw::of).collect())))
}

/// Shows a law pack: its provisions with their conditions and counts in words, versions, readings
/// and quoted text. What the house reads more strictly is shown to its own people alone.
#[utoipa::path(get, path = "/api/v1/laws/{law}", tag = "laws",
    params(("law" = String, Path, description = "Id of an instrument: `cn-rmsv`.")),
    responses((status = 200, body = ShownLaw)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(law): Path<String>,
) -> Shown<ShownLaw> {
    let laws = node.law_for(&caller.viewer).await?;
    let pack = laws.pack(&law).ok_or_else(Problem::not_found)?;
    let roles = pack.roles.iter().map(|(role, text)| (role.to_string(), Words::of(text)));
    Ok(Json(ShownLaw {
        law: ListedLaw::of(pack),
        roles: roles.collect(),
        provisions: pack.provisions.iter().map(|one| ShownProvision::of(one, pack, laws)).collect(),
        terms: terms(pack, laws),
        readings: pack.readings.values().map(ShownReading::of).collect(),
        quotes: pack.quotes.clone(),
    }))
}
