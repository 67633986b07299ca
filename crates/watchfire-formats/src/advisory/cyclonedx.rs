//! The vulnerabilities in a CycloneDX document, as JSON or XML: what its author says of the components in it, or of
//! those of another document.
//!
//! The rest of the document is an inventory and read elsewhere.
//!
//! Source: CycloneDX 1.4 to 1.7, `vulnerabilities`.

pub(super) mod xml;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::document::{self, Budget, ReadError};
use super::{Advisory, Affected, Document, Format, Product, Range, Reference, Severity, Status};
use super::{instant, list, text};

/// Reads the vulnerabilities of a document in JSON or XML.
///
/// A pointer leads to the place that the statement has or would have in JSON.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if xml::looks_like(bytes) {
        return of_json(&xml::json(bytes)?);
    }
    of_json(&document::parse(bytes)?)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    let Some(version) = text(json, "specVersion") else {
        return Err(ReadError::at("/specVersion", "it is missing, or no text"));
    };
    let mut products = Products { components: components(json), known: HashMap::new() };
    let main = json.pointer("/metadata/component").map(product_of).map(Arc::new);
    let mut advisories = Vec::new();
    let mut budget = Budget::default();
    for (at, one) in list(json, "vulnerabilities").iter().enumerate() {
        let pointer = format!("/vulnerabilities/{at}");
        let advisory = advisory_of(one, pointer, &mut products, main.as_ref(), &mut budget)?;
        advisories.push(advisory);
    }
    let metadata = json.get("metadata").unwrap_or(&Value::Null);
    let publisher = ["supplier", "manufacturer", "manufacture"];
    let publisher = publisher.iter().find_map(|key| text(metadata.get(key)?, "name"));
    Ok(Document {
        format_version: Some(version),
        id: text(json, "serialNumber"),
        publisher,
        title: main.and_then(|main| main.name.clone()),
        revision: json.get("version").map(ToString::to_string),
        published: instant(metadata, "timestamp"),
        modified: instant(metadata, "timestamp"),
        advisories,
        ..Document::new(Format::CycloneDx)
    })
}

/// Products by their `bom-ref`: each is made once.
struct Products<'a> {
    components: HashMap<&'a str, &'a Value>,
    known: HashMap<&'a str, Arc<Product>>,
}

impl<'a> Products<'a> {
    /// The product that is referred to, and the version that its component has.
    fn get(&mut self, reference: &'a str) -> (Arc<Product>, Option<String>) {
        let component = self.components.get(reference).copied();
        let made = || component.map_or_else(|| named(reference), product_of).into();
        let product = self.known.entry(reference).or_insert_with(made).clone();
        (product, component.and_then(|component| text(component, "version")))
    }
}

/// The components of a document by their `bom-ref`, however deep they stand.
fn components(json: &Value) -> HashMap<&str, &Value> {
    let mut found = HashMap::new();
    let mut open: Vec<&Value> = list(json, "components").iter().collect();
    open.extend(list(json, "services"));
    open.extend(json.pointer("/metadata/component"));
    while let Some(component) = open.pop() {
        if let Some(reference) = component.get("bom-ref").and_then(Value::as_str) {
            found.insert(reference, component);
        }
        open.extend(list(component, "components"));
        open.extend(list(component, "services"));
    }
    found
}

fn product_of(component: &Value) -> Product {
    let hash = |one: &Value| Some((text(one, "alg")?, text(one, "content")?));
    let group = text(component, "group");
    let name = text(component, "name");
    Product {
        name: match (&group, name) {
            (Some(group), Some(name)) => Some(format!("{group}/{name}")),
            (_, name) => name,
        },
        version: text(component, "version"),
        vendor: component.get("supplier").and_then(|one| text(one, "name")),
        purls: text(component, "purl").into_iter().collect(),
        cpes: text(component, "cpe").into_iter().collect(),
        hashes: list(component, "hashes").iter().filter_map(hash).collect(),
        reference: text(component, "bom-ref"),
        ..Product::default()
    }
}

