//! What a node answers when the world fails: too much at once, too slow, a disk that refuses.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::stream;
use serde_json::json;
use watchfire_core::event::Duty;
use watchfire_server::settings::{Limits, Settings};
use watchfire_store::Seal;

use crate::house::House;

/// A body that never ends and never comes.
fn endless() -> Body {
    Body::from_stream(stream::pending::<Result<Vec<u8>, io::Error>>())
}

#[tokio::test]
async fn one_more_than_the_node_can_do_is_shed_at_once_and_the_slow_one_is_given_up() {
    let limits = Limits { requests_at_once_max: 1, request_seconds_max: 1, ..Limits::default() };
    let house = House::with(Settings { limits, ..Settings::default() }).await;
    let slow = house.ask("POST", "/api/v1/reports").stream(endless()).answer();
    let shed = async {
        tokio::task::yield_now().await;
        house.get("/healthz").answer().await
    };
    let (slow, shed) = tokio::join!(slow, shed);
    assert_eq!(shed.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(shed.code(), "overloaded");
    assert!(shed.headers.contains_key("retry-after"));
    assert_eq!(slow.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(slow.code(), "request_timeout");
    assert_eq!(slow.json()["outcome"], "unknown");
    assert_eq!(house.get("/healthz").answer().await.status, StatusCode::OK, "free again");
}

#[tokio::test]
async fn a_disk_that_refuses_stops_every_write_and_says_so() {
    let broken = Arc::new(AtomicBool::new(false));
    let disk = broken.clone();
    let keep = move |_: &_, _: &str| match disk.load(Ordering::SeqCst) {
        true => Err(io::Error::other("no space left on device")),
        false => Ok(()),
    };
    let house = House::sealed(Settings::default(), Seal::new(|_| String::new(), keep)).await;
    let report = json!({ "what": "x", "sure": "sure", "exploited": "no" });
    let ask = || house.ask("POST", "/api/v1/reports").json(&report).answer();
    assert_eq!(ask().await.status, StatusCode::CREATED);
    assert_eq!(house.get("/readyz").answer().await.status, StatusCode::OK);
    broken.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let refused = ask().await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.code(), "storage_unsafe");
        assert!(
            !String::from_utf8_lossy(&refused.bytes).contains("device"),
            "nothing of the inside"
        );
        broken.store(false, Ordering::SeqCst);
    }
    let ready = house.get("/readyz").answer().await;
    assert_eq!(ready.code(), "storage_unsafe", "until it is started anew");
    assert_eq!(house.get("/healthz").answer().await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_document_that_somebody_brings_is_not_taken_in_before_its_turn() {
    let limits = Limits { sboms_at_once_max: 1, request_seconds_max: 3, ..Limits::default() };
    let house = House::with(Settings { limits, ..Settings::default() }).await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let is_taken_in = Arc::new(AtomicBool::new(false));
    let brings = |key: &'static str| {
        let flag = is_taken_in.clone();
        let part = stream::once(async move {
            flag.store(true, Ordering::Relaxed);
            Ok::<_, io::Error>(b"{}".to_vec())
        });
        let asked = house.ask("POST", "/api/v1/advisories?name=one.json").key(key);
        asked.stream(Body::from_stream(part)).by(&eva).answer()
    };
    let turn =
        house.node.counters().turn_of_a_document(Duration::ZERO).await.expect("the only one");
    assert_eq!(brings("waits").await.code(), "request_timeout");
    assert!(!is_taken_in.load(Ordering::Relaxed));
    drop(turn);
    assert_eq!(brings("comes").await.status, StatusCode::CREATED);
    assert!(is_taken_in.load(Ordering::Relaxed));
    let again = house.node.counters().turn_of_a_document(Duration::ZERO).await;
    assert!(again.is_ok(), "it was given back");
}
