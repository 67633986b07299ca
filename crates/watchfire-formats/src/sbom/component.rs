//! What a product is made of.

use std::fmt;

use super::problem::Place;
use crate::purl::Purl;

/// A component of a product, as an SBOM tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// Its number in the document: components are numbered as they begin.
    pub number: u32,
    /// The number of the component in which it is written.
    pub within: Option<u32>,
    /// What the document calls it where it says what depends on what.
    pub id: Option<String>,
    /// What it is, as the document says, such as `library` or `file`.
    pub kind: Option<String>,
    /// The group or namespace beside its name.
    pub group: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// A range of `vers` where the document does not say which version it is.
    pub version_range: Option<String>,
    /// The package URLs it goes by.
    pub purls: Vec<Purl>,
    /// The package URLs of what it was made from, as a fork is of what it forked.
    pub ancestors: Vec<Purl>,
    /// The source package that it was built of, where it is one of a distribution.
    pub source: Option<Built>,
    /// The CPE names it goes by.
    pub cpes: Vec<String>,
    /// The hashes of its bytes.
    pub hashes: Vec<Hash>,
    /// Its licences: identifiers, names or expressions.
    pub licences: Vec<String>,
    /// Whether the document is about it.
    pub is_subject: bool,
    /// Where it stands.
    pub place: Place,
}

/// A source package of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
}

impl Built {
    /// The words in which trivy and others write it: `built package from: openssl 1.1.1n-0`.
    pub(crate) fn of_words(text: &str) -> Option<Self> {
        let (_, said) = text.split_once("built package from:")?;
        let mut words = said.split_whitespace();
        let name = words.next()?.to_owned();
        Some(Self { name, version: words.next().map(str::to_owned) })
    }
}

/// A hash of the bytes of a component.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash {
    /// The algorithm, written as `sha256` or `blake2b-384`, whatever the document writes.
    pub algorithm: String,
    /// The digits, in small letters.
    pub digits: String,
}

impl Hash {
    /// Brings a hash into its one spelling; `None` where the digits are none.
    pub(crate) fn of(algorithm: &str, digits: &str) -> Option<Self> {
        let digits = digits.trim();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut algorithm = algorithm.trim().to_ascii_lowercase();
        if algorithm.contains('_') {
            algorithm = algorithm.replace('_', "-");
        }
        // SHA-256 of CycloneDX is SHA256 of SPDX 2 and sha256 of SPDX 3; SHA3-256 has its hyphen.
        if algorithm.starts_with("sha-") {
            algorithm.remove("sha".len());
        }
        Some(Self { algorithm, digits: digits.to_ascii_lowercase() })
    }
}

/// How two things belong together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RelationKind {
    /// The first needs the second.
    DependsOn,
    /// The second is a part of the first.
    Contains,
    /// The first, a document, is about the second.
    Describes,
    /// The first is an implementation of the second.
    Provides,
    /// Another one, as the document writes it.
    Other(String),
}

impl fmt::Display for RelationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DependsOn => "depends on",
            Self::Contains => "contains",
            Self::Describes => "describes",
            Self::Provides => "provides",
            Self::Other(other) => other,
        })
    }
}

/// That two things of a document belong together, by their ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Relation {
    /// The first.
    pub from: String,
    /// How they belong together.
    pub kind: RelationKind,
    /// The second.
    pub to: String,
}
