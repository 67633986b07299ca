//! How the newest words of a source come in the place of what it said before.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::json;

use super::{ListingRow, Word};
use crate::dialect::{Connection, Row, listed, params};
use crate::document::{self, Kept};
use crate::error::StoreError;
use crate::statement::statements;

/// Rows that one statement takes as a list.
const ROWS_AT_ONCE: usize = 20_000;

statements! {
    CLEAR_LIKELIHOODS = "DELETE FROM likelihoods";
    /// Whether anything but its own row names a document: another row, an SBOM, or maybe an event of
    /// a vulnerability that goes by one of its names.
    IS_NAMED =
        "SELECT a.id FROM advisories a WHERE a.document = $1 AND a.id <> $2 \
         UNION ALL SELECT a.id FROM advisories a WHERE a.apart = $1 AND a.id <> $2 \
         UNION ALL SELECT s.number FROM sboms s WHERE s.document = $1 \
         UNION ALL SELECT v.advisory FROM advisory_names v JOIN vulnerability_names n \
         ON n.name = v.name WHERE v.advisory = $2 LIMIT 1";
}

/// Puts the newest words of a source in the place of what it said before.
pub(crate) async fn put(
    tx: &mut Connection,
    words: &[Word],
    at: Timestamp,
) -> Result<(), StoreError> {
    for batch in words.chunk_by(|one, two| one.source == two.source) {
        put_batch(tx, &batch[0].source, batch, at).await?;
    }
    Ok(())
}

