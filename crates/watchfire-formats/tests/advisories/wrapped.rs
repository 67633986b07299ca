//! Advisories and VEX in what others hand them out in.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use watchfire_formats::advisory::{self, Format, Status};

const VEX: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1",
    "author": "Example", "timestamp": "2024-01-01T00:00:00Z", "version": 1, "statements": [
    {"vulnerability": {"name": "CVE-2021-44228"},
     "products": [{"@id": "pkg:oci/app@sha256%3Aab"}],
     "status": "not_affected", "justification": "vulnerable_code_not_present"}]}"#;

/// As `vexctl attest` writes it.
fn statement(predicate: &str) -> String {
    format!(
        r#"{{"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://openvex.dev/ns",
            "subject": [{{"name": "app", "digest": {{"sha256": "ab"}}}}], "predicate": {predicate}}}"#
    )
}

fn envelope(payload: &[u8]) -> String {
    let encoded = BASE64_STANDARD.encode(payload);
    format!(
        r#"{{"payload": "{encoded}", "payloadType": "application/vnd.in-toto+json",
            "signatures": [{{"sig": "MEUCIQ=="}}]}}"#
    )
}

#[test]
fn a_statement_says_what_is_within_it() {
    let plain = advisory::read(VEX.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let statement = statement(VEX);
    let envelope = envelope(statement.as_bytes());
    let bundle = format!(
        r#"{{"mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "dsseEnvelope": {envelope}}}"#
    );
    for (text, path) in [
        (statement.as_str(), "/predicate"),
        (&envelope, "/payload/predicate"),
        (&bundle, "/dsseEnvelope/payload/predicate"),
    ] {
        let read = advisory::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((read.format, &read.id), (Format::OpenVex, &plain.id));
        let (ours, theirs) = (&read.advisories[0].affected[0], &plain.advisories[0].affected[0]);
        assert_eq!(ours.status, Status::NotAffected);
        assert_eq!(ours.pointer, format!("{path}{}", theirs.pointer));
        let whole = format!("{path}{}", plain.advisories[0].pointer);
        assert_eq!(read.advisories[0].pointer, whole);
    }
}

#[test]
fn what_is_wrapped_amiss_is_refused_with_its_place() {
    let odd = statement(&VEX.replace("not_affected", "perhaps"));
    let mut deep = VEX.to_owned();
    for _ in 0..6 {
        deep = statement(&deep);
    }
    for (text, place) in [
        (odd.as_str(), "/predicate/statements/0"),
        (&envelope(odd.as_bytes()), "/payload/predicate/statements/0"),
        (&envelope(b"{"), "/payload"),
        (r#"{"payload": "no base64!", "payloadType": "a", "signatures": []}"#, "/payload"),
        (r#"{"payload": 5, "payloadType": "a", "signatures": []}"#, "/payload"),
        (&deep, "/predicate/predicate/predicate/predicate/predicate"),
    ] {
        let error = advisory::read(text.as_bytes()).expect_err(place);
        let pointer = &error.problems()[0].pointer;
        assert!(pointer.starts_with(place), "{pointer}: {error}");
    }
    assert!(advisory::read(statement(r#"{"a": 1}"#).as_bytes()).is_err());
}
