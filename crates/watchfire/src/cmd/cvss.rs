//! `watchfire cvss`: the scores of vectors.

use watchfire_formats::cvss::Scores;

use super::lines;
use crate::exit::{Exit, Failure};

const LINE_BYTES_MAX: u64 = 1 << 20;

pub(super) fn run() -> Result<Exit, Failure> {
    lines::answer(LINE_BYTES_MAX, |line| {
        let line = match line {
            Ok(line) => line.trim(),
            Err(error) => return Some(format!("error: {error}")),
        };
        Some(match line.parse::<Scores>() {
            Ok(scores) => scores.to_string(),
            Err(error) => format!("error: {error}"),
        })
    })
}