async fn put_batch(
    tx: &mut Connection,
    source: &str,
    words: &[Word],
    at: Timestamp,
) -> Result<(), StoreError> {
    let names: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
    let former = known(tx, source, &names).await?;
    let documents: Vec<&Kept> = words.iter().map(|word| &word.document).collect();
    document::keep(tx, &documents, at).await?;
    let goes_on = |word: &Word| former.get(&word.name).is_some_and(|known| known.is_good);
    let (apart, good): (Vec<&Word>, Vec<&Word>) =
        words.iter().partition(|word| word.problem.is_some() && goes_on(word));
    set_apart(tx, source, &apart).await?;
    let ids = put_rows(tx, source, &good, at).await?;
    // By the names that it had, so before they are cleared; and where every row names its document now,
    // since one may have come under another name.
    for word in &good {
        let Some(known) = former.get(&word.name) else { continue };
        let digests = std::iter::once(&known.document).chain(&known.apart);
        for digest in digests.filter(|digest| **digest != word.document.digest) {
            forget_unnamed(tx, digest, known.id).await?;
        }
    }
    let list = serde_json::Value::from(ids.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    for statement in
        [&listed::CLEAR_ADVISORY_NAMES, &listed::CLEAR_ADVISORY_PACKAGES, &listed::CLEAR_LISTINGS]
    {
        tx.execute(statement, params![list.to_string()]).await?;
    }
    let all = json!(names).to_string();
    tx.execute(&listed::PLACE_ADVISORIES, params![source, all]).await?;
    put_parts(tx, &good, &ids).await?;
    put_likelihoods(tx, &good).await?;
    Ok(())
}

async fn set_apart(tx: &mut Connection, source: &str, words: &[&Word]) -> Result<(), StoreError> {
    if words.is_empty() {
        return Ok(());
    }
    let rows = words.iter().map(|word| {
        let (pointer, problem) = word.problem.clone().unzip();
        json!([word.name, word.document.digest, pointer, problem])
    });
    let rows = serde_json::Value::from(rows.collect::<Vec<_>>()).to_string();
    tx.execute(&listed::SET_APART, params![source, rows]).await.map(|_| ())
}

/// Forgets a former document, unless an event may name it or another row does.
async fn forget_unnamed(tx: &mut Connection, digest: &str, id: i64) -> Result<(), StoreError> {
    if tx.optional(&IS_NAMED, params![digest, id]).await?.is_none() {
        document::forget(tx, digest).await?;
    }
    Ok(())
}

async fn put_rows(
    tx: &mut Connection,
    source: &str,
    words: &[&Word],
    at: Timestamp,
) -> Result<Vec<(String, i64)>, StoreError> {
    let instant = |at: Option<Timestamp>| at.map(Timestamp::as_microsecond);
    let rows: Vec<serde_json::Value> = words
        .iter()
        .map(|word| {
            let (pointer, problem) = word.problem.clone().unzip();
            json!([
                word.name,
                word.document.digest,
                word.format,
                word.publisher,
                word.title,
                instant(word.published),
                instant(word.changed),
                word.is_withdrawn,
                pointer,
                problem,
            ])
        })
        .collect();
    let rows = serde_json::Value::from(rows).to_string();
    let ids = tx.all(&listed::PUT_ADVISORIES, params![source, rows, at]).await?;
    ids.iter().map(|row| Ok((row.text("name")?, row.int("id")?))).collect()
}

async fn put_parts(
    tx: &mut Connection,
    words: &[&Word],
    ids: &[(String, i64)],
) -> Result<(), StoreError> {
    let ids: HashMap<&str, i64> = ids.iter().map(|(name, id)| (name.as_str(), *id)).collect();
    let (mut names, mut packages, mut listings) = (Vec::new(), Vec::new(), Vec::new());
    for word in words {
        let id = *ids.get(word.name.as_str()).ok_or(StoreError::Corrupt { what: "advisory" })?;
        for (part, said) in word.parts.iter().enumerate() {
            names.extend(said.names.iter().map(|name| json!([name, id, part])));
            packages.extend(said.packages.iter().map(|package| json!([package, id, part])));
            listings.extend(said.listing.iter().map(|listing| {
                let ListingRow { name, publisher, since, due, ransomware, .. } = listing;
                json!([name, id, publisher, since, due, ransomware])
            }));
        }
    }
    for (statement, rows) in [
        (&listed::PUT_ADVISORY_NAMES, names),
        (&listed::PUT_ADVISORY_PACKAGES, packages),
        (&listed::PUT_LISTINGS, listings),
    ] {
        for chunk in rows.chunks(ROWS_AT_ONCE) {
            let list = serde_json::Value::from(chunk.to_vec()).to_string();
            tx.execute(statement, params![list]).await?;
        }
    }
    Ok(())
}

/// A list of likelihoods replaces the one before.
async fn put_likelihoods(tx: &mut Connection, words: &[&Word]) -> Result<(), StoreError> {
    for word in words.iter().filter(|word| !word.likelihoods.is_empty()) {
        tx.execute(&CLEAR_LIKELIHOODS, params![]).await?;
        for chunk in word.likelihoods.chunks(ROWS_AT_ONCE) {
            let rows: Vec<serde_json::Value> = chunk
                .iter()
                .map(|it| json!([it.name, it.probability, it.percentile, it.permille]))
                .collect();
            let list = serde_json::Value::from(rows).to_string();
            tx.execute(&listed::PUT_LIKELIHOODS, params![list]).await?;
        }
    }
    Ok(())
}

/// What is known of a document of a source.
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) document: String,
    pub(super) apart: Option<String>,
    /// Whether its word could be read.
    is_good: bool,
}

pub(super) async fn known(
    connection: &mut Connection,
    source: &str,
    names: &[&str],
) -> Result<HashMap<String, Known>, StoreError> {
    let list = json!(names).to_string();
    let rows = connection.all(&listed::KNOWN_ADVISORIES, params![source, list]).await?;
    let one = |row: &Row| {
        let apart = row.text_or_none("apart")?;
        let is_good = apart.is_some() || row.text_or_none("problem")?.is_none();
        let known = Known { id: row.int("id")?, document: row.text("document")?, apart, is_good };
        Ok((row.text("name")?, known))
    };
    rows.iter().map(one).collect()
}
