//! CISA's catalogue of known exploited vulnerabilities.
//!
//! Source: CISA, Known Exploited Vulnerabilities Catalog, JSON schema; Binding Operational
//! Directive 22-01 for whom the days bind.

use serde_json::Value;

use super::document::{self, Embedded, ReadError, embedded};
use super::{Advisory, Affected, Document, Exploitation, Exploited, Format, Product, Reference};
use super::{Status, instant, list, text, texts};
use crate::schema::Unknown;

static SCHEMA: Embedded = Embedded::new(|| embedded(&[include_str!("../../schemas/kev.json")]));

/// Reads the catalogue.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    document::check(&SCHEMA, json, Unknown::AsWritten)?;
    let entries = list(json, "vulnerabilities");
    // The catalogue says how long it is: one that was cut off says too much.
    if json.get("count").and_then(Value::as_u64) != Some(entries.len() as u64) {
        let reason = format!("`count` says another number than the {} entries", entries.len());
        return Err(ReadError::at("/count", reason));
    }
    let released = instant(json, "dateReleased");
    let entry = |(at, one): (usize, &Value)| entry_of(one, format!("/vulnerabilities/{at}"));
    Ok(Document {
        publisher: Some("CISA".to_owned()),
        title: text(json, "title"),
        revision: text(json, "catalogVersion"),
        published: released,
        modified: released,
        advisories: entries.iter().enumerate().map(entry).collect(),
        ..Document::new(Format::Kev)
    })
}

fn entry_of(json: &Value, pointer: String) -> Advisory {
    let product = Product {
        vendor: text(json, "vendorProject"),
        name: text(json, "product"),
        ..Product::default()
    };
    let ransomware = match json.get("knownRansomwareCampaignUse").and_then(Value::as_str) {
        Some("Known") => Some(true),
        _ => None,
    };
    // The notes are addresses between semicolons, and words at times.
    let notes = text(json, "notes").unwrap_or_default();
    let links = notes.split([';', ' ']).filter(|part| part.starts_with("http"));
    Advisory {
        id: text(json, "cveID").unwrap_or_default(),
        summary: text(json, "vulnerabilityName"),
        details: text(json, "shortDescription"),
        weaknesses: texts(json, "cwes"),
        references: links.map(|url| Reference { kinds: Vec::new(), url: url.to_owned() }).collect(),
        affected: vec![Affected::new(product, Status::Affected, pointer.clone())],
        exploitations: vec![Exploitation {
            exploited: Exploited::Known,
            since: text(json, "dateAdded"),
            due: text(json, "dueDate"),
            ransomware,
            note: text(json, "requiredAction"),
            by: "CISA".to_owned(),
            pointer: pointer.clone(),
        }],
        pointer,
        ..Advisory::default()
    }
}
