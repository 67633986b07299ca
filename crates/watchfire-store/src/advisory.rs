//! What others publish: the newest word of each source on each of its documents.
//!
//! Not read from events: the world's advisories are nobody's word here. What of them exposes the
//! house is recorded elsewhere, by the digest of the document. A batch costs a handful of statements,
//! however many documents it holds, since rows go as one list.

pub(crate) mod put;

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::json;

use crate::Store;
use crate::dialect::{Row, Statement, listed, params};
use crate::document::{self, Kept};
use crate::error::StoreError;
use crate::page::{Page, PageRequest};
use crate::policy::{Authorized, Node, NotFound, Write};
use crate::product::like;
use crate::statement::statements;
use crate::viewer::Viewer;

pub(crate) use put::put;

/// Documents of one append.
pub const ADVISORIES_PER_APPEND_MAX: usize = 1_000;
/// Names or packages that are asked for at once.
pub const ASKED_AT_ONCE_MAX: usize = 2_000;

macro_rules! columns {
    () => {
        "a.id, a.source, a.name, a.document, a.format, a.publisher, a.title, a.published_at, \
         a.changed_at, a.is_withdrawn, a.pointer, a.problem, a.apart, a.first_at, a.known_at"
    };
}
pub(crate) use columns;

statements! {
    /// Those that were set apart first, then the newest.
    LIST = concat!(
        "SELECT ", columns!(), ", a.place FROM advisories a WHERE a.place > $3 \
         AND ($1 = '' OR LOWER(a.name) LIKE $1 ESCAPE '!' OR EXISTS (\
         SELECT 1 FROM advisory_names n WHERE n.advisory = a.id AND n.name = $2)) \
         ORDER BY a.place LIMIT $4"
    );
    ONE = concat!("SELECT ", columns!(), " FROM advisories a WHERE a.id = $1");
    COUNT_APART = "SELECT COUNT(*) AS n FROM advisories a WHERE a.problem IS NOT NULL";
}

/// What a source said last in one of its documents.
#[derive(Debug, Clone)]
pub struct Word {
    /// The name of the feed, or of whoever brought it.
    pub source: String,
    /// The name of the document within its source.
    pub name: String,
    pub document: Kept,
    /// What it is written in; `None` where nobody could tell.
    pub format: Option<String>,
    pub publisher: Option<String>,
    pub title: Option<String>,
    pub published: Option<Timestamp>,
    pub changed: Option<Timestamp>,
    /// Whether all of it was taken back.
    pub is_withdrawn: bool,
    /// Why it is set apart: where in the document, and what is wrong there.
    pub problem: Option<(String, String)>,
    /// One for each vulnerability that it speaks of.
    pub parts: Vec<Part>,
    /// How likely exploitations are; of a list of those alone.
    pub likelihoods: Vec<Likelihood>,
}

/// What a document says of one vulnerability, as far as it is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its name and its aliases.
    pub names: Vec<String>,
    /// The packages it speaks of, each by its key.
    pub packages: Vec<String>,
    /// That it is exploited, where the document says so.
    pub listing: Option<ListingRow>,
}

/// That a vulnerability is exploited somewhere, by a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingRow {
    /// Which vulnerability, by the name in the list.
    pub name: String,
    pub publisher: String,
    pub since: Option<String>,
    pub due: Option<String>,
    pub ransomware: Option<bool>,
    /// The number of the list, and SHA-256 of its bytes.
    pub advisory: u64,
    pub document: String,
}

/// How likely it is that a vulnerability is exploited within thirty days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likelihood {
    pub name: String,
    /// From 0 to 1, as it was written.
    pub probability: String,
    pub percentile: String,
    pub permille: u32,
}

/// A document as it stands in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryRow {
    pub id: u64,
    pub source: String,
    pub name: String,
    /// SHA-256 of its bytes.
    pub document: String,
    pub format: Option<String>,
    pub publisher: Option<String>,
    pub title: Option<String>,
    pub published: Option<Timestamp>,
    pub changed: Option<Timestamp>,
    pub is_withdrawn: bool,
    pub problem: Option<(String, String)>,
    /// SHA-256 of what is set apart, where an earlier word goes on in its place.
    pub apart: Option<String>,
    /// Since when the source is known to speak of this.
    pub first_at: Timestamp,
    /// Since when its newest word is known.
    pub known_at: Timestamp,
}

