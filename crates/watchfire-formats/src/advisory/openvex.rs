//! OpenVEX: statements that a product is affected by a vulnerability, or is not.
//!
//! Documents of version 0.2 are checked by their schema; those of the versions before it, which
//! had none, by what they need to say anything.
//!
//! Source: OpenVEX specification 0.2.0, and 0.0.1 for what was written before.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::document::{self, Budget, Embedded, ReadError, embedded};
use super::{Advisory, Affected, Document, Format, Product, Status, instant, list, text, texts};
use crate::schema::Unknown;

static SCHEMA: Embedded = Embedded::new(|| embedded(&[include_str!("../../schemas/openvex.json")]));

/// Reads a document.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    let context = text(json, "@context").unwrap_or_default();
    let version = context.rsplit_once("/v").map(|(_, version)| version.to_owned());
    // The first versions had one context without a number.
    let current = version.as_deref().is_some_and(|version| !version.starts_with("0.0"));
    if current {
        document::check(&SCHEMA, json, Unknown::AsWritten)?;
    }
    let published = instant(json, "timestamp");
    let modified = instant(json, "last_updated").or(published);
    let mut advisories: Vec<Advisory> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut budget = Budget::default();
    for (at, statement) in list(json, "statements").iter().enumerate() {
        let pointer = format!("/statements/{at}");
        let (id, aliases) = named(statement, &pointer)?;
        let mut affected = affected_of(statement, &pointer, &mut budget)?;
        let since = instant(statement, "last_updated").or_else(|| instant(statement, "timestamp"));
        affected.iter_mut().for_each(|one| one.since = since.or(modified));
        let details = statement
            .get("vulnerability")
            .and_then(|it| text(it, "description"))
            .or_else(|| text(statement, "vuln_description"));
        let place = *places.entry(id.clone()).or_insert_with(|| {
            let advisory = Advisory { id, published, modified, pointer, ..Advisory::default() };
            advisories.push(advisory);
            advisories.len() - 1
        });
        // A later statement may know more names of the same vulnerability.
        let known = &mut advisories[place];
        known.aliases.extend(aliases);
        known.details = known.details.take().or(details);
        known.affected.extend(affected);
    }
    for one in &mut advisories {
        one.aliases.sort_unstable();
        one.aliases.dedup();
        let Advisory { id, aliases, .. } = one;
        aliases.retain(|alias| alias != id);
    }
    if advisories.is_empty() {
        return Err(ReadError::at("/statements", "there is no statement"));
    }
    Ok(Document {
        format_version: version,
        id: text(json, "@id"),
        publisher: text(json, "author"),
        revision: json
            .get("version")
            .map(|version| version.as_str().map_or_else(|| version.to_string(), str::to_owned)),
        published,
        modified,
        advisories,
        ..Document::new(Format::OpenVex)
    })
}

/// The name of the vulnerability and its aliases; a text alone before version 0.2.
fn named(statement: &Value, pointer: &str) -> Result<(String, Vec<String>), ReadError> {
    let vulnerability = statement.get("vulnerability").unwrap_or(&Value::Null);
    let name = vulnerability.as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let name = name.or_else(|| text(vulnerability, "name")).or_else(|| text(vulnerability, "@id"));
    let odd = || ReadError::at(format!("{pointer}/vulnerability"), "the vulnerability has no name");
    Ok((name.ok_or_else(odd)?, texts(vulnerability, "aliases")))
}

fn affected_of(
    statement: &Value,
    pointer: &str,
    budget: &mut Budget,
) -> Result<Vec<Affected>, ReadError> {
    let status = match statement.get("status").and_then(Value::as_str) {
        Some("affected") => Status::Affected,
        Some("fixed") => Status::Fixed,
        Some("not_affected") => Status::NotAffected,
        Some("under_investigation") => Status::UnderInvestigation,
        _ => return Err(ReadError::at(format!("{pointer}/status"), "it is missing, or no status")),
    };
    let shared = |key: &str| text(statement, key).map(Arc::<str>::from);
    let justification = shared("justification");
    let impact = shared("impact_statement").or_else(|| shared("status_notes"));
    let action = shared("action_statement");
    let said = |product: Arc<Product>, pointer: String| Affected {
        justification: justification.clone(),
        impact: impact.clone(),
        action: action.clone(),
        ..Affected::new(product, status, pointer)
    };
    let mut affected = Vec::new();
    for (at, product) in list(statement, "products").iter().enumerate() {
        let pointer = format!("{pointer}/products/{at}");
        let whole = Arc::new(product_of(product));
        // Version 0.0.1 has the parts beside the products, later ones within each.
        let own = list(product, "subcomponents");
        let parts = if own.is_empty() { list(statement, "subcomponents") } else { own };
        for part in parts {
            let within = Some(whole.clone());
            let part = Product { within, ..product_of(part) };
            budget.take(1, part.bytes())?;
            affected.push(said(part.into(), pointer.clone()));
        }
        if parts.is_empty() {
            budget.take(1, 0)?;
            affected.push(said(whole, pointer));
        }
    }
    if affected.is_empty() {
        // The product is then the one that the document travels with.
        budget.take(1, 0)?;
        affected.push(said(Product::default().into(), pointer.to_owned()));
    }
    Ok(affected)
}

/// A product by its id, which is a package URL mostly, and by its other names.
fn product_of(json: &Value) -> Product {
    let id = json.as_str().map(str::to_owned).or_else(|| text(json, "@id"));
    let names = json.get("identifiers").unwrap_or(&Value::Null);
    let mut purls: Vec<String> =
        id.clone().into_iter().filter(|id| id.starts_with("pkg:")).collect();
    purls.extend(text(names, "purl").filter(|purl| !purls.contains(purl)));
    let hashes = json.get("hashes").and_then(Value::as_object).into_iter().flatten();
    let hash = |(kind, value): (&String, &Value)| Some((kind.clone(), value.as_str()?.to_owned()));
    Product {
        purls,
        cpes: ["cpe23", "cpe22"].iter().filter_map(|key| text(names, key)).collect(),
        hashes: hashes.filter_map(hash).collect(),
        reference: id,
        ..Product::default()
    }
}
