//! Samples of changes of law and of departments.

use watchfire_core::amendment::Stage;
use watchfire_core::ids::PartyId;

use crate::settings::WatchKind;
use crate::web::feed::{FeedView, FeedsView};
use crate::web::form::Typed;
use crate::web::law::changes::{AcknowledgedView, ChangeView, ChangesView};
use crate::web::sample::at;
use crate::web::{amendment, department, reading};

pub(super) fn changes_of_a_law() -> ChangesView {
    let (law, next) = ("cn-rmsv".to_owned(), Some("7.WA-7K3F-9QX2".to_owned()));
    ChangesView { law, rows: rows_of_a_law(), next }
}

fn rows_of_a_law() -> Vec<ChangeView> {
    let owed = |gap: bool, given: bool| AcknowledgedView {
        department: format!("WD-{gap}-{given}"),
        name: "Product security".into(),
        owner: gap.then(|| "Eva Employee".into()),
        due_at: at("2021-11-25T00:00Z"),
        gap,
        given: given.then(|| ("Eva Employee".into(), at("2021-11-24T00:00Z"))),
    };
    let change = |stage, acknowledgements| ChangeView {
        id: "WA-7K3F-9QX2".into(),
        title: "RMSV: 24 hours instead of 48".into(),
        stage,
        effective_at: at("2022-01-01T00:00Z"),
        acknowledgements,
    };
    let owing = vec![owed(true, false), owed(false, false), owed(false, true)];
    vec![change(Stage::Applied, owing), change(Stage::Proposed, Vec::new())]
}

pub(super) fn amendments() -> amendment::ListView {
    let row = |stage, gaps| amendment::Row {
        id: "WA-7K3F-9QX2".into(),
        title: "RMSV: 24 hours instead of 48".into(),
        stage,
        effective_at: at("2022-01-01T00:00Z"),
        gaps,
    };
    let owed = |gap, mine| amendment::OwedRow {
        amendment: "WA-7K3F-9QX2".into(),
        title: "RMSV: 24 hours instead of 48".into(),
        department: "Product security".into(),
        due_at: at("2021-12-01T00:00Z"),
        gap,
        mine,
    };
    amendment::ListView {
        owed: vec![owed(true, false), owed(false, true)],
        feeds: feeds(),
        rows: Stage::ALL.into_iter().map(|stage| row(stage, 1)).collect(),
        next: Some("1.WA-1".into()),
    }
}

/// One feed of each standing.
fn feeds() -> Vec<FeedView> {
    let heard = FeedView {
        name: "law-example".into(),
        kind: None,
        origin: Some("https://law.example".into()),
        tried_at: Some(at("2021-11-25T06:00Z")),
        succeeded_at: Some(at("2021-11-25T06:00Z")),
        news_at: Some(at("2021-11-24T00:00Z")),
        next_try_at: Some(at("2021-11-25T12:00Z")),
        problem: None,
        silent: false,
        etag: Some("\"7\"".into()),
    };
    let failing = |name: &str, code: &str, silent| FeedView {
        name: name.into(),
        problem: Some((code.to_owned(), "it answers 404".to_owned())),
        silent,
        ..heard.clone()
    };
    let new = FeedView {
        name: "new".into(),
        tried_at: None,
        succeeded_at: None,
        news_at: None,
        next_try_at: None,
        etag: None,
        ..heard.clone()
    };
    let mut all = vec![new, failing("gone", "feed_status", true)];
    let codes = [
        "feed_address_denied",
        "feed_cut_off",
        "feed_redirected",
        "feed_stalled",
        "feed_tls_failed",
        "feed_too_large",
        "feed_unreachable",
        "bundle_key_unknown",
        "something_new",
    ];
    all.extend(codes.map(|code| failing(code, code, false)));
    all.push(heard);
    all
}

/// Feeds of law, and a source of each kind and of each problem.
pub(super) fn all_feeds() -> FeedsView {
    let law = feeds();
    let heard = law.last().expect("one that was heard").clone();
    let kinds =
        [WatchKind::Folder, WatchKind::Zip, WatchKind::Osv, WatchKind::Csaf, WatchKind::Document];
    let of = |kind: WatchKind| FeedView {
        name: kind.name().into(),
        kind: Some(kind),
        origin: Some("https://mirror.example".into()).filter(|_| kind != WatchKind::Folder),
        ..heard.clone()
    };
    let codes = [
        "feed_no_room",
        "watch_empty",
        "watch_malformed",
        "watch_not_taken",
        "watch_too_much",
        "watch_unreadable",
        "watch_went_back",
    ];
    let failing = |code: &str| FeedView {
        name: code.into(),
        problem: Some((code.to_owned(), "it answers 404".to_owned())),
        ..of(WatchKind::Osv)
    };
    FeedsView { law, watched: kinds.map(of).into_iter().chain(codes.map(failing)).collect() }
}

