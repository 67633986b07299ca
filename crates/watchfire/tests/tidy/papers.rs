//! The papers of the repository: decisions numbered without holes and written in one form.

use crate::repository::{RepositoryFile, expect_none, files};

/// The papers a stranger looks for at the root.
const ROOT_PAPERS: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    "STYLE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "LICENSE",
];

/// The five headings of a decision, in their order; `docs/adr/template.md` explains them.
const HEADINGS: [&str; 5] =
    ["## Status", "## Context", "## Decision", "## Consequences", "## Rejected"];

/// Lines of one decision: about a page.
const ADR_LINES_MAX: usize = 120;

fn adrs(files: &[RepositoryFile]) -> Vec<&RepositoryFile> {
    let is_adr = |file: &&RepositoryFile| {
        file.path.starts_with("docs/adr/") && file.path != "docs/adr/template.md"
    };
    files.iter().filter(is_adr).collect()
}

/// Problems with the names of the decisions: `NNNN-title.md`, from 0001, without holes or twins.
fn number_problems(files: &[RepositoryFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, adr) in adrs(files).iter().enumerate() {
        let name = adr.path.trim_start_matches("docs/adr/");
        let expected = format!("{:04}-", at + 1);
        if !name.starts_with(&expected) || !name.ends_with(".md") {
            problems.push(format!("{}: expected a name that starts with `{expected}`", adr.path));
        }
    }
    problems
}

/// Problems with the form of one decision: its title, its five headings in order, its length.
fn form_problems(adr: &RepositoryFile) -> Vec<String> {
    let path = adr.path.as_str();
    let headings: Vec<&str> =
        adr.text.lines().map(str::trim_end).filter(|line| line.starts_with("## ")).collect();
    let number = path.trim_start_matches("docs/adr/").split('-').next().unwrap_or_default();
    let number = number.trim_start_matches('0');
    let mut problems = Vec::new();
    if !adr.text.starts_with(&format!("# {number}. ")) {
        problems.push(format!("{path}: the title starts with `# {number}. `"));
    }
    if headings != HEADINGS {
        problems.push(format!("{path}: its headings are {headings:?}, not {HEADINGS:?}"));
    }
    if adr.text.lines().count() > ADR_LINES_MAX {
        problems.push(format!("{path}: over {ADR_LINES_MAX} lines: a decision fits on a page"));
    }
    problems
}

fn missing_papers(files: &[RepositoryFile]) -> Vec<String> {
    let present = |paper: &&&str| {
        !files.iter().any(|file| file.path == **paper && !file.text.trim().is_empty())
    };
    ROOT_PAPERS.iter().filter(present).map(|paper| format!("{paper} is missing or empty")).collect()
}

/// Terms of the glossary without their Chinese: rows whose first cell is bold and has no Han sign.
fn untranslated_terms(glossary: &str) -> Vec<String> {
    let is_han = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
    let first_cells =
        glossary.lines().filter_map(|line| line.strip_prefix("| **")?.split(" | ").next());
    let terms = first_cells.filter(|cell| !cell.contains(is_han));
    terms.map(|cell| format!("GLOSSARY.md: `{cell}` has no Chinese")).collect()
}

#[test]
fn every_term_has_its_chinese() {
    let files = files();
    let glossary =
        files.iter().find(|file| file.path == "GLOSSARY.md").expect("GLOSSARY.md exists");
    let terms = glossary.text.lines().filter(|line| line.starts_with("| **")).count();
    assert!(terms > 40, "only {terms} terms found: has the form of the glossary changed?");
    expect_none("glossary", &untranslated_terms(&glossary.text));
}

#[test]
fn decisions_are_numbered_without_holes() {
    let files = files();
    assert!(!adrs(&files).is_empty(), "no decision found in docs/adr");
    expect_none("docs/adr", &number_problems(&files));
}

#[test]
fn decisions_have_the_five_headings() {
    let files = files();
    expect_none("docs/adr", &adrs(&files).into_iter().flat_map(form_problems).collect::<Vec<_>>());
}

#[test]
fn the_papers_a_stranger_looks_for_are_there() {
    expect_none("papers", &missing_papers(&files()));
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    fn adr(path: &str, text: &str) -> RepositoryFile {
        RepositoryFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn holes_twins_and_other_names_are_found() {
        let named = |names: &[&str]| {
            number_problems(&names.iter().map(|name| adr(name, "")).collect::<Vec<_>>()).len()
        };
        assert_eq!(named(&["docs/adr/0001-a.md", "docs/adr/0002-b.md", "docs/adr/template.md"]), 0);
        assert_eq!(named(&["docs/adr/0001-a.md", "docs/adr/0003-b.md"]), 1);
        assert_eq!(named(&["docs/adr/0001-a.md", "docs/adr/0001-b.md"]), 1);
        assert_eq!(named(&["docs/adr/one.md"]), 1);
    }

    #[test]
    fn a_decision_in_another_form_is_found() {
        let text = format!("# 1. A\n\n{}\n", HEADINGS.join("\n\nWords.\n\n"));
        assert!(form_problems(&adr("docs/adr/0001-a.md", &text)).is_empty());
        assert_eq!(form_problems(&adr("docs/adr/0002-a.md", &text)).len(), 1);
        assert_eq!(
            form_problems(&adr("docs/adr/0001-a.md", &text.replace("## Status", ""))).len(),
            1
        );
        assert_eq!(
            form_problems(&adr("docs/adr/0001-a.md", &(text + &"x\n".repeat(ADR_LINES_MAX)))).len(),
            1
        );
    }

    #[test]
    fn a_term_without_chinese_is_found() {
        let glossary = "| **gap** (空缺) | open | x |\n| **rung** | 级, in another cell | x |";
        assert_eq!(untranslated_terms(glossary).len(), 1);
    }

    #[test]
    fn a_missing_or_empty_paper_is_found() {
        assert_eq!(missing_papers(&[adr("README.md", " \n"), adr("LICENSE", "x")]).len(), 7);
    }
}
