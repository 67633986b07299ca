//! A mirror of OSV on a real socket: one that tells the truth, and one that does not.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;
use watchfire_server::settings::WatchKind;
use watchfire_sinks::{Authority, Offer, Publisher};

use crate::watcher::{Brought, Site, Watcher, asked, page, shared, status, zip};

/// Records by ecosystem and id: when each changed, and what it is.
#[derive(Default, Clone)]
struct Mirror(BTreeMap<(String, String), (String, String)>);

impl Mirror {
    fn put(&mut self, place: &str, id: &str, modified: &str) {
        let record = format!("{{\"id\": \"{id}\", \"modified\": \"{modified}\"}}");
        self.put_record(place, id, modified, record);
    }

    fn put_record(&mut self, place: &str, id: &str, modified: &str, record: String) {
        self.0.insert((place.to_owned(), id.to_owned()), (modified.to_owned(), record));
    }

    /// So many records of one ecosystem, each a second younger than the one before.
    fn many(place: &str, count: usize) -> Self {
        let mut mirror = Self::default();
        for number in 0..count {
            let (hour, minute, second) = (number / 3_600, number / 60 % 60, number % 60);
            let modified = format!("2024-01-01T{hour:02}:{minute:02}:{second:02}Z");
            mirror.put(place, &format!("X-{number:04}"), &modified);
        }
        mirror
    }

    /// The listing of an ecosystem, the newest first, or of all.
    fn list(&self, place: Option<&str>) -> String {
        let mut lines: Vec<String> = Vec::new();
        for ((one, id), (modified, _)) in &self.0 {
            match place {
                None => lines.push(format!("{modified},{one}/{id}\n")),
                Some(place) if place == one => lines.push(format!("{modified},{id}\n")),
                Some(_) => {}
            }
        }
        lines.sort_by(|one, two| two.cmp(one));
        lines.concat()
    }

    /// The pages of the mirror, with archives of ecosystems.
    fn site(&self) -> Site {
        let mut site = Site::default();
        let mut archives: BTreeMap<&str, Vec<(String, &[u8])>> = BTreeMap::new();
        for ((place, id), (_, record)) in &self.0 {
            let path = place.replace(' ', "%20");
            site.put(&format!("/{path}/{id}.json"), record.as_bytes());
            let entry = (format!("{id}.json"), record.as_bytes());
            archives.entry(place).or_default().push(entry);
        }
        for (place, entries) in archives {
            let path = place.replace(' ', "%20");
            let entries = entries.iter().map(|(name, bytes)| (name.as_str(), *bytes));
            site.put(&format!("/{path}/all.zip"), zip(entries));
            site.put(&format!("/{path}/modified_id.csv"), self.list(Some(place)));
        }
        site.put("/modified_id.csv", self.list(None));
        site
    }

    async fn start(&self) -> (Publisher, Authority) {
        self.site().start().await
    }
}

fn watcher(place: (&Publisher, &Authority), ecosystems: &[&str]) -> Watcher {
    Watcher::of_publisher(WatchKind::Osv, place, "/", ecosystems)
}

