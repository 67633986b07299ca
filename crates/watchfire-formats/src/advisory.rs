//! Advisories of others, whatever they are written in, in one neutral shape.
//!
//! [`read`] finds out by its content what a document is; each format has its own file.
//! What a source says is kept as it says it: versions, ranges and vectors verbatim, times as
//! instants, its own words for a justification, and where in the document each statement stands.
//! Two sources of one vulnerability stay two advisories; nothing is merged here.
//!
//! A document that is not as its format wants is refused with [`ReadError`], which points at what is
//! wrong, so that whoever fetched it can set it apart and go on.

pub mod csaf;
pub mod cve;
pub mod cyclonedx;
mod document;
pub mod epss;
pub mod ghsa;
pub mod kev;
pub mod openvex;
pub mod osv;
pub mod rubysec;
mod wrapped;
mod yaml;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

pub use document::{COPIED_BYTES_MAX, DOCUMENT_BYTES_MAX, ReadError, STATEMENTS_MAX, VALUES_MAX};

use document::Found;

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// OSV, which also GitHub, RustSec, PyPA, Go and others publish.
    Osv,
    /// An advisory as GitHub's interface gives it.
    GitHub,
    /// CSAF 2.0 or 2.1, of any profile.
    Csaf,
    /// A record of the CVE programme, version 5.
    Cve,
    /// An advisory of ruby-advisory-db.
    RubySec,
    /// CISA's catalogue of known exploited vulnerabilities.
    Kev,
    /// FIRST's list of how likely an exploitation is.
    Epss,
    /// OpenVEX.
    OpenVex,
    /// The vulnerabilities in a CycloneDX document.
    CycloneDx,
}

impl Format {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Osv => "OSV",
            Self::GitHub => "GitHub advisory",
            Self::Csaf => "CSAF",
            Self::Cve => "CVE record",
            Self::RubySec => "RubySec advisory",
            Self::Kev => "KEV catalogue",
            Self::Epss => "EPSS scores",
            Self::OpenVex => "OpenVEX",
            Self::CycloneDx => "CycloneDX",
        }
    }
}

/// A document that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is written in.
    pub format: Format,
    /// The version of the format that it says it has, where it says one.
    pub format_version: Option<String>,
    /// Its own name, where it has one besides those of its advisories.
    pub id: Option<String>,
    /// Who says it.
    pub publisher: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Which revision of the document it is, as its publisher counts.
    pub revision: Option<String>,
    /// When it was published first.
    pub published: Option<Timestamp>,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
    /// What it says, one entry for each vulnerability.
    pub advisories: Vec<Advisory>,
    /// How likely exploitations are; of EPSS alone.
    pub likelihoods: Vec<Likelihood>,
}

impl Document {
    fn new(format: Format) -> Self {
        Self {
            format,
            format_version: None,
            id: None,
            publisher: None,
            title: None,
            revision: None,
            published: None,
            modified: None,
            advisories: Vec::new(),
            likelihoods: Vec::new(),
        }
    }
}

/// What one source says of one vulnerability.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Advisory {
    /// The name by which the source knows it.
    pub id: String,
    /// Other names of the same vulnerability, by the source's word.
    pub aliases: Vec<String>,
    /// Names of others that have to do with it and are not the same.
    pub related: Vec<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
    /// When it was taken back; what was taken back exposes nobody.
    pub withdrawn: Option<Timestamp>,
    /// Whether it was taken back without a time, as a rejected CVE record is.
    pub rejected: bool,
    /// It in one line.
    pub summary: Option<String>,
    /// It in many.
    pub details: Option<String>,
    /// How severe it is, by each who weighed it.
    pub severities: Vec<Severity>,
    /// Its weaknesses, as `CWE-502`.
    pub weaknesses: Vec<String>,
    /// Where there is more.
    pub references: Vec<Reference>,
    /// What it says of which product.
    pub affected: Vec<Affected>,
    /// What is known of its exploitation.
    pub exploitations: Vec<Exploitation>,
    /// Answers to the decision points of SSVC.
    pub decisions: Vec<Decision>,
    /// Where it stands in the document, as a JSON pointer.
    pub pointer: String,
}

