-- People and organizations, read from events.
CREATE TABLE parties (
    id               TEXT NOT NULL PRIMARY KEY,
    kind             TEXT NOT NULL,
    name             TEXT NOT NULL,
    organization_id  TEXT,
    login            TEXT UNIQUE,
    account_open     INTEGER NOT NULL,
    administrator    INTEGER NOT NULL,
    responder        INTEGER NOT NULL,
    auditor          INTEGER NOT NULL,
    language         TEXT,
    time_zone        TEXT,
    profile_index    INTEGER,
    chain_owner      TEXT,
    chain_supervisor TEXT,
    chain_executive  TEXT,
    registered_at    INTEGER NOT NULL,
    CHECK (kind IN ('organization', 'person'))
) STRICT;
CREATE INDEX parties_by_organization ON parties (organization_id, id);

-- How notices reach a person; the address itself is an annex of the event.
CREATE TABLE addresses (
    party_id  TEXT NOT NULL,
    channel   TEXT NOT NULL,
    event_id  TEXT NOT NULL,
    PRIMARY KEY (party_id, channel)
) STRICT;
