//! Documents that are no SBOMs.

use super::problem::Place;
use super::{COMPONENTS_MAX, DEPTH_MAX, DOCUMENT_BYTES_MAX, RELATIONS_MAX};

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It holds nothing.
    #[error("the document is empty")]
    Empty,
    /// It is in no form that is known.
    #[error("this is no SBOM that is known here: {0}")]
    Unknown(String),
    /// It is in a known form of a version that is not.
    #[error("{standard} {version} is not read, only {known}")]
    Version {
        /// The standard.
        standard: &'static str,
        /// Its version, as the document says.
        version: String,
        /// The versions that are read.
        known: &'static str,
    },
    /// It breaks off, or is not written as its form wants it.
    #[error("{place}: {reason}")]
    Broken {
        /// Where.
        place: Place,
        /// What is wrong.
        reason: String,
    },
    /// What was compressed cannot be had back.
    #[error("what is compressed with {0} cannot be read: {1}")]
    Compressed(super::Compression, String),
    /// It is compressed so far that it can only be meant to fill memory.
    #[error("it is compressed with {0} to less than one part in {ratio}", ratio = super::input::RATIO_MAX)]
    Bomb(super::Compression),
    /// It is too large.
    #[error("it is larger than {DOCUMENT_BYTES_MAX} bytes")]
    TooLarge,
    /// Values lie in each other too deep.
    #[error("{0}: values lie more than {DEPTH_MAX} deep in each other")]
    TooDeep(Place),
    /// It has too many components.
    #[error("it has more than {COMPONENTS_MAX} components")]
    TooMany,
    /// It has too many relations.
    #[error("it has more than {RELATIONS_MAX} relations between components")]
    TooManyRelations,
    /// Nobody waits for it any longer, as whoever gave it said.
    #[error("the reading was stopped")]
    Stopped,
}

impl Refused {
    /// Where it went wrong, where that can be said.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Broken { place, .. } | Self::TooDeep(place) => Some(place),
            _ => None,
        }
    }

    /// What is wrong, without the place.
    pub fn reason(&self) -> String {
        match self {
            Self::Broken { reason, .. } => reason.clone(),
            Self::TooDeep(_) => format!("values lie more than {DEPTH_MAX} deep in each other"),
            other => other.to_string(),
        }
    }

    pub(crate) fn broken(place: Place, reason: impl Into<String>) -> Self {
        Self::Broken { place, reason: reason.into() }
    }
}
