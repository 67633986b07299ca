//! Lines `A < B`, most of which the native tool of each ecosystem answered, from osv-scalibr.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use watchfire_exposure::Ecosystem;

use crate::data;

/// The lines that are not answered as they want: file, line, what we answer, why.
const DEVIATIONS: &str = include_str!("deviations.tsv");

fn sign(order: Option<Ordering>) -> &'static str {
    match order {
        Some(Ordering::Less) => "<",
        Some(Ordering::Equal) => "=",
        Some(Ordering::Greater) => ">",
        None => "?",
    }
}

fn ecosystem_of(file: &str) -> Ecosystem {
    let name = file.split('-').next().expect("a name");
    Ecosystem::of(if name == "redhat" { "rpm" } else { name }).expect("each file has an ecosystem")
}

#[test]
fn every_line_is_answered_as_it_wants_or_is_known_to_be_wrong() {
    let (mut lines, mut deviating) = (0, BTreeSet::new());
    for path in data::files("scalibr") {
        let file = data::name(&path);
        let ecosystem = ecosystem_of(&file);
        for line in data::text(&path).lines() {
            let [one, wanted, two] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{file}: `{line}` is no comparison");
            };
            let order = ecosystem.order(one, two);
            assert_eq!(ecosystem.order(two, one), order.map(Ordering::reverse), "{file}: {line}");
            if let (Some(left), Some(right)) = (ecosystem.key(one), ecosystem.key(two)) {
                assert_eq!(Some(left.cmp(&right)), order, "{file}: the keys of {line}");
            }
            lines += 1;
            if sign(order) != wanted {
                deviating.insert(format!("{file}\t{line}\t{}", sign(order)));
            }
        }
    }
    assert_eq!(lines, 50_315);
    let known = DEVIATIONS.lines().filter_map(|line| line.rsplit_once('\t'));
    let known: BTreeSet<String> = known.map(|(line, _)| line.to_owned()).collect();
    let new: Vec<_> = deviating.difference(&known).collect();
    assert!(new.is_empty(), "answered otherwise, and nobody says why:\n{new:#?}");
    let gone: Vec<_> = known.difference(&deviating).collect();
    assert!(gone.is_empty(), "said to be answered otherwise, and are not:\n{gone:#?}");
}

#[test]
fn every_deviation_says_why() {
    for line in DEVIATIONS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        assert!(fields.len() == 4 && !fields[3].is_empty(), "{line}");
    }
}
