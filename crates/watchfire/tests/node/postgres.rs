//! What an operator of PostgreSQL types, through the binary, against a real server.

use crate::house::{House, run_on};
use std::fs;
use std::io::Write;
use std::process::Command;

use serde_json::Value;

/// Names the server on which tests may make databases; `scripts/with-postgres` does.
const SERVER: &str = "WATCHFIRE_TEST_POSTGRES";

/// A database of its own for one test.
struct Database {
    url: String,
}

impl Database {
    /// Makes an empty database, or says that there is no server to make it on.
    fn new(name: &str) -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            // Around the capture of the test harness, so that it is always seen.
            let skipped = format!("SKIPPED: no {SERVER}\n");
            std::io::stderr().write_all(skipped.as_bytes()).expect("standard error takes a line");
            return None;
        };
        let name = format!("{name}_{}", std::process::id());
        psql(&server, &format!("CREATE DATABASE {name}"));
        let (server, _) = server.rsplit_once('/').expect("a URL names a database");
        Some(Self { url: format!("{server}/{name}") })
    }

    fn run(&self, sql: &str) -> String {
        psql(&self.url, sql)
    }
}

fn psql(url: &str, sql: &str) -> String {
    let options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"];
    let mut psql = Command::new("psql");
    let output = psql.args(options).args(["--set", "ON_ERROR_STOP=1", "--command", sql, url]);
    let output = output.output().expect("the client programs of PostgreSQL are installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}: {said}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// A node with two reports, stopped, and a token of its responder.
fn with_two_reports(database: &Database) -> (House, String) {
    let house = House::on_postgres(&database.url);
    let token = house.with_responder();
    let node = house.start();
    for (what, key) in [("the first hole", "k1"), ("the second hole", "k2")] {
        assert_eq!(node.report(what, key).expect("an answer").0, 201);
    }
    assert!(node.stop().success());
    assert!(!house.database().exists(), "nothing is kept in the folder's own database");
    (house, token)
}

fn verify(house: &House) -> (i32, Value) {
    house.json(&["log", "verify", "--json"])
}

#[test]
fn what_was_done_by_hand_to_postgresql_is_found_and_named() {
    let Some(database) = Database::new("watchfire_tamper") else { return };
    let (house, _) = with_two_reports(&database);
    let (code, sound) = verify(&house);
    assert_eq!((code, sound["ok"].as_bool()), (0, Some(true)), "{sound}");
    let size = sound["size"].as_u64().expect("a size");
    let second = "SELECT min(log_index) FROM events \
                  WHERE convert_from(bytes, 'UTF8') LIKE '%second hole%'";
    let second: u64 = database.run(second).parse().expect("an index");
    database.run("CREATE TABLE kept AS TABLE events; DELETE FROM annexes");
    let edited = "convert_to(replace(convert_from(bytes, 'UTF8'), 'second', '2econd'), 'UTF8')";
    let edited = format!("UPDATE events SET bytes = {edited} WHERE log_index >= {second}");
    let deleted = format!("DELETE FROM events WHERE log_index = {}", second - 1);
    let cut = format!("DELETE FROM events WHERE log_index = {}", size - 1);
    let inserted = format!(
        "INSERT INTO events SELECT {size}, 'x', noun, 'x', 1, recorded_at, bytes, salt, \
         commitment, sha256(receipt) FROM events WHERE log_index = 0"
    );
    let swapped = "UPDATE events a SET bytes = b.bytes, salt = b.salt, commitment = b.commitment \
                   FROM events b WHERE (a.log_index, b.log_index) IN ((2, 5), (5, 2))";
    for (done, first_bad) in [
        (edited.as_str(), second),
        (&deleted, second - 1),
        (&cut, size - 1),
        (&inserted, size),
        (swapped, 2),
    ] {
        database.run(done);
        let (code, verdict) = verify(&house);
        assert_eq!((code, verdict["first_bad"].as_u64()), (1, Some(first_bad)), "{done} {verdict}");
        database.run("DELETE FROM events; INSERT INTO events TABLE kept");
        assert_eq!(verify(&house).0, 0, "as it was");
    }
}

#[test]
fn a_postgresql_of_yesterday_is_found_out_and_does_not_start() {
    let Some(database) = Database::new("watchfire_yesterday") else { return };
    let (mut house, _) = with_two_reports(&database);
    let yesterday = format!("{}_kept", database.url);
    let name = |url: &str| url.rsplit_once('/').expect("a name").1.to_owned();
    let server = std::env::var(SERVER).expect("it was there");
    let copied = format!("CREATE DATABASE {} TEMPLATE {}", name(&yesterday), name(&database.url));
    psql(&server, &copied);
    let node = house.start();
    assert_eq!(node.report("the third hole", "k3").expect("an answer").0, 201);
    assert!(node.stop().success());
    assert_eq!(verify(&house).0, 0);
    house.move_to_postgres(&yesterday);
    let (code, verdict) = verify(&house);
    assert_eq!((code, verdict["ok"].as_bool()), (1, Some(false)), "{verdict}");
    let start = house.run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(start.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&start.stderr).contains("rolled back"));
}

#[test]
fn a_case_on_postgresql_leaves_as_a_bundle_without_a_server() {
    let Some(database) = Database::new("watchfire_export") else { return };
    let (house, token) = with_two_reports(&database);
    let node = house.start();
    let (_, cases) = node.get("/api/v1/cases", &token);
    assert!(node.stop().success());
    let id = cases["items"][0]["id"].as_str().expect("a case");
    let file = house.beside("case.json");
    let out = file.to_str().expect("text");
    let export = ["case", "export", id, "--internal", "--out", out, "--database", &database.url];
    let hidden = house.run(&export, "");
    assert_eq!(hidden.status.code(), Some(2), "under embargo");
    let shown = house.run(&[&export[..], &["--token", &token]].concat(), "");
    assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
    let first = fs::read(&file).expect("the bundle");
    let again = house.run(&[&export[..], &["--token", &token]].concat(), "");
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(fs::read(&file).expect("the bundle"), first, "the same bytes each time");
    let bundle: Value = serde_json::from_slice(&first).expect("JSON");
    assert_eq!(bundle["summary"]["reports"].as_array().map(Vec::len), Some(1));
    let stranger = house.beside("stranger");
    let verified = run_on(&stranger, &["log", "verify", "--bundle", out], "");
    assert_eq!(verified.status.code(), Some(0));
}

#[test]
fn a_backup_of_postgresql_is_restored_into_an_empty_database_alone() {
    let Some(database) = Database::new("watchfire_backup") else { return };
    let (house, token) = with_two_reports(&database);
    let node = house.start();
    let before = node.get("/api/v1/cases", &token);
    let backup = house.beside("backup");
    let backup = backup.to_str().expect("text");
    // While the node runs, as operators do it.
    house.done(&["backup", "--out", backup], "");
    assert!(node.stop().success());
    let packed = fs::read(backup).expect("the backup");
    let (_, password) = database.url.split_once("watchfire:").expect("a password");
    let password = password.split('@').next().expect("a password").as_bytes();
    assert!(!packed.windows(password.len()).any(|bytes| bytes == password), "no secret is in it");

    let key = house.data().join("log.key");
    let restore = ["restore", backup, "--log-key", key.to_str().expect("text")];
    let new = Database::new("watchfire_restored").expect("there is a server");
    let full =
        run_on(&house.beside("new"), &[&restore[..], &["--database", &database.url]].concat(), "");
    assert_eq!(full.status.code(), Some(3), "the database has something in it");
    let nowhere = run_on(&house.beside("new"), &restore, "");
    assert_eq!(nowhere.status.code(), Some(2), "which database?");
    assert!(!house.beside("new").exists());
    assert_eq!(verify(&house).0, 0, "the full one is as it was");
    let done =
        run_on(&house.beside("new"), &[&restore[..], &["--database", &new.url]].concat(), "");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));

    let mut restored = House::on_postgres(&new.url);
    restored.move_into(&house.beside("new"));
    assert_eq!(verify(&restored).0, 0);
    let node = restored.start();
    assert_eq!(node.get("/api/v1/cases", &token), before);
    assert!(node.stop().success());
    assert!(restored.run(&["restore", "--release"], "").status.success());
}

