//! Laws put to the cases of a node that runs, by whoever types it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use watchfire_core::law::Lawbook;

use crate::export::SETTINGS;
use crate::house::House;
use crate::running::Running;

/// More than one page of a node.
const CASES: usize = 205;
/// The strict window of the provision, as its pack says it.
const STRICT: &str = "strict         = { within = \"48h\", counts = \"elapsed\" }\nouter          = { within = \"2d\"";

/// The pack of the RMSV in a folder of its own, edited.
fn pack(house: &House, edit: impl Fn(&str) -> String) -> String {
    let folder = house.beside("packs");
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    for (path, text) in own {
        let at = folder.join(path);
        fs::create_dir_all(at.parent().expect("a folder of packs")).expect("a folder");
        let edited = if path.ends_with("/law.toml") { edit(text) } else { text.to_owned() };
        fs::write(at, edited).expect("a file");
    }
    folder.to_str().expect("text").to_owned()
}

fn stricter(text: &str) -> String {
    assert!(text.contains(STRICT));
    text.replacen(STRICT, &STRICT.replace("48h", "36h"), 1)
}

fn open_cases(node: &Running, token: &str, count: usize) {
    let body = json!({
        "title": "a hole", "secrecy": "open", "facts": [{ "kind": "vulnerability-known" }],
    });
    for at in 0..count {
        let key = format!("case-{at}");
        let answer = node.wire().post("/api/v1/cases", token, &key, &body).expect("an answer");
        assert_eq!(answer.0, 201, "{}", answer.1);
    }
}

fn backtest<'a>(node: &'a Running, more: &[&'a str]) -> Vec<&'a str> {
    [&["law", "backtest", "--server", node.address.as_str()][..], more].concat()
}

#[test]
fn a_node_that_runs_answers_as_its_database_does_and_for_whoever_asks() {
    let house = House::new();
    let token = house.with_provider(SETTINGS);
    let add = ["user", "add", "tom", "--name", "Tom", "--password-stdin", "--duty", "auditor"];
    house.done(&add, crate::house::PASSWORD);
    let other = house.done(&["user", "token", "tom"], "");
    let laws = pack(&house, stricter);
    let node = house.start_with(SETTINGS);
    open_cases(&node, &token, CASES);
    assert_eq!(node.report("a hole", "k1").expect("an answer").0, 201);
    let at = ["--json", "--laws", &laws, "--at", "2100-01-01T00:00:00Z"];
    let asked = |more: &[&str]| house.json(&backtest(&node, &[&at[..], more].concat()));
    let (code, mut of_node) = asked(&["--token", &token]);
    assert_eq!((code, &of_node["cases"]), (0, &json!(CASES + 1)), "{of_node}");
    assert_eq!(of_node["against"]["laws"], "in-use");
    assert_eq!(of_node["against"]["moved"], CASES + 1);
    assert_eq!(asked(&["--token", &other]).1["cases"], CASES, "a report's case is under embargo");

    let told = house.done(&backtest(&node, &[&at[1..], &["--token", &token]].concat()), "");
    let last = told.lines().last().expect("a line");
    assert!(last.starts_with("against in-use: 206 of 206 cases otherwise"), "{last}");

    assert!(node.stop().success());
    let data = house.data();
    let here = ["--data", data.to_str().expect("text"), "--token", &token];
    let (_, of_database) = house.json(&[&["law", "backtest"], &at[..], &here].concat());
    of_node["against"]["laws"] = "built-in".into();
    assert_eq!(of_node, of_database);
}

#[test]
fn a_draft_that_a_node_refuses_is_told_where_it_stands() {
    let house = House::new();
    let token = house.with_responder();
    let laws = pack(&house, |text| format!("nobody_knows = 1\n{text}"));
    let node = house.start_with(SETTINGS);
    let run = |more: &[&str]| {
        let output = house.run(&backtest(&node, more), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().expect("it ends"), said)
    };
    let (code, said) = run(&["--laws", &laws, "--token", &token]);
    assert_eq!(code, 2, "{said}");
    let place = Path::new(&laws).join("cn-rmsv/law.toml");
    assert!(said.contains(&format!("{}:1:1", place.display())), "{said}");
    assert!(said.contains("nobody_knows = 1"), "the line itself: {said}");
    assert_eq!(run(&["--token", "wf_nobody"]).0, 2);
    let (code, said) = run(&["--against", &laws, "--token", &token]);
    assert_eq!(code, 2);
    assert!(said.contains("`in-use`, `built-in` or `nothing`"), "{said}");
    for with in [["--data", "x"], ["--database", "x"], ["--config", "x"]] {
        assert_eq!(run(&with).0, 2);
    }
    assert_eq!(run(&["past.toml"]).0, 2, "case files are put to the laws here");
    let (code, nothing) = house.json(&backtest(&node, &["--json", "--token", &token]));
    assert_eq!((code, &nothing["cases"], &nothing["against"]), (0, &json!(0), &Value::Null));
}
