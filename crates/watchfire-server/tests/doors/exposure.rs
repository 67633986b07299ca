//! Exposure over the API: from an SBOM and an advisory to a decision, and to a case.

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::Duty;
use watchfire_server::secret::{hex, random};
use watchfire_server::worker::judging::Judging;

use crate::browser::{Browser, text};
use crate::house::{Answered, House, Person};
use crate::products::released;
use crate::sboms::attached;

fn osv(fixed: &str) -> String {
    json!({
        "id": "GHSA-jfh8-c2jp-5v3q", "modified": "2022-01-01T00:00:00Z",
        "published": "2021-12-10T00:40:56Z", "aliases": ["CVE-2021-44228"],
        "summary": "Remote code injection in Log4j",
        "severity": [{
            "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
        }],
        "affected": [{
            "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
            "ranges": [{
                "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": fixed }]
            }]
        }]
    })
    .to_string()
}

async fn brings(house: &House, by: &Person, name: &str, bytes: &[u8]) -> Answered {
    let path = format!("/api/v1/advisories?name={name}");
    let key = hex(&random::<8>());
    house.ask("POST", &path).key(&key).bytes(bytes).by(by).answer().await
}

async fn get(house: &House, by: &Person, path: &str) -> Value {
    let found = house.get(path).by(by).answer().await;
    assert_eq!(found.status, StatusCode::OK, "{path}: {}", found.json());
    found.json()
}

/// A house with a release that contains log4j-core 2.14.1, and the advisory of it.
async fn exposed(house: &House, by: &Person) -> (String, String) {
    let (_, release) = released(house, by, "Platform").await;
    attached(house, by, &release).await;
    let brought = brings(house, by, "one", osv("2.15.0").as_bytes()).await;
    assert_eq!(brought.status, StatusCode::CREATED, "{}", brought.json());
    assert_eq!(brought.json(), json!({ "news": true, "apart": false, "vulnerabilities": 1 }));
    let all = get(house, by, "/api/v1/vulnerabilities").await;
    (release, all["items"][0]["id"].as_str().expect("an id").to_owned())
}

#[tokio::test]
async fn what_an_advisory_finds_is_shown_with_its_reasons_and_decided() {
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let (release, id) = exposed(&house, &eva).await;
        let path = format!("/api/v1/vulnerabilities/{id}");
        let shown = get(&house, &eva, &path).await;
        assert_eq!((&shown["name"], &shown["open"]), (&json!("CVE-2021-44228"), &json!(1)));
        assert_eq!(shown["score"], 10.0);
        let source = &shown["sources"][0];
        assert_eq!(source["statements"][0]["versions"], ">= 0, < 2.15.0");
        assert_eq!(shown["cases"].as_array().map(Vec::len), Some(1), "by rule, and visible");
        let rows = get(&house, &eva, &format!("{path}/exposures?state=open")).await;
        assert_eq!(
            (&rows["items"][0]["release"], &rows["items"][0]["answer"]),
            (&json!(release), &json!("affected"))
        );
        let why = get(&house, &eva, &format!("{path}/exposures/{release}")).await;
        assert_eq!(
            (&why["count"], &why["items"][0]["component"]),
            (&json!(1), &json!("log4j-core"))
        );
        assert_eq!(why["items"][0]["place"], "/components/0");
        let of = get(&house, &eva, &format!("/api/v1/releases/{release}/exposures")).await;
        assert_eq!(of["items"][0]["vulnerability"], json!(id));

        let decide = |body: Value| {
            house.write("POST", &format!("{path}/decisions"), &body).by(&eva).answer()
        };
        for (body, status, code) in [
            (json!({ "all": "open", "status": "gone" }), 422, "field_invalid"),
            (
                json!({ "all": "open", "status": "not_affected", "reason": "x" }),
                422,
                "justification_missing",
            ),
            (json!({ "all": "open", "status": "fixed" }), 422, "text_length"),
            (
                json!({ "releases": ["WL-0000-0000"], "status": "affected" }),
                422,
                "release_not_exposed",
            ),
            (json!({ "status": "affected" }), 422, "releases_empty"),
            (
                json!({ "all": "open", "releases": [release], "status": "affected" }),
                422,
                "field_invalid",
            ),
        ] {
            let refused = decide(body.clone()).await;
            assert_eq!(
                (refused.status.as_u16(), refused.code().as_str()),
                (status, code),
                "{body}"
            );
        }
        let fixed = json!({ "all": "open", "status": "fixed", "reason": "patched by hand" });
        assert_eq!(decide(fixed).await.status, StatusCode::OK);
        assert_eq!(get(&house, &eva, &path).await["open"], 0);
        let again = brings(&house, &eva, "one", osv("2.15.1").as_bytes()).await.json();
        assert_eq!(again["vulnerabilities"], 1);
        let rows = get(&house, &eva, &format!("{path}/exposures")).await;
        assert_eq!(
            (&rows["items"][0]["open"], &rows["items"][0]["lapsed"]),
            (&json!(true), &json!("grounds"))
        );
    }
}

