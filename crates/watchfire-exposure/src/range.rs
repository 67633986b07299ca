//! Ranges: sets of versions of one component.
//!
//! [`Vers`] is a range as `vers` writes it, [`osv`] one of events as OSV has them.
//! Both answer with three values, and both give [`Intervals`] of keys where every bound has one.

mod bound;
mod interval;
mod line;
pub mod native;
pub mod osv;
pub mod vers;

pub(crate) use bound::against;
pub use interval::Intervals;
pub use native::npm;
pub use vers::Vers;

use crate::Ecosystem;

/// Whether a version is in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// An order does not explain the version, or a bound of the range.
    Undecided,
}

impl From<bool> for Answer {
    fn from(within: bool) -> Self {
        if within { Self::Yes } else { Self::No }
    }
}

/// A range in one of the forms that are read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// Events of OSV, compared by the order of an ecosystem.
    Events(Ecosystem, Vec<osv::Event>),
    /// A range of `vers`.
    Vers(Vers),
    /// A range that nothing here explains, so that every version is undecided.
    Unexplained,
}

impl Range {
    /// Whether `version` is in the range.
    pub fn contains(&self, version: &str) -> Answer {
        match self {
            Self::Events(ecosystem, events) => osv::affected(*ecosystem, events, version),
            Self::Vers(vers) => vers.contains(version),
            Self::Unexplained => Answer::Undecided,
        }
    }

    /// Whose order compares its bounds; `None` where nobody knows one.
    pub fn ecosystem(&self) -> Option<Ecosystem> {
        match self {
            Self::Events(ecosystem, _) => Some(*ecosystem),
            Self::Vers(vers) => vers.ecosystem(),
            Self::Unexplained => None,
        }
    }

    /// Returns the intervals of keys that are in the range; `None` where a bound has no key.
    ///
    /// The keys are those of the range's own order: see [`Self::ecosystem`].
    pub fn intervals(&self) -> Option<Intervals> {
        match self {
            Self::Events(ecosystem, events) => osv::intervals(*ecosystem, events),
            Self::Vers(vers) => vers.intervals(),
            Self::Unexplained => None,
        }
    }
}