#[tokio::test]
async fn a_mirror_is_taken_by_its_archive_first_and_then_record_by_record() {
    let mut mirror = Mirror::many("PyPI", 1_200);
    let (publisher, authority) = mirror.start().await;
    // What changed after the archive was made is fetched by itself.
    let mut site = mirror.site();
    mirror.put("PyPI", "X-0003", "2024-02-01T00:00:00Z");
    let newer = mirror.site();
    for path in ["/PyPI/modified_id.csv", "/PyPI/X-0003.json"] {
        site.put_offer(path, newer.0[path].clone());
    }
    publisher.offers(site.offer());
    let mut watcher = watcher((&publisher, &authority), &["PyPI"]);
    // It comes from the archive, and once more by itself.
    watcher.twice = Some("X-0003".to_owned());
    let first = watcher.reads().await;
    watcher.twice = None;
    assert_eq!((first.trouble, first.documents.len()), (None, 1_200));
    assert!(first.documents["X-0003"].ends_with(b"\"2024-02-01T00:00:00Z\"}"));
    let paths = asked(&publisher);
    assert_eq!(paths, ["/PyPI/modified_id.csv", "/PyPI/all.zip", "/PyPI/X-0003.json"]);

    assert_eq!(watcher.reads().await, Brought::default());
    assert_eq!(asked(&publisher), ["/PyPI/modified_id.csv"]);
    mirror.put("PyPI", "X-0007", "2024-02-02T00:00:00.123456Z");
    mirror.put("PyPI", "X-new", "2023-01-01T00:00:00Z");
    publisher.offers(mirror.site().offer());
    let third = watcher.reads().await;
    assert_eq!(third.names(), ["X-0007", "X-new"], "wherever in the listing they stand");
    assert_eq!(asked(&publisher).len(), 3);
    assert_eq!(watcher.reads().await, Brought::default());
}

#[tokio::test]
async fn all_ecosystems_are_read_from_one_listing_and_one_of_several_holds_up_no_other() {
    let mut mirror = Mirror::default();
    mirror.put("Rocky Linux", "RLSA-2022:1", "2024-01-01T00:00:00Z");
    mirror.put("PyPI", "PYSEC-1", "2024-01-02T00:00:00Z");
    let (publisher, authority) = mirror.start().await;
    let mut all = watcher((&publisher, &authority), &[]);
    assert_eq!(all.reads().await.names(), ["PYSEC-1", "RLSA-2022:1"]);
    assert_eq!(all.reads().await, Brought::default());
    let mut some = watcher((&publisher, &authority), &["npm", "Rocky Linux"]);
    let brought = some.reads().await;
    assert_eq!((brought.code(), brought.names()), (Some("feed_status"), vec!["RLSA-2022:1"]));
    let again = some.reads().await;
    assert_eq!((again.code(), again.names()), (Some("feed_status"), vec![]));
}

#[tokio::test]
async fn a_listing_that_is_none_or_goes_back_is_trouble_and_brings_nothing() {
    let mut mirror = Mirror::default();
    mirror.put("PyPI", "A-1", "2024-01-01T00:00:00Z");
    let older = mirror.clone();
    mirror.put("PyPI", "A-1", "2024-03-01T00:00:00Z");
    let (publisher, authority) = mirror.start().await;
    let mut watcher = watcher((&publisher, &authority), &["PyPI"]);
    assert_eq!(watcher.reads().await.names(), ["A-1"]);
    let list = |offer: Offer| {
        let mut site = mirror.site();
        site.put_offer("/PyPI/modified_id.csv", offer);
        site.offer()
    };
    let text = |text: &str| Offer::Document { bytes: text.into(), content_type: "text/csv" };
    for (offer, code) in [
        (older.site().offer(), "watch_went_back"),
        (list(page()), "watch_malformed"),
        (list(text("")), "watch_malformed"),
        (list(text("2024-04-01T00:00:00Z,A-2\nnonsense\n")), "watch_malformed"),
        (list(Offer::Half(b"2024-04-01T00:00:00Z,A-2\n".to_vec())), "feed_cut_off"),
        (list(status(503, &[("retry-after", "600")])), "feed_status"),
        (list(status(301, &[("location", "/elsewhere")])), "feed_redirected"),
    ] {
        publisher.offers(offer.clone());
        let brought = watcher.reads().await;
        assert_eq!((brought.code(), brought.names()), (Some(code), vec![]), "{offer:?}");
    }
    publisher.offers(mirror.site().offer());
    assert_eq!(watcher.reads().await, Brought::default());
}

