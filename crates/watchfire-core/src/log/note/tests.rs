use super::*;

const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn key() -> VerifierKey {
    VerifierKey::parse(KEY).expect("the key of the specification")
}

fn signer(name: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, &[seed; 32]).expect("a fine name")
}

fn open(note: &str, keys: &[&VerifierKey]) -> Result<String, NoteError> {
    Note::parse(note.as_bytes())?.verify(keys).map(str::to_owned)
}

#[test]
fn the_example_of_the_specification_verifies() {
    assert_eq!(open(NOTE, &[&key()]), Ok("This is an example message.\n".to_owned()));
    assert_eq!(key().to_string(), KEY);
    assert_eq!((key().name(), key().id()), ("example.com/foo", 0x530d_903a));
}

#[test]
fn a_changed_text_or_signature_is_refused() {
    let changed = NOTE.replace("example message", "example massage");
    assert_eq!(
        open(&changed, &[&key()]),
        Err(NoteError::BadSignature("example.com/foo".to_owned()))
    );
    let changed = NOTE.replace("8srV1", "8srV2");
    assert!(matches!(open(&changed, &[&key()]), Err(NoteError::BadSignature(_))));
}

#[test]
fn unknown_signatures_are_ignored_and_alone_are_none() {
    let (ours, other) = (signer("log.example", 1), signer("other.example", 2));
    let namesake = signer("log.example", 3);
    let note = Note::sign("text\n", &[&other, &namesake, &ours]).expect("fine text");
    assert_eq!(open(&note, &[ours.verifier()]), Ok("text\n".to_owned()));
    let note = Note::sign("text\n", &[&other, &namesake]).expect("fine text");
    assert_eq!(open(&note, &[ours.verifier()]), Err(NoteError::Unsigned));
    assert_eq!(open(&note, &[]), Err(NoteError::Unsigned));
}

#[test]
fn one_bad_signature_of_a_known_key_spoils_the_note() {
    let (first, second) = (signer("a.example", 1), signer("b.example", 2));
    let good = Note::sign("text\n", &[&first]).expect("fine text");
    let other = Note::sign("other\n", &[&second]).expect("fine text");
    let line = other.strip_prefix("other\n\n").expect("a note");
    let both = format!("{good}{line}");
    assert_eq!(open(&both, &[first.verifier()]), Ok("text\n".to_owned()));
    assert_eq!(
        open(&both, &[first.verifier(), second.verifier()]),
        Err(NoteError::BadSignature("b.example".to_owned()))
    );
}

#[test]
fn the_last_empty_line_parts_text_and_signatures() {
    let ours = signer("log.example", 1);
    let text = "one\n\n\u{2014} quoted AAAAAAA=\n\ntwo\n";
    let note = Note::sign(text, &[&ours]).expect("empty lines are allowed");
    assert_eq!(open(&note, &[ours.verifier()]), Ok(text.to_owned()));
}

#[test]
fn malformed_notes_are_refused() {
    let line = NOTE.strip_prefix("This is an example message.\n\n").expect("prefix");
    for (note, why) in [
        (NOTE.replace('\n', "\r\n"), "carriage returns"),
        (NOTE.replace("is an", "is\tan"), "a tab"),
        (NOTE.trim_end().to_owned(), "no last newline"),
        (NOTE.replace("\u{2014}", "-"), "a hyphen for the dash"),
        (NOTE.replace("\n\n", "\n"), "no empty line"),
        (format!("{NOTE}\n"), "an empty line at the end"),
        (NOTE.replace("example.com/foo ", ""), "no name"),
        (NOTE.replace("example.com/foo", "example.com+foo"), "a plus in the name"),
        (NOTE.replace("com/foo", "com/\u{3000}foo"), "an ideographic space in the name"),
        (NOTE.replace("aQM=", "aQM"), "no padding"),
        (NOTE.replace("aQM=", "aQN="), "bits left over"),
        ("text\n\n\u{2014} a AAAAAA==\n".to_owned(), "an id without signature"),
        (format!("text\n\n{}", line.repeat(101)), "too many signatures"),
        (String::new(), "nothing"),
    ] {
        assert!(matches!(open(&note, &[&key()]), Err(NoteError::Malformed(_))), "{why}");
    }
    assert!(matches!(Note::parse(b"\xff\n\n"), Err(NoteError::Malformed(_))));
    assert!(Note::parse(&vec![b'a'; NOTE_BYTES_MAX + 1]).is_err());
    assert!(Note::sign("no newline", &[]).is_err());
    assert!(Note::sign("a\rb\n", &[]).is_err());
}

#[test]
fn keys_are_read_back_and_spoiled_keys_refused() {
    let ours = signer("log.example", 9);
    let secret = ours.to_secret_text();
    let again = SignerKey::parse(&secret).expect("what we wrote");
    assert_eq!(again.verifier(), ours.verifier());
    assert_eq!(again.to_secret_text(), secret);
    assert!(!format!("{ours:?}").contains(secret.rsplit('+').next().expect("a part")));
    for bad in [
        KEY.replace("530d", "530e"),
        KEY.replace("530d903a", "530D903A"),
        KEY.replace("example.com/foo", "example.com/fox"),
        KEY.replace("example.com/foo", ""),
        KEY.replace("+Aek", "+Bek"),
        KEY.replace("+Aek", "+"),
        "example.com/foo".to_owned(),
    ] {
        assert!(matches!(VerifierKey::parse(&bad), Err(NoteError::Key(_))), "{bad}");
    }
    assert!(SignerKey::parse(KEY).is_err());
    assert!(VerifierKey::new("a", &[0; 32]).is_err(), "a point of small order");
}

/// The order of the group, little-endian (RFC 8032, section 5.1).
const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn a_signature_has_one_spelling() {
    let ours = signer("log.example", 1);
    let note = Note::sign("text\n", &[&ours]).expect("fine text");
    let mut read = Note::parse(note.as_bytes()).expect("a note");
    let mut carry = 0;
    for (byte, add) in read.signatures[0].bytes[32..].iter_mut().zip(GROUP_ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    let refused = Err(NoteError::BadSignature("log.example".to_owned()));
    assert_eq!(read.verify(&[ours.verifier()]), refused);
}
