//! Relative links of all Markdown files lead to a file, a folder or a heading, and every paper of
//! `docs/` can be reached from its table of contents.

use crate::repository::{RepositoryFile, expect_none, files};

/// The table of contents of the papers.
const CONTENTS: &str = "docs/README.md";

/// The lines of a Markdown text outside fenced blocks, numbered from 1, without code spans.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let outside_code = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
            lines.push((at + 1, outside_code));
        }
    }
    lines
}

/// The targets of inline links and pictures in a line: what stands in `](…)`.
fn targets(line: &str) -> Vec<&str> {
    let openings = line.match_indices("](").map(|(at, _)| &line[at + 2..]);
    openings.filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

/// The anchor that a heading gets: small letters, digits, hyphens for blanks.
fn anchor(heading: &str) -> String {
    let kept =
        heading.trim().chars().filter(|sign| sign.is_alphanumeric() || " -_".contains(*sign));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn headings(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced && line.starts_with('#') {
            found.push(line.trim_start_matches('#').trim().to_owned());
        }
    }
    found
}

/// The path that `target` means in a file of `folder`, or `None` where it climbs out of the root.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Links of `file` that lead nowhere in `files`: to a missing file, folder or heading.
fn link_problems(file: &RepositoryFile, files: &[RepositoryFile]) -> Vec<String> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut problems = Vec::new();
    for (line, text) in prose(&file.text) {
        for target in targets(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let resolved =
                if path.is_empty() { Some(file.path.clone()) } else { resolve(folder, path) };
            if !resolved.is_some_and(|path| leads_somewhere(&path, fragment, files)) {
                problems.push(format!("{}:{line}: `{target}` leads nowhere", file.path));
            }
        }
    }
    problems
}

/// Whether `path` is a file that has the heading `fragment` (or any file, if that is empty) or a
/// folder.
pub(crate) fn leads_somewhere(path: &str, fragment: &str, files: &[RepositoryFile]) -> bool {
    match files.iter().find(|file| file.path == path) {
        Some(file) => {
            fragment.is_empty()
                || headings(&file.text).iter().any(|heading| anchor(heading) == fragment)
        }
        None => files.iter().any(|file| file.path.starts_with(&format!("{path}/"))),
    }
}

#[test]
fn links_lead_somewhere() {
    let files = files();
    let papers = files.iter().filter(|file| file.path.ends_with(".md"));
    let problems: Vec<String> = papers.flat_map(|paper| link_problems(paper, &files)).collect();
    expect_none("links", &problems);
}

/// The papers below `docs/` that its table of contents does not name, itself or by their folder.
fn unlisted(files: &[RepositoryFile]) -> Vec<String> {
    let contents = files.iter().find(|file| file.path == CONTENTS);
    let lines = prose(contents.map_or("", |file| &file.text));
    let listed: Vec<String> = lines
        .iter()
        .flat_map(|(_, line)| targets(line))
        .filter_map(|target| resolve("docs", target))
        .collect();
    let papers = files.iter().map(|file| &file.path).filter(|path| {
        path.starts_with("docs/") && path.ends_with(".md") && path.as_str() != CONTENTS
    });
    let is_listed = |path: &String| {
        listed.iter().any(|place| path == place || path.starts_with(&format!("{place}/")))
    };
    let missing = papers.filter(|path| !is_listed(path));
    missing.map(|path| format!("{path} is not in {CONTENTS}")).collect()
}

#[test]
fn every_paper_stands_in_the_table_of_contents() {
    expect_none("the table of contents", &unlisted(&files()));
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    fn file(path: &str, text: &str) -> RepositoryFile {
        RepositoryFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn links_to_missing_files_and_headings_are_found() {
        let all = [file("docs/a.md", "# One two"), file("README.md", "")];
        let count = |text: &str| link_problems(&file("docs/b.md", text), &all).len();
        assert_eq!(count("[x](a.md) [x](a.md#one-two) [x](../README.md) [x](../docs) <b>"), 0);
        assert_eq!(count("[x](https://example.org) `[x](no.md)`\n```\n[x](no.md)\n```"), 0);
        assert_eq!(count("[x](c.md) and ![x](../../out.png)"), 2);
        assert_eq!(count("[x](a.md#three)"), 1);
    }

    #[test]
    fn a_paper_that_the_table_of_contents_leaves_out_is_found() {
        let all = [
            file(CONTENTS, "[x](adr) and [y](guides/README.md)"),
            file("docs/adr/1.md", ""),
            file("docs/adr-2.md", ""),
            file("docs/guides/README.md", ""),
            file("docs/guides/one.md", ""),
            file("docs/reference/openapi.json", ""),
            file("README.md", ""),
        ];
        let expected = ["docs/adr-2.md", "docs/guides/one.md"];
        assert_eq!(unlisted(&all), expected.map(|path| format!("{path} is not in docs/README.md")));
    }
}
