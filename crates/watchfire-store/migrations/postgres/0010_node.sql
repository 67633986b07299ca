-- The last sign of life of each node.
CREATE TABLE node_beats (
    node     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    beat_at  BIGINT NOT NULL
);
