//! Products and releases over the API: who registers, changes and retires them, and what is refused.

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::Duty;
use watchfire_server::route::{self, Access};

use crate::house::{Answered, House, Person};

/// A product and a release of it, by whoever may.
pub(crate) async fn released(house: &House, keeper: &Person, name: &str) -> (String, String) {
    let product = made(house, keeper, "/api/v1/products", &json!({ "name": name })).await;
    let path = format!("/api/v1/products/{product}/releases");
    let release = made(house, keeper, &path, &json!({ "version": "1.0" })).await;
    (product, release)
}

async fn made(house: &House, by: &Person, path: &str, body: &Value) -> String {
    let made = house.write("POST", path, body).by(by).answer().await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    assert!(made.json()["receipt"].is_string());
    made.text("id")
}

async fn get(house: &House, by: &Person, path: &str) -> Value {
    let found = house.get(path).by(by).answer().await;
    assert_eq!(found.status, StatusCode::OK, "{path}: {}", found.json());
    found.json()
}

fn refused(answered: &Answered, code: &str, pointer: Option<&str>) {
    let problem = answered.json();
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["pointer"].as_str(), pointer, "{problem}");
    assert!(problem["hint"].as_str().is_some_and(|hint| !hint.is_empty()));
}

#[tokio::test]
async fn a_product_is_registered_changed_found_and_retired() {
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let owner = house.person("Wen Engineer", &[]).await;
        let card = json!({
            "name": "Cloud Platform", "description": "What customers rent.",
            "owner": owner.id.to_string(), "internet_facing": true,
            "identifiers": ["pkg:PyPI/Cloud_Platform",
                "cpe:2.3:a:northwind:platform:*:*:*:*:*:*:*:*"],
        });
        let id = made(&house, &eva, "/api/v1/products", &card).await;
        let path = format!("/api/v1/products/{id}");
        let shown = get(&house, &owner, &path).await;
        assert_eq!(shown["owner"], owner.id.to_string());
        let names = ["cpe:2.3:a:northwind:platform:*:*:*:*:*:*:*:*", "pkg:pypi/cloud-platform"];
        assert_eq!(shown["identifiers"], json!(names));
        assert_eq!((&shown["releases"], &shown["retired"]), (&json!(0), &Value::Null));

        let again = house.write("POST", "/api/v1/products", &card).by(&eva).answer().await;
        refused(&again, "taken", None);
        // Whoever answers for it may change it, and a search finds it by its new name.
        let changed = json!({ "name": "Sky_100%", "owner": owner.id.to_string() });
        let answered = house.write("PUT", &path, &changed).by(&owner).answer().await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.json());
        for (search, found) in [("sky_100%25", 1), ("platform", 0), ("sky%25100", 0), ("", 1)] {
            let listed = format!("/api/v1/products?search={search}");
            let listed = get(&house, &eva, &listed).await;
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(found), "{search}");
        }

        let gone = json!({ "reason": "sold to another house" });
        let answered = house.write("DELETE", &path, &gone).by(&owner).answer().await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.json());
        assert_eq!(get(&house, &eva, &path).await["retired"], "sold to another house");
        assert_eq!(get(&house, &eva, "/api/v1/products").await, json!({ "items": [] }));
        let late = house.write("PUT", &path, &changed).by(&eva).answer().await;
        refused(&late, "retired", None);
        let late = house.write("POST", &format!("{path}/releases"), &json!({ "version": "2" }));
        refused(&late.by(&eva).answer().await, "retired", None);
        // Its name is free again.
        made(&house, &eva, "/api/v1/products", &json!({ "name": "Sky_100%" })).await;
    }
}

