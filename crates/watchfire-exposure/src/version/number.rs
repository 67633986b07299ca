//! Whole numbers of any length, as a version writes them.

use std::cmp::Ordering;

/// A whole number, not negative, of as many digits as were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    pub(crate) const ZERO: Number<'static> = Number("");

    /// Reads digits, with or without zeros before them.
    pub(crate) fn new(digits: &'a str) -> Option<Self> {
        let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| Self(digits.trim_start_matches('0')))
    }

    /// The number of digits that may be none, which is zero.
    pub(crate) fn of_digits(digits: &'a str) -> Self {
        debug_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
        Self(digits.trim_start_matches('0'))
    }

    /// The digits without zeros before them; none for zero.
    pub(crate) fn digits(self) -> &'a str {
        self.0
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is at most `max`, given in digits.
    pub(crate) fn at_most(self, max: &str) -> bool {
        self <= Number(max)
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(other.0))
    }
}

/// Splits off the digits that `text` begins with.
pub(crate) fn split_digits(text: &str) -> (&str, &str) {
    split_while(text, |byte| byte.is_ascii_digit())
}

/// Splits off the ASCII signs that `text` begins with, as long as `wanted` says so.
pub(crate) fn split_while(text: &str, wanted: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii() || !wanted(byte));
    text.split_at(end.unwrap_or(text.len()))
}
