//! Versions of Conan packages.
//!
//! Source: Conan 2, "Version ranges" and `conan/internal/model/version.py`: items between dots, of
//! which zeros at the end do not count; a pre-release behind the last hyphen, before its release;
//! a build behind the last plus, after it; each of the two is read as a version again.

use std::cmp::Ordering;

use super::Version;
use super::number::Number;
use crate::key::KeyWriter;

pub(crate) struct Conan<'a> {
    items: Vec<&'a str>,
    pre: Option<Box<Conan<'a>>>,
    build: Option<Box<Conan<'a>>>,
}

impl<'a> Version<'a> for Conan<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if text.contains(' ') {
            return None;
        }
        let (text, build) = text.rsplit_once('+').map_or((text, None), |(a, b)| (a, Some(b)));
        let (text, pre) = text.rsplit_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        let nested = |text: Option<&'a str>| text.map(|text| Some(Box::new(Self::nested(text)?)));
        let (build, pre) = (nested(build), nested(pre));
        Some(Self { items: items(text), pre: transpose(pre)?, build: transpose(build)? })
    }

    fn order(&self, other: &Self) -> Ordering {
        let pre = || match (&self.pre, &other.pre) {
            (Some(one), Some(two)) => one.order(two),
            (one, two) => one.is_none().cmp(&two.is_none()),
        };
        let build = || match (&self.build, &other.build) {
            (Some(one), Some(two)) => one.order(two),
            (one, two) => one.is_some().cmp(&two.is_some()),
        };
        compare(&self.items, &other.items).then_with(pre).then_with(build)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const END: u8 = 1;
        const EMPTY: u8 = 2;
        const ABSENT_BUILD: u8 = 1;
        const BUILD: u8 = 2;
        const PRE: u8 = 3;
        const NO_PRE: u8 = 4;
        /// A text sorts after every number.
        const TEXT: u8 = 0xff;
        for item in &self.items {
            match (Number::new(item), item.bytes().next()) {
                (Some(number), _) => key.number(number),
                (None, None) => key.mark(EMPTY),
                // Its bytes are beyond those of digits, so it is after every number.
                (None, Some(first)) if first > b'9' => {
                    key.weight(TEXT);
                    key.text(item);
                }
                // Between numbers and texts that look like numbers there is no line.
                _ => return None,
            }
        }
        key.mark(END);
        match &self.pre {
            None => key.mark(NO_PRE),
            Some(pre) => {
                key.mark(PRE);
                pre.write(key)?;
            }
        }
        match &self.build {
            None => key.mark(ABSENT_BUILD),
            Some(build) => {
                key.mark(BUILD);
                build.write(key)?;
            }
        }
        Some(())
    }
}

impl<'a> Conan<'a> {
    /// A pre-release or build; it may be empty, but not have both of its own without end.
    fn nested(text: &'a str) -> Option<Self> {
        let (text, pre) = text.rsplit_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        if text.contains(['-', '+']) {
            return None;
        }
        let pre = pre.map(|pre| Box::new(Self { items: items(pre), pre: None, build: None }));
        Some(Self { items: items(text), pre, build: None })
    }
}

/// What was there and could not be read makes the whole unreadable.
fn transpose<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        None => Some(None),
        Some(None) => None,
        Some(Some(part)) => Some(Some(part)),
    }
}

fn items(text: &str) -> Vec<&str> {
    let mut items: Vec<&str> = text.split('.').collect();
    while items.last().and_then(|item| Number::new(item)).is_some_and(Number::is_zero) {
        items.pop();
    }
    items
}

/// Numbers by value; where one is a text, both as texts.
fn compare(one: &[&str], two: &[&str]) -> Ordering {
    for (one, two) in one.iter().zip(two) {
        let order = match (Number::new(one), Number::new(two)) {
            (Some(one), Some(two)) => one.cmp(&two),
            _ => one.cmp(two),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    one.len().cmp(&two.len())
}
