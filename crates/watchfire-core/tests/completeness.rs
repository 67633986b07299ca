//! Every duty that was found is in a pack, under its canonical id, and says what was found.

use std::collections::BTreeSet;

use serde::Deserialize;
use watchfire_core::law::Lawbook;
use watchfire_core::law::confidence::Confidence;
use watchfire_core::law::pack::{Provision, Trigger, Version};

/// `tests/data/canonical.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Canonical {
    facts: Vec<String>,
    roles: Vec<String>,
    attributes: Vec<String>,
    predicates: Vec<String>,
    calendars: Vec<String>,
    authorities: Vec<String>,
    duty: Vec<Duty>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duty {
    effective_from: Option<toml::value::Datetime>,
    status: String,
    runs_from: Option<String>,
    provisions: Vec<Wanted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    id: String,
    class: String,
    within: Option<String>,
    confidence: String,
}

fn canonical() -> Canonical {
    toml::from_str(include_str!("data/canonical.toml")).expect("the list of what there must be")
}

/// What `laws` lacks, or says otherwise than it should, in words.
fn differences(laws: &Lawbook, wanted: &Canonical) -> Vec<String> {
    let words = laws.words();
    let declared = |names: &[String], what: &str, has: &dyn Fn(&str) -> bool| {
        let missing = names.iter().filter(|name| !has(name));
        missing.map(|name| format!("no {what} `{name}`")).collect::<Vec<_>>()
    };
    let mut found = [
        declared(&wanted.facts, "kind of fact", &|name| words.facts.contains_key(name)),
        declared(&wanted.roles, "role", &|name| laws.knows_role(name)),
        declared(&wanted.attributes, "attribute", &|name| words.attributes.contains_key(name)),
        declared(&wanted.predicates, "predicate", &|name| words.predicates.contains_key(name)),
        declared(&wanted.calendars, "calendar", &|name| laws.calendars().get(name).is_some()),
        declared(&wanted.authorities, "authority", &|name| {
            laws.packs().iter().any(|pack| pack.authorities.contains_key(name))
        }),
    ]
    .concat();
    for duty in &wanted.duty {
        found.extend(duty.provisions.first().and_then(|first| starts_otherwise(laws, duty, first)));
        found.extend(duty.provisions.iter().flat_map(|one| provision_differs(laws, duty, one)));
    }
    found
}

/// What the clock of the first provision of a duty runs from, where it is not what it should be.
fn starts_otherwise(laws: &Lawbook, duty: &Duty, first: &Wanted) -> Option<String> {
    let (_, provision) = laws.provision(&first.id)?;
    let from: Vec<String> = match &provision.runs_from {
        Some(trigger) => vec![trigger.to_string()],
        None => provision.arises_on.iter().map(Trigger::to_string).collect(),
    };
    let fits = match &duty.runs_from {
        Some(wanted) => from.contains(wanted),
        None => from.is_empty(),
    };
    (!fits).then(|| format!("`{}` runs from {from:?}, not {:?}", first.id, duty.runs_from))
}

fn provision_differs(laws: &Lawbook, duty: &Duty, wanted: &Wanted) -> Vec<String> {
    let Some((pack, provision)) = laws.provision(&wanted.id) else {
        return vec![format!("no provision `{}`", wanted.id)];
    };
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: &str| {
        if ours != theirs {
            found.push(format!("{what} of `{}` is {ours}, not {theirs}", wanted.id));
        }
    };
    compare("the class", provision.class.to_string(), &wanted.class);
    compare("the confidence", written(provision.confidence), &wanted.confidence);
    compare("the standing", standing(laws, provision), &duty.status);
    let version = duty.effective_from.as_ref().and_then(|day| {
        provision.versions.iter().find(|one| one.effective_from.to_string() == day.to_string())
    });
    if duty.status != "proposed" && version.is_none() {
        found.push(format!("no version of `{}` begins on {:?}", wanted.id, duty.effective_from));
    }
    let number = if duty.status == "proposed" {
        provision.proposals.first().and_then(|one| one.strict.as_ref())
    } else {
        version.and_then(|one| one.strict.as_ref())
    };
    // A table has its numbers row by row; each row has a case.
    if version.is_none_or(|one| one.table.is_empty()) {
        let ours = number.map(|span| span.within.to_string());
        if ours != wanted.within {
            found.push(format!("`{}` is within {ours:?}, not {:?}", wanted.id, wanted.within));
        }
    }
    if provision.is_timed() && provision.owed_to.is_none() {
        found.push(format!("`{}` is owed to nobody", wanted.id));
    }
    if pack.source.is_none() || pack.checked_on.is_none() {
        found.push(format!("nobody says where `{}` stands", wanted.id));
    }
    found
}

