//! Sources of the watch, read at their pace by whoever holds the lease.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use watchfire_core::event::{NodeEvent, Service};
use watchfire_server::command::feed::{self as command, Standing, WATCH_ROOM};
use watchfire_server::settings::{Settings, WatchKind, WatchSettings, WatchSourceSettings};
use watchfire_server::state::Node;
use watchfire_server::worker::watch::Watch;
use watchfire_sinks::{Authority, Offer, Publisher};
use watchfire_store::policy::Write;
use watchfire_store::{PageRequest, Viewer};

use crate::house::{House, node_with};

const HOUR_SECONDS: u32 = 3_600;

/// A record of OSV.
fn record(id: &str, modified: &str) -> String {
    format!(
        r#"{{"schema_version": "1.6.0", "id": "{id}", "modified": "{modified}", "affected": [
            {{"package": {{"ecosystem": "PyPI", "name": "jinja2"}}, "versions": ["2.4.1"]}}]}}"#
    )
}

/// A mirror of OSV with records of one ecosystem.
fn mirror(records: &[(&str, &str)]) -> Offer {
    let page = |text: String| Offer::Document { bytes: text.into(), content_type: "text/plain" };
    let lines: String = records.iter().map(|(id, at)| format!("{at},{id}\n")).collect();
    let mut pages = BTreeMap::from([("/PyPI/modified_id.csv?a-secret".to_owned(), page(lines))]);
    for (id, at) in records {
        pages.insert(format!("/PyPI/{id}.json?a-secret"), page(record(id, at)));
    }
    Offer::Site(pages)
}

const FIRST: (&str, &str) = ("PYSEC-1", "2021-11-01T00:00:00Z");
const SECOND: (&str, &str) = ("PYSEC-2", "2021-11-02T00:00:00Z");

/// Where the source is, and who is believed there.
#[derive(Clone)]
struct Place {
    url: String,
    authority_pem: String,
    ecosystems: Vec<String>,
}

impl Place {
    fn settings(&self, settings: &mut Settings) {
        let file = settings.data.join("authorities.pem");
        std::fs::write(&file, &self.authority_pem).expect("a file");
        settings.trusted_authorities = Some(file);
        let source = WatchSourceSettings {
            name: "osv-example".to_owned(),
            kind: WatchKind::Osv,
            at: self.url.clone(),
            ecosystems: self.ecosystems.clone(),
            every_seconds: HOUR_SECONDS,
            timeout_seconds: 1,
            silent_after_periods: 3,
        };
        let allowed_networks = vec!["127.0.0.1".parse().expect("a network")];
        settings.watch = WatchSettings { sources: vec![source], allowed_networks };
        settings.check().expect("fine settings");
    }
}

/// A house that watches one source, and the other side.
struct Story {
    house: House,
    publisher: Publisher,
    watch: Watch,
}

fn watch_of(node: &Node) -> Watch {
    let watch = Watch::from_settings(node).expect("fine settings");
    watch.with_first_pause(Duration::from_millis(1))
}

impl Story {
    async fn new(offer: Offer) -> (Self, Place) {
        let authority = Authority::new();
        let identity = authority.identity(&["127.0.0.1"]);
        let publisher = Publisher::start(offer, Some(identity)).await;
        let url = format!("{}/?a-secret", publisher.url);
        let ecosystems = vec!["PyPI".to_owned()];
        let place = Place { url, authority_pem: authority.pem(), ecosystems };
        let house = House::with(|settings| place.settings(settings)).await;
        let watch = watch_of(&house.node);
        watch.begin(house.node.now()).await.expect("begun");
        (Self { house, publisher, watch }, place)
    }

    async fn reads(&self) -> usize {
        self.watch.read_once(self.house.node.now()).await.expect("recorded")
    }

    async fn standing(&self) -> Standing {
        let keeper = Viewer::service(Service::Keeper);
        let mut all = command::sources(&self.house.node, &keeper).await.expect("rows");
        all.pop().expect("one source")
    }

    /// Waits until the source is due, and reads it.
    async fn reads_when_due(&self) -> Standing {
        let next = self.standing().await.row.expect("begun").next_try_at;
        let left = next.duration_since(self.house.node.now());
        self.house.node.clock().advance(left.max(SignedDuration::ZERO));
        assert_eq!(self.reads().await, 1);
        self.standing().await
    }

    /// The paths that were asked for since the last time.
    fn asked(&self) -> Vec<String> {
        self.publisher.took().into_iter().map(|asked| asked.path).collect()
    }

    /// The documents of the source that the house keeps, by name.
    async fn kept(&self) -> Vec<String> {
        let keeper = Viewer::service(Service::Keeper);
        let page = PageRequest::default();
        let store = self.house.node.store();
        let rows = store.advisories(&keeper, "", &page).await.expect("a page").rows;
        let own = rows.into_iter().filter(|row| row.source == "osv-example");
        let mut names: Vec<String> = own.map(|row| row.name).collect();
        names.sort();
        names
    }
}

fn code(standing: &Standing) -> Option<&str> {
    standing.row.as_ref()?.problem.as_ref().map(|(code, _)| code.as_str())
}

