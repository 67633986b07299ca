//! `watchfire log verify`: computes the evidence log anew.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use serde::Serialize;
use watchfire_core::log::VerifierKey;
use watchfire_core::log::bundle::{self, BundleError, DOCUMENT_BYTES_MAX};
use watchfire_server::settings::Settings;
use watchfire_store::policy::Write;
use watchfire_store::{AuditReport, LogHead, Store, StoreConfig, StoreError, Tree};

use crate::cli::LogVerify;
use crate::exit::{Exit, Failure};
use crate::open::{self, operator, store_failure};
use crate::{config, evidence, print};

/// How often the sign of work turns.
const TURN_EVERY: Duration = Duration::from_millis(120);

/// What is said of a log.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    /// Whether it says what it always said.
    pub(crate) ok: bool,
    /// How many entries the log has, as far as it could be read.
    pub(crate) size: Option<u64>,
    /// The root over them, in base64.
    pub(crate) root: Option<String>,
    /// The first bad index.
    pub(crate) first_bad: Option<u64>,
    /// What is wrong.
    pub(crate) problem: Option<String>,
}

impl Verdict {
    fn sound(head: &LogHead) -> Self {
        let (size, root) = (Some(head.size), Some(head.root.to_string()));
        Self { ok: true, size, root, first_bad: None, problem: None }
    }

    fn tampered(head: Option<&LogHead>, first_bad: Option<u64>, problem: String) -> Self {
        let size = head.map(|head| head.size);
        let root = head.map(|head| head.root.to_string());
        Self { ok: false, size, root, first_bad, problem: Some(problem) }
    }
}

pub(super) fn run(args: &LogVerify) -> Result<Exit, Failure> {
    let key = args.key.as_deref().map(VerifierKey::parse).transpose().map_err(|error| {
        Failure::request("`--key` is not a verifier key").because(error).hint("`name+id+base64`")
    })?;
    let verdict = match &args.bundle {
        Some(file) => of_bundle(file, key.as_ref())?,
        None => {
            let settings = config::read(&args.place)?;
            open::must_exist(&settings)?;
            let key = match key {
                Some(key) => key,
                None => own_key(&settings)?,
            };
            open::block_on(of_node(&settings, &key))?
        }
    };
    tell(&verdict, args.json)?;
    Ok(if verdict.ok { Exit::Done } else { Exit::No })
}

/// The public part of the node's own key.
fn own_key(settings: &Settings) -> Result<VerifierKey, Failure> {
    let file = settings.log_key_file();
    let key = evidence::read_key(&file)?.ok_or_else(|| {
        Failure::request(format!("there is no key `{}`", file.display()))
            .hint("name the log's verifier key with `--key`")
    })?;
    Ok(key.verifier().clone())
}

fn tell(verdict: &Verdict, json: bool) -> Result<(), Failure> {
    if json {
        return print::json(verdict);
    }
    let of = match (verdict.size, &verdict.root) {
        (Some(size), Some(root)) => format!("{size} entries, root {root}"),
        _ => "the log could not be read to its end".to_owned(),
    };
    match (&verdict.problem, verdict.first_bad) {
        (None, _) => print::data(&format!("sound: {of}")),
        (Some(problem), None) => print::data(&format!("tampered with: {problem}\n{of}")),
        (Some(problem), Some(index)) => {
            print::data(&format!("tampered with, first bad index {index}: {problem}\n{of}"))
        }
    }
}

/// Verifies a bundle, which brings everything with it.
fn of_bundle(path: &Path, expected: Option<&VerifierKey>) -> Result<Verdict, Failure> {
    let cannot = |error: io::Error| {
        Failure::request(format!("the bundle `{}` cannot be read", path.display())).because(error)
    };
    let mut document = Vec::new();
    let limit = DOCUMENT_BYTES_MAX as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut document))
        .map_err(cannot)?;
    match bundle::verify(&document, expected) {
        Ok(verified) => {
            if !verified.key_expected {
                print::say(&format!(
                    "the bundle agrees with itself and is by the key `{}`; compare it with the \
                     key that its node publishes, or give that with `--key`",
                    verified.bundle.key
                ));
            }
            let checkpoint = verified.checkpoint;
            Ok(Verdict::sound(&LogHead { size: checkpoint.size, root: checkpoint.root }))
        }
        Err(BundleError::Tampered(tampered)) => {
            Ok(Verdict::tampered(None, tampered.first_bad, tampered.what))
        }
        Err(BundleError::Form(error)) => {
            let message = format!("`{}` is not a bundle", path.display());
            Err(Failure::request(message).because(error))
        }
    }
}

