//! OpenVEX and the vulnerabilities of CycloneDX.

use std::collections::BTreeMap;

use watchfire_formats::advisory::{self, Format, Status};

use crate::data;

#[test]
fn every_statement_of_openvex_is_read() {
    let Some(folder) = data::shared("vex/openvex") else { return };
    let (mut read, mut refused, mut others) = (0, Vec::new(), 0);
    let mut statements: BTreeMap<Status, usize> = BTreeMap::new();
    for path in data::files(&folder) {
        match advisory::read(&data::bytes(&path)) {
            Ok(document) if document.format == Format::OpenVex => {
                read += 1;
                let affected = document.advisories.iter().flat_map(|one| &one.affected);
                affected.for_each(|one| *statements.entry(one.status).or_default() += 1);
            }
            // Lists of the hubs, and records of OSV beside them.
            Ok(_) | Err(advisory::ReadError::Unknown) => others += 1,
            Err(error) => refused.push(format!("{}: {}", data::name(&path), error.problems()[0])),
        }
    }
    println!(
        "vex/openvex: {read} read, {others} of another kind, {statements:?}, refused {refused:#?}"
    );
    // Those that are refused lack what the schema of version 0.2 wants, or have what it has not.
    assert_eq!((read, refused.len()), (42, 18), "{refused:#?}");
    assert!(statements[&Status::NotAffected] >= 1705, "{statements:?}");
}

#[test]
fn every_use_case_of_cyclonedx_is_read() {
    let Some(folder) = data::shared("vex/cyclonedx") else { return };
    let (mut read, mut said) = (0, 0);
    for path in data::files(&folder) {
        let document = advisory::read(&data::bytes(&path));
        let document = document.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(document.format, Format::CycloneDx);
        read += 1;
        for one in document.advisories.iter().flat_map(|one| &one.affected) {
            said += 1;
            let named = one.product.reference.is_some() || one.product.name.is_some();
            assert!(named || !one.pointer.contains("/affects/"), "{}", path.display());
        }
    }
    println!("vex/cyclonedx: {read} read, {said} statements");
    assert_eq!((read, said), (29, 150));
}

#[test]
fn a_statement_without_what_it_needs_points_at_what_is_missing() {
    let document = |statement: &str| {
        format!(
            r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
            "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1,
            "statements": [{{"vulnerability": {{"name": "CVE-2021-44228"}},
                "products": [{{"@id": "pkg:maven/a/b@1", "subcomponents": [{{"@id": "pkg:maven/c/d@2"}}]}}],
                {statement}}}]}}"#
        )
    };
    let justified = r#""status": "not_affected", "justification": "vulnerable_code_not_present""#;
    let read = advisory::read(document(justified).as_bytes()).expect("a document");
    let one = &read.advisories[0].affected[0];
    assert_eq!(one.product.purls, ["pkg:maven/c/d@2"]);
    assert_eq!(one.product.within.as_ref().expect("a whole").purls, ["pkg:maven/a/b@1"]);
    assert_eq!(one.justification.as_deref(), Some("vulnerable_code_not_present"));
    for (statement, place) in [
        (r#""status": "not_affected""#, "/statements/0"),
        (r#""status": "affected""#, "/statements/0"),
        (r#""status": "safe""#, "/statements/0/status"),
    ] {
        let error = advisory::read(document(statement).as_bytes()).expect_err(statement);
        assert_eq!(error.problems()[0].pointer, place, "{statement}");
    }
}