#[tokio::test]
async fn what_was_decided_on_an_older_reading_is_refused_where_sources_moved() {
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let (release, id) = exposed(&house, &eva).await;
        let path = format!("/api/v1/vulnerabilities/{id}");
        let read = async || get(&house, &eva, &path).await["version"].clone();
        let decide = |body: Value| {
            house.write("POST", &format!("{path}/decisions"), &body).by(&eva).answer()
        };
        let fixed = |version: &Value| {
            json!({
                "releases": [release], "status": "fixed", "reason": "patched", "version": version
            })
        };
        let first = read().await;
        // Another release and a decision change the vulnerability, and not what sources say of this.
        let (_, other) = released(&house, &eva, "Queue").await;
        attached(&house, &eva, &other).await;
        Judging::new(house.node.clone()).step(house.node.now()).await.expect("a step");
        assert_eq!(decide(fixed(&first)).await.status, StatusCode::OK);
        assert_ne!(read().await, first);
        assert_eq!(
            decide(fixed(&first)).await.status,
            StatusCode::OK,
            "people do not move sources"
        );
        // Of all that are open now, one was not there when it was read.
        let all = json!({
            "all": "any", "status": "fixed", "reason": "patched", "version": first
        });
        let refused = decide(all).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::CONFLICT, "sources_moved")
        );
        let detail = refused.json()["detail"].as_str().expect("words").to_owned();
        assert!(detail.contains(&other) && !detail.contains(&release), "{detail}");

        let second = read().await;
        brings(&house, &eva, "one", osv("2.15.1").as_bytes()).await;
        let refused = decide(fixed(&second)).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::CONFLICT, "sources_moved")
        );
        let problem = refused.json();
        assert!(problem["detail"].as_str().is_some_and(|it| it.contains(&release)), "{problem}");
        assert_eq!(problem["pointer"], "/releases");
        assert_eq!(get(&house, &eva, &path).await["open"], 2, "nothing was decided");
        // What was said back is what was read.
        brings(&house, &eva, "one", osv("2.15.0").as_bytes()).await;
        assert_eq!(decide(fixed(&second)).await.status, StatusCode::OK);
        brings(&house, &eva, "one", osv("2.15.1").as_bytes()).await;
        assert_eq!(decide(fixed(&Value::Null)).await.status, StatusCode::OK, "as it is now");
        brings(&house, &eva, "one", osv("2.15.2").as_bytes()).await;
        assert_eq!(decide(fixed(&read().await)).await.status, StatusCode::OK);
        for odd in [json!(0), json!(100_000)] {
            let refused = decide(fixed(&odd)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
            assert_eq!(refused.json()["pointer"], "/version");
        }
    }
}

