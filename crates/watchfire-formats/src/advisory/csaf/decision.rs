//! Decision points of SSVC: which there are, and of whom a decision is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::super::{list, text, texts};
use super::validate::Trial;

type Number = [u64; 3];

/// Each decision point by its namespace and key: its versions, each with its values in their order.
type Points = HashMap<(&'static str, &'static str), Vec<(Number, Vec<&'static str>)>>;

static POINTS: LazyLock<Points> = LazyLock::new(|| {
    let mut points = Points::new();
    for line in include_str!("../../../lists/decision-points.tsv").lines() {
        let mut cells = line.split('\t');
        let [namespace, key, version, values] = [(); 4].map(|()| cells.next().expect("four cells"));
        let values = values.split(' ').collect();
        points.entry((namespace, key)).or_default().push((number(version), values));
    }
    points
});

/// Namespaces that nobody may use. Source: SSVC, reference, namespaces.
const RESERVED: [&str; 2] = ["invalid", "x_invalid"];

fn number(version: &str) -> Number {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = plain.split('.').map(|part| part.parse().unwrap_or(u64::MAX));
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// The decisions of a document: where each stands, its vulnerability, and itself.
fn decisions<'a>(trial: &Trial<'a>) -> Vec<(String, &'a Value, &'a Value)> {
    let mut found = Vec::new();
    for (pointer, vulnerability) in trial.vulnerabilities() {
        for (at, metric) in list(vulnerability, "metrics").iter().enumerate() {
            if let Some(decision) = metric.pointer("/content/ssvc_v2") {
                let pointer = format!("{pointer}/metrics/{at}/content/ssvc_v2");
                found.push((pointer, vulnerability, decision));
            }
        }
    }
    found
}

/// CSAF 2.1, 6.1.47: a decision is of the vulnerability beside which it stands.
pub(super) fn decisions_are_of_their_vulnerability(trial: &mut Trial<'_>) {
    let document = trial.text("/document/tracking/id");
    let several = trial.vulnerabilities().len() > 1;
    for (pointer, vulnerability, decision) in decisions(trial) {
        let ids = list(vulnerability, "ids").iter().filter_map(|one| text(one, "text"));
        let names: HashSet<String> = text(vulnerability, "cve").into_iter().chain(ids).collect();
        for (at, target) in texts(decision, "target_ids").into_iter().enumerate() {
            if !names.contains(&target) || (several && target == document) {
                trial.find(
                    format!("{pointer}/target_ids/{at}"),
                    format!("`{target}` is no name of this vulnerability alone"),
                );
            }
        }
    }
}

/// What is wrong with the selections at a decision point.
///
/// Of a version that is later than all that are listed nothing is known, nor of a namespace that
/// is not listed, or of a part of one.
fn problem(selection: &Value) -> Option<String> {
    let [namespace, key, version] =
        ["namespace", "key", "version"].map(|key| text(selection, key).unwrap_or_default());
    let base = namespace.split('/').next().unwrap_or_default();
    if RESERVED.contains(&base.split('#').next().unwrap_or_default()) {
        return Some(format!("the namespace `{namespace}` is nobody's"));
    }
    if !POINTS.keys().any(|(one, _)| *one == base) {
        return None;
    }
    let known = POINTS.iter().find(|((one, point), _)| *one == base && *point == key);
    let Some((_, versions)) = known else {
        return Some(format!("`{base}` has no decision point `{key}`"));
    };
    let ours = number(&version);
    let Some((_, values)) = versions.iter().find(|(one, _)| *one == ours) else {
        let later = versions.iter().all(|(one, _)| *one < ours);
        return (!later).then(|| format!("`{key}` of `{base}` has no version `{version}`"));
    };
    let mut from = 0;
    for one in list(selection, "values").iter().filter_map(|one| text(one, "key")) {
        let Some(at) = values.iter().position(|value| *value == one) else {
            return Some(format!("`{key}` of `{base}` {version} has no value `{one}`"));
        };
        if at < from {
            return Some(format!("the value `{one}` of `{key}` stands behind its place"));
        }
        from = at + 1;
    }
    None
}

/// CSAF 2.1, 6.1.48: the points of a registered namespace are there, and their values in order.
pub(super) fn decision_points_are_registered(trial: &mut Trial<'_>) {
    for (pointer, _, decision) in decisions(trial) {
        for (at, selection) in list(decision, "selections").iter().enumerate() {
            if let Some(problem) = problem(selection) {
                trial.find(format!("{pointer}/selections/{at}"), problem);
            }
        }
    }
}
