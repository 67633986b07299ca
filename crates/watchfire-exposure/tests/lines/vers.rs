//! Comparisons of the suite of `vers`.

use std::cmp::Ordering;

use watchfire_exposure::Ecosystem;

use crate::data;

fn texts(value: &serde_json::Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|one| one.as_str().expect("a text")).collect()
}

#[test]
fn every_comparison_is_answered() {
    let mut cases = 0;
    for (file, case) in data::cases("vers") {
        let wanted = &case["expected_output"];
        let of = || Ecosystem::of(case["input"]["input_scheme"].as_str().expect("a scheme"));
        match case["test_type"].as_str() {
            Some("equality") => {
                let versions = texts(&case["input"]["versions"]);
                let equal = of().expect("known").order(versions[0], versions[1]);
                let equal = equal.map(|order| order == Ordering::Equal);
                assert_eq!(equal, wanted.as_bool(), "{file}: {versions:?}");
            }
            Some("comparison") => {
                let ecosystem = of().expect("known");
                for pair in texts(wanted).windows(2) {
                    let order = ecosystem.order(pair[0], pair[1]);
                    assert!(order.is_some_and(Ordering::is_le), "{file}: {pair:?} {order:?}");
                }
            }
            _ => continue,
        }
        cases += 1;
    }
    assert_eq!(cases, 1316);
}
