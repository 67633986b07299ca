//! Files of law, kept verbatim under their digest, and which lawbook was used from when on.

use jiff::Timestamp;
use watchfire_core::event::{AmendmentEvent, Body, NodeEvent};
use watchfire_core::law::files::{FILES_BYTES_MAX, Files};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::log::int;
use crate::page::limited;
use crate::policy::{Authorized, Node, NotFound, Write};
use crate::statement::statements;
use crate::viewer::{Scope, Viewer, Who};

/// Uses that are read at once.
const USES_MAX: usize = 100_000;

statements! {
    KEEP =
        "INSERT INTO lawbooks (digest, bytes, kept_at) VALUES ($1, $2, $3) \
         ON CONFLICT (digest) DO NOTHING";
    KEPT = "SELECT bytes FROM lawbooks WHERE digest = $1";
    LAST_USE = "SELECT digest FROM lawbook_uses ORDER BY log_index DESC LIMIT 1";
    NOTE_USE = "INSERT INTO lawbook_uses (log_index, used_from, digest) VALUES ($1, $2, $3)";
    USES = "SELECT used_from, digest FROM lawbook_uses ORDER BY log_index LIMIT $1";
    LAST_APPLIED =
        "SELECT u.digest FROM lawbook_uses u JOIN events e ON e.log_index = u.log_index \
         WHERE e.noun = 'amendment' ORDER BY u.log_index DESC LIMIT 1";
    KNOWS_PROGRAM = "SELECT digest FROM program_lawbooks WHERE digest = $1";
    LAST_PROGRAM = "SELECT digest FROM program_lawbooks ORDER BY seen_at DESC, digest LIMIT 1";
    NOTE_PROGRAM =
        "INSERT INTO program_lawbooks (digest, seen_at) VALUES ($1, $2) \
         ON CONFLICT (digest) DO NOTHING";
}

/// A lawbook that was used from an instant on, until the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawbookUse {
    pub used_from: Timestamp,
    pub digest: String,
}

/// Keeps files under their digest. The same files are kept once.
pub(crate) async fn keep(
    tx: &mut Connection,
    files: &Files,
    at: Timestamp,
) -> Result<(), StoreError> {
    let bytes = files.to_bytes();
    if bytes.len() > FILES_BYTES_MAX {
        return Err(StoreError::TooLarge { what: "lawbook", limit: FILES_BYTES_MAX });
    }
    tx.execute(&KEEP, params![files.digest(), bytes, at]).await.map(|_| ())
}

/// Reads the files that are kept under a digest, if there are any.
pub(crate) async fn kept(
    connection: &mut Connection,
    digest: &str,
) -> Result<Option<Files>, StoreError> {
    let Some(row) = connection.optional(&KEPT, params![digest]).await? else { return Ok(None) };
    let files = Files::from_bytes(&row.bytes("bytes")?);
    let files = files.map_err(|_| StoreError::Corrupt { what: "lawbook" })?;
    if files.digest() == digest {
        Ok(Some(files))
    } else {
        Err(StoreError::Corrupt { what: "lawbook" })
    }
}

/// Notes from when on a lawbook is used: from a start, or from a change of law.
pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let (Body::Node(NodeEvent::Started { lawbook, .. })
    | Body::Amendment(_, AmendmentEvent::Applied { lawbook, .. })) = &stored.event.body
    else {
        return Ok(());
    };
    if let Body::Amendment(_, AmendmentEvent::Applied { base, .. }) = &stored.event.body {
        // Two changes that are put to use at once on two nodes: the second is laid over the first.
        let applied = tx.optional(&LAST_APPLIED, params![]).await?;
        let applied = applied.map(|row| row.text("digest")).transpose()?;
        if applied.is_some_and(|applied| applied != *base) {
            return Err(StoreError::Conflict { stream: stored.event.body.stream() });
        }
    }
    let last = tx.optional(&LAST_USE, params![]).await?;
    if last.map(|row| row.text("digest")).transpose()?.as_ref() == Some(lawbook) {
        return Ok(());
    }
    let params = params![int(stored.index)?, stored.event.recorded_at, lawbook.as_str()];
    tx.execute(&NOTE_USE, params).await.map(|_| ())
}

impl Store {
    /// Returns the files that are kept under a digest. Law is no secret: whoever has an account
    /// may read it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn law_files(&self, viewer: &Viewer, digest: &str) -> Result<Files, StoreError> {
        if viewer.scope() == Scope::Nothing && !matches!(viewer.who(), Who::Service(_)) {
            return Err(NotFound.into());
        }
        Ok(kept(&mut self.reader().await?, digest).await?.ok_or(NotFound)?)
    }

    /// Returns which lawbook was used from when on, the oldest first.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn lawbook_uses(&self) -> Result<Vec<LawbookUse>, StoreError> {
        let rows = self.reader().await?.all(&USES, params![limited(0, USES_MAX)]).await?;
        rows.iter()
            .map(|row| {
                Ok(LawbookUse { used_from: row.instant("used_from")?, digest: row.text("digest")? })
            })
            .collect()
    }

    /// Returns the digest of the lawbook that the last change of law put to use, if there was one.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn last_applied_lawbook(&self) -> Result<Option<String>, StoreError> {
        let row = self.reader().await?.optional(&LAST_APPLIED, params![]).await?;
        row.map(|row| row.text("digest")).transpose()
    }

    /// Returns whether a program that brings the law of this digest ran here before.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn knows_program_law(
        &self,
        _grant: &Authorized<Node, Write>,
        digest: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.reader().await?.optional(&KNOWS_PROGRAM, params![digest]).await?.is_some())
    }

    /// Returns the digest of the law that the last new program brought, if one ran here.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn last_program_law(
        &self,
        _grant: &Authorized<Node, Write>,
    ) -> Result<Option<String>, StoreError> {
        let row = self.reader().await?.optional(&LAST_PROGRAM, params![]).await?;
        row.map(|row| row.text("digest")).transpose()
    }

    /// Notes what a program brings of the law, and keeps it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn note_program_law(
        &self,
        _grant: &Authorized<Node, Write>,
        files: &Files,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.refuse_if_failed()?;
        let mut connection = self.writer().await?;
        keep(&mut connection, files, now).await?;
        connection.execute(&NOTE_PROGRAM, params![files.digest(), now]).await.map(|_| ())
    }
}
