-- Reports, read from events; what they say is in the event.
CREATE TABLE reports (
    id               TEXT NOT NULL PRIMARY KEY,
    case_id          TEXT NOT NULL,
    tracking_digest  TEXT NOT NULL UNIQUE,
    event_id         TEXT NOT NULL,
    received_at      INTEGER NOT NULL,
    contact_erased   INTEGER NOT NULL
) STRICT;
CREATE INDEX reports_by_case ON reports (case_id, id);
CREATE INDEX reports_by_time ON reports (received_at, id);
