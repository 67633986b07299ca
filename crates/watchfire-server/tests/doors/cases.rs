//! Cases: a gap is seen and taken, a submission meets it, an embargo hides it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::house::{House, Person};

async fn only_obligation(house: &House, person: &Person) -> Value {
    let listed = house.get("/api/v1/obligations").by(person).answer().await.json();
    let items = listed["items"].as_array().cloned().expect("items");
    let strict = items.iter().find(|item| item["provision"] == "cn-rmsv/7.2");
    strict.cloned().unwrap_or_else(|| panic!("no such obligation: {listed}"))
}

#[tokio::test]
async fn a_gap_is_seen_claimed_and_met_before_the_strict_instant() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let case = house.case(&engineer, "open").await;
    let seen = only_obligation(&house, &engineer).await;
    assert_eq!(seen["strict_due"], "2021-11-26T08:00:00Z", "48 hours by the strict reading");
    assert_eq!(seen["gap"]["cause"], "held-by-nobody");
    let obligation = seen["id"].as_str().expect("an id").to_owned();

    let body = json!({ "obligation": obligation });
    let claimed = house.write("POST", "/api/v1/claims", &body).by(&engineer).answer().await;
    assert_eq!(claimed.status, StatusCode::CREATED, "{:?}", claimed.json());
    assert_eq!(claimed.text("id"), obligation);
    let held = only_obligation(&house, &engineer).await;
    assert_eq!(held["owner"]["party"], engineer.id.to_string());
    assert_eq!(held["owner"]["name"], "Wen Engineer");
    assert_eq!(held["gap"], Value::Null);
    let gaps = house.get("/api/v1/gaps").by(&engineer).answer().await.json();
    let of_72 = |item: &&Value| item["id"] == obligation.as_str();
    assert!(!gaps["items"].as_array().expect("items").iter().any(|item| of_72(&item)), "{gaps}");

    house.advance("PT24H");
    let submission = json!({
        "obligations": [obligation],
        "number": "NVDB-2021-0001",
        "channel": "platform form",
        "incomplete_reason": "the platform asks for the rest later",
    });
    let path = format!("/api/v1/cases/{case}/submissions");
    let sent = house.write("POST", &path, &submission).by(&engineer).answer().await;
    assert_eq!(sent.status, StatusCode::CREATED, "{:?}", sent.json());
    let met = house.get(&format!("/api/v1/obligations/{obligation}")).by(&engineer).answer().await;
    assert_eq!(met.json()["state"], "satisfied", "{:?}", met.json());
}

#[tokio::test]
async fn a_claim_made_twice_under_one_key_is_one_claim() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let [engineer, other] =
        [house.person("Wen Engineer", &[]).await, house.person("Mia Other", &[]).await];
    house.case(&engineer, "open").await;
    let body = json!({ "obligation": only_obligation(&house, &engineer).await["id"] });
    let ask = || house.ask("POST", "/api/v1/claims").key("claim-1").json(&body).by(&engineer);
    let first = ask().answer().await;
    assert_eq!(first.status, StatusCode::CREATED, "{:?}", first.json());
    assert_eq!(first.json(), ask().answer().await.json());
    let held = house.write("POST", "/api/v1/claims", &body).by(&other).answer().await;
    assert_eq!(held.status, StatusCode::CONFLICT);
    assert_eq!(held.code(), "obligation_held");
}

