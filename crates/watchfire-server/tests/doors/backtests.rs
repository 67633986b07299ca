//! Laws put to past cases through the API: who sees what, page by page, and nothing is kept.

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::Duty;
use watchfire_core::law::Lawbook;
use watchfire_core::law::files::Files;

use crate::amendments::rmsv_36h;
use crate::house::{Answered, House, Person};
use crate::unread::with_a_role_more;

const PATH: &str = "/api/v1/laws/backtest";

async fn asked(house: &House, by: &Person, query: &str, body: &Value) -> Answered {
    // It reads, so it comes without a key.
    house.ask("POST", &format!("{PATH}{query}")).json(body).by(by).answer().await
}

fn draft(files: &Files) -> Value {
    let files = files.iter().map(|(path, text)| (path.to_owned(), Value::from(text)));
    json!({ "files": files.collect::<serde_json::Map<_, _>>() })
}

fn counts(answer: &Value) -> [u64; 4] {
    let against = &answer["against"];
    [&answer["cases"], &against["changed"], &against["moved"], &against["earlier"]]
        .map(|count| count.as_u64().expect("a count"))
}

#[tokio::test]
async fn a_draft_is_put_to_the_cases_that_its_viewer_sees_and_to_no_other() {
    for house in House::on_each_engine().await {
        house.roles(&["cn-rmsv/provider"]).await;
        let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
        let employee = house.person("Eva Employee", &[]).await;
        let outsider = house.outsider("Olaf Outsider").await;
        let seen = house.case(&keeper, "open").await;
        let hidden = house.case(&keeper, "embargoed").await;
        let auditor = house.person("Aud Itor", &[Duty::Auditor]).await;
        let log = async || house.get("/api/v1/log/internal/checkpoint").by(&auditor).answer().await;
        let before = log().await.observable();
        let draft = draft(&rmsv_36h());
        for (who, cases) in [(&keeper, 2), (&employee, 1), (&outsider, 0)] {
            let answered = asked(&house, who, "", &draft).await;
            assert_eq!(answered.status, StatusCode::OK, "{}", answered.json());
            let answer = answered.json();
            assert_eq!(counts(&answer), [cases; 4], "{answer}");
            assert_eq!((&answer["total"], &answer["next"]), (&json!(cases), &Value::Null));
            assert_eq!(answer["unread"], json!([]));
            let told = answer.to_string();
            assert_eq!((told.contains(&seen), told.contains(&hidden)), (cases > 0, cases > 1));
        }
        assert_eq!(log().await.observable(), before, "nothing is kept");
    }
}

#[tokio::test]
async fn a_draft_goes_through_the_cases_page_by_page_for_one_instant() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(house.case(&keeper, "open").await);
    }
    let (mut body, mut query, mut found) = (draft(&rmsv_36h()), "?limit=2".to_owned(), Vec::new());
    let mut pages = Vec::new();
    loop {
        let page = asked(&house, &keeper, &query, &body).await.json();
        body["at"] = page["at"].clone();
        let changes = page["against"]["changes"].as_array().expect("a list");
        found.extend(changes.iter().map(|it| it["case"].as_str().expect("an id").to_owned()));
        pages.push((page["cases"].as_u64(), page["total"].as_u64()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=2&after={next}");
    }
    assert_eq!(pages, [(Some(2), Some(3)), (Some(1), None)]);
    found.sort();
    cases.sort();
    assert_eq!(found, cases, "each once");
    for (query, status) in [("?limit=0", 400), ("?limit=201", 400), ("?after=nonsense", 400)] {
        let refused = asked(&house, &keeper, query, &body).await;
        assert_eq!(refused.status.as_u16(), status, "{query}");
    }
}

#[tokio::test]
async fn what_is_compared_with_is_chosen_and_without_a_draft_the_laws_in_use_are_put() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    house.case(&keeper, "open").await;
    for (body, laws, moved) in [
        (json!({}), None, None),
        (json!({ "against": "built-in" }), Some("built-in"), Some(0)),
        (json!({ "against": "in-use" }), Some("in-use"), Some(0)),
    ] {
        let answer = asked(&house, &keeper, "", &body).await.json();
        assert_eq!(answer["against"]["laws"].as_str(), laws, "{body}");
        assert_eq!(answer["against"]["moved"].as_u64(), moved, "{body}");
        assert_eq!(answer["cases"], 1);
        assert!(answer["obligations"]["owed"].as_u64().is_some_and(|owed| owed > 0), "{answer}");
    }
    let mut alone = draft(&rmsv_36h());
    alone["against"] = "nothing".into();
    assert_eq!(asked(&house, &keeper, "", &alone).await.json()["against"], Value::Null);
    // Before anything was known of the case, nothing is owed in it.
    let before = json!({ "known_at": "2000-01-01T00:00:00Z" });
    assert_eq!(asked(&house, &keeper, "", &before).await.json()["obligations"]["owed"], 0);
}

