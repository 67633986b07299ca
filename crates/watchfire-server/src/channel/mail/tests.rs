//! Mail to a relay on a real socket that does what relays do.

use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use watchfire_core::ids::NoticeId;
use watchfire_sinks::{Authority, Manner, Protection, Relay};

use super::*;
use crate::settings::Settings;

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: MailSecurity::None,
        from: "Watchfire <watchfire@psirt.example>".to_owned(),
        login: None,
        password_file: None,
        timeout_seconds: 5,
    }
}

fn letter(subject: &str) -> Letter {
    Letter {
        id: NoticeId::from_random([7; 20]),
        created_at: Timestamp::from_second(1_637_740_800).expect("an instant"),
        subject: subject.to_owned(),
        text: "有一项义务需要您处理。\n.\nhttps://watchfire.example/watch\n".to_owned(),
        link: "https://watchfire.example/watch".to_owned(),
        language: "zh-CN",
        topic: "notice",
    }
}

fn mail(settings: &MailSettings) -> Mail {
    Mail::from_settings(settings, &Trust::default()).expect("fine settings")
}

async fn deliver(relay: &Relay, within: Duration) -> Delivery {
    let mail = mail(&settings(relay.port)).within(within);
    mail.deliver("l.wen@psirt.example", &letter("需要您处理")).await
}

#[tokio::test]
async fn what_the_relay_answers_is_what_is_recorded() {
    let long = Duration::from_secs(20);
    let short = Duration::from_millis(400);
    for (manner, within, result, detail) in [
        (Manner::Accepts, long, SendResult::Accepted, "250"),
        (Manner::Recipient("450 later"), long, SendResult::Failed, "450"),
        (Manner::Recipient("550 nobody"), long, SendResult::Refused, "550"),
        (Manner::Message("451 later"), long, SendResult::Failed, "451"),
        (Manner::Message("554 never"), long, SendResult::Refused, "554"),
        (Manner::Drops, long, SendResult::Unknown, ""),
        (Manner::Hangs, short, SendResult::Unknown, "no answer after the message was sent"),
        (Manner::Mute, short, SendResult::Failed, ""),
    ] {
        let relay = Relay::start(manner, Protection::None).await;
        let delivery = deliver(&relay, within).await;
        assert_eq!(delivery.result, result, "{}", delivery.detail);
        assert!(delivery.detail.contains(detail), "{}", delivery.detail);
    }
}

#[tokio::test]
async fn a_message_sent_again_is_the_same_to_the_byte() {
    let relay = Relay::start(Manner::Drops, Protection::None).await;
    for _ in 0..2 {
        let tried = deliver(&relay, Duration::from_secs(20)).await;
        assert_eq!(tried.result, SendResult::Unknown);
    }
    let [first, second] = relay.took().try_into().expect("two mails");
    assert_eq!(second, first);
    assert_eq!(first.subject(), "需要您处理");
    assert_eq!(first.body(), letter("").text.replace('\n', "\r\n"), "and its dot stands");
    let first = first.text;
    let id = "Message-ID: <wn-0w3g-e1r7-0w3g-e1r7-0w3g-e1r7-0w3g-e1r7@psirt.example>";
    assert!(first.contains(id), "{first}");
    assert!(first.contains("Auto-Submitted: auto-generated"), "{first}");
    assert!(first.contains("Date: Wed, 24 Nov 2021 08:00:00 +0000"), "{first}");
    assert!(first.contains("Subject: =?utf-8?b?"), "{first}");
    assert!(first.is_ascii(), "{first}");
}

#[tokio::test]
async fn nobody_there_is_a_failure_and_no_unknown() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let delivery = mail(&settings(port)).deliver("l.wen@psirt.example", &letter("x")).await;
    assert_eq!(delivery.result, SendResult::Failed, "{}", delivery.detail);
}

#[tokio::test]
async fn a_relay_without_starttls_gets_nothing_where_it_is_asked_for() {
    let relay = Relay::start(Manner::Accepts, Protection::None).await;
    let settings = MailSettings { security: MailSecurity::Starttls, ..settings(relay.port) };
    let delivery = mail(&settings).deliver("l.wen@psirt.example", &letter("x")).await;
    assert_eq!(delivery.result, SendResult::Failed, "{}", delivery.detail);
    assert!(relay.took().is_empty(), "nothing went out in the clear");
}

