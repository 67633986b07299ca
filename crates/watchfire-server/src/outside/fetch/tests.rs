//! Questions to a publisher on a real socket, over TLS.

use std::io::Read;

use watchfire_sinks::{Authority, Offer, Publisher};

use super::*;
use crate::settings::Settings;

const DOCUMENT: &[u8] = b"watchfire law bundle 1 and so on";

fn document() -> Offer {
    Offer::Document { bytes: DOCUMENT.to_vec(), content_type: "application/octet-stream" }
}

/// Asks as somebody who believes `authority` and may reach this machine.
fn fetcher(authority: &Authority) -> Fetcher {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("authorities.pem");
    std::fs::write(&file, authority.pem()).expect("a file");
    let settings = Settings { trusted_authorities: Some(file), ..Settings::default() };
    Fetcher {
        trust: Trust::from_settings(&settings).expect("an authority"),
        allowed: vec!["127.0.0.1".parse().expect("a network")],
        schemes: Schemes::Tls,
        within: Duration::from_secs(20),
        bytes_max: 1_000,
        kept: None,
    }
}

async fn publisher(offer: Offer, authority: &Authority) -> Publisher {
    Publisher::start(offer, Some(authority.identity(&["127.0.0.1"]))).await
}

async fn asks(fetcher: &Fetcher, publisher: &Publisher) -> Result<Fetched, FetchError> {
    fetcher.fetch(&format!("{}/law.bundle", publisher.url), &Validators::default()).await
}

