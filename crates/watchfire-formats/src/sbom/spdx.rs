//! SPDX.
//!
//! Source: the SPDX Specification 2.2.2, 2.3 (ISO/IEC 5962 for 2.2.1) and 3.0.1.

pub(crate) mod json;
pub(crate) mod ld;
pub(crate) mod schemas;
pub(crate) mod tags;

use super::Refused;
use super::component::{Component, Relation, RelationKind};
use super::cyclonedx::made::add_purl;
use super::document::Reading;
use super::problem::excerpt;

/// The versions that are written as JSON or as tags and values, as `spdxVersion` gives them.
const VERSIONS: [&str; 3] = ["SPDX-2.1", "SPDX-2.2", "SPDX-2.3"];

/// Holds a version to those that are known, and returns its number.
pub(crate) fn version(written: &str) -> Result<String, Refused> {
    let known = VERSIONS.contains(&written).then(|| written.strip_prefix("SPDX-")).flatten();
    known.map(str::to_owned).ok_or_else(|| unknown(written))
}

/// The version of a context of SPDX 3, such as `3.0.1`.
pub(crate) fn context(address: &str) -> Option<Result<String, Refused>> {
    let rest = address.strip_prefix("https://spdx.org/rdf/")?;
    let version = rest.split('/').next().unwrap_or_default();
    let is_known = version == "3.0" || version.starts_with("3.0.");
    Some(if is_known { Ok(version.to_owned()) } else { Err(unknown(version)) })
}

fn unknown(written: &str) -> Refused {
    Refused::Version {
        standard: "SPDX",
        version: if written.is_empty() {
            "without a version".to_owned()
        } else {
            excerpt(written.trim_start_matches("SPDX-"))
        },
        known: "2.1, 2.2 and 2.3 as JSON or tags and values, and 3.0 as JSON-LD",
    }
}

/// What SPDX writes where nobody says anything.
pub(crate) fn said(text: String) -> Option<String> {
    (!matches!(text.trim(), "" | "NOASSERTION" | "NONE")).then_some(text)
}

/// Two things that belong together as SPDX 2 writes it: what is said the other way round is turned.
pub(crate) fn relation(from: String, kind: &str, to: String) -> Relation {
    let (kind, turned) = match kind {
        // Without its last letter, as trivy once wrote it.
        "DESCRIBES" | "DESCRIBE" => (RelationKind::Describes, false),
        "DESCRIBED_BY" => (RelationKind::Describes, true),
        "CONTAINS" => (RelationKind::Contains, false),
        "CONTAINED_BY" => (RelationKind::Contains, true),
        "DEPENDS_ON" | "DYNAMIC_LINK" | "STATIC_LINK" | "HAS_PREREQUISITE" => {
            (RelationKind::DependsOn, false)
        }
        "PREREQUISITE_FOR" => (RelationKind::DependsOn, true),
        other if other.ends_with("DEPENDENCY_OF") => (RelationKind::DependsOn, true),
        other => (RelationKind::Other(other.to_owned()), false),
    };
    if turned { Relation { from: to, kind, to: from } } else { Relation { from, kind, to } }
}

/// Adds what a component is called elsewhere: a package URL or a CPE name.
pub(crate) fn add_reference(
    reading: &mut Reading<'_>,
    component: &mut Component,
    kind: &str,
    locator: &str,
) {
    // Versions before 2.3 may write the whole address of the kind.
    let kind = kind.rsplit('/').next().unwrap_or_default();
    match kind {
        "purl" | "packageUrl" | "packageURL" => add_purl(reading, component, locator),
        "cpe22Type" | "cpe23Type" | "cpe22" | "cpe23" => component.cpes.push(locator.to_owned()),
        _ => {}
    }
}

/// The tool that a creator is, if it is one.
pub(crate) fn tool(creator: &str) -> Option<String> {
    let tool = creator.trim().strip_prefix("Tool:")?.trim();
    (!tool.is_empty()).then(|| tool.to_owned())
}
