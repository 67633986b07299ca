//! OSV, GitHub, RubySec, CVE and KEV: all is read, and what is not is named with its place.

use std::collections::BTreeMap;

use serde_json::Value;
use watchfire_formats::advisory::{self, Event, Exploited, Format, Range, Status, cve, kev, osv};

use crate::data;

/// What became of the lines of a file.
#[derive(Default)]
struct Counts {
    read: usize,
    quarantined: BTreeMap<String, String>,
}

fn count(file: &str, plain: impl Fn(Value) -> Value) -> Option<Counts> {
    let path = data::shared(file)?;
    let mut counts = Counts::default();
    for line in data::json_lines(&path) {
        let record = plain(line);
        let id = ["/id", "/cveMetadata/cveId", "/_path"]
            .iter()
            .find_map(|it| record.pointer(it)?.as_str());
        let id = id.unwrap_or("without a name").to_owned();
        match advisory::read(record.to_string().as_bytes()) {
            Ok(document) => {
                assert!(!document.advisories.is_empty(), "{file}: {id} says nothing");
                counts.read += 1;
            }
            Err(error) => {
                let first = error.problems().remove(0);
                counts.quarantined.insert(id, first.pointer);
            }
        }
    }
    println!("{file}: {} read, {} quarantined", counts.read, counts.quarantined.len());
    Some(counts)
}

#[test]
fn every_record_of_osv_is_read_or_quarantined_with_its_place() {
    for (file, read, quarantined) in [
        ("osv/go.jsonl.gz", 3427, &[][..]),
        ("osv/rustsec.jsonl.gz", 967, &[]),
        (
            "osv/pypa.jsonl.gz",
            2145,
            &[
                ("PYSEC-2017-27", "/affected/0/ranges/0/events/1/fixed"),
                ("PYSEC-2019-155", "/affected/0/ranges/0/events/1/fixed"),
                ("PYSEC-2021-371", "/affected/0/ranges/0/events/1/fixed"),
                ("PYSEC-2021-424", "/affected/0/ranges/0/events/1/fixed"),
                ("PYSEC-2021-436", "/affected/0/ranges/0/events/1/fixed"),
            ],
        ),
        ("osv/julia.jsonl.gz", 1373, &[]),
        ("osv/haskell.jsonl.gz", 25, &[]),
        ("osv/bitnami-sample.jsonl.gz", 1484, &[]),
        // Nine more violate the schema to the letter, by an ecosystem that its list does not have:
        // they are read, and what no order explains is undecided.
        (
            "osv/mined-osv-fixtures.jsonl.gz",
            432,
            &[
                ("CVE-2023-2727", "/affected/0/ranges/0"),
                ("GHSA-f5pg-7wfw-84q9", "/severity/0/score"),
                ("PYSEC-2026-2", "/severity/1/score"),
            ],
        ),
        ("osv/rubysec-native.jsonl.gz", 1123, &[]),
    ] {
        let Some(counts) = count(file, |record| record) else { return };
        let told: Vec<(&str, &str)> =
            counts.quarantined.iter().map(|(id, at)| (id.as_str(), at.as_str())).collect();
        assert_eq!((counts.read, told), (read, quarantined.to_vec()), "{file}");
    }
}

#[test]
fn the_good_records_of_the_linter_are_read_and_one_without_a_beginning_is_not() {
    let Some(folder) = data::shared("osv/linter") else { return };
    let (mut read, mut refused) = (0, Vec::new());
    for path in data::files(&folder) {
        match advisory::read(&data::bytes(&path)) {
            Ok(_) => read += 1,
            Err(error) => refused.push((data::name(&path), error.problems().remove(0).pointer)),
        }
    }
    let odd =
        ("nointroduced-CVE-2023-41045.json".to_owned(), "/affected/0/ranges/0/events".to_owned());
    assert_eq!((read, refused), (11, vec![odd]));
}

