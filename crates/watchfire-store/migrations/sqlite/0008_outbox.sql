-- What must still leave the house, and what became of it. Not read from events: it is a queue.
CREATE TABLE outbox (
    id             TEXT NOT NULL,
    recipient      TEXT NOT NULL,
    channel        TEXT NOT NULL,
    case_id        TEXT,
    obligation_id  TEXT,
    template       TEXT NOT NULL,
    payload        BLOB NOT NULL,
    state          TEXT NOT NULL,
    attempts       INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    next_try_at    INTEGER,
    lease          BLOB,
    PRIMARY KEY (id, channel),
    CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'unknown', 'given-up'))
) STRICT;
CREATE INDEX outbox_next ON outbox (next_try_at, id, channel) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_by_lease ON outbox (lease) WHERE lease IS NOT NULL;