#[tokio::test]
async fn a_release_is_registered_changed_and_retired_and_is_a_hole_until_then() {
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let owner = house.person("Wen Engineer", &[]).await;
        let product = json!({ "name": "Platform", "owner": owner.id.to_string() });
        let product = made(&house, &eva, "/api/v1/products", &product).await;
        let releases = format!("/api/v1/products/{product}/releases");
        let card = json!({ "version": "3.0", "released_on": "2021-06-01",
            "supported_until": "2026-06-01", "sold_in": ["DE", "CN"] });
        let id = made(&house, &owner, &releases, &card).await;
        let path = format!("/api/v1/releases/{id}");
        let shown = get(&house, &eva, &path).await;
        assert_eq!(shown["sold_in"], json!(["CN", "DE"]));
        assert_eq!((&shown["owner"], &shown["answerable"]), (&Value::Null, &product_owner(&owner)));
        assert_eq!(shown["product_name"], "Platform");
        let holes = get(&house, &eva, "/api/v1/holes").await;
        assert_eq!(holes["items"][0]["id"], id.as_str());
        assert_eq!(holes["items"][0]["answerable"], product_owner(&owner), "a hole has an owner");
        let again = house.write("POST", &releases, &card).by(&eva).answer().await;
        refused(&again, "taken", None);

        let own = json!({ "version": "3.0.1", "owner": eva.id.to_string() });
        let answered = house.write("PUT", &path, &own).by(&owner).answer().await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.json());
        assert_eq!(get(&house, &eva, &path).await["answerable"], eva.id.to_string());
        let gone = json!({ "reason": "nobody runs it" });
        let answered = house.write("DELETE", &path, &gone).by(&eva).answer().await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.json());
        assert_eq!(get(&house, &eva, &releases).await, json!({ "items": [] }));
        assert_eq!(get(&house, &eva, "/api/v1/holes").await, json!({ "items": [] }));
        refused(&house.write("PUT", &path, &own).by(&eva).answer().await, "retired", None);
    }
}

fn product_owner(owner: &Person) -> Value {
    json!(owner.id.to_string())
}

#[tokio::test]
async fn lists_go_on_where_the_page_before_ended() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (product, _) = released(&house, &eva, "A.1 with a dot").await;
    for name in ["B", "C.c", "ü & more"] {
        released(&house, &eva, name).await;
    }
    let releases = format!("/api/v1/products/{product}/releases");
    for version in ["1.0.0", "1.1", "2.0+build?x=1"] {
        made(&house, &eva, &releases, &json!({ "version": version })).await;
    }
    for (path, field, expected) in [
        ("/api/v1/products", "name", vec!["A.1 with a dot", "B", "C.c", "ü & more"]),
        (releases.as_str(), "version", vec!["1.0", "1.0.0", "1.1", "2.0+build?x=1"]),
    ] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = get(&house, &eva, &format!("{path}?limit=1{after}")).await;
            found.push(page["items"][0][field].as_str().expect("a text").to_owned());
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={}", percent(next));
        }
        assert_eq!(found, expected);
        let odd = house.get(&format!("{path}?after=x")).by(&eva).answer().await;
        refused(&odd, "request_malformed", None);
    }
}

