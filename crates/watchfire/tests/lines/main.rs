//! The filters that answer line by line, as somebody pipes into them.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary under test runs");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // Written beside the reading, so that neither side waits for the other for ever.
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A command that refuses its arguments is gone before it reads.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().expect("the binary under test ends")
    })
}

/// The answers to lines, of a filter that says each was answered.
fn answers(arguments: &[&str], input: &[u8]) -> Vec<String> {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(str::to_owned).collect()
}

/// A line of hostile bytes for every filter: each must answer it, and go on.
fn hostile() -> Vec<Vec<u8>> {
    let mut lines = vec![
        Vec::new(),
        b"\t".to_vec(),
        b"\t\t\t".to_vec(),
        b"1.0".to_vec(),
        b"\xff\xfe\t1.0".to_vec(),
        b"1.0\x00\t1.0".to_vec(),
        "１.０\t1.0".into(),
    ];
    for part in ["1", "9", ".", "-", "1.", "a-", "%", "(", "^", "|>=1", "漏"] {
        let long = part.repeat((1 << 20) / part.len());
        lines.push(format!("{long}\t{long}").into_bytes());
        lines.push(format!("{}\t1.0", &part.repeat(2000)).into_bytes());
    }
    lines
}

#[test]
fn versions_compare_line_by_line() {
    let input = b"1.0\t1.0.0\n1.0-alpha-1\t1.0\r\n2.17.1\t2.17.0\nno tab\n";
    assert_eq!(answers(&["versions", "Maven"], input), ["=", "<", ">", "?"]);
    assert_eq!(answers(&["versions", "Debian:12"], b"1.0~rc1\t1.0"), ["<"]);
    assert_eq!(answers(&["versions", "deb"], b"1:0\t2.0\n"), [">"]);
    assert_eq!(answers(&["versions", "Go"], b"(devel)\tv1.0.0\n"), ["?"]);
}

#[test]
fn an_unknown_ecosystem_is_refused_with_those_that_are_known() {
    let output = run(&["versions", "Cobol"], b"1\t2\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("`Cobol`") && said.contains("Packagist"), "{said}");
}

#[test]
fn hostile_lines_are_answered_and_the_next_one_too() {
    let mut input = Vec::new();
    for line in hostile() {
        input.extend(line);
        input.push(b'\n');
    }
    let count = hostile().len();
    for ecosystem in ["Maven", "npm", "PyPI", "Debian", "rpm", "Packagist", "gem", "conan"] {
        input.truncate(input.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1));
        let asked = [input.clone(), b"1.0.0\t1.0.1\n".to_vec()].concat();
        let said = answers(&["versions", ecosystem], &asked);
        assert_eq!(said.len(), count + 1, "{ecosystem}");
        assert_eq!(said.last().map(String::as_str), Some("<"), "{ecosystem}");
    }
}

#[test]
fn ranges_answer_with_three_values_or_with_their_spelling() {
    let input = b"vers:maven/>=2.0-beta9|<2.15.0\t2.14.1\nvers:maven/>=2.0-beta9|<2.15.0\t2.15.0\n\
        vers:golang/<1.2.0\t(devel)\nvers:NPM/<2.0.0|>=1.0.0\nlog4j\n";
    let said = answers(&["vers"], input);
    assert_eq!(said[..4], ["yes", "no", "?", "vers:npm/>=1.0.0|<2.0.0"]);
    assert!(said[4].starts_with("error: ") && said.len() == 5, "{said:?}");
}

#[test]
fn native_ranges_answer_as_those_of_vers_do() {
    let input = b"^1.2.3\t1.9.0\n^1.2.3\t2.0.0\n~1.2 || 3.x\n>=1.0.0\ttrunk\n>> 1\n";
    let said = answers(&["vers", "--native", "npm"], input);
    assert_eq!(said[..4], ["yes", "no", "vers:npm/>=1.2.0|<1.3.0|>=3.0.0|<4.0.0", "?"]);
    assert!(said[4].starts_with("error: ") && said.len() == 5, "{said:?}");
    let said = answers(&["vers", "--native", "Maven"], b"[1.0,2.0)\t2.0\n(,1.0]\n");
    assert_eq!(said, ["no", "vers:maven/<=1.0"]);
}

