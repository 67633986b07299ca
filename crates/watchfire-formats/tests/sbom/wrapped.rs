//! SBOMs in what others hand them out in.

use std::io::Write;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use watchfire_formats::sbom::{Compression, Format, Refused, conforms, read};

const BOM: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
  {"type": "library", "name": "log4j-core", "version": "2.14.1"},
  {"type": "library", "version": "1"}]}"#;

/// As `cosign attest` and GitHub's attestations write it.
fn statement(predicate: &str) -> String {
    format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1",
"subject": [{{"name": "ghcr.io/example/app", "digest": {{"sha256": "{}"}}}}],
"predicateType": "https://cyclonedx.org/bom",
"predicate": {predicate}}}"#,
        "ab".repeat(32)
    )
}

fn envelope(encoded: &str) -> String {
    format!(
        r#"{{"payloadType": "application/vnd.in-toto+json", "payload": "{encoded}",
            "signatures": [{{"keyid": "", "sig": "MEUCIQ=="}}]}}"#
    )
}

fn bundle(envelope: &str) -> String {
    format!(
        r#"{{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {{"tlogEntries": []}}, "dsseEnvelope": {envelope}}}"#
    )
}

/// The component is read, and what is skipped and odd stands where the pointer says.
#[test]
fn an_sbom_is_found_within_what_is_around_it() {
    let statement = statement(BOM);
    let standard = envelope(&BASE64_STANDARD.encode(&statement));
    let url_safe = envelope(&BASE64_URL_SAFE_NO_PAD.encode(&statement));
    for (text, path) in [
        (&statement, "/predicate"),
        (&standard, "/payload/predicate"),
        (&url_safe, "/payload/predicate"),
        (&bundle(&standard), "/dsseEnvelope/payload/predicate"),
        (&envelope(&BASE64_STANDARD.encode(BOM)), "/payload"),
        (&BOM.to_owned(), ""),
    ] {
        let document = read(text.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(document.head.format, Format::CycloneDxJson);
        assert_eq!(document.components[0].name, "log4j-core");
        assert_eq!(document.components[0].place.path, format!("{path}/components/0"));
        assert!(document.skipped[0].place.path.starts_with(&format!("{path}/components/1")));
        let problems = conforms(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let odd = problems.told.iter().all(|one| one.place.path.starts_with(&format!("{path}/")));
        assert!(!problems.is_empty() && odd, "{problems:?}");
    }
}

#[test]
fn the_export_of_a_dependency_graph_is_read() {
    let text = r#"{"sbom": {"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3",
        "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: GitHub.com-Dependency-Graph"]},
        "name": "com.github.example/app", "dataLicense": "CC0-1.0",
        "documentNamespace": "https://spdx.org/spdxdocs/protobom/1",
        "packages": [{"name": "rack", "SPDXID": "SPDXRef-gem-rack", "versionInfo": "2.2.3",
            "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": "pkg:gem/rack@2.2.3"}]}],
        "relationships": []}}"#;
    let document = read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(document.head.format, Format::SpdxJson);
    assert_eq!(document.components[0].purls[0].to_string(), "pkg:gem/rack@2.2.3");
    assert_eq!(document.components[0].place.path, "/sbom/packages/0");
}

#[test]
fn what_is_compressed_and_wrapped_is_opened_too() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(envelope(&BASE64_STANDARD.encode(statement(BOM))).as_bytes()).expect("room");
    let document = read(&packed.finish().expect("room")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(document.head.compression, Some(Compression::Gzip));
    assert_eq!(document.components[0].place.path, "/payload/predicate/components/0");
}

#[test]
fn what_is_wrapped_amiss_is_refused_with_its_place() {
    let refused = |text: &str| read(text.as_bytes()).expect_err("no SBOM");
    let place = |refused: &Refused| refused.place().map(|place| place.path.clone());
    assert_eq!(place(&refused(&envelope("no base64!"))).as_deref(), Some("/payload"));
    let cut = envelope(&BASE64_STANDARD.encode(&statement(BOM)[..300]));
    assert!(place(&refused(&cut)).is_some_and(|path| path.starts_with("/payload")));
    // A statement around a statement, and so on, is opened no further than anybody needs.
    let mut deep = BOM.to_owned();
    for _ in 0..5 {
        deep = statement(&deep);
    }
    assert!(matches!(refused(&deep), Refused::Unknown(_)));
    // A document that only speaks of an SBOM is none.
    for odd in [r#"{"sbom": 5}"#, r#"{"sbom": {}}"#, r#"{"payload": "e30=", "payloadType": "a"}"#] {
        assert!(matches!(refused(odd), Refused::Unknown(_)), "{odd}");
    }
    // Of a line that is told it is that of the whole document.
    let odd = statement(&BOM.replace(r#""version": "1"}"#, r#""version": "1" "name"}"#));
    let line = refused(&odd).place().and_then(|place| place.line);
    assert_eq!(line, Some(6));
}
