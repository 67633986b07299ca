//! From an advisory to the releases that contain what it speaks of, and back from an SBOM to what
//! is advised; and what follows for the house.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_core::event::{
    Body, CaseEvent, ClearedBy, Justification, OpeningRules, PartyEvent, ProductCard, ProductEvent,
    ReleaseCard, ReleaseEvent, SbomRecord, Service, SourceAnswer, Stream, Triage, VexStatus,
    VulnerabilityEvent,
};
use watchfire_core::ids::{ReleaseId, SbomId, VulnerabilityId};
use watchfire_server::command::Wish;
use watchfire_server::command::advisory::{self, Taken};
use watchfire_server::command::vulnerability::{self, Chosen};
use watchfire_server::exposure::{Exposed, Holding, READER};
use watchfire_server::watch::News;
use watchfire_server::worker::judging::Judging;
use watchfire_store::policy::{Administer, Write};
use watchfire_store::{
    Append, ExposureFilter, ExposureState, Inventory, Kept, PageRequest, Viewer, VulnerabilityRow,
    digest_of, random_bytes,
};

use crate::house::House;

const FLEET: [(&str, &[u8]); 5] = [
    (
        "API Gateway",
        include_bytes!("../../../watchfire/src/demo/fleet/sboms/api-gateway-7.0.2.spdx.json"),
    ),
    ("Log Search", include_bytes!("../../../watchfire/src/demo/fleet/sboms/log-search-3.4.0.spdx")),
    (
        "Message Queue",
        include_bytes!("../../../watchfire/src/demo/fleet/sboms/message-queue-2.8.0.cdx.xml"),
    ),
    (
        "Object Store",
        include_bytes!("../../../watchfire/src/demo/fleet/sboms/object-store-4.1.0.cdx.json"),
    ),
    (
        "Object Store next",
        include_bytes!("../../../watchfire/src/demo/fleet/sboms/object-store-4.1.1.cdx.json"),
    ),
];
const ADVISORIES: [(&str, &[u8]); 4] = [
    (
        "CVE-2021-44228",
        include_bytes!("../../../watchfire/src/demo/fleet/advisories/CVE-2021-44228.json"),
    ),
    (
        "CVE-2021-45046",
        include_bytes!("../../../watchfire/src/demo/fleet/advisories/CVE-2021-45046.json"),
    ),
    (
        "CVE-2021-45105",
        include_bytes!("../../../watchfire/src/demo/fleet/advisories/CVE-2021-45105.json"),
    ),
    (
        "CVE-2021-44832",
        include_bytes!("../../../watchfire/src/demo/fleet/advisories/CVE-2021-44832.json"),
    ),
];

pub(crate) fn keeper() -> Viewer {
    Viewer::service(Service::Operator)
}

/// A product of the house with one release, made of what `document` says.
pub(crate) async fn has(house: &House, name: &str, document: &[u8]) -> (ReleaseId, SbomId) {
    let (node, viewer) = (&house.node, &keeper());
    let store = node.store();
    let organization = node.organization().await.expect("one");
    let product = store.authorize_new_product(viewer).await.expect("the operator may");
    let card = ProductCard { name: name.into(), ..ProductCard::default() };
    let mut append = Append::new(viewer, node.now());
    let registered = ProductEvent::Registered { organization: organization.clone(), product: card };
    append.product(&product, registered);
    store.append(append).await.expect("a product");
    let release = store.authorize_new_release(viewer, product.id()).await.expect("the same");
    let card = ReleaseCard { version: "1".into(), ..ReleaseCard::default() };
    let mut append = Append::new(viewer, node.now());
    let product = product.id().clone();
    append.release(&release, ReleaseEvent::Registered { organization, product, release: card });
    store.append(append).await.expect("a release");
    let sbom = attach(house, release.id(), document).await;
    (release.id().clone(), sbom)
}

