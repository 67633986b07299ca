//! Every measure that a node exposes is in the reference, with its unit, and no other.

use std::collections::BTreeSet;

use crate::reference::read;
use crate::repository::{expect_none, files};

const METRICS_REFERENCE: &str = "docs/reference/metrics.md";
const METRICS_SOURCE: &str = "crates/watchfire-server/src/";
/// How the name of every measure begins.
const PREFIX: &str = "watchfire_";

/// The names of measures in a source: whole literals such as `"watchfire_info"`.
fn names(source: &str) -> BTreeSet<String> {
    let literals = source.split('"').filter(|literal| literal.starts_with(PREFIX));
    let is_name = |literal: &&str| literal.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    literals.filter(is_name).map(str::to_owned).collect()
}

/// Measures that the reference leaves out or tells without kind or unit, and rows without one.
fn problems(names: &BTreeSet<String>, reference: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut told = BTreeSet::new();
    for line in reference.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let name = cells[0].trim_matches('`').to_owned();
        if cells.len() != 4 || cells.iter().any(|cell| cell.is_empty()) {
            problems.push(format!("{METRICS_REFERENCE}: `{name}` lacks kind, unit or meaning"));
        }
        told.insert(name);
    }
    let missing = names.difference(&told);
    problems.extend(missing.map(|name| format!("{METRICS_REFERENCE}: no row for `{name}`")));
    let ghosts = told.difference(names);
    problems.extend(ghosts.map(|name| format!("{METRICS_REFERENCE}: nothing measures `{name}`")));
    problems
}

#[test]
fn every_measure_is_documented() {
    let files = files();
    let sources = files.iter().filter(|file| file.path.starts_with(METRICS_SOURCE));
    let names: BTreeSet<String> = sources.flat_map(|file| names(&file.text)).collect();
    assert!(names.len() > 5, "measures are found by their literals: {names:?}");
    expect_none("measures", &problems(&names, &read(METRICS_REFERENCE)));
}

#[test]
fn a_measure_without_a_row_a_row_without_a_unit_and_a_ghost_are_found() {
    let names = names("add(\"watchfire_a_total\", 1); \"watchfire_server=debug\"; \"watchfire_b\"");
    assert_eq!(names.len(), 2);
    let whole = "| `watchfire_a_total` | counter | rows | x |\n| `watchfire_b` | gauge | s | y |";
    assert!(problems(&names, whole).is_empty());
    assert_eq!(problems(&names, "| `watchfire_a_total` | counter | rows | x |").len(), 1);
    assert_eq!(problems(&names, &whole.replace("rows", "")).len(), 1);
    assert_eq!(problems(&names, &format!("{whole}\n| `watchfire_c` | gauge | s | z |")).len(), 1);
}
