//! Where laws collide, at the doors: a decision, the gate before what leaves, and awareness.

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::Duty;

use crate::browser::{Browser, text};
use crate::house::{House, Person};

const ABROAD: &str = "cn-rmsv/conflict/undisclosed-abroad";

/// A provider in China and manufacturer in the Union, in a time in which both laws apply.
async fn house() -> (House, Person) {
    let house = House::new().await;
    house.advance("43800h");
    house.roles(&["cn-rmsv/provider", "eu-cra/manufacturer"]).await;
    let engineer = house.person("Wen Engineer", &[]).await;
    (house, engineer)
}

async fn exploited(house: &House, engineer: &Person) -> String {
    let case = house.case(engineer, "embargoed").await;
    let path = format!("/api/v1/cases/{case}/facts");
    let fact = json!({ "kind": "exploitation-known" });
    let recorded = house.write("POST", &path, &fact).by(engineer).answer().await;
    assert_eq!(recorded.status, StatusCode::CREATED, "{:?}", recorded.json());
    case
}

fn of<'v>(list: &'v Value, field: &str, value: &str) -> &'v Value {
    let items = list["items"].as_array().expect("items");
    items.iter().find(|item| item[field] == value).unwrap_or_else(|| panic!("{value}: {list}"))
}

#[tokio::test]
async fn a_conflict_is_decided_and_opens_the_gate() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let path = format!("/api/v1/cases/{case}/conflicts");
    let list = house.get(&path).by(&engineer).answer().await.json();
    let conflict = of(&list, "id", ABROAD);
    assert_eq!(conflict["open"], true);
    assert_eq!(conflict["effect"]["bars"], json!(["cn-rmsv/9.7"]));
    assert!(conflict["due_at"].is_string(), "{conflict}");

    let gate =
        format!("/api/v1/cases/{case}/gate?recipient=authority:eu-single-reporting-platform");
    let barred = house.get(&gate).by(&engineer).answer().await.json();
    assert_eq!(
        (&barred["open"], &barred["bars"][0]["provision"]),
        (&json!(false), &json!("cn-rmsv/9.7"))
    );

    let wrong = json!({ "conflict": ABROAD, "choice": "pray", "reason": "x" });
    let refused = house.write("POST", &path, &wrong).by(&engineer).answer().await;
    assert_eq!(
        (refused.code().as_str(), refused.text("pointer").as_str()),
        ("choice_unknown", "/choice")
    );
    let decided = json!({ "conflict": ABROAD, "choice": "submit-minimum", "reason": "counsel" });
    let done = house.write("POST", &path, &decided).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    let list = house.get(&path).by(&engineer).answer().await.json();
    let conflict = of(&list, "id", ABROAD);
    assert_eq!(conflict["decided"]["by"], engineer.id.to_string());
    assert_eq!(house.get(&gate).by(&engineer).answer().await.json()["open"], true);
}

