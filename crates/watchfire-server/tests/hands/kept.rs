//! The index of what the house has is kept in a file, and a start takes it where it is of its
//! database; where it is not, it is made anew, and the answers are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_exposure::index::Package;
use watchfire_server::exposure::{Followed, KEPT_INDEX};
use watchfire_server::worker::{Outbound, Workers};
use watchfire_store::{Location, Store, StoreConfig};

use crate::exposure::{attach, has, keeper, to_release};
use crate::house::{House, node_on};

/// So many components are worth to be kept.
const COMPONENTS: usize = 5_000;

/// An SBOM of so many components, whose versions begin with a number.
fn document(version: usize, components: usize) -> Vec<u8> {
    let each: Vec<String> = (0..components)
        .map(|at| {
            format!(
                r#"{{"type": "library", "name": "lib{at}", "version": "{version}.{at}.0",
                "purl": "pkg:npm/lib{at}@{version}.{at}.0"}}"#
            )
        })
        .collect();
    let head = r#""bomFormat": "CycloneDX", "specVersion": "1.6""#;
    format!(r#"{{{head}, "components": [{}]}}"#, each.join(",")).into_bytes()
}

fn config(folder: &Path) -> StoreConfig {
    StoreConfig::new(Location::File(folder.join("watchfire.db")))
}

fn file(house: &House) -> PathBuf {
    house.folder.path().join(KEPT_INDEX)
}

type Answers = BTreeMap<String, BTreeMap<String, BTreeSet<ReleaseId>>>;

/// What contains some of the packages, and how that came to be known.
async fn answers(house: &House) -> (Answers, Followed) {
    let held = house.node.holdings().now(house.node.store()).await.expect("it answers");
    let names = (0..30).map(|at| format!("lib{}", at * 200));
    let of = |name: String| {
        let found = held.containing(&Package::new("npm", &name));
        (name, found)
    };
    (names.map(of).collect(), held.followed())
}

/// A house of two releases that has kept its index.
async fn kept() -> (House, Vec<(ReleaseId, SbomId)>) {
    let house = House::new().await;
    let mut all = Vec::new();
    for (at, name) in ["Gateway", "Console"].into_iter().enumerate() {
        all.push(has(&house, name, &document(at, COMPONENTS)).await);
    }
    assert_eq!(answers(&house).await.1, Followed { kept: 0, read: 2 });
    // What was begun beside is waited for.
    house.node.holdings().keep(house.node.store()).await;
    assert!(file(&house).is_file());
    (house, all)
}

async fn restarts(house: &mut House) {
    let config = config(house.folder.path());
    house.restarts(&config).await;
}

#[tokio::test]
async fn a_start_takes_the_kept_index_and_answers_as_one_that_is_made_anew() {
    let (mut house, _) = kept().await;
    has(&house, "Agent", &document(7, 100)).await;
    restarts(&mut house).await;
    let (with_file, followed) = answers(&house).await;
    assert_eq!(followed, Followed { kept: 2, read: 1 }, "what came since is read, and no more");
    std::fs::remove_file(file(&house)).expect("it was there");
    restarts(&mut house).await;
    let (anew, followed) = answers(&house).await;
    assert_eq!(followed, Followed { kept: 0, read: 3 });
    assert_eq!(with_file, anew);
    assert_eq!(anew["lib0"].len(), 3);
}

#[tokio::test]
async fn a_node_that_stops_keeps_what_it_has_read() {
    let mut house = House::new().await;
    let workers = Workers::start(&house.node, Outbound::Quarantined).await.expect("hands");
    let few = has(&house, "Agent", &document(1, 100)).await;
    answers(&house).await;
    house.node.holdings().keep(house.node.store()).await;
    assert!(!file(&house).exists(), "so little is as quickly read");
    has(&house, "Gateway", &document(2, COMPONENTS - 200)).await;
    assert_eq!(answers(&house).await.1, Followed { kept: 0, read: 2 });
    has(&house, "Console", &document(3, 100)).await;
    answers(&house).await;
    workers.stop().await;
    assert!(file(&house).is_file());
    restarts(&mut house).await;
    assert_eq!(answers(&house).await.1, Followed { kept: 3, read: 0 });
    // Nothing came, so that nothing is written either.
    let before = std::fs::metadata(file(&house)).expect("a file").modified().expect("a time");
    house.node.holdings().keep(house.node.store()).await;
    let after = std::fs::metadata(file(&house)).expect("a file").modified().expect("a time");
    assert_eq!(before, after);
    drop(few);
}

