//! A relay of our own, on a real socket, that does what relays do.

use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use watchfire_core::ids::NoticeId;

use super::*;

#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Accepts,
    /// Answers the recipient with this.
    Recipient(&'static str),
    /// Answers the message with this.
    Message(&'static str),
    /// Takes the message and says nothing.
    Hangs,
    /// Takes the message and goes.
    Drops,
    /// Says nothing at all.
    Mute,
}

struct Relay {
    port: u16,
    messages: mpsc::UnboundedReceiver<String>,
}

async fn relay(manner: Manner) -> Relay {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (told, messages) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(dialogue(socket, manner, told.clone()));
        }
    });
    Relay { port, messages }
}

async fn dialogue(
    socket: TcpStream,
    manner: Manner,
    told: mpsc::UnboundedSender<String>,
) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    if manner == Manner::Mute {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    socket.write_all(b"220 relay.example\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match line.split([' ', ':', '\r']).next().unwrap_or_default() {
            "EHLO" => "250-relay.example\r\n250 8BITMIME",
            "RCPT" => match manner {
                Manner::Recipient(answer) => answer,
                _ => "250 fine",
            },
            "DATA" => {
                socket.write_all(b"354 go on\r\n").await?;
                told.send(message(&mut socket).await?).ok();
                match manner {
                    Manner::Message(answer) => answer,
                    Manner::Hangs => {
                        tokio::time::sleep(Duration::from_secs(60)).await;
                        return Ok(());
                    }
                    Manner::Drops => return Ok(()),
                    _ => "250 taken",
                }
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        socket.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

async fn message(socket: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await?;
        if line == ".\r\n" || line.is_empty() {
            return Ok(text);
        }
        text.push_str(&line);
    }
}

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

async fn deliver(relay: &Relay, within: Duration) -> Delivery {
    let mail = Mail::from_settings(&settings(relay.port)).expect("fine settings").within(within);
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
        let relay = relay(manner).await;
        let delivery = deliver(&relay, within).await;
        assert_eq!(delivery.result, result, "{}", delivery.detail);
        assert!(delivery.detail.contains(detail), "{}", delivery.detail);
    }
}

#[tokio::test]
async fn a_message_sent_again_is_the_same_to_the_byte() {
    let mut relay = relay(Manner::Drops).await;
    for _ in 0..2 {
        let tried = deliver(&relay, Duration::from_secs(20)).await;
        assert_eq!(tried.result, SendResult::Unknown);
    }
    let first = relay.messages.recv().await.expect("a message");
    assert_eq!(relay.messages.recv().await.expect("a message"), first);
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
    let mail = Mail::from_settings(&settings(port)).expect("fine settings");
    let delivery = mail.deliver("l.wen@psirt.example", &letter("x")).await;
    assert_eq!(delivery.result, SendResult::Failed, "{}", delivery.detail);
}

#[tokio::test]
async fn a_relay_without_starttls_gets_nothing_where_it_is_asked_for() {
    let mut relay = relay(Manner::Accepts).await;
    let settings = MailSettings { security: MailSecurity::Starttls, ..settings(relay.port) };
    let mail = Mail::from_settings(&settings).expect("fine settings");
    let delivery = mail.deliver("l.wen@psirt.example", &letter("x")).await;
    assert_eq!(delivery.result, SendResult::Failed, "{}", delivery.detail);
    assert!(relay.messages.try_recv().is_err(), "nothing went out in the clear");
}

#[tokio::test]
async fn lines_cannot_be_smuggled_into_the_message() {
    let mut relay = relay(Manner::Accepts).await;
    let mail = Mail::from_settings(&settings(relay.port)).expect("fine settings");
    let smuggled = mail.deliver("l.wen@psirt.example", &letter("a\r\nBcc: eve@evil.example")).await;
    assert_eq!(smuggled.result, SendResult::Refused);
    for address in ["a@b.example>\r\nRCPT TO:<eve@evil.example", "nobody", "a b@c.example"] {
        let delivery = mail.deliver(address, &letter("x")).await;
        assert_eq!(delivery.result, SendResult::Refused, "{address}");
    }
    assert!(relay.messages.try_recv().is_err());
}

#[test]
fn a_relay_elsewhere_is_never_spoken_to_in_the_clear() {
    for (host, fine) in
        [("127.0.0.1", true), ("localhost", true), ("::1", true), ("mail.example", false)]
    {
        let settings = MailSettings { host: host.to_owned(), ..settings(25) };
        assert_eq!(Mail::from_settings(&settings).is_ok(), fine, "{host}");
    }
    let half = MailSettings { login: Some("watchfire".to_owned()), ..settings(25) };
    assert_eq!(Mail::from_settings(&half).expect_err("half").setting, "mail.login");
}
