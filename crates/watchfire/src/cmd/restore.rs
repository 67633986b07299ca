//! `watchfire restore`: a backup into an empty folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use watchfire_core::log::VerifierKey;
use watchfire_server::settings::Settings;
use watchfire_store::{Store, StoreConfig};

use super::log::verify;
use crate::archive::{self, Manifest};
use crate::cli::{Opener, Restore};
use crate::envelope::{self, Key};
use crate::exit::{Exit, Failure};
use crate::open::{self, store_failure};
use crate::quarantine::{self, Quarantine};
use crate::{config, evidence, postgres, print};

pub(super) fn run(args: &Restore) -> Result<Exit, Failure> {
    let settings = config::read(&args.place)?;
    let Some(file) = &args.file else { return release(&settings) };
    must_be_empty(&settings.data)?;
    let folder = beside(&settings.data);
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).map_err(|error| cannot(above, error))?;
    }
    evidence::make_folder(&folder)?;
    let restored = fill(file, &args.opener, args.log_key.as_deref(), &settings, &folder)
        .and_then(|manifest| quarantined(&settings, &folder, manifest));
    let manifest = match restored {
        Ok(manifest) => manifest,
        Err(failure) => {
            fs::remove_dir_all(&folder).map_err(|error| cannot(&folder, error))?;
            return Err(failure);
        }
    };
    swap(&folder, &settings.data).map_err(|error| cannot(&settings.data, error))?;
    print::say(&format!(
        "restored {} entries of {}, verified; no notice leaves this node until \
         `watchfire restore --release` states that the old one is dead",
        manifest.log_size, manifest.taken_at
    ));
    if args.log_key.is_none() {
        print::say(&format!(
            "bring back the log's signing key as `{}` before the start",
            settings.log_key_file().display()
        ));
    }
    Ok(Exit::Done)
}

fn cannot(path: &Path, error: io::Error) -> Failure {
    Failure::world(format!("`{}` cannot be written", path.display())).because(error)
}

fn release(settings: &Settings) -> Result<Exit, Failure> {
    if quarantine::release(settings)? {
        print::say("notices leave this node from its next start on");
        return Ok(Exit::Done);
    }
    Err(Failure::request(format!("`{}` is not quarantined", settings.data.display())))
}

fn must_be_empty(folder: &Path) -> Result<(), Failure> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot(folder, error)),
    };
    if entries.next().is_none() {
        return Ok(());
    }
    Err(Failure::request(format!("`{}` is not empty", folder.display()))
        .hint("a backup is restored into a new folder only, so that nothing is written over"))
}

fn beside(data: &Path) -> PathBuf {
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    data.with_file_name(format!(".{name}.restoring-{}", std::process::id()))
}

/// Restores a backup into a folder that is gone afterwards, and into the PostgreSQL database
/// `into` if it is of one.
///
/// # Errors
/// As a restore.
pub(super) fn rehearse(
    settings: &Settings,
    file: &Path,
    opener: &Opener,
    into: Option<String>,
) -> Result<Manifest, Failure> {
    let beside = file.parent().filter(|above| !above.as_os_str().is_empty());
    let beside = beside.unwrap_or(Path::new("."));
    // On the disk of the backup, for its owner alone, since it is in the clear.
    let folder = tempfile::Builder::new().prefix(".rehearsal-").tempdir_in(beside);
    let folder = folder.map_err(|error| cannot(beside, error))?;
    let settings = Settings { database: into, ..settings.clone() };
    let manifest = fill(file, opener, None, &settings, folder.path())?;
    folder.close().map_err(|error| cannot(beside, error))?;
    Ok(manifest)
}

/// Puts the restored node into quarantine.
fn quarantined(
    settings: &Settings,
    folder: &Path,
    manifest: Manifest,
) -> Result<Manifest, Failure> {
    let inside = Settings { data: folder.to_owned(), ..settings.clone() };
    let Manifest { taken_at, log_size, .. } = manifest;
    quarantine::write(&inside, &Quarantine { taken_at, log_size, recorded: false })?;
    Ok(manifest)
}

/// Opens the backup and unpacks it.
fn unpacked(file: &Path, opener: &Opener, folder: &Path) -> Result<Manifest, Failure> {
    let key = match (&opener.identity, &opener.passphrase_file) {
        (Some(file), _) => Some(Key::identities(file)?),
        (None, Some(file)) => Some(Key::passphrase(file)?),
        (None, None) => None,
    };
    let (reader, was_closed) = envelope::open(file, key.as_ref())?;
    archive::unpack(reader, &file.display().to_string(), folder).map_err(|mut failure| {
        // An envelope that opens was a backup once.
        if was_closed && failure.exit == Exit::Request {
            failure.exit = Exit::No;
            failure.message = "the encrypted backup was cut off, changed or damaged".to_owned();
        }
        failure
    })
}

/// Unpacks and verifies everything in `folder`, before it becomes the data folder.
fn fill(
    file: &Path,
    opener: &Opener,
    log_key: Option<&Path>,
    settings: &Settings,
    folder: &Path,
) -> Result<Manifest, Failure> {
    let manifest = unpacked(file, opener, folder)?;
    let key = manifest.verify()?;
    if let Some(from) = log_key {
        let signer = evidence::read_key(from)?
            .ok_or_else(|| Failure::request(format!("there is no key `{}`", from.display())))?;
        if *signer.verifier() != key {
            return Err(Failure::request(format!(
                "`{}` is `{}`, and the log of the backup is by `{key}`",
                from.display(),
                signer.verifier()
            )));
        }
        let text = format!("{}\n", signer.to_secret_text());
        let target = folder.join("log.key");
        evidence::write_whole(&target, text.as_bytes()).map_err(|error| cannot(&target, error))?;
    }
    let inside = Settings { data: folder.to_owned(), ..settings.clone() };
    match (manifest.engine.as_str(), &settings.database) {
        ("sqlite", None) => {}
        ("postgres", Some(url)) => {
            let dump = folder.join("postgres.dump");
            postgres::restore(url, &dump)?;
            fs::remove_file(&dump).map_err(|error| cannot(&dump, error))?;
        }
        (engine, _) => {
            return Err(Failure::request(format!("the backup is of `{engine}`"))
                .hint("`--database` is for backups of PostgreSQL, and needed with them"));
        }
    }
    open::block_on(verify_log(&inside, &key, &manifest, &folder.join("checkpoint")))?;
    Ok(manifest)
}

/// Computes the restored log anew.
async fn verify_log(
    settings: &Settings,
    key: &VerifierKey,
    manifest: &Manifest,
    checkpoint: &Path,
) -> Result<(), Failure> {
    let config = StoreConfig::new(open::location(settings));
    let store = Store::open(&config).await.map_err(store_failure)?;
    let verdict = verify::of_store(&store, key, checkpoint).await;
    store.close().await;
    let verdict = verdict.map_err(store_failure)?;
    let as_written = verdict.size >= Some(manifest.log_size)
        && (verdict.size > Some(manifest.log_size)
            || verdict.root.as_ref() == Some(&manifest.log_root));
    if verdict.ok && as_written {
        return Ok(());
    }
    let problem = verdict.problem.unwrap_or_else(|| "it is not the log of the manifest".to_owned());
    let mut failure = Failure::request(format!("the log of the backup is not sound: {problem}"));
    failure.exit = Exit::No;
    Err(failure)
}

/// Makes `folder` the data folder, at once.
fn swap(folder: &Path, data: &Path) -> io::Result<()> {
    match fs::remove_dir(data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(folder, data)?;
    evidence::sync_folder(data)
}
