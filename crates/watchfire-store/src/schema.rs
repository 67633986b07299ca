//! The schema and its growth: numbered migrations, each in one transaction.

use crate::dialect::{Connection, Engine, params};
use crate::error::StoreError;
use crate::statement::statements;
use crate::{amendment, vulnerability};

/// One step of the schema, in the text of each engine.
struct Migration {
    number: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $file:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../migrations/postgres/", $file)),
        }),*]
    };
}

const MIGRATIONS: &[Migration] = migrations![
    1 "0001_event.sql",
    2 "0002_log.sql",
    3 "0003_party.sql",
    4 "0004_case.sql",
    5 "0005_obligation.sql",
    6 "0006_report.sql",
    7 "0007_submission.sql",
    8 "0008_outbox.sql",
    9 "0009_session.sql",
    10 "0010_node.sql",
    11 "0011_question.sql",
    12 "0012_amendment.sql",
    13 "0013_feed.sql",
    14 "0014_program_lawbook.sql",
    15 "0015_inquiry.sql",
    16 "0016_conflict.sql",
    17 "0017_standing_choice.sql",
    18 "0018_exposure.sql",
    19 "0019_exposure_state.sql",
];

/// With this one every change of law is written anew: 15 brought tables and columns that lacked
/// what had been recorded before.
const AMENDMENTS_ANEW: i64 = 17;
/// With this one every vulnerability is: what events left of it had not been kept.
const VULNERABILITIES_ANEW: i64 = 19;

const MAKE_LIST: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (\
    number BIGINT NOT NULL PRIMARY KEY, digest TEXT NOT NULL)";
const MAKE_LIST_STRICT: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (\
    number INTEGER NOT NULL PRIMARY KEY, digest TEXT NOT NULL) STRICT";

statements! {
    APPLIED = "SELECT number, digest FROM schema_migrations ORDER BY number";
    NOTE_APPLIED = "INSERT INTO schema_migrations (number, digest) VALUES ($1, $2)";
}

/// Returns the number of the newest migration of this program.
pub fn schema_version() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}

/// Brings the schema up to date. Safe to run from several nodes at once and after a kill.
///
/// # Errors
/// [`StoreError::SchemaNewer`] if a later program was here, [`StoreError::SchemaChanged`] if a
/// step was applied in another form.
pub(crate) async fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    connection.begin().await?;
    connection.lock_for_migration().await?;
    let engine = connection.engine();
    connection
        .run(match engine {
            Engine::Sqlite => MAKE_LIST_STRICT,
            Engine::Postgres => MAKE_LIST,
        })
        .await?;
    let applied = applied(connection).await?;
    for migration in &MIGRATIONS[applied..] {
        let text = migration.text(engine);
        connection.run(text).await?;
        connection.execute(&NOTE_APPLIED, params![migration.number, digest(text)]).await?;
    }
    // By the code of now, so after the last of them.
    let came = |number| MIGRATIONS[applied..].iter().any(|migration| migration.number == number);
    if came(AMENDMENTS_ANEW) {
        amendment::write_anew(connection).await?;
    }
    if came(VULNERABILITIES_ANEW) {
        vulnerability::write_anew(connection).await?;
    }
    connection.commit().await
}

/// Returns how many migrations were applied, after comparing each with ours.
async fn applied(connection: &mut Connection) -> Result<usize, StoreError> {
    let rows = connection.all(&APPLIED, params![]).await?;
    for (at, row) in rows.iter().enumerate() {
        let number = row.int("number")?;
        let Some(ours) = MIGRATIONS.get(at) else {
            return Err(StoreError::SchemaNewer { found: number, known: schema_version() });
        };
        let same = row.text("digest")? == digest(ours.text(connection.engine()));
        if number != ours.number || !same {
            return Err(StoreError::SchemaChanged { number });
        }
    }
    Ok(rows.len())
}

impl Migration {
    fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

fn digest(text: &str) -> String {
    watchfire_core::log::Hash::of(&[text.as_bytes()]).to_string()
}
