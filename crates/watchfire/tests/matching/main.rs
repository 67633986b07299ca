//! `watchfire match`, as a pipeline calls it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const OSV: &str = r#"{"id": "GHSA-jfh8-c2jp-5v3q", "aliases": ["CVE-2021-44228"],
    "modified": "2021-12-10T00:00:00Z", "summary": "Remote code injection in Log4j",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "Maven",
        "name": "org.apache.logging.log4j:log4j-core"},
        "ranges": [{"type": "ECOSYSTEM",
            "events": [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}]}]}]}"#;

const LOG4J: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";

/// An SBOM of a shop that contains a server that contains log4j.
fn shop(version: &str) -> String {
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {{"component": {{"type": "application", "name": "shop", "version": "1.0",
            "bom-ref": "shop", "purl": "pkg:generic/shop@1.0"}}}},
        "components": [
            {{"type": "library", "name": "server", "version": "3", "bom-ref": "server",
              "purl": "pkg:maven/example/server@3"}},
            {{"type": "library", "name": "log4j-core", "version": "{version}", "bom-ref": "log4j",
              "purl": "{LOG4J}@{version}"}},
            {{"type": "file", "name": "readme"}}],
        "dependencies": [{{"ref": "shop", "dependsOn": ["server"]}},
            {{"ref": "server", "dependsOn": ["log4j"]}}]}}"#
    )
}

fn vex(product: &str) -> String {
    format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1",
        "author": "the shop", "timestamp": "2021-12-11T00:00:00Z", "version": 1, "statements": [
        {{"vulnerability": {{"name": "CVE-2021-44228"}}, "status": "not_affected",
          "justification": "vulnerable_code_not_in_execute_path",
          "products": [{{"@id": "{product}"}}]}}]}}"#
    )
}

/// A folder with files of these names and texts.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
    let command = command.current_dir(folder).arg("match").args(arguments);
    command.output().expect("the binary under test runs")
}

