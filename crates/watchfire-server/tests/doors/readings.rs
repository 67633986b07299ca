//! Readings of the house: who reads what it decided, and the form for another.

use std::sync::Arc;

use axum::http::StatusCode;
use watchfire_core::event::Duty;
use watchfire_core::law::Lawbook;
use watchfire_core::law::count::{Counts, Within};
use watchfire_core::law::house_reading::HouseReading;
use watchfire_core::law::text::Text;

use crate::browser::{Browser, text};
use crate::house::{House, Person};

/// What nobody else may read: words, reason and name, and the id in the pack.
const OWN: [&str; 4] = ["SEKRET-SAYS", "SEKRET-WHY", "SEKRET-BY", "house-7.2"];

/// The law of the program, with `cn-rmsv/7.2` read as 24 hours from a day on.
fn read_from(day: &str) -> Arc<Lawbook> {
    let text = |words: &str| Text { en: words.into(), zh_cn: words.into() };
    let reading = HouseReading {
        provision: "cn-rmsv/7.2".parse().expect("an id"),
        from: day.parse().expect("a day"),
        within: Within::parse("24h").expect("a span"),
        counts: Counts::Elapsed,
        says: text(OWN[0]),
        by: OWN[2].to_owned(),
        on: "2021-11-20".parse().expect("a day"),
        why: text(OWN[1]),
    };
    let files = reading.to_files().over(Lawbook::builtin().files());
    Arc::new(Lawbook::from_files(&files).expect("it loads"))
}

/// Which of the house's own words stand in a text.
fn own_in(text: &str) -> Vec<&'static str> {
    OWN.into_iter().filter(|own| text.contains(own)).collect()
}

async fn told(house: &House, by: &Person, path: &str) -> String {
    let answered = house.get(path).by(by).answer().await;
    assert_eq!(answered.status, StatusCode::OK, "{path}");
    answered.json().to_string()
}

#[tokio::test]
async fn what_the_house_decided_is_read_by_its_own_people_alone() {
    let house = House::of_law(read_from("2021-11-20")).await;
    let colleague = house.person("Eva Employee", &[]).await;
    // The house is the one that was known first.
    house.advance("PT1S");
    let stranger = house.outsider("Otto Outside").await;
    for (path, expected) in
        [("/api/v1/laws/cn-rmsv", OWN.as_slice()), ("/api/v1/readings", &OWN[..3])]
    {
        assert_eq!(own_in(&told(&house, &colleague, path).await), expected, "{path}");
        assert_eq!(own_in(&told(&house, &stranger, path).await), [] as [&str; 0], "{path}");
    }
    let map = "/api/v1/inquiry/map?answers=cn-rmsv/provider=yes&day=2021-11-24";
    for (by, expected) in [(&colleague, "24h elapsed"), (&stranger, "48h elapsed")] {
        let shown = house.get(map).by(by).answer().await.json();
        let mut rows = shown["rows"].as_array().expect("rows").iter();
        let row = rows.find(|row| row["provision"] == "cn-rmsv/7.2").expect("a row");
        assert_eq!(row["counts"][0]["strict"], expected, "{row}");
        let law = house.get("/api/v1/laws/cn-rmsv").by(by).answer().await.json();
        let mut all = law["provisions"].as_array().expect("provisions").iter();
        let one = all.find(|one| one["id"] == "cn-rmsv/7.2").expect("it");
        let last = one["versions"].as_array().expect("versions").last().expect("one");
        assert_eq!(last["strict"], expected, "{one}");
    }

    let pages = ["/laws/cn-rmsv", "/laws/cn-rmsv/7.2"];
    let result = "/inquiry?at=%2Fresult&a.cn-rmsv%2Fprovider=yes";
    let mut own = Browser::new(&house);
    own.sign_in("eva.employee.x").await;
    let mut other = Browser::new(&house);
    other.sign_in("otto.outside.x").await;
    let mut nobody = Browser::new(&house);
    for path in pages {
        assert_eq!(own_in(&text(&own.get(path).await)), OWN, "{path}");
    }
    for path in ["/laws", result].into_iter().chain(pages) {
        for who in [&mut other, &mut nobody] {
            let page = who.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert_eq!(own_in(&text(&page)), [] as [&str; 0], "{path}");
        }
    }
    let [ours, theirs] = [text(&own.get(result).await), text(&nobody.get(result).await)];
    let days = |page: &str| page.matches("24 hours").count();
    assert!(days(&ours) > days(&theirs), "{theirs}");
    assert_eq!(own_in(&text(&own.get("/readings").await)), OWN[..3]);
    assert_eq!(own_in(&text(&other.get("/readings").await)), [] as [&str; 0]);
}

#[tokio::test]
async fn who_takes_part_in_a_case_from_elsewhere_reads_its_dates_and_not_why() {
    let house = House::of_law(read_from("2021-11-20")).await;
    house.roles(&["cn-rmsv/provider"]).await;
    let colleague = house.person("Eva Employee", &[]).await;
    // The house is the one that was known first.
    house.advance("PT1S");
    let stranger = house.outsider("Otto Outside").await;
    house.acquaint(&colleague, &stranger).await;
    let listed = house.get("/api/v1/cases").by(&stranger).answer().await.json();
    let id = listed["items"][0]["id"].as_str().expect("a case").to_owned();
    let mut own = Browser::new(&house);
    own.sign_in("eva.employee.x").await;
    let mut other = Browser::new(&house);
    other.sign_in("otto.outside.x").await;
    let (api, page) = (format!("/api/v1/cases/{id}"), format!("/cases/{id}"));
    let ours = told(&house, &colleague, &api).await + &text(&own.get(&page).await);
    let theirs = told(&house, &stranger, &api).await + &text(&other.get(&page).await);
    assert!(ours.contains(OWN[0]), "the trace tells what was read");
    assert!(theirs.contains("2021-11-25T08:00:01Z"), "24 hours: {theirs}");
    for own in &OWN[..3] {
        assert!(!theirs.contains(own), "{own}");
    }
}

#[tokio::test]
async fn the_form_says_what_counts_today_and_begins_with_the_day_of_the_law() {
    let house = House::of_law(read_from("2021-11-26")).await;
    house.person("Law Keeper", &[Duty::Responder]).await;
    // A session does not last that long.
    let shown = async || {
        let mut keeper = Browser::new(&house);
        keeper.sign_in("law.keeper.x").await;
        text(&keeper.get("/readings?provision=cn-rmsv%2F7.2").await)
    };
    let page = shown().await;
    assert!(page.contains("counts now: 48h elapsed"), "what comes later does not count: {page}");
    assert!(page.contains("value=\"2021-11-24\""), "{page}");
    // The first moment of 25 November, and of the 26th, in Shanghai.
    house.advance("PT8H");
    let page = shown().await;
    assert!(page.contains("value=\"2021-11-25\""), "{page}");
    assert!(page.contains("counts now: 48h elapsed"), "{page}");
    house.advance("PT24H");
    let page = shown().await;
    assert!(page.contains("counts now: 24h elapsed"), "{page}");
}
