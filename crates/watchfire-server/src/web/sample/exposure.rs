//! Samples of exposure: a house of a few products on the days of Log4Shell.

use jiff::civil::date;
use watchfire_core::event::{Justification, LapsedBy, SourceAnswer, VexStatus};
use watchfire_core::ids::PartyId;
use watchfire_store::{ExposureKinds, ExposureState, VulnerabilityCounts};

use super::{at, party, words};
use crate::exposure::{Basis, Exposed};
use crate::locale::Language;
use crate::web::advisory::{self, Rules, RulesView};
use crate::web::case::timeline::{Entry, EntryKind};
use crate::web::component::{self, FoundView, KnownView, ReleaseView, VersionView};
use crate::web::exposure::{LikelihoodView, ListingView, OwnerView, SeverityView, Tally};
use crate::web::form::Typed;
use crate::web::product::{self, Facing, Holders, ReleaseRow};
use crate::web::release::sbom::{DocumentView, SbomView, Told};
use crate::web::release::{self, exposed};
use crate::web::vulnerability::affected::{self, AffectedView, DecidedView};
use crate::web::vulnerability::list::{self, Shown};
use crate::web::vulnerability::source::SourceView;
use crate::web::vulnerability::why::{ReasonView, WhyView};
use crate::web::vulnerability::{self};

/// A name as long as people make them, without a place to break it.
pub(in crate::web) const LONG: &str = "Qingtai-Unified-Observability-And-Remediation-Platform-For-Distributed-Energy-Storage-Gateways-Enterprise-Edition";
const PACKAGE: &str = "maven/org.apache.logging.log4j:log4j-core";

pub(in crate::web) fn tally() -> Tally {
    Tally { exposed: 100_016, open: 100_000, undecided: 2, awaiting: 1 }
}

fn owner(language: Language) -> Option<OwnerView> {
    Some(OwnerView { party: party(1), name: words(language, "Wen Li", "温莉") })
}

