-- People and organizations, read from events.
CREATE TABLE parties (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind             TEXT NOT NULL,
    name             TEXT NOT NULL,
    organization_id  TEXT COLLATE "C",
    login            TEXT COLLATE "C" UNIQUE,
    account_open     BOOLEAN NOT NULL,
    administrator    BOOLEAN NOT NULL,
    responder        BOOLEAN NOT NULL,
    auditor          BOOLEAN NOT NULL,
    language         TEXT,
    time_zone        TEXT,
    profile_index    BIGINT,
    chain_owner      TEXT COLLATE "C",
    chain_supervisor TEXT COLLATE "C",
    chain_executive  TEXT COLLATE "C",
    registered_at    BIGINT NOT NULL,
    CHECK (kind IN ('organization', 'person'))
);
CREATE INDEX parties_by_organization ON parties (organization_id, id);

-- How notices reach a person; the address itself is an annex of the event.
CREATE TABLE addresses (
    party_id  TEXT COLLATE "C" NOT NULL,
    channel   TEXT COLLATE "C" NOT NULL,
    event_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (party_id, channel)
);
