//! `watchfire backup`: one file with everything but the keys.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use watchfire_core::law::Lawbook;
use watchfire_server::clock::Clock;
use watchfire_server::settings::Settings;
use watchfire_server::state::Node;
use watchfire_store::policy::Write;
use watchfire_store::{Engine, Location, Store, StoreConfig, schema_version};

use super::log::verify;
use super::restore;
use crate::archive::{self, FORMAT, Manifest};
use crate::cli::Backup;
use crate::envelope::{self, Lock};
use crate::exit::{Exit, Failure};
use crate::open::{self, operator, store_failure};
use crate::{config, evidence, postgres, print};

/// Where it is kept when the last backup was taken; `doctor` reads it.
pub(super) const LAST: &str = "last-backup";

/// Where it is kept when a backup was last restored for practice; `doctor` reads it.
pub(super) const REHEARSED: &str = "last-rehearsal";

pub(super) fn run(args: &Backup) -> Result<Exit, Failure> {
    if let Some(file) = &args.make_key {
        print::say(&format!(
            "`{}` opens every backup for this recipient: keep it away from this machine",
            file.display()
        ));
        return print::data(&envelope::make_key(file)?).map(|()| Exit::Done);
    }
    let settings = config::read(&args.place)?;
    if let Some(file) = &args.rehearse {
        return rehearse(&settings, file, args);
    }
    let Some(out) = &args.out else {
        return Err(Failure::request("there is no file to write").hint("name it with `--out`"));
    };
    if args.opener.identity.is_some() {
        return Err(Failure::request("a secret key closes nothing")
            .hint("name its recipient with `--recipient`"));
    }
    let lock = match (&args.opener.passphrase_file, &args.recipients[..]) {
        (Some(file), _) => Some(Lock::passphrase(file)?),
        (None, []) => None,
        (None, typed) => Some(Lock::recipients(typed)?),
    };
    if out.exists() {
        return Err(Failure::request(format!("`{}` is there already", out.display()))
            .hint("a backup never replaces another; name a new file"));
    }
    open::block_on(async {
        let node = open::existing(settings).await?;
        let result = take(&node, args.place.config.as_deref(), out, lock.as_ref()).await;
        node.store().clone().close().await;
        result
    })
}

/// Restores a backup into a temporary folder, and notes that it could be.
fn rehearse(settings: &Settings, file: &Path, args: &Backup) -> Result<Exit, Failure> {
    let manifest = restore::rehearse(settings, file, &args.opener, args.into.clone())?;
    let note = settings.data.join(REHEARSED);
    if settings.data.is_dir() {
        let doubt_over = SignedDuration::from_secs(i64::from(settings.clock_doubt_seconds));
        let text = format!("{}\n", Clock::machine(None, doubt_over).now());
        evidence::write_whole(&note, text.as_bytes()).map_err(|error| {
            Failure::world(format!("`{}` cannot be written", note.display())).because(error)
        })?;
    }
    print::say(&format!(
        "the backup of {} can be restored: {} entries of the log, verified",
        manifest.taken_at, manifest.log_size
    ));
    Ok(Exit::Done)
}

async fn take(
    node: &Node,
    settings_file: Option<&Path>,
    out: &Path,
    lock: Option<&Lock>,
) -> Result<Exit, Failure> {
    let cannot = |what: &Path| {
        let message = format!("`{}` cannot be written", what.display());
        move |error: std::io::Error| Failure::world(message).because(error)
    };
    let folder = beside(out);
    evidence::make_folder(&folder)?;
    let made = fill(node, settings_file, &folder).await;
    let result = made.and_then(|manifest| {
        write(&manifest, &folder, out, lock).map_err(cannot(out))?;
        Ok(manifest)
    });
    fs::remove_dir_all(&folder).map_err(cannot(&folder))?;
    let manifest = result?;
    let last = node.settings().data.join(LAST);
    evidence::write_whole(&last, format!("{}\n", manifest.taken_at).as_bytes())
        .map_err(cannot(&last))?;
    print::say(&format!(
        "{} entries of the log, verified; the signing key `{}` is not in the backup: keep it apart",
        manifest.log_size,
        node.settings().log_key_file().display()
    ));
    if lock.is_none() {
        print::say(
            "the backup is not encrypted, and whoever reads it reads embargoed cases; \
             `--recipient` or `--passphrase-file` encrypts it",
        );
    }
    Ok(Exit::Done)
}

