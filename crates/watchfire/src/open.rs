//! Opens the node on this machine: folder, key, database, laws, clock.

use std::sync::Arc;

use jiff::SignedDuration;
use rustix::fs::Mode;
use rustix::process::umask;
use watchfire_core::event::Service;
use watchfire_core::law::Lawbook;
use watchfire_core::log::SignerKey;
use watchfire_core::log::proof::verify_consistency;
use watchfire_server::clock::Clock;
use watchfire_server::error::Problem;
use watchfire_server::settings::Settings;
use watchfire_server::state::{Node, Parts};
use watchfire_store::policy::Read;
use watchfire_store::{Location, LogHead, Store, StoreConfig, StoreError, Tree, Viewer};

use crate::cli::{Laws, Place};
use crate::cmd::packs;
use crate::exit::{Exit, Failure};
use crate::{config, evidence};

/// Whoever types a command on the node's own machine.
pub(crate) fn operator() -> Viewer {
    Viewer::service(Service::Operator)
}

/// Runs asynchronous work to its end.
///
/// # Errors
/// What the work returns; a failure of the world if no threads can be started.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime
        .map_err(|error| Failure::world("no threads can be started").because(error))?
        .block_on(work)
}

/// Where the database of the settings is.
pub(crate) fn location(settings: &Settings) -> Location {
    match &settings.database {
        Some(url) => Location::Postgres(url.clone()),
        None => Location::File(evidence::database_file(settings)),
    }
}

/// What a failure of the store is to whoever typed the command.
pub(crate) fn store_failure(error: StoreError) -> Failure {
    let hint = match &error {
        StoreError::Unavailable(_) => "does the database run, and is its address right?",
        StoreError::SchemaNewer { .. } => "use the program that wrote it, or a later one",
        StoreError::SchemaChanged { .. } => "this is the database of another program",
        StoreError::StorageUnsafe(_) => "look at the disk, then start the node anew",
        StoreError::Setting { .. } => "set it in the database's own configuration",
        StoreError::Address(_) => "write `postgres://user@host:port/database`",
        _ => "`watchfire doctor` looks at everything a node needs",
    };
    let exit = match &error {
        StoreError::Address(_) => Exit::Request,
        _ => Exit::World,
    };
    let mut failure = Failure::world("the database cannot be used").because(error).hint(hint);
    failure.exit = exit;
    failure
}

/// What a refusal is to whoever typed the command.
pub(crate) fn refused(problem: &Problem) -> Failure {
    let failure = if problem.status().is_server_error() {
        Failure::world(problem.detail())
    } else {
        Failure::request(problem.detail())
    };
    failure.hint(problem.hint())
}

/// Opens the node: makes folder, key and database where there are none.
///
/// # Errors
/// A failure of the world: a key that is missing or open to others, a database that cannot be
/// opened, or one that was rolled back.
pub(crate) async fn node(settings: Settings) -> Result<Node, Failure> {
    // What is made from here on is for the owner alone.
    umask(Mode::from_raw_mode(0o077));
    evidence::make_folder(&settings.data)?;
    let law = lawbook(&settings)?;
    let signer = signing_key(&settings).await?;
    let seal = evidence::seal(&settings, &signer);
    let config = StoreConfig::new(location(&settings)).sealed(seal);
    let store = Store::open(&config).await.map_err(store_failure)?;
    refuse_rollback(&settings, &store, &signer).await?;
    let operator = operator();
    let grant = store.authorize_node::<Read>(&operator).await.map_err(store_failure)?;
    let watermark = store.watermark(&grant).await.map_err(store_failure)?;
    let doubt_over = SignedDuration::from_secs(i64::from(settings.clock_doubt_seconds));
    let clock = Clock::machine(None, doubt_over);
    // Asked first, so that the time that passed since the last start is no doubt.
    clock.now();
    clock.not_before(watermark);
    Ok(Node::new(Parts { settings, clock, store, law, signer }))
}

