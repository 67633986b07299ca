//! Feeds of law over real TLS, on a virtual clock.

use std::time::Duration;

use jiff::SignedDuration;
use watchfire_core::amendment::Stage;
use watchfire_core::event::{LawSource, NodeEvent, Service};
use watchfire_core::law::bundle;
use watchfire_core::law::files::Files;
use watchfire_core::log::SignerKey;
use watchfire_server::command::amendment::{self, Content, Proposal};
use watchfire_server::command::feed::{self as command, ROOM, Standing};
use watchfire_server::settings::{LawFeedSettings, LawSettings, Settings};
use watchfire_server::worker::feeds::Feeds;
use watchfire_sinks::{Authority, Offer, Publisher};
use watchfire_store::policy::Write;
use watchfire_store::{AmendmentRow, PageRequest, Viewer};

use crate::amending::rmsv_24h;
use crate::house::{House, node_with};

const HOUR_SECONDS: u32 = 3_600;

fn signer(name: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, &[seed; 32]).expect("a key")
}

fn issuer() -> SignerKey {
    signer("law.example", 1)
}

/// A bundle of a change that is to be used next spring.
fn sealed(sequence: u64, by: &SignerKey) -> Vec<u8> {
    let at = "2022-03-01T00:00:00Z".parse().expect("an instant");
    let files = rmsv_24h("2022-03-01", "2022-02-28");
    bundle::seal(&files, sequence, at, "RMSV: 24 hours", by).expect("a bundle")
}

fn document(bytes: Vec<u8>) -> Offer {
    Offer::Document { bytes, content_type: "application/octet-stream" }
}

/// A house that follows one feed, and the other side.
struct Story {
    house: House,
    publisher: Publisher,
    feeds: Feeds,
}

/// Where the feed is, and who is believed there.
#[derive(Clone)]
struct Place {
    url: String,
    authority_pem: String,
}

impl Place {
    fn settings(&self, settings: &mut Settings) {
        let file = settings.data.join("authorities.pem");
        std::fs::write(&file, &self.authority_pem).expect("a file");
        settings.trusted_authorities = Some(file);
        let feed = LawFeedSettings {
            name: "law-example".to_owned(),
            url: self.url.clone(),
            trusted_keys: vec![issuer().verifier().to_string()],
            every_seconds: HOUR_SECONDS,
            timeout_seconds: 1,
            silent_after_periods: 3,
        };
        let allowed_networks = vec!["127.0.0.1".parse().expect("a network")];
        settings.law =
            LawSettings { feeds: vec![feed], allowed_networks, ..LawSettings::default() };
        settings.check().expect("fine settings");
    }
}

impl Story {
    async fn new(offer: Offer) -> (Self, Place) {
        let authority = Authority::new();
        let identity = authority.identity(&["127.0.0.1"]);
        let publisher = Publisher::start(offer, Some(identity)).await;
        let url = format!("{}/newest.bundle?a-secret", publisher.url);
        let place = Place { url, authority_pem: authority.pem() };
        let house = House::with(|settings| place.settings(settings)).await;
        let feeds = Feeds::from_settings(&house.node).expect("fine settings");
        feeds.begin(house.node.now()).await.expect("begun");
        (Self { house, publisher, feeds }, place)
    }

    async fn asks(&self) -> usize {
        self.feeds.fetch_once(self.house.node.now()).await.expect("recorded")
    }

    async fn standing(&self) -> Standing {
        let keeper = Viewer::service(Service::Keeper);
        let mut all = command::standings(&self.house.node, &keeper).await.expect("rows");
        all.pop().expect("one feed")
    }

    /// Waits until the feed may be asked, and asks it.
    async fn asks_when_due(&self) -> Standing {
        let next = self.standing().await.row.expect("begun").next_try_at;
        let left = next.duration_since(self.house.node.now());
        self.house.node.clock().advance(left.max(SignedDuration::ZERO));
        assert_eq!(self.asks().await, 1);
        self.standing().await
    }

    async fn amendments(&self) -> Vec<AmendmentRow> {
        let keeper = Viewer::service(Service::Keeper);
        let page = PageRequest::default();
        self.house.node.store().amendments(&keeper, &page).await.expect("a page").rows
    }
}

fn code(standing: &Standing) -> Option<&str> {
    standing.row.as_ref()?.problem.as_ref().map(|(code, _)| code.as_str())
}

