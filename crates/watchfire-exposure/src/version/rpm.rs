//! Versions of RPM packages: Red Hat, Fedora, SUSE and others.
//!
//! Source: rpm-version(7) and rpm, `rpmio/rpmvercmp.c`: epoch, version, release; runs of digits
//! and of letters, digits after letters, a tilde before the end, a caret after it, and all other
//! signs only divide.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

/// The parts in the order that `rpmvercmp` gives them in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a str),
    Number(Number<'a>),
}

pub(crate) struct Rpm<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

impl<'a> Version<'a> for Rpm<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if text.contains(' ') {
            return None;
        }
        let (epoch, text) = text.split_once(':').unwrap_or(("0", text));
        let (version, release) = match text.rsplit_once('-') {
            None => (text, None),
            Some((version, release)) => (version, Some(release)),
        };
        Some(Self { epoch, version, release })
    }

    fn order(&self, other: &Self) -> Ordering {
        let release = || match (self.release, other.release) {
            (Some(one), Some(two)) => compare(one, two),
            // A version alone is before each of its releases.
            (one, two) => one.is_some().cmp(&two.is_some()),
        };
        compare(self.epoch, other.epoch)
            .then_with(|| compare(self.version, other.version))
            .then_with(release)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const NO_RELEASE: u8 = 1;
        const RELEASE: u8 = 2;
        write_parts(self.epoch, key);
        write_parts(self.version, key);
        match self.release {
            None => key.mark(NO_RELEASE),
            Some(release) => {
                key.mark(RELEASE);
                write_parts(release, key);
            }
        }
        Some(())
    }
}

/// Splits off the next part; after [`Part::End`] come only more of it.
fn next(text: &str) -> (Part<'_>, &str) {
    let divides = |sign: char| !(sign.is_ascii_alphanumeric() || sign == '~' || sign == '^');
    let text = text.trim_start_matches(divides);
    match text.as_bytes().first() {
        None => (Part::End, text),
        Some(b'~') => (Part::Tilde, &text[1..]),
        Some(b'^') => (Part::Caret, &text[1..]),
        Some(first) if first.is_ascii_digit() => {
            let (digits, rest) = split_digits(text);
            (Part::Number(Number::of_digits(digits)), rest)
        }
        Some(_) => {
            let (letters, rest) = split_while(text, |byte| byte.is_ascii_alphabetic());
            (Part::Letters(letters), rest)
        }
    }
}

fn compare(mut one: &str, mut two: &str) -> Ordering {
    loop {
        let ((left, rest_of_one), (right, rest_of_two)) = (next(one), next(two));
        let order = left.cmp(&right);
        if order != Ordering::Equal || left == Part::End {
            return order;
        }
        (one, two) = (rest_of_one, rest_of_two);
    }
}

fn write_parts(mut text: &str, key: &mut KeyWriter) {
    loop {
        let (part, rest) = next(text);
        match part {
            Part::Tilde => key.mark(1),
            Part::End => {
                key.mark(2);
                return;
            }
            Part::Caret => key.mark(3),
            Part::Letters(letters) => {
                key.mark(4);
                key.text(letters);
            }
            Part::Number(number) => key.number(number),
        }
        text = rest;
    }
}
