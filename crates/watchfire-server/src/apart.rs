//! Rows that are worked apart, so that one that fails stops no other.

use std::future::Future;

use tokio::task::JoinSet;
use watchfire_store::StoreError;

/// Works on one row in a task of its own, so that even a panic stops no other. Returns what came of
/// it, or in words what is wrong with this row. Dropped, it is cut short.
///
/// # Errors
/// Failures of the database as a whole, which say nothing of the row.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<Result<T, String>, StoreError> {
    let mut alone = JoinSet::new();
    alone.spawn(work);
    match alone.join_next().await.expect("one is in it") {
        Ok(Err(error)) if is_of_the_whole(&error) => Err(error),
        Ok(done) => Ok(done.map_err(|error| in_full(&error))),
        Err(_) => Ok(Err("the work stopped with a panic; see the log of the node".to_owned())),
    }
}

fn is_of_the_whole(error: &StoreError) -> bool {
    error.is_temporary() || matches!(error, StoreError::StorageUnsafe(_))
}

/// Writes an error with all that caused it.
pub(crate) fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
