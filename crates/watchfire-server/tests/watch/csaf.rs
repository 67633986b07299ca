//! A provider of CSAF documents on a real socket: one that tells the truth, and one that does not.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use watchfire_server::settings::WatchKind;
use watchfire_sinks::certificate::{sha256, sha512};
use watchfire_sinks::{Authority, Offer, Publisher};

use crate::watcher::{Brought, Site, Watcher, asked, page, shared, status};

const METADATA: &str = "/csaf/provider-metadata.json";

fn metadata(role: &str, distributions: &Value) -> String {
    json!({"role": role, "distributions": distributions}).to_string()
}

/// A site with one directory of documents, and of hashes where they are wanted.
fn directory(documents: &[(&str, &str, &str)]) -> Site {
    let mut site = Site::default();
    let mut changes = String::new();
    for (path, at, text) in documents {
        changes.push_str(&format!("\"{path}\",\"{at}\"\n"));
        site.put(&format!("/csaf/white/{path}"), *text);
        let hash = format!("{}  {path}\n", sha512(text.as_bytes()));
        site.put(&format!("/csaf/white/{path}.sha512"), hash);
    }
    site.put("/csaf/white/changes.csv", changes);
    site
}

/// The same, and metadata that name it at the address of `publisher`.
fn with_metadata(mut site: Site, role: &str, publisher: &Publisher) -> Site {
    let url = format!("{}/csaf/white/", publisher.url);
    site.put(METADATA, metadata(role, &json!([{ "directory_url": url }])));
    site
}

fn watcher(place: (&Publisher, &Authority), path: &str) -> Watcher {
    Watcher::of_publisher(WatchKind::Csaf, place, path, &[])
}

const TRUSTED: &str = "csaf_trusted_provider";
const FIRST: (&str, &str, &str) = ("2024/a.json", "2024-01-01T00:00:00Z", "{\"a\": 1}");
const SECOND: (&str, &str, &str) = ("2024/b.json", "2024-01-02T00:00:00Z", "{\"b\": 1}");

#[tokio::test]
async fn what_changed_in_a_directory_comes_once_and_what_left_it_is_not_gone() {
    let (publisher, authority) = Site::default().start().await;
    let offers = |documents: &[(&str, &str, &str)]| {
        let site = with_metadata(directory(documents), TRUSTED, &publisher);
        publisher.offers(site.offer());
    };
    offers(&[FIRST, SECOND]);
    let mut watcher = watcher((&publisher, &authority), METADATA);
    assert_eq!(watcher.reads().await.names(), ["white/2024/a.json", "white/2024/b.json"]);
    publisher.took();
    assert_eq!(watcher.reads().await, Brought::default());
    assert_eq!(asked(&publisher), [METADATA, "/csaf/white/changes.csv"]);
    offers(&[("2024/a.json", "2024-02-01T00:00:00Z", "{\"a\": 2}")]);
    let brought = watcher.reads().await;
    assert_eq!((brought.names(), brought.gone()), (vec!["white/2024/a.json"], vec![]));
    offers(&[FIRST, SECOND]);
    assert_eq!(watcher.reads().await, Brought::default(), "an older listing brings nothing");
}

#[tokio::test]
async fn a_directory_without_changes_is_read_by_its_index_and_compared_by_content() {
    let (publisher, authority) = Site::default().start().await;
    let offers = |documents: &[(&str, &str, &str)]| {
        let mut site = with_metadata(directory(documents), "csaf_provider", &publisher);
        site.0.remove("/csaf/white/changes.csv");
        let index: String = documents.iter().map(|(path, _, _)| format!("{path}\n")).collect();
        site.put("/csaf/white/index.txt", index);
        publisher.offers(site.offer());
    };
    offers(&[FIRST, SECOND]);
    let mut watcher = watcher((&publisher, &authority), METADATA);
    assert_eq!(watcher.reads().await.names(), ["white/2024/a.json", "white/2024/b.json"]);
    assert_eq!(watcher.reads().await, Brought::default());
    offers(&[FIRST, ("2024/b.json", "", "{\"b\": 2}")]);
    assert_eq!(watcher.reads().await.names(), ["white/2024/b.json"]);
}

