//! The schemas of SPDX 2, each read when it is first needed.

use std::sync::OnceLock;

use crate::sbom::schema::Schema;

/// The texts by version; 2.1 had no form in JSON of its own.
const TEXTS: [(&str, &str); 3] = [
    ("2.1", include_str!("../../../schemas/spdx/2.2.2.schema.json")),
    ("2.2", include_str!("../../../schemas/spdx/2.2.2.schema.json")),
    ("2.3", include_str!("../../../schemas/spdx/2.3.1.schema.json")),
];

/// The schema of a version that has one.
pub(crate) fn json(version: &str) -> Option<&'static Schema> {
    static READ: [OnceLock<Schema>; TEXTS.len()] = [const { OnceLock::new() }; TEXTS.len()];
    let at = TEXTS.iter().position(|(it, _)| *it == version)?;
    let schema = READ[at].get_or_init(|| {
        Schema::load(&[("spdx", TEXTS[at].1)]).expect("a test reads every schema that is built in")
    });
    Some(schema)
}

#[cfg(test)]
mod tests {
    use super::{TEXTS, json};

    #[test]
    fn every_schema_that_is_built_in_is_understood() {
        for (version, _) in TEXTS {
            assert!(json(version).is_some_and(|schema| schema.rules.len() > 50), "{version}");
        }
        assert!(json("2.0").is_none());
    }
}