#[tokio::test]
async fn a_draft_that_does_not_load_is_told_as_a_compiler_tells_it() {
    let house = House::new().await;
    let employee = house.person("Eva Employee", &[]).await;
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    let broken = Files::new(own.map(|(path, text)| match path {
        "cn-rmsv/law.toml" => (path.to_owned(), format!("nobody_knows = 1\n{text}")),
        _ => (path.to_owned(), text.to_owned()),
    }));
    let refused = asked(&house, &employee, "", &draft(&broken)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "law_invalid"));
    let told = refused.json();
    let first = &told["problems"][0];
    assert_eq!((&first["path"], &first["line"]), (&json!("cn-rmsv/law.toml"), &json!(1)), "{told}");
    assert_eq!((&first["column"], &first["code"]), (&json!(1), &json!("toml")));
    assert!(first["message"].as_str().is_some_and(|text| text.contains("nobody_knows")), "{told}");
    assert!(first["hint"].as_str().is_some_and(|text| !text.is_empty()), "{told}");
    assert!(refused.text("detail").starts_with("cn-rmsv/law.toml:1:1: "), "{told}");
}

#[tokio::test]
async fn a_question_that_is_none_is_refused_with_the_field() {
    let house = House::new().await;
    let employee = house.person("Eva Employee", &[]).await;
    for (body, pointer) in [
        (json!({ "at": "yesterday" }), "/at"),
        (json!({ "known_at": "2021" }), "/known_at"),
        (json!({ "against": "packs" }), "/against"),
        (json!({ "files": { "readings.toml": "" } }), "/files"),
        (json!({ "files": { "cn-rmsv/law.toml": 1 } }), "/files/cn-rmsv~1law.toml"),
    ] {
        let refused = asked(&house, &employee, "", &body).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "field_invalid"));
        assert_eq!(refused.text("pointer"), pointer, "{body}");
    }
    let nobody = house.ask("POST", PATH).json(&json!({})).answer().await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

/// The draft lacks a role that the organization has, so that it cannot read its cases.
#[tokio::test]
async fn a_case_that_a_draft_cannot_read_is_named_with_the_reason() {
    let house = House::of_law(with_a_role_more()).await;
    house.roles(&["cn-rmsv/provider", "cn-rmsv/tester"]).await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let employee = house.person("Eva Employee", &[]).await;
    let hidden = house.case(&keeper, "embargoed").await;
    assert_eq!(asked(&house, &keeper, "", &json!({})).await.json()["cases"], 1);
    let answer = asked(&house, &keeper, "", &draft(&rmsv_36h())).await.json();
    assert_eq!((&answer["cases"], &answer["unread"][0]["case"]), (&json!(0), &json!(hidden)));
    let problem = answer["unread"][0]["problem"].as_str().expect("a reason");
    assert!(problem.contains("cn-rmsv/tester"), "{problem}");
    let answer = asked(&house, &employee, "", &draft(&rmsv_36h())).await.json();
    assert_eq!((&answer["cases"], &answer["unread"]), (&json!(0), &json!([])));
}