pub(crate) async fn attach(house: &House, release: &ReleaseId, document: &[u8]) -> SbomId {
    let holding = Holding::read(document, &|| true).expect("an SBOM").holding;
    let digest = digest_of(document);
    let inventory = Inventory {
        document: digest.clone(),
        reader: READER,
        bytes: holding.to_bytes().expect("small"),
    };
    let record = SbomRecord { document: digest, ..SbomRecord::default() };
    let known = house.node.store().release(&keeper(), release).await.expect("it is there");
    let sbom = SbomId::from_random(random_bytes());
    let event = known.attach(sbom.clone(), record, false).expect("it fits");
    to_release(house, release, event, Some((Kept::new(document).expect("fits"), inventory))).await;
    sbom
}

pub(crate) async fn to_release(
    house: &House,
    id: &ReleaseId,
    event: ReleaseEvent,
    document: Option<(Kept, Inventory)>,
) {
    let (store, viewer) = (house.node.store(), &keeper());
    let grant = store.authorize_release::<Write>(viewer, id).await.expect("the operator may");
    let version = store.release(viewer, id).await.expect("it is there").version;
    let mut append =
        Append::new(viewer, house.node.now()).expect_version(Stream::Release(id.clone()), version);
    append.release(&grant, event);
    if let Some((document, inventory)) = document {
        append.sbom(document, inventory);
    }
    store.append(append).await.expect("it is recorded");
}

pub(crate) async fn takes(house: &House, source: &str, name: &str, bytes: &[u8]) -> Taken {
    let piece = News::Document { name: name.into(), bytes: bytes.to_vec() };
    advisory::take(&house.node, source, vec![piece]).await.expect("it is taken")
}

pub(crate) async fn judges(house: &House) -> usize {
    Judging::new(house.node.clone()).step(house.node.now()).await.expect("a step")
}

pub(crate) async fn all(house: &House) -> Vec<VulnerabilityRow> {
    let page = PageRequest::default();
    let found =
        house.node.store().vulnerabilities(&keeper(), &ExposureFilter::default(), &page).await;
    found.expect("a page").rows
}

async fn id_of(house: &House, name: &str) -> VulnerabilityId {
    let page = PageRequest::default();
    let filter = ExposureFilter { search: name.to_owned(), ..ExposureFilter::default() };
    let found = house.node.store().vulnerabilities(&keeper(), &filter, &page).await;
    found.expect("a page").rows.first().unwrap_or_else(|| panic!("{name}")).id.clone()
}

/// What the house knows: by vulnerability, the products that are open with what sources say.
async fn known(house: &House) -> BTreeMap<String, BTreeSet<(String, &'static str)>> {
    let page = PageRequest::default();
    let mut known = BTreeMap::new();
    for row in all(house).await {
        let exposures = house
            .node
            .store()
            .exposures(&keeper(), &row.id, &ExposureFilter::default(), &page)
            .await
            .expect("a page")
            .rows;
        let told = exposures
            .into_iter()
            .filter_map(|it| Some((it.product_name, it.answer?.word())))
            .collect();
        known.insert(row.name, told);
    }
    known
}

pub(crate) async fn rules(house: &House, rules: OpeningRules) {
    let (store, viewer) = (house.node.store(), &keeper());
    let id = house.node.organization().await.expect("one");
    let grant = store.authorize_party::<Administer>(viewer, &id).await.expect("the operator may");
    let version = store.party_version(viewer, &id).await.expect("it is there");
    let mut append =
        Append::new(viewer, house.node.now()).expect_version(Stream::Party(id.clone()), version);
    append.administer(&grant, PartyEvent::OpeningRulesSet { rules, by: house.chain[0].clone() });
    store.append(append).await.expect("it is recorded");
}

pub(crate) const NO_RULES: OpeningRules = OpeningRules {
    listed: false,
    severity_tenths: None,
    likelihood_permille: None,
    internet_facing_alone: false,
};

fn affected(products: &[&str]) -> BTreeSet<(String, &'static str)> {
    products.iter().map(|name| ((*name).to_owned(), "affected")).collect()
}

