//! What every answer carries, and what the node says of itself.

use axum::http::StatusCode;
use serde_json::json;
use watchfire_server::settings::Settings;

use crate::house::House;

#[tokio::test]
async fn every_answer_keeps_the_browser_apart_from_others() {
    let house = House::new().await;
    for path in ["/healthz", "/api/v1/log/internal/checkpoint", "/nowhere", "/api/docs"] {
        let answered = house.get(path).answer().await;
        let header = |name: &str| {
            answered.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!header("x-request-id").is_empty(), "{path}");
        assert_eq!(header("strict-transport-security"), "", "{path}: no TLS here");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_with_tls_browsers_are_told_to_stay() {
    let settings = Settings {
        trusted_proxies: vec!["192.0.2.1".parse().expect("a network")],
        ..Settings::default()
    };
    let house = House::with(settings).await;
    let ask =
        |source: &str| house.get("/healthz").from(source).header("x-forwarded-proto", "https");
    let told = ask("192.0.2.1:1").answer().await;
    assert!(told.headers.contains_key("strict-transport-security"));
    let forged = ask("192.0.2.2:1").answer().await;
    assert!(!forged.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn a_problem_has_every_field_and_the_request_of_its_answer() {
    let house = House::new().await;
    let answered = house.get("/api/v1/log/internal/checkpoint").answer().await;
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answered.headers["content-type"], "application/problem+json");
    let problem = answered.json();
    assert_eq!(problem["status"], 401);
    for field in ["type", "title", "code", "detail", "hint", "request_id"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    assert_eq!(problem["request_id"], answered.headers["x-request-id"].to_str().expect("text"));
    let other = house.ask("PATCH", "/api/v1/log/internal/checkpoint").answer().await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(other.code(), "method_not_allowed");
}

#[tokio::test]
async fn metrics_are_for_this_machine_unless_a_setting_says_otherwise() {
    let house = House::new().await;
    let local = house.get("/metrics").from("127.0.0.1:1").answer().await;
    assert_eq!(local.status, StatusCode::OK);
    let text = String::from_utf8(local.bytes).expect("text");
    assert!(text.contains("watchfire_clock_in_doubt 0"), "{text}");
    assert_eq!(house.get("/metrics").answer().await.status, StatusCode::NOT_FOUND);
    let forwarded =
        house.get("/metrics").from("127.0.0.1:1").header("x-forwarded-for", "192.0.2.9");
    assert_eq!(forwarded.answer().await.status, StatusCode::NOT_FOUND, "a proxy stands between");
    let after = house.get("/metrics").from("127.0.0.1:1").answer().await;
    let text = String::from_utf8(after.bytes).expect("text");
    assert!(text.contains("route=\"/metrics\",method=\"GET\",status=\"404\""), "{text}");
}

#[tokio::test]
async fn a_node_that_can_work_says_so() {
    let house = House::new().await;
    assert_eq!(house.get("/healthz").answer().await.bytes, b"ok\n");
    let ready = house.get("/readyz").answer().await;
    assert_eq!(ready.json(), json!({ "ready": true, "clock_in_doubt": false }));
    house.node.clock().set_wall("2021-11-23T08:00:00Z".parse().expect("an instant"));
    let ready = house.get("/readyz").answer().await;
    assert_eq!(ready.json(), json!({ "ready": true, "clock_in_doubt": true }));
}

#[tokio::test]
async fn a_node_is_of_the_organization_that_was_known_first() {
    let house = House::new().await;
    assert_eq!(house.node.organization().await, Ok(house.organization.clone()));
}
