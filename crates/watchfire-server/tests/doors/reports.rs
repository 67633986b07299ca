//! Reports: no account, one effect, one answer.

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::Duty;
use watchfire_server::settings::{Limits, Settings};

use crate::house::House;

fn report() -> Value {
    json!({
        "what": "JNDI lookup in message text loads remote classes",
        "component": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
        "sure": "sure",
        "exploited": "unknown",
        "contact": "finder@example.com",
        "language": "en",
    })
}

#[tokio::test]
async fn anybody_reports_and_reads_the_answer_with_the_tracking_code() {
    let house = House::new().await;
    let responder = house.person("Rui Responder", &[Duty::Responder]).await;
    let received = house.ask("POST", "/api/v1/reports").json(&report()).answer().await;
    assert_eq!(received.status, StatusCode::CREATED, "{:?}", received.json());
    let (id, code) = (received.text("id"), received.text("tracking_code"));
    assert!(received.text("receipt").len() >= 32, "a receipt of at least 128 bits");
    assert!(code.len() >= 34, "a code of at least 128 bits in base 32: {code}");

    let path = format!("/api/v1/reports/{code}");
    let before = house.get(&path).answer().await.json();
    assert_eq!(before["status"], "received");
    assert!(before.get("report").is_none(), "nothing of the case: {before}");

    let answer = json!({ "text": "Thank you. We can reproduce it." });
    let answers = format!("/api/v1/reports/{id}/answers");
    let written = house.write("POST", &answers, &answer).by(&responder).answer().await;
    assert_eq!(written.status, StatusCode::CREATED, "{:?}", written.json());
    let after = house.get(&path.to_lowercase()).answer().await.json();
    assert_eq!(after["status"], "answered");
    assert_eq!(after["answers"][0]["text"], "Thank you. We can reproduce it.");

    let whole = house.get(&format!("/api/v1/reports/{id}")).by(&responder).answer().await.json();
    assert_eq!(whole["report"]["contact"], "finder@example.com");
    assert_eq!(
        whole["report"]["component"],
        "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
    );
}

#[tokio::test]
async fn the_id_of_a_report_opens_nothing_without_the_right_to_its_case() {
    let house = House::new().await;
    let received = house.ask("POST", "/api/v1/reports").json(&report()).answer().await;
    let employee = house.person("Eva Employee", &[]).await;
    let hidden = format!("/api/v1/reports/{}", received.text("id"));
    let missing = "/api/v1/reports/WR-0000-0000";
    for ask in [house.get(&hidden), house.get(&hidden).by(&employee)] {
        let found = ask.answer().await;
        assert_eq!(found.status, StatusCode::NOT_FOUND);
        assert_eq!(found.observable(), house.get(missing).answer().await.observable());
    }
}

#[tokio::test]
async fn the_same_key_has_one_effect_and_one_answer() {
    let house = House::new().await;
    let responder = house.person("Rui Responder", &[Duty::Responder]).await;
    let ask = || house.ask("POST", "/api/v1/reports").key("k-1").json(&report());
    let first = ask().answer().await;
    let second = ask().answer().await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(first.json(), second.json());
    let listed = house.get("/api/v1/reports").by(&responder).answer().await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");

    let mut other = report();
    other["sure"] = json!("unsure");
    let reused = house.ask("POST", "/api/v1/reports").key("k-1").json(&other).answer().await;
    assert_eq!(reused.status, StatusCode::CONFLICT);
    assert_eq!(reused.code(), "idempotency_key_reused");
}

#[tokio::test]
async fn a_duplicate_is_answered_like_any_other() {
    let house = House::new().await;
    let [one, two] = [
        house.ask("POST", "/api/v1/reports").json(&report()).answer().await,
        house.ask("POST", "/api/v1/reports").json(&report()).answer().await,
    ];
    assert_eq!(one.status, two.status);
    let keys = |answer: &Value| answer.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>());
    assert_eq!(keys(&one.json()), keys(&two.json()));
    for field in ["id", "tracking_code", "receipt"] {
        assert_ne!(one.text(field), two.text(field), "{field}");
        assert_eq!(one.text(field).len(), two.text(field).len(), "{field}");
    }
}

#[tokio::test]
async fn what_is_wrong_in_a_report_is_pointed_at() {
    let house = House::new().await;
    for (field, value, pointer, code) in [
        ("sure", json!("very"), "/sure", "field_invalid"),
        ("component", json!("log4j"), "/component", "field_invalid"),
        ("language", json!("fr"), "/language", "field_invalid"),
        ("what", json!("  "), "/what", "text_length"),
        ("what", json!("it runs\u{0}code"), "/what", "field_invalid"),
        ("found_at", json!("yesterday"), "/found_at", "field_invalid"),
        ("found_at", json!("2026-09-30T10:00"), "/found_at", "field_invalid"),
        ("contact", json!(""), "/contact", "field_invalid"),
        ("surprise", json!(1), "/surprise", "field_invalid"),
    ] {
        let mut body = report();
        body[field] = value;
        let refused = house.ask("POST", "/api/v1/reports").json(&body).answer().await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(refused.json()["pointer"], pointer, "{:?}", refused.json());
        assert_eq!(refused.code(), code);
        assert!(!refused.text("hint").is_empty() && !refused.text("request_id").is_empty());
    }
}

#[tokio::test]
async fn one_source_cannot_flood_the_intake_and_another_still_gets_in() {
    let limits = Limits { reports_per_hour_max: 2, ..Limits::default() };
    let settings = Settings {
        limits,
        trusted_proxies: vec!["192.0.2.1".parse().expect("a network")],
        ..Settings::default()
    };
    let house = House::with(settings).await;
    let ask = |source: &str, forwarded: &str| {
        let ask = house.ask("POST", "/api/v1/reports").json(&report()).from(source);
        ask.header("x-forwarded-for", forwarded)
    };
    for _ in 0..2 {
        let taken = ask("192.0.2.1:1", "198.51.100.7").answer().await;
        assert_eq!(taken.status, StatusCode::CREATED);
    }
    let refused = ask("192.0.2.1:1", "198.51.100.7").answer().await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers.contains_key("retry-after"));
    let other = ask("192.0.2.1:1", "198.51.100.8").answer().await;
    assert_eq!(other.status, StatusCode::CREATED, "another source behind the same proxy");
    // Whoever is no proxy of ours is not believed: all of these are one source.
    for expected in [StatusCode::CREATED, StatusCode::CREATED, StatusCode::TOO_MANY_REQUESTS] {
        let forged = format!("203.0.113.{}", expected.as_u16() % 200);
        let found = ask("192.0.2.99:1", &forged).answer().await;
        assert_eq!(found.status, expected);
    }
}