#[tokio::test]
async fn a_document_is_fetched_whole_and_only_when_it_is_new() {
    let authority = Authority::new();
    let (fetcher, publisher) = (fetcher(&authority), publisher(document(), &authority).await);
    let Ok(Fetched::Whole(answer)) = asks(&fetcher, &publisher).await else { panic!("no answer") };
    assert_eq!(answer.bytes, DOCUMENT);
    assert_eq!(answer.content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(answer.endpoint, publisher.url);
    let url = format!("{}/law.bundle", publisher.url);
    let again = fetcher.fetch(&url, &answer.validators).await;
    assert_eq!(again, Ok(Fetched::Unchanged));
    let [first, second] = publisher.took().try_into().expect("two questions");
    assert_eq!((first.path.as_str(), first.header("if-none-match")), ("/law.bundle", ""));
    assert_eq!(Some(second.header("if-none-match")), answer.validators.etag.as_deref());
    assert_eq!(second.header("if-modified-since"), "Wed, 24 Nov 2021 08:00:00 GMT");
    let newer = [DOCUMENT, b"."].concat();
    publisher.offers(Offer::Document { bytes: newer.clone(), content_type: "x/y" });
    match fetcher.fetch(&url, &answer.validators).await {
        Ok(Fetched::Whole(answer)) => assert_eq!(answer.bytes, newer),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_of_the_longest_length_is_taken_and_a_byte_more_is_not() {
    let authority = Authority::new();
    let fetcher = fetcher(&authority);
    for (length, is_taken) in [(1_000, true), (1_001, false)] {
        let offer = Offer::Document { bytes: vec![b'x'; length], content_type: "x/y" };
        let publisher = publisher(offer, &authority).await;
        assert_eq!(asks(&fetcher, &publisher).await.is_ok(), is_taken, "{length}");
    }
}

#[tokio::test]
async fn what_is_no_whole_answer_is_told_apart() {
    let authority = Authority::new();
    let fetcher = fetcher(&authority);
    let status = |status: u16, headers: &[(&'static str, &str)]| Offer::Status {
        status,
        headers: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    };
    let plain = |status| FetchError::Status { status, retry_after: None };
    for (offer, expected) in [
        (status(404, &[]), plain(404)),
        (status(410, &[]), plain(410)),
        (status(204, &[]), plain(204)),
        (status(206, &[]), plain(206)),
        (status(304, &[]), plain(304)),
        (status(500, &[]), plain(500)),
        (
            status(503, &[("retry-after", "120")]),
            FetchError::Status { status: 503, retry_after: Some(Duration::from_secs(120)) },
        ),
        (status(301, &[("location", "/elsewhere")]), FetchError::Redirected(301)),
        (status(307, &[("location", "https://127.0.0.1/")]), FetchError::Redirected(307)),
        (Offer::Half(vec![b'x'; 800]), FetchError::CutOff),
        (Offer::Announced(1_001), FetchError::TooLarge(1_000)),
        (Offer::Announced(1_000), FetchError::CutOff),
        (Offer::Endless, FetchError::TooLarge(1_000)),
    ] {
        let publisher = publisher(offer.clone(), &authority).await;
        assert_eq!(asks(&fetcher, &publisher).await, Err(expected), "{offer:?}");
        assert_eq!(publisher.took().len(), 1, "nothing is followed and nothing repeated");
    }
}

#[tokio::test]
async fn what_is_long_is_laid_down_whole_and_only_when_it_is_new() {
    let authority = Authority::new();
    let (fetcher, publisher) = (fetcher(&authority), publisher(document(), &authority).await);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("{}/all.zip", publisher.url);
    let length = DOCUMENT.len() as u64;
    let asks =
        async |known: &Validators, most| fetcher.spool(&url, known, folder.path(), most).await;
    let none = Validators::default();
    let mut spooled = asks(&none, length).await.expect("an answer").expect("new");
    let mut bytes = Vec::new();
    spooled.file.read_to_end(&mut bytes).expect("readable");
    assert_eq!(bytes, DOCUMENT);
    assert!(asks(&spooled.validators, length).await.expect("an answer").is_none());
    let told = async |known: &Validators, most| asks(known, most).await.expect_err("none");
    assert_eq!(told(&none, length - 1).await, FetchError::TooLarge(length - 1));
    publisher.offers(Offer::Half(DOCUMENT.to_vec()));
    assert_eq!(told(&none, length).await, FetchError::CutOff);
    publisher.offers(Offer::Endless);
    assert_eq!(told(&none, length).await, FetchError::TooLarge(length));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left");
}

#[tokio::test]
async fn in_the_clear_only_a_network_that_is_allowed_is_asked_and_only_by_who_may() {
    let fetcher = Fetcher { schemes: Schemes::Judged, ..fetcher(&Authority::new()) };
    let publisher = Publisher::start(document(), None).await;
    let Ok(Fetched::Whole(_)) = asks(&fetcher, &publisher).await else { panic!("no answer") };
    let walled = Fetcher { allowed: Vec::new(), ..fetcher };
    assert_eq!(asks(&walled, &publisher).await, Err(FetchError::Denied(Denied::Network)));
}

#[tokio::test]
async fn who_is_kept_is_asked_again_and_nobody_else_is_reached_by_that() {
    let authority = Authority::new();
    let keeping = Fetcher { kept: Some(Kept::default()), ..fetcher(&authority) };
    let [one, other] =
        [publisher(document(), &authority).await, publisher(document(), &authority).await];
    for publisher in [&one, &other, &one] {
        let Ok(Fetched::Whole(answer)) = asks(&keeping, publisher).await else { panic!("none") };
        assert_eq!(answer.endpoint, publisher.url);
    }
    assert_eq!((one.took().len(), other.took().len()), (2, 1));
    let with_login = one.url.replace("https://", "https://user:word@");
    let asked = keeping.fetch(&with_login, &Validators::default()).await;
    assert_eq!(asked, Err(FetchError::Denied(Denied::Address)));
}

#[tokio::test]
async fn whoever_is_silent_or_slow_is_given_up() {
    let authority = Authority::new();
    let hasty = Fetcher { within: Duration::from_millis(1_500), ..fetcher(&authority) };
    for offer in [Offer::Silence, Offer::Drip] {
        let publisher = publisher(offer, &authority).await;
        assert_eq!(asks(&hasty, &publisher).await, Err(FetchError::Stalled(1)));
    }
}

#[tokio::test]
async fn only_tls_that_is_believed_is_asked_and_nothing_behind_our_walls() {
    let [ours, theirs] = [Authority::new(), Authority::new()];
    let fetcher = fetcher(&ours);
    let stranger = publisher(document(), &theirs).await;
    assert_eq!(asks(&fetcher, &stranger).await, Err(FetchError::Tls));
    let other_name = Publisher::start(document(), Some(ours.identity(&["law.example"]))).await;
    assert_eq!(asks(&fetcher, &other_name).await, Err(FetchError::Tls));
    let plain = Publisher::start(document(), None).await;
    assert_eq!(asks(&fetcher, &plain).await, Err(FetchError::Clear));
    let walled = Fetcher { allowed: Vec::new(), ..fetcher.clone() };
    let inside = publisher(document(), &ours).await;
    assert_eq!(asks(&walled, &inside).await, Err(FetchError::Denied(Denied::Network)));
    assert!(inside.took().is_empty(), "nobody was asked");
    let Ok(Fetched::Whole(_)) = asks(&fetcher, &inside).await else { panic!("no answer") };
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_connection() {
    let authority = Authority::new();
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let url = format!("https://127.0.0.1:{port}/");
    let asked = fetcher(&authority).fetch(&url, &Validators::default()).await;
    assert_eq!(asked, Err(FetchError::Unreachable));
}
