-- What is fetched from outside: how far each feed has come. Not read from events.
CREATE TABLE feeds (
    room           TEXT NOT NULL,
    name           TEXT NOT NULL,
    address        TEXT NOT NULL,
    begun_at       INTEGER NOT NULL,
    tried_at       INTEGER,
    succeeded_at   INTEGER,
    news_at        INTEGER,
    failures       INTEGER NOT NULL,
    problem_code   TEXT,
    problem        TEXT,
    told_at        INTEGER,
    etag           TEXT,
    last_modified  TEXT,
    next_try_at    INTEGER NOT NULL,
    lease          BLOB,
    PRIMARY KEY (room, name)
) STRICT;
