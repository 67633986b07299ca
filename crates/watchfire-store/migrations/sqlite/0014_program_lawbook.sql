-- What each program that ran here brought of the law, so that a new one proposes what it brings
-- otherwise. Not read from events.
CREATE TABLE program_lawbooks (
    digest   TEXT NOT NULL PRIMARY KEY,
    seen_at  INTEGER NOT NULL
) STRICT;
INSERT INTO program_lawbooks (digest, seen_at)
    SELECT u.digest, MAX(u.used_from) FROM lawbook_uses u
    JOIN events e ON e.log_index = u.log_index WHERE e.noun = 'node' GROUP BY u.digest;