/// Opens a node that must have been begun, for a command that keeps it.
///
/// # Errors
/// As [`node`]; a failure of the request if there is no node at this place.
pub(crate) async fn existing(settings: Settings) -> Result<Node, Failure> {
    must_exist(&settings)?;
    node(settings).await
}

/// Opens the node at `place`, which must be there, does the work, and closes it.
///
/// # Errors
/// As [`existing`]; what the work returns.
pub(crate) fn at(
    place: &Place,
    work: impl AsyncFnOnce(&Node) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let settings = config::read(place)?;
    block_on(async {
        let node = existing(settings).await?;
        let result = work(&node).await;
        node.store().clone().close().await;
        result
    })
}

/// Checks that there is a node at this place, without making anything.
///
/// # Errors
/// A failure of the request.
pub(crate) fn must_exist(settings: &Settings) -> Result<(), Failure> {
    let file = evidence::database_file(settings);
    if settings.database.is_some() || file.is_file() {
        return Ok(());
    }
    Err(Failure::request(format!("there is no database `{}`", file.display()))
        .hint("name the node's data folder with `--data`, or its database with `--database`"))
}

/// Reads the law packs in use: the built-in ones, and those of the operator beside them.
fn lawbook(settings: &Settings) -> Result<Arc<Lawbook>, Failure> {
    let laws = Laws { folder: settings.laws.clone() };
    packs::lawbook(&laws).map(|book| Arc::new(book.into_owned()))
}

/// Reads the signing key, or makes it where the log has not begun.
async fn signing_key(settings: &Settings) -> Result<SignerKey, Failure> {
    let file = settings.log_key_file();
    if let Some(key) = evidence::read_key(&file)? {
        return Ok(key);
    }
    if settings.checkpoint_file().exists() || log_has_begun(settings).await? {
        return Err(Failure::world(format!(
            "the log has begun, but its signing key `{}` is missing",
            file.display()
        ))
        .hint("bring back the key; nodes that share a database share the key"));
    }
    evidence::make_key(settings)
}

/// Whether entries are there already, so that a new key would be of another log.
async fn log_has_begun(settings: &Settings) -> Result<bool, Failure> {
    if settings.database.is_none() && !evidence::database_file(settings).exists() {
        return Ok(false);
    }
    let config = StoreConfig::new(location(settings));
    let store = Store::open(&config).await.map_err(store_failure)?;
    let head = head(&store).await;
    store.close().await;
    Ok(head?.size > 0)
}

/// Reads the head of the internal log.
pub(crate) async fn head(store: &Store) -> Result<LogHead, Failure> {
    let operator = operator();
    let grant = store.authorize_log(&operator).await.map_err(store_failure)?;
    store.log_head(&grant, Tree::Internal).await.map_err(store_failure)
}

/// Refuses a database that is shorter than the checkpoint outside of it, or does not continue it:
/// it was rolled back, or is another one.
async fn refuse_rollback(
    settings: &Settings,
    store: &Store,
    signer: &SignerKey,
) -> Result<(), Failure> {
    let file = settings.checkpoint_file();
    let Some(kept) = evidence::outside_head(&file, signer.verifier())? else { return Ok(()) };
    let head = head(store).await?;
    let rolled_back = |how: String| {
        Failure::world(format!("the database is not the one that `{}` speaks of: {how}", file.display()))
            .hint("it was rolled back or exchanged; bring back the newest, or `watchfire restore` a backup into a new folder")
    };
    if head.size < kept.size {
        return Err(rolled_back(format!(
            "the log had {} entries and has {}",
            kept.size, head.size
        )));
    }
    let operator = operator();
    let grant = store.authorize_log(&operator).await.map_err(store_failure)?;
    let proof = store
        .consistency_proof(&grant, Tree::Internal, kept.size, head.size)
        .await
        .map_err(store_failure)?;
    verify_consistency(kept.size, head.size, &proof, &kept.root, &head.root)
        .map_err(|error| rolled_back(format!("entries before {} differ", kept.size)).because(error))
}
