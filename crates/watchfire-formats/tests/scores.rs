//! CVSS and SSVC against data that may not be copied: read where it lies, skipped loudly elsewhere.

use std::path::{Path, PathBuf};

use watchfire_formats::cvss::Scores;
use watchfire_formats::ssvc::Table;

/// The folder of the shared data, or `None` after saying so.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WATCHFIRE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let folder = data.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: {} is not there, see WATCHFIRE_SHARED_DATA", folder.display());
    None
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `(9.3, 8.9, None)`, `(7.8,)` or `7.3`, as the library of Red Hat writes scores.
fn wanted(scores: &str) -> Vec<Option<f64>> {
    let plain = scores.trim_matches(['(', ')', ' ']);
    let parts = plain.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| (part != "None").then(|| part.parse().expect("a number"))).collect()
}

#[test]
fn every_vector_of_others_has_the_scores_that_they_say() {
    let Some(folder) = shared("cvss") else { return };
    let mut counts = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !file.starts_with("redhat-vectors") {
            continue;
        }
        for line in text(&path).lines() {
            let (vector, scores) = line.split_once(" - ").expect("a vector and its scores");
            let ours: Scores = vector.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
            let all = [Some(ours.base), ours.temporal, ours.environmental];
            let wanted = wanted(scores);
            assert_eq!(all[..wanted.len()], wanted, "{file}: {line}");
            *counts.entry(ours.version).or_insert(0) += 1;
        }
    }
    assert_eq!(counts.into_values().collect::<Vec<_>>(), [533, 1864, 1850, 1200]);
}

#[test]
fn every_macro_vector_has_the_score_that_first_says() {
    let Some(folder) = shared("cvss") else { return };
    let lines = text(&folder.join("first-v4-macro-scores.txt"));
    for line in lines.lines() {
        let json: serde_json::Value =
            serde_json::from_str(&line.replace('\'', "\"")).expect("JSON");
        let vector = json["vector"].as_str().expect("a vector");
        let ours: Scores = vector.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Some(ours.base), json["score"].as_f64(), "{vector}");
        assert_eq!(Some(ours.severity), json["severity"].as_str(), "{vector}");
    }
    assert_eq!(lines.lines().count(), 185);
}

#[test]
fn every_row_of_every_decision_table_comes_out() {
    let Some(folder) = shared("ssvc/json/decision_tables") else { return };
    let (mut tables, mut rows) = (0, 0);
    for space in ["cisa", "cvss", "ssvc"] {
        for entry in std::fs::read_dir(folder.join(space)).expect("a folder") {
            let path = entry.expect("readable").path();
            let json: serde_json::Value = serde_json::from_str(&text(&path)).expect("JSON");
            let table = Table::parse(&json.to_string())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let outcome = json["outcome"].as_str().expect("an outcome");
            for row in json["mapping"].as_array().expect("rows") {
                let row = row.as_object().expect("a row").iter();
                let row = row.map(|(id, key)| (id.as_str(), key.as_str().expect("a key")));
                let (decided, answers): (Vec<_>, Vec<_>) = row.partition(|(id, _)| *id == outcome);
                let open = table.outcomes(&answers).expect("the answers fit");
                let keys: Vec<&str> = open.iter().map(|value| value.key.as_str()).collect();
                assert_eq!(keys, [decided[0].1], "{}: {answers:?}", path.display());
                rows += 1;
            }
            tables += 1;
        }
    }
    assert_eq!(tables, 16);
    println!("{rows} rows of {tables} tables");
}
