//! A bundle of law that is fetched: by whoever types it, and by the node itself.

use std::process::Output;
use std::time::{Duration, Instant};

use watchfire_core::law::Lawbook;
use watchfire_core::law::bundle;
use watchfire_core::law::files::Files;
use watchfire_core::log::SignerKey;
use watchfire_sinks::{Authority, Offer, Publisher};

use crate::house::House;
use crate::wire::Wire;

/// The node has asked its feed within this time.
const ASKED_WITHIN: Duration = Duration::from_secs(30);

fn issuer() -> SignerKey {
    SignerKey::from_seed("law.example", &[1; 32]).expect("a key")
}

/// A bundle of a pack that says the same in other bytes.
fn sealed(sequence: u64) -> Vec<u8> {
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    let edited = own.map(|(path, text)| {
        let more = if path == "cn-rmsv/law.toml" { "\n# Looked at again.\n" } else { "" };
        (path.to_owned(), format!("{text}{more}"))
    });
    let at = "2100-01-01T00:00:00Z".parse().expect("an instant");
    bundle::seal(&Files::new(edited), sequence, at, "Looked at again", &issuer()).expect("a bundle")
}

fn document(bytes: Vec<u8>) -> Offer {
    Offer::Document { bytes, content_type: "application/octet-stream" }
}

/// The other side, on threads of its own.
struct Outside {
    publisher: Publisher,
    authority: Authority,
    _runtime: tokio::runtime::Runtime,
}

impl Outside {
    fn offering(offer: Offer) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let authority = Authority::new();
        let identity = authority.identity(&["127.0.0.1"]);
        let publisher = runtime.block_on(Publisher::start(offer, Some(identity)));
        Self { publisher, authority, _runtime: runtime }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_bundle_is_fetched_from_an_address_and_checked_like_one_from_a_file() {
    let outside = Outside::offering(document(sealed(1)));
    let house = House::new();
    let token = house.with_responder();
    let settings = format!("[law]\ntrusted_keys = [\"{}\"]\n", issuer().verifier());
    let node = house.start_with(&settings);
    let authorities = house.beside("authorities.pem");
    std::fs::write(&authorities, outside.authority.pem()).expect("a file");
    let authorities = authorities.to_str().expect("text");
    let url = format!("{}/newest.bundle?a-secret", outside.publisher.url);
    let trusting = ["--authorities", authorities];
    let reaching = ["--allow-network", "127.0.0.1"];
    let import = |url: &str, more: &[&str]| {
        let asking = ["--server", node.address.as_str(), "--token", token.as_str()];
        let wish = ["law", "import", url, "--why", "the issuer offers it"];
        house.run(&[&wish[..], &asking, more].concat(), "")
    };
    let all = [&trusting[..], &reaching].concat();
    let refused = |url: &str, more: &[&str], exit: i32, words: &str| {
        let output = import(url, more);
        assert_eq!(output.status.code(), Some(exit), "{}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    };
    refused(&url, &trusting, 2, "--allow-network");
    refused(&url, &reaching, 3, "TLS failed");
    refused(&url.replace("https://", "http://"), &all, 2, "https://");
    assert!(outside.publisher.took().is_empty(), "nothing was asked of them");
    let html = Offer::Document { bytes: b"<html>".to_vec(), content_type: "text/html" };
    let away = vec![("location", "/elsewhere".to_owned())];
    for (offer, exit, words) in [
        (Offer::Status { status: 404, headers: vec![] }, 3, "404"),
        (Offer::Status { status: 302, headers: away }, 3, "leads elsewhere"),
        (Offer::Half(sealed(1)), 3, "cut off"),
        (Offer::Announced(1 << 30), 3, "longer"),
        (html, 2, "no bundle of law"),
    ] {
        outside.publisher.offers(offer);
        refused(&url, &all, exit, words);
    }
    outside.publisher.offers(Offer::Drip);
    refused(&url, &[&all[..], &["--within", "1"]].concat(), 3, "within 1 s");

    outside.publisher.offers(document(sealed(1)));
    let taken = import(&url, &all);
    assert!(taken.status.success(), "{}", said(&taken));
    let digest = watchfire_sinks::certificate::sha256(&sealed(1));
    for told in [outside.publisher.url.as_str(), digest.as_str(), "application/octet-stream"] {
        assert!(said(&taken).contains(told), "{told}: {}", said(&taken));
    }
    assert!(!said(&taken).contains("a-secret"), "{}", said(&taken));
    refused(&url, &all, 2, "has sent 1 already");
    assert!(node.stop().success());
}

#[test]
fn a_node_asks_its_feed_and_tells_how_it_stands() {
    let outside = Outside::offering(document(sealed(1)));
    let house = House::new();
    let token = house.with_responder();
    let authorities = house.beside("authorities.pem");
    std::fs::write(&authorities, outside.authority.pem()).expect("a file");
    let settings = format!(
        "trusted_authorities = \"{}\"\n[law]\nallowed_networks = [\"127.0.0.1\"]\n\
         [[law.feeds]]\nname = \"law-example\"\nurl = \"{}/newest.bundle\"\ntrusted_keys = [\"{}\"]\n",
        authorities.display(),
        outside.publisher.url,
        issuer().verifier()
    );
    let node = house.start_with(&settings);
    let wire = Wire::to(&node.address);
    let began = Instant::now();
    let feed = loop {
        let (status, answer) = wire.get("/api/v1/feeds", &token).expect("an answer");
        assert_eq!(status, 200, "{answer}");
        let feed = answer["items"][0].clone();
        if feed["tried_at"].is_string()
            && feed["next_try_at"].is_string()
            && !feed["etag"].is_null()
        {
            break feed;
        }
        assert!(began.elapsed() < ASKED_WITHIN, "{feed}");
        std::thread::sleep(Duration::from_millis(200));
    };
    assert_eq!((&feed["name"], &feed["silent"]), (&"law-example".into(), &false.into()), "{feed}");
    assert_eq!(feed["origin"], outside.publisher.url.as_str(), "{feed}");
    assert!(feed["problem"].is_null() && feed["news_at"].is_string(), "{feed}");
    let (_, found) = wire.get("/api/v1/amendments", &token).expect("an answer");
    assert_eq!(found["items"][0]["title"], "Looked at again", "{found}");
    assert_eq!(found["items"][0]["stage"], "proposed", "{found}");
    assert!(node.stop().success());
}
