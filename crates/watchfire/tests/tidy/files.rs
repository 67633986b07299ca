//! What no file of the repository may hold or be called.

use crate::repository::{RepositoryFile, expect_none, files};
use crate::source::{Source, lines_with_word};

/// Lines of a Rust file above which it is reported (soft) or refused (hard).
const FILE_LINES_SOFT: usize = 400;
const FILE_LINES_MAX: usize = 800;

/// Names that name nobody.
const EMPTY_NAMES: [&str; 10] = [
    "util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared",
    "stuff",
];

/// Marks of work left for later; git and the tracker remember better.
const LEFT_FOR_LATER: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), "XXX", concat!("HA", "CK")];

/// Macros that belong into a draft.
const DRAFT_MACROS: [&str; 3] = ["dbg!", "todo!", "unimplemented!"];

/// Folders of one machine, which mean nothing on another.
const MACHINE_FOLDERS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/tm", "p/"), concat!("/ho", "me/")];

/// Files whose comments are read: code of any kind, but not prose, which may speak about comments.
const CODE_ENDINGS: [&str; 11] =
    [".toml", ".sh", ".sql", ".css", ".js", ".mjs", ".ftl", ".yml", ".service", "justfile", "run"];

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

fn is_code(path: &str) -> bool {
    CODE_ENDINGS.iter().any(|ending| path.ends_with(ending)) || path.starts_with("scripts/")
}

fn is_vendored(path: &str) -> bool {
    path.split('/').any(|part| part == "vendor")
}

fn named(path: &str, text: &str, words: &[&str], why: &str) -> Vec<String> {
    let hits = words
        .iter()
        .flat_map(|word| lines_with_word(text, word).into_iter().map(move |line| (line, word)));
    hits.map(|(line, word)| format!("{path}:{line}: `{word}`: {why}")).collect()
}

fn draft_problems(file: &RepositoryFile) -> Vec<String> {
    let path = file.path.as_str();
    if is_vendored(path) {
        return Vec::new();
    }
    if !is_rust(path) {
        let text = if is_code(path) { file.text.as_str() } else { "" };
        return named(path, text, &LEFT_FOR_LATER, "open an issue instead");
    }
    let source = Source::of(&file.text);
    let mut problems = named(path, &source.comments, &LEFT_FOR_LATER, "open an issue instead");
    problems.extend(named(path, &source.code, &DRAFT_MACROS, "this is a draft"));
    for (at, line) in source.code.lines().enumerate() {
        let attribute: String = line.split_whitespace().collect();
        if attribute.contains("#[allow(")
            || attribute.contains("#![allow(")
            || attribute.contains(",allow(")
        {
            problems.push(format!("{path}:{}: use `#[expect(lint, reason = \"…\")]`", at + 1));
        }
        if attribute.contains("#[ignore") {
            problems.push(format!("{path}:{}: a test that does not run is not a test", at + 1));
        }
    }
    problems
}

fn name_problems(file: &RepositoryFile) -> Vec<String> {
    let path = file.path.as_str();
    let code = ["crates/", "bench/", "fuzz/"].iter().any(|folder| path.starts_with(folder));
    if !code || is_vendored(path) {
        return Vec::new();
    }
    let stem = |part: &str| part.split('.').next().unwrap_or_default().to_owned();
    let names =
        path.split('/').skip(1).map(stem).filter(|name| EMPTY_NAMES.contains(&name.as_str()));
    names.map(|name| format!("{path}: `{name}` names nobody: call it after its noun")).collect()
}

fn length_problems(file: &RepositoryFile) -> Vec<String> {
    let lines = file.text.lines().count();
    if !is_rust(&file.path) || lines <= FILE_LINES_SOFT {
        return Vec::new();
    }
    if lines > FILE_LINES_MAX {
        return vec![format!(
            "{}: {lines} lines, at most {FILE_LINES_MAX}: split it by its nouns",
            file.path
        )];
    }
    println!("{}: {lines} lines, over the soft limit of {FILE_LINES_SOFT}", file.path);
    Vec::new()
}

/// A path is of one machine when it starts with one of its folders, not when it is part of an address.
fn machine_problems(file: &RepositoryFile) -> Vec<String> {
    let inside_address = |sign: char| sign.is_alphanumeric() || ".-_}~*".contains(sign);
    let mut problems = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for folder in MACHINE_FOLDERS {
            let mut hits = line.match_indices(folder);
            if hits.any(|(start, _)| !line[..start].ends_with(inside_address)) {
                problems.push(format!(
                    "{}:{}: `{folder}…` is a folder of one machine",
                    file.path,
                    at + 1
                ));
            }
        }
    }
    problems
}

/// Both sides of a conflict, left standing.
fn conflict_problems(file: &RepositoryFile) -> Vec<String> {
    let is_mark = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark));
    let hits = file.text.lines().enumerate().filter(|(_, line)| is_mark(line));
    hits.map(|(at, _)| format!("{}:{}: a conflict was left in it", file.path, at + 1)).collect()
}

