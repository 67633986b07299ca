//! What a document means, where it may be read as meaning less.

use std::fmt::Write;

use watchfire_formats::advisory::{self, Affected, Event, Order, Range, ReadError, Status};

fn csaf(tree: &str, vulnerability: &str) -> String {
    format!(
        r#"{{"document": {{"category": "csaf_security_advisory", "csaf_version": "2.0",
        "title": "t",
        "publisher": {{"category": "vendor", "name": "v", "namespace": "https://example.org"}},
        "tracking": {{"id": "T-1", "status": "final", "version": "1",
            "current_release_date": "2024-01-01T00:00:00Z",
            "initial_release_date": "2024-01-01T00:00:00Z",
            "revision_history": [{{"date": "2024-01-01T00:00:00Z", "number": "1",
                "summary": "s"}}]}}}},
        "product_tree": {tree}, "vulnerabilities": [{vulnerability}]}}"#
    )
}

fn affected(text: &str) -> Vec<Affected> {
    let read = advisory::read(text.as_bytes());
    let read = read.unwrap_or_else(|error| panic!("{error}: {:?}", error.problems()));
    read.advisories.into_iter().flat_map(|one| one.affected).collect()
}

const INNER: &str = r#"{"category": "vendor", "name": "V", "branches": [
    {"category": "product_name", "name": "P", "branches": [
        {"category": "product_version", "name": "1.0", "product": {"name": "P 1.0",
            "product_id": "A", "product_identification_helper": {"purl": "pkg:rpm/v/p@1.0"}}}]}]}"#;

fn relation(part: &str, whole: &str, id: &str) -> String {
    format!(
        r#"{{"category": "default_component_of", "product_reference": "{part}",
        "relates_to_product_reference": "{whole}",
        "full_product_name": {{"name": "{id}", "product_id": "{id}"}}}}"#
    )
}

#[test]
fn a_relation_upon_relations_keeps_what_is_matched_and_all_that_it_is_in() {
    let tree = |relations: &[String]| {
        format!(
            r#"{{"branches": [{INNER}], "full_product_names": [
            {{"name": "module", "product_id": "B"}},
            {{"name": "os", "product_id": "C",
              "product_identification_helper": {{"cpe": "cpe:/o:v:os:9"}}}}],
            "relationships": [{}]}}"#,
            relations.join(",")
        )
    };
    let status = |id: &str| {
        format!(r#"{{"cve": "CVE-2024-0001", "product_status": {{"known_affected": ["{id}"]}}}}"#)
    };
    // The part is a relation, or the whole is one: both say the same.
    let part = [relation("A", "B", "AB"), relation("AB", "C", "ABC")];
    let whole = [relation("B", "C", "BC"), relation("A", "BC", "ABC")];
    for relations in [part, whole] {
        let [one] = &affected(&csaf(&tree(&relations), &status("ABC")))[..] else { panic!("one") };
        assert_eq!(
            (&one.product.purls[..], &one.versions[..]),
            (&["pkg:rpm/v/p@1.0".to_owned()][..], &["1.0".to_owned()][..])
        );
        let module = one.product.within.as_ref().expect("it is in the module");
        let system = module.within.as_ref().expect("which is in the system");
        assert_eq!(module.name.as_deref(), Some("module"));
        assert_eq!(system.cpes, ["cpe:/o:v:os:9"]);
        assert_eq!(one.product.reference.as_deref(), Some("ABC"));
    }
    // What doubles with each relation is refused before it takes memory.
    let mut doubling = vec![relation("A", "B", "R0")];
    doubling.extend(
        (1..60).map(|at| {
            relation(&format!("R{}", at - 1), &format!("R{}", at - 1), &format!("R{at}"))
        }),
    );
    let error = advisory::read(csaf(&tree(&doubling), &status("R59")).as_bytes());
    let problems = error.expect_err("too deep").problems();
    assert!(problems[0].reason.contains("within each other"), "{problems:?}");
}

