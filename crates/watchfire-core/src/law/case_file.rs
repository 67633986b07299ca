//! A case file: facts, and what must come out. The format of every law test, and of what anybody
//! asks on the command line; `laws/README.md` describes its keys.

use jiff::Timestamp;

mod check;
mod read;
#[cfg(test)]
mod tests;
mod wire;

use super::id::{FactId, ProvisionId};
use super::lawbook::Lawbook;
use super::problem::Problem;
use super::{Obligation, Question, State};

/// One case: what is asked, and what is expected of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Unique in its file.
    pub name: String,
    /// Where it begins in its file, counted from 1.
    pub line: usize,
    pub question: Question,
    pub expects: Vec<Expect>,
}

/// What must hold of one obligation. What is not written is not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    pub obligation: ProvisionId,
    /// The fact it arose on, where one provision gives several.
    pub from_fact: Option<FactId>,
    /// Not listed, or listed as not applicable or superseded.
    pub absent: bool,
    pub state: Option<State>,
    /// Whether it is listed as foreseen.
    pub foreseen: Option<bool>,
    pub provisional: Option<bool>,
    pub after_strict: Option<bool>,
    pub strict_due: Option<ExpectedDue>,
    pub outer_due: Option<ExpectedDue>,
}

/// A deadline that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedDue {
    At(Timestamp),
    /// `"none"`: there is no date.
    None,
}

impl Expect {
    /// Returns whether it says no more than that the obligation must arise.
    fn is_bare(&self) -> bool {
        !self.absent
            && self.state.is_none()
            && self.foreseen.is_none()
            && self.provisional.is_none()
            && self.after_strict.is_none()
            && self.strict_due.is_none()
            && self.outer_due.is_none()
    }

    /// Returns whether it says that nothing is owed.
    pub(crate) fn is_absence(&self) -> bool {
        self.absent
            || self.is_foreseen()
            || matches!(self.state, Some(State::NotApplicable | State::Superseded))
    }

    /// Returns whether it says that it is foreseen, and so has no clock.
    pub(crate) fn is_foreseen(&self) -> bool {
        self.foreseen == Some(true)
    }
}

impl Case {
    /// Returns what is owed, and the instant for which states are given.
    ///
    /// `at` takes the place of the case's own `now`; facts known after `known_at` are hidden.
    pub fn run(
        &self,
        laws: &Lawbook,
        at: Option<Timestamp>,
        known_at: Option<Timestamp>,
    ) -> (Timestamp, Vec<Obligation>) {
        let mut question = self.question.clone();
        question.now = at.or(question.now);
        question.known_at = known_at.or(question.known_at);
        (question.now(), laws.obligations(&question))
    }

    /// Returns what came out otherwise than expected, in words; nothing if all is as expected.
    pub fn check(&self, laws: &Lawbook) -> Vec<String> {
        let (_, listed) = self.run(laws, None, None);
        self.expects.iter().flat_map(|expect| check::problems(expect, &listed)).collect()
    }
}

/// Reads a case file, given as its path (for messages) and its text.
///
/// # Errors
/// Every problem found, with line and column: TOML that does not parse or an unknown key (the
/// first), and every name that is not declared, instant that is none, id used twice, or answer
/// that contradicts a recorded fact. A file without a case is a problem too.
pub fn parse(path: &str, text: &str, laws: &Lawbook) -> Result<Vec<Case>, Vec<Problem>> {
    read::file(path, text, laws)
}
