//! Documents of others, compressed, by the SHA-256 of their bytes: SBOMs and advisories.
//!
//! Events and read tables name them by their digest. Nothing here is read from events.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use jiff::Timestamp;
use serde_json::json;
use watchfire_core::log::Hash;

use crate::dialect::{Connection, listed, params};
use crate::error::StoreError;
use crate::statement::statements;

/// The largest document that is kept, in bytes.
pub const KEPT_DOCUMENT_BYTES_MAX: usize = 256 << 20;
/// Documents that one statement keeps have together so many bytes, or there is only one.
const TOGETHER_BYTES_MAX: usize = 4 << 20;
/// So much room is made at a time for what is compressed.
const ROOM_BYTES: usize = 32 << 10;

thread_local! {
    /// It has tables of a quarter of a megabyte, which a small document would be made in vain.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
}

statements! {
    KEEP =
        "INSERT INTO documents (digest, size, bytes, kept_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE documents.bytes IS NULL";
    KEPT = "SELECT size, bytes FROM documents WHERE digest = $1";
    FORGET = "DELETE FROM documents WHERE digest = $1";
}

/// A document on its way into the store.
#[derive(Debug, Clone)]
pub struct Kept {
    pub(crate) digest: String,
    size: usize,
    compressed: Vec<u8>,
}

impl Kept {
    /// Makes a document ready to be kept. Compresses it, so not for a thread that others wait for.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] over [`KEPT_DOCUMENT_BYTES_MAX`].
    pub fn new(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.len() > KEPT_DOCUMENT_BYTES_MAX {
            return Err(StoreError::TooLarge { what: "document", limit: KEPT_DOCUMENT_BYTES_MAX });
        }
        let compressed = COMPRESS.with_borrow_mut(|compress| compressed(compress, bytes))?;
        Ok(Self { digest: digest_of(bytes), size: bytes.len(), compressed })
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

fn compressed(compress: &mut Compress, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    const FAILED: StoreError = StoreError::Misuse("a document that cannot be compressed");
    compress.reset();
    let mut compressed = Vec::new();
    loop {
        compressed.reserve(compressed.len().max(ROOM_BYTES));
        let taken = usize::try_from(compress.total_in()).map_err(|_| FAILED)?;
        let rest = bytes.get(taken..).ok_or(FAILED)?;
        let end = FlushCompress::Finish;
        if compress.compress_vec(rest, &mut compressed, end).map_err(|_| FAILED)?
            == Status::StreamEnd
        {
            compressed.shrink_to_fit();
            return Ok(compressed);
        }
    }
}

/// The name of a document: the SHA-256 of its bytes, in hexadecimal.
pub fn digest_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = Hash::of(&[bytes]).0.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Keeps documents, those that are small together.
pub(crate) async fn keep(
    tx: &mut Connection,
    documents: &[&Kept],
    at: Timestamp,
) -> Result<(), StoreError> {
    let (mut together, mut seen, mut bytes) = (Vec::new(), BTreeSet::new(), 0);
    for document in documents.iter().copied() {
        if !seen.insert(document.digest.as_str()) {
            continue;
        }
        if bytes + document.compressed.len() > TOGETHER_BYTES_MAX {
            keep_together(tx, &together, at).await?;
            together.clear();
            bytes = 0;
        }
        bytes += document.compressed.len();
        together.push(document);
    }
    keep_together(tx, &together, at).await
}

/// The bytes of all go as one, with where each begins.
async fn keep_together(
    tx: &mut Connection,
    documents: &[&Kept],
    at: Timestamp,
) -> Result<(), StoreError> {
    match documents {
        [] => Ok(()),
        [one] => {
            let size = i64::try_from(one.size).unwrap_or(i64::MAX);
            let params = params![one.digest.as_str(), size, one.compressed.as_slice(), at];
            tx.execute(&KEEP, params).await.map(|_| ())
        }
        all => {
            let (mut rows, mut bytes) = (Vec::with_capacity(all.len()), Vec::new());
            for one in all {
                let (begin, length) = (bytes.len() + 1, one.compressed.len());
                rows.push(json!([one.digest, one.size, begin, length]));
                bytes.extend_from_slice(&one.compressed);
            }
            let rows = serde_json::Value::from(rows).to_string();
            tx.execute(&listed::KEEP_DOCUMENTS, params![rows, bytes, at]).await.map(|_| ())
        }
    }
}

/// Reads a document; `None` where it was never kept, or was erased.
pub(crate) async fn kept(
    connection: &mut Connection,
    digest: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(row) = connection.optional(&KEPT, params![digest]).await? else { return Ok(None) };
    let size = row.natural("size")?;
    row.bytes_or_none("bytes")?.map(|bytes| opened(&bytes, size, digest)).transpose()
}

/// Reads the first of these documents, as many as fit into `bytes_max` together and one at least, in
/// their order; `None` where one was never kept, or was erased.
pub(crate) async fn first_of(
    connection: &mut Connection,
    digests: &[&str],
    bytes_max: u64,
) -> Result<Vec<(String, Option<Vec<u8>>)>, StoreError> {
    let list = serde_json::json!(digests).to_string();
    let mut sizes = BTreeMap::new();
    for row in &connection.all(&listed::DOCUMENT_SIZES, params![list]).await? {
        sizes.insert(row.text("digest")?, row.natural("size")?);
    }
    let fit = fitting(digests, &sizes, bytes_max);
    let list = serde_json::json!(fit).to_string();
    let mut found = BTreeMap::new();
    for row in &connection.all(&listed::DOCUMENTS, params![list]).await? {
        let digest = row.text("digest")?;
        let bytes = opened(&row.bytes("bytes")?, row.natural("size")?, &digest)?;
        found.insert(digest, bytes);
    }
    Ok(fit.iter().map(|digest| ((*digest).to_owned(), found.remove(*digest))).collect())
}

/// The first of these whose sizes add up to at most `bytes_max`, and one at least.
pub(crate) fn fitting<'d, 'n>(
    names: &'d [&'n str],
    sizes: &BTreeMap<String, u64>,
    bytes_max: u64,
) -> &'d [&'n str] {
    let mut sum = 0;
    let fit = names.iter().take_while(|name| {
        sum += sizes.get(**name).copied().unwrap_or_default();
        sum <= bytes_max
    });
    let count = fit.count().max(1).min(names.len());
    &names[..count]
}

