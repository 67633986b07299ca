//! Whether an answer is one that its field takes.

use jiff::Timestamp;
use jiff::ZonedDateTime;
use jiff::civil::Date;

use super::{Choice, Field, Kind};

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueProblem {
    /// It has more signs than the receiver takes.
    #[error("{signs} signs, and at most {limit} are taken")]
    TooLong {
        /// What the answer has.
        signs: usize,
        /// What may be.
        limit: usize,
    },
    /// It is not a day.
    #[error("`{0}` is not a day; write it as in 2026-11-23")]
    NotADate(String),
    /// It is not an instant.
    #[error(
        "`{0}` is not an instant; write it as in 2026-11-23T10:00Z, or with a zone in brackets"
    )]
    NotAnInstant(String),
    /// It is neither yes nor no.
    #[error("`{0}` is neither `yes` nor `no`")]
    NotYesOrNo(String),
    /// It is none of the choices.
    #[error("`{0}` is not one of the choices")]
    NotAChoice(String),
}

impl Field {
    /// Says why `answer`, which is trimmed and not empty, is not taken; `None` if it is.
    pub fn refuse(&self, answer: &str) -> Option<ValueProblem> {
        let signs = answer.chars().count();
        if let Some(limit) = self.limit.filter(|limit| signs > *limit) {
            return Some(ValueProblem::TooLong { signs, limit });
        }
        match &self.kind {
            Kind::Text => None,
            Kind::Date => {
                answer.parse::<Date>().is_err().then(|| ValueProblem::NotADate(answer.to_owned()))
            }
            Kind::DateTime => {
                let read =
                    answer.parse::<Timestamp>().is_ok() || answer.parse::<ZonedDateTime>().is_ok();
                (!read).then(|| ValueProblem::NotAnInstant(answer.to_owned()))
            }
            Kind::Boolean => (!matches!(answer, "yes" | "no"))
                .then(|| ValueProblem::NotYesOrNo(answer.to_owned())),
            Kind::Enum(choices) => not_a_choice(choices, answer),
            Kind::List(choices) if choices.is_empty() => None,
            Kind::List(choices) => answer
                .lines()
                .map(str::trim)
                .filter(|entry| !entry.is_empty())
                .find_map(|entry| not_a_choice(choices, entry)),
        }
    }
}

fn not_a_choice(choices: &[Choice], answer: &str) -> Option<ValueProblem> {
    let found = choices.iter().any(|choice| choice.id == answer);
    (!found).then(|| ValueProblem::NotAChoice(answer.to_owned()))
}
