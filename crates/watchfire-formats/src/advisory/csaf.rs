//! CSAF 2.0 and 2.1: advisories of vendors and coordinators, VEX among them.
//!
//! A document is refused where it violates its schema, and where one of the mandatory tests fails
//! that decide whether its statements mean anything: a product that is not defined, or twice, or by
//! itself, or with two statuses that exclude each other.
//! [`validate`] puts a document to every test that is built, and says which those are.
//!
//! Source: OASIS, Common Security Advisory Framework Version 2.0, and 2.1 in its drafts.

mod bounds;
mod dates;
mod decision;
mod language;
mod licence;
mod line;
mod product;
mod profile;
mod reference;
mod score;
mod status;
mod text;
mod tracking;
mod tree;
pub mod validate;
mod weakness;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::document::{self, Budget, Embedded, ReadError, embedded};
use super::{Advisory, Affected, Decision, Document, Exploitation, Exploited, Format};
use super::{Reference, Severity, Status, instant, list, text as text_of};
use crate::schema::{PROBLEMS_MAX, Problem, Schema};
use product::Products;
use tree::Tree;
pub use validate::{Finding, Group, Report, TESTS};

static SCHEMA_2_0: Embedded = Embedded::new(|| {
    embedded(&[
        include_str!("../../schemas/csaf-2.0.json"),
        include_str!("../../schemas/cvss-2.0.json"),
        include_str!("../../schemas/cvss-3.0.json"),
        include_str!("../../schemas/cvss-3.1.json"),
    ])
});

static SCHEMA_2_1: Embedded = Embedded::new(|| {
    embedded(&[
        include_str!("../../schemas/csaf-2.1.json"),
        include_str!("../../schemas/csaf-2.1-extension-content.json"),
        include_str!("../../schemas/csaf-2.1-extension-metaschema.json"),
        include_str!("../../schemas/cvss-2.0.json"),
        include_str!("../../schemas/cvss-3.0.json"),
        include_str!("../../schemas/cvss-3.1.json"),
        include_str!("../../schemas/cvss-4.0.json"),
        include_str!("../../schemas/ssvc-selections-2.0.0.json"),
    ])
});

/// The tests without which a statement says nothing.
const NEEDED: [&str; 4] = ["6.1.1", "6.1.2", "6.1.3", "6.1.6"];

/// Which version a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 2.0
    Two,
    /// 2.1
    TwoOne,
}

impl Version {
    fn of(json: &Value) -> Result<Self, ReadError> {
        match json.pointer("/document/csaf_version").and_then(Value::as_str) {
            Some("2.0") => Ok(Self::Two),
            Some("2.1") => Ok(Self::TwoOne),
            _ => Err(ReadError::at("/document/csaf_version", "it is neither `2.0` nor `2.1`")),
        }
    }

    fn schema(self) -> &'static Schema {
        match self {
            Self::Two => &SCHEMA_2_0,
            Self::TwoOne => &SCHEMA_2_1,
        }
    }
}

/// Lists of a product status, each with what it says.
const STATUSES: [(&str, Option<Status>); 9] = [
    ("first_affected", Some(Status::Affected)),
    ("first_fixed", Some(Status::Fixed)),
    ("fixed", Some(Status::Fixed)),
    ("known_affected", Some(Status::Affected)),
    ("known_not_affected", Some(Status::NotAffected)),
    ("last_affected", Some(Status::Affected)),
    ("recommended", None),
    ("under_investigation", Some(Status::UnderInvestigation)),
    ("unknown", Some(Status::Unknown)),
];

