//! Products, releases and SBOMs from a terminal, on a node that runs.

use std::path::Path;

use serde_json::{Value, json};

use crate::house::House;
use crate::running::Running;

const DEMO: &str = "src/demo/fleet/sboms";

/// A terminal with a token, on a node.
struct Terminal<'h> {
    house: &'h House,
    node: &'h Running,
    token: &'h str,
}

impl Terminal<'_> {
    /// Runs a command; what it printed, what it said, and its exit code.
    fn run(&self, arguments: &[&str]) -> (String, String, i32) {
        let who = ["--server", self.node.address.as_str(), "--token", self.token];
        let output = self.house.run(&[arguments, &who].concat(), "");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        (text(&output.stdout), text(&output.stderr), output.status.code().expect("not killed"))
    }

    fn done(&self, arguments: &[&str]) -> String {
        let (printed, said, code) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        printed
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let (printed, said, found) = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(found, code, "{arguments:?}: {said}");
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}{said}"))
    }
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DEMO).join(name);
    path.to_str().expect("text").to_owned()
}

#[test]
fn a_build_says_in_one_line_what_it_has_made_and_gets_the_bytes_back() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    let terminal = Terminal { house: &house, node: &node, token: &token };
    let [old, new] = ["object-store-4.1.0.cdx.json", "object-store-4.1.1.cdx.json"].map(sample);
    let product = ["--product", "Object Store", "--version", "4.1.0"];
    let attach = |file: &str, more: &[&str]| -> Vec<String> {
        let line = [&["sbom", "attach", file], &product[..], more].concat();
        line.into_iter().map(str::to_owned).collect()
    };
    let words = |line: &[String]| line.iter().map(String::clone).collect::<Vec<_>>();
    let run = |line: Vec<String>| {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        terminal.run(&line)
    };
    let (_, said, code) = run(attach(&old, &[]));
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("no product in use is called `Object Store`"), "{said}");
    let (printed, said, code) = run(attach(&old, &["--create"]));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("made known as WX-") && said.contains("made known as WL-"), "{said}");
    assert!(printed.contains("CycloneDX JSON"), "{printed}");
    let again = words(&attach(&old, &["--create"]));
    let (_, said, code) = run(again);
    assert_eq!((code, said.contains("attached already")), (0, true), "{said}");

    let listed = terminal.json(&["release", "list", "Object Store"], 0);
    let release = listed["items"][0]["id"].as_str().expect("an id");
    assert_eq!(listed["items"][0]["sboms"], 1);
    let line = ["sbom", "attach", &new, "--release", release, "--beside"];
    let attached = terminal.json(&line, 0);
    let id = attached["attached"][0]["id"].as_str().expect("an id");
    assert_eq!(attached["release"], release);
    let shown = terminal.json(&["sbom", "show", id], 0);
    assert_eq!((&shown["attached"], &shown["skipped"]), (&json!(true), &json!([])));
    let out = house.beside("document");
    let out = out.to_str().expect("text");
    terminal.done(&["sbom", "document", id, "--out", out]);
    let [kept, given] = [out, &new].map(|path| std::fs::read(path).expect("a file"));
    assert_eq!(kept, given, "byte for byte");
    terminal.done(&["sbom", "detach", id, "--reason", "of another release"]);
    assert_eq!(terminal.json(&["sbom", "show", id], 0)["attached"], false);
}

#[test]
fn nothing_is_made_known_for_a_document_that_is_refused() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    let terminal = Terminal { house: &house, node: &node, token: &token };
    let file = house.beside("sbom.json");
    let path = file.to_str().expect("text");
    let good = sample("object-store-4.1.0.cdx.json");
    let nothing = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}"#;
    let torn = "{\"bomFormat\": \"CycloneDX\",\n\"specVersion\": }";
    for odd in [torn, nothing, "[]", ""] {
        std::fs::write(&file, odd).expect("a file");
        // It is no matter which of several documents it is.
        for files in [&[path][..], &[good.as_str(), path]] {
            let line = [&["sbom", "attach"][..], files, &["--product", "Shop", "--version", "1.0"]];
            let (_, said, code) = terminal.run(&[&line.concat()[..], &["--create"]].concat());
            assert_eq!(code, 2, "{odd}: {said}");
            assert!(said.contains("sbom.json") && said.contains("hint: "), "{said}");
            assert!(!said.contains("made known"), "{said}");
        }
    }
    assert_eq!(terminal.json(&["product", "list"], 0), json!({ "items": [] }));
    // The product is known, and of it no release is made known either.
    terminal.done(&["product", "add", "Shop"]);
    std::fs::write(&file, torn).expect("a file");
    let line = ["sbom", "attach", path, "--product", "Shop", "--version", "1.0", "--create"];
    let (_, said, code) = terminal.run(&line);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("line 2"), "{said}");
    assert_eq!(terminal.json(&["release", "list", "Shop"], 0), json!({ "items": [] }));
}

