//! Versions of R packages.
//!
//! Source: R, "Writing R Extensions" 1.1.1 and `package_version`: whole numbers between dots or
//! hyphens, which are alike; compared number by number, fewer before more.

use std::cmp::Ordering;

use super::Version;
use super::number::Number;
use crate::key::KeyWriter;

const END: u8 = 1;

pub(crate) struct Cran<'a>(Vec<Number<'a>>);

impl<'a> Version<'a> for Cran<'a> {
    fn read(text: &'a str) -> Option<Self> {
        text.split(['.', '-']).map(Number::new).collect::<Option<_>>().map(Self)
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
