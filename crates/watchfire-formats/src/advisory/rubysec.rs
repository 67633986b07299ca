//! Advisories of ruby-advisory-db, whose fields are written in YAML there.
//!
//! What is read here is the same tree as JSON: no parser of YAML is part of the program.
//!
//! Source: rubysec/ruby-advisory-db, README, "Directory structure" and "Format".

use serde_json::Value;

use super::document::{self, ReadError};
use super::{Advisory, Affected, Document, Format, Product, Range, Reference, Severity, Status};
use super::{text, texts};

/// Reads an advisory.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
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
