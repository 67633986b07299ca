//! The laws over the API: conditions and counts in words, and the worked cases.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::house::House;

fn has_han(text: &str) -> bool {
    text.chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign))
}

fn provision<'l>(law: &'l Value, id: &str) -> &'l Value {
    let all = law["provisions"].as_array().expect("provisions");
    all.iter().find(|one| one["id"] == id).expect("a provision")
}

#[tokio::test]
async fn what_a_pack_writes_is_told_in_words_of_both_languages() {
    let house = House::new().await;
    let eva = house.person("Eva Employee", &[]).await;
    let law = house.get("/api/v1/laws/cn-rmsv").by(&eva).answer().await.json();
    let report = provision(&law, "cn-rmsv/7.2");
    let words = &report["versions"][0]["strict_words"];
    assert!(words["en"].as_str().expect("words").starts_with("48 hours"), "{words}");
    assert!(words["zh-CN"].as_str().expect("words").starts_with("48 小时"), "{words}");
    assert!(report["versions"][0]["outer_words"]["en"].is_string(), "{report}");
    assert_eq!(report["provisional_on"][0]["kind"], "upstream-vulnerability-known");
    assert!(law["terms"]["vulnerability-known"]["en"].is_string(), "{}", law["terms"]);
    assert!(report["confidence"].is_string() && report["checked_on"].is_string(), "{report}");
    let listed = house.get("/api/v1/laws").by(&eva).answer().await.json();
    let mut conditions = 0;
    for pack in listed["items"].as_array().expect("laws") {
        let path = format!("/api/v1/laws/{}", pack["id"].as_str().expect("an id"));
        let law = house.get(&path).by(&eva).answer().await.json();
        for one in law["provisions"].as_array().expect("provisions") {
            let versions = one["versions"].as_array().expect("versions").iter();
            let variants = versions.clone().flat_map(|it| it["variants"].as_array().expect("rows"));
            let whens = variants.map(|it| &it["when_words"]).chain([&one["when"]["words"]]);
            let spans =
                versions.filter(|it| it["strict"].is_string()).map(|it| &it["strict_words"]);
            for words in whens.filter(|it| !it.is_null()).chain(spans) {
                conditions += 1;
                let zh = words["zh-CN"].as_str().expect("words");
                assert!(has_han(zh), "{}: {zh}", one["id"]);
                assert_ne!(words["en"], words["zh-CN"], "{}", one["id"]);
            }
        }
    }
    assert!(conditions > 100, "{conditions} conditions and counts were looked at");
}

#[tokio::test]
async fn a_provision_keeps_its_steps_of_awareness_apart_and_says_from_when_it_supersedes() {
    let house = House::new().await;
    let eva = house.person("Eva Employee", &[]).await;
    let shown = async |law: &str| house.get(&format!("/api/v1/laws/{law}")).by(&eva).answer().await;
    let cra = shown("eu-cra").await.json();
    let early = provision(&cra, "eu-cra/14.2.a");
    let all = json!(["evidence-held", "assessed", "awareness-declared"]);
    assert_eq!(early["awareness_strict"], all);
    assert_eq!(early["awareness_outer"], json!(["awareness-declared"]));
    assert_eq!(early["awareness"], all, "none is named twice");
    assert_eq!(early["supersedes_from"], Value::Null);
    let directive = shown("norm-cisa-bod-26-04").await.json();
    let all = directive["provisions"].as_array().expect("provisions");
    let taking: Vec<_> = all.iter().filter(|one| one["supersedes"].is_string()).collect();
    assert_eq!(taking.len(), 1, "{taking:?}");
    assert_eq!(taking[0]["supersedes_from"], "2026-12-07");
}

#[tokio::test]
async fn the_worked_cases_of_a_provision_are_those_of_its_files() {
    let house = House::new().await;
    let eva = house.person("Eva Employee", &[]).await;
    let asked =
        async |query: &str| house.get(&format!("/api/v1/laws/{query}")).by(&eva).answer().await;
    let all = asked("eu-cra/cases").await.json();
    let all = all["items"].as_array().expect("cases").len();
    let some = asked("eu-cra/cases?provision=eu-cra/14.2.c").await.json();
    let some = some["items"].as_array().expect("cases");
    assert!(!some.is_empty() && some.len() < all, "{} of {all}", some.len());
    for case in some {
        let expects = case["expects"].as_array().expect("expectations");
        assert!(expects.iter().any(|one| one["obligation"] == "eu-cra/14.2.c"), "{case}");
        assert!(case["file"].as_str().expect("a file").starts_with("eu-cra/tests/"), "{case}");
        for fact in case["facts"].as_array().expect("facts") {
            assert!(fact["kind"].is_string(), "{fact}");
            let instant = fact["occurred_at"].as_str().expect("an instant");
            assert!(instant.parse::<jiff::Timestamp>().is_ok(), "{instant}");
        }
    }
    for (wrong, status) in [
        ("eu-cra/cases?provision=cn-rmsv/7.2", StatusCode::BAD_REQUEST),
        ("eu-cra/cases?provisions=x", StatusCode::BAD_REQUEST),
        ("no-such-law/cases", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(asked(wrong).await.status, status, "{wrong}");
    }
}
