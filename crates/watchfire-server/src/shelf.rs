//! The lawbooks of a node: the one in use, and those that were.
//!
//! A lawbook that was put to use stays on the shelf for as long as the process lives, because
//! somebody may be reading it; so the law in use can change under a running node, and whoever holds
//! it still holds what they began with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use watchfire_core::event::Service;
use watchfire_core::law::Lawbook;
use watchfire_core::law::files::Files;
use watchfire_store::{Store, StoreError, Viewer};

/// Lawbooks of the past that are kept ready; of more, the one with the lowest digest goes.
const PAST_MAX: usize = 16;

/// The lawbooks in the order in which they were put to use, the last in use.
#[derive(Debug)]
pub(crate) struct Shelf {
    first: Kept,
    /// Those that were read to compute the past, by digest.
    past: Mutex<BTreeMap<String, Arc<Lawbook>>>,
}

#[derive(Debug)]
struct Kept {
    book: Arc<Lawbook>,
    next: OnceLock<Box<Kept>>,
}

impl Kept {
    fn last(&self) -> &Self {
        let mut at = self;
        while let Some(next) = at.next.get() {
            at = next;
        }
        at
    }
}

impl Shelf {
    pub(crate) fn new(book: Arc<Lawbook>) -> Self {
        Self { first: Kept { book, next: OnceLock::new() }, past: Mutex::default() }
    }

    /// The lawbook in use.
    pub(crate) fn current(&self) -> &Arc<Lawbook> {
        &self.first.last().book
    }

    /// Puts another lawbook to use.
    pub(crate) fn put(&self, book: Arc<Lawbook>) {
        let mut kept = Box::new(Kept { book, next: OnceLock::new() });
        // Somebody else may have put one there a moment ago; ours then comes after it.
        while let Err(back) = self.first.last().next.set(kept) {
            kept = back;
        }
    }

    /// Returns the lawbook that was used at `at`; before the first use that is recorded, that one.
    ///
    /// Files of a lawbook that were never kept (by a program that did not keep them) cannot be
    /// read; then it is the one in use.
    pub(crate) async fn at(
        &self,
        store: &Store,
        at: Timestamp,
    ) -> Result<Arc<Lawbook>, StoreError> {
        let uses = store.lawbook_uses().await?;
        let then = uses.iter().rev().find(|one| one.used_from <= at).or(uses.first());
        let Some(digest) = then.map(|one| one.digest.as_str()) else {
            return Ok(self.current().clone());
        };
        match self.by_digest(store, digest).await {
            Err(StoreError::NotFound(_)) => Ok(self.current().clone()),
            other => other,
        }
    }

    /// Returns a lawbook that is kept, by its digest.
    pub(crate) async fn by_digest(
        &self,
        store: &Store,
        digest: &str,
    ) -> Result<Arc<Lawbook>, StoreError> {
        let current = self.current();
        if current.digest_hex() == digest {
            return Ok(current.clone());
        }
        if let Some(found) = self.past().get(digest) {
            return Ok(found.clone());
        }
        let files = store.law_files(&Viewer::service(Service::Keeper), digest).await?;
        let book = load(files).await.ok_or(StoreError::Corrupt { what: "lawbook" })?;
        let mut past = self.past();
        if past.len() >= PAST_MAX {
            past.pop_first();
        }
        past.insert(digest.to_owned(), book.clone());
        Ok(book)
    }

    fn past(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Lawbook>>> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a lawbook away from those who wait for answers.
async fn load(files: Files) -> Option<Arc<Lawbook>> {
    let loaded = tokio::task::spawn_blocking(move || Lawbook::from_files(&files)).await;
    loaded.ok()?.ok().map(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_last_is_in_use_and_what_was_read_stays() {
        let first = Arc::new(Lawbook::builtin().clone());
        let second = Arc::new(Lawbook::builtin().clone());
        let shelf = Shelf::new(first.clone());
        let held = shelf.current();
        shelf.put(second.clone());
        assert!(Arc::ptr_eq(shelf.current(), &second));
        assert!(Arc::ptr_eq(held, &first));
    }
}
