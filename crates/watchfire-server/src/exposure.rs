//! Which components of a product an advisory speaks of.
//!
//! [`Name`]s bring what SBOMs call a component and what advisories call a package to the same words.
//! [`Advice`] holds what documents say, each statement with where it stands; it answers for a
//! component with [`Exposure`]s. What no order explains is undecided, and never left out; where
//! sources disagree each has its own answer, and nothing is merged here.

mod advice;
mod distribution;
mod name;
mod rule;

pub use advice::{Advice, Exposed, Exposure, Source, Statement, Whole};
pub use name::{Basis, Name, names};
