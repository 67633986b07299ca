//! Drafts that a decision keeps to what the law itself asks for, on the page and at the API.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::{Browser, text};
use crate::house::{House, Person};

const ABROAD: &str = "cn-rmsv/conflict/undisclosed-abroad";

/// A field that the law itself does not ask for, and that the case fills in by itself.
const FREE: &str = "measure-available-on";

/// A case in which an early warning is owed to the Union and may not go there.
struct Scene {
    house: House,
    engineer: Person,
    case: String,
    /// The early warning.
    obligation: String,
}

impl Scene {
    async fn new() -> Self {
        let house = House::new().await;
        house.advance("43800h");
        house.roles(&["cn-rmsv/provider", "eu-cra/manufacturer"]).await;
        let engineer = house.person("Wen Engineer", &[]).await;
        let case = house.case(&engineer, "embargoed").await;
        let path = format!("/api/v1/cases/{case}/facts");
        for kind in ["exploitation-known", "measure-available"] {
            let fact = json!({ "kind": kind });
            let done = house.write("POST", &path, &fact).by(&engineer).answer().await;
            assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
        }
        let owed = house.get(&format!("/api/v1/cases/{case}")).by(&engineer).answer().await.json();
        let owed = owed["obligations"].as_array().expect("obligations").iter();
        let mut early = owed.filter(|it| it["provision"] == "eu-cra/14.2.a");
        let obligation = early.next().expect("owed")["id"].as_str().expect("an id").to_owned();
        Self { house, engineer, case, obligation }
    }

    async fn decide(&self, choice: &str) {
        let path = format!("/api/v1/cases/{}/conflicts", self.case);
        let body = json!({ "conflict": ABROAD, "choice": choice, "reason": "counsel" });
        let done = self.house.write("POST", &path, &body).by(&self.engineer).answer().await;
        assert_eq!(done.status, StatusCode::CREATED, "{:?}", done.json());
    }

    fn api(&self) -> String {
        format!("/api/v1/obligations/{}/draft", self.obligation)
    }

    fn page(&self) -> String {
        format!("/cases/{}/obligations/{}/draft", self.case, self.obligation)
    }

    async fn draft(&self) -> Value {
        self.house.get(&self.api()).by(&self.engineer).answer().await.json()
    }

    /// What the draft holds, and the fields that it leaves out.
    async fn drafted(&self) -> (BTreeMap<String, String>, Vec<String>) {
        let draft = self.draft().await;
        let fields = draft["fields"].as_array().expect("fields");
        let id = |it: &Value| it["id"].as_str().expect("an id").to_owned();
        let value = |it: &Value| Some((id(it), it["value"].as_str()?.to_owned()));
        let left = fields.iter().filter(|it| it["left_out"].is_string()).map(id);
        (fields.iter().filter_map(value).collect(), left.collect())
    }

    async fn save(&self, body: &Value) {
        let done = self.house.write("PUT", &self.api(), body).by(&self.engineer).answer().await;
        assert_eq!(done.status, StatusCode::OK, "{:?}", done.json());
    }

    async fn browser(&self) -> Browser<'_> {
        let mut browser = Browser::new(&self.house);
        browser.sign_in("wen.engineer.x").await;
        browser
    }
}