/// How severe a vulnerability is, by somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    /// By which measure, as the source calls it: `CVSS_V3`, `cvssV4_0`, `Red Hat severity rating`.
    pub system: String,
    /// The vector, verbatim, or the word or number where there is none.
    pub value: String,
    /// Who weighed it, where that is another than the publisher.
    pub by: Option<String>,
}

/// A reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What is found there, in the source's words.
    pub kinds: Vec<String>,
    /// Where.
    pub url: String,
}

/// What a source says of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The vulnerability is in it.
    Affected,
    /// It was, and no longer is.
    Fixed,
    /// It is not.
    NotAffected,
    /// Nobody knows yet.
    UnderInvestigation,
    /// The source says that it does not know.
    Unknown,
}

impl Status {
    /// The word for it, in small letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::NotAffected => "not_affected",
            Self::UnderInvestigation => "under_investigation",
            Self::Unknown => "unknown",
        }
    }
}

/// A status of some versions of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Affected {
    /// Of what.
    pub product: Arc<Product>,
    /// Which status.
    pub status: Status,
    /// These versions, verbatim.
    pub versions: Vec<String>,
    /// And those in these ranges.
    ///
    /// Where there is neither a version nor a range, the product itself is meant as it is named.
    pub ranges: Vec<Range>,
    /// What the source says of versions of this product that no entry of it names.
    pub otherwise: Option<Status>,
    /// Why it is not affected, in the label of the format.
    pub justification: Option<Arc<str>>,
    /// What that means, in words.
    pub impact: Option<Arc<str>>,
    /// What to do, in words.
    pub action: Option<Arc<str>>,
    /// How severe it is in this product, where that differs.
    pub severities: Vec<Severity>,
    /// Since when this is said, where it has a time of its own.
    pub since: Option<Timestamp>,
    /// Who says it, where that is another than the publisher.
    pub by: Option<String>,
    /// Where it stands in the document, as a JSON pointer.
    pub pointer: String,
}

impl Affected {
    fn new(product: impl Into<Arc<Product>>, status: Status, pointer: String) -> Self {
        Self {
            product: product.into(),
            status,
            versions: Vec::new(),
            ranges: Vec::new(),
            otherwise: None,
            justification: None,
            impact: None,
            action: None,
            severities: Vec::new(),
            since: None,
            by: None,
            pointer,
        }
    }
}

/// A product, by all the names that a source has for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Product {
    /// The ecosystem, as OSV writes it.
    pub ecosystem: Option<String>,
    /// Its name within the ecosystem, or as its vendor calls it.
    pub name: Option<String>,
    /// Its version, where it is named with one.
    pub version: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Package URLs, verbatim.
    pub purls: Vec<String>,
    /// CPE names, verbatim.
    pub cpes: Vec<String>,
    /// Digests of its files, each as algorithm and value.
    pub hashes: Vec<(String, String)>,
    /// Its name in the document: a product id of CSAF, a `bom-ref` of CycloneDX.
    pub reference: Option<String>,
    /// What it is a part of, when the statement holds there alone.
    pub within: Option<Arc<Product>>,
}

impl Product {
    /// How many bytes its own names take.
    fn bytes(&self) -> usize {
        let names = [&self.ecosystem, &self.name, &self.vendor, &self.reference];
        let texts = names.into_iter().flatten().chain(&self.purls).chain(&self.cpes);
        texts.map(String::len).sum::<usize>()
            + self.hashes.iter().map(|(kind, value)| kind.len() + value.len()).sum::<usize>()
    }
}

/// A set of versions, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// Bounds at versions, which an order compares.
    Events {
        /// Which order.
        order: Order,
        /// Where it begins and ends.
        events: Vec<Event>,
    },
    /// A range of `vers`.
    Vers(String),
    /// A range in the syntax of the product's ecosystem.
    Native(String),
}

