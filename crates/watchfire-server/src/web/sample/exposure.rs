//! Samples of exposure: a house of a few products on the days of Log4Shell.

use jiff::civil::date;

use super::{at, party, words};
use crate::exposure::{Basis, Exposed};
use crate::locale::Language;
use crate::web::advisory::{self, ApartRow, Rules, RulesView};
use crate::web::case::timeline::{Entry, EntryKind};
use crate::web::component::{self, FoundView, KnownView, ReleaseView, VersionView};
use crate::web::exposure::{EpssView, KevView, Level, OwnerView, SeverityView, Status, Tally};
use crate::web::form::Typed;
use crate::web::product::{self, Facing, Holders, ReleaseRow};
use crate::web::release::{self, exposed, sbom};
use crate::web::vulnerability::affected::{self, AffectedView, DecidedView, ReasonView};
use crate::web::vulnerability::decision::ProposalView;
use crate::web::vulnerability::list::{self, Counts, Shown};
use crate::web::vulnerability::source::{DisputeView, SourceView};
use crate::web::vulnerability::{self};

/// A name as long as people make them, without a place to break it.
pub(in crate::web) const LONG: &str = "Qingtai-Unified-Observability-And-Remediation-Platform-For-Distributed-Energy-Storage-Gateways-Enterprise-Edition";
const PACKAGE: &str = "maven/org.apache.logging.log4j:log4j-core";

pub(in crate::web) fn tally() -> Tally {
    Tally { under_investigation: 1, affected: 100_000, not_affected: 12, fixed: 3, undecided: 2 }
}

fn owner(language: Language) -> Option<OwnerView> {
    Some(OwnerView { party: party(1), name: words(language, "Wen Li", "温莉") })
}

fn severity(level: Level, score: &str) -> SeverityView {
    SeverityView {
        level: Some(level),
        score: Some(score.into()),
        said: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".into(),
    }
}

fn kev(ransomware: bool) -> KevView {
    KevView { since: date(2021, 12, 10), due: Some(date(2021, 12, 24)), ransomware }
}

fn epss() -> EpssView {
    EpssView { percent: "97.5".into(), percentile: "99.9".into() }
}

pub(in crate::web) fn products(language: Language) -> product::ListView {
    let row = |name: &str, owner, facing, holes, retired| product::Row {
        id: "WX-7K3F-9QX2".into(),
        name: name.into(),
        owner,
        department: Some(words(language, "Product security", "产品安全部")),
        facing,
        releases: 100_000,
        holes,
        tally: if holes == 0 { Tally::default() } else { tally() },
        retired,
    };
    let gateway = words(language, "Message gateway", "消息网关");
    product::ListView {
        rows: vec![
            row(&gateway, owner(language), Facing::Yes, 0, false),
            row("<b>Accounts</b>", None, Facing::Unknown, 1, false),
            row(LONG, owner(language), Facing::No, 2, true),
        ],
        words: "gate&way".into(),
        next: Some("gateway.WX-1&x".into()),
        holders: Holders { people: people(language), departments: departments(language) },
        may_write: true,
        ..product::ListView::default()
    }
}

fn people(language: Language) -> Vec<(watchfire_core::ids::PartyId, String)> {
    vec![(party(1), words(language, "Wen Li", "温莉")), (party(4), "Zhao Ming".into())]
}

fn departments(language: Language) -> Vec<(String, String)> {
    vec![("WD-7K3F-9QX2".into(), words(language, "Product security", "产品安全部"))]
}

