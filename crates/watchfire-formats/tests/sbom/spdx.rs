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

const TAGS: &str = "# A comment
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: shop
DocumentNamespace: https://example.org/shop
Creator: Tool: maker-2
Creator: Person: A ()
Created: 2021-12-10T00:00:00Z

PackageName: log4j-core
SPDXID: SPDXRef-core
PackageVersion: 2.14.1
PackageDownloadLocation: NOASSERTION
PackageLicenseDeclared: Apache-2.0
PackageComment: <text>Two
PackageName: not one
lines</text>
PackageChecksum: SHA256: 00FF
ExternalRef: PACKAGE-MANAGER purl pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1
ExternalRef: SECURITY cpe23Type
no tag
FileName: ./core.jar
SPDXID: SPDXRef-file
FileChecksum: SHA1: aa
PackageName: shop
SPDXID: SPDXRef-shop
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop
Relationship: SPDXRef-core DEPENDENCY_OF SPDXRef-shop
Relationship: SPDXRef-core
Strange: tag
";

#[test]
fn tags_and_values_are_read_as_json_is() {
    for text in [TAGS.to_owned(), TAGS.replace('\n', "\r\n"), TAGS.replace('\n', "\r")] {
        let document = read(text.as_bytes()).expect("it is one");
        assert_eq!(
            (document.head.format, document.head.version.as_str()),
            (Format::SpdxTags, "2.3")
        );
        assert_eq!(document.head.serial.as_deref(), Some("https://example.org/shop"));
        assert_eq!(document.head.tools, ["maker-2"]);
        let names: Vec<&str> = document.components.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["log4j-core", "./core.jar", "shop"]);
        let core = &document.components[0];
        assert_eq!((core.version.as_deref(), core.place.line), (Some("2.14.1"), Some(11)));
        assert_eq!((core.purls.len(), core.hashes.len()), (1, 1));
        assert_eq!(core.licences, ["Apache-2.0"]);
        assert!(document.components[2].is_subject && !core.is_subject);
        assert_eq!(document.relations[1].from, "SPDXRef-shop");
        let skipped: Vec<(Lost, Option<u64>)> =
            document.skipped.iter().map(|it| (it.lost, it.place.line)).collect();
        let wanted =
            [(Lost::Detail, Some(21)), (Lost::Detail, Some(22)), (Lost::Relation, Some(30))];
        assert_eq!(skipped, wanted);
        let problems = conforms(text.as_bytes()).expect("it can be read").told;
        let lines: Vec<Option<u64>> = problems.iter().map(|it| it.place.line).collect();
        assert_eq!(lines, [Some(21), Some(22), Some(30), Some(31), Some(26)], "{problems:?}");
    }
}

#[test]
fn tags_that_break_off_or_are_too_long_are_told() {
    let open = TAGS.replace("</text>", "");
    let document = read(open.as_bytes()).expect("it is one");
    assert!(
        document.skipped.iter().any(|it| it.reason.contains("not closed")),
        "{:?}",
        document.skipped
    );
    let long = TAGS.replace("2.14.1\n", &format!("{}\n", "1".repeat(2 << 20)));
    let document = read(long.as_bytes()).expect("it is one");
    assert_eq!(document.components[0].version, None);
    assert!(document.skipped[0].reason.contains("longer"), "{:?}", document.skipped);
    // Neither many short lines of one text nor many licences of one package take long.
    let lines = TAGS.replace("Two\n", &"a\n".repeat(2_000_000));
    let document = read(lines.as_bytes()).expect("it is one");
    assert_eq!(document.components.len(), 3);
    assert!(document.skipped[0].reason.contains("longer"), "{:?}", document.skipped);
    let licences: String =
        (0..100_000).map(|at| format!("PackageLicenseDeclared: L-{at}\n")).collect();
    let many = TAGS.replace("PackageLicenseDeclared: Apache-2.0\n", &licences);
    let document = read(many.as_bytes()).expect("it is one");
    assert_eq!(document.components[0].licences.len(), 4_096);
    let refused = read(TAGS.replace("2.14.1\n", "\0\n").as_bytes()).expect_err("it holds NUL");
    assert!(refused.to_string().starts_with("line 13"), "{refused}");
    let mut bytes = TAGS.as_bytes().to_vec();
    let at = TAGS.find("2.14.1").expect("it is there");
    bytes[at] = 0xff;
    assert!(read(&bytes).expect_err("it is no UTF-8").to_string().starts_with("line 13"));
}