/// Reads a document.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    let report = validate::of_json(json, &NEEDED)?;
    if !report.schema.is_empty() {
        return Err(ReadError::Odd(report.schema));
    }
    let problem = |one: Finding| Problem {
        pointer: one.pointer,
        reason: format!("test {} of CSAF: {}", one.test, one.message),
    };
    let findings = report.findings.into_iter().take(PROBLEMS_MAX);
    let problems: Vec<Problem> = findings.map(problem).collect();
    if !problems.is_empty() {
        return Err(ReadError::Odd(problems));
    }
    let (head, tracking) = (&json["document"], &json["document"]["tracking"]);
    let tree = Tree::of(json);
    let products = Products::of(&tree)?;
    let mut advisories = Vec::new();
    let mut budget = Budget::default();
    for (at, one) in list(json, "vulnerabilities").iter().enumerate() {
        let pointer = format!("/vulnerabilities/{at}");
        let mut advisory = advisory_of(one, &pointer, head, &products);
        advisory.affected = affected_of(one, &pointer, &products, &mut budget)?;
        advisories.push(advisory);
    }
    Ok(Document {
        format_version: text_of(head, "csaf_version"),
        id: text_of(tracking, "id"),
        publisher: text_of(&head["publisher"], "name"),
        title: text_of(head, "title"),
        revision: text_of(tracking, "version"),
        published: instant(tracking, "initial_release_date"),
        modified: instant(tracking, "current_release_date"),
        advisories,
        ..Document::new(Format::Csaf)
    })
}

fn advisory_of<'a>(
    json: &'a Value,
    pointer: &str,
    head: &'a Value,
    products: &Products<'a>,
) -> Advisory {
    let ids = list(json, "ids").iter().filter_map(|one| text_of(one, "text"));
    let tracking = &head["tracking"];
    let document = text_of(tracking, "id");
    let mut names = text_of(json, "cve").into_iter().chain(ids).chain(document.clone());
    let id = names.next().unwrap_or_default();
    // The name of the document is that of all its vulnerabilities, so it is no alias of one.
    let aliases = names.filter(|name| *name != id && Some(name) != document.as_ref()).collect();
    let note = |category: &str| {
        let found = list(json, "notes").iter().find(|note| note["category"] == category);
        found.and_then(|note| text_of(note, "text"))
    };
    let weaknesses = json.get("cwe").into_iter().chain(list(json, "cwes"));
    let references = list(json, "references").iter().chain(list(head, "references"));
    let modified = instant(tracking, "current_release_date");
    let withdrawn = text_of(head, "category").is_some_and(|category| category == "csaf_withdrawn");
    Advisory {
        id,
        aliases,
        related: document.into_iter().collect(),
        published: instant(tracking, "initial_release_date"),
        modified,
        withdrawn: modified.filter(|_| withdrawn),
        rejected: withdrawn,
        summary: text_of(json, "title").or_else(|| text_of(head, "title")),
        details: note("description").or_else(|| note("summary")).or_else(|| note("details")),
        severities: severities_of(json, products).0,
        weaknesses: weaknesses.filter_map(|one| text_of(one, "id")).collect(),
        references: references
            .map(|one| Reference {
                kinds: text_of(one, "category").into_iter().collect(),
                url: text_of(one, "url").unwrap_or_default(),
            })
            .collect(),
        exploitations: exploitations_of(json, pointer, head),
        decisions: decisions_of(json, head),
        pointer: pointer.to_owned(),
        ..Advisory::default()
    }
}

