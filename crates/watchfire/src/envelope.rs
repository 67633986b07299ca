//! The envelope around a backup: a file of age (age-encryption.org/v1), which the program `age`
//! opens too. It is for the holders of keys, or of a passphrase, and never both.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};

use crate::archive::bad;
use crate::exit::Failure;

/// How every file of age begins.
const BEGIN: &[u8] = b"age-encryption.org/";
/// The work of trying one passphrase, as a power of two: 256 MiB, and about a second.
const PASSPHRASE_WORK: u8 = 18;
/// More work than this is not done, whatever a file asks for.
const PASSPHRASE_WORK_MAX: u8 = 20;
/// Shorter passphrases are guessed; in characters.
const PASSPHRASE_CHARS_MIN: usize = 12;
/// A file with keys or a passphrase is at most so long, in bytes.
const SECRET_BYTES_MAX: u64 = 64 << 10;

/// What closes an envelope.
pub(crate) enum Lock {
    /// The holders of these keys can open it.
    Recipients(Vec<x25519::Recipient>),
    /// Whoever has the passphrase can open it.
    Passphrase(SecretString),
}

/// What opens an envelope.
pub(crate) enum Key {
    Identities(Vec<x25519::Identity>),
    Passphrase(SecretString),
}

impl Lock {
    /// Reads recipients as they were typed: `age1…`.
    ///
    /// # Errors
    /// A failure of the request.
    pub(crate) fn recipients(typed: &[String]) -> Result<Self, Failure> {
        let recipient = |text: &String| {
            text.trim().parse().map_err(|problem: &str| {
                Failure::request(format!("`{text}` is no recipient: {problem}"))
                    .hint("it begins with `age1`; `watchfire backup --make-key FILE` makes one")
            })
        };
        typed.iter().map(recipient).collect::<Result<_, _>>().map(Self::Recipients)
    }

    /// Takes the passphrase of a file: its first line.
    ///
    /// # Errors
    /// A failure of the request for one that is too short.
    pub(crate) fn passphrase(file: &Path) -> Result<Self, Failure> {
        let passphrase = passphrase(file)?;
        if passphrase.expose_secret().chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(Failure::request(format!(
                "the passphrase has fewer than {PASSPHRASE_CHARS_MIN} characters"
            ))
            .hint("take six words or more by chance"));
        }
        Ok(Self::Passphrase(passphrase))
    }

    /// Writes what `fill` writes, closed in an envelope.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn close<W: Write>(
        &self,
        out: W,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let encryptor = match self {
            Self::Recipients(recipients) => {
                let recipients = recipients.iter().map(|one| one as &dyn age::Recipient);
                Encryptor::with_recipients(recipients)
            }
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(PASSPHRASE_WORK);
                Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
            }
        };
        let mut closed = encryptor.map_err(io::Error::other)?.wrap_output(out)?;
        fill(&mut closed)?;
        closed.finish()?.flush()
    }
}

impl Key {
    /// Reads the secret keys of a file: lines that begin with `AGE-SECRET-KEY-1`.
    ///
    /// # Errors
    /// A failure of the request.
    pub(crate) fn identities(file: &Path) -> Result<Self, Failure> {
        let text = secret(file)?;
        let lines = text.expose_secret().lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<x25519::Identity>, &str> = lines.map(str::parse).collect();
        let keys = keys.map_err(|problem| {
            Failure::request(format!("`{}` is no file of keys: {problem}", file.display()))
        })?;
        if keys.is_empty() {
            return Err(Failure::request(format!("there is no key in `{}`", file.display())));
        }
        Ok(Self::Identities(keys))
    }

    /// Takes the passphrase of a file: its first line.
    ///
    /// # Errors
    /// A failure of the request.
    pub(crate) fn passphrase(file: &Path) -> Result<Self, Failure> {
        passphrase(file).map(Self::Passphrase)
    }
}

fn secret(file: &Path) -> Result<SecretString, Failure> {
    let cannot = |error: io::Error| {
        Failure::request(format!("`{}` cannot be read", file.display())).because(error)
    };
    let mut text = String::new();
    let opened = File::open(file).map_err(cannot)?;
    opened.take(SECRET_BYTES_MAX).read_to_string(&mut text).map_err(cannot)?;
    Ok(text.into())
}

