//! Dates: whole ones, and none behind the newest revision of a document that is out.

use serde_json::Value;

use super::super::instant;
use super::tracking;
use super::validate::Trial;

/// Names of what is a date wherever it stands.
const NAMES: [&str; 8] = [
    "date",
    "current_release_date",
    "initial_release_date",
    "discovery_date",
    "disclosure_date",
    "release_date",
    "exploitation_date",
    "timestamp",
];

pub(super) fn dates_are_whole(trial: &mut Trial<'_>) {
    let mut found = Vec::new();
    walk(trial.json, &mut String::new(), &mut found);
    for (pointer, text) in found {
        trial.find(
            pointer,
            format!("`{text}` is no instant as RFC 3339 writes it, with a large `T` and `Z`"),
        );
    }
}

fn walk(json: &Value, pointer: &mut String, found: &mut Vec<(String, String)>) {
    let length = pointer.len();
    match json {
        Value::Object(members) => {
            for (key, value) in members {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                let date = value.as_str().filter(|_| NAMES.contains(&key.as_str()));
                match date {
                    Some(text) if !is_whole(text) => found.push((pointer.clone(), text.to_owned())),
                    Some(_) => {}
                    None => walk(value, pointer, found),
                }
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{at}"));
                walk(item, pointer, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// CSAF 2.1, 6.1.37: large letters, and no second of 60, which few clocks have.
fn is_whole(text: &str) -> bool {
    let large = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    large && text.get(17..19) != Some("60") && crate::instant::read(text).is_some()
}

/// Finds what is later than the newest revision, where the document is out.
fn are_past(trial: &mut Trial<'_>, dates: Vec<(String, Option<jiff::Timestamp>)>) {
    let Some(newest) = tracking::newest_date(trial).filter(|_| tracking::is_released(trial)) else {
        return;
    };
    for (pointer, date) in dates {
        if let Some(date) = date.filter(|date| *date > newest) {
            trial.find(pointer, format!("{date} is behind the newest revision, of {newest}"));
        }
    }
}

pub(super) fn disclosure_is_past(trial: &mut Trial<'_>) {
    if trial.text("/document/distribution/tlp/label") != "CLEAR" {
        return;
    }
    let date = |(pointer, one): (String, &Value)| {
        (format!("{pointer}/disclosure_date"), instant(one, "disclosure_date"))
    };
    let dates = trial.vulnerabilities().into_iter().map(date).collect();
    are_past(trial, dates);
}

fn metrics_are_past(trial: &mut Trial<'_>, kind: &str) {
    let date = |(pointer, one): (String, &Value)| {
        let content = one.pointer(&format!("/content/{kind}")).unwrap_or(&Value::Null);
        (format!("{pointer}/content/{kind}/timestamp"), instant(content, "timestamp"))
    };
    let dates = trial.in_each("metrics").into_iter().map(date).collect();
    are_past(trial, dates);
}

pub(super) fn decisions_are_past(trial: &mut Trial<'_>) {
    metrics_are_past(trial, "ssvc_v2");
}

pub(super) fn likelihoods_are_past(trial: &mut Trial<'_>) {
    metrics_are_past(trial, "epss");
}

pub(super) fn first_exploitations_are_past(trial: &mut Trial<'_>) {
    let date = |(pointer, one): (String, &Value)| (format!("{pointer}/date"), instant(one, "date"));
    let dates = trial.in_each("first_known_exploitation_dates").into_iter().map(date).collect();
    are_past(trial, dates);
}

pub(super) fn exploitations_are_past(trial: &mut Trial<'_>) {
    for (pointer, one) in trial.in_each("first_known_exploitation_dates") {
        let [known, exploited] = ["date", "exploitation_date"].map(|key| instant(one, key));
        if known.zip(exploited).is_some_and(|(known, exploited)| exploited > known) {
            trial.find(
                format!("{pointer}/exploitation_date"),
                "it is behind the day when it became known",
            );
        }
    }
}
