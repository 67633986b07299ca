//! `watchfire law`: read, check and test the packs.

mod backtest;
mod bundle;
mod calendars;
mod check;
mod diff;
mod list;
mod map;
mod profile;
mod reading;
mod roles;
mod show;
mod test;

use crate::cli::Law;
use crate::exit::{Exit, Failure};

pub(super) fn run(command: Law) -> Result<Exit, Failure> {
    match command {
        Law::List { json, laws } => list::run(json, &laws),
        Law::Show { id, language, json, laws } => show::run(&id, &language, json, &laws),
        Law::Roles(args) => roles::run(&args),
        Law::Map(args) => map::run(&args),
        Law::Calendars { id, year, language, json, laws } => match id {
            None => calendars::list(&language, json, &laws),
            Some(id) => calendars::show(&id, year, &language, json, &laws),
        },
        Law::Check { folder, json } => check::run(folder.as_deref(), json),
        Law::Backtest(args) => backtest::run(*args),
        Law::Diff(args) => diff::run(&args),
        Law::Bundle(args) => bundle::seal(&args),
        Law::Key { name, out } => bundle::key(&name, &out),
        Law::Import(args) => bundle::import(&args),
        Law::Reading(args) => reading::propose(&args),
        Law::Test { files, json, laws } => test::run(&files, json, &laws),
    }
}
