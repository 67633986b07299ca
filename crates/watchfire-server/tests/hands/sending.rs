//! What reaches people, in whose words, and what is recorded of it.

use watchfire_core::event::{NodeEvent, SendResult, Service};
use watchfire_core::ids::CaseId;
use watchfire_server::command::case::FactDraft;
use watchfire_server::command::{Wish, case, party};
use watchfire_sinks::{Manner, Protection, Relay};
use watchfire_store::Viewer;

use crate::house::House;

const TITLE: &str = "Sekret-JNDI-Detail";

async fn tried(house: &House) -> Vec<(u32, SendResult)> {
    let events = house.node_events().await;
    let tries = events.into_iter().filter_map(|event| match event {
        NodeEvent::NoticeTried { attempt, result, .. } => Some((attempt, result)),
        _ => None,
    });
    tries.collect()
}

/// What the engineer reads about the obligation of 48 hours.
fn of_72(arrived: &[(String, serde_json::Value)]) -> &str {
    let texts = arrived.iter().filter(|(who, _)| who == "engineer");
    texts
        .filter_map(|(_, body)| body["data"]["text"].as_str())
        .find(|text| text.contains("cn-rmsv/7.2,") || text.contains("cn-rmsv/7.2，"))
        .unwrap_or_else(|| panic!("the engineer was not told: {arrived:?}"))
}

async fn told(
    house: &House,
    title: &str,
    embargoed: bool,
) -> (CaseId, Vec<(String, serde_json::Value)>) {
    let case = house.opens(title, embargoed).await;
    house.ticker().tick_once(house.node.now()).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    (case, house.took())
}

#[tokio::test]
async fn a_notice_says_case_law_and_deadline_and_is_sent_once() {
    let house = House::new().await;
    let (case, arrived) = told(&house, TITLE, false).await;
    let text = of_72(&arrived);
    assert!(text.contains(TITLE) && text.contains(case.as_str()), "{text}");
    assert!(text.contains("2021-11-26 08:00 UTC"), "48 hours by the strict reading: {text}");
    house.sender().send_once(house.node.now()).await.expect("sent");
    assert!(house.took().is_empty());
    assert!(tried(&house).await.iter().all(|tried| *tried == (1, SendResult::Accepted)));
}