#[tokio::test]
async fn each_advisory_finds_what_it_must_in_either_order() {
    let mut both = Vec::new();
    for advisories_first in [true, false] {
        for house in House::on_each_engine().await {
            rules(&house, NO_RULES).await;
            if !advisories_first {
                for (name, document) in FLEET {
                    has(&house, name, document).await;
                }
                assert_eq!(judges(&house).await, FLEET.len());
            }
            for (name, document) in ADVISORIES {
                let taken = takes(&house, "ghsa", name, document).await;
                assert_eq!((taken.news, taken.apart), (1, 0));
                assert_eq!(taken.vulnerabilities, usize::from(!advisories_first), "{name}");
                assert_eq!(takes(&house, "ghsa", name, document).await, Taken::default(), "once");
            }
            if advisories_first {
                assert!(all(&house).await.is_empty());
                for (name, document) in FLEET {
                    has(&house, name, document).await;
                }
                assert_eq!(judges(&house).await, FLEET.len());
            }
            assert_eq!(judges(&house).await, 0, "each once");
            both.push(known(&house).await);
        }
    }
    assert!(both.windows(2).all(|two| two[0] == two[1]), "{both:?}");
    let mut has_it = Vec::new();
    for (advisory, next) in ADVISORIES.map(|(name, _)| name).into_iter().zip([
        "Object Store",
        "Message Queue",
        "API Gateway",
        "Object Store next",
    ]) {
        has_it.push(next);
        assert_eq!(both[0][advisory], affected(&has_it), "{advisory}");
    }
}

/// An OSV record of log4j with another range, or another state.
fn osv(changes: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from(
        r#"{"id": "GHSA-jfh8-c2jp-5v3q", "modified": "2022-01-01T00:00:00Z",
        "published": "2021-12-10T00:40:56Z", "aliases": ["CVE-2021-44228"],
        "summary": "Remote code injection in Log4j",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "Maven",
        "name": "org.apache.logging.log4j:log4j-core"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.15.0"}]}]}]}"#,
    );
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text.into_bytes()
}

pub(crate) async fn answers(house: &House, name: &str) -> BTreeMap<String, Option<SourceAnswer>> {
    let id = id_of(house, name).await;
    let page = PageRequest::default();
    let any = ExposureFilter::default();
    let found = house.node.store().exposures(&keeper(), &id, &any, &page).await;
    found.expect("a page").rows.into_iter().map(|it| (it.product_name, it.answer)).collect()
}

