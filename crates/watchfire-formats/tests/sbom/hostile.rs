//! Documents that mean harm, or were cut off.

use watchfire_formats::sbom::{DEPTH_MAX, Refused, conforms, read};

fn bom(components: &str) -> String {
    format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{components}]}}"#)
}

/// Both doors refuse alike.
fn refused(bytes: &[u8]) -> Refused {
    let refused = read(bytes).expect_err("it is no SBOM");
    assert_eq!(conforms(bytes).expect_err("it is no SBOM"), refused);
    refused
}

#[test]
fn what_is_broken_is_refused_with_its_place() {
    for (bytes, wanted) in [
        (&b""[..], "empty"),
        (b"   \n ", "empty"),
        (b"\0\0\0\0", "no SBOM"),
        (b"{", "line 1: this is no JSON"),
        (b"{}", "neither `bomFormat`"),
        (b"[]", "no SBOM"),
        (b"\xff\xfea", "UTF-16"),
        (br#"{"bomFormat": "Cyclone", "specVersion": "1.4"}"#, "/bomFormat"),
        (b"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\"} x", "trailing"),
    ] {
        let refused = refused(bytes).to_string();
        assert!(refused.contains(wanted), "{refused}");
    }
    let whole = bom(r#"{"type": "library", "name": "a"}, {"type": "library", "name": "b"}"#);
    let cut = refused(&whole.as_bytes()[..whole.len() - 4]).to_string();
    assert!(cut.starts_with("/components/1/name, line 1: this is no JSON: EOF"), "{cut}");
    let unquoted = whole.replace("\"b\"", "b");
    assert!(refused(unquoted.as_bytes()).to_string().starts_with("/components/1/name"));
    let mut bytes = whole.clone().into_bytes();
    let at = whole.find("\"b\"").expect("it is there");
    bytes[at + 1] = 0xff;
    assert!(refused(&bytes).to_string().starts_with("/components/1/name"));
    bytes[at + 1] = 0;
    assert!(refused(&bytes).to_string().contains("control character"));
}

#[test]
fn what_lies_too_deep_is_refused() {
    let nested = |levels: usize| {
        let open = r#"{"type": "library", "name": "a", "components": ["#;
        bom(&format!("{}{}", open.repeat(levels), "]}".repeat(levels)))
    };
    let most = (DEPTH_MAX - 2) / 2;
    let document = read(nested(most).as_bytes()).expect("it is not too deep");
    assert_eq!(document.components.len(), most);
    assert!(conforms(nested(most).as_bytes()).expect("it is not too deep").is_empty());
    assert!(matches!(refused(nested(most + 1).as_bytes()), Refused::TooDeep(_)));
    assert!(matches!(refused(nested(100_000).as_bytes()), Refused::TooDeep(_)));
    // What is not looked at may lie as deep as it likes.
    let deep = format!(
        r#"{{"type": "library", "name": "a", "x": {}{}}}"#,
        "[".repeat(90_000),
        "]".repeat(90_000)
    );
    assert!(read(bom(&deep).as_bytes()).is_ok_and(|document| document.components.len() == 1));
}

#[test]
fn a_name_that_stands_twice_is_told() {
    let twice = bom(r#"{"type": "library", "name": "a", "name": "b"}"#);
    let document = read(twice.as_bytes()).expect("it is one");
    assert_eq!(document.components[0].name, "a");
    assert_eq!(document.skipped[0].place.to_string(), "/components/0/name");
    let problems = conforms(twice.as_bytes()).expect("it is one");
    assert!(problems.told[0].reason.contains("twice"));
    let twice = bom("").replace('}', r#", "components": [{"type": "library", "name": "a"}]}"#);
    assert_eq!(read(twice.as_bytes()).expect("it is one").head.skipped, 1);
}

#[test]
fn what_is_long_is_cut_and_told() {
    let long =
        bom(&format!(r#"{{"type": "library", "name": "a", "version": "{}"}}"#, "1".repeat(70_000)));
    let document = read(long.as_bytes()).expect("it is one");
    assert_eq!(document.components[0].version, None);
    assert_eq!(document.skipped[0].place.to_string(), "/components/0/version");
    let hash = r#"{"alg": "MD5", "content": "ab"}"#;
    let many = vec![hash; 5_000].join(",");
    let many = bom(&format!(r#"{{"type": "library", "name": "a", "hashes": [{many}]}}"#));
    let document = read(many.as_bytes()).expect("it is one");
    assert_eq!(document.components[0].hashes.len(), 4_096);
    assert_eq!(document.skipped[0].reason, "904 items after the first 4096");
}

#[test]
fn many_components_take_no_more_than_they_are() {
    let one = r#"{"type": "library", "name": "a", "purl": "pkg:npm/a@1.0.0"},"#;
    let text = bom(&format!("{}{}", one.repeat(20_000), one.trim_end_matches(',')));
    let document = read(text.as_bytes()).expect("it is one");
    assert_eq!(document.components.len(), 20_001);
    let problems = conforms(text.as_bytes()).expect("it can be read");
    // All of them are the same, which the schema does not allow.
    assert_eq!((problems.told.len(), problems.more), (1_000, 19_000));
}
