//! What a floor must never do: core neither acts nor asks, one file asks for the time, one crate
//! speaks SQL, and JSON is known where a document enters or leaves.

use crate::repository::{RepositoryFile, expect_none, files};
use crate::source::{Source, lines_with_word};

/// The crates whose sources are pure: no input or output, no clock, no randomness, no waiting.
const PURE: [&str; 3] = [
    "crates/watchfire-core/src/",
    "crates/watchfire-formats/src/",
    "crates/watchfire-exposure/src/",
];

/// The one file of a pure crate that may open a file: it maps the index into memory.
const MAY_MAP_FILES: &str = "crates/watchfire-exposure/src/index/map.rs";

const IMPURE: [&str; 20] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "ZonedDateTime::now",
    "rand",
    "getrandom",
    "tokio",
    "async",
    "println!",
    "eprintln!",
    "TimeZone::system",
];

/// Words of which one is enough to learn the time of day.
const CLOCKS: [&str; 4] = ["SystemTime::now", "Timestamp::now", "Zoned::now", "ZonedDateTime::now"];

/// The one place that asks what time it is.
const CLOCK_FILE: &str = "crates/watchfire-server/src/clock.rs";

/// Where core may know serde: the law packs it loads, the events (their fields are their one form,
/// pinned by golden files), and the ids in them.
const SERDE_IN_CORE: [&str; 3] = [
    "crates/watchfire-core/src/law/",
    "crates/watchfire-core/src/event/",
    "crates/watchfire-core/src/ids.rs",
];

/// Where core may know JSON: the bytes of an event, which the log hashes, and the log's own
/// documents (the bundle, and the probes of `watchfire log proof`).
const JSON_IN_CORE: [&str; 3] = [
    "crates/watchfire-core/src/event/encoding.rs",
    "crates/watchfire-core/src/log/bundle",
    "crates/watchfire-core/src/log/probe.rs",
];

/// Openings of statements; a literal that starts so, in any case, is SQL text.
const SQL_OPENINGS: [&str; 11] = [
    "select ",
    "insert into ",
    "update ",
    "delete from ",
    "create table",
    "create index",
    "create unique index",
    "alter table",
    "drop table",
    "begin immediate",
    "with recursive ",
];

fn is_source(path: &str) -> bool {
    path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs")
}

/// Files that hold nothing but tests, by the house's naming.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/src/tests/") || path.ends_with("_tests.rs")
}

fn found(path: &str, text: &str, words: &[&str], why: &str) -> Vec<String> {
    let hits = words
        .iter()
        .flat_map(|word| lines_with_word(text, word).into_iter().map(move |line| (line, word)));
    hits.map(|(line, word)| format!("{path}:{line}: `{word}`: {why}")).collect()
}

/// Everything wrong with one source file of the product.
fn problems(file: &RepositoryFile) -> Vec<String> {
    let path = file.path.as_str();
    if !is_source(path) || is_test_file(path) {
        return Vec::new();
    }
    let source = Source::of(&file.text).without_tests();
    let within = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
    let mut problems = Vec::new();
    if within(&PURE) && path != MAY_MAP_FILES {
        problems.extend(found(
            path,
            &source.code,
            &IMPURE,
            "this crate is pure; take it as an argument",
        ));
    }
    if path != MAY_MAP_FILES {
        problems.extend(found(
            path,
            &source.code,
            &["unsafe", "unsafe_code"],
            "only the mapped index may",
        ));
    }
    if path != CLOCK_FILE {
        let expected = ["disallowed_methods"];
        problems.extend(found(
            path,
            &source.code,
            &expected,
            "only server/src/clock.rs is excused",
        ));
        problems.extend(found(
            path,
            &source.code,
            &CLOCKS,
            "only server/src/clock.rs asks what time it is",
        ));
    }
    if within(&["crates/watchfire-core/"]) && !within(&SERDE_IN_CORE) {
        problems.extend(found(
            path,
            &source.code,
            &["serde", "Serialize", "Deserialize"],
            "domain types promise no form",
        ));
    }
    if within(&["crates/watchfire-core/"]) && !within(&JSON_IN_CORE) {
        problems.extend(found(
            path,
            &source.code,
            &["serde_json"],
            "core knows JSON only in JSON_IN_CORE",
        ));
    }
    if !within(&["crates/watchfire-store/"]) {
        problems.extend(found(path, &source.code, &["sqlx"], "only store speaks to a database"));
        problems.extend(sql_problems(path, &source));
    }
    problems
}