/// Every byte behind a percent sign.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_cannot_be_said_of_a_product_or_a_release_is_pointed_at() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let outsider = house.outsider("Olaf Outsider").await;
    let (product, release) = released(&house, &eva, "Platform").await;
    let of_product = |body: Value| ("PUT", format!("/api/v1/products/{product}"), body);
    let of_release = |body: Value| ("PUT", format!("/api/v1/releases/{release}"), body);
    let [org, other] = [house.organization.to_string(), outsider.id.to_string()];
    for ((method, path, body), code, pointer) in [
        (of_product(json!({ "name": " " })), "text_length", Some("/name")),
        (of_product(json!({ "name": "x".repeat(201) })), "text_length", Some("/name")),
        (of_product(json!({ "name": "x", "owner": "Eva" })), "field_invalid", Some("/owner")),
        (of_product(json!({ "name": "x", "owner": org })), "field_invalid", Some("/owner")),
        (of_product(json!({ "name": "x", "owner": other })), "field_invalid", Some("/owner")),
        (
            of_product(json!({ "name": "x", "department": "WD-0000-0000" })),
            "field_invalid",
            Some("/department"),
        ),
        (
            of_product(json!({ "name": "x", "identifiers": ["pkg:npm/a", "log4j"] })),
            "field_invalid",
            Some("/identifiers/1"),
        ),
        (of_product(json!({ "name": "x", "colour": "red" })), "field_invalid", Some("/colour")),
        (of_release(json!({ "version": "" })), "text_length", Some("/version")),
        (
            of_release(json!({ "version": "1", "released_on": "2021-02-30" })),
            "field_invalid",
            Some("/released_on"),
        ),
        (
            of_release(json!({ "version": "1", "sold_in": ["Germany"] })),
            "country_invalid",
            Some("/sold_in"),
        ),
        (
            of_release(json!({ "version": "1", "released_on": "2021-02-03",
                "supported_until": "2021-02-02" })),
            "support_period_invalid",
            Some("/supported_until"),
        ),
        (
            ("DELETE", format!("/api/v1/releases/{release}"), json!({ "reason": "" })),
            "text_length",
            Some("/reason"),
        ),
    ] {
        let answered = house.write(method, &path, &body).by(&eva).answer().await;
        assert!(answered.status.is_client_error(), "{body}");
        refused(&answered, code, pointer);
    }
    let product = get(&house, &eva, &format!("/api/v1/products/{product}")).await;
    assert_eq!(product["name"], "Platform", "nothing was changed");
}

/// Every route of products, as everybody: who may, and that hidden and missing are one.
#[tokio::test]
async fn what_another_house_has_answers_like_what_is_missing_and_colleagues_change_nothing() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (product, release) = released(&house, &eva, "Platform").await;
    let sbom = crate::sboms::attached(&house, &eva, &release).await;
    let outsider = house.outsider("Olaf Outsider").await;
    let employee = house.person("Mia Colleague", &[]).await;
    let auditor = house.person("Aud Itor", &[Duty::Auditor]).await;
    let mut tried = 0;
    for (method, path, access) in route::declared() {
        let (there, missing) = match path.as_str() {
            path if path.starts_with("/api/v1/products/") => (&product, "WX-0000-0000"),
            path if path.starts_with("/api/v1/releases/") => (&release, "WL-0000-0000"),
            path if path.starts_with("/api/v1/sboms/") => (&sbom, "WB-0000-0000"),
            _ => continue,
        };
        assert_eq!(access, Access::Grant, "{method} {path}");
        let ask = async |id: &str, by: &Person| {
            let path = path.replace("{id}", id).replace("{sbom}", &sbom);
            let body = json!({});
            let asked =
                if method == "GET" { house.get(&path) } else { house.write(method, &path, &body) };
            asked.by(by).answer().await
        };
        let of_missing = ask(missing, &eva).await;
        assert_eq!(of_missing.status, StatusCode::NOT_FOUND, "{method} {path}");
        let of_hidden = ask(there, &outsider).await;
        assert_eq!(of_hidden.observable(), ask(missing, &outsider).await.observable());
        assert_eq!(of_hidden.status, StatusCode::NOT_FOUND, "{method} {path}");
        for colleague in [&employee, &auditor] {
            let found = ask(there, colleague).await.status;
            assert_eq!(found == StatusCode::NOT_FOUND, method != "GET", "{method} {path}: {found}");
        }
        assert_ne!(ask(there, &eva).await.status, StatusCode::NOT_FOUND, "{method} {path}");
        tried += 1;
    }
    assert!(tried >= 15, "only {tried} routes of products, releases and SBOMs");
    for list in ["products", "holes"] {
        let listed = get(&house, &outsider, &format!("/api/v1/{list}")).await;
        assert_eq!(listed, json!({ "items": [] }), "{list}");
    }
    let body = json!({ "name": "Mine" });
    for nobody in [&employee, &auditor] {
        let refused = house.write("POST", "/api/v1/products", &body).by(nobody).answer().await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    }
}
