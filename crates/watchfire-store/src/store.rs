//! The store: opening it, writing through the one writer, and closing it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::append::{Append, Outcome};
use crate::config::StoreConfig;
use crate::dialect::{Connection, Db, Engine, Running};
use crate::error::StoreError;
use crate::log::{Edge, Tree};
use crate::schema;
use crate::writer::{Failed, Job, Writer};

/// The memory. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Store {
    db: Db,
    queue: mpsc::Sender<Job>,
    failed: Failed,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.db.engine())
    }
}

impl Store {
    /// Opens the store, brings its schema up to date and starts its writer.
    ///
    /// # Errors
    /// [`StoreError::EngineTooOld`], [`StoreError::Setting`], [`StoreError::SchemaNewer`],
    /// [`StoreError::SchemaChanged`], [`StoreError::Address`], [`StoreError::Unavailable`].
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let db = Db::open_writer(&config.location).await?;
        let mut connection = db.writer().await?;
        connection.check_engine().await?;
        schema::migrate(&mut connection).await?;
        for tree in [Tree::Internal, Tree::Public] {
            Edge::make(&mut connection, tree).await?;
        }
        drop(connection);
        let failed = Arc::new(OnceLock::new());
        let queue = Writer::start(db.clone(), config.seal.clone(), failed.clone());
        Ok(Self { db, queue, failed })
    }

    /// Stores all that `append` holds, or nothing. When it returns, it is synced to disk.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::NotFound`], [`StoreError::IdempotencyMismatch`],
    /// [`StoreError::Overloaded`], [`StoreError::OutcomeUnknown`], [`StoreError::StorageUnsafe`]
    /// and the others of [`StoreError`].
    pub async fn append(&self, append: Append) -> Result<Outcome, StoreError> {
        self.refuse_if_failed()?;
        append.check()?;
        let (answer, answered) = oneshot::channel();
        match self.queue.try_send(Job::Append(Box::new(append), answer)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(StoreError::Overloaded),
            Err(TrySendError::Closed(_)) => return Err(stopped()),
        }
        match answered.await {
            Ok(result) => result,
            // The writer ended with the append in its hands.
            Err(_) => Err(StoreError::OutcomeUnknown),
        }
    }

    /// Finishes what is queued and closes the database.
    pub async fn close(self) {
        let (done, finished) = oneshot::channel();
        if self.queue.send(Job::Stop(done)).await.is_ok() {
            // If the writer has ended already, there is nothing to wait for.
            drop(finished.await);
        }
        self.db.close().await;
    }

    /// Returns which engine it is.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    pub(crate) fn reader(&self) -> Running<'_, Connection> {
        self.db.reader()
    }

    pub(crate) fn writer(&self) -> Running<'_, Connection> {
        self.db.writer()
    }

    /// Refuses to write once the storage has failed.
    pub(crate) fn refuse_if_failed(&self) -> Result<(), StoreError> {
        match self.failed.get() {
            Some(reason) => Err(StoreError::StorageUnsafe(reason.clone())),
            None => Ok(()),
        }
    }

    /// Remembers a failure of the storage, so that no more writes are taken.
    pub(crate) fn note_failure<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::StorageUnsafe(reason)) = &result {
            self.failed.get_or_init(|| reason.clone());
        }
        result
    }
}

fn stopped() -> StoreError {
    StoreError::StorageUnsafe("the store was closed".to_owned())
}
