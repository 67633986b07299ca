//! Real SBOMs against real advisories, each through its reader: the answers of an independent
//! program; and documents that say the same in other words.

mod inventory;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;
use watchfire_formats::{advisory, sbom};
use watchfire_server::exposure::{self, Advice, Basis, Exposed, Whole};

/// A file of the shared data, or `None` after saying so.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WATCHFIRE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let found = data.join(name);
    if found.exists() {
        return Some(found);
    }
    println!("SKIPPED: {} is not there, see WATCHFIRE_SHARED_DATA", found.display());
    None
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    let mut file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read = if path.extension().is_some_and(|ending| ending == "gz") {
        GzDecoder::new(file).read_to_string(&mut text)
    } else {
        file.read_to_string(&mut text)
    };
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text
}

/// Reads advisories, one a line; returns how many were set apart.
fn add_lines(advice: &mut Advice, path: &Path) -> usize {
    let mut apart = 0;
    for line in text(path).lines() {
        match advisory::read(line.as_bytes()) {
            Ok(document) => advice.add(&path.display().to_string(), document),
            Err(_) => apart += 1,
        }
    }
    apart
}

/// Package URL, advisory and answer of all components of a document.
fn found(advice: &Advice, document: &sbom::Document) -> BTreeSet<(String, String, Exposed)> {
    let mut found = BTreeSet::new();
    for component in &document.components {
        let names = exposure::names(component);
        for one in advice.of(&names, &Whole::default()) {
            let purl = component.purls.first().map(ToString::to_string).unwrap_or_default();
            found.insert((purl, one.statement.source.id.clone(), one.exposed));
        }
    }
    found
}

/// The canonical spelling, as readers have it.
fn canonical(purl: &str) -> String {
    watchfire_formats::purl::Purl::parse_tolerant(purl).expect("a package URL").to_string()
}

#[test]
fn every_answer_for_the_background_fleet_is_that_of_an_independent_program() {
    let Some(fleet) = shared("sbom/background-fleet.jsonl.gz") else { return };
    let Some(expected) = shared("sbom/background-fleet.expected.jsonl.gz") else { return };
    let mut advice = Advice::default();
    let mut apart = 0;
    for file in ["osv/go.jsonl.gz", "osv/pypa.jsonl.gz"] {
        let Some(path) = shared(file) else { return };
        apart += add_lines(&mut advice, &path);
    }
    // Records with defects, which the independent program took all the same.
    assert_eq!(apart, 5);
    let mut wanted: BTreeSet<(String, String, String, Exposed)> = BTreeSet::new();
    for line in text(&expected).lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let file = line["file"].as_str().expect("a file").to_owned();
        let purl = canonical(line["purl"].as_str().expect("a package URL"));
        for (key, exposed) in
            [("affected_by", Exposed::Affected), ("version_not_comparable", Exposed::Undecided)]
        {
            for id in line[key].as_array().into_iter().flatten() {
                let id = id.as_str().expect("an id").to_owned();
                wanted.insert((file.clone(), purl.clone(), id, exposed));
            }
        }
    }
    let mut answers: BTreeSet<(String, String, String, Exposed)> = BTreeSet::new();
    for line in text(&fleet).lines() {
        let json: Value = serde_json::from_str(line).expect("JSON");
        let file = json["_file"].as_str().unwrap_or_default();
        let file = file.rsplit('/').next().unwrap_or_default().to_owned();
        let document = sbom::read(json["doc"].to_string().as_bytes());
        let document = document.unwrap_or_else(|error| panic!("{file}: {error}"));
        for (purl, id, exposed) in found(&advice, &document) {
            answers.insert((file.clone(), purl, id, exposed));
        }
    }
    let missing: Vec<_> = wanted.difference(&answers).collect();
    let more: Vec<_> = answers.difference(&wanted).collect();
    println!("{} answers; {} missing, {} more", answers.len(), missing.len(), more.len());
    assert!(missing.is_empty(), "missing: {missing:#?}");
    assert!(more.is_empty(), "more: {more:#?}");
    assert!(answers.len() > 3_000);
}