fn sql_problems(path: &str, source: &Source) -> Vec<String> {
    let hits = source.literals().filter(|(_, literal)| is_sql(literal));
    hits.map(|(line, _)| format!("{path}:{line}: SQL text belongs into watchfire-store")).collect()
}

fn is_sql(literal: &str) -> bool {
    let text = literal.trim_start_matches(['b', 'r', '#', '"']).trim_start().to_lowercase();
    let opens = SQL_OPENINGS.iter().any(|opening| text.starts_with(opening));
    match text.split_whitespace().next() {
        Some("select") => opens && text.contains(" from "),
        Some("update") => opens && text.contains(" set "),
        _ => opens,
    }
}

#[test]
fn the_rules_are_pure_and_each_crate_keeps_to_its_own() {
    let files = files();
    assert!(files.iter().filter(|file| is_source(&file.path)).count() >= 5);
    let problems: Vec<String> = files.iter().flat_map(problems).collect();
    expect_none("purity", &problems);
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        problems(&RepositoryFile { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn files_sockets_time_chance_and_waiting_are_found_in_core() {
        for text in [
            "use std::fs;",
            "fn f() { std::net::TcpStream::connect(a) }",
            "let t = Instant::now();",
            "use std::time::SystemTime;",
            "let x: u8 = rand::random();",
            "getrandom::fill(&mut b)",
            "async fn f() {}",
            "tokio::spawn(x)",
            "println!(\"x\")",
        ] {
            assert!(count("crates/watchfire-core/src/case.rs", text) > 0, "{text}");
            assert!(count("crates/watchfire-formats/src/csaf.rs", text) > 0, "{text}");
        }
        assert_eq!(count("crates/watchfire-server/src/lib.rs", "use std::fs; async fn f() {}"), 0);
    }

    #[test]
    fn comments_literals_and_tests_are_not_mistaken_for_code() {
        let text =
            "// std::fs\nconst A: &str = \"tokio\";\n#[cfg(test)]\nmod tests { use std::fs; }";
        assert_eq!(count("crates/watchfire-core/src/case.rs", text), 0);
    }

    #[test]
    fn a_second_place_that_asks_the_time_is_found() {
        let text = "fn f() -> Timestamp { jiff::Timestamp::now() }";
        assert_eq!(count("crates/watchfire-server/src/worker/ticker.rs", text), 1);
        assert_eq!(count("crates/watchfire/src/cmd/serve.rs", text), 1);
        assert_eq!(count(CLOCK_FILE, text), 0);
    }

    #[test]
    fn unsafe_code_and_an_excuse_for_a_clock_are_found() {
        assert_eq!(count("crates/watchfire-core/src/case.rs", "unsafe { f() }"), 1);
        assert_eq!(count(MAY_MAP_FILES, "unsafe { f() }"), 0);
        let excuse =
            "#[expect(clippy::disallowed_methods, reason = \"quick\")] fn f() { T::now() }";
        assert_eq!(count("crates/watchfire-server/src/api/case.rs", excuse), 1);
        assert_eq!(count(CLOCK_FILE, excuse), 0);
    }

    #[test]
    fn serde_and_json_are_found_outside_their_places_in_core() {
        assert_eq!(count("crates/watchfire-core/src/case.rs", "#[derive(Serialize)] struct A;"), 1);
        assert_eq!(
            count("crates/watchfire-core/src/law/pack.rs", "#[derive(Deserialize)] struct A;"),
            0
        );
        assert_eq!(count("crates/watchfire-core/src/law/pack.rs", "use serde_json::Value;"), 1);
        assert_eq!(
            count("crates/watchfire-core/src/event/encoding.rs", "use serde_json::Value;"),
            0
        );
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let path = "crates/watchfire-server/src/api/case.rs";
        for text in [
            "query(\"SELECT id FROM cases\")",
            "q(r#\"\n      insert into cases VALUES (1)\"#)",
            "f(a, \"Update cases set x = 1\")",
            "use sqlx::Row;",
        ] {
            assert_eq!(count(path, text), 1, "{text}");
        }
        assert_eq!(count(path, "\"update the record\"; \"Select a case\""), 0);
        assert_eq!(
            count("crates/watchfire-store/src/case.rs", "query(\"SELECT id FROM cases\")"),
            0
        );
    }
}