#[tokio::test]
async fn a_document_with_a_wrong_hash_is_set_apart_until_it_is_right() {
    let (publisher, authority) = Site::default().start().await;
    let site = || with_metadata(directory(&[FIRST, SECOND]), TRUSTED, &publisher);
    let name = "white/2024/a.json";
    let hash = "/csaf/white/2024/a.json.sha512";
    let strong = |site: &mut Site| drop(site.0.remove(hash));
    let weak = |site: &mut Site, text: &str| {
        site.0.remove(hash);
        site.put("/csaf/white/2024/a.json.sha256", sha256(text.as_bytes()));
    };
    let mut cases: Vec<(Site, Option<&str>)> = Vec::new();
    let mut wrong = site();
    wrong.put(hash, sha512(b"{}"));
    cases.push((wrong, Some("SHA-512")));
    let mut none = site();
    strong(&mut none);
    cases.push((none, Some("trusted")));
    let mut half = site();
    half.put(hash, &sha512(FIRST.2.as_bytes())[1..]);
    cases.push((half, Some("SHA-512")));
    let mut weaker = site();
    weak(&mut weaker, "{}");
    cases.push((weaker, Some("SHA-256")));
    let mut good = site();
    weak(&mut good, FIRST.2);
    cases.push((good, None));
    for (site, expected) in cases {
        publisher.offers(site.offer());
        let mut watcher = watcher((&publisher, &authority), METADATA);
        let brought = watcher.reads().await;
        assert_eq!(brought.trouble, None);
        assert_eq!(brought.documents.contains_key(name), expected.is_none());
        assert!(brought.documents.contains_key("white/2024/b.json"));
        let reason = brought.apart.get(name).map_or("", String::as_str);
        assert!(reason.contains(expected.unwrap_or_default()), "{reason}");
        publisher
            .offers(self::with_metadata(directory(&[FIRST, SECOND]), TRUSTED, &publisher).offer());
        let mended = watcher.reads().await;
        assert_eq!(mended.documents.contains_key(name), expected.is_some());
        assert_eq!(mended.documents.len(), usize::from(expected.is_some()));
    }
}

#[tokio::test]
async fn whoever_is_no_trusted_provider_may_offer_no_hashes() {
    let (publisher, authority) = Site::default().start().await;
    let mut site = with_metadata(directory(&[FIRST]), "csaf_publisher", &publisher);
    site.0.remove("/csaf/white/2024/a.json.sha512");
    publisher.offers(site.offer());
    let mut watcher = watcher((&publisher, &authority), METADATA);
    assert_eq!(watcher.reads().await.names(), ["white/2024/a.json"]);
}

#[tokio::test]
async fn a_listing_leads_neither_out_of_its_directory_nor_behind_our_walls() {
    let (publisher, authority) = Site::default().start().await;
    let walled = Publisher::start(page(), None).await;
    let port = walled.url.rsplit(':').next().expect("a port").to_owned();
    let changes = [
        ("../../secret.json", "2024-01-01T00:00:00Z"),
        ("/etc/secret.json", "2024-01-01T00:00:00Z"),
        ("https://b.example/x.json", "2024-01-01T00:00:00Z"),
        ("%2e%2e/x.json", "2024-01-01T00:00:00Z"),
    ];
    let mut site = with_metadata(Site::default(), TRUSTED, &publisher);
    let lines: String = changes.iter().map(|(path, at)| format!("{path},{at}\n")).collect();
    site.put("/csaf/white/changes.csv", lines);
    publisher.offers(site.offer());
    let mut below = watcher((&publisher, &authority), METADATA);
    let brought = below.reads().await;
    let apart: Vec<&str> = brought.apart.keys().map(String::as_str).collect();
    let mut paths: Vec<&str> = changes.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    assert_eq!((apart, brought.trouble), (paths, None));
    assert_eq!(asked(&publisher), [METADATA, "/csaf/white/changes.csv"]);

    let url = |host: &str| format!("http://{host}:{port}/x.json");
    let entry = |id: &str, url: &str| json!({"id": id, "updated": "2024-01-01T00:00:00Z", "link": [{"rel": "self", "href": url}]});
    let entries = [
        entry("a", &url("127.0.0.2")),
        entry("b", &url("localhost")),
        entry("c", "https://user:word@127.0.0.1/x.json"),
        entry("d", "file:///etc/passwd"),
        entry("e", "../x.json"),
    ];
    let mut site = Site::default();
    site.put("/feed.json", json!({"feed": {"entry": entries}}).to_string());
    let feed = json!([{"rolie": {"feeds": [{"url": format!("{}/feed.json", publisher.url)}]}}]);
    site.put(METADATA, metadata("csaf_provider", &feed));
    publisher.offers(site.offer());
    let mut watcher = watcher((&publisher, &authority), METADATA);
    let brought = watcher.reads().await;
    assert_eq!((brought.names(), brought.apart.len(), brought.code()), (vec![], 5, None));
    assert!(walled.took().is_empty(), "nobody behind a wall was asked");
}

