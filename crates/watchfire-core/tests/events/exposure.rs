//! Samples of what can happen to products, releases and vulnerabilities.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_core::event::{
    Body, Called, ClearedBy, JoinedBy, Justification, LapsedBy, Listing, OpeningRules, PartyEvent,
    ProductCard, ProductEvent, ReleaseCard, ReleaseEvent, SbomRecord, SourceAnswer, Triage,
    VexStatus, VulnerabilityEvent,
};
use watchfire_core::ids::{CaseId, DepartmentId, ProductId, ReleaseId, SbomId, VulnerabilityId};

use crate::{at, person};

fn product() -> ProductId {
    ProductId::from_random([11; 5])
}

fn release() -> ReleaseId {
    ReleaseId::from_random([12; 5])
}

fn vulnerability() -> VulnerabilityId {
    VulnerabilityId::from_random([13; 5])
}

fn sbom(n: u8) -> SbomId {
    SbomId::from_random([n; 5])
}

fn of_product() -> Vec<ProductEvent> {
    let full = ProductCard {
        name: "云平台".into(),
        description: Some("the platform".into()),
        owner: Some(person()),
        department: Some(DepartmentId::from_random([8; 5])),
        internet_facing: Some(true),
        identifiers: BTreeSet::from(["pkg:generic/platform".to_owned()]),
    };
    let bare = ProductCard { name: "Gateway".into(), ..ProductCard::default() };
    vec![
        ProductEvent::Registered { organization: person(), product: full },
        ProductEvent::Changed { product: bare },
        ProductEvent::Retired { reason: "sold".into() },
    ]
}

fn of_release() -> Vec<ReleaseEvent> {
    let full = ReleaseCard {
        version: "4.2".into(),
        released_on: Some("2021-06-01".parse().expect("a day")),
        supported_until: Some("2026-06-01".parse().expect("a day")),
        sold_in: BTreeSet::from(["CN".to_owned(), "DE".to_owned()]),
        owner: Some(person()),
    };
    let bare = ReleaseCard { version: "4.3".into(), ..ReleaseCard::default() };
    let record = |is_full: bool| SbomRecord {
        document: "00ff".into(),
        format: "CycloneDX JSON".into(),
        format_version: "1.6".into(),
        serial: is_full.then(|| "urn:uuid:1".into()),
        made: is_full.then(|| "2021-11-01T00:00:00Z".into()),
        tools: is_full.then(|| "syft 1.0".to_owned()).into_iter().collect(),
        components: 7,
        unnamed: 1,
        skipped: 2,
        problems: 3,
    };
    let attached = |n: u8, is_full: bool, replaces: Vec<SbomId>| ReleaseEvent::SbomAttached {
        sbom: sbom(n),
        record: Box::new(record(is_full)),
        replaces,
    };
    vec![
        ReleaseEvent::Registered { organization: person(), product: product(), release: full },
        ReleaseEvent::Changed { release: bare },
        attached(14, true, Vec::new()),
        attached(15, false, vec![sbom(14)]),
        ReleaseEvent::SbomDetached { sbom: sbom(15), reason: "of another".into() },
        ReleaseEvent::Retired { reason: "nobody runs it".into() },
    ]
}

fn called(is_full: bool) -> Called {
    Called {
        names: vec!["CVE-2021-44228".into()],
        title: is_full.then(|| "Remote code execution".into()),
        published: is_full.then(at),
        severity: is_full.then(|| "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".into()),
        severity_tenths: is_full.then_some(100),
    }
}

fn listing(is_full: bool) -> Listing {
    Listing {
        by: "CISA".into(),
        since: is_full.then(|| "2021-12-10".into()),
        due: is_full.then(|| "2021-12-24".into()),
        ransomware: is_full.then_some(true),
    }
}

fn of_vulnerability() -> Vec<VulnerabilityEvent> {
    let decided = |status, justification, reason: &str| VulnerabilityEvent::Decided {
        releases: vec![release()],
        decision: Triage { status, justification, reason: reason.into() },
        by: person(),
    };
    let answered = |answer| VulnerabilityEvent::Answered {
        answer,
        releases: BTreeMap::from([(release(), "abcd".to_owned())]),
        documents: vec!["00ff".into()],
    };
    let cleared = |cause| VulnerabilityEvent::Cleared { releases: vec![release()], cause };
    let lapsed = |cause| VulnerabilityEvent::Lapsed { releases: vec![release()], cause };
    let joined = |cause| {
        let case = CaseId::from_random([1; 5]);
        VulnerabilityEvent::CaseJoined { case, cause }
    };
    let mut all = vec![
        VulnerabilityEvent::Known { organization: person(), called: called(true) },
        VulnerabilityEvent::Called { called: called(false) },
        VulnerabilityEvent::Listed { listing: Some(listing(true)), document: Some("00ff".into()) },
        VulnerabilityEvent::Listed { listing: Some(listing(false)), document: None },
        VulnerabilityEvent::Listed { listing: None, document: None },
    ];
    all.extend(SourceAnswer::ALL.map(answered));
    all.extend([ClearedBy::Sources, ClearedBy::Contents, ClearedBy::Retirement].map(cleared));
    all.extend(Justification::ALL.map(|it| decided(VexStatus::NotAffected, Some(it), "seen")));
    all.extend([
        decided(VexStatus::UnderInvestigation, None, ""),
        decided(VexStatus::Affected, None, ""),
        decided(VexStatus::Fixed, None, "patched"),
        VulnerabilityEvent::Agreed { releases: vec![release()], by: person() },
    ]);
    all.extend([LapsedBy::Grounds, LapsedBy::Exploitation].map(lapsed));
    all.extend([JoinedBy::Rule("exploited".into()), JoinedBy::Person(person())].map(joined));
    all.push(VulnerabilityEvent::Merged { into: VulnerabilityId::from_random([14; 5]) });
    all
}

fn of_rules() -> Vec<PartyEvent> {
    let set = |rules| PartyEvent::OpeningRulesSet { rules, by: person() };
    let full = OpeningRules {
        listed: true,
        severity_tenths: Some(90),
        likelihood_permille: Some(500),
        internet_facing_alone: true,
    };
    let none = OpeningRules {
        listed: false,
        severity_tenths: None,
        likelihood_permille: None,
        internet_facing_alone: false,
    };
    vec![set(full), set(none)]
}

pub(crate) fn bodies() -> Vec<Body> {
    let products = of_product().into_iter().map(|event| Body::Product(product(), event));
    let releases = of_release().into_iter().map(|event| Body::Release(release(), event));
    let found = of_vulnerability().into_iter();
    let found = found.map(|event| Body::Vulnerability(vulnerability(), event));
    let rules = of_rules().into_iter().map(|event| Body::Party(person(), event));
    products.chain(releases).chain(found).chain(rules).collect()
}