#[tokio::test]
async fn a_notice_about_an_embargoed_case_is_the_same_for_every_case() {
    let mut texts = Vec::new();
    for title in [TITLE, "quite another title of another length"] {
        let house = House::new().await;
        let (case, arrived) = told(&house, title, true).await;
        assert!(!arrived.is_empty(), "the owner is told all the same");
        for (_, body) in &arrived {
            // The id is a hash, in which any two signs may meet.
            let id = body["data"]["id"].as_str().expect("an id");
            let whole = body.to_string().replace(id, "");
            for secret in [title, case.as_str(), "rmsv", "CVE", "48", "2021-11-26"] {
                assert!(!whole.contains(secret), "`{secret}` in {whole}");
            }
            assert_eq!(body["type"], "notice");
            texts.push((body["data"]["subject"].clone(), body["data"]["text"].clone()));
        }
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}

/// Everything that leaves in sixty hours about one case under embargo, in an order of its own.
/// Only ids, signatures and the receiver's port are masked, by signs of the same number.
async fn transcript(title: &str, note: &str) -> Vec<String> {
    let house = House::new().await;
    let relay = Relay::start(Manner::Accepts, Protection::None).await;
    for (who, name) in house.chain.iter().zip(["engineer", "supervisor", "executive"]) {
        house.reaches(who, "mail", &format!("{name}@psirt.example")).await;
    }
    party::set_preferences(house.wish(), &house.chain[0], "zh-CN", "Asia/Shanghai")
        .await
        .expect("preferences");
    let fact = FactDraft {
        kind: "vulnerability-known".to_owned(),
        note: Some(note.to_owned()),
        ..FactDraft::default()
    };
    let made = case::open(house.wish(), title, true, &[fact]).await.expect("a case");
    let (ticker, sender) = (house.ticker(), house.sender_by_mail(&relay));
    for _ in 0..60 {
        ticker.tick_once(house.node.now()).await.expect("a tick");
        sender.send_once(house.node.now()).await.expect("sent");
        house.advance("PT1H");
    }
    let hooks = house.receiver.took().into_iter().map(|hook| {
        let port = house.receiver.url.rsplit(':').next().expect("a port").to_owned();
        let headers: Vec<String> = hook
            .headers
            .iter()
            .map(|(name, value)| match name.as_str() {
                "webhook-signature" => format!("{name}: {} bytes", value.len()),
                _ => format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
            })
            .map(|header| header.replace(&port, "port"))
            .collect();
        let body = String::from_utf8_lossy(&hook.body).into_owned();
        format!("{} {}\n{}\n\n{body}", hook.method, hook.path, headers.join("\n"))
    });
    let mails = relay.took().into_iter().map(|mail| {
        let head = mail.text.split("\r\n\r\n").next().expect("headers").to_owned();
        let (size, body) = (mail.text.len(), mail.body());
        format!("{} to {:?}, {size} bytes\n{head}\n\n{body}", mail.from, mail.to)
    });
    let mut all: Vec<String> = hooks.chain(mails).map(|text| without_ids(&text)).collect();
    all.sort();
    for text in &all {
        assert!(!text.contains(title) && !text.contains(&made.id), "{text}");
    }
    all
}

/// Puts as many signs in the place of each id of a notice.
fn without_ids(text: &str) -> String {
    const ID_BYTES: usize = "WN-0000-0000-0000-0000-0000-0000-0000-0000".len();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("WN-").into_iter().chain(rest.find("wn-")).min() {
        out.push_str(&rest[..at]);
        out.push_str(&"#".repeat(ID_BYTES));
        rest = &rest[at + ID_BYTES..];
    }
    out + rest
}

#[tokio::test]
async fn what_leaves_about_two_embargoed_cases_is_the_same_to_the_byte() {
    let one = transcript("JNDI", "a lookup in a log message").await;
    let other = transcript(
        "远程代码执行: a far longer title, with CVE-2021-44228 and `quotes`",
        &"every detail of the exploit. ".repeat(40),
    )
    .await;
    assert!(one.len() > 10, "there is something to compare: {}", one.len());
    assert!(one.iter().any(|text| text.starts_with("POST")));
    assert!(one.iter().any(|text| text.contains("supervisor@psirt.example")));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

#[tokio::test]
async fn a_notice_is_in_the_language_of_its_reader() {
    let house = House::new().await;
    party::set_preferences(house.wish(), &house.chain[0], "zh-CN", "Asia/Shanghai")
        .await
        .expect("preferences");
    let (_, arrived) = told(&house, TITLE, false).await;
    let text = of_72(&arrived);
    assert!(text.contains("严格时限：2021-11-26 16:00 Asia/Shanghai"), "{text}");
    let mine = arrived.iter().filter(|(who, _)| who == "engineer");
    assert!(mine.into_iter().all(|(_, body)| body["data"]["language"] == "zh-CN"));
}

#[tokio::test]
async fn whoever_was_removed_meanwhile_gets_nothing() {
    let house = House::new().await;
    let case = house.opens(TITLE, true).await;
    house.ticker().tick_once(house.node.now()).await.expect("a tick");
    case::add_participant(
        house.wish(),
        &case,
        (&house.chain[1], watchfire_core::event::ParticipantRole::Member),
        None,
    )
    .await
    .expect("added");
    case::remove_participant(house.wish(), &case, &house.chain[0]).await.expect("removed");
    house.sender().send_once(house.node.now()).await.expect("sent");
    assert!(house.took().iter().all(|(who, _)| who != "engineer"));
    let events = house.node_events().await;
    let withdrawn = |event: &NodeEvent| {
        matches!(event, NodeEvent::NoticeTried { detail, recipient, .. }
            if detail.starts_with("withdrawn") && *recipient == house.chain[0])
    };
    assert!(events.iter().any(withdrawn), "{events:?}");
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_again_and_others_hear_of_it() {
    let house = House::new().await;
    house.answers(503);
    let (_, first) = told(&house, TITLE, false).await;
    let id = first[0].1["data"]["id"].clone();
    let sender = house.sender();
    assert_eq!(sender.send_once(house.node.now()).await.expect("sent"), 0, "not at once");
    for _ in 0..3 {
        let now = house.advance("PT15M");
        sender.send_once(now).await.expect("sent");
    }
    let again = house.took();
    assert!(again.iter().filter(|(_, body)| body["data"]["id"] == id).count() == 3, "same id");
    house.answers(200);
    sender.send_once(house.advance("PT15M")).await.expect("sent");
    let at_last = house.took();
    assert!(at_last.iter().any(|(_, body)| body["data"]["id"] == id));
    let trouble = |(who, body): &(String, serde_json::Value)| {
        who == "supervisor" && body["type"] == "notice.trouble"
    };
    assert!(again.iter().chain(&at_last).any(trouble), "the supervisor hears after four tries");
}

/// Everything that arrives when a case under embargo, of the engineer's alone, is half over.
async fn half_over(house: &House) -> (CaseId, Vec<(String, serde_json::Value)>) {
    let case = house.opens(TITLE, true).await;
    let now = house.advance("PT24H");
    house.ticker().tick_once(now).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    (case, house.took())
}

async fn sees(house: &House, who: usize, case: &CaseId) -> bool {
    let sender = Viewer::service(Service::Sender);
    let store = house.node.store();
    let viewer = store.viewer_of_recipient(&sender, &house.chain[who]).await.expect("one");
    store.case(&viewer, case).await.is_ok()
}

#[tokio::test]
async fn the_chain_of_an_embargoed_case_is_let_in_when_it_is_told_and_the_others_hear_of_it() {
    let house = House::new().await;
    let case = house.opens(TITLE, true).await;
    assert!(!sees(&house, 1, &case).await && !sees(&house, 2, &case).await);
    let now = house.advance("PT24H");
    house.ticker().tick_once(now).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    assert!(sees(&house, 1, &case).await, "whoever is told can look and act");
    let arrived = house.took();
    let to = |who: &str| arrived.iter().filter(|(name, _)| name == who).count();
    assert!(to("supervisor") > 0);
    assert!(to("engineer") > 1, "and hears who joined");
    for (_, body) in &arrived {
        assert_eq!(body["type"], "notice", "{body}");
        assert!(!body.to_string().contains(TITLE) && !body.to_string().contains(case.as_str()));
    }
}

#[tokio::test]
async fn a_link_of_the_chain_that_was_taken_out_is_passed_over_and_told_nothing() {
    let house = House::new().await;
    let (case, _) = half_over(&house).await;
    case::remove_participant(house.wish(), &case, &house.chain[1]).await.expect("removed");
    let now = house.advance("PT20H");
    house.ticker().tick_once(now).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    let arrived = house.took();
    assert!(arrived.iter().all(|(who, _)| who != "supervisor"), "{arrived:?}");
    assert!(arrived.iter().any(|(who, _)| who == "executive"));
    assert!(!sees(&house, 1, &case).await);
    assert!(sees(&house, 2, &case).await);
}

#[tokio::test]
async fn a_link_of_the_chain_whose_account_is_closed_is_no_silence() {
    let house = House::new().await;
    let operator = Viewer::service(Service::Operator);
    let wish = Wish { node: &house.node, viewer: &operator, key: None };
    party::close_account(wish, &house.chain[2], "left").await.expect("closed");
    half_over(&house).await;
    let now = house.advance("PT12H");
    house.ticker().tick_once(now).await.expect("a tick");
    for _ in 0..2 {
        house.sender().send_once(house.node.now()).await.expect("sent");
    }
    let arrived = house.took();
    let hole = |(who, body): &(String, serde_json::Value)| {
        who == "supervisor" && body["type"] == "notice.trouble"
    };
    assert!(arrived.iter().any(hole), "somebody must be told that the chain has a hole");
    assert!(arrived.iter().all(|(_, body)| !body.to_string().contains(TITLE)));
}

#[tokio::test]
async fn a_question_that_waits_says_what_is_asked_and_until_when() {
    let house = House::new().await;
    let kind = "upstream-vulnerability-known".to_owned();
    let fact = case::FactDraft { kind, ..case::FactDraft::default() };
    let made = case::open(house.wish(), TITLE, false, &[fact]).await.expect("a case");
    let ticker = house.ticker();
    ticker.tick_once(house.node.now()).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    house.took();
    ticker.tick_once(house.advance("PT4H")).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    let arrived = house.took();
    for who in ["engineer", "supervisor"] {
        let asked: Vec<_> = arrived
            .iter()
            .filter(|(name, body)| name == who && body["type"] == "notice.question")
            .collect();
        let [(_, body)] = asked[..] else { panic!("{who} is asked once: {arrived:?}") };
        let text = body["data"]["text"].as_str().expect("a text");
        assert!(text.contains("2021-11-24 12:00 UTC") && text.contains(&made.id), "{text}");
        assert!(text.contains("Undecided: "), "{text}");
    }
    ticker.tick_once(house.node.now()).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    assert!(house.took().is_empty(), "once each");
}

#[tokio::test]
async fn whoever_is_asked_to_step_in_is_told_at_once() {
    let house = House::new().await;
    let case = house.opens(TITLE, true).await;
    house.ticker().tick_once(house.node.now()).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    house.took();
    let ticker = Viewer::service(Service::Ticker);
    let owed = house.node.store().obligations_of_case(&ticker, &case).await.expect("rows");
    let owed = owed.iter().find(|row| row.assessment.provision == "cn-rmsv/7.2").expect("it");
    case::escalate(house.wish(), &owed.id, "no answer from the upstream").await.expect("done");
    house.sender().send_once(house.node.now()).await.expect("sent");
    let arrived = house.took();
    assert!(!arrived.is_empty());
    assert!(arrived.iter().all(|(_, body)| !body.to_string().contains("upstream")));
    assert!(sees(&house, 1, &case).await || sees(&house, 2, &case).await);
}

#[tokio::test]
async fn a_test_notice_arrives() {
    let house = House::new().await;
    party::test_notice(house.wish(), &house.chain[0]).await.expect("queued");
    house.sender().send_once(house.node.now()).await.expect("sent");
    let arrived = house.took();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].1["type"], "notice.test");
}
