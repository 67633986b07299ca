//! The two engines behind one door; every difference between them is in this file.
//!
//! Statements are one text for both, with `$1` parameters. The values they take and give are
//! 64-bit numbers, texts, bytes and truth values; instants are microseconds since 1970 in UTC.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{Arguments as _, Executor as _, Postgres, Row as _, Sqlite};

use crate::error::StoreError;

/// Older versions can lose committed writes (the WAL-reset defect).
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
const SQLITE_VERSION_MIN_TEXT: &str = "3.51.3";
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
/// Number of the transaction-scoped lock under which PostgreSQL is migrated.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7310868735422162533)";

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

/// The statements whose text differs.
pub(crate) mod differing {
    use super::Statement;

    /// Reads the head of the log; on PostgreSQL it locks the row, so that the log stays linear
    /// over several nodes. On SQLite the one writer has the file already.
    pub(crate) const HEAD_FOR_UPDATE: Statement = Statement {
        name: "HEAD_FOR_UPDATE",
        sqlite: "SELECT size, frontier, recorded_at FROM log_heads WHERE tree = $1",
        postgres: "SELECT size, frontier, recorded_at FROM log_heads WHERE tree = $1 FOR UPDATE",
    };

    /// Takes notices that may be sent now, under a lease; two senders never take the same.
    pub(crate) const CLAIM_NOTICES: Statement = Statement {
        name: "CLAIM_NOTICES",
        sqlite: "UPDATE outbox SET state = 'sending', attempts = attempts + 1, \
                 next_try_at = $2, lease = $4 WHERE (id, channel) IN (\
                 SELECT id, channel FROM outbox WHERE next_try_at <= $1 \
                 ORDER BY next_try_at, id, channel LIMIT $3)",
        postgres: "UPDATE outbox SET state = 'sending', attempts = attempts + 1, \
                 next_try_at = $2, lease = $4 WHERE (id, channel) IN (\
                 SELECT id, channel FROM outbox WHERE next_try_at <= $1 \
                 ORDER BY next_try_at, id, channel LIMIT $3 FOR UPDATE SKIP LOCKED)",
    };

    #[cfg(test)]
    pub(crate) const ALL: &[Statement] = &[HEAD_FOR_UPDATE, CLAIM_NOTICES];
}

/// A value of a parameter. An absent value keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Bool(bool),
}

macro_rules! value_from {
    ($($from:ty, |$it:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $to
            }
        }
    )*};
}

value_from! {
    i64, |it| Self::Int(Some(it));
    Option<i64>, |it| Self::Int(it);
    Timestamp, |it| Self::Int(Some(it.as_microsecond()));
    Option<Timestamp>, |it| Self::Int(it.map(Timestamp::as_microsecond));
    bool, |it| Self::Bool(it);
    &str, |it| Self::Text(Some(it.to_owned()));
    String, |it| Self::Text(Some(it));
    Option<&str>, |it| Self::Text(it.map(str::to_owned));
    Option<String>, |it| Self::Text(it);
    &[u8], |it| Self::Bytes(Some(it.to_vec()));
    &[u8; 32], |it| Self::Bytes(Some(it.to_vec()));
    Vec<u8>, |it| Self::Bytes(Some(it));
    Option<Vec<u8>>, |it| Self::Bytes(it);
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::dialect::Value::from($value)),*]
    };
}
pub(crate) use params;

/// A row that was read.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, column: &str) -> Result<$type, StoreError> {
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            }
            .map_err(refused)
        }
    };
}

impl Row {
    read!(int, i64);
    read!(int_or_none, Option<i64>);
    read!(text, String);
    read!(text_or_none, Option<String>);
    read!(bytes, Vec<u8>);
    read!(bytes_or_none, Option<Vec<u8>>);
    read!(bool, bool);

