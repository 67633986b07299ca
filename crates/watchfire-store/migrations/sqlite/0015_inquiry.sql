-- The event in which the questions that find an organization's roles were answered last.
ALTER TABLE parties ADD COLUMN inquiry_index INTEGER;

-- In which laws a change changes something, and who acknowledged it.
CREATE TABLE amendment_laws (
    law           TEXT NOT NULL,
    amendment_id  TEXT NOT NULL,
    PRIMARY KEY (law, amendment_id)
) STRICT;
ALTER TABLE acknowledgements ADD COLUMN given_by TEXT;
