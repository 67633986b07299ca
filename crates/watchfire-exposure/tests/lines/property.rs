//! What holds of any versions: orders are antisymmetric, and keys compare as orders do.

use std::cmp::Ordering;
use std::str::FromStr;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use watchfire_exposure::Ecosystem;
use watchfire_exposure::range::{Answer, Vers};

/// Versions that are often fine, often alike, and full of the signs that some order gives a meaning.
fn version() -> impl Strategy<Value = String> {
    let word = "(alpha|beta|a|b|m|rc|cr|snapshot|final|ga|sp|dev|post|pre|patch|x|p|git|cvs|Z)";
    let number = "(0|1|2|9|00|01|10|007|208|65536|18446744073709551616)";
    let part = format!("([.]|-|_|[+]|~|[\\^]|:|!|-r|)({word}|{number})");
    proptest::string::string_regex(&format!("(v|[0-9]:|){number}{part}{{0,5}}[-.+~]?"))
        .expect("a regular expression")
}

fn each_pair(cases: u32, check: impl Fn(Ecosystem, &str, &str)) {
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let run = runner.run(&(version(), version()), |(one, two)| {
        Ecosystem::all().for_each(|ecosystem| check(ecosystem, &one, &two));
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn keys_compare_as_the_order_does() {
    each_pair(800, |ecosystem, one, two| {
        let order = ecosystem.order(one, two);
        assert_eq!(
            ecosystem.order(two, one),
            order.map(Ordering::reverse),
            "{ecosystem}: {one} {two}"
        );
        let explained = ecosystem.explains(one) && ecosystem.explains(two);
        assert_eq!(order.is_some(), explained, "{ecosystem}: {one} {two}");
        if explained {
            assert_eq!(ecosystem.order(one, one), Some(Ordering::Equal), "{ecosystem}: {one}");
        }
        if let (Some(left), Some(right)) = (ecosystem.key(one), ecosystem.key(two)) {
            assert_eq!(Some(left.cmp(&right)), order, "{ecosystem}: {one} {two}");
            let prefixes = left.prefix().cmp(&right.prefix());
            assert!(prefixes.is_eq() || Some(prefixes) == order, "{ecosystem}: {one} {two}");
        }
    });
}

#[test]
fn only_where_the_order_is_no_line_a_version_has_no_key() {
    let no_line = [Ecosystem::Alpm, Ecosystem::Conan, Ecosystem::Maven];
    each_pair(400, |ecosystem, one, _| {
        if !no_line.contains(&ecosystem) {
            let keyed = ecosystem.key(one).is_some();
            assert_eq!(keyed, ecosystem.explains(one), "{ecosystem}: {one}");
        }
    });
}

/// Where another implementation explains both versions, ours answers alike.
#[test]
fn python_orders_as_another_implementation_does() {
    let phase = "(-|_|[.]|)(a|alpha|b|BETA|rc|c|pre|preview|post|rev|r|dev)(-|[.]|)(0|1|10|)";
    let text = format!("(v|1!|)[0-2]([.](0|1|10)){{0,2}}({phase}){{0,3}}(-1|)([+](a|1|b[.]2))?");
    let version = || proptest::string::string_regex(&text).expect("a regular expression");
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let explained = std::cell::Cell::new(0);
    let run = runner.run(&(version(), version()), |(one, two)| {
        let parse = |text: &str| pep440_rs::Version::from_str(text).ok();
        if let (Some(left), Some(right)) = (parse(&one), parse(&two)) {
            explained.set(explained.get() + 1);
            prop_assert_eq!(Ecosystem::PyPi.order(&one, &two), Some(left.cmp(&right)));
        }
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
    assert!(explained.get() > 20, "too few were compared: {}", explained.get());
}

/// Three numbers, so that most are semantic versions.
#[test]
fn cargo_orders_as_cargo_does() {
    let text = "[0-2][.](0|1|10)[.][0-2](-(a|1|10|b[.]1|a-b|0)([.](x|2))?)?([+](x|1))?";
    let version = || proptest::string::string_regex(text).expect("a regular expression");
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let run = runner.run(&(version(), version()), |(one, two)| {
        let [left, right] = [&one, &two].map(|text| semver::Version::parse(text).expect("fine"));
        prop_assert_eq!(Ecosystem::CratesIo.order(&one, &two), Some(left.cmp_precedence(&right)));
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn rpm_orders_as_another_implementation_does() {
    each_pair(800, |ecosystem, one, two| {
        // Of an epoch that is no number, and of a release alone, the other thinks otherwise.
        let plain = |text: &str| !text.contains([':', '-']);
        if ecosystem == Ecosystem::Rpm && plain(one) && plain(two) {
            let order = rpm_version::rpm_evr_compare(one, two);
            assert_eq!(ecosystem.order(one, two), Some(order), "{one} {two}");
        }
    });
}

/// Ranges of a few constraints around versions that are often alike.
#[test]
fn a_version_is_in_a_range_where_its_key_is_in_the_intervals() {
    let constraints = proptest::collection::vec(("(|!=|<|<=|>|>=)", "[0-3][.](0|1)"), 1..5);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let run = runner.run(&(constraints, "[0-4][.][0-2](rc1|)"), |(constraints, version)| {
        let parts: Vec<String> =
            constraints.iter().map(|(sign, version)| format!("{sign}{version}")).collect();
        // One version with two signs is refused.
        let Ok(vers) = Vers::parse(&format!("vers:pypi/{}", parts.join("|"))) else {
            return Ok(());
        };
        let intervals = vers.intervals().expect("every bound has a key");
        let key = Ecosystem::PyPi.key(&version).expect("a version");
        let within = Answer::from(intervals.contains(&key));
        prop_assert_eq!(vers.contains(&version), within, "{} {}", vers, version);
        let ends = intervals.iter().map(|(start, end)| (start.to_vec(), end.map(<[u8]>::to_vec)));
        for pair in ends.collect::<Vec<_>>().windows(2) {
            prop_assert!(
                pair[0].1.as_ref().is_some_and(|end| *end < pair[1].0),
                "they do not touch"
            );
        }
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}