#[test]
fn a_csaf_document_is_valid_or_fails_with_a_place() {
    let document = |status: &str| {
        format!(
            r#"{{"document": {{"category": "csaf_base", "csaf_version": "2.0", "title": "t",
            "publisher": {{"category": "vendor", "name": "v", "namespace": "https://example.org"}},
            "tracking": {{"id": "T", "status": "{status}", "version": "1",
                "current_release_date": "2024-01-01T00:00:00Z",
                "initial_release_date": "2024-01-01T00:00:00Z",
                "revision_history": [{{"date": "2024-01-01T00:00:00Z", "number": "1", "summary": "s"}}]}}}},
            "vulnerabilities": [{{"cve": "CVE-2021-44228"}}, {{"cve": "CVE-2021-4{status}"}}]}}"#
        )
    };
    let output = run(&["csaf", "validate", "--json", "-"], document("final").as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found = &json["documents"][0]["findings"][0];
    assert_eq!((&found["test"], &found["group"]), (&"schema".into(), &"mandatory".into()));
    assert_eq!(found["pointer"], "/vulnerabilities/1/cve");
    let twice = document("final").replace("CVE-2021-4final", "CVE-2021-44228");
    let output = run(&["csaf", "validate", "-"], twice.as_bytes());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.code() == Some(1) && said.contains("6.1.23 /vulnerabilities/1/cve"),
        "{said}"
    );
    let fine = twice.replace(r#", {"cve": "CVE-2021-44228"}"#, "");
    assert_eq!(run(&["csaf", "validate", "-"], fine.as_bytes()).status.code(), Some(0));
    assert_eq!(run(&["csaf", "validate", "-"], b"{}").status.code(), Some(2));
}

#[test]
fn package_urls_have_one_spelling() {
    let said = answers(&["purl"], b"PKG:PyPI/Django_X@1.0\npkg:maven/log4j-core\n");
    assert_eq!(said[0], "pkg:pypi/django-x@1.0");
    assert!(said[1].starts_with("error: ") && said[1].contains("namespace"), "{said:?}");
}

#[test]
fn vectors_have_their_scores() {
    let input = b"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H\nAV:N/AC:M/Au:N/C:C/I:C/A:C\n\
        CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H\nhigh\n";
    let said = answers(&["cvss"], input);
    assert_eq!(said[..3], ["10.0 10.0 10.0 Critical", "9.3 - - High", "10.0 Critical"]);
    assert!(said[3].starts_with("error: ") && said.len() == 4, "{said:?}");
}

#[test]
fn every_filter_answers_every_hostile_line() {
    let mut input = hostile().join(&b'\n');
    input.push(b'\n');
    for filter in ["vers", "purl", "cvss"] {
        let said = answers(&[filter], &input);
        assert_eq!(said.len(), hostile().len(), "{filter}");
        let answered = |line: &String| line.starts_with("error: ") || line == "?";
        assert!(said.iter().all(answered), "{filter}: {said:?}");
    }
}

const SBOM: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5",
    "components": [{"type": "library", "name": "a", "purl": "pkg:npm/a@1.0.0"}]}"#;

#[test]
fn an_sbom_says_what_it_is_and_what_was_left_out_of_it() {
    let said = |input: &str, arguments: &[&str]| {
        let output = run(&[&["sbom", "-"], arguments].concat(), input.as_bytes());
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.code(), text)
    };
    let (code, text) = said(SBOM, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("CycloneDX JSON 1.5") && text.contains("1 components"), "{text}");
    let (code, text) = said(&SBOM.replace("pkg:npm/a", "a"), &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let one = &json["sboms"][0];
    assert_eq!((code, one["valid"].as_bool()), (Some(1), Some(true)), "{text}");
    assert_eq!(one["skipped"][0]["pointer"], "/components/0");
    let judged = SBOM.replacen('{', r#"{"vulnerabilities": [{"id": "CVE-2021-44228"}], "#, 1);
    let (code, text) = said(&judged, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(code, Some(0), "every component is used: {text}");
    assert_eq!(json["sboms"][0]["skipped"][0]["what"], "statement");
    let (code, text) = said(&SBOM.replace("library", "libary"), &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let one = &json["sboms"][0];
    assert_eq!((code, one["valid"].as_bool()), (Some(1), Some(false)), "{text}");
    assert_eq!(one["problems"][0]["pointer"], "/components/0/type");
    let (code, text) = said(&SBOM[..SBOM.len() - 3], &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(code, Some(2), "{text}");
    assert_eq!(json["sboms"][0]["refused"]["line"], 2);
    assert_eq!(run(&["sbom", "there-is-no-such-file"], b"").status.code(), Some(2));
    assert_eq!(run(&["sbom"], b"").status.code(), Some(2));
}
