//! Ranges as ecosystems write them, from the suite of `vers` and from those of GitLab's advisories.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use watchfire_exposure::Ecosystem;
use watchfire_exposure::range::{Vers, native};

use crate::data;

/// The cases that we answer otherwise: file, range, what is wanted, what we answer, why.
const DEVIATIONS: &str = include_str!("native-deviations.tsv");

/// Whether two ranges have the same constraints, versions by their order: `20.04` is `20.4`.
fn same_constraints(ecosystem: Ecosystem, ours: &Vers, wanted: &str) -> bool {
    let Some((_, constraints)) = wanted.split_once('/') else { return false };
    let signs = [">=", "<=", "!=", "<", ">"];
    let theirs = constraints.split('|').map(|one| {
        let sign = signs.iter().find(|sign| one.starts_with(**sign)).copied().unwrap_or_default();
        (sign, one.trim_start_matches(sign))
    });
    let equal = |one: &str, two: &str| ecosystem.order(one, two) == Some(Ordering::Equal);
    let theirs: Vec<(&str, &str)> = theirs.collect();
    let ours = ours.constraints();
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(ours, (sign, version))| {
            ours.comparator.sign() == sign && equal(&ours.version, version)
        })
}

/// Whether two ranges are the same set of versions.
fn same_versions(ours: &Vers, wanted: &str) -> bool {
    let theirs = Vers::parse(wanted).ok().and_then(|vers| vers.intervals());
    theirs.is_some_and(|theirs| ours.intervals() == Some(theirs))
}

#[test]
fn every_native_range_means_what_the_suites_want_or_is_known_to_be_wrong() {
    let (mut cases, mut deviating) = (0, BTreeSet::new());
    for (file, case) in ["univers-gitlab", "vers"].into_iter().flat_map(data::cases) {
        if case["test_type"] != "from_native" {
            continue;
        }
        let [range, scheme] = ["native_range", "scheme"].map(|key| case["input"][key].as_str());
        let (range, scheme) = range.zip(scheme).expect("a range and its scheme");
        let wanted = case["expected_output"].as_str().unwrap_or_default();
        cases += 1;
        let read = match Ecosystem::of(scheme) {
            Ok(ecosystem) => native::vers(ecosystem, range).map(|vers| (ecosystem, vers)),
            Err(error) => panic!("{file}: {error}"),
        };
        let said = match &read {
            Ok((ecosystem, vers)) => {
                let text = vers.to_string();
                let same = text == wanted
                    || same_constraints(*ecosystem, vers, wanted)
                    || same_versions(vers, wanted);
                if same { continue } else { text }
            }
            Err(error) => error.to_string(),
        };
        deviating.insert(format!("{file}\t{range}\t{wanted}\t{said}"));
    }
    assert_eq!(cases, 3257 + 536);
    let known = DEVIATIONS.lines().filter_map(|line| line.rsplit_once('\t'));
    let known: BTreeSet<String> = known.map(|(line, _)| line.to_owned()).collect();
    let new: Vec<_> = deviating.difference(&known).collect();
    assert!(new.is_empty(), "{} answered otherwise, and nobody says why:\n{new:#?}", new.len());
    let gone: Vec<_> = known.difference(&deviating).collect();
    assert!(gone.is_empty(), "said to be answered otherwise, and are not:\n{gone:#?}");
}

#[test]
fn every_deviation_says_why() {
    for line in DEVIATIONS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        assert!(fields.len() == 5 && fields[4].len() > 20, "{line}");
    }
}

#[test]
fn a_hostile_range_is_refused_or_bounded() {
    let many = ">=1.0.0 ".repeat(200_000);
    let stars = "!=1.*,".repeat(64);
    let deep = "~>".repeat(10_000);
    for ecosystem in Ecosystem::all() {
        for text in
            ["\0", "|||", "[", "[,", "~>", "^", "- 1.0", "1.0 -", "漏洞", &many, &stars, &deep]
        {
            if let Ok(vers) = native::vers(ecosystem, text) {
                let again = Vers::parse(&vers.to_string());
                assert_eq!(
                    again.as_ref(),
                    Ok(&vers),
                    "{ecosystem}: {}",
                    text.chars().take(40).collect::<String>()
                );
            }
        }
    }
}