/// GitHub's own form and its conversion to OSV name the same packages and the same versions.
#[test]
fn githubs_form_says_what_its_conversion_says() {
    let Some(folder) = data::shared("osv/ghsa-convert") else { return };
    let mut pairs = 0;
    for path in data::files(&folder) {
        let name = data::name(&path);
        if name.contains(".osv.json") {
            continue;
        }
        let converted = name.replace(".json", ".osv.json");
        let [theirs, ours] = [folder.join(converted), path].map(|path| {
            let document = advisory::read(&data::bytes(&path));
            document.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        });
        assert_eq!((ours.format, theirs.format), (Format::GitHub, Format::Osv));
        let (ours, theirs) = (&ours.advisories[0], &theirs.advisories[0]);
        assert_eq!(
            (&ours.id, ours.published, ours.withdrawn),
            (&theirs.id, theirs.published, theirs.withdrawn),
            "{name}"
        );
        let packages = |one: &advisory::Advisory| {
            let affected = one.affected.iter().filter(|one| one.status == Status::Affected);
            // The conversion writes names of Python as PyPI normalizes them.
            let name = |text: &Option<String>| {
                text.as_ref().map(|it| it.to_lowercase().replace(['_', '.'], "-"))
            };
            let mut names: Vec<_> = affected
                .map(|one| (one.product.ecosystem.clone(), name(&one.product.name)))
                .collect();
            names.sort();
            names.dedup();
            names
        };
        assert_eq!(packages(ours), packages(theirs), "{name}");
        pairs += 1;
    }
    assert_eq!(pairs, 11);
}

#[test]
fn every_record_of_the_cve_programme_is_read_or_quarantined_with_its_place() {
    let without_source = |mut record: Value| {
        record.as_object_mut().expect("an object").remove("_src");
        record
    };
    let Some(counts) = count("cve/vulnrichment-sample.jsonl.gz", without_source) else { return };
    assert_eq!(counts.read + counts.quarantined.len(), 2099);
    assert_eq!(counts.quarantined.len(), 8, "{:#?}", counts.quarantined);
    assert!(
        counts.quarantined.values().all(|at| at.ends_with("/repo")),
        "{:#?}",
        counts.quarantined
    );
    let Some(counts) = count("cve/fixtures.jsonl.gz", without_source) else { return };
    assert_eq!((counts.read, counts.quarantined.len()), (52, 1), "{:#?}", counts.quarantined);
}

#[test]
fn the_examples_of_the_cve_programme_have_the_verdicts_of_their_names() {
    let Some(folder) = data::shared("cve/cve-services") else { return };
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    for path in data::files(&folder) {
        let name = data::name(&path).replace("test__schemas__5.0__", "");
        match cve::read(&data::bytes(&path)) {
            Ok(_) => read.push(name),
            Err(_) => refused.push(name),
        }
    }
    println!("cve/cve-services: read {read:?}, refused {refused:?}");
    let odd = |name: &&String| name.contains("fail") || name.contains("bad");
    assert!(refused.iter().filter(odd).count() >= 4, "{refused:?}");
    assert!(!read.iter().any(|name| name.contains("fail")), "{read:?}");
}

/// What others added to a record is read with who added it.
#[test]
fn what_others_know_of_an_exploitation_stands_beside_the_record() {
    let Some(path) = data::shared("cve/vulnrichment-sample.jsonl.gz") else { return };
    let (mut known, mut decided) = (0, 0);
    for line in data::lines(&path) {
        let Ok(document) = advisory::read(line.as_bytes()) else { continue };
        let advisory = &document.advisories[0];
        let listed = |one: &&advisory::Exploitation| {
            one.exploited == Exploited::Known && one.note.is_some() && one.by == "CISA-ADP"
        };
        known += advisory.exploitations.iter().filter(listed).count();
        decided += advisory.decisions.iter().filter(|one| one.answers.len() == 3).count();
    }
    assert_eq!((known, decided), (11, 2084));
}

#[test]
fn the_catalogue_of_exploited_vulnerabilities_is_read_whole() {
    let Some(path) = data::shared("cve/kev.json.gz") else { return };
    let bytes = data::bytes(&path);
    let document = kev::read(&bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (document.advisories.len(), document.revision.as_deref()),
        (1404, Some("2025.08.25"))
    );
    let log4shell = document.advisories.iter().find(|one| one.id == "CVE-2021-44228");
    let fact = &log4shell.expect("it is listed").exploitations[0];
    let days = (fact.since.as_deref(), fact.due.as_deref(), fact.ransomware);
    assert_eq!(days, (Some("2021-12-10"), Some("2021-12-24"), Some(true)));
    let cut = String::from_utf8(bytes).expect("UTF-8").replacen("1404", "1405", 1);
    let refused = kev::read(cut.as_bytes()).expect_err("it says another number");
    assert_eq!(refused.problems()[0].pointer, "/count");
}

