//! Versions of NuGet packages.
//!
//! Source: NuGet, "Package versioning" and `NuGet.Versioning.VersionComparer`: up to four numbers,
//! a missing one is zero; release labels compare without regard to case; metadata does not order.

use std::cmp::Ordering;

use super::number::{Number, split_digits};
use super::{Version, small_order};
use crate::key::KeyWriter;

const PARTS_MAX: usize = 4;
/// A label is compared as a number while `int.TryParse` can read it.
const LABEL_NUMBER_MAX: &str = "2147483647";

const PRE_RELEASE: u8 = 1;
const RELEASE: u8 = 2;

pub(crate) struct NuGet<'a> {
    numbers: [Number<'a>; PARTS_MAX],
    labels: Option<&'a str>,
}

impl<'a> Version<'a> for NuGet<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (text, metadata) = text.split_once('+').map_or((text, None), |(a, b)| (a, Some(b)));
        let (numbers, labels) = text.split_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        if ![metadata, labels].into_iter().flatten().all(are_labels) {
            return None;
        }
        let mut parts = [Number::ZERO; PARTS_MAX];
        for (at, part) in numbers.split('.').enumerate() {
            let (digits, rest) = split_digits(part);
            *parts.get_mut(at)? = Number::new(digits).filter(|_| rest.is_empty())?;
        }
        Some(Self { numbers: parts, labels })
    }

    fn order(&self, other: &Self) -> Ordering {
        let labels = || match (self.labels, other.labels) {
            (Some(one), Some(two)) => compare_labels(one, two),
            (one, two) => one.is_none().cmp(&two.is_none()),
        };
        self.numbers.cmp(&other.numbers).then_with(labels)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const END: u8 = 1;
        const NUMBER: u8 = 2;
        const TEXT: u8 = 3;
        self.numbers.iter().for_each(|number| key.number(*number));
        let Some(labels) = self.labels else {
            key.mark(RELEASE);
            return Some(());
        };
        key.mark(PRE_RELEASE);
        for label in labels.split('.') {
            match label_number(label) {
                Some(number) => {
                    key.mark(NUMBER);
                    key.number(number);
                }
                None => {
                    key.mark(TEXT);
                    key.small_text(label);
                }
            }
        }
        key.mark(END);
        Some(())
    }
}

fn are_labels(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.split('.').all(|label| !label.is_empty() && label.bytes().all(sign))
}

fn label_number(label: &str) -> Option<Number<'_>> {
    Number::new(label).filter(|number| number.at_most(LABEL_NUMBER_MAX))
}

/// Numbers before texts; fewer labels before more.
fn compare_labels(one: &str, two: &str) -> Ordering {
    let (mut left, mut right) = (one.split('.'), two.split('.'));
    loop {
        let (one, two) = match (left.next(), right.next()) {
            (Some(one), Some(two)) => (one, two),
            (one, two) => return one.is_some().cmp(&two.is_some()),
        };
        let order = match (label_number(one), label_number(two)) {
            (Some(one), Some(two)) => one.cmp(&two),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => small_order(one, two),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}
