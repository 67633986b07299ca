-- Digests of secrets. Not events: who signs in when is no part of the evidence.
CREATE TABLE passwords (
    party_id  TEXT NOT NULL PRIMARY KEY,
    phc       TEXT NOT NULL,
    set_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
    digest        BLOB NOT NULL PRIMARY KEY,
    party_id      TEXT NOT NULL,
    label         TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER,
    expires_at    INTEGER,
    UNIQUE (party_id, label)
) STRICT;

CREATE TABLE sessions (
    digest        BLOB NOT NULL PRIMARY KEY,
    party_id      TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_party ON sessions (party_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
