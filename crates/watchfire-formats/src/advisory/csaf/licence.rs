//! Under which licence a document is.
//!
//! Source: SPDX 3.0.1, annex B; CSAF 2.1, `/document/license_expression`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::super::list;
use super::language::is_english;
use super::validate::Trial;

/// The licences that SPDX lists, in small letters, for their case does not matter.
static LISTED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let list = include_str!("../../../schemas/cyclonedx/spdx.schema.json");
    let list: Value = serde_json::from_str(list).expect("the schema is JSON");
    let ids = list["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    ids.map(str::to_ascii_lowercase).collect()
});

/// What AboutCode lists beyond these has names that begin so.
const LISTED_BY_ABOUTCODE: &str = "LicenseRef-scancode-";

/// What an expression names: licences, and additions of its own, or what is wrong with it.
fn names(expression: &str) -> Result<Vec<&str>, String> {
    let (mut names, mut depth, mut wanted) = (Vec::new(), 0_usize, Wanted::Licence);
    for token in tokens(expression) {
        let operator = match token {
            "AND" | "and" | "OR" | "or" => Some(Wanted::Licence),
            "WITH" | "with" => Some(Wanted::Addition),
            _ => None,
        };
        wanted = match (wanted, token) {
            (Wanted::Licence, "(") => {
                depth += 1;
                Wanted::Licence
            }
            (Wanted::Operator { .. }, ")") if depth > 0 => {
                depth -= 1;
                Wanted::Operator { addition: false }
            }
            (Wanted::Operator { addition }, _) => match operator {
                Some(Wanted::Addition) if !addition => {
                    return Err(format!("`{token}` is not here"));
                }
                Some(next) => next,
                None => return Err(format!("`{token}` stands where an operator would")),
            },
            (Wanted::Licence, name) if operator.is_none() && is_name(name, "LicenseRef-") => {
                names.push(name);
                Wanted::Operator { addition: true }
            }
            (Wanted::Addition, name) if operator.is_none() && is_name(name, "AdditionRef-") => {
                // The list has no exceptions, so that only one of the document's own is known.
                names.extend(Some(name).filter(|name| name.starts_with("AdditionRef-")));
                Wanted::Operator { addition: false }
            }
            _ => return Err(format!("`{token}` is no name")),
        };
    }
    match wanted {
        Wanted::Operator { .. } if depth == 0 => Ok(names),
        _ => Err("it ends too early".to_owned()),
    }
}

/// What comes next.
#[derive(Clone, Copy)]
enum Wanted {
    Licence,
    Addition,
    Operator { addition: bool },
}

/// Words and brackets.
fn tokens(expression: &str) -> impl Iterator<Item = &str> {
    let cut = |part| ["(", ")"].contains(&part) || !str::trim(part).is_empty();
    let words = expression.split([' ', '\t']);
    let pieces = words.flat_map(|word| {
        word.split_inclusive(['(', ')']).flat_map(|piece| {
            let bracket = piece.len() - usize::from(piece.ends_with(['(', ')']));
            let (name, bracket) = piece.split_at(bracket);
            [name, bracket]
        })
    });
    pieces.filter(move |piece| cut(piece))
}

/// Whether a word is a name of a list, or one of the document's own behind `own`.
fn is_name(word: &str, own: &str) -> bool {
    let begins = |prefix: &str| {
        word.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
    };
    let signs = |text: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        !text.is_empty() && text.bytes().all(sign)
    };
    if let Some(rest) = word.strip_prefix(own) {
        return signs(rest);
    }
    // What is like one of these, and is none, would be taken for a licence of the list.
    let like = ["LicenseRef-", "AdditionRef-", "DocumentRef-"].into_iter().any(begins);
    let plain = if own == "LicenseRef-" { word.strip_suffix('+').unwrap_or(word) } else { word };
    !like && signs(plain)
}

/// CSAF 2.1, 6.1.54.
pub(super) fn the_expression_is_one(trial: &mut Trial<'_>) {
    let pointer = "/document/license_expression";
    let Some(expression) = trial.json.pointer(pointer).and_then(Value::as_str) else { return };
    if let Err(problem) = names(expression) {
        trial.find(pointer, format!("it is no expression of licences: {problem}"));
    }
}

/// CSAF 2.1, 6.1.55: a licence that nobody lists stands in the notes.
pub(super) fn an_unlisted_licence_is_written_out(trial: &mut Trial<'_>) {
    let Ok(names) = names(trial.text("/document/license_expression")) else { return };
    let listed = |name: &str| {
        let small = name.to_ascii_lowercase();
        name.starts_with(LISTED_BY_ABOUTCODE)
            || LISTED.contains(&small)
            || small.strip_suffix('+').is_some_and(|small| LISTED.contains(small))
    };
    let unlisted = names.into_iter().find(|name| !listed(name));
    if let Some(name) = unlisted
        .filter(|_| is_english(trial) && !has_one_note(trial, "License", "legal_disclaimer"))
    {
        trial.find(
            "/document/notes",
            format!("`{name}` is in no list, and no single note `License` has its text"),
        );
    }
}

/// Whether one note of the document has a title, one alone, and it is of a category.
pub(super) fn has_one_note(trial: &Trial<'_>, title: &str, category: &str) -> bool {
    let notes = trial.json.get("document").map(|document| list(document, "notes"));
    let mut called = notes.into_iter().flatten().filter(|note| note["title"] == title);
    let first = called.next();
    first.is_some_and(|note| note["category"] == category) && called.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::names;

    /// Source: SPDX 3.0.1, annex B.
    #[test]
    fn an_expression_has_licences_and_operators_in_turn() {
        for expression in [
            "MIT",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "(MIT OR Apache-2.0) AND BSD-3-Clause",
            "CDDL-1.0+",
            "LicenseRef-a.b-c",
            "((MIT))",
            "MIT WITH AdditionRef-a",
            "MIT or ISC",
        ] {
            assert!(names(expression).is_ok(), "{expression}");
        }
        for expression in [
            "",
            "MIT ISC",
            "AND MIT",
            "MIT AND",
            "(MIT",
            "MIT)",
            "()",
            "MIT WITH",
            "LicenseRef-",
            "(MIT) WITH a",
            "MIT WITH a WITH b",
            "MIT WITH a+",
            "LicenseRef-a+",
            "licenseref-a",
            "DocumentRef-a:LicenseRef-b",
            "MIT/ISC",
            "LicenseRef-ä",
            "MIT And ISC",
        ] {
            assert!(names(expression).is_err(), "{expression}");
        }
    }
}