/// Sends the page of a draft as a browser does that shows these values, with these marks.
async fn press_save(
    browser: &mut Browser<'_>,
    page: &str,
    values: &BTreeMap<String, String>,
    marks: &[&str],
    decided: Option<&str>,
) {
    let csrf = browser.csrf().await;
    let mut fields = vec![("csrf".to_owned(), csrf)];
    fields.extend(values.iter().map(|(id, value)| (format!("field.{id}"), value.clone())));
    fields.extend(marks.iter().map(|id| (format!("left_out.{id}"), "cn-rmsv/9.7".to_owned())));
    fields.extend(decided.map(|at| ("minimum".to_owned(), at.to_owned())));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = browser.send(page, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
}

#[tokio::test]
async fn a_draft_kept_to_the_minimum_is_ready_on_the_page_and_at_the_api() {
    let scene = Scene::new().await;
    scene.decide("submit-minimum").await;
    let path = format!("/api/v1/cases/{}/conflicts", scene.case);
    let list = scene.house.get(&path).by(&scene.engineer).answer().await.json();
    let conflicts = list["items"].as_array().expect("items");
    let abroad = conflicts.iter().find(|it| it["id"] == ABROAD).expect("there");
    assert_eq!(abroad["drafts"], json!([scene.obligation]));
    let draft = scene.draft().await;
    let fields = draft["fields"].as_array().expect("fields");
    let left: Vec<&Value> = fields.iter().filter(|it| it["left_out"].is_string()).collect();
    assert!(!left.is_empty() && draft["minimum_since"].is_string(), "{draft}");
    assert!(left.iter().all(|it| it["left_out"] == "cn-rmsv/9.7" && it["need"] != "required"));
    assert!(left.iter().all(|it| it["left_out_by"] == ABROAD && it["value"].is_null()), "{left:?}");

    let mut browser = scene.browser().await;
    for (language, words) in [("en", "A draft kept to that is ready"), ("zh-CN", "草稿已备好")]
    {
        browser.hold("watchfire-language", language);
        let seen = text(&browser.get(&format!("/cases/{}", scene.case)).await);
        assert!(seen.contains(&scene.page()) && seen.contains(words), "{seen}");
    }
    let decided = draft["minimum_since"].as_str().expect("an instant");
    let first = left[0]["id"].as_str().expect("an id");
    let seen = text(&browser.get(&scene.page()).await);
    assert!(seen.contains(&format!("left_out.{first}")) && seen.contains(decided), "{seen}");
    // What is marked stays left out when the draft is saved on the page, and the rest does not.
    press_save(&mut browser, &scene.page(), &BTreeMap::new(), &[first], Some(decided)).await;
    assert_eq!(scene.drafted().await.1, [first]);

    for body in [
        json!({ "fields": {}, "left_out": { "moon": "cn-rmsv/9.7" } }),
        json!({ "fields": {}, "kept": ["moon"] }),
    ] {
        let refused = scene.house.write("PUT", &scene.api(), &body).by(&scene.engineer);
        let refused = refused.answer().await;
        assert!(refused.text("pointer").ends_with("/moon"), "{:?}", refused.json());
    }
}

#[tokio::test]
async fn a_draft_that_was_saved_whole_is_kept_to_the_minimum_once_that_is_decided() {
    let own = ("nature-of-exploit".to_owned(), "what we found, in our own words".to_owned());
    for (on_page, own) in [(true, None), (false, None), (true, Some(own))] {
        let scene = Scene::new().await;
        let mut browser = scene.browser().await;
        let (mut whole, left) = scene.drafted().await;
        assert_eq!(left, [""; 0]);
        whole.extend(own);
        if on_page {
            press_save(&mut browser, &scene.page(), &whole, &[], None).await;
        } else {
            scene.save(&json!({ "fields": whole })).await;
        }
        assert_eq!(scene.drafted().await.0, whole);
        scene.decide("submit-minimum").await;
        let (filled, left) = scene.drafted().await;
        assert!(left.contains(&FREE.to_owned()), "{left:?}");
        assert!(filled.keys().all(|id| !left.contains(id)), "{filled:?}");
        let export = format!("{}/export", scene.api());
        let file = scene.house.get(&export).by(&scene.engineer).answer().await.json();
        assert_eq!(file["fields"], scene.draft().await["fields"]);

        // A page that was opened before, sent after the decision, whatever is typed into it.
        whole.insert("nature-of-vulnerability".to_owned(), "typed meanwhile".to_owned());
        press_save(&mut browser, &scene.page(), &whole, &[], None).await;
        assert_eq!(scene.drafted().await, (filled, left));
        // Nothing is lost: whoever submits in full after all has it back.
        scene.decide("submit").await;
        assert_eq!(scene.drafted().await, (whole, Vec::new()));
    }
}

#[tokio::test]
async fn what_the_api_names_stays_in_until_it_is_decided_anew() {
    let scene = Scene::new().await;
    let (whole, _) = scene.drafted().await;
    scene.decide("submit-minimum").await;
    scene.save(&json!({ "fields": {}, "kept": [FREE] })).await;
    let (filled, left) = scene.drafted().await;
    assert_eq!((filled.get(FREE), left.contains(&FREE.to_owned())), (whole.get(FREE), false));
    scene.house.advance("1h");
    scene.decide("submit-minimum").await;
    assert!(scene.drafted().await.1.contains(&FREE.to_owned()));
}

#[tokio::test]
async fn what_is_marked_is_not_in_what_is_recorded_as_sent_either() {
    let scene = Scene::new().await;
    scene.decide("submit").await;
    let mut browser = scene.browser().await;
    let csrf = browser.csrf().await;
    let mark = format!("left_out.{FREE}");
    let field = format!("field.{FREE}");
    let sent = [
        ("csrf", csrf.as_str()),
        ("submitted_at", "2026-11-23T08:00"),
        ("zone", "UTC"),
        ("channel", "form"),
        ("incomplete_reason", "only what the law asks for"),
        (field.as_str(), "2026-11-20"),
        ("field.nature-of-exploit", "said"),
        (mark.as_str(), "cn-rmsv/9.7"),
    ];
    let path = format!("/cases/{}/obligations/{}/submission", scene.case, scene.obligation);
    let done = browser.send(&path, &sent).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", text(&done));
    let list = format!("/api/v1/cases/{}/submissions", scene.case);
    let list = scene.house.get(&list).by(&scene.engineer).answer().await.json();
    let id = list["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{list}"));
    let one = format!("/api/v1/cases/{}/submissions/{id}", scene.case);
    let one = scene.house.get(&one).by(&scene.engineer).answer().await.json();
    assert_eq!(one["fields"], json!({ "nature-of-exploit": "said" }), "{one}");
}
