//! What is kept of the evidence log outside the database: the signing key and the last checkpoint.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use watchfire_core::log::{Checkpoint, SignerKey, VerifierKey};
use watchfire_server::settings::Settings;
use watchfire_store::{LogHead, Seal, Tree};

use crate::exit::Failure;

/// A key file is at most so long, in bytes.
const KEY_BYTES_MAX: u64 = 4096;
/// Rights of others on a key file.
const OF_OTHERS: u32 = 0o077;

/// Reads the signing key, or `None` if there is no such file.
///
/// # Errors
/// A failure of the world if it cannot be read, is no key, or if others may read it.
pub(crate) fn read_key(file: &Path) -> Result<Option<SignerKey>, Failure> {
    let unusable = |problem: String| {
        Failure::world(format!("the log's key `{}` is not usable: {problem}", file.display()))
    };
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable("it cannot be looked at".to_owned()).because(error)),
    };
    let mode = metadata.permissions().mode();
    if mode & OF_OTHERS != 0 {
        return Err(unusable(format!("others may use it (mode {:o})", mode & 0o777))
            .hint(format!("`chmod 600 {}`", file.display())));
    }
    if metadata.len() > KEY_BYTES_MAX {
        return Err(unusable(format!("it is longer than {KEY_BYTES_MAX} bytes")));
    }
    let text = fs::read_to_string(file)
        .map_err(|error| unusable("it cannot be read".to_owned()).because(error))?;
    SignerKey::parse(text.trim()).map(Some).map_err(|error| unusable(error.to_string()))
}

/// Makes a new signing key and writes it to `file`, which must not be there yet, for the owner
/// alone.
///
/// # Errors
/// A failure of the world.
pub(crate) fn make_key(settings: &Settings) -> Result<SignerKey, Failure> {
    let file = settings.log_key_file();
    let cannot =
        || Failure::world(format!("the log's key cannot be written to `{}`", file.display()));
    let seed = watchfire_server::secret::random::<32>();
    let key = SignerKey::from_seed(&log_name(settings), &seed)
        .map_err(|error| Failure::world("the log's key has no usable name").because(error))?;
    let mut opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .map_err(|error| cannot().because(error))?;
    let text = format!("{}\n", key.to_secret_text());
    opened
        .write_all(text.as_bytes())
        .and_then(|()| opened.sync_all())
        .and_then(|()| sync_folder(&file))
        .map_err(|error| cannot().because(error))?;
    Ok(key)
}

/// The name of a new log: the host that people know, or a random one, since two logs must not
/// share a name.
fn log_name(settings: &Settings) -> String {
    let host = settings.public_url.as_deref().and_then(|url| {
        let host = url.split("://").nth(1)?.split(['/', '?', '#']).next()?;
        let plain = |sign: char| sign.is_ascii_alphanumeric() || ".-:[]".contains(sign);
        (!host.is_empty() && host.chars().all(plain)).then(|| host.to_ascii_lowercase())
    });
    let host = host.unwrap_or_else(|| {
        let bytes = watchfire_server::secret::random::<8>();
        format!("node-{}", watchfire_server::secret::hex(&bytes))
    });
    format!("{host}/log")
}

/// Makes the seal: signs with `key`, and keeps the newest checkpoint in the file of the settings.
pub(crate) fn seal(settings: &Settings, key: &SignerKey) -> Seal {
    let file = settings.checkpoint_file();
    let (key, verifier) = (key.clone(), key.verifier().clone());
    let origin = Checkpoint::internal_origin(key.verifier().name());
    let sign = move |head: &LogHead| {
        Checkpoint::new(&origin, head.size, head.root)
            .sign(&[&key])
            .expect("the name of a key is one line, which a checkpoint may have as its origin")
    };
    Seal::new(sign, move |head, note| keep_newest(&file, &verifier, head, note))
}

/// Keeps a note, unless the file holds one over a longer log already: nodes that share the file
/// may be halted for a while, and what they then bring is old.
fn keep_newest(file: &Path, key: &VerifierKey, head: &LogHead, note: &str) -> io::Result<()> {
    match outside_head(file, key) {
        Ok(Some(kept)) if kept.size > head.size => Ok(()),
        // What cannot be believed is not worth keeping.
        _ => write_whole(file, note.as_bytes()),
    }
}

