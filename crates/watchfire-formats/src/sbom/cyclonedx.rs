//! `CycloneDX`.
//!
//! Source: ECMA-424, and the schemas of the specification in `schemas/cyclonedx`.

pub(crate) mod json;
pub(crate) mod made;
pub(crate) mod schemas;
pub(crate) mod xml;

use super::Refused;
use super::problem::excerpt;

/// The versions that have a form in JSON.
pub(crate) const JSON_VERSIONS: &[&str] = &["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The versions that have a form in XML.
pub(crate) const XML_VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// Holds a version to those that are known.
pub(crate) fn version(written: &str, known: &[&str]) -> Result<String, Refused> {
    if known.contains(&written) {
        return Ok(written.to_owned());
    }
    Err(Refused::Version {
        standard: "CycloneDX",
        version: if written.is_empty() { "without a version".to_owned() } else { excerpt(written) },
        known: "1.0 to 1.7 as XML and 1.2 to 1.7 as JSON",
    })
}
