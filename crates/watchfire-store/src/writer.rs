//! Group commit: one task takes what is queued, writes it in one transaction, and answers after
//! the commit.
//!
//! Each append stands in a savepoint of its own, so one that is refused harms no other. Nobody is
//! told of success before the commit is synced and the new head is kept outside the database.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::append::{Append, Outcome};
use crate::config::{LogHead, Seal};
use crate::dialect::{Connection, Db};
use crate::error::StoreError;
use crate::log::{Checkpoint, Edge, Tree, add_checkpoint};

/// Appends that wait. One more is refused as overload.
pub const QUEUE_MAX: usize = 1024;
/// Appends of one transaction.
pub const BATCH_MAX: usize = 128;

/// What is asked of the writer.
pub(crate) enum Job {
    Append(Box<Append>, oneshot::Sender<Result<Outcome, StoreError>>),
    /// Finish what came before, then end.
    Stop(oneshot::Sender<()>),
}

/// Why the store takes no more writes, once it does not.
pub(crate) type Failed = Arc<OnceLock<String>>;

pub(crate) struct Writer {
    db: Db,
    seal: Option<Seal>,
    failed: Failed,
}

type Answer = oneshot::Sender<Result<Outcome, StoreError>>;

impl Writer {
    pub(crate) fn start(db: Db, seal: Option<Seal>, failed: Failed) -> mpsc::Sender<Job> {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(Self { db, seal, failed }.work(receiver));
        sender
    }

    async fn work(self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        while queue.recv_many(&mut jobs, BATCH_MAX).await > 0 {
            let mut stop = None;
            let mut batch = Vec::with_capacity(jobs.len());
            for job in jobs.drain(..) {
                match job {
                    Job::Append(append, answer) => batch.push((append, answer)),
                    Job::Stop(done) => stop = Some(done),
                }
            }
            self.write(batch).await;
            if let Some(done) = stop {
                // Whoever asked may have gone; the work is done all the same.
                let _gone = done.send(());
                return;
            }
        }
    }

    /// Writes a batch and answers each of it.
    async fn write(&self, batch: Vec<(Box<Append>, Answer)>) {
        if batch.is_empty() {
            return;
        }
        let (appends, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let results = match self.commit(&appends).await {
            Ok(results) => results,
            Err(error) => {
                if let StoreError::StorageUnsafe(reason) = &error {
                    tracing::error!(reason, "the storage is unsafe; no more writes are taken");
                    self.failed.get_or_init(|| reason.clone());
                }
                appends.iter().map(|_| Err(again(&error))).collect()
            }
        };
        for (answer, result) in answers.into_iter().zip(results) {
            // Whoever asked may have gone; it is stored all the same.
            drop(answer.send(result));
        }
    }

    /// Writes a batch in one transaction.
    ///
    /// # Errors
    /// What holds for all of the batch; the refusals of single appends are in the result.
    async fn commit(
        &self,
        appends: &[Box<Append>],
    ) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
        if let Some(reason) = self.failed.get() {
            return Err(StoreError::StorageUnsafe(reason.clone()));
        }
        let mut tx = self.db.writer().await?;
        tx.begin().await?;
        let mut edge = Edge::lock(&mut tx, Tree::Internal).await?;
        let before = edge.head().size;
        let mut results = Vec::with_capacity(appends.len());
        for append in appends {
            results.push(one(&mut tx, &mut edge, append).await?);
        }
        if !results.iter().any(|result| matches!(result, Ok(Outcome::Done(_)))) {
            tx.rollback().await?;
            return Ok(results);
        }
        if edge.head().size == before {
            tx.commit().await?;
            return Ok(results);
        }
        edge.save(&mut tx).await?;
        let head = edge.head();
        let note = self.seal.as_ref().map(|seal| seal.sign(&head));
        if let Some(note) = &note {
            checkpoint(&mut tx, &head, note, edge.recorded_at).await?;
        }
        tx.commit().await?;
        if let (Some(seal), Some(note)) = (&self.seal, note) {
            keep_outside(seal.clone(), head, note).await?;
        }
        Ok(results)
    }
}

