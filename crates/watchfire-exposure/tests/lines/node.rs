//! What npm itself answers: the fixtures of node-semver, which are arrays as its tests read them.

use std::cmp::Ordering;

use serde_json::Value;
use watchfire_exposure::Ecosystem;
use watchfire_exposure::range::npm::{NpmRange, Reading};

use crate::data;

fn rows(name: &str) -> Vec<Vec<Value>> {
    let path = data::folder("node-semver").join(format!("{name}.json"));
    let rows: Vec<Vec<Value>> = serde_json::from_str(&data::text(&path)).expect("JSON");
    assert!(!rows.is_empty(), "{name}");
    rows
}

fn text(row: &[Value], at: usize) -> &str {
    row[at].as_str().unwrap_or_else(|| panic!("{row:?}: a text at {at}"))
}

/// The options of a row: `true` is loose, an object names them.
fn reading(row: &[Value], at: usize) -> Reading {
    let option = row.get(at).unwrap_or(&Value::Null);
    let set = |key: &str| option.get(key).is_some_and(|it| it == true);
    Reading { loose: *option == true || set("loose"), pre_releases: set("includePrerelease") }
}

fn range(row: &[Value], at: usize, options: usize) -> NpmRange {
    let text = text(row, at);
    NpmRange::parse(text, reading(row, options)).unwrap_or_else(|error| panic!("{row:?}: {error}"))
}

#[test]
fn npm_takes_what_the_fixtures_include_and_leaves_what_they_exclude() {
    let (included, excluded) = (rows("range-include"), rows("range-exclude"));
    for row in &included {
        assert_eq!(range(row, 0, 2).contains(text(row, 1)), Some(true), "{row:?}");
    }
    for row in &excluded {
        // A text that is no version is in no range.
        let contains = row[1].as_str().and_then(|version| range(row, 0, 2).contains(version));
        assert_ne!(contains, Some(true), "{row:?}");
    }
    assert_eq!((included.len(), excluded.len()), (81, 72));
}

#[test]
fn npm_reads_ranges_as_the_fixtures_say() {
    let rows = rows("range-parse");
    for row in &rows {
        let read = NpmRange::parse(text(row, 0), reading(row, 2)).map(|range| range.to_string());
        assert_eq!(read.ok().as_deref(), row[1].as_str(), "{row:?}");
    }
    assert_eq!(rows.len(), 90);
}

/// A version behind or before a whole range is not in it; one that is neither may be.
#[test]
fn what_is_outside_of_a_range_is_not_in_it() {
    let (above, below) = (rows("version-gt-range"), rows("version-lt-range"));
    for row in above.iter().chain(&below) {
        assert_eq!(range(row, 0, 2).contains(text(row, 1)), Some(false), "{row:?}");
    }
    let (not_above, not_below) = (rows("version-not-gt-range"), rows("version-not-lt-range"));
    for row in not_above.iter().chain(&not_below) {
        assert!(range(row, 0, 2).contains(text(row, 1)).is_some(), "{row:?}");
    }
    let counts = [above, below, not_above, not_below].map(|rows| rows.len());
    assert_eq!(counts, [46, 36, 55, 55]);
}

#[test]
fn npm_orders_versions_as_the_fixtures_do() {
    let comparisons = rows("comparisons");
    for row in &comparisons {
        // A loose version is none to the order; npm's own registry takes no such version.
        let order = Ecosystem::Npm.order(text(row, 0), text(row, 1));
        let loose = reading(row, 2).loose;
        assert!(order == Some(Ordering::Greater) || (loose && order.is_none()), "{row:?}");
    }
    let equal = rows("equality");
    for row in &equal {
        let order = Ecosystem::Npm.order(text(row, 0).trim(), text(row, 1).trim());
        let loose = reading(row, 2).loose;
        assert!(order == Some(Ordering::Equal) || (loose && order.is_none()), "{row:?}: {order:?}");
    }
    assert_eq!((comparisons.len(), equal.len()), (27, 25));
}

#[test]
fn npm_knows_what_a_version_is() {
    let (valid, invalid) = (rows("valid-versions"), rows("invalid-versions"));
    for row in &valid {
        assert!(Ecosystem::Npm.explains(text(row, 0)), "{row:?}");
    }
    for row in &invalid {
        let explained = row[0].as_str().is_some_and(|version| Ecosystem::Npm.explains(version));
        assert!(!explained, "{row:?}");
    }
    assert_eq!((valid.len(), invalid.len()), (17, 8));
}
