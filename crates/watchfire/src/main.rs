//! `watchfire`: the one binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchfire::run()
}
