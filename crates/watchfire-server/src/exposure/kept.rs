//! The index of what this house has, kept in a file of the node's data folder, so that a start maps
//! it and does not make it anew.
//!
//! The file can be lost at any time: all in it follows from the store. What it is of stands in it
//! before the index, under a sum of its own, and it is taken only where everything fits: the reader,
//! the orders of versions, and the database, of which it names the head of the evidence log. A log
//! that continues that head has the same SBOMs under the same numbers; one that was rolled back, or
//! is another's, does not continue it.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use watchfire_core::log::Hash;
use watchfire_exposure::index::{CorruptSegment, Frozen, Mapped, Merged, Number, Segment};
use watchfire_store::{LogHead, Store, StoreError, Tree};

use super::inventory::READER;
use crate::command::keeper;

/// The name of the file.
pub const FILE: &str = "exposure.index";
/// How the names of files begin that are being written, and are not yet it.
const BESIDE: &str = ".exposure.index.";
/// The first bytes of the file, which also say the version of its form.
const MAGIC: [u8; 8] = *b"WFKEPT01";
/// Magic, the length of what it says of itself, and the sum over that.
const HEAD_BYTES: usize = 8 + 8 + 32;

/// What a file says of itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    reader: u32,
    /// A head of the evidence log that no entry of an SBOM in it lies behind.
    log_size: u64,
    log_root: [u8; Hash::LEN],
    segment_bytes: u64,
    /// The SBOMs that the segment was made of, by their numbers.
    sboms: Vec<Number>,
}

