//! Questions that wait, and going up the chain by hand.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::house::{House, Person};

async fn obligations(house: &House, path: &str, person: &Person) -> Vec<Value> {
    let listed = house.get(path).by(person).answer().await.json();
    listed["items"].as_array().cloned().expect("items")
}

#[tokio::test]
async fn a_question_that_waits_is_listed_with_its_own_clock_to_whoever_sees_the_case() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let [engineer, outsider] =
        [house.person("Wen Engineer", &[]).await, house.person("Mia Outsider", &[]).await];
    let case = house.case(&engineer, "embargoed").await;
    assert!(obligations(&house, "/api/v1/questions", &engineer).await.is_empty());
    let fact = json!({ "kind": "upstream-vulnerability-known" });
    let path = format!("/api/v1/cases/{case}/facts");
    let taken_back = json!({ "kind": "retracted", "of": "fact-1" });
    for body in [&fact, &taken_back] {
        let made = house.write("POST", &path, body).by(&engineer).answer().await;
        assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json());
    }
    let asked = obligations(&house, "/api/v1/questions", &engineer).await;
    let of_72 = asked.iter().find(|item| item["provision"] == "cn-rmsv/7.2").expect("it waits");
    assert_eq!(of_72["decision"], "cn-rmsv/component-in-own-product");
    assert_eq!(of_72["decision_due"], "2021-11-24T12:00:00Z", "four hours");
    assert!(obligations(&house, "/api/v1/questions", &outsider).await.is_empty());
    let watch = house.get("/watch").by(&engineer).answer().await;
    let page = String::from_utf8(watch.bytes).expect("UTF-8");
    assert!(page.contains("watch-questions"), "a clock of its own");
    let decided = json!({ "predicate": "cn-rmsv/component-in-own-product", "answer": "yes" });
    let path = format!("/api/v1/cases/{case}/decisions");
    let made = house.write("POST", &path, &decided).by(&engineer).answer().await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json());
    assert!(obligations(&house, "/api/v1/questions", &engineer).await.is_empty());
}

#[tokio::test]
async fn anybody_who_sees_the_case_escalates_with_a_reason_and_nobody_else_does() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let [engineer, outsider] =
        [house.person("Wen Engineer", &[]).await, house.person("Mia Outsider", &[]).await];
    let case = house.case(&engineer, "embargoed").await;
    let owed = obligations(&house, "/api/v1/obligations", &engineer).await;
    let body = json!({ "obligation": owed[0]["id"], "reason": "no answer for an hour" });
    let hidden = house.write("POST", "/api/v1/escalations", &body).by(&outsider).answer().await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let alone = house.write("POST", "/api/v1/escalations", &body).by(&engineer).answer().await;
    assert_eq!((alone.status, alone.code()), (StatusCode::CONFLICT, "chain_empty".to_owned()));

    let boss = house.person("Zhao Boss", &[]).await;
    house.chain([None, Some(&boss), None]).await;
    let seen = house.get(&format!("/api/v1/cases/{case}")).by(&boss).answer().await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    let done = house.write("POST", "/api/v1/escalations", &body).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    assert!(done.json()["receipt"].is_string());
    let seen = house.get(&format!("/api/v1/cases/{case}")).by(&boss).answer().await;
    assert_eq!(seen.status, StatusCode::OK, "whoever is asked can look and act");
    let path = format!("/api/v1/cases/{case}/timeline");
    let told = obligations(&house, &path, &engineer).await;
    let entry = told.iter().find(|item| item["happened"]["kind"] == "escalated").expect("an event");
    assert_eq!(entry["happened"]["text"], "no answer for an hour");
    assert_eq!(entry["happened"]["told"], json!([boss.id.to_string()]));
    let blank = json!({ "obligation": owed[0]["id"], "reason": " " });
    let refused = house.write("POST", "/api/v1/escalations", &blank).by(&engineer).answer().await;
    assert_eq!(refused.code(), "text_length");
}