#[test]
fn between_the_first_and_the_last_affected_version_nothing_is_known_to_be_safe() {
    let version = |name: &str, id: &str| {
        format!(
            r#"{{"category": "product_version", "name": "{name}",
            "product": {{"name": "P {name}", "product_id": "{id}"}}}}"#
        )
    };
    let tree = format!(
        r#"{{"branches": [{{"category": "product_name", "name": "P", "branches": [{}, {}]}},
        {{"category": "product_name", "name": "Q", "branches": [{}]}}]}}"#,
        version("2.0", "P2"),
        version("2.4", "P24"),
        version("7", "Q7"),
    );
    let text = csaf(
        &tree,
        r#"{"cve": "CVE-2024-0001", "product_status":
            {"first_affected": ["P2"], "last_affected": ["P24", "Q7"]}}"#,
    );
    let all = affected(&text);
    let known = all.iter().filter(|one| one.status == Status::Affected);
    let known: Vec<&str> = known.map(|one| one.versions[0].as_str()).collect();
    assert_eq!(known, ["2.0", "2.4", "7"]);
    let between: Vec<(Option<&str>, &[Range])> = all
        .iter()
        .filter(|one| one.status == Status::Unknown)
        .map(|one| (one.product.name.as_deref(), &one.ranges[..]))
        .collect();
    let range =
        |events: &[Event]| [Range::Events { order: Order::Ecosystem, events: events.to_vec() }];
    let p = range(&[Event::From("2.0".into()), Event::UpTo("2.4".into())]);
    let q = range(&[Event::From("0".into()), Event::UpTo("7".into())]);
    assert_eq!(between, [(Some("P"), &p[..]), (Some("Q"), &q[..])]);
}

