//! `watchfire doctor`: looks at everything a node needs.

mod certificate;
mod machine;
mod node;

use comfy_table::Cell;
use jiff::SignedDuration;
use serde::Serialize;
use watchfire_server::clock::Clock;

use crate::cli::Doctor;
use crate::exit::{Exit, Failure};
use crate::{config, open, print};

/// What was looked at, and what is thought of it.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    detail: String,
    hint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Ok,
    Warning,
    Unsafe,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, state: State::Ok, detail: detail.into(), hint: String::new() }
    }

    fn warning(name: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, state: State::Warning, detail: detail.into(), hint: hint.into() }
    }

    fn bad(name: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, state: State::Unsafe, detail: detail.into(), hint: hint.into() }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

pub(super) fn run(args: &Doctor) -> Result<Exit, Failure> {
    let settings = config::read(&args.place)?;
    open::must_exist(&settings)?;
    let doubt_over = SignedDuration::from_secs(i64::from(settings.clock_doubt_seconds));
    let mut checks = machine::checks(&settings, Clock::machine(None, doubt_over).now());
    checks.extend(open::block_on(async { Ok(node::checks(settings).await) })?);
    let ok = checks.iter().all(|check| check.state != State::Unsafe);
    let report = Report { ok, checks };
    if args.json {
        print::json(&report)?;
    } else {
        tell(&report)?;
    }
    Ok(if ok { Exit::Done } else { Exit::No })
}

fn tell(report: &Report) -> Result<(), Failure> {
    let mut table = print::table(&["check", "state", "found", "to do"]);
    for check in &report.checks {
        let state = match check.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Unsafe => "UNSAFE",
        };
        table.add_row([check.name, state, &check.detail, &check.hint].map(Cell::new));
    }
    print::data(&table.to_string())
}
