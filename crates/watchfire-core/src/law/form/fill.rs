//! Where the answer of a field can be taken from, so that nobody types what the case holds.

use std::fmt;

/// A place that may hold the answer of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The name of the organization.
    Organization,
    /// The title of the case.
    CaseTitle,
    /// The component that the report names.
    Component,
    /// The id of the stage that is sent.
    Stage,
    /// Always this.
    Value(String),
    /// Something of the first fact that is of one of these kinds.
    Fact {
        /// Kinds of facts, as `facts.toml` declares them.
        kinds: Vec<String>,
        /// What of it.
        take: Take,
    },
}

/// What of a fact answers a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// When it happened, where that is one instant.
    OccurredAt,
    /// When we learned of it.
    KnownAt,
    /// What was noted of it.
    Note,
}

impl Fill {
    /// Returns whether it says more of this stage than an earlier stage could.
    pub(crate) fn is_of_the_form(&self) -> bool {
        matches!(self, Self::Stage | Self::Value(_))
    }
}

/// In the words of form files: `occurred-at of exploitation-known`.
impl fmt::Display for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::CaseTitle => f.write_str("case-title"),
            Self::Component => f.write_str("component"),
            Self::Stage => f.write_str("stage"),
            Self::Value(value) => write!(f, "`{value}`"),
            Self::Fact { kinds, take } => {
                let take = match take {
                    Take::OccurredAt => "occurred-at",
                    Take::KnownAt => "known-at",
                    Take::Note => "note",
                };
                write!(f, "{take} of {}", kinds.join(" or "))
            }
        }
    }
}
