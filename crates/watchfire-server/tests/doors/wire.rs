//! What every answer carries, and what the node says of itself.

use axum::http::StatusCode;
use serde_json::json;
use watchfire_server::settings::{Limits, Settings};

use crate::house::House;

#[tokio::test]
async fn every_answer_keeps_the_browser_apart_from_others() {
    let house = House::new().await;
    for path in ["/healthz", "/api/v1/cases", "/nowhere", "/api/docs"] {
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
    let answered = house.get("/api/v1/cases").answer().await;
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answered.headers["content-type"], "application/problem+json");
    let problem = answered.json();
    assert_eq!(problem["status"], 401);
    for field in ["type", "title", "code", "detail", "hint", "request_id"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    assert_eq!(problem["request_id"], answered.headers["x-request-id"].to_str().expect("text"));
    let no_text = house.get("/api/v1/reports/%FF").answer().await;
    assert_eq!(no_text.status, StatusCode::BAD_REQUEST);
    assert_eq!(no_text.code(), "request_malformed");
    let other = house.ask("PATCH", "/api/v1/cases").answer().await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(other.code(), "method_not_allowed");
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read_and_one_byte_more_is_not() {
    let limits = Limits { body_bytes_max: 1_000, ..Limits::default() };
    let house = House::with(Settings { limits, ..Settings::default() }).await;
    for (bytes, expected) in [(1_000, StatusCode::CREATED), (1_001, StatusCode::PAYLOAD_TOO_LARGE)]
    {
        let empty = json!({ "what": "", "sure": "sure", "exploited": "no" }).to_string();
        let what = "x".repeat(bytes - empty.len());
        let body = json!({ "what": what, "sure": "sure", "exploited": "no" });
        assert_eq!(body.to_string().len(), bytes);
        let answered = house.ask("POST", "/api/v1/reports").json(&body).answer().await;
        assert_eq!(answered.status, expected, "{bytes}: {:?}", answered.json());
    }
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let house = House::new().await;
    let body = br#"{"what":"x","sure":"sure","exploited":"no"}"#;
    let refused = house
        .ask("POST", "/api/v1/reports")
        .bytes(body)
        .header("content-type", "text/plain")
        .answer()
        .await;
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(refused.code(), "media_type_unsupported");
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
async fn a_receipt_is_known_by_its_token_and_by_no_other() {
    let house = House::new().await;
    let body = json!({ "what": "x", "sure": "sure", "exploited": "no" });
    let received = house.ask("POST", "/api/v1/reports").json(&body).answer().await;
    let path = format!("/api/v1/log/receipts/{}", received.text("receipt"));
    let shown = house.get(&path).answer().await.json();
    assert_eq!(shown["state"], "recorded", "no public checkpoint covers it yet");
    assert!(shown["leaf_hash"].is_string() && shown["salt"].is_string());
    assert!(shown.get("index").is_none(), "an index would count what happens here: {shown}");
    let other = format!("/api/v1/log/receipts/{}", "0".repeat(64));
    assert_eq!(house.get(&other).answer().await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("/api/v1/log/checkpoint").answer().await.status, StatusCode::NOT_FOUND);
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
