-- The event in which the questions that find an organization's roles were answered last.
ALTER TABLE parties ADD COLUMN inquiry_index BIGINT;

-- In which laws a change changes something, and who acknowledged it.
CREATE TABLE amendment_laws (
    law           TEXT COLLATE "C" NOT NULL,
    amendment_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (law, amendment_id)
);
ALTER TABLE acknowledgements ADD COLUMN given_by TEXT COLLATE "C";
