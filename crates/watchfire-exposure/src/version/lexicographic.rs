//! Versions that order by their bytes: `vers:lexicographic`.
//!
//! Source: vers-spec, type `lexicographic`: the bytes of the UTF-8 text, not normalized.

use std::cmp::Ordering;

use super::Version;
use crate::key::KeyWriter;

pub(crate) struct Lexicographic<'a>(&'a str);

impl<'a> Version<'a> for Lexicographic<'a> {
    fn read(text: &'a str) -> Option<Self> {
        Some(Self(text))
    }

    fn order(&self, other: &Self) -> Ordering {
        self.0.cmp(other.0)
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        key.text(self.0);
        Some(())
    }
}