    /// Reads microseconds since 1970 as an instant.
    pub(crate) fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(self.int(column)?)
            .map_err(|_| StoreError::Corrupt { what: column })
    }

    /// Reads an instant, or its absence.
    pub(crate) fn instant_or_none(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        match self.int_or_none(column)? {
            None => Ok(None),
            Some(_) => self.instant(column).map(Some),
        }
    }

    /// Reads a number that is never negative.
    pub(crate) fn natural(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt { what: column })
    }

    /// Reads an id, or whatever is written as text and can be wrong.
    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Corrupt { what: column })
    }

    /// Reads an id, or its absence.
    pub(crate) fn parsed_or_none<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text = self.text_or_none(column)?;
        text.map(|text| text.parse().map_err(|_| StoreError::Corrupt { what: column })).transpose()
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
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        let held = match self {
            Self::Sqlite { readers, .. } => readers.acquire().await.map(Held::Sqlite),
            Self::Postgres(pool) => pool.acquire().await.map(Held::Postgres),
        };
        Ok(Connection { held: held.map_err(from_sqlx)?, open: false })
    }

    /// Takes a connection that writes.
    pub(crate) async fn writer(&self) -> Result<Connection, StoreError> {
        let held = match self {
            Self::Sqlite { writer, .. } => writer.acquire().await.map(Held::Sqlite),
            Self::Postgres(pool) => pool.acquire().await.map(Held::Postgres),
        };
        Ok(Connection { held: held.map_err(from_sqlx)?, open: false })
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
}