#[tokio::test]
async fn a_provider_is_found_at_its_host_as_the_standard_says() {
    let (publisher, authority) = Site::default().start().await;
    let url = format!("{}{METADATA}", publisher.url);
    let text = Offer::Document {
        bytes: format!("Contact: mailto:a@b.example\nCSAF: {url}\n").into_bytes(),
        content_type: "text/plain",
    };
    let well_known = "/.well-known/csaf/provider-metadata.json";
    let at_host = |site: Site| with_metadata(site, TRUSTED, &publisher);
    let mut first = at_host(directory(&[FIRST]));
    let found = first.0.remove(METADATA).expect("metadata");
    first.put_offer(well_known, found);
    let mut second = at_host(directory(&[FIRST]));
    second.put_offer("/.well-known/security.txt", text.clone());
    let mut third = at_host(directory(&[FIRST]));
    third.put_offer(well_known, page());
    third.put_offer("/security.txt", text);
    for site in [first, second, third] {
        publisher.offers(site.offer());
        let mut watcher = watcher((&publisher, &authority), "/");
        let brought = watcher.reads().await;
        assert_eq!((brought.trouble, brought.documents.len()), (None, 1));
    }
    publisher.offers(Site::default().offer());
    let mut watcher = watcher((&publisher, &authority), "/");
    let brought = watcher.reads().await;
    assert_eq!(brought.code(), Some("feed_status"));
    assert!(brought.trouble.expect("words").1.contains(well_known));
}

#[tokio::test]
async fn a_feed_that_cannot_be_had_holds_up_no_other() {
    let (publisher, authority) = Site::default().start().await;
    let at = |path: &str| format!("{}{path}", publisher.url);
    let feeds = ["/a.json", "/b.json", "/c.json"].map(|path| json!({"url": at(path)}));
    let entry = json!({
        "id": "x", "updated": "2024-01-01T00:00:00Z", "content": {"src": at("/x.json")}
    });
    let mut site = Site::default();
    site.put(METADATA, metadata("csaf_provider", &json!([{"rolie": {"feeds": feeds}}])));
    site.put_offer("/a.json", status(404, &[]));
    site.put_offer("/b.json", page());
    site.put("/c.json", json!({"feed": {"entry": [entry]}}).to_string());
    site.put("/x.json", "{}");
    publisher.offers(site.offer());
    let mut watcher = watcher((&publisher, &authority), METADATA);
    let brought = watcher.reads().await;
    assert_eq!((brought.code(), brought.documents.len()), (Some("feed_status"), 1));
    let again = watcher.reads().await;
    assert_eq!((again.code(), again.documents.len()), (Some("feed_status"), 0));
}

fn whole(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
    let mut bytes = Vec::new();
    let read = if path.extension().is_some_and(|ending| ending == "gz") {
        GzDecoder::new(file).read_to_end(&mut bytes)
    } else {
        (&file).read_to_end(&mut bytes)
    };
    read.expect("readable");
    bytes
}

/// All files of a folder, by their paths below it.
fn files(folder: &Path, below: &str, all: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let below = format!("{below}/{}", name.trim_end_matches(".gz"));
        if path.is_dir() {
            files(&path, &below, all);
        } else {
            all.insert(below, whole(&path));
        }
    }
}

/// The real files of a provider, its feeds at the address of a publisher, and of what its listings
/// name and is not there, some.
async fn real_provider() -> Option<(Publisher, usize)> {
    let folder = shared("csaf/cisa-provider")?;
    let publisher = Publisher::start(Site::default().offer(), None).await;
    let mut all = BTreeMap::new();
    files(&folder, "", &mut all);
    let mut site = Site::default();
    let mut absent = 0;
    let mut feeds = Vec::new();
    for (path, bytes) in &all {
        site.put(path, bytes.clone());
        if !path.contains("-feed-") {
            continue;
        }
        let text = String::from_utf8(bytes.clone()).expect("text");
        let text =
            text.replace("https://raw.githubusercontent.com/cisagov/CSAF/develop", &publisher.url);
        let mut feed: Value = serde_json::from_str(&text).expect("JSON");
        let entries = feed["feed"]["entry"].as_array_mut().expect("entries");
        entries.retain(|entry| {
            let url = entry["content"]["src"].as_str().expect("an address");
            let is_here = all.contains_key(url.strip_prefix(&publisher.url).expect("here"));
            absent += usize::from(!is_here && absent < 30);
            is_here || absent < 30
        });
        site.put(path, feed.to_string());
        feeds.push(json!({"tlp_label": "WHITE", "url": format!("{}{path}", publisher.url)}));
    }
    let places = json!([{"rolie": {"feeds": feeds}}]);
    site.put("/provider-metadata.json", metadata(TRUSTED, &places));
    publisher.offers(site.offer());
    Some((publisher, absent))
}

#[tokio::test]
async fn every_document_of_a_real_provider_holds_against_its_hash_and_what_is_missing_is_told() {
    let Some((publisher, absent)) = real_provider().await else { return };
    let authority = Authority::new();
    let mut watcher = watcher((&publisher, &authority), "/provider-metadata.json");
    let brought = watcher.reads().await;
    assert_eq!(brought.trouble, None);
    assert_eq!(brought.documents.len(), 17, "{:?}", brought.names());
    assert!(brought.documents.contains_key("csaf_files/OT/white/2021/icsa-21-357-02.json"));
    assert!(brought.apart.len() >= 20 && brought.apart.len() <= absent, "{absent}");
    assert!(brought.apart.values().all(|reason| reason.contains("404")), "{:?}", brought.apart);
    assert_eq!(watcher.reads().await.names(), Vec::<&str>::new());
}