/// Reads the head that the checkpoint file keeps, or `None` if there is no such file.
///
/// # Errors
/// A failure of the world if it cannot be read or is not signed by `key`.
pub(crate) fn outside_head(file: &Path, key: &VerifierKey) -> Result<Option<LogHead>, Failure> {
    let wrong =
        || Failure::world(format!("the checkpoint `{}` cannot be believed", file.display()));
    let note = match fs::read(file) {
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong().because(error)),
    };
    open_note(Tree::Internal, &note, key)
        .map(Some)
        .map_err(|error| wrong().because(error).hint("is it of another node, or of another key?"))
}

/// Verifies a note of one of the two trees and returns the head it is over.
pub(crate) fn open_note(
    tree: Tree,
    note: &[u8],
    key: &VerifierKey,
) -> Result<LogHead, watchfire_core::log::CheckpointError> {
    let origin = match tree {
        Tree::Public => key.name().to_owned(),
        Tree::Internal => Checkpoint::internal_origin(key.name()),
    };
    let checkpoint = Checkpoint::open(note, &[key], &origin)?;
    Ok(LogHead { size: checkpoint.size, root: checkpoint.root })
}

/// Replaces a file as a whole: after a crash it is the old one or the new one.
///
/// # Errors
/// What the disk says.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
    let mut new =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    fs::rename(&beside, file)?;
    sync_folder(file)
}

/// Syncs the folder of a file, without which a new name is not kept.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Makes a folder for the owner alone, with those above it, unless it is there.
///
/// # Errors
/// A failure of the world.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    if folder.is_dir() {
        return Ok(());
    }
    let cannot = |error| {
        Failure::world(format!("the data folder `{}` cannot be made", folder.display()))
            .because(error)
            .hint("name another with `--data`")
    };
    fs::create_dir_all(folder).map_err(cannot)?;
    fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(cannot)
}

/// The file of the embedded database.
pub(crate) fn database_file(settings: &Settings) -> PathBuf {
    settings.data.join("watchfire.db")
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchfire_core::log::Hash;

    fn settings(folder: &Path, public_url: Option<&str>) -> Settings {
        let public_url = public_url.map(str::to_owned);
        Settings { data: folder.to_owned(), public_url, ..Settings::default() }
    }

    #[test]
    fn a_key_is_for_its_owner_alone_and_never_made_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = settings(folder.path(), Some("https://Fire.example:8443/x"));
        let file = settings.log_key_file();
        assert!(read_key(&file).expect("no file is no failure").is_none());
        let made = make_key(&settings).expect("a key");
        assert_eq!(made.verifier().name(), "fire.example:8443/log");
        let read = read_key(&file).expect("readable").expect("there");
        assert_eq!(read.verifier(), made.verifier());
        assert!(make_key(&settings).is_err(), "a key in use is not written over");
        fs::set_permissions(&file, Permissions::from_mode(0o640)).expect("a mode");
        assert!(read_key(&file).is_err(), "the group may read it");
    }

    #[test]
    fn the_checkpoint_outside_is_believed_with_the_right_signature_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = settings(folder.path(), None);
        let key = make_key(&settings).expect("a key");
        let file = settings.checkpoint_file();
        assert_eq!(outside_head(&file, key.verifier()).expect("none yet"), None);
        let origin = Checkpoint::internal_origin(key.verifier().name());
        let note = Checkpoint::new(&origin, 3, Hash([9; 32])).sign(&[&key]).expect("a note");
        write_whole(&file, note.as_bytes()).expect("written");
        let head = outside_head(&file, key.verifier()).expect("signed").expect("there");
        assert_eq!(head, LogHead { size: 3, root: Hash([9; 32]) });
        let of = |size| {
            let head = LogHead { size, root: Hash([8; 32]) };
            let note = Checkpoint::new(&origin, head.size, head.root).sign(&[&key]);
            keep_newest(&file, key.verifier(), &head, &note.expect("a note")).expect("kept");
            outside_head(&file, key.verifier()).expect("signed").expect("there").size
        };
        assert_eq!((of(2), of(3), of(4)), (3, 3, 4), "an old head replaces no newer one");
        write_whole(&file, note.replace("\n3\n", "\n4\n").as_bytes()).expect("written");
        assert!(outside_head(&file, key.verifier()).is_err());
    }
}
