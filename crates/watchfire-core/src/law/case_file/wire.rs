//! A case file as it is written. An unknown key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Spanned, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) case: Vec<Spanned<Case>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: Spanned<String>,
    pub(super) roles: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<Spanned<String>, Spanned<Value>>,
    #[serde(default)]
    pub(super) answers: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(super) now: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) fact: Vec<Spanned<Fact>>,
    #[serde(default)]
    pub(super) expect: Vec<Spanned<Expect>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fact {
    pub(super) id: Option<Spanned<String>>,
    pub(super) kind: Spanned<String>,
    pub(super) occurred_at: Spanned<String>,
    pub(super) known_at: Option<Spanned<String>>,
    pub(super) of: Option<Spanned<String>>,
    pub(super) obligation: Option<Spanned<Obligations>>,
    pub(super) new_due: Option<Spanned<String>>,
    pub(super) number: Option<Spanned<String>>,
    pub(super) predicate: Option<Spanned<String>>,
    pub(super) answer: Option<Spanned<String>>,
    /// For the reader of the file; nothing is computed from it.
    #[serde(rename = "note")]
    pub(super) _note: Option<String>,
}

/// One provision id or a list of them.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a provision id or a list of them")]
pub(super) enum Obligations {
    One(String),
    Several(Vec<String>),
}

impl Obligations {
    pub(super) fn ids(&self) -> Vec<&str> {
        match self {
            Self::One(id) => vec![id],
            Self::Several(ids) => ids.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) obligation: Spanned<String>,
    pub(super) from_fact: Option<Spanned<String>>,
    pub(super) state: Option<Spanned<String>>,
    pub(super) foreseen: Option<bool>,
    pub(super) provisional: Option<bool>,
    pub(super) after_strict: Option<bool>,
    pub(super) strict_due: Option<Spanned<String>>,
    pub(super) outer_due: Option<Spanned<String>>,
    pub(super) absent: Option<Spanned<bool>>,
}
