//! Ranges: sets of versions of one component.
//!
//! [`Vers`] is a range as `vers` writes it, [`osv`] one of events as OSV has them.
//! Both answer with three values, and both give [`Intervals`] of keys where every bound has one.

mod interval;
pub mod osv;
pub mod vers;

pub use interval::Intervals;
pub use vers::Vers;

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
