//! Products of one line: versions of the same product, in the same places.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::list;
use super::profile;
use super::tree::Tree;
use super::validate::Trial;

/// The places of a product: its own, and what it is in, from the inside; each without a version.
type Line<'a> = Vec<Vec<(&'a str, &'a str)>>;

const FIXED: [&str; 2] = ["first_fixed", "fixed"];
const AFFECTED: [&str; 3] = ["first_affected", "known_affected", "last_affected"];

/// The line of a product, and up to what is installed beside it; none where no branch says it.
fn lines<'a>(tree: &Tree<'a>, id: &str) -> Option<(Line<'a>, Option<Line<'a>>)> {
    let definition = tree.find(id)?;
    let plain = |id: &str| {
        let line = tree.find(id).map(super::tree::Definition::line)?;
        (!line.is_empty()).then_some(line)
    };
    let Some(relation) = &definition.relation else { return Some((vec![plain(id)?], None)) };
    let parts = [relation.part].into_iter().chain(relation.wholes.iter().copied());
    let whole: Line<'a> = parts.map(plain).collect::<Option<_>>()?;
    let beside = relation.beside.iter().position(|beside| *beside);
    let before = beside.map(|at| whole[..=at].to_vec());
    Some((whole, before))
}

/// What each product is installed beside, as the lines of the paths that lead to it.
fn beside<'a>(tree: &Tree<'a>) -> HashMap<&'a str, Vec<Line<'a>>> {
    let mut found: HashMap<&str, Vec<Line<'a>>> = HashMap::new();
    for definition in &tree.definitions {
        let Some(relation) = &definition.relation else { continue };
        let Some(at) = relation.beside.iter().position(|beside| *beside) else { continue };
        if let Some((_, Some(before))) = lines(tree, definition.id) {
            found.entry(relation.wholes[at]).or_default().push(before);
        }
    }
    found
}

fn named<'a>(vulnerability: &'a Value, keys: &[&'static str]) -> Vec<(String, &'a str)> {
    let status = vulnerability.get("product_status").unwrap_or(&Value::Null);
    let of = |key: &&'static str| {
        let ids = list(status, key).iter().filter_map(Value::as_str).enumerate();
        let place = |(at, id)| (format!("product_status/{key}/{at}"), id);
        ids.map(place).collect::<Vec<_>>()
    };
    keys.iter().flat_map(of).collect()
}

/// 6.1.27.13: of what is fixed another version is affected.
///
/// Where the document does not say of which line a product is, any that is affected counts.
pub(super) fn what_is_fixed_was_affected(trial: &mut Trial<'_>) {
    if !profile::is_an_advisory(trial) {
        return;
    }
    let beside = beside(&trial.tree);
    let mut found = Vec::new();
    for (pointer, vulnerability) in trial.vulnerabilities() {
        let affected = named(vulnerability, &AFFECTED);
        let of = |(_, id): &(String, &str)| lines(&trial.tree, id).map(|(whole, _)| whole);
        let known: Option<HashSet<Line<'_>>> = affected.iter().map(of).collect();
        for (place, id) in named(vulnerability, &FIXED) {
            let paths = beside.get(id).into_iter().flatten();
            let fits = match (&known, lines(&trial.tree, id)) {
                (Some(known), Some((whole, before))) => {
                    let mut ours = [whole].into_iter().chain(before);
                    ours.any(|line| known.contains(&line))
                        || paths.into_iter().any(|line| known.contains(line))
                }
                _ => !affected.is_empty(),
            };
            if !fits {
                found.push((format!("{pointer}/{place}"), id));
            }
        }
    }
    for (pointer, id) in found {
        trial.find(pointer, format!("of the product `{id}` no other version is affected"));
    }
}
