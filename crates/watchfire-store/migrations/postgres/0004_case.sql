-- Cases, read from events.
CREATE TABLE cases (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    title            TEXT NOT NULL,
    organization_id  TEXT COLLATE "C" NOT NULL,
    report_id        TEXT COLLATE "C",
    embargoed        BOOLEAN NOT NULL,
    embargo_until    BIGINT,
    opened_at        BIGINT NOT NULL,
    changed_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL
);
CREATE INDEX cases_by_opening ON cases (opened_at, id);

-- Who may see a case although it is embargoed.
CREATE TABLE participants (
    case_id   TEXT COLLATE "C" NOT NULL REFERENCES cases (id),
    party_id  TEXT COLLATE "C" NOT NULL,
    role      TEXT NOT NULL,
    added_at  BIGINT NOT NULL,
    PRIMARY KEY (case_id, party_id)
);
CREATE INDEX participants_by_party ON participants (party_id, case_id);
