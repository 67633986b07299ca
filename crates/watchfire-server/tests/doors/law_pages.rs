//! The pages of the laws and of what we owe: the law's words beside what is computed by them.

use axum::http::StatusCode;

use crate::browser::{Browser, text};
use crate::house::House;
use crate::pages::keep_page;

async fn in_both(house: &House, name: &str, path: &str, login: Option<&str>) -> [String; 2] {
    let mut pages = Vec::new();
    for language in ["en", "zh-CN"] {
        let mut browser = Browser::new(house);
        if let Some(login) = login {
            browser.sign_in(login).await;
        }
        browser.send("/language", &[("language", language), ("return_to", "/laws")]).await;
        let answered = browser.get(path).await;
        assert_eq!(answered.status, StatusCode::OK, "{path}: {}", text(&answered));
        let page = text(&answered);
        assert!(!page.contains('⟦'), "{path}: a word is missing");
        keep_page(&format!("{name}.{language}"), &page);
        pages.push(page);
    }
    pages.try_into().expect("two languages")
}

#[tokio::test]
async fn the_law_stands_beside_what_is_computed_by_it() {
    let house = House::new().await;
    let [en, zh] = in_both(&house, "real-law-cn-rmsv", "/laws/cn-rmsv", None).await;
    for page in [&en, &zh] {
        assert!(page.contains("<blockquote"), "the law is quoted: {page}");
        assert!(page.contains("发现或者获知所提供网络产品存在安全漏洞后"), "{page}");
        assert!(page.contains("class=\"line-of-versions\""), "{page}");
    }
    assert!(en.contains("48 hours, counted as elapsed time"), "strict in words: {en}");
    assert!(en.contains("the day of the event not counted"), "outer in words: {en}");
    assert!(zh.contains("按实际经过的时间计算") || zh.contains("48 小时"), "{zh}");
    let [en, _] = in_both(&house, "real-law-eu-cra", "/laws/eu-cra", None).await;
    assert!(en.contains("within 24 hours of the manufacturer becoming aware"), "{en}");
    assert!(en.contains("Then follows") && en.contains("Hangs on"), "the chain: {en}");
    let [bod, _] = in_both(&house, "real-law-bod", "/laws/norm-cisa-bod-26-04", None).await;
    assert!(bod.contains("Table of 16 rows") && bod.contains("Takes the place of"), "{bod}");
    let [proposed, _] = in_both(&house, "real-law-circia", "/laws/us-circia", None).await;
    assert!(proposed.contains("proposed, not law"), "{proposed}");
}

#[tokio::test]
async fn a_provision_has_an_address_and_says_what_we_owe_of_it() {
    let house = House::new().await;
    house.roles(&["cn-rmsv/provider"]).await;
    house.person("Eva Employee", &[]).await;
    let [en, zh] =
        in_both(&house, "real-provision", "/laws/cn-rmsv/7.2", Some("eva.employee.x")).await;
    assert!(en.contains("owed, as soon as it arises"), "{en}");
    assert!(en.contains("id=\"cases\""), "its worked cases: {en}");
    assert!(zh.contains("本单位今日："), "{zh}");
    let [other, _] =
        in_both(&house, "real-provision-not", "/laws/eu-cra/14.2.a", Some("eva.employee.x")).await;
    assert!(other.contains("not owed.") && other.contains("we are not: manufacturer"), "{other}");
    let mut nobody = Browser::new(&house);
    let page = text(&nobody.get("/laws/cn-rmsv/7.2").await);
    assert!(!page.contains("Our organization, today"), "nobody has no organization: {page}");
    for missing in ["/laws/cn-rmsv/99", "/laws/no-law/1", "/laws/eu-cra/7.2"] {
        assert_eq!(nobody.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn the_list_of_laws_is_narrowed_by_its_address_alone() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let mut list = async |query: &str| text(&browser.get(&format!("/laws{query}")).await);
    let all = list("").await;
    assert!(all.contains("href=\"/laws/us-nydfs\"") && all.contains("href=\"/laws/cn-rmsv\""));
    keep_page("real-laws.en", &all);
    let eu = list("?place=EU").await;
    assert!(eu.contains("href=\"/laws/eu-cra\"") && !eu.contains("href=\"/laws/cn-rmsv\""), "{eu}");
    assert!(eu.contains("left out by the filters"), "what is hidden is told: {eu}");
    let norms = list("?kind=norm&words=CVE").await;
    assert!(norms.contains("href=\"/laws/norm-cve-cna\"") && !norms.contains("/laws/eu-cra\""));
    let proposals = list("?kind=proposed").await;
    assert!(proposals.contains("href=\"/laws/us-circia\"") && !proposals.contains("/laws/cn-pipl"));
    let none = list("?place=EU&kind=norm").await;
    assert!(none.contains("No law fits these filters."), "{none}");
    let chinese = list("?words=%E6%BC%8F%E6%B4%9E%E7%AE%A1%E7%90%86").await;
    assert!(chinese.contains("href=\"/laws/cn-rmsv\""), "words of any language: {chinese}");
}

#[tokio::test]
async fn the_map_shows_what_we_owe_on_a_day_and_why_not() {
    let house = House::new().await;
    house
        .roles(&[
            "cn-rmsv/provider",
            "cn-ndsr/handler",
            "cn-cac-incident/operator",
            "eu-cra/manufacturer",
            "eu-gdpr/controller",
            "norm-cve-cna/cna",
            "us-circia/covered-entity",
        ])
        .await;
    house.person("Eva Employee", &[]).await;
    let login = Some("eva.employee.x");
    let [en, zh] = in_both(&house, "real-map", "/map?day=2026-11-30", login).await;
    assert!(en.contains("For a vulnerability") && en.contains("For an incident"), "{en}");
    assert!(zh.contains("出现漏洞时") && zh.contains("为何不须履行"), "{zh}");
    assert!(en.contains("it applies from 2027-12-11"), "foreseen: {en}");
    assert!(en.contains("we are not: open-source software steward"), "why not: {en}");
    assert!(en.contains("href=\"/map?day=2027-12-11\""), "the day of a change: {en}");
    let [later, _] = in_both(&house, "real-map-later", "/map?day=2027-12-11", login).await;
    let owed = |page: &str| page.split("id=\"why-not\"").next().unwrap_or_default().to_owned();
    assert!(owed(&later).contains("/laws/eu-cra/13.6\""), "{later}");
    assert!(!owed(&later).contains("it applies from 2027-12-11"), "{later}");
    let path = "/map?day=2026-11-30&for=incident&assume=eu-cra%2Fsevere-incident%3Dno";
    let [assumed, _] = in_both(&house, "real-map-assumed", path, login).await;
    assert!(assumed.contains("assumed is the opposite"), "{assumed}");
    assert!(!assumed.contains("For a vulnerability</h2>"), "one occasion alone: {assumed}");
    let mut browser = Browser::new(&house);
    browser.sign_in("eva.employee.x").await;
    for wrong in ["/map?day=someday", "/map?assume=x%2Fy%3Dno"] {
        let answered = browser.get(wrong).await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(text(&answered).contains("role=\"alert\""), "{wrong}");
    }
}