/// Does one append in a savepoint. An error of all ends the batch, its own is in the result.
async fn one(
    tx: &mut Connection,
    edge: &mut Edge,
    append: &Append,
) -> Result<Result<Outcome, StoreError>, StoreError> {
    let before = edge.clone();
    tx.run("SAVEPOINT append").await?;
    match append.perform(tx, edge).await {
        Ok(outcome) => {
            tx.run("RELEASE SAVEPOINT append").await?;
            Ok(Ok(outcome))
        }
        Err(error @ (StoreError::Unavailable(_) | StoreError::StorageUnsafe(_))) => Err(error),
        Err(refusal) => {
            *edge = before;
            tx.run("ROLLBACK TO SAVEPOINT append").await?;
            tx.run("RELEASE SAVEPOINT append").await?;
            Ok(Err(refusal))
        }
    }
}

async fn checkpoint(
    tx: &mut Connection,
    head: &LogHead,
    note: &str,
    signed_at: Timestamp,
) -> Result<(), StoreError> {
    let checkpoint = Checkpoint { head: head.clone(), note: note.to_owned(), signed_at };
    add_checkpoint(tx, Tree::Internal, &checkpoint).await
}

/// Writes the note outside the database. What was committed stays; but nobody is told of it, and
/// nothing more is taken, because a rollback could not be seen any more.
async fn keep_outside(seal: Seal, head: LogHead, note: String) -> Result<(), StoreError> {
    let kept = tokio::task::spawn_blocking(move || seal.keep(&head, &note)).await;
    match kept {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(StoreError::StorageUnsafe(format!("the checkpoint: {error}"))),
        Err(error) => Err(StoreError::StorageUnsafe(format!("the checkpoint: {error}"))),
    }
}

/// The error of a whole batch, for each of it.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(source) => StoreError::Unavailable(source.clone()),
        StoreError::OutcomeUnknown => StoreError::OutcomeUnknown,
        StoreError::StorageUnsafe(reason) => StoreError::StorageUnsafe(reason.clone()),
        StoreError::Database(source) => StoreError::Database(source.clone()),
        StoreError::Corrupt { what } => StoreError::Corrupt { what },
        _ => StoreError::Corrupt { what: "batch of writes" },
    }
}

#[cfg(test)]
mod tests {
    use watchfire_core::event::{NodeEvent, Service};

    use crate::append::Append;
    use crate::dialect::{Engine, Statement, params};
    use crate::error::StoreError;
    use crate::store::Store;
    use crate::testing::engines;
    use crate::viewer::Viewer;

    async fn remark(store: &Store, length: usize) -> Result<(), StoreError> {
        let keeper = Viewer::service(Service::Keeper);
        let grant = store.authorize_node(&keeper).await?;
        let mut append = Append::new(&keeper, jiff::Timestamp::UNIX_EPOCH);
        let (room, row, problem) = ("due".into(), "WO".into(), "x".repeat(length));
        append.node(&grant, NodeEvent::RowFailed { room, row, problem });
        store.append(append).await.map(|_| ())
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_no_more_is_taken_even_when_there_is_room_again() {
        for engine in engines().await {
            let store = engine.open().await;
            if store.engine() != Engine::Sqlite {
                store.close().await;
                continue;
            }
            remark(&store, 10).await.unwrap();
            let limit = async |sql| {
                let mut writer = store.writer().await.unwrap();
                writer.all(&Statement::new("LIMIT", sql), params![]).await.unwrap();
            };
            // The file cannot grow any more, as on a full disk.
            limit("PRAGMA max_page_count = 1").await;
            let full = remark(&store, 900_000).await;
            assert!(matches!(full, Err(StoreError::StorageUnsafe(_))), "{full:?}");
            limit("PRAGMA max_page_count = 1000000").await;
            let after = remark(&store, 10).await;
            assert!(matches!(after, Err(StoreError::StorageUnsafe(_))), "{after:?}");
            let rows = Statement::new("ROWS", "SELECT COUNT(*) AS count FROM events");
            let mut reader = store.reader().await.unwrap();
            let row = reader.optional(&rows, params![]).await.unwrap().unwrap();
            assert_eq!(row.int("count").unwrap(), 1);
            drop(reader);
            store.close().await;
        }
    }
}