fn advisory_of<'a>(
    json: &'a Value,
    pointer: String,
    products: &mut Products<'a>,
    main: Option<&Arc<Product>>,
    budget: &mut Budget,
) -> Result<Advisory, ReadError> {
    let equal = list(json, "references").iter().filter_map(|one| text(one, "id"));
    let mut names = text(json, "id").into_iter().chain(equal);
    let odd = || ReadError::at(format!("{pointer}/id"), "the vulnerability has no name");
    let id = names.next().ok_or_else(odd)?;
    let aliases = names.filter(|name| *name != id).collect();
    let status = status_of(json, &pointer)?;
    let analysis = json.get("analysis").unwrap_or(&Value::Null);
    let shared = |of: &Value, key: &str| text(of, key).map(Arc::<str>::from);
    let (justification, impact) = (shared(analysis, "justification"), shared(analysis, "detail"));
    let action = shared(json, "recommendation");
    let said = |product: Arc<Product>, status: Status, pointer: String| Affected {
        justification: justification.clone(),
        impact: impact.clone(),
        action: action.clone(),
        since: instant(analysis, "lastUpdated").or_else(|| instant(analysis, "firstIssued")),
        ..Affected::new(product, status, pointer)
    };
    let mut affected = Vec::new();
    for (at, one) in list(json, "affects").iter().enumerate() {
        let pointer = format!("{pointer}/affects/{at}");
        let reference = one.get("ref").and_then(Value::as_str).filter(|text| !text.is_empty());
        let reference =
            reference.ok_or_else(|| ReadError::at(format!("{pointer}/ref"), "it is missing"))?;
        let (product, version) = products.get(reference);
        let versions = versions_of(one, status, &pointer)?;
        budget.take(versions.len().max(1), version.as_ref().map_or(0, String::len))?;
        if versions.is_empty() {
            let status = status.unwrap_or(Status::Affected);
            let versions = version.into_iter().collect();
            affected.push(Affected { versions, ..said(product.clone(), status, pointer.clone()) });
        }
        for (status, versions, ranges) in versions {
            let base = said(product.clone(), status, pointer.clone());
            affected.push(Affected { versions, ranges, ..base });
        }
    }
    if affected.is_empty() {
        let product = main.cloned().unwrap_or_default();
        budget.take(1, 0)?;
        let versions = product.version.iter().cloned().collect();
        let said = said(product, status.unwrap_or(Status::Affected), pointer.clone());
        affected.push(Affected { versions, ..said });
    }
    Ok(Advisory {
        id,
        aliases,
        published: instant(json, "published"),
        modified: instant(json, "updated"),
        withdrawn: instant(json, "rejected"),
        rejected: is_rejected(json, &pointer)?,
        summary: text(json, "description"),
        details: text(json, "detail"),
        severities: list(json, "ratings").iter().filter_map(severity_of).collect(),
        weaknesses: list(json, "cwes")
            .iter()
            .filter_map(Value::as_u64)
            .map(|it| format!("CWE-{it}"))
            .collect(),
        references: list(json, "advisories").iter().filter_map(reference_of).collect(),
        affected,
        pointer,
        ..Advisory::default()
    })
}

fn reference_of(json: &Value) -> Option<Reference> {
    let kinds = text(json, "title").into_iter().collect();
    Some(Reference { kinds, url: text(json, "url")? })
}

/// Whether it was taken back: the time of that is written, not an empty text or null.
fn is_rejected(json: &Value, pointer: &str) -> Result<bool, ReadError> {
    match json.get("rejected") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::String(time)) => Ok(!time.trim().is_empty()),
        Some(_) => {
            let reason = "it is no time at which the vulnerability was taken back";
            Err(ReadError::at(format!("{pointer}/rejected"), reason))
        }
    }
}

/// A product of which nothing is known but how it is referred to.
fn named(reference: &str) -> Product {
    let purl = reference.rsplit_once('#').map_or(reference, |(_, element)| element);
    let purls = [purl].into_iter().filter(|purl| purl.starts_with("pkg:")).map(str::to_owned);
    Product { purls: purls.collect(), reference: Some(reference.to_owned()), ..Product::default() }
}

/// What the analysis says; `None` where there is none.
fn status_of(json: &Value, pointer: &str) -> Result<Option<Status>, ReadError> {
    let Some(state) = json.pointer("/analysis/state") else { return Ok(None) };
    Ok(Some(match state.as_str() {
        Some("exploitable") => Status::Affected,
        Some("resolved" | "resolved_with_pedigree") => Status::Fixed,
        Some("not_affected" | "false_positive") => Status::NotAffected,
        Some("in_triage") => Status::UnderInvestigation,
        _ => return Err(ReadError::at(format!("{pointer}/analysis/state"), "it is no state")),
    }))
}

type Versions = (Status, Vec<String>, Vec<Range>);

/// The versions that an entry names, by their status; the analysis speaks of the affected ones.
fn versions_of(
    json: &Value,
    analysed: Option<Status>,
    pointer: &str,
) -> Result<Vec<Versions>, ReadError> {
    let mut found: Vec<Versions> = Vec::new();
    for (at, one) in list(json, "versions").iter().enumerate() {
        let status = match one.get("status").and_then(Value::as_str) {
            None | Some("affected") => analysed.unwrap_or(Status::Affected),
            Some("unaffected") => Status::NotAffected,
            Some("unknown") => Status::Unknown,
            Some(_) => {
                return Err(ReadError::at(
                    format!("{pointer}/versions/{at}/status"),
                    "it is no status",
                ));
            }
        };
        let at = found.iter().position(|(known, ..)| *known == status).unwrap_or_else(|| {
            found.push((status, Vec::new(), Vec::new()));
            found.len() - 1
        });
        // Some write a range where the standard wants one version.
        let (ranges, versions): (Vec<String>, Vec<String>) =
            text(one, "version").into_iter().partition(|version| version.starts_with("vers:"));
        found[at].1.extend(versions);
        found[at].2.extend(ranges.into_iter().chain(text(one, "range")).map(Range::Vers));
    }
    Ok(found)
}

fn severity_of(json: &Value) -> Option<Severity> {
    let number = json.get("score").filter(|score| score.is_number()).map(ToString::to_string);
    let value = text(json, "vector").or(number).or_else(|| text(json, "severity"))?;
    let system = text(json, "method").unwrap_or_else(|| "word".to_owned());
    Some(Severity { system, value, by: json.get("source").and_then(|one| text(one, "name")) })
}
