-- Every choice that an organization made for its cases is kept: a case follows the one that stood
-- when it was opened.
DROP TABLE standing_choices;
CREATE TABLE standing_choices (
    organization_id  TEXT COLLATE "C" NOT NULL,
    conflict         TEXT COLLATE "C" NOT NULL,
    log_index        BIGINT NOT NULL,
    made_at          BIGINT NOT NULL,
    PRIMARY KEY (organization_id, conflict, log_index)
);
INSERT INTO standing_choices (organization_id, conflict, log_index, made_at)
    SELECT stream, e #>> '{event,data,conflict}', log_index, recorded_at
    FROM (SELECT log_index, stream, recorded_at, convert_from(bytes, 'UTF8')::jsonb AS e
        FROM events WHERE noun = 'party' AND bytes IS NOT NULL) AS read
    WHERE e #>> '{event,kind}' = 'standing-choice-made';