#[tokio::test]
async fn what_a_source_brings_is_taken_once_and_how_far_it_was_read_is_kept() {
    let (story, _) = Story::new(mirror(&[FIRST])).await;
    assert_eq!(story.reads().await, 1);
    assert_eq!(story.reads().await, 0, "not before its time");
    let standing = story.standing().await;
    let heard_at = standing.row.as_ref().and_then(|row| row.news_at);
    assert_eq!((code(&standing), heard_at), (None, Some(story.house.node.now())));
    assert_eq!(story.kept().await, ["PYSEC-1"]);
    assert_eq!(story.asked(), ["/PyPI/modified_id.csv?a-secret", "/PyPI/PYSEC-1.json?a-secret"]);

    let standing = story.reads_when_due().await;
    assert_eq!(standing.row.and_then(|row| row.news_at), heard_at, "nothing is new");
    assert_eq!(story.asked(), ["/PyPI/modified_id.csv?a-secret"]);

    story.publisher.offers(mirror(&[FIRST, SECOND]));
    let standing = story.reads_when_due().await;
    assert!(standing.row.and_then(|row| row.news_at) > heard_at);
    assert_eq!(story.kept().await, ["PYSEC-1", "PYSEC-2"]);
    assert_eq!(story.asked().len(), 2, "what is known is not asked for");
}

#[tokio::test]
async fn a_source_that_falls_silent_is_told_to_people_until_it_is_heard() {
    let (story, _) = Story::new(Offer::Status { status: 404, headers: vec![] }).await;
    assert_eq!(story.reads().await, 1);
    let began_at = story.house.node.now();
    let sender = story.house.sender();
    let mut told = Vec::new();
    while story.house.node.now().duration_since(began_at) < SignedDuration::from_hours(5) {
        let standing = story.reads_when_due().await;
        let now = story.house.node.now();
        let is_late = now.duration_since(began_at) >= SignedDuration::from_hours(3);
        assert_eq!((code(&standing), standing.is_silent(now)), (Some("feed_status"), is_late));
        sender.send_once(now).await.expect("sent");
        let hooks = story.house.took().into_iter();
        let trouble = hooks.filter(|(_, hook)| hook["type"] == "notice.trouble");
        told.extend(trouble.map(|(who, hook)| (who, hook["data"]["text"].to_string(), is_late)));
    }
    assert_eq!(told.len(), 2, "supervisor and executive, once a day: {told:?}");
    let name = "feeds/watch/osv-example";
    assert!(told.iter().all(|(_, text, is_late)| text.contains(name) && *is_late), "{told:?}");
    let recorded = story.house.node_events().await.into_iter().filter_map(|event| match event {
        NodeEvent::RowFailed { row, problem, .. } if row == "watch/osv-example" => Some(problem),
        _ => None,
    });
    let recorded: Vec<String> = recorded.collect();
    assert_eq!(recorded.len(), 1);
    assert!(recorded[0].contains("404") && !recorded[0].contains("a-secret"), "{recorded:?}");

    story.publisher.offers(mirror(&[FIRST]));
    let standing = story.reads_when_due().await;
    assert!(!standing.is_silent(story.house.node.now()));
    assert_eq!(code(&standing), None);
}

#[tokio::test]
async fn of_several_nodes_on_one_database_one_reads_a_source_and_another_when_it_dies() {
    let (story, place) = Story::new(mirror(&[FIRST])).await;
    let store = story.house.node.store().clone();
    let folder = story.house.folder.path();
    let other = node_with(store.clone(), folder, |settings| place.settings(settings));
    let other = watch_of(&other);
    let now = story.house.node.now();
    other.begin(now).await.expect("begun");
    let (one, two) = tokio::join!(story.watch.read_once(now), other.read_once(now));
    assert_eq!(one.expect("recorded") + two.expect("recorded"), 1);
    assert_eq!(story.asked().len(), 2);

    // A node that takes the source and is never heard again.
    let row = story.standing().await.row.expect("begun");
    let keeper = Viewer::service(Service::Keeper);
    let grant = store.authorize_node::<Write>(&keeper).await.expect("a right");
    let name = (WATCH_ROOM, row.name.as_str());
    let lease_until = row.next_try_at + Duration::from_secs(100);
    let dead = store.claim_feed(&grant, name, &row.address, row.next_try_at, lease_until).await;
    let dead = dead.expect("an answer").expect("due");
    let before = lease_until - Duration::from_micros(1);
    assert_eq!(other.read_once(before).await.expect("recorded"), 0);
    assert_eq!(other.read_once(lease_until).await.expect("recorded"), 1);
    assert!(!store.settle_feed(&grant, &dead).await.expect("an answer"), "it comes too late");
    assert_eq!(story.asked(), ["/PyPI/modified_id.csv?a-secret"], "it goes on where the first was");
}

#[tokio::test]
async fn a_source_is_read_anew_where_something_else_is_to_be_read() {
    let (story, place) = Story::new(mirror(&[FIRST])).await;
    assert_eq!(story.reads().await, 1);
    story.asked();
    let other = Place { ecosystems: vec!["PyPI".to_owned(), "npm".to_owned()], ..place };
    let store = story.house.node.store().clone();
    let folder = story.house.folder.path();
    let node = node_with(store, folder, |settings| other.settings(settings));
    let watch = watch_of(&node);
    let now = story.house.node.now();
    watch.begin(now).await.expect("begun");
    assert_eq!(watch.read_once(now).await.expect("recorded"), 1);
    let paths = ["/PyPI/modified_id.csv", "/PyPI/PYSEC-1.json", "/npm/modified_id.csv"];
    assert_eq!(story.asked(), paths.map(|path| format!("{path}?a-secret")));
    assert_eq!(story.reads().await, 0, "who still knows the old settings reads nothing");
}
