-- What was sent to an authority, read from events; the fields are in the event.
CREATE TABLE submissions (
    id                 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    case_id            TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    fact               TEXT NOT NULL,
    number             TEXT,
    channel            TEXT NOT NULL,
    form               TEXT,
    incomplete_reason  TEXT,
    recorded_at        BIGINT NOT NULL,
    log_index          BIGINT NOT NULL
);
CREATE INDEX submissions_by_case ON submissions (case_id, log_index);

CREATE TABLE submission_obligations (
    submission_id  TEXT COLLATE "C" NOT NULL REFERENCES submissions (id),
    obligation_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (submission_id, obligation_id)
);