#[test]
fn what_is_written_once_is_kept_once_and_groups_name_no_more_than_they_may() {
    let many: Vec<String> =
        (0..20_000).map(|at| format!(r#"{{"name": "n", "product_id": "P{at}"}}"#)).collect();
    let ids: Vec<String> = (0..20_000).map(|at| format!(r#""P{at}""#)).collect();
    let (many, ids) = (many.join(","), ids.join(","));
    let tree = format!(
        r#"{{"full_product_names": [{many}],
        "product_groups": [{{"group_id": "G", "product_ids": [{ids}]}}]}}"#
    );
    let remedy = |times: usize, details: &str| {
        let one =
            format!(r#"{{"category": "vendor_fix", "details": "{details}", "group_ids": ["G"]}}"#);
        let all = vec![one; times].join(",");
        format!(
            r#"{{"cve": "CVE-2024-0001", "product_status": {{"known_affected": [{ids}]}},
            "remediations": [{all}]}}"#
        )
    };
    // 20 GB, if each statement had the text for itself.
    let all = affected(&csaf(&tree, &remedy(1, &"x".repeat(1 << 20))));
    assert_eq!(all.len(), 20_000);
    let same = |one: &Affected| {
        std::ptr::eq(one.action.as_deref().unwrap(), all[0].action.as_deref().unwrap())
    };
    assert!(all.iter().all(same));
    let refused = advisory::read(csaf(&tree, &remedy(501, "x")).as_bytes());
    assert!(matches!(refused, Err(ReadError::TooManyStatements)));
}

#[test]
fn openvex_repeats_no_text_and_joins_the_names_of_one_vulnerability() {
    let statement = |vulnerability: &str| {
        format!(
            r#"{{"vulnerability": {vulnerability}, "status": "fixed", "products": [{{"@id": "pkg:npm/a@1"}}]}}"#
        )
    };
    let document = |statements: &str| {
        format!(
            r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
            "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1,
            "statements": [{statements}]}}"#
        )
    };
    let two = [
        statement(r#"{"name": "GHSA-x"}"#),
        statement(r#"{"name": "GHSA-x", "aliases": ["CVE-2024-1111"]}"#),
    ];
    let read = advisory::read(document(&two.join(",")).as_bytes()).expect("it is read");
    let [one] = &read.advisories[..] else { panic!("one vulnerability") };
    assert_eq!(
        (one.aliases.as_slice(), one.affected.len()),
        (&["CVE-2024-1111".to_owned()][..], 2)
    );
    // Each vulnerability is found at once, however many there are.
    let mut many = String::new();
    for at in 0..100_000 {
        let sign = if at > 0 { "," } else { "" };
        write!(many, r#"{sign}{{"vulnerability":{{"name":"a{at}"}},"status":"fixed"}}"#).unwrap();
    }
    assert_eq!(advisory::read(document(&many).as_bytes()).expect("read").advisories.len(), 100_000);
    // Parts beside the products are said of each product: what that repeats is bounded.
    let list = |count: usize, name: &str| {
        let all: Vec<String> = (0..count).map(|at| format!(r#""{name}{at}""#)).collect();
        all.join(",")
    };
    let old = format!(
        r#"{{"@context": "https://openvex.dev/ns", "author": "a", "timestamp": "2024-01-01T00:00:00Z",
        "statements": [{{"vulnerability": "CVE-1", "status": "affected",
            "products": [{}], "subcomponents": [{}]}}]}}"#,
        list(900, "p"),
        list(100, &"s".repeat(4_000)),
    );
    assert!(matches!(advisory::read(old.as_bytes()), Err(ReadError::TooManyStatements)));
}

#[test]
fn cyclonedx_takes_back_only_what_has_a_time_for_it() {
    let document = |rejected: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [
            {{"id": "CVE-2021-44228", {rejected} "affects": [{{"ref": "pkg:npm/a@1"}}]}}]}}"#
        )
    };
    for (rejected, wanted) in [
        ("", false),
        (r#""rejected": null,"#, false),
        (r#""rejected": "","#, false),
        (r#""rejected": "2024-01-01T00:00:00Z","#, true),
    ] {
        let read = advisory::read(document(rejected).as_bytes()).expect("it is read");
        assert_eq!(read.advisories[0].rejected, wanted, "{rejected}");
    }
    let odd = advisory::read(document(r#""rejected": true,"#).as_bytes()).expect_err("no time");
    assert_eq!(odd.problems()[0].pointer, "/vulnerabilities/0/rejected");
}

#[test]
fn a_range_of_cyclonedx_is_one_wherever_it_is_written() {
    let document = |key: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [
            {{"id": "CVE-2021-44228", "affects": [{{"ref": "pkg:npm/a",
              "versions": [{{"{key}": "vers:npm/>=1|<2"}}]}}]}}]}}"#
        )
    };
    for key in ["range", "version"] {
        let [one] = &affected(&document(key))[..] else { panic!("one statement") };
        assert_eq!(one.ranges, [Range::Vers("vers:npm/>=1|<2".to_owned())], "{key}");
        assert!(one.versions.is_empty());
    }
}

