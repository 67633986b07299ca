//! One idea, one word: identifiers keep to the glossary.

use crate::repository::{RepositoryFile, expect_none, files};
use crate::source::Source;

/// Words of the glossary's column "do not say" that no identifier needs in another meaning,
/// each with the word to use.
const NOT_OURS: [(&str, &str); 16] = [
    ("vuln", "vulnerability"),
    ("vulns", "vulnerabilities"),
    ("vul", "vulnerability"),
    ("ticket", "case"),
    ("hacker", "finder"),
    ("submitter", "reporter"),
    ("stakeholder", "participant"),
    ("assignee", "owner"),
    ("orphan", "gap"),
    ("countdown", "clock"),
    ("breached", "overdue"),
    ("bump", "escalate"),
    ("blockchain", "evidence log"),
    ("ledger", "evidence log"),
    ("sla", "obligation"),
    ("nda", "embargo"),
];

/// Documents of the field keep the field's own words, and a test may keep a ledger of its own.
const ELSEWHERE: [&str; 3] = ["crates/watchfire-formats/", "crates/watchfire-exposure/", "/tests/"];

/// The words of an identifier, in small letters: `vulnIndex_of` has `vuln`, `index` and `of`.
fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_small = false;
    for sign in identifier.chars() {
        if sign == '_' || (sign.is_uppercase() && before_is_small) {
            words.push(String::new());
        }
        if sign != '_' {
            words.last_mut().expect("there is always one").extend(sign.to_lowercase());
        }
        before_is_small = sign.is_lowercase();
    }
    words
}

fn word_problems(file: &RepositoryFile) -> Vec<String> {
    let elsewhere = ELSEWHERE.iter().any(|place| file.path.contains(place));
    let ours = ["crates/", "bench/", "fuzz/"].iter().any(|folder| file.path.starts_with(folder));
    if !ours || !file.path.ends_with(".rs") || elsewhere {
        return Vec::new();
    }
    let source = Source::of(&file.text);
    let mut problems = Vec::new();
    for (at, line) in source.code.lines().enumerate() {
        for identifier in line.split(|sign: char| !sign.is_alphanumeric() && sign != '_') {
            let words = words(identifier);
            let hits = NOT_OURS.iter().filter(|(word, _)| words.iter().any(|part| part == word));
            problems.extend(hits.map(|(_, ours)| {
                format!("{}:{}: `{identifier}`: our word is `{ours}`", file.path, at + 1)
            }));
        }
    }
    problems
}

#[test]
fn identifiers_keep_to_the_glossary() {
    expect_none("words", &files().iter().flat_map(word_problems).collect::<Vec<_>>());
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    #[test]
    fn words_of_others_are_found_in_any_case_and_only_as_words() {
        let count = |text: &str| {
            let path = "crates/watchfire-core/src/case.rs".to_owned();
            word_problems(&RepositoryFile { path, text: text.to_owned() }).len()
        };
        assert_eq!(count("struct VulnIndex; fn open_ticket() {} const MAX_SLA: u8 = 1;"), 3);
        assert_eq!(count("fn vulnerability(slack: Slate) {} // ticket\n\"vuln\";"), 0);
    }
}
