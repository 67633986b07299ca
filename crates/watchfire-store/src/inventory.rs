//! What SBOMs were read as, and which of them count: what an index is filled from.
//!
//! The bytes of an inventory are whatever the reader above makes of a document; its version says
//! whether they are still what it would make. They follow from documents and can be made anew.

use std::collections::BTreeMap;

use watchfire_core::ids::{ReleaseId, SbomId};

use crate::Store;
use crate::dialect::{Connection, Row, listed, params};
use crate::document;
use crate::error::StoreError;
use crate::log::int;
use crate::policy::{Authorized, Node, NotFound, Write};
use crate::statement::statements;

/// SBOMs that are read at once.
pub const SBOMS_AT_ONCE_MAX: usize = 500;

/// Bytes of the inventories, and of the documents, that are read at once.
const INVENTORIES_BYTES_MAX: u64 = 32 << 20;
const DOCUMENTS_BYTES_MAX: u64 = 32 << 20;

statements! {
    KEEP =
        "INSERT INTO inventories (document, reader, bytes) VALUES ($1, $2, $3) \
         ON CONFLICT (document) DO UPDATE SET reader = excluded.reader, bytes = excluded.bytes";
    CHANGED =
        "SELECT s.number, s.id, s.release_id, s.document, s.changed, \
         s.is_attached AND NOT r.is_retired AND NOT p.is_retired AS counts, \
         p.internet_facing FROM sboms s JOIN releases r ON r.id = s.release_id \
         JOIN products p ON p.id = r.product_id \
         WHERE (s.changed, s.number) > ($1, $2) ORDER BY s.changed, s.number LIMIT $3";
    UNJUDGED =
        "SELECT s.number, s.changed, s.release_id, COALESCE(d.size, 0) AS size FROM sboms s \
         LEFT JOIN documents d ON d.digest = s.document WHERE (s.changed, s.number) > ($2, $3) \
         AND NOT EXISTS (SELECT 1 FROM judged_sboms j WHERE j.number = s.number \
         AND j.reader = $1 AND j.changed = s.changed) ORDER BY s.changed, s.number LIMIT $4";
    LAST_CHANGE = "SELECT MAX(s.changed) AS changed FROM sboms s";
    JUDGED =
        "INSERT INTO judged_sboms (number, reader, changed) \
         SELECT s.number, $2, s.changed FROM sboms s WHERE s.number = $1 AND s.changed = $3 \
         ON CONFLICT (number) DO UPDATE SET reader = excluded.reader, changed = excluded.changed";
}

/// An SBOM as an index takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SbomRow {
    /// Its number, given once: the place in the log of the event that attached it.
    pub number: u64,
    pub id: SbomId,
    pub release: ReleaseId,
    /// SHA-256 of its bytes.
    pub document: String,
    /// The place in the log of the last event that changed whether it counts.
    pub changed: u64,
    /// Whether it is attached, and release and product are in use.
    pub counts: bool,
    pub internet_facing: Option<bool>,
}

/// An SBOM of which the advisories are to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged {
    pub number: u64,
    /// The place in the log of its last change.
    pub changed: u64,
    pub release: ReleaseId,
    /// How many bytes its document has.
    pub size_bytes: u64,
}

fn sbom_row(row: &Row) -> Result<SbomRow, StoreError> {
    Ok(SbomRow {
        number: row.natural("number")?,
        id: row.parsed("id")?,
        release: row.parsed("release_id")?,
        document: row.text("document")?,
        changed: row.natural("changed")?,
        counts: row.bool("counts")?,
        internet_facing: row.bool_or_none("internet_facing")?,
    })
}

/// What was read of a document.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// SHA-256 of the document.
    pub document: String,
    /// The version of the reader.
    pub reader: u32,
    pub bytes: Vec<u8>,
}

pub(crate) async fn keep(tx: &mut Connection, inventory: &Inventory) -> Result<(), StoreError> {
    let Inventory { document, reader, bytes } = inventory;
    let params = params![document.as_str(), i64::from(*reader), bytes.as_slice()];
    tx.execute(&KEEP, params).await.map(|_| ())
}

/// That advisories were asked about an SBOM as it was at a place of the log.
pub(crate) async fn judged(
    tx: &mut Connection,
    (number, changed): (u64, u64),
    reader: u32,
) -> Result<(), StoreError> {
    let params = params![int(number)?, i64::from(reader), int(changed)?];
    tx.execute(&JUDGED, params).await.map(|_| ())
}

