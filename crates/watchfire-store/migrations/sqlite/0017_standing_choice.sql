-- Every choice that an organization made for its cases is kept: a case follows the one that stood
-- when it was opened.
DROP TABLE standing_choices;
CREATE TABLE standing_choices (
    organization_id  TEXT NOT NULL,
    conflict         TEXT NOT NULL,
    log_index        INTEGER NOT NULL,
    made_at          INTEGER NOT NULL,
    PRIMARY KEY (organization_id, conflict, log_index)
) STRICT;
INSERT INTO standing_choices (organization_id, conflict, log_index, made_at)
    SELECT stream, json_extract(CAST(bytes AS TEXT), '$.event.data.conflict'), log_index,
        recorded_at
    FROM events WHERE noun = 'party' AND bytes IS NOT NULL
    AND json_extract(CAST(bytes AS TEXT), '$.event.kind') = 'standing-choice-made';
