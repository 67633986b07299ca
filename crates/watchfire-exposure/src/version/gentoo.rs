//! Versions of Gentoo ebuilds.
//!
//! Source: Package Manager Specification 8, "Version specifications" and "Version comparison":
//! numbers, of which those behind the first compare as fractions when one begins with a zero; a
//! letter; suffixes with numbers; a revision.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

const SUFFIXES: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const PATCH: &str = "p";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Component<'a> {
    /// Begins with a zero: a fraction, without the zeros at its end.
    Fraction(&'a str),
    Number(Number<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suffix<'a> {
    Before(u8, Number<'a>),
    End,
    Patch(Number<'a>),
}

pub(crate) struct Gentoo<'a> {
    components: Vec<Component<'a>>,
    letter: u8,
    suffixes: Vec<Suffix<'a>>,
    revision: Number<'a>,
}

impl<'a> Version<'a> for Gentoo<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (text, revision) = match text.split_once("-r") {
            None => (text, Number::ZERO),
            Some((text, revision)) => (text, Number::new(revision)?),
        };
        let (digits, mut rest) = split_digits(text);
        let mut components = vec![Component::Number(Number::new(digits)?)];
        while let Some(after) = rest.strip_prefix('.') {
            let (digits, after) = split_digits(after);
            let number = Number::new(digits)?;
            components.push(match digits.starts_with('0') {
                true => Component::Fraction(digits.trim_end_matches('0')),
                false => Component::Number(number),
            });
            rest = after;
        }
        let letter = rest.bytes().next().filter(u8::is_ascii_lowercase);
        let mut rest = if letter.is_some() { &rest[1..] } else { rest };
        let mut suffixes = Vec::new();
        while let Some(after) = rest.strip_prefix('_') {
            let (word, after) = split_while(after, |byte| byte.is_ascii_lowercase());
            let (digits, after) = split_digits(after);
            let number = Number::of_digits(digits);
            let place = SUFFIXES.iter().position(|suffix| *suffix == word);
            suffixes.push(match place {
                Some(place) => Suffix::Before(place as u8, number),
                None => (word == PATCH).then_some(Suffix::Patch(number))?,
            });
            rest = after;
        }
        suffixes.push(Suffix::End);
        let letter = letter.unwrap_or_default();
        rest.is_empty().then_some(Self { components, letter, suffixes, revision })
    }

    fn order(&self, other: &Self) -> Ordering {
        self.components
            .cmp(&other.components)
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| self.suffixes.cmp(&other.suffixes))
            .then_with(|| self.revision.cmp(&other.revision))
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const END: u8 = 1;
        const FRACTION: u8 = 2;
        for component in &self.components {
            match component {
                Component::Fraction(digits) => {
                    key.mark(FRACTION);
                    key.text(digits);
                }
                Component::Number(number) => key.number(*number),
            }
        }
        key.mark(END);
        key.weight(self.letter);
        for suffix in &self.suffixes {
            match suffix {
                Suffix::Before(place, number) => {
                    key.mark(1 + *place);
                    key.number(*number);
                }
                Suffix::End => key.mark(8),
                Suffix::Patch(number) => {
                    key.mark(9);
                    key.number(*number);
                }
            }
        }
        key.number(self.revision);
        Some(())
    }
}