#[tokio::test]
async fn that_nothing_is_affected_is_not_decided_by_who_did_not_know_that_it_is_exploited() {
    const KEV: &[u8] = br#"{"title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": "2021.12.10", "dateReleased": "2021-12-10T15:00:00Z", "count": 1,
        "vulnerabilities": [{"cveID": "CVE-2021-44228", "vendorProject": "Apache",
        "product": "Log4j2", "vulnerabilityName": "Apache Log4j2 Remote Code Execution",
        "dateAdded": "2021-12-10", "shortDescription": "It is bad.",
        "requiredAction": "Mend it.", "dueDate": "2021-12-24",
        "knownRansomwareCampaignUse": "Known", "notes": ""}]}"#;
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let (release, id) = exposed(&house, &eva).await;
        let path = format!("/api/v1/vulnerabilities/{id}");
        let version = get(&house, &eva, &path).await["version"].clone();
        brings(&house, &eva, "kev", KEV).await;
        let decide = |body: Value| {
            house.write("POST", &format!("{path}/decisions"), &body).by(&eva).answer()
        };
        let refused = decide(json!({
            "releases": [release], "status": "not_affected", "reason": "switched off",
            "justification": "vulnerable_code_not_in_execute_path", "version": version
        }))
        .await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::CONFLICT, "exploited_since")
        );
        let affected = json!({ "releases": [release], "status": "affected", "version": version });
        assert_eq!(decide(affected).await.status, StatusCode::OK, "it is no less true");
    }
}

#[tokio::test]
async fn the_timeline_of_a_vulnerability_tells_what_became_known_and_who_decided_what() {
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let (release, id) = exposed(&house, &eva).await;
        let path = format!("/api/v1/vulnerabilities/{id}");
        let fixed = json!({ "all": "open", "status": "fixed", "reason": "patched by hand" });
        let decided = house.write("POST", &format!("{path}/decisions"), &fixed).by(&eva);
        assert_eq!(decided.answer().await.status, StatusCode::OK);
        brings(&house, &eva, "one", osv("2.15.1").as_bytes()).await;
        let timeline = format!("{path}/timeline");
        let all = get(&house, &eva, &timeline).await;
        let all = all["items"].as_array().expect("a list");
        let told: Vec<(&str, Option<&str>)> = all
            .iter()
            .map(|it| &it["happened"])
            .map(|it| (it["kind"].as_str().expect("a kind"), it["detail"].as_str()))
            .collect();
        let by_rule = told.iter().find(|(kind, _)| *kind == "case-joined").expect("by rule").1;
        assert_eq!(
            told,
            [
                ("known", None),
                ("answered", Some("affected")),
                ("case-joined", by_rule),
                ("decided", Some("fixed")),
                ("answered", Some("affected")),
                ("lapsed", Some("grounds")),
            ]
        );
        assert_eq!(all[3]["by"]["kind"], "person");
        assert_eq!(all[3]["happened"]["text"], "patched by hand");
        assert_eq!(all[3]["happened"]["releases"], json!([release]));
        assert_eq!(all[3]["happened"]["releases_count"], 1);
        let mut pages = Vec::new();
        let mut after = String::new();
        loop {
            let page = get(&house, &eva, &format!("{timeline}?limit=2{after}")).await;
            pages.extend(page["items"].as_array().expect("a list").iter().cloned());
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(pages, *all);
        let odd = house.get(&format!("{timeline}?limit=0")).by(&eva).answer().await;
        assert_eq!((odd.status.as_u16(), odd.code().as_str()), (400, "request_malformed"));
    }
}

