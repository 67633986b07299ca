//! Statuses of products and what goes with them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::list;
use super::validate::Trial;

/// 6.1.6: of two of these a product has one. A recommendation is no status.
const EXCLUDING: [(&str, &[&str]); 5] = [
    ("affected", &["first_affected", "known_affected", "last_affected"]),
    ("not affected", &["known_not_affected"]),
    ("fixed", &["first_fixed", "fixed"]),
    ("under investigation", &["under_investigation"]),
    ("unknown", &["unknown"]),
];

/// The statuses of a vulnerability: by product, which of [`EXCLUDING`], and where that stands.
fn statuses<'a>(
    pointer: &str,
    json: &'a Value,
) -> BTreeMap<&'a str, BTreeMap<&'static str, String>> {
    let mut found: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    let status = json.get("product_status").unwrap_or(&Value::Null);
    for (kind, keys) in EXCLUDING {
        for key in keys {
            for (at, id) in list(status, key).iter().enumerate() {
                let pointer = format!("{pointer}/product_status/{key}/{at}");
                let of = found.entry(id.as_str().unwrap_or_default()).or_default();
                of.entry(kind).or_insert(pointer);
            }
        }
    }
    found
}

pub(super) fn statuses_do_not_contradict(trial: &mut Trial<'_>) {
    for (pointer, one) in trial.vulnerabilities() {
        for (id, kinds) in statuses(&pointer, one) {
            if kinds.len() < 2 {
                continue;
            }
            let words: Vec<&str> = kinds.keys().copied().collect();
            for pointer in kinds.values() {
                trial.find(
                    pointer.clone(),
                    format!("the product `{id}` is {} at once", words.join(" and ")),
                );
            }
        }
    }
}

pub(super) fn one_justification_for_a_product(trial: &mut Trial<'_>) {
    for (pointer, _) in trial.vulnerabilities() {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (pointer, flag) in trial.entries(&format!("{pointer}/flags")) {
            let label = flag.get("label").and_then(Value::as_str).unwrap_or_default();
            for id in trial.named(flag) {
                if seen.insert(id, label).is_some() {
                    trial.find(
                        pointer.clone(),
                        format!("the product `{id}` has a justification before"),
                    );
                }
            }
        }
    }
}

/// CSAF 2.1, 6.1.35: remediations of one product that exclude each other.
const ALONE: [&str; 2] = ["none_available", "no_fix_planned"];
const AGAINST: [(&str, &[&str]); 3] = [
    (
        "none_available",
        &[
            "vendor_fix",
            "fix_planned",
            "no_fix_planned",
            "mitigation",
            "workaround",
            "optional_patch",
        ],
    ),
    ("no_fix_planned", &["vendor_fix", "fix_planned"]),
    ("optional_patch", &["vendor_fix", "fix_planned", "mitigation", "workaround"]),
];

pub(super) fn remediations_do_not_contradict(trial: &mut Trial<'_>) {
    for (pointer, _) in trial.vulnerabilities() {
        let mut by_product: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
        for (pointer, one) in trial.entries(&format!("{pointer}/remediations")) {
            let category = one.get("category").and_then(Value::as_str).unwrap_or_default();
            for id in trial.named(one) {
                by_product.entry(id).or_default().insert(category, pointer.clone());
            }
        }
        for (id, categories) in by_product {
            for (one, others) in AGAINST {
                let Some(pointer) = categories.get(one) else { continue };
                if let Some(other) = others.iter().find(|other| categories.contains_key(**other)) {
                    trial.find(
                        pointer.clone(),
                        format!("`{one}` and `{other}` exclude each other for `{id}`"),
                    );
                }
            }
        }
    }
}

/// CSAF 2.1, 6.1.36: a remediation that a status excludes.
pub(super) fn remediations_fit_the_status(trial: &mut Trial<'_>) {
    for (pointer, vulnerability) in trial.vulnerabilities() {
        let statuses = statuses(&pointer, vulnerability);
        for (pointer, one) in trial.entries(&format!("{pointer}/remediations")) {
            let category = one.get("category").and_then(Value::as_str).unwrap_or_default();
            for id in trial.named(one) {
                let of =
                    |kind: &str| statuses.get(id).is_some_and(|kinds| kinds.contains_key(kind));
                let remedy = ["vendor_fix", "fix_planned", "mitigation", "workaround"];
                let excluded = match category {
                    "optional_patch" => of("affected").then_some("affected"),
                    category if remedy.contains(&category) || ALONE.contains(&category) => {
                        ["not affected", "fixed"].into_iter().find(|kind| of(kind))
                    }
                    _ => None,
                };
                if let Some(kind) = excluded {
                    trial.find(
                        pointer.clone(),
                        format!("`{category}` is for no product that is {kind}, as `{id}` is"),
                    );
                }
            }
        }
    }
}
