//! Versions of Haskell packages.
//!
//! Source: Haskell Package Versioning Policy; Cabal, `Distribution.Version`: whole numbers between
//! dots, compared number by number, fewer before more, so that 1.0 is before 1.0.0.

use std::cmp::Ordering;

use super::Version;
use super::number::Number;
use crate::key::KeyWriter;

const END: u8 = 1;

pub(crate) struct Hackage<'a>(Vec<Number<'a>>);

impl<'a> Version<'a> for Hackage<'a> {
    fn read(text: &'a str) -> Option<Self> {
        text.split('.').map(Number::new).collect::<Option<_>>().map(Self)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.iter().for_each(|number| key.number(*number));
        key.mark(END);
        Some(())
    }
}

/// Whole numbers between dots, of which missing ones are zero: `vers:intdot` and the like.
///
/// Source: vers-spec, type `intdot`.
pub(crate) struct IntDot<'a>(Vec<Number<'a>>);

impl<'a> Version<'a> for IntDot<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut numbers: Vec<_> = text.split('.').map(Number::new).collect::<Option<_>>()?;
        while numbers.last().is_some_and(|number| number.is_zero()) {
            numbers.pop();
        }
        Some(Self(numbers))
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        self.0.iter().for_each(|number| key.number(*number));
        key.mark(END);
        Some(())
    }
}
