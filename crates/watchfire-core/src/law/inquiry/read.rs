//! Reads `questions.toml` of a pack, and `places.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::{Asking, Finds, PlaceAsking};
use crate::law::id::{AttributeId, RoleId};
use crate::law::lawbook::Lawbook;
use crate::law::problem::Problem;
use crate::law::text::Text;

const HINT: &str = "see `questions.toml` in `laws/README.md`";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionsFile {
    question: Vec<Spanned<QuestionWire>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionWire {
    id: Spanned<String>,
    asks: Text,
    help: Option<Text>,
    cites: Option<Text>,
    roles: Option<Vec<Spanned<String>>>,
    attribute: Option<Spanned<String>>,
    /// A question or a list of them.
    only_if: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacesFile {
    place: Vec<PlaceWire>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceWire {
    jurisdiction: Spanned<String>,
    asks: Text,
}

/// Reads the questions of the pack `law`, whose names are those of `book`.
///
/// # Errors
/// Every problem found, with its place.
pub(in crate::law) fn questions(
    law: &str,
    path: &str,
    text: &str,
    book: &Lawbook,
) -> Result<Vec<Asking>, Vec<Problem>> {
    let file: QuestionsFile = parse(path, text)?;
    let mut reader = Reader { law, path, text, book, names: BTreeSet::new(), problems: Vec::new() };
    let read: Vec<Asking> = file.question.into_iter().filter_map(|one| reader.one(one)).collect();
    if reader.problems.is_empty() { Ok(read) } else { Err(reader.problems) }
}

/// Reads the questions of the jurisdictions.
///
/// # Errors
/// Every problem found, with its place.
pub(in crate::law) fn places(path: &str, text: &str) -> Result<Vec<PlaceAsking>, Vec<Problem>> {
    let file: PlacesFile = parse(path, text)?;
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    let mut found = Vec::new();
    for PlaceWire { jurisdiction, asks } in file.place {
        let span = jurisdiction.span();
        let jurisdiction = jurisdiction.into_inner();
        if !seen.insert(jurisdiction.clone()) {
            let message = format!("the jurisdiction `{jurisdiction}` is asked for twice");
            problems.push(Problem::at(path, text, span, "twice", message, "take one away"));
        }
        found.push(PlaceAsking { jurisdiction, asks });
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, Vec<Problem>> {
    toml::from_str(text).map_err(|error| vec![Problem::of_toml(path, text, &error, HINT)])
}

struct Reader<'a> {
    law: &'a str,
    path: &'a str,
    text: &'a str,
    book: &'a Lawbook,
    /// The questions so far.
    names: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: std::ops::Range<usize>, code: &'static str, message: String) {
        self.problems.push(Problem::at(self.path, self.text, span, code, message, HINT));
    }

    fn one(&mut self, written: Spanned<QuestionWire>) -> Option<Asking> {
        let whole = written.span();
        let written = written.into_inner();
        let name = written.id.get_ref();
        let plain = !name.is_empty()
            && name.len() <= 60
            && name
                .bytes()
                .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-');
        if !plain {
            let message = format!("`{name}` is no name: small letters, digits and `-`");
            self.wrong(written.id.span(), "value", message);
            return None;
        }
        let id = format!("{}/{name}", self.law);
        let only_if = match &written.only_if {
            Some(others) => self.only_if(others)?,
            None => Vec::new(),
        };
        if !self.names.insert(name.clone()) {
            self.wrong(written.id.span(), "twice", format!("the question `{name}` stands twice"));
            return None;
        }
        let finds = match (&written.roles, &written.attribute) {
            (Some(roles), None) if !roles.is_empty() => self.roles(roles)?,
            (None, Some(attribute)) => self.attribute(attribute)?,
            _ => {
                let message = "a question finds either `roles` or an `attribute`".to_owned();
                self.wrong(whole, "value", message);
                return None;
            }
        };
        let QuestionWire { asks, help, cites, .. } = written;
        Some(Asking { id, asks, help, cites, finds, only_if })
    }

    /// Reads the questions on which one hangs, all of which stand before it.
    fn only_if(&mut self, written: &Spanned<toml::Value>) -> Option<Vec<String>> {
        let names: Option<Vec<&str>> = match written.get_ref() {
            toml::Value::String(one) => Some(vec![one]),
            toml::Value::Array(all) => all.iter().map(toml::Value::as_str).collect(),
            _ => None,
        };
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            let message = "`only_if` names no question: write one, or a list of them".to_owned();
            self.wrong(written.span(), "value", message);
            return None;
        };
        if let Some(other) = names.iter().find(|name| !self.names.contains(**name)) {
            let message = format!("no question `{other}` stands before this one");
            self.wrong(written.span(), "undeclared", message);
            return None;
        }
        Some(names.into_iter().map(|name| format!("{}/{name}", self.law)).collect())
    }

    /// Reads roles; one without a slash is of this law.
    fn roles(&mut self, written: &[Spanned<String>]) -> Option<Finds> {
        let mut roles: Vec<RoleId> = Vec::new();
        for one in written {
            let name = one.get_ref();
            let full =
                if name.contains('/') { name.clone() } else { format!("{}/{name}", self.law) };
            match self.book.role(&full) {
                Ok(role) => roles.push(role),
                Err(error) => {
                    self.wrong(one.span(), "undeclared", error.to_string());
                    return None;
                }
            }
        }
        Some(Finds::Roles(roles))
    }

    fn attribute(&mut self, written: &Spanned<String>) -> Option<Finds> {
        let declared = written.get_ref().parse::<AttributeId>().ok();
        let declared = declared.filter(|id| self.book.words().attributes.contains_key(id));
        if declared.is_none() {
            let message = format!("the attribute `{}` is not declared", written.get_ref());
            self.wrong(written.span(), "undeclared", message);
        }
        declared.map(Finds::Attribute)
    }
}
