//! A receiver of our own, on a real socket.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;
use watchfire_core::ids::NoticeId;

use super::*;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

#[derive(Clone)]
struct Receiver {
    received: Received,
    answer: u16,
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    receiver.received.lock().expect("not poisoned").push((headers, body));
    if receiver.answer == 0 {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let status = StatusCode::from_u16(receiver.answer).expect("a status");
    (status, [("location", "/elsewhere")]).into_response()
}

/// Answers with a status; with 0 it takes the request and says nothing.
async fn receiver(answer: u16) -> (String, Received) {
    let received = Received::default();
    let state = Receiver { received: received.clone(), answer };
    let app = Router::new().route("/hook", post(take)).route("/elsewhere", post(take));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app.with_state(state)).await });
    (address, received)
}

fn webhook(allowed: &[&str]) -> Webhook {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("a file");
    let settings = WebhookSettings {
        secret_file: Some(file),
        allowed_networks: allowed.iter().map(|it| it.parse().expect("a network")).collect(),
        timeout_seconds: 20,
    };
    Webhook::from_settings(&settings).expect("a secret").expect("set up")
}

fn letter() -> Letter {
    Letter {
        id: NoticeId::from_random([7; 20]),
        created_at: Timestamp::from_second(1_637_740_800).expect("an instant"),
        subject: "An obligation wants you".to_owned(),
        text: "Sign in.\n".to_owned(),
        link: "https://watchfire.example/watch".to_owned(),
        language: "en",
        topic: "notice",
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_637_740_900).expect("an instant")
}

#[tokio::test]
async fn the_status_says_what_became_of_it() {
    let webhook = webhook(&["127.0.0.1"]);
    for (status, result) in [
        (200, SendResult::Accepted),
        (204, SendResult::Accepted),
        (302, SendResult::Refused),
        (307, SendResult::Refused),
        (400, SendResult::Refused),
        (404, SendResult::Failed),
        (410, SendResult::Refused),
        (429, SendResult::Failed),
        (500, SendResult::Failed),
        (503, SendResult::Failed),
    ] {
        let (address, received) = receiver(status).await;
        let delivery = webhook.deliver(&address, &letter(), now()).await;
        assert_eq!(delivery, Delivery::new(result, status.to_string()));
        assert_eq!(received.lock().expect("not poisoned").len(), 1, "no redirect is followed");
    }
}

#[tokio::test]
async fn the_receiver_can_check_who_sent_it() {
    let (address, received) = receiver(200).await;
    webhook(&["127.0.0.1"]).deliver(&address, &letter(), now()).await;
    let (headers, body) = received.lock().expect("not poisoned")[0].clone();
    assert_eq!(headers["webhook-id"], letter().id.as_str());
    assert_eq!(headers["webhook-timestamp"], "1637740900");
    let secrets = Secrets::parse(SECRET).expect("a secret");
    let signature = secrets.sign(letter().id.as_str(), 1_637_740_900, &body);
    assert_eq!(headers["webhook-signature"], signature);
    assert_ne!(signature, secrets.sign(letter().id.as_str(), 1_637_740_901, &body));
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["type"], "notice");
    assert_eq!(body["timestamp"], "2021-11-24T08:00:00Z");
    assert_eq!(body["data"]["link"], "https://watchfire.example/watch");
}

#[tokio::test]
async fn silence_is_unknown_and_the_second_try_has_the_same_id() {
    let (address, received) = receiver(0).await;
    let webhook = webhook(&["127.0.0.1"]).within(Duration::from_millis(400));
    for _ in 0..2 {
        let delivery = webhook.deliver(&address, &letter(), now()).await;
        assert_eq!(delivery.result, SendResult::Unknown, "{}", delivery.detail);
    }
    let received = received.lock().expect("not poisoned");
    let ids: Vec<_> = received.iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert_eq!(ids, [letter().id.as_str(), letter().id.as_str()]);
    assert_eq!(received[0].1, received[1].1);
}

#[tokio::test]
async fn nobody_there_is_a_failure_and_a_private_address_is_refused() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!("http://{}/hook", listener.local_addr().expect("an address"))
    };
    let there = webhook(&["127.0.0.1"]).deliver(&closed, &letter(), now()).await;
    assert_eq!(there.result, SendResult::Failed, "{}", there.detail);
    let (address, received) = receiver(200).await;
    let denied = webhook(&[]).deliver(&address, &letter(), now()).await;
    assert_eq!(denied.result, SendResult::Refused, "{}", denied.detail);
    assert!(received.lock().expect("not poisoned").is_empty());
}
