//! Advisories of ruby-advisory-db, in YAML as they are there, or as JSON.
//!
//! Source: rubysec/ruby-advisory-db, README, "Directory structure" and "Format".

use serde_json::Value;

use super::document::{self, Found, ReadError};
use super::{Advisory, Affected, Document, Format, Product, Range, Reference, Severity, Status};
use super::{text, texts, yaml};

/// What is a number; everything else of a record is a text, or a list or map of such.
const NUMBERS: [&str; 4] = ["cvss_v2", "cvss_v3", "cvss_v4", "osvdb"];

/// Reads an advisory.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if !yaml::looks_like(bytes) {
        return of_json(&document::parse(bytes)?);
    }
    let mut record = yaml::parse(bytes)?;
    if !matches!(document::found(&record), Some(Found::RubySec)) {
        return Err(ReadError::Unknown);
    }
    let members = record.as_object_mut().into_iter().flatten();
    for (key, value) in members.filter(|(key, _)| NUMBERS.contains(&key.as_str())) {
        let number = value.as_str().and_then(|text| text.parse::<serde_json::Number>().ok());
        match (number, &value) {
            (Some(number), _) => *value = Value::Number(number),
            (None, Value::Null) => {}
            (None, _) => return Err(ReadError::at(format!("/{key}"), "it is no number")),
        }
    }
    // What is empty is as if it were not there.
    if let Some(members) = record.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    of_json(&record)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    for (key, many) in [
        ("title", false),
        ("date", false),
        ("url", false),
        ("patched_versions", true),
        ("unaffected_versions", true),
    ] {
        let value = json.get(key);
        let fine = match value {
            None => many,
            Some(Value::Array(list)) => many && list.iter().all(Value::is_string),
            Some(value) => !many && value.is_string(),
        };
        if !fine {
            return Err(ReadError::at(
                format!("/{key}"),
                "it is missing, or no text or list of texts",
            ));
        }
    }
    let day = text(json, "date").unwrap_or_default();
    let published = crate::instant::read(&format!("{day}T00:00:00Z"));
    let published =
        published.ok_or_else(|| ReadError::at("/date", format!("`{day}` is no day")))?;
    let mut names = names_of(json).into_iter();
    let id = names
        .next()
        .ok_or_else(|| ReadError::at("", "it has neither `cve`, `ghsa` nor `osvdb`"))?;
    let related = json.get("related").unwrap_or(&Value::Null);
    let urls = text(json, "url").into_iter().chain(texts(related, "url"));
    let advisory = Advisory {
        id: id.clone(),
        aliases: names.collect(),
        related: texts(related, "cve")
            .iter()
            .map(|cve| format!("CVE-{cve}"))
            .chain(texts(related, "ghsa").iter().map(|ghsa| format!("GHSA-{ghsa}")))
            .collect(),
        published: Some(published),
        summary: text(json, "title"),
        details: text(json, "description"),
        severities: severities_of(json),
        references: urls.map(|url| Reference { kinds: Vec::new(), url }).collect(),
        affected: affected_of(json)?,
        ..Advisory::default()
    };
    Ok(Document {
        id: Some(id),
        publisher: Some("RubySec".to_owned()),
        title: advisory.summary.clone(),
        published: Some(published),
        advisories: vec![advisory],
        ..Document::new(Format::RubySec)
    })
}

fn names_of(json: &Value) -> Vec<String> {
    let osvdb = json.get("osvdb").and_then(Value::as_u64);
    [
        text(json, "cve").map(|cve| format!("CVE-{cve}")),
        text(json, "ghsa").map(|ghsa| format!("GHSA-{ghsa}")),
        osvdb.map(|number| format!("OSVDB-{number}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn severities_of(json: &Value) -> Vec<Severity> {
    let score = |key: &str| {
        let value = json.get(key).filter(|value| value.is_number())?.to_string();
        Some(Severity { system: key.to_owned(), value, by: None })
    };
    ["cvss_v4", "cvss_v3", "cvss_v2"].into_iter().filter_map(score).collect()
}

fn affected_of(json: &Value) -> Result<Vec<Affected>, ReadError> {
    let named =
        ["gem", "engine", "library"].into_iter().find_map(|key| Some((key, text(json, key)?)));
    let (kind, name) =
        named.ok_or_else(|| ReadError::at("", "it has neither `gem`, `engine` nor `library`"))?;
    let product = Product {
        ecosystem: (kind == "gem").then(|| "RubyGems".to_owned()),
        name: Some(name),
        ..Product::default()
    };
    let statement = |status: Status, key: &str| {
        let ranges: Vec<Range> = texts(json, key).into_iter().map(Range::Native).collect();
        let base = Affected::new(product.clone(), status, format!("/{key}"));
        // What is neither patched nor unaffected is affected.
        (!ranges.is_empty()).then_some(Affected {
            ranges,
            otherwise: Some(Status::Affected),
            ..base
        })
    };
    let said: Vec<Affected> = [
        statement(Status::Fixed, "patched_versions"),
        statement(Status::NotAffected, "unaffected_versions"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if said.is_empty() {
        return Ok(vec![Affected::new(product, Status::Affected, String::new())]);
    }
    Ok(said)
}
