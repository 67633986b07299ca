//! The papers tell the truth: links lead somewhere, and every command, route and setting is documented.
//! Each check is a function over plain input, proven on small bad inputs, and then run on the
//! repository.

mod repository;

use repository::{RepositoryFile, expect_none, files, root};
use std::collections::BTreeSet;
use std::process::Command;

const CLI_REFERENCE: &str = "docs/reference/cli.md";
const API_REFERENCE: &str = "docs/reference/api.md";
const API_PINNED: &str = "docs/reference/openapi.json";
const CONFIGURATION_REFERENCE: &str = "docs/reference/configuration.md";
const CONFIGURATION_SOURCE: &str = "crates/watchfire/src/config";

/// Nested commands that the walk follows; deeper ones would be unusable anyway.
const COMMAND_DEPTH_MAX: usize = 4;

/// Flags that clap adds to every command.
const COMMON_FLAGS: [&str; 2] = ["--help", "--version"];

/// A command as its own help describes it.
#[derive(Debug, PartialEq)]
struct DescribedCommand {
    /// With its parents: `watchfire law check`.
    path: String,
    flags: Vec<String>,
}

// ---- Markdown ----

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

fn leads_somewhere(path: &str, fragment: &str, files: &[RepositoryFile]) -> bool {
    match files.iter().find(|file| file.path == path) {
        Some(file) => {
            fragment.is_empty()
                || headings(&file.text).iter().any(|heading| anchor(heading) == fragment)
        }
        None => files.iter().any(|file| file.path.starts_with(&format!("{path}/"))),
    }
}

// ---- Commands ----

/// The subcommands and flags that a help text of clap lists.
fn read_help(help: &str) -> (Vec<String>, Vec<String>) {
    let mut section = "";
    let (mut subcommands, mut flags) = (Vec::new(), BTreeSet::new());
    for line in help.lines() {
        if !line.starts_with(' ') {
            section = line.trim_end_matches(':');
            continue;
        }
        let entry = line.trim_start();
        let indent = line.len() - entry.len();
        let word = entry.split_whitespace().next().unwrap_or_default();
        if section == "Commands" && indent == 2 && word != "help" {
            subcommands.push(word.to_owned());
        }
        if section != "Commands" && entry.starts_with('-') {
            let names = entry.split([' ', ',', '=', '[', '<']).take(4);
            flags.extend(names.filter(|name| name.starts_with("--")).map(str::to_owned));
        }
    }
    let own = flags.into_iter().filter(|flag| !COMMON_FLAGS.contains(&flag.as_str())).collect();
    (subcommands, own)
}

fn help_of(arguments: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(arguments)
        .arg("--help")
        .output()
        .expect("the binary under test runs");
    String::from_utf8(output.stdout).expect("help is UTF-8")
}

/// All commands of the binary, found by asking each for its help.
fn commands() -> Vec<DescribedCommand> {
    let mut found = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(arguments) = open.pop() {
        let (subcommands, flags) = read_help(&help_of(&arguments));
        assert!(arguments.len() < COMMAND_DEPTH_MAX, "commands too deep: {arguments:?}");
        for subcommand in &subcommands {
            let mut child = arguments.clone();
            child.push(subcommand.clone());
            open.push(child);
        }
        if subcommands.is_empty() && !arguments.is_empty() {
            found.push(DescribedCommand {
                path: format!("watchfire {}", arguments.join(" ")),
                flags,
            });
        }
    }
    found
}