#[tokio::test]
async fn an_open_conflict_stands_in_the_watch_until_it_is_decided() {
    let (house, engineer) = house().await;
    let outsider = house.person("Mia Outsider", &[]).await;
    let case = exploited(&house, &engineer).await;
    let list = house.get("/api/v1/questions").by(&engineer).answer().await.json();
    let items = list["items"].as_array().expect("items");
    let asked = items.iter().map(|item| &item["asked"]).find(|asked| asked["id"] == ABROAD);
    let asked = asked.unwrap_or_else(|| panic!("{list}"));
    let of_case =
        house.get(&format!("/api/v1/cases/{case}/conflicts")).by(&engineer).answer().await;
    assert_eq!(asked["kind"], "conflict");
    assert_eq!(asked["due_at"], of(&of_case.json(), "id", ABROAD)["due_at"]);
    assert!(asked["words"]["zh-CN"].is_string(), "{asked}");

    let page = async |language: &str, person: &Person| {
        let page =
            house.get("/watch").by(person).header("accept-language", language).answer().await;
        String::from_utf8(page.bytes).expect("UTF-8")
    };
    let place = format!("/cases/{case}#conflicts");
    for (language, words) in [("en", "may not go abroad"), ("zh-CN", "不得提供给境外")] {
        let seen = page(language, &engineer).await;
        assert!(seen.contains(&place) && seen.contains(words), "{seen}");
        let hidden = page(language, &outsider).await;
        assert!(!hidden.contains(&place) && !hidden.contains(words), "{hidden}");
    }
    let hidden = house.get("/api/v1/questions").by(&outsider).answer().await.json();
    assert_eq!(hidden["items"], json!([]));

    let path = asked["decide_at"].as_str().expect("a path").to_owned();
    let decided = json!({ "conflict": ABROAD, "choice": "submit-minimum", "reason": "counsel" });
    let done = house.write("POST", &path, &decided).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    assert!(!page("en", &engineer).await.contains(&place));
    let list = house.get("/api/v1/questions").by(&engineer).answer().await.json();
    let items = list["items"].as_array().expect("items");
    assert!(items.iter().all(|item| item["asked"]["id"] != ABROAD), "{list}");
}

#[tokio::test]
async fn somebody_abroad_comes_in_by_a_recorded_reason_alone() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let outsider = house.outsider("Sam Other").await;
    let path = format!("/api/v1/cases/{case}/passes");
    let to = format!("party:{}", outsider.id);
    let gate = format!("/api/v1/cases/{case}/gate?recipient={to}");
    house.acquaint(&engineer, &outsider).await;
    assert_eq!(house.get(&gate).by(&engineer).answer().await.json()["open"], false);
    let pass = json!({ "recipient": to, "reason": "counsel agreed" });
    let passed = house.write("POST", &path, &pass).by(&engineer).answer().await;
    assert_eq!(passed.status, StatusCode::CREATED, "{:?}", passed.json());
    assert_eq!(house.get(&gate).by(&engineer).answer().await.json()["open"], true);
    let list = house.get(&path).by(&engineer).answer().await.json();
    assert_eq!(list["items"][0]["provisions"], json!(["cn-rmsv/9.7"]));
    let nobody = json!({ "recipient": "moon", "reason": "x" });
    let refused = house.write("POST", &path, &nobody).by(&engineer).answer().await;
    assert_eq!(refused.text("pointer"), "/recipient");
}

#[tokio::test]
async fn a_recipient_that_one_may_not_know_of_is_nobody() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let hidden = house.outsider("Sam Other").await.id.to_string();
    let mut seen = Vec::new();
    for id in [hidden.as_str(), "WP-0000-0000"] {
        let to = format!("party:{id}");
        let gate = format!("/api/v1/cases/{case}/gate?recipient={to}");
        let asked = house.get(&gate).by(&engineer).answer().await;
        let pass = json!({ "recipient": to, "reason": "x" });
        let path = format!("/api/v1/cases/{case}/passes");
        let passed = house.write("POST", &path, &pass).by(&engineer).answer().await;
        let export = format!("/api/v1/cases/{case}/export?recipient={id}");
        let exported = house.get(&export).by(&engineer).answer().await;
        assert_eq!(exported.status, StatusCode::NOT_FOUND);
        let said = [&asked, &passed]
            .map(|answer| (answer.status, answer.code(), answer.text("detail").replace(id, "…")));
        assert_eq!(said[0].1, "field_invalid");
        seen.push(said);
    }
    assert_eq!(seen[0], seen[1], "hidden is missing");
}

