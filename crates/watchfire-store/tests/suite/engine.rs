//! Empty databases, and a look into them from beside the store.

use std::collections::BTreeMap;
use std::io::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use watchfire_store::{Location, Store, StoreConfig, random_bytes};

/// An empty database of its own for one test.
pub(crate) struct Engine {
    pub(crate) location: Location,
    _folder: Option<tempfile::TempDir>,
}

/// Returns an empty database of each engine.
pub(crate) async fn engines() -> Vec<Engine> {
    let folder = tempfile::tempdir().expect("a folder");
    let location = Location::File(folder.path().join("watchfire.db"));
    let mut engines = vec![Engine { location, _folder: Some(folder) }];
    match std::env::var("WATCHFIRE_TEST_POSTGRES") {
        Ok(url) => engines.push(postgres(&url).await),
        Err(_) => {
            // Around the capture of the test harness, so that it is always seen.
            let skipped = b"SKIPPED: no WATCHFIRE_TEST_POSTGRES\n";
            std::io::stderr().write_all(skipped).expect("standard error takes a line");
        }
    }
    engines
}

async fn postgres(url: &str) -> Engine {
    let suffix: String = random_bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
    let schema = format!("test_{suffix}");
    let mut connection = sqlx::PgConnection::connect(url).await.expect("PostgreSQL answers");
    let make = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    sqlx::raw_sql(make).execute(&mut connection).await.expect("a schema is made");
    let join = if url.contains('?') { '&' } else { '?' };
    let location = Location::Postgres(format!("{url}{join}options[search_path]={schema}"));
    Engine { location, _folder: None }
}

impl Engine {
    pub(crate) async fn open(&self) -> Store {
        Store::open(&StoreConfig::new(self.location.clone())).await.expect("the store opens")
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.location, Location::File(_))
    }

    /// Opens a connection beside the store's own.
    pub(crate) async fn beside(&self) -> Beside {
        match &self.location {
            Location::File(path) => {
                let url = format!("sqlite://{}", path.display());
                Beside::Sqlite(sqlx::SqliteConnection::connect(&url).await.expect("the file opens"))
            }
            Location::Postgres(url) => {
                Beside::Postgres(sqlx::PgConnection::connect(url).await.expect("it answers"))
            }
        }
    }
}

/// A connection that knows nothing of the store.
pub(crate) enum Beside {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
const POSTGRES_TABLES: &str = "SELECT table_name::text FROM information_schema.tables \
     WHERE table_schema = current_schema() ORDER BY 1";

impl Beside {
    /// Runs text that changes something.
    pub(crate) async fn run(&mut self, sql: &str) {
        let text = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(it) => sqlx::raw_sql(text).execute(it).await.map(|_| ()),
            Self::Postgres(it) => sqlx::raw_sql(text).execute(it).await.map(|_| ()),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Returns the first column of each row, as text.
    pub(crate) async fn texts(&mut self, sql: &str) -> Vec<String> {
        self.texts_at(sql, 0).await
    }

    /// Returns one column of each row, as text.
    pub(crate) async fn texts_at(&mut self, sql: &str, column: usize) -> Vec<String> {
        let text = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(it) => sqlx::query(text).fetch_all(it).await.map(|rows| {
                rows.iter().map(|row| row.get_unchecked::<String, _>(column)).collect()
            }),
            Self::Postgres(it) => sqlx::query(text)
                .fetch_all(it)
                .await
                .map(|rows| rows.iter().map(|row| row.get::<String, _>(column)).collect()),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub(crate) async fn tables(&mut self) -> Vec<String> {
        match self {
            Self::Sqlite(_) => self.texts(SQLITE_TABLES).await,
            Self::Postgres(_) => self.texts(POSTGRES_TABLES).await,
        }
    }

    /// Whether any of these tables differs from what was kept of it.
    pub(crate) async fn changed(&mut self, tables: &[&str]) -> bool {
        let mut changed = false;
        for table in tables {
            for (one, other) in [("", "kept_"), ("kept_", "")] {
                let differing = format!(
                    "SELECT 'x' FROM (SELECT * FROM {one}{table} EXCEPT SELECT * FROM {other}{table}) d"
                );
                changed |= !self.texts(&differing).await.is_empty();
            }
        }
        changed
    }

    /// Returns every row of every table, as text.
    pub(crate) async fn dump(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for table in self.tables().await {
            let sql = match self {
                Self::Postgres(_) => format!("SELECT t::text FROM {table} t ORDER BY 1"),
                Self::Sqlite(_) => {
                    let columns = format!(
                        "SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}') ORDER BY cid"
                    );
                    let columns = self.texts(&columns).await.join(" || '|' || ");
                    format!("SELECT {columns} FROM {table} ORDER BY 1")
                }
            };
            let rows = self.texts(&sql).await;
            dump.insert(table, rows);
        }
        dump
    }
}
