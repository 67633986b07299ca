//! What can happen to a product, to its releases, and to what is said of their contents.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{DepartmentId, PartyId, ProductId, SbomId};

/// Something that happened to a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum ProductEvent {
    /// The product became known.
    Registered { organization: PartyId, product: ProductCard },
    /// What is said of it changed.
    Changed { product: ProductCard },
    /// It is there no more, and nothing of it is exposed any longer.
    Retired { reason: String },
}

/// What is said of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductCard {
    /// As people call it; unique in its organization.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who answers for it, and for each release that names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PartyId>,
    /// The department that makes or runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// Whether it can be reached from the Internet, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internet_facing: Option<bool>,
    /// What statements of others may call it: package URLs and CPE names.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub identifiers: BTreeSet<String>,
}

/// Something that happened to a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum ReleaseEvent {
    /// The release became known.
    Registered { organization: PartyId, product: ProductId, release: ReleaseCard },
    /// What is said of it changed.
    Changed { release: ReleaseCard },
    /// It is in use nowhere any more, and nothing of it is exposed any longer.
    Retired { reason: String },
    /// Somebody said what it is made of.
    SbomAttached { sbom: SbomId, record: Box<SbomRecord>, replaces: Vec<SbomId> },
    /// That was not so, or is not any more.
    SbomDetached { sbom: SbomId, reason: String },
}

/// What is said of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseCard {
    /// As its maker counts; unique in its product.
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_on: Option<Date>,
    /// The last day of its support period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_until: Option<Date>,
    /// Where it is made available: countries of ISO 3166-1, in two letters.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sold_in: BTreeSet<String>,
    /// Who answers for it; left out, the owner of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PartyId>,
}

/// An SBOM as it was read when it was attached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SbomRecord {
    /// SHA-256 of its bytes, in hexadecimal. The bytes lie beside and can be erased.
    pub document: String,
    /// What it is written in: `CycloneDX JSON`.
    pub format: String,
    pub format_version: String,
    /// Its own name in the world: a serial number or a namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// When it was made, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// How many components it names.
    pub components: u32,
    /// How many of them go by no name that an advisory could use.
    pub unnamed: u32,
    /// How much of it was not used.
    pub skipped: u64,
    /// How often it does what its standard does not allow.
    pub problems: u64,
}
