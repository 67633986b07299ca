//! Which components of a product an advisory speaks of.
//!
//! [`Name`]s bring what SBOMs call a component and what advisories call a package to the same words.
//! [`Advice`] holds what documents say, each statement with where it stands; it answers for a
//! component with [`Exposure`]s. What no order explains is undecided, and never left out; where
//! sources disagree each has its own answer, and nothing is merged here.
//! A [`Holding`] is what asking needs of an SBOM, in a form that is kept; [`contents`] are those of some
//! releases, read once and asked about many vulnerabilities, and [`Holdings`] is the index over all of
//! them, which is kept too.

mod advice;
pub mod contents;
mod distribution;
pub mod group;
mod holdings;
mod inventory;
pub mod judge;
mod kept;
mod name;
pub mod opinion;
mod rule;
pub mod said;
mod speech;
pub mod word;

pub use advice::{Advice, Exposed, Exposure, Source, Statement, Whole};
pub use holdings::{Attached, Followed, Held, Holdings};
pub use inventory::{Excerpt, Holding, HoldingError, Part, READER, Read};
pub use kept::FILE as KEPT_INDEX;
pub use name::{Basis, Name, is_cpe, names, packages_of_purl};
