//! The statements whose text differs.

use super::Statement;

/// Reads the head of the log; on PostgreSQL it locks the row, so that the log stays linear
/// over several nodes. On SQLite the one writer has the file already.
pub(crate) const HEAD_FOR_UPDATE: Statement = Statement {
    name: "HEAD_FOR_UPDATE",
    sqlite: "SELECT size, frontier, recorded_at FROM log_heads WHERE tree = $1",
    postgres: "SELECT size, frontier, recorded_at FROM log_heads WHERE tree = $1 FOR UPDATE",
};

/// Takes notices that may be sent now, under a lease; two senders never take the same.
pub(crate) const CLAIM_NOTICES: Statement = Statement {
    name: "CLAIM_NOTICES",
    sqlite: "UPDATE outbox SET state = 'sending', attempts = attempts + 1, \
             next_try_at = $2, lease = $4 WHERE (id, channel) IN (\
             SELECT id, channel FROM outbox WHERE next_try_at <= $1 \
             ORDER BY next_try_at, id, channel LIMIT $3)",
    postgres: "UPDATE outbox SET state = 'sending', attempts = attempts + 1, \
             next_try_at = $2, lease = $4 WHERE (id, channel) IN (\
             SELECT id, channel FROM outbox WHERE next_try_at <= $1 \
             ORDER BY next_try_at, id, channel LIMIT $3 FOR UPDATE SKIP LOCKED)",
};

#[cfg(test)]
pub(crate) const ALL: &[Statement] = &[HEAD_FOR_UPDATE, CLAIM_NOTICES];