#[tokio::test]
async fn what_a_source_says_now_counts_and_what_cannot_be_read_calls_nothing_safe() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        for (name, document) in FLEET {
            has(&house, name, document).await;
        }
        takes(&house, "osv", "one", &osv(&[])).await;
        let said = |name: &str, answer| BTreeMap::from([(name.to_owned(), Some(answer))]);
        let cve = "CVE-2021-44228";
        assert_eq!(answers(&house, cve).await, said("Object Store", SourceAnswer::Affected));
        // The recommended version changes.
        takes(&house, "osv", "one", &osv(&[("2.15.0", "2.16.0")])).await;
        assert_eq!(answers(&house, cve).await.len(), 2);
        for broken in [&b"{"[..], b"<html>", br#"{"id": 3, "affected": 1, "modified": ""}"#] {
            let taken = takes(&house, "osv", "one", broken).await;
            assert_eq!((taken.news, taken.apart, taken.vulnerabilities), (1, 1, 0));
            assert_eq!(takes(&house, "osv", "one", broken).await.news, 0, "told once");
        }
        assert!(answers(&house, cve).await.values().all(Option::is_some));
        // Another source goes on when the first takes its word back; the stricter one counts.
        takes(&house, "nvd", "two", &osv(&[("2.15.0", "2.15.0-rc1")])).await;
        takes(
            &house,
            "osv",
            "one",
            &osv(&[(r#""summary""#, r#""withdrawn": "2022-02-01T00:00:00Z", "summary""#)]),
        )
        .await;
        let now = answers(&house, cve).await;
        assert_eq!(now["Object Store"], Some(SourceAnswer::Affected));
        assert_eq!(now["Message Queue"], None);
        let gone = vec![News::Gone { name: "two".into() }];
        assert_eq!(advisory::take(&house.node, "nvd", gone.clone()).await.expect("taken").news, 1);
        assert_eq!(advisory::take(&house.node, "nvd", gone).await.expect("taken").news, 0);
        assert!(answers(&house, cve).await.values().all(Option::is_none));
        assert_eq!(all(&house).await[0].open, 0);
        let apart = News::Apart { name: "new".into(), reason: "its hash is another".into() };
        let taken = advisory::take(&house.node, "csaf", vec![apart]).await.expect("taken");
        assert_eq!((taken.news, taken.apart), (1, 1));
        let page = PageRequest::default();
        let rows = house.node.store().advisories(&keeper(), "", &page).await.expect("a page").rows;
        let problem = rows[0].problem.as_ref().expect("it stands apart first");
        assert_eq!(problem.1, "its hash is another");
    }
}

#[tokio::test]
async fn an_sbom_that_goes_or_is_replaced_takes_its_exposures_along() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        takes(&house, "osv", "one", &osv(&[])).await;
        let (release, sbom) = has(&house, "Store", FLEET[3].1).await;
        judges(&house).await;
        assert_eq!(all(&house).await[0].open, 1);
        attach(&house, &release, FLEET[4].1).await;
        judges(&house).await;
        assert_eq!(answers(&house, "CVE-2021-44228").await["Store"], None);
        let known = house.node.store().release(&keeper(), &release).await.expect("it is there");
        assert!(!known.sboms.contains_key(&sbom));
        attach(&house, &release, FLEET[3].1).await;
        judges(&house).await;
        assert_eq!(all(&house).await[0].open, 1);
        let retired = ReleaseEvent::Retired { reason: "nobody runs it".into() };
        to_release(&house, &release, retired, None).await;
        assert_eq!(judges(&house).await, 1);
        assert_eq!(all(&house).await[0].open, 0);
        // A new word does not find what is gone.
        takes(&house, "osv", "one", &osv(&[("2.15.0", "2.15.1")])).await;
        assert_eq!(answers(&house, "CVE-2021-44228").await["Store"], None);
    }
}

#[tokio::test]
async fn releases_that_come_together_are_asked_about_together() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        takes(&house, "osv", "one", &osv(&[])).await;
        let mut releases = BTreeSet::new();
        for name in ["one", "two", "three"] {
            releases.insert(has(&house, name, FLEET[3].1).await.0);
        }
        let (gone, _) = has(&house, "four", FLEET[3].1).await;
        judges(&house).await;
        let (retired, _) = has(&house, "five", FLEET[3].1).await;
        let why = || ReleaseEvent::Retired { reason: "nobody runs it".into() };
        to_release(&house, &retired, why(), None).await;
        attach(&house, &gone, FLEET[4].1).await;
        let first = releases.pop_first().expect("three");
        to_release(&house, &first, why(), None).await;
        // What came, what went and what was replaced are told apart.
        assert_eq!(judges(&house).await, 3);
        assert_eq!(judges(&house).await, 0, "each was asked about once");
        let id = id_of(&house, "CVE-2021-44228").await;
        let history = house.node.store().vulnerability_history(&keeper(), &id).await.expect("one");
        let told: Vec<(&str, usize)> = history
            .iter()
            .filter_map(|recorded| match &recorded.event.body {
                Body::Vulnerability(_, VulnerabilityEvent::Answered { releases, .. }) => {
                    Some(("answered", releases.len()))
                }
                Body::Vulnerability(_, VulnerabilityEvent::Cleared { releases, cause }) => {
                    let cause = match cause {
                        ClearedBy::Sources => "sources",
                        ClearedBy::Contents => "contents",
                        ClearedBy::Retirement => "retirement",
                    };
                    Some((cause, releases.len()))
                }
                _ => None,
            })
            .collect();
        assert_eq!(told, [("answered", 4), ("contents", 1), ("retirement", 1)]);
        let page = PageRequest::default();
        let open =
            house.node.store().exposures(&keeper(), &id, &ExposureState::Open.into(), &page).await;
        let open: BTreeSet<ReleaseId> =
            open.expect("a page").rows.into_iter().map(|row| row.release).collect();
        assert_eq!(open, releases);
    }
}