#[test]
fn a_text_holds_lines_together_only_where_a_value_begins_with_it() {
    let within = "PackageSummary: renders <text> elements\n# a comment with : <text>\n";
    let more = format!("{within}PackageVersion: 2.14.1\n");
    let text = TAGS.replacen("PackageVersion: 2.14.1\n", &more, 1);
    let document = read(text.as_bytes()).expect("it is one");
    let names: Vec<&str> = document.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["log4j-core", "./core.jar", "shop"]);
    assert_eq!(document.components[0].version.as_deref(), Some("2.14.1"));
    // However long the document is, a line may end with a carriage return alone.
    let comment = format!("# {}\n", "x".repeat(100)).repeat(20_000);
    let long =
        TAGS.replacen("PackageName", &format!("{comment}PackageName"), 1).replace('\n', "\r");
    let document = read(long.as_bytes()).expect("it is one");
    assert_eq!(document.components.len(), 3);
    assert_eq!(document.components[0].place.line, Some(20_011));
}

#[test]
fn what_a_document_describes_is_known_however_that_is_spelled() {
    let text = TAGS.replace(
        "SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop",
        "SPDXRef-DOCUMENT DESCRIBE SPDXRef-shop",
    );
    assert_ne!(text, TAGS);
    let document = read(text.as_bytes()).expect("it is one");
    assert!(document.components[2].is_subject);
}

#[test]
fn what_stands_beside_a_graph_or_has_an_unheard_type_is_read_or_told() {
    let alone = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "type": "software_Package", "spdxId": "https://example.org/a", "name": "log4j-core"}"#;
    let document = read(alone.as_bytes()).expect("it is one");
    assert_eq!(document.skipped[0].lost, Lost::Component);
    assert!(document.skipped[0].reason.contains("@graph"), "{:?}", document.skipped);
    let graph = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
        {"type": "software_Module", "spdxId": "https://example.org/a", "name": "log4j-core",
         "software_packageUrl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
        {"type": "https://spdx.org/rdf/3.0.1/terms/Software/File", "name": "core.jar"}]}"#;
    let document = read(graph.as_bytes()).expect("it is one");
    assert_eq!(document.components[0].purls[0].version(), Some("2.14.1"));
    assert_eq!((document.components.len(), document.skipped[0].lost), (1, Lost::Component));
}

const GRAPH: &str = r#"{
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2021-12-10T00:00:00Z"},
        {"type": "Tool", "spdxId": "https://example.org/maker", "creationInfo": "_:c", "name": "maker"},
        {"type": "software_Package", "spdxId": "https://example.org/core", "creationInfo": "_:c",
         "name": "log4j-core", "software_packageVersion": "2.14.1",
         "software_packageUrl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
         "externalIdentifier": [
            {"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl",
             "identifier": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
            {"type": "ExternalIdentifier", "externalIdentifierType": "cpe23",
             "identifier": "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"}],
         "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": "00ff"}]},
        {"type": "software_Package", "spdxId": "https://example.org/shop", "name": "shop"},
        {"type": "Relationship", "spdxId": "https://example.org/r", "relationshipType": "dependsOn",
         "from": "https://example.org/shop", "to": ["https://example.org/core"]},
        {"type": "Relationship", "spdxId": "r2", "relationshipType": "contains"},
        {"type": "software_Sbom", "spdxId": "https://example.org/sbom", "rootElement": ["https://example.org/shop"]},
        5]}"#;

#[test]
fn a_graph_is_read_as_spdx_2_is() {
    let document = read(GRAPH.as_bytes()).expect("it is one");
    assert_eq!(
        (document.head.format, document.head.version.as_str()),
        (Format::SpdxJsonLd, "3.0.1")
    );
    assert_eq!(document.head.created.as_deref(), Some("2021-12-10T00:00:00Z"));
    assert_eq!(document.head.tools, ["maker"]);
    let names: Vec<&str> = document.components.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["log4j-core", "shop"]);
    let core = &document.components[0];
    assert_eq!((core.purls.len(), core.cpes.len(), core.hashes.len()), (1, 1, 1));
    assert!(document.components[1].is_subject && !core.is_subject);
    assert_eq!(document.relations[0].kind, RelationKind::DependsOn);
    let skipped: Vec<(Lost, String)> =
        document.skipped.iter().map(|it| (it.lost, it.place.to_string())).collect();
    let wanted = [(Lost::Relation, "/@graph/5"), (Lost::Component, "/@graph/7")];
    assert_eq!(skipped, wanted.map(|(lost, place)| (lost, place.to_owned())));
    let problems = conforms(GRAPH.as_bytes()).expect("it can be read").told;
    let places: Vec<String> = problems.iter().map(|it| it.place.to_string()).collect();
    let broken = "/@graph/5";
    assert_eq!(places, [broken, broken, broken, "/@graph/7", "/@graph"], "{problems:?}");
    let newer = GRAPH.replace("3.0.1", "3.1");
    assert!(read(newer.as_bytes()).expect_err("not known").to_string().contains("3.1"));
    let other = GRAPH.replace("spdx.org", "schema.org");
    assert!(read(other.as_bytes()).is_err());
}
