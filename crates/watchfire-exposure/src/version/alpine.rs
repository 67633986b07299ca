//! Versions of Alpine packages.
//!
//! Source: apk-package(5), "Package version": numbers, a letter, suffixes with numbers, a commit
//! hash, a revision; apk-tools, `src/version.c`: a longer version is after a shorter one unless it
//! goes on with the suffix of a pre-release.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

const BEFORE_RELEASE: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const AFTER_RELEASE: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

/// The tokens in the order that apk gives them in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    Before(u8),
    /// What apk cannot read is before the end; behind a dot it orders as a text, else all is alike.
    Invalid(&'a str),
    End,
    Revision(Number<'a>),
    Commit(&'a str),
    SuffixNumber(Number<'a>),
    After(u8),
    Letter(u8),
    /// A number that begins with a zero orders as a text, before those that do not.
    Zeroed(&'a str),
    Number(Number<'a>),
}

pub(crate) struct Alpine<'a>(Vec<Token<'a>>);

impl<'a> Version<'a> for Alpine<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (digits, mut rest) = split_digits(text);
        // Older versions of apk put a zero before a dot or a single letter, and before nothing else.
        if digits.is_empty() && !text.starts_with('.') && text.len() > 1 {
            return None;
        }
        let mut tokens = vec![Token::Number(Number::of_digits(digits))];
        loop {
            let last = *tokens.last().expect("the first number");
            let (token, after) = next(last, rest);
            tokens.push(token);
            match token {
                Token::End => return Some(Self(tokens)),
                // Without a number before it, it is no version at all.
                Token::Invalid(_) => return (!digits.is_empty()).then_some(Self(tokens)),
                _ => rest = after,
            }
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        for token in &self.0 {
            match token {
                Token::Before(place) => {
                    key.mark(1);
                    key.mark(*place);
                }
                Token::Invalid(rest) => {
                    key.mark(2);
                    key.text(rest);
                }
                Token::End => key.mark(3),
                Token::Revision(number) => {
                    key.mark(4);
                    key.number(*number);
                }
                Token::Commit(hash) => {
                    key.mark(5);
                    key.text(hash);
                }
                Token::SuffixNumber(number) => {
                    key.mark(6);
                    key.number(*number);
                }
                Token::After(place) => {
                    key.mark(7);
                    key.mark(*place);
                }
                Token::Letter(letter) => {
                    key.mark(8);
                    key.weight(*letter);
                }
                Token::Zeroed(digits) => {
                    key.mark(9);
                    key.text(digits);
                }
                Token::Number(number) => key.number(*number),
            }
        }
        Some(())
    }
}

/// Reads the token that may follow `last`; kinds come in their order, and suffixes repeat.
fn next<'a>(last: Token<'a>, text: &'a str) -> (Token<'a>, &'a str) {
    let numbered = matches!(last, Token::Number(_) | Token::Zeroed(_));
    let suffixed = matches!(last, Token::Before(_) | Token::After(_));
    let before_suffix =
        numbered || suffixed || matches!(last, Token::Letter(_) | Token::SuffixNumber(_));
    let invalid = (Token::Invalid(""), "");
    let Some(first) = text.bytes().next() else { return (Token::End, "") };
    match first {
        b'a'..=b'z' if numbered => (Token::Letter(first), &text[1..]),
        b'0'..=b'9' if suffixed => {
            let (digits, rest) = split_digits(text);
            (Token::SuffixNumber(Number::of_digits(digits)), rest)
        }
        // `6.6p1`, as older packages had it.
        b'0'..=b'9' if matches!(last, Token::Letter(_)) => {
            let (digits, rest) = split_digits(text);
            (Token::Number(Number::of_digits(digits)), rest)
        }
        b'.' if numbered => {
            let (digits, rest) = split_digits(&text[1..]);
            match digits.as_bytes().first() {
                None => (Token::Invalid(text), ""),
                Some(b'0') => (Token::Zeroed(digits), rest),
                Some(_) => (Token::Number(Number::of_digits(digits)), rest),
            }
        }
        b'_' if before_suffix => suffix(&text[1..]).unwrap_or(invalid),
        b'~' if !matches!(last, Token::Commit(_) | Token::Revision(_)) => {
            let (hash, rest) = split_while(&text[1..], |byte| {
                byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
            });
            if hash.is_empty() { invalid } else { (Token::Commit(hash), rest) }
        }
        b'-' if !matches!(last, Token::Revision(_)) => {
            let Some(revision) = text.strip_prefix("-r") else { return invalid };
            let (digits, rest) = split_digits(revision);
            if rest.starts_with(|sign: char| sign.is_ascii_lowercase()) {
                return invalid;
            }
            (Token::Revision(Number::of_digits(digits)), rest)
        }
        _ => invalid,
    }
}

fn suffix<'a>(text: &'a str) -> Option<(Token<'a>, &'a str)> {
    let (word, rest) = split_while(text, |byte| byte.is_ascii_lowercase());
    let place = |words: &[&str]| words.iter().position(|one| *one == word);
    let before = place(&BEFORE_RELEASE).map(|at| Token::Before(at as u8));
    let token = before.or_else(|| place(&AFTER_RELEASE).map(|at| Token::After(at as u8)));
    token.map(|token| (token, rest))
}