/// The sections of the reference of commands: each heading that is a command, with its text.
fn command_sections(reference: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in reference.lines() {
        if line.starts_with('#') {
            let heading = line.trim_start_matches('#').trim().trim_matches('`').to_owned();
            sections.push((heading, String::new()));
        } else if let Some((_, text)) = sections.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    sections.retain(|(heading, _)| heading.starts_with("watchfire "));
    sections
}

/// Commands and flags that the reference leaves out, and sections without a command.
fn command_problems(commands: &[DescribedCommand], reference: &str) -> Vec<String> {
    let sections = command_sections(reference);
    let mut problems = Vec::new();
    for command in commands {
        match sections.iter().find(|(heading, _)| *heading == command.path) {
            None => problems.push(format!("{CLI_REFERENCE}: no section `{}`", command.path)),
            Some((_, text)) => {
                let missing =
                    command.flags.iter().filter(|flag| !text.contains(&format!("`{flag}")));
                problems.extend(missing.map(|flag| {
                    format!("{CLI_REFERENCE}: `{}` does not tell of `{flag}`", command.path)
                }));
            }
        }
    }
    let known = |heading: &String| commands.iter().any(|command| command.path == *heading);
    let ghosts = sections.iter().filter(|(heading, _)| !known(heading));
    problems
        .extend(ghosts.map(|(heading, _)| format!("{CLI_REFERENCE}: `{heading}` is no command")));
    problems
}

/// Commands shown in fenced blocks: the words after `watchfire` or `cargo run … --`, with their line.
fn shown_commands(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut fenced = false;
    let mut shown = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let line = line.trim_start().trim_start_matches("$ ");
        let rest = match line.strip_prefix("watchfire ") {
            Some(rest) => Some(rest),
            None => line
                .strip_prefix("cargo run")
                .and_then(|run| run.split_once(" -- "))
                .map(|(_, rest)| rest),
        };
        if let (true, Some(rest)) = (fenced, rest) {
            shown.push((at + 1, rest.split_whitespace().map(str::to_owned).collect()));
        }
    }
    shown
}

/// Commands that a paper shows and the binary does not have, and law files they name that are missing.
fn shown_command_problems(
    file: &RepositoryFile,
    commands: &[DescribedCommand],
    files: &[RepositoryFile],
) -> Vec<String> {
    let mut problems = Vec::new();
    for (line, words) in shown_commands(&file.text) {
        let full = format!("watchfire {} ", words.join(" "));
        if !commands.iter().any(|command| full.starts_with(&format!("{} ", command.path))) {
            problems.push(format!("{}:{line}: there is no command `{}`", file.path, full.trim()));
        }
        let in_repository =
            |word: &&String| word.starts_with("laws/") && !word.contains(['<', '*', '…']);
        for path in words.iter().filter(in_repository) {
            if !leads_somewhere(path.trim_end_matches('/'), "", files) {
                problems.push(format!("{}:{line}: `{path}` does not exist", file.path));
            }
        }
    }
    problems
}

// ---- Routes and settings ----