#[tokio::test]
async fn a_record_that_cannot_be_had_or_believed_is_set_apart_and_asked_for_again() {
    let mut mirror = Mirror::default();
    for id in ["A-absent", "A-page", "A-other", "A-moved", "A-cut", "A-stale", "A-good"] {
        mirror.put("PyPI", id, "2024-01-01T00:00:00Z");
    }
    mirror.put("PyPI", "../A-up", "2024-01-01T00:00:00Z");
    let (publisher, authority) = mirror.start().await;
    let mut lies = mirror.site();
    let good = lies.0["/PyPI/A-good.json"].clone();
    lies.put_offer("/PyPI/A-absent.json", status(404, &[]));
    lies.put_offer("/PyPI/A-page.json", page());
    lies.put_offer("/PyPI/A-other.json", good);
    lies.put_offer("/PyPI/A-moved.json", status(302, &[("location", "/elsewhere")]));
    lies.put_offer("/PyPI/A-cut.json", Offer::Half(b"{\"id\": \"A-cut\"}".to_vec()));
    let stale = "{\"id\": \"A-stale\", \"modified\": \"2023-01-01T00:00:00Z\"}";
    lies.put("/PyPI/A-stale.json", stale);
    publisher.offers(lies.offer());
    let mut watcher = watcher((&publisher, &authority), &["PyPI"]);
    let brought = watcher.reads().await;
    assert_eq!(brought.trouble, None);
    assert_eq!(brought.names(), ["A-good", "A-stale"], "what is old is better than nothing");
    let apart: Vec<&str> = brought.apart.keys().map(String::as_str).collect();
    assert_eq!(apart, ["../A-up", "A-absent", "A-cut", "A-moved", "A-other", "A-page"]);
    assert!(brought.apart["A-other"].contains("A-good"), "{brought:?}");
    assert!(
        asked(&publisher).iter().all(|path| path.starts_with("/PyPI/") && !path.contains("up"))
    );

    publisher.offers(mirror.site().offer());
    let mended = watcher.reads().await;
    let names = ["A-absent", "A-cut", "A-moved", "A-other", "A-page", "A-stale"];
    assert_eq!(mended.names(), names);
    assert_eq!(watcher.reads().await, Brought::default());
}

#[tokio::test]
async fn a_mirror_that_stalls_is_given_up_and_what_came_before_is_kept() {
    let mirror = Mirror::many("PyPI", 600);
    let (publisher, authority) = mirror.start().await;
    let mut stalls = mirror.site();
    for number in 560..600 {
        let offer = status(500, &[]);
        stalls.put_offer(&format!("/PyPI/X-{number:04}.json"), offer);
    }
    publisher.offers(stalls.offer());
    let mut watcher = watcher((&publisher, &authority), &["PyPI"]);
    let first = watcher.reads().await;
    assert_eq!((first.code(), first.documents.len()), (Some("feed_status"), 560));
    publisher.offers(mirror.site().offer());
    publisher.took();
    let second = watcher.reads().await;
    assert_eq!(second.code(), None);
    assert!(second.documents.len() <= 100, "{}", second.documents.len());
    assert_eq!(watcher.reads().await, Brought::default());
}

#[tokio::test]
async fn the_real_records_of_two_ecosystems_come_whole_and_once() {
    let mut mirror = Mirror::default();
    for (place, file) in [("Go", "osv/go.jsonl.gz"), ("Hackage", "osv/haskell.jsonl.gz")] {
        let Some(path) = shared(file) else { return };
        let mut text = String::new();
        let mut packed = GzDecoder::new(std::fs::File::open(path).expect("a file"));
        packed.read_to_string(&mut text).expect("text");
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).expect("JSON");
            let field = |key: &str| record[key].as_str().expect("a text").to_owned();
            mirror.put_record(place, &field("id"), &field("modified"), line.to_owned());
        }
    }
    let (publisher, authority) = mirror.start().await;
    let mut watcher = watcher((&publisher, &authority), &["Go", "Hackage"]);
    let first = watcher.reads().await;
    assert_eq!((first.trouble, first.apart.len(), first.documents.len()), (None, 0, 3_427 + 25));
    assert_eq!(asked(&publisher).len(), 2 + 1 + 25);
    assert_eq!(watcher.reads().await, Brought::default());
    assert_eq!(asked(&publisher).len(), 2);
}
