//! The commands, one file per verb.

mod backup;
mod case;
mod csaf;
mod cvss;
mod demo;
mod doctor;
mod law;
mod lines;
mod log;
mod matching;
mod migrate;
mod obligations;
pub(crate) mod packs;
mod problems;
mod product;
mod progress;
mod purl;
mod release;
mod report;
mod restore;
mod sbom;
mod serve;
mod user;
mod vers;
mod versions;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};

/// Runs what was typed.
///
/// # Errors
/// A [`Failure`] that says what happened, why, and what to do.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Obligations(args) => obligations::run(&args),
        Command::Law(command) => law::run(command),
        Command::Log(command) => log::run(&command),
        Command::Serve(args) => serve::run(&args),
        Command::User(command) => user::run(command),
        Command::Report(command) => report::run(command),
        Command::Case(command) => case::run(command),
        Command::Product(command) => product::run(command),
        Command::Release(command) => release::run(command),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Versions(args) => versions::run(&args),
        Command::Vers(args) => vers::run(&args),
        Command::Purl => purl::run(),
        Command::Cvss => cvss::run(),
        Command::Sbom(args) => sbom::run(args),
        Command::Match(args) => matching::run(&args),
        Command::Csaf(command) => csaf::run(&command),
    }
}