#[tokio::test]
async fn what_was_detached_or_replaced_while_the_node_stood_is_in_no_answer() {
    let (mut house, all) = kept().await;
    // As another node does, of which this one did not hear before it stopped.
    let [(first, sbom), (second, _)] = &all[..] else { panic!("two") };
    let known = house.node.store().release(&keeper(), first).await.expect("it is there");
    let event = known.detach(sbom, "not ours").expect("it was attached");
    to_release(&house, first, event, None).await;
    attach(&house, second, &document(9, 300)).await;
    restarts(&mut house).await;
    let (found, followed) = answers(&house).await;
    assert_eq!(followed, Followed { kept: 0, read: 1 });
    let only = BTreeMap::from([("9.200.0".to_owned(), BTreeSet::from([second.clone()]))]);
    assert_eq!(found["lib200"], only);
    assert!(found["lib400"].is_empty());
}

#[tokio::test]
async fn an_index_that_is_broken_or_foreign_is_made_anew_and_nobody_sees_a_difference() {
    let (mut house, _) = kept().await;
    let (wanted, _) = answers(&house).await;
    let sound = std::fs::read(file(&house)).expect("a file");
    let foreign = {
        let (other, _) = kept().await;
        std::fs::read(file(&other)).expect("a file")
    };
    let flipped = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 4;
        bytes
    };
    let bad = [
        ("empty", Vec::new()),
        ("cut", sound[..sound.len() / 2].to_vec()),
        ("cut by one", sound[..sound.len() - 1].to_vec()),
        ("flipped in its head", flipped(20)),
        ("flipped in what it says", flipped(60)),
        ("flipped in the index", flipped(sound.len() - 9)),
        ("foreign", foreign),
    ];
    for (what, bytes) in bad {
        std::fs::write(file(&house), bytes).expect("a file");
        restarts(&mut house).await;
        let (found, followed) = answers(&house).await;
        assert_eq!(followed, Followed { kept: 0, read: 2 }, "{what}");
        assert_eq!(found, wanted, "{what}");
        house.node.holdings().keep(house.node.store()).await;
    }
    restarts(&mut house).await;
    assert_eq!(answers(&house).await.1, Followed { kept: 2, read: 0 }, "it was mended by itself");
}

#[tokio::test]
async fn an_index_of_a_later_state_than_the_database_is_made_anew() {
    let mut house = House::new().await;
    has(&house, "Gateway", &document(0, COMPONENTS)).await;
    let (before, _) = answers(&house).await;
    let database = house.folder.path().join("watchfire.db");
    house.node.store().clone().close().await;
    let backup = std::fs::read(&database).expect("a database");
    let store = Store::open(&config(house.folder.path())).await.expect("a store");
    house.node = node_on(store, house.folder.path());
    has(&house, "Console", &document(1, 2 * COMPONENTS)).await;
    answers(&house).await;
    house.node.holdings().keep(house.node.store()).await;
    house.node.store().clone().close().await;
    std::fs::write(&database, &backup).expect("a database");
    let store = Store::open(&config(house.folder.path())).await.expect("a store");
    house.node = node_on(store, house.folder.path());
    let (found, followed) = answers(&house).await;
    assert_eq!(followed, Followed { kept: 0, read: 1 });
    assert_eq!(found, before);

    // The numbers that are given out anew are of other SBOMs than those that were kept.
    let later = std::fs::read(file(&house)).expect("a file");
    house.node.store().clone().close().await;
    std::fs::write(&database, &backup).expect("a database");
    let store = Store::open(&config(house.folder.path())).await.expect("a store");
    house.node = node_on(store, house.folder.path());
    for at in 0..3 {
        has(&house, &format!("Agent {at}"), &document(5 + at, 50)).await;
    }
    std::fs::write(file(&house), later).expect("a file");
    let (found, followed) = answers(&house).await;
    assert_eq!(followed, Followed { kept: 0, read: 4 });
    assert_eq!(found["lib0"].len(), 4);
}
