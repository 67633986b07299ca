//! Advisories in OSV, as most databases of open source publish them, GitHub's among them.
//!
//! Its schema is followed but for two lists that grow every month: which ecosystems and which
//! prefixes of ids there are. An ecosystem that is new shall blind nobody; whether its versions can
//! be compared is another matter. What the schema does not name is passed over.
//!
//! Source: OSV schema 1.7.

use serde_json::Value;

use super::document::{self, Embedded, ReadError, embedded};
use super::{Advisory, Affected, Document, Event, Format, Order, Product, Range, Reference};
use super::{Severity, Status, instant, list, text, texts};
use crate::schema::Unknown;

static SCHEMA: Embedded = Embedded::new(|| embedded(&[include_str!("../../schemas/osv.json")]));

/// Reads an OSV record.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    of_json(&document::parse(bytes)?)
}

pub(super) fn of_json(json: &Value) -> Result<Document, ReadError> {
    document::check(&SCHEMA, json, Unknown::AsWritten)?;
    let mut affected = Vec::new();
    for (at, one) in list(json, "affected").iter().enumerate() {
        affected.push(affected_of(one, format!("/affected/{at}"))?);
    }
    let specific = json.get("database_specific").unwrap_or(&Value::Null);
    let mut severities: Vec<Severity> = severities_of(json);
    // GitHub and those who convert from it say in a word what is said nowhere else.
    if let Some(word) = text(specific, "severity") {
        severities.push(Severity { system: "word".to_owned(), value: word, by: None });
    }
    let advisory = Advisory {
        id: text(json, "id").unwrap_or_default(),
        aliases: texts(json, "aliases"),
        related: texts(json, "related").into_iter().chain(texts(json, "upstream")).collect(),
        published: instant(json, "published"),
        modified: instant(json, "modified"),
        withdrawn: instant(json, "withdrawn"),
        summary: text(json, "summary"),
        details: text(json, "details"),
        severities,
        weaknesses: texts(specific, "cwe_ids"),
        references: list(json, "references").iter().map(reference_of).collect(),
        affected,
        ..Advisory::default()
    };
    Ok(Document {
        format_version: text(json, "schema_version"),
        id: Some(advisory.id.clone()),
        title: advisory.summary.clone(),
        published: advisory.published,
        modified: advisory.modified,
        advisories: vec![advisory],
        ..Document::new(Format::Osv)
    })
}

fn severities_of(json: &Value) -> Vec<Severity> {
    let one = |severity: &Value| {
        let (system, value) = (text(severity, "type")?, text(severity, "score")?);
        Some(Severity { system, value, by: None })
    };
    list(json, "severity").iter().filter_map(one).collect()
}

fn reference_of(json: &Value) -> Reference {
    let kinds = text(json, "type").into_iter().collect();
    Reference { kinds, url: text(json, "url").unwrap_or_default() }
}

fn affected_of(json: &Value, pointer: String) -> Result<Affected, ReadError> {
    let package = json.get("package").unwrap_or(&Value::Null);
    let product = Product {
        ecosystem: text(package, "ecosystem"),
        name: text(package, "name"),
        purls: text(package, "purl").into_iter().collect(),
        ..Product::default()
    };
    let mut ranges = Vec::new();
    for (at, range) in list(json, "ranges").iter().enumerate() {
        ranges.push(range_of(range, &format!("{pointer}/ranges/{at}"))?);
    }
    Ok(Affected {
        versions: texts(json, "versions"),
        ranges,
        // OSV: a version that neither a range nor the list names is not affected.
        otherwise: Some(Status::NotAffected),
        severities: severities_of(json),
        ..Affected::new(product, Status::Affected, pointer)
    })
}

fn range_of(json: &Value, pointer: &str) -> Result<Range, ReadError> {
    let order = match json.get("type").and_then(Value::as_str) {
        Some("SEMVER") => Order::SemVer,
        Some("GIT") => Order::Git { repository: text(json, "repo") },
        _ => Order::Ecosystem,
    };
    let mut events = Vec::new();
    for (at, event) in list(json, "events").iter().enumerate() {
        events.push(event_of(event, &format!("{pointer}/events/{at}"))?);
    }
    Ok(Range::Events { order, events })
}

/// An event says one thing; what else stands in it, or stands there and is null, says nothing.
fn event_of(json: &Value, pointer: &str) -> Result<Event, ReadError> {
    type Made = fn(String) -> Event;
    let kinds: [(&str, Made); 4] = [
        ("introduced", Event::From),
        ("fixed", Event::Before),
        ("last_affected", Event::UpTo),
        ("limit", Event::Limit),
    ];
    let said = |(key, event): (&str, Made)| {
        json.get(key).and_then(Value::as_str).map(|version| event(version.to_owned()))
    };
    let mut events = kinds.into_iter().filter_map(said);
    match (events.next(), events.next()) {
        (Some(event), None) => Ok(event),
        _ => Err(ReadError::at(
            pointer,
            "one of `introduced`, `fixed`, `last_affected` and `limit` is wanted",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_a_new_ecosystem_is_read_and_a_broken_one_points_at_what_is_wrong() {
        let record = |ecosystem: &str, events: &str| {
            format!(
                r#"{{"id": "NEW-1", "modified": "2024-01-01T00:00:00Z", "unheard": 1, "affected": [
                {{"package": {{"ecosystem": "{ecosystem}", "name": "a"}},
                  "ranges": [{{"type": "ECOSYSTEM", "events": [{events}]}}]}}]}}"#
            )
        };
        let fine = record("BrandNew:1", r#"{"introduced": "0"}, {"fixed": "1.2"}"#);
        let document = read(fine.as_bytes()).expect("it is read");
        let [one] = &document.advisories[0].affected[..] else { panic!("one statement") };
        assert_eq!(one.product.ecosystem.as_deref(), Some("BrandNew:1"));
        let events = vec![Event::From("0".to_owned()), Event::Before("1.2".to_owned())];
        assert_eq!(one.ranges, [Range::Events { order: Order::Ecosystem, events }]);
        let odd = read(record("npm", r#"{"fixed": "1.2"}"#).as_bytes()).expect_err("no beginning");
        assert_eq!(odd.problems()[0].pointer, "/affected/0/ranges/0/events");
    }
}
