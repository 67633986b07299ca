//! Languages, package URLs, and with whom a document may be shared.

use serde_json::Value;

use super::super::texts;
use super::validate::Trial;
use crate::purl::Purl;

/// The identifier of the group of everybody, and of nobody.
const MAX: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const NIL: &str = "00000000-0000-0000-0000-000000000000";
/// The names of those groups.
const PUBLIC: &str = "Public";
const NO_SHARING: &str = "No sharing allowed";

/// The package URLs of every product, each with its pointer.
fn purls(trial: &Trial<'_>) -> Vec<Vec<(String, String)>> {
    let of = |one: &super::tree::Definition<'_>| {
        let helper = one.json.get("product_identification_helper").unwrap_or(&Value::Null);
        let base = one.pointer.trim_end_matches("product_id");
        let base = format!("{base}product_identification_helper");
        let single = super::super::text(helper, "purl").map(|purl| (format!("{base}/purl"), purl));
        let several = texts(helper, "purls").into_iter().enumerate();
        let several = several.map(|(at, purl)| (format!("{base}/purls/{at}"), purl));
        single.into_iter().chain(several).collect()
    };
    trial.tree.definitions.iter().map(of).collect()
}

pub(super) fn package_urls_are_valid(trial: &mut Trial<'_>) {
    for (pointer, purl) in purls(trial).into_iter().flatten() {
        if let Err(error) = purl.parse::<Purl>() {
            trial.find(pointer, error.to_string());
        }
    }
}

pub(super) fn package_urls_differ_in_qualifiers_alone(trial: &mut Trial<'_>) {
    let plain = |purl: &str| {
        let (before, behind) = purl.split_once('#').unwrap_or((purl, ""));
        format!("{}#{behind}", before.split('?').next().unwrap_or_default())
    };
    for of_one in purls(trial) {
        let Some((_, first)) = of_one.first() else { continue };
        let first = plain(first);
        for (pointer, purl) in of_one.iter().skip(1) {
            if plain(purl) != first {
                trial.find(
                    pointer.clone(),
                    format!("`{purl}` differs from the others in more than qualifiers"),
                );
            }
        }
    }
}

pub(super) fn a_translation_says_of_what(trial: &mut Trial<'_>) {
    let translated = trial.text("/document/publisher/category") == "translator";
    if translated && trial.text("/document/source_lang").is_empty() {
        trial.find("/document/source_lang", "a translator says from which language");
    }
}

pub(super) fn a_translation_is_in_another_language(trial: &mut Trial<'_>) {
    let [ours, theirs] = ["lang", "source_lang"].map(|key| trial.text(&format!("/document/{key}")));
    if !theirs.is_empty() && ours.eq_ignore_ascii_case(theirs) {
        trial.find("/document/source_lang", format!("`{theirs}` is the language of the document"));
    }
}

fn group<'a>(trial: &Trial<'a>) -> Option<(&'a str, Option<&'a str>)> {
    let group = trial.json.pointer("/document/distribution/sharing_group")?;
    let text = |key: &str| group.get(key).and_then(Value::as_str);
    Some((text("id")?, text("name")))
}

fn is_clear(trial: &Trial<'_>) -> bool {
    trial.text("/document/distribution/tlp/label") == "CLEAR"
}

pub(super) fn a_closed_group_is_not_everybody(trial: &mut Trial<'_>) {
    if group(trial).is_some_and(|(id, _)| id == MAX) && !is_clear(trial) {
        trial.find(
            "/document/distribution/tlp/label",
            "the group is everybody, and the label is not",
        );
    }
}

pub(super) fn an_open_group_is_everybody(trial: &mut Trial<'_>) {
    let draft = trial.text("/document/tracking/status") == "draft";
    let Some((id, _)) = group(trial) else { return };
    if is_clear(trial) && id != MAX && !(id == NIL && draft) {
        trial.find(
            "/document/distribution/sharing_group/id",
            "the label is for everybody, and the group is not",
        );
    }
}

pub(super) fn reserved_names_of_groups_have_their_id(trial: &mut Trial<'_>) {
    let Some((id, Some(name))) = group(trial) else { return };
    for (reserved, wanted) in [(PUBLIC, MAX), (NO_SHARING, NIL)] {
        if name == reserved && id != wanted {
            trial.find(
                "/document/distribution/sharing_group/name",
                format!("`{name}` is the name of another group"),
            );
        }
    }
}

pub(super) fn reserved_ids_of_groups_have_their_name(trial: &mut Trial<'_>) {
    let Some((id, name)) = group(trial) else { return };
    for (reserved, wanted) in [(MAX, PUBLIC), (NIL, NO_SHARING)] {
        if id == reserved && name != Some(wanted) {
            trial.find(
                "/document/distribution/sharing_group/name",
                format!("the group is called `{wanted}`"),
            );
        }
    }
}
