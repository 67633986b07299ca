//! Packs as one file that its issuer has signed: what a change of law travels in.
//!
//! ```text
//! watchfire law bundle 1 LENGTH
//! NOTE          a signed note (C2SP signed-note) of LENGTH bytes, whose text is
//!                 watchfire law bundle 1
//!                 issuer law.example
//!                 sequence 7
//!                 effective 2027-01-01T00:00:00Z
//!                 title What it changes, in one line
//!                 file SHA256 BYTES PATH        one line a file, ordered by path
//! CONTENT       the files, one after another, and nothing else
//! ```
//!
//! The same files, issuer, sequence, instant and key give the same bytes. Nothing of it is read
//! before the signature holds.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::files::Files;
use super::house_reading::HOUSE_READINGS;
use super::lawbook::is_of_law;
use crate::log::note::{Note, NoteError};
use crate::log::{Hash, SignerKey, VerifierKey};

/// A bundle is at most so many bytes.
pub const BUNDLE_BYTES_MAX: usize = 16 << 20;
/// A bundle holds at most so many files.
pub const BUNDLE_FILES_MAX: usize = 5_000;
/// A title has at most so many characters.
const TITLE_CHARS_MAX: usize = 200;
/// A path has at most so many signs.
const PATH_BYTES_MAX: usize = 200;
const MAGIC: &str = "watchfire law bundle 1";

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The name of the key that signed it.
    pub issuer: String,
    /// Its place among the issuer's bundles; a later one has a higher number.
    pub sequence: u64,
    /// When it is to be used; may be in the future.
    pub effective_at: Timestamp,
    pub title: String,
}

/// A bundle whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    pub manifest: Manifest,
    pub files: Files,
    /// SHA-256 of all of its bytes, hexadecimal.
    pub sha256: String,
}

/// Why a bundle is refused. Nothing of it is kept then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It does not begin as one.
    #[error("this is no bundle of law")]
    NotABundle,
    /// Over a limit.
    #[error("the bundle is larger than allowed: {0}")]
    TooLarge(&'static str),
    /// It ends too early.
    #[error("the bundle is cut off")]
    CutOff,
    /// Something follows its last file.
    #[error("something follows the last file of the bundle")]
    TooLong,
    /// None of the keys that are trusted has signed it.
    #[error("no key that is trusted has signed the bundle")]
    UnknownKey,
    /// A trusted key's name stands under what it has not signed.
    #[error("the signature of `{0}` is not valid: the list of files was changed")]
    BadSignature(String),
    /// The signed text cannot be understood.
    #[error("the signed list cannot be read: {0}")]
    Malformed(String),
    /// The issuer that it names has not signed it.
    #[error("the bundle names the issuer `{0}`, who has not signed it")]
    Issuer(String),
    /// A path that is none of a pack, or leads elsewhere.
    #[error("`{0}` is no path of a pack")]
    Path(String),
    /// Two files that cannot lie beside each other.
    #[error("`{0}` stands twice")]
    Twice(String),
    /// The content is not what was signed.
    #[error("`{0}` is not what was signed")]
    Tampered(String),
    /// No text.
    #[error("`{0}` is not UTF-8")]
    NotText(String),
}

impl BundleError {
    /// Returns the stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotABundle | Self::Malformed(_) => "bundle_malformed",
            Self::TooLarge(_) => "bundle_too_large",
            Self::CutOff => "bundle_cut_off",
            Self::TooLong | Self::Tampered(_) => "bundle_tampered",
            Self::UnknownKey | Self::Issuer(_) => "bundle_key_unknown",
            Self::BadSignature(_) => "bundle_signature_invalid",
            Self::Path(_) | Self::Twice(_) | Self::NotText(_) => "bundle_path_invalid",
        }
    }
}

/// Makes and signs a bundle.
///
/// # Errors
/// [`BundleError`] for what no bundle may hold.
pub fn seal(
    files: &Files,
    sequence: u64,
    effective_at: Timestamp,
    title: &str,
    signer: &SignerKey,
) -> Result<Vec<u8>, BundleError> {
    let issuer = signer.verifier().name();
    check_title(title)?;
    if files.is_empty() {
        return Err(BundleError::Malformed("it lists no file".to_owned()));
    }
    if files.len() > BUNDLE_FILES_MAX {
        return Err(BundleError::TooLarge("too many files"));
    }
    let mut text = format!(
        "{MAGIC}\nissuer {issuer}\nsequence {sequence}\neffective {effective_at}\ntitle {title}\n"
    );
    let mut seen = BTreeSet::new();
    let mut content = Vec::new();
    for (path, file) in files.iter() {
        check_path(path, &mut seen)?;
        let hash = Hash::of(&[file.as_bytes()]);
        text.push_str(&format!("file {hash} {} {path}\n", file.len()));
        content.extend_from_slice(file.as_bytes());
    }
    let note = Note::sign(&text, &[signer]).map_err(malformed)?;
    let mut bytes = format!("{MAGIC} {}\n", note.len()).into_bytes();
    bytes.extend_from_slice(note.as_bytes());
    bytes.append(&mut content);
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(BundleError::TooLarge("more than 16 MiB"));
    }
    Ok(bytes)
}

