//! `watchfire vers`: whether a version is in a range, and a range's canonical spelling.

use watchfire_exposure::range::{Answer, Vers, native};

use super::{lines, versions};
use crate::cli::Vers as Args;
use crate::exit::{Exit, Failure};

const LINE_BYTES_MAX: u64 = 2 << 20;

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let ecosystem = args.native.as_deref().map(versions::ecosystem).transpose()?;
    let read = |range: &str| match ecosystem {
        Some(ecosystem) => native::vers(ecosystem, range).map_err(|error| error.to_string()),
        None => Vers::parse(range).map_err(|error| error.to_string()),
    };
    lines::answer(LINE_BYTES_MAX, |line| {
        let line = match line {
            Ok(line) => line,
            Err(error) => return Some(format!("error: {error}")),
        };
        let (range, version) = match line.split_once('\t') {
            Some((range, version)) => (range, Some(version)),
            None => (line, None),
        };
        Some(match (read(range), version) {
            (Err(error), _) => format!("error: {error}"),
            (Ok(vers), None) => vers.to_string(),
            (Ok(vers), Some(version)) => match vers.contains(version) {
                Answer::Yes => "yes".to_owned(),
                Answer::No => "no".to_owned(),
                Answer::Undecided => "?".to_owned(),
            },
        })
    })
}
