//! `watchfire report`: four questions.

use std::io::{self, BufRead, IsTerminal, Write};

use serde_json::json;

use crate::api::Api;
use crate::cli::{Report, ReportNew};
use crate::exit::{Exit, Failure};
use crate::print;

/// An answer is at most so long, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

pub(super) fn run(command: Report) -> Result<Exit, Failure> {
    match command {
        Report::New(args) => new(args),
    }
}

fn new(args: ReportNew) -> Result<Exit, Failure> {
    let api = Api::of(&args.server)?;
    let asks = args.what.is_none() || args.sure.is_none() || args.exploited.is_none();
    let what = answer(args.what, "--what", "What is wrong?", &[])?;
    let component = match args.component {
        None if asks => optional("Where? A package URL, or nothing:")?,
        given => given,
    };
    let sure = answer(args.sure, "--sure", "How sure are you?", &["sure", "likely", "unsure"])?;
    let choices = ["yes", "no", "unknown"];
    let exploited = answer(args.exploited, "--exploited", "Was it exploited?", &choices)?;
    let body = json!({
        "what": what,
        "component": component,
        "sure": sure,
        "exploited": exploited,
        "found_at": args.found_at,
        "contact": args.contact,
        "language": args.language,
    });
    let made = api.post("/api/v1/reports", &body)?;
    if args.json {
        return print::json(&made).map(|()| Exit::Done);
    }
    let text = |name: &str| print::plain(made[name].as_str().unwrap_or_default());
    print::say("the tracking code is shown once; with it you read what is answered");
    print::data(&format!(
        "report:        {}\ntracking code: {}\nreceipt:       {}",
        text("id"),
        text("tracking_code"),
        text("receipt")
    ))?;
    Ok(Exit::Done)
}

/// Takes what a flag said, or asks.
fn answer(
    given: Option<String>,
    flag: &str,
    question: &str,
    choices: &[&str],
) -> Result<String, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::request(format!("`{flag}` is missing, and nobody can be asked")));
    }
    loop {
        let choice =
            if choices.is_empty() { String::new() } else { format!(" ({})", choices.join(", ")) };
        let line = ask(&format!("{question}{choice}"))?;
        if !line.is_empty() && (choices.is_empty() || choices.contains(&line.as_str())) {
            return Ok(line);
        }
    }
}

fn optional(question: &str) -> Result<Option<String>, Failure> {
    Ok(Some(ask(question)?).filter(|line| !line.is_empty()))
}

fn ask(question: &str) -> Result<String, Failure> {
    // A question that cannot be shown is answered all the same.
    let _ = write!(io::stderr(), "{question} ").and_then(|()| io::stderr().flush());
    let mut line = String::new();
    let read = io::Read::take(io::stdin().lock(), ANSWER_BYTES_MAX)
        .read_line(&mut line)
        .map_err(|error| Failure::request("the answer cannot be read").because(error))?;
    if read == 0 {
        return Err(Failure::request("the input ended before the questions did"));
    }
    Ok(line.trim().to_owned())
}
