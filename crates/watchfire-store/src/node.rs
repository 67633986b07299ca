//! The node itself: its sign of life, and how far time has come.

use std::path::Path;

use jiff::Timestamp;

use crate::Store;
use crate::dialect::{EngineSetting, params};
use crate::error::StoreError;
use crate::log::{Edge, Tree};
use crate::policy::{Authorized, Node, Read, Write};
use crate::statement::statements;

statements! {
    BEAT =
        "INSERT INTO node_beats (node, beat_at) VALUES ($1, $2) \
         ON CONFLICT (node) DO UPDATE SET beat_at = excluded.beat_at \
         WHERE node_beats.beat_at < excluded.beat_at";
    LAST_BEAT = "SELECT beat_at FROM node_beats ORDER BY beat_at DESC LIMIT 1";
    PING = "SELECT 1";
}

impl Store {
    /// Notes that `node` lives at `now`, by its own clock. An earlier instant changes nothing.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn beat(
        &self,
        _grant: &Authorized<Node, Write>,
        node: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.refuse_if_failed()?;
        self.writer().await?.execute(&BEAT, params![node, now]).await.map(|_| ())
    }

    /// Returns the last sign of life of any node, or `None` if there never was one.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn last_beat(
        &self,
        _grant: &Authorized<Node, Read>,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = self.reader().await?.optional(&LAST_BEAT, params![]).await?;
        row.map(|row| row.instant("beat_at")).transpose()
    }

    /// Returns the instant behind which no node's clock may start: the later of the last sign of
    /// life and the last entry of the log.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn watermark(&self, grant: &Authorized<Node, Read>) -> Result<Timestamp, StoreError> {
        let recorded = Edge::read(&mut self.reader().await?, Tree::Internal).await?.recorded_at;
        Ok(self.last_beat(grant).await?.map_or(recorded, |beat| beat.max(recorded)))
    }

    /// Returns the settings of the engine that durability and safety rest on, as they are.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn engine_settings(
        &self,
        _grant: &Authorized<Node, Read>,
    ) -> Result<Vec<EngineSetting>, StoreError> {
        self.writer().await?.settings().await
    }

    /// Copies an SQLite database, in one state, into a file that is not there yet, and syncs it.
    ///
    /// # Errors
    /// [`StoreError::Misuse`] on PostgreSQL, which has tools of its own;
    /// [`StoreError::Copy`] if the file cannot be written.
    pub async fn copy_to(
        &self,
        _grant: &Authorized<Node, Write>,
        path: &Path,
    ) -> Result<(), StoreError> {
        let text = path.to_str().ok_or(StoreError::Misuse("a path that is no text"))?;
        self.writer().await?.copy_to(text).await?;
        let file = tokio::fs::File::open(path).await.map_err(StoreError::Copy)?;
        file.sync_all().await.map_err(StoreError::Copy)
    }

    /// Asks whether the database answers and writes are taken.
    ///
    /// # Errors
    /// [`StoreError::StorageUnsafe`], [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.refuse_if_failed()?;
        self.reader().await?.execute(&PING, params![]).await.map(|_| ())
    }
}
