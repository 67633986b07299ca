//! The form of a backup: one tar file with a manifest in front.
//!
//! ```text
//! manifest.json    what is in it, and who says so
//! checkpoint       the checkpoint that was kept outside the database
//! watchfire.db     the embedded database; or postgres.dump, as `pg_dump --format=custom` makes it
//! settings.toml    the settings file, without the password of the database
//! laws/…           the law packs in use
//! ```
//!
//! The tar file may lie in an envelope ([`crate::envelope`]).
//!
//! The manifest names each file with its length and SHA-256; `tree` is the root (RFC 9162) over the
//! lines `path bytes sha256`, and `note` signs it with the key of the log. No key is in it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use watchfire_core::log::{Frontier, Hash, Note, SignerKey, VerifierKey};
use watchfire_server::secret::hex;

use crate::exit::{Exit, Failure};

/// The name and version of the form.
pub(crate) const FORMAT: &str = "watchfire-backup/1";
/// The name of the manifest.
const MANIFEST: &str = "manifest.json";
/// A manifest is at most so long, in bytes.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;
/// Bytes that are copied at once.
const PIECE_BYTES: usize = 64 << 10;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: String,
    pub(crate) taken_at: jiff::Timestamp,
    /// Of the program that wrote it.
    pub(crate) version: String,
    pub(crate) schema: i64,
    /// `sqlite` or `postgres`.
    pub(crate) engine: String,
    /// Entries of the evidence log, and the root over them.
    pub(crate) log_size: u64,
    pub(crate) log_root: String,
    /// The verifier key of the log.
    pub(crate) key: String,
    pub(crate) files: Vec<FileLine>,
    pub(crate) tree: String,
    pub(crate) note: String,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileLine {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Manifest {
    /// Lists the files and signs the list, with all that is said beside it.
    ///
    /// # Errors
    /// A failure of the world if a file cannot be read.
    pub(crate) fn seal(
        mut self,
        folder: &Path,
        paths: &[String],
        signer: &SignerKey,
    ) -> Result<Self, Failure> {
        self.files = paths.iter().map(|path| line(folder, path)).collect::<Result<_, _>>()?;
        self.tree = tree(&self.files).to_string();
        self.note = Note::sign(&self.signed_text(), &[signer]).map_err(|error| {
            Failure::world("the manifest of the backup cannot be signed").because(error)
        })?;
        Ok(self)
    }

    fn signed_text(&self) -> String {
        format!(
            "{}\n{}\n{} {} {}\n{} {}\n",
            self.format,
            self.tree,
            self.taken_at,
            self.engine,
            self.schema,
            self.log_size,
            self.log_root
        )
    }

    /// Returns the key of the log, after verifying that it signed the manifest.
    ///
    /// # Errors
    /// A failure of the answer: the backup is not what it says.
    pub(crate) fn verify(&self) -> Result<VerifierKey, Failure> {
        if self.format != FORMAT {
            return Err(Failure::request(format!("the form `{}` is not known", self.format)));
        }
        let key = VerifierKey::parse(&self.key)
            .map_err(|error| bad("the manifest names no key").because(error))?;
        let note = Note::parse(self.note.as_bytes())
            .map_err(|error| bad("the manifest is not signed").because(error))?;
        let text = note
            .verify(&[&key])
            .map_err(|error| bad("the manifest is not signed by its key").because(error))?;
        if text != self.signed_text() || tree(&self.files).to_string() != self.tree {
            return Err(bad("the manifest is not the one that was signed"));
        }
        Ok(key)
    }
}

/// The backup is not what it says.
pub(crate) fn bad(message: impl Into<String>) -> Failure {
    let mut failure = Failure::request(message);
    failure.exit = Exit::No;
    failure.hint("this backup was changed or damaged; take another")
}

fn tree(files: &[FileLine]) -> Hash {
    let mut tree = Frontier::new();
    for file in files {
        let line = format!("{} {} {}\n", file.path, file.bytes, file.sha256);
        tree.push(Hash::of_leaf(line.as_bytes()));
    }
    tree.root()
}

fn line(folder: &Path, path: &str) -> Result<FileLine, Failure> {
    let cannot =
        |error: io::Error| Failure::world(format!("`{path}` cannot be read")).because(error);
    let mut file = File::open(folder.join(path)).map_err(cannot)?;
    let (bytes, sha256) =
        copy(&mut file, &mut io::sink()).map_err(|halt| cannot(halt.into_inner()))?;
    Ok(FileLine { path: path.to_owned(), bytes, sha256 })
}

/// Why copying came to no end.
enum Halt {
    Reading(io::Error),
    Writing(io::Error),
}

impl Halt {
    fn into_inner(self) -> io::Error {
        match self {
            Self::Reading(error) | Self::Writing(error) => error,
        }
    }
}

/// Copies and returns length and SHA-256 of what was copied.
fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<(u64, String), Halt> {
    let (mut bytes, mut hash, mut piece) = (0, Sha256::new(), vec![0; PIECE_BYTES]);
    loop {
        match from.read(&mut piece).map_err(Halt::Reading)? {
            0 => return Ok((bytes, hex(&hash.finalize()))),
            read => {
                hash.update(&piece[..read]);
                to.write_all(&piece[..read]).map_err(Halt::Writing)?;
                bytes += read as u64;
            }
        }
    }
}

/// Writes manifest and files into one tar file.
///
/// # Errors
/// What the disk says.
pub(crate) fn pack(manifest: &Manifest, folder: &Path, out: &mut impl Write) -> io::Result<()> {
    let mut tar = tar::Builder::new(out);
    let text = serde_json::to_vec_pretty(manifest).map_err(io::Error::other)?;
    tar.append_data(&mut header(text.len() as u64), MANIFEST, text.as_slice())?;
    for file in &manifest.files {
        let content = File::open(folder.join(&file.path))?;
        tar.append_data(&mut header(file.bytes), &file.path, content.take(file.bytes))?;
    }
    tar.into_inner().map(|_| ())
}

fn header(bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header
}

/// Unpacks a backup into `folder`, and verifies every byte of it. `shown` is its name.
///
/// # Errors
/// A failure of the request for what is no backup, of the answer for one that was changed.
pub(crate) fn unpack(from: impl Read, shown: &str, folder: &Path) -> Result<Manifest, Failure> {
    let none =
        |error: io::Error| Failure::request(format!("`{shown}` is not a backup")).because(error);
    let mut tar = tar::Archive::new(from);
    let mut entries = tar.entries().map_err(none)?;
    let first = entries.next().ok_or_else(|| none(io::ErrorKind::UnexpectedEof.into()))?;
    let manifest = read_manifest(first.map_err(none)?).map_err(none)?;
    manifest.verify()?;
    let mut missing: BTreeMap<&str, &FileLine> =
        manifest.files.iter().map(|file| (file.path.as_str(), file)).collect();
    for entry in entries {
        let mut entry = entry.map_err(|error| cut_off("what follows in it").because(error))?;
        let path = entry.path().map_err(none)?.to_string_lossy().into_owned();
        let plain = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
        let listed = missing.remove(path.as_str());
        let (Some(listed), true, true) = (listed, plain, entry.header().entry_type().is_file())
        else {
            return Err(bad(format!("`{path}` is in the backup and not in its manifest")));
        };
        let target = folder.join(&path);
        let kept = write_new(&target, &mut entry).map_err(|halt| match halt {
            Halt::Reading(error) => cut_off(&format!("`{path}`")).because(error),
            Halt::Writing(error) => {
                Failure::world(format!("`{}` cannot be written", target.display())).because(error)
            }
        })?;
        if kept != (listed.bytes, listed.sha256.clone()) {
            return Err(bad(format!("`{path}` is not what the manifest says")));
        }
    }
    if let Some((path, _)) = missing.first_key_value() {
        return Err(bad(format!("`{path}` is missing in the backup")));
    }
    // An envelope is whole only once its end was read.
    let mut rest = tar.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(|error| cut_off("its end").because(error))?;
    Ok(manifest)
}

fn cut_off(what: &str) -> Failure {
    bad(format!("the backup was cut off or damaged: {what} cannot be read"))
}

fn read_manifest(entry: tar::Entry<'_, impl Read>) -> io::Result<Manifest> {
    if entry.path()?.as_os_str() != MANIFEST {
        return Err(io::Error::other("it does not begin with a manifest"));
    }
    let mut text = Vec::new();
    entry.take(MANIFEST_BYTES_MAX).read_to_end(&mut text)?;
    serde_json::from_slice(&text).map_err(io::Error::other)
}

fn write_new(target: &Path, from: &mut impl Read) -> Result<(u64, String), Halt> {
    if let Some(above) = target.parent() {
        fs::create_dir_all(above).map_err(Halt::Writing)?;
    }
    let mut file = File::create_new(target).map_err(Halt::Writing)?;
    let kept = copy(from, &mut file)?;
    file.sync_all().map_err(Halt::Writing)?;
    Ok(kept)
}
