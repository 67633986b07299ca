//! Versions of Debian and Ubuntu packages.
//!
//! Source: Debian Policy 5.6.12, deb-version(7): an epoch, an upstream version and a revision;
//! letters before other signs, and a tilde before everything, even the end.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

/// dpkg holds an epoch in an `int`.
const EPOCH_MAX: &str = "2147483647";

/// The end of a part: after a tilde, before every other sign.
const END: u8 = 2;

pub(crate) struct Debian<'a> {
    epoch: Number<'a>,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Version<'a> for Debian<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (epoch, text) = match text.split_once(':') {
            None => (Number::ZERO, text),
            Some((epoch, rest)) => {
                (Number::new(epoch).filter(|epoch| epoch.at_most(EPOCH_MAX))?, rest)
            }
        };
        let (upstream, revision) = match text.rsplit_once('-') {
            None => (text, ""),
            Some((_, "")) => return None,
            Some((upstream, revision)) => (upstream, revision),
        };
        let in_revision = |byte: u8| byte.is_ascii_alphanumeric() || b".+~".contains(&byte);
        let in_upstream = |byte: u8| in_revision(byte) || b"-:".contains(&byte);
        let fine = !upstream.is_empty()
            && upstream.bytes().all(in_upstream)
            && revision.bytes().all(in_revision);
        fine.then_some(Self { epoch, upstream, revision })
    }

    fn order(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare(self.upstream, other.upstream))
            .then_with(|| compare(self.revision, other.revision))
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        key.number(self.epoch);
        for part in [self.upstream, self.revision] {
            let mut rest = part;
            loop {
                let (signs, after) = split_while(rest, |byte| !byte.is_ascii_digit());
                signs.bytes().for_each(|sign| key.weight(weight(sign)));
                key.weight(END);
                let (digits, after) = split_digits(after);
                key.number(Number::of_digits(digits));
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            key.weight(END);
        }
        Some(())
    }
}

/// A tilde, the end, letters, other signs.
fn weight(sign: u8) -> u8 {
    match sign {
        b'~' => 1,
        sign if sign.is_ascii_alphabetic() => sign,
        sign => sign + 0x80,
    }
}

/// Compares runs of other signs and runs of digits in turn.
fn compare(mut one: &str, mut two: &str) -> Ordering {
    while !(one.is_empty() && two.is_empty()) {
        let (left, rest_of_one) = split_while(one, |byte| !byte.is_ascii_digit());
        let (right, rest_of_two) = split_while(two, |byte| !byte.is_ascii_digit());
        let weights = |signs: &str| -> Vec<u8> {
            signs.bytes().map(weight).chain(std::iter::once(END)).collect()
        };
        let signs = weights(left).cmp(&weights(right));
        let (left, rest_of_one) = split_digits(rest_of_one);
        let (right, rest_of_two) = split_digits(rest_of_two);
        let order = signs.then_with(|| Number::of_digits(left).cmp(&Number::of_digits(right)));
        if order != Ordering::Equal {
            return order;
        }
        (one, two) = (rest_of_one, rest_of_two);
    }
    Ordering::Equal
}
