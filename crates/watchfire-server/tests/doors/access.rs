//! Every route of the table, tried as everybody: who may, and that hidden and missing are one.

use axum::http::StatusCode;
use serde_json::json;
use watchfire_server::route::{self, Access};

use crate::house::{Answered, House, PASSWORD, Person};

/// Stands for what the path names and nobody has.
const MISSING: [(&str, &str); 9] = [
    ("{reference}", "WR-0000-0000"),
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
    let path = path.replace("{id}", id);
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
    let nobody = Person { token: "wf_0".to_owned() };
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
async fn nobody_learns_by_signing_in_which_names_there_are() {
    use watchfire_server::auth;
    let house = House::new().await;
    let arrival = watchfire_server::request::Arrival {
        id: "r".to_owned(),
        source: "127.0.0.1".parse().expect("an address"),
        is_local: true,
        is_https: false,
    };
    let wrong = auth::sign_in(&house.node, &arrival, "root", "not the password").await;
    let nobody = auth::sign_in(&house.node, &arrival, "nobody", "not the password").await;
    let [wrong, nobody] = [wrong, nobody].map(|found| found.expect_err("refused"));
    assert_eq!(wrong, nobody);
    let signed = auth::sign_in(&house.node, &arrival, "root", PASSWORD).await.expect("signed in");
    let cookie = signed.cookie.to_str().expect("text").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite="), "{cookie}");
    let pair = cookie.split(';').next().expect("a pair").to_owned();
    let metrics = house.get("/api/v1/log/internal/checkpoint").header("cookie", &pair);
    assert_eq!(metrics.answer().await.status, StatusCode::FORBIDDEN, "signed in, no auditor");
    house.advance("PT30M");
    let idle = house.get("/api/v1/log/internal/checkpoint").header("cookie", &pair);
    assert_eq!(idle.answer().await.status, StatusCode::UNAUTHORIZED, "idle for 30 minutes");
}
