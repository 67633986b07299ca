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
    pub(super) status: Option<Spanned<String>>,
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
    #[serde(default)]
    pub(super) provides_product: bool,
    #[serde(default)]
    pub(super) anywhere: bool,
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
    pub(super) status: Option<Spanned<String>>,
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
    pub(super) arises_after: Option<Spanned<toml::Value>>,
    #[serde(default)]
    pub(super) met_by: Vec<Spanned<toml::Value>>,
    pub(super) runs_from: Option<Spanned<toml::Value>>,
    pub(super) anchor: Option<Spanned<String>>,
    pub(super) measured_at: Option<Spanned<String>>,
    pub(super) when: Option<Spanned<toml::Value>>,
    pub(super) allowed_when: Option<Spanned<toml::Value>>,
    #[serde(default)]
    pub(super) gates: Vec<Spanned<String>>,
    pub(super) may_bind: Option<Spanned<toml::Value>>,
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
    pub(super) status: Option<Spanned<String>>,
    pub(super) effective_from: Option<Spanned<Datetime>>,
    pub(super) effective_to: Option<Spanned<Datetime>>,
    pub(super) adopted_on: Option<Spanned<Datetime>>,
    pub(super) proposed_on: Option<Spanned<Datetime>>,
    pub(super) strict: Option<Spanned<Span>>,
    pub(super) outer: Option<Spanned<Span>>,
    pub(super) target: Option<Spanned<Span>>,
    #[serde(default)]
    pub(super) variant: Vec<Spanned<Variant>>,
    pub(super) table: Option<Spanned<Table>>,
    pub(super) period_unknown: Option<Text>,
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
    pub(super) rolls_if: Option<Spanned<toml::Value>>,
    pub(super) calendar: Option<Spanned<String>>,
    pub(super) runs_from: Option<Spanned<toml::Value>>,
    #[serde(default)]
    pub(super) no_later_than: Vec<Spanned<Cap>>,
    /// Of an `also` alone.
    pub(super) reading: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cap {
    pub(super) within: Spanned<String>,
    pub(super) runs_from: Spanned<toml::Value>,
    #[serde(default)]
    pub(super) unless_past: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variant {
    pub(super) when: Spanned<toml::Value>,
    pub(super) strict: Option<Spanned<Span>>,
    pub(super) outer: Option<Spanned<Span>>,
    pub(super) target: Option<Spanned<Span>>,
    pub(super) remedy: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) columns: Vec<Spanned<String>>,
    pub(super) rows: Vec<Spanned<Row>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) is: Vec<Spanned<String>>,
    pub(super) strict: Option<Spanned<Span>>,
    pub(super) outer: Option<Spanned<Span>>,
    pub(super) target: Option<Spanned<Span>>,
    pub(super) remedy: Option<Text>,
}
