//! The commands, one file per verb.

mod log;
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
        Command::Log(command) => log::run(&command),
        Command::Serve(args) => serve::run(&args),
        Command::User(command) => user::run(command),
    }
}
