//! Every page of the table, tried as everybody: who may, and that hidden and missing are one page.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;
use watchfire_core::event::Duty;
use watchfire_server::route::{self, Access};

use crate::browser::{Browser, place};
use crate::house::{Answered, House};

const MISSING_CASE: &str = "WF-0000-0000";
const MISSING_OBLIGATION: &str = "WO-0000-0000-0000-0000";

fn filled(path: &str, case: &str, obligation: &str) -> String {
    path.replace("{id}", case)
        .replace("{obligation}", obligation)
        .replace("{fact}", "fact-1")
        .replace("{party}", "WP-0000-0000")
        .replace("{release}", "WL-0000-0000")
        .replace("{sbom}", "WB-0000-0000")
        .replace("{law}", "cn-rmsv")
        .replace("{path}", "7.2")
        .replace("{label}", "laptop")
        .replace("{hash}/{name}", "0/watchfire.css")
}

async fn ask(browser: &mut Browser<'_>, method: &str, path: &str, csrf: &str) -> Answered {
    match method {
        "GET" => browser.get(path).await,
        _ => browser.send(path, &[("csrf", csrf)]).await,
    }
}

/// Paths of the API stand in the same table; no page is declared twice.
#[tokio::test]
async fn every_page_is_declared_once_and_answers() {
    let house = House::new().await;
    let mut known = BTreeSet::new();
    let mut browser = Browser::new(&house);
    for (method, path, _) in route::declared_pages() {
        assert!(known.insert((method, path)), "{method} {path} is declared twice");
        assert!(!path.starts_with("/api/"), "{path} is a page below the API");
        let path = filled(path, MISSING_CASE, MISSING_OBLIGATION);
        let answered = ask(&mut browser, method, &path, "").await;
        assert_ne!(answered.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
    }
    assert!(known.len() > 40, "{}", known.len());
}

#[tokio::test]
async fn nobody_without_an_account_passes_a_guarded_page() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    for (method, path, access) in route::declared_pages() {
        let path = filled(path, MISSING_CASE, MISSING_OBLIGATION);
        let answered = ask(&mut browser, method, &path, "").await;
        let open = matches!(access, Access::Public | Access::Anybody);
        let sent_away = match method {
            "GET" => {
                answered.status == StatusCode::SEE_OTHER
                    && place(&answered).starts_with("/sign-in?return_to=")
            }
            _ => answered.status == StatusCode::UNAUTHORIZED,
        };
        assert_eq!(sent_away, !open, "{method} {path}: {}", answered.status);
    }
}

#[tokio::test]
async fn a_page_for_a_duty_is_refused_without_it() {
    let house = House::new().await;
    house.person("Eva Employee", &[]).await;
    let mut employee = Browser::new(&house);
    employee.sign_in("eva.employee.x").await;
    let csrf = employee.csrf().await;
    let mut root = Browser::new(&house);
    root.sign_in("root").await;
    let csrf_of_root = root.csrf().await;
    let mut tried = 0;
    for (method, path, access) in route::declared_pages() {
        let Access::Duty(duty) = access else { continue };
        let path = filled(path, MISSING_CASE, MISSING_OBLIGATION);
        let refused = ask(&mut employee, method, &path, &csrf).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
        if duty == Duty::Administrator {
            let taken = ask(&mut root, method, &path, &csrf_of_root).await;
            assert_ne!(taken.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
        tried += 1;
    }
    assert!(tried > 3, "{tried}");
}

/// What is drawn for each request, and what the address itself says, is left out of comparing.
fn observable(answered: &Answered, case: &str, obligation: &str) -> (StatusCode, String) {
    let (status, headers, body) = answered.observable();
    let whole = format!("{headers:?}\n{body}");
    (status, whole.replace(case, "the case").replace(obligation, "the obligation"))
}

#[tokio::test]
async fn a_page_of_what_is_hidden_is_that_of_what_is_missing() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let owner = house.person("Wen Engineer", &[]).await;
    let case = house.case(&owner, "embargoed").await;
    let owed = house.get("/api/v1/obligations").by(&owner).answer().await.json();
    let mut owed = owed["items"].as_array().expect("items").iter();
    let obligation =
        owed.find(|owed| owed["provision"] == "cn-rmsv/7.2").expect("one")["id"].clone();
    let obligation = obligation.as_str().expect("an id").to_owned();
    house.outsider("Olaf Outsider").await;
    house.person("Eva Employee", &[]).await;
    house.person("Ann Admin", &[Duty::Administrator]).await;
    house.person("Aud Itor", &[Duty::Auditor]).await;
    let mut tried = 0;
    for login in ["olaf.outsider.x", "eva.employee.x", "ann.admin.x", "aud.itor.x"] {
        let mut browser = Browser::new(&house);
        browser.sign_in(login).await;
        let csrf = browser.csrf().await;
        for (method, path, access) in route::declared_pages() {
            if access != Access::Grant {
                continue;
            }
            let hidden = filled(path, &case, &obligation);
            let missing = filled(path, MISSING_CASE, MISSING_OBLIGATION);
            let of_hidden = ask(&mut browser, method, &hidden, &csrf).await;
            let of_missing = ask(&mut browser, method, &missing, &csrf).await;
            assert_eq!(of_hidden.status, StatusCode::NOT_FOUND, "{login}: {method} {path}");
            let of_hidden = observable(&of_hidden, &case, &obligation);
            let of_missing = observable(&of_missing, MISSING_CASE, MISSING_OBLIGATION);
            assert_eq!(of_hidden, of_missing, "{login}: {method} {path}");
            tried += 1;
        }
    }
    assert!(tried >= 60, "only {tried} probes");
    let listed = json!(house.get("/api/v1/cases").by(&owner).answer().await.json());
    assert!(listed.to_string().contains(&case), "its owner sees it");
}
