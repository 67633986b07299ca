//! `watchfire`: the one binary. Configuration, wiring, command line; no rule of any kind.

mod cli;
mod cmd;
mod config;
mod demo;
mod evidence;
mod exit;
mod open;
mod packs;
mod password;
mod print;

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
