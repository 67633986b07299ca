//! The answer in the words of code scanners.
//!
//! Source: OASIS, Static Analysis Results Interchange Format 2.1.0; `security-severity` is the
//! property by which scanners sort, from 0.0 to 10.0.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use watchfire_formats::cvss::Scores;

use super::answer::{Answer, Finding, Read};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn log(answer: &Answer) -> Value {
    let findings = || {
        let all = answer.sboms.iter();
        all.flat_map(|one| one.findings.iter().map(move |found| (one.file.as_str(), found)))
    };
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for (_, finding) in findings() {
        rules.entry(finding.advisory.clone()).or_insert_with(|| rule(finding));
    }
    let places: BTreeMap<&String, usize> =
        rules.keys().enumerate().map(|(at, id)| (id, at)).collect();
    let results: Vec<Value> = findings()
        .map(|(file, finding)| result(file, finding, places[&finding.advisory]))
        .collect();
    let whole = answer.sboms.iter().all(|one| one.refused.is_none());
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Watchfire",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": whole,
                "toolExecutionNotifications": notifications(answer),
            }],
            "results": results,
        }],
    })
}

fn rule(finding: &Finding) -> Value {
    let mut properties = json!({"tags": ["security", "vulnerability"], "aliases": finding.aliases});
    let scores = finding.severity.as_ref().and_then(|vector| vector.parse::<Scores>().ok());
    if let Some(scores) = scores {
        properties["security-severity"] = json!(format!("{:.1}", scores.base));
        properties["cvss"] = json!(finding.severity);
    }
    let summary = finding.summary.as_deref().unwrap_or(&finding.advisory);
    json!({
        "id": finding.advisory,
        "shortDescription": {"text": plain(summary)},
        "properties": properties,
    })
}

fn result(file: &str, finding: &Finding, rule: usize) -> Value {
    let level = match finding.status {
        "affected" => "error",
        "undecided" => "warning",
        _ => "none",
    };
    let version = finding.version.as_deref().unwrap_or("?");
    let text = format!(
        "{} {version}: {} ({}, {}), {}",
        finding.name, finding.status, finding.advisory, finding.range, finding.source
    );
    let mut result = json!({
        "ruleId": finding.advisory,
        "ruleIndex": rule,
        "level": level,
        "kind": if level == "none" { "pass" } else { "fail" },
        "message": {"text": plain(&text)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": uri(file)}},
            "logicalLocations": [{
                "name": finding.name,
                "fullyQualifiedName": finding.path.join(" > "),
                "kind": "module",
            }],
        }],
        "partialFingerprints": {
            "watchfire/1": format!(
                "{}|{}|{}",
                finding.purl.as_deref().unwrap_or(&finding.name),
                finding.advisory,
                finding.source
            ),
        },
        "properties": {"status": finding.status, "basis": finding.basis, "purl": finding.purl},
    });
    if let Some(document) = &finding.vouched_by {
        let reason = finding.justification.as_deref().unwrap_or("not affected");
        result["suppressions"] =
            json!([{"kind": "external", "justification": format!("{reason} ({document})")}]);
    }
    result
}

/// A text of others in a message: no placeholder for an argument, and no link.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '{' | '}' => plain.extend([sign, sign]),
            '[' | ']' | '\\' => plain.extend(['\\', sign]),
            sign => plain.push(sign),
        }
    }
    plain
}

/// A path as a reference, relative where it is.
fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// What could not be read, so that nobody takes silence for safety.
fn notifications(answer: &Answer) -> Vec<Value> {
    let note = |level: &str, text: String| json!({"level": level, "message": {"text": text}});
    let mut notes = Vec::new();
    for (kind, read) in [("advisories", &answer.advisories), ("vex", &answer.vex)] {
        notes.extend(quarantined(kind, read).into_iter().map(|text| note("warning", text)));
    }
    for one in &answer.sboms {
        if let Some(refused) = &one.refused {
            notes.push(note("error", format!("{}: {}", one.file, refused.message)));
        }
        for left in &one.skipped {
            let place = left.pointer.clone().or_else(|| left.line.map(|line| line.to_string()));
            let place = place.unwrap_or_default();
            notes.push(note("warning", format!("{} {place}: {}", one.file, left.reason)));
        }
        if one.skipped_more > 0 {
            notes.push(note("warning", format!("{}: {} more skipped", one.file, one.skipped_more)));
        }
        if one.findings_more > 0 {
            let text = format!("{}: {} more findings", one.file, one.findings_more);
            notes.push(note("error", text));
        }
        if one.unnamed > 0 {
            let text = format!(
                "{}: {} components have neither a package URL nor a CPE name",
                one.file, one.unnamed
            );
            notes.push(note("note", text));
        }
    }
    notes
}

fn quarantined(kind: &str, read: &Read) -> Vec<String> {
    let one = |it: &super::answer::Quarantined| {
        format!("{kind}: {} {}: {}", it.file, it.pointer, it.reason)
    };
    let mut told: Vec<String> = read.quarantined.iter().map(one).collect();
    if read.quarantined_more > 0 {
        told.push(format!("{kind}: {} more could not be read", read.quarantined_more));
    }
    told
}
