//! What reaches people, in whose words, and what is recorded of it.

use watchfire_core::event::{NodeEvent, SendResult};
use watchfire_core::ids::CaseId;
use watchfire_server::command::case;
use watchfire_server::command::party;

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
        &house.chain[1],
        watchfire_core::event::ParticipantRole::Member,
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

#[tokio::test]
async fn a_link_of_the_chain_that_may_not_see_the_case_is_no_silence() {
    let house = House::new().await;
    house.opens(TITLE, true).await;
    let now = house.advance("PT24H");
    house.ticker().tick_once(now).await.expect("a tick");
    let sender = house.sender();
    for _ in 0..2 {
        sender.send_once(house.node.now()).await.expect("sent");
    }
    let to_supervisor: Vec<_> =
        house.took().into_iter().filter(|(who, _)| who == "supervisor").collect();
    assert!(!to_supervisor.is_empty(), "somebody must be told that the chain has a hole");
    for (_, body) in &to_supervisor {
        assert_eq!(body["type"], "notice.trouble", "and nothing of the case");
        assert!(!body.to_string().contains(TITLE));
    }
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
