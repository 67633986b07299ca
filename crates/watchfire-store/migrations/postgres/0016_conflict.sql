-- Conflicts that wait for a decision, read from events; `id` is the case and the conflict.
CREATE TABLE open_conflicts (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    case_id        TEXT COLLATE "C" NOT NULL,
    conflict       TEXT COLLATE "C" NOT NULL,
    obligation_id  TEXT COLLATE "C" NOT NULL,
    opened_at      BIGINT NOT NULL,
    due_at         BIGINT,
    sort_due       BIGINT NOT NULL
);
CREATE INDEX open_conflicts_list ON open_conflicts (sort_due, id);
WITH told AS (
    SELECT log_index, stream, recorded_at, e #>> '{event,kind}' AS kind,
        e #>> '{event,data,conflict}' AS conflict,
        e #>> '{event,data,obligation}' AS obligation, e #>> '{event,data,due_at}' AS due
    FROM (SELECT log_index, stream, recorded_at, convert_from(bytes, 'UTF8')::jsonb AS e
        FROM events WHERE noun = 'case' AND bytes IS NOT NULL) AS read
    WHERE e #>> '{event,kind}' IN ('conflict-opened', 'conflict-closed', 'conflict-decided')
), latest AS (
    SELECT stream, conflict, max(log_index) AS log_index FROM told GROUP BY stream, conflict
), opened AS (
    SELECT t.stream, t.conflict, t.obligation, t.recorded_at,
        (extract(epoch FROM t.due::timestamptz) * 1000000)::bigint AS due_at
    FROM told t JOIN latest l ON l.log_index = t.log_index WHERE t.kind = 'conflict-opened'
)
INSERT INTO open_conflicts (id, case_id, conflict, obligation_id, opened_at, due_at, sort_due)
    SELECT stream || ' ' || conflict, stream, conflict, obligation, recorded_at, due_at,
        coalesce(due_at, 9223372036854775807) FROM opened;

-- What the organization of this node holds of where another is: the event that says it.
ALTER TABLE parties ADD COLUMN country_index BIGINT;

-- What an organization chose for every case in which the same duties collide: the event that says it.
CREATE TABLE standing_choices (
    organization_id  TEXT COLLATE "C" NOT NULL,
    conflict         TEXT COLLATE "C" NOT NULL,
    log_index        BIGINT NOT NULL,
    PRIMARY KEY (organization_id, conflict)
);

-- Cases that a change of law left as they were, because the new law cannot read them.
CREATE TABLE unread_cases (
    amendment_id  TEXT COLLATE "C" NOT NULL,
    case_id       TEXT COLLATE "C" NOT NULL,
    problem       TEXT NOT NULL,
    since_at      BIGINT NOT NULL,
    PRIMARY KEY (amendment_id, case_id)
);
CREATE INDEX unread_cases_by_case ON unread_cases (case_id, amendment_id);
