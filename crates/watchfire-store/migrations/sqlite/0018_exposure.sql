-- What a house has, read from events.
CREATE TABLE products (
    id               TEXT NOT NULL PRIMARY KEY,
    organization_id  TEXT NOT NULL,
    name             TEXT NOT NULL,
    owner_id         TEXT,
    department_id    TEXT,
    internet_facing  INTEGER,
    is_retired       INTEGER NOT NULL
) STRICT;
CREATE INDEX products_list ON products (organization_id, name, id);
CREATE UNIQUE INDEX products_name ON products (organization_id, name) WHERE NOT is_retired;

CREATE TABLE releases (
    id               TEXT NOT NULL PRIMARY KEY,
    product_id       TEXT NOT NULL,
    organization_id  TEXT NOT NULL,
    version          TEXT NOT NULL,
    owner_id         TEXT,
    released_on      TEXT,
    supported_until  TEXT,
    is_retired       INTEGER NOT NULL,
    sboms            INTEGER NOT NULL
) STRICT;
CREATE INDEX releases_list ON releases (product_id, version, id);
CREATE UNIQUE INDEX releases_version ON releases (product_id, version) WHERE NOT is_retired;
CREATE INDEX releases_holes ON releases (organization_id, id) WHERE sboms = 0 AND NOT is_retired;

-- The number is the place in the log of the event that attached it, and is given once.
CREATE TABLE sboms (
    number       INTEGER NOT NULL PRIMARY KEY,
    id           TEXT NOT NULL,
    release_id   TEXT NOT NULL,
    document     TEXT NOT NULL,
    is_attached  INTEGER NOT NULL,
    changed      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sboms_id ON sboms (id);
CREATE INDEX sboms_by_release ON sboms (release_id, number);
CREATE INDEX sboms_by_document ON sboms (document);
CREATE INDEX sboms_changed ON sboms (changed);

-- To what a house is exposed, read from events.
CREATE TABLE vulnerabilities (
    id               TEXT NOT NULL PRIMARY KEY,
    organization_id  TEXT NOT NULL,
    name             TEXT NOT NULL,
    title            TEXT,
    severity         TEXT,
    severity_tenths  INTEGER,
    is_listed        INTEGER NOT NULL,
    published_at     INTEGER,
    first_at         INTEGER NOT NULL,
    merged_into      TEXT,
    exposed          INTEGER NOT NULL,
    open             INTEGER NOT NULL,
    undecided        INTEGER NOT NULL,
    awaiting         INTEGER NOT NULL,
    rank             INTEGER NOT NULL
) STRICT;
-- The most urgent has the lowest rank.
CREATE INDEX vulnerabilities_list ON vulnerabilities (rank, id) WHERE merged_into IS NULL;
CREATE TABLE vulnerability_names (
    organization_id   TEXT NOT NULL,
    name              TEXT NOT NULL,
    vulnerability_id  TEXT NOT NULL,
    PRIMARY KEY (organization_id, name)
) STRICT;
CREATE INDEX vulnerability_names_of ON vulnerability_names (vulnerability_id);
CREATE TABLE exposures (
    vulnerability_id  TEXT NOT NULL,
    release_id        TEXT NOT NULL,
    answer            TEXT,
    status            TEXT NOT NULL,
    is_open           INTEGER NOT NULL,
    since_at          INTEGER NOT NULL,
    decided_at        INTEGER,
    awaits_second     INTEGER NOT NULL,
    lapsed            TEXT,
    PRIMARY KEY (vulnerability_id, release_id)
) STRICT;
CREATE INDEX exposures_by_release ON exposures (release_id, is_open, vulnerability_id);

-- Documents, compressed, by the SHA-256 of their bytes. Not read from events, as all below.
CREATE TABLE documents (
    digest   TEXT NOT NULL PRIMARY KEY,
    size     INTEGER NOT NULL,
    bytes    BLOB,
    kept_at  INTEGER NOT NULL
) STRICT;

-- What was read of an SBOM, by which version of the reader; and whether advisories were asked.
CREATE TABLE inventories (
    document  TEXT NOT NULL PRIMARY KEY,
    reader    INTEGER NOT NULL,
    bytes     BLOB NOT NULL
) STRICT;
CREATE TABLE judged_sboms (
    number   INTEGER NOT NULL PRIMARY KEY,
    reader   INTEGER NOT NULL,
    changed  INTEGER NOT NULL
) STRICT;

-- The newest word of each source on each of its documents. What cannot be read does not replace
-- what could be: it stands apart beside it.
CREATE TABLE advisories (
    id            INTEGER NOT NULL PRIMARY KEY,
    source        TEXT NOT NULL,
    name          TEXT NOT NULL,
    document      TEXT NOT NULL,
    format        TEXT,
    publisher     TEXT,
    title         TEXT,
    published_at  INTEGER,
    changed_at    INTEGER,
    is_withdrawn  INTEGER NOT NULL,
    pointer       TEXT,
    problem       TEXT,
    apart         TEXT,
    first_at      INTEGER NOT NULL,
    known_at      INTEGER NOT NULL,
    place         INTEGER
) STRICT;
CREATE UNIQUE INDEX advisories_name ON advisories (source, name);
-- In lists: what is set apart first, then the newest.
CREATE UNIQUE INDEX advisories_place ON advisories (place);
CREATE INDEX advisories_apart ON advisories (id) WHERE problem IS NOT NULL;
CREATE INDEX advisories_by_document ON advisories (document);
CREATE INDEX advisories_by_apart ON advisories (apart) WHERE apart IS NOT NULL;
-- Each vulnerability that a document speaks of is a part of it.
CREATE TABLE advisory_names (
    name      TEXT NOT NULL,
    advisory  INTEGER NOT NULL,
    part      INTEGER NOT NULL,
    PRIMARY KEY (name, advisory, part)
) STRICT;
CREATE INDEX advisory_names_of ON advisory_names (advisory, part);
CREATE TABLE advisory_packages (
    package   TEXT NOT NULL,
    advisory  INTEGER NOT NULL,
    part      INTEGER NOT NULL,
    PRIMARY KEY (package, advisory, part)
) STRICT;
CREATE INDEX advisory_packages_of ON advisory_packages (advisory);
-- What is exploited somewhere, by each list that says so, and how likely it will be.
CREATE TABLE listings (
    name        TEXT NOT NULL,
    advisory    INTEGER NOT NULL,
    publisher   TEXT NOT NULL,
    since       TEXT,
    due         TEXT,
    ransomware  INTEGER,
    PRIMARY KEY (name, advisory)
) STRICT;
CREATE INDEX listings_of ON listings (advisory);
CREATE TABLE likelihoods (
    name         TEXT NOT NULL PRIMARY KEY,
    probability  TEXT NOT NULL,
    percentile   TEXT NOT NULL,
    permille     INTEGER NOT NULL
) STRICT;

-- How far a source has come, in its reader's own words.
ALTER TABLE feeds ADD COLUMN state TEXT;
