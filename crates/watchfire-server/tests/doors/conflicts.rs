//! Where laws collide, at the doors: a decision, the gate before what leaves, and awareness.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::house::{House, Person};

const ABROAD: &str = "cn-rmsv/conflict/undisclosed-abroad";

/// A provider in China and manufacturer in the Union, in a time in which both laws apply.
async fn house() -> (House, Person) {
    let house = House::new().await;
    house.advance("43800h");
    house.roles(&["cn-rmsv/provider", "eu-cra/manufacturer"]).await;
    let engineer = house.person("Wen Engineer", &[]).await;
    (house, engineer)
}

async fn exploited(house: &House, engineer: &Person) -> String {
    let case = house.case(engineer, "embargoed").await;
    let path = format!("/api/v1/cases/{case}/facts");
    let fact = json!({ "kind": "exploitation-known" });
    let recorded = house.write("POST", &path, &fact).by(engineer).answer().await;
    assert_eq!(recorded.status, StatusCode::CREATED, "{:?}", recorded.json());
    case
}

fn of<'v>(list: &'v Value, field: &str, value: &str) -> &'v Value {
    let items = list["items"].as_array().expect("items");
    items.iter().find(|item| item[field] == value).unwrap_or_else(|| panic!("{value}: {list}"))
}

#[tokio::test]
async fn a_conflict_is_decided_and_opens_the_gate() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let path = format!("/api/v1/cases/{case}/conflicts");
    let list = house.get(&path).by(&engineer).answer().await.json();
    let conflict = of(&list, "id", ABROAD);
    assert_eq!(conflict["open"], true);
    assert_eq!(conflict["effect"]["bars"], json!(["cn-rmsv/9.7"]));
    assert!(conflict["due_at"].is_string(), "{conflict}");

    let gate =
        format!("/api/v1/cases/{case}/gate?recipient=authority:eu-single-reporting-platform");
    let barred = house.get(&gate).by(&engineer).answer().await.json();
    assert_eq!(
        (&barred["open"], &barred["bars"][0]["provision"]),
        (&json!(false), &json!("cn-rmsv/9.7"))
    );

    let wrong = json!({ "conflict": ABROAD, "choice": "pray", "reason": "x" });
    let refused = house.write("POST", &path, &wrong).by(&engineer).answer().await;
    assert_eq!(
        (refused.code().as_str(), refused.text("pointer").as_str()),
        ("choice_unknown", "/choice")
    );
    let decided = json!({ "conflict": ABROAD, "choice": "submit-minimum", "reason": "counsel" });
    let done = house.write("POST", &path, &decided).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    let list = house.get(&path).by(&engineer).answer().await.json();
    let conflict = of(&list, "id", ABROAD);
    assert_eq!(conflict["decided"]["by"], engineer.id.to_string());
    assert_eq!(house.get(&gate).by(&engineer).answer().await.json()["open"], true);
}

#[tokio::test]
async fn somebody_abroad_comes_in_by_a_recorded_reason_alone() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let outsider = house.outsider("Sam Other").await;
    let path = format!("/api/v1/cases/{case}/passes");
    let to = format!("party:{}", outsider.id);
    let gate = format!("/api/v1/cases/{case}/gate?recipient={to}");
    house.acquaint(&engineer, &outsider).await;
    assert_eq!(house.get(&gate).by(&engineer).answer().await.json()["open"], false);
    let pass = json!({ "recipient": to, "reason": "counsel agreed" });
    let passed = house.write("POST", &path, &pass).by(&engineer).answer().await;
    assert_eq!(passed.status, StatusCode::CREATED, "{:?}", passed.json());
    assert_eq!(house.get(&gate).by(&engineer).answer().await.json()["open"], true);
    let list = house.get(&path).by(&engineer).answer().await.json();
    assert_eq!(list["items"][0]["provisions"], json!(["cn-rmsv/9.7"]));
    let nobody = json!({ "recipient": "moon", "reason": "x" });
    let refused = house.write("POST", &path, &nobody).by(&engineer).answer().await;
    assert_eq!(refused.text("pointer"), "/recipient");
}

#[tokio::test]
async fn a_recipient_that_one_may_not_know_of_is_nobody() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let hidden = house.outsider("Sam Other").await.id.to_string();
    let mut seen = Vec::new();
    for id in [hidden.as_str(), "WP-0000-0000"] {
        let to = format!("party:{id}");
        let gate = format!("/api/v1/cases/{case}/gate?recipient={to}");
        let asked = house.get(&gate).by(&engineer).answer().await;
        let pass = json!({ "recipient": to, "reason": "x" });
        let path = format!("/api/v1/cases/{case}/passes");
        let passed = house.write("POST", &path, &pass).by(&engineer).answer().await;
        let export = format!("/api/v1/cases/{case}/export?recipient={id}");
        let exported = house.get(&export).by(&engineer).answer().await;
        assert_eq!(exported.status, StatusCode::NOT_FOUND);
        let said = [&asked, &passed]
            .map(|answer| (answer.status, answer.code(), answer.text("detail").replace(id, "…")));
        assert_eq!(said[0].1, "field_invalid");
        seen.push(said);
    }
    assert_eq!(seen[0], seen[1], "hidden is missing");
}

#[tokio::test]
async fn a_candidate_for_awareness_is_picked_and_no_alarm_moves() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let facts = format!("/api/v1/cases/{case}/facts");
    let earlier = json!({ "kind": "evidence-held", "of": "exploitation-known",
        "occurred_at": "2026-11-22T00:00Z", "known_at": "2026-11-22T00:00Z" });
    house.write("POST", &facts, &earlier).by(&engineer).answer().await;
    let path = format!("/api/v1/cases/{case}/awareness");
    let list = house.get(&path).by(&engineer).answer().await.json();
    let known = of(&list, "of", "exploitation-known");
    assert_eq!(known["candidates"].as_array().expect("two").len(), 2, "{known}");
    let due = known["candidates"][0]["deadlines"][0]["strict_due"].clone();
    let later = known["candidates"][1]["fact"].clone();
    let choice = json!({ "fact": later, "reason": "the logs were read then" });
    let done = house.write("POST", &path, &choice).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    let list = house.get(&path).by(&engineer).answer().await.json();
    let known = of(&list, "of", "exploitation-known");
    assert_eq!(known["chosen"]["fact"], later);
    assert_eq!(known["candidates"][0]["deadlines"][0]["strict_due"], due);
    assert_eq!(known["candidates"][0]["alarms"], true);
}
