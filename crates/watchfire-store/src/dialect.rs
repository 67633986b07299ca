//! The two engines behind one door; every difference between them is in this room.
//!
//! Statements are one text for both, with `$1` parameters (`value.rs`); those that differ are in
//! `differing.rs`, and in `listed.rs` where they take a list. `connection.rs` runs them, `setting.rs` says what an engine must keep to, and
//! `failure.rs` sorts what drivers say.

mod connection;
pub(crate) mod differing;
mod failure;
pub(crate) mod listed;
mod setting;
mod value;

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::error::StoreError;

use connection::Held;
pub(crate) use connection::{Connection, Running};
pub(crate) use failure::{from_sqlx, is_taken};
pub use setting::EngineSetting;
pub(crate) use value::{Row, Value, params};

/// How long a statement waits for another process that holds the file.
const BUSY_SECONDS_MAX: u64 = 5;
/// How long anybody waits for a connection: a clock must not stall on a dead database.
const ACQUIRE_SECONDS_MAX: u64 = 2;
/// How long PostgreSQL may work on one statement.
const STATEMENT_MILLISECONDS_MAX: &str = "30000";
/// How long a transaction may stand still. A node that is halted in the middle of one holds the
/// head of the log, and the other nodes would wait for it; so the server ends it, and the node
/// finds out when it goes on.
const STANDSTILL_MILLISECONDS_MAX: &str = "5000";
/// Connections that read.
const READERS_MAX: u32 = 8;
/// Connections to PostgreSQL, of which appends use one.
const POSTGRES_CONNECTIONS_MAX: u32 = 12;

/// Where the memory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// An SQLite database in this file, made where there is none.
    File(PathBuf),
    /// A PostgreSQL database: `postgres://user:password@host:port/database`.
    Postgres(String),
}

/// Which engine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A statement: its name, and its text per engine, which is the same but for those made here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Statement {
    pub(crate) const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sqlite: sql, postgres: sql }
    }

    pub(crate) const fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// The pools of one engine.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    /// One connection writes; the others cannot.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens the pools; on SQLite the writer alone, since readers need a database that is there.
    pub(crate) async fn open_writer(location: &Location) -> Result<Self, StoreError> {
        match location {
            Location::File(path) => {
                let options = sqlite_options(path).create_if_missing(true);
                let writer = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(BUSY_SECONDS_MAX))
                    .idle_timeout(None)
                    .max_lifetime(None)
                    .connect_with(options)
                    .await
                    .map_err(from_sqlx)?;
                let readers = SqlitePoolOptions::new()
                    .max_connections(READERS_MAX)
                    .acquire_timeout(Duration::from_secs(BUSY_SECONDS_MAX))
                    .connect_lazy_with(sqlite_options(path).read_only(true));
                Ok(Self::Sqlite { writer, readers })
            }
            Location::Postgres(url) => {
                // The text of the error would repeat the password.
                let options = PgConnectOptions::from_str(url)
                    .map_err(|_| StoreError::Address("it is no PostgreSQL URL".to_owned()))?
                    .options([
                        ("statement_timeout", STATEMENT_MILLISECONDS_MAX),
                        ("idle_in_transaction_session_timeout", STANDSTILL_MILLISECONDS_MAX),
                    ]);
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS_MAX)
                    .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX))
                    .connect_with(options)
                    .await
                    .map_err(from_sqlx)?;
                Ok(Self::Postgres(pool))
            }
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Takes a connection that reads.
    pub(crate) fn reader(&self) -> Running<'_, Connection> {
        Box::pin(async move {
            let held = match self {
                Self::Sqlite { readers, .. } => readers.acquire().await.map(Held::Sqlite),
                Self::Postgres(pool) => pool.acquire().await.map(Held::Postgres),
            };
            Ok(Connection { held: held.map_err(from_sqlx)?, open: false })
        })
    }

    /// Takes a connection that writes.
    pub(crate) fn writer(&self) -> Running<'_, Connection> {
        Box::pin(async move {
            let held = match self {
                Self::Sqlite { writer, .. } => writer.acquire().await.map(Held::Sqlite),
                Self::Postgres(pool) => pool.acquire().await.map(Held::Postgres),
            };
            Ok(Connection { held: held.map_err(from_sqlx)?, open: false })
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL loses acknowledged commits in a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(BUSY_SECONDS_MAX))
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        // What a savepoint puts aside would stand in a file outside the data folder.
        .pragma("temp_store", "MEMORY")
}
