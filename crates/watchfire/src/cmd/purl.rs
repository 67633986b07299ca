//! `watchfire purl`: the canonical spelling of package URLs.

use watchfire_formats::purl::Purl;

use super::lines;
use crate::exit::{Exit, Failure};

const LINE_BYTES_MAX: u64 = 1 << 20;

pub(super) fn run() -> Result<Exit, Failure> {
    lines::answer(LINE_BYTES_MAX, |line| {
        let line = match line {
            Ok(line) => line.trim(),
            Err(error) => return Some(format!("error: {error}")),
        };
        Some(match line.parse::<Purl>() {
            Ok(purl) => purl.to_string(),
            Err(error) => format!("error: {error}"),
        })
    })
}