/// What was taken from a file.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) segment: Segment,
    /// The SBOMs that it was made of.
    pub(super) sboms: Vec<Number>,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("it cannot be opened: {0}")]
    Unopened(#[from] io::Error),
    #[error("{0}")]
    Broken(&'static str),
    #[error(transparent)]
    Segment(#[from] CorruptSegment),
    #[error("another version of the program read the SBOMs in it")]
    Reader,
    #[error("it is of another database, or of a later state of this one")]
    Foreign,
}

/// Takes the index from its file in `folder`, where there is one that is sound and of this database.
/// Of any other is told why, and nothing is taken.
///
/// # Errors
/// Failures of the database.
pub(super) async fn taken(folder: &Path, store: &Store) -> Result<Option<Kept>, StoreError> {
    let path = folder.join(FILE);
    let opened = tokio::task::spawn_blocking(move || opened(&path)).await;
    let opened = opened.map_err(|_| StoreError::Corrupt { what: "index" })?;
    let usable = match opened {
        Ok(None) => return Ok(None),
        Ok(Some((said, segment))) => match is_of(store, &said).await? {
            true => Ok(Kept { segment, sboms: said.sboms }),
            false => Err(Unusable::Foreign),
        },
        Err(problem) => Err(problem),
    };
    if let Err(problem) = &usable {
        let file = folder.join(FILE);
        tracing::warn!(
            file = %file.display(), %problem, "the kept index is not used, and is made anew"
        );
    }
    Ok(usable.ok())
}

fn opened(path: &Path) -> Result<Option<(Said, Segment)>, Unusable> {
    let mapped = match Mapped::open(path) {
        Ok(mapped) => mapped,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (said, from) = said(mapped.as_ref())?;
    if said.reader != READER {
        return Err(Unusable::Reader);
    }
    let segment = Segment::open(Tail { mapped, from })?;
    if segment.size_bytes() as u64 != said.segment_bytes {
        return Err(Unusable::Broken("its index is not the one that it speaks of"));
    }
    Ok(Some((said, segment)))
}

/// What stands before the index, and where that begins.
fn said(bytes: &[u8]) -> Result<(Said, usize), Unusable> {
    let (head, rest) = bytes
        .split_first_chunk::<HEAD_BYTES>()
        .ok_or(Unusable::Broken("it has fewer bytes than its head"))?;
    let (magic, head) = head.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(Unusable::Broken("it does not begin as one of this version does"));
    }
    let (length, sum) = head.split_at(8);
    let length = length.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let told = usize::try_from(length).ok().and_then(|length| rest.get(..length));
    let told = told.ok_or(Unusable::Broken("it is shorter than it says"))?;
    if Sha256::digest(told).as_slice() != sum {
        return Err(Unusable::Broken("what it says of itself was changed"));
    }
    let said = postcard::from_bytes(told);
    let said = said.map_err(|_| Unusable::Broken("what it says of itself cannot be read"))?;
    Ok((said, HEAD_BYTES + told.len()))
}

/// The bytes of a file behind a place.
struct Tail {
    mapped: Mapped,
    from: usize,
}

impl AsRef<[u8]> for Tail {
    fn as_ref(&self) -> &[u8] {
        self.mapped.as_ref().get(self.from..).unwrap_or_default()
    }
}

/// Whether the log of the database continues the head that a file names.
async fn is_of(store: &Store, said: &Said) -> Result<bool, StoreError> {
    let grant = store.authorize_log(&keeper()).await?;
    match store.log_head_at(&grant, Tree::Internal, said.log_size).await {
        Ok(head) => Ok(head.root.0 == said.log_root),
        // It is shorter, or is none that anything could be held against.
        Err(StoreError::NotFound(_) | StoreError::Corrupt { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

/// The head of the log of the database: every SBOM that was read before lies before it.
///
/// # Errors
/// Failures of the database.
pub(super) async fn head(store: &Store) -> Result<LogHead, StoreError> {
    let grant = store.authorize_log(&keeper()).await?;
    store.log_head(&grant, Tree::Internal).await
}

/// Makes one segment of what was frozen and, where it is known of which database that is, keeps it in
/// the file of a folder. Where that fails, it is told, and the segment stays in memory.
///
/// # Errors
/// [`CorruptSegment`] where what was just made cannot be read again.
pub(super) fn made(
    frozen: &Frozen,
    folder: &Path,
    head: Option<LogHead>,
) -> Result<Segment, CorruptSegment> {
    let merged = frozen.merged();
    if let Some(head) = head {
        let said = Said {
            reader: READER,
            log_size: head.size,
            log_root: head.root.0,
            segment_bytes: merged.size_bytes() as u64,
            sboms: frozen.documents(),
        };
        match written(folder, &said, &merged) {
            Ok(segment) => return Ok(segment),
            Err(problem) => tracing::error!(
                file = %folder.join(FILE).display(), %problem,
                "the index cannot be kept: the next start makes it anew"
            ),
        }
    }
    Segment::open(merged.into_bytes())
}

/// Writes beside and renames, so that there is always a whole file or none, whoever else writes.
fn written(folder: &Path, said: &Said, merged: &Merged) -> Result<Segment, Unusable> {
    sweep(folder);
    let beside = tempfile::Builder::new().prefix(BESIDE).tempfile_in(folder)?;
    // Held until it has its name: others see by it that somebody writes.
    beside.as_file().try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::from(io::ErrorKind::WouldBlock),
        TryLockError::Error(error) => error,
    })?;
    let told = postcard::to_allocvec(said);
    let told = told.map_err(|_| Unusable::Broken("what it says of itself cannot be written"))?;
    let mut to = BufWriter::new(beside.as_file());
    to.write_all(&MAGIC)?;
    to.write_all(&(told.len() as u64).to_le_bytes())?;
    to.write_all(&Sha256::digest(&told))?;
    to.write_all(&told)?;
    merged.write(&mut to)?;
    to.flush()?;
    drop(to);
    beside.as_file().sync_all()?;
    // Opened under the name that is ours alone: another node may take the other one at any time.
    let (_, segment) = opened(beside.path())?.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
    beside.persist(folder.join(FILE)).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()?;
    Ok(segment)
}

/// Removes what nodes left that were killed while they wrote.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let beside = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BESIDE))
    };
    for path in entries.filter_map(|entry| entry.ok().map(|it| it.path())).filter(beside) {
        let is_left = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if is_left && let Err(problem) = fs::remove_file(&path) {
            tracing::warn!(file = %path.display(), %problem, "a file that was left stays");
        }
    }
}

#[cfg(test)]
mod tests;
