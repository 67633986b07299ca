//! Records of the CVE programme, version 5, with what others added in their containers.
//!
//! A record of a later minor version than the schema here may have properties that it does not
//! know; those are passed over.
//!
//! Source: CVE Program, CVE Record Format 5.1.1.

use std::sync::Arc;

use serde_json::Value;

use super::document::{self, Embedded, ReadError, embedded};
use super::{
    Advisory, Affected, Decision, Document, Event, Exploitation, Exploited, Format, Order,
};
use super::{Product, Range, Reference, Severity, Status, instant, list, text, texts};
use crate::schema::Unknown;

static SCHEMA: Embedded =
    Embedded::new(|| embedded(&[include_str!("../../schemas/cve-5.1.1.json")]));

/// The minor version of the schema.
const MINOR: u32 = 1;

/// Registries by a part of their address, each with the name that OSV has for it.
const COLLECTIONS: [(&str, &str); 16] = [
    ("repo.maven.apache.org", "Maven"),
    ("repo1.maven.org", "Maven"),
    ("mvnrepository.com", "Maven"),
    ("search.maven.org", "Maven"),
    ("central.sonatype.com", "Maven"),
    ("npmjs", "npm"),
    ("pypi.org", "PyPI"),
    ("pypi.python.org", "PyPI"),
    ("crates.io", "crates.io"),
    ("rubygems.org", "RubyGems"),
    ("nuget.org", "NuGet"),
    ("packagist.org", "Packagist"),
    ("pkg.go.dev", "Go"),
    ("proxy.golang.org", "Go"),
    ("hex.pm", "Hex"),
    ("pub.dev", "Pub"),
];

/// Whether `text` is an id of the CVE programme, as `CVE-2021-44228`.
pub fn is_id(text: &str) -> bool {
    let digits = |text: &str, least: usize| {
        text.len() >= least && text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| year.len() == 4 && digits(year, 4) && digits(number, 4))
}

/// Reads a record.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    let version = text(json, "dataVersion");
    let minor = version.as_deref().and_then(|text| text.split('.').nth(1)?.parse::<u32>().ok());
    let later = minor.is_some_and(|minor| minor > MINOR);
    let unknown = if later { Unknown::Ignored } else { Unknown::AsWritten };
    document::check(&SCHEMA, json, unknown)?;
    let advisory = advisory_of(json);
    Ok(Document {
        format_version: version,
        id: Some(advisory.id.clone()),
        publisher: json
            .pointer("/cveMetadata/assignerShortName")
            .and_then(Value::as_str)
            .map(str::to_owned),
        title: advisory.summary.clone(),
        revision: json.pointer("/cveMetadata/serial").map(ToString::to_string),
        published: advisory.published,
        modified: advisory.modified,
        advisories: vec![advisory],
        ..Document::new(Format::Cve)
    })
}

fn advisory_of(json: &Value) -> Advisory {
    let (metadata, containers) = (&json["cveMetadata"], &json["containers"]);
    let cna = &containers["cna"];
    let rejected = metadata["state"] == "REJECTED";
    let words = if rejected { list(cna, "rejectedReasons") } else { list(cna, "descriptions") };
    let english = |one: &&Value| one["lang"].as_str().is_some_and(|lang| lang.starts_with("en"));
    let mut advisory = Advisory {
        id: text(metadata, "cveId").unwrap_or_default(),
        published: instant(metadata, "datePublished"),
        modified: instant(metadata, "dateUpdated"),
        withdrawn: instant(metadata, "dateRejected"),
        rejected,
        summary: text(cna, "title"),
        details: words.iter().find(english).and_then(|one| text(one, "value")),
        ..Advisory::default()
    };
    take(&mut advisory, cna, "/containers/cna", None);
    for (at, adp) in list(containers, "adp").iter().enumerate() {
        let by = text(&adp["providerMetadata"], "shortName").or_else(|| text(adp, "title"));
        take(&mut advisory, adp, &format!("/containers/adp/{at}"), by);
    }
    advisory
}

