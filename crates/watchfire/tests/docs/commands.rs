//! Every command and flag of the binary is in the reference, and every command that a paper shows
//! exists.

use crate::links::leads_somewhere;
use crate::reference::read;
use crate::repository::{RepositoryFile, expect_none, files};
use std::collections::BTreeSet;
use std::process::Command;

const CLI_REFERENCE: &str = "docs/reference/cli.md";

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
        let help = help_of(&arguments);
        let (subcommands, flags) = read_help(&help);
        // A command may do something of its own and have others under it.
        let does_something = subcommands.is_empty() || help.contains("\nArguments:\n");
        assert!(arguments.len() < COMMAND_DEPTH_MAX, "commands too deep: {arguments:?}");
        for subcommand in &subcommands {
            let mut child = arguments.clone();
            child.push(subcommand.clone());
            open.push(child);
        }
        if does_something && !arguments.is_empty() {
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

#[test]
fn every_command_is_documented() {
    let commands = commands();
    let help = help_of(&[]);
    assert!(help.is_empty() || !commands.is_empty(), "no command could be read from:\n{help}");
    expect_none("commands", &command_problems(&commands, &read(CLI_REFERENCE)));
}

#[test]
fn every_command_shown_in_a_paper_exists() {
    let (files, commands) = (files(), commands());
    let papers = files.iter().filter(|file| file.path.ends_with(".md"));
    let problems: Vec<String> =
        papers.flat_map(|paper| shown_command_problems(paper, &commands, &files)).collect();
    expect_none("commands shown", &problems);
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
}
