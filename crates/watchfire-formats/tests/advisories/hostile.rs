//! Documents that lie about what they are, are cut off, or are too much.

use watchfire_formats::advisory::{self, DOCUMENT_BYTES_MAX, ReadError, VALUES_MAX};

#[test]
fn what_is_no_advisory_is_refused_with_a_reason() {
    for text in ["", "{", "[]", "null", "{}", r#"{"id": 1}"#, "\u{feff}{}", "cve;epss", "<bom/>"] {
        let error = advisory::read(text.as_bytes()).expect_err(text);
        assert!(!error.problems().is_empty() && !error.to_string().is_empty(), "{text}");
    }
    assert!(matches!(advisory::read(b"{}"), Err(ReadError::Unknown)));
    assert!(matches!(advisory::read(b"\xff\xfe{}"), Err(ReadError::Json { .. })));
}

#[test]
fn what_is_too_much_is_refused_before_it_takes_memory() {
    let large = vec![b' '; DOCUMENT_BYTES_MAX + 1];
    assert!(matches!(advisory::read(&large), Err(ReadError::TooLarge(_))));
    let many = format!("[{}1]", "1,".repeat(VALUES_MAX));
    assert!(matches!(advisory::read(many.as_bytes()), Err(ReadError::TooManyValues)));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(advisory::read(deep.as_bytes()), Err(ReadError::Json { .. })));
}

#[test]
fn a_document_that_is_cut_off_anywhere_is_refused_or_says_less_and_never_panics() {
    let whole = r#"{"id": "A-1", "modified": "2024-01-01T00:00:00Z", "affected": [
        {"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1"]}]}"#;
    for end in 0..whole.len() {
        assert!(advisory::read(&whole.as_bytes()[..end]).is_err(), "{end}");
    }
    assert!(advisory::read(whole.as_bytes()).is_ok());
}