#[tokio::test]
async fn a_write_without_a_key_is_refused_and_changes_nothing() {
    let house = House::new().await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let body = json!({ "title": "x", "secrecy": "open" });
    let refused = house.ask("POST", "/api/v1/cases").json(&body).by(&engineer).answer().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.code(), "idempotency_key_missing");
    let listed = house.get("/api/v1/cases").by(&engineer).answer().await.json();
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn an_embargoed_case_is_for_its_participants_until_the_embargo_ends() {
    let house = House::new().await;
    let [owner, colleague] =
        [house.person("Wen Engineer", &[]).await, house.person("Mia Colleague", &[]).await];
    let case = house.case(&owner, "embargoed").await;
    let path = format!("/api/v1/cases/{case}");
    let sees = async |person: &Person| house.get(&path).by(person).answer().await.status;
    assert_eq!(sees(&owner).await, StatusCode::OK);
    assert_eq!(sees(&colleague).await, StatusCode::NOT_FOUND);

    let participants = format!("{path}/participants");
    let add = json!({ "party": colleague.id.to_string(), "role": "member" });
    let added = house.write("POST", &participants, &add).by(&owner).answer().await;
    assert_eq!(added.status, StatusCode::CREATED, "{:?}", added.json());
    assert_eq!(sees(&colleague).await, StatusCode::OK);
    let out = format!("{participants}/{}", colleague.id);
    let removed = house.write("DELETE", &out, &json!(null)).by(&owner).answer().await;
    assert_eq!(removed.status, StatusCode::OK, "{:?}", removed.json());
    assert_eq!(sees(&colleague).await, StatusCode::NOT_FOUND, "taken away at once");

    let embargo = format!("{path}/embargo");
    let until = json!({ "until": "2021-11-25T08:00:00Z", "note": "agreed with upstream" });
    let agreed = house.write("PUT", &embargo, &until).by(&owner).answer().await;
    assert_eq!(agreed.status, StatusCode::OK, "{:?}", agreed.json());
    let exit = json!({ "reason": "published" });
    let early = house.write("DELETE", &embargo, &exit).by(&owner).answer().await;
    assert_eq!(early.code(), "embargo_active");
    house.advance("PT24H");
    let ended = house.write("DELETE", &embargo, &exit).by(&owner).answer().await;
    assert_eq!(ended.status, StatusCode::OK, "{:?}", ended.json());
    assert_eq!(sees(&colleague).await, StatusCode::OK);
}

