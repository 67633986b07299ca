-- Digests of secrets. Not events: who signs in when is no part of the evidence.
CREATE TABLE passwords (
    party_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    phc       TEXT NOT NULL,
    set_at    BIGINT NOT NULL
);

CREATE TABLE tokens (
    digest        BYTEA NOT NULL PRIMARY KEY,
    party_id      TEXT COLLATE "C" NOT NULL,
    label         TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT,
    expires_at    BIGINT,
    UNIQUE (party_id, label)
);

CREATE TABLE sessions (
    digest        BYTEA NOT NULL PRIMARY KEY,
    party_id      TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX sessions_by_party ON sessions (party_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
