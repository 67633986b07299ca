//! All that sources say of one vulnerability, side by side and together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use watchfire_core::event::{Called, Listing};
use watchfire_core::vulnerability::Scope;
use watchfire_formats::advisory::{self, Advisory, Document};
use watchfire_formats::cvss::Scores;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, ListingRow, Store, StoreError};

use super::advice::Advice;
use super::group::Group;
use super::said::severity;
use super::word::is_taken_back;

/// So many documents are named of what they say together.
const DOCUMENTS_MAX: usize = 50;
/// So many documents are held at a time.
const LIBRARY_MAX: usize = 1_000;
/// And so many are fetched together.
const FETCHED_AT_ONCE: usize = 100;
/// A title has at most so many characters.
const TITLE_CHARS_MAX: usize = 300;

/// What sources say of one vulnerability.
#[derive(Debug, Clone, Default)]
pub struct Opinions {
    /// What can be asked of it.
    pub advice: Arc<Advice>,
    /// By what it is known, and how severe the severest says it is.
    pub called: Called,
    /// Digests of the documents that say anything of it, the first of them.
    pub documents: Vec<String>,
    /// Whether a document that speaks of it cannot be read.
    pub is_partial: bool,
}

/// Documents that were read, by digest, so that one that speaks of many vulnerabilities is read once.
#[derive(Debug, Default)]
pub struct Library {
    /// Those that the store has, and can be read again.
    read: HashMap<String, Arc<Document>>,
    /// Those that are on their way into the store, and can be had nowhere else.
    coming: HashMap<String, Arc<Document>>,
}

impl Library {
    /// Puts a document there that is on its way into the store.
    pub fn put(&mut self, digest: &str, document: Arc<Document>) {
        self.coming.insert(digest.to_owned(), document);
    }

    fn get(&self, digest: &str) -> Option<&Arc<Document>> {
        self.coming.get(digest).or_else(|| self.read.get(digest))
    }

    /// Reads the documents that speak of some groups together, as far as there is room for them.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn gather(
        &mut self,
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        groups: &[Group],
    ) -> Result<(), StoreError> {
        let digests: BTreeSet<&str> =
            groups.iter().flat_map(|group| group.parts.keys()).map(String::as_str).collect();
        let digests: Vec<&str> = digests.into_iter().take(LIBRARY_MAX).collect();
        self.fetch(store, grant, &digests).await
    }

    /// Reads those of these documents that are not there yet. What cannot be read is not there then.
    async fn fetch(
        &mut self,
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        digests: &[&str],
    ) -> Result<(), StoreError> {
        let is_new = |digest: &&&str| self.get(digest).is_none();
        let missing: Vec<&str> = digests.iter().filter(is_new).copied().collect();
        if self.read.len() + missing.len() > LIBRARY_MAX {
            let kept = |digest: &String, _: &mut _| digests.contains(&digest.as_str());
            self.read.retain(kept);
        }
        let mut missing = missing.as_slice();
        while !missing.is_empty() {
            let some = store.documents(grant, missing).await?;
            missing = &missing[some.len()..];
            let read = tokio::task::spawn_blocking(move || {
                // What is kept as good was good: another program reads it otherwise, and it says
                // nothing.
                let each = some.into_iter().filter_map(|(digest, bytes)| {
                    let bytes = bytes?;
                    let read = std::panic::catch_unwind(|| advisory::read(&bytes));
                    Some((digest, Arc::new(read.ok()?.ok()?)))
                });
                each.collect::<Vec<_>>()
            });
            self.read.extend(read.await.map_err(|_| StoreError::Corrupt { what: "advisory" })?);
        }
        Ok(())
    }
}

impl Opinions {
    /// Reads what the parts of a group say.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn of(
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        library: &mut Library,
        group: &Group,
    ) -> Result<Self, StoreError> {
        let mut advice = Advice::default();
        let mut said: Vec<(String, Advisory)> = Vec::new();
        let (mut documents, mut is_partial) = (Vec::new(), false);
        let digests: Vec<&str> = group.parts.keys().map(String::as_str).collect();
        for (at, (digest, speaking)) in group.parts.iter().enumerate() {
            if at % FETCHED_AT_ONCE == 0 {
                let end = digests.len().min(at + FETCHED_AT_ONCE);
                library.fetch(store, grant, &digests[at..end]).await?;
            }
            let Some(document) = library.get(digest) else {
                tracing::error!(document = digest, place = speaking.place, "it cannot be read");
                is_partial = true;
                continue;
            };
            let one = |part: &u64| {
                let advisory = document.advisories.get(usize::try_from(*part).ok()?)?;
                (!is_taken_back(advisory)).then(|| advisory.clone())
            };
            let advisories: Vec<Advisory> = speaking.parts.iter().filter_map(one).collect();
            if advisories.is_empty() {
                continue;
            }
            said.extend(advisories.iter().map(|one| (digest.clone(), one.clone())));
            advice.add_some(&speaking.place, document.publisher.as_deref(), advisories);
            if documents.len() < DOCUMENTS_MAX {
                documents.push(digest.clone());
            }
        }
        let called = called(group, &said);
        Ok(Self { advice: Arc::new(advice), called, documents, is_partial })
    }

    /// Of which releases they say all that is said: of none, where one of them cannot be read.
    pub fn scope(&self, scope: Scope) -> Scope {
        if self.is_partial { Scope::Releases(BTreeSet::new()) } else { scope }
    }
}

fn called(group: &Group, said: &[(String, Advisory)]) -> Called {
    let all = || said.iter().map(|(_, advisory)| advisory);
    let titles = all().filter_map(|one| one.summary.as_deref());
    // The shortest is the one that was meant as a title.
    let title = titles.filter(|title| !title.trim().is_empty()).min_by_key(|it| (it.len(), *it));
    let published: Option<Timestamp> = all().filter_map(|one| one.published).min();
    let severities = all().filter_map(severity);
    // A score counts before a word, and of scores the newest version's highest.
    let best = severities.max_by_key(|(text, tenths)| {
        let version = text.parse::<Scores>().ok().map(|scores| scores.version);
        (version, *tenths, text.clone())
    });
    Called {
        names: group.names.clone(),
        title: title.map(|title| {
            let plain = title.trim().chars().map(|it| if it.is_control() { ' ' } else { it });
            plain.take(TITLE_CHARS_MAX).collect()
        }),
        published,
        severity_tenths: best.as_ref().and_then(|(_, tenths)| *tenths),
        severity: best.map(|(text, _)| text),
    }
}

/// The first list that says that it is exploited, and its document.
pub fn listing(rows: &[ListingRow]) -> Option<(Listing, Option<String>)> {
    let mut by_time: BTreeMap<(bool, &str, &str), &ListingRow> = BTreeMap::new();
    for row in rows {
        let since = row.since.as_deref().unwrap_or_default();
        by_time.insert((row.since.is_none(), since, &row.publisher), row);
    }
    let row = by_time.into_values().next()?;
    let listing = Listing {
        by: row.publisher.clone(),
        since: row.since.clone(),
        due: row.due.clone(),
        ransomware: row.ransomware,
    };
    Some((listing, Some(row.document.clone())))
}