#[test]
fn a_schema_is_made_once_and_that_of_a_later_program_is_refused() {
    let Some(database) = Database::new("watchfire_migrate") else { return };
    let house = House::on_postgres(&database.url);
    let newest = "SELECT max(number) FROM schema_migrations";
    house.done(&["migrate"], "");
    let made = database.run(newest);
    assert!(made.parse::<i64>().is_ok_and(|number| number > 0), "{made}");
    house.done(&["migrate"], "");
    assert_eq!(database.run(newest), made, "nothing twice");
    database.run("INSERT INTO schema_migrations VALUES (999, 'of a later program')");
    for command in [&["migrate"][..], &["log", "verify", "--key", KEY], &["serve"]] {
        let refused = house.run(command, "");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{command:?}: {said}");
        assert!(said.contains("999") && said.contains("later"), "{command:?}: {said}");
    }
}

/// A verifier key, of nobody.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn a_doctor_looks_at_postgresql() {
    let Some(database) = Database::new("watchfire_doctor") else { return };
    let (house, _) = with_two_reports(&database);
    let (code, report) = house.json(&["doctor", "--json"]);
    let checks = report["checks"].as_array().expect("checks");
    let check = |name: &str| {
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{report}"))
    };
    for name in ["evidence-log", "schema", "obligations", "log-key", "clock"] {
        assert_eq!(check(name)["state"], "ok", "{report}");
    }
    // The server of the tests keeps nothing through a power cut, and this must be seen.
    assert_eq!(database.run("SHOW fsync"), "off");
    let settings = check("database-settings");
    assert_eq!((code, settings["state"].as_str()), (1, Some("unsafe")), "{report}");
    assert!(settings["detail"].as_str().is_some_and(|detail| detail.contains("fsync")), "{report}");

    let gone = format!("{}_nowhere", database.url);
    let output = house.run(&["doctor", "--json", "--database", &gone], "");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["name"] == "database").expect("a check");
    assert_eq!((output.status.code(), found["state"].as_str()), (Some(1), Some("unsafe")));
    assert!(!report.to_string().contains("watchfire:"), "the password is nowhere: {report}");
}
