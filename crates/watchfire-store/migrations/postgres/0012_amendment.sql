-- Changes of law on their way, read from events.
CREATE TABLE amendments (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id  TEXT COLLATE "C" NOT NULL,
    title            TEXT NOT NULL,
    stage            TEXT NOT NULL,
    proposed_at      BIGINT NOT NULL,
    effective_at     BIGINT NOT NULL,
    gaps             BIGINT NOT NULL,
    issuer           TEXT COLLATE "C",
    sequence         BIGINT,
    due_at           BIGINT
);
CREATE INDEX amendments_due ON amendments (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX amendments_list ON amendments (proposed_at, id);
-- A bundle is taken up once.
CREATE UNIQUE INDEX amendments_by_issuer ON amendments (organization_id, issuer, sequence)
    WHERE issuer IS NOT NULL;

-- What departments owe: to say that they have received a change.
CREATE TABLE acknowledgements (
    amendment_id   TEXT COLLATE "C" NOT NULL,
    department_id  TEXT COLLATE "C" NOT NULL,
    owner_id       TEXT COLLATE "C",
    due_at         BIGINT NOT NULL,
    gap            TEXT,
    given_at       BIGINT,
    PRIMARY KEY (amendment_id, department_id)
);
CREATE INDEX acknowledgements_open ON acknowledgements (due_at, amendment_id, department_id)
    WHERE given_at IS NULL;

CREATE TABLE departments (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id  TEXT COLLATE "C" NOT NULL,
    name             TEXT NOT NULL,
    is_closed        BOOLEAN NOT NULL
);
CREATE INDEX departments_by_organization ON departments (organization_id, id);

-- Files of law, verbatim, by the digest that events name. Not read from events.
CREATE TABLE lawbooks (
    digest   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bytes    BYTEA NOT NULL,
    kept_at  BIGINT NOT NULL
);

-- Which lawbook was used from when on.
CREATE TABLE lawbook_uses (
    log_index  BIGINT NOT NULL PRIMARY KEY,
    used_from  BIGINT NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL
);

-- Where the facts of a case stand, and on what a provision can arise in it.
CREATE TABLE case_facts (
    log_index  BIGINT NOT NULL PRIMARY KEY,
    case_id    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX case_facts_by_case ON case_facts (case_id, log_index);
CREATE TABLE case_triggers (
    cause    TEXT COLLATE "C" NOT NULL,
    case_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (cause, case_id)
);
INSERT INTO case_facts (log_index, case_id)
    SELECT log_index, stream FROM events WHERE noun = 'case' AND bytes IS NOT NULL
    AND convert_from(bytes, 'UTF8')::jsonb #>> '{event,kind}' = 'fact-recorded';
INSERT INTO case_triggers (cause, case_id)
    SELECT convert_from(e.bytes, 'UTF8')::jsonb #>> '{event,data,fact,kind}', f.case_id
    FROM case_facts f JOIN events e ON e.log_index = f.log_index
    ON CONFLICT DO NOTHING;
INSERT INTO case_triggers (cause, case_id)
    SELECT convert_from(e.bytes, 'UTF8')::jsonb #>> '{event,data,fact,of}', f.case_id
    FROM case_facts f JOIN events e ON e.log_index = f.log_index
    WHERE convert_from(e.bytes, 'UTF8')::jsonb #>> '{event,data,fact,of}' IS NOT NULL
    ON CONFLICT DO NOTHING;
INSERT INTO case_triggers (cause, case_id)
    SELECT 'submitted ' || o.value, f.case_id
    FROM case_facts f JOIN events e ON e.log_index = f.log_index,
    jsonb_array_elements_text(
        coalesce(convert_from(e.bytes, 'UTF8')::jsonb #> '{event,data,fact,obligation}', '[]')) AS o(value)
    ON CONFLICT DO NOTHING;
