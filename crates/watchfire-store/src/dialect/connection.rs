//! A connection, the statements that run on it, and its one transaction.

use std::pin::Pin;

use sqlx::pool::PoolConnection;
use sqlx::{Executor as _, Postgres, Sqlite};

use super::failure::{from_sqlx, told};
use super::value::{postgres_arguments, sqlite_arguments};
use super::{Engine, Row, Statement, Value, params};
use crate::error::StoreError;

/// Number of the transaction-scoped lock under which PostgreSQL is migrated.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7310868735422162533)";

/// What a driver does, behind one pointer. By value the drivers' states would be written into every
/// function that asks something, and would be a third of the program.
pub(crate) type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A connection of one of the pools.
pub(super) enum Held {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A connection taken from a pool, with at most one transaction open on it.
pub(crate) struct Connection {
    pub(super) held: Held,
    pub(super) open: bool,
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
    pub(crate) fn execute<'c>(
        &'c mut self,
        statement: &'c Statement,
        params: Vec<Value>,
    ) -> Running<'c, u64> {
        Box::pin(async move {
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
        })
    }

    /// Runs a statement and returns its rows; the statement carries the limit.
    pub(crate) fn all<'c>(
        &'c mut self,
        statement: &'c Statement,
        params: Vec<Value>,
    ) -> Running<'c, Vec<Row>> {
        Box::pin(async move {
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
        })
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
    pub(crate) fn run(&mut self, sql: &'static str) -> Running<'_, ()> {
        Box::pin(async move {
            match &mut self.held {
                Held::Sqlite(held) => held.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
                Held::Postgres(held) => held.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
            }
            .map_err(from_sqlx)
        })
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
}
