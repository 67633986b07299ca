//! How the program ends.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// The answer is no: a test failed, tampered, not valid, affected.
    No = 1,
    /// The request was wrong: flags, unreadable or malformed input, a pack that does not load.
    Request = 2,
    /// The world failed: a disk, a network, a database.
    World = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Something wrong in a file of law, as a node tells it.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct InFile {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// Why a command did not come to its end.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the exit code says.
    pub(crate) exit: Exit,
    /// What happened, to which thing.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// The stable code of the problem, where a node refused.
    pub(crate) code: Option<String>,
    /// What a node found wrong in files of law, one by one.
    pub(crate) problems: Vec<InFile>,
    /// What lay behind it.
    pub(crate) cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// The request was wrong.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::of(Exit::Request, message.into())
    }

    /// The world failed.
    pub(crate) fn world(message: impl Into<String>) -> Self {
        Self::of(Exit::World, message.into())
    }

    fn of(exit: Exit, message: String) -> Self {
        Self { exit, message, hint: None, code: None, problems: Vec::new(), cause: None }
    }

    /// Says under which code a node refused.
    pub(crate) fn coded(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// Says what a node found wrong in files of law.
    pub(crate) fn in_files(mut self, problems: Vec<InFile>) -> Self {
        self.problems = problems;
        self
    }

    /// Says of which of several things it is.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Says what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what lay behind it.
    pub(crate) fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
