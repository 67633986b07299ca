//! The schemas of the versions of `CycloneDX`, each read when it is first needed.

use std::sync::OnceLock;

use crate::sbom::schema::Schema;
use crate::sbom::xsd::Xsd;

const SPDX: (&str, &str) =
    ("spdx.schema.json", include_str!("../../../schemas/cyclonedx/spdx.schema.json"));
const SIGNATURE: (&str, &str) =
    ("jsf-0.82.schema.json", include_str!("../../../schemas/cyclonedx/jsf-0.82.schema.json"));
const CRYPTOGRAPHY: (&str, &str) = (
    "cryptography-defs.schema.json",
    include_str!("../../../schemas/cyclonedx/cryptography-defs.schema.json"),
);

/// The texts by version.
const TEXTS: [(&str, &str); 6] = [
    ("1.2", include_str!("../../../schemas/cyclonedx/bom-1.2-strict.schema.json")),
    ("1.3", include_str!("../../../schemas/cyclonedx/bom-1.3-strict.schema.json")),
    ("1.4", include_str!("../../../schemas/cyclonedx/bom-1.4.schema.json")),
    ("1.5", include_str!("../../../schemas/cyclonedx/bom-1.5.schema.json")),
    ("1.6", include_str!("../../../schemas/cyclonedx/bom-1.6.schema.json")),
    ("1.7", include_str!("../../../schemas/cyclonedx/bom-1.7.schema.json")),
];

/// The schema of a version that has one.
pub(crate) fn json(version: &str) -> Option<&'static Schema> {
    static READ: [OnceLock<Schema>; TEXTS.len()] = [const { OnceLock::new() }; TEXTS.len()];
    let at = TEXTS.iter().position(|(it, _)| *it == version)?;
    let schema = READ[at].get_or_init(|| {
        let files = [("bom", TEXTS[at].1), SPDX, SIGNATURE, CRYPTOGRAPHY];
        Schema::load(&files).expect("a test reads every schema that is built in")
    });
    Some(schema)
}

const SPDX_XML: &str = include_str!("../../../schemas/cyclonedx/spdx.xsd");

/// The texts of the schemas for XML, by version.
const XML_TEXTS: [(&str, &str); 8] = [
    ("1.0", include_str!("../../../schemas/cyclonedx/bom-1.0.xsd")),
    ("1.1", include_str!("../../../schemas/cyclonedx/bom-1.1.xsd")),
    ("1.2", include_str!("../../../schemas/cyclonedx/bom-1.2.xsd")),
    ("1.3", include_str!("../../../schemas/cyclonedx/bom-1.3.xsd")),
    ("1.4", include_str!("../../../schemas/cyclonedx/bom-1.4.xsd")),
    ("1.5", include_str!("../../../schemas/cyclonedx/bom-1.5.xsd")),
    ("1.6", include_str!("../../../schemas/cyclonedx/bom-1.6.xsd")),
    ("1.7", include_str!("../../../schemas/cyclonedx/bom-1.7.xsd")),
];

/// The schema for XML of a version that has one.
pub(crate) fn xml(version: &str) -> Option<&'static Xsd> {
    static READ: [OnceLock<Xsd>; XML_TEXTS.len()] = [const { OnceLock::new() }; XML_TEXTS.len()];
    let at = XML_TEXTS.iter().position(|(it, _)| *it == version)?;
    let schema = READ[at].get_or_init(|| {
        Xsd::load(XML_TEXTS[at].1, SPDX_XML).expect("a test reads every schema that is built in")
    });
    Some(schema)
}

#[cfg(test)]
mod tests {
    use super::{TEXTS, XML_TEXTS, json, xml};

    #[test]
    fn every_schema_that_is_built_in_is_understood() {
        for (version, _) in TEXTS {
            assert!(json(version).is_some_and(|schema| schema.rules.len() > 100), "{version}");
        }
        assert!(json("1.1").is_none());
        for (version, _) in XML_TEXTS {
            assert!(xml(version).is_some_and(|schema| schema.types.len() > 10), "{version}");
        }
        assert!(xml("1.8").is_none());
    }
}
