//! The command line: configuration, wiring; no rule of any kind. A library, so that it is compiled beside
//! the server and not after it.

mod api;
mod archive;
mod cli;
mod cmd;
mod config;
mod demo;
mod envelope;
mod evidence;
mod exit;
mod input;
mod open;
mod password;
mod postgres;
mod print;
mod quarantine;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command of this process.
#[must_use]
pub fn run() -> ExitCode {
    let cli = cli::Cli::parse();
    match cmd::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            print::failure(&failure);
            failure.exit.into()
        }
    }
}