#[test]
fn every_log4j_of_the_fleet_is_affected_by_what_it_must_be() {
    let Some(folder) = shared("sbom/log4j-fleet") else { return };
    let Some(path) = shared("log4shell/ghsa-log4j-trimmed.jsonl") else { return };
    let mut advice = Advice::default();
    assert_eq!(add_lines(&mut advice, &path), 0);
    let expected: Value = serde_json::from_str(&text(&folder.join("expected.json"))).expect("JSON");
    let mut counted = 0;
    for one in expected.as_array().expect("a list") {
        let file = folder.join(one["file"].as_str().expect("a file"));
        let bytes = std::fs::read(&file).expect("the SBOM");
        let document = sbom::read(&bytes).unwrap_or_else(|error| panic!("{error}"));
        let mut affected = BTreeSet::new();
        for component in &document.components {
            for exposure in advice.of(&exposure::names(component), &Whole::default()) {
                assert_eq!(exposure.exposed, Exposed::Affected, "{}", file.display());
                affected.extend(exposure.statement.source.aliases.clone());
            }
        }
        for (id, wanted) in one["affected"].as_object().expect("an object") {
            assert_eq!(affected.contains(id), wanted.as_bool().expect("a truth"), "{id} {one}");
            counted += 1;
        }
    }
    assert!(counted >= 29 * 4);
}

fn sbom_with(components: &str) -> sbom::Document {
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {{"component": {{"type": "application", "name": "shop", "version": "1.0",
            "purl": "pkg:generic/shop@1.0"}}}}, "components": [{components}]}}"#
    );
    sbom::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn component(name: &str, more: &str) -> String {
    format!(r#"{{"type": "library", "name": "{name}" {more}}}"#)
}

/// The answers of advisories for the last component, by the id of the advisory.
fn answers(advisories: &[&str], components: &str) -> Vec<(String, Exposed, Basis)> {
    let mut advice = Advice::default();
    for text in advisories {
        let document = advisory::read(text.as_bytes()).unwrap_or_else(|error| {
            panic!("{error}: {:?}", error.problems());
        });
        advice.add("here", document);
    }
    let document = sbom_with(components);
    let subject = document.components.iter().find(|one| one.is_subject).expect("the shop");
    let product =
        Whole::new(exposure::names(subject), [(subject.name.clone(), subject.version.clone())]);
    let part = document.components.iter().rfind(|one| !one.is_subject).expect("a component");
    let all = advice.of(&exposure::names(part), &product);
    all.iter().map(|one| (one.statement.source.id.clone(), one.exposed, one.basis)).collect()
}

const OSV: &str = r#"{"id": "OSV-1", "modified": "2024-01-01T00:00:00Z", "affected": [
    {"package": {"ecosystem": "Maven", "name": "g:a"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"fixed": "2.15.0"}]}]}]}"#;