/// What comes from others carries its licence, and lock files name no registry's address.
fn vendor_problems(files: &[RepositoryFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        let path = file.path.as_str();
        if path.ends_with(".min.js") && !is_vendored(path) {
            problems.push(format!("{path}: code of others belongs into a folder called vendor"));
        }
        if path.ends_with("package-lock.json") && file.text.contains("\"resolved\"") {
            problems.push(format!(
                "{path}: names a registry: set omit-lockfile-registry-resolved=true in .npmrc"
            ));
        }
        if is_vendored(path) && !has_licence_beside(path, files) {
            problems.push(format!("{path}: no LICENSE file in its folder"));
        }
    }
    problems
}

fn has_licence_beside(path: &str, files: &[RepositoryFile]) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    files.iter().any(|file| {
        let name = file
            .path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or_default();
        name.starts_with("LICENSE") || name.starts_with("LICENCE")
    })
}

#[test]
fn nothing_is_left_for_later_and_no_lint_is_silenced() {
    expect_none("drafts", &files().iter().flat_map(draft_problems).collect::<Vec<_>>());
}

#[test]
fn every_module_is_called_after_its_noun() {
    expect_none("names", &files().iter().flat_map(name_problems).collect::<Vec<_>>());
}

#[test]
fn no_source_file_is_too_long() {
    expect_none("file lengths", &files().iter().flat_map(length_problems).collect::<Vec<_>>());
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    expect_none("machine paths", &files().iter().flat_map(machine_problems).collect::<Vec<_>>());
}

#[test]
fn what_comes_from_others_carries_its_licence() {
    expect_none("vendored files", &vendor_problems(&files()));
}

#[test]
fn no_conflict_was_left_standing() {
    expect_none("conflicts", &files().iter().flat_map(conflict_problems).collect::<Vec<_>>());
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    #[test]
    fn a_conflict_left_standing_is_found() {
        let text = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n";
        let path = "docs/a.md".to_owned();
        let found = conflict_problems(&RepositoryFile { path, text: text.to_owned() });
        assert_eq!(found.len(), 2, "{found:?}");
    }

    fn file(path: &str, text: &str) -> RepositoryFile {
        RepositoryFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn drafts_are_found() {
        let rust = |text: &str| draft_problems(&file("crates/watchfire/src/main.rs", text)).len();
        assert_eq!(rust(concat!("// TO", "DO: later")), 1);
        assert_eq!(rust("fn f() { dbg!(x); todo!() }"), 2);
        assert_eq!(rust("#[ignore]"), 1);
        assert_eq!(rust("#[allow(dead_code)]\n#![allow(unused)]"), 2);
        assert_eq!(rust("#[expect(dead_code, reason = \"x\")] const A: &str = \"todo!\";"), 0);
        assert_eq!(draft_problems(&file("scripts/test", concat!("# FIX", "ME"))).len(), 1);
        assert_eq!(draft_problems(&file("STYLE.md", concat!("No TO", "DO on main"))).len(), 0);
    }

    #[test]
    fn names_that_name_nobody_are_found() {
        assert_eq!(name_problems(&file("crates/watchfire-core/src/utils.rs", "")).len(), 1);
        assert_eq!(name_problems(&file("crates/watchfire-core/src/common/mod.rs", "")).len(), 1);
        assert_eq!(name_problems(&file("bench/src/helpers.rs", "")).len(), 1);
        assert_eq!(name_problems(&file("crates/watchfire-core/src/case.rs", "")).len(), 0);
    }

    #[test]
    fn a_file_over_the_limit_is_found_and_one_at_it_is_not() {
        assert_eq!(length_problems(&file("a.rs", &"x\n".repeat(FILE_LINES_MAX))).len(), 0);
        assert_eq!(length_problems(&file("a.rs", &"x\n".repeat(FILE_LINES_MAX + 1))).len(), 1);
    }

    #[test]
    fn machine_paths_are_found_but_not_parts_of_addresses() {
        let lines = [
            concat!("cd /wo", "rk/x"),
            concat!("\"/ro", "ot/.cargo\""),
            concat!("`/tm", "p/a`"),
            concat!("(/ho", "me/b)"),
        ];
        assert_eq!(machine_problems(&file("README.md", &lines.join("\n"))).len(), 4);
        let address = concat!("https://example.org/wo", "rk/1 ${TMPDIR:-/tm", "p}/x");
        assert!(machine_problems(&file("README.md", address)).is_empty());
    }

    #[test]
    fn vendored_files_without_a_licence_are_found() {
        let alone = [file("a/vendor/x.js", "")];
        assert_eq!(vendor_problems(&alone).len(), 1);
        let beside = [file("a/vendor/x.js", ""), file("a/vendor/LICENSE-x", "")];
        assert!(vendor_problems(&beside).is_empty());
        assert_eq!(vendor_problems(&[file("a/x.min.js", "")]).len(), 1);
        assert_eq!(vendor_problems(&[file("a/package-lock.json", "\"resolved\": \"x\"")]).len(), 1);
    }
}