#[test]
fn what_is_skipped_is_told_and_what_is_refused_leaves_a_hole() {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    let terminal = Terminal { house: &house, node: &node, token: &token };
    assert!(terminal.done(&["product", "add", "Shop"]).starts_with("WX-"));
    let release = terminal.done(&["release", "add", "Shop", "1.0", "--sold-in", "DE"]);
    let holes = terminal.json(&["release", "holes"], 1);
    assert_eq!(holes["items"][0]["id"], release.as_str());
    let file = house.beside("sbom.json");
    let path = file.to_str().expect("text");
    let attach = ["sbom", "attach", path, "--release", &release];
    std::fs::write(&file, "{\"bomFormat\": \"CycloneDX\",\n\"specVersion\": }").expect("a file");
    let (_, said, code) = terminal.run(&attach);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("line 2") && said.contains("hint: "), "{said}");
    assert_eq!(terminal.run(&["release", "holes"]).2, 1, "nothing was kept");
    let parts = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
        {"type": "library", "name": "log4j-core", "version": "2.14.1"}, {"type": "library"}]}"#;
    std::fs::write(&file, parts).expect("a file");
    let (printed, said, code) = terminal.run(&attach);
    assert_eq!(code, 1, "{said}");
    assert!(printed.contains("1 skipped:") && printed.contains("/components/1"), "{printed}");
    assert_eq!(terminal.json(&["release", "holes"], 0), json!({ "items": [] }));
    let id = printed.split_whitespace().find(|word| word.starts_with("WB-")).expect("an id");
    assert!(terminal.done(&["sbom", "show", id]).contains("/components/1"));
    let shown = terminal.json(&["sbom", "show", id], 0);
    assert_eq!(shown["skipped"][0]["pointer"], "/components/1");
    assert_eq!(shown["problems"].as_array().map(Vec::len), Some(1), "the schema wants a name");
    let judged = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
        {"type": "library", "name": "log4j-core", "version": "2.14.1"}],
        "vulnerabilities": [{"id": "CVE-2021-44228"}]}"#;
    std::fs::write(&file, judged).expect("a file");
    let (printed, said, code) = terminal.run(&attach);
    assert_eq!(code, 0, "every component is used: {said}");
    assert!(printed.contains("/vulnerabilities"), "and the rest is told: {printed}");
    // What no flag names stays, and an empty text takes out.
    let change = ["release", "change", &release, "--supported-until", "2031-11-30"];
    assert_eq!(terminal.done(&change), release);
    terminal.done(&["release", "change", &release, "--version", "1.0.1"]);
    let listed = terminal.json(&["release", "list", "Shop"], 0);
    assert_eq!(listed["items"][0]["supported_until"], "2031-11-30");
    terminal.done(&["release", "change", &release, "--supported-until", ""]);
    let listed = terminal.json(&["release", "list", "Shop"], 0);
    assert_eq!(
        (&listed["items"][0]["supported_until"], &listed["items"][0]["version"]),
        (&Value::Null, &json!("1.0.1"))
    );
    let named = ["product", "change", "Shop", "--name", "The Shop", "--internet-facing", "yes"];
    terminal.done(&[&named[..], &["--identifier", "pkg:PyPI/The_Shop"]].concat());
    let (_, said, code) =
        terminal.run(&["product", "change", "The Shop", "--identifier", "the shop"]);
    assert_eq!((code, said.contains("/identifiers/0")), (2, true), "{said}");
    let found = terminal.json(&["product", "list", "--search", "the"], 0);
    assert_eq!(found["items"][0]["internet_facing"], true);
    terminal.done(&["release", "retire", &release, "--reason", "nobody runs it"]);
    terminal.done(&["product", "retire", "The Shop", "--reason", "sold"]);
    assert_eq!(terminal.json(&["product", "list"], 0), json!({ "items": [] }));
}
