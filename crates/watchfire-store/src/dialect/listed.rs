//! Statements that take a list of rows or of texts as one parameter of JSON, so that a thousand rows
//! cost one statement. The engines read JSON in different words.

use super::Statement;

/// Declares statements whose texts differ, and lists them.
macro_rules! listed {
    ($($(#[$doc:meta])* $name:ident { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? })*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: Statement =
                Statement { name: stringify!($name), sqlite: $sqlite, postgres: $postgres };
        )*
        #[cfg(test)]
        pub(crate) const ALL: &[Statement] = &[$($name),*];
    };
}

macro_rules! part_refs {
    ($column:literal, $table:literal, $select:literal) => {
        concat!(
            "SELECT n.",
            $column,
            " AS text, n.advisory, n.part, a.document, a.format, a.source || '/' || a.name AS place FROM ",
            $table,
            " n JOIN advisories a ON a.id = n.advisory WHERE n.",
            $column,
            " IN (",
            $select,
            ")"
        )
    };
}

macro_rules! all_names {
    ($select:literal) => {
        concat!(
            "SELECT m.name AS text, m.advisory, m.part, a.document, a.format, a.source || '/' || a.name AS place FROM advisory_names m \
             JOIN advisories a ON a.id = m.advisory WHERE (m.advisory, m.part) IN (\
             SELECT n.advisory, n.part FROM advisory_names n WHERE n.name IN (",
            $select,
            "))"
        )
    };
}

macro_rules! advisories_by_names {
    ($select:literal) => {
        concat!(
            "SELECT ",
            crate::advisory::columns!(),
            " FROM advisories a WHERE a.id IN (\
             SELECT n.advisory FROM advisory_names n WHERE n.name IN (",
            $select,
            ")) \
             ORDER BY a.source, a.name LIMIT 1000"
        )
    };
}

macro_rules! listings {
    ($select:literal) => {
        concat!(
            "SELECT l.name, l.advisory, l.publisher, l.since, l.due, l.ransomware, a.document \
             FROM listings l JOIN advisories a ON a.id = l.advisory WHERE l.name IN (",
            $select,
            ") ORDER BY l.name, l.publisher, l.advisory"
        )
    };
}

macro_rules! releases_by_ids {
    ($select:literal) => {
        concat!(
            "SELECT ",
            crate::product::release_columns!(),
            " FROM releases r \
             JOIN products p ON p.id = r.product_id WHERE r.id IN (",
            $select,
            ") AND ",
            crate::policy::of_house!("r"),
            " ORDER BY p.name, r.version, r.id"
        )
    };
}

macro_rules! vulnerabilities_of_releases {
    ($select:literal) => {
        concat!(
            "SELECT DISTINCT u.id, u.name FROM exposures x JOIN vulnerabilities u \
             ON u.id = x.vulnerability_id WHERE x.release_id IN (",
            $select,
            ") AND (x.answer IS NOT NULL OR x.is_open) AND u.merged_into IS NULL AND u.id > $2 \
             ORDER BY u.id LIMIT $3"
        )
    };
}

/// What is open stands before what is not; then what is exploited; then by severity.
macro_rules! rank {
    ($select:literal) => {
        concat!(
            "UPDATE vulnerabilities SET rank = \
             - CASE WHEN open > 0 OR awaiting > 0 THEN 100000 ELSE 0 END \
             - CASE WHEN is_listed THEN 10000 ELSE 0 END \
             - COALESCE(severity_tenths, 50) * 10 \
             - CASE WHEN undecided < open THEN 5 ELSE 0 END WHERE id IN (",
            $select,
            ")"
        )
    };
}

listed! {
    /// Each row has its noun and id; what has no events yet has no version.
    VERSIONS {
        sqlite: "SELECT s.value ->> 0 AS noun, s.value ->> 1 AS stream, \
                 (SELECT e.version FROM events e WHERE e.noun = s.value ->> 0 AND e.stream = s.value ->> 1 \
                 ORDER BY e.version DESC LIMIT 1) AS version FROM json_each($1) s",
        postgres: "SELECT s ->> 0 AS noun, s ->> 1 AS stream, \
                   (SELECT e.version FROM events e WHERE e.noun = s ->> 0 AND e.stream = s ->> 1 \
                   ORDER BY e.version DESC LIMIT 1) AS version FROM json_array_elements($1::json) AS s",
    }
    /// Each row has a case, when it changed last and its version.
    TOUCH_CASES {
        sqlite: "UPDATE cases AS c SET changed_at = v.value ->> 1, version = v.value ->> 2 \
                 FROM json_each($1) v WHERE c.id = v.value ->> 0",
        postgres: "UPDATE cases AS c SET changed_at = (v ->> 1)::bigint, version = (v ->> 2)::bigint \
                   FROM json_array_elements($1::json) AS v WHERE c.id = v ->> 0",
    }
    /// Each row has an obligation, its case, and when somebody has to look next.
    SET_DUE {
        sqlite: "UPDATE obligations AS o SET due_at = v.value ->> 2 \
                 FROM json_each($1) v WHERE o.id = v.value ->> 0 AND o.case_id = v.value ->> 1",
        postgres: "UPDATE obligations AS o SET due_at = (v ->> 2)::bigint \
                   FROM json_array_elements($1::json) AS v WHERE o.id = v ->> 0 AND o.case_id = v ->> 1",
    }
    /// Of each event the bytes begin where its row says, counted from 1; its salt, its commitment and
    /// its receipt follow, of 32 bytes each.
    ADD_EVENTS {
        sqlite: "INSERT INTO events (log_index, id, noun, stream, version, recorded_at, bytes, salt, \
                 commitment, receipt) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, \
                 value ->> 4, $3, substr($2, value ->> 5, value ->> 6), \
                 substr($2, (value ->> 5) + (value ->> 6), 32), \
                 substr($2, (value ->> 5) + (value ->> 6) + 32, 32), \
                 substr($2, (value ->> 5) + (value ->> 6) + 64, 32) FROM json_each($1)",
        postgres: "INSERT INTO events (log_index, id, noun, stream, version, recorded_at, bytes, salt, \
                   commitment, receipt) SELECT (v ->> 0)::bigint, v ->> 1, v ->> 2, v ->> 3, \
                   (v ->> 4)::bigint, $3, substring($2::bytea FROM (v ->> 5)::int FOR (v ->> 6)::int), \
                   substring($2::bytea FROM (v ->> 5)::int + (v ->> 6)::int FOR 32), \
                   substring($2::bytea FROM (v ->> 5)::int + (v ->> 6)::int + 32 FOR 32), \
                   substring($2::bytea FROM (v ->> 5)::int + (v ->> 6)::int + 64 FOR 32) \
                   FROM json_array_elements($1::json) AS v",
    }
    /// Each row has its level and its position; its hash has the 32 bytes from where the row says.
    ADD_HASHES {
        sqlite: "INSERT INTO log_hashes (tree, level, position, hash) SELECT $1, value ->> 0, value ->> 1, \
                 substr($3, value ->> 2, 32) FROM json_each($2)",
        postgres: "INSERT INTO log_hashes (tree, level, position, hash) SELECT $1, (v ->> 0)::bigint, \
                   (v ->> 1)::bigint, substring($3::bytea FROM (v ->> 2)::int FOR 32) \
                   FROM json_array_elements($2::json) AS v",
    }
    /// Each row says where its bytes begin among those of all, counted from 1, and how many they are.
    KEEP_DOCUMENTS {
        sqlite: "INSERT INTO documents (digest, size, bytes, kept_at) SELECT value ->> 0, value ->> 1, \
                 substr($2, value ->> 2, value ->> 3), $3 FROM json_each($1) WHERE TRUE \
                 ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE documents.bytes IS NULL",
        postgres: "INSERT INTO documents (digest, size, bytes, kept_at) SELECT v ->> 0, (v ->> 1)::bigint, \
                   substring($2::bytea FROM (v ->> 2)::int FOR (v ->> 3)::int), $3 \
                   FROM json_array_elements($1::json) AS v \
                   ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes WHERE documents.bytes IS NULL",
    }
    KNOWN_ADVISORIES {
        sqlite: "SELECT a.id, a.name, a.document, a.apart, a.problem FROM advisories a WHERE a.source = $1 \
                 AND a.name IN (SELECT value FROM json_each($2))",
        postgres: "SELECT a.id, a.name, a.document, a.apart, a.problem FROM advisories a WHERE a.source = $1 \
                   AND a.name IN (SELECT json_array_elements_text($2::json))",
    }
    PUT_ADVISORIES {
        sqlite: "INSERT INTO advisories (source, name, document, format, publisher, title, \
                 published_at, changed_at, is_withdrawn, pointer, problem, first_at, known_at) \
                 SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
                 value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, $3, $3 \
                 FROM json_each($2) WHERE TRUE ON CONFLICT (source, name) DO UPDATE SET \
                 document = excluded.document, format = excluded.format, \
                 publisher = excluded.publisher, title = excluded.title, \
                 published_at = excluded.published_at, changed_at = excluded.changed_at, \
                 is_withdrawn = excluded.is_withdrawn, pointer = excluded.pointer, \
                 problem = excluded.problem, apart = NULL, known_at = excluded.known_at RETURNING name, id",
        postgres: "INSERT INTO advisories (source, name, document, format, publisher, title, \
                   published_at, changed_at, is_withdrawn, pointer, problem, first_at, known_at) \
                   SELECT $1, v ->> 0, v ->> 1, v ->> 2, v ->> 3, v ->> 4, (v ->> 5)::bigint, \
                   (v ->> 6)::bigint, (v ->> 7)::boolean, v ->> 8, v ->> 9, $3, $3 \
                   FROM json_array_elements($2::json) AS v ON CONFLICT (source, name) DO UPDATE \
                   SET document = excluded.document, format = excluded.format, \
                   publisher = excluded.publisher, title = excluded.title, \
                   published_at = excluded.published_at, changed_at = excluded.changed_at, \
                   is_withdrawn = excluded.is_withdrawn, pointer = excluded.pointer, \
                   problem = excluded.problem, apart = NULL, known_at = excluded.known_at RETURNING name, id",
    }
    /// What could not be read stands beside what was said before, which goes on.
    SET_APART {
        sqlite: "UPDATE advisories SET apart = j.value ->> 1, pointer = j.value ->> 2, \
                 problem = j.value ->> 3 FROM json_each($2) AS j \
                 WHERE advisories.source = $1 AND advisories.name = j.value ->> 0",
        postgres: "UPDATE advisories SET apart = v ->> 1, pointer = v ->> 2, problem = v ->> 3 \
                   FROM json_array_elements($2::json) AS v \
                   WHERE advisories.source = $1 AND advisories.name = v ->> 0",
    }
    /// What is set apart stands before all that could be read.
    PLACE_ADVISORIES {
        sqlite: "UPDATE advisories SET place = \
                 CASE WHEN problem IS NULL THEN 4503599627370496 ELSE 0 END - id \
                 WHERE source = $1 AND name IN (SELECT value FROM json_each($2))",
        postgres: "UPDATE advisories SET place = \
                   CASE WHEN problem IS NULL THEN 4503599627370496 ELSE 0 END - id \
                   WHERE source = $1 AND name IN (SELECT json_array_elements_text($2::json))",
    }
    CLEAR_ADVISORY_NAMES {
        sqlite: "DELETE FROM advisory_names WHERE advisory IN (SELECT value FROM json_each($1))",
        postgres: "DELETE FROM advisory_names WHERE advisory IN (\
                   SELECT json_array_elements_text($1::json)::bigint)",
    }
    CLEAR_ADVISORY_PACKAGES {
        sqlite: "DELETE FROM advisory_packages WHERE advisory IN (SELECT value FROM json_each($1))",
        postgres: "DELETE FROM advisory_packages WHERE advisory IN (\
                   SELECT json_array_elements_text($1::json)::bigint)",
    }
    CLEAR_LISTINGS {
        sqlite: "DELETE FROM listings WHERE advisory IN (SELECT value FROM json_each($1))",
        postgres: "DELETE FROM listings WHERE advisory IN (\
                   SELECT json_array_elements_text($1::json)::bigint)",
    }
    PUT_ADVISORY_NAMES {
        sqlite: "INSERT INTO advisory_names (name, advisory, part) \
                 SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE TRUE \
                 ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO advisory_names (name, advisory, part) \
                   SELECT v ->> 0, (v ->> 1)::bigint, (v ->> 2)::bigint \
                   FROM json_array_elements($1::json) AS v ON CONFLICT DO NOTHING",
    }
    PUT_ADVISORY_PACKAGES {
        sqlite: "INSERT INTO advisory_packages (package, advisory, part) \
                 SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE TRUE \
                 ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO advisory_packages (package, advisory, part) \
                   SELECT v ->> 0, (v ->> 1)::bigint, (v ->> 2)::bigint \
                   FROM json_array_elements($1::json) AS v ON CONFLICT DO NOTHING",
    }
    PUT_LISTINGS {
        sqlite: "INSERT INTO listings (name, advisory, publisher, since, due, ransomware) \
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
                 value ->> 5 FROM json_each($1) WHERE TRUE ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO listings (name, advisory, publisher, since, due, ransomware) \
                   SELECT v ->> 0, (v ->> 1)::bigint, v ->> 2, v ->> 3, v ->> 4, \
                   (v ->> 5)::boolean FROM json_array_elements($1::json) AS v \
                   ON CONFLICT DO NOTHING",
    }
    PUT_LIKELIHOODS {
        sqlite: "INSERT INTO likelihoods (name, probability, percentile, permille) \
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) \
                 WHERE TRUE ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO likelihoods (name, probability, percentile, permille) \
                   SELECT v ->> 0, v ->> 1, v ->> 2, (v ->> 3)::bigint \
                   FROM json_array_elements($1::json) AS v ON CONFLICT DO NOTHING",
    }
    PARTS_BY_PACKAGES {
        sqlite: part_refs!("package", "advisory_packages", "SELECT value FROM json_each($1)"),
        postgres: part_refs!(
            "package", "advisory_packages", "SELECT json_array_elements_text($1::json)"
        ),
    }
    /// All names of the parts that go by one of these.
    PARTS_BY_NAMES {
        sqlite: all_names!("SELECT value FROM json_each($1)"),
        postgres: all_names!("SELECT json_array_elements_text($1::json)"),
    }
    NAMES_OF_PARTS {
        sqlite: "SELECT n.name AS text, n.advisory, n.part, a.document, a.format, a.source || '/' || a.name AS place \
                 FROM json_each($1) JOIN advisory_names n ON n.advisory = value ->> 0 \
                 AND n.part = value ->> 1 JOIN advisories a ON a.id = n.advisory",
        postgres: "SELECT n.name AS text, n.advisory, n.part, a.document, a.format, a.source || '/' || a.name AS place \
                   FROM json_array_elements($1::json) AS v JOIN advisory_names n \
                   ON n.advisory = (v ->> 0)::bigint AND n.part = (v ->> 1)::bigint \
                   JOIN advisories a ON a.id = n.advisory",
    }
    NAMES_OF_ADVISORIES {
        sqlite: "SELECT n.name FROM advisory_names n \
                 WHERE n.advisory IN (SELECT value FROM json_each($1))",
        postgres: "SELECT n.name FROM advisory_names n WHERE n.advisory IN (\
                   SELECT json_array_elements_text($1::json)::bigint)",
    }
    INVENTORIES {
        sqlite: "SELECT i.document, i.reader, i.bytes FROM inventories i \
                 WHERE i.document IN (SELECT value FROM json_each($1))",
        postgres: "SELECT i.document, i.reader, i.bytes FROM inventories i \
                   WHERE i.document IN (SELECT json_array_elements_text($1::json))",
    }
    INVENTORY_SIZES {
        sqlite: "SELECT i.document, LENGTH(i.bytes) AS size FROM inventories i \
                 WHERE i.document IN (SELECT value FROM json_each($1))",
        postgres: "SELECT i.document, LENGTH(i.bytes)::bigint AS size FROM inventories i \
                   WHERE i.document IN (SELECT json_array_elements_text($1::json))",
    }
    DOCUMENT_SIZES {
        sqlite: "SELECT d.digest, d.size FROM documents d \
                 WHERE d.digest IN (SELECT value FROM json_each($1))",
        postgres: "SELECT d.digest, d.size FROM documents d \
                   WHERE d.digest IN (SELECT json_array_elements_text($1::json))",
    }
    DOCUMENTS {
        sqlite: "SELECT d.digest, d.size, d.bytes FROM documents d WHERE d.bytes IS NOT NULL \
                 AND d.digest IN (SELECT value FROM json_each($1))",
        postgres: "SELECT d.digest, d.size, d.bytes FROM documents d WHERE d.bytes IS NOT NULL \
                   AND d.digest IN (SELECT json_array_elements_text($1::json))",
    }
    ADVISORIES_BY_NAMES {
        sqlite: advisories_by_names!("SELECT value FROM json_each($1)"),
        postgres: advisories_by_names!("SELECT json_array_elements_text($1::json)"),
    }
    LISTINGS {
        sqlite: listings!("SELECT value FROM json_each($1)"),
        postgres: listings!("SELECT json_array_elements_text($1::json)"),
    }
    LIKELIHOODS {
        sqlite: "SELECT l.name, l.probability, l.percentile, l.permille FROM likelihoods l \
                 WHERE l.name IN (SELECT value FROM json_each($1))",
        postgres: "SELECT l.name, l.probability, l.percentile, l.permille FROM likelihoods l \
                   WHERE l.name IN (SELECT json_array_elements_text($1::json))",
    }
    RELEASES_BY_IDS {
        sqlite: releases_by_ids!("SELECT value FROM json_each($3)"),
        postgres: releases_by_ids!("SELECT json_array_elements_text($3::json)"),
    }
    /// Where nobody said that a product cannot be reached, it may be.
    FACING_RELEASES {
        sqlite: "SELECT r.id FROM releases r JOIN products p ON p.id = r.product_id \
                 WHERE r.id IN (SELECT value FROM json_each($1)) \
                 AND COALESCE(p.internet_facing, TRUE) LIMIT 1",
        postgres: "SELECT r.id FROM releases r JOIN products p ON p.id = r.product_id \
                   WHERE r.id IN (SELECT json_array_elements_text($1::json)) \
                   AND COALESCE(p.internet_facing, TRUE) LIMIT 1",
    }
    OWNERS_OF_RELEASES {
        sqlite: "SELECT DISTINCT COALESCE(r.owner_id, p.owner_id) AS owner FROM releases r \
                 JOIN products p ON p.id = r.product_id \
                 WHERE r.id IN (SELECT value FROM json_each($1)) \
                 AND COALESCE(r.owner_id, p.owner_id) IS NOT NULL ORDER BY 1 LIMIT $2",
        postgres: "SELECT DISTINCT COALESCE(r.owner_id, p.owner_id) AS owner FROM releases r \
                   JOIN products p ON p.id = r.product_id \
                   WHERE r.id IN (SELECT json_array_elements_text($1::json)) \
                   AND COALESCE(r.owner_id, p.owner_id) IS NOT NULL ORDER BY 1 LIMIT $2",
    }
    PUT_EXPOSURES {
        sqlite: "INSERT INTO exposures (vulnerability_id, release_id, answer, status, is_open, \
                 since_at, decided_at, awaits_second, lapsed, state) \
                 SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
                 value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each($1) WHERE TRUE \
                 ON CONFLICT (vulnerability_id, release_id) DO UPDATE SET \
                 answer = excluded.answer, status = excluded.status, is_open = excluded.is_open, \
                 since_at = excluded.since_at, decided_at = excluded.decided_at, \
                 awaits_second = excluded.awaits_second, lapsed = excluded.lapsed, \
                 state = excluded.state",
        postgres: "INSERT INTO exposures (vulnerability_id, release_id, answer, status, is_open, \
                   since_at, decided_at, awaits_second, lapsed, state) \
                   SELECT v ->> 0, v ->> 1, v ->> 2, v ->> 3, (v ->> 4)::boolean, (v ->> 5)::bigint, \
                   (v ->> 6)::bigint, (v ->> 7)::boolean, v ->> 8, v ->> 9 \
                   FROM json_array_elements($1::json) AS v \
                   ON CONFLICT (vulnerability_id, release_id) DO UPDATE SET \
                   answer = excluded.answer, status = excluded.status, \
                   is_open = excluded.is_open, since_at = excluded.since_at, \
                   decided_at = excluded.decided_at, awaits_second = excluded.awaits_second, \
                   lapsed = excluded.lapsed, state = excluded.state",
    }
    /// Each row has a vulnerability and a release.
    EXPOSURES_OF_PAIRS {
        sqlite: "SELECT x.vulnerability_id, x.release_id, x.state FROM json_each($1) p \
                 JOIN exposures x ON x.vulnerability_id = p.value ->> 0 AND x.release_id = p.value ->> 1",
        postgres: "SELECT x.vulnerability_id, x.release_id, x.state \
                   FROM json_array_elements($1::json) AS p \
                   JOIN exposures x ON x.vulnerability_id = p ->> 0 AND x.release_id = p ->> 1",
    }
    FORGET_EXPOSURES {
        sqlite: "DELETE FROM exposures WHERE vulnerability_id IN (SELECT value FROM json_each($1))",
        postgres: "DELETE FROM exposures \
                   WHERE vulnerability_id IN (SELECT json_array_elements_text($1::json))",
    }
    VULNERABILITY_STATES {
        sqlite: "SELECT u.id, u.state FROM vulnerabilities u \
                 WHERE u.id IN (SELECT value FROM json_each($1))",
        postgres: "SELECT u.id, u.state FROM vulnerabilities u \
                   WHERE u.id IN (SELECT json_array_elements_text($1::json))",
    }
    KNOW_VULNERABILITIES {
        sqlite: "INSERT INTO vulnerabilities (id, organization_id, name, is_listed, first_at, exposed, \
                 open, undecided, awaiting, rank, state) SELECT value ->> 0, value ->> 1, value ->> 0, \
                 FALSE, value ->> 2, 0, 0, 0, 0, 0, '' FROM json_each($1)",
        postgres: "INSERT INTO vulnerabilities (id, organization_id, name, is_listed, first_at, exposed, \
                   open, undecided, awaiting, rank, state) SELECT v ->> 0, v ->> 1, v ->> 0, FALSE, \
                   (v ->> 2)::bigint, 0, 0, 0, 0, 0, '' FROM json_array_elements($1::json) AS v",
    }
    /// Of each what it is called and its state; by how much its sums move, or what they are from now
    /// on where nothing is left of them.
    WEIGH_VULNERABILITIES {
        sqlite: "UPDATE vulnerabilities AS u SET name = v.value ->> 1, title = v.value ->> 2, \
                 severity = v.value ->> 3, severity_tenths = v.value ->> 4, is_listed = v.value ->> 5, \
                 published_at = v.value ->> 6, merged_into = v.value ->> 7, state = v.value ->> 8, \
                 exposed = (v.value ->> 9) * u.exposed + (v.value ->> 10), \
                 open = (v.value ->> 9) * u.open + (v.value ->> 11), \
                 undecided = (v.value ->> 9) * u.undecided + (v.value ->> 12), \
                 awaiting = (v.value ->> 9) * u.awaiting + (v.value ->> 13) \
                 FROM json_each($1) v WHERE u.id = v.value ->> 0",
        postgres: "UPDATE vulnerabilities AS u SET name = v ->> 1, title = v ->> 2, \
                   severity = v ->> 3, severity_tenths = (v ->> 4)::bigint, is_listed = (v ->> 5)::boolean, \
                   published_at = (v ->> 6)::bigint, merged_into = v ->> 7, state = v ->> 8, \
                   exposed = (v ->> 9)::bigint * u.exposed + (v ->> 10)::bigint, \
                   open = (v ->> 9)::bigint * u.open + (v ->> 11)::bigint, \
                   undecided = (v ->> 9)::bigint * u.undecided + (v ->> 12)::bigint, \
                   awaiting = (v ->> 9)::bigint * u.awaiting + (v ->> 13)::bigint \
                   FROM json_array_elements($1::json) AS v WHERE u.id = v ->> 0",
    }
    RANK_VULNERABILITIES {
        sqlite: rank!("SELECT value FROM json_each($1)"),
        postgres: rank!("SELECT json_array_elements_text($1::json)"),
    }
    EXPOSURES_OF {
        sqlite: "SELECT x.release_id, x.state FROM exposures x WHERE x.vulnerability_id = $1 \
                 AND x.release_id IN (SELECT value FROM json_each($2))",
        postgres: "SELECT x.release_id, x.state FROM exposures x WHERE x.vulnerability_id = $1 \
                   AND x.release_id IN (SELECT json_array_elements_text($2::json))",
    }
    VULNERABILITIES_OF_RELEASES {
        sqlite: vulnerabilities_of_releases!("SELECT value FROM json_each($1)"),
        postgres: vulnerabilities_of_releases!("SELECT json_array_elements_text($1::json)"),
    }
    /// Each row has an organization and a name.
    HOLDERS_OF_NAMES {
        sqlite: "SELECT n.organization_id, n.name, n.vulnerability_id FROM json_each($1) p \
                 JOIN vulnerability_names n ON n.organization_id = p.value ->> 0 AND n.name = p.value ->> 1",
        postgres: "SELECT n.organization_id, n.name, n.vulnerability_id \
                   FROM json_array_elements($1::json) AS p \
                   JOIN vulnerability_names n ON n.organization_id = p ->> 0 AND n.name = p ->> 1",
    }
    DROP_VULNERABILITY_NAMES {
        sqlite: "DELETE FROM vulnerability_names WHERE (organization_id, name) IN \
                 (SELECT value ->> 0, value ->> 1 FROM json_each($1))",
        postgres: "DELETE FROM vulnerability_names WHERE (organization_id, name) IN \
                   (SELECT v ->> 0, v ->> 1 FROM json_array_elements($1::json) AS v)",
    }
    PUT_VULNERABILITY_NAMES {
        sqlite: "INSERT INTO vulnerability_names (organization_id, name, vulnerability_id) \
                 SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE TRUE \
                 ON CONFLICT (organization_id, name) DO UPDATE SET \
                 vulnerability_id = excluded.vulnerability_id",
        postgres: "INSERT INTO vulnerability_names (organization_id, name, vulnerability_id) \
                   SELECT v ->> 0, v ->> 1, v ->> 2 FROM json_array_elements($1::json) AS v \
                   ON CONFLICT (organization_id, name) DO UPDATE SET \
                   vulnerability_id = excluded.vulnerability_id",
    }
    VULNERABILITIES_BY_NAMES {
        sqlite: "SELECT n.name, n.vulnerability_id FROM vulnerability_names n \
                 WHERE n.organization_id = $1 AND n.name IN (SELECT value FROM json_each($2))",
        postgres: "SELECT n.name, n.vulnerability_id FROM vulnerability_names n \
                   WHERE n.organization_id = $1 \
                   AND n.name IN (SELECT json_array_elements_text($2::json))",
    }
}
