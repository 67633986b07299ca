-- What a house has, read from events.
CREATE TABLE products (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id  TEXT COLLATE "C" NOT NULL,
    name             TEXT COLLATE "C" NOT NULL,
    owner_id         TEXT COLLATE "C",
    department_id    TEXT COLLATE "C",
    internet_facing  BOOLEAN,
    is_retired       BOOLEAN NOT NULL
);
CREATE INDEX products_list ON products (organization_id, name, id);
CREATE UNIQUE INDEX products_name ON products (organization_id, name) WHERE NOT is_retired;

CREATE TABLE releases (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    product_id       TEXT COLLATE "C" NOT NULL,
    organization_id  TEXT COLLATE "C" NOT NULL,
    version          TEXT COLLATE "C" NOT NULL,
    owner_id         TEXT COLLATE "C",
    released_on      TEXT COLLATE "C",
    supported_until  TEXT COLLATE "C",
    is_retired       BOOLEAN NOT NULL,
    sboms            BIGINT NOT NULL
);
CREATE INDEX releases_list ON releases (product_id, version, id);
CREATE UNIQUE INDEX releases_version ON releases (product_id, version) WHERE NOT is_retired;
CREATE INDEX releases_holes ON releases (organization_id, id) WHERE sboms = 0 AND NOT is_retired;

-- The number is the place in the log of the event that attached it, and is given once.
CREATE TABLE sboms (
    number       BIGINT NOT NULL PRIMARY KEY,
    id           TEXT COLLATE "C" NOT NULL,
    release_id   TEXT COLLATE "C" NOT NULL,
    document     TEXT COLLATE "C" NOT NULL,
    is_attached  BOOLEAN NOT NULL,
    changed      BIGINT NOT NULL
);
CREATE UNIQUE INDEX sboms_id ON sboms (id);
CREATE INDEX sboms_by_release ON sboms (release_id, number);
CREATE INDEX sboms_by_document ON sboms (document);
CREATE INDEX sboms_changed ON sboms (changed);

-- To what a house is exposed, read from events.
CREATE TABLE vulnerabilities (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id  TEXT COLLATE "C" NOT NULL,
    name             TEXT COLLATE "C" NOT NULL,
    title            TEXT,
    severity         TEXT,
    severity_tenths  BIGINT,
    is_listed        BOOLEAN NOT NULL,
    published_at     BIGINT,
    first_at         BIGINT NOT NULL,
    merged_into      TEXT COLLATE "C",
    exposed          BIGINT NOT NULL,
    open             BIGINT NOT NULL,
    undecided        BIGINT NOT NULL,
    awaiting         BIGINT NOT NULL,
    rank             BIGINT NOT NULL
);
-- The most urgent has the lowest rank.
CREATE INDEX vulnerabilities_list ON vulnerabilities (rank, id) WHERE merged_into IS NULL;
CREATE TABLE vulnerability_names (
    organization_id   TEXT COLLATE "C" NOT NULL,
    name              TEXT COLLATE "C" NOT NULL,
    vulnerability_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, name)
);
CREATE INDEX vulnerability_names_of ON vulnerability_names (vulnerability_id);
CREATE TABLE exposures (
    vulnerability_id  TEXT COLLATE "C" NOT NULL,
    release_id        TEXT COLLATE "C" NOT NULL,
    answer            TEXT COLLATE "C",
    status            TEXT COLLATE "C" NOT NULL,
    is_open           BOOLEAN NOT NULL,
    since_at          BIGINT NOT NULL,
    decided_at        BIGINT,
    awaits_second     BOOLEAN NOT NULL,
    lapsed            TEXT COLLATE "C",
    PRIMARY KEY (vulnerability_id, release_id)
);
CREATE INDEX exposures_by_release ON exposures (release_id, is_open, vulnerability_id);

-- Documents, compressed, by the SHA-256 of their bytes. Not read from events, as all below.
CREATE TABLE documents (
    digest   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size     BIGINT NOT NULL,
    bytes    BYTEA,
    kept_at  BIGINT NOT NULL
);

-- What was read of an SBOM, by which version of the reader; and whether advisories were asked.
CREATE TABLE inventories (
    document  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    reader    BIGINT NOT NULL,
    bytes     BYTEA NOT NULL
);
CREATE TABLE judged_sboms (
    number   BIGINT NOT NULL PRIMARY KEY,
    reader   BIGINT NOT NULL,
    changed  BIGINT NOT NULL
);

-- The newest word of each source on each of its documents. What cannot be read does not replace
-- what could be: it stands apart beside it.
CREATE TABLE advisories (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source        TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    document      TEXT COLLATE "C" NOT NULL,
    format        TEXT COLLATE "C",
    publisher     TEXT,
    title         TEXT,
    published_at  BIGINT,
    changed_at    BIGINT,
    is_withdrawn  BOOLEAN NOT NULL,
    pointer       TEXT COLLATE "C",
    problem       TEXT,
    apart         TEXT COLLATE "C",
    first_at      BIGINT NOT NULL,
    known_at      BIGINT NOT NULL,
    place         BIGINT
);
CREATE UNIQUE INDEX advisories_name ON advisories (source, name);
-- In lists: what is set apart first, then the newest.
CREATE UNIQUE INDEX advisories_place ON advisories (place);
CREATE INDEX advisories_apart ON advisories (id) WHERE problem IS NOT NULL;
CREATE INDEX advisories_by_document ON advisories (document);
CREATE INDEX advisories_by_apart ON advisories (apart) WHERE apart IS NOT NULL;
-- Each vulnerability that a document speaks of is a part of it.
CREATE TABLE advisory_names (
    name      TEXT COLLATE "C" NOT NULL,
    advisory  BIGINT NOT NULL,
    part      BIGINT NOT NULL,
    PRIMARY KEY (name, advisory, part)
);
CREATE INDEX advisory_names_of ON advisory_names (advisory, part);
CREATE TABLE advisory_packages (
    package   TEXT COLLATE "C" NOT NULL,
    advisory  BIGINT NOT NULL,
    part      BIGINT NOT NULL,
    PRIMARY KEY (package, advisory, part)
);
CREATE INDEX advisory_packages_of ON advisory_packages (advisory);
-- What is exploited somewhere, by each list that says so, and how likely it will be.
CREATE TABLE listings (
    name        TEXT COLLATE "C" NOT NULL,
    advisory    BIGINT NOT NULL,
    publisher   TEXT NOT NULL,
    since       TEXT COLLATE "C",
    due         TEXT COLLATE "C",
    ransomware  BOOLEAN,
    PRIMARY KEY (name, advisory)
);
CREATE INDEX listings_of ON listings (advisory);
CREATE TABLE likelihoods (
    name         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    probability  TEXT COLLATE "C" NOT NULL,
    percentile   TEXT COLLATE "C" NOT NULL,
    permille     BIGINT NOT NULL
);

-- How far a source has come, in its reader's own words.
ALTER TABLE feeds ADD COLUMN state TEXT;