/// The routes of an OpenAPI document, as `GET /api/v1/reports`.
fn routes(openapi: &serde_json::Value) -> Vec<String> {
    let methods = ["get", "post", "put", "patch", "delete"];
    let paths = openapi.get("paths").and_then(serde_json::Value::as_object);
    let paths = paths.expect("an OpenAPI document has paths");
    let of_path = |(path, item): (&String, &serde_json::Value)| -> Vec<String> {
        let present = methods.iter().filter(|method| item.get(**method).is_some());
        present.map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    paths.iter().flat_map(of_path).collect()
}

fn route_problems(openapi: &serde_json::Value, reference: &str) -> Vec<String> {
    let undocumented = |route: &String| !reference.contains(&format!("`{route}`"));
    let missing = routes(openapi).into_iter().filter(undocumented);
    missing.map(|route| format!("{API_REFERENCE}: does not tell of `{route}`")).collect()
}

/// The fields of the structs of a source that are read from a file: those that derive `Deserialize`.
fn settings(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut derived = false;
    let mut inside = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[derive(") {
            derived = line.contains("Deserialize");
        } else if line.contains("struct ") && line.ends_with('{') {
            inside = derived;
        } else if line == "}" {
            inside = false;
            derived = false;
        } else if inside && !line.starts_with(['/', '#']) {
            let field = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            found.extend(
                field.split_once(':').map(|(name, _)| name.trim_start_matches("r#").to_owned()),
            );
        }
    }
    found
}

fn setting_problems(source: &str, reference: &str) -> Vec<String> {
    let undocumented = |setting: &String| !reference.contains(&format!("`{setting}`"));
    let missing = settings(source).into_iter().filter(undocumented);
    missing.map(|name| format!("{CONFIGURATION_REFERENCE}: does not tell of `{name}`")).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn links_lead_somewhere() {
    let files = files();
    let papers = files.iter().filter(|file| file.path.ends_with(".md"));
    let problems: Vec<String> = papers.flat_map(|paper| link_problems(paper, &files)).collect();
    expect_none("links", &problems);
}

#[test]
fn every_command_is_documented() {
    expect_none("commands", &command_problems(&commands(), &read(CLI_REFERENCE)));
}

#[test]
fn every_command_shown_in_a_paper_exists() {
    let (files, commands) = (files(), commands());
    let papers = files.iter().filter(|file| file.path.ends_with(".md"));
    let problems: Vec<String> =
        papers.flat_map(|paper| shown_command_problems(paper, &commands, &files)).collect();
    expect_none("commands shown", &problems);
}

#[test]
fn every_route_is_documented() {
    if !root().join(API_PINNED).exists() {
        let api = root().join("crates/watchfire-server/src/api");
        assert!(!api.exists(), "the API stands but {API_PINNED} is not pinned");
        return;
    }
    let openapi = serde_json::from_str(&read(API_PINNED)).expect("the pinned document is JSON");
    expect_none("routes", &route_problems(&openapi, &read(API_REFERENCE)));
}

#[test]
fn every_setting_is_documented() {
    let files = files();
    let sources = files.iter().filter(|file| file.path.starts_with(CONFIGURATION_SOURCE));
    let source: String = sources.map(|file| file.text.as_str()).collect();
    expect_none("settings", &setting_problems(&source, &read(CONFIGURATION_REFERENCE)));
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    fn file(path: &str, text: &str) -> RepositoryFile {
        RepositoryFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn command(path: &str, flags: &[&str]) -> DescribedCommand {
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        DescribedCommand { path: path.to_owned(), flags }
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
    fn a_help_text_is_read() {
        let help = "Watch\n\nUsage: watchfire law <COMMAND>\n\nCommands:\n  check  Lints\n  test   Runs\n         long text\n  help   Print\n\nOptions:\n  -j, --json         As JSON\n      --laws <DIR>   More packs\n  -h, --help         Print help\n";
        let (subcommands, flags) = read_help(help);
        assert_eq!(subcommands, ["check", "test"]);
        assert_eq!(flags, ["--json", "--laws"]);
    }

    #[test]
    fn undocumented_commands_and_flags_and_ghosts_are_found() {
        let commands = [
            command("watchfire law check", &["--json", "--laws"]),
            command("watchfire serve", &[]),
        ];
        let reference = "## `watchfire law check`\n`--json` prints\n## `watchfire fly`\n";
        assert_eq!(command_problems(&commands, reference).len(), 3);
        let whole = "## `watchfire law check`\n`--json`, `--laws DIR`\n## `watchfire serve`\n";
        assert!(command_problems(&commands, whole).is_empty());
    }

    #[test]
    fn commands_and_cases_that_do_not_exist_are_found_in_papers() {
        let commands = [command("watchfire obligations", &[])];
        let files = [file("laws/a/tests/b.toml", "")];
        let count =
            |text: &str| shown_command_problems(&file("README.md", text), &commands, &files).len();
        assert_eq!(count("```sh\nwatchfire obligations laws/a/tests/b.toml\n```"), 0);
        assert_eq!(count("```sh\ncargo run --release -- fly\n```"), 1);
        assert_eq!(count("```sh\n$ watchfire obligations laws/a/tests/c.toml\n```"), 1);
        assert_eq!(count("watchfire fly, in prose"), 0);
    }

    #[test]
    fn undocumented_routes_are_found() {
        let openapi = serde_json::json!({"paths": {"/api/v1/reports": {"get": {}, "post": {}}}});
        assert_eq!(route_problems(&openapi, "`POST /api/v1/reports` takes a report").len(), 1);
    }

    #[test]
    fn undocumented_settings_are_found() {
        let source = "#[derive(Debug, Deserialize)]\npub(crate) struct Config {\n    /// x: y\n    #[serde(default)]\n    pub(crate) listen: SocketAddr,\n    pub data: PathBuf,\n}\nstruct Other {\n    a: u8,\n}\n";
        assert_eq!(settings(source), ["listen", "data"]);
        assert_eq!(setting_problems(source, "`listen` is the address").len(), 1);
    }
}
