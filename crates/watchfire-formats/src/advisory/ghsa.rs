//! Advisories as GitHub's own interfaces give them, GraphQL's and REST's.
//!
//! Source: GitHub, "Global security advisories" (REST) and `SecurityAdvisory` (GraphQL).

use serde_json::Value;

use super::document::{self, ReadError};
use super::{Advisory, Affected, Document, Event, Format, Order, Product, Range, Reference};
use super::{Severity, Status, instant, list, text};

/// Ecosystems of GitHub, each with the name that OSV has for it.
const ECOSYSTEMS: [(&str, &str); 13] = [
    ("actions", "GitHub Actions"),
    ("composer", "Packagist"),
    ("erlang", "Hex"),
    ("go", "Go"),
    ("maven", "Maven"),
    ("npm", "npm"),
    ("nuget", "NuGet"),
    ("pip", "PyPI"),
    ("pub", "Pub"),
    ("rubygems", "RubyGems"),
    ("rust", "crates.io"),
    ("swift", "SwiftURL"),
    ("other", "other"),
];

/// Reads an advisory.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
}

/// A value by the name that one interface or the other gives it.
fn either<'a>(json: &'a Value, graph: &str, rest: &str) -> &'a Value {
    json.get(graph).or_else(|| json.get(rest)).unwrap_or(&Value::Null)
}

/// The entries of a list, which GraphQL puts into `nodes`.
fn nodes<'a>(json: &'a Value, key: &str) -> &'a [Value] {
    let value = json.get(key).unwrap_or(&Value::Null);
    value.get("nodes").unwrap_or(value).as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    let id = either(json, "ghsaId", "ghsa_id").as_str();
    let id = id.ok_or_else(|| ReadError::at("/ghsaId", "the id is missing or no text"))?;
    let time = |graph, rest| instant(json, graph).or_else(|| instant(json, rest));
    let names = list(json, "identifiers").iter().filter_map(|one| text(one, "value"));
    let mut affected = Vec::new();
    for (at, one) in nodes(json, "vulnerabilities").iter().enumerate() {
        let graph = json["vulnerabilities"].is_object();
        let within = if graph { "/nodes" } else { "" };
        affected.extend(affected_of(one, &format!("/vulnerabilities{within}/{at}"))?);
    }
    let references = list(json, "references").iter().filter_map(|one| {
        let url = one.as_str().map(str::to_owned).or_else(|| text(one, "url"))?;
        Some(Reference { kinds: Vec::new(), url })
    });
    let weaknesses = nodes(json, "cwes").iter();
    let advisory = Advisory {
        id: id.to_owned(),
        aliases: names.filter(|name| name != id).collect(),
        published: time("publishedAt", "published_at"),
        modified: time("updatedAt", "updated_at"),
        withdrawn: time("withdrawnAt", "withdrawn_at"),
        summary: text(json, "summary"),
        details: text(json, "description"),
        severities: severities_of(json),
        weaknesses: weaknesses
            .filter_map(|one| either(one, "cweId", "cwe_id").as_str().map(str::to_owned))
            .collect(),
        references: references.collect(),
        affected,
        ..Advisory::default()
    };
    Ok(Document {
        id: Some(advisory.id.clone()),
        publisher: Some("GitHub".to_owned()),
        title: advisory.summary.clone(),
        published: advisory.published,
        modified: advisory.modified,
        advisories: vec![advisory],
        ..Document::new(Format::GitHub)
    })
}

fn severities_of(json: &Value) -> Vec<Severity> {
    let several = either(json, "cvssSeverities", "cvss_severities");
    let scored = [
        ("CVSS_V4", either(several, "cvssV4", "cvss_v4")),
        ("CVSS_V3", either(several, "cvssV3", "cvss_v3")),
        ("CVSS_V3", json.get("cvss").unwrap_or(&Value::Null)),
    ];
    let mut severities: Vec<Severity> = Vec::new();
    for (system, one) in scored {
        let vector = either(one, "vectorString", "vector_string").as_str().unwrap_or_default();
        if !vector.is_empty() && !severities.iter().any(|known| known.value == vector) {
            let (system, value) = (system.to_owned(), vector.to_owned());
            severities.push(Severity { system, value, by: None });
        }
    }
    let word = text(json, "severity");
    severities.extend(word.map(|value| Severity { system: "word".to_owned(), value, by: None }));
    severities
}

