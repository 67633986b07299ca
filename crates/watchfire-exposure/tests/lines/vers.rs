//! The suite of `vers`: comparisons, canonical spellings, containment.

use std::cmp::Ordering;

use watchfire_exposure::range::{Answer, Vers};
use watchfire_exposure::{Ecosystem, range::vers::Constraint};

use crate::data;

fn texts(value: &serde_json::Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|one| one.as_str().expect("a text")).collect()
}

/// The cases of one kind, each with the name of its file.
fn cases_of(kind: &str) -> Vec<(String, serde_json::Value)> {
    let mut cases = data::cases("vers");
    cases.retain(|(_, case)| case["test_type"] == kind);
    assert!(!cases.is_empty(), "no case of {kind}");
    cases
}

#[test]
fn every_comparison_is_answered() {
    let (equalities, comparisons) = (cases_of("equality"), cases_of("comparison"));
    for (file, case) in &equalities {
        let versions = texts(&case["input"]["versions"]);
        let ecosystem = ecosystem_of(case);
        let equal = ecosystem.order(versions[0], versions[1]).map(Ordering::is_eq);
        assert_eq!(equal, case["expected_output"].as_bool(), "{file}: {versions:?}");
    }
    for (file, case) in &comparisons {
        let ecosystem = ecosystem_of(case);
        for pair in texts(&case["expected_output"]).windows(2) {
            let order = ecosystem.order(pair[0], pair[1]);
            assert!(order.is_some_and(Ordering::is_le), "{file}: {pair:?} {order:?}");
        }
    }
    assert_eq!(equalities.len() + comparisons.len(), 1316);
}

fn ecosystem_of(case: &serde_json::Value) -> Ecosystem {
    let scheme = case["input"]["input_scheme"].as_str().expect("a scheme");
    Ecosystem::of(scheme).expect("a scheme that has an order")
}

#[test]
fn every_range_has_the_canonical_spelling_that_the_suite_wants() {
    let cases = cases_of("validate");
    for (file, case) in &cases {
        let text = case["input"].as_str().expect("a range");
        let canonical = Vers::parse(text).map(|vers| vers.to_string());
        assert_eq!(canonical.ok().as_deref(), case["expected_output"].as_str(), "{file}: {text}");
    }
    assert_eq!(cases.len(), 12);
}

#[test]
fn what_is_not_canonical_is_refused_with_the_words_of_the_suite() {
    let cases = cases_of("parse");
    for (file, case) in &cases {
        let text = case["input"].as_str().expect("a range");
        match (Vers::parse_canonical(text), case["expected_message"].as_str()) {
            (Ok(vers), None) => {
                let pair = |one: &Constraint| {
                    let sign = Some(one.comparator.sign()).filter(|sign| !sign.is_empty());
                    serde_json::json!([sign.unwrap_or("="), one.version])
                };
                let constraints: Vec<_> = vers.constraints().iter().map(pair).collect();
                let read = serde_json::json!({
                    "scheme": vers.kind(), "version_constraints": constraints
                });
                assert_eq!(read, case["expected_output"], "{file}: {text}");
            }
            (Err(error), Some(message)) => {
                // Ours also says which version it is.
                let plain = error.to_string().split(" `").next().map(str::to_owned);
                assert!(
                    plain.is_some_and(|plain| message.starts_with(&plain)),
                    "{file}: {text}: {error}"
                );
            }
            (parsed, message) => panic!("{file}: {text}: {parsed:?}, not {message:?}"),
        }
    }
    assert_eq!(cases.len(), 7);
}

#[test]
fn every_version_is_in_a_range_or_out_of_it_as_the_suite_wants() {
    let cases = cases_of("containment");
    for (file, case) in &cases {
        let [range, version] = ["vers", "version"].map(|key| case["input"][key].as_str());
        let (range, version) = range.zip(version).expect("a range and a version");
        let within = Vers::parse(range).map(|vers| vers.contains(version));
        let wanted = case["expected_output"].as_bool().expect("yes or no");
        assert_eq!(within, Ok(Answer::from(wanted)), "{file}: {range} {version}");
    }
    assert_eq!(cases.len(), 8);
}
