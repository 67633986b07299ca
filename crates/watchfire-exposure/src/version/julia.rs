//! Versions of Julia packages.
//!
//! Source: Julia, `base/version.jl`: `VERSION_REGEX`, `ident_cmp` and `isless`.
//! Minor and patch may be left out; a pre-release may follow without a hyphen; a hyphen alone is
//! before every pre-release, a plus alone is after every build; build metadata orders.

use std::cmp::Ordering;

use super::Version;
use super::number::Number;
use super::semver::{self, Zeros};
use crate::key::KeyWriter;

/// How a pre-release, a build, or the lack of them sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// `1.0.0-`: the lower bound of all pre-releases of 1.0.0.
    Lowest,
    Before,
    None,
    After,
    /// `1.0.0+`: the upper bound of all builds of 1.0.0.
    Highest,
}

pub(crate) struct Julia<'a> {
    numbers: [Number<'a>; 3],
    pre: (Place, &'a str),
    build: (Place, &'a str),
}

impl<'a> Version<'a> for Julia<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (major, mut rest) = semver::number(text, Zeros::Read)?;
        let mut numbers = [major, Number::ZERO, Number::ZERO];
        for number in &mut numbers[1..] {
            let Some(after) = rest.strip_prefix('.') else { break };
            (*number, rest) = semver::number(after, Zeros::Read)?;
        }
        let (before, build) = match rest.split_once('+') {
            None => (rest, (Place::None, "")),
            Some((before, "")) => (before, (Place::Highest, "")),
            Some((before, build)) => (before, (Place::After, build)),
        };
        let pre = match before.strip_prefix('-') {
            None if before.is_empty() => (Place::None, ""),
            Some("") => (Place::Lowest, ""),
            Some(pre) => (Place::Before, pre),
            None if before.starts_with(|sign: char| sign.is_ascii_alphabetic()) => {
                (Place::Before, before)
            }
            None => return None,
        };
        // A lone hyphen is a bound, and a bound has no build.
        let bound = pre.0 == Place::Lowest && build.0 != Place::None;
        let fine = |(place, text): (Place, &str)| {
            !matches!(place, Place::Before | Place::After) || are_identifiers(text)
        };
        (!bound && fine(pre) && fine(build)).then_some(Self { numbers, pre, build })
    }

    fn order(&self, other: &Self) -> Ordering {
        let part = |one: (Place, &str), two: (Place, &str)| {
            one.0.cmp(&two.0).then_with(|| semver::identifiers(one.1, two.1))
        };
        let rest = || part(self.pre, other.pre).then_with(|| part(self.build, other.build));
        self.numbers.cmp(&other.numbers).then_with(rest)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.numbers.iter().for_each(|number| key.number(*number));
        for (place, text) in [self.pre, self.build] {
            key.mark(1 + place as u8);
            if !text.is_empty() {
                semver::write_identifiers(text, key);
            }
        }
        Some(())
    }
}

fn are_identifiers(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.split('.').all(|one| !one.is_empty() && one.bytes().all(sign))
}
