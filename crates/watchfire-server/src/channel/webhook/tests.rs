//! Webhooks to a receiver on a real socket.

use tokio::net::TcpListener;
use watchfire_core::ids::NoticeId;
use watchfire_sinks::certificate::sha256;
use watchfire_sinks::{Authority, Receiver, Reply};

use super::*;
use crate::settings::Settings;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn receiver(reply: Reply) -> Receiver {
    Receiver::start(reply, None).await
}

fn hook_of(receiver: &Receiver) -> String {
    format!("{}/hook", receiver.url)
}

fn webhook(allowed: &[&str]) -> Webhook {
    trusting(allowed, None)
}

/// A webhook that believes `authority` too, with everything read from files.
fn trusting(allowed: &[&str], authority: Option<&Authority>) -> Webhook {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("a file");
    let authorities = folder.path().join("authorities.pem");
    let trusted_authorities = authority.map(|authority| {
        std::fs::write(&authorities, authority.pem()).expect("a file");
        authorities
    });
    let trust = Settings { trusted_authorities, ..Settings::default() };
    let trust = Trust::from_settings(&trust).expect("an authority");
    let settings = WebhookSettings {
        secret_file: Some(file),
        allowed_networks: allowed.iter().map(|it| it.parse().expect("a network")).collect(),
        timeout_seconds: 20,
    };
    Webhook::from_settings(&settings, &trust).expect("a secret").expect("set up")
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
        let receiver = receiver(Reply::Status(status)).await;
        let delivery = webhook.deliver(&hook_of(&receiver), &letter(), now()).await;
        assert_eq!((delivery.result, delivery.detail), (result, status.to_string()));
        assert_eq!(receiver.took().len(), 1, "no redirect is followed");
    }
}

#[tokio::test]
async fn the_receiver_can_check_who_sent_it() {
    let receiver = receiver(Reply::Status(200)).await;
    let delivery = webhook(&["127.0.0.1"]).deliver(&hook_of(&receiver), &letter(), now()).await;
    let [mut hook] = receiver.took().try_into().expect("one request");
    assert_eq!((hook.method.as_str(), hook.path.as_str()), ("POST", "/hook"));
    assert_eq!(hook.header("webhook-id"), letter().id.as_str());
    assert_eq!(hook.header("webhook-timestamp"), "1637740900");
    assert!(hook.is_signed_with(SECRET));
    assert!(!hook.is_signed_with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"));
    let body = hook.json();
    assert_eq!(body["type"], "notice");
    assert_eq!(body["timestamp"], "2021-11-24T08:00:00Z");
    assert_eq!(body["data"]["link"], "https://watchfire.example/watch");
    let expected = SendEvidence {
        endpoint: Some(receiver.url.clone()),
        peer_sha256: None,
        body_sha256: Some(sha256(&hook.body)),
    };
    assert_eq!(delivery.evidence, expected);
    hook.body = hook.body.slice(1..);
    assert!(!hook.is_signed_with(SECRET), "another body has another signature");
}

#[tokio::test]
async fn silence_and_a_cut_are_unknown_and_the_second_try_has_the_same_id() {
    for reply in [Reply::Silence, Reply::Cut] {
        let receiver = receiver(reply).await;
        let within = if reply == Reply::Cut { 20_000 } else { 400 };
        let webhook = webhook(&["127.0.0.1"]).within(Duration::from_millis(within));
        for _ in 0..2 {
            let delivery = webhook.deliver(&hook_of(&receiver), &letter(), now()).await;
            assert_eq!(delivery.result, SendResult::Unknown, "{reply:?}: {}", delivery.detail);
        }
        let [first, second] = receiver.took().try_into().expect("two requests");
        assert_eq!(first.header("webhook-id"), letter().id.as_str());
        assert_eq!(second.header("webhook-id"), letter().id.as_str());
        assert_eq!(first.body, second.body);
    }
}

#[tokio::test]
async fn nobody_there_is_a_failure_and_a_private_address_is_refused() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!("http://{}/hook", listener.local_addr().expect("an address"))
    };
    let there = webhook(&["127.0.0.1"]).deliver(&closed, &letter(), now()).await;
    assert_eq!((there.result, there.detail.as_str()), (SendResult::Failed, "no connection"));
    let receiver = receiver(Reply::Status(200)).await;
    let denied = webhook(&[]).deliver(&hook_of(&receiver), &letter(), now()).await;
    assert_eq!(denied.result, SendResult::Refused, "{}", denied.detail);
    assert!(receiver.took().is_empty());
}

#[tokio::test]
async fn a_webhook_goes_inside_tls_to_a_receiver_whose_certificate_is_believed() {
    let authority = Authority::new();
    let identity = authority.identity(&["127.0.0.1"]);
    let receiver = Receiver::start(Reply::Status(204), Some(identity.clone())).await;
    let webhook = trusting(&["127.0.0.1"], Some(&authority));
    let delivery = webhook.deliver(&hook_of(&receiver), &letter(), now()).await;
    assert_eq!(delivery.result, SendResult::Accepted, "{}", delivery.detail);
    let [hook] = receiver.took().try_into().expect("one request");
    assert!(hook.is_signed_with(SECRET));
    assert_eq!(delivery.evidence.endpoint.as_deref(), Some(receiver.url.as_str()));
    assert_eq!(delivery.evidence.peer_sha256, Some(identity.sha256));
    assert_eq!(delivery.evidence.body_sha256, Some(sha256(&hook.body)));
}

#[tokio::test]
async fn a_receiver_whose_certificate_is_not_believed_gets_nothing() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for (why, identity) in [
        ("of an authority that nobody trusts", Some(theirs.identity(&["127.0.0.1"]))),
        ("for another machine", Some(ours.identity(&["hooks.example"]))),
    ] {
        let receiver = Receiver::start(Reply::Status(204), identity).await;
        let webhook = trusting(&["127.0.0.1"], Some(&ours));
        let delivery = webhook.deliver(&hook_of(&receiver), &letter(), now()).await;
        let end = (delivery.result, delivery.detail.as_str());
        assert_eq!(end, (SendResult::Failed, "TLS failed"), "{why}");
        assert_eq!(delivery.evidence.peer_sha256, None, "{why}");
        assert!(receiver.took().is_empty(), "{why}");
    }
}
