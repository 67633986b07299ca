//! What a document of a profile must have, and must not.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::super::list;
use super::language::is_english;
use super::licence::has_one_note;
use super::validate::Trial;

const INCIDENT: &str = "csaf_security_incident_response";
const INFORMATION: &str = "csaf_informational_advisory";
const ADVISORY: &str = "csaf_security_advisory";
const VEX: &str = "csaf_vex";
const DEPRECATED: &str = "csaf_deprecated_security_advisory";
const WITHDRAWN: &str = "csaf_withdrawn";
const SUPERSEDED: &str = "csaf_superseded";

fn is_one_of(trial: &Trial<'_>, categories: &[&str]) -> bool {
    categories.contains(&trial.text("/document/category"))
}

/// A sign that joins words: an underscore, or what Unicode calls a dash.
fn is_dash(sign: char) -> bool {
    matches!(
        sign,
        '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// 6.1.26: a category of one's own is not called as a profile is, however it is spelt.
pub(super) fn category_is_not_like_another(trial: &mut Trial<'_>) {
    let category = trial.text("/document/category");
    let mut known = vec![INCIDENT, INFORMATION, ADVISORY, VEX];
    if trial.version >= super::Version::TwoOne {
        known.extend([DEPRECATED, WITHDRAWN, SUPERSEDED]);
    }
    if category == "csaf_base" || known.contains(&category) {
        return;
    }
    let plain = |text: &str| {
        let signs = text.chars().filter(|sign| !sign.is_whitespace() && !is_dash(*sign));
        signs.flat_map(char::to_lowercase).collect::<String>()
    };
    let ours = plain(category);
    let like = known.iter().find(|one| {
        let whole = plain(one);
        ours == whole || whole.strip_prefix("csaf") == Some(ours.as_str())
    });
    let reserved = category.to_lowercase().starts_with("csaf_");
    if like.is_some() || reserved {
        trial.find("/document/category", format!("`{category}` is like a profile's, and is none"));
    }
}

pub(super) fn document_has_notes(trial: &mut Trial<'_>) {
    let wanted = ["description", "details", "general", "summary"];
    let has = trial.entries("/document/notes").iter().any(|(_, note)| {
        note.get("category").and_then(Value::as_str).is_some_and(|one| wanted.contains(&one))
    });
    if is_one_of(trial, &[INCIDENT, INFORMATION]) && !has {
        trial.find("/document/notes", "a note that describes, details or sums up is missing");
    }
}

pub(super) fn document_has_references(trial: &mut Trial<'_>) {
    let has = trial.entries("/document/references").iter().any(|(_, one)| {
        // The schema: what is not said is `external`.
        one.get("category").is_none_or(|category| category == "external")
    });
    if is_one_of(trial, &[INCIDENT, INFORMATION]) && !has {
        trial.find("/document/references", "a reference to elsewhere is missing");
    }
}

pub(super) fn document_has_no_vulnerabilities(trial: &mut Trial<'_>) {
    let has = trial.json.get("vulnerabilities").is_some();
    if is_one_of(trial, &[INFORMATION, WITHDRAWN, SUPERSEDED]) && has {
        trial.find("/vulnerabilities", "a document of this category has none");
    }
}

pub(super) fn document_has_products(trial: &mut Trial<'_>) {
    let has = trial.json.get("product_tree").is_some();
    if is_one_of(trial, &[ADVISORY, VEX, DEPRECATED]) && !has {
        trial.find("/product_tree", "the products are missing");
    }
}

/// Finds each vulnerability of a profile of which something does not hold.
fn each(
    trial: &mut Trial<'_>,
    profiles: &[&str],
    holds: fn(&Value) -> bool,
    at: &str,
    message: &str,
) {
    if !is_one_of(trial, profiles) {
        return;
    }
    for (pointer, one) in trial.vulnerabilities() {
        if !holds(one) {
            trial.find(format!("{pointer}{at}"), message);
        }
    }
}

pub(super) fn vulnerabilities_have_notes(trial: &mut Trial<'_>) {
    let has = |one: &Value| one.get("notes").is_some();
    each(trial, &[ADVISORY, VEX, DEPRECATED], has, "/notes", "the notes are missing");
}

pub(super) fn vulnerabilities_have_a_status(trial: &mut Trial<'_>) {
    let has = |one: &Value| one.get("product_status").is_some();
    each(
        trial,
        &[ADVISORY, DEPRECATED],
        has,
        "/product_status",
        "the status of the products is missing",
    );
}

pub(super) fn vulnerabilities_have_a_status_of_vex(trial: &mut Trial<'_>) {
    let has = |one: &Value| {
        let keys = ["fixed", "known_affected", "known_not_affected", "under_investigation"];
        one.get("product_status")
            .is_some_and(|status| keys.iter().any(|key| status.get(key).is_some()))
    };
    each(trial, &[VEX], has, "/product_status", "one of the statuses of VEX is missing");
}

/// 6.1.27.8: a name; one that is of some products alone, as 2.1 allows, leaves others without.
pub(super) fn vulnerabilities_have_a_name(trial: &mut Trial<'_>) {
    if !is_one_of(trial, &[VEX]) {
        return;
    }
    for (pointer, one) in trial.vulnerabilities() {
        let names = list(one, "ids");
        let for_all =
            |name: &Value| name.get("product_ids").is_none() && name.get("group_ids").is_none();
        if one.get("cve").is_some() || names.iter().any(for_all) {
            continue;
        }
        let named: BTreeSet<&str> = names.iter().flat_map(|name| trial.named(name)).collect();
        let statuses = one.get("product_status").and_then(Value::as_object).into_iter().flatten();
        let mut products = statuses.flat_map(|(_, ids)| ids.as_array().into_iter().flatten());
        let nameless = products.any(|id| id.as_str().is_some_and(|id| !named.contains(id)));
        if names.is_empty() || nameless {
            trial.find(pointer, "neither `cve` nor `ids` names the vulnerability for each product");
        }
    }
}

pub(super) fn what_is_not_affected_says_why(trial: &mut Trial<'_>) {
    for_each_product(trial, "known_not_affected", "an impact statement is missing", |one| {
        let impact = list(one, "threats").iter().filter(|threat| threat["category"] == "impact");
        list(one, "flags").iter().chain(impact).collect()
    });
}

pub(super) fn what_is_affected_says_what_to_do(trial: &mut Trial<'_>) {
    for_each_product(trial, "known_affected", "an action statement is missing", |one| {
        list(one, "remediations").iter().collect()
    });
}

/// Finds each product of a status that none of the reasons of its vulnerability names.
fn for_each_product(
    trial: &mut Trial<'_>,
    key: &str,
    message: &str,
    reasons: fn(&Value) -> Vec<&Value>,
) {
    if !is_one_of(trial, &[VEX]) {
        return;
    }
    for (pointer, one) in trial.vulnerabilities() {
        let pointer = format!("{pointer}/product_status/{key}");
        let named: HashSet<&str> =
            reasons(one).into_iter().flat_map(|reason| trial.named(reason)).collect();
        for (pointer, id) in trial.entries(&pointer) {
            let id = id.as_str().unwrap_or_default();
            if !named.contains(id) {
                trial.find(pointer, format!("{message} for `{id}`"));
            }
        }
    }
}

pub(super) fn document_has_vulnerabilities(trial: &mut Trial<'_>) {
    let has = trial.json.get("vulnerabilities").is_some();
    if is_one_of(trial, &[ADVISORY, VEX, DEPRECATED]) && !has {
        trial.find("/vulnerabilities", "the vulnerabilities are missing");
    }
}

pub(super) fn vulnerabilities_have_what_is_affected(trial: &mut Trial<'_>) {
    let has = |one: &Value| one.pointer("/product_status/known_affected").is_some();
    each(trial, &[ADVISORY], has, "/product_status/known_affected", "what is affected is missing");
}

pub(super) fn document_has_a_description(trial: &mut Trial<'_>) {
    let notes = trial.entries("/document/notes");
    let has = notes.iter().any(|(_, note)| note["category"] == "description");
    if is_one_of(trial, &[WITHDRAWN, SUPERSEDED]) && !has {
        trial.find("/document/notes", "a note that describes is missing");
    }
}

pub(super) fn document_has_no_products(trial: &mut Trial<'_>) {
    if is_one_of(trial, &[WITHDRAWN, SUPERSEDED]) && trial.json.get("product_tree").is_some() {
        trial.find("/product_tree", "a document of this category has none");
    }
}

pub(super) fn document_has_a_past(trial: &mut Trial<'_>) {
    let pointer = "/document/tracking/revision_history";
    if is_one_of(trial, &[WITHDRAWN, SUPERSEDED]) && trial.entries(pointer).len() < 2 {
        trial.find(pointer, "the revision before this one is missing");
    }
}

/// Finds that the one note is missing that says in English why a document is what it is.
fn reasoning(trial: &mut Trial<'_>, category: &str, title: &str) {
    let wanted = is_one_of(trial, &[category]) && is_english(trial);
    if wanted && !has_one_note(trial, title, "description") {
        trial.find("/document/notes", format!("no single note `{title}` describes it"));
    }
}

pub(super) fn a_withdrawal_has_its_reason(trial: &mut Trial<'_>) {
    reasoning(trial, WITHDRAWN, "Reasoning for Withdrawal");
}

pub(super) fn a_supersession_has_its_reason(trial: &mut Trial<'_>) {
    reasoning(trial, SUPERSEDED, "Reasoning for Supersession");
}

/// 6.1.27.19: that a reference leads elsewhere is said here, and not left to the schema.
pub(super) fn a_supersession_has_its_successor(trial: &mut Trial<'_>) {
    let references = trial.entries("/document/references");
    let has = references.iter().any(|(_, one)| {
        let summary = one.get("summary").and_then(Value::as_str).unwrap_or_default();
        one["category"] == "external" && summary.starts_with("Superseding Document")
    });
    if is_one_of(trial, &[SUPERSEDED]) && is_english(trial) && !has {
        trial.find("/document/references", "no reference `Superseding Document` leads elsewhere");
    }
}

pub(super) fn is_an_advisory(trial: &Trial<'_>) -> bool {
    is_one_of(trial, &[ADVISORY])
}
