use super::*;

fn signer(n: u8) -> SignerKey {
    SignerKey::from_seed("law.example", &[n; 32]).expect("a key")
}

fn files() -> Files {
    Files::new([
        ("xx-demo/law.toml".to_owned(), "id = \"xx-demo\"\n".to_owned()),
        ("xx-demo/text.zh-CN.md".to_owned(), "第七条\n".to_owned()),
    ])
}

fn at() -> Timestamp {
    "2027-01-01T00:00:00Z".parse().expect("an instant")
}

fn sealed() -> Vec<u8> {
    seal(&files(), 7, at(), "A change of law", &signer(1)).expect("it is sealed")
}

fn opened(bytes: &[u8]) -> Result<Bundle, BundleError> {
    open(bytes, &[signer(1).verifier()])
}

/// A bundle over any list, signed as it should be.
fn signed(text: &str, content: &[u8]) -> Vec<u8> {
    let note = Note::sign(text, &[&signer(1)]).expect("a note");
    [format!("{MAGIC} {}\n", note.len()).as_bytes(), note.as_bytes(), content].concat()
}

fn listing(paths: &[&str], content: &str) -> Vec<u8> {
    let mut text = format!(
        "{MAGIC}\nissuer law.example\nsequence 1\neffective 2027-01-01T00:00:00Z\ntitle t\n"
    );
    for path in paths {
        let hash = Hash::of(&[content.as_bytes()]);
        text.push_str(&format!("file {hash} {} {path}\n", content.len()));
    }
    signed(&text, content.repeat(paths.len()).as_bytes())
}

#[test]
fn what_is_sealed_is_opened_and_the_same_gives_the_same_bytes() {
    let bundle = opened(&sealed()).expect("it opens");
    assert_eq!(bundle.files, files());
    assert_eq!((bundle.manifest.issuer.as_str(), bundle.manifest.sequence), ("law.example", 7));
    assert_eq!(bundle.manifest.effective_at, at());
    assert_eq!(sealed(), sealed());
}

#[test]
fn a_key_that_is_not_trusted_opens_nothing() {
    let other = signer(2);
    assert_eq!(open(&sealed(), &[other.verifier()]), Err(BundleError::UnknownKey));
    assert_eq!(open(&sealed(), &[]), Err(BundleError::UnknownKey));
}

#[test]
fn no_byte_can_be_changed_and_none_left_out_or_put_in() {
    let bytes = sealed();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(opened(&changed).is_err(), "byte {place}");
        assert!(opened(&bytes[..place]).is_err(), "cut at {place}");
    }
    assert_eq!(opened(&[&bytes[..], b"x"].concat()), Err(BundleError::TooLong));
    assert_eq!(opened(&bytes[..bytes.len() - 1]), Err(BundleError::CutOff));
    assert_eq!(opened(b"PK\x03\x04 something else"), Err(BundleError::NotABundle));
    assert_eq!(opened(b""), Err(BundleError::NotABundle));
}

#[test]
fn each_kind_of_damage_has_its_reason() {
    let bytes = sealed();
    let text = String::from_utf8(bytes.clone()).expect("text");
    let content = text.replace("id = \"xx-demo\"", "id = \"xx-evil\"");
    assert_eq!(
        opened(content.as_bytes()),
        Err(BundleError::Tampered("xx-demo/law.toml".to_owned()))
    );
    let sequence = text.replace("sequence 7", "sequence 8");
    assert_eq!(
        opened(sequence.as_bytes()),
        Err(BundleError::BadSignature("law.example".to_owned()))
    );
}

#[test]
fn a_path_leads_nowhere_but_into_a_pack() {
    for path in [
        "../law.toml",
        "xx-demo/../../law.toml",
        "/etc/passwd",
        "xx-demo//law.toml",
        "xx-demo/./law.toml",
        "xx-demo\\law.toml",
        "C:/law.toml",
        "xx-demo/.hidden.toml",
        "xx-demo/other.bin",
        "xx-demo/forms/a/b.toml",
        "README.md",
        "readings.toml",
        "Readings.toml",
        "",
    ] {
        let found = opened(&listing(&[path], "x"));
        assert_eq!(found, Err(BundleError::Path(path.to_owned())), "{path}");
    }
    let long = format!("{}/law.toml", "x".repeat(PATH_BYTES_MAX));
    assert_eq!(opened(&listing(&[&long], "x")), Err(BundleError::Path(long)));
    let twice = listing(&["xx-demo/law.toml", "XX-demo/law.toml"], "x");
    assert_eq!(opened(&twice), Err(BundleError::Twice("XX-demo/law.toml".to_owned())));
}

#[test]
fn what_is_over_a_limit_is_refused_before_it_is_read() {
    let large = vec![b'x'; BUNDLE_BYTES_MAX + 1];
    assert_eq!(opened(&large), Err(BundleError::TooLarge("more than 16 MiB")));
    let paths: Vec<String> = (0..=BUNDLE_FILES_MAX).map(|n| format!("x{n}/law.toml")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    assert_eq!(opened(&listing(&paths, "x")), Err(BundleError::TooLarge("too many files")));
    // A length that would reach past the end of memory.
    let text = format!(
        "{MAGIC}\nissuer law.example\nsequence 1\neffective 2027-01-01T00:00:00Z\ntitle t\n\
         file 00 {} xx-demo/law.toml\n",
        usize::MAX
    );
    assert_eq!(opened(&signed(&text, b"x")), Err(BundleError::CutOff));
}

#[test]
fn the_issuer_is_whoever_signed() {
    let text = format!(
        "{MAGIC}\nissuer other.example\nsequence 1\neffective 2027-01-01T00:00:00Z\ntitle t\n\
         file {} 1 xx-demo/law.toml\n",
        Hash::of(&[b"x"])
    );
    let found = opened(&signed(&text, b"x"));
    assert_eq!(found, Err(BundleError::Issuer("other.example".to_owned())));
}

#[test]
fn a_list_that_lacks_something_is_refused() {
    for (part, instead) in [
        ("sequence 1\n", ""),
        ("sequence 1\n", "sequence 01\n"),
        ("sequence 1\n", "sequence -1\n"),
        ("effective 2027-01-01T00:00:00Z", "effective soon"),
        ("title t\n", "title \n"),
        ("file ", "files "),
    ] {
        let whole = format!(
            "{MAGIC}\nissuer law.example\nsequence 1\neffective 2027-01-01T00:00:00Z\ntitle t\n\
             file {} 1 xx-demo/law.toml\n",
            Hash::of(&[b"x"])
        );
        let found = opened(&signed(&whole.replace(part, instead), b"x"));
        assert!(matches!(found, Err(BundleError::Malformed(_))), "{part:?} {instead:?} {found:?}");
    }
}