#[tokio::test]
async fn only_who_takes_part_can_put_an_open_case_under_embargo() {
    let house = House::new().await;
    let [owner, colleague] =
        [house.person("Wen Engineer", &[]).await, house.person("Mia Colleague", &[]).await];
    let case = house.case(&owner, "open").await;
    let embargo = format!("/api/v1/cases/{case}/embargo");
    let agree = json!({ "note": "agreed with upstream" });
    let refused = house.write("PUT", &embargo, &agree).by(&colleague).answer().await;
    assert_eq!(refused.code(), "participant_unknown");
    let agreed = house.write("PUT", &embargo, &agree).by(&owner).answer().await;
    assert_eq!(agreed.status, StatusCode::OK, "{:?}", agreed.json());
    let path = format!("/api/v1/cases/{case}");
    assert_eq!(house.get(&path).by(&owner).answer().await.status, StatusCode::OK);
    assert_eq!(house.get(&path).by(&colleague).answer().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_timeline_tells_what_was_recorded_page_by_page() {
    let house = House::new().await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let case = house.case(&engineer, "open").await;
    let messages = format!("/api/v1/cases/{case}/messages");
    for text in ["one", "two", "three"] {
        let body = json!({ "text": text });
        let posted = house.write("POST", &messages, &body).by(&engineer).answer().await;
        assert_eq!(posted.status, StatusCode::CREATED);
    }
    let mut seen = Vec::new();
    let mut path = format!("/api/v1/cases/{case}/timeline?limit=2");
    loop {
        let page = house.get(&path).by(&engineer).answer().await.json();
        for item in page["items"].as_array().expect("items") {
            assert_eq!(item["by"]["party"], engineer.id.to_string());
            seen.push(item["happened"]["kind"].as_str().expect("a kind").to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/cases/{case}/timeline?limit=2&after={next}");
    }
    assert_eq!(seen.first().map(String::as_str), Some("opened"));
    let posted = seen.iter().filter(|kind| *kind == "message-posted").count();
    assert_eq!(posted, 3, "{seen:?}");
}

#[tokio::test]
async fn many_at_once_lose_no_message() {
    let house = House::new().await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let case = house.case(&engineer, "open").await;
    let path = format!("/api/v1/cases/{case}/messages");
    let post = async |text: usize| {
        let body = json!({ "text": format!("message {text}") });
        house.write("POST", &path, &body).by(&engineer).answer().await.status
    };
    let (a, b, c, d) = tokio::join!(post(1), post(2), post(3), post(4));
    assert_eq!([a, b, c, d], [StatusCode::CREATED; 4]);
    let listed = house.get(&path).by(&engineer).answer().await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(4), "{listed}");
}

#[tokio::test]
async fn a_case_is_shown_as_it_was_at_any_instant() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let case = house.case(&engineer, "open").await;
    house.advance("PT10H");
    let body = json!({ "obligation": only_obligation(&house, &engineer).await["id"] });
    let claimed = house.write("POST", "/api/v1/claims", &body).by(&engineer).answer().await;
    assert_eq!(claimed.status, StatusCode::CREATED);
    let fact = json!({ "kind": "disclosed", "note": "published" });
    let facts = format!("/api/v1/cases/{case}/facts");
    house.write("POST", &facts, &fact).by(&engineer).answer().await;
    let shown = async |question: &str| {
        house.get(&format!("/api/v1/cases/{case}{question}")).by(&engineer).answer().await.json()
    };
    let clock = |shown: &Value| {
        let obligations = shown["obligations"].as_array().expect("obligations");
        obligations.iter().find(|owed| owed["provision"] == "cn-rmsv/7.2").cloned()
    };
    let now = shown("").await;
    assert_eq!(now["at"], "2021-11-24T18:00:00Z");
    assert_eq!(clock(&now).expect("owed")["owner"]["name"], "Wen Engineer");
    assert_eq!(now["facts"].as_array().map(Vec::len), Some(2));

    let before = shown("?at=2021-11-24T17:59:59Z&known_at=2021-11-24T17:59:59Z").await;
    let held = clock(&before).expect("owed");
    assert_eq!(held["owner"], Value::Null, "not claimed yet");
    assert_eq!(held["gap"]["cause"], "held-by-nobody");
    assert_eq!(before["facts"].as_array().map(Vec::len), Some(1), "not known yet");

    let late = shown("?at=2021-11-26T08:00:00Z").await;
    assert_eq!(clock(&late).expect("owed")["state"], "overdue", "if nothing had moved: {late}");
    let malformed = shown("?at=yesterday").await;
    assert_eq!(malformed["code"], "request_malformed");
    let too_early = shown("?at=2021-11-24T07:59:59Z").await;
    assert_eq!(too_early["code"], "request_malformed");
}

#[tokio::test]
async fn why_it_is_owed_is_told_in_both_languages() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let case = house.case(&engineer, "open").await;
    let mut told = Vec::new();
    for language in ["en", "zh-CN"] {
        let path = format!("/api/v1/cases/{case}?language={language}");
        let shown = house.get(&path).by(&engineer).answer().await.json();
        let obligations = shown["obligations"].as_array().expect("obligations");
        let owed = obligations.iter().find(|owed| owed["provision"] == "cn-rmsv/7.2");
        let trace = owed.expect("owed")["trace"].as_array().expect("a trace").clone();
        assert!(trace.len() >= 3, "{trace:?}");
        assert!(owed.expect("owed")["reason"].as_str().is_some_and(|text| !text.is_empty()));
        told.push(trace);
    }
    assert_ne!(told[0], told[1]);
    let path = format!("/api/v1/cases/{case}?language=fr");
    let refused = house.get(&path).by(&engineer).answer().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_draft_says_how_complete_it_is() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let engineer = house.person("Wen Engineer", &[]).await;
    house.case(&engineer, "open").await;
    let obligation = only_obligation(&house, &engineer).await;
    let path = format!("/api/v1/obligations/{}/draft", obligation["id"].as_str().expect("an id"));
    let blank = house.get(&path).by(&engineer).answer().await.json();
    let required = &blank["completeness"]["required_now"];
    assert_eq!(required["done"], 0);
    assert!(required["total"].as_u64().is_some_and(|total| total >= 6), "the six items: {blank}");
    let field = |field: &&Value| field["need"] == "required" && field["kind"] == "text";
    let fields = blank["fields"].as_array().expect("fields");
    let name = fields.iter().find(field).expect("a text")["id"].as_str().expect("an id");

    let body = json!({ "fields": { name: "log4j-core" } });
    let saved = house.write("PUT", &path, &body).by(&engineer).answer().await;
    assert_eq!(saved.status, StatusCode::OK, "{:?}", saved.json());
    let after = house.get(&path).by(&engineer).answer().await.json();
    assert_eq!(after["completeness"]["required_now"]["done"], 1);
    assert_eq!(after["completeness"]["complete"], false);
    let unknown = json!({ "fields": { "no-such-field": "x" } });
    let refused = house.write("PUT", &path, &unknown).by(&engineer).answer().await;
    assert_eq!(refused.json()["pointer"], "/fields/no-such-field");

    // What the case holds is filled in, and the field says so.
    let field = |json: &Value, id: &str| {
        let fields = json["fields"].as_array().expect("fields").clone();
        fields.into_iter().find(|field| field["id"] == id).expect("a field")
    };
    let reporter = field(&after, "reporter");
    assert_eq!(
        (&reporter["value"], &reporter["from"]),
        (&json!("Northwind Cloud"), &json!("case"))
    );
    assert_eq!(field(&after, "product-name")["from"], "draft");
    assert_eq!(field(&after, "discovered-at")["from_id"], "fact-1");
    let body = json!({ "fields": { "discovered-at": "yesterday" } });
    house.write("PUT", &path, &body).by(&engineer).answer().await;
    let wrong = house.get(&path).by(&engineer).answer().await.json();
    assert!(field(&wrong, "discovered-at")["problem"].as_str().is_some(), "{wrong}");
    assert_eq!(wrong["completeness"]["refused"][0]["id"], "discovered-at");

    let file = house.get(&format!("{path}/export")).by(&engineer).answer().await;
    let disposition = file.headers["content-disposition"].to_str().expect("a name");
    assert!(disposition.contains("vulnerability-report-"), "{disposition}");
    assert_eq!(file.json()["provision"], "cn-rmsv/7.2");
    let again = house.get(&format!("{path}/export")).by(&engineer).answer().await;
    assert_eq!(file.bytes, again.bytes, "the same as long as nothing changes");
}

#[tokio::test]
async fn the_law_is_shown_with_its_text_and_its_versions() {
    let house = House::new().await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let laws = house.get("/api/v1/laws").by(&engineer).answer().await.json();
    let listed = laws["items"].as_array().expect("items");
    assert!(listed.iter().any(|law| law["id"] == "cn-rmsv"), "{laws}");
    let law = house.get("/api/v1/laws/cn-rmsv").by(&engineer).answer().await.json();
    let provisions = law["provisions"].as_array().expect("provisions");
    let of_72 = provisions.iter().find(|provision| provision["id"] == "cn-rmsv/7.2");
    assert_eq!(of_72.expect("7(2)")["versions"][0]["effective_from"], "2021-09-01");
    assert!(law["quotes"]["zh-CN"].as_str().is_some_and(|text| !text.is_empty()));
    let none = house.get("/api/v1/laws/no-such").by(&engineer).answer().await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_fact_that_is_none_is_pointed_at() {
    let house = House::new().await;
    let engineer = house.person("Wen Engineer", &[]).await;
    let case = house.case(&engineer, "open").await;
    let path = format!("/api/v1/cases/{case}/facts");
    for (fact, code, pointer) in [
        (json!({ "kind": "nonsense" }), "fact_invalid", "/kind"),
        (json!({ "id": "fact-1", "kind": "disclosed" }), "fact_taken", "/id"),
        (
            json!({ "kind": "disclosed", "known_at": "2021-11-24T08:00:01Z" }),
            "known_in_future",
            "/known_at",
        ),
        (json!({ "kind": "disclosed", "known_at": "noon" }), "field_invalid", "/known_at"),
    ] {
        let refused = house.write("POST", &path, &fact).by(&engineer).answer().await;
        assert_eq!(refused.code(), code, "{fact}");
        assert_eq!(refused.json()["pointer"], pointer, "{:?}", refused.json());
    }
}
