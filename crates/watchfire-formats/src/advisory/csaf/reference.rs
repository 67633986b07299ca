//! Products, groups and what names them.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::super::list;
use super::Version;
use super::validate::Trial;

/// CSAF 2.1, 6.1.34: so many branches within each other at most.
const BRANCHES_DEPTH_MAX: usize = 30;

pub(super) fn products_are_defined(trial: &mut Trial<'_>) {
    let missing = trial.tree.mentions.iter().filter(|one| trial.tree.find(one.id).is_none());
    for one in missing.cloned().collect::<Vec<_>>() {
        trial.find(one.pointer, format!("the product `{}` is not defined", one.id));
    }
}

pub(super) fn products_are_defined_once(trial: &mut Trial<'_>) {
    let mut seen = HashSet::new();
    let again = trial.tree.definitions.iter().filter(|one| !seen.insert(one.id));
    for one in again.cloned().collect::<Vec<_>>() {
        trial.find(one.pointer, format!("the product `{}` is defined before", one.id));
    }
}

/// 6.1.3: a relationship defines a product by two others, and none of them by itself.
pub(super) fn no_product_is_made_of_itself(trial: &mut Trial<'_>) {
    let mut parts: HashMap<&str, Vec<&str>> = HashMap::new();
    for one in &trial.tree.definitions {
        let relation = one
            .relation
            .iter()
            .flat_map(|it| [it.part].into_iter().chain(it.wholes.iter().copied()));
        parts.entry(one.id).or_default().extend(relation);
    }
    let settled = acyclic(&parts);
    let suspects = trial.tree.definitions.iter().filter(|one| one.relation.is_some());
    let suspects = suspects.filter(|one| !settled.contains(one.id));
    for one in suspects.cloned().collect::<Vec<_>>() {
        let message = format!("the product `{}` is defined by itself, or by one that is", one.id);
        trial.find(one.pointer, message);
    }
}

/// Products that lie on no circle: those of plain parts, then those of such, and so on.
fn acyclic<'a>(parts: &HashMap<&'a str, Vec<&'a str>>) -> HashSet<&'a str> {
    let mut needed: HashMap<&str, Vec<&'a str>> = HashMap::new();
    let mut missing: HashMap<&'a str, usize> = HashMap::new();
    let mut open: Vec<&'a str> = Vec::new();
    for (id, of) in parts {
        let known: Vec<&&str> = of.iter().filter(|part| parts.contains_key(**part)).collect();
        known.iter().for_each(|part| needed.entry(part).or_default().push(id));
        missing.insert(id, known.len());
        if known.is_empty() {
            open.push(id);
        }
    }
    let mut settled = HashSet::new();
    while let Some(id) = open.pop() {
        settled.insert(id);
        for whole in needed.get(id).into_iter().flatten() {
            let left = missing.entry(whole).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 {
                open.push(whole);
            }
        }
    }
    settled
}

pub(super) fn groups_are_defined(trial: &mut Trial<'_>) {
    let missing = trial.tree.group_mentions.iter();
    let missing = missing.filter(|one| !trial.tree.groups.contains_key(one.id));
    for one in missing.cloned().collect::<Vec<_>>() {
        trial.find(one.pointer, format!("the group `{}` is not defined", one.id));
    }
}

pub(super) fn groups_are_defined_once(trial: &mut Trial<'_>) {
    let mut seen = HashSet::new();
    let again = trial.tree.group_definitions.iter().filter(|one| !seen.insert(one.id));
    for one in again.cloned().collect::<Vec<_>>() {
        trial.find(one.pointer, format!("the group `{}` is defined before", one.id));
    }
}

pub(super) fn each_vulnerability_stands_once(trial: &mut Trial<'_>) {
    let mut seen = HashSet::new();
    for (pointer, one) in trial.vulnerabilities() {
        let Some(cve) = one.get("cve").and_then(Value::as_str) else { continue };
        if !seen.insert(cve) {
            trial.find(format!("{pointer}/cve"), format!("`{cve}` stands there before"));
        }
    }
}

/// 6.1.24: one party at one time; in 2.1 also of the same products and contact.
pub(super) fn each_involvement_stands_once(trial: &mut Trial<'_>) {
    let later = trial.version >= Version::TwoOne;
    for (pointer, _) in trial.vulnerabilities() {
        let mut seen = BTreeSet::new();
        for (pointer, one) in trial.entries(&format!("{pointer}/involvements")) {
            let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
            let at = super::super::instant(one, "date");
            let contact = if later { text("contact") } else { "" };
            let of = |key: &str| {
                let all = list(one, key).iter().filter_map(Value::as_str);
                if later { all.collect::<BTreeSet<_>>() } else { BTreeSet::new() }
            };
            if !seen.insert((text("party"), at, contact, of("product_ids"), of("group_ids"))) {
                trial.find(pointer, "this party is involved at this time before");
            }
        }
    }
}

pub(super) fn each_kind_of_digest_stands_once(trial: &mut Trial<'_>) {
    let mut again = Vec::new();
    for one in &trial.tree.definitions {
        let base = one.pointer.trim_end_matches("product_id");
        let helper = one.json.get("product_identification_helper").unwrap_or(&Value::Null);
        for (file, hashes) in list(helper, "hashes").iter().enumerate() {
            let mut seen = HashSet::new();
            for (at, hash) in list(hashes, "file_hashes").iter().enumerate() {
                let kind = hash.get("algorithm").and_then(Value::as_str).unwrap_or_default();
                if !seen.insert(kind) {
                    let within = "product_identification_helper/hashes";
                    again.push((format!("{base}{within}/{file}/file_hashes/{at}"), kind));
                }
            }
        }
    }
    for (pointer, kind) in again {
        trial.find(pointer, format!("a digest by `{kind}` stands there before"));
    }
}

pub(super) fn remediations_name_products(trial: &mut Trial<'_>) {
    name_products(trial, "remediations");
}

pub(super) fn flags_name_products(trial: &mut Trial<'_>) {
    name_products(trial, "flags");
}

fn name_products(trial: &mut Trial<'_>, key: &str) {
    for (pointer, one) in trial.in_each(key) {
        if one.get("product_ids").is_none() && one.get("group_ids").is_none() {
            trial.find(pointer, "it names neither a product nor a group");
        }
    }
}

pub(super) fn branches_are_not_too_deep(trial: &mut Trial<'_>) {
    let deep = trial.tree.branches.iter().filter(|one| one.depth > BRANCHES_DEPTH_MAX);
    for pointer in deep.map(|one| one.pointer.clone()).collect::<Vec<_>>() {
        trial.find(pointer, format!("it is deeper than {BRANCHES_DEPTH_MAX} branches"));
    }
}