/// Writes the backup; what was begun and not ended is removed.
fn write(manifest: &Manifest, folder: &Path, out: &Path, lock: Option<&Lock>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out)?;
    let packed = match lock {
        None => archive::pack(manifest, folder, &mut file),
        Some(lock) => {
            let buffered = BufWriter::new(&mut file);
            lock.close(buffered, |mut out| archive::pack(manifest, folder, &mut out))
        }
    };
    let kept = packed.and_then(|()| file.sync_all()).and_then(|()| evidence::sync_folder(out));
    if kept.is_err() {
        fs::remove_file(out)?;
    }
    kept
}

/// The folder in which the parts are made, on the disk of the backup.
fn beside(out: &Path) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.{}", std::process::id()))
}

/// Makes the parts in `folder` and describes them.
async fn fill(
    node: &Node,
    settings_file: Option<&Path>,
    folder: &Path,
) -> Result<Manifest, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::world(format!("`{}` cannot be written", folder.display())).because(error)
    };
    let mut paths = Vec::new();
    // Before the database, so that the copy is never shorter than the checkpoint beside it.
    if let Ok(note) = fs::read(node.settings().checkpoint_file()) {
        fs::write(folder.join("checkpoint"), note).map_err(cannot)?;
        paths.push("checkpoint".to_owned());
    }
    let taken_at = node.now();
    let (engine, head) = match (node.store().engine(), &node.settings().database) {
        (Engine::Postgres, Some(url)) => {
            let head = verified(node.store(), node, &node.settings().checkpoint_file()).await?;
            postgres::dump(url, &folder.join("postgres.dump"))?;
            paths.push("postgres.dump".to_owned());
            ("postgres", head)
        }
        _ => {
            let head = copy_sqlite(node, folder).await?;
            paths.push("watchfire.db".to_owned());
            ("sqlite", head)
        }
    };
    if let Some(file) = settings_file {
        fs::write(folder.join("settings.toml"), config::without_secrets(file)?).map_err(cannot)?;
        paths.push("settings.toml".to_owned());
    }
    for (path, text) in laws(node)? {
        let target = folder.join(&path);
        fs::create_dir_all(target.parent().unwrap_or(folder)).map_err(cannot)?;
        fs::write(target, text).map_err(cannot)?;
        paths.push(path);
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        taken_at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: schema_version(),
        engine: engine.to_owned(),
        log_size: head.0,
        log_root: head.1,
        key: node.signer().verifier().to_string(),
        files: Vec::new(),
        tree: String::new(),
        note: String::new(),
    };
    manifest.seal(folder, &paths, node.signer())
}

/// The law packs with which the node starts, a file for each path: where declarations of the
/// program stand beside those of the folder, the folder's.
fn laws(node: &Node) -> Result<Vec<(String, String)>, Failure> {
    let named = |(path, text): (&str, &str)| (format!("laws/{path}"), text.to_owned());
    let Some(folder) = &node.settings().laws else {
        return Ok(Lawbook::builtin_files().iter().copied().map(named).collect());
    };
    let folder = super::packs::Folder::read(folder)?;
    let own = folder.to_files();
    let own: BTreeMap<&str, &str> = own.iter().collect();
    let together = folder.over_builtin();
    let one = |(path, text): &(&str, &str)| own.get(path).is_none_or(|theirs| theirs == text);
    Ok(together.iter().filter(one).map(named).collect())
}

/// Copies the embedded database in one state, and verifies the log of the copy.
async fn copy_sqlite(node: &Node, folder: &Path) -> Result<(u64, String), Failure> {
    let copy = folder.join("watchfire.db");
    let operator = operator();
    let grant = node.store().authorize_node::<Write>(&operator).await.map_err(store_failure)?;
    node.store().copy_to(&grant, &copy).await.map_err(store_failure)?;
    let config = StoreConfig::new(Location::File(copy.clone()));
    let store = Store::open(&config).await.map_err(store_failure)?;
    let head = verified(&store, node, &folder.join("checkpoint")).await;
    store.close().await;
    let synced = File::open(&copy).and_then(|file| file.sync_all());
    synced.map_err(|error| Failure::world("the copy cannot be synced").because(error))?;
    head
}

/// Computes the log of a store anew. Returns its size and root.
async fn verified(store: &Store, node: &Node, checkpoint: &Path) -> Result<(u64, String), Failure> {
    let key = node.signer().verifier();
    let verdict = verify::of_store(store, key, checkpoint).await.map_err(store_failure)?;
    match (verdict.ok, verdict.size, verdict.root) {
        (true, Some(size), Some(root)) => Ok((size, root)),
        _ => {
            let problem = verdict.problem.unwrap_or_default();
            let mut failure = Failure::request(format!("the log is not sound: {problem}"));
            failure.exit = Exit::No;
            Err(failure.hint("`watchfire log verify` says where; keep the data as it is"))
        }
    }
}
