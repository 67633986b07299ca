-- The growing edge of each tree: 'internal' is dense, 'public' has one leaf per tick.
CREATE TABLE log_heads (
    tree         TEXT NOT NULL PRIMARY KEY,
    size         INTEGER NOT NULL,
    frontier     BLOB NOT NULL,
    recorded_at  INTEGER NOT NULL,
    CHECK (size >= 0)
) STRICT;

-- The hashes of the tiles: level 0 are leaves, level 1 the roots of 256 leaves, and so on.
CREATE TABLE log_hashes (
    tree      TEXT NOT NULL,
    level     INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (tree, level, position),
    CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

-- Signed notes over a size and a root.
CREATE TABLE checkpoints (
    tree       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    root       BLOB NOT NULL,
    note       TEXT NOT NULL,
    signed_at  INTEGER NOT NULL,
    PRIMARY KEY (tree, size)
) STRICT;

-- The ticks of the public log: which part of the internal log each covers, and its secret.
CREATE TABLE ticks (
    number         INTEGER NOT NULL PRIMARY KEY,
    secret         BLOB NOT NULL,
    internal_size  INTEGER NOT NULL,
    internal_root  BLOB NOT NULL,
    entry          BLOB NOT NULL,
    CHECK (number >= 0 AND length(secret) = 32 AND length(entry) = 32)
) STRICT;
CREATE INDEX ticks_by_size ON ticks (internal_size, number);

-- When the public log began and how often it grows: written once, so that an empty database never
-- silently becomes a new log.
CREATE TABLE log_inceptions (
    tree             TEXT NOT NULL PRIMARY KEY,
    began_at         INTEGER NOT NULL,
    cadence_seconds  INTEGER NOT NULL,
    CHECK (tree = 'public' AND cadence_seconds > 0)
) STRICT;