pub(super) fn readings() -> reading::ReadingsView {
    reading::ReadingsView {
        rows: vec![reading::ReadingView {
            provision: "cn-rmsv/7.2".into(),
            from: "2021-12-01".into(),
            within: "24h".into(),
            counts: "elapsed".into(),
            says: "One day, whatever is in it.".into(),
            by: "Wen".into(),
            on: "2021-11-25".into(),
            why: "The ministry said so.".into(),
        }],
        provision: "cn-rmsv/7.2".into(),
        counted: Some("24h elapsed".into()),
        today: "2021-11-25".into(),
        keeps: true,
        ..reading::ReadingsView::default()
    }
}

pub(super) fn an_amendment(stage: Stage) -> amendment::AmendmentView {
    let is_read = stage != Stage::Proposed;
    let owed = |name: &str, mine, gap, given| amendment::AcknowledgementView {
        department: format!("WD-{name}"),
        name: name.into(),
        owner: Some("Eva Employee".into()),
        mine,
        due_at: at("2021-12-01T00:00Z"),
        gap,
        given,
    };
    let given =
        Some(("Wen".to_owned(), at("2021-11-30T00:00Z"), "The runbook says 24 hours.".into()));
    let all = vec![
        owed("Legal", false, true, None),
        owed("Product", true, false, None),
        owed("Cloud", false, false, given),
    ];
    amendment::AmendmentView {
        id: "WA-7K3F-9QX2".into(),
        title: "RMSV: 24 hours instead of 48".into(),
        why: "The ministry shortened the period.".into(),
        stage,
        source: "law.example 7".into(),
        is_built_in: stage == Stage::Interpreted,
        proposed_by: Some("Wen".into()),
        proposed_at: at("2021-11-24T00:00Z"),
        effective_at: at("2022-01-01T00:00Z"),
        changes: vec![vec!["Article 7: a new version".into(), "strict: 24 h".into()]],
        untold: (stage == Stage::Interpreted).then(|| "it does not load".into()),
        interpretation: is_read.then(|| amendment::InterpretationView {
            by: "Wen".into(),
            mine: false,
            at: at("2021-11-25T00:00Z"),
            en: "Report within 24 hours.".into(),
            zh: "须在二十四小时内报送。".into(),
            departments: vec!["Legal".into(), "Product".into()],
        }),
        returned: Some("Name the form.".into()),
        agreed_by: (stage == Stage::Applied).then(|| "Ada".into()),
        acknowledgements: if stage == Stage::Applied { all } else { Vec::new() },
        applied_at: (stage == Stage::Applied).then(|| at("2022-01-01T00:00Z")),
        unread: 1,
        unread_cases: vec![(
            "WF-7K3F-9QX2".into(),
            "日志组件远程代码执行".into(),
            "no pack declares the kind of fact `made-up`".into(),
            at("2021-11-25T08:00:00Z"),
        )],
        obstructed: is_read.then(|| "a pack does not load".into()),
        dropped: None,
        departments: vec![
            ("WD-1".into(), "Legal".into(), true),
            ("WD-2".into(), "IT".into(), false),
        ],
        keeps: true,
        is_proposer: true,
        typed: Typed::default(),
        problem: None,
    }
}

pub(super) fn an_impact() -> amendment::ImpactView {
    let shift = |kind, before, after| amendment::ShiftView {
        provision: "cn-rmsv/7.2".into(),
        kind,
        before,
        after,
    };
    let due = Some(at("2021-11-26T00:00Z"));
    let group = amendment::GroupView {
        asked: 10,
        shifted: 1,
        gained: 1,
        lost: 1,
        moved: 1,
        earlier: 1,
        later: 0,
        cases: vec![amendment::CaseView {
            id: "WF-0000-0000".into(),
            title: "A <b>bold</b> title".into(),
            shifts: vec![
                shift("amendment-gained", None, due),
                shift("amendment-lost", due, None),
                shift("amendment-moved", due, due),
                shift("amendment-foreseen", None, None),
                shift("amendment-no-longer-foreseen", None, None),
            ],
        }],
    };
    amendment::ImpactView {
        id: "WA-7K3F-9QX2".into(),
        title: "RMSV: 24 hours instead of 48".into(),
        roles: vec!["cn-rmsv/provider".into()],
        other_roles: vec!["cn-rmsv/operator".into()],
        departments: vec!["Product security".into()],
        products: vec!["Northwind Console".into()],
        open: group.clone(),
        closed: group,
    }
}

fn the_department(closed: bool) -> department::DepartmentView {
    department::DepartmentView {
        id: "WD-7K3F-9QX2".into(),
        name: "Product security".into(),
        head: Some(PartyId::from_random([1; 5])),
        head_name: Some("Eva Employee".into()),
        laws: vec!["cn-rmsv".into()],
        products: vec!["Northwind Console".into()],
        closed: closed.then(|| "merged".into()),
        ..department::DepartmentView::default()
    }
}

pub(super) fn departments() -> department::ListView {
    department::ListView {
        rows: vec![the_department(false), the_department(true)],
        people: vec![(PartyId::from_random([1; 5]), "Eva Employee".into())],
        may_write: true,
        ..department::ListView::default()
    }
}

pub(super) fn a_department() -> department::PageView {
    department::PageView {
        department: the_department(false),
        people: vec![(PartyId::from_random([1; 5]), "Eva Employee".into())],
        may_write: true,
        ..department::PageView::default()
    }
}
