//! Versions of Go modules.
//!
//! Source: Go Modules Reference, "Versions" and "Pseudo-versions"; golang.org/x/mod/semver.
//! OSV leaves out the `v` that a module's version begins with.
//! A pseudo-version is a pre-release, and `+incompatible` is build metadata: neither needs a rule.

use std::cmp::Ordering;

use super::Version;
use super::number::Number;
use super::semver::{self, Precedence, Zeros};
use crate::key::KeyWriter;

pub(crate) struct Go<'a>(Precedence<'a>);

impl<'a> Version<'a> for Go<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        Precedence::read(text, Zeros::Refused).or_else(|| short(text)).map(Self)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.write_key(key);
        Some(())
    }
}

/// `v1` and `v1.2` stand for `v1.0.0` and `v1.2.0`; such a short form has no pre-release.
fn short(text: &str) -> Option<Precedence<'_>> {
    let (major, rest) = semver::number(text, Zeros::Refused)?;
    let minor = match rest.strip_prefix('.') {
        Some(rest) => {
            let (minor, rest) = semver::number(rest, Zeros::Refused)?;
            rest.is_empty().then_some(minor)?
        }
        None => rest.is_empty().then_some(Number::ZERO)?,
    };
    Some(Precedence { numbers: [major, minor, Number::ZERO], pre: None, build: None })
}
