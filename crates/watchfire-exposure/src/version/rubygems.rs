//! Versions of Ruby gems.
//!
//! Source: RubyGems, `Gem::Version`: segments of digits and of letters, a letter makes a
//! pre-release, zeros before the first letter and at the end do not count, and a hyphen is `.pre.`.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment<'a> {
    Text(&'a str),
    Number(Number<'a>),
}

const ZERO: Segment<'static> = Segment::Number(Number::ZERO);

/// The segments without the zeros that do not count.
pub(crate) struct Gem<'a>(Vec<Segment<'a>>);

impl<'a> Version<'a> for Gem<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (plain, hyphened) = text.split_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        if !plain.starts_with(|sign: char| sign.is_ascii_digit()) {
            return None;
        }
        let mut segments = Vec::new();
        for part in plain.split('.') {
            segments_of(part, &mut segments)?;
        }
        // Between the dots behind a hyphen stands something, if only another hyphen.
        for (at, part) in hyphened.into_iter().flat_map(|rest| rest.split('.')).enumerate() {
            (!part.is_empty()).then_some(())?;
            for (hyphens, part) in part.split('-').enumerate() {
                if hyphens > 0 || at == 0 {
                    segments.push(Segment::Text("pre"));
                }
                if !part.is_empty() {
                    segments_of(part, &mut segments)?;
                }
            }
        }
        Some(Self(without_idle_zeros(segments)))
    }

    fn order(&self, other: &Self) -> Ordering {
        let length = self.0.len().max(other.0.len());
        for at in 0..length {
            let of = |segments: &[Segment<'a>]| segments.get(at).copied().unwrap_or(ZERO);
            let order = compare(of(&self.0), of(&other.0));
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    /// Each version is a sequence that ends in zeros without end, so a run of zeros before a text
    /// is just below the end and a run before a number just above it, the nearer the longer.
    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const BEFORE_TEXT: u8 = 1;
        const END: u8 = 2;
        const BEFORE_NUMBER: u8 = 3;
        let mut segments = self.0.as_slice();
        while !segments.is_empty() {
            let zeros = segments.iter().take_while(|segment| **segment == ZERO).count();
            // The zeros at the end were dropped, so something follows the run.
            match segments[zeros] {
                Segment::Text(text) => {
                    key.mark(BEFORE_TEXT);
                    key.number(Number::of_digits(&zeros.to_string()));
                    key.text(text);
                }
                Segment::Number(number) => {
                    key.mark(BEFORE_NUMBER);
                    key.number(Number::of_digits(&(super::VERSION_BYTES_MAX - zeros).to_string()));
                    key.number(number);
                }
            }
            segments = &segments[zeros + 1..];
        }
        key.mark(END);
        Some(())
    }
}

/// A text is before any number.
fn compare(one: Segment<'_>, two: Segment<'_>) -> Ordering {
    match (one, two) {
        (Segment::Text(one), Segment::Text(two)) => one.cmp(two),
        (Segment::Number(one), Segment::Number(two)) => one.cmp(&two),
        (Segment::Text(_), Segment::Number(_)) => Ordering::Less,
        (Segment::Number(_), Segment::Text(_)) => Ordering::Greater,
    }
}

/// Reads the runs of digits and of letters of a part, of which there is at least one.
fn segments_of<'a>(mut part: &'a str, segments: &mut Vec<Segment<'a>>) -> Option<()> {
    (!part.is_empty()).then_some(())?;
    while !part.is_empty() {
        let (digits, rest) = split_digits(part);
        if digits.is_empty() {
            let (letters, rest) = split_while(part, |byte| byte.is_ascii_alphabetic());
            (!letters.is_empty()).then_some(())?;
            segments.push(Segment::Text(letters));
            part = rest;
        } else {
            segments.push(Segment::Number(Number::of_digits(digits)));
            part = rest;
        }
    }
    Some(())
}

/// Drops zeros before the first text, and zeros at the end (`canonical_segments`).
fn without_idle_zeros(mut segments: Vec<Segment<'_>>) -> Vec<Segment<'_>> {
    let is_text = |segment: &Segment<'_>| matches!(segment, Segment::Text(_));
    let texts = segments.iter().position(is_text).unwrap_or(segments.len());
    let mut rest = segments.split_off(texts);
    for part in [&mut segments, &mut rest] {
        while part.last() == Some(&ZERO) {
            part.pop();
        }
    }
    segments.append(&mut rest);
    segments
}
