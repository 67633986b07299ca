-- Cases, read from events.
CREATE TABLE cases (
    id               TEXT NOT NULL PRIMARY KEY,
    title            TEXT NOT NULL,
    organization_id  TEXT NOT NULL,
    report_id        TEXT,
    embargoed        INTEGER NOT NULL,
    embargo_until    INTEGER,
    opened_at        INTEGER NOT NULL,
    changed_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_by_opening ON cases (opened_at, id);

-- Who may see a case although it is embargoed.
CREATE TABLE participants (
    case_id   TEXT NOT NULL REFERENCES cases (id),
    party_id  TEXT NOT NULL,
    role      TEXT NOT NULL,
    added_at  INTEGER NOT NULL,
    PRIMARY KEY (case_id, party_id)
) STRICT;
CREATE INDEX participants_by_party ON participants (party_id, case_id);