#[tokio::test]
async fn a_candidate_for_awareness_is_picked_and_no_alarm_moves() {
    let (house, engineer) = house().await;
    let case = exploited(&house, &engineer).await;
    let facts = format!("/api/v1/cases/{case}/facts");
    let earlier = json!({ "kind": "evidence-held", "of": "exploitation-known",
        "occurred_at": "2026-11-22T00:00Z", "known_at": "2026-11-22T00:00Z" });
    house.write("POST", &facts, &earlier).by(&engineer).answer().await;
    let path = format!("/api/v1/cases/{case}/awareness");
    let list = house.get(&path).by(&engineer).answer().await.json();
    let known = of(&list, "of", "exploitation-known");
    assert_eq!(known["candidates"].as_array().expect("two").len(), 2, "{known}");
    let due = known["candidates"][0]["deadlines"][0]["strict_due"].clone();
    let later = known["candidates"][1]["fact"].clone();
    let choice = json!({ "fact": later, "reason": "the logs were read then" });
    let done = house.write("POST", &path, &choice).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    let list = house.get(&path).by(&engineer).answer().await.json();
    let known = of(&list, "of", "exploitation-known");
    assert_eq!(known["chosen"]["fact"], later);
    assert_eq!(known["candidates"][0]["deadlines"][0]["strict_due"], due);
    assert_eq!(known["candidates"][0]["alarms"], true);
}