enum Held {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A connection taken from a pool, with at most one transaction open on it.
pub(crate) struct Connection {
    held: Held,
    open: bool,
}

impl Drop for Connection {
    /// A connection with a half-done transaction must not go back into the pool.
    fn drop(&mut self) {
        if self.open {
            match &mut self.held {
                Held::Sqlite(held) => held.close_on_drop(),
                Held::Postgres(held) => held.close_on_drop(),
            }
        }
    }
}

impl Connection {
    pub(crate) fn engine(&self) -> Engine {
        match self.held {
            Held::Sqlite(_) => Engine::Sqlite,
            Held::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn execute(
        &mut self,
        statement: &Statement,
        params: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let sql = statement.text(self.engine());
        match &mut self.held {
            Held::Sqlite(held) => sqlx::query_with(sql, sqlite_arguments(params)?)
                .execute(&mut **held)
                .await
                .map(|done| done.rows_affected()),
            Held::Postgres(held) => sqlx::query_with(sql, postgres_arguments(params)?)
                .execute(&mut **held)
                .await
                .map(|done| done.rows_affected()),
        }
        .map_err(|error| told(statement, from_sqlx(error)))
    }

    /// Runs a statement and returns its rows; the statement carries the limit.
    pub(crate) async fn all(
        &mut self,
        statement: &Statement,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = statement.text(self.engine());
        let rows = match &mut self.held {
            Held::Sqlite(held) => {
                let arguments = sqlite_arguments(params)?;
                let rows = sqlx::query_with(sql, arguments).fetch_all(&mut **held).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Held::Postgres(held) => {
                let arguments = postgres_arguments(params)?;
                let rows = sqlx::query_with(sql, arguments).fetch_all(&mut **held).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        rows.map_err(|error| told(statement, from_sqlx(error)))
    }

    /// Runs a statement and returns its first row, if it has one.
    pub(crate) async fn optional(
        &mut self,
        statement: &Statement,
        params: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(statement, params).await?.into_iter().next())
    }

    /// Runs text without parameters, which may be several statements.
    pub(crate) async fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match &mut self.held {
            Held::Sqlite(held) => held.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
            Held::Postgres(held) => held.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
        }
        .map_err(from_sqlx)
    }

    /// Opens a transaction; on SQLite it takes the write lock at once.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        self.open = true;
        match self.engine() {
            Engine::Sqlite => self.run("BEGIN IMMEDIATE").await,
            Engine::Postgres => self.run("BEGIN").await,
        }
    }

    /// Opens a transaction that reads one state of the whole database, whatever is written.
    pub(crate) async fn snapshot(&mut self) -> Result<(), StoreError> {
        self.open = true;
        match self.engine() {
            Engine::Sqlite => self.run("BEGIN").await,
            Engine::Postgres => self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await,
        }
    }

    /// Commits.
    ///
    /// # Errors
    /// [`StoreError::OutcomeUnknown`] if the connection was lost meanwhile,
    /// [`StoreError::StorageUnsafe`] if SQLite could not make it durable. Anything else did not
    /// happen.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        match self.run("COMMIT").await {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(StoreError::Unavailable(_)) => Err(StoreError::OutcomeUnknown),
            Err(StoreError::Database(error)) if self.engine() == Engine::Sqlite => {
                Err(StoreError::StorageUnsafe(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn rollback(&mut self) -> Result<(), StoreError> {
        self.run("ROLLBACK").await?;
        self.open = false;
        Ok(())
    }

    /// Copies the whole database into a new file, in one state.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] on PostgreSQL, which has tools of its own for that.
    pub(crate) async fn copy_to(&mut self, path: &str) -> Result<(), StoreError> {
        if self.engine() == Engine::Postgres {
            return Err(StoreError::Misuse("PostgreSQL is copied with `pg_dump`"));
        }
        let copy = Statement::new("COPY", "VACUUM INTO $1");
        self.execute(&copy, params![path]).await.map(|_| ())
    }

    /// Waits until nobody else migrates; the lock ends with the transaction.
    pub(crate) async fn lock_for_migration(&mut self) -> Result<(), StoreError> {
        match self.engine() {
            // `BEGIN IMMEDIATE` has the lock already.
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self.run(MIGRATION_LOCK).await,
        }
    }

    /// Asks the server to check a statement without running it.
    #[cfg(test)]
    pub(crate) async fn prepare(&mut self, statement: &Statement) -> Result<(), sqlx::Error> {
        use sqlx::SqlSafeStr as _;
        let sql = statement.text(self.engine()).into_sql_str();
        match &mut self.held {
            Held::Sqlite(held) => held.prepare(sql).await.map(|_| ()),
            Held::Postgres(held) => held.prepare(sql).await.map(|_| ()),
        }
    }

    /// Checks that the engine is one that keeps what it acknowledges.
    ///
    /// # Errors
    /// [`StoreError::EngineTooOld`], [`StoreError::Setting`].
    pub(crate) async fn check_engine(&mut self) -> Result<(), StoreError> {
        if self.engine() == Engine::Postgres {
            return Ok(());
        }
        let version = self.setting("SELECT sqlite_version()").await?;
        if version_number(&version) < Some(SQLITE_VERSION_MIN) {
            return Err(StoreError::EngineTooOld {
                found: version,
                needed: SQLITE_VERSION_MIN_TEXT,
            });
        }
        let settings = self.settings().await?;
        match settings.into_iter().find(|setting| !setting.is_safe()) {
            None => Ok(()),
            Some(EngineSetting { name, found, safe }) => {
                Err(StoreError::Setting { setting: name, found, wanted: safe[0] })
            }
        }
    }

    /// Reads back the settings that durability and safety rest on.
    pub(crate) async fn settings(&mut self) -> Result<Vec<EngineSetting>, StoreError> {
        let list = match self.engine() {
            Engine::Sqlite => SQLITE_SETTINGS,
            Engine::Postgres => POSTGRES_SETTINGS,
        };
        let mut settings = Vec::with_capacity(list.len());
        for (name, sql, safe) in list {
            settings.push(EngineSetting { name, found: self.setting(sql).await?, safe });
        }
        Ok(settings)
    }

    async fn setting(&mut self, sql: &'static str) -> Result<String, StoreError> {
        let rows = self.all(&Statement::new("SETTING", sql), Vec::new()).await?;
        match rows.first() {
            Some(Row::Sqlite(row)) => row.try_get_unchecked(0).map_err(refused),
            Some(Row::Postgres(row)) => row.try_get(0).map_err(refused),
            None => Err(StoreError::Corrupt { what: "setting" }),
        }
    }
}

type SettingRow = (&'static str, &'static str, &'static [&'static str]);

/// Settings of the SQLite connection that writes, read back after they were made.
const SQLITE_SETTINGS: &[SettingRow] = &[
    ("journal_mode", "PRAGMA journal_mode", &["wal"]),
    ("synchronous", "PRAGMA synchronous", &["2"]),
    ("secure_delete", "PRAGMA secure_delete", &["1"]),
    ("trusted_schema", "PRAGMA trusted_schema", &["0"]),
    ("cell_size_check", "PRAGMA cell_size_check", &["1"]),
    ("foreign_keys", "PRAGMA foreign_keys", &["1"]),
];

/// Settings of the PostgreSQL server, which are its keeper's to make.
const POSTGRES_SETTINGS: &[SettingRow] = &[
    ("fsync", "SELECT current_setting('fsync')", &["on"]),
    ("full_page_writes", "SELECT current_setting('full_page_writes')", &["on"]),
    ("synchronous_commit", "SELECT current_setting('synchronous_commit')", &["on", "remote_apply"]),
    ("data_checksums", "SELECT current_setting('data_checksums')", &["on"]),
];

/// A setting of the engine that durability or safety rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineSetting {
    pub name: &'static str,
    pub found: String,
    /// The values with which it is safe.
    pub safe: &'static [&'static str],
}

impl EngineSetting {
    /// Returns whether it is as it should be.
    pub fn is_safe(&self) -> bool {
        self.safe.contains(&self.found.as_str())
    }
}

fn version_number(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(str::parse);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch))) => Some((major, minor, patch)),
        _ => None,
    }
}

