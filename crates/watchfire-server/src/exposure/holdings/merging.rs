//! The index is made one segment when much came, beside whoever asks and adds, and kept.

use tokio::sync::OwnedMutexGuard;
use watchfire_exposure::index::Frozen;
use watchfire_store::Store;

use super::super::kept;
use super::{Held, Holdings};

/// After so many new rows the index is made one again, however large it is.
const ROWS_SINCE_MAX: usize = 2_000_000;
/// Fewer new rows are read again at the next start: that is as quick as to write them down.
const ROWS_SINCE_MIN: usize = 5_000;
/// What came must be so large a part of the whole, that the whole is written anew for it: while the
/// node runs, and when it stops.
const PART_RUNNING: usize = 4;
const PART_STOPPING: usize = 64;

impl Holdings {
    /// Begins to make the index one, where that is worth it and nobody does already.
    pub(super) fn merge_beside(&self, held: &mut Held, store: &Store) {
        if held.is_worth_merging(PART_RUNNING)
            && let Ok(turn) = self.0.merging.clone().try_lock_owned()
        {
            let frozen = held.index.freeze();
            let (own, store) = (self.clone(), store.clone());
            tokio::spawn(async move { own.merge(&store, frozen, turn).await });
        }
    }

    /// Keeps what came since the index was kept last, where that is worth it, and waits until it is:
    /// for a node that stops.
    pub async fn keep(&self, store: &Store) {
        let turn = self.0.merging.clone().lock_owned().await;
        let frozen = {
            let mut held = self.0.held.write().await;
            if !held.is_worth_merging(PART_STOPPING) {
                return;
            }
            held.index.freeze()
        };
        self.merge(store, frozen, turn).await;
    }

    /// Makes one segment of what was frozen, while others ask and add.
    async fn merge(&self, store: &Store, frozen: Frozen, _turn: OwnedMutexGuard<()>) {
        // Every SBOM that was frozen was read before, and so lies before this head.
        let head = match kept::head(store).await {
            Ok(head) => Some(head),
            Err(error) => {
                tracing::error!(%error, "the index is not kept: the log cannot be read");
                None
            }
        };
        let folder = self.0.folder.clone();
        let made = tokio::task::spawn_blocking(move || {
            let segment = kept::made(&frozen, &folder, head);
            (frozen, segment)
        });
        match made.await {
            Ok((frozen, Ok(segment))) => {
                tracing::info!(rows = segment.rows(), "the index was made one");
                self.0.held.write().await.index.put(&frozen, segment);
            }
            Ok((_, Err(problem))) => tracing::error!(%problem, "the index was not made one"),
            Err(problem) => tracing::error!(%problem, "the index was not made one"),
        }
    }
}

impl Held {
    /// Whether so much came that the whole is written anew for it.
    fn is_worth_merging(&self, part: usize) -> bool {
        let worth = (self.index.rows_of_segments() / part).clamp(ROWS_SINCE_MIN, ROWS_SINCE_MAX);
        self.index.rows_since() >= worth
    }
}
