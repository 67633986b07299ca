//! What is kept of a vulnerability is what its events left of it.

use std::collections::BTreeMap;

use watchfire_core::event::{
    Called, ClearedBy, Justification, LapsedBy, Listing, SourceAnswer, Stream, Triage, VexStatus,
    VulnerabilityEvent,
};
use watchfire_core::ids::{ReleaseId, VulnerabilityId};
use watchfire_core::vulnerability::Vulnerability;
use watchfire_store::policy::Write;
use watchfire_store::{
    Append, ExposureFilter, PageRequest, Store, StoreConfig, StoreError, Viewer, schema_version,
};

use crate::engine::engines;
use crate::exposure::{exposed, released, to_vulnerability, watch};
use crate::house::House;

fn answered(answer: SourceAnswer, releases: &[&ReleaseId], grounds: &str) -> VulnerabilityEvent {
    let releases = releases.iter().map(|id| ((*id).clone(), grounds.to_owned())).collect();
    VulnerabilityEvent::Answered { answer, releases, documents: Vec::new() }
}

fn not_affected(releases: &[&ReleaseId], by: &Viewer) -> VulnerabilityEvent {
    VulnerabilityEvent::Decided {
        releases: releases.iter().map(|id| (*id).clone()).collect(),
        decision: Triage {
            status: VexStatus::NotAffected,
            justification: Some(Justification::VulnerableCodeNotPresent),
            reason: "compiled without".into(),
        },
        by: by.party().expect("a person").clone(),
    }
}

/// Compares what is kept with the history, folded, and with the sums that lists show.
async fn agrees(house: &House, viewer: &Viewer, id: &VulnerabilityId) -> Vulnerability {
    let kept = house.store.vulnerability(viewer, id).await.expect("kept");
    let history = house.store.vulnerability_history(viewer, id).await.expect("a history");
    let events = history.iter().map(|recorded| &recorded.event);
    assert_eq!(Some(&kept), Vulnerability::from_events(id, events).as_ref());
    let row = house.store.vulnerability_row(viewer, id).await.expect("a row");
    let count = |counts: &dyn Fn(&watchfire_core::vulnerability::Exposure) -> bool| {
        kept.exposures.values().filter(|exposure| counts(exposure)).count() as u64
    };
    let said = |it: Option<SourceAnswer>| it.is_some_and(|it| it != SourceAnswer::NotAffected);
    assert_eq!(row.exposed, count(&|it| said(it.answer)));
    assert_eq!(row.open, count(&|it| it.is_open()));
    let undecided = Some(SourceAnswer::Undecided);
    assert_eq!(row.undecided, count(&|it| it.is_open() && it.answer == undecided));
    assert_eq!(row.awaiting, count(&|it| it.decided.as_ref().is_some_and(|it| !it.counts())));
    kept
}

/// What can happen to the exposures of two releases, one after the other.
fn life(house: &House, by: &Viewer, [one, two]: [&ReleaseId; 2]) -> Vec<VulnerabilityEvent> {
    let second = house.organization.clone();
    let listing = Listing { by: "CISA".into(), since: None, due: None, ransomware: None };
    vec![
        answered(SourceAnswer::Undecided, &[two], "other"),
        not_affected(&[one], by),
        VulnerabilityEvent::Listed { listing: Some(listing), document: None },
        VulnerabilityEvent::Lapsed { releases: vec![one.clone()], cause: LapsedBy::Exploitation },
        not_affected(&[one, two], by),
        VulnerabilityEvent::Agreed { releases: vec![two.clone()], by: second },
        VulnerabilityEvent::Listed { listing: None, document: None },
        answered(SourceAnswer::Affected, &[two], "other"),
        answered(SourceAnswer::NotAffected, &[one], "newer"),
        VulnerabilityEvent::Called {
            called: Called {
                names: vec!["CVE-2021-44228".into()],
                severity_tenths: Some(90),
                ..Called::default()
            },
        },
        VulnerabilityEvent::Cleared { releases: vec![one.clone()], cause: ClearedBy::Contents },
        VulnerabilityEvent::Cleared { releases: vec![two.clone()], cause: ClearedBy::Retirement },
    ]
}

#[tokio::test]
async fn what_is_kept_of_a_vulnerability_is_what_its_events_left() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[watchfire_core::event::Duty::Responder]).await;
        let (_, one) = released(&house, &eva, "Platform").await;
        let (_, two) = released(&house, &eva, "Gateway").await;
        let id = exposed(&house, &[&one, &two]).await;
        let mut seen = vec![agrees(&house, &watch(), &id).await];
        for event in life(&house, &eva, [&one, &two]) {
            to_vulnerability(&house, &watch(), &id, event).await.expect("recorded");
            seen.push(agrees(&house, &watch(), &id).await);
        }
        assert!(seen.windows(2).all(|two| two[0] != two[1]), "each event left something");
        let part = house.store.vulnerability_of(&watch(), &id, &[&two]).await.expect("a part");
        let last = seen.pop().expect("many");
        assert_eq!(part.exposures.keys().collect::<Vec<_>>(), [&two]);
        assert_eq!(part.exposures[&two], last.exposures[&two]);
        assert_eq!((part.version, &part.called), (last.version, &last.called));
        let history = house.store.vulnerability_history(&watch(), &id).await.expect("a history");
        for limit in [1, 3, 1_000] {
            let newest = house.store.vulnerability_newest(&watch(), &id, limit).await;
            let from = history.len().saturating_sub(limit);
            assert_eq!(newest.expect("a history"), history[from..]);
        }
        let head = house.store.vulnerability_of(&watch(), &id, &[]).await.expect("a head");
        assert_eq!(head, Vulnerability { exposures: BTreeMap::new(), ..last });
        let stranger = house.store.vulnerability_of(&Viewer::anonymous(), &id, &[]).await;
        assert!(matches!(stranger, Err(StoreError::NotFound(_))), "{stranger:?}");
        house.store.close().await;
    }
}

