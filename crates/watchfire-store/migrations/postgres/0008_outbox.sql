-- What must still leave the house, and what became of it. Not read from events: it is a queue.
CREATE TABLE outbox (
    id             TEXT COLLATE "C" NOT NULL,
    recipient      TEXT COLLATE "C" NOT NULL,
    channel        TEXT COLLATE "C" NOT NULL,
    case_id        TEXT COLLATE "C",
    obligation_id  TEXT COLLATE "C",
    template       TEXT NOT NULL,
    payload        BYTEA NOT NULL,
    state          TEXT NOT NULL,
    attempts       BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    next_try_at    BIGINT,
    lease          BYTEA,
    PRIMARY KEY (id, channel),
    CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'unknown', 'given-up'))
);
CREATE INDEX outbox_next ON outbox (next_try_at, id, channel) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_by_lease ON outbox (lease) WHERE lease IS NOT NULL;