/// Takes what a container says: that of the assigner, and those that others added.
fn take(advisory: &mut Advisory, container: &Value, pointer: &str, by: Option<String>) {
    for one in list(container, "references") {
        let reference =
            Reference { kinds: texts(one, "tags"), url: text(one, "url").unwrap_or_default() };
        if !advisory.references.iter().any(|known| known.url == reference.url) {
            advisory.references.push(reference);
        }
    }
    let kinds = list(container, "problemTypes").iter().flat_map(|one| list(one, "descriptions"));
    for weakness in kinds.filter_map(|one| text(one, "cweId")) {
        if !advisory.weaknesses.contains(&weakness) {
            advisory.weaknesses.push(weakness);
        }
    }
    for (at, metric) in list(container, "metrics").iter().enumerate() {
        take_metric(advisory, metric, &format!("{pointer}/metrics/{at}"), by.as_ref());
    }
    for (at, product) in list(container, "affected").iter().enumerate() {
        let mut affected = affected_of(product, &format!("{pointer}/affected/{at}"));
        affected.iter_mut().for_each(|one| one.by.clone_from(&by));
        advisory.affected.extend(affected);
    }
    for (at, one) in list(container, "cpeApplicability").iter().enumerate() {
        for (node, matches) in list(one, "nodes").iter().enumerate() {
            for (place, cpe) in list(matches, "cpeMatch").iter().enumerate() {
                let pointer =
                    format!("{pointer}/cpeApplicability/{at}/nodes/{node}/cpeMatch/{place}");
                advisory.affected.extend(of_cpe(cpe, pointer, by.clone()));
            }
        }
    }
}

fn take_metric(advisory: &mut Advisory, metric: &Value, pointer: &str, by: Option<&String>) {
    let scored = ["cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"];
    for system in scored {
        if let Some(vector) = metric.get(system).and_then(|one| text(one, "vectorString")) {
            let (system, by) = (system.to_owned(), by.cloned());
            advisory.severities.push(Severity { system, value: vector, by });
        }
    }
    let (kind, content) = (text(&metric["other"], "type"), &metric["other"]["content"]);
    let who = by.cloned().unwrap_or_else(|| "CNA".to_owned());
    let exploitation = |exploited, since, note| Exploitation {
        exploited,
        since,
        due: None,
        ransomware: None,
        note,
        by: who.clone(),
        pointer: format!("{pointer}/other"),
    };
    match kind.as_deref() {
        Some("kev") => {
            let since = text(content, "dateAdded");
            let known = exploitation(Exploited::Known, since, text(content, "reference"));
            advisory.exploitations.push(known);
        }
        Some("ssvc") => {
            let answers = list(content, "options").iter().filter_map(Value::as_object).flatten();
            let answers: Vec<(String, String)> = answers
                .filter_map(|(point, answer)| Some((point.clone(), answer.as_str()?.to_owned())))
                .collect();
            let point = answers.iter().find(|(point, _)| point == "Exploitation");
            let exploited =
                point.and_then(|(_, answer)| match answer.to_ascii_lowercase().as_str() {
                    "active" => Some(Exploited::Known),
                    "poc" | "public poc" => Some(Exploited::ProofOfConcept),
                    "none" => Some(Exploited::NotKnown),
                    _ => None,
                });
            if let Some(exploited) = exploited {
                let since = text(content, "timestamp");
                advisory.exploitations.push(exploitation(exploited, since, None));
            }
            let at = instant(content, "timestamp");
            advisory.decisions.push(Decision { by: who.clone(), at, answers });
        }
        Some(system) => {
            let word = content.as_object().into_iter().flatten().find_map(|(_, one)| one.as_str());
            if let Some(value) = word {
                let (system, value) = (system.to_owned(), value.to_owned());
                advisory.severities.push(Severity { system, value, by: by.cloned() });
            }
        }
        None => {}
    }
}

fn status_of(value: &Value) -> Status {
    match value.as_str() {
        Some("affected") => Status::Affected,
        Some("unaffected") => Status::NotAffected,
        _ => Status::Unknown,
    }
}

fn product_of(json: &Value) -> Product {
    let collection = text(json, "collectionURL").unwrap_or_default();
    let known = COLLECTIONS.iter().find(|(part, _)| collection.contains(part));
    let package = text(json, "packageName");
    let ecosystem = known.filter(|_| package.is_some()).map(|(_, name)| (*name).to_owned());
    let (product, vendor) = (text(json, "product"), text(json, "vendor"));
    // A package of a product is said of the package, within the product.
    let whole = product.clone().filter(|product| package.as_ref().is_some_and(|it| it != product));
    let named = ecosystem.is_some() || json.get("packageURL").is_some();
    let whole = whole.filter(|_| !named);
    let within = whole.map(|name| {
        let (name, vendor) = (Some(name), vendor.clone());
        Arc::new(Product { name, vendor, ..Product::default() })
    });
    Product {
        ecosystem,
        name: package.or(product),
        vendor,
        within,
        purls: text(json, "packageURL").into_iter().collect(),
        cpes: texts(json, "cpes"),
        ..Product::default()
    }
}