/// Opens a bundle that one of `trusted` has signed.
///
/// # Errors
/// [`BundleError`]; nothing but the signature is looked at before it holds.
pub fn open(bytes: &[u8], trusted: &[&VerifierKey]) -> Result<Bundle, BundleError> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(BundleError::TooLarge("more than 16 MiB"));
    }
    let (note, content) = parts(bytes)?;
    let note = Note::parse(note).map_err(malformed)?;
    let text = note.verify(trusted).map_err(|error| match error {
        NoteError::Unsigned => BundleError::UnknownKey,
        NoteError::BadSignature(name) => BundleError::BadSignature(name),
        other => malformed(other),
    })?;
    let (manifest, entries) = manifest(text)?;
    let signed = |key: &&&VerifierKey| {
        key.name() == manifest.issuer
            && note.signatures().iter().any(|it| it.name == key.name() && it.id == key.id())
    };
    if !trusted.iter().any(|key| signed(&key)) {
        return Err(BundleError::Issuer(manifest.issuer));
    }
    let files = unpack(&entries, content)?;
    Ok(Bundle { manifest, files, sha256: Hash::of(&[bytes]).to_string() })
}

/// Parts the signed note from the content, by the length in the first line.
fn parts(bytes: &[u8]) -> Result<(&[u8], &[u8]), BundleError> {
    let first_line_bytes_max = MAGIC.len() + 12;
    let start = &bytes[..bytes.len().min(first_line_bytes_max)];
    let Some(end) = start.iter().position(|byte| *byte == b'\n') else {
        let begins = MAGIC.as_bytes().starts_with(start) || start.starts_with(MAGIC.as_bytes());
        return Err(if begins && !start.is_empty() {
            BundleError::CutOff
        } else {
            BundleError::NotABundle
        });
    };
    let line = std::str::from_utf8(&start[..end]).map_err(|_| BundleError::NotABundle)?;
    let length = line.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(' '));
    let length: usize =
        length.and_then(|digits| digits.parse().ok()).ok_or(BundleError::NotABundle)?;
    let rest = &bytes[end + 1..];
    rest.split_at_checked(length).ok_or(BundleError::CutOff)
}

struct Entry<'t> {
    hash: &'t str,
    length: usize,
    path: &'t str,
}

fn manifest(text: &str) -> Result<(Manifest, Vec<Entry<'_>>), BundleError> {
    let wrong = |what: &str| BundleError::Malformed(what.to_owned());
    let mut lines = text.lines();
    if lines.next() != Some(MAGIC) {
        return Err(wrong("it begins otherwise"));
    }
    let mut line = |name: &'static str| {
        let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.ok_or_else(|| BundleError::Malformed(format!("there is no line `{name}`")))
    };
    let issuer = line("issuer")?.to_owned();
    let sequence = line("sequence")?;
    let effective = line("effective")?;
    let title = line("title")?.to_owned();
    check_title(&title)?;
    let number = sequence.parse().ok().filter(|number: &u64| number.to_string() == sequence);
    let sequence = number.ok_or_else(|| wrong("the sequence is no number"))?;
    let effective_at = effective.parse().map_err(|_| wrong("`effective` is no instant"))?;
    let mut entries = Vec::new();
    for line in lines {
        if entries.len() == BUNDLE_FILES_MAX {
            return Err(BundleError::TooLarge("too many files"));
        }
        entries.push(entry(line).ok_or_else(|| wrong("a line is no file"))?);
    }
    if entries.is_empty() {
        return Err(wrong("it lists no file"));
    }
    Ok((Manifest { issuer, sequence, effective_at, title }, entries))
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let mut parts = line.strip_prefix("file ")?.splitn(3, ' ');
    let (hash, length, path) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Entry { hash, length: length.parse().ok()?, path })
}

fn unpack(entries: &[Entry<'_>], mut content: &[u8]) -> Result<Files, BundleError> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for entry in entries {
        check_path(entry.path, &mut seen)?;
        let (file, rest) = content.split_at_checked(entry.length).ok_or(BundleError::CutOff)?;
        if Hash::of(&[file]).to_string() != entry.hash {
            return Err(BundleError::Tampered(entry.path.to_owned()));
        }
        let text = std::str::from_utf8(file);
        let text = text.map_err(|_| BundleError::NotText(entry.path.to_owned()))?;
        files.push((entry.path.to_owned(), text.to_owned()));
        content = rest;
    }
    if content.is_empty() { Ok(Files::new(files)) } else { Err(BundleError::TooLong) }
}

/// Checks that a path is one of a pack and of nothing else: relative, of plain signs, never up,
/// and not the same as another where large and small letters are one.
fn check_path(path: &str, seen: &mut BTreeSet<String>) -> Result<(), BundleError> {
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || b"._-".contains(&sign);
    let part_is_plain =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
    let fits = path.len() <= PATH_BYTES_MAX && path.split('/').all(part_is_plain);
    // How the house reads a text is for no issuer to say.
    if !fits || !is_of_law(path) || path.eq_ignore_ascii_case(HOUSE_READINGS) {
        return Err(BundleError::Path(path.to_owned()));
    }
    if seen.insert(path.to_ascii_lowercase()) {
        return Ok(());
    }
    Err(BundleError::Twice(path.to_owned()))
}

fn check_title(title: &str) -> Result<(), BundleError> {
    let fits = !title.trim().is_empty() && title.chars().count() <= TITLE_CHARS_MAX;
    if fits && !title.chars().any(char::is_control) {
        return Ok(());
    }
    Err(BundleError::Malformed(format!(
        "a title has 1 to {TITLE_CHARS_MAX} characters in one line"
    )))
}

fn malformed(error: NoteError) -> BundleError {
    BundleError::Malformed(error.to_string())
}

#[cfg(test)]
mod tests;
