//! A case that the law in use cannot read: its page and the API show it by the law of before.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use watchfire_core::event::{Duty, PartyEvent, Profile, Service, Stream};
use watchfire_core::law::Lawbook;
use watchfire_core::law::files::Files;
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::Keeper;
use watchfire_store::policy::Administer;
use watchfire_store::{Append, Viewer};

use crate::browser::text;
use crate::house::{House, Person, laws};

/// The built-in law, with one role more.
pub(crate) fn with_a_role_more() -> Arc<Lawbook> {
    let more = "[roles.tester]\nname = { en = \"tester\", zh-CN = \"测试人\" }\n\n[roles.";
    let edited = Lawbook::builtin().files().iter().map(|(path, text)| {
        let text = match path {
            "cn-rmsv/law.toml" => text.replacen("[roles.", more, 1),
            _ => text.to_owned(),
        };
        (path.to_owned(), text)
    });
    Arc::new(Lawbook::from_files(&Files::new(edited)).expect("it loads"))
}

/// As every start does, records which lawbook is used from then on.
async fn begins(house: &House) {
    let keeper = Keeper::new(house.node.clone(), Progress::default());
    keeper.begin(house.node.now()).await.expect("a start");
}

/// Says what the organization is by law, without asking whether any law knows it.
async fn is_by_law(house: &House, roles: &[&str]) {
    let (store, operator) = (house.node.store(), Viewer::service(Service::Operator));
    let id = &house.organization;
    let grant = store.authorize_party::<Administer>(&operator, id).await.expect("a right");
    let version = store.party_version(&operator, id).await.expect("there");
    let stream = Stream::Party(id.clone());
    let mut append = Append::new(&operator, house.node.now()).expect_version(stream, version);
    let roles: BTreeSet<String> = roles.iter().map(ToString::to_string).collect();
    append.administer(&grant, PartyEvent::ProfileChanged(Profile { roles, ..Profile::default() }));
    store.append(append).await.expect("changed");
}

/// What is owed, as the API says: provision and strict deadline.
async fn owed(house: &House, who: &Person, path: &str) -> (Value, Vec<(String, Value)>) {
    let shown = house.get(path).by(who).answer().await;
    assert_eq!(shown.status, StatusCode::OK, "{:?}", shown.json());
    let shown = shown.json();
    let list = shown["obligations"].as_array().expect("obligations").iter();
    let timed = list.filter(|it| it["strict_due"].is_string());
    let each = timed.map(|it| {
        (it["provision"].as_str().expect("a provision").to_owned(), it["strict_due"].clone())
    });
    (shown["unread"].clone(), each.collect())
}

#[tokio::test]
async fn a_case_that_the_law_cannot_read_is_shown_by_the_law_of_before_and_says_so() {
    for of_before in [true, false] {
        let house = House::of_law(with_a_role_more()).await;
        begins(&house).await;
        house.roles(&["cn-rmsv/provider", "cn-rmsv/tester"]).await;
        let engineer = house.person("Wen Engineer", &[Duty::Responder]).await;
        let case = house.case(&engineer, "embargoed").await;
        let (api, page) = (format!("/api/v1/cases/{case}"), format!("/cases/{case}"));
        let (unread, before) = owed(&house, &engineer, &api).await;
        assert!(unread.is_null() && !before.is_empty(), "{before:?}");
        let opened = house.node.now();
        let browsed = async |house: &House, path: &str, language: &str| {
            let page = house.get(path).by(&engineer).header("accept-language", language);
            let page = page.answer().await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", text(&page));
            text(&page)
        };
        assert!(!browsed(&house, &page, "en").await.contains("cannot read this case"));

        // The new law lacks what the case is about; or no law ever knew it.
        house.advance("1h");
        let made_up = if of_before { "cn-rmsv/tester" } else { "cn-rmsv/made-up" };
        is_by_law(&house, &["cn-rmsv/provider", made_up]).await;
        let house = house.restarted(laws());
        begins(&house).await;
        let (unread, now) = owed(&house, &engineer, &api).await;
        let problem = unread["problem"].as_str().expect("it says why");
        assert!(problem.contains(made_up) && unread["since"].is_null(), "{unread}");
        assert_eq!(now, before, "what is owed stands as it was computed: {of_before}");
        for (language, words) in
            [("en", "The law in use cannot read this case"), ("zh-CN", "现行法规无法读取本个案")]
        {
            let seen = browsed(&house, &page, language).await;
            assert!(seen.contains(words) && seen.contains(made_up), "{seen}");
            let title = if language == "en" { "Report" } else { "报送" };
            assert!(seen.contains(title), "{seen}");
        }
        let list = house.get(&api).by(&engineer).answer().await.json();
        let list = list["obligations"].as_array().expect("obligations").clone();
        let of = list.iter().find(|it| it["provision"] == "cn-rmsv/7.2").expect("owed");
        let draft = format!("{page}/obligations/{}/draft", of["id"].as_str().expect("an id"));
        browsed(&house, &draft, "en").await;
        // What collides is told by the law that can read the case, and by none if there is none.
        for list in ["conflicts", "awareness"] {
            let answer = house.get(&format!("{api}/{list}")).by(&engineer).answer().await;
            assert_eq!(answer.status == StatusCode::OK, of_before, "{:?}", answer.json());
        }
        // Nothing is recorded that would have to be computed, and it is said.
        let fact = json!({ "kind": "disclosed" });
        let refused = house.write("POST", &format!("{api}/facts"), &fact).by(&engineer);
        assert_eq!(refused.answer().await.status, StatusCode::UNPROCESSABLE_ENTITY);

        // Its past is read by the law of then.
        let (unread, _) = owed(&house, &engineer, &format!("{api}?at={opened}")).await;
        assert_eq!(unread.is_null(), of_before);
        browsed(&house, &format!("{page}?at={opened}"), "en").await;
    }
}
