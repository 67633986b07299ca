//! The inquiry over the API and as a page: questions, answers, what they say, and their record.

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::Duty;

use crate::browser::{Browser, place, text};
use crate::house::{Answered, House};
use crate::pages::keep_page;

fn question<'v>(shown: &'v Value, id: &str) -> Option<&'v Value> {
    let rounds = shown["rounds"].as_array().expect("rounds").iter();
    let mut all = rounds.flat_map(|round| round["questions"].as_array().expect("questions"));
    all.find(|one| one["id"] == id)
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|one| one.as_str().expect("a text")).collect()
}

#[tokio::test]
async fn each_question_names_the_articles_that_make_it_matter() {
    let house = House::new().await;
    let eva = house.person("Eva Employee", &[]).await;
    let asked =
        async |query: &str| house.get(&format!("/api/v1/inquiry{query}")).by(&eva).answer().await;
    let all = asked("").await.json();
    let provider = question(&all, "cn-rmsv/provider").expect("a question");
    let matters = provider["matters"].as_array().expect("articles");
    assert!(matters.iter().any(|one| one["provision"] == "cn-rmsv/7.2"), "{provider}");
    assert_eq!(provider["roles"][0], "cn-rmsv/provider");
    let state = question(&all, "eu-cra/member-state").expect("a question");
    assert_eq!(state["attribute"], "eu/member-state");
    assert!(texts(&state["choices"]).contains(&"BE"), "{state}");
    assert_eq!(all["result"]["roles"], json!([]));
    let some = asked("?answers=place/EU=no,cn-rmsv/provider=yes,cn-rmsv/operator=not-sure").await;
    let some = some.json();
    assert!(question(&some, "eu-cra/manufacturer").is_none(), "what is left out is not asked");
    assert_eq!(some["result"]["not_asked"]["eu-cra/manufacturer"], "place/EU");
    assert_eq!(question(&some, "cn-rmsv/provider").expect("asked")["answer"], "yes");
    let roles = some["result"]["roles"].as_array().expect("roles");
    let found: Vec<(&str, bool)> = roles
        .iter()
        .map(|one| (one["role"].as_str().expect("a role"), one["sure"] == json!(true)))
        .collect();
    assert_eq!(found, [("cn-rmsv/operator", false), ("cn-rmsv/provider", true)]);
    for (wrong, status, code) in [
        ("?answers=eu-cra/manufacturer", 400, "request_malformed"),
        ("?answers=place/EU=yes,place/EU=no", 400, "request_malformed"),
        ("?roles=x", 400, "request_malformed"),
        ("?answers=eu-cra/emperor=yes", 422, "answer_invalid"),
        ("?answers=eu-cra/manufacturer=perhaps", 422, "answer_invalid"),
        ("?answers=place/EU=no,eu-cra/manufacturer=yes", 422, "answer_invalid"),
    ] {
        let answered = asked(wrong).await;
        assert_eq!(answered.status.as_u16(), status, "{wrong}");
        assert_eq!(answered.code(), code, "{wrong}");
    }
    let map = asked("/map?answers=cn-rmsv/provider=not-sure&day=2026-11-30").await.json();
    let rows = map["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["provision"] == "cn-rmsv/7.2").expect("a row");
    assert_eq!(row["verdict"], "owed", "a role of which nobody is sure hides nothing");
}

#[tokio::test]
async fn an_administrator_records_the_answers_and_others_try_them_out() {
    let house = House::new().await;
    house.roles(&["eu-gdpr/controller", "eu-cra/steward"]).await;
    let ada = house.person("Ann Admin", &[Duty::Administrator]).await;
    let eva = house.person("Eva Employee", &[]).await;
    let path = format!("/api/v1/organizations/{}/inquiry", house.organization);
    let before = house.get(&path).by(&eva).answer().await.json();
    assert_eq!(before["answers"], json!({}));
    assert_eq!(before["recorded_at"], Value::Null);
    let answers = json!({ "answers": {
        "place/EU": "yes",
        "eu-cra/manufacturer": "not-sure",
        "eu-cra/member-state": "BE",
        "eu-cra/steward": "no",
        "cn-rmsv/provider": "yes",
        "place/US": "",
    }});
    let refused = house.write("PUT", &path, &answers).by(&eva).answer().await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "it is not hers to record");
    let tried = "?answers=eu-cra/steward=no,cn-rmsv/provider=yes";
    let tried = house.get(&format!("{path}{tried}")).by(&eva).answer().await.json();
    let after = json!(["cn-rmsv/provider", "eu-gdpr/controller"]);
    assert_eq!(tried["profile_after"]["roles"], after, "trying changes nothing, and tells");
    assert_eq!(tried["profile"]["roles"], json!(["eu-cra/steward", "eu-gdpr/controller"]));
    let written = house.write("PUT", &path, &answers).by(&ada).answer().await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.json());
    assert!(written.text("receipt").len() > 8);
    let recorded = house.get(&path).by(&eva).answer().await.json();
    assert_eq!(recorded["by"]["party"], ada.id.to_string());
    let recorded_at = recorded["recorded_at"].as_str().expect("an instant");
    assert!(recorded_at.parse::<jiff::Timestamp>().is_ok(), "{recorded_at}");
    assert_eq!(recorded["answers"]["eu-cra/manufacturer"], "not-sure");
    assert_eq!(recorded["answers"].get("place/US"), None, "what is open is not recorded");
    let roles = json!(["cn-rmsv/provider", "eu-cra/manufacturer", "eu-gdpr/controller"]);
    assert_eq!(recorded["profile"]["roles"], roles);
    assert_eq!(recorded["profile"]["attributes"]["eu/member-state"], "BE");
    let profile = format!("/api/v1/organizations/{}/profile", house.organization);
    assert_eq!(house.get(&profile).by(&eva).answer().await.json()["roles"], roles);
    for (wrong, code) in [
        (json!({ "answers": {} }), "inquiry_empty"),
        (json!({ "answers": { "place/EU": "" } }), "inquiry_empty"),
        (json!({ "answers": { "place/EU": "no", "eu-cra/steward": "yes" } }), "answer_invalid"),
        (json!({ "answers": { "eu-cra/member-state": "US" } }), "answer_invalid"),
    ] {
        let answered = house.write("PUT", &path, &wrong).by(&ada).answer().await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(answered.code(), code, "{wrong}");
    }
    assert_eq!(house.get(&profile).by(&eva).answer().await.json()["roles"], roles);
    let stranger = house.outsider("Otto Outsider").await;
    assert_eq!(house.get(&path).by(&stranger).answer().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_attribute_of_which_nobody_is_sure_becomes_unknown_and_is_shown_as_open() {
    let house = House::new().await;
    let ada = house.person("Ann Admin", &[Duty::Administrator]).await;
    let path = format!("/api/v1/organizations/{}/inquiry", house.organization);
    let given = |trust: &str| {
        json!({ "answers": {
            "place/EU": "yes",
            "eu-nis2/entity": "yes",
            "eu-nis2/trust-service": trust,
            "eu-nis2/member-state": "BE",
        }})
    };
    let shown = async || house.get(&path).by(&ada).answer().await.json();
    assert!(house.write("PUT", &path, &given("yes")).by(&ada).answer().await.status.is_success());
    let known = shown().await;
    assert_eq!(known["profile"]["attributes"]["eu-nis2/trust-service"], "yes");
    assert_eq!(known["result"]["unsure_attributes"], json!([]));
    let mut browser = Browser::new(&house);
    browser.sign_in("ann.admin.x").await;
    let answers = "a.place%2FEU=yes&a.eu-nis2%2Fentity=yes&a.eu-nis2%2Ftrust-service=not-sure";
    let page = text(&browser.get(&format!("/inquiry?at=%2Fresult&{answers}")).await);
    let undecided = page.split("id=\"undecided\"").nth(1).expect("a section");
    let undecided = undecided.split("</section>").next().unwrap_or_default();
    let meaning = "The organization is a trust service provider";
    assert!(undecided.contains("so this counts as unknown"), "{undecided}");
    assert!(undecided.contains(meaning) && undecided.contains("at=eu-nis2.2"), "{undecided}");
    let profile = page.split("id=\"profile\"").nth(1).expect("a section");
    let profile = profile.split("</section>").next().unwrap_or_default();
    assert!(profile.contains("Taken away") && profile.contains(meaning), "{profile}");
    assert!(profile.contains("since nobody has answered for them"), "{profile}");
    assert!(profile.contains(": BE"), "what is kept is told, too: {profile}");
    let written = house.write("PUT", &path, &given("not-sure")).by(&ada).answer().await;
    assert!(written.status.is_success(), "{}", written.json());
    let unknown = shown().await;
    assert_eq!(unknown["profile"]["attributes"], json!({ "eu/member-state": "BE" }));
    assert_eq!(unknown["result"]["unsure_attributes"], json!(["eu-nis2/trust-service"]));
    assert!(texts(&unknown["result"]["open"]).contains(&"eu-nis2/trust-service"), "{unknown}");
    assert_eq!(unknown["result"]["not_asked"]["eu-cra/member-state"], "eu-nis2/member-state");
    assert_eq!(unknown["result"]["unread"], json!([]));
}

#[tokio::test]
async fn what_contradicts_at_the_result_leads_back_to_where_it_was_answered() {
    let house = House::new().await;
    let mut nobody = Browser::new(&house);
    for (answers, asked, unlike) in [
        // The place is asked for in a later group than the first.
        (&[("place/JP", "no"), ("jp-acd/operator", "yes")][..], "place/JP", "place/CN"),
        (
            &[
                ("eu-cra/manufacturer", "no"),
                ("eu-cra/steward", "no"),
                ("eu-cra/member-state", "BE"),
            ],
            "eu-cra/steward",
            "place/CN",
        ),
        (&[("eu-nis2/trust-service", "perhaps")], "eu-nis2/trust-service", "place/CN"),
        (
            &[("eu-cra/member-state", "BE"), ("eu-nis2/member-state", "DE")],
            "eu-nis2/member-state",
            "place/CN",
        ),
    ] {
        let fields: Vec<(String, &str)> =
            answers.iter().map(|(id, answer)| (format!("a.{id}"), *answer)).collect();
        let mut pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, answer)| (name.as_str(), *answer)).collect();
        pairs.push(("at", "/result"));
        let query = crate::browser::encoded(&pairs);
        let refused = nobody.get(&format!("/inquiry?{query}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let page = text(&refused);
        let asks = |id: &str| {
            page.contains(&format!(
                "<fieldset class=\"question\" id=\"answer-{}\"",
                id.replace('/', "-")
            ))
        };
        assert!(asks(asked), "{asked} can be changed here: {page}");
        assert!(!asks(unlike), "{page}");
    }
    // In a group that asks one of them nobody is sent elsewhere.
    let both = "a.place%2FEU=no&a.eu-cra%2Fmanufacturer=yes&at=%2Fplaces&go=next";
    let page = text(&nobody.get(&format!("/inquiry?{both}")).await);
    assert!(page.contains("name=\"a.place/EU\" value=\"no\" checked"), "{page}");
}

#[tokio::test]
async fn answers_that_no_law_in_use_asks_for_are_named_and_hold_nothing_up() {
    let house = House::new().await;
    let ada = house.person("Ann Admin", &[Duty::Administrator]).await;
    // As if recorded under laws that asked more than those in use.
    house.answered_before(&[("eu-cra/manufacturer", "yes"), ("eu-cra/emperor", "yes")]).await;
    let path = format!("/api/v1/organizations/{}/inquiry", house.organization);
    let shown = house.get(&path).by(&ada).answer().await.json();
    assert_eq!(shown["result"]["unread"], json!(["eu-cra/emperor"]), "{shown}");
    assert_eq!(shown["answers"]["eu-cra/emperor"], "yes", "what was recorded stays");
    let mut browser = Browser::new(&house);
    browser.sign_in("ann.admin.x").await;
    let organization = text(&browser.get("/organization").await);
    assert!(organization.contains("These answers say nothing"), "{organization}");
    assert!(organization.contains("<code>eu-cra/emperor</code>"), "{organization}");
    let address = "/inquiry?at=%2Fresult&a.eu-cra%2Femperor=yes&a.eu-cra%2Fmanufacturer=yes";
    let result = browser.get(address).await;
    assert_eq!(result.status, StatusCode::OK, "{}", text(&result));
    let page = text(&result);
    assert!(page.contains("<code>eu-cra/emperor</code>"), "{page}");
    assert!(!page.contains("name=\"a.eu-cra/emperor\""), "it is carried no further");
    assert!(page.contains("name=\"a.eu-cra/manufacturer\""), "{page}");
    assert!(!text(&browser.get("/inquiry?at=%2Fresult").await).contains("These answers say"));
}

/// Names of hidden fields and their values in a page.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .filter_map(|input| {
            let (name, rest) = input.split_once("\" value=\"")?;
            let value = rest.split('"').next()?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Sends the form of a group of questions with answers, as a browser would.
async fn go_on(
    browser: &mut Browser<'_>,
    page: &str,
    answers: &[(&str, &str)],
    go: &str,
) -> (StatusCode, String) {
    let form = page.split("<form class=\"inquiry\"").nth(1).expect("questions");
    let form = form.split("</form>").next().unwrap_or_default();
    let mut fields = hidden(form);
    fields.extend(answers.iter().map(|(id, answer)| (format!("a.{id}"), (*answer).to_owned())));
    fields.push(("go".to_owned(), go.to_owned()));
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answered = browser.get(&format!("/inquiry?{}", crate::browser::encoded(&pairs))).await;
    (answered.status, text(&answered))
}

/// Sends the form under the result, as a browser would.
async fn record(browser: &mut Browser<'_>, page: &str) -> Answered {
    let mut fields = hidden(page);
    fields.retain(|(name, _)| name.starts_with("a."));
    fields.push(("csrf".to_owned(), browser.csrf().await));
    let pairs: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send("/inquiry", &pairs).await
}

const NOWHERE_ELSE: [(&str, &str); 10] = [
    ("place/UK", "no"),
    ("place/AU", "no"),
    ("place/HK", "no"),
    ("place/IN", "no"),
    ("place/JP", "no"),
    ("place/KR", "no"),
    ("place/SG", "no"),
    ("place/TW", "no"),
    ("place/global", "no"),
    ("place/US", "no"),
];

#[tokio::test]
async fn the_pages_ask_step_by_step_go_back_and_record() {
    let house = House::new().await;
    house.person("Ann Admin", &[Duty::Administrator]).await;
    // Until the Cyber Resilience Act is adopted, nothing of it follows.
    house.advance("44000h");
    let mut browser = Browser::new(&house);
    browser.sign_in("ann.admin.x").await;
    let start = text(&browser.get("/inquiry").await);
    keep_page("real-inquiry.en", &start);
    assert!(start.contains("action=\"/inquiry\"") && !start.contains("csrf\" value=\"\""));
    let first = text(&browser.get("/inquiry?go=next").await);
    assert!(first.contains("name=\"a.place/EU\"") && first.contains("Step 1 of"), "{first}");
    assert!(!first.contains("name=\"a.eu-cra/manufacturer\""), "one group at a time");
    let (_, second) = go_on(
        &mut browser,
        &first,
        &[("place/CN", "no"), ("place/EU", "yes"), ("place/US", "no")],
        "next",
    )
    .await;
    assert!(second.contains("name=\"a.place/IN\""), "{second}");
    let (_, back) = go_on(&mut browser, &second, &[("place/IN", "no")], "back").await;
    let chosen = "name=\"a.place/EU\" value=\"yes\" checked";
    assert!(back.contains(chosen), "what was answered is shown again: {back}");
    assert!(
        back.contains("name=\"a.place/IN\" value=\"no\""),
        "and what was typed is kept: {back}"
    );
    assert!(!back.contains("name=\"a.place/US-NY\""), "New York lies in the United States");
    let mut page = second;
    for _ in 0..2 {
        (_, page) = go_on(&mut browser, &page, &NOWHERE_ELSE, "next").await;
    }
    assert!(page.contains("name=\"a.eu-cra/manufacturer\""), "{page}");
    keep_page("real-inquiry-round.en", &page);
    assert!(page.contains("href=\"/laws/eu-cra/14.2.a\""), "why it matters: {page}");
    let (_, page) = go_on(
        &mut browser,
        &page,
        &[("eu-cra/manufacturer", "yes"), ("eu-cra/steward", "not-sure")],
        "next",
    )
    .await;
    assert!(page.contains("name=\"a.eu-cra/member-state\"") && page.contains("Belgium"), "{page}");
    let (status, refused) =
        go_on(&mut browser, &page, &[("eu-cra/member-state", "Mars")], "next").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.contains("cannot be answered with `Mars`"), "{refused}");
    let (status, result) =
        go_on(&mut browser, &page, &[("eu-cra/member-state", "BE")], "result").await;
    assert_eq!(status, StatusCode::OK);
    keep_page("real-inquiry-result.en", &result);
    assert!(result.contains("href=\"/laws/eu-cra/14.2.a\""), "what follows: {result}");
    assert!(result.contains("only if we are: open-source software steward"), "{result}");
    assert!(result.contains("Nobody is sure whether we are"), "{result}");
    let done = record(&mut browser, &result).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    assert_eq!(place(&done), "/organization");
    let organization = text(&browser.get("/organization").await);
    keep_page("real-organization.en", &organization);
    assert!(organization.contains("The answers are recorded"), "{organization}");
    assert!(organization.contains("by Ann Admin"), "who and when: {organization}");
    assert!(organization.contains(
        "id=\"role-eu-cra-manufacturer\" name=\"role.eu-cra/manufacturer\" value=\"yes\" checked"
    ));
    assert_eq!(organization.matches("? not sure").count(), 1, "{organization}");
    let again = text(&browser.get("/inquiry").await);
    assert!(again.contains("a.eu-cra%2Fmanufacturer=yes"), "one can go on from there: {again}");
}

