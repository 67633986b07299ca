//! `law.toml` as it is written. An unknown key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::law::text::Text;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: Spanned<String>,
    pub(super) jurisdiction: String,
    pub(super) title: Text,
    pub(super) time_zone: Spanned<String>,
    pub(super) source: Option<String>,
    pub(super) checked_on: Option<Spanned<Datetime>>,
    pub(super) confidence: Spanned<String>,
    #[serde(default)]
    pub(super) roles: BTreeMap<String, Spanned<Role>>,
    #[serde(default)]
    pub(super) authorities: BTreeMap<String, Authority>,
    #[serde(default)]
    pub(super) provision: Vec<Spanned<Provision>>,
    #[serde(default)]
    pub(super) reading: Vec<Spanned<Reading>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) name: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Authority {
    pub(super) name: Text,
    pub(super) url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reading {
    pub(super) id: Spanned<String>,
    pub(super) says: Text,
    pub(super) by: String,
    pub(super) on: Spanned<Datetime>,
    pub(super) why: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provision {
    pub(super) id: Spanned<String>,
    pub(super) class: Spanned<String>,
    pub(super) title: Option<Text>,
    pub(super) cites: Option<Text>,
    pub(super) source: Option<String>,
    pub(super) checked_on: Option<Spanned<Datetime>>,
    pub(super) confidence: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) arises_on: Vec<Spanned<toml::Value>>,
    #[serde(default)]
    pub(super) provisional_on: BTreeMap<String, Spanned<String>>,
    pub(super) awareness: Option<Awareness>,
    pub(super) runs_from: Option<Spanned<toml::Value>>,
    pub(super) anchor: Option<Spanned<String>>,
    pub(super) measured_at: Option<Spanned<String>>,
    pub(super) when: Option<Spanned<toml::Value>>,
    pub(super) allowed_when: Option<Spanned<toml::Value>>,
    pub(super) owed_by: Option<Spanned<toml::Value>>,
    pub(super) owed_to: Option<Spanned<String>>,
    pub(super) form: Option<Spanned<String>>,
    pub(super) extended_under: Option<Text>,
    pub(super) supersedes: Option<Spanned<String>>,
    pub(super) supersedes_from: Option<Spanned<Datetime>>,
    pub(super) keep_at_least: Option<Spanned<String>>,
    pub(super) note: Option<Text>,
    #[serde(default)]
    pub(super) version: Vec<Spanned<Version>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Awareness {
    #[serde(default)]
    pub(super) strict: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) outer: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) effective_from: Spanned<Datetime>,
    pub(super) effective_to: Option<Spanned<Datetime>>,
    pub(super) strict: Option<Spanned<Span>>,
    pub(super) outer: Option<Spanned<Span>>,
    pub(super) target: Option<Spanned<Span>>,
    pub(super) reading: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) also: Vec<Spanned<Span>>,
    pub(super) cites: Option<Text>,
    pub(super) note: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    pub(super) within: Spanned<String>,
    pub(super) counts: Option<Spanned<String>>,
    pub(super) ends: Option<Spanned<String>>,
    pub(super) rolls: Option<Spanned<String>>,
    pub(super) calendar: Option<Spanned<String>>,
    /// Of an `also` alone.
    pub(super) reading: Option<Spanned<String>>,
}
