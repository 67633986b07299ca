//! `watchfire csaf validate`: which tests of the standard a document fails.

use serde::Serialize;
use watchfire_formats::advisory::DOCUMENT_BYTES_MAX;
use watchfire_formats::advisory::csaf::validate::{self, Group};
use watchfire_formats::advisory::csaf::{Report, Version};

use crate::cli::{Csaf, CsafValidate};
use crate::exit::{Exit, Failure};
use crate::input;
use crate::print;

/// What stands for the schema where a test has a number.
const SCHEMA: &str = "schema";

#[derive(Serialize)]
struct Answer {
    documents: Vec<Answered>,
}

#[derive(Serialize)]
struct Answered {
    file: String,
    csaf_version: Option<&'static str>,
    valid: bool,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    test: &'static str,
    group: &'static str,
    pointer: String,
    message: String,
}

pub(super) fn run(command: &Csaf) -> Result<Exit, Failure> {
    let Csaf::Validate(args) = command;
    validate(args)
}

fn validate(args: &CsafValidate) -> Result<Exit, Failure> {
    let (mut documents, mut refused) = (Vec::new(), false);
    for path in &args.files {
        let file = path.display().to_string();
        let report = validate::document(&input::bytes(path, DOCUMENT_BYTES_MAX as u64)?);
        refused |= report.is_err();
        let answered = match report {
            Ok(report) => answered(file, report),
            Err(error) => {
                let wrong = error.problems().into_iter();
                let findings = wrong.map(|one| finding(SCHEMA, one.pointer, one.reason));
                let findings = findings.collect();
                Answered { file, csaf_version: None, valid: false, findings }
            }
        };
        if !args.json {
            tell(&answered)?;
        }
        documents.push(answered);
    }
    let valid = documents.iter().all(|one| one.valid);
    if args.json {
        print::json(&Answer { documents })?;
    }
    Ok(match (refused, valid) {
        (true, _) => Exit::Request,
        (false, true) => Exit::Done,
        (false, false) => Exit::No,
    })
}

fn finding(test: &'static str, pointer: String, message: String) -> Finding {
    Finding { test, group: Group::Mandatory.word(), pointer, message }
}

fn answered(file: String, report: Report) -> Answered {
    let valid = report.is_valid();
    let schema = report.schema.into_iter();
    let schema = schema.map(|one| finding(SCHEMA, one.pointer, one.reason));
    let tests = report.findings.into_iter();
    let tests = tests.map(|one| finding(one.test, one.pointer, one.message));
    let csaf_version = Some(match report.version {
        Version::Two => "2.0",
        Version::TwoOne => "2.1",
    });
    Answered { file, csaf_version, valid, findings: schema.chain(tests).collect() }
}

/// Tells a person of one document.
fn tell(one: &Answered) -> Result<(), Failure> {
    let verdict = if one.valid { "valid" } else { "not valid" };
    let mut lines = vec![format!("{}: {verdict}", one.file)];
    for found in &one.findings {
        let place = if found.pointer.is_empty() { "/" } else { &found.pointer };
        lines.push(format!("  {} {place}: {}", found.test, found.message));
    }
    print::data(&print::plain(&lines.join("\n")))
}
