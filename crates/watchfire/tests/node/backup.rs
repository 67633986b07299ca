//! A backup brings back the same node, or nothing at all.

use crate::house::{House, run_on};
use std::fs;
use std::path::Path;

/// A node with two reports and a backup of it.
fn backed_up() -> (House, String) {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    for (what, key) in [("the first hole", "k1"), ("the second hole", "k2")] {
        assert_eq!(node.report(what, key).expect("an answer").0, 201);
    }
    // While the node runs, as operators do it.
    house.done(&["backup", "--out", path(&house.beside("backup"))], "");
    assert!(node.stop().success());
    (house, token)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// Restores the backup beside the node and returns the exit code and what was said.
fn restore(house: &House, to: &str, more: &[&str]) -> (Option<i32>, String) {
    let backup = house.beside("backup");
    let arguments = [&["restore", path(&backup)], more].concat();
    let output = run_on(&house.beside(to), &arguments, "");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_restored_node_says_what_the_old_one_said() {
    let (house, token) = backed_up();
    let node = house.start();
    let before = node.get("/api/v1/cases", &token);
    assert!(node.stop().success());
    let key = house.data().join("log.key");
    let (code, said) = restore(&house, "new", &["--log-key", path(&key)]);
    assert_eq!(code, Some(0), "{said}");
    let verify = |data: &Path| {
        let output = run_on(data, &["log", "verify", "--json"], "");
        assert_eq!(output.status.code(), Some(0));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")
    };
    let restored = verify(&house.beside("new"));
    let node = house.start_in("new");
    assert_eq!(node.get("/api/v1/cases", &token), before);
    assert!(node.stop().success());
    let started = verify(&house.beside("new"));
    assert!(started["size"].as_u64() > restored["size"].as_u64());
    let database = fs::read(house.beside("new").join("watchfire.db")).expect("the database");
    let events = String::from_utf8_lossy(&database);
    assert_eq!(events.matches("\"restored\"").count(), 1, "its first start recorded it");
    let node = house.start_in("new");
    assert!(node.stop().success());
    let database = fs::read(house.beside("new").join("watchfire.db")).expect("the database");
    assert_eq!(String::from_utf8_lossy(&database).matches("\"restored\"").count(), 1, "once");
    let release = |code| {
        let output = run_on(&house.beside("new"), &["restore", "--release"], "");
        assert_eq!(output.status.code(), Some(code));
    };
    release(0);
    release(2);
}

#[test]
fn the_same_node_is_backed_up_and_restored_to_the_byte_of_its_log() {
    let (house, _) = backed_up();
    fs::remove_file(house.beside("backup")).expect("removed");
    house.done(&["backup", "--out", path(&house.beside("backup"))], "");
    let (_, before) = house.json(&["log", "verify", "--json"]);
    assert_eq!(restore(&house, "new", &[]).0, Some(0));
    let key = fs::read(house.data().join("log.key")).expect("the key");
    let public = house.done(&["doctor", "--json"], "");
    let public: serde_json::Value = serde_json::from_str(&public).expect("JSON");
    let checks = public["checks"].as_array().expect("checks");
    let log_key = checks.iter().find(|check| check["name"] == "log-key").expect("a check");
    let verifier = log_key["detail"].as_str().expect("text");
    let output = run_on(&house.beside("new"), &["log", "verify", "--json", "--key", verifier], "");
    let after: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(after, before);
    let tar = fs::read(house.beside("backup")).expect("the backup");
    let secret = String::from_utf8(key).expect("text");
    assert!(!tar.windows(24).any(|bytes| bytes == &secret.trim().as_bytes()[..24]), "no key");
    assert!(!house.beside("new").join("log.key").exists());
}

#[test]
fn a_backup_is_restored_whole_or_not_at_all() {
    let (house, _) = backed_up();
    fs::create_dir(house.beside("full")).expect("a folder");
    fs::write(house.beside("full").join("precious"), "mine").expect("a file");
    assert_eq!(restore(&house, "full", &[]).0, Some(2), "not into a folder with something in it");
    let again = house.run(&["backup", "--out", path(&house.beside("backup"))], "");
    assert_eq!(again.status.code(), Some(2), "a backup never replaces another");

    let whole = fs::read(house.beside("backup")).expect("the backup");
    let place = |text: &str| {
        whole.windows(text.len()).position(|bytes| bytes == text.as_bytes()).expect("in there")
    };
    let mut edited = whole.clone();
    let at = place("the second hole");
    edited[at] = b'T';
    let mut renamed = whole.clone();
    let at = place("\"taken_at\": \"2") + "\"taken_at\": \"".len();
    renamed[at + 3] = if renamed[at + 3] == b'1' { b'2' } else { b'1' };
    for (what, bytes, code) in [
        ("an edited database", edited, 1),
        ("an edited manifest", renamed, 1),
        ("a torn file", whole[..whole.len() / 2].to_vec(), 2),
        ("no backup", b"nothing of the kind".to_vec(), 2),
    ] {
        fs::write(house.beside("backup"), bytes).expect("written");
        let (found, said) = restore(&house, "new", &[]);
        assert!(matches!(found, Some(1..=3)), "{what}: {said}");
        assert!(what.starts_with("a torn") || found == Some(code), "{what}: {found:?} {said}");
        assert!(!house.beside("new").exists(), "{what}");
    }
}

#[test]
fn a_doctor_finds_a_folder_that_others_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (house, _) = backed_up();
    let (code, report) = house.json(&["doctor", "--json"]);
    assert_eq!((code, report["ok"].as_bool()), (0, Some(true)), "{report}");
    let state = |report: &serde_json::Value, name: &str| {
        let checks = report["checks"].as_array().expect("checks").clone();
        let check = checks.into_iter().find(|check| check["name"] == name);
        check.expect("this check")["state"].as_str().expect("text").to_owned()
    };
    assert_eq!(state(&report, "backup"), "ok");
    assert_eq!(state(&report, "chain"), "warning", "nobody was named");
    for name in ["evidence-log", "database-settings", "obligations", "flush", "schema"] {
        assert_eq!(state(&report, name), "ok", "{report}");
    }
    fs::set_permissions(house.data(), fs::Permissions::from_mode(0o755)).expect("a mode");
    let (code, report) = house.json(&["doctor", "--json"]);
    assert_eq!((code, report["ok"].as_bool()), (1, Some(false)), "{report}");
    assert_eq!(state(&report, "data-folder"), "unsafe");
}