#[tokio::test]
async fn an_embargo_is_not_ended_past_what_bars_the_publication_without_a_reason() {
    let (house, engineer) = house().await;
    house.roles(&["cn-rmsv/finder"]).await;
    let case = house.case(&engineer, "embargoed").await;
    let path = format!("/api/v1/cases/{case}");
    let public = json!({ "kind": "disclosed" });
    house.write("POST", &format!("{path}/facts"), &public).by(&engineer).answer().await;
    let gate = format!("{path}/gate?recipient=public&act=publishing");
    let barred = house.get(&gate).by(&engineer).answer().await.json();
    assert_eq!(barred["bars"][0]["provision"], "cn-rmsv/9.1");
    assert!(barred["bars"][0]["cites"]["en"].is_string(), "{barred}");

    let embargo = format!("{path}/embargo");
    let silent = json!({ "reason": "published" });
    let refused = house.write("DELETE", &embargo, &silent).by(&engineer).answer().await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(
        (refused.code().as_str(), refused.text("pointer").as_str()),
        ("gate_closed", "/pass_reason")
    );
    assert!(refused.text("detail").contains("Article 9, item (1)"), "{:?}", refused.json());

    let mut browser = Browser::new(&house);
    browser.sign_in("wen.engineer.x").await;
    let csrf = browser.csrf().await;
    let (page, exit) = (format!("/cases/{case}"), format!("/cases/{case}/embargo/exit"));
    for (language, words) in
        [("en", "No publication before"), ("zh-CN", "不得在提供修补措施之前发布")]
    {
        browser.hold("watchfire-language", language);
        let seen = text(&browser.get(&page).await);
        assert!(seen.contains("exit-pass_reason") && seen.contains(words), "{seen}");
        let fields = [("csrf", csrf.as_str()), ("reason", "published")];
        let refused = browser.send(&exit, &fields).await;
        assert!(refused.status.is_client_error(), "{}", refused.status);
        assert!(text(&refused).contains("cn-rmsv/9.1"), "the article is told");
    }
    let fields =
        [("csrf", csrf.as_str()), ("reason", "published"), ("pass_reason", "counsel agreed")];
    let done = browser.send(&exit, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    let passes = house.get(&format!("{path}/passes")).by(&engineer).answer().await.json();
    let pass = &passes["items"][0];
    assert_eq!(
        (&pass["act"], &pass["recipient"], &pass["reason"], &pass["by"]),
        (
            &json!("publishing"),
            &json!("public"),
            &json!("counsel agreed"),
            &json!(engineer.id.to_string())
        )
    );
    let state = house.get(&embargo).by(&engineer).answer().await.json();
    assert_eq!(state["state"], "exited");
}

#[tokio::test]
async fn where_another_organization_is_its_own_people_do_not_record_and_nobody_of_ours_but_who_keeps_us()
 {
    let (house, engineer) = house().await;
    let [other, third] = [house.another_organization().await, house.another_organization().await];
    let vendor = house.person_of(&other, "Sam Vendor", &[]).await;
    let keeper = house.person("Ann Keeper", &[Duty::Administrator]).await;
    let own = [
        house.person("Rea Responder", &[Duty::Responder]).await,
        house.person("Aud Auditor", &[Duty::Auditor]).await,
        engineer.clone(),
    ];
    let theirs = [
        vendor.clone(),
        house.person_of(&other, "Olga Keeper", &[Duty::Administrator]).await,
        house.person_of(&third, "Tom Keeper", &[Duty::Administrator]).await,
    ];
    let say = |country: &str| json!({ "country": country, "source": "the commercial register" });
    let record = async |who: &Person, of: &str, body: &Value| {
        let path = format!("/api/v1/organizations/{of}/country");
        house.write("PUT", &path, body).by(who).answer().await
    };
    let other_id = other.to_string();
    for who in own.iter().chain(&theirs) {
        let refused = record(who, &other_id, &say("CN")).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{who:?}");
    }
    // Nor is it recorded of ourselves, of a person, or of nobody.
    for of in [house.organization.to_string(), vendor.id.to_string(), "WP-0000-0000".into()] {
        assert_eq!(record(&keeper, &of, &say("CN")).await.status, StatusCode::NOT_FOUND, "{of}");
    }
    for (wrong, pointer) in [
        (json!({ "country": "China", "source": "x" }), "/country"),
        (json!({ "country": "CN", "source": " " }), "/source"),
    ] {
        let refused = record(&keeper, &other_id, &wrong).await;
        assert_eq!(
            (refused.code().as_str(), refused.text("pointer").as_str()),
            ("field_invalid", pointer)
        );
    }

    let case = exploited(&house, &engineer).await;
    house.acquaint(&engineer, &vendor).await;
    let gate = format!("/api/v1/cases/{case}/gate?recipient=party:{}", vendor.id);
    let is_open = async || house.get(&gate).by(&engineer).answer().await.json()["open"].clone();
    assert_eq!(is_open().await, false, "nobody knows where");
    // What it says of itself opens nothing.
    let profile = format!("/api/v1/organizations/{other}/profile");
    let said =
        |country: &str| json!({ "roles": [], "attributes": { "organization/country": country } });
    let done = house.write("PUT", &profile, &said("CN")).by(&theirs[1]).answer().await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.json());
    assert_eq!(is_open().await, false);
    let done = record(&keeper, &other_id, &say("CN")).await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.json());
    assert_eq!(is_open().await, true);
    // Where it says otherwise, nobody knows.
    house.write("PUT", &profile, &said("US")).by(&theirs[1]).answer().await;
    assert_eq!(is_open().await, false);
    house.write("PUT", &profile, &said("CN")).by(&theirs[1]).answer().await;
    assert_eq!(record(&keeper, &other_id, &say("US")).await.status, StatusCode::OK);
    assert_eq!(is_open().await, false);
}