#[test]
fn the_founding_case_is_read_from_every_source() {
    let Some(folder) = data::shared("log4shell") else { return };
    let record = cve::read(&data::bytes(&folder.join("CVE-2021-44228.cve5.json")));
    let record = record.unwrap_or_else(|error| panic!("{error}"));
    let affected = &record.advisories[0].affected;
    // From its first version on it is affected, and mended and broken again by each change.
    let begins = |status: Status| {
        let found = affected.iter().find(|one| one.status == status).expect("it is said");
        let [Range::Events { events, .. }] = &found.ranges[..] else { panic!("{found:#?}") };
        let begins = events.iter().filter_map(|event| match event {
            Event::From(version) => Some(version.as_str()),
            _ => None,
        });
        begins.collect::<Vec<_>>()
    };
    assert_eq!(begins(Status::Affected), ["2.0-beta9", "2.4", "2.13.0"]);
    assert_eq!(begins(Status::NotAffected), ["2.3.1", "2.12.2", "2.15.0"]);
    let mut withdrawn = 0;
    for line in data::lines(&folder.join("ghsa-log4j-trimmed.jsonl")) {
        let document = osv::read(line.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let advisory = &document.advisories[0];
        assert!(advisory.aliases.iter().any(|alias| cve::is_id(alias)), "{}", advisory.id);
        let ranged = |one: &advisory::Affected| matches!(one.ranges[..], [Range::Events { .. }]);
        assert!(advisory.affected.iter().all(ranged));
        withdrawn += usize::from(advisory.withdrawn.is_some());
    }
    assert_eq!(withdrawn, 0);
    let vdr = advisory::read(&data::bytes(&folder.join("apache-logging-vdr.cdx.xml")));
    let vdr = vdr.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(vdr.advisories.len(), 17);
    let of = vdr.advisories.iter().find(|one| one.id == "CVE-2021-45046").expect("it is there");
    let core =
        of.affected.iter().find(|one| one.product.reference.as_deref() == Some("log4j-core"));
    let ranges = &core.expect("log4j-core").ranges;
    assert!(ranges.contains(&Range::Vers("vers:maven/>=2.4|<2.12.3".to_owned())), "{ranges:?}");
    for path in data::files(&folder.join("csaf")) {
        let document = advisory::read(&data::bytes(&path));
        let document = document.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let names =
            document.advisories.iter().flat_map(|one| [&one.id].into_iter().chain(&one.aliases));
        assert!(names.clone().any(|name| name.starts_with("CVE-2021-4")), "{names:?}");
    }
}

#[test]
fn a_rejected_record_is_taken_back() {
    let text = r#"{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {
        "cveId": "CVE-2017-5835", "assignerOrgId": "b3476cb9-2e3d-41a6-98d0-0f47421a65b6",
        "state": "REJECTED", "dateRejected": "2020-01-01T00:00:00"},
        "containers": {"cna": {"providerMetadata": {"orgId": "b3476cb9-2e3d-41a6-98d0-0f47421a65b6"},
        "rejectedReasons": [{"lang": "en", "value": "It is none."}]}}}"#;
    let document = cve::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let advisory = &document.advisories[0];
    assert!(advisory.rejected && advisory.withdrawn.is_some() && advisory.affected.is_empty());
    assert_eq!(advisory.details.as_deref(), Some("It is none."));
    let odd = text.replace("REJECTED", "RETIRED");
    let error = cve::read(odd.as_bytes()).expect_err("no state");
    assert_eq!(error.problems()[0].pointer, "/cveMetadata/state");
}

/// A record as ruby-advisory-db has them, with each way in which its texts are written there.
const RUBYSEC: &str = r#"---
gem: activerecord
framework: rails
cve: 2012-6496
osvdb: 88661
ghsa: 8vx2-xcfm-6j2p
url: https://example.org/advisory
title: 'Active Record: find_by_* methods'
date: 2012-12-22
description: |
  Due to the way dynamic finders extract options,
  a hash may be one: it is merged.

  Nobody wants that.
cvss_v2: 6.4
cvss_v3:
unaffected_versions:
  - ~> 2.0
