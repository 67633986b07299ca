//! `watchfire law check`: what is wrong with packs, and what they lack.

use std::io::IsTerminal;
use std::path::Path;

use serde::Serialize;
use watchfire_core::law::Lawbook;
use watchfire_core::law::lint::{self, PackReport};
use watchfire_core::law::problem::Problem;

use crate::cmd::packs::{Folder, builtin_source};
use crate::cmd::problems::{self, Source};
use crate::exit::{Exit, Failure};
use crate::print;

#[derive(Serialize)]
struct Answer {
    ok: bool,
    packs: Vec<CheckedPack>,
}

#[derive(Serialize)]
struct CheckedPack {
    /// `null` for a file that all packs share.
    law: Option<String>,
    file: String,
    problems: Vec<CheckedProblem>,
}

#[derive(Serialize)]
struct CheckedProblem {
    line: usize,
    column: usize,
    code: &'static str,
    message: String,
    hint: String,
}

pub(super) fn run(folder: Option<&Path>, json: bool) -> Result<Exit, Failure> {
    match folder {
        None => {
            let reports = lint::check(Lawbook::builtin_files(), None);
            answer(reports, json, builtin_source)
        }
        Some(at) => {
            let folder = Folder::read(at)?;
            let reports = lint::check(&folder.over_builtin().pairs(), Some(&folder.laws()));
            answer(reports, json, |path| folder.source(path))
        }
    }
}

fn answer<'a>(
    reports: Vec<PackReport>,
    json: bool,
    source: impl Fn(&str) -> Source<'a>,
) -> Result<Exit, Failure> {
    let exit = exit_of(&reports);
    if json {
        let packs = reports.into_iter().map(|report| checked(report, &source)).collect();
        print::json(&Answer { ok: exit == Exit::Done, packs })?;
        return Ok(exit);
    }
    let styled = std::io::stdout().is_terminal();
    let found = || reports.iter().flat_map(|report| &report.problems);
    let count = found().count();
    for problem in found().take(problems::DRAWN_MAX) {
        print::data(&format!("{}\n", problems::draw(problem, &source(&problem.path), styled)))?;
    }
    if let Some(more) = problems::more(count) {
        print::data(&format!("{more}\n"))?;
    }
    let packs = reports.iter().filter(|report| report.path.ends_with("/law.toml")).count();
    print::say(&format!("{packs} packs, {count} problems"));
    Ok(exit)
}

/// What does not load weighs more than what is missing, and advice weighs nothing.
fn exit_of(reports: &[PackReport]) -> Exit {
    if reports.iter().any(|report| !report.loads) {
        return Exit::Request;
    }
    let mut problems = reports.iter().flat_map(|report| &report.problems);
    let whole = problems.all(|problem| lint::is_advice(problem.code));
    if whole { Exit::Done } else { Exit::No }
}

fn checked<'a>(report: PackReport, source: &impl Fn(&str) -> Source<'a>) -> CheckedPack {
    let problem = |problem: Problem| CheckedProblem {
        line: problem.line,
        column: problem.column,
        code: problem.code,
        message: problem.message,
        hint: problem.hint,
    };
    CheckedPack {
        law: (!report.law.is_empty()).then_some(report.law),
        file: source(&report.path).path,
        problems: report.problems.into_iter().map(problem).collect(),
    }
}
