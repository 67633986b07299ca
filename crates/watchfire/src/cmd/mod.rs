//! The commands, one file per verb.

mod demo;
mod law;
mod log;
mod obligations;
mod packs;
mod problems;
mod progress;
mod serve;
mod user;

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
    }
}