fn json(folder: &Path, arguments: &[&str], code: i32) -> Value {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[test]
fn an_affected_component_is_named_with_its_way_and_its_source() {
    let folder = folder(&[("shop.json", &shop("2.14.1")), ("osv.json", OSV)]);
    let arguments = ["--sbom", "shop.json", "--advisories", "osv.json", "--json"];
    let answer = json(folder.path(), &arguments, 1);
    assert_eq!(answer["advisories"]["read"], 1);
    let sbom = &answer["sboms"][0];
    assert_eq!(
        (&sbom["file"], &sbom["components"], &sbom["unnamed"]),
        (&"shop.json".into(), &4.into(), &1.into())
    );
    let [finding] = &sbom["findings"].as_array().expect("findings")[..] else { panic!("{sbom}") };
    let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(text("purl"), format!("{LOG4J}@2.14.1"));
    assert_eq!(finding["path"], serde_json::json!(["shop 1.0", "server 3", "log4j-core 2.14.1"]));
    assert_eq!((text("status"), text("basis")), ("affected".to_owned(), "package".to_owned()));
    assert_eq!(text("advisory"), "GHSA-jfh8-c2jp-5v3q");
    assert_eq!(finding["aliases"][0], "CVE-2021-44228");
    assert_eq!(text("range"), ">= 2.13.0, < 2.15.0");
    assert_eq!(
        (text("source"), text("pointer")),
        ("osv.json".to_owned(), "/affected/0".to_owned())
    );
    assert!(text("severity").starts_with("CVSS:3.1/"));
    // A person reads the same.
    let output = run(folder.path(), &["--sbom", "shop.json", "--advisories", "osv.json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    for part in ["1 affected", "log4j-core 2.14.1", "CVE-2021-44228", "shop 1.0 > server 3"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn a_version_that_is_mended_is_no_finding_and_an_odd_one_is_undecided() {
    let files =
        [("mended.json", &shop("2.15.0")[..]), ("odd.json", &shop("(devel)")), ("osv.json", OSV)];
    let folder = folder(&files);
    let of = |file: &str, code: i32| {
        json(folder.path(), &["--sbom", file, "--advisories", "osv.json", "--json"], code)
    };
    assert_eq!(of("mended.json", 0)["sboms"][0]["findings"], serde_json::json!([]));
    assert_eq!(of("odd.json", 1)["sboms"][0]["findings"][0]["status"], "undecided");
}

#[test]
fn advisories_come_in_folders_lines_and_archives_and_what_is_broken_is_set_apart() {
    let line = OSV.replace('\n', " ");
    let lines = format!("{line}\n\n{{\"id\": 1}}\n");
    let folder = folder(&[
        ("shop.json", &shop("2.14.1")),
        ("all/deep/osv.json", OSV),
        ("all/lines.jsonl", &lines),
        ("all/readme.md", "not one"),
        ("all/.hidden.json", "not one"),
    ]);
    let path = folder.path();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(line.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    fs::write(path.join("all/cut.json.gz"), &gzip[..gzip.len() / 2]).expect("a file");
    fs::write(path.join("all/lines.jsonl.gz"), &gzip).expect("a file");
    let mut archive = ZipWriter::new(fs::File::create(path.join("all.zip")).expect("a file"));
    for (name, text) in [("a/osv.json", OSV), ("b.json", "{"), ("c.txt", "not one")] {
        archive.start_file(name, SimpleFileOptions::default()).expect("an entry");
        archive.write_all(text.as_bytes()).expect("an entry");
    }
    archive.finish().expect("an archive");
    let arguments = ["--sbom", "shop.json", "--advisories", "all", "all.zip", "--json"];
    let answer = json(path, &arguments, 1);
    assert_eq!(answer["advisories"]["read"], 4, "{answer}");
    let apart = answer["advisories"]["quarantined"].as_array().expect("a list");
    let files: Vec<&str> = apart.iter().filter_map(|one| one["file"].as_str()).collect();
    assert_eq!(files, ["all/cut.json.gz", "all/lines.jsonl:3", "all.zip!b.json"], "{apart:?}");
    assert!(apart.iter().all(|one| !one["reason"].as_str().expect("a reason").is_empty()));
    let sources: Vec<&Value> = answer["sboms"][0]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| &one["source"])
        .collect();
    assert_eq!(
        sources,
        ["all.zip!a/osv.json", "all/deep/osv.json", "all/lines.jsonl.gz:1", "all/lines.jsonl:1"]
    );
}

#[test]
fn what_is_vouched_for_is_not_affected_and_says_why() {
    let part = format!("{LOG4J}@2.14.1");
    let files = [
        ("shop.json", &shop("2.14.1")[..]),
        ("osv.json", OSV),
        ("part.json", &vex(&part)),
        ("whole.json", &vex("pkg:generic/shop@1.0")),
        ("other.json", &vex("pkg:generic/other@1.0")),
        ("older.json", &vex("pkg:generic/shop@0.9")),
    ];
    let folder = folder(&files);
    let of = |vex: &str, form: &str, code: i32| {
        let arguments = ["--sbom", "shop.json", "--advisories", "osv.json", "--vex", vex, form];
        json(folder.path(), &arguments, code)
    };
    for vex in ["part.json", "whole.json"] {
        let finding = &of(vex, "--json", 0)["sboms"][0]["findings"][0];
        assert_eq!(finding["status"], "not_affected", "{vex}");
        assert_eq!(finding["justification"], "vulnerable_code_not_in_execute_path");
        assert_eq!(finding["vouched_by"], vex);
        let sarif = of(vex, "--sarif", 0);
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!((&result["level"], &result["kind"]), (&"none".into(), &"pass".into()));
        assert_eq!(result["suppressions"][0]["kind"], "external");
    }
    for vex in ["other.json", "older.json"] {
        let finding = &of(vex, "--json", 1)["sboms"][0]["findings"][0];
        assert_eq!(finding["status"], "affected", "{vex}");
    }
    // What is only said by an advisory excuses nobody: both stand side by side.
    let arguments = ["--sbom", "shop.json", "--advisories", "osv.json", "part.json", "--json"];
    let answer = json(folder.path(), &arguments, 1);
    let statuses: Vec<&Value> = answer["sboms"][0]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(statuses, ["affected", "not_affected"]);
}

#[test]
fn scanners_read_the_answer_too() {
    let folder = folder(&[
        ("my shop.json", &shop("2.14.1")),
        ("odd.json", "{"),
        ("osv.json", OSV),
        ("bad.json", "{\"id\": \"X\", \"modified\": \"never\"}"),
    ]);
    let arguments = ["--sbom", "my shop.json", "--advisories", "osv.json", "bad.json", "--sarif"];
    let sarif = json(folder.path(), &arguments, 1);
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "GHSA-jfh8-c2jp-5v3q");
    assert_eq!(rule["properties"]["security-severity"], "10.0");
    let result = &run["results"][0];
    assert_eq!((&result["ruleIndex"], &result["level"]), (&0.into(), &"error".into()));
    let location = &result["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "my%20shop.json");
    let logical = &location["logicalLocations"][0]["fullyQualifiedName"];
    assert_eq!(logical, "shop 1.0 > server 3 > log4j-core 2.14.1");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notes = invocation["toolExecutionNotifications"].as_array().expect("notes");
    let notes: Vec<&str> = notes.iter().filter_map(|one| one["message"]["text"].as_str()).collect();
    assert!(notes.iter().any(|note| note.contains("bad.json")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("neither a package URL")), "{notes:?}");
    let refused = ["--sbom", "odd.json", "--advisories", "osv.json", "--sarif"];
    let sarif = json(folder.path(), &refused, 2);
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn an_excuse_reaches_no_further_than_what_was_said() {
    let of_product = |product: &str, status: &str, day: u8| {
        let justification = if status == "not_affected" {
            r#""justification": "component_not_present","#
        } else {
            r#""action_statement": "update","#
        };
        format!(
            r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/{day}",
            "author": "the shop", "timestamp": "2021-12-{day}T00:00:00Z", "version": 1,
            "statements": [{{"vulnerability": {{"name": "CVE-2021-44228"}}, "status": "{status}",
                {justification} "products": [{{"@id": "{product}"}}]}}]}}"#
        )
    };
    let log4j = format!("{LOG4J}@2.14.1");
    let two = shop("2.14.1").replace(
        r#""type": "library", "name": "server""#,
        r#""type": "application", "name": "server""#,
    );
    let both = OSV.replace("[\"CVE-2021-44228\"]", "[\"CVE-2021-44228\", \"CVE-2021-45046\"]");
    let elsewhere = format!("{log4j}?repository_url=repo.example.org");
    let files = [
        ("shop.json", &two[..]),
        ("osv.json", OSV),
        ("both.json", &both),
        ("first.json", &of_product(&log4j, "not_affected", 11)),
        ("later.json", &of_product(&log4j, "affected", 12)),
        ("latest.json", &of_product(&log4j, "not_affected", 13)),
        ("elsewhere.json", &of_product(&elsewhere, "not_affected", 11)),
    ];
    let folder = folder(&files);
    let status = |advisories: &str, vex: &[&str], code: i32| {
        let mut arguments =
            vec!["--sbom", "shop.json", "--advisories", advisories, "--json", "--vex"];
        arguments.extend(vex);
        let answer = json(folder.path(), &arguments, code);
        answer["sboms"][0]["findings"][0]["status"].as_str().expect("a status").to_owned()
    };
    assert_eq!(status("osv.json", &["first.json"], 0), "not_affected");
    assert_eq!(status("osv.json", &["first.json", "later.json"], 1), "affected");
    let all = ["latest.json", "first.json", "later.json"];
    assert_eq!(status("osv.json", &all, 0), "not_affected");
    // One of two vulnerabilities of an advisory is not both, and another package is another.
    assert_eq!(status("both.json", &["first.json"], 1), "affected");
    assert_eq!(status("osv.json", &["elsewhere.json"], 1), "affected");
}

#[test]
fn a_long_way_a_circle_of_links_and_what_breaks_off_are_told_and_bounded() {
    let mut components = String::new();
    let mut dependencies = String::from(r#"{"ref": "shop", "dependsOn": ["c0"]}"#);
    for at in 0..500 {
        let sign = if at > 0 { "," } else { "" };
        components.push_str(&format!(
            r#"{sign}{{"type": "library", "name": "c{at}", "bom-ref": "c{at}", "version": "2.14.1",
            "purl": "{LOG4J}@2.14.1"}}"#
        ));
        let next = at + 1;
        dependencies.push_str(&format!(r#",{{"ref": "c{at}", "dependsOn": ["c{next}"]}}"#));
    }
    let long = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {{"component": {{"type": "application", "name": "shop", "bom-ref": "shop"}}}},
        "components": [{components}], "dependencies": [{dependencies}]}}"#
    );
    let folder = folder(&[
        ("long.json", &long),
        ("shop.json", &shop("2.15.0")),
        ("all/osv.json", OSV),
        (
            "kev.json",
            r#"{"title": "t", "catalogVersion": "1", "dateReleased": "2024-01-01T00:00:00Z",
            "count": 0, "vulnerabilities": []}"#,
        ),
    ]);
    let path = folder.path();
    std::os::unix::fs::symlink(".", path.join("all/again")).expect("a link");
    let arguments = ["--sbom", "long.json", "--advisories", "all", "--json"];
    let answer = json(path, &arguments, 1);
    assert_eq!(answer["advisories"]["read"], 1);
    let findings = answer["sboms"][0]["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 500);
    let ways = findings.iter().map(|one| one["path"].as_array().expect("a way"));
    assert_eq!(ways.clone().map(Vec::len).max(), Some(33));
    let longest = ways.clone().find(|way| way.len() == 33).expect("a long way");
    assert!(ways.clone().any(|way| way.len() == 33 && way[16] == "… (469)"), "{longest:?}");
    assert_eq!(longest[0], "shop");
    // Half a mirror finds nothing: that is no all-clear.
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let line = OSV.replace('\n', " ");
    gzip.write_all(format!("{line}\n{line}\n").as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    fs::write(path.join("cut.jsonl.gz"), &gzip[..gzip.len() - 9]).expect("a file");
    let arguments = ["--sbom", "shop.json", "--advisories", "cut.jsonl.gz", "--json"];
    let answer = json(path, &arguments, 2);
    assert_eq!(answer["advisories"]["broken_off"], 1, "{answer}");
    let output = run(path, &["--sbom", "shop.json", "--advisories", "kev.json"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_folder_of_ruby_advisories_is_read_as_it_is_kept() {
    let record = "---\ngem: rack\ncve: 2024-0001\ntitle: a title\nurl: https://example.org\n\
        date: 2024-01-01\ndescription: d\npatched_versions:\n  - \">= 2.0.0\"\n";
    let sbom = shop("2.14.1").replace(&format!("{LOG4J}@2.14.1"), "pkg:gem/rack@1.0.0");
    let folder = folder(&[("shop.json", &sbom), ("gems/rack/CVE-2024-0001.yml", record)]);
    let arguments = ["--sbom", "shop.json", "--advisories", "gems", "--json"];
    let answer = json(folder.path(), &arguments, 1);
    let finding = &answer["sboms"][0]["findings"][0];
    assert_eq!(
        (&finding["status"], &finding["purl"]),
        (&"affected".into(), &"pkg:gem/rack@1.0.0".into())
    );
}

/// The recommended version changed four times in eighteen days: each answer is that of its day.
#[test]
fn each_advisory_of_december_2021_finds_what_it_must() {
    let fleet = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/fleet");
    let mut sboms: Vec<String> = fs::read_dir(fleet.join("sboms"))
        .expect("the fleet")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    sboms.sort();
    assert_eq!(sboms.len(), 5);
    let files: Vec<String> = sboms.iter().map(|name| format!("sboms/{name}")).collect();
    let affected = |advisory: &str| -> Vec<String> {
        let advisory = format!("advisories/{advisory}.json");
        let mut arguments = vec!["--json", "--advisories", &advisory, "--sbom"];
        arguments.extend(files.iter().map(String::as_str));
        let answer = json(&fleet, &arguments, 1);
        let of = answer["sboms"].as_array().expect("SBOMs").iter().filter(|one| {
            let findings = one["findings"].as_array().expect("findings");
            assert!(findings.iter().all(|found| found["name"] == "log4j-core"), "{one}");
            findings.iter().any(|found| found["status"] == "affected")
        });
        let name = |one: &Value| one["findings"][0]["version"].as_str().expect("one").to_owned();
        let mut versions: Vec<String> = of.map(name).collect();
        versions.sort();
        versions
    };
    assert_eq!(affected("CVE-2021-44228"), ["2.14.1"]);
    assert_eq!(affected("CVE-2021-45046"), ["2.14.1", "2.15.0"]);
    assert_eq!(affected("CVE-2021-45105"), ["2.14.1", "2.15.0", "2.16.0"]);
    assert_eq!(affected("CVE-2021-44832"), ["2.14.1", "2.15.0", "2.16.0", "2.17.0"]);
}

#[test]
fn what_cannot_be_answered_is_no_all_clear() {
    let folder = folder(&[("shop.json", &shop("2.14.1")), ("osv.json", OSV), ("bad.json", "{}")]);
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    for (arguments, said) in [
        (&["--sbom", "shop.json", "--advisories", "empty"][..], "no advisory"),
        (&["--sbom", "shop.json", "--advisories", "bad.json"], "no advisory"),
        (&["--sbom", "shop.json", "--advisories", "missing.json"], "missing.json"),
        (&["--sbom", "missing.json", "--advisories", "osv.json"], "missing.json"),
        (&["--advisories", "osv.json"], "--sbom"),
        (&["--sbom", "shop.json"], "--advisories"),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
    let output =
        run(folder.path(), &["--sbom", "bad.json", "shop.json", "--advisories", "osv.json"]);
    assert_eq!(output.status.code(), Some(2));
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(stdout.contains("refused") && stdout.contains("1 affected"), "{stdout}");
}
