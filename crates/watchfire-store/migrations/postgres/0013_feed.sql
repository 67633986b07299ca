-- What is fetched from outside: how far each feed has come. Not read from events.
CREATE TABLE feeds (
    room           TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    address        TEXT COLLATE "C" NOT NULL,
    begun_at       BIGINT NOT NULL,
    tried_at       BIGINT,
    succeeded_at   BIGINT,
    news_at        BIGINT,
    failures       BIGINT NOT NULL,
    problem_code   TEXT COLLATE "C",
    problem        TEXT,
    told_at        BIGINT,
    etag           TEXT,
    last_modified  TEXT,
    next_try_at    BIGINT NOT NULL,
    lease          BYTEA,
    PRIMARY KEY (room, name)
);