#[tokio::test]
async fn lines_cannot_be_smuggled_into_the_message() {
    let relay = Relay::start(Manner::Accepts, Protection::None).await;
    let mail = mail(&settings(relay.port));
    let smuggled = mail.deliver("l.wen@psirt.example", &letter("a\r\nBcc: eve@evil.example")).await;
    assert_eq!(smuggled.result, SendResult::Refused);
    for address in ["a@b.example>\r\nRCPT TO:<eve@evil.example", "nobody", "a b@c.example"] {
        let delivery = mail.deliver(address, &letter("x")).await;
        assert_eq!(delivery.result, SendResult::Refused, "{address}");
    }
    assert!(relay.took().is_empty());
}

#[test]
fn a_relay_elsewhere_is_never_spoken_to_in_the_clear() {
    for (host, fine) in
        [("127.0.0.1", true), ("localhost", true), ("::1", true), ("mail.example", false)]
    {
        let settings = MailSettings { host: host.to_owned(), ..settings(25) };
        assert_eq!(Mail::from_settings(&settings, &Trust::default()).is_ok(), fine, "{host}");
    }
    let half = MailSettings { login: Some("watchfire".to_owned()), ..settings(25) };
    let refused = Mail::from_settings(&half, &Trust::default()).expect_err("half");
    assert_eq!(refused.setting, "mail.login");
}

/// A file that names `authority` as trusted, read as the node reads it.
fn trusting(authority: &Authority) -> Trust {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("authorities.pem");
    std::fs::write(&file, authority.pem()).expect("a file");
    let settings = Settings { trusted_authorities: Some(file), ..Settings::default() };
    Trust::from_settings(&settings).expect("an authority")
}

#[tokio::test]
async fn mail_goes_inside_tls_to_a_relay_whose_certificate_is_believed() {
    let authority = Authority::new();
    let identity = authority.identity(&["127.0.0.1"]);
    let folder = tempfile::tempdir().expect("a folder");
    let password = folder.path().join("password");
    std::fs::write(&password, "a beacon\n").expect("a file");
    for (security, protection, scheme) in [
        (MailSecurity::Starttls, Protection::Starttls(identity.clone()), "smtp+starttls"),
        (MailSecurity::Tls, Protection::Tls(identity.clone()), "smtps"),
    ] {
        let relay = Relay::start(Manner::Accepts, protection).await;
        let settings = MailSettings {
            security,
            login: Some("watchfire".to_owned()),
            password_file: Some(password.clone()),
            ..settings(relay.port)
        };
        let mail = Mail::from_settings(&settings, &trusting(&authority)).expect("fine settings");
        let delivery = mail.deliver("l.wen@psirt.example", &letter("x")).await;
        assert_eq!(delivery.result, SendResult::Accepted, "{}", delivery.detail);
        let [arrived] = relay.took().try_into().expect("one mail");
        assert!(arrived.in_tls && arrived.signed_in, "{arrived:?}");
        assert_eq!(arrived.to, ["l.wen@psirt.example"]);
        let expected = SendEvidence {
            endpoint: Some(format!("{scheme}://127.0.0.1:{}", relay.port)),
            peer_sha256: Some(identity.sha256.clone()),
            body_sha256: Some(watchfire_sinks::certificate::sha256(arrived.text.as_bytes())),
        };
        assert_eq!(delivery.evidence, expected);
    }
}

#[tokio::test]
async fn a_relay_whose_certificate_is_not_believed_gets_nothing() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for (why, identity) in [
        ("of an authority that nobody trusts", theirs.identity(&["127.0.0.1"])),
        ("for another machine", ours.identity(&["mail.example"])),
    ] {
        for (security, protection) in [
            (MailSecurity::Starttls, Protection::Starttls(identity.clone())),
            (MailSecurity::Tls, Protection::Tls(identity.clone())),
        ] {
            let relay = Relay::start(Manner::Accepts, protection).await;
            let settings = MailSettings { security, ..settings(relay.port) };
            let mail = Mail::from_settings(&settings, &trusting(&ours)).expect("fine settings");
            let delivery = mail.deliver("l.wen@psirt.example", &letter("x")).await;
            assert_eq!(delivery.result, SendResult::Failed, "{why}");
            assert!(delivery.detail.contains("TLS"), "{why}: {}", delivery.detail);
            assert_eq!(delivery.evidence.peer_sha256, None, "{why}");
            assert!(relay.took().is_empty(), "{why}");
        }
    }
}

#[test]
fn a_file_of_authorities_that_holds_none_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("authorities.pem");
    for text in [None, Some(""), Some("-----BEGIN CERTIFICATE-----\nAA\n"), Some("no PEM")] {
        if let Some(text) = text {
            std::fs::write(&file, text).expect("a file");
        }
        let settings = Settings { trusted_authorities: Some(file.clone()), ..Settings::default() };
        let refused = Trust::from_settings(&settings).expect_err("no authority");
        assert_eq!(refused.setting, "trusted_authorities", "{text:?}");
    }
}
