//! Versions of Arch Linux packages.
//!
//! Source: vercmp(8) and pacman, `lib/libalpm/version.c`: epoch, version, release, of which the
//! release counts only where both have one; letters that follow at once are before the end.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

/// A run of digits or letters, with how many other signs stood before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    End,
    Letters(usize, &'a str),
    Number(usize, Number<'a>),
}

pub(crate) struct Alpm<'a> {
    epoch: Number<'a>,
    version: &'a str,
    release: Option<&'a str>,
}

impl<'a> Version<'a> for Alpm<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (epoch, text) = match text.split_once(':') {
            None => (Number::ZERO, text),
            Some((epoch, rest)) => (Number::new(epoch)?, rest),
        };
        let (version, release) = match text.rsplit_once('-') {
            None => (text, None),
            Some((version, release)) => (version, Some(release)),
        };
        // What ends in other signs has no place that pacman keeps to.
        let fine = |part: &str| {
            part.is_ascii() && part.ends_with(|sign: char| sign.is_ascii_alphanumeric())
        };
        (fine(version) && release.is_none_or(fine)).then_some(Self { epoch, version, release })
    }

    fn order(&self, other: &Self) -> Ordering {
        let release = || match (self.release, other.release) {
            (Some(one), Some(two)) => compare(one, two),
            _ => Ordering::Equal,
        };
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare(self.version, other.version))
            .then_with(release)
    }

    /// A version without a release equals all of its releases, which do not equal each other: only
    /// those with a release have a place in a line.
    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        key.number(self.epoch);
        for part in [self.version, self.release?] {
            write_parts(part, key);
        }
        Some(())
    }
}

fn next(text: &str) -> (Part<'_>, &str) {
    let (signs, text) = split_while(text, |byte| !byte.is_ascii_alphanumeric());
    let (digits, rest) = split_digits(text);
    if text.is_empty() {
        (Part::End, text)
    } else if digits.is_empty() {
        let (letters, rest) = split_while(text, |byte| byte.is_ascii_alphabetic());
        (Part::Letters(signs.len(), letters), rest)
    } else {
        (Part::Number(signs.len(), Number::of_digits(digits)), rest)
    }
}

/// Letters at once, the end, then by the signs before: letters, numbers.
fn place(part: Part<'_>) -> (usize, u8) {
    match part {
        Part::Letters(0, _) => (0, 0),
        Part::End => (0, 1),
        Part::Letters(signs, _) => (signs, 2),
        Part::Number(signs, _) => (signs, 3),
    }
}

fn compare(mut one: &str, mut two: &str) -> Ordering {
    loop {
        let ((left, rest_of_one), (right, rest_of_two)) = (next(one), next(two));
        let value = || match (left, right) {
            (Part::Letters(_, one), Part::Letters(_, two)) => one.cmp(two),
            (Part::Number(_, one), Part::Number(_, two)) => one.cmp(&two),
            _ => Ordering::Equal,
        };
        let order = place(left).cmp(&place(right)).then_with(value);
        if order != Ordering::Equal || left == Part::End {
            return order;
        }
        (one, two) = (rest_of_one, rest_of_two);
    }
}

fn write_parts(mut text: &str, key: &mut KeyWriter) {
    loop {
        let (part, rest) = next(text);
        let (signs, kind) = place(part);
        key.number(Number::of_digits(&signs.to_string()));
        key.mark(kind);
        match part {
            Part::End => return,
            Part::Letters(_, letters) => key.text(letters),
            Part::Number(_, number) => key.number(number),
        }
        text = rest;
    }
}
