//! Versions of Dart packages.
//!
//! Source: Dart, package `pub_semver`, `Version.compareTo`: as SemVer, but build metadata orders
//! too, after the version without it, and zeros before a number are read.

use std::cmp::Ordering;

use super::Version;
use super::semver::{self, Precedence, Zeros};
use crate::key::KeyWriter;

/// A version without build metadata is before all with it.
const NO_BUILD: u8 = 1;
const BUILD: u8 = 2;

pub(crate) struct Pub<'a>(Precedence<'a>);

impl<'a> Version<'a> for Pub<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        Precedence::read(text, Zeros::Read).map(Self)
    }

    fn order(&self, other: &Self) -> Ordering {
        let build = || match (self.0.build, other.0.build) {
            (Some(one), Some(two)) => semver::identifiers(one, two),
            (one, two) => one.is_some().cmp(&two.is_some()),
        };
        self.0.compare(&other.0).then_with(build)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.write_key(key);
        match self.0.build {
            None => key.mark(NO_BUILD),
            Some(build) => {
                key.mark(BUILD);
                semver::write_identifiers(build, key);
            }
        }
        Some(())
    }
}
