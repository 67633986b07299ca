//! Versions of Maven artifacts.
//!
//! Source: Maven, POM Reference, "Version Order Specification", as OSV and `vers` read it: tokens
//! with the separator before them, `.qualifier` before `-qualifier` before `-number` before
//! `.number`, and an end that stands for as many empty tokens as are needed.
//!
//! That order is no line: `1.x` is before `1-alpha`, which is before `1`, which is before `1.x`.
//! So two versions always compare, and only versions without a qualifier behind a dot have a key.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits};
use crate::key::KeyWriter;

/// Qualifiers that sort before a release, in their order; a release itself; those after it.
const BEFORE_RELEASE: [&[&str]; 5] =
    [&["alpha"], &["beta"], &["milestone"], &["rc", "cr"], &["snapshot"]];
const AS_RELEASE: [&str; 4] = ["", "final", "ga", "release"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Separator {
    Dot,
    Hyphen,
}

/// A qualifier's place, and its text where the place is not all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Qualifier<'a> {
    BeforeRelease(usize),
    Release,
    ServicePack,
    Other(Cow<'a, str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Qualifier(Separator, Qualifier<'a>),
    Number(Separator, Number<'a>),
}

pub(crate) struct Maven<'a>(Vec<Token<'a>>);

impl<'a> Version<'a> for Maven<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if text.contains(' ') {
            return None;
        }
        Some(Self(trimmed(tokens(text))))
    }

    fn order(&self, other: &Self) -> Ordering {
        for at in 0..self.0.len().max(other.0.len()) {
            let order = match (self.0.get(at), other.0.get(at)) {
                (Some(one), Some(two)) => compare(one, two),
                (Some(one), None) => against_end(one),
                (None, Some(two)) => against_end(two).reverse(),
                (None, None) => Ordering::Equal,
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const BEFORE: u8 = 1;
        const END: u8 = 2;
        const SERVICE_PACK: u8 = 3;
        const OTHER: u8 = 4;
        const HYPHEN_NUMBER: u8 = 5;
        const DOT_NUMBER: u8 = 6;
        for token in &self.0 {
            match token {
                Token::Number(Separator::Dot, number) => {
                    key.mark(DOT_NUMBER);
                    key.number(*number);
                }
                Token::Number(Separator::Hyphen, number) => {
                    key.mark(HYPHEN_NUMBER);
                    key.number(*number);
                }
                Token::Qualifier(Separator::Dot, _) => return None,
                Token::Qualifier(Separator::Hyphen, qualifier) => match qualifier {
                    Qualifier::BeforeRelease(place) => {
                        key.mark(BEFORE);
                        key.mark(*place as u8);
                    }
                    // Within a version it equals the end and more follows, which no key can say.
                    Qualifier::Release => return None,
                    Qualifier::ServicePack => key.mark(SERVICE_PACK),
                    Qualifier::Other(text) => {
                        key.mark(OTHER);
                        key.text(text);
                    }
                },
            }
        }
        key.mark(END);
        Some(())
    }
}

/// The tokens as they are written: between dots, hyphens, and from letters to digits and back.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut separator, mut rest) = (Separator::Dot, text);
    loop {
        let (digits, after_digits) = split_digits(rest);
        let after = if digits.is_empty() {
            let stop = |sign: char| sign == '.' || sign == '-' || sign.is_ascii_digit();
            let (word, after) = rest.split_at(rest.find(stop).unwrap_or(rest.len()));
            let before_digit = after.starts_with(|sign: char| sign.is_ascii_digit());
            tokens.push(match word {
                "" => Token::Number(separator, Number::ZERO),
                word => Token::Qualifier(separator, qualifier(word, before_digit)),
            });
            after
        } else {
            tokens.push(Token::Number(separator, Number::of_digits(digits)));
            after_digits
        };
        (separator, rest) = match after.as_bytes().first() {
            None => return tokens,
            Some(b'.') => (Separator::Dot, &after[1..]),
            Some(b'-') => (Separator::Hyphen, &after[1..]),
            // From digits to letters and back is as a hyphen.
            Some(_) => (Separator::Hyphen, after),
        };
    }
}

/// `a`, `b` and `m` are short for alpha, beta and milestone where a digit follows at once.
fn qualifier(word: &str, before_digit: bool) -> Qualifier<'_> {
    let word = match word.bytes().any(|byte| byte.is_ascii_uppercase()) || !word.is_ascii() {
        true => Cow::Owned(word.to_lowercase()),
        false => Cow::Borrowed(word),
    };
    let full = match word.as_ref() {
        "a" if before_digit => "alpha",
        "b" if before_digit => "beta",
        "m" if before_digit => "milestone",
        word => word,
    };
    let place = BEFORE_RELEASE.iter().position(|names| names.contains(&full));
    if let Some(place) = place {
        return Qualifier::BeforeRelease(place);
    }
    if AS_RELEASE.contains(&full) {
        return Qualifier::Release;
    }
    if full == "sp" { Qualifier::ServicePack } else { Qualifier::Other(word) }
}

/// Takes away what is empty at the end, and before each hyphen that remains.
fn trimmed(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let is_empty = |token: &Token<'_>| match token {
        Token::Number(_, number) => number.is_zero(),
        Token::Qualifier(_, qualifier) => *qualifier == Qualifier::Release,
    };
    let by_hyphen = |token: &Token<'_>| {
        matches!(
            token,
            Token::Number(Separator::Hyphen, _) | Token::Qualifier(Separator::Hyphen, _)
        )
    };
    // From the end to the beginning: what is kept last stands at the end of `kept`.
    let mut kept: Vec<Token<'_>> = Vec::new();
    for token in tokens.into_iter().rev() {
        let at_edge = kept.last().is_none_or(by_hyphen);
        if !(at_edge && is_empty(&token)) {
            kept.push(token);
        }
    }
    kept.reverse();
    kept
}

/// `.qualifier` < `-qualifier` < `-number` < `.number`.
fn compare(one: &Token<'_>, two: &Token<'_>) -> Ordering {
    let kind = |token: &Token<'_>| match token {
        Token::Qualifier(Separator::Dot, _) => 0,
        Token::Qualifier(Separator::Hyphen, _) => 1,
        Token::Number(Separator::Hyphen, _) => 2,
        Token::Number(Separator::Dot, _) => 3,
    };
    match (one, two) {
        (Token::Qualifier(first, one), Token::Qualifier(second, two)) if first == second => {
            one.cmp(two)
        }
        (Token::Number(first, one), Token::Number(second, two)) if first == second => one.cmp(two),
        _ => kind(one).cmp(&kind(two)),
    }
}

/// An end stands for 0 against `.number`, and for the release otherwise.
fn against_end(token: &Token<'_>) -> Ordering {
    match token {
        Token::Number(Separator::Dot, number) => number.cmp(&Number::ZERO),
        Token::Number(Separator::Hyphen, _) => Ordering::Greater,
        Token::Qualifier(_, qualifier) => qualifier.cmp(&Qualifier::Release),
    }
}