/// The statements about one product, one for each status.
fn affected_of(json: &Value, pointer: &str) -> Vec<Affected> {
    let product = product_of(json);
    let otherwise = json.get("defaultStatus").map(status_of);
    let mut statements: Vec<Affected> = Vec::new();
    let mut entry = |status: Status| -> usize {
        let found = statements.iter().position(|one| one.status == status);
        found.unwrap_or_else(|| {
            let statement = Affected::new(product.clone(), status, pointer.to_owned());
            statements.push(Affected { otherwise, ..statement });
            statements.len() - 1
        })
    };
    let mut parts = Vec::new();
    for version in list(json, "versions") {
        for (status, part) in parts_of(version, json) {
            parts.push((entry(status), part));
        }
    }
    if parts.is_empty() {
        // CVE Record Format: without versions, the default is said of them all.
        entry(otherwise.unwrap_or(Status::Unknown));
    }
    for (at, part) in parts {
        match part {
            Part::Version(version) => statements[at].versions.push(version),
            Part::Range(range) => statements[at].ranges.push(range),
        }
    }
    statements
}

/// A version or a range of them.
enum Part {
    Version(String),
    Range(Range),
}

/// What one entry says: its status from its version on, and another from each change on.
///
/// Changes may stand in any order, and only an order of versions could sort them: so each status has
/// a range of events of its own, which begins where it is taken up and ends where another is.
/// Source: CVE Record Format, `versions[].changes`, and its algorithm, which sorts them.
fn parts_of(json: &Value, product: &Value) -> Vec<(Status, Part)> {
    let version = text(json, "version").unwrap_or_default();
    let end = text(json, "lessThan").map(Event::Before);
    let end = end.or_else(|| text(json, "lessThanOrEqual").map(Event::UpTo));
    let changes = list(json, "changes");
    let first = status_of(&json["status"]);
    if end.is_none() && changes.is_empty() {
        return vec![(first, Part::Version(version))];
    }
    // CVE Record Format: a lone star is without end.
    let end = end
        .filter(|end| *end != Event::Before("*".to_owned()) && *end != Event::UpTo("*".to_owned()));
    let order = match json["versionType"].as_str() {
        Some("semver") => Order::SemVer,
        Some("git") => Order::Git { repository: text(product, "repo") },
        other => Order::Named(other.unwrap_or("custom").to_owned()),
    };
    let changed: Vec<(Status, String)> = changes
        .iter()
        .map(|one| (status_of(&one["status"]), text(one, "at").unwrap_or_default()))
        .collect();
    let mut statuses = vec![first];
    for (status, _) in &changed {
        if !statuses.contains(status) {
            statuses.push(*status);
        }
    }
    let part = |status: Status| {
        let begins = (status == first).then(|| Event::From(version.clone()));
        let changes = changed.iter().map(|(next, at)| {
            if *next == status { Event::From(at.clone()) } else { Event::Before(at.clone()) }
        });
        let events = begins.into_iter().chain(changes).chain(end.clone()).collect();
        (status, Part::Range(Range::Events { order: order.clone(), events }))
    };
    statuses.into_iter().map(part).collect()
}

/// What a CPE match says; one that is not vulnerable is what the others run on, and says nothing.
fn of_cpe(json: &Value, pointer: String, by: Option<String>) -> Option<Affected> {
    if json["vulnerable"] != true {
        return None;
    }
    let product = Product { cpes: vec![text(json, "criteria")?], ..Product::default() };
    let bounds = [
        text(json, "versionStartIncluding").map(Event::From),
        text(json, "versionStartExcluding").map(Event::After),
        text(json, "versionEndIncluding").map(Event::UpTo),
        text(json, "versionEndExcluding").map(Event::Before),
    ];
    let events: Vec<Event> = bounds.into_iter().flatten().collect();
    let order = Order::Named("cpe".to_owned());
    let ranges = if events.is_empty() { Vec::new() } else { vec![Range::Events { order, events }] };
    Some(Affected { ranges, by, ..Affected::new(product, Status::Affected, pointer) })
}