pub(in crate::web) fn product(language: Language) -> product::PageView {
    let row = |version: &str, components, owner| ReleaseRow {
        id: format!("WL-{version}"),
        version: version.into(),
        released_on: Some(date(2021, 11, 2)),
        supported_until: Some(date(2026, 11, 2)),
        owner,
        components,
        tally: components.map(|_| tally()).unwrap_or_default(),
        retired: false,
    };
    product::PageView {
        id: "WX-7K3F-9QX2".into(),
        name: words(language, "Message gateway", "消息网关"),
        description: words(language, "Carries orders between shops.", "在各商铺之间传递订单。"),
        owner: owner(language),
        department: departments(language).pop(),
        facing: Facing::Yes,
        tally: tally(),
        releases: 3,
        holes: 2,
        rows: vec![
            row("7.2.1", Some(41_817), owner(language)),
            row("7.2.0", None, owner(language)),
            row("7.1.9", None, None),
        ],
        next: Some("7.1.9".into()),
        holders: Holders { people: people(language), departments: departments(language) },
        may_write: true,
        ..product::PageView::default()
    }
}

fn told(all: u64) -> sbom::Told {
    let row = |number| {
        let why = "a component without a name is skipped".to_owned();
        (format!("/components/{number}"), why)
    };
    sbom::Told {
        all,
        rows: (0..all.min(3)).map(row).collect(),
        next: (all > 3).then(|| "3".into()),
        is_open: all > 3,
    }
}

fn an_sbom(digest: &str) -> sbom::SbomView {
    sbom::SbomView {
        digest: digest.repeat(8),
        format: "CycloneDX 1.6 JSON".into(),
        file: Some("gateway-7.2.1.cdx.json.xz".into()),
        made_at: Some(at("2021-11-24T01:00Z")),
        tools: vec!["cdxgen 11.0.3".into(), "sbom-merge 2".into()],
        attached_at: at("2021-11-24T02:00Z"),
        attached_by: Some("Wen Li".into()),
        components: 41_817,
        unnamed: 2,
        skipped: told(10_000),
        problems: told(1),
    }
}

