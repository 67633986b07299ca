//! What is wrong with a document, and where.

use std::fmt;

/// How many problems of one document are told; the others are counted.
pub const PROBLEMS_MAX: usize = 1_000;
/// How much of a text that is refused is said again.
const SAID_SIGNS_MAX: usize = 80;
/// How long the path to a problem is at most.
const PATH_BYTES_MAX: usize = 512;

/// Where something stands in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// A JSON pointer, or the way through the elements of XML; empty where only the line is known.
    pub path: String,
    /// The line, from 1, where it is known.
    pub line: Option<u64>,
}

impl Place {
    /// A place by its path.
    pub(crate) fn path(path: &str) -> Self {
        let mut end = path.len().min(PATH_BYTES_MAX);
        while !path.is_char_boundary(end) {
            end -= 1;
        }
        Self { path: path[..end].to_owned(), line: None }
    }

    /// A place by its line.
    pub(crate) fn line(line: u64) -> Self {
        Self { path: String::new(), line: Some(line) }
    }

    /// Adds the line.
    pub(crate) fn on(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.path.as_str(), self.line) {
            ("", None) => f.write_str("the whole document"),
            ("", Some(line)) => write!(f, "line {line}"),
            (path, None) => f.write_str(path),
            (path, Some(line)) => write!(f, "{path}, line {line}"),
        }
    }
}

/// Something that the standard of a document does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub reason: String,
}

impl Problem {
    pub(crate) fn at(path: &str, reason: impl Into<String>) -> Self {
        Self { place: Place::path(path), reason: reason.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// The problems of a document, as they were met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first of them, at most [`PROBLEMS_MAX`].
    pub told: Vec<Problem>,
    /// How many more there are.
    pub more: u64,
}

impl Problems {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        if self.told.len() < PROBLEMS_MAX {
            self.told.push(problem);
        } else {
            self.more += 1;
        }
    }
}

/// Adds a name to a JSON pointer, its signs encoded.
pub(crate) fn push_step(path: &mut String, name: &str) {
    path.push('/');
    if name.len() > PATH_BYTES_MAX {
        path.push('…');
    } else if !name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        path.push_str(name);
    } else {
        path.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
}

/// Adds a number to a JSON pointer.
pub(crate) fn push_number(path: &mut String, number: u64) {
    path.push('/');
    path.push_str(itoa::Buffer::new().format(number));
}

/// Adds an element to the way through those of XML: its name, and which of that name in a row it is.
pub(crate) fn push_element(path: &mut String, name: &str, count: u64) {
    path.push('/');
    path.push_str(name);
    path.push('[');
    path.push_str(itoa::Buffer::new().format(count));
    path.push(']');
}

/// The beginning of a text, to be said again.
pub(crate) fn excerpt(text: &str) -> String {
    let mut signs = text.chars();
    let begin: String = signs.by_ref().take(SAID_SIGNS_MAX).collect();
    if signs.next().is_some() { format!("{begin}…") } else { begin }
}
