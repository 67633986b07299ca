//! What is kept of an SBOM answers as the document itself does, for every sample there is.

use std::path::{Path, PathBuf};

use serde_json::Value;
use watchfire_formats::advisory;
use watchfire_formats::sbom::{self, Document};
use watchfire_server::exposure::{self, Advice, Holding};

use crate::{shared, text};

/// A path of the repository.
fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// All files of a folder of the repository.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder:?} is empty");
    files
}

/// What can be read of the samples that lie in the repository, each with its name.
fn samples() -> Vec<(String, Vec<u8>, Document)> {
    let suite = text(&own("crates/watchfire-formats/tests/data/cyclonedx/suite.jsonl.gz"));
    let mut samples: Vec<(String, Vec<u8>)> = Vec::new();
    for line in suite.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let said = |key: &str| case[key].as_str().expect("a text").to_owned();
        samples.push((said("name"), said("text").into_bytes()));
    }
    let folders = ["crates/watchfire/src/demo/fleet/sboms", "fuzz/corpus/sbom_json"];
    for folder in folders.into_iter().chain(["fuzz/corpus/sbom_xml", "fuzz/corpus/sbom_tags"]) {
        for file in files(&own(folder)) {
            let bytes = std::fs::read(&file).expect("a file");
            samples.push((file.display().to_string(), bytes));
        }
    }
    let read = samples.into_iter().filter_map(|(name, bytes)| {
        let document = sbom::read(&bytes).ok()?;
        Some((name, bytes, document))
    });
    read.collect()
}

/// Asserts that what was kept of a document is what it was, and gives the same answers.
fn assert_same(advice: &Advice, name: &str, bytes: &[u8], document: &Document) -> usize {
    let read = Holding::read(bytes, &|| true);
    let read = read.unwrap_or_else(|refused| panic!("{name}: {refused}"));
    assert_eq!((&read.head, &read.skipped), (&document.head, &document.skipped), "{name}");
    let made = read.holding;
    let bytes = made.to_bytes().unwrap_or_else(|error| panic!("{name}: {error}"));
    let holding = Holding::from_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(holding, made, "{name}");
    assert_eq!(holding.components().len(), document.components.len(), "{name}");
    let mut answers = 0;
    for (part, component) in holding.components().zip(&document.components) {
        assert_eq!((part.name, part.place), (&component.name[..], &component.place), "{name}");
        let names = exposure::names(component);
        let answered = advice.of(part.names, holding.whole());
        assert_eq!(answered, advice.of(&names, made.whole()), "{name}: {}", part.name);
        assert!(holding.path(part.index).last().is_some_and(|it| it.starts_with(part.name)));
        answers += answered.len();
    }
    answers
}

#[test]
fn what_is_kept_of_every_sample_answers_as_the_document_does() {
    let mut advice = Advice::default();
    for file in files(&own("crates/watchfire/src/demo/fleet/advisories")) {
        let document = advisory::read(&std::fs::read(&file).expect("a file"));
        advice.add("demo", document.unwrap_or_else(|refused| panic!("{file:?}: {refused}")));
    }
    let samples = samples();
    assert!(samples.len() > 300, "{} samples", samples.len());
    let answers = samples.iter();
    let answers =
        answers.map(|(name, bytes, document)| assert_same(&advice, name, bytes, document));
    assert!(answers.sum::<usize>() > 3, "the demo has components that are affected");
}

#[test]
fn what_is_kept_of_a_fleet_answers_as_its_documents_do() {
    let Some(folder) = shared("sbom/log4j-fleet") else { return };
    let Some(path) = shared("log4shell/ghsa-log4j-trimmed.jsonl") else { return };
    let mut advice = Advice::default();
    assert_eq!(crate::add_lines(&mut advice, &path), 0);
    let mut answers = 0;
    for file in files(&folder) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        if let Ok(document) = sbom::read(&bytes) {
            answers += assert_same(&advice, &file.display().to_string(), &bytes, &document);
        }
    }
    assert!(answers > 0);
}