patched_versions:
- "~> 2.3.15"
- ">= 3.1.10"
- 3.10
related:
  cve:
  - 2013-0155
  url:
  - https://example.org/more # and a remark
"#;

#[test]
fn a_record_of_rubysec_is_read_as_it_is_written_there() {
    let read = advisory::read(RUBYSEC.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.format, Format::RubySec);
    let one = &read.advisories[0];
    assert_eq!((one.id.as_str(), one.aliases.len()), ("CVE-2012-6496", 2));
    assert_eq!(one.summary.as_deref(), Some("Active Record: find_by_* methods"));
    assert!(one.details.as_deref().is_some_and(|text| text.ends_with("\n\nNobody wants that.\n")));
    assert_eq!(one.severities[0].value, "6.4");
    assert_eq!(one.related, ["CVE-2013-0155"]);
    let native = |text: &str| Range::Native(text.to_owned());
    // A version that looks like a number keeps its nought.
    let patched = ["~> 2.3.15", ">= 3.1.10", "3.10"].map(native);
    assert_eq!(
        (one.affected[0].status, &one.affected[0].ranges[..]),
        (Status::Fixed, &patched[..])
    );
    assert_eq!(one.affected[1].ranges, [native("~> 2.0")]);
    assert_eq!(one.references[1].url, "https://example.org/more");
}

#[test]
fn a_record_of_yaml_that_is_odd_is_refused_with_its_place() {
    for (old, new, place) in [
        ("cvss_v2: 6.4", "cvss_v2: high", "/cvss_v2"),
        ("date: 2012-12-22", "date: some day", "/date"),
        ("url: https://example.org/advisory", "url: &a https://example.org/\nmore: *a", "line 8"),
        ("gem: activerecord", "gem: activerecord\ngem: rails", "line 3"),
        ("- \"~> 2.3.15\"", "- [\"~> 2.3.15\"]", "/patched_versions"),
        ("gem: activerecord", "gom: activerecord", "no format"),
    ] {
        let record = RUBYSEC.replacen(old, new, 1);
        let error = advisory::read(record.as_bytes()).expect_err(new);
        assert!(error.to_string().contains(place), "{new}: {error}");
    }
}

/// All records that are there as JSON say the same when they are written in YAML.
#[test]
fn a_record_says_the_same_in_yaml() {
    let Some(path) = data::shared("osv/rubysec-native.jsonl.gz") else { return };
    let mut same = 0;
    for line in data::json_lines(&path) {
        let mut record = String::new();
        yaml(&line, 0, &mut record);
        let json = advisory::read(line.to_string().as_bytes());
        let yaml = advisory::read(record.as_bytes());
        let json = json.unwrap_or_else(|error| panic!("{error}: {line}"));
        let yaml = yaml.unwrap_or_else(|error| panic!("{error}: {record}"));
        assert_eq!(json.advisories, yaml.advisories, "{record}");
        same += 1;
    }
    println!("records of RubySec in YAML: {same}");
    assert_eq!(same, 1123);
}

/// Writes a tree as YAML: texts plain where that is safe, long ones in blocks, others quoted.
fn yaml(value: &Value, depth: usize, out: &mut String) {
    let blank = "  ".repeat(depth);
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            out.push_str(&format!("{blank}{key}:"));
            yaml_value(value, depth, out);
        }),
        Value::Array(items) => items.iter().for_each(|value| {
            out.push_str(&format!("{blank}-"));
            yaml_value(value, depth, out);
        }),
        _ => {}
    }
}

fn yaml_value(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(_) | Value::Array(_) => {
            out.push('\n');
            yaml(value, depth + 1, out);
        }
        Value::String(text) if text.ends_with('\n') && !text.starts_with([' ', '\n']) => {
            let whole = text.trim_end_matches('\n');
            let keep = if text.len() - whole.len() > 1 { "+" } else { "" };
            out.push_str(&format!(" |{keep}\n"));
            for line in text.split_terminator('\n') {
                let blank = if line.is_empty() { String::new() } else { "  ".repeat(depth + 1) };
                out.push_str(&format!("{blank}{line}\n"));
            }
        }
        Value::String(text)
            if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            out.push_str(&format!(" {text}\n"));
        }
        // A text of JSON is one of YAML in quotes.
        other => out.push_str(&format!(" {other}\n")),
    }
}
