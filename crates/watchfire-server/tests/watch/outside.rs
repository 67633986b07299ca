//! Archives and documents at an address.

use watchfire_server::settings::WatchKind;
use watchfire_sinks::{Authority, Offer, Publisher};

use crate::watcher::{Brought, Site, Watcher, asked, page, status, zip};

const PATH: &str = "/all?key=a-secret";

fn archive(text: &str) -> Vec<u8> {
    zip([("a.json", text.as_bytes()), ("b.json", b"{}")])
}

fn bytes(bytes: Vec<u8>) -> Offer {
    Offer::Document { bytes, content_type: "application/octet-stream" }
}

async fn publisher(offer: Offer) -> (Publisher, Authority) {
    let mut site = Site::default();
    site.put_offer(PATH, offer);
    site.start().await
}

/// From now on it offers something else.
fn offers(publisher: &Publisher, offer: Offer) {
    let mut site = Site::default();
    site.put_offer(PATH, offer);
    publisher.offers(site.offer());
}

#[tokio::test]
async fn an_archive_is_fetched_when_it_is_new_and_brings_what_changed_in_it() {
    let (publisher, authority) = publisher(bytes(archive("{\"a\": 1}"))).await;
    let place = (&publisher, &authority);
    let mut watcher = Watcher::of_publisher(WatchKind::Zip, place, PATH, &[]);
    assert_eq!(watcher.reads().await.names(), ["a.json", "b.json"]);
    assert_eq!(watcher.reads().await, Brought::default());
    let [_, second] = publisher.took().try_into().expect("two questions");
    assert!(second.header("if-none-match").starts_with('"'));
    offers(&publisher, bytes(archive("{\"a\": 2}")));
    assert_eq!(watcher.reads().await.names(), ["a.json"]);
    offers(&publisher, bytes(zip([("b.json", &b"{}"[..])])));
    let brought = watcher.reads().await;
    assert_eq!((brought.names(), brought.gone()), (vec![], vec!["a.json"]));
    let left: Vec<_> = std::fs::read_dir(watcher.folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1, "nothing is laid down for good: {left:?}");
}

#[tokio::test]
async fn whatever_is_wrong_with_an_archive_nothing_is_gone_and_it_is_given_again() {
    let whole = archive("{\"a\": 1}");
    let (publisher, authority) = publisher(bytes(whole.clone())).await;
    let place = (&publisher, &authority);
    let mut watcher = Watcher::of_publisher(WatchKind::Zip, place, PATH, &[]);
    assert_eq!(watcher.reads().await.documents.len(), 2);
    for (offer, code, times) in [
        (bytes(whole[..whole.len() - 30].to_vec()), "watch_malformed", 1),
        (bytes(b"PK\x03\x04 and so on".to_vec()), "watch_malformed", 1),
        (page(), "watch_malformed", 1),
        (bytes(zip([])), "watch_empty", 1),
        (Offer::Half(whole.clone()), "feed_cut_off", 3),
        (Offer::Announced(1 << 40), "feed_too_large", 1),
        (Offer::Silence, "feed_stalled", 3),
        (status(302, &[("location", "https://127.0.0.1/")]), "feed_redirected", 1),
        (status(404, &[]), "feed_status", 1),
        (status(500, &[]), "feed_status", 3),
        (status(429, &[("retry-after", "0")]), "feed_status", 3),
        (status(429, &[("retry-after", "7200")]), "feed_status", 1),
    ] {
        offers(&publisher, offer.clone());
        publisher.took();
        let brought = watcher.reads().await;
        assert_eq!(brought.code(), Some(code), "{offer:?}");
        let words = brought.trouble.expect("words").1;
        assert!(words.contains("/all`") && !words.contains("a-secret"), "{words}");
        assert_eq!(asked(&publisher).len(), times, "{offer:?}");
        assert!(brought.documents.is_empty() && brought.gone.is_empty(), "{offer:?}");
    }
    offers(&publisher, bytes(whole));
    assert_eq!(watcher.reads().await, Brought::default(), "it is as it was");
}

#[tokio::test]
async fn a_document_at_an_address_comes_when_it_is_another() {
    let (publisher, authority) = publisher(bytes(b"{\"a\": 1}".to_vec())).await;
    let place = (&publisher, &authority);
    let mut watcher = Watcher::of_publisher(WatchKind::Document, place, PATH, &[]);
    let brought = watcher.reads().await;
    assert_eq!(brought.names(), ["all"], "without what may be a secret");
    assert_eq!(watcher.reads().await, Brought::default());
    offers(&publisher, page());
    assert_eq!(watcher.reads().await.code(), Some("watch_malformed"));
    offers(&publisher, bytes(b"{\"a\": 2}".to_vec()));
    assert_eq!(watcher.reads().await.names(), ["all"]);
}

#[tokio::test]
async fn in_the_clear_only_an_allowed_network_is_asked() {
    let publisher = Publisher::start(bytes(b"{}".to_vec()), None).await;
    let authority = Authority::new();
    let mut watcher =
        Watcher::of_publisher(WatchKind::Document, (&publisher, &authority), "/a.json", &[]);
    assert_eq!(watcher.reads().await.names(), ["a.json"]);
}
