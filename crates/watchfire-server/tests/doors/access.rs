//! Every route of the table, tried as everybody: who may, and that hidden and missing are one.

use axum::http::StatusCode;
use serde_json::json;
use watchfire_core::event::Duty;
use watchfire_server::route::{self, Access};

use crate::house::{Answered, House, PASSWORD, Person};

/// Stands for what the path names and nobody has.
const MISSING: [(&str, &str); 10] = [
    ("{release}", "WL-0000-0000"),
    ("{sbom}", "WB-0000-0000"),
    ("{submission}", "WS-0000-0000"),
    ("{party}", "WP-0000-0000"),
    ("{channel}", "mail"),
    ("{label}", "nothing"),
    ("{token}", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("{*tile}", "0/000"),
    ("{law}", "no-such-law"),
    ("{id}", "WF-0000-0000"),
];

fn filled(path: &str, id: &str) -> String {
    let path = path.replace("{id}", id).replace("{reference}", id);
    MISSING.iter().fold(path, |path, (name, value)| path.replace(name, value))
}

async fn ask(house: &House, method: &str, path: &str, by: Option<&Person>) -> Answered {
    let asked = match method {
        "GET" => house.get(path),
        _ => house.write(method, path, &json!({})),
    };
    match by {
        Some(person) => asked.by(person).answer().await,
        None => asked.answer().await,
    }
}

#[tokio::test]
async fn nobody_without_an_account_passes_a_guarded_route() {
    let house = House::new().await;
    for (method, path, access) in route::declared() {
        let answered = ask(&house, method, &filled(&path, "WF-0000-0000"), None).await;
        let refused = answered.status == StatusCode::UNAUTHORIZED;
        let open = matches!(access, Access::Public | Access::Anybody);
        assert_eq!(refused, !open, "{method} {path}: {}", answered.status);
    }
}

#[tokio::test]
async fn a_token_that_is_no_ones_is_refused_on_every_guarded_route() {
    let house = House::new().await;
    let nobody = Person { id: house.organization.clone(), token: "wf_0".to_owned() };
    for (method, path, access) in route::declared() {
        if access == Access::Public {
            continue;
        }
        let answered = ask(&house, method, &filled(&path, "WF-0000-0000"), Some(&nobody)).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(answered.code(), "token_invalid");
    }
}

#[tokio::test]
async fn a_duty_that_is_missing_is_said_and_one_that_is_there_lets_in() {
    let house = House::new().await;
    let employee = house.person("Eva Employee", &[]).await;
    for (method, path, access) in route::declared() {
        let Access::Duty(duty) = access else { continue };
        let refused = ask(&house, method, &filled(&path, "WF-0000-0000"), Some(&employee)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
        let entitled = house.person(&format!("With {duty:?} {}", path.len()), &[duty]).await;
        let taken = ask(&house, method, &filled(&path, "WF-0000-0000"), Some(&entitled)).await;
        assert_ne!(taken.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
}

/// What each route under a case, an obligation, a report or a party answers about something that
/// is there and hidden must be, byte for byte, what it answers about something that is missing.
#[tokio::test]
async fn what_is_hidden_answers_like_what_is_missing() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let owner = house.person("Wen Engineer", &[]).await;
    let case = house.case(&owner, "embargoed").await;
    let owed = house.get("/api/v1/obligations").by(&owner).answer().await.json();
    let mut owed = owed["items"].as_array().expect("items").iter();
    let with_a_form = owed.find(|owed| owed["provision"] == "cn-rmsv/7.2");
    let obligation = with_a_form.expect("an obligation")["id"].clone();
    let obligation = obligation.as_str().expect("an id").to_owned();
    let told = json!({ "what": "x", "sure": "sure", "exploited": "no" });
    let received = house.ask("POST", "/api/v1/reports").json(&told).by(&owner).answer().await;
    let report = received.text("id");
    let outsider = house.outsider("Olaf Outsider").await;
    let employee = house.person("Eva Employee", &[]).await;
    let administrator = house.person("Ann Admin", &[Duty::Administrator]).await;
    let auditor = house.person("Aud Itor", &[Duty::Auditor]).await;
    let mut tried = 0;
    for (method, path, access) in route::declared() {
        if access != Access::Grant {
            continue;
        }
        let (hidden, missing) = match path.as_str() {
            path if path.contains("/cases/") => (case.as_str(), "WF-0000-0000"),
            path if path.contains("/obligations/") => {
                (obligation.as_str(), "WO-0000-0000-0000-0000")
            }
            path if path.contains("/reports/") => (report.as_str(), "WR-0000-0000"),
            _ => continue,
        };
        for person in [&outsider, &employee, &administrator, &auditor] {
            let of_hidden = ask(&house, method, &filled(&path, hidden), Some(person)).await;
            let of_missing = ask(&house, method, &filled(&path, missing), Some(person)).await;
            assert_eq!(of_hidden.status, StatusCode::NOT_FOUND, "{method} {path}");
            assert_eq!(of_hidden.observable(), of_missing.observable(), "{method} {path}");
            tried += 1;
        }
        let of_owner = ask(&house, method, &filled(&path, hidden), Some(&owner)).await;
        let names_another = path.contains("{submission}") || path.contains("{party}");
        assert!(names_another || of_owner.status != StatusCode::NOT_FOUND, "{method} {path}");
    }
    assert!(tried >= 60, "only {tried} probes");
}

#[tokio::test]
async fn a_party_of_another_organization_answers_like_one_that_is_missing() {
    let house = House::new().await;
    let person = house.person("Wen Engineer", &[]).await;
    let outsider = house.outsider("Olaf Outsider").await;
    let hidden = [person.id.to_string(), house.organization.to_string()];
    for (method, path, access) in route::declared() {
        let of_a_party = path.contains("/parties/{id}") || path.contains("/organizations/{id}");
        if access != Access::Grant || !of_a_party {
            continue;
        }
        let missing = ask(&house, method, &filled(&path, "WP-0000-0000"), Some(&outsider)).await;
        for hidden in &hidden {
            let found = ask(&house, method, &filled(&path, hidden), Some(&outsider)).await;
            assert_eq!(found.status, StatusCode::NOT_FOUND, "{method} {path}");
            assert_eq!(found.observable(), missing.observable(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_colleague_changes_nothing_of_anothers_account() {
    let house = House::new().await;
    let person = house.person("Wen Engineer", &[]).await;
    let colleague = house.person("Mia Colleague", &[]).await;
    for (method, path, access) in route::declared() {
        let of_a_party = path.contains("/parties/{id}") || path.contains("/organizations/{id}");
        if access != Access::Grant || !of_a_party || method == "GET" {
            continue;
        }
        let found = ask(&house, method, &filled(&path, person.id.as_str()), Some(&colleague)).await;
        assert_eq!(found.status, StatusCode::NOT_FOUND, "{method} {path}");
    }
}

#[tokio::test]
async fn an_outsider_sees_nothing_of_another_organization_in_any_list() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let owner = house.person("Wen Engineer", &[]).await;
    house.case(&owner, "open").await;
    house
        .ask("POST", "/api/v1/reports")
        .json(&json!({ "what": "x", "sure": "sure", "exploited": "no" }))
        .answer()
        .await;
    let outsider = house.outsider("Olaf Outsider").await;
    for list in ["cases", "obligations", "gaps", "reports"] {
        let listed = house.get(&format!("/api/v1/{list}")).by(&outsider).answer().await.json();
        assert_eq!(listed, json!({ "items": [] }), "{list}");
    }
    let party = format!("/api/v1/parties/{}", owner.id);
    let found = house.get(&party).by(&outsider).answer().await;
    let missing = house.get("/api/v1/parties/WP-0000-0000").by(&outsider).answer().await;
    assert_eq!(found.observable(), missing.observable());
}

#[tokio::test]
async fn a_closed_account_is_out_at_the_next_request() {
    let house = House::new().await;
    let admin = house.person("Ann Admin", &[Duty::Administrator]).await;
    let leaver = house.person("Leo Leaver", &[]).await;
    assert_eq!(house.get("/api/v1/me").by(&leaver).answer().await.status, StatusCode::OK);
    let path = format!("/api/v1/parties/{}/account", leaver.id);
    let closed = house
        .write("DELETE", &path, &json!({ "reason": "left the company" }))
        .by(&admin)
        .answer()
        .await;
    assert_eq!(closed.status, StatusCode::OK, "{:?}", closed.json());
    let after = house.get("/api/v1/me").by(&leaver).answer().await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_is_shown_once_and_void_once_taken_back() {
    let house = House::new().await;
    let person = house.person("Wen Engineer", &[]).await;
    let body = json!({ "label": "laptop" });
    let ask = || house.ask("POST", "/api/v1/tokens").key("t-1").json(&body).by(&person);
    let made = ask().answer().await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json());
    let token = Person { id: person.id.clone(), token: made.text("token") };
    assert!(token.token.starts_with("wf_") && token.token.len() == 67);
    let again = ask().answer().await.json();
    assert_eq!(again.get("token"), None, "only its digest is kept");
    assert_eq!(again["id"], made.json()["id"]);
    assert_eq!(house.get("/api/v1/me").by(&token).answer().await.status, StatusCode::OK);
    let revoked =
        house.write("DELETE", "/api/v1/tokens/laptop", &json!(null)).by(&person).answer().await;
    assert_eq!(revoked.status, StatusCode::OK, "{:?}", revoked.json());
    let void = house.get("/api/v1/me").by(&token).answer().await;
    assert_eq!(void.status, StatusCode::UNAUTHORIZED);
    let taken = house.write("POST", "/api/v1/tokens", &json!({ "label": "test" })).by(&person);
    assert_eq!(taken.answer().await.code(), "taken");
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used_and_only_its_own_pages_write() {
    use watchfire_server::auth;
    let house = House::new().await;
    let arrival = watchfire_server::request::Arrival {
        id: "r".to_owned(),
        source: "127.0.0.1".parse().expect("an address"),
        is_local: true,
        is_https: false,
        host: None,
    };
    let wrong = auth::sign_in(&house.node, &arrival, "root", "not the password").await;
    let nobody = auth::sign_in(&house.node, &arrival, "nobody", "not the password").await;
    let [wrong, nobody] = [wrong, nobody].map(|found| found.expect_err("refused"));
    assert_eq!(wrong, nobody, "nobody learns which names there are");
    let signed = auth::sign_in(&house.node, &arrival, "root", PASSWORD).await.expect("signed in");
    let cookie = signed.cookie.to_str().expect("text").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite="), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let me = async || house.get("/api/v1/me").header("cookie", &cookie).answer().await.status;
    assert_eq!(me().await, StatusCode::OK);

    let body = json!({ "label": "from-a-page" });
    let write = |origin: Option<&str>| {
        let ask = house.write("POST", "/api/v1/tokens", &body).header("cookie", &cookie);
        match origin {
            Some(origin) => ask.header("origin", origin),
            None => ask,
        }
    };
    for origin in [None, Some("http://evil.example"), Some("null"), Some("https://localhost:8470")]
    {
        let refused = write(origin).answer().await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin:?}");
        assert_eq!(refused.code(), "origin_foreign");
    }
    let taken = write(Some("http://localhost:8470")).answer().await;
    assert_eq!(taken.status, StatusCode::CREATED, "{:?}", taken.json());

    house.advance("PT29M");
    assert_eq!(me().await, StatusCode::OK);
    house.advance("PT29M");
    assert_eq!(me().await, StatusCode::OK, "used in between");
    house.advance("PT30M");
    assert_eq!(me().await, StatusCode::UNAUTHORIZED, "idle for 30 minutes");
}
