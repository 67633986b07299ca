//! Scores of CVSS: one of each version for a product, and each the one of its vector.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{list, text};
use super::validate::Trial;
use crate::cvss::Scores;

/// The scores of a document: where each stands, its version, and the entry that it is part of.
struct Score<'a> {
    pointer: String,
    /// `cvss_v3` and so on.
    key: &'static str,
    json: &'a Value,
    entry: &'a Value,
}

fn scores_of<'a>(trial: &Trial<'a>, vulnerability: &str) -> Vec<Score<'a>> {
    let plain = trial.entries(&format!("{vulnerability}/scores")).into_iter();
    let plain = plain.map(|(pointer, entry)| (pointer, entry, entry));
    let metrics = trial.entries(&format!("{vulnerability}/metrics")).into_iter();
    let metrics =
        metrics.map(|(pointer, entry)| (format!("{pointer}/content"), entry, &entry["content"]));
    let mut scores = Vec::new();
    for (pointer, entry, content) in plain.chain(metrics) {
        for key in ["cvss_v2", "cvss_v3", "cvss_v4"] {
            if let Some(json) = content.get(key) {
                scores.push(Score { pointer: format!("{pointer}/{key}"), key, json, entry });
            }
        }
    }
    scores
}

fn all_scores<'a>(trial: &Trial<'a>) -> Vec<Score<'a>> {
    trial.vulnerabilities().iter().flat_map(|(pointer, _)| scores_of(trial, pointer)).collect()
}

pub(super) fn one_score_of_a_version_for_a_product(trial: &mut Trial<'_>) {
    for (pointer, _) in trial.vulnerabilities() {
        let mut seen = BTreeSet::new();
        for score in scores_of(trial, &pointer) {
            let version = text(score.json, "version").unwrap_or_default();
            let source = text(score.entry, "source").unwrap_or_default();
            let products = list(score.entry, "products").iter().filter_map(Value::as_str);
            let again: Vec<&str> = products
                .filter(|id| !seen.insert(((*id).to_owned(), version.clone(), source.clone())))
                .collect();
            if let Some(id) = again.first() {
                trial.find(
                    score.pointer,
                    format!("the product `{id}` has a score of version {version} before"),
                );
            }
        }
    }
}

fn vector(score: &Score<'_>) -> String {
    text(score.json, "vectorString").unwrap_or_default()
}

pub(super) fn vectors_are_vectors(trial: &mut Trial<'_>) {
    for score in all_scores(trial) {
        let vector = vector(&score);
        if let Err(error) = vector.parse::<Scores>() {
            trial.find(format!("{}/vectorString", score.pointer), error.to_string());
        }
    }
}

/// What a vector of version 4.0 comes to by its base metrics alone.
fn base_of_four(vector: &str) -> String {
    let base = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];
    let parts = vector.split('/').filter(|part| {
        let name = part.split(':').next().unwrap_or_default();
        name == "CVSS" || base.contains(&name)
    });
    parts.collect::<Vec<_>>().join("/")
}

pub(super) fn scores_are_those_of_their_vectors(trial: &mut Trial<'_>) {
    for score in all_scores(trial) {
        let written = vector(&score);
        let written = if score.key == "cvss_v4" { base_of_four(&written) } else { written };
        let Ok(ours) = written.parse::<Scores>() else { continue };
        let numbers = [
            ("baseScore", Some(ours.base)),
            ("temporalScore", ours.temporal),
            ("environmentalScore", ours.environmental),
        ];
        for (key, ours) in numbers {
            let theirs = score.json.get(key).and_then(Value::as_f64);
            let of_four = score.key == "cvss_v4" && key != "baseScore";
            if let Some((theirs, ours)) = theirs.zip(ours).filter(|_| !of_four)
                && (theirs - ours.abs()).abs() > 0.01
            {
                let message =
                    format!("`{key}` is {theirs}, and its vector comes to {:.1}", ours.abs());
                trial.find(format!("{}/{key}", score.pointer), message);
            }
        }
        let word = text(score.json, "baseSeverity");
        if let Some(word) = word.filter(|word| !word.eq_ignore_ascii_case(ours.severity)) {
            let message = format!("`baseSeverity` is {word}, and its score is {}", ours.severity);
            trial.find(format!("{}/baseSeverity", score.pointer), message);
        }
    }
}