#[test]
fn an_event_of_osv_keeps_its_bound_whatever_stands_beside_it() {
    let record = |events: &str| {
        format!(
            r#"{{"id": "N-1", "modified": "2024-01-01T00:00:00Z", "affected": [{{
            "package": {{"ecosystem": "npm", "name": "a"}},
            "ranges": [{{"type": "SEMVER", "events": [{events}]}}]}}]}}"#
        )
    };
    let events = [Event::From("0".into()), Event::Before("2.0".into())];
    let wanted = [Range::Events { order: Order::SemVer, events: events.to_vec() }];
    for text in [
        r#"{"introduced": "0"}, {"fixed": "2.0"}"#,
        r#"{"fixed": null, "introduced": "0"}, {"fixed": "2.0", "introduced": null}"#,
        r#"{"source": "x", "introduced": "0"}, {"at": "y", "fixed": "2.0"}"#,
    ] {
        match advisory::read(record(text).as_bytes()) {
            Ok(read) => assert_eq!(read.advisories[0].affected[0].ranges, wanted, "{text}"),
            // Or the schema does not allow it: what it says is lost to nobody, for it is refused.
            Err(error) => assert!(error.problems()[0].pointer.contains("/events"), "{error}"),
        }
    }
    let read = advisory::read(record(r#"{"source": "x", "introduced": "0"}"#).as_bytes());
    assert!(read.is_ok(), "{read:?}");
    let odd = advisory::read(record(r#"{"introduced": "0", "fixed": "1"}"#).as_bytes());
    assert!(odd.expect_err("two in one").problems()[0].pointer.contains("/events/0"));
}

fn cve(affected: &str) -> Vec<Affected> {
    let text = format!(
        r#"{{"dataType": "CVE_RECORD", "dataVersion": "5.1",
        "cveMetadata": {{"cveId": "CVE-2024-0001", "assignerOrgId": "00000000-0000-4000-9000-000000000000",
            "state": "PUBLISHED"}},
        "containers": {{"cna": {{
            "providerMetadata": {{"orgId": "00000000-0000-4000-9000-000000000000"}},
            "descriptions": [{{"lang": "en", "value": "d"}}],
            "references": [{{"url": "https://example.org"}}],
            "affected": [{affected}]}}}}}}"#
    );
    self::affected(&text)
}

#[test]
fn changes_of_a_cve_record_mean_the_same_in_any_order() {
    let record = |changes: &str| {
        let of = cve(&format!(
            r#"{{"vendor": "v", "product": "p", "versions": [{{"version": "0", "status": "unaffected",
            "versionType": "semver", "lessThan": "9.0", "changes": [{changes}]}}]}}"#
        ));
        let sorted = |one: &Affected| {
            let [Range::Events { events, .. }] = &one.ranges[..] else {
                panic!("{:?}", one.ranges)
            };
            let mut events: Vec<String> = events.iter().map(|it| format!("{it:?}")).collect();
            events.sort();
            (one.status, events)
        };
        let mut all: Vec<_> = of.iter().map(sorted).collect();
        all.sort();
        all
    };
    let early = r#"{"at": "3.0", "status": "affected"}"#;
    let late = r#"{"at": "5.0", "status": "unaffected"}"#;
    let one = record(&format!("{early},{late}"));
    assert_eq!(one, record(&format!("{late},{early}")));
    let events = |list: &[Event]| {
        let mut list: Vec<String> = list.iter().map(|it| format!("{it:?}")).collect();
        list.sort();
        list
    };
    type Made = fn(String) -> Event;
    let [from, before] = [Event::From as Made, Event::Before];
    let ends = |list: [(Made, &str); 3]| events(&list.map(|(event, at)| event(at.to_owned())));
    assert_eq!(one[0], (Status::Affected, ends([(from, "3.0"), (before, "5.0"), (before, "9.0")])));
    assert_eq!(one[1].0, Status::NotAffected);
    assert_eq!(one[1].1.len(), 4);
}

#[test]
fn a_package_of_a_product_is_not_the_product() {
    let all = cve(
        r#"{"vendor": "Red Hat", "product": "Enterprise Linux 9", "packageName": "aardvark-dns",
            "collectionURL": "https://access.redhat.com/downloads", "defaultStatus": "affected"},
           {"vendor": "Red Hat", "product": "Enterprise Linux 9", "packageName": "containers-common",
            "collectionURL": "https://access.redhat.com/downloads", "defaultStatus": "unaffected"},
           {"vendor": "Apache", "product": "Airflow", "packageName": "apache-airflow",
            "collectionURL": "https://pypi.python.org", "defaultStatus": "affected"}"#,
    );
    let names: Vec<(Option<&str>, Option<&str>, Option<&str>)> = all
        .iter()
        .map(|one| {
            let whole = one.product.within.as_ref().and_then(|it| it.name.as_deref());
            (one.product.name.as_deref(), whole, one.product.ecosystem.as_deref())
        })
        .collect();
    let system = Some("Enterprise Linux 9");
    assert_eq!(
        names,
        [
            (Some("aardvark-dns"), system, None),
            (Some("containers-common"), system, None),
            (Some("apache-airflow"), None, Some("PyPI")),
        ]
    );
}
