//! SPDX.

use watchfire_formats::sbom::{Format, Lost, RelationKind, conforms, read};

const SPDX: &str = r#"{
    "packages": [
        {"name": "log4j-core", "SPDXID": "SPDXRef-core", "versionInfo": "2.14.1",
         "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION",
         "licenseDeclared": "Apache-2.0", "primaryPackagePurpose": "LIBRARY",
         "checksums": [{"algorithm": "SHA256", "checksumValue": "00FF"}, {"algorithm": "MD5"}],
         "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
             "referenceLocator": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
            {"referenceCategory": "SECURITY", "referenceType": "http://spdx.org/rdf/references/cpe23Type",
             "referenceLocator": "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"},
            {"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "core"}],
         "hasFiles": ["SPDXRef-file"]},
        {"name": "shop", "SPDXID": "SPDXRef-shop", "versionInfo": "NOASSERTION",
         "downloadLocation": "NONE"},
        {"SPDXID": "SPDXRef-none", "downloadLocation": "NONE"}],
    "files": [{"SPDXID": "SPDXRef-file", "fileName": "./core.jar",
               "checksums": [{"algorithm": "SHA1", "checksumValue": "aa"}]}],
    "relationships": [
        {"spdxElementId": "SPDXRef-core", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-shop"},
        {"spdxElementId": "SPDXRef-shop", "relationshipType": "CONTAINS", "relatedSpdxElement": "NOASSERTION"},
        {"spdxElementId": "SPDXRef-shop", "relationshipType": "TEST_OF", "relatedSpdxElement": "SPDXRef-core"},
        {"spdxElementId": "SPDXRef-shop"}],
    "documentDescribes": ["SPDXRef-shop"],
    "SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "name": "shop",
    "documentNamespace": "https://example.org/shop",
    "creationInfo": {"created": "2021-12-10T00:00:00Z", "creators": ["Tool: maker-2", "Person: A"]}}"#;

#[test]
fn packages_files_and_what_belongs_together_are_read() {
    let document = read(SPDX.as_bytes()).expect("it is one");
    assert_eq!((document.head.format, document.head.version.as_str()), (Format::SpdxJson, "2.3"));
    assert_eq!(document.head.serial.as_deref(), Some("https://example.org/shop"));
    assert_eq!(document.head.tools, ["maker-2"]);
    let names: Vec<&str> = document.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["log4j-core", "shop", "./core.jar"]);
    let core = &document.components[0];
    assert_eq!(core.kind.as_deref(), Some("library"));
    assert_eq!(core.licences, ["Apache-2.0"]);
    assert_eq!((core.purls.len(), core.cpes.len(), core.hashes.len()), (1, 1, 1));
    assert_eq!(
        (core.hashes[0].algorithm.as_str(), core.hashes[0].digits.as_str()),
        ("sha256", "00ff")
    );
    assert!(!core.is_subject && document.components[1].is_subject);
    assert_eq!(document.components[1].version, None);
    let relations: Vec<(&str, &RelationKind, &str)> =
        document.relations.iter().map(|it| (it.from.as_str(), &it.kind, it.to.as_str())).collect();
    let other = RelationKind::Other("TEST_OF".to_owned());
    let wanted = [
        ("SPDXRef-core", &RelationKind::Contains, "SPDXRef-file"),
        ("SPDXRef-shop", &RelationKind::DependsOn, "SPDXRef-core"),
        ("SPDXRef-shop", &other, "SPDXRef-core"),
        ("SPDXRef-DOCUMENT", &RelationKind::Describes, "SPDXRef-shop"),
    ];
    assert_eq!(relations, wanted);
    let skipped: Vec<(Lost, String)> =
        document.skipped.iter().map(|it| (it.lost, it.place.to_string())).collect();
    let wanted = [
        (Lost::Detail, "/packages/0"),
        (Lost::Detail, "/packages/0"),
        (Lost::Component, "/packages/2"),
        (Lost::Relation, "/relationships/3"),
    ];
    assert_eq!(skipped, wanted.map(|(lost, place)| (lost, place.to_owned())));
}

#[test]
fn what_the_schema_does_not_allow_is_told() {
    let problems = conforms(SPDX.as_bytes()).expect("it can be read").told;
    let places: Vec<String> = problems.iter().map(|it| it.place.to_string()).collect();
    let wanted = ["/packages/0/checksums/1", "/packages/2", "/relationships/3"];
    assert_eq!(places, wanted, "{problems:?}");
}

#[test]
fn a_version_that_is_not_known_is_refused_by_its_name() {
    for version in ["SPDX-1.2", "SPDX-2.4", "SPDX-3.0", "2.3", ""] {
        let refused = read(SPDX.replace("SPDX-2.3", version).as_bytes()).expect_err("not known");
        assert!(refused.to_string().contains(version.trim_start_matches("SPDX-")), "{refused}");
    }
}
