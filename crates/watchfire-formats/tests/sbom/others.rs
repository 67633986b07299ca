//! Documents that tools of others wrote.

use std::collections::BTreeMap;
use std::path::Path;

use watchfire_formats::sbom::{Component, Refused, read};

use crate::data::{bytes, files, shared, unpacked};

/// The folders of real documents.
const FOLDERS: [&str; 11] = [
    "dependency-track",
    "django-DefectDojo",
    "guac-data",
    "in-the-wild",
    "log4j-fleet",
    "osv-scanner",
    "protobom",
    "sbomqs",
    "spdx-examples",
    "trustify",
    "background-fleet.jsonl.gz",
];

fn is_log4j(component: &Component) -> bool {
    component.purls.iter().any(|purl| purl.kind() == "maven" && purl.name() == "log4j-core")
}

#[test]
fn every_log4j_of_the_fleet_is_found() {
    let Some(folder) = shared("log4j-fleet") else { return };
    let expected: serde_json::Value =
        serde_json::from_slice(&bytes(&folder.join("expected.json"))).expect("JSON");
    let mut count = 0;
    for case in expected.as_array().expect("a list") {
        let name = case["file"].as_str().expect("a name");
        let document =
            read(&bytes(&folder.join(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = document.components.iter().filter(|it| is_log4j(it));
        let mut found: Vec<&str> = found.filter_map(|it| it.purls[0].version()).collect();
        found.sort_unstable();
        found.dedup();
        let wanted = case["log4j_core_versions"].as_array().expect("a list").iter();
        let mut wanted: Vec<&str> = wanted.map(|it| it.as_str().expect("a text")).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{name}");
        count += 1;
    }
    assert_eq!(count, 29);
}

#[test]
fn every_document_of_the_background_fleet_is_read_whole() {
    let Some(path) = shared("background-fleet.jsonl.gz") else { return };
    let (mut documents, mut components) = (0, 0);
    for line in unpacked(&bytes(&path)).lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = line.get("doc").unwrap_or(&line).to_string();
        let document = read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text:.80}"));
        documents += 1;
        components += document.components.len();
    }
    println!("{components} components");
    assert_eq!(documents, 213);
}

/// What became of a file, in a few words.
fn outcome(path: &Path) -> String {
    match read(&bytes(path)) {
        Ok(document) if document.head.skipped == 0 => document.head.format.to_string(),
        Ok(document) => format!("{}, skipped {}", document.head.format, document.skipped[0].place),
        Err(Refused::Unknown(_)) => "no SBOM".to_owned(),
        Err(refused) => format!("refused: {refused}"),
    }
}

/// What is known of the files that are not read whole: path, outcome.
fn known() -> BTreeMap<&'static str, &'static str> {
    let lines = include_str!("outcomes.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": ")).collect()
}

#[test]
fn every_document_of_others_is_read_whole_or_it_is_known_why_not() {
    let known = known();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for folder in FOLDERS.iter().filter_map(|name| shared(name)).filter(|path| path.is_dir()) {
        let above = folder.parent().expect("it lies in a folder").to_path_buf();
        for file in files(&folder) {
            let path = file.strip_prefix(&above).expect("it lies there").display().to_string();
            let outcome = outcome(&file);
            let is_whole = ["JSON", "XML", "tags and values", "JSON-LD"]
                .iter()
                .any(|form| outcome.ends_with(form) && !outcome.contains(':'));
            let wanted = known.get(path.as_str()).copied();
            if wanted.map_or(!is_whole, |wanted| wanted != outcome) {
                wrong.push(format!("{path}: {outcome}"));
            }
            *counts.entry(outcome).or_default() += usize::from(is_whole);
        }
    }
    assert!(wrong.is_empty(), "{} are not as known:\n{}", wrong.len(), wrong.join("\n"));
    counts.retain(|_, count| *count > 0);
    println!("read whole: {counts:?}");
}