#[tokio::test]
async fn an_sbom_that_comes_later_finds_the_advisory_and_a_component_its_releases() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let none = json!({ "exploited": false, "severity_from": null, "likelihood_from": null });
    let refused = house.write("PUT", "/api/v1/opening-rules", &none).by(&eva).answer().await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "responders do not");
    let ann = house.person("Ann Admin", &[Duty::Administrator]).await;
    let set = house.write("PUT", "/api/v1/opening-rules", &none).by(&ann).answer().await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.json());
    let odd = json!({ "exploited": true, "severity_from": 11.0, "likelihood_from": null });
    let refused = house.write("PUT", "/api/v1/opening-rules", &odd).by(&ann).answer().await;
    assert_eq!(refused.code(), "field_invalid");
    assert_eq!(get(&house, &eva, "/api/v1/opening-rules").await["exploited"], false);

    let brought = brings(&house, &eva, "one", osv("2.15.0").as_bytes()).await.json();
    assert_eq!(brought["vulnerabilities"], 0, "nothing is there yet");
    let (_, release) = released(&house, &eva, "Platform").await;
    attached(&house, &eva, &release).await;
    Judging::new(house.node.clone()).step(house.node.now()).await.expect("a step");
    let all = get(&house, &eva, "/api/v1/vulnerabilities?state=open&search=44228").await;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
    let id = all["items"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/vulnerabilities/{id}");
    assert_eq!(get(&house, &eva, &path).await["cases"], json!([]), "no rule opens one");
    let opened = house.write("POST", &format!("{path}/cases"), &json!({})).by(&eva).answer().await;
    assert_eq!(opened.status, StatusCode::CREATED);
    assert_eq!(get(&house, &eva, &path).await["cases"], json!([opened.text("id")]));

    let purl = "pkg:maven%2Forg.apache.logging.log4j%2Flog4j-core";
    let found = get(&house, &eva, &format!("/api/v1/components?purl={purl}")).await;
    let version = &found[0]["versions"][0];
    assert_eq!((&version["version"], &version["count"]), (&json!("2.14.1"), &json!(1)));
    assert_eq!(version["releases"][0]["release"], json!(release));
    let other = get(&house, &eva, &format!("/api/v1/components?purl={purl}%402.17.1")).await;
    assert_eq!(other, json!([]));
    let odd = house.get("/api/v1/components?purl=log4j").by(&eva).answer().await;
    assert_eq!(odd.code(), "field_invalid");
}

#[tokio::test]
async fn a_document_that_violates_its_format_is_kept_apart_with_the_reason() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let emil = house.person("Emil Employee", &[]).await;
    let broken = br#"{"id": "GHSA-1", "modified": "2022-01-01T00:00:00Z", "affected": "all"}"#;
    assert_eq!(brings(&house, &emil, "one", broken).await.status, StatusCode::NOT_FOUND);
    let brought = brings(&house, &eva, "one", broken).await;
    assert_eq!(brought.json(), json!({ "news": true, "apart": true, "vulnerabilities": 0 }));
    let all = get(&house, &emil, "/api/v1/advisories").await;
    let row = &all["items"][0];
    assert!(row["problem"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{row}");
    let path = format!("/api/v1/advisories/{}", row["id"]);
    assert_eq!(get(&house, &emil, &path).await, *row);
    let bytes = house.get(&format!("{path}/document")).by(&emil).answer().await;
    assert_eq!(bytes.bytes, broken);
    assert_eq!(bytes.headers["content-disposition"], "attachment");
    for (name, body, code) in [("", &b"{}"[..], "field_invalid"), ("two", b"", "body_empty")] {
        assert_eq!(brings(&house, &eva, name, body).await.code(), code);
    }
}

#[tokio::test]
async fn a_case_under_embargo_is_named_to_those_alone_who_see_it() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let emil = house.person("Emil Employee", &[]).await;
    let (_, id) = exposed(&house, &eva).await;
    let case = house.case(&eva, "embargoed").await;
    let path = format!("/api/v1/vulnerabilities/{id}");
    let join = house.write("POST", &format!("{path}/cases"), &json!({ "case": case }));
    assert_eq!(join.by(&eva).answer().await.status, StatusCode::CREATED);
    let page = format!("/vulnerabilities/{id}");
    for (person, login, sees) in
        [(&eva, "eva.responder.x", true), (&emil, "emil.employee.x", false)]
    {
        for path in [path.clone(), format!("{path}/timeline")] {
            let shown = get(&house, person, &path).await.to_string();
            assert_eq!(shown.contains(&case), sees, "{login}: {shown}");
        }
        let mut browser = Browser::new(&house);
        browser.sign_in(login).await;
        let shown = text(&browser.get(&page).await);
        assert!(shown.contains("CVE-2021-44228"));
        assert_eq!(shown.contains(&case), sees, "{login}: {shown}");
    }
}

