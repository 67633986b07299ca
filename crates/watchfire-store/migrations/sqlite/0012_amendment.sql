-- Changes of law on their way, read from events.
CREATE TABLE amendments (
    id               TEXT NOT NULL PRIMARY KEY,
    organization_id  TEXT NOT NULL,
    title            TEXT NOT NULL,
    stage            TEXT NOT NULL,
    proposed_at      INTEGER NOT NULL,
    effective_at     INTEGER NOT NULL,
    gaps             INTEGER NOT NULL,
    issuer           TEXT,
    sequence         INTEGER,
    due_at           INTEGER
) STRICT;
CREATE INDEX amendments_due ON amendments (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX amendments_list ON amendments (proposed_at, id);
-- A bundle is taken up once.
CREATE UNIQUE INDEX amendments_by_issuer ON amendments (organization_id, issuer, sequence)
    WHERE issuer IS NOT NULL;

-- What departments owe: to say that they have received a change.
CREATE TABLE acknowledgements (
    amendment_id   TEXT NOT NULL,
    department_id  TEXT NOT NULL,
    owner_id       TEXT,
    due_at         INTEGER NOT NULL,
    gap            TEXT,
    given_at       INTEGER,
    PRIMARY KEY (amendment_id, department_id)
) STRICT;
CREATE INDEX acknowledgements_open ON acknowledgements (due_at, amendment_id, department_id)
    WHERE given_at IS NULL;

CREATE TABLE departments (
    id               TEXT NOT NULL PRIMARY KEY,
    organization_id  TEXT NOT NULL,
    name             TEXT NOT NULL,
    is_closed        INTEGER NOT NULL
) STRICT;
CREATE INDEX departments_by_organization ON departments (organization_id, id);

-- Files of law, verbatim, by the digest that events name. Not read from events.
CREATE TABLE lawbooks (
    digest   TEXT NOT NULL PRIMARY KEY,
    bytes    BLOB NOT NULL,
    kept_at  INTEGER NOT NULL
) STRICT;

-- Which lawbook was used from when on.
CREATE TABLE lawbook_uses (
    log_index  INTEGER NOT NULL PRIMARY KEY,
    used_from  INTEGER NOT NULL,
    digest     TEXT NOT NULL
) STRICT;

-- Where the facts of a case stand, and on what a provision can arise in it.
CREATE TABLE case_facts (
    log_index  INTEGER NOT NULL PRIMARY KEY,
    case_id    TEXT NOT NULL
) STRICT;
CREATE INDEX case_facts_by_case ON case_facts (case_id, log_index);
CREATE TABLE case_triggers (
    cause    TEXT NOT NULL,
    case_id  TEXT NOT NULL,
    PRIMARY KEY (cause, case_id)
) STRICT;
INSERT INTO case_facts (log_index, case_id)
    SELECT log_index, stream FROM events WHERE noun = 'case' AND bytes IS NOT NULL
    AND json_extract(CAST(bytes AS TEXT), '$.event.kind') = 'fact-recorded';
INSERT OR IGNORE INTO case_triggers (cause, case_id)
    SELECT json_extract(CAST(e.bytes AS TEXT), '$.event.data.fact.kind'), f.case_id
    FROM case_facts f JOIN events e ON e.log_index = f.log_index;
INSERT OR IGNORE INTO case_triggers (cause, case_id)
    SELECT json_extract(CAST(e.bytes AS TEXT), '$.event.data.fact.of'), f.case_id
    FROM case_facts f JOIN events e ON e.log_index = f.log_index
    WHERE json_extract(CAST(e.bytes AS TEXT), '$.event.data.fact.of') IS NOT NULL;
INSERT OR IGNORE INTO case_triggers (cause, case_id)
    SELECT 'submitted ' || o.value, f.case_id
    FROM case_facts f JOIN events e ON e.log_index = f.log_index,
    json_each(CAST(e.bytes AS TEXT), '$.event.data.fact.obligation') o;