pub(in crate::web) fn release(language: Language) -> release::PageView {
    let row = |name: &str, status, answer, decided: bool| exposed::Row {
        vulnerability: "WV-7K3F-9QX2".into(),
        name: name.into(),
        title: Some(words(language, "Remote code execution in Log4j", "Log4j 远程代码执行")),
        severity: Some(severity(Level::Critical, "10.0")),
        kev: decided.then(|| kev(false)),
        component: format!("{PACKAGE} 2.14.1"),
        answer,
        status,
        since: at("2021-12-10T00:40Z"),
        decided_by: decided.then(|| words(language, "Wen Li", "温莉")),
    };
    release::PageView {
        id: "WL-7K3F-9QX2".into(),
        product: ("WX-7K3F-9QX2".into(), words(language, "Message gateway", "消息网关")),
        version: "7.2.1".into(),
        released_on: Some(date(2021, 11, 2)),
        supported_until: Some(date(2021, 11, 20)),
        countries: vec!["CN".into(), "DE".into()],
        product_owner: owner(language),
        sbom: Some(an_sbom("0123abcd")),
        older: vec![an_sbom("4567ef01"), an_sbom("89ab2345")],
        tally: tally(),
        exposed: exposed::ExposedView {
            only: Some(Status::Affected),
            rows: vec![
                row("CVE-2021-44228", Status::Affected, Exposed::Affected, true),
                row("CVE-2021-45046", Status::UnderInvestigation, Exposed::Undecided, false),
                row("CVE-2021-4104", Status::NotAffected, Exposed::NotAffected, true),
                row("CVE-2021-44832", Status::Fixed, Exposed::Affected, false),
            ],
            next: Some("3.WV-1".into()),
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
    let known = |id: Option<&str>, name: &str, kev| KnownView {
        id: id.map(str::to_owned),
        name: name.into(),
        title: Some("Remote code execution".into()),
        severity: Some(severity(Level::Critical, "10.0")),
        kev,
        tally: if id.is_some() { tally() } else { Tally::default() },
    };
    component::PageView {
        asked: PACKAGE.into(),
        found: Some(FoundView {
            package: PACKAGE.into(),
            only: None,
            releases: 100_000,
            versions: vec![
                version("2.14.1", 100_000, &["7.2.1", "7.2.0"]),
                version("2.17.1", 1, &["7.3.0"]),
            ],
            next: Some("2.17.1".into()),
            known: vec![
                known(Some("WV-7K3F-9QX2"), "CVE-2021-44228", Some(kev(true))),
                known(None, "CVE-2021-45105", None),
            ],
            known_all: 100_000,
            known_next: Some("2".into()),
        }),
        ..component::PageView::default()
    }
}

pub(in crate::web) fn vulnerabilities(language: Language) -> list::ListView {
    let row = |name: &str, level, kev: Option<KevView>| list::Row {
        id: "WV-7K3F-9QX2".into(),
        names: vec![name.into(), "GHSA-jfh8-c2jp-5v3q".into()],
        title: Some(words(language, "Remote code execution in Log4j", "Log4j 远程代码执行")),
        severity: Some(severity(level, "9.0")),
        epss: Some(epss()),
        tally: tally(),
        since: at("2021-12-10T00:40Z"),
        case: kev.is_some().then(|| "WF-7K3F-9QX2".into()),
        kev,
    };
    let bare = list::Row {
        names: Vec::new(),
        title: None,
        severity: None,
        epss: None,
        ..row("", Level::None, None)
    };
    list::ListView {
        rows: vec![
            row("CVE-2021-44228", Level::Critical, Some(kev(true))),
            row("CVE-2021-45046", Level::High, Some(kev(false))),
            row(LONG, Level::Medium, None),
            row("CVE-2021-44832", Level::Low, None),
            row("CVE-2021-4104", Level::None, None),
            bare,
        ],
        shown: Shown::Kev,
        words: "CVE&2021".into(),
        counts: Counts { open: 100_000, undecided: 1, kev: 2, decided: 0, advisories: 400_000 },
        next: Some("1.WV-1".into()),
    }
}

fn source(source: &str, name: &str, link: &str, ranges: usize) -> SourceView {
    let range = |number| (PACKAGE.to_owned(), format!(">= 2.{number}.0, < 2.15.0"));
    SourceView {
        source: source.into(),
        publisher: Some("The Apache Software Foundation".into()),
        name: name.into(),
        link: Some(link.into()),
        published_at: Some(at("2021-12-10T10:15Z")),
        changed_at: Some(at("2021-12-14T18:01Z")),
        withdrawn_at: (ranges == 0).then(|| at("2021-12-20T00:00Z")),
        known_at: at("2021-12-10T11:00Z"),
        severity: (ranges > 0).then(|| severity(Level::Critical, "10.0")),
        ranges: (0..ranges).map(range).collect(),
        more: if ranges > 5 { 100_000 } else { 0 },
    }
}

fn affected(language: Language) -> AffectedView {
    let reason = |source: &str, answer, basis| ReasonView {
        source: source.into(),
        answer,
        range: ">= 2.0-beta9, < 2.15.0".into(),
        basis,
        path: vec![
            words(language, "Message gateway 7.2.1", "消息网关 7.2.1"),
            "audit-store 3.1".into(),
            format!("{PACKAGE} 2.14.1"),
        ],
    };
    let row = |number: u8, status, answer| affected::Row {
        release: format!("WL-{number}"),
        product: words(language, "Message gateway", "消息网关"),
        version: format!("7.2.{number}"),
        owner: owner(language),
        facing: number == 1,
        answer,
        reasons: vec![
            reason("osv", answer, Basis::Package),
            reason("nvd", Exposed::NotAffected, Basis::Cpe),
            reason("redhat", Exposed::Undecided, Basis::Ancestor),
        ],
        since: at("2021-12-10T11:00Z"),
        status,
        justification: None,
        decided: None,
        lapsed: None,
    };
    let decided = |agreed: bool| DecidedView {
        by: words(language, "Wen Li", "温莉"),
        at: at("2021-12-11T09:00Z"),
        reason: words(language, "The class was taken out of the archive.", "已从归档中移除该类。"),
        agreed_by: agreed.then(|| words(language, "Zhao Ming", "赵明")),
    };
    AffectedView {
        filter: affected::Filter { status: None, answer: None, words: "gate\"way".into() },
        rows: vec![
            row(1, Status::Affected, Exposed::Affected),
            affected::Row {
                justification: Some("vulnerable_code_not_present".into()),
                decided: Some(decided(true)),
                ..row(2, Status::NotAffected, Exposed::Affected)
            },
            affected::Row {
                decided: Some(decided(false)),
                lapsed: Some(words(
                    language,
                    "the range of osv has changed",
                    "osv 的版本范围已变更",
                )),
                ..row(3, Status::UnderInvestigation, Exposed::Undecided)
            },
            affected::Row { owner: None, ..row(4, Status::Fixed, Exposed::NotAffected) },
        ],
        all: 100_000,
        next: Some("WL-4".into()),
    }
}

fn proposal(language: Language, id: &str, mine: bool) -> ProposalView {
    ProposalView {
        id: id.into(),
        by: words(language, "Wen Li", "温莉"),
        mine,
        at: at("2021-12-11T09:00Z"),
        status: Status::NotAffected,
        justification: Some("vulnerable_code_not_in_execute_path".into()),
        reason: words(language, "Lookups are switched off at the start.", "启动时已关闭查找功能。"),
        releases: 100_000,
    }
}

pub(in crate::web) fn vulnerability(language: Language) -> vulnerability::PageView {
    vulnerability::PageView {
        id: "WV-7K3F-9QX2".into(),
        names: vec!["CVE-2021-44228".into(), "GHSA-jfh8-c2jp-5v3q".into()],
        title: Some(words(language, "Remote code execution in Log4j", "Log4j 远程代码执行")),
        severity: Some(severity(Level::Critical, "10.0")),
        kev: Some(kev(true)),
        epss: Some(epss()),
        since: at("2021-12-10T11:00Z"),
        tally: tally(),
        products: 2,
        facing: 1,
        sources: vec![
            source("osv", "GHSA-jfh8-c2jp-5v3q", "https://osv.dev/GHSA-jfh8-c2jp-5v3q", 7),
            source("cve", "CVE-2021-44228", "javascript:alert(1)", 2),
            source("house", "old", "http://example.com/old", 0),
        ],
        disputes: vec![DisputeView {
            component: format!("{PACKAGE} 2.15.0"),
            sides: vec![("osv".into(), Exposed::Affected), ("cve".into(), Exposed::NotAffected)],
            counts: Exposed::Affected,
        }],
        disputes_all: 3,
        affected: affected(language),
        proposals: vec![proposal(language, "1", false), proposal(language, "2", true)],
        case: None,
        may_open: true,
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
    let row = |name: &str, vulnerability: Option<&str>, is_withdrawn| advisory::Row {
        source: "osv".into(),
        name: name.into(),
        format: "OSV 1.6".into(),
        publisher: vulnerability.map(|_| "GitHub".into()),
        known_at: at("2021-12-10T11:00Z"),
        changed_at: vulnerability.map(|_| at("2021-12-14T18:01Z")),
        is_withdrawn,
        vulnerability: vulnerability.map(str::to_owned),
    };
    advisory::ListView {
        apart: vec![ApartRow {
            source: "csaf-example".into(),
            name: LONG.into(),
            known_at: at("2021-12-10T11:00Z"),
            pointer: "/document/tracking/current_release_date".into(),
            reason: "`2021-13-10` is no instant".into(),
        }],
        apart_all: 100_000,
        apart_next: Some("1".into()),
        rows: vec![
            row("GHSA-jfh8-c2jp-5v3q", Some("WV-7K3F-9QX2"), false),
            row("OSV-1", None, true),
        ],
        all: 400_000,
        words: "GHSA&".into(),
        next: Some("2".into()),
        may_give: true,
        ..advisory::ListView::default()
    }
}

pub(in crate::web) fn rules() -> RulesView {
    RulesView {
        rules: Rules {
            kev: true,
            severity_from: Some(Level::High),
            exploited_from: Some("10".into()),
            facing_only: true,
        },
        changed: Some(("Wen Li".into(), at("2021-12-01T00:00Z"))),
        may_write: true,
        ..RulesView::default()
    }
}
