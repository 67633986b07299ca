//! `watchfire log`: proofs and the check of the evidence log.

pub(super) mod verify;

use std::io::{self, BufRead, Write};

use watchfire_core::log::probe;

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
    let mut input = io::stdin().lock();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = io::Read::take(&mut input, PROBE_BYTES_MAX + 1);
        let read = limited
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::world("standard input cannot be read").because(error))?;
        if read == 0 {
            break;
        }
        let answer = if line.len() as u64 > PROBE_BYTES_MAX {
            skip_line(&mut input, &line)?;
            format!("error: the line is longer than {PROBE_BYTES_MAX} bytes")
        } else {
            match std::str::from_utf8(&line).map(str::trim) {
                Ok("") => continue,
                Ok(text) => probe::answer_line(text),
                Err(error) => format!("error: the line is not UTF-8: {error}"),
            }
        };
        writeln!(out, "{answer}").map_err(closed)?;
    }
    out.flush().map_err(closed)?;
    Ok(Exit::Done)
}

fn closed(error: io::Error) -> Failure {
    Failure::world("standard output cannot be written").because(error)
}

/// Passes over the rest of a line of which `read` was read.
fn skip_line(input: &mut impl BufRead, read: &[u8]) -> Result<(), Failure> {
    if read.last() == Some(&b'\n') {
        return Ok(());
    }
    loop {
        let failed = |error| Failure::world("standard input cannot be read").because(error);
        let buffer = input.fill_buf().map_err(failed)?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let (used, found) = end.map_or((buffer.len(), buffer.is_empty()), |at| (at + 1, true));
        input.consume(used);
        if found {
            return Ok(());
        }
    }
}
