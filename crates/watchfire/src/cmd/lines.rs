//! Filters: one answer for each line of standard input, whatever the lines say.

use std::io::{self, BufRead, BufReader, Read, Write};

use crate::exit::{Exit, Failure};

/// A line that no filter can be asked.
pub(super) enum Unreadable {
    /// It is longer than so many bytes, and the rest of it was passed over.
    TooLong(u64),
    /// It is not UTF-8.
    NotText(std::str::Utf8Error),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong(max) => write!(f, "the line is longer than {max} bytes"),
            Self::NotText(error) => write!(f, "the line is not UTF-8: {error}"),
        }
    }
}

/// Writes what `answer` says to each line of at most `max` bytes; `None` writes nothing.
///
/// What was answered is written before the filter waits for more, so that others can ask it in turn.
pub(super) fn answer(
    max: u64,
    answer: impl Fn(Result<&str, Unreadable>) -> Option<String>,
) -> Result<Exit, Failure> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    loop {
        if input.buffer().is_empty() {
            out.flush().map_err(closed)?;
        }
        line.clear();
        let mut limited = Read::take(&mut input, max + 1);
        if limited.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            break;
        }
        let said = if line.len() as u64 > max {
            skip_line(&mut input, &line)?;
            answer(Err(Unreadable::TooLong(max)))
        } else {
            let end = line.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r'));
            let text = std::str::from_utf8(&line[..end.map_or(0, |end| end + 1)]);
            answer(text.map_err(Unreadable::NotText))
        };
        if let Some(said) = said {
            writeln!(out, "{said}").map_err(closed)?;
        }
    }
    out.flush().map_err(closed)?;
    Ok(Exit::Done)
}

fn closed(error: io::Error) -> Failure {
    Failure::world("standard output cannot be written").because(error)
}

fn unreadable(error: io::Error) -> Failure {
    Failure::world("standard input cannot be read").because(error)
}

/// Passes over the rest of a line of which `read` was read.
fn skip_line(input: &mut impl BufRead, read: &[u8]) -> Result<(), Failure> {
    if read.last() == Some(&b'\n') {
        return Ok(());
    }
    loop {
        let buffer = input.fill_buf().map_err(unreadable)?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let (used, found) = end.map_or((buffer.len(), buffer.is_empty()), |at| (at + 1, true));
        input.consume(used);
        if found {
            return Ok(());
        }
    }
}