fn written(confidence: Confidence) -> String {
    match confidence {
        Confidence::Primary => "primary".to_owned(),
        Confidence::Secondary => "secondary".to_owned(),
        Confidence::Unverified { percent } if percent % 10 == 0 => {
            format!("unverified 0.{}", percent / 10)
        }
        Confidence::Unverified { percent } => format!("unverified 0.{percent:02}"),
    }
}

/// Where a provision stands: proposed, adopted for later, superseded by another, or in force.
fn standing(laws: &Lawbook, provision: &Provision) -> String {
    let superseded = laws.packs().iter().flat_map(|pack| &pack.provisions).any(|other| {
        other.supersedes.as_ref().is_some_and(|(superseded, _)| *superseded == provision.id)
    });
    let waits = |version: &Version| version.adopted_on.is_some();
    let standing = if provision.is_proposed() {
        "proposed"
    } else if superseded {
        "superseded"
    } else if provision.versions.first().is_some_and(waits) {
        "adopted"
    } else {
        "in-force"
    };
    standing.to_owned()
}

#[test]
fn every_duty_that_was_found_is_in_a_pack_under_its_canonical_id() {
    let wanted = canonical();
    // 91 that were found, one of them from two days on.
    assert_eq!(wanted.duty.len(), 92);
    let ids: BTreeSet<&str> = wanted
        .duty
        .iter()
        .flat_map(|duty| &duty.provisions)
        .map(|provision| provision.id.as_str())
        .collect();
    assert_eq!(ids.len(), wanted.duty.iter().map(|duty| duty.provisions.len()).sum::<usize>());
    let found = differences(Lawbook::builtin(), &wanted);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Each row: what is replaced in the list and by what, and what is then said.
#[test]
fn what_a_pack_lacks_or_says_otherwise_is_found() {
    let list = include_str!("data/canonical.toml");
    let rows = [
        ("\"fix-available\",", "\"fix-found\",", "no kind of fact `fix-found`"),
        ("\"us-dfars/contractor\"", "\"us-dfars/builder\"", "no role `us-dfars/builder`"),
        ("\"eu-cra/13.6\"", "\"eu-cra/13.7\"", "no provision `eu-cra/13.7`"),
        ("within = \"36h\"", "within = \"37h\"", "`us-bank-36h/53.3` is within"),
        (
            "runs_from = \"list-posted\"",
            "runs_from = \"disclosed\"",
            "`norm-linux-distros/14` runs",
        ),
        ("effective_from = 2024-08-14", "effective_from = 2024-08-15", "no version of"),
        ("\"unverified 0.97\"", "\"primary\"", "the confidence of `uk-gdpr/33` is"),
        ("status = \"superseded\"", "status = \"in-force\"", "the standing of"),
    ];
    for (part, instead, said) in rows {
        assert!(list.contains(part), "{part}");
        let wanted = toml::from_str(&list.replacen(part, instead, 1)).expect("a list");
        let found = differences(Lawbook::builtin(), &wanted);
        assert!(found.iter().any(|one| one.starts_with(said)), "{said}: {found:?}");
    }
}

/// A law that the words of its own language are quoted from has them for a reader, in both
/// languages, and everything that is shown of it has both.
#[test]
fn whatever_is_shown_of_a_pack_is_there_in_both_languages() {
    for pack in Lawbook::builtin().packs() {
        for language in ["en", "zh-CN"] {
            let quote = pack.quotes.get(language);
            assert!(quote.is_some_and(|text| !text.trim().is_empty()), "{} {language}", pack.id);
        }
        for provision in &pack.provisions {
            let title = provision.title.as_ref().unwrap_or_else(|| panic!("{}", provision.id));
            assert_ne!(title.en, title.zh_cn, "{}", provision.id);
        }
        let names = pack.roles.values().chain(pack.authorities.values().map(|one| &one.name));
        for name in names {
            assert_ne!(name.en, name.zh_cn, "{}", pack.id);
        }
    }
}