#[tokio::test]
async fn what_a_feed_brings_is_proposed_once_and_waits_for_people() {
    let (story, _) = Story::new(document(sealed(1, &issuer()))).await;
    let before = story.house.node.law().digest_hex();
    assert_eq!(story.asks().await, 1);
    assert_eq!(story.asks().await, 0, "not before its time");
    let [row] = story.amendments().await.try_into().expect("one change");
    assert_eq!(
        (row.stage, row.effective_at.to_string().as_str()),
        (Stage::Proposed, "2022-03-01T00:00:00Z")
    );
    let keeper = Viewer::service(Service::Keeper);
    let found = amendment::read(&story.house.node, &keeper, &row.id).await.expect("there");
    assert_eq!(found.proposed_by, None);
    assert!(
        matches!(found.source, LawSource::Bundle { ref issuer, sequence: 1, .. } if issuer == "law.example")
    );
    assert!(!found.why.contains("a-secret"), "{}", found.why);
    assert_eq!(story.house.node.law().digest_hex(), before, "nobody has agreed");

    let standing = story.asks_when_due().await;
    assert_eq!((code(&standing), story.amendments().await.len()), (None, 1));
    let [first, second] = story.publisher.took().try_into().expect("two questions");
    assert_eq!(first.header("if-none-match"), "");
    assert_eq!(
        Some(second.header("if-none-match")),
        standing.row.and_then(|it| it.etag).as_deref()
    );

    story.publisher.offers(document(sealed(2, &issuer())));
    assert_eq!(code(&story.asks_when_due().await), None);
    assert_eq!(story.amendments().await.len(), 2);
    story.publisher.offers(document(sealed(1, &issuer())));
    assert_eq!(code(&story.asks_when_due().await), None);
    assert_eq!(story.amendments().await.len(), 2, "taken before, and no news");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_feed_is_recorded_and_nothing_of_it_is_kept() {
    let good = sealed(5, &issuer());
    let mut tampered = good.clone();
    *tampered.last_mut().expect("bytes") ^= 1;
    let mut resigned = good.clone();
    let at = good.windows(9).position(|it| it == b"\nsequence").expect("a line") + 10;
    resigned[at] = b'6';
    let broken = Files::new([("cn-rmsv/law.toml".to_owned(), "id = ".to_owned())]);
    let at = "2022-03-01T00:00:00Z".parse().expect("an instant");
    let broken = bundle::seal(&broken, 5, at, "broken", &issuer()).expect("a bundle");
    let html = Offer::Document {
        bytes: b"<!doctype html><title>Sign in</title>".to_vec(),
        content_type: "text/html",
    };
    let status = |status, headers| Offer::Status { status, headers };
    let away = vec![("location", "https://127.0.0.1/elsewhere".to_owned())];
    let (story, _) = Story::new(document(good.clone())).await;
    for (offer, expected, words) in [
        (document(sealed(5, &signer("law.example", 2))), "bundle_key_unknown", "trusted"),
        (document(sealed(5, &signer("else.example", 3))), "bundle_key_unknown", "trusted"),
        (document(tampered), "bundle_tampered", "signed"),
        (document(resigned), "bundle_signature_invalid", "law.example"),
        (document(good[..good.len() - 1].to_vec()), "bundle_cut_off", "cut off"),
        (document(broken), "law_invalid", "cn-rmsv"),
        (html, "bundle_malformed", "text/html"),
        (document(Vec::new()), "bundle_malformed", "no bundle"),
        (Offer::Half(good.clone()), "feed_cut_off", "cut off"),
        (Offer::Announced(1 << 30), "feed_too_large", "16777216"),
        (Offer::Silence, "feed_stalled", "1 s"),
        (Offer::Drip, "feed_stalled", "1 s"),
        (status(404, vec![]), "feed_status", "404"),
        (status(500, vec![]), "feed_status", "500"),
        (status(302, away), "feed_redirected", "302"),
    ] {
        story.publisher.offers(offer.clone());
        let standing = story.asks_when_due().await;
        let row = standing.row.expect("begun");
        let (code, told) = row.problem.expect("a problem");
        assert_eq!(code, expected, "{told}");
        assert!(told.contains(words), "{told}");
        assert_eq!((row.etag, row.last_modified, row.succeeded_at), (None, None, None));
        assert!(story.amendments().await.is_empty(), "{expected}");
    }
    story.publisher.offers(document(good));
    let standing = story.asks_when_due().await;
    let failures = standing.row.as_ref().map(|row| row.failures);
    assert_eq!((code(&standing), failures), (None, Some(0)));
    assert_eq!(story.amendments().await.len(), 1);
    // An older one that was never taken would take law back, and another of the same number lies.
    let at = "2022-04-01T00:00:00Z".parse().expect("an instant");
    let files = rmsv_24h("2022-03-01", "2022-02-28");
    let other = bundle::seal(&files, 5, at, "RMSV: 24 hours", &issuer()).expect("a bundle");
    for bytes in [sealed(4, &issuer()), other] {
        story.publisher.offers(document(bytes));
        assert_eq!(code(&story.asks_when_due().await), Some("bundle_replayed"));
        assert_eq!(story.amendments().await.len(), 1);
    }
}

#[tokio::test]
async fn a_feed_that_falls_silent_is_told_to_people_day_by_day_until_it_is_heard() {
    let (story, _) = Story::new(document(sealed(1, &issuer()))).await;
    assert_eq!(story.asks().await, 1);
    let heard_at = story.house.node.now();
    story.publisher.offers(Offer::Status { status: 404, headers: vec![] });
    let sender = story.house.sender();
    let mut told = Vec::new();
    let mut tries = Vec::new();
    while story.house.node.now().duration_since(heard_at) < SignedDuration::from_hours(30) {
        let standing = story.asks_when_due().await;
        let now = story.house.node.now();
        tries.push(now.duration_since(heard_at).as_secs());
        sender.send_once(now).await.expect("sent");
        let hooks = story.house.took().into_iter();
        let trouble = hooks.filter(|(_, hook)| hook["type"] == "notice.trouble");
        told.extend(trouble.map(|(who, hook)| (now, who, hook["data"]["text"].to_string())));
        let is_late = now.duration_since(heard_at) >= SignedDuration::from_hours(3);
        assert_eq!(standing.is_silent(now), is_late);
    }
    let waits: Vec<i64> = tries.windows(2).map(|pair| pair[1] - pair[0]).take(7).collect();
    assert_eq!(waits, [60, 120, 240, 480, 960, 1_920, 3_600]);
    told.sort();
    let days: Vec<_> = told.iter().map(|(at, who, _)| (at.as_second(), who.as_str())).collect();
    let [first, second, ..] = days[..] else { panic!("{days:?}") };
    assert_eq!([first.1, second.1], ["executive", "supervisor"], "{days:?}");
    assert_eq!(days.len(), 4, "both, and both again a day later: {days:?}");
    assert!(first.0 - heard_at.as_second() >= 3 * i64::from(HOUR_SECONDS));
    assert!(told.iter().all(|(_, _, text)| text.contains("feeds/law/law-example")), "{told:?}");
    let recorded = story.house.node_events().await.into_iter();
    let recorded = recorded.filter(
        |it| matches!(it, NodeEvent::RowFailed { room, problem, .. } if room == "feeds" && problem.contains("404")),
    );
    assert_eq!(recorded.count(), 2);

    story.publisher.offers(document(sealed(2, &issuer())));
    let standing = story.asks_when_due().await;
    assert!(!standing.is_silent(story.house.node.now()));
    assert_eq!(standing.row.and_then(|row| row.told_at), None);
}

#[tokio::test]
async fn a_changed_signature_is_told_at_once() {
    let mut tampered = sealed(1, &issuer());
    *tampered.last_mut().expect("bytes") ^= 1;
    let (story, _) = Story::new(document(tampered)).await;
    assert_eq!(story.asks().await, 1);
    story.house.sender().send_once(story.house.node.now()).await.expect("sent");
    let told = story.house.took();
    assert!(told.iter().any(|(_, hook)| hook["type"] == "notice.trouble"), "{told:?}");
}

#[tokio::test]
async fn of_several_nodes_on_one_database_one_asks_and_another_when_it_dies() {
    let (story, place) = Story::new(document(sealed(1, &issuer()))).await;
    let store = story.house.node.store().clone();
    let folder = story.house.folder.path();
    let other = node_with(store.clone(), folder, |settings| place.settings(settings));
    let other = Feeds::from_settings(&other).expect("fine settings");
    let now = story.house.node.now();
    other.begin(now).await.expect("begun");
    let (one, two) = tokio::join!(story.feeds.fetch_once(now), other.fetch_once(now));
    assert_eq!(one.expect("recorded") + two.expect("recorded"), 1);
    assert_eq!(story.publisher.took().len(), 1);
    assert_eq!(story.amendments().await.len(), 1);

    // A node that takes the feed and is never heard again.
    let row = story.standing().await.row.expect("begun");
    let keeper = Viewer::service(Service::Keeper);
    let grant = store.authorize_node::<Write>(&keeper).await.expect("a right");
    let name = (ROOM, row.name.as_str());
    let lease_until = row.next_try_at + Duration::from_secs(100);
    let dead = store.claim_feed(&grant, name, &row.address, row.next_try_at, lease_until).await;
    let dead = dead.expect("an answer").expect("due");
    let before = lease_until - Duration::from_micros(1);
    assert_eq!(other.fetch_once(before).await.expect("recorded"), 0);
    assert_eq!(other.fetch_once(lease_until).await.expect("recorded"), 1);
    assert!(!store.settle_feed(&grant, &dead).await.expect("an answer"), "it comes too late");
}

#[tokio::test]
async fn a_feed_begins_anew_at_another_address_and_is_tried_at_once_after_a_failure() {
    let (story, place) = Story::new(Offer::Status { status: 404, headers: vec![] }).await;
    assert_eq!(story.asks().await, 1);
    assert_eq!(story.asks().await, 0);
    story.feeds.begin(story.house.node.now()).await.expect("begun");
    assert_eq!(story.asks().await, 1, "a start tries again");
    story.publisher.offers(document(sealed(1, &issuer())));
    story.asks_when_due().await;
    assert!(story.standing().await.row.is_some_and(|row| row.etag.is_some()));
    let moved = Place { url: format!("{}/moved", story.publisher.url), ..place };
    let store = story.house.node.store().clone();
    let folder = story.house.folder.path();
    let node = node_with(store, folder, |settings| moved.settings(settings));
    let feeds = Feeds::from_settings(&node).expect("fine settings");
    story.publisher.took();
    feeds.begin(story.house.node.now()).await.expect("begun");
    assert_eq!(feeds.fetch_once(story.house.node.now()).await.expect("recorded"), 1);
    let [asked] = story.publisher.took().try_into().expect("one question");
    assert_eq!((asked.path.as_str(), asked.header("if-none-match")), ("/moved", ""));
    assert_eq!(story.amendments().await.len(), 1, "the same bundle is no news there either");
    assert_eq!(story.asks().await, 0, "who still knows the old address asks nobody");
}

#[tokio::test]
async fn what_a_person_took_from_a_file_is_no_news_from_a_feed() {
    let (story, _) = Story::new(document(sealed(3, &issuer()))).await;
    let node = node_with(story.house.node.store().clone(), story.house.folder.path(), |settings| {
        settings.law.trusted_keys = vec![issuer().verifier().to_string()]
    });
    let person =
        crate::amending::person(&story.house, "reader", &[watchfire_core::event::Duty::Responder])
            .await;
    let wish = watchfire_server::command::Wish { node: &node, viewer: &person, key: None };
    let content = Content::Bundle(sealed(3, &issuer()));
    let proposal = Proposal { title: None, why: "by hand".to_owned(), effective_at: None, content };
    amendment::propose(wish, proposal).await.expect("proposed");
    assert_eq!(story.asks().await, 1);
    assert_eq!((code(&story.standing().await), story.amendments().await.len()), (None, 1));
}

#[tokio::test]
async fn a_feed_is_leased_from_when_it_is_taken_and_not_from_when_the_round_began() {
    let (story, _) = Story::new(document(sealed(1, &issuer()))).await;
    let began = story.house.node.now();
    let taken = story.house.advance("PT1H");
    assert_eq!(story.feeds.fetch_once(began).await.expect("recorded"), 1);
    let row = story.standing().await.row.expect("begun");
    assert_eq!((row.tried_at, row.succeeded_at), (Some(taken), Some(taken)));
}

#[tokio::test]
async fn a_feed_that_stalls_holds_up_no_other() {
    let authority = Authority::new();
    let identity = || Some(authority.identity(&["127.0.0.1"]));
    let silent = Publisher::start(Offer::Silence, identity()).await;
    let quick = Publisher::start(document(sealed(1, &issuer())), identity()).await;
    let place = Place { url: silent.url.clone(), authority_pem: authority.pem() };
    let house = House::with(|settings| {
        place.settings(settings);
        let stalling = LawFeedSettings { timeout_seconds: 60, ..settings.law.feeds[0].clone() };
        let (name, url) = ("quick".to_owned(), quick.url.clone());
        let other = LawFeedSettings { name, url, ..stalling.clone() };
        settings.law.feeds = vec![stalling, other];
    })
    .await;
    let feeds = Feeds::from_settings(&house.node).expect("fine settings");
    feeds.begin(house.node.now()).await.expect("begun");
    let [stalling, other]: [Feeds; 2] =
        feeds.each().collect::<Vec<_>>().try_into().expect("two feeds");
    let began = house.node.now();
    let held = tokio::spawn(async move { stalling.fetch_once(began).await });
    for _ in 0..2 {
        let now = house.advance("PT1H");
        assert_eq!(other.fetch_once(now).await.expect("recorded"), 1);
    }
    assert!(!held.is_finished(), "it waits still");
    held.abort();
    assert_eq!(quick.took().len(), 2);
    let keeper = Viewer::service(Service::Keeper);
    let rows = house.node.store().feeds(&keeper, ROOM).await.expect("rows");
    let heard: Vec<_> =
        rows.iter().map(|row| (row.tried_at.is_some(), row.succeeded_at.is_some())).collect();
    assert_eq!(heard, [(true, false), (true, true)], "{rows:?}");
}