#[tokio::test]
async fn where_another_organization_is_known_from_is_told_to_the_house_alone() {
    let (house, engineer) = house().await;
    let [other, third] = [house.another_organization().await, house.another_organization().await];
    let vendor = house.person_of(&other, "Sam Vendor", &[]).await;
    let theirs = house.person_of(&other, "Olga Keeper", &[Duty::Administrator]).await;
    let guest = house.person_of(&third, "Gus Guest", &[]).await;
    let stranger = house.person_of(&third, "Tom Keeper", &[Duty::Administrator]).await;
    let keeper = house.person("Ann Keeper", &[Duty::Administrator]).await;
    let colleague = house.person("Rea Responder", &[Duty::Responder]).await;
    let path = format!("/api/v1/organizations/{other}/country");
    let say = json!({ "country": "US", "source": "the commercial register" });
    let done = house.write("PUT", &path, &say).by(&keeper).answer().await;
    assert_eq!(done.status, StatusCode::OK, "{:?}", done.json());
    house.acquaint(&engineer, &vendor).await;
    house.acquaint(&engineer, &guest).await;
    // Whoever sees a case in which one of them takes part sees where they are.
    let cases = house.get("/api/v1/cases").by(&vendor).answer().await.json();
    let case = cases["items"][0]["id"].as_str().expect("a case");
    let participants = format!("/api/v1/cases/{case}/participants");
    let body = json!({ "party": guest.id.to_string(), "role": "coordinator",
        "pass_reason": "they help" });
    let done = house.write("POST", &participants, &body).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    // From where that is known is our own: it is told to nobody else, whether concerned or not.
    let ours = json!([keeper.id.to_string(), "the commercial register"]);
    for (who, of_house) in [
        (&engineer, true),
        (&keeper, true),
        (&colleague, true),
        (&theirs, false),
        (&vendor, false),
        (&guest, false),
    ] {
        let shown = house.get(&path).by(who).answer().await.json();
        assert_eq!(shown["country"], "US", "{who:?}");
        assert!(shown["at"].is_string());
        let grounds = json!([shown["by"], shown["source"]]);
        assert_eq!(grounds, if of_house { ours.clone() } else { json!([null, null]) }, "{who:?}");
    }
    let hidden = house.get(&path).by(&stranger).answer().await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whose_organization_is_not_known_here_is_not_located_and_breaks_no_page() {
    let (house, engineer) = house().await;
    let nowhere = watchfire_core::ids::PartyId::from_random([3; 5]);
    let stray = house.person_of(&nowhere, "Sam Stray", &[]).await;
    house.acquaint(&engineer, &stray).await;
    let cases = house.get("/api/v1/cases").by(&engineer).answer().await.json();
    let case = cases["items"][0]["id"].as_str().expect("a case");
    let page = house.get(&format!("/cases/{case}")).by(&engineer).answer().await;
    assert_eq!(page.status, StatusCode::OK);
    let seen = text(&page);
    assert!(seen.contains("Sam Stray") && seen.contains("Nobody has recorded where"), "{seen}");
}

#[tokio::test]
async fn on_the_page_of_a_case_a_keeper_records_where_a_participant_outside_is() {
    let (house, _) = house().await;
    let keeper = house.person("Ann Keeper", &[Duty::Administrator]).await;
    let vendor = house.outsider("Sam Vendor").await;
    house.acquaint(&keeper, &vendor).await;
    let cases = house.get("/api/v1/cases").by(&keeper).answer().await.json();
    let case = cases["items"][0]["id"].as_str().expect("a case").to_owned();
    let page = format!("/cases/{case}");
    let act = format!("{page}/participants/{}/country", vendor.id);
    let mut browser = Browser::new(&house);
    browser.sign_in("ann.keeper.x").await;
    let csrf = browser.csrf().await;
    let seen = text(&browser.get(&page).await);
    assert!(seen.contains(&act) && seen.contains("Nobody has recorded where"), "{seen}");
    let fields = [("csrf", csrf.as_str()), ("country", "cn"), ("source", "their imprint")];
    let refused = browser.send(&act, &fields).await;
    assert!(text(&refused).contains("two capital letters"), "{}", text(&refused));
    let fields = [("csrf", csrf.as_str()), ("country", "CN"), ("source", "their imprint")];
    let done = browser.send(&act, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    let seen = text(&browser.get(&page).await);
    assert!(seen.contains("their imprint") && seen.contains("Ann Keeper"), "{seen}");

    // A colleague sees it and cannot change it.
    house.person("Mia Colleague", &[]).await;
    let mut browser = Browser::new(&house);
    browser.sign_in("mia.colleague.x").await;
    browser.hold("watchfire-language", "zh-CN");
    let seen = text(&browser.get(&page).await);
    assert!(seen.contains("其所属单位位于") && !seen.contains(&act), "{seen}");
    let csrf = browser.csrf().await;
    let fields = [("csrf", csrf.as_str()), ("country", "US"), ("source", "x")];
    assert_eq!(browser.send(&act, &fields).await.status, StatusCode::NOT_FOUND);
}

const MINISTRY: &str = "cn-rmsv/conflict/ministry-under-embargo";

#[tokio::test]
async fn what_the_organization_chose_is_followed_by_later_cases_alone_and_said_in_them() {
    let (house, engineer) = house().await;
    let keeper = house.person("Ann Keeper", &[Duty::Administrator]).await;
    let decided = async |case: &str| {
        let path = format!("/api/v1/cases/{case}/conflicts");
        let list = house.get(&path).by(&engineer).answer().await.json();
        of(&list, "id", MINISTRY)["decided"].clone()
    };
    let earlier = house.case(&engineer, "embargoed").await;
    house.advance("PT1M");
    let path = format!("/api/v1/organizations/{}/choices", house.organization);
    let say = |conflict: &str, choice: Option<&str>, reason: &str| json!({ "conflict": conflict, "choice": choice, "reason": reason });
    let made = house.write("POST", &path, &say(MINISTRY, Some("tell"), "x")).by(&engineer);
    assert_eq!(made.answer().await.status, StatusCode::NOT_FOUND, "no administrator");
    for (wrong, pointer) in [
        (say(ABROAD, Some("submit"), "x"), "/conflict"),
        (say(MINISTRY, Some("shout"), "x"), "/choice"),
        (say(MINISTRY, Some("tell"), " "), "/reason"),
    ] {
        let refused = house.write("POST", &path, &wrong).by(&keeper).answer().await;
        assert_eq!(
            (refused.code().as_str(), refused.text("pointer").as_str()),
            ("field_invalid", pointer)
        );
    }
    let chosen = say(MINISTRY, Some("tell"), "we are open with the upstream");
    let made = house.write("POST", &path, &chosen).by(&keeper).answer().await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json());
    let listed = house.get(&path).by(&engineer).answer().await.json();
    let shown = of(&listed, "conflict", MINISTRY);
    assert_eq!((&shown["choice"], &shown["by"]), (&json!("tell"), &json!(keeper.id.to_string())));

    let later = house.case(&engineer, "embargoed").await;
    assert_eq!(decided(&later).await["choice"], "tell");
    assert_eq!(decided(&later).await["standing_since"], shown["at"]);
    assert_eq!(decided(&earlier).await, Value::Null, "an earlier case is not moved");

    let empty = json!({ "title": "nothing is known yet", "secrecy": "embargoed" });
    let between = house.write("POST", "/api/v1/cases", &empty).by(&engineer).answer().await;
    let between = between.text("id");
    house.advance("PT1M");
    let mut browser = Browser::new(&house);
    browser.sign_in("ann.keeper.x").await;
    let csrf = browser.csrf().await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("conflict", MINISTRY),
        ("choice", ""),
        ("reason", "case by case"),
    ];
    let done = browser.send("/organization/choices", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    browser.hold("watchfire-language", "zh-CN");
    let seen = text(&browser.get("/organization").await);
    assert!(seen.contains("对今后个案的既定选择") && seen.contains("case by case"), "{seen}");
    let last = house.case(&engineer, "embargoed").await;
    assert_eq!(decided(&last).await, Value::Null);
    assert_eq!(decided(&later).await["choice"], "tell", "what was followed stays");
    // Of a case that was opened in between, the duties collide only now.
    let path = format!("/api/v1/cases/{between}/facts");
    let fact = json!({ "kind": "vulnerability-known" });
    let done = house.write("POST", &path, &fact).by(&engineer).answer().await;
    assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    let followed = decided(&between).await;
    assert_eq!((&followed["choice"], &followed["standing_since"]), (&json!("tell"), &shown["at"]));
}