/// What is said of each product, with what stands elsewhere in the vulnerability about it.
fn affected_of<'a>(
    json: &'a Value,
    pointer: &str,
    products: &Products<'a>,
    budget: &mut Budget,
) -> Result<Vec<Affected>, ReadError> {
    let mut flags: HashMap<&str, Arc<str>> = HashMap::new();
    let mut impacts: HashMap<&str, Arc<str>> = HashMap::new();
    let mut actions: HashMap<&str, Arc<str>> = HashMap::new();
    let note = |map: &mut HashMap<&'a str, Arc<str>>, one: &'a Value, key: &str| {
        let text: Arc<str> = text_of(one, key).unwrap_or_default().into();
        for id in products.named(one) {
            map.entry(id).or_insert_with(|| text.clone());
        }
    };
    list(json, "flags").iter().for_each(|one| note(&mut flags, one, "label"));
    let impact = list(json, "threats").iter().filter(|one| one["category"] == "impact");
    impact.for_each(|one| note(&mut impacts, one, "details"));
    list(json, "remediations").iter().for_each(|one| note(&mut actions, one, "details"));
    let severities = severities_of(json, products).1;
    let mut affected = Vec::new();
    for (key, status) in STATUSES {
        let Some(status) = status else { continue };
        let ids = json.get("product_status").map(|status| list(status, key)).unwrap_or_default();
        for (at, id) in ids.iter().enumerate() {
            let id = id.as_str().unwrap_or_default();
            let Some(meant) = products.get(id) else { continue };
            budget.take(1, meant.bytes())?;
            let pointer = format!("{pointer}/product_status/{key}/{at}");
            affected.push(Affected {
                versions: meant.versions.clone(),
                ranges: meant.ranges.clone(),
                justification: flags.get(id).cloned(),
                impact: impacts.get(id).cloned(),
                action: actions.get(id).cloned(),
                severities: severities.get(id).cloned().unwrap_or_default(),
                ..Affected::new(meant.product.clone(), status, pointer)
            });
        }
    }
    let between = bounds::between(json, pointer, products);
    budget.take(between.len(), 0)?;
    affected.extend(between);
    Ok(affected)
}

/// The severities of a vulnerability, all of them and by product.
fn severities_of<'a>(
    json: &'a Value,
    products: &Products<'a>,
) -> (Vec<Severity>, HashMap<&'a str, Vec<Severity>>) {
    let (mut all, mut by_product) = (Vec::new(), HashMap::<_, Vec<Severity>>::new());
    let metrics = list(json, "metrics").iter().map(|one| (one, &one["content"]));
    let scores = list(json, "scores").iter().map(|one| (one, one));
    for (one, content) in metrics.chain(scores) {
        let by = text_of(one, "source");
        for system in ["cvss_v4", "cvss_v3", "cvss_v2"] {
            let Some(value) = content.get(system).and_then(|score| text_of(score, "vectorString"))
            else {
                continue;
            };
            let severity = Severity { system: system.to_owned(), value, by: by.clone() };
            if !all.contains(&severity) {
                all.push(severity.clone());
            }
            for id in products.named(one) {
                by_product.entry(id).or_default().push(severity.clone());
            }
        }
    }
    (all, by_product)
}

fn exploitations_of(json: &Value, pointer: &str, head: &Value) -> Vec<Exploitation> {
    let by = text_of(&head["publisher"], "name").unwrap_or_default();
    let one = |exploited, since, note, pointer| Exploitation {
        exploited,
        since,
        due: None,
        ransomware: None,
        note,
        by: by.clone(),
        pointer,
    };
    let dates =
        list(json, "first_known_exploitation_dates").iter().enumerate().map(|(at, date)| {
            let pointer = format!("{pointer}/first_known_exploitation_dates/{at}");
            one(Exploited::Known, text_of(date, "exploitation_date"), None, pointer)
        });
    dates.collect()
}

/// SSVC of CSAF 2.1: selections by their keys.
fn decisions_of(json: &Value, head: &Value) -> Vec<Decision> {
    let publisher = text_of(&head["publisher"], "name").unwrap_or_default();
    let metrics = list(json, "metrics").iter();
    let ssvc = metrics.filter_map(|one| Some((one, one.pointer("/content/ssvc_v2")?)));
    let decision = |(metric, one): (&Value, &Value)| Decision {
        by: text_of(metric, "source").unwrap_or_else(|| publisher.clone()),
        at: instant(one, "timestamp"),
        answers: list(one, "selections")
            .iter()
            .flat_map(|point| {
                let values = list(point, "values").iter().filter_map(|value| text_of(value, "key"));
                let name = text_of(point, "name").or_else(|| text_of(point, "key"));
                values
                    .map(move |value| (name.clone().unwrap_or_default(), value))
                    .collect::<Vec<_>>()
            })
            .collect(),
    };
    ssvc.map(decision).collect()
}
