//! The versions and settings of an engine that durability and safety rest on.

use sqlx::Row as _;

use super::failure::refused;
use super::{Connection, Engine, Row, Statement};
use crate::error::StoreError;

/// Older versions can lose committed writes (the WAL-reset defect).
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
const SQLITE_VERSION_MIN_TEXT: &str = "3.51.3";

impl Connection {
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
    ("temp_store", "PRAGMA temp_store", &["2"]),
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
