//! Signed notes: text with signatures, and the keys that make and verify them.
//!
//! Only Ed25519 (signature type 0x01) is made and verified; every other signature is by an unknown
//! key and ignored. Source: C2SP signed-note.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::hash::Hash;

/// The signature type of Ed25519.
const ED25519: u8 = 0x01;
/// The most signatures a note may carry; the specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 100;
/// The longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;

const SIGNATURE_PREFIX: &str = "\u{2014} ";
const SIGNER_PREFIX: &str = "PRIVATE+KEY+";

/// Why a note or key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The bytes are not a note.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// The text is not a key.
    #[error("not a key: {0}")]
    Key(&'static str),
    /// A key that we know has not made the signature that bears its name.
    #[error("the signature of `{0}` is not valid")]
    BadSignature(String),
    /// No key that we know has signed.
    #[error("no signature by a known key")]
    Unsigned,
}

/// A public key with the name it signs under.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Returns the key of `name` with the given public bytes (RFC 8032, 32 bytes).
    ///
    /// # Errors
    /// [`NoteError::Key`] if the name is empty or holds a space or `+`, or if the bytes are not the
    /// encoding of a usable point (those of small order verify signatures that nobody made).
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name).map_err(NoteError::Key)?;
        let key = VerifyingKey::from_bytes(public)
            .map_err(|_| NoteError::Key("the public key is not a point of the curve"))?;
        if key.is_weak() {
            return Err(NoteError::Key("the public key has a small order"));
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, public), key })
    }

    /// Reads `name+id+base64`, the form of verifier keys.
    ///
    /// # Errors
    /// [`NoteError::Key`] says which part is wrong; an id that does not belong to the key is.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, id, material) = split_key(text)?;
        let public = decode_material(material)?;
        let key = Self::new(name, &public)?;
        if format!("{:08x}", key.id) != id {
            return Err(NoteError::Key("the id does not belong to name and key"));
        }
        Ok(key)
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id that signatures carry beside the name.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Verifies a signature strictly: one that any verifier might refuse is refused.
    fn verify(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = encode_material(self.key.as_bytes());
        write!(f, "{}+{:08x}+{material}", self.name, self.id)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// A private key with the name it signs under. Its `Debug` form shows only the public part.
#[derive(Clone)]
pub struct SignerKey {
    public: VerifierKey,
    key: SigningKey,
}

impl SignerKey {
    /// Returns the key of `name` that grows from 32 secret random bytes.
    ///
    /// # Errors
    /// [`NoteError::Key`] for a name that is empty or holds a space or `+`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, key.verifying_key().as_bytes())?;
        Ok(Self { public, key })
    }

    /// Reads `PRIVATE+KEY+name+id+base64`, the form in which the key is kept in a file.
    ///
    /// # Errors
    /// [`NoteError::Key`] says which part is wrong. The message holds nothing of the key.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let rest = text
            .strip_prefix(SIGNER_PREFIX)
            .ok_or(NoteError::Key("a private key begins with `PRIVATE+KEY+`"))?;
        let (name, id, material) = split_key(rest)?;
        let signer = Self::from_seed(name, &decode_material(material)?)?;
        if format!("{:08x}", signer.public.id) != id {
            return Err(NoteError::Key("the id does not belong to name and key"));
        }
        Ok(signer)
    }

    /// Returns the secret text that [`SignerKey::parse`] reads.
    #[must_use]
    pub fn to_secret_text(&self) -> String {
        let material = encode_material(self.key.as_bytes());
        format!("{SIGNER_PREFIX}{}+{:08x}+{material}", self.public.name, self.public.id)
    }

    /// Returns the public part.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Returns the signature line for `text`. The same text always has the same line.
    fn line(&self, text: &str) -> String {
        let mut bytes = self.public.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{SIGNATURE_PREFIX}{} {}\n", self.public.name, BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.public)
    }
}