#[test]
fn a_version_that_no_order_explains_or_nobody_says_is_undecided() {
    let of = |more: &str| answers(&[OSV], &component("a", more));
    let one = |exposed, basis| vec![("OSV-1".to_owned(), exposed, basis)];
    assert_eq!(of(r#", "purl": "pkg:maven/g/a@2.14.1""#), one(Exposed::Affected, Basis::Package));
    assert_eq!(of(r#", "purl": "pkg:maven/g/a@2.15.0""#), []);
    assert_eq!(of(r#", "purl": "pkg:maven/g/a""#), one(Exposed::Undecided, Basis::Package));
    // The version that stands beside a package URL without one counts.
    assert_eq!(
        of(r#", "version": "2.14.1", "purl": "pkg:maven/g/a""#),
        one(Exposed::Affected, Basis::Package)
    );
    assert_eq!(of(r#", "purl": "pkg:maven/g/b@2.14.1""#), []);
    // A fork may have mended what it forked, so that somebody has to look.
    let fork = r#", "purl": "pkg:maven/our/fork@7", "pedigree": {"ancestors": [
        {"type": "library", "name": "a", "purl": "pkg:maven/g/a@2.14.1"}]}"#;
    assert_eq!(of(fork), one(Exposed::Undecided, Basis::Ancestor));
}

/// A record of the CVE programme that says this of one product.
fn cve(affected: &str) -> String {
    format!(
        r#"{{"dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {{"cveId": "CVE-2024-0001",
            "assignerOrgId": "00000000-0000-4000-9000-000000000000", "state": "PUBLISHED"}},
        "containers": {{"cna": {{
            "providerMetadata": {{"orgId": "00000000-0000-4000-9000-000000000000"}},
            "descriptions": [{{"lang": "en", "value": "d"}}],
            "references": [{{"url": "https://example.org"}}],
            "affected": [{affected}]}}}}}}"#
    )
}

#[test]
fn a_cpe_is_a_fallback_and_shown_as_one() {
    let record = cve(r#"{"vendor": "v", "product": "p", "defaultStatus": "unaffected",
        "versions": [{"version": "0", "lessThan": "3.0", "status": "affected",
            "versionType": "semver"}],
        "cpes": ["cpe:2.3:a:v:p:*:*:*:*:*:*:*:*"]}"#);
    let cpe = |version: &str| {
        let more =
            format!(r#", "version": "{version}", "cpe": "cpe:2.3:a:v:p:{version}:*:*:*:*:*:*:*""#);
        answers(&[&record], &component("p", &more))
    };
    let one = |exposed| vec![("CVE-2024-0001".to_owned(), exposed, Basis::Cpe)];
    assert_eq!(cpe("2.9.1"), one(Exposed::Affected));
    assert_eq!(cpe("3.0.0"), []);
    assert_eq!(cpe("trunk"), one(Exposed::Undecided));
}

#[test]
fn what_is_said_of_a_part_of_another_product_excuses_nobody_here() {
    let vex = |product: &str, part: &str| {
        format!(
            r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
            "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1, "statements": [
            {{"vulnerability": {{"name": "CVE-1"}}, "status": "not_affected",
              "justification": "component_not_present",
              "products": [{{"@id": "{product}" {part}}}]}}]}}"#
        )
    };
    let part = r#", "subcomponents": [{"@id": "pkg:maven/g/a@2.14.1"}]"#;
    let at = component("a", r#", "purl": "pkg:maven/g/a@2.14.1""#);
    let of = |product: &str, part: &str| answers(&[&vex(product, part)], &at);
    let excused = vec![("CVE-1".to_owned(), Exposed::NotAffected, Basis::Package)];
    assert_eq!(of("pkg:generic/shop@1.0", part), excused);
    assert_eq!(of("pkg:generic/shop@0.9", part), []);
    assert_eq!(of("pkg:generic/shop", part), excused);
    assert_eq!(of("pkg:generic/other@1.0", part), []);
    assert_eq!(of("pkg:maven/g/a@2.14.1", ""), excused);
    assert_eq!(of("pkg:maven/g/a@2.14.0", ""), []);
}

#[test]
fn of_one_source_the_strictest_counts_and_two_sources_stand_side_by_side() {
    let other = OSV.replace("OSV-1", "OSV-2").replace("2.15.0", "2.14.0");
    let at = component("a", r#", "purl": "pkg:maven/g/a@2.14.1""#);
    let both = answers(&[OSV, &other], &at);
    assert_eq!(both, [("OSV-1".to_owned(), Exposed::Affected, Basis::Package)]);
    let twice = OSV.replace(
        r#""affected": ["#,
        r#""affected": [{"package": {"ecosystem": "Maven", "name": "g:a"}, "versions": ["trunk"]},"#,
    );
    assert_eq!(answers(&[&twice], &at), [("OSV-1".to_owned(), Exposed::Affected, Basis::Package)]);
    let gone = OSV.replace(r#""modified""#, r#""withdrawn": "2024-02-01T00:00:00Z", "modified""#);
    assert_eq!(answers(&[&gone], &at), []);
}

#[test]
fn all_other_versions_of_a_cve_record_are_what_its_default_says() {
    let record = |default: &str| {
        cve(&format!(
            r#"{{"packageName": "a", "collectionURL": "https://registry.npmjs.org",
            "defaultStatus": "{default}", "versions": [{{"version": "2.0.0",
                "lessThan": "3.0.0", "status": "unaffected", "versionType": "semver"}}]}}"#
        ))
    };
    let of = |default: &str, version: &str| {
        let more = format!(r#", "purl": "pkg:npm/a@{version}""#);
        let answers = answers(&[&record(default)], &component("a", &more));
        answers.into_iter().map(|(_, exposed, _)| exposed).collect::<Vec<_>>()
    };
    assert_eq!(of("affected", "1.0.0"), [Exposed::Affected]);
    assert_eq!(of("affected", "3.0.0"), [Exposed::Affected]);
    assert_eq!(of("affected", "2.5.0"), [Exposed::NotAffected]);
    assert_eq!(of("affected", "trunk"), [Exposed::Undecided]);
    assert_eq!(of("unaffected", "1.0.0"), []);
}

/// An advisory of OSV on one package, with the bounds of its one range.
fn osv(ecosystem: &str, name: &str, fixed: &str) -> String {
    format!(
        r#"{{"id": "OSV-1", "modified": "2024-01-01T00:00:00Z", "affected": [
        {{"package": {{"ecosystem": "{ecosystem}", "name": "{name}"}}, "ranges": [
            {{"type": "ECOSYSTEM", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
    )
}

/// The one answer for a component of a package URL, if there is one.
fn of_purl(advisory: &str, purl: &str, more: &str) -> Option<Exposed> {
    let at = component("x", &format!(r#", "purl": "{purl}" {more}"#));
    answers(&[advisory], &at).first().map(|one| one.1)
}

#[test]
fn a_package_of_a_distribution_meets_its_source_in_its_release() {
    use Exposed::Affected;
    let debian = osv("Debian:11", "openssl", "1.1.1n-0+deb11u4");
    let old = "pkg:deb/debian/libssl1.1@1.1.1n-0%2Bdeb11u3";
    for (purl, more, wanted) in [
        (format!("{old}?distro=debian-11.6&upstream=openssl"), "", Some(Affected)),
        (format!("{old}?distro=debian-12&upstream=openssl"), "", None),
        (format!("{old}?upstream=openssl"), "", Some(Affected)),
        (format!("{old}?distro=debian-11.6"), "", None),
        (
            format!("{old}?distro=debian-11.6"),
            r#", "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "openssl"},
                {"name": "aquasecurity:trivy:SrcVersion", "value": "1.1.1n"},
                {"name": "aquasecurity:trivy:SrcRelease", "value": "0+deb11u3"}]"#,
            Some(Affected),
        ),
    ] {
        assert_eq!(of_purl(&debian, &purl, more), wanted, "{purl} {more}");
    }
    let ubuntu = osv("Ubuntu:24.04:LTS", "openssl", "3.0.13-0ubuntu3.1");
    let patched = "pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.15?distro=ubuntu-";
    assert_eq!(of_purl(&ubuntu, &format!("{patched}22.04"), ""), None);
    assert_eq!(of_purl(&ubuntu, &format!("{patched}24.04"), ""), Some(Affected));
    let suse = osv("SUSE:Linux Enterprise Server 15 SP5", "foo", "1.2-4");
    let binary = "pkg:rpm/suse/libfoo@9.50-1?upstream=foo-1.2-";
    assert_eq!(of_purl(&suse, &format!("{binary}3.src.rpm"), ""), Some(Affected));
    assert_eq!(of_purl(&suse, &format!("{binary}4.src.rpm"), ""), None);
}

#[test]
fn a_registry_behind_an_ecosystem_is_no_release_and_a_listed_pattern_no_version() {
    use Exposed::{Affected, Undecided};
    let drupal = osv("Packagist:https://packages.drupal.org/8", "drupal/core", "2.0.0");
    assert_eq!(of_purl(&drupal, "pkg:composer/drupal/core@1.0.0", ""), Some(Affected));
    let swift = osv("SwiftURL", "https://github.com/apple/swift-nio", "2.0.0");
    assert_eq!(of_purl(&swift, "pkg:swift/github.com/apple/swift-nio@1.0.0", ""), Some(Affected));
    let go = osv("Go", "html/template", "1.21.8");
    assert_eq!(of_purl(&go, "pkg:golang/stdlib@1.21.0", ""), Some(Affected));
    for listed in
        ["< 2.0.0", ">= 0.5.0, < 2.0.0", "*", "all", "n/a", "unspecified", "1.x", "All versions"]
    {
        let list = OSV.replace("Maven", "npm").replace("g:a", "foo").replace(
            r#""ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"fixed": "2.15.0"}]}]"#,
            &format!(r#""versions": ["{listed}"]"#),
        );
        assert!(list.contains(listed));
        assert_eq!(of_purl(&list, "pkg:npm/foo@1.0.0", ""), Some(Undecided), "{listed}");
        let known = list.replace(&format!(r#""{listed}""#), r#""1.0.0", "1.0.1""#);
        assert_eq!(of_purl(&known, "pkg:npm/foo@1.0.0", ""), Some(Affected));
        assert_eq!(of_purl(&known, "pkg:npm/foo@1.0.2", ""), None);
    }
}

#[test]
fn what_is_said_within_another_product_makes_somebody_look_and_a_package_url_needs_none() {
    let record = |more: &str| {
        cve(&format!(
            r#"{{"vendor": "v", "product": "Foo", "packageName": "foo" {more},
            "defaultStatus": "unaffected", "versions": [{{"version": "0", "lessThan": "2.0.0",
                "status": "affected", "versionType": "semver"}}]}}"#
        ))
    };
    let at = |text: &str| {
        let more = r#", "version": "1.0.0", "purl": "pkg:npm/foo@1.0.0", "cpe": "cpe:2.3:a:v:foo:1.0.0:*:*:*:*:*:*:*""#;
        answers(&[text], &component("foo", more)).first().map(|one| one.1)
    };
    assert_eq!(
        at(&record(r#", "cpes": ["cpe:2.3:a:v:foo:*:*:*:*:*:*:*:*"]"#)),
        Some(Exposed::Undecided)
    );
    assert_eq!(
        at(&record(r#", "collectionURL": "https://registry.npmjs.org""#)),
        Some(Exposed::Affected)
    );
}
