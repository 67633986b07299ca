//! The lease of a reading that takes long.

use jiff::SignedDuration;
use watchfire_core::law::Lawbook;
use watchfire_core::log::SignerKey;
use watchfire_store::{Location, Store, StoreConfig};

use super::*;
use crate::clock::Clock;
use crate::settings::{Settings, WatchKind, WatchSettings, WatchSourceSettings};
use crate::state::Parts;

const TIMEOUT_SECONDS: u32 = 100;
const LEASE_SECONDS: i64 = TIMEOUT_SECONDS as i64 + LEASE_MORE_SECONDS;

async fn node(folder: &std::path::Path) -> Node {
    let location = Location::File(folder.join("watchfire.db"));
    let store = Store::open(&StoreConfig::new(location)).await.expect("a store");
    let source = WatchSourceSettings {
        name: "files".to_owned(),
        kind: WatchKind::Folder,
        at: folder.display().to_string(),
        ecosystems: Vec::new(),
        every_seconds: 3_600,
        timeout_seconds: TIMEOUT_SECONDS,
        silent_after_periods: 1,
    };
    let watch = WatchSettings { sources: vec![source], ..WatchSettings::default() };
    Node::new(Parts {
        settings: Settings { data: folder.to_owned(), watch, ..Settings::default() },
        clock: Clock::standing_at("2021-11-24T08:00:00Z".parse().expect("an instant")),
        store,
        law: Arc::new(Lawbook::builtin().clone()),
        signer: SignerKey::from_seed("node.example/log", &[7; 32]).expect("a key"),
    })
}

#[tokio::test]
async fn a_lease_is_taken_anew_at_half_of_it_and_is_lost_to_whoever_came_between() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = node(folder.path()).await;
    let watch = Watch::from_settings(&node).expect("fine settings");
    let now = node.now();
    watch.begin(now).await.expect("begun");
    let watched = &watch.sources[0];
    let claim =
        async |now| watched.paced().claim(&node, now, LEASE_SECONDS).await.expect("an answer");
    let claimed = claim(now).await.expect("due");
    let mut reading =
        Reading { node: &node, watched, claimed, since: now, failure: None, is_lost: false };
    reading.claimed.row.state = Some("far".to_owned());
    let half = SignedDuration::from_secs(LEASE_SECONDS / 2);
    node.clock().advance(half - SignedDuration::from_micros(1));
    assert!(reading.hold().await.expect("an answer"));
    assert_eq!(reading.since, now, "it is young");
    node.clock().advance(SignedDuration::from_micros(1));
    assert!(reading.hold().await.expect("an answer"));
    assert_eq!((reading.since, reading.claimed.row.state.as_deref()), (now + half, Some("far")));
    assert!(claim(later(now, LEASE_SECONDS)).await.is_none(), "the first lease would be over");

    node.clock().advance(SignedDuration::from_secs(LEASE_SECONDS));
    let other = claim(node.now()).await.expect("the lease has ended");
    assert_eq!(other.row.state.as_deref(), Some("far"));
    assert!(!reading.hold().await.expect("an answer"));
    assert!(reading.is_lost);
}

#[tokio::test]
async fn what_is_not_taken_is_a_problem_and_nothing_is_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = node(folder.path()).await;
    let watch = Watch::from_settings(&node).expect("fine settings");
    let now = node.now();
    watch.begin(now).await.expect("begun");
    let watched = &watch.sources[0];
    let claimed = watched.paced().claim(&node, now, LEASE_SECONDS).await.expect("an answer");
    let claimed = claimed.expect("due");
    let failure = Some(Failure {
        code: "watch_not_taken".to_owned(),
        words: "the database is full".to_owned(),
        retry_after: None,
    });
    let reading = Reading { node: &node, watched, claimed, since: now, failure, is_lost: false };
    reading.settle(Err(Trouble::Stopped)).await.expect("written");
    let keeper = Viewer::service(Service::Keeper);
    let [row] =
        node.store().feeds(&keeper, WATCH_ROOM).await.expect("rows").try_into().expect("one");
    assert_eq!((row.succeeded_at, row.failures), (None, 1));
    assert_eq!(row.problem.expect("a problem").1, "the database is full");
    assert_eq!(watched.due(), row.next_try_at);
}
