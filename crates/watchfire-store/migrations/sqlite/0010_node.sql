-- The last sign of life of each node.
CREATE TABLE node_beats (
    node     TEXT NOT NULL PRIMARY KEY,
    beat_at  INTEGER NOT NULL
) STRICT;
