//! Versions of npm packages.
//!
//! Source: node-semver, README and `classes/semver.js`: SemVer with numbers that JavaScript can
//! hold exactly, and at most 256 signs; `v` and `=` before a version are passed over.

use std::cmp::Ordering;

use super::Version;
use super::semver::{Precedence, Zeros};
use crate::key::KeyWriter;

/// `Number.MAX_SAFE_INTEGER`, 2^53 - 1.
pub(crate) const NUMBER_MAX: &str = "9007199254740991";
/// `MAX_LENGTH` of node-semver.
pub(crate) const LENGTH_MAX: usize = 256;

pub(crate) struct Npm<'a>(pub(crate) Precedence<'a>);

impl<'a> Version<'a> for Npm<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        let text = text.trim().trim_start_matches(['v', '=', ' ']);
        let version = Precedence::read(text, Zeros::Refused)?;
        version.numbers.iter().all(|number| number.at_most(NUMBER_MAX)).then_some(Self(version))
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.write_key(key);
        Some(())
    }
}
