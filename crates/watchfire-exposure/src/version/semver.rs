//! Semantic versions: SemVer itself, crates-io, Hex, and what others build on them.
//!
//! Source: Semantic Versioning 2.0.0, items 2, 9, 10 and 11.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits};
use crate::key::KeyWriter;

/// Where a pre-release sorts against its release; a release is after all of its pre-releases.
const PRE_RELEASE: u8 = 1;
const RELEASE: u8 = 2;

/// The largest number that Cargo can hold, 64 bits.
const CARGO_NUMBER_MAX: &str = "18446744073709551615";

/// The numbers and the pre-release of a semantic version; build metadata does not order (item 10).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Precedence<'a> {
    pub(crate) numbers: [Number<'a>; 3],
    pub(crate) pre: Option<&'a str>,
    pub(crate) build: Option<&'a str>,
}

/// Whether zeros before a number are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zeros {
    Refused,
    Read,
}

impl<'a> Precedence<'a> {
    /// Reads three numbers, a pre-release and build metadata.
    pub(crate) fn read(text: &'a str, zeros: Zeros) -> Option<Self> {
        let (major, text) = number(text, zeros)?;
        let (minor, text) = number(text.strip_prefix('.')?, zeros)?;
        let (patch, text) = number(text.strip_prefix('.')?, zeros)?;
        let (pre, build) = tail(text, zeros)?;
        Some(Self { numbers: [major, minor, patch], pre, build })
    }

    /// Item 11: numbers first, then the pre-release, which is before its release.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let pre = || match (self.pre, other.pre) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(two)) => identifiers(one, two),
        };
        self.numbers.cmp(&other.numbers).then_with(pre)
    }

    pub(crate) fn write_key(&self, key: &mut KeyWriter) {
        self.numbers.iter().for_each(|number| key.number(*number));
        match self.pre {
            None => key.mark(RELEASE),
            Some(pre) => {
                key.mark(PRE_RELEASE);
                write_identifiers(pre, key);
            }
        }
    }
}

/// Reads a number, and returns what follows it.
pub(crate) fn number(text: &str, zeros: Zeros) -> Option<(Number<'_>, &str)> {
    let (digits, rest) = split_digits(text);
    let led = digits.len() > 1 && digits.starts_with('0');
    let number = Number::new(digits).filter(|_| zeros == Zeros::Read || !led)?;
    Some((number, rest))
}

/// Reads what follows the numbers: a pre-release, build metadata, both or none.
pub(crate) fn tail(text: &str, zeros: Zeros) -> Option<(Option<&str>, Option<&str>)> {
    let (before, build) = match text.split_once('+') {
        Some((before, build)) => (before, Some(build)),
        None => (text, None),
    };
    if !build.is_none_or(|build| are_identifiers(build, Zeros::Read)) {
        return None;
    }
    let pre = match before.strip_prefix('-') {
        Some(pre) if are_identifiers(pre, zeros) => Some(pre),
        None if before.is_empty() => None,
        _ => return None,
    };
    Some((pre, build))
}

/// Items 9 and 10: identifiers of letters, digits and hyphens, none of them empty.
fn are_identifiers(text: &str, zeros: Zeros) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.split('.').all(|one| {
        let led = one.len() > 1 && one.starts_with('0') && Number::new(one).is_some();
        !one.is_empty() && one.bytes().all(sign) && (zeros == Zeros::Read || !led)
    })
}

/// Item 11.4: numbers before texts, numbers by value, texts by their bytes, fewer before more.
pub(crate) fn identifiers(one: &str, two: &str) -> Ordering {
    let (mut left, mut right) = (one.split('.'), two.split('.'));
    loop {
        let (one, two) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(two)) => (one, two),
        };
        let order = match (Number::new(one), Number::new(two)) {
            (Some(one), Some(two)) => one.cmp(&two),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => one.cmp(two),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Writes identifiers so that their bytes order as [`identifiers`] does.
pub(crate) fn write_identifiers(text: &str, key: &mut KeyWriter) {
    const END: u8 = 1;
    const NUMBER: u8 = 2;
    const TEXT: u8 = 3;
    for one in text.split('.') {
        match Number::new(one) {
            Some(number) => {
                key.mark(NUMBER);
                key.number(number);
            }
            None => {
                key.mark(TEXT);
                key.text(one);
            }
        }
    }
    key.mark(END);
}

/// A version of `SEMVER` ranges; a `v` before it, as in a tag, is passed over.
pub(crate) struct SemVer<'a>(Precedence<'a>);

impl<'a> Version<'a> for SemVer<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        Precedence::read(text, Zeros::Refused).map(Self)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.write_key(key);
        Some(())
    }
}

/// A version of a Rust crate: SemVer with numbers of 64 bits.
///
/// Source: The Cargo Book, "SemVer Compatibility"; the crate `semver`, which Cargo uses.
pub(crate) struct Cargo<'a>(Precedence<'a>);

impl<'a> Version<'a> for Cargo<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let version = Precedence::read(text, Zeros::Refused)?;
        let fits = version.numbers.iter().all(|number| number.at_most(CARGO_NUMBER_MAX));
        fits.then_some(Self(version))
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.write_key(key);
        Some(())
    }
}

/// A version of a Hex package: SemVer, with numbers of any length.
///
/// Source: Elixir, module `Version`.
pub(crate) struct Hex<'a>(Precedence<'a>);

impl<'a> Version<'a> for Hex<'a> {
    fn read(text: &'a str) -> Option<Self> {
        Precedence::read(text, Zeros::Refused).map(Self)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.write_key(key);
        Some(())
    }
}
