//! `watchfire`: the one binary. Configuration, wiring, command line; no rule of any kind.

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

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cmd::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            print::failure(&failure);
            failure.exit.into()
        }
    }
}
