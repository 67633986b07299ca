//! Versions of OpenSSL.
//!
//! Source: OpenSSL, "Release Strategy" and "Versioning policy": three numbers; before 3.0 letters
//! for the patches of a release, after them semantic versioning.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

const NUMBERS: usize = 3;
/// The words of a pre-release, in their order.
const BEFORE_RELEASE: [&str; 4] = ["dev", "alpha", "beta", "pre"];

pub(crate) struct OpenSsl<'a> {
    numbers: [Number<'a>; NUMBERS],
    letters: &'a str,
    pre: Option<(u8, Number<'a>)>,
}

impl<'a> Version<'a> for OpenSsl<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut numbers = [Number::ZERO; NUMBERS];
        let mut rest = text;
        for (at, number) in numbers.iter_mut().enumerate() {
            let after = if at == 0 { rest } else { rest.strip_prefix('.')? };
            let (digits, after) = split_digits(after);
            *number = Number::new(digits)?;
            rest = after;
        }
        let (letters, rest) = split_while(rest, |byte| byte.is_ascii_lowercase());
        let pre = match rest.strip_prefix('-') {
            None => rest.is_empty().then_some(None)?,
            Some(pre) => {
                let (word, digits) = split_while(pre, |byte| byte.is_ascii_lowercase());
                let place = BEFORE_RELEASE.iter().position(|one| *one == word)?;
                let (digits, rest) = split_digits(digits);
                rest.is_empty().then_some(Some((place as u8, Number::of_digits(digits))))?
            }
        };
        Some(Self { numbers, letters, pre })
    }

    fn order(&self, other: &Self) -> Ordering {
        let pre = |pre: Option<(u8, Number<'a>)>| (pre.is_none(), pre);
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| self.letters.cmp(other.letters))
            .then_with(|| pre(self.pre).cmp(&pre(other.pre)))
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const RELEASE: u8 = 8;
        self.numbers.iter().for_each(|number| key.number(*number));
        key.text(self.letters);
        match self.pre {
            None => key.mark(RELEASE),
            Some((place, number)) => {
                key.mark(place);
                key.number(number);
            }
        }
        Some(())
    }
}
