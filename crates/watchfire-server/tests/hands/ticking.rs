//! Every rung is told once, whoever ticks, and whatever breaks beside it.

use watchfire_core::event::{Body, CaseEvent, NodeEvent, Service, Stream};
use watchfire_core::ids::{CaseId, ObligationId};
use watchfire_server::worker::Progress;
use watchfire_server::worker::ticker::Ticker;
use watchfire_store::policy::{Case as CaseNoun, Write};
use watchfire_store::{Append, Authorized, Location, Store, StoreConfig, Viewer};

use crate::house::{House, node_on};

type CaseGrant = Authorized<CaseNoun, Write>;

/// The rungs of the case that were recorded, with whom each told, in order.
pub(crate) async fn rungs(house: &House, case: &CaseId) -> Vec<(String, String, usize)> {
    let ticker = Viewer::service(Service::Ticker);
    let history = house.node.store().case_history(&ticker, case).await.expect("a history");
    let mut found: Vec<_> = history
        .into_iter()
        .filter_map(|recorded| match recorded.event.body {
            Body::Case(_, CaseEvent::RungReached { obligation, rung, told, .. }) => {
                Some((obligation.to_string(), rung, told.len()))
            }
            _ => None,
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_rung_fires_at_its_instant_and_not_before_and_only_once() {
    let house = House::new().await;
    let case = house.opens("JNDI lookup loads remote classes", false).await;
    let ticker = house.ticker();
    let begun = ticker.tick_once(house.node.now()).await.expect("a tick");
    assert!(begun.rungs > 0, "the owner is told at the beginning");
    let first = rungs(&house, &case).await;
    assert_eq!(ticker.tick_once(house.node.now()).await.expect("a tick").rungs, 0);
    assert_eq!(rungs(&house, &case).await, first);
    let next = ticker.next_due_at().await.expect("an answer").expect("no silence lasts");
    let left = next.duration_since(house.node.now());
    let just_before = left - jiff::SignedDuration::from_micros(1);
    house.node.clock().advance(just_before);
    let before = ticker.tick_once(house.node.now()).await.expect("a tick");
    assert_eq!((before.cases, before.failed), (0, 0), "one microsecond too early");
    house.node.clock().advance(jiff::SignedDuration::from_micros(1));
    assert_eq!(ticker.tick_once(house.node.now()).await.expect("a tick").cases, 1);
}

#[tokio::test]
async fn nobody_answers_so_the_executive_is_told_before_the_deadline() {
    let house = House::new().await;
    house.opens("JNDI lookup loads remote classes", false).await;
    let (ticker, sender) = (house.ticker(), house.sender());
    let mut told = Vec::new();
    for _ in 0..47 {
        ticker.tick_once(house.node.now()).await.expect("a tick");
        sender.send_once(house.node.now()).await.expect("sent");
        told.extend(house.took().into_iter().map(|(who, _)| (who, house.node.now())));
        house.advance("PT1H");
    }
    for who in ["engineer", "supervisor", "executive"] {
        assert!(told.iter().any(|(name, _)| name == who), "{who} was not told in 47 hours");
    }
    assert_eq!(house.waiting().await, 0);
}

#[tokio::test]
async fn two_nodes_on_one_database_fire_each_rung_once() {
    let alone = House::new().await;
    let case = alone.opens("JNDI lookup loads remote classes", false).await;
    alone.advance("PT60H");
    alone.ticker().tick_once(alone.node.now()).await.expect("a tick");
    let expected = rungs(&alone, &case).await.len();

    let house = House::new().await;
    let other = second_node(&house, house.node.store().clone());
    assert_each_once(&house, other, expected).await;
}

#[tokio::test]
async fn two_nodes_on_one_postgresql_fire_each_rung_once() {
    let Ok(url) = std::env::var("WATCHFIRE_TEST_POSTGRES") else {
        eprintln!("SKIPPED: no WATCHFIRE_TEST_POSTGRES");
        return;
    };
    // A database without a schema of its own: the tables go into a fresh one of the default kind.
    let config = StoreConfig::new(Location::Postgres(url));
    let folder = tempfile::tempdir().expect("a folder");
    let house = House::on(Store::open(&config).await.expect("a store"), folder).await;
    let other = second_node(&house, Store::open(&config).await.expect("a store"));
    let case = house.opens("JNDI lookup loads remote classes", false).await;
    house.advance("PT60H");
    let now = house.node.now();
    let ticker = house.ticker();
    let (one, two) = tokio::join!(ticker.tick_once(now), other.tick_once(now));
    let fired = one.expect("a tick").rungs + two.expect("a tick").rungs;
    assert_eq!(fired, rungs(&house, &case).await.len(), "each rung by one node");
    assert!(fired > 0);
}

fn second_node(house: &House, store: Store) -> Ticker {
    Ticker::new(node_on(store, house.folder.path()), Progress::default())
}

async fn assert_each_once(house: &House, other: Ticker, expected: usize) {
    let case = house.opens("JNDI lookup loads remote classes", false).await;
    house.advance("PT60H");
    let now = house.node.now();
    let ticker = house.ticker();
    let (one, two) = tokio::join!(ticker.tick_once(now), other.tick_once(now));
    let fired = one.expect("a tick").rungs + two.expect("a tick").rungs;
    assert_eq!(fired, expected);
    assert_eq!(rungs(house, &case).await.len(), expected);
    let failed = |event: &&NodeEvent| matches!(event, NodeEvent::RowFailed { .. });
    assert_eq!(house.node_events().await.iter().filter(failed).count(), 0);
}

#[tokio::test]
async fn a_node_killed_between_two_appends_leaves_nothing_doubled_and_nothing_undone() {
    let house = House::new().await;
    let cases = [house.opens("first", false).await, house.opens("second", false).await];
    house.advance("PT60H");
    let now = house.node.now();
    let doomed = house.ticker();
    // Dropped at its first wait and at later ones, as by a kill; another ticker goes on.
    for patience in [0_u64, 1, 3, 5, 10, 20] {
        let patience = std::time::Duration::from_millis(patience);
        drop(tokio::time::timeout(patience, doomed.tick_once(now)).await);
    }
    house.ticker().tick_once(now).await.expect("a tick");
    for case in &cases {
        let found = rungs(&house, case).await;
        let mut once = found.clone();
        once.dedup();
        assert_eq!(found, once);
        assert!(!found.is_empty());
    }
    assert_eq!(house.ticker().tick_once(now).await.expect("a tick").cases, 0);
}

#[tokio::test]
async fn every_open_obligation_has_somebody_and_a_next_instant() {
    let house = House::new().await;
    house.opens("JNDI lookup loads remote classes", true).await;
    assert_eq!(house.ticker().check_once(house.node.now()).await.expect("a check"), 0);
}

#[tokio::test]
async fn a_row_that_says_another_instant_than_its_case_is_mended_and_recorded() {
    let house = House::new().await;
    let case = house.opens("JNDI lookup loads remote classes", false).await;
    let ticker = house.ticker();
    ticker.tick_once(house.node.now()).await.expect("a tick");
    let right = ticker.next_due_at().await.expect("an answer");
    let obligation = rungs(&house, &case).await[0].0.parse().expect("an id");
    let (store, now) = (house.node.store(), house.node.now());
    let viewer = Viewer::service(Service::Ticker);
    let of_case = store.authorize_case::<Write>(&viewer, &case).await.expect("a right");
    let of_node = store.authorize_node::<Write>(&viewer).await.expect("a right");
    let mut append = Append::new(&viewer, now);
    let doubted = NodeEvent::ClockDoubted { wall: now, expected: now };
    append.node(&of_node, doubted);
    append.due(&of_case, obligation, Some(now - jiff::SignedDuration::from_secs(1)));
    store.append(append).await.expect("a wrong row");
    let before = rungs(&house, &case).await;
    ticker.tick_once(now).await.expect("a tick");
    assert_eq!(ticker.next_due_at().await.expect("an answer"), right, "it would be due for ever");
    assert_eq!(rungs(&house, &case).await, before, "nobody is told for a wrong row");
    let failed = |event: &&NodeEvent| matches!(event, NodeEvent::RowFailed { .. });
    assert_eq!(house.node_events().await.iter().filter(failed).count(), 1);
}

/// What was recorded of obligations that nobody would be told of.
async fn stalled(house: &House) -> Vec<String> {
    let events = house.node_events().await.into_iter();
    let found = events.filter_map(|event| match event {
        NodeEvent::RowFailed { room, problem, .. } if room == "obligations" => Some(problem),
        _ => None,
    });
    found.collect()
}

/// Whom trouble reached.
async fn troubled(house: &House) -> Vec<String> {
    house.sender().send_once(house.node.now()).await.expect("sent");
    let arrived = house.took().into_iter();
    let trouble = arrived.filter(|(_, body)| body["type"] == "notice.trouble");
    trouble.map(|(who, _)| who).collect()
}

async fn breaks(house: &House, case: &CaseId, hand: impl FnOnce(&mut Append, &CaseGrant)) {
    let ticker = Viewer::service(Service::Ticker);
    let store = house.node.store();
    let version = store.case(&ticker, case).await.expect("a case").version;
    let grant = store.authorize_case::<Write>(&ticker, case).await.expect("a right");
    let mut append =
        Append::new(&ticker, house.node.now()).expect_version(Stream::Case(case.clone()), version);
    hand(&mut append, &grant);
    store.append(append).await.expect("broken by hand");
}

#[tokio::test]
async fn an_obligation_that_nobody_would_be_told_of_is_alarmed_at_once_and_mended() {
    let house = House::new().await;
    let case = house.opens("JNDI lookup loads remote classes", true).await;
    let ticker = house.ticker();
    ticker.tick_once(house.node.now()).await.expect("a tick");
    troubled(&house).await;
    let obligation: ObligationId = rungs(&house, &case).await[0].0.parse().expect("an id");
    let viewer = Viewer::service(Service::Ticker);
    let due_at =
        async || house.node.store().obligation(&viewer, &obligation).await.expect("a row").due_at;
    let right = due_at().await;
    breaks(&house, &case, |append, grant| {
        append.case(grant, CaseEvent::MessagePosted { text: "by hand".to_owned() });
        append.due(grant, obligation.clone(), None);
    })
    .await;
    assert_eq!(due_at().await, None);
    assert_eq!(ticker.check_once(house.node.now()).await.expect("a check"), 1);
    assert_eq!(stalled(&house).await, ["an open obligation has no next instant"]);
    let told = troubled(&house).await;
    assert!(told.contains(&"supervisor".to_owned()) && told.contains(&"executive".to_owned()));
    assert_eq!(due_at().await, right, "it has the instant that its case says");
    assert_eq!(ticker.check_once(house.node.now()).await.expect("a check"), 0);
}

#[tokio::test]
async fn an_obligation_with_neither_owner_nor_gap_is_alarmed_once_a_day_while_it_lasts() {
    let house = House::new().await;
    let case = house.opens("JNDI lookup loads remote classes", false).await;
    let ticker = house.ticker();
    ticker.tick_once(house.node.now()).await.expect("a tick");
    troubled(&house).await;
    let obligation: ObligationId = rungs(&house, &case).await[0].0.parse().expect("an id");
    breaks(&house, &case, |append, grant| {
        append.case(grant, CaseEvent::GapClosed { obligation: obligation.clone() });
    })
    .await;
    for _ in 0..3 {
        assert_eq!(ticker.check_once(house.node.now()).await.expect("a check"), 1);
    }
    assert_eq!(stalled(&house).await, ["an open obligation has neither owner nor gap"]);
    assert!(!troubled(&house).await.is_empty());
    // Another process forgets that it has told; the same day nobody is told twice.
    assert_eq!(house.ticker().check_once(house.node.now()).await.expect("a check"), 1);
    assert!(troubled(&house).await.is_empty());
    house.advance("PT24H");
    assert_eq!(house.ticker().check_once(house.node.now()).await.expect("a check"), 1);
    assert!(!troubled(&house).await.is_empty(), "and it is not forgotten");
}
