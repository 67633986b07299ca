//! A conflict rings on a clock of its own, and tells whom it may.

use std::collections::BTreeSet;

use watchfire_core::event::{Body, CaseEvent, Profile, Service};
use watchfire_core::ids::{CaseId, PartyId};
use watchfire_server::command::case::{self, FactDraft};
use watchfire_server::command::{Wish, party};
use watchfire_store::Viewer;

use crate::house::House;

const ABROAD: &str = "cn-rmsv/conflict/undisclosed-abroad";

/// A provider in China and manufacturer in the Union, in a time in which both laws apply.
async fn house() -> House {
    let house = House::new().await;
    house.advance("43800h");
    let (operator, keeper) = (Viewer::service(Service::Operator), Viewer::service(Service::Keeper));
    let organization = house.node.store().own_organization(&keeper).await.expect("one");
    let wish = Wish { node: &house.node, viewer: &operator, key: None };
    let roles = ["cn-rmsv/provider", "eu-cra/manufacturer"].map(str::to_owned);
    let profile = Profile { roles: BTreeSet::from(roles), ..Profile::default() };
    party::change_profile(wish, &organization, &profile).await.expect("a profile");
    // An administrator who takes part in nothing, and could be reached.
    let all = house.node.store().parties(&keeper, &Default::default()).await.expect("people");
    let root = all.rows.into_iter().find(|row| row.login.as_deref() == Some("root"));
    let address = format!("{}/root", house.receiver.url);
    house.reaches(&root.expect("root").id, "webhook", &address).await;
    house
}

async fn exploited(house: &House, title: &str, embargoed: bool) -> CaseId {
    let fact = FactDraft { kind: "exploitation-known".to_owned(), ..FactDraft::default() };
    let made = case::open(house.wish(), title, embargoed, &[fact]).await.expect("a case");
    made.id.parse().expect("an id")
}

/// Whom the conflict told, rung by rung.
async fn rang(house: &House, id: &CaseId) -> Vec<(String, Vec<PartyId>)> {
    let ticker = Viewer::service(Service::Ticker);
    let history = house.node.store().case_history(&ticker, id).await.expect("a history");
    let of = history.into_iter().filter_map(|recorded| match recorded.event.body {
        Body::Case(_, CaseEvent::QuestionRang { decision, rung, told, .. })
            if decision == ABROAD =>
        {
            Some((rung, told))
        }
        _ => None,
    });
    of.collect()
}

/// Lets time pass until a moment after the conflict should have been decided, and returns what
/// arrived where.
async fn four_hours(house: &House) -> Vec<(String, serde_json::Value)> {
    let mut arrived = Vec::new();
    for _ in 0..5 {
        house.ticker().tick_once(house.node.now()).await.expect("a tick");
        house.sender().send_once(house.node.now()).await.expect("sent");
        arrived.extend(house.took());
        house.advance("PT1H");
    }
    arrived
}

#[tokio::test]
async fn in_an_embargoed_case_a_conflict_tells_participants_and_those_whom_a_rung_lets_in_alone() {
    let house = house().await;
    let id = exploited(&house, "a secret title", true).await;
    let arrived = four_hours(&house).await;
    let [engineer, supervisor, executive] = house.chain.clone();
    let expected = [
        ("0%".to_owned(), vec![engineer.clone()]),
        ("100%".to_owned(), vec![engineer.clone(), supervisor.clone()]),
    ];
    assert_eq!(rang(&house, &id).await, expected);
    let ticker = Viewer::service(Service::Ticker);
    let taking_part = house.node.store().participants(&ticker, &id).await.expect("people");
    let taking_part: BTreeSet<PartyId> = taking_part.into_iter().map(|row| row.party).collect();
    assert_eq!(taking_part, BTreeSet::from([engineer, supervisor]), "let in, as an event");
    assert!(!taking_part.contains(&executive), "and nobody before a rung reaches them");
    let reached: BTreeSet<&str> = arrived.iter().map(|(who, _)| who.as_str()).collect();
    assert_eq!(reached, BTreeSet::from(["engineer", "supervisor"]));
    for (_, body) in &arrived {
        let told = body["data"]["id"].as_str().expect("an id");
        let whole = body.to_string().replace(told, "");
        for secret in ["a secret title", id.as_str(), "cra", "rmsv", "conflict", "collide"] {
            assert!(!whole.contains(secret), "`{secret}` in {whole}");
        }
    }
}

#[tokio::test]
async fn in_an_open_case_the_notice_says_what_collides_and_leads_to_where_one_decides() {
    let house = house().await;
    let id = exploited(&house, "JNDI lookup loads remote classes", false).await;
    house.ticker().tick_once(house.node.now()).await.expect("a tick");
    house.sender().send_once(house.node.now()).await.expect("sent");
    let arrived = house.took();
    let told = arrived.iter().map(|(_, body)| &body["data"]).find(|data| {
        let text = data["text"].as_str().unwrap_or_default();
        text.contains("may not go abroad")
    });
    let told = told.unwrap_or_else(|| panic!("{arrived:?}"));
    assert!(told["link"].as_str().expect("a link").ends_with(&format!("/cases/{id}#conflicts")));
    let text = told["text"].as_str().expect("a text");
    assert!(
        text.contains("Every clock of law goes on") && !text.contains("provisionally"),
        "{text}"
    );
}
