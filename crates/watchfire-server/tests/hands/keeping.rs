//! Signs of life, doubt of the clock, the public log, the checkpoint outside.

use jiff::SignedDuration;
use watchfire_core::event::{NodeEvent, Service};
use watchfire_core::log::{Checkpoint, SignerKey};
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::{Keeper, OutsideError, check_outside, seal};
use watchfire_store::{Location, Store, StoreConfig, Viewer};

use crate::house::{House, node_on};

fn keeper(house: &House) -> Keeper {
    Keeper::new(house.node.clone(), Progress::default())
}

#[tokio::test]
async fn the_time_a_node_was_down_is_recorded_at_its_start() {
    let house = House::new().await;
    let started = house.node.now();
    keeper(&house).begin(started).await.expect("begun");
    house.advance("PT10M");
    keeper(&house).keep_once(house.node.now()).await.expect("kept");
    let last = house.node.now();
    house.advance("PT3H");
    keeper(&house).begin(house.node.now()).await.expect("begun");
    let starts: Vec<_> = house
        .node_events()
        .await
        .into_iter()
        .filter_map(|event| match event {
            NodeEvent::Started { down_since, .. } => Some(down_since),
            _ => None,
        })
        .collect();
    assert_eq!(starts, [None, Some(last)]);
}

#[tokio::test]
async fn a_doubt_of_the_clock_is_recorded_once_for_each_episode() {
    let house = House::new().await;
    let keeper = keeper(&house);
    let now = house.node.now();
    assert!(!keeper.doubt_once(now).await.expect("looked"));
    house.node.clock().set_wall(now - SignedDuration::from_hours(1));
    for expected in [true, false, false] {
        let now = house.advance("PT1S");
        assert_eq!(keeper.doubt_once(now).await.expect("looked"), expected);
    }
    house.node.clock().set_wall(house.node.now());
    for _ in 0..2 {
        assert!(!keeper.doubt_once(house.node.now()).await.expect("looked"));
    }
    house.node.clock().set_wall(house.node.now() + SignedDuration::from_hours(1));
    assert!(keeper.doubt_once(house.node.now()).await.expect("looked"));
}

#[tokio::test]
async fn the_public_log_is_a_function_of_time_and_one_node_writes_each_tick() {
    let house = House::new().await;
    let one = keeper(&house);
    one.begin(house.node.now()).await.expect("begun");
    let other =
        Keeper::new(node_on(house.node.store().clone(), house.folder.path()), Progress::default());
    assert_eq!(one.checkpoint_once(house.advance("PT299S")).await.expect("looked"), 0);
    assert_eq!(one.checkpoint_once(house.advance("PT1S")).await.expect("looked"), 1);
    house.opens("something happens", false).await;
    let now = house.advance("PT3H");
    let (mine, theirs) = tokio::join!(one.checkpoint_once(now), other.checkpoint_once(now));
    assert_eq!(mine.expect("written") + theirs.expect("written"), 36);
    let anonymous = Viewer::anonymous();
    let public =
        house.node.store().public_checkpoint(&anonymous).await.expect("read").expect("one");
    assert_eq!(public.head.size, 37);
    let verifier = house.node.signer().verifier().clone();
    let opened = Checkpoint::open(public.note.as_bytes(), &[&verifier], verifier.name());
    assert_eq!(opened.expect("signed").size, 37);
}

#[tokio::test]
async fn a_ticker_that_stands_still_is_noticed() {
    let house = House::new().await;
    let progress = Progress::default();
    let keeper = Keeper::new(house.node.clone(), progress.clone());
    let ticker = watchfire_server::worker::ticker::Ticker::new(house.node.clone(), progress);
    assert!(!keeper.is_ticking(house.node.now()), "it never ticked");
    ticker.tick_once(house.node.now()).await.expect("a tick");
    assert!(keeper.is_ticking(house.advance("PT60S")));
    assert!(!keeper.is_ticking(house.advance("PT1S")));
}

fn key() -> SignerKey {
    SignerKey::from_seed("node.example/log", &[7; 32]).expect("a key")
}

#[tokio::test]
async fn a_database_older_than_the_checkpoint_outside_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, outside) =
        (folder.path().join("watchfire.db"), folder.path().join("checkpoint"));
    let sealed =
        || StoreConfig::new(Location::File(database.clone())).sealed(seal(key(), outside.clone()));
    let verifier = key().verifier().clone();
    let store = Store::open(&sealed()).await.expect("a store");
    check_outside(&store, &verifier, &outside).await.expect("nothing to compare with");
    let node = node_on(store.clone(), folder.path());
    let keeper = Keeper::new(node.clone(), Progress::default());
    keeper.begin(node.now()).await.expect("begun");
    let grant = store.authorize_node(&Viewer::service(Service::Keeper)).await.expect("a right");
    store.copy_to(&grant, &folder.path().join("yesterday.db")).await.expect("a copy");
    keeper.begin(node.now()).await.expect("begun");
    check_outside(&store, &verifier, &outside).await.expect("they agree");
    let yesterday = StoreConfig::new(Location::File(folder.path().join("yesterday.db")));
    let old = Store::open(&yesterday).await.expect("a store");
    let refused = check_outside(&old, &verifier, &outside).await.expect_err("rolled back");
    assert!(matches!(refused, OutsideError::RolledBack { found: 1, expected: 2, .. }), "{refused}");

    // As long again, but not the same.
    let node = node_on(old.clone(), folder.path());
    Keeper::new(node.clone(), Progress::default()).begin(node.now()).await.expect("begun");
    let refused = check_outside(&old, &verifier, &outside).await.expect_err("another history");
    assert!(matches!(refused, OutsideError::Inconsistent { size: 2, .. }), "{refused}");
    let other = SignerKey::from_seed("node.example/log", &[8; 32]).expect("a key");
    let refused = check_outside(&old, other.verifier(), &outside).await.expect_err("another key");
    assert!(matches!(refused, OutsideError::NotOurs { .. }), "{refused}");
}
