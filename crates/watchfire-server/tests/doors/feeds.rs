//! Feeds of law and sources of the watch, over the API.

use axum::http::StatusCode;
use watchfire_server::settings::{Settings, WatchKind, WatchSourceSettings};

use crate::house::House;

fn source(name: &str, kind: WatchKind, at: &str) -> WatchSourceSettings {
    WatchSourceSettings {
        name: name.to_owned(),
        kind,
        at: at.to_owned(),
        ecosystems: Vec::new(),
        every_seconds: 3_600,
        timeout_seconds: 60,
        silent_after_periods: 24,
    }
}

#[tokio::test]
async fn whoever_has_an_account_sees_how_each_source_stands_and_no_secret_of_its_address() {
    let mut settings = Settings::default();
    settings.watch.sources = vec![
        source("osv", WatchKind::Osv, "https://osv.example/a-secret/?key=a-secret"),
        source("files", WatchKind::Folder, "/srv/a-secret"),
    ];
    let house = House::with(settings).await;
    let eva = house.person("Eva Employee", &[]).await;
    let listed = house.get("/api/v1/feeds").by(&eva).answer().await.json();
    let told: Vec<_> = listed["items"].as_array().expect("feeds").iter().collect();
    let [osv, files] = told[..] else { panic!("{told:?}") };
    assert_eq!((&osv["room"], &osv["kind"]), (&"watch".into(), &"osv".into()));
    assert_eq!(osv["origin"], "https://osv.example");
    assert!(files["origin"].is_null() && files["succeeded_at"].is_null(), "{files}");
    assert_eq!((&files["name"], &files["silent"]), (&"files".into(), &false.into()));
    let told = listed.to_string();
    assert!(!told.contains("a-secret"), "{told}");
    let nobody = house.get("/api/v1/feeds").answer().await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