/// Properties of a score that say what a metric of its vector says, by the end of their names.
const METRICS_2: [(&str, &str); 14] = [
    ("accessVector", "AV"),
    ("accessComplexity", "AC"),
    ("authentication", "Au"),
    ("confidentialityImpact", "C"),
    ("integrityImpact", "I"),
    ("availabilityImpact", "A"),
    ("exploitability", "E"),
    ("remediationLevel", "RL"),
    ("reportConfidence", "RC"),
    ("collateralDamagePotential", "CDP"),
    ("targetDistribution", "TD"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
];
const METRICS_3: [(&str, &str); 22] = [
    ("attackVector", "AV"),
    ("attackComplexity", "AC"),
    ("privilegesRequired", "PR"),
    ("userInteraction", "UI"),
    ("scope", "S"),
    ("confidentialityImpact", "C"),
    ("integrityImpact", "I"),
    ("availabilityImpact", "A"),
    ("exploitCodeMaturity", "E"),
    ("remediationLevel", "RL"),
    ("reportConfidence", "RC"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
    ("modifiedAttackVector", "MAV"),
    ("modifiedAttackComplexity", "MAC"),
    ("modifiedPrivilegesRequired", "MPR"),
    ("modifiedUserInteraction", "MUI"),
    ("modifiedScope", "MS"),
    ("modifiedConfidentialityImpact", "MC"),
    ("modifiedIntegrityImpact", "MI"),
    ("modifiedAvailabilityImpact", "MA"),
];
const METRICS_4: [(&str, &str); 32] = [
    ("attackVector", "AV"),
    ("attackComplexity", "AC"),
    ("attackRequirements", "AT"),
    ("privilegesRequired", "PR"),
    ("userInteraction", "UI"),
    ("vulnConfidentialityImpact", "VC"),
    ("vulnIntegrityImpact", "VI"),
    ("vulnAvailabilityImpact", "VA"),
    ("subConfidentialityImpact", "SC"),
    ("subIntegrityImpact", "SI"),
    ("subAvailabilityImpact", "SA"),
    ("exploitMaturity", "E"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
    ("modifiedAttackVector", "MAV"),
    ("modifiedAttackComplexity", "MAC"),
    ("modifiedAttackRequirements", "MAT"),
    ("modifiedPrivilegesRequired", "MPR"),
    ("modifiedUserInteraction", "MUI"),
    ("modifiedVulnConfidentialityImpact", "MVC"),
    ("modifiedVulnIntegrityImpact", "MVI"),
    ("modifiedVulnAvailabilityImpact", "MVA"),
    ("modifiedSubConfidentialityImpact", "MSC"),
    ("modifiedSubIntegrityImpact", "MSI"),
    ("modifiedSubAvailabilityImpact", "MSA"),
    ("Safety", "S"),
    ("Automatable", "AU"),
    ("Recovery", "R"),
    ("valueDensity", "V"),
    ("vulnerabilityResponseEffort", "RE"),
    ("providerUrgency", "U"),
];

/// Values of version 2.0 whose sign is more than their first letter.
const LONG_2: [(&str, &str); 8] = [
    ("PROOF_OF_CONCEPT", "POC"),
    ("OFFICIAL_FIX", "OF"),
    ("TEMPORARY_FIX", "TF"),
    ("UNCONFIRMED", "UC"),
    ("UNCORROBORATED", "UR"),
    ("LOW_MEDIUM", "LM"),
    ("MEDIUM_HIGH", "MH"),
    ("NOT_DEFINED", "ND"),
];

/// The sign of a value in a vector.
fn sign(key: &str, property: &str, value: &str) -> String {
    let long = LONG_2.iter().find(|(word, _)| key == "cvss_v2" && *word == value);
    match (long, value) {
        (Some((_, sign)), _) => (*sign).to_owned(),
        (None, "NOT_DEFINED") => "X".to_owned(),
        // The one metric that is written out.
        (None, _) if property == "providerUrgency" => {
            let (first, rest) = value.split_at(value.len().min(1));
            format!("{first}{}", rest.to_ascii_lowercase())
        }
        (None, _) => value.chars().take(1).collect(),
    }
}

pub(super) fn metrics_are_those_of_their_vectors(trial: &mut Trial<'_>) {
    for score in all_scores(trial) {
        let metrics: &[(&str, &str)] = match score.key {
            "cvss_v2" => &METRICS_2,
            "cvss_v3" => &METRICS_3,
            _ => &METRICS_4,
        };
        let written = vector(&score);
        let parts: Vec<(&str, &str)> =
            written.split('/').filter_map(|part| part.split_once(':')).collect();
        for (property, metric) in metrics {
            let Some(value) = text(score.json, property) else { continue };
            let ours = parts.iter().find(|(name, _)| name == metric).map(|(_, sign)| *sign);
            let theirs = sign(score.key, property, &value);
            let open = ["X", "ND"].contains(&theirs.as_str()) && ours.is_none();
            if ours != Some(theirs.as_str()) && !open {
                let message = format!(
                    "`{property}` is {value}, and the vector says `{metric}:{}`",
                    ours.unwrap_or("-")
                );
                trial.find(format!("{}/{property}", score.pointer), message);
            }
        }
    }
}

/// CSAF 2.1, 6.1.56: a severity in a word is for products without a score.
pub(super) fn a_word_stands_beside_no_score(trial: &mut Trial<'_>) {
    for (pointer, _) in trial.vulnerabilities() {
        let scored: BTreeSet<(String, String)> = scores_of(trial, &pointer)
            .iter()
            .flat_map(|score| {
                let source = text(score.entry, "source").unwrap_or_default();
                let ids = list(score.entry, "products").iter().filter_map(Value::as_str);
                ids.map(|id| (id.to_owned(), source.clone())).collect::<Vec<_>>()
            })
            .collect();
        for (pointer, metric) in trial.entries(&format!("{pointer}/metrics")) {
            let place = "/content/qualitative_severity_rating";
            if metric.pointer(place).is_none() {
                continue;
            }
            let source = text(metric, "source").unwrap_or_default();
            let ids = list(metric, "products").iter().filter_map(Value::as_str);
            let double = ids.filter(|id| scored.contains(&((*id).to_owned(), source.clone())));
            if let Some(id) = double.collect::<Vec<_>>().first() {
                trial.find(
                    format!("{pointer}{place}"),
                    format!("the product `{id}` has a score too"),
                );
            }
        }
    }
}
