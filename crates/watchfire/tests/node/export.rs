//! Work from a terminal: report, list, show, export; and a stranger who checks the export.

use crate::house::{House, run_on};
use std::fs;
use std::time::{Duration, Instant};

/// A public checkpoint each second, so that the test need not wait for minutes.
pub(crate) const SETTINGS: &str = "checkpoint_every_seconds = 1\n";
/// The public log covers an entry within this time.
const COVERED_WITHIN: Duration = Duration::from_secs(30);

#[test]
fn what_is_owed_in_a_case_is_shown_by_its_provision() {
    let house = House::new();
    let token = house.with_provider(SETTINGS);
    let node = house.start_with(SETTINGS);
    let asking = ["--server", node.address.as_str(), "--token", token.as_str()];
    let with = |command: &[&str]| house.run(&[command, &asking[..]].concat(), "");
    let report = ["report", "new", "--what", "a hole", "--sure", "likely", "--exploited", "no"];
    assert!(with(&report).status.success());
    let listed = with(&["case", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let id = listed["items"][0]["id"].as_str().expect("a case").to_owned();
    let shown = with(&["case", "show", &id]).stdout;
    let shown = String::from_utf8_lossy(&shown);
    let row = shown.lines().find(|line| line.contains("cn-rmsv/7.2")).expect("what is owed");
    assert!(row.contains("open") && row.contains("WO-"), "{shown}");
    let refused = with(&[&report[..], &["--component", "log4j"]].concat());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("`pointer`: /component"), "{said}");
    assert!(node.stop().success());
}

#[test]
fn a_case_is_exported_and_a_stranger_checks_it_with_nothing_else() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start_with(SETTINGS);
    let server = node.address.clone();
    let report = ["report", "new", "--what", "a hole in the parser", "--sure", "likely"];
    let contact = ["--exploited", "no", "--contact", "ann@example.org"];
    let rest = ["--json", "--server", server.as_str()];
    let made = house.done(&[&report[..], &contact, &rest].concat(), "");
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    assert!(made["tracking_code"].as_str().is_some_and(|code| code.starts_with("WT-")), "{made}");

    let asking = ["--server", server.as_str(), "--token", token.as_str()];
    let with = |command: &[&str]| house.run(&[command, &asking[..]].concat(), "");
    let listed = with(&["case", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let id = listed["items"][0]["id"].as_str().expect("a case").to_owned();
    let shown = with(&["case", "show", &id]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains(&id));
    assert_eq!(with(&["case", "show", "WF-0000-0000"]).status.code(), Some(2), "hidden or missing");

    let (first, second) = (house.beside("one.json"), house.beside("two.json"));
    let (first_path, second_path) = (first.to_str().expect("text"), second.to_str().expect("text"));
    let began = Instant::now();
    loop {
        let output = with(&["case", "export", &id, "--out", first_path]);
        if output.status.success() {
            break;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("not in the public log yet"), "{said}");
        assert!(began.elapsed() < COVERED_WITHIN, "{said}");
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_secs(2));
    assert!(with(&["case", "export", &id, "--out", second_path]).status.success());
    let document = fs::read(&first).expect("the bundle");
    assert_eq!(document, fs::read(&second).expect("the bundle"), "the same bytes each time");
    assert!(node.stop().success());

    let stranger = house.beside("stranger");
    let verify = |path: &str| {
        let output = run_on(&stranger, &["log", "verify", "--json", "--bundle", path], "");
        let said = String::from_utf8_lossy(&output.stderr);
        let verdict = serde_json::from_slice(&output.stdout);
        let verdict: serde_json::Value = verdict.unwrap_or_else(|error| panic!("{error}: {said}"));
        (output.status.code(), verdict)
    };
    let (code, verdict) = verify(first_path);
    assert_eq!((code, verdict["ok"].as_bool()), (Some(0), Some(true)), "{verdict}");
    assert!(!stranger.exists(), "checking leaves nothing behind");
    let text = String::from_utf8(document).expect("text");
    let bundle: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    holds_the_report(&bundle, made["id"].as_str().expect("an id"));
    assert!(!text.contains("ann@example.org"), "the reporter's contact stays in the house");
    for edited in [
        text.replacen("\\\"kind\\\"", "\\\"kinds\\\"", 1),
        text.replacen(&id, "WF-0000-0001", 1),
        text.replacen("\"tick\": ", "\"tick\": 1", 1),
    ] {
        assert_ne!(edited, text);
        fs::write(&second, edited).expect("written");
        let (code, verdict) = verify(second_path);
        assert_eq!((code, verdict["ok"].as_bool()), (Some(1), Some(false)), "{verdict}");
    }
}

/// Checks that a bundle has what the case was opened on beside its own entries.
fn holds_the_report(bundle: &serde_json::Value, report: &str) {
    let entries = bundle["entries"].as_array().expect("entries");
    let texts: Vec<&str> = entries.iter().filter_map(|entry| entry["text"].as_str()).collect();
    let of_report = format!("\"stream\":\"report\",\"of\":\"{report}\"");
    let received =
        |text: &&&str| text.contains(&of_report) && text.contains("\"kind\":\"received\"");
    assert_eq!(texts.iter().filter(received).count(), 1, "what the case was opened on: {texts:?}");
    assert!(texts.iter().any(|text| text.contains("\"stream\":\"case\"")), "{texts:?}");
    assert_eq!(bundle["summary"]["reports"][0]["id"], report);
    assert_eq!(bundle["summary"]["reports"][0]["what"], "a hole in the parser");
}

#[test]
fn a_case_is_exported_from_the_database_of_a_node_that_does_not_run() {
    let house = House::new();
    let token = house.with_responder();
    let add = ["user", "add", "tom", "--name", "Tom", "--password-stdin"];
    house.done(&add, crate::house::PASSWORD);
    let other = house.done(&["user", "token", "tom"], "");
    let node = house.start_with(SETTINGS);
    assert_eq!(node.report("a hole", "k1").expect("an answer").0, 201);
    let (_, cases) = node.get("/api/v1/cases", &token);
    let id = cases["items"][0]["id"].as_str().expect("a case").to_owned();
    assert!(node.stop().success());

    let data = house.data();
    let data = data.to_str().expect("text");
    let file = house.beside("one.json");
    let export = |more: &[&str]| {
        let out = file.to_str().expect("text");
        let command = ["case", "export", id.as_str(), "--out", out];
        let output = house.run(&[&command[..], more].concat(), "");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = export(&["--data", data]);
    assert_eq!(code, Some(2), "the operator is told of no case under embargo: {said}");
    assert!(said.contains("watchfire user token"), "{said}");
    for hidden in [["--data", data, "--token", &other], ["--data", data, "--token", "wf_nobody"]] {
        assert_eq!(export(&hidden).0, Some(2));
    }
    assert!(!file.exists());
    let (code, said) = export(&["--data", data, "--token", &token]);
    // The node was down since the report; the public log is brought up to date first.
    let began = Instant::now();
    let mut last = (code, said);
    while last.0 == Some(3) && began.elapsed() < COVERED_WITHIN {
        assert!(last.1.contains("--internal"), "{}", last.1);
        std::thread::sleep(Duration::from_millis(200));
        last = export(&["--data", data, "--token", &token]);
    }
    assert_eq!(last.0, Some(0), "{}", last.1);
    let first = fs::read(&file).expect("the bundle");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(export(&["--local", "--token", &token]).0, Some(0), "where the environment says");
    assert_eq!(fs::read(&file).expect("the bundle"), first, "the same bytes each time");
    let internal = ["--data", data, "--token", &token, "--internal"];
    assert_eq!(export(&internal).0, Some(0), "whoever has the database may tell its size");
    let stranger = house.beside("stranger");
    for (bundle, anchor) in [(first, "public"), (fs::read(&file).expect("it"), "internal")] {
        fs::write(&file, bundle).expect("written");
        let path = file.to_str().expect("text");
        let output = run_on(&stranger, &["log", "verify", "--json", "--bundle", path], "");
        assert_eq!(output.status.code(), Some(0), "{anchor}");
    }
    let node = house.start();
    assert!(node.stop().success(), "the node goes on with the log that was brought up to date");
    assert_eq!(house.json(&["log", "verify", "--json"]).0, 0);
}

#[test]
fn laws_are_put_to_the_cases_of_a_node_that_whoever_asks_may_see() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    assert_eq!(node.report("a hole", "k1").expect("an answer").0, 201);
    assert!(node.stop().success());
    let log = || house.json(&["log", "verify", "--json"]);
    let before = log();
    assert_eq!((before.0, &before.1["ok"]), (0, &true.into()), "{}", before.1);
    let data = house.data();
    let data = data.to_str().expect("text");
    let tested = |more: &[&str]| {
        house.json(&[&["law", "backtest", "--json", "--data", data][..], more].concat())
    };
    let (code, answer) = tested(&["--token", &token]);
    assert_eq!((code, &answer["cases"]), (0, &1.into()), "{answer}");
    let (code, answer) = tested(&[]);
    assert_eq!((code, &answer["cases"]), (0, &0.into()), "a report's case is under embargo");
    assert_eq!(log(), before, "nothing was recorded");
}

#[test]
fn only_who_sees_a_case_exports_it() {
    let house = House::new();
    let token = house.with_responder();
    let add = ["user", "add", "tom", "--name", "Tom", "--password-stdin", "--duty", "auditor"];
    house.done(&add, crate::house::PASSWORD);
    let other = house.done(&["user", "token", "tom"], "");
    let node = house.start_with(SETTINGS);
    assert_eq!(node.report("a hole", "k1").expect("an answer").0, 201);
    let (_, cases) = node.get("/api/v1/cases", &token);
    let path = format!("/api/v1/cases/{}/export", cases["items"][0]["id"].as_str().expect("one"));
    assert_eq!(node.get(&path, "").0, 401);
    let hidden = node.get(&path, &other);
    let missing = node.get("/api/v1/cases/WF-0000-0000/export", &other);
    assert_eq!((hidden.0, missing.0), (404, 404), "a report's case is under embargo");
    assert_eq!(hidden.1["code"], missing.1["code"]);
    let at_once = format!("{path}?anchor=internal");
    assert_eq!(node.get(&at_once, &token).0, 404, "the size of the log is for auditors");
}
