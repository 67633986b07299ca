//! Every no to somebody who wants something of a change of law.

use super::act::{TEXT_CHARS_MAX, TITLE_CHARS_MAX};

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmendmentRefusal {
    /// It was rejected or withdrawn.
    #[error("the amendment was rejected or withdrawn")]
    Dropped,
    /// It is in use, and the past is not changed.
    #[error("the amendment is in use; another one can change what it changed")]
    InUse,
    /// A second person has agreed.
    #[error("the interpretation was agreed with and stays as it is")]
    Agreed,
    /// There is no interpretation to agree with or to send back.
    #[error("nobody has written an interpretation yet")]
    NotInterpreted,
    /// Four eyes: the writer may not be the reviewer.
    #[error("an interpretation is reviewed by another person than who wrote it")]
    SamePerson,
    /// Whoever proposed it takes it back; others reject it.
    #[error("only whoever proposed the amendment can withdraw it; others reject it")]
    NotTheProposer,
    /// Nothing differs from what is used.
    #[error("the files say what is in use already")]
    NothingChanged,
    /// Routed to nobody.
    #[error("an interpretation names at least one department that must know")]
    NoDepartment,
    /// A department that is not of the house, or closed.
    #[error("an interpretation names a department that is not there, or closed")]
    DepartmentUnknown,
    /// It was not put before this department.
    #[error("the amendment was not put before this department")]
    NotRouted,
    /// The department has acknowledged.
    #[error("the department has acknowledged already")]
    Acknowledged,
    /// Another answers for it, and it is no gap.
    #[error("somebody else answers for the acknowledgement, and it is no gap")]
    Held,
    /// Only who answers for it can give it.
    #[error("the acknowledgement is given by whoever answers for it")]
    NotHeld,
    /// A text is empty or too long.
    #[error("a title has 1 to {TITLE_CHARS_MAX} characters, any other text 1 to {TEXT_CHARS_MAX}")]
    Text,
    /// The interpretation misses one of the languages of the house.
    #[error("an interpretation is written in `en` and in `zh-CN`")]
    Language,
}

impl AmendmentRefusal {
    /// Returns the stable code that the API shows.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dropped => "amendment_dropped",
            Self::InUse => "amendment_in_use",
            Self::Agreed => "amendment_agreed",
            Self::NotInterpreted => "amendment_not_interpreted",
            Self::SamePerson => "amendment_same_person",
            Self::NotTheProposer => "amendment_not_the_proposer",
            Self::NothingChanged => "amendment_changes_nothing",
            Self::NoDepartment => "amendment_unrouted",
            Self::DepartmentUnknown => "department_unknown",
            Self::NotRouted => "acknowledgement_unknown",
            Self::Acknowledged => "acknowledgement_given",
            Self::Held => "acknowledgement_held",
            Self::NotHeld => "acknowledgement_not_held",
            Self::Text => "text_length",
            Self::Language => "language_missing",
        }
    }
}
