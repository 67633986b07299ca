//! CSAF against the documents of its committee, of others who test, and of those who publish.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_formats::advisory::csaf::{self, TESTS, Version};
use watchfire_formats::advisory::{self, Range, ReadError, Status};

use crate::data;

fn documents(version: &str) -> BTreeMap<String, String> {
    let lines = data::json_lines(&data::ours(&format!("csaf/oasis-{version}.jsonl.gz")));
    let text = |line: &serde_json::Value, key: &str| line[key].as_str().expect("a text").to_owned();
    lines.iter().map(|line| (text(line, "file"), text(line, "text"))).collect()
}

/// Entries of the committee's lists that are not as the standard, and why.
///
/// The title of the document calls it a failing one, and its values stand in another order than
/// those of the decision point; the list has it among the valid ones.
const FAULTS: [(&str, &str); 1] =
    [("mandatory/oasis_csaf_tc-csaf_2_1-2024-6-1-48-19.json", "6.1.48")];

/// Each document has the verdict of the committee's list, for each test that is built.
#[test]
fn every_document_of_the_committee_has_its_verdict() {
    let (mut wrong, mut tried) = (BTreeSet::new(), BTreeMap::new());
    for (name, version) in [("2.0", Version::Two), ("2.1", Version::TwoOne)] {
        let documents = documents(name);
        for line in data::json_lines(&data::ours(&format!("csaf/oasis-{name}.expected.jsonl"))) {
            let text = |key: &str| line[key].as_str().expect("a text");
            let (file, test) = (text("file"), text("test"));
            let built = TESTS.iter().any(|one| one.id == test && one.since <= version);
            if text("group") != "mandatory" || !built {
                continue;
            }
            let fails = (text("list") == "failures") != FAULTS.contains(&(file, test));
            let count: &mut (usize, usize) = tried.entry(name).or_default();
            if fails {
                count.0 += 1
            } else {
                count.1 += 1
            }
            let report = csaf::validate::document(documents[file].as_bytes());
            let report = report.unwrap_or_else(|error| panic!("{file}: {error}"));
            let found = report.findings.iter().any(|one| one.test == test);
            let found = found || (fails && !report.schema.is_empty());
            if found != fails {
                let said = if found { "fails" } else { "passes" };
                wrong.insert(format!("{name}\t{file}\t{test}\t{said}"));
            }
        }
    }
    println!("documents that must fail and must pass, of the tests that are built: {tried:?}");
    assert_eq!(tried, BTreeMap::from([("2.0", (60, 45)), ("2.1", (168, 171))]));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_documents_of_another_validator_have_the_verdicts_of_their_folders() {
    let Some(folder) = data::shared("csaf/validator-lib") else { return };
    let (mut tried, mut wrong) = (0, Vec::new());
    for path in data::files(&folder) {
        let parts: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let [.., test, verdict, _] = &parts[..] else { continue };
        let Some(number) = test.strip_prefix("mandatoryTest_") else { continue };
        let number = number.replace('_', ".");
        if !TESTS.iter().any(|one| one.id == number) {
            continue;
        }
        let report = csaf::validate::document(&data::bytes(&path));
        let report = report.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let fails = verdict == "failing";
        let found = report.findings.iter().any(|one| one.test == number);
        tried += 1;
        // A document that its schema refuses fails, and no test is tried.
        if fails != (found || (fails && !report.schema.is_empty())) {
            wrong.push(format!("{}: {:?} {:?}", path.display(), report.schema, report.findings));
        }
    }
    println!("csaf/validator-lib: {tried} tried");
    assert!(tried > 10 && wrong.is_empty(), "{tried}: {wrong:#?}");
}

#[test]
fn every_advisory_that_was_published_is_read() {
    let (mut read, mut refused, mut statements) = (0, Vec::new(), BTreeMap::<Status, usize>::new());
    let mut take = |name: String, bytes: &[u8]| match advisory::read(bytes) {
        Ok(document) => {
            read += 1;
            let affected = document.advisories.iter().flat_map(|one| &one.affected);
            affected.for_each(|one| *statements.entry(one.status).or_default() += 1);
        }
        Err(error) => refused.push(format!("{name}: {}", error.problems()[0])),
    };
    let Some(cisa) = data::shared("csaf/cisa-advisories.jsonl.gz") else { return };
    for line in data::json_lines(&cisa) {
        take(line["_path"].to_string(), line["doc"].to_string().as_bytes());
    }
    let Some(vendors) = data::shared("csaf/vendors") else { return };
    for path in data::files(&vendors) {
        take(data::name(&path), &data::bytes(&path));
    }
    println!("csaf of CISA and vendors: {read} read, {statements:?}, quarantined: {refused:#?}");
    assert!(read >= 649 && refused.len() <= 3, "{refused:#?}");
}

/// Names and languages that publishers write stand in the lists; what does not is a slip of theirs.
#[test]
fn the_lists_know_what_publishers_write() {
    let Some(cisa) = data::shared("csaf/cisa-advisories.jsonl.gz") else { return };
    let (mut weaknesses, mut odd, mut languages) = (0, BTreeSet::new(), 0);
    for line in data::json_lines(&cisa).iter().step_by(4) {
        let report = csaf::validate::document(line["doc"].to_string().as_bytes());
        let report = report.unwrap_or_else(|error| panic!("{error}"));
        let vulnerabilities = line["doc"]["vulnerabilities"].as_array();
        let named = vulnerabilities.into_iter().flatten().filter(|one| one.get("cwe").is_some());
        weaknesses += named.count();
        let wrong = report.findings.iter().filter(|one| one.test == "6.1.11");
        odd.extend(wrong.map(|one| one.message.clone()));
        languages += report.findings.iter().filter(|one| one.test == "6.1.12").count();
    }
    println!("weaknesses of CISA: {weaknesses}, not in the list: {odd:#?}");
    assert!(weaknesses > 500 && odd.is_empty() && languages == 0, "{languages} {odd:#?}");
}

#[test]
fn a_product_in_another_is_said_of_it_alone_and_a_range_is_kept_verbatim() {
    let Some(folder) = data::shared("log4shell/csaf") else { return };
    let document = advisory::read(&data::bytes(&folder.join("redhat-rhsa-2021_5127.json")));
    let document = document.unwrap_or_else(|error| panic!("{error}"));
    let mut within = document.advisories.iter().flat_map(|one| &one.affected);
    assert!(within.all(|one| one.product.within.is_some()));
    let text = r#"{"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "t",
        "publisher": {"category": "vendor", "name": "v", "namespace": "https://example.org"},
        "tracking": {"id": "T-1", "status": "final", "version": "1",
            "current_release_date": "2024-01-01T00:00:00Z",
            "initial_release_date": "2024-01-01T00:00:00Z",
            "revision_history": [{"date": "2024-01-01T00:00:00Z", "number": "1", "summary": "s"}]}},
        "product_tree": {"branches": [{"category": "vendor", "name": "V", "branches": [
            {"category": "product_name", "name": "P", "branches": [
                {"category": "product_version_range", "name": "vers:generic/<2",
                 "product": {"name": "V P <2", "product_id": "A"}}]}]}]},
        "vulnerabilities": [{"cve": "CVE-2021-44228",
            "product_status": {"known_not_affected": ["A"]},
            "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["A"]}]}]}"#;
    let read = advisory::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let one = &read.advisories[0].affected[0];
    assert_eq!(one.status, Status::NotAffected);
    assert_eq!(one.ranges, [Range::Vers("vers:generic/<2".to_owned())]);
    assert_eq!(
        (one.product.vendor.as_deref(), one.product.name.as_deref()),
        (Some("V"), Some("P"))
    );
    assert_eq!(one.justification.as_deref(), Some("vulnerable_code_not_present"));
    let double = text.replace(
        r#""known_not_affected": ["A"]"#,
        r#""known_not_affected": ["A"], "fixed": ["A"]"#,
    );
    let error = advisory::read(double.as_bytes()).expect_err("two statuses");
    let problems = error.problems();
    assert_eq!(problems[0].pointer, "/vulnerabilities/0/product_status/fixed/0");
    let undefined = text
        .replace(r#""fixed": ["A"]"#, "")
        .replace(r#""known_not_affected": ["A"]"#, r#""fixed": ["B"]"#);
    let error = advisory::read(undefined.as_bytes()).expect_err("an undefined product");
    assert!(matches!(error, ReadError::Odd(_)), "{error}");
}

/// A circle of a thousand relationships and a chain of as many are told apart, and soon.
#[test]
fn a_long_chain_of_relationships_is_no_circle() {
    let chain = |last: &str| {
        let one = |at: usize| {
            let part = if at == 0 { last.to_owned() } else { format!("P{}", at - 1) };
            format!(
                r#"{{"category": "installed_on", "product_reference": "{part}",
                "relates_to_product_reference": "ROOT",
                "full_product_name": {{"name": "n", "product_id": "P{at}"}}}}"#
            )
        };
        let relations: Vec<String> = (0..2000).map(one).collect();
        format!(
            r#"{{"document": {{"category": "csaf_base", "csaf_version": "2.0", "title": "t",
            "publisher": {{"category": "vendor", "name": "v", "namespace": "https://example.org"}},
            "tracking": {{"id": "T", "status": "final", "version": "1",
                "current_release_date": "2024-01-01T00:00:00Z",
                "initial_release_date": "2024-01-01T00:00:00Z",
                "revision_history": [{{"date": "2024-01-01T00:00:00Z", "number": "1", "summary": "s"}}]}}}},
            "product_tree": {{"full_product_names": [{{"name": "r", "product_id": "ROOT"}}],
                "relationships": [{}]}}}}"#,
            relations.join(",")
        )
    };
    assert!(advisory::read(chain("ROOT").as_bytes()).is_ok());
    let error = advisory::read(chain("P1999").as_bytes()).expect_err("a circle");
    assert!(error.problems()[0].reason.contains("6.1.3"), "{error}");
}
