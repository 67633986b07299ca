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
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            code,
            message,
            hint: hint.to_owned(),
        }
    }

    /// Tells what the TOML reader found: bad TOML, an unknown key, a wrong type.
    pub fn of_toml(path: &str, text: &str, error: &toml::de::Error, hint: &str) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self::at(path, text, span, "toml", error.message().to_owned(), hint)
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
}
