//! What can be wrong in a file of law, and where.

use std::ops::Range;

/// Something wrong in a file of `laws/`, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct Problem {
    /// The file, as the caller named it.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// In signs, counted from 1.
    pub column: usize,
    /// A stable name of the kind of problem, for example `toml` or `value`.
    pub code: &'static str,
    /// What is wrong with which thing.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Problem {
    /// Puts a problem at the first sign of `span`, in bytes of `text`.
    pub fn at(
        path: &str,
        text: &str,
        span: Range<usize>,
        code: &'static str,
        message: String,
        hint: &str,
    ) -> Self {
        Self::on(&Lines::new(text), path, span, code, message, hint)
    }

    /// Does the same where the lines are known: a file with many problems is read once.
    pub(crate) fn on(
        lines: &Lines<'_>,
        path: &str,
        span: Range<usize>,
        code: &'static str,
        message: String,
        hint: &str,
    ) -> Self {
        let (line, column) = lines.place(span.start);
        Self { path: path.to_owned(), line, column, code, message, hint: hint.to_owned() }
    }

    /// Tells what the TOML reader found: bad TOML, an unknown key, a wrong type.
    pub fn of_toml(path: &str, text: &str, error: &toml::de::Error, hint: &str) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self::at(path, text, span, "toml", error.message().to_owned(), hint)
    }
}

/// Where the lines of a text begin.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(newline, _)| newline + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Returns line and column of a place in bytes, both counted from 1; the column in signs.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        let at = if self.text.is_char_boundary(at) { at } else { self.text.len() };
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        (line, self.text[start..at].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_signs_and_not_bytes() {
        let text = "a = 1\n漏洞 = 2\n";
        let span = text.find("= 2").unwrap();
        let problem = Problem::at("x.toml", text, span..span + 1, "value", "odd".into(), "");
        assert_eq!((problem.line, problem.column), (2, 4));
        assert_eq!(problem.to_string(), "x.toml:2:4: odd");
    }

    #[test]
    fn every_place_has_a_line_and_a_column() {
        let lines = Lines::new("ab\n漏\n");
        let places = [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (6, (2, 2)), (7, (3, 1))];
        for (at, place) in places {
            assert_eq!(lines.place(at), place, "{at}");
        }
        assert_eq!(lines.place(99), (3, 1), "past the end");
        assert_eq!(Lines::new("").place(0), (1, 1));
    }
}
