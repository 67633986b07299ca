//! Patterns of JSON Schema, which are written as ECMAScript writes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

/// The most memory that a pattern may take when it is compiled, in bytes.
const PATTERN_BYTES_MAX: usize = 32 << 20;

/// A pattern that is looked for anywhere in a text, unless it says where.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// As the schema has it.
    pub(super) written: Arc<str>,
    regex: Arc<Regex>,
}

impl Pattern {
    /// Whether `text` has a part that the pattern describes.
    pub(super) fn finds(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// Patterns by how they are written: many stand in a schema several times.
#[derive(Debug, Default)]
pub(super) struct Patterns(BTreeMap<String, Pattern>);

impl Patterns {
    /// Compiles a pattern, or finds it again.
    pub(super) fn get(&mut self, written: &str) -> Result<Pattern, String> {
        if let Some(pattern) = self.0.get(written) {
            return Ok(pattern.clone());
        }
        let mut builder = regex::RegexBuilder::new(&translated(written));
        let regex = builder.size_limit(PATTERN_BYTES_MAX).build();
        let regex = regex.map_err(|error| format!("the pattern `{written}`: {error}"))?;
        let pattern = Pattern { written: written.into(), regex: Arc::new(regex) };
        self.0.insert(written.to_owned(), pattern.clone());
        Ok(pattern)
    }
}

/// Writes an ECMAScript pattern as the `regex` crate reads it: digits and words are ASCII, and
/// within a class `[`, `&`, `~` and `-` stand for themselves.
fn translated(written: &str) -> String {
    let mut text = String::with_capacity(written.len() + 16);
    let mut signs = written.chars();
    let mut class = false;
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('d') if class => text.push_str("0-9"),
                Some('d') => text.push_str("[0-9]"),
                Some('w') if class => text.push_str("0-9A-Za-z_"),
                Some('w') => text.push_str("[0-9A-Za-z_]"),
                Some(next) => text.extend(['\\', next]),
                None => text.push('\\'),
            },
            '[' if class => text.push_str("\\["),
            '&' | '~' if class => text.extend(['\\', sign]),
            '[' => {
                class = true;
                text.push('[');
            }
            ']' if class => {
                class = false;
                text.push(']');
            }
            _ => text.push(sign),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_ecmascript_means() {
        for (pattern, text, wanted) in [
            ("^\\d+$", "12", true),
            ("^\\d+$", "١", false),
            ("^[\\d.]+$", "1.2", true),
            ("^[\\w-]+$", "a-b", true),
            ("^[[&~]+$", "[&~", true),
            ("^[a-z\\.\\-]+\\/x$", "a.-/x", true),
            ("b", "abc", true),
            ("^(\\\\[!\"#$%&'()+,/:;<=>@\\[\\]\\^`{|}~])$", "\\~", true),
            ("^[\\S](.*[\\S])?$", " a", false),
        ] {
            let pattern = Patterns::default().get(pattern).expect("a pattern");
            assert_eq!(pattern.finds(text), wanted, "{}: {text}", pattern.written);
        }
        assert!(Patterns::default().get("(").is_err());
    }
}