/// What compares the versions of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Semantic versions.
    SemVer,
    /// The order of the product's ecosystem.
    Ecosystem,
    /// The history of a repository.
    Git {
        /// Its address.
        repository: Option<String>,
    },
    /// Another, by the name that the source gives it.
    Named(String),
}

/// A bound of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From this version on; OSV says *introduced*.
    From(String),
    /// Behind this version.
    After(String),
    /// Up to, and without this version; OSV says *fixed*.
    Before(String),
    /// Up to, and with this version; OSV says *last affected*.
    UpTo(String),
    /// Nothing is said from this version on; OSV says *limit*.
    Limit(String),
}

impl Event {
    /// The version at which it is.
    pub fn version(&self) -> &str {
        match self {
            Self::From(version)
            | Self::After(version)
            | Self::Before(version)
            | Self::UpTo(version)
            | Self::Limit(version) => version,
        }
    }
}

/// How far an exploitation has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exploited {
    /// Nobody knows of one.
    NotKnown,
    /// Somebody showed how.
    ProofOfConcept,
    /// It is exploited.
    Known,
}

/// What a source knows of an exploitation somewhere, which says nothing of one in a product of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploitation {
    /// How far it has got.
    pub exploited: Exploited,
    /// Since when, by the source: an instant, or a day as in `2021-12-10`.
    pub since: Option<String>,
    /// The day until when those whom the source binds must act.
    pub due: Option<String>,
    /// Whether it serves extortion; `None` where the source does not know.
    pub ransomware: Option<bool>,
    /// What the source wants done, or says.
    pub note: Option<String>,
    /// Who knows it.
    pub by: String,
    /// Where it stands in the document, as a JSON pointer.
    pub pointer: String,
}

/// Answers to the decision points of SSVC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who answered.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
    /// Each decision point with its answer.
    pub answers: Vec<(String, String)>,
}

/// How likely an exploitation is within thirty days, by EPSS.
#[derive(Debug, Clone, PartialEq)]
pub struct Likelihood {
    /// Of what, as `CVE-2021-44228`.
    pub id: String,
    /// From 0 to 1.
    pub probability: f64,
    /// How many of all are as likely or less, from 0 to 1.
    pub percentile: f64,
}

/// Reads a document of any of the formats, found out by its content.
///
/// # Errors
/// [`ReadError`], with where and what is wrong.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if epss::looks_like(bytes) {
        return epss::read(bytes);
    }
    if cyclonedx::xml::looks_like(bytes) {
        return cyclonedx::read(bytes);
    }
    if yaml::looks_like(bytes) {
        return rubysec::read(bytes);
    }
    let (json, path) = wrapped::open(document::parse(bytes)?)?;
    let read = of_json(&json);
    if path.is_empty() { read } else { wrapped::placed(read, &path) }
}

fn of_json(json: &Value) -> Result<Document, ReadError> {
    match document::found(json) {
        Some(Found::Csaf) => csaf::of_json(json),
        Some(Found::Cve) => cve::of_json(json),
        Some(Found::OpenVex) => openvex::of_json(json),
        Some(Found::CycloneDx) => cyclonedx::of_json(json),
        Some(Found::Kev) => kev::of_json(json),
        Some(Found::GitHub) => ghsa::of_json(json),
        Some(Found::RubySec) => rubysec::of_json(json),
        Some(Found::Osv) => osv::of_json(json),
        None => Err(ReadError::Unknown),
    }
}

/// A text of an object, not an empty one.
fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The texts of a list of an object.
fn texts(value: &Value, key: &str) -> Vec<String> {
    list(value, key).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A list of an object; none where there is no such list.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// An instant of an object.
fn instant(value: &Value, key: &str) -> Option<Timestamp> {
    value.get(key).and_then(Value::as_str).and_then(crate::instant::read_or_utc)
}
