//! `watchfire serve`: the node.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::IsTerminal;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use watchfire_server::settings::Settings;
use watchfire_server::state::Node;
use watchfire_server::tls::Certificate;
use watchfire_server::worker::{Outbound, WorkerError, Workers};

use super::user;
use crate::cli::Serve;
use crate::exit::{Exit, Failure};
use crate::open::{self, store_failure};
use crate::{config, evidence, print, quarantine};

/// The environment variable that says what is told on stderr, as `tracing` filters it.
const LOG_FILTER: &str = "WATCHFIRE_LOG";
/// What is told where nobody says.
const LOG_FILTER_DEFAULT: &str = "info,sqlx=warn,hyper=warn,rustls=warn";

pub(super) fn run(args: &Serve) -> Result<Exit, Failure> {
    let mut settings = config::read(&args.place)?;
    if let Some(listen) = args.listen {
        settings.listen = listen;
    }
    config::check(&settings)?;
    if let Some(files) = &settings.tls {
        // Before anything is made: without it the node would begin, and answer nobody.
        Certificate::load(files).map_err(|error| {
            Failure::request("the certificate cannot be used")
                .because(error)
                .hint("`tls.certificate` and `tls.key` name PEM files: the chain, and its key")
        })?;
    }
    tell_on_stderr()?;
    // Embargoed matters must not reach a core dump.
    if let Err(problem) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(%problem, "core dumps could not be turned off");
    }
    open::block_on(serve(settings))
}

fn tell_on_stderr() -> Result<(), Failure> {
    let filter = std::env::var(LOG_FILTER).unwrap_or_else(|_| LOG_FILTER_DEFAULT.to_owned());
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::request(format!("`{LOG_FILTER}` cannot be read")).because(error)
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    Ok(())
}

async fn serve(mut settings: Settings) -> Result<Exit, Failure> {
    evidence::make_folder(&settings.data)?;
    let alone = lock(&settings)?;
    let cannot = |error| {
        Failure::world("the node cannot listen")
            .because(error)
            .hint("is another node running? name another address with `--listen`")
    };
    let listener = watchfire_server::serve::listen(settings.listen).await.map_err(cannot)?;
    settings.listen = listener.local_addr().map_err(|error| {
        Failure::world("the address of the node cannot be found").because(error)
    })?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}", settings.listen);
    let mut terminate = handler(SignalKind::terminate())?;
    let mut interrupt = handler(SignalKind::interrupt())?;

    if quarantine::read(&settings)?.is_some() {
        settings.heartbeat = None;
    }
    let node = open::node(settings).await?;
    let (stop, stopped) = watch::channel(false);
    let mut doors = {
        let (node, stopped) = (node.clone(), stopped.clone());
        tokio::spawn(async move { watchfire_server::serve::serve(&node, listener, stopped).await })
    };
    print::say(&format!("watchfire listens on {address}"));
    let began = begin(&node).await;

    let (workers, ended) = match began {
        Err(failure) => (None, Err(failure)),
        Ok(workers) => {
            let ended = tokio::select! {
                _ = terminate.recv() => Ok(()),
                _ = interrupt.recv() => Ok(()),
                done = &mut doors => Err(doors_closed(done)),
            };
            (Some(workers), ended)
        }
    };
    stop.send_replace(true);
    if !doors.is_finished()
        && let Err(problem) = doors.await
    {
        tracing::error!(%problem, "the doors closed in disorder");
    }
    if let Some(workers) = workers {
        workers.stop().await;
    }
    node.store().clone().close().await;
    drop(alone);
    ended.map(|()| Exit::Done)
}

/// Listens for a signal.
///
/// # Errors
/// A failure of the world.
pub(super) fn handler(kind: SignalKind) -> Result<tokio::signal::unix::Signal, Failure> {
    signal(kind).map_err(|error| Failure::world("signals cannot be received").because(error))
}

type Doors = Result<Result<(), watchfire_server::serve::ServeError>, tokio::task::JoinError>;

/// The doors never close by themselves.
fn doors_closed(done: Doors) -> Failure {
    let failure = Failure::world("the node answers no more");
    match done {
        Ok(Ok(())) => failure,
        Ok(Err(error)) => failure.because(error),
        Err(error) => failure.because(error),
    }
}

/// Keeps a second node away from an embedded database. Nodes on PostgreSQL are many.
fn lock(settings: &Settings) -> Result<Option<File>, Failure> {
    if settings.database.is_some() {
        return Ok(None);
    }
    let path = settings.data.join("lock");
    let cannot = || Failure::world(format!("`{}` cannot be locked", path.display()));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| cannot().because(error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::world(format!("a node runs on `{}` already", settings.data.display()))
                .hint("several nodes need PostgreSQL: `--database postgres://…`"))
        }
        Err(TryLockError::Error(error)) => Err(cannot().because(error)),
    }
}

/// Does what a start owes: a new node gets its first administrator, the start is recorded, and
/// the hands begin to work.
async fn begin(node: &Node) -> Result<Workers, Failure> {
    if node.store().is_new().await.map_err(store_failure)? {
        user::first_administrator(node).await?;
    }
    let outbound = match quarantine::read(node.settings())? {
        None => Outbound::Open,
        Some(quarantine) => {
            tracing::warn!(
                "this node was restored and no notice leaves it; once the old one is dead, say so \
                 with `watchfire restore --release` and start anew"
            );
            quarantine::record(node, &quarantine).await?;
            Outbound::Quarantined
        }
    };
    Workers::start(node, outbound).await.map_err(|error| match error {
        WorkerError::Store(error) => store_failure(error),
        WorkerError::Settings(error) => Failure::request(error.to_string()),
    })
}
