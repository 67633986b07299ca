//! What drivers say, sorted: the storage failed, the database is away, or it refused.

use std::sync::Arc;

use super::Statement;
use crate::error::StoreError;

/// Sorts an error of the driver: the storage failed, the database is away, or it refused.
pub(crate) fn from_sqlx(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            if storage_failed(&code) {
                return StoreError::StorageUnsafe(error.to_string());
            }
            if server_is_leaving(&code) {
                return StoreError::Unavailable(Arc::new(error));
            }
            refused(error)
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(Arc::new(error)),
        _ => refused(error),
    }
}

/// Tells the operational log which statement failed; never with its values.
pub(super) fn told(statement: &Statement, error: StoreError) -> StoreError {
    tracing::debug!(statement = statement.name, %error, "a statement failed");
    error
}

/// A refusal of the database itself.
pub(super) fn refused(error: sqlx::Error) -> StoreError {
    StoreError::Database(Arc::new(error))
}

/// SQLite reports numbers: IOERR 10, CORRUPT 11, FULL 13, NOTADB 26, with details in the upper
/// bytes. PostgreSQL reports five signs: class 58 is a failure of its system, XX its own defect.
fn storage_failed(code: &str) -> bool {
    if code.len() == 5 {
        return code.starts_with("58") || code.starts_with("XX") || code == "53100";
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 10 | 11 | 13 | 26))
}

/// PostgreSQL: class 08 is the connection, 57P is a shutdown, 53300 is too many connections,
/// 25006 a standby, 25P03 a transaction that stood still, 57014 a statement that took too long,
/// 40001 and 40P01 a lost race. SQLite: BUSY 5, LOCKED 6.
fn server_is_leaving(code: &str) -> bool {
    if code.len() == 5 {
        let classes = ["08", "57P"].iter().any(|class| code.starts_with(class));
        let others = ["53300", "25006", "25P03", "40001", "40P01", "57014"];
        return classes || others.contains(&code);
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6))
}

/// Returns whether a refusal says that a row with this key is there already.
pub(crate) fn is_taken(error: &StoreError) -> bool {
    match error {
        StoreError::Database(error) => match &**error {
            sqlx::Error::Database(refusal) => refusal.is_unique_violation(),
            _ => false,
        },
        _ => false,
    }
}