#[tokio::test]
async fn names_that_turn_out_to_be_one_become_one_and_what_was_closed_on_less_is_open_again() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        let (release, _) = has(&house, "Store", FLEET[3].1).await;
        takes(&house, "osv", "one", &osv(&[(r#""aliases": ["CVE-2021-44228"],"#, "")])).await;
        takes(
            &house,
            "nvd",
            "two",
            &osv(&[
                (r#""aliases": ["CVE-2021-44228"],"#, ""),
                ("GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228"),
            ]),
        )
        .await;
        assert_eq!(all(&house).await.len(), 2);
        let ghsa = id_of(&house, "GHSA-jfh8").await;
        let fixed =
            Triage { status: VexStatus::Fixed, justification: None, reason: "patched".into() };
        let chosen = Chosen::These(vec![release.clone()]);
        vulnerability::decide(house.wish(), &ghsa, &chosen, &fixed, None).await.expect("decided");
        let (queue, _) = has(&house, "Second Store", FLEET[3].1).await;
        judges(&house).await;
        let yes =
            Triage { status: VexStatus::Affected, justification: None, reason: String::new() };
        let second = Chosen::These(vec![queue.clone()]);
        vulnerability::decide(house.wish(), &ghsa, &second, &yes, None).await.expect("decided");
        takes(&house, "osv", "one", &osv(&[])).await;
        let left = all(&house).await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].name, "CVE-2021-44228");
        let merged = house.node.store().vulnerability(&keeper(), &ghsa).await.expect("it is there");
        assert_eq!(merged.merged, Some(left[0].id.clone()));
        let now = house.node.store().vulnerability(&keeper(), &left[0].id).await.expect("one");
        assert!(now.exposures[&release].is_open(), "nobody has seen what both sources say");
        assert_eq!(now.exposures[&queue].status(), VexStatus::Affected);
        let refused = vulnerability::decide(house.wish(), &ghsa, &chosen, &fixed, None).await;
        assert_eq!(refused.expect_err("merged").code(), "vulnerability_merged");
    }
}

#[tokio::test]
async fn names_that_come_apart_are_two_vulnerabilities_and_none_clears_the_other() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        has(&house, "Store", FLEET[3].1).await;
        let other =
            |name: &str| osv(&[("GHSA-jfh8-c2jp-5v3q", "GHSA-other"), ("CVE-2021-44228", name)]);
        takes(&house, "osv", "one", &osv(&[])).await;
        takes(&house, "nvd", "two", &other("CVE-2021-44228")).await;
        assert_eq!(all(&house).await.len(), 1);
        // The first turns out to be about another.
        takes(&house, "osv", "one", &osv(&[("CVE-2021-44228", "CVE-2021-9")])).await;
        for _ in 0..2 {
            let found = known(&house).await;
            assert_eq!(found.keys().collect::<Vec<_>>(), ["CVE-2021-44228", "CVE-2021-9"]);
            assert!(found.values().all(|it| *it == affected(&["Store"])), "{found:?}");
            // Asked again from either side, it stays so.
            takes(&house, "nvd", "two", &[&other("CVE-2021-44228")[..], b" "].concat()).await;
        }
        // A name that leads to two numbers joins nothing, and a bare number is no name.
        let shared = |cve: &str, id: &str| {
            let aliases = format!(r#""{cve}", "BUG-7", "2030932""#);
            osv(&[("GHSA-jfh8-c2jp-5v3q", id), (r#""CVE-2021-44228""#, &aliases)])
        };
        takes(&house, "a", "one", &shared("CVE-2021-101", "A-1")).await;
        takes(&house, "b", "one", &shared("CVE-2021-102", "B-1")).await;
        let found = known(&house).await;
        assert!(
            found.contains_key("CVE-2021-101") && found.contains_key("CVE-2021-102"),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn what_a_record_without_packages_says_counts_whenever_it_comes() {
    const RECORD: &[u8] = br#"{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {
        "cveId": "CVE-2021-44228", "assignerOrgId": "f0158376-9dc2-43b6-827c-5f631a4d8d09",
        "state": "PUBLISHED"}, "containers": {"cna": {
        "providerMetadata": {"orgId": "f0158376-9dc2-43b6-827c-5f631a4d8d09"},
        "title": "Log4j\u0000 runs code", "descriptions": [{"lang": "en", "value": "It runs code."}],
        "affected": [{"vendor": "Apache", "product": "Log4j", "defaultStatus": "unknown",
        "versions": [{"version": "2.0", "status": "affected"}]}],
        "metrics": [{"cvssV3_1": {"version": "3.1", "baseScore": 10.0, "baseSeverity": "CRITICAL",
        "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}}],
        "references": [{"url": "https://logging.apache.org/"}]}}}"#;
    let unscored = osv(&[(
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
        "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N",
    )]);
    let mut both = Vec::new();
    for record_first in [true, false] {
        for house in House::on_each_engine().await {
            has(&house, "Store", FLEET[3].1).await;
            if record_first {
                assert_eq!(takes(&house, "cve", "one", RECORD).await.apart, 0);
            }
            takes(&house, "osv", "one", &unscored).await;
            if !record_first {
                assert!(all(&house).await[0].severity_tenths.is_some_and(|it| it < 50));
                takes(&house, "cve", "one", RECORD).await;
            }
            let row = all(&house).await.remove(0);
            let found = house.node.store().vulnerability(&keeper(), &row.id).await.expect("one");
            assert_eq!((row.severity_tenths, found.cases.len()), (Some(100), 1));
            both.push((found.called, known(&house).await));
        }
    }
    assert!(both.windows(2).all(|two| two[0] == two[1]), "{both:?}");
}

const KEV: &[u8] = br#"{"title": "CISA Catalog of Known Exploited Vulnerabilities",
    "catalogVersion": "2021.12.10", "dateReleased": "2021-12-10T15:00:00Z", "count": 1,
    "vulnerabilities": [{"cveID": "CVE-2021-44228", "vendorProject": "Apache",
    "product": "Log4j2", "vulnerabilityName": "Apache Log4j2 Remote Code Execution",
    "dateAdded": "2021-11-20", "shortDescription": "It is bad.",
    "requiredAction": "Mend it.", "dueDate": "2021-12-24",
    "knownRansomwareCampaignUse": "Known", "notes": ""}]}"#;

#[tokio::test]
async fn a_rule_opens_a_case_once_with_what_is_known_and_a_listing_reaches_it() {
    for house in House::on_each_engine().await {
        for (name, document) in FLEET {
            has(&house, name, document).await;
        }
        takes(&house, "osv", "one", &osv(&[])).await;
        let id = id_of(&house, "CVE-2021-44228").await;
        let store = house.node.store();
        let found = store.vulnerability(&keeper(), &id).await.expect("one");
        assert_eq!(found.cases.len(), 1, "critical, by the rules that nobody changed");
        let ticker = Viewer::service(Service::Ticker);
        let facts = async || {
            let history = store.case_history(&ticker, &found.cases[0]).await.expect("a case");
            let events: Vec<_> = history.into_iter().map(|it| it.event).collect();
            let case =
                watchfire_core::case::Case::from_events(&found.cases[0], &events).expect("one");
            case.facts.iter().map(|fact| fact.kind.clone()).collect::<Vec<_>>()
        };
        let first = facts().await;
        assert_eq!(first, ["disclosed", "received-by-channel", "first-signal"]);
        takes(&house, "kev", "kev", KEV).await;
        assert_eq!(facts().await, [&first[..], &["kev-listed".to_owned()]].concat());
        // Together, so that neither can be there without the other.
        let listed = store.vulnerability_history(&keeper(), &id).await.expect("a history");
        let listed = listed.iter().find(|it| {
            matches!(it.event.body, Body::Vulnerability(_, VulnerabilityEvent::Listed { .. }))
        });
        let told = store.case_history(&ticker, &found.cases[0]).await.expect("a case");
        let told = told.iter().find(|it| match &it.event.body {
            Body::Case(_, CaseEvent::FactRecorded { fact }) => fact.kind == "kev-listed",
            _ => false,
        });
        let (listed, told) = (listed.expect("it is listed"), told.expect("the case is told"));
        assert_eq!(
            (listed.index + 1, listed.event.recorded_at),
            (told.index, told.event.recorded_at)
        );
        let row = &all(&house).await[0];
        assert!(row.is_listed);
        takes(&house, "osv", "one", &osv(&[("2.15.0", "2.16.0")])).await;
        let again = store.vulnerability(&keeper(), &id).await.expect("one");
        assert_eq!((again.cases.len(), facts().await.len()), (1, 4), "once");
        // Of what is exploited, one person alone says of nothing that it is not affected.
        let not_affected = Triage {
            status: VexStatus::NotAffected,
            justification: Some(Justification::VulnerableCodeNotInExecutePath),
            reason: "the lookup is switched off".into(),
        };
        let chosen = Chosen::All(ExposureState::Open);
        vulnerability::decide(house.wish(), &id, &chosen, &not_affected, None)
            .await
            .expect("decided");
        assert_eq!(all(&house).await[0].awaiting, 2);
        let awaiting = Chosen::All(ExposureState::Awaiting);
        let refused =
            vulnerability::agree(house.wish(), &id, &awaiting).await.expect_err("the same");
        assert_eq!(refused.code(), "second_person_same");
        let sender = Viewer::service(Service::Sender);
        let second = store.viewer_of_recipient(&sender, &house.chain[1]).await.expect("one");
        let wish = Wish { node: &house.node, viewer: &second, key: None };
        vulnerability::agree(wish, &id, &awaiting).await.expect("agreed");
        assert_eq!((all(&house).await[0].open, all(&house).await[0].awaiting), (0, 0));
        // The ground moves, and what stood on it lapses.
        takes(&house, "osv", "one", &osv(&[("2.15.0", "2.15.1")])).await;
        let row = &all(&house).await[0];
        assert_eq!(row.open, 2);
    }
}

#[tokio::test]
async fn what_a_person_found_affected_is_a_step_of_awareness_in_its_case() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        let (release, _) = has(&house, "Store", FLEET[3].1).await;
        takes(&house, "osv", "one", &osv(&[])).await;
        let id = id_of(&house, "CVE-2021-44228").await;
        assert!(
            house.node.store().vulnerability(&keeper(), &id).await.expect("one").cases.is_empty()
        );
        let opened = vulnerability::open_case(house.wish(), &id).await.expect("a case");
        let case: watchfire_core::ids::CaseId = opened.id.parse().expect("an id");
        let yes =
            Triage { status: VexStatus::Affected, justification: None, reason: String::new() };
        let chosen = Chosen::These(vec![release.clone()]);
        vulnerability::decide(house.wish(), &id, &chosen, &yes, None).await.expect("decided");
        let ticker = Viewer::service(Service::Ticker);
        let history = house.node.store().case_history(&ticker, &case).await.expect("a case");
        let told = history
            .iter()
            .any(|it| String::from_utf8_lossy(&it.bytes).contains(r#""kind":"assessed""#));
        assert!(told);
        let (why, count) =
            vulnerability::why(house.wish(), &id, &release, 10).await.expect("reasons");
        assert_eq!((why.len(), count), (1, 1));
        assert_eq!(why[0].exposed, Exposed::Affected);
        assert_eq!(why[0].path.last().map(String::as_str), Some("log4j-core 2.14.1"));
        assert_eq!(why[0].range, ">= 0, < 2.15.0");
        assert_eq!(why[0].source.document, "osv/one");
        let other = house.opens("another", false).await;
        vulnerability::join_case(house.wish(), &id, &other).await.expect("joined");
        let known = house.node.store().vulnerability(&keeper(), &id).await.expect("one");
        assert_eq!(known.cases, [case, other]);
    }
}