#[tokio::test]
async fn one_that_merges_leaves_nothing_and_its_names_are_free() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[watchfire_core::event::Duty::Responder]).await;
        let (_, release) = released(&house, &eva, "Platform").await;
        let id = exposed(&house, &[&release]).await;
        let into = VulnerabilityId::from_random([7; 5]);
        let merged = VulnerabilityEvent::Merged { into: into.clone() };
        to_vulnerability(&house, &watch(), &id, merged).await.expect("recorded");
        let left = agrees(&house, &watch(), &id).await;
        assert_eq!((left.merged, left.exposures.len()), (Some(into), 0));
        let next = exposed(&house, &[&release]).await;
        assert_ne!(next, id, "another goes by the names");
        house.store.close().await;
    }
}

/// Appends events of vulnerabilities that are known, all of them together.
async fn together(
    house: &House,
    events: &[(&VulnerabilityId, VulnerabilityEvent)],
) -> Result<(), StoreError> {
    let mut append = Append::new(&watch(), house.now);
    for (id, event) in events {
        let grant = house.store.authorize_vulnerability::<Write>(&watch(), id).await?;
        let version = house.store.vulnerability_of(&watch(), id, &[]).await?.version;
        append.expects(Stream::Vulnerability((*id).clone()), version);
        append.vulnerability(&grant, event.clone());
    }
    house.store.append(append).await.map(|_| ())
}

fn called(names: &[&str]) -> VulnerabilityEvent {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    VulnerabilityEvent::Called { called: Called { names, ..Called::default() } }
}

#[tokio::test]
async fn what_happens_together_leaves_what_it_leaves_one_after_the_other() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[watchfire_core::event::Duty::Responder]).await;
        let (_, one) = released(&house, &eva, "Platform").await;
        let (_, two) = released(&house, &eva, "Gateway").await;
        let id = exposed(&house, &[&one]).await;
        let life = life(&house, &eva, [&one, &two]);
        for part in [&life[..5], &life[5..6], &life[6..]] {
            let events: Vec<_> = part.iter().map(|event| (&id, event.clone())).collect();
            together(&house, &events).await.expect("recorded");
            agrees(&house, &watch(), &id).await;
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn names_move_within_an_append_when_they_are_free_and_not_before() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[watchfire_core::event::Duty::Responder]).await;
        let (_, release) = released(&house, &eva, "Platform").await;
        let first = exposed(&house, &[&release]).await;
        together(&house, &[(&first, called(&["CVE-2021-1", "GHSA-1"]))]).await.expect("named");
        let second = exposed(&house, &[&release]).await;
        together(&house, &[(&second, called(&["CVE-2021-2"]))]).await.expect("named");
        let names = async |id: &VulnerabilityId| {
            house.store.vulnerability_names(&watch(), id).await.expect("names")
        };
        let (drops, takes) = (called(&["CVE-2021-1"]), called(&["CVE-2021-2", "GHSA-1"]));
        let early = [(&second, takes.clone()), (&first, drops.clone())];
        let refused = together(&house, &early).await.expect_err("it is another's");
        assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
        assert_eq!(names(&second).await, ["CVE-2021-2"], "nothing of it is stored");
        together(&house, &[(&first, drops), (&second, takes)]).await.expect("it is free");
        assert_eq!(names(&first).await, ["CVE-2021-1"]);
        assert_eq!(names(&second).await, ["CVE-2021-2", "GHSA-1"]);
        let merged = VulnerabilityEvent::Merged { into: first.clone() };
        let all = called(&["CVE-2021-1", "CVE-2021-2", "GHSA-1"]);
        together(&house, &[(&second, merged), (&first, all)]).await.expect("one goes on");
        assert_eq!(names(&second).await, [""; 0]);
        assert_eq!(names(&first).await, ["CVE-2021-1", "CVE-2021-2", "GHSA-1"]);
        for id in [&first, &second] {
            agrees(&house, &watch(), id).await;
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_database_that_kept_less_is_brought_up_to_date() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[watchfire_core::event::Duty::Responder]).await;
        let (_, one) = released(&house, &eva, "Platform").await;
        let (_, two) = released(&house, &eva, "Gateway").await;
        let id = exposed(&house, &[&one, &two]).await;
        for event in life(&house, &eva, [&one, &two]).into_iter().take(6) {
            to_vulnerability(&house, &watch(), &id, event).await.expect("recorded");
        }
        let (page, any) = (PageRequest::default(), ExposureFilter::default());
        let rows = house.store.vulnerabilities(&watch(), &any, &page).await.expect("rows").rows;
        let kept = house.store.vulnerability(&watch(), &id).await.expect("kept");
        house.store.close().await;
        let mut beside = engine.beside().await;
        for table in ["vulnerabilities", "exposures"] {
            beside.run(&format!("ALTER TABLE {table} DROP COLUMN state")).await;
        }
        beside.run("DELETE FROM schema_migrations WHERE number >= 19").await;
        assert_eq!(schema_version(), 19, "later steps are to be taken back here too");
        let store = Store::open(&StoreConfig::new(engine.location.clone())).await.expect("opens");
        assert_eq!(store.vulnerability(&watch(), &id).await.expect("kept"), kept);
        let anew = store.vulnerabilities(&watch(), &any, &page).await.expect("rows").rows;
        assert_eq!(anew, rows);
        store.close().await;
    }
}
