//! Documents that mean harm, or were cut off.

use std::cell::Cell;
use std::io::Write;

use watchfire_formats::sbom::{Compression, DEPTH_MAX, Refused, conforms, conforms_while, read};

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
fn a_text_that_nobody_asks_for_is_utf_8_too() {
    let whole = bom(r#"{"type": "library", "name": "a", "cryptoProperties": {"oid": "me"}}"#);
    let at = whole.find("me\"}").expect("the text");
    let mut bytes = whole.into_bytes();
    bytes[at] = 0xff;
    let is_told = |bytes: &[u8]| {
        let refused = read(bytes).expect_err("it is no text");
        assert!(refused.to_string().contains("no UTF-8"), "{refused}");
        assert!(conforms(bytes).is_err());
    };
    is_told(&bytes);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bytes).expect("memory");
    let packed = packed.finish().expect("memory");
    is_told(&packed);
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
        (b"SPDXVersion: SPDX-9\n", "SPDX 9 is not read"),
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
fn items_are_the_same_however_they_are_written() {
    let told = |components: &str| {
        let problems = conforms(bom(components).as_bytes()).expect("it is one").told;
        problems.iter().map(|problem| problem.place.to_string()).collect::<Vec<_>>()
    };
    let a = r#"{"type": "library", "name": "a", "modified": true}"#;
    let a_again = r#"{"modified":true,"name":"\u0061","type":"library"}"#;
    let b = r#"{"type": "library", "name": "b", "modified": true}"#;
    let b_of_a = r#"{"type": "library", "name": "a", "modified": false}"#;
    assert_eq!(told(&[a, b, b_of_a].join(",")), [""; 0]);
    assert_eq!(told(&[a, a_again].join(",")), ["/components/1"]);
    assert_eq!(
        told(&[a, b, a_again, b, a].join(",")),
        [2, 3, 4].map(|at| format!("/components/{at}"))
    );
    // Which name has which value tells them apart, and so does the order of a list.
    let [one, other] = [r#""a", "version": "b""#, r#""b", "version": "a""#]
        .map(|said| format!(r#"{{"type": "library", "name": {said}}}"#));
    assert_eq!(told(&[&*one, &*other].join(",")), [""; 0]);
    let list = |items| format!(r#"{{"type": "library", "name": "a", "properties": [{items}]}}"#);
    let [one, other] =
        [r#"{"name": "x"}, {"name": "y"}"#, r#"{"name": "y"}, {"name": "x"}"#].map(list);
    assert_eq!(told(&[&*one, &*other, &*one].join(",")), ["/components/2"]);
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

fn xml(inside: &str) -> String {
    format!(r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1">{inside}</bom>"#)
}

#[test]
fn xml_that_means_harm_is_refused_with_its_line() {
    let named = |name: &str| {
        xml(&format!(
            "<components>\n<component type=\"library\"><name>{name}</name></component></components>"
        ))
    };
    assert!(conforms(named("a").as_bytes()).expect("it is one").is_empty());
    let laughs = "<!DOCTYPE bom [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    for (text, wanted) in [
        (format!("{laughs}{}", named("&b;")), "document type"),
        (named("&b;"), "line 2: the entity `b` is not defined"),
        (named("&#0;"), "line 2"),
        (named("\u{1}"), "line 2: XML does not allow the sign U+0001"),
        (named("a</nam>"), "line 2"),
        (named("a")[..90].to_owned(), "line 2"),
        (format!("{}x", named("a")), "outside of all elements"),
        (format!("{}<a/>", named("a")), "a second element"),
        (named("a").replace("type=", "type='x' type="), "stands twice"),
        (
            xml(&format!("<x {}/>", (0..300).map(|at| format!("a{at}='' ")).collect::<String>())),
            "attributes",
        ),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>".to_owned(), "RDF"),
        (xml("").replace("1.5", "1.8"), "CycloneDX 1.8 is not read"),
        ("<a".to_owned(), "line 1"),
    ] {
        let refused = refused(text.as_bytes()).to_string();
        assert!(refused.contains(wanted), "{wanted}: {refused}");
    }
    let deep = |levels: usize| {
        xml(&format!("{}{}", "<x xmlns='a'>".repeat(levels), "</x>".repeat(levels)))
    };
    assert!(read(deep(DEPTH_MAX - 1).as_bytes()).is_ok());
    assert!(matches!(refused(deep(DEPTH_MAX).as_bytes()), Refused::TooDeep(_)));
    assert!(matches!(refused(deep(60_000).as_bytes()), Refused::TooDeep(_)));
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

#[test]
fn what_is_compressed_is_read_as_it_is_and_no_bomb_goes_off() {
    let text = bom(r#"{"type": "library", "name": "a"}"#);
    let plain = read(text.as_bytes()).expect("it is one");
    let packed = read(&gzip(text.as_bytes())).expect("it is one");
    assert_eq!(packed.head.compression, Some(Compression::Gzip));
    assert_eq!(packed.components, plain.components);
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    assert_eq!(read(&gzip(&marked)).expect("it is one").components, plain.components);
    assert_eq!(read(&marked).expect("it is one").components, plain.components);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [b"\xff\xfe".as_slice(), &wide].concat();
    assert_eq!(read(&wide).expect("it is one").components, plain.components);
    let cut = gzip(text.as_bytes());
    assert!(matches!(refused(&cut[..cut.len() - 12]), Refused::Compressed(Compression::Gzip, _)));
    assert!(matches!(refused(b"\x1f\x8b\x08 nothing"), Refused::Compressed(..)));
    assert!(matches!(refused(b"\xfd7zXZ\0 nothing"), Refused::Compressed(Compression::Xz, _)));
    // `xz -9` wants a dictionary of 64 MiB; the other file says that it wants one of 1 GiB.
    let packed = read(include_bytes!("../../../../fuzz/corpus/sbom_json/xz")).expect("it is one");
    assert_eq!(packed.head.compression, Some(Compression::Xz));
    assert_eq!(packed.components[1].name, "log4j-core");
    let hungry = include_bytes!("../../../../fuzz/corpus/sbom_json/xz-dictionary");
    let said = refused(hungry).to_string();
    assert!(said.contains("memory"), "{said}");
    let blank = " ".repeat(40 << 20);
    let bomb = text.replacen('[', &format!("[{blank}"), 1);
    assert!(matches!(refused(&gzip(bomb.as_bytes())), Refused::Bomb(Compression::Gzip)));
    assert!(read(bomb.as_bytes()).is_ok());
}

#[test]
fn a_document_is_held_to_its_standard_only_as_long_as_somebody_waits() {
    const ENOUGH: u64 = 1_000;
    let documents = [
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library",
        "name": "a"}, {"type": "library", "name": "b"}]}"#,
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="library">
        <name>a</name></component></components></bom>"#,
        r#"{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "SPDXID": "SPDXRef-a"}]}"#,
        "SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: SPDXRef-a\nPackageName: b\n",
        r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type":
        "software_Package", "spdxId": "urn:a", "name": "a"}, {"type": "software_Package",
        "spdxId": "urn:b", "name": "b"}]}"#,
    ];
    for document in documents {
        let all = Cell::new(0);
        let counted = conforms_while(document.as_bytes(), &|| all.replace(all.get() + 1) < ENOUGH);
        assert!(counted.is_ok() && all.get() > 0, "{document}: {counted:?}");
        for patience in 0..all.get() {
            let asked = Cell::new(0);
            let goes_on = || asked.replace(asked.get() + 1) < patience;
            let stopped = conforms_while(document.as_bytes(), &goes_on);
            assert_eq!(stopped, Err(Refused::Stopped), "{document}: {patience}");
        }
    }
}
