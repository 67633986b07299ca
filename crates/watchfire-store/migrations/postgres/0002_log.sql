-- The growing edge of each tree: 'internal' is dense, 'public' has one leaf per tick.
CREATE TABLE log_heads (
    tree         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size         BIGINT NOT NULL,
    frontier     BYTEA NOT NULL,
    recorded_at  BIGINT NOT NULL,
    CHECK (size >= 0)
);

-- The hashes of the tiles: level 0 are leaves, level 1 the roots of 256 leaves, and so on.
CREATE TABLE log_hashes (
    tree      TEXT COLLATE "C" NOT NULL,
    level     BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    PRIMARY KEY (tree, level, position),
    CHECK (length(hash) = 32)
);

-- Signed notes over a size and a root.
CREATE TABLE checkpoints (
    tree       TEXT COLLATE "C" NOT NULL,
    size       BIGINT NOT NULL,
    root       BYTEA NOT NULL,
    note       TEXT NOT NULL,
    signed_at  BIGINT NOT NULL,
    PRIMARY KEY (tree, size)
);

-- The ticks of the public log: which part of the internal log each covers, and its secret.
CREATE TABLE ticks (
    number         BIGINT NOT NULL PRIMARY KEY,
    secret         BYTEA NOT NULL,
    internal_size  BIGINT NOT NULL,
    internal_root  BYTEA NOT NULL,
    entry          BYTEA NOT NULL,
    CHECK (number >= 0 AND length(secret) = 32 AND length(entry) = 32)
);
CREATE INDEX ticks_by_size ON ticks (internal_size, number);

-- When the public log began and how often it grows: written once, so that an empty database never
-- silently becomes a new log.
CREATE TABLE log_inceptions (
    tree             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    began_at         BIGINT NOT NULL,
    cadence_seconds  BIGINT NOT NULL,
    CHECK (tree = 'public' AND cadence_seconds > 0)
);
