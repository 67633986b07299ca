-- Obligations, read from events; `due_at` is the next rung and comes with the append.
CREATE TABLE obligations (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    case_id          TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    provision        TEXT NOT NULL,
    from_fact        TEXT,
    class            TEXT NOT NULL,
    state            TEXT NOT NULL,
    is_open          BOOLEAN NOT NULL,
    provisional      BOOLEAN NOT NULL,
    after_strict     BOOLEAN NOT NULL,
    strict_from      BIGINT,
    strict_due       BIGINT,
    outer_due        BIGINT,
    decision         TEXT,
    decision_due     BIGINT,
    cites            TEXT NOT NULL,
    version_from     TEXT,
    reading          TEXT,
    lawbook          TEXT NOT NULL,
    time_zones       TEXT NOT NULL,
    assessed_at      BIGINT NOT NULL,
    owner_id         TEXT COLLATE "C",
    owner_cause      TEXT,
    assigned_by      TEXT COLLATE "C",
    owned_at         BIGINT,
    acknowledged_by  TEXT COLLATE "C",
    acknowledged_at  BIGINT,
    gap              TEXT,
    gap_at           BIGINT,
    rung             TEXT,
    rung_at          BIGINT,
    gap_rank         BIGINT NOT NULL,
    sort_due         BIGINT NOT NULL,
    due_at           BIGINT
);
CREATE INDEX obligations_due ON obligations (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX obligations_watch ON obligations (gap_rank, sort_due, id) WHERE is_open;
CREATE INDEX obligations_by_case ON obligations (case_id, sort_due, id);
CREATE INDEX obligations_by_owner ON obligations (owner_id, sort_due, id) WHERE is_open;

-- The latest draft of a submission: the event that holds it.
CREATE TABLE drafts (
    obligation_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES obligations (id),
    case_id        TEXT COLLATE "C" NOT NULL,
    log_index      BIGINT NOT NULL
);
