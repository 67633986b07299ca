//! The engines that tests run on: SQLite always, PostgreSQL where it is told of.

use std::io::Write as _;

use crate::config::StoreConfig;
use crate::dialect::Location;
use crate::store::Store;

/// An empty database of one engine, of its own for each test.
pub(crate) struct TestEngine {
    pub(crate) config: StoreConfig,
    /// Held until the test ends.
    _folder: Option<tempfile::TempDir>,
}

impl TestEngine {
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.config).await.expect("the store answers")
    }
}

/// Returns an empty database of each engine.
pub(crate) async fn engines() -> Vec<TestEngine> {
    let folder = tempfile::tempdir().expect("the store answers");
    let location = Location::File(folder.path().join("watchfire.db"));
    let mut engines =
        vec![TestEngine { config: StoreConfig::new(location), _folder: Some(folder) }];
    match std::env::var("WATCHFIRE_TEST_POSTGRES") {
        Ok(url) => engines.push(postgres(&url).await),
        Err(_) => {
            // Around the capture of the test harness, so that it is always seen.
            let mut stderr = std::io::stderr();
            stderr.write_all(b"SKIPPED: no WATCHFIRE_TEST_POSTGRES\n").expect("the store answers");
        }
    }
    engines
}

/// Makes a schema of its own and returns the engine that works in it.
async fn postgres(url: &str) -> TestEngine {
    use sqlx::Connection as _;
    let suffix: String =
        crate::random::random_bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
    let schema = format!("test_{suffix}");
    let mut connection = sqlx::PgConnection::connect(url).await.expect("the store answers");
    let make = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    sqlx::raw_sql(make).execute(&mut connection).await.expect("the store answers");
    connection.close().await.expect("the store answers");
    let join = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{join}options[search_path]={schema}");
    TestEngine { config: StoreConfig::new(Location::Postgres(url)), _folder: None }
}
