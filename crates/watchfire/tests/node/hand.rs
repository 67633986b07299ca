//! Somebody with the rights of the database's keeper, who reads and writes around the node.

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

/// Where the hand reaches: `sqlite://FILE` or `postgres://…`.
pub(crate) struct Hand {
    url: String,
    runtime: tokio::runtime::Runtime,
}

impl Hand {
    pub(crate) fn on(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self { url: url.to_owned(), runtime: runtime.expect("a runtime") }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// Runs statements, which nothing stops, and returns how many rows they changed.
    pub(crate) fn run(&self, sql: &str) -> u64 {
        let unbound = if self.is_sqlite() {
            "PRAGMA foreign_keys = OFF"
        } else {
            "SET session_replication_role = replica"
        };
        let text = || sqlx::raw_sql(AssertSqlSafe(format!("{unbound}; {sql}")));
        let done = self.runtime.block_on(async {
            if self.is_sqlite() {
                let mut connection = SqliteConnection::connect(&self.url).await?;
                let done = text().execute(&mut connection).await?.rows_affected();
                connection.close().await?;
                return Ok::<_, sqlx::Error>(done);
            }
            let mut connection = PgConnection::connect(&self.url).await?;
            let done = text().execute(&mut connection).await?.rows_affected();
            connection.close().await?;
            Ok(done)
        });
        done.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Reads the first column of every row, which is a number.
    pub(crate) fn numbers(&self, sql: &str) -> Vec<i64> {
        let read: Result<_, sqlx::Error> = self.runtime.block_on(async {
            if self.is_sqlite() {
                let text = sqlx::query(AssertSqlSafe(sql.to_owned()));
                let mut connection = SqliteConnection::connect(&self.url).await?;
                let rows = text.fetch_all(&mut connection).await?;
                return rows.iter().map(|row| row.try_get(0)).collect();
            }
            let mut connection = PgConnection::connect(&self.url).await?;
            let text = sqlx::query(AssertSqlSafe(sql.to_owned()));
            let rows = text.fetch_all(&mut connection).await?;
            rows.iter().map(|row| row.try_get(0)).collect()
        });
        read.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}