/// A place where a name or a package was found: a part of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartRef {
    pub advisory: u64,
    pub part: u64,
    pub document: String,
    /// Its source, and its name there.
    pub place: String,
    /// What the document is written in.
    pub format: Option<String>,
    /// What was found there.
    pub text: String,
}

pub(crate) fn advisory_row(row: &Row) -> Result<AdvisoryRow, StoreError> {
    let reason = row.text_or_none("problem")?;
    Ok(AdvisoryRow {
        id: row.natural("id")?,
        source: row.text("source")?,
        name: row.text("name")?,
        document: row.text("document")?,
        format: row.text_or_none("format")?,
        publisher: row.text_or_none("publisher")?,
        title: row.text_or_none("title")?,
        published: row.instant_or_none("published_at")?,
        changed: row.instant_or_none("changed_at")?,
        is_withdrawn: row.bool("is_withdrawn")?,
        problem: match reason {
            Some(reason) => Some((row.text_or_none("pointer")?.unwrap_or_default(), reason)),
            None => None,
        },
        apart: row.text_or_none("apart")?,
        first_at: row.instant("first_at")?,
        known_at: row.instant("known_at")?,
    })
}

fn part_refs(rows: &[Row]) -> Result<Vec<PartRef>, StoreError> {
    rows.iter()
        .map(|row| {
            Ok(PartRef {
                advisory: row.natural("advisory")?,
                part: row.natural("part")?,
                document: row.text("document")?,
                place: row.text("place")?,
                format: row.text_or_none("format")?,
                text: row.text("text")?,
            })
        })
        .collect()
}

