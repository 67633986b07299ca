//! `watchfire law test`: runs case files and says what came out otherwise than expected.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::Laws;
use crate::cmd::packs;
use crate::cmd::progress::Progress;
use crate::exit::{Exit, Failure};
use crate::print;

#[derive(Serialize)]
struct Answer {
    passed: usize,
    failed: usize,
    cases: Vec<TestedCase>,
}

#[derive(Serialize)]
struct TestedCase {
    name: String,
    file: String,
    ok: bool,
    problems: Vec<String>,
}

pub(super) fn run(files: &[PathBuf], json: bool, laws: &Laws) -> Result<Exit, Failure> {
    let laws = packs::lawbook(laws)?;
    let files =
        if files.is_empty() { packs::own_cases(&laws)? } else { packs::case_files(files, &laws)? };
    let progress = Progress::new(files.iter().map(|file| file.cases.len()).sum());
    let mut cases = Vec::new();
    for file in &files {
        for case in &file.cases {
            let problems = case.check(&laws);
            let (name, file) = (case.name.clone(), format!("{}:{}", file.name, case.line));
            cases.push(TestedCase { name, file, ok: problems.is_empty(), problems });
            progress.step();
        }
    }
    progress.done();
    let passed = cases.iter().filter(|case| case.ok).count();
    let answer = Answer { passed, failed: cases.len() - passed, cases };
    if json {
        print::json(&answer)?;
    } else {
        tell(&answer)?;
    }
    Ok(if answer.failed == 0 { Exit::Done } else { Exit::No })
}

fn tell(answer: &Answer) -> Result<(), Failure> {
    for case in answer.cases.iter().filter(|case| !case.ok) {
        print::data(&print::plain(&format!("FAILED {}: {}", case.file, case.name)))?;
        for problem in &case.problems {
            print::data(&print::plain(&format!("  - {problem}")))?;
        }
    }
    print::data(&format!("{} passed, {} failed", answer.passed, answer.failed))
}
