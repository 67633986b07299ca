//! `watchfire log`: proofs and the check of the evidence log.

pub(super) mod verify;

use watchfire_core::log::probe;

use super::lines;
use crate::cli::Log;
use crate::exit::{Exit, Failure};

/// A probe is at most so many bytes, so that one line cannot exhaust the memory.
const PROBE_BYTES_MAX: u64 = 8 << 20;

pub(super) fn run(command: &Log) -> Result<Exit, Failure> {
    match command {
        Log::Proof => proof(),
        Log::Verify(args) => verify::run(args),
    }
}

/// Answers each line; whatever the lines say, the filter itself succeeded.
fn proof() -> Result<Exit, Failure> {
    lines::answer(PROBE_BYTES_MAX, |line| match line.map(str::trim) {
        Ok("") => None,
        Ok(text) => Some(probe::answer_line(text)),
        Err(error) => Some(format!("error: {error}")),
    })
}
