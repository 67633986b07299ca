//! Starting, signing in, stopping.

use crate::house::{House, PASSWORD};
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_new_node_shows_its_first_administrator_once() {
    let house = House::new();
    let mut node = house.start();
    let line = node.expect_line("first administrator");
    let password = line.split('`').nth(3).expect("a password in backticks").to_owned();
    assert!(password.len() > 20, "{line}");
    assert_eq!(node.get("/healthz", "").0, 200);
    assert!(node.stop().success());
    let mut again = house.start();
    assert_eq!(again.get("/healthz", "").0, 200);
    let said = again.said().join("\n");
    assert!(!said.contains("first administrator") && !said.contains(&password), "{said}");
    let mode = |name| std::fs::metadata(house.data().join(name)).expect("there").permissions();
    assert_eq!(mode("").mode() & 0o777, 0o700);
    assert_eq!(mode("log.key").mode() & 0o777, 0o600);
    assert_eq!(mode("watchfire.db").mode() & 0o777, 0o600);
}

#[test]
fn a_report_outlives_a_kill_and_a_restart_and_the_log_is_sound() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    let (status, report) = node.report("a hole in the parser", "k1").expect("an answer");
    assert_eq!(status, 201, "{report}");
    let (_, before) = node.get("/api/v1/cases", &token);
    assert_eq!(before["items"].as_array().expect("items").len(), 1, "{before}");
    node.kill();
    let node = house.start();
    assert_eq!(node.get("/api/v1/cases", &token).1, before);
    assert!(node.stop().success());
    let node = house.start();
    assert_eq!(node.get("/api/v1/cases", &token).1, before);
    assert_eq!(node.report("a hole in the parser", "k1").expect("an answer"), (201, report));
    assert_eq!(node.get("/api/v1/cases", "wf_no").0, 401);
    let (code, verdict) = house.json(&["log", "verify", "--json"]);
    assert_eq!((code, verdict["ok"].as_bool()), (0, Some(true)), "{verdict}");
    assert!(verdict["size"].as_u64() > Some(4), "{verdict}");
}

#[test]
fn the_world_and_wrong_requests_are_told_apart() {
    let house = House::new();
    let code = |arguments: &[&str], input| house.run(arguments, input).status.code();
    assert_eq!(code(&["user", "list"], ""), Some(2), "there is no node");
    assert!(!house.data().exists(), "asking makes nothing");
    let short = ["user", "add", "mia", "--name", "Mia", "--password-stdin"];
    assert_eq!(code(&short, "too short"), Some(2));
    house.with_responder();
    assert_eq!(code(&short, PASSWORD), Some(2), "the login is taken");
    assert_eq!(code(&["user", "token", "nobody"], ""), Some(2));
    let node = house.start();
    assert_eq!(code(&["serve", "--listen", "127.0.0.1:0"], ""), Some(3), "one node a folder");
    let taken = node.address.trim_start_matches("http://");
    let other = House::new();
    let beside = other.run(&["serve", "--listen", taken], "");
    assert_eq!(beside.status.code(), Some(3));
    let said = String::from_utf8_lossy(&beside.stderr);
    assert!(said.contains("because: cannot listen") && said.contains("hint: "), "{said}");
    let file = house.beside("w.toml");
    std::fs::write(&file, "listn = \"127.0.0.1:0\"\n").expect("a file");
    let config = file.to_str().expect("text");
    let wrong = house.run(&["serve", "--config", config], "");
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert_eq!(wrong.status.code(), Some(2), "{said}");
    assert!(said.contains("w.toml:1:1") && said.contains("listn"), "{said}");
}

#[test]
fn a_certificate_that_cannot_be_read_is_told_before_anything_is_made() {
    let house = House::new();
    let file = house.beside("w.toml");
    std::fs::write(&file, "[tls]\ncertificate = \"/no/such/file\"\nkey = \"/no/such/file\"\n")
        .expect("a file");
    let config = file.to_str().expect("text");
    let refused = house.run(&["serve", "--listen", "127.0.0.1:0", "--config", config], "");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("/no/such/file") && said.contains("hint: "), "{said}");
    assert!(!said.contains("listens") && !said.contains("password"), "{said}");
    assert!(!house.data().exists(), "a node that cannot answer makes nothing");
}

#[test]
fn a_closed_account_opens_nothing_any_more() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    assert_eq!(node.get("/api/v1/cases", &token).0, 200);
    house.done(&["user", "disable", "mia", "--reason", "left"], "");
    assert_eq!(node.get("/api/v1/cases", &token).0, 401);
}
