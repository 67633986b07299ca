//! What `log verify` and a start say when somebody changed the data by hand.

use crate::house::House;
use std::fs;

/// A node that took two reports and was stopped.
fn with_two_reports() -> House {
    let house = House::new();
    house.with_responder();
    let node = house.start();
    for (what, key) in [("the first hole", "k1"), ("the second hole", "k2")] {
        assert_eq!(node.report(what, key).expect("an answer").0, 201);
    }
    assert!(node.stop().success());
    house
}

/// Replaces `from` by `to`, of the same length, wherever the database has it.
fn edit(house: &House, from: &str, to: &str) -> usize {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(house.database()).expect("the database");
    let places: Vec<usize> = (0..bytes.len() - from.len())
        .filter(|at| bytes[*at..].starts_with(from.as_bytes()))
        .collect();
    for at in &places {
        bytes[*at..*at + to.len()].copy_from_slice(to.as_bytes());
    }
    fs::write(house.database(), bytes).expect("written");
    places.len()
}

#[test]
fn an_edited_row_is_named_by_its_index() {
    let house = with_two_reports();
    let (code, sound) = house.json(&["log", "verify", "--json"]);
    assert_eq!(code, 0, "{sound}");
    assert_eq!(sound["first_bad"], serde_json::Value::Null);
    assert!(edit(&house, "the second hole", "the 2econd hole") > 0);
    let (code, verdict) = house.json(&["log", "verify", "--json"]);
    assert_eq!((code, verdict["ok"].as_bool()), (1, Some(false)), "{verdict}");
    let first = verdict["first_bad"].as_u64().expect("an index");
    assert!(first > 4 && Some(first) < sound["size"].as_u64(), "{verdict}");
    assert!(edit(&house, "the 2econd hole", "the second hole") > 0);
    assert_eq!(house.json(&["log", "verify", "--json"]).0, 0, "as it was");
    edit(&house, "the first hole", "the 1irst hole");
    let (_, verdict) = house.json(&["log", "verify", "--json"]);
    assert!(verdict["first_bad"].as_u64().expect("an index") < first, "{verdict}");
}

#[test]
fn a_database_of_yesterday_is_found_out_and_does_not_start() {
    let house = with_two_reports();
    let yesterday = fs::read(house.database()).expect("the database");
    let node = house.start();
    assert_eq!(node.report("the third hole", "k3").expect("an answer").0, 201);
    assert!(node.stop().success());
    assert_eq!(house.json(&["log", "verify", "--json"]).0, 0);
    fs::write(house.database(), yesterday).expect("written");
    let (code, verdict) = house.json(&["log", "verify", "--json"]);
    assert_eq!((code, verdict["ok"].as_bool()), (1, Some(false)), "{verdict}");
    let start = house.run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(start.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&start.stderr).contains("rolled back"));
}

#[test]
fn a_log_without_its_key_gets_no_new_one() {
    let house = with_two_reports();
    let key = house.data().join("log.key");
    let kept = fs::read(&key).expect("the key");
    fs::remove_file(&key).expect("removed");
    let start = house.run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(start.status.code(), Some(3));
    assert!(!key.exists());
    assert_eq!(house.run(&["log", "verify"], "").status.code(), Some(2), "which key?");
    fs::write(&key, kept).expect("written");
    let start = house.run(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(start.status.code(), Some(3), "others may read it");
    assert!(String::from_utf8_lossy(&start.stderr).contains("chmod 600"));
}

#[test]
fn what_is_no_database_and_no_bundle_is_a_wrong_request() {
    let house = with_two_reports();
    fs::write(house.database(), b"not a database at all").expect("written");
    assert_eq!(house.run(&["log", "verify"], "").status.code(), Some(2));
    let file = house.beside("bundle.json");
    fs::write(&file, b"{}").expect("written");
    let path = file.to_str().expect("text");
    assert_eq!(house.run(&["log", "verify", "--bundle", path], "").status.code(), Some(2));
    let conflict = ["log", "verify", "--bundle", path, "--key", "nonsense"];
    assert_eq!(house.run(&conflict, "").status.code(), Some(2));
}