/// Opens a document, and sees that it is the one of its name.
pub(crate) fn opened(bytes: &[u8], size: u64, digest: &str) -> Result<Vec<u8>, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "document" };
    let capacity = usize::try_from(size).map_err(|_| corrupt())?.min(KEPT_DOCUMENT_BYTES_MAX);
    let mut whole = Vec::with_capacity(capacity);
    let read = DeflateDecoder::new(bytes).take(size + 1).read_to_end(&mut whole);
    if read.is_err() || whole.len() as u64 != size || digest_of(&whole) != digest {
        return Err(corrupt());
    }
    Ok(whole)
}

/// Forgets a document that nothing names any longer.
pub(crate) async fn forget(tx: &mut Connection, digest: &str) -> Result<(), StoreError> {
    tx.execute(&FORGET, params![digest]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_read_as_fit_and_one_at_least() {
        let sizes =
            BTreeMap::from([("a".to_owned(), 6), ("b".to_owned(), 4), ("c".to_owned(), 11)]);
        for (names, count) in [
            (&["a", "b", "c"][..], 2),
            (&["a", "x", "b", "x"], 4),
            (&["c", "a"], 1),
            (&["b", "c"], 1),
            (&[], 0),
        ] {
            assert_eq!(fitting(names, &sizes, 10), &names[..count], "{names:?}");
        }
    }

    #[test]
    fn a_document_is_named_as_every_other_tool_names_it() {
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest_of(b"abc"), sha256);
    }

    #[test]
    fn a_document_comes_back_as_it_was_or_not_at_all() {
        // What looks random is as long as it was, and takes more room than is made at first.
        let mut state = 1_u64;
        let random: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .take(10 * ROOM_BYTES)
        .collect();
        for bytes in [&b""[..], b"{}", &[7; 100_000], &random, b"{}"] {
            let kept = Kept::new(bytes).expect("fits");
            let opened_again = opened(&kept.compressed, bytes.len() as u64, kept.digest());
            assert_eq!(opened_again.expect("whole"), bytes);
            let longer = opened(&kept.compressed, bytes.len() as u64 + 1, kept.digest());
            assert!(matches!(longer, Err(StoreError::Corrupt { .. })));
        }
        let kept = Kept::new(b"one").expect("fits");
        let other = Kept::new(b"two").expect("fits");
        let swapped = opened(&kept.compressed, 3, other.digest());
        assert!(matches!(swapped, Err(StoreError::Corrupt { .. })));
        let bomb = Kept::new(&vec![0; 1 << 20]).expect("fits");
        assert!(opened(&bomb.compressed, 10, bomb.digest()).is_err());
    }
}