/// How every SQLite database begins (sqlite.org/fileformat2.html, section 1.3).
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Whether the file is a database at all, so that verifying it makes no new one of it.
fn is_database(file: &Path) -> bool {
    let mut begin = [0; 16];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && &begin == SQLITE_HEADER
}

async fn of_node(settings: &Settings, key: &VerifierKey) -> Result<Verdict, Failure> {
    let file = evidence::database_file(settings);
    if settings.database.is_none() && !is_database(&file) {
        return Err(Failure::request(format!("`{}` is not a database", file.display())));
    }
    let config = StoreConfig::new(open::location(settings));
    let store = match Store::open(&config).await {
        Ok(store) => store,
        Err(error) => return unreadable(settings, error),
    };
    let verdict = of_store(&store, key, &settings.checkpoint_file()).await;
    store.close().await;
    match verdict {
        Ok(verdict) => Ok(verdict),
        Err(error) => unreadable(settings, error),
    }
}

/// What cannot be read as what it should be was changed by hand; a file that is no database is a
/// wrong request.
fn unreadable(settings: &Settings, error: StoreError) -> Result<Verdict, Failure> {
    match error {
        StoreError::Corrupt { .. } | StoreError::Encoding(_) => {
            Ok(Verdict::tampered(None, None, error.to_string()))
        }
        StoreError::Database(_) if settings.database.is_none() => {
            let file = evidence::database_file(settings);
            let message = format!("`{}` cannot be read as a database", file.display());
            Err(Failure::request(message).because(error))
        }
        other => Err(store_failure(other)),
    }
}

/// Audits a store against its own copies, its checkpoints, and the checkpoint file outside.
///
/// # Errors
/// Failures of the database.
pub(crate) async fn of_store(
    store: &Store,
    key: &VerifierKey,
    checkpoint: &Path,
) -> Result<Verdict, StoreError> {
    let grant = store.authorize_node::<Write>(&operator()).await?;
    let outside = match outside(checkpoint, key) {
        Ok(heads) => heads,
        Err(problem) => return Ok(Verdict::tampered(None, None, problem)),
    };
    let working = ProgressBar::new_spinner().with_message("computing the log anew");
    working.enable_steady_tick(TURN_EVERY);
    let known = key.clone();
    let open =
        move |tree: Tree, note: &str| evidence::open_note(tree, note.as_bytes(), &known).ok();
    let report = store.audit(&grant, &outside, &open).await;
    working.finish_and_clear();
    let head = read_head(store).await.ok();
    Ok(match report? {
        AuditReport::Sound(audited) => {
            Verdict::sound(&LogHead { size: audited.size, root: audited.root })
        }
        AuditReport::Tampered(finding) => {
            let problem = finding.problem.to_string();
            Verdict::tampered(head.as_ref(), Some(finding.first_bad), problem)
        }
        AuditReport::BadNote(note) => {
            let tree = match note.tree {
                Tree::Internal => "internal",
                Tree::Public => "public",
            };
            let problem = format!(
                "the {tree} checkpoint of size {} is not signed by `{}`, or says another thing \
                 than its row",
                note.size,
                key.name()
            );
            Verdict::tampered(head.as_ref(), None, problem)
        }
    })
}

async fn read_head(store: &Store) -> Result<LogHead, StoreError> {
    let grant = store.authorize_log(&operator()).await?;
    store.log_head(&grant, Tree::Internal).await
}

/// Reads the head that is kept outside the database.
fn outside(file: &Path, key: &VerifierKey) -> Result<Vec<LogHead>, String> {
    let cannot = |problem: String| {
        format!("the checkpoint `{}` cannot be believed: {problem}", file.display())
    };
    match fs::read(file) {
        Ok(note) => evidence::open_note(Tree::Internal, &note, key)
            .map(|head| vec![head])
            .map_err(|error| cannot(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            print::say(&format!(
                "there is no checkpoint `{}`: whether the database was rolled back cannot be told",
                file.display()
            ));
            Ok(Vec::new())
        }
        Err(error) => Err(cannot(error.to_string())),
    }
}