/// A note as it was read: nothing in it is to be believed before [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key that is said to have signed.
    pub name: String,
    /// Its id.
    pub id: u32,
    /// What the key made; the form depends on its type.
    pub bytes: Vec<u8>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] says what is wrong with its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Malformed("it is longer than 1 MiB"));
        }
        let note =
            std::str::from_utf8(bytes).map_err(|_| NoteError::Malformed("it is not UTF-8"))?;
        check_signs(note)?;
        // The last empty line parts text and signatures; the text keeps its final newline.
        let at = note
            .rfind("\n\n")
            .ok_or(NoteError::Malformed("there is no empty line before signatures"))?;
        let (text, lines) = (&note[..=at], &note[at + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Malformed("the last line does not end, or there is no signature"))?;
        let signatures =
            lines.split('\n').map(NoteSignature::parse).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Malformed("it has more than 100 signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Returns the note over `text` with the signature of each key.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] if the text does not end with a newline or holds control signs.
    pub fn sign(text: &str, signers: &[&SignerKey]) -> Result<String, NoteError> {
        check_signs(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed("the text does not end with a newline"));
        }
        let lines: String = signers.iter().map(|signer| signer.line(text)).collect();
        Ok(format!("{text}\n{lines}"))
    }

    /// Returns the text if at least one of `known` has signed it.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if a line with the name and id of a known key is not by it,
    /// [`NoteError::Unsigned`] if there is no line of a known key. Other lines are ignored.
    pub fn verify(&self, known: &[&VerifierKey]) -> Result<&str, NoteError> {
        let mut signed = false;
        for line in &self.signatures {
            let key = known.iter().find(|key| key.name == line.name && key.id == line.id);
            let Some(key) = key else { continue };
            if !key.verify(&self.text, &line.bytes) {
                return Err(NoteError::BadSignature(line.name.clone()));
            }
            signed = true;
        }
        if signed { Ok(&self.text) } else { Err(NoteError::Unsigned) }
    }

    /// Returns the text, which nobody may have signed.
    #[must_use]
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// Returns the signature lines.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::Malformed("a signature line is not `— name base64`");
        let rest = line.strip_prefix(SIGNATURE_PREFIX).ok_or_else(|| malformed.clone())?;
        let (name, bytes) = rest.split_once(' ').ok_or_else(|| malformed.clone())?;
        check_name(name).map_err(NoteError::Malformed)?;
        let bytes = BASE64_STANDARD.decode(bytes).map_err(|_| malformed.clone())?;
        let (id, signature) = bytes.split_first_chunk::<4>().ok_or_else(|| malformed.clone())?;
        if signature.is_empty() {
            return Err(malformed);
        }
        let id = u32::from_be_bytes(*id);
        Ok(Self { name: name.to_owned(), id, bytes: signature.to_vec() })
    }
}

fn check_signs(text: &str) -> Result<(), NoteError> {
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Malformed("it holds a control sign"));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("the name is empty");
    }
    if name.contains(|sign: char| sign.is_whitespace() || sign.is_control() || sign == '+') {
        return Err("the name holds a space, a control sign or `+`");
    }
    Ok(())
}

fn key_id(name: &str, public: &[u8; 32]) -> u32 {
    let hash = Hash::of(&[name.as_bytes(), b"\n", &[ED25519], public]);
    let [a, b, c, d, ..] = hash.0;
    u32::from_be_bytes([a, b, c, d])
}

fn split_key(text: &str) -> Result<(&str, &str, &str), NoteError> {
    let mut parts = text.splitn(3, '+');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some(id), Some(material)) => Ok((name, id, material)),
        _ => Err(NoteError::Key("it is not `name+id+base64`")),
    }
}

fn encode_material(bytes: &[u8; 32]) -> String {
    BASE64_STANDARD.encode([&[ED25519], bytes.as_slice()].concat())
}

fn decode_material(text: &str) -> Result<[u8; 32], NoteError> {
    let bytes = BASE64_STANDARD
        .decode(text)
        .map_err(|_| NoteError::Key("the key material is not base64"))?;
    match bytes.split_first() {
        Some((&ED25519, key)) => {
            key.try_into().map_err(|_| NoteError::Key("an Ed25519 key has 32 bytes"))
        }
        _ => Err(NoteError::Key("its type is not Ed25519 (0x01)")),
    }
}

#[cfg(test)]
mod tests;
