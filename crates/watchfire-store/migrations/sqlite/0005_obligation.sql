-- Obligations, read from events; `due_at` is the next rung and comes with the append.
CREATE TABLE obligations (
    id               TEXT NOT NULL PRIMARY KEY,
    case_id          TEXT NOT NULL REFERENCES cases (id),
    provision        TEXT NOT NULL,
    from_fact        TEXT,
    class            TEXT NOT NULL,
    state            TEXT NOT NULL,
    is_open          INTEGER NOT NULL,
    provisional      INTEGER NOT NULL,
    after_strict     INTEGER NOT NULL,
    strict_from      INTEGER,
    strict_due       INTEGER,
    outer_due        INTEGER,
    decision         TEXT,
    decision_due     INTEGER,
    cites            TEXT NOT NULL,
    version_from     TEXT,
    reading          TEXT,
    lawbook          TEXT NOT NULL,
    time_zones       TEXT NOT NULL,
    assessed_at      INTEGER NOT NULL,
    owner_id         TEXT,
    owner_cause      TEXT,
    assigned_by      TEXT,
    owned_at         INTEGER,
    acknowledged_by  TEXT,
    acknowledged_at  INTEGER,
    gap              TEXT,
    gap_at           INTEGER,
    rung             TEXT,
    rung_at          INTEGER,
    gap_rank         INTEGER NOT NULL,
    sort_due         INTEGER NOT NULL,
    due_at           INTEGER
) STRICT;
CREATE INDEX obligations_due ON obligations (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX obligations_watch ON obligations (gap_rank, sort_due, id) WHERE is_open;
CREATE INDEX obligations_by_case ON obligations (case_id, sort_due, id);
CREATE INDEX obligations_by_owner ON obligations (owner_id, sort_due, id) WHERE is_open;

-- The latest draft of a submission: the event that holds it.
CREATE TABLE drafts (
    obligation_id  TEXT NOT NULL PRIMARY KEY REFERENCES obligations (id),
    case_id        TEXT NOT NULL,
    log_index      INTEGER NOT NULL
) STRICT;
