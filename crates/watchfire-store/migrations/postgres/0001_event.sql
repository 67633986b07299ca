-- Events are the truth. Rows are added and never changed, except that erasure takes bytes and salt.
CREATE TABLE events (
    log_index    BIGINT NOT NULL PRIMARY KEY,
    id           TEXT COLLATE "C" NOT NULL UNIQUE,
    noun         TEXT COLLATE "C" NOT NULL,
    stream       TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    recorded_at  BIGINT NOT NULL,
    bytes        BYTEA,
    salt         BYTEA,
    commitment   BYTEA NOT NULL,
    receipt      BYTEA NOT NULL UNIQUE,
    UNIQUE (noun, stream, version),
    CHECK (log_index >= 0 AND version >= 1),
    CHECK ((bytes IS NULL) = (salt IS NULL)),
    CHECK (length(commitment) = 32 AND length(receipt) = 32)
);

-- What is kept beside an event so that it can be erased; the event has its digest.
CREATE TABLE annexes (
    event_id  TEXT COLLATE "C" NOT NULL REFERENCES events (id),
    name      TEXT COLLATE "C" NOT NULL,
    digest    TEXT NOT NULL,
    salt      BYTEA,
    bytes     BYTEA,
    PRIMARY KEY (event_id, name),
    CHECK ((bytes IS NULL) = (salt IS NULL))
);

-- What was answered to a request with an idempotency key.
CREATE TABLE idempotency_keys (
    principal    TEXT COLLATE "C" NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    body_digest  BYTEA NOT NULL,
    answer       BYTEA NOT NULL,
    recorded_at  BIGINT NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (recorded_at);
