-- Events are the truth. Rows are added and never changed, except that erasure takes bytes and salt.
CREATE TABLE events (
    log_index    INTEGER NOT NULL PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    noun         TEXT NOT NULL,
    stream       TEXT NOT NULL,
    version      INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    bytes        BLOB,
    salt         BLOB,
    commitment   BLOB NOT NULL,
    receipt      BLOB NOT NULL UNIQUE,
    UNIQUE (noun, stream, version),
    CHECK (log_index >= 0 AND version >= 1),
    CHECK ((bytes IS NULL) = (salt IS NULL)),
    CHECK (length(commitment) = 32 AND length(receipt) = 32)
) STRICT;

-- What is kept beside an event so that it can be erased; the event has its digest.
CREATE TABLE annexes (
    event_id  TEXT NOT NULL REFERENCES events (id),
    name      TEXT NOT NULL,
    digest    TEXT NOT NULL,
    salt      BLOB,
    bytes     BLOB,
    PRIMARY KEY (event_id, name),
    CHECK ((bytes IS NULL) = (salt IS NULL))
) STRICT;

-- What was answered to a request with an idempotency key.
CREATE TABLE idempotency_keys (
    principal    TEXT NOT NULL,
    key          TEXT NOT NULL,
    body_digest  BLOB NOT NULL,
    answer       BLOB NOT NULL,
    recorded_at  INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (recorded_at);
