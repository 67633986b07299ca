//! `watchfire versions`: how two versions compare in an ecosystem.

use std::cmp::Ordering;

use watchfire_exposure::Ecosystem;

use super::lines;
use crate::cli::Versions;
use crate::exit::{Exit, Failure};

/// A longer line is undecided.
const LINE_BYTES_MAX: u64 = 1 << 20;

pub(super) fn run(args: &Versions) -> Result<Exit, Failure> {
    let ecosystem = ecosystem(&args.ecosystem)?;
    lines::answer(LINE_BYTES_MAX, |line| {
        let pair = line.ok().and_then(|line| line.split_once('\t'));
        let order = pair.and_then(|(one, two)| ecosystem.order(one, two));
        let sign = match order {
            Some(Ordering::Less) => "<",
            Some(Ordering::Equal) => "=",
            Some(Ordering::Greater) => ">",
            None => "?",
        };
        Some(sign.to_owned())
    })
}

/// The ecosystem of a name, or what else it could be called.
pub(super) fn ecosystem(name: &str) -> Result<Ecosystem, Failure> {
    Ecosystem::of(name).map_err(|error| {
        let mut names: Vec<&str> = Ecosystem::names().collect();
        names.sort_unstable_by_key(|name| name.to_ascii_lowercase());
        names.dedup_by(|one, two| one.eq_ignore_ascii_case(two));
        Failure::request(error.to_string()).hint(format!("one of: {}", names.join(", ")))
    })
}