fn sqlite_arguments(params: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for param in params {
        match param {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Bool(value) => arguments.add(value),
        }
        .map_err(|error| refused(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

fn postgres_arguments(params: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for param in params {
        match param {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Bool(value) => arguments.add(value),
        }
        .map_err(|error| refused(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

/// Sorts an error of the driver: the storage failed, the database is away, or it refused.
pub(crate) fn from_sqlx(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            if storage_failed(&code) {
                return StoreError::StorageUnsafe(error.to_string());
            }
            if server_is_leaving(&code) {
                return StoreError::Unavailable(Arc::new(error));
            }
            refused(error)
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(Arc::new(error)),
        _ => refused(error),
    }
}

/// Tells the operational log which statement failed; never with its values.
fn told(statement: &Statement, error: StoreError) -> StoreError {
    tracing::debug!(statement = statement.name, %error, "a statement failed");
    error
}

fn refused(error: sqlx::Error) -> StoreError {
    StoreError::Database(Arc::new(error))
}

/// SQLite reports numbers: IOERR 10, CORRUPT 11, FULL 13, NOTADB 26, with details in the upper
/// bytes. PostgreSQL reports five signs: class 58 is a failure of its system, XX its own defect.
fn storage_failed(code: &str) -> bool {
    if code.len() == 5 {
        return code.starts_with("58") || code.starts_with("XX") || code == "53100";
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 10 | 11 | 13 | 26))
}

/// PostgreSQL: class 08 is the connection, 57P is a shutdown, 53300 is too many connections,
/// 25006 a standby, 25P03 a transaction that stood still, 57014 a statement that took too long,
/// 40001 and 40P01 a lost race. SQLite: BUSY 5, LOCKED 6.
fn server_is_leaving(code: &str) -> bool {
    if code.len() == 5 {
        let classes = ["08", "57P"].iter().any(|class| code.starts_with(class));
        let others = ["53300", "25006", "25P03", "40001", "40P01", "57014"];
        return classes || others.contains(&code);
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6))
}

/// Returns whether a refusal says that a row with this key is there already.
pub(crate) fn is_taken(error: &StoreError) -> bool {
    match error {
        StoreError::Database(error) => match &**error {
            sqlx::Error::Database(refusal) => refusal.is_unique_violation(),
            _ => false,
        },
        _ => false,
    }
}