#[tokio::test]
async fn what_contradicts_is_told_and_can_be_taken_back_by_name() {
    let house = House::new().await;
    house.person("Eva Employee", &[]).await;
    let mut browser = Browser::new(&house);
    browser.sign_in("eva.employee.x").await;
    let base = "/inquiry?at=eu-cra&a.place%2FEU=no&a.eu-cra%2Fmanufacturer=yes";
    let refused = browser.get(&format!("{base}&go=next")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("is answered with yes, although"), "{}", text(&refused));
    let taken_back = browser.get(&format!("{base}&go=take-back")).await;
    assert_eq!(taken_back.status, StatusCode::OK);
    assert!(!text(&taken_back).contains("a.eu-cra/manufacturer"));
    let twice = browser.get(&format!("{base}&a.place%2FEU=yes")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&twice).contains("is answered twice"), "{}", text(&twice));
    let result = text(&browser.get("/inquiry?at=%2Fresult&a.cn-rmsv%2Fprovider=yes").await);
    assert!(result.contains("Only an administrator can record this"), "{result}");
    assert!(!result.contains("method=\"post\" action=\"/inquiry\""), "{result}");
    let csrf = browser.csrf().await;
    let answered =
        browser.send("/inquiry", &[("csrf", &csrf), ("a.cn-rmsv/provider", "yes")]).await;
    assert_eq!(answered.status, StatusCode::FORBIDDEN);
    let mut nobody = Browser::new(&house);
    let result = text(&nobody.get("/inquiry?at=%2Fresult&a.cn-rmsv%2Fprovider=yes").await);
    assert!(result.contains("Sign in as an administrator"), "{result}");
    assert!(result.contains("/laws/cn-rmsv/7.2"), "anybody may try it out: {result}");
    let long = "x".repeat(5_000);
    let answered = nobody.get(&format!("/inquiry?at=eu-cra&a.{long}=yes")).await;
    assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
    let carried = format!("name=\"a.{long}\"");
    assert!(!text(&answered).contains(&carried), "what nobody asks is carried no further");
}