#[tokio::test]
async fn what_a_house_is_exposed_to_answers_strangers_like_what_is_missing() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let outsider = house.outsider("Olaf Outsider").await;
    let (release, id) = exposed(&house, &eva).await;
    let bodies = json!({ "all": "open", "status": "fixed", "reason": "x" });
    for (method, path) in [
        ("GET", ""),
        ("GET", "/exposures"),
        ("GET", "/timeline"),
        ("POST", "/decisions"),
        ("POST", "/agreements"),
        ("POST", "/cases"),
    ] {
        let of = async |id: &str| {
            let path = format!("/api/v1/vulnerabilities/{id}{path}");
            let asked = match method {
                "GET" => house.get(&path),
                _ => house.write(method, &path, &bodies),
            };
            asked.by(&outsider).answer().await
        };
        let hidden = of(&id).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(hidden.observable(), of("WV-0000-0000").await.observable());
    }
    let why = format!("/api/v1/vulnerabilities/{id}/exposures/{release}");
    assert_eq!(house.get(&why).by(&outsider).answer().await.status, StatusCode::NOT_FOUND);
    let all = get(&house, &outsider, "/api/v1/vulnerabilities").await;
    assert_eq!(all, json!({ "items": [] }));
}

#[tokio::test]
async fn a_package_is_found_by_the_beginning_of_its_name() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (release, _) = exposed(&house, &eva).await;
    let named = get(&house, &eva, "/api/v1/components/names?begins=Log4j").await;
    let package = "maven/org.apache.logging.log4j:log4j-core";
    assert_eq!(named, json!({ "items": [package], "more": false }));
    let exact = get(&house, &eva, &format!("/api/v1/components?package={package}")).await;
    assert_eq!(exact[0]["package"], package);
    assert_eq!(exact[0]["versions"][0]["releases"][0]["release"], json!(release));
    for (query, code) in [
        ("/names?begins=l", "field_invalid"),
        ("?package=log4j", "field_invalid"),
        ("?package=a/b&purl=pkg:npm/a", "request_malformed"),
        ("", "request_malformed"),
    ] {
        let odd = house.get(&format!("/api/v1/components{query}")).by(&eva).answer().await;
        assert_eq!(odd.code(), code, "{query}");
    }
    let outsider = house.outsider("Olaf Outsider").await;
    let hidden = house.get("/api/v1/components/names?begins=log4j").by(&outsider).answer().await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_exposes_a_house_is_narrowed_and_counted() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let outsider = house.outsider("Olaf Outsider").await;
    let (_, id) = exposed(&house, &eva).await;
    let path = format!("/api/v1/vulnerabilities/{id}");
    let product = get(&house, &eva, "/api/v1/products").await["items"][0]["id"].clone();
    let product = product.as_str().expect("an id");
    for (query, count) in [
        ("status=under_investigation".to_owned(), 1),
        ("status=fixed".to_owned(), 0),
        (format!("product={product}"), 1),
        (format!("product={product}&status=affected&state=open"), 0),
        ("product=WX-0000-0000".to_owned(), 0),
    ] {
        let listed = get(&house, &eva, &format!("/api/v1/vulnerabilities?{query}")).await;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(count), "{query}: {listed}");
        let listed = get(&house, &eva, &format!("{path}/exposures?{query}")).await;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(count), "{query}: {listed}");
    }
    for query in ["status=mended", "product=gateway", "state=new"] {
        let odd = house.get(&format!("/api/v1/vulnerabilities?{query}")).by(&eva).answer().await;
        assert_eq!(odd.code(), "request_malformed", "{query}");
    }
    let shown = get(&house, &eva, &path).await;
    let kinds = json!({ "affected": 0, "undecided": 0, "under_investigation": 1, "closed": 0 });
    assert_eq!((&shown["kinds"], &shown["sources"][0]["answer"]), (&kinds, &json!("affected")));
    let counts = get(&house, &eva, "/api/v1/vulnerabilities/counts").await;
    assert_eq!(
        (&counts["open"], &counts["closed"], &counts["more"]),
        (&json!(1), &json!(0), &json!(false))
    );
    let counts = get(&house, &outsider, "/api/v1/vulnerabilities/counts").await;
    assert_eq!(counts["open"], 0, "what is another house's is not counted");
}
