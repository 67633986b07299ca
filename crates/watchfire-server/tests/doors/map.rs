//! The map over the API: for whom, for which day, and why not.

use axum::http::StatusCode;
use serde_json::Value;

use crate::house::House;

fn row<'m>(map: &'m Value, provision: &str) -> &'m Value {
    let rows = map["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["provision"] == provision).expect("a row")
}

#[tokio::test]
async fn the_map_is_that_of_the_organizations_profile_on_the_day() {
    let house = House::new().await;
    house.roles(&["eu-cra/manufacturer"]).await;
    let eva = house.person("Eva Employee", &[]).await;
    let path = format!("/api/v1/organizations/{}/map", house.organization);
    let on = async |query: &str| house.get(&format!("{path}{query}")).by(&eva).answer().await;
    let before = on("?day=2027-12-10").await.json();
    assert_eq!(before["day"], "2027-12-10");
    assert_eq!(row(&before, "eu-cra/13.6")["verdict"], "foreseen");
    let from = on("?day=2027-12-11").await.json();
    assert_eq!(row(&from, "eu-cra/13.6")["verdict"], "owed");
    let not = row(&from, "cn-rmsv/7.2");
    assert_eq!(not["reasons"][0]["missing"], "role");
    assert_eq!(not["reasons"][0]["names"][0], "cn-rmsv/provider");
    let assumed = on("?day=2027-12-11&assume=eu-cra/severe-incident=no").await.json();
    assert_eq!(row(&assumed, "eu-cra/14.4.a")["reasons"][0]["missing"], "predicate");
    for wrong in ["?day=someday", "?assume=x/y=no", "?assume=eu-cra/severe-incident", "?roles=x"] {
        let answered = on(wrong).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(answered.code(), "request_malformed");
    }
}