fn affected_of(json: &Value, pointer: &str) -> Result<Vec<Affected>, ReadError> {
    let package = json.get("package").unwrap_or(&Value::Null);
    let (Some(ecosystem), Some(name)) = (text(package, "ecosystem"), text(package, "name")) else {
        let reason = "an ecosystem and a name are needed";
        return Err(ReadError::at(format!("{pointer}/package"), reason));
    };
    let known = ECOSYSTEMS.iter().find(|(theirs, _)| ecosystem.eq_ignore_ascii_case(theirs));
    let product = Product {
        ecosystem: Some(known.map_or(ecosystem, |(_, ours)| (*ours).to_owned())),
        name: Some(name),
        ..Product::default()
    };
    let mut affected = Affected {
        otherwise: Some(Status::NotAffected),
        ..Affected::new(product.clone(), Status::Affected, pointer.to_owned())
    };
    let range = either(json, "vulnerableVersionRange", "vulnerable_version_range");
    if let Some(range) = range.as_str() {
        let odd = || {
            let reason = format!("`{range}` is no range: a sign, a blank and a version, by commas");
            ReadError::at(format!("{pointer}/vulnerableVersionRange"), reason)
        };
        match bounds_of(range).ok_or_else(odd)? {
            Bounds::One(version) => affected.versions.push(version),
            Bounds::Range(events) => {
                affected.ranges.push(Range::Events { order: Order::Ecosystem, events });
            }
        }
    }
    let patched = either(json, "firstPatchedVersion", "first_patched_version");
    let patched = patched.as_str().map(str::to_owned).or_else(|| text(patched, "identifier"));
    let fixed = patched.map(|version| Affected {
        versions: vec![version],
        ..Affected::new(product, Status::Fixed, pointer.to_owned())
    });
    Ok([affected].into_iter().chain(fixed).collect())
}

enum Bounds {
    One(String),
    Range(Vec<Event>),
}

/// GitHub: `= 0.2.0`, `<= 1.0.8`, `< 0.1.11`, `>= 4.3.0, < 4.3.5`, `> 1.0`.
fn bounds_of(text: &str) -> Option<Bounds> {
    let mut events = Vec::new();
    for part in text.split(',') {
        let (sign, version) = part.trim().split_once(' ')?;
        let version = version.trim();
        if version.is_empty() || version.contains(char::is_whitespace) {
            return None;
        }
        let version = version.to_owned();
        events.push(match sign {
            "=" if !text.contains(',') => return Some(Bounds::One(version)),
            ">=" => Event::From(version),
            ">" => Event::After(version),
            "<" => Event::Before(version),
            "<=" => Event::UpTo(version),
            _ => return None,
        });
    }
    Some(Bounds::Range(events))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_interfaces_say_the_same() {
        let graph = r#"{"ghsaId": "GHSA-a", "identifiers": [{"value": "GHSA-a"}, {"value": "CVE-1"}],
            "cvss": {"vectorString": "CVSS:3.1/X"}, "publishedAt": "2018-10-22T20:44:26Z",
            "vulnerabilities": {"nodes": [{"package": {"ecosystem": "PIP", "name": "a"},
                "firstPatchedVersion": {"identifier": "2"}, "vulnerableVersionRange": "> 1, < 2"}]}}"#;
        let rest = r#"{"ghsa_id": "GHSA-a", "identifiers": [{"value": "GHSA-a"}, {"value": "CVE-1"}],
            "cvss": {"vector_string": "CVSS:3.1/X"}, "published_at": "2018-10-22T20:44:26Z",
            "vulnerabilities": [{"package": {"ecosystem": "pip", "name": "a"},
                "first_patched_version": "2", "vulnerable_version_range": "> 1, < 2"}]}"#;
        let [mut one, mut two] = [graph, rest]
            .map(|text| read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}")));
        for document in [&mut one, &mut two] {
            document.advisories[0].affected.iter_mut().for_each(|one| one.pointer.clear());
        }
        assert_eq!(one, two);
        let affected = &one.advisories[0].affected;
        assert_eq!(affected[0].product.ecosystem.as_deref(), Some("PyPI"));
        assert_eq!((affected[1].status, affected[1].versions[0].as_str()), (Status::Fixed, "2"));
        let odd = graph.replace("> 1, < 2", "about 2");
        let odd = read(odd.as_bytes()).expect_err("no range");
        assert_eq!(odd.problems()[0].pointer, "/vulnerabilities/nodes/0/vulnerableVersionRange");
    }
}