fn passphrase(file: &Path) -> Result<SecretString, Failure> {
    let text = secret(file)?;
    let first = text.expose_secret().lines().next().unwrap_or_default();
    if first.is_empty() {
        return Err(Failure::request(format!("there is no passphrase in `{}`", file.display())));
    }
    Ok(first.to_owned().into())
}

/// Makes a pair of keys: the secret one goes into `file`, for its owner alone. Returns the
/// recipient.
///
/// # Errors
/// A failure of the request if the file is there, of the world if it cannot be written.
pub(crate) fn make_key(file: &Path) -> Result<String, Failure> {
    if file.exists() {
        return Err(Failure::request(format!("`{}` is there already", file.display()))
            .hint("a key is never written over"));
    }
    let key = x25519::Identity::generate();
    let text = format!("# public key: {}\n{}\n", key.to_public(), key.to_string().expose_secret());
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(file);
    let written = opened.and_then(|mut opened| {
        opened.write_all(text.as_bytes())?;
        opened.sync_all()
    });
    written.and_then(|()| crate::evidence::sync_folder(file)).map_err(|error| {
        Failure::world(format!("`{}` cannot be written", file.display())).because(error)
    })?;
    Ok(key.to_public().to_string())
}

/// Opens the file of a backup, and its envelope if it has one. Returns the reader, and whether it
/// had one.
///
/// # Errors
/// A failure of the request for a missing or a wrong key, of the answer for an envelope that was
/// changed.
pub(crate) fn open(file: &Path, key: Option<&Key>) -> Result<(Box<dyn Read>, bool), Failure> {
    let cannot = |error: io::Error| {
        Failure::request(format!("`{}` cannot be read", file.display())).because(error)
    };
    if fs::metadata(file).map_err(cannot)?.is_dir() {
        return Err(Failure::request(format!("`{}` is a folder", file.display())));
    }
    let mut opened = File::open(file).map_err(cannot)?;
    let mut begin = Vec::new();
    (&mut opened).take(BEGIN.len() as u64).read_to_end(&mut begin).map_err(cannot)?;
    opened.rewind().map_err(cannot)?;
    match (begin == BEGIN, key) {
        (false, None) => Ok((Box::new(BufReader::new(opened)), false)),
        (false, Some(_)) => Err(Failure::request("the backup is not encrypted")
            .hint("was it exchanged? to restore it all the same, leave the key out")),
        (true, None) => Err(Failure::request("the backup is encrypted")
            .hint("give its key with `--identity FILE`, or `--passphrase-file FILE`")),
        (true, Some(key)) => decrypt(BufReader::new(opened), key),
    }
}

fn decrypt(from: BufReader<File>, key: &Key) -> Result<(Box<dyn Read>, bool), Failure> {
    let sealed = Decryptor::new_buffered(from).map_err(|error| refused(error, key))?;
    let opened = match (key, sealed.is_scrypt()) {
        (Key::Identities(_), true) => {
            return Err(Failure::request("the backup is under a passphrase")
                .hint("give it with `--passphrase-file FILE`"));
        }
        (Key::Passphrase(_), false) => {
            return Err(Failure::request("the backup is for the holders of keys")
                .hint("give one with `--identity FILE`"));
        }
        (Key::Identities(keys), false) => {
            sealed.decrypt(keys.iter().map(|one| one as &dyn age::Identity))
        }
        (Key::Passphrase(passphrase), true) => {
            let mut identity = scrypt::Identity::new(passphrase.clone());
            identity.set_max_work_factor(PASSPHRASE_WORK_MAX);
            sealed.decrypt(std::iter::once(&identity as &dyn age::Identity))
        }
    };
    Ok((Box::new(opened.map_err(|error| refused(error, key))?), true))
}

fn refused(error: DecryptError, key: &Key) -> Failure {
    match error {
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys => match key {
            Key::Identities(_) => Failure::request("no key of the file opens the backup")
                .hint("it was made for other recipients, or its head was changed"),
            Key::Passphrase(_) => Failure::request("the passphrase does not open the backup")
                .hint("it was made with another one, or its head was changed"),
        },
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Failure::world("the backup cannot be read").because(error)
        }
        DecryptError::ExcessiveWork { required, .. } => {
            bad(format!("the backup asks for 2^{required} steps of work for its passphrase"))
        }
        other => bad("the head of the encrypted backup was changed or damaged").because(other),
    }
}