impl Store {
    /// Returns the SBOMs that came or changed behind a place: that of the last one read, of its
    /// change and its number.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn sboms_changed(
        &self,
        _grant: &Authorized<Node, Write>,
        (changed, number): (u64, u64),
    ) -> Result<Vec<SbomRow>, StoreError> {
        let limit = i64::try_from(SBOMS_AT_ONCE_MAX).unwrap_or(i64::MAX);
        let params = params![int(changed)?, int(number)?, limit];
        self.reader().await?.all(&CHANGED, params).await?.iter().map(sbom_row).collect()
    }

    /// Returns the place in the log of the last change of any SBOM; `None` where there is none.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn sboms_last_change(
        &self,
        _grant: &Authorized<Node, Write>,
    ) -> Result<Option<u64>, StoreError> {
        let row = self.reader().await?.optional(&LAST_CHANGE, params![]).await?;
        let Some(place) = row.map(|row| row.int_or_none("changed")).transpose()?.flatten() else {
            return Ok(None);
        };
        Ok(Some(u64::try_from(place).map_err(|_| StoreError::Corrupt { what: "sbom" })?))
    }

    /// Returns the SBOMs of which no reader of this version has asked the advisories since they
    /// changed, those behind a place: that of the last one, of its change and its number.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn sboms_unjudged(
        &self,
        _grant: &Authorized<Node, Write>,
        reader: u32,
        (changed, number): (u64, u64),
        limit: usize,
    ) -> Result<Vec<Unjudged>, StoreError> {
        let limit = i64::try_from(limit.min(SBOMS_AT_ONCE_MAX)).unwrap_or(i64::MAX);
        let params = params![i64::from(reader), int(changed)?, int(number)?, limit];
        let rows = self.reader().await?.all(&UNJUDGED, params).await?;
        let one = |row: &Row| {
            Ok(Unjudged {
                number: row.natural("number")?,
                changed: row.natural("changed")?,
                release: row.parsed("release_id")?,
                size_bytes: row.natural("size")?,
            })
        };
        rows.iter().map(one).collect()
    }

    /// Returns what was read of the first of these documents, by readers of whatever version: as many
    /// as fit into memory together, and how many that are.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn inventories(
        &self,
        _grant: &Authorized<Node, Write>,
        documents: &[&str],
    ) -> Result<(usize, Vec<Inventory>), StoreError> {
        let mut connection = self.reader().await?;
        let list = serde_json::json!(documents).to_string();
        let mut sizes = BTreeMap::new();
        for row in &connection.all(&listed::INVENTORY_SIZES, params![list]).await? {
            sizes.insert(row.text("document")?, row.natural("size")?);
        }
        let fit = document::fitting(documents, &sizes, INVENTORIES_BYTES_MAX);
        let list = serde_json::json!(fit).to_string();
        let rows = connection.all(&listed::INVENTORIES, params![list]).await?;
        let inventory = |row: &Row| {
            let reader = u32::try_from(row.int("reader")?);
            Ok(Inventory {
                document: row.text("document")?,
                reader: reader.map_err(|_| StoreError::Corrupt { what: "reader" })?,
                bytes: row.bytes("bytes")?,
            })
        };
        Ok((fit.len(), rows.iter().map(inventory).collect::<Result<_, StoreError>>()?))
    }

    /// Keeps what was read of a document anew.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn keep_inventory(
        &self,
        _grant: &Authorized<Node, Write>,
        inventory: &Inventory,
    ) -> Result<(), StoreError> {
        self.refuse_if_failed()?;
        keep(&mut self.writer().await?, inventory).await
    }

    /// Returns the bytes of a document by its digest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it was never kept, or erased.
    pub async fn document(
        &self,
        _grant: &Authorized<Node, Write>,
        digest: &str,
    ) -> Result<Vec<u8>, StoreError> {
        Ok(document::kept(&mut self.reader().await?, digest).await?.ok_or(NotFound)?)
    }

    /// Returns the bytes of the first of these documents, as many as fit into memory together and one
    /// at least, in their order; `None` where one was never kept, or was erased.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn documents(
        &self,
        _grant: &Authorized<Node, Write>,
        digests: &[&str],
    ) -> Result<Vec<(String, Option<Vec<u8>>)>, StoreError> {
        document::first_of(&mut self.reader().await?, digests, DOCUMENTS_BYTES_MAX).await
    }
}