impl Store {
    /// Returns which of these documents of a source are known: by the name of each its number, and
    /// the digest of what the source gave last.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn advisories_known(
        &self,
        _grant: &Authorized<Node, Write>,
        source: &str,
        names: &[&str],
    ) -> Result<HashMap<String, (u64, String)>, StoreError> {
        let mut connection = self.reader().await?;
        let mut found = HashMap::new();
        for chunk in names.chunks(ASKED_AT_ONCE_MAX) {
            for (name, known) in put::known(&mut connection, source, chunk).await? {
                let id = u64::try_from(known.id);
                let id = id.map_err(|_| StoreError::Corrupt { what: "advisory" })?;
                found.insert(name, (id, known.apart.unwrap_or(known.document)));
            }
        }
        Ok(found)
    }

    /// Returns every name that stands in these documents.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn names_of_advisories(
        &self,
        _grant: &Authorized<Node, Write>,
        ids: &[u64],
    ) -> Result<Vec<String>, StoreError> {
        let list = json!(ids).to_string();
        let rows = self.reader().await?.all(&listed::NAMES_OF_ADVISORIES, params![list]).await?;
        rows.iter().map(|row| row.text("name")).collect()
    }

    /// Returns where advisories speak of these packages, by their keys.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn parts_by_packages(
        &self,
        _grant: &Authorized<Node, Write>,
        packages: &[&str],
    ) -> Result<Vec<PartRef>, StoreError> {
        self.parts(&listed::PARTS_BY_PACKAGES, packages.iter().map(|one| json!(one))).await
    }

    /// Returns all names of the parts that go by one of these, each name with its part.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn parts_by_names(
        &self,
        _grant: &Authorized<Node, Write>,
        names: &[&str],
    ) -> Result<Vec<PartRef>, StoreError> {
        self.parts(&listed::PARTS_BY_NAMES, names.iter().map(|one| json!(one))).await
    }

    /// Returns all names of these parts of documents, each name with its part.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn names_of_parts(
        &self,
        _grant: &Authorized<Node, Write>,
        parts: &[(u64, u64)],
    ) -> Result<Vec<PartRef>, StoreError> {
        self.parts(&listed::NAMES_OF_PARTS, parts.iter().map(|one| json!(one))).await
    }

    /// Asks for parts of documents by some of a list at a time.
    async fn parts(
        &self,
        statement: &Statement,
        asked: impl Iterator<Item = serde_json::Value>,
    ) -> Result<Vec<PartRef>, StoreError> {
        let asked: Vec<serde_json::Value> = asked.collect();
        let mut connection = self.reader().await?;
        let mut found = Vec::new();
        for chunk in asked.chunks(ASKED_AT_ONCE_MAX) {
            let list = serde_json::Value::from(chunk.to_vec()).to_string();
            let rows: Vec<Row> = connection.all(statement, params![list]).await?;
            found.extend(part_refs(&rows)?);
        }
        Ok(found)
    }

    /// Returns which lists say of these names that they are exploited.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn listings(&self, names: &[&str]) -> Result<Vec<ListingRow>, StoreError> {
        let mut connection = self.reader().await?;
        let mut found = Vec::new();
        for chunk in names.chunks(ASKED_AT_ONCE_MAX) {
            let list = json!(chunk).to_string();
            for row in &connection.all(&listed::LISTINGS, params![list]).await? {
                found.push(ListingRow {
                    name: row.text("name")?,
                    advisory: row.natural("advisory")?,
                    publisher: row.text("publisher")?,
                    since: row.text_or_none("since")?,
                    due: row.text_or_none("due")?,
                    ransomware: row.bool_or_none("ransomware")?,
                    document: row.text("document")?,
                });
            }
        }
        Ok(found)
    }

    /// Returns how likely exploitations of these are.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn likelihoods(&self, names: &[&str]) -> Result<Vec<Likelihood>, StoreError> {
        let mut connection = self.reader().await?;
        let mut found = Vec::new();
        for chunk in names.chunks(ASKED_AT_ONCE_MAX) {
            let list = json!(chunk).to_string();
            for row in &connection.all(&listed::LIKELIHOODS, params![list]).await? {
                let permille = u32::try_from(row.int("permille")?);
                found.push(Likelihood {
                    name: row.text("name")?,
                    probability: row.text("probability")?,
                    percentile: row.text("percentile")?,
                    permille: permille.map_err(|_| StoreError::Corrupt { what: "permille" })?,
                });
            }
        }
        Ok(found)
    }

    /// Returns the documents that go by one of these names, with the newest word of each source.
    ///
    /// What others publish is for the house alone, since some of it was brought by people.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn advisories_by_names(
        &self,
        viewer: &Viewer,
        names: &[&str],
    ) -> Result<Vec<AdvisoryRow>, StoreError> {
        if !self.is_of_own_house(viewer).await? {
            return Ok(Vec::new());
        }
        let mut connection = self.reader().await?;
        let mut found = Vec::new();
        for chunk in names.chunks(ASKED_AT_ONCE_MAX) {
            let list = json!(chunk).to_string();
            let rows = connection.all(&listed::ADVISORIES_BY_NAMES, params![list]).await?;
            found.extend(rows.iter().map(advisory_row).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(found)
    }

    /// Returns a page of the documents that came, those that were set apart first, then the newest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for whoever has no account; [`StoreError::Cursor`].
    pub async fn advisories(
        &self,
        viewer: &Viewer,
        search: &str,
        page: &PageRequest,
    ) -> Result<Page<AdvisoryRow>, StoreError> {
        if !self.is_of_own_house(viewer).await? {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let ([place], _) = page.key([i64::MIN])?;
        let named = search.trim().to_owned();
        let params = params![like(search), named, place, page.probe()];
        let rows = self.reader().await?.all(&LIST, params).await?;
        let placed = |row: &Row| Ok((row.int("place")?, advisory_row(row)?));
        let rows = rows.iter().map(placed).collect::<Result<Vec<_>, StoreError>>()?;
        let page = page.page(rows, |(place, _)| format!("{place}."));
        Ok(Page { rows: page.rows.into_iter().map(|(_, row)| row).collect(), next: page.next })
    }

    /// Returns one document with its bytes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing, and for whoever is not of the house.
    pub async fn advisory(
        &self,
        viewer: &Viewer,
        id: u64,
    ) -> Result<(AdvisoryRow, Vec<u8>), StoreError> {
        if !self.is_of_own_house(viewer).await? {
            return Err(NotFound.into());
        }
        let mut connection = self.reader().await?;
        let id = i64::try_from(id).map_err(|_| NotFound)?;
        let row = connection.optional(&ONE, params![id]).await?.ok_or(NotFound)?;
        let row = advisory_row(&row)?;
        let bytes = document::kept(&mut connection, &row.document).await?.ok_or(NotFound)?;
        Ok((row, bytes))
    }

    /// Returns how many documents were set apart.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn advisories_apart(&self, viewer: &Viewer) -> Result<u64, StoreError> {
        if !self.is_of_own_house(viewer).await? {
            return Ok(0);
        }
        let row = self.reader().await?.optional(&COUNT_APART, params![]).await?;
        row.map_or(Ok(0), |row| row.natural("n"))
    }
}
