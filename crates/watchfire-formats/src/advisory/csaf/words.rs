//! Names of branches: versions, ranges of them, models and serial numbers.

use serde_json::Value;

use super::super::texts;
use super::validate::Trial;

/// 6.1.31: what makes a version a range.
const SIGNS: [char; 2] = ['<', '>'];
const WORDS: [&str; 7] = ["after", "all", "before", "earlier", "later", "prior", "versions"];

/// Branches of a category, each with its name.
fn branches<'a>(trial: &Trial<'a>, category: &str) -> Vec<(String, &'a str)> {
    let of = trial.tree.branches.iter().filter(|one| one.path.last() == Some(&category));
    let name = |json: &'a Value| json.get("name").and_then(Value::as_str).unwrap_or_default();
    of.map(|one| (format!("{}/name", one.pointer), name(one.json))).collect()
}

pub(super) fn a_version_is_no_range(trial: &mut Trial<'_>) {
    for (pointer, name) in branches(trial, "product_version") {
        let small = name.to_lowercase();
        let mut words = small.split_whitespace();
        let word = words.find(|word| WORDS.contains(word));
        if name.contains(SIGNS) || word.is_some() {
            trial.find(pointer, format!("`{name}` is a range, not a version"));
        }
    }
}

/// CSAF 2.1, 6.1.50: a range is one of `vers`, or of constraints like those, without its type.
pub(super) fn a_range_of_versions_is_one(trial: &mut Trial<'_>) {
    for (pointer, name) in branches(trial, "product_version_range") {
        if let Some(problem) = range_problem(name) {
            trial.find(pointer, format!("`{name}` is no range of versions: {problem}"));
        }
    }
}

/// CSAF 2.1, 6.1.59: a range that one version alone is in is that version.
pub(super) fn a_range_is_no_version(trial: &mut Trial<'_>) {
    for (pointer, name) in branches(trial, "product_version_range") {
        let typed = name.strip_prefix("vers:").and_then(|rest| rest.split_once('/'));
        let constraints = typed.map_or(name, |(_, constraints)| constraints);
        let version = constraints.strip_prefix('=').unwrap_or(constraints);
        if range_problem(name).is_none() && !version.contains(['<', '>', '!', '|', '*']) {
            trial.find(pointer, format!("`{name}` is a version, not a range"));
        }
    }
}

fn range_problem(name: &str) -> Option<&'static str> {
    let sign =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let typed = name.strip_prefix("vers:").and_then(|rest| rest.split_once('/'));
    let typed = typed.filter(|(kind, _)| !kind.is_empty() && kind.bytes().all(sign));
    let (kind, constraints) = typed.unwrap_or(("", name));
    if constraints == "*" {
        return None;
    }
    if ["all", "none"].contains(&kind) {
        return Some("of this type there is `*` alone");
    }
    let signs = ["<=", ">=", "!=", "<", ">", "="];
    let odd = |one: &str| {
        let version = signs.iter().find_map(|sign| one.strip_prefix(sign)).unwrap_or(one);
        version.is_empty()
            || version.contains(['<', '>', '=', '*'])
            || version.contains(char::is_whitespace)
    };
    constraints
        .split('|')
        .any(odd)
        .then_some("a constraint is a sign and a version, without blanks")
}

pub(super) fn branches_of_a_category_do_not_stack(trial: &mut Trial<'_>) {
    let stacked = trial.tree.branches.iter().filter(|one| {
        let (last, before) = one.path.split_last().expect("a branch has a category");
        // A family may be part of a family.
        *last != "product_family" && before.contains(last)
    });
    for one in stacked.cloned().collect::<Vec<_>>() {
        let category = one.path.last().copied().unwrap_or_default();
        trial.find(
            format!("{}/category", one.pointer),
            format!("`{category}` stands in this path before"),
        );
    }
}

pub(super) fn a_path_has_a_version_or_a_range(trial: &mut Trial<'_>) {
    let both = ["product_version", "product_version_range"];
    let mixed = trial.tree.branches.iter().filter(|one| {
        let last = one.path.last().copied().unwrap_or_default();
        both.contains(&last) && both.iter().all(|category| one.path.contains(category))
    });
    for one in mixed.cloned().collect::<Vec<_>>() {
        trial.find(
            format!("{}/category", one.pointer),
            "the path has a version and a range of versions",
        );
    }
}

pub(super) fn model_numbers_have_one_star(trial: &mut Trial<'_>) {
    one_star(trial, "model_numbers");
}

pub(super) fn serial_numbers_have_one_star(trial: &mut Trial<'_>) {
    one_star(trial, "serial_numbers");
}

/// CSAF 2.1, 6.1.61.
pub(super) fn stock_keeping_units_have_one_star(trial: &mut Trial<'_>) {
    one_star(trial, "skus");
}

fn one_star(trial: &mut Trial<'_>, key: &str) {
    let mut found = Vec::new();
    for one in &trial.tree.definitions {
        let helper = one.json.get("product_identification_helper").unwrap_or(&Value::Null);
        let base = one.pointer.trim_end_matches("product_id");
        for (at, number) in texts(helper, key).into_iter().enumerate() {
            let (mut stars, mut escaped) = (0, false);
            for sign in number.chars() {
                stars += usize::from(sign == '*' && !escaped);
                escaped = sign == '\\' && !escaped;
            }
            if stars > 1 {
                let pointer = format!("{base}product_identification_helper/{key}/{at}");
                found.push((pointer, format!("`{number}` has {stars} stars")));
            }
        }
    }
    found.into_iter().for_each(|(pointer, message)| trial.find(pointer, message));
}
