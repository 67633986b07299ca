-- Reports, read from events; what they say is in the event.
CREATE TABLE reports (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    case_id          TEXT COLLATE "C" NOT NULL,
    tracking_digest  TEXT COLLATE "C" NOT NULL UNIQUE,
    event_id         TEXT COLLATE "C" NOT NULL,
    received_at      BIGINT NOT NULL,
    contact_erased   BOOLEAN NOT NULL
);
CREATE INDEX reports_by_case ON reports (case_id, id);
CREATE INDEX reports_by_time ON reports (received_at, id);
