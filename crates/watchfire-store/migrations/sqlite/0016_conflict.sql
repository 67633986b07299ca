-- Conflicts that wait for a decision, read from events; `id` is the case and the conflict.
CREATE TABLE open_conflicts (
    id             TEXT NOT NULL PRIMARY KEY,
    case_id        TEXT NOT NULL,
    conflict       TEXT NOT NULL,
    obligation_id  TEXT NOT NULL,
    opened_at      INTEGER NOT NULL,
    due_at         INTEGER,
    sort_due       INTEGER NOT NULL
) STRICT;
CREATE INDEX open_conflicts_list ON open_conflicts (sort_due, id);
WITH told AS (
    SELECT log_index, stream, recorded_at,
        json_extract(CAST(bytes AS TEXT), '$.event.kind') AS kind,
        json_extract(CAST(bytes AS TEXT), '$.event.data.conflict') AS conflict,
        json_extract(CAST(bytes AS TEXT), '$.event.data.obligation') AS obligation,
        json_extract(CAST(bytes AS TEXT), '$.event.data.due_at') AS due
    FROM events WHERE noun = 'case' AND bytes IS NOT NULL
    AND json_extract(CAST(bytes AS TEXT), '$.event.kind')
        IN ('conflict-opened', 'conflict-closed', 'conflict-decided')
), latest AS (
    SELECT stream, conflict, max(log_index) AS log_index FROM told GROUP BY stream, conflict
), opened AS (
    SELECT t.stream, t.conflict, t.obligation, t.recorded_at,
        unixepoch(substr(t.due, 1, 19)) * 1000000 + CASE substr(t.due, 20, 1) WHEN '.'
            THEN CAST(substr(rtrim(substr(t.due, 21), 'Z') || '000000', 1, 6) AS INTEGER)
            ELSE 0 END AS due_at
    FROM told t JOIN latest l ON l.log_index = t.log_index WHERE t.kind = 'conflict-opened'
)
INSERT INTO open_conflicts (id, case_id, conflict, obligation_id, opened_at, due_at, sort_due)
    SELECT stream || ' ' || conflict, stream, conflict, obligation, recorded_at, due_at,
        coalesce(due_at, 9223372036854775807) FROM opened;

-- What the organization of this node holds of where another is: the event that says it.
ALTER TABLE parties ADD COLUMN country_index INTEGER;

-- What an organization chose for every case in which the same duties collide: the event that says it.
CREATE TABLE standing_choices (
    organization_id  TEXT NOT NULL,
    conflict         TEXT NOT NULL,
    log_index        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, conflict)
) STRICT;

-- Cases that a change of law left as they were, because the new law cannot read them.
CREATE TABLE unread_cases (
    amendment_id  TEXT NOT NULL,
    case_id       TEXT NOT NULL,
    problem       TEXT NOT NULL,
    since_at      INTEGER NOT NULL,
    PRIMARY KEY (amendment_id, case_id)
) STRICT;
CREATE INDEX unread_cases_by_case ON unread_cases (case_id, amendment_id);
