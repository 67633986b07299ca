//! Signs of life, doubt of the clock, the public log.

use jiff::SignedDuration;
use watchfire_core::event::{NodeEvent, Service};
use watchfire_core::log::Checkpoint;
use watchfire_server::command::{Wish, case};
use watchfire_server::settings::{HeartbeatSettings, Settings};
use watchfire_server::worker::Progress;
use watchfire_server::worker::heartbeat::{Beat, Heartbeat};
use watchfire_server::worker::keeper::{ANSWERS_KEPT_DAYS, Keeper};
use watchfire_server::worker::ticker::Ticker;
use watchfire_server::write::Key;
use watchfire_sinks::{Receiver, Reply};
use watchfire_store::policy::Read;
use watchfire_store::{Tree, Viewer};

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
    let ticker = Ticker::new(house.node.clone(), progress);
    assert!(!keeper.is_ticking(house.node.now()), "it never ticked");
    ticker.tick_once(house.node.now()).await.expect("a tick");
    assert!(keeper.is_ticking(house.advance("PT60S")));
    assert!(!keeper.is_ticking(house.advance("PT1S")));
}

#[tokio::test]
async fn a_sign_of_life_goes_out_at_its_pace_and_stops_when_the_ticker_stops() {
    let house = House::new().await;
    let watcher = Receiver::start(Reply::Status(200), None).await;
    let heartbeat = HeartbeatSettings { url: format!("{}/alive", watcher.url), every_seconds: 60 };
    let settings = Settings { heartbeat: Some(heartbeat), ..house.node.settings().clone() };
    let heartbeat = Heartbeat::from_settings(&settings, house.node.now());
    let heartbeat = heartbeat.expect("fine settings").expect("an address");
    let progress = Progress::default();
    let keeper = Keeper::new(house.node.clone(), progress.clone());
    let ticker = Ticker::new(house.node.clone(), progress);
    let beat = async || {
        let now = house.node.now();
        heartbeat.beat_once(keeper.is_ticking(now), now).await
    };
    ticker.tick_once(house.node.now()).await.expect("a tick");
    assert_eq!(beat().await, Beat::NotYet, "a node that just started says nothing");
    house.advance("PT59S");
    assert_eq!(beat().await, Beat::NotYet);
    let mut signs = 0;
    for _ in 0..3 {
        house.advance("PT1S");
        ticker.tick_once(house.node.now()).await.expect("a tick");
        assert_eq!(beat().await, Beat::Taken);
        assert_eq!(beat().await, Beat::NotYet, "and one for each period");
        signs += watcher.took().len();
        house.advance("PT59S");
    }
    assert_eq!(signs, 3);
    house.advance("PT2S");
    assert_eq!(beat().await, Beat::Withheld, "the last tick is 61 seconds ago");
    assert!(watcher.took().is_empty());
    ticker.tick_once(house.advance("PT60S")).await.expect("a tick");
    watcher.answers(Reply::Status(500));
    assert_eq!(beat().await, Beat::NotTaken);
    let [sign] = watcher.took().try_into().expect("one request");
    assert_eq!((sign.method.as_str(), sign.path.as_str()), ("GET", "/alive"));
}

#[tokio::test]
async fn more_than_one_tick_can_cover_goes_into_the_next_ones() {
    let house = House::new().await;
    let keeper = keeper(&house).with_leaves_per_tick_max(2);
    keeper.begin(house.node.now()).await.expect("begun");
    house.opens("something happens", false).await;
    let viewer = Viewer::service(Service::Keeper);
    let store = house.node.store();
    let read = store.authorize_node::<Read>(&viewer).await.expect("a right");
    let log = store.authorize_log(&viewer).await.expect("a right");
    let whole = store.log_head(&log, Tree::Internal).await.expect("a head");
    let ticks = whole.size.div_ceil(2);
    assert!(ticks > 2, "{whole:?}");
    for number in 1..=ticks {
        assert_eq!(keeper.checkpoint_once(house.advance("PT300S")).await.expect("written"), 1);
        let tick = store.latest_tick(&read).await.expect("read").expect("one");
        assert_eq!(tick.internal.size, whole.size.min(2 * number));
        let then = store.log_head_at(&log, Tree::Internal, tick.internal.size).await;
        assert_eq!(tick.internal, then.expect("a head"));
    }
    let last = store.latest_tick(&read).await.expect("read").expect("one");
    assert_eq!(last.internal, whole, "and nothing is left out");
}

#[tokio::test]
async fn an_answer_is_kept_for_its_time_and_forgotten_after_it() {
    let house = House::new().await;
    let keeper = keeper(&house);
    let key = Key { text: "claim-1".to_owned(), digest: [7; 32] };
    let wish = Wish { key: Some(&key), ..house.wish() };
    case::open(wish, "something happens", false, &[]).await.expect("a case");
    let kept = async || {
        let answered = house.node.store().answered_before(wish.viewer, &key.text, &key.digest);
        answered.await.expect("an answer").is_some()
    };
    house.node.clock().advance(SignedDuration::from_hours(24 * ANSWERS_KEPT_DAYS));
    assert_eq!(keeper.forget_once(house.node.now()).await.expect("looked"), 0);
    assert!(kept().await, "for the whole of its time");
    house.advance("PT1S");
    assert_eq!(keeper.forget_once(house.node.now()).await.expect("looked"), 0, "not each second");
    let now = house.advance("PT1H");
    assert!(keeper.forget_once(now).await.expect("looked") > 0);
    assert!(!kept().await);
}