fn severity(tenths: u32) -> Option<SeverityView> {
    SeverityView::of(Some(tenths), Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"))
}

fn listing(ransomware: bool) -> ListingView {
    ListingView {
        by: "CISA".into(),
        since: Some("2021-12-10".into()),
        due: Some("2021-12-24".into()),
        ransomware,
    }
}

fn likelihood() -> Option<LikelihoodView> {
    Some(LikelihoodView { permille: 975, percentile: "0.99998".into() })
}

pub(in crate::web) fn products(language: Language) -> product::ListView {
    let row = |name: &str, owner, facing, holes| product::Row {
        id: "WX-7K3F-9QX2".into(),
        name: name.into(),
        owner,
        department: Some(words(language, "Product security", "产品安全部")),
        facing,
        releases: 100_000,
        holes,
        open: holes * 50_000,
    };
    let gateway = words(language, "Message gateway", "消息网关");
    product::ListView {
        rows: vec![
            row(&gateway, owner(language), Facing::Yes, 0),
            row("<b>Accounts</b>", None, Facing::Unknown, 1),
            row(LONG, owner(language), Facing::No, 2),
        ],
        words: "gate&way".into(),
        next: Some("gateway.WX-1&x".into()),
        holders: Holders { people: people(language), departments: departments(language) },
        may_write: true,
        ..product::ListView::default()
    }
}

fn people(language: Language) -> Vec<(PartyId, String)> {
    vec![(party(1), words(language, "Wen Li", "温莉")), (party(4), "Zhao Ming".into())]
}

fn departments(language: Language) -> Vec<(String, String)> {
    vec![("WD-7K3F-9QX2".into(), words(language, "Product security", "产品安全部"))]
}

fn release_row(version: &str, sboms: u64, owner: Option<OwnerView>) -> ReleaseRow {
    ReleaseRow {
        id: format!("WL-{version}"),
        version: version.into(),
        released_on: Some("2021-11-02".into()),
        supported_until: Some("2026-11-02".into()),
        owner,
        sboms,
        open: sboms * 50_000,
    }
}

pub(in crate::web) fn product(language: Language) -> product::PageView {
    product::PageView {
        id: "WX-7K3F-9QX2".into(),
        name: words(language, "Message gateway", "消息网关"),
        description: words(language, "Carries orders between shops.", "在各商铺之间传递订单。"),
        owner: owner(language),
        department: departments(language).pop(),
        facing: Facing::Yes,
        identifiers: vec!["pkg:generic/qingtai/gateway".into(), LONG.into()],
        open: 100_000,
        releases: 3,
        holes: 2,
        rows: vec![
            release_row("7.2.1", 2, owner(language)),
            release_row("7.2.0", 0, owner(language)),
            release_row("7.1.9", 0, None),
        ],
        next: Some("WL-1.7.1.9".into()),
        holders: Holders { people: people(language), departments: departments(language) },
        may_write: true,
        ..product::PageView::default()
    }
}

pub(in crate::web) fn holes(language: Language) -> product::HolesView {
    let gateway = words(language, "Message gateway", "消息网关");
    product::HolesView {
        rows: vec![
            (gateway, release_row("7.2.0", 0, owner(language))),
            (LONG.into(), release_row("7.1.9", 0, None)),
        ],
        next: Some("WL-7.1.9".into()),
    }
}

pub(in crate::web) fn an_sbom(id: &str) -> SbomView {
    SbomView {
        id: id.into(),
        document: "0123abcd".repeat(8),
        format: "CycloneDX JSON 1.6".into(),
        serial: Some("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79".into()),
        attached_at: at("2021-11-24T02:00Z"),
        attached_by: Some("Wen Li".into()),
        made: Some("2021-11-24T01:00:00Z".into()),
        tools: vec!["cdxgen 11.0.3".into(), "sbom-merge 2".into()],
        components: 41_817,
        unnamed: 2,
        skipped: 10_000,
        problems: 0,
    }
}

pub(in crate::web) fn document(language: Language) -> DocumentView {
    let row = |number: u8| {
        (format!("/components/{number}"), "a component without a name is skipped".to_owned())
    };
    DocumentView {
        release: (
            "WL-7K3F-9QX2".into(),
            words(language, "Message gateway 7.2.1", "消息网关 7.2.1"),
        ),
        sbom: an_sbom("WB-1"),
        skipped: Told { rows: (0..3).map(row).collect(), next: Some("100".into()) },
        problems: Told::default(),
        erased: false,
    }
}

pub(in crate::web) fn release(language: Language) -> release::PageView {
    let row = |name: &str, status, answer, decided: bool| exposed::Row {
        vulnerability: "WV-7K3F-9QX2".into(),
        name: name.into(),
        title: Some(words(language, "Remote code execution in Log4j", "Log4j 远程代码执行")),
        severity: severity(100),
        is_listed: decided,
        answer,
        status,
        since: at("2021-12-10T00:40Z"),
        decided_at: decided.then(|| at("2021-12-11T00:40Z")),
        awaits_second: decided,
        lapsed: !decided,
    };
    release::PageView {
        id: "WL-7K3F-9QX2".into(),
        product: ("WX-7K3F-9QX2".into(), words(language, "Message gateway", "消息网关")),
        version: "7.2.1".into(),
        released_on: Some(date(2021, 11, 2)),
        supported_until: Some(date(2021, 11, 20)),
        countries: vec!["CN".into(), "DE".into()],
        product_owner: owner(language),
        sboms: vec![an_sbom("WB-1"), SbomView { skipped: 0, problems: 1, ..an_sbom("WB-2") }],
        older: vec![an_sbom("WB-0")],
        open: 100_000,
        exposed: exposed::ExposedView {
            state: ExposureState::Open,
            rows: vec![
                row("CVE-2021-44228", VexStatus::Affected, Some(SourceAnswer::Affected), true),
                row(
                    "CVE-2021-45046",
                    VexStatus::UnderInvestigation,
                    Some(SourceAnswer::Undecided),
                    false,
                ),
                row("CVE-2021-4104", VexStatus::NotAffected, Some(SourceAnswer::NotAffected), true),
                row("CVE-2021-44832", VexStatus::Fixed, None, false),
            ],
            next: Some("WV-1".into()),
        },
        people: people(language),
        may_write: true,
        ..release::PageView::default()
    }
}

pub(in crate::web) fn component() -> component::PageView {
    let release = |version: &str| ReleaseView {
        id: format!("WL-{version}"),
        product: LONG.into(),
        version: version.into(),
    };
    let version = |version: &str, all, releases: &[&str]| VersionView {
        version: version.into(),
        all,
        releases: releases.iter().map(|it| release(it)).collect(),
    };
    let known = |name: &str, is_listed| KnownView {
        id: "WV-7K3F-9QX2".into(),
        name: name.into(),
        title: Some("Remote code execution".into()),
        severity: severity(100),
        is_listed,
        tally: tally(),
    };
    component::PageView {
        asked: PACKAGE.into(),
        found: vec![FoundView {
            package: PACKAGE.into(),
            only: None,
            versions: vec![
                version("2.14.1", 100_000, &["7.2.1", "7.2.0"]),
                version("2.17.1", 1, &["7.3.0"]),
            ],
            next: Some(50),
            known: vec![known("CVE-2021-44228", true), known("CVE-2021-45105", false)],
            known_more: 99_998,
        }],
        ..component::PageView::default()
    }
}

pub(in crate::web) fn vulnerabilities(language: Language) -> list::ListView {
    let row = |name: &str, tenths, is_listed| list::Row {
        id: "WV-7K3F-9QX2".into(),
        name: name.into(),
        title: Some(words(language, "Remote code execution in Log4j", "Log4j 远程代码执行")),
        severity: severity(tenths),
        is_listed,
        likelihood: likelihood(),
        tally: tally(),
        since: at("2021-12-10T00:40Z"),
    };
    let bare = list::Row {
        title: None,
        severity: SeverityView::of(None, Some("important")),
        likelihood: None,
        tally: Tally::default(),
        ..row("WV-7K3F-9QX2", 0, false)
    };
    list::ListView {
        rows: vec![
            row("CVE-2021-44228", 100, true),
            row("CVE-2021-45046", 70, true),
            row(LONG, 69, false),
            row("CVE-2021-44832", 39, false),
            row("CVE-2021-4104", 0, false),
            bare,
        ],
        shown: Shown::Listed,
        words: "CVE&2021".into(),
        status: Some(VexStatus::Fixed),
        product: Some(("WX-7K3F-9QX2".into(), LONG.into())),
        counts: Some(VulnerabilityCounts {
            open: 5_001,
            undecided: 2,
            awaiting: 1,
            listed: 2,
            closed: 0,
            is_cut: true,
        }),
        unadvised: false,
        next: Some("-110000.WV-1".into()),
    }
}

pub(in crate::web) fn source(source: &str, name: &str, link: &str, ranges: usize) -> SourceView {
    let range = |number| (PACKAGE.to_owned(), format!(">= 2.{number}.0, < 2.15.0"));
    SourceView {
        source: source.into(),
        publisher: Some("The Apache Software Foundation".into()),
        name: name.into(),
        link: Some(link.into()),
        published_at: Some(at("2021-12-10T10:15Z")),
        changed_at: Some(at("2021-12-14T18:01Z")),
        is_withdrawn: ranges == 0,
        known_at: at("2021-12-10T11:00Z"),
        severity: if ranges > 0 { severity(100) } else { None },
        answer: (ranges > 0).then_some(SourceAnswer::Affected),
        ranges: (0..ranges).map(range).collect(),
        more: if ranges > 5 { 100_000 } else { 0 },
        unread: None,
    }
}

fn affected_row(
    language: Language,
    number: u8,
    status: VexStatus,
    answer: Option<SourceAnswer>,
) -> affected::Row {
    affected::Row {
        release: format!("WL-{number}"),
        product: words(language, "Message gateway", "消息网关"),
        version: format!("7.2.{number}"),
        owner: owner(language),
        facing: number == 1,
        answer,
        since: at("2021-12-10T11:00Z"),
        status,
        decided: None,
        lapsed: None,
    }
}

/// A decision that a second person agreed with, or one that waits for it.
fn decided(language: Language, agreed: bool) -> DecidedView {
    DecidedView {
        status: VexStatus::NotAffected,
        justification: Some(Justification::VulnerableCodeNotInExecutePath),
        reason: words(language, "Lookups are switched off at the start.", "启动时已关闭查找功能。"),
        by: words(language, "Wen Li", "温莉"),
        mine: !agreed,
        at: at("2021-12-11T09:00Z"),
        awaits_second: !agreed,
        agreed_by: agreed.then(|| words(language, "Zhao Ming", "赵明")),
    }
}

fn affected(language: Language) -> AffectedView {
    let row = |number, status, answer| affected_row(language, number, status, answer);
    let (said, unsaid) = (Some(SourceAnswer::Affected), Some(SourceAnswer::Undecided));
    AffectedView {
        state: ExposureState::Open,
        rows: vec![
            row(1, VexStatus::Affected, said),
            affected::Row {
                decided: Some(decided(language, true)),
                ..row(2, VexStatus::NotAffected, said)
            },
            affected::Row {
                decided: Some(decided(language, false)),
                ..row(3, VexStatus::UnderInvestigation, unsaid)
            },
            affected::Row {
                lapsed: Some(LapsedBy::Grounds),
                ..row(4, VexStatus::UnderInvestigation, Some(SourceAnswer::NotAffected))
            },
            affected::Row {
                owner: None,
                lapsed: Some(LapsedBy::Exploitation),
                ..row(5, VexStatus::Fixed, None)
            },
        ],
        next: Some("WL-5".into()),
    }
}

pub(in crate::web) fn why(language: Language) -> WhyView {
    let reason = |source: &str, answer, basis| ReasonView {
        source: source.into(),
        document: "GHSA-jfh8-c2jp-5v3q".into(),
        answer,
        range: ">= 2.0-beta9, < 2.15.0".into(),
        basis,
        component: format!("{PACKAGE} 2.14.1"),
        path: vec![
            words(language, "Message gateway 7.2.1", "消息网关 7.2.1"),
            "audit-store 3.1".into(),
            format!("{PACKAGE} 2.14.1"),
        ],
    };
    let pathless =
        ReasonView { path: Vec::new(), ..reason("redhat", Exposed::Undecided, Basis::Ancestor) };
    let said = Some(SourceAnswer::Affected);
    let mut awaiting = decided(language, false);
    awaiting.mine = false;
    WhyView {
        version: 7,
        vulnerability: ("WV-7K3F-9QX2".into(), "CVE-2021-44228".into()),
        row: affected::Row {
            decided: Some(awaiting),
            ..affected_row(language, 1, VexStatus::UnderInvestigation, said)
        },
        reasons: vec![
            reason("osv", Exposed::Affected, Basis::Package),
            reason("nvd", Exposed::NotAffected, Basis::Cpe),
            pathless,
        ],
        more: 2,
        is_listed: true,
        may_write: true,
        typed: Typed::default(),
        problem: None,
    }
}

pub(in crate::web) fn vulnerability(language: Language) -> vulnerability::PageView {
    vulnerability::PageView {
        version: 7,
        id: "WV-7K3F-9QX2".into(),
        names: vec!["CVE-2021-44228".into(), "GHSA-jfh8-c2jp-5v3q".into()],
        title: Some(words(language, "Remote code execution in Log4j", "Log4j 远程代码执行")),
        severity: severity(100),
        listing: Some(listing(true)),
        likelihood: likelihood(),
        published: Some(at("2021-12-10T10:15Z")),
        since: at("2021-12-10T11:00Z"),
        tally: tally(),
        kinds: ExposureKinds {
            affected: 12,
            undecided: 2,
            under_investigation: 99_988,
            closed: 1_014,
        },
        sources: vec![
            source("osv", "GHSA-jfh8-c2jp-5v3q", "https://osv.dev/GHSA-jfh8-c2jp-5v3q", 7),
            SourceView {
                answer: Some(SourceAnswer::NotAffected),
                ..source("cve", "CVE-2021-44228", "javascript:alert(1)", 2)
            },
            source("house", "old", "http://example.com/old", 0),
            SourceView { unread: Some("it is no JSON".into()), ..source("csaf", "broken", "", 0) },
        ],
        more_sources: 3,
        affected: affected(language),
        cases: vec![(
            "WF-7K3F-9QX2".into(),
            words(language, "Log4Shell in our gateway", "网关中的 Log4Shell"),
        )],
        merged: None,
        may_write: true,
        history: vec![Entry {
            at: at("2021-12-11T09:00Z"),
            actor: Some(words(language, "Wen Li", "温莉")),
            words: words(
                language,
                "decided: not affected, for 12 releases",
                "决定：12 个发布版本不受影响",
            ),
            said: Some("<script>alert(1)</script>".into()),
            kind: EntryKind::Act,
        }],
        typed: Typed::default(),
        problem: None,
    }
}

pub(in crate::web) fn advisories() -> advisory::ListView {
    let row = |name: &str, is_withdrawn| advisory::Row {
        id: 7,
        source: "osv".into(),
        name: name.into(),
        title: None,
        format: Some("OSV 1.6".into()),
        publisher: Some("GitHub".into()),
        changed: Some(at("2021-12-14T18:01Z")),
        first_at: at("2021-12-10T11:00Z"),
        known_at: at("2021-12-14T18:05Z"),
        is_withdrawn,
        problem: None,
        apart: None,
    };
    let pointer = "/document/tracking/current_release_date".to_owned();
    let apart = advisory::Row {
        title: Some("Our newest".into()),
        format: None,
        publisher: None,
        changed: None,
        known_at: at("2021-12-10T11:00Z"),
        problem: Some((pointer, "`2021-13-10` is no instant".into())),
        apart: Some("0f".repeat(32)),
        ..row(LONG, false)
    };
    advisory::ListView {
        rows: vec![apart, row("GHSA-jfh8&c2jp-5v3q", false), row("OSV-1", true)],
        apart: 100_000,
        words: "GHSA&".into(),
        next: Some("1.-7.".into()),
        may_give: true,
        ..advisory::ListView::default()
    }
}

pub(in crate::web) fn rules() -> RulesView {
    RulesView {
        rules: Rules {
            listed: true,
            severity_from: Some("9.0".into()),
            exploited_from: Some("10.0".into()),
            facing_only: true,
        },
        may_write: true,
        ..RulesView::default()
    }
}
