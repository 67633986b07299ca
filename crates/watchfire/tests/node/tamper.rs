//! What `log verify` and a start say when somebody changed the data by hand.

use crate::hand::Hand;
use crate::house::House;
use std::fs;

impl House {
    /// Has a node take two reports and stop.
    fn filled_with_two_reports(&self) {
        self.with_responder();
        let node = self.start();
        for (what, key) in [("the first hole", "k1"), ("the second hole", "k2")] {
            assert_eq!(node.report(what, key).expect("an answer").0, 201);
        }
        assert!(node.stop().success());
    }
}

fn with_two_reports() -> House {
    let house = House::new();
    house.filled_with_two_reports();
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

/// A house on each engine there is.
fn houses() -> Vec<House> {
    [Some(House::new()), House::on_a_schema()].into_iter().flatten().collect()
}

/// The log and what lies beside it.
const TABLES: [&str; 6] = ["events", "annexes", "log_hashes", "log_heads", "checkpoints", "ticks"];

fn keep_copy(hand: &Hand) {
    for table in TABLES {
        hand.run(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
}

fn put_back(hand: &Hand) {
    for table in TABLES {
        hand.run(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"));
    }
}

/// Exit code and first bad index of `log verify`.
fn verdict(house: &House) -> (i32, Option<u64>) {
    let (code, verdict) = house.json(&["log", "verify", "--json"]);
    assert_eq!(verdict["ok"].as_bool(), Some(code == 0), "{verdict}");
    assert_eq!(verdict["problem"].is_null(), code == 0, "{verdict}");
    (code, verdict["first_bad"].as_u64())
}

/// What somebody may do to a log of `size` entries, and where it shows.
fn tampers(size: u64) -> Vec<(String, u64)> {
    let last = size - 1;
    let copied = "id || '-copy', noun, stream, version + 1000, recorded_at, bytes, salt, \
                  commitment, commitment FROM events WHERE log_index";
    let mut tampers: Vec<(String, u64)> = [
        ("UPDATE events SET bytes = salt WHERE log_index = 3", 3),
        ("UPDATE events SET recorded_at = recorded_at - 1 WHERE log_index = 4", 4),
        ("UPDATE events SET stream = 'WF-0000-0000' WHERE log_index = 4", 4),
        ("UPDATE events SET bytes = NULL, salt = NULL WHERE log_index = 5", 5),
        ("DELETE FROM events WHERE log_index = 2", 2),
        (
            "UPDATE events SET log_index = 9000 WHERE log_index = 3; \
             UPDATE events SET log_index = 3 WHERE log_index = 5; \
             UPDATE events SET log_index = 5 WHERE log_index = 9000",
            3,
        ),
        ("DELETE FROM log_hashes WHERE tree = 'internal' AND level = 0 AND position = 6", 6),
        ("DELETE FROM events; DELETE FROM log_hashes", 0),
    ]
    .map(|(sql, index)| (sql.to_owned(), index))
    .into();
    tampers.push((
        format!(
            "UPDATE events SET log_index = log_index + 9000 WHERE log_index >= 4; \
             INSERT INTO events SELECT 4, {copied} = 9004; \
             UPDATE events SET log_index = log_index - 8999 WHERE log_index >= 9000"
        ),
        4,
    ));
    tampers.push((format!("INSERT INTO events SELECT {size}, {copied} = {last}"), size));
    tampers.push((format!("DELETE FROM events WHERE log_index = {last}"), last));
    tampers
}

#[test]
fn what_was_done_to_a_stopped_nodes_rows_is_named_by_its_index_on_both_engines() {
    for house in houses() {
        house.filled_with_two_reports();
        let hand = house.hand();
        keep_copy(&hand);
        let size = hand.numbers("SELECT COUNT(*) FROM events")[0].unsigned_abs();
        assert_eq!(verdict(&house), (0, None), "nothing was done yet");
        for (sql, index) in tampers(size) {
            assert!(hand.run(&sql) > 0, "{sql} did nothing");
            assert_eq!(verdict(&house), (1, Some(index)), "{sql}");
            put_back(&hand);
            assert_eq!(verdict(&house), (0, None), "{sql} was put back");
        }
    }
}

#[test]
fn a_running_node_does_not_write_over_what_was_done_to_it() {
    for house in houses() {
        house.filled_with_two_reports();
        let node = house.start();
        assert_eq!(verdict(&house), (0, None));
        assert_eq!(house.hand().run("UPDATE events SET bytes = salt WHERE log_index = 3"), 1);
        assert_eq!(verdict(&house), (1, Some(3)));
        assert_eq!(node.report("the third hole", "k3").expect("an answer").0, 201);
        assert_eq!(verdict(&house), (1, Some(3)), "later entries hide nothing");
        node.kill();
        assert_eq!(verdict(&house), (1, Some(3)));
        let (code, doctor) = house.json(&["doctor", "--json"]);
        assert_eq!(code, 1, "{doctor}");
    }
}

#[test]
fn a_database_of_yesterday_is_found_out_and_does_not_start() {
    for house in houses() {
        house.filled_with_two_reports();
        let hand = house.hand();
        keep_copy(&hand);
        let size = hand.numbers("SELECT COUNT(*) FROM events")[0].unsigned_abs();
        let node = house.start();
        assert_eq!(node.report("the third hole", "k3").expect("an answer").0, 201);
        assert!(node.stop().success());
        assert_eq!(verdict(&house), (0, None));
        put_back(&hand);
        assert_eq!(verdict(&house), (1, Some(size)), "the first that is missing");
        let start = house.run(&["serve", "--listen", "127.0.0.1:0"], "");
        assert_eq!(start.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&start.stderr).contains("rolled back"));
    }
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
