//! Changes of law through the API and the pages: bundles, four eyes, and who sees what of cases.

use std::time::Instant;

use axum::http::StatusCode;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use watchfire_core::event::Duty;
use watchfire_core::ids::CaseId;
use watchfire_core::law::files::Files;
use watchfire_core::law::{Lawbook, bundle};
use watchfire_core::log::SignerKey;
use watchfire_server::settings::{LawSettings, Settings};

use crate::browser::{Browser, place, text};
use crate::house::{Answered, House, Person};

/// The pack of the RMSV, with 36 hours in the place of the strict 48: an edit of what applies, told
/// as a correction. Its own case files are left out, since they say 48 hours.
pub(crate) fn rmsv_36h() -> Files {
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    Files::new(own.map(|(path, text)| {
        let strict = "strict         = { within = \"48h\", counts = \"elapsed\" }\nouter          = { within = \"2d\"";
        (path.to_owned(), text.replacen(strict, &strict.replace("48h", "36h"), 1))
    }))
}

fn signer(n: u8) -> SignerKey {
    SignerKey::from_seed("law.example", &[n; 32]).expect("a key")
}

/// A change that needs no new border pair: another word in the note of a law.
fn harmless() -> Files {
    let own = Lawbook::builtin().files().iter().filter(|(path, _)| path.starts_with("cn-rmsv/"));
    Files::new(own.map(|(path, text)| match path {
        "cn-rmsv/text.zh-CN.md" => (path.to_owned(), format!("{text}\n补记。\n")),
        _ => (path.to_owned(), text.to_owned()),
    }))
}

fn sealed(sequence: u64, key: &SignerKey) -> Vec<u8> {
    let at = "2022-01-01T00:00:00Z".parse().expect("an instant");
    bundle::seal(&harmless(), sequence, at, "RMSV, reprinted", key).expect("a bundle")
}

async fn house() -> House {
    let trusted_keys = vec![signer(1).verifier().to_string()];
    House::with(Settings {
        law: LawSettings { trusted_keys, ..LawSettings::default() },
        ..Settings::default()
    })
    .await
}

async fn imports(house: &House, by: &Person, bytes: &[u8]) -> Answered {
    let body = json!({ "why": "the issuer sent it", "bundle": BASE64_STANDARD.encode(bytes) });
    house.write("POST", "/api/v1/amendments", &body).by(by).answer().await
}

async fn count(house: &House, by: &Person) -> usize {
    let listed = house.get("/api/v1/amendments").by(by).answer().await.json();
    listed["items"].as_array().expect("items").len()
}

#[tokio::test]
async fn each_bad_bundle_is_refused_with_its_reason_and_leaves_nothing() {
    let house = house().await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let good = sealed(7, &signer(1));
    let text = String::from_utf8(good.clone()).expect("text");
    let cases: [(&str, Vec<u8>); 6] = [
        ("bundle_key_unknown", sealed(7, &signer(2))),
        ("bundle_signature_invalid", text.replace("sequence 7", "sequence 8").into_bytes()),
        ("bundle_tampered", [&good[..good.len() - 2], b"x\n"].concat()),
        ("bundle_cut_off", good[..good.len() - 1].to_vec()),
        ("bundle_tampered", [&good[..], b"x"].concat()),
        ("bundle_malformed", b"PK\x03\x04".to_vec()),
    ];
    for (code, bytes) in cases {
        let refused = imports(&house, &keeper, &bytes).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, code));
        assert_eq!(count(&house, &keeper).await, 0, "{code}");
    }
    assert_eq!(imports(&house, &keeper, &good).await.status, StatusCode::CREATED);
    for sequence in [7, 6] {
        let replayed = imports(&house, &keeper, &sealed(sequence, &signer(1))).await;
        assert_eq!((replayed.status.as_u16(), replayed.code().as_str()), (409, "bundle_replayed"));
    }
    assert_eq!(count(&house, &keeper).await, 1);
    assert_eq!(imports(&house, &keeper, &sealed(8, &signer(1))).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_keeps_no_law_proposes_none_and_everybody_of_the_house_reads_it() {
    let house = house().await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let employee = house.person("Eva Employee", &[]).await;
    let outsider = house.outsider("Olaf Outsider").await;
    let good = sealed(7, &signer(1));
    assert_eq!(imports(&house, &employee, &good).await.status, StatusCode::NOT_FOUND);
    let id = imports(&house, &keeper, &good).await.text("id");
    for path in ["", "/diff", "/impact", "/diff?language=zh-CN"] {
        let path = format!("/api/v1/amendments/{id}{path}");
        assert_eq!(house.get(&path).by(&employee).answer().await.status, StatusCode::OK, "{path}");
        let hidden = house.get(&path).by(&outsider).answer().await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}");
    }
    let told = house.get(&format!("/api/v1/amendments/{id}/diff")).by(&employee).answer().await;
    assert_eq!(told.json()["changes"][0]["nature"], "editorial");
    for (act, body) in [
        ("reviews", json!({ "verdict": "agree" })),
        ("rejection", json!({ "reason": "no" })),
        ("withdrawal", json!({ "reason": "no" })),
    ] {
        let path = format!("/api/v1/amendments/{id}/{act}");
        let refused = house.write("POST", &path, &body).by(&employee).answer().await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{act}");
    }
}

/// Puts a change forward without the checks of a pack, as a lawbook that a program brings.
async fn proposed(house: &House, by: &Person, files: &Files) -> Answered {
    let files: Value = files
        .iter()
        .map(|(path, text)| (path.to_owned(), Value::from(text)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let body = json!({
        "title": "RMSV: 36 hours", "why": "stricter", "effective_at": "2021-11-24T08:00:00Z",
        "files": files,
    });
    house.write("POST", "/api/v1/amendments", &body).by(by).answer().await
}

#[tokio::test]
async fn a_pack_whose_own_cases_come_out_otherwise_is_refused() {
    let house = house().await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let refused = proposed(&house, &keeper, &rmsv_36h()).await;
    assert_eq!(refused.code(), "law_invalid");
    assert!(refused.text("detail").contains("cn-rmsv/tests/"), "{}", refused.text("detail"));
}

/// The same pack with its case files brought to 36 hours is not needed to see what it would do:
/// those that say otherwise are dropped but for the border pairs.
fn rmsv_36h_whole() -> Files {
    let book = Lawbook::from_files(&rmsv_36h().over(Lawbook::builtin().files())).expect("it loads");
    let pack = book.pack("cn-rmsv").expect("the pack");
    let failing: Vec<&String> = pack
        .tests
        .iter()
        .filter(|(path, text)| {
            let cases = watchfire_core::law::case_file::parse(path, text, &book).expect("cases");
            cases.iter().any(|case| !case.check(&book).is_empty())
        })
        .map(|(path, _)| path)
        .collect();
    let kept = rmsv_36h();
    let kept = kept.iter().map(|(path, text)| {
        let text = if failing.iter().any(|failing| *failing == path) {
            // A deadline that is expected moves with what is changed: nothing but absence stays.
            let moves = |line: &&str| {
                line.starts_with("strict_due")
                    || line.starts_with("after_strict")
                    || (line.starts_with("state") && !line.contains("not-applicable"))
            };
            let kept = text.lines().filter(|line| !moves(line));
            kept.fold(String::new(), |all, line| all + line + "\n")
        } else {
            text.to_owned()
        };
        (path.to_owned(), text)
    });
    Files::new(kept)
}

#[tokio::test]
async fn the_impact_counts_what_its_viewer_may_see_and_nothing_else() {
    let house = house().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let employee = house.person("Eva Employee", &[]).await;
    let seen = house.case(&keeper, "open").await;
    let hidden = house.case(&keeper, "embargoed").await;
    let made = proposed(&house, &keeper, &rmsv_36h_whole()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{:?}", made.json());
    let path = format!("/api/v1/amendments/{}/impact", made.text("id"));
    let of_keeper = house.get(&path).by(&keeper).answer().await.json();
    let of_employee = house.get(&path).by(&employee).answer().await.json();
    assert_eq!(
        (&of_keeper["open"]["asked"], &of_keeper["open"]["shifted"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        (&of_employee["open"]["asked"], &of_employee["open"]["shifted"]),
        (&json!(1), &json!(1))
    );
    assert!(of_employee.to_string().contains(&seen) && !of_employee.to_string().contains(&hidden));
    assert_eq!(of_employee["open"]["total"]["earlier"], 1);
}

#[tokio::test]
async fn a_change_is_interpreted_agreed_and_acknowledged_on_the_pages() {
    let house = house().await;
    let writer = house.person("Law Writer", &[Duty::Responder]).await;
    house.person("Ann Admin", &[Duty::Administrator]).await;
    let head = house.person("Eva Employee", &[]).await;
    let id = imports(&house, &writer, &sealed(7, &signer(1))).await.text("id");
    let mut admin = Browser::new(&house);
    admin.sign_in("ann.admin.x").await;
    let csrf = admin.csrf().await;
    let sent = [
        ("csrf", csrf.as_str()),
        ("name", "Product security"),
        ("head", head.id.as_str()),
        ("laws", "cn-rmsv\n"),
    ];
    let made = admin.send("/departments", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", text(&made));
    let listed = house.get("/api/v1/departments").by(&writer).answer().await.json();
    let department = listed["items"][0]["id"].as_str().expect("an id").to_owned();

    let path = format!("/amendments/{id}");
    let mut browser = Browser::new(&house);
    browser.sign_in("law.writer.x").await;
    let csrf = browser.csrf().await;
    let to = format!("to.{department}");
    let words = [("csrf", csrf.as_str()), ("en", "Sooner."), (to.as_str(), "yes")];
    let refused = browser.send(&format!("{path}/interpretation"), &words).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("Sooner."), "what was typed is there again");
    let words = [words[0], words[1], ("zh-CN", "更早。"), words[2]];
    let written = browser.send(&format!("{path}/interpretation"), &words).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", text(&written));
    let agree = [("csrf", csrf.as_str()), ("verdict", "agree")];
    let own = browser.send(&format!("{path}/review"), &agree).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "four eyes");

    let csrf = admin.csrf().await;
    let agree = [("csrf", csrf.as_str()), ("verdict", "agree")];
    let agreed = admin.send(&format!("{path}/review"), &agree).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", text(&agreed));

    let of_law = async |law: &str| {
        let path = format!("/api/v1/laws/{law}/amendments");
        house.get(&path).by(&writer).answer().await.json()["items"].clone()
    };
    let owed = of_law("cn-rmsv").await;
    assert_eq!(owed[0]["id"], id.as_str());
    assert_eq!(owed[0]["acknowledgements"][0]["owner"], head.id.to_string());
    assert_eq!(owed[0]["acknowledgements"][0]["given_at"], serde_json::Value::Null);
    assert_eq!(of_law("eu-cra").await.as_array().map(Vec::len), Some(0));

    let mut eva = Browser::new(&house);
    eva.sign_in("eva.employee.x").await;
    assert!(text(&eva.get("/amendments").await).contains("RMSV, reprinted"));
    let law = text(&eva.get("/laws/cn-rmsv").await);
    assert!(law.contains("RMSV, reprinted") && law.contains("Still owed by Eva Employee"), "{law}");
    assert!(text(&eva.get("/laws/eu-cra").await).contains("No change of this law has come"));
    let csrf = eva.csrf().await;
    let given = [
        ("csrf", csrf.as_str()),
        ("department", department.as_str()),
        ("note", "Nothing changes here."),
    ];
    let given = eva.send(&format!("{path}/acknowledge"), &given).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", text(&given));
    assert!(text(&eva.get(&path).await).contains("Nothing changes here."));
    let given = of_law("cn-rmsv").await;
    assert_eq!(given[0]["acknowledgements"][0]["given_by"], head.id.to_string());
    let law = text(&eva.get("/laws/cn-rmsv").await);
    assert!(law.contains("Acknowledged by Eva Employee"), "{law}");
    let nobody = text(&Browser::new(&house).get("/laws/cn-rmsv").await);
    assert!(!nobody.contains("RMSV, reprinted"), "it is the house's own");
}

/// Ten thousand cases, of which the change can touch some: asked in lots and not one by one.
#[tokio::test]
async fn the_impact_over_many_cases_asks_only_those_that_it_can_touch() {
    let house = house().await;
    house.roles(&["cn-rmsv/provider"]).await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let (all, mut touched) = many_cases(&house, &keeper).await;
    let made = proposed(&house, &keeper, &rmsv_36h_whole()).await;
    let path = format!("/api/v1/amendments/{}/impact", made.text("id"));
    let begun = Instant::now();
    let found = house.get(&path).by(&keeper).answer().await.json();
    println!("{all} cases, {} asked: {:?}", touched.len(), begun.elapsed());
    assert_eq!(found["open"]["asked"], touched.len());
    assert_eq!(found["open"]["shifted"], touched.len());
    // The first two hundred by id, whatever they arose on.
    touched.sort();
    let listed = found["open"]["cases"].as_array().expect("cases").iter();
    let listed: Vec<&str> = listed.map(|it| it["case"].as_str().expect("an id")).collect();
    assert_eq!(listed, touched[..200].iter().map(CaseId::as_str).collect::<Vec<_>>());
}

/// Opens cases through the store, a lot in each append, and returns how many there are and which
/// have a fact on which `cn-rmsv/7.2` arises, of two kinds by turns.
async fn many_cases(house: &House, keeper: &Person) -> (usize, Vec<CaseId>) {
    use watchfire_core::case::{Case, House as OfRules, Opening};
    use watchfire_core::event::{FactRecord, Profile};
    let (cases_max, every) = (watchfire_many(), 10);
    let store = house.node.store();
    let viewer = store.viewer_of_token(&keeper.token, house.node.now()).await.expect("an answer");
    let viewer = viewer.expect("the token is good");
    let (profile, chain) = (Profile::default(), watchfire_core::event::Chain::default());
    let rules = OfRules { law: house.node.law(), profile: &profile, chain: &chain, standing: &[] };
    let now = house.node.now();
    let mut touched = Vec::new();
    for lot in 0..cases_max / 100 {
        let mut append = watchfire_store::Append::new(&viewer, now);
        for place in 0..100 {
            let touches = (lot * 100 + place) % every == 0;
            let kind = match (touches, touched.len() % 2) {
                (false, _) => "measure-available",
                (true, 0) => "vulnerability-known",
                (true, _) => "upstream-vulnerability-known",
            };
            let fact = FactRecord {
                id: "found".into(),
                kind: kind.into(),
                occurred_at: now.to_string(),
                known_at: now,
                of: None,
                obligation: Vec::new(),
                new_due: None,
                number: None,
                predicate: None,
                answer: None,
                note: None,
                evidence: None,
            };
            let opening = Opening {
                title: format!("case {lot}/{place}"),
                organization: house.organization.clone(),
                report: None,
                embargoed: false,
                participants: Vec::new(),
                facts: vec![fact],
            };
            let grant = store.authorize_new_case(&viewer).await.expect("a right");
            let decision = Case::open(grant.id(), &opening, &rules, now).expect("it opens");
            for event in decision.events {
                append.case(&grant, event);
            }
            if touches {
                // Owed under another organization's eyes, so that the case counts as open.
                let obligation = watchfire_core::obligation::name(grant.id(), "cn-rmsv/7.2", None);
                append.case(
                    &grant,
                    watchfire_core::event::CaseEvent::Assessed {
                        obligation: obligation.clone(),
                        assessment: Box::new(open_assessment(now)),
                    },
                );
                append.due(&grant, obligation, Some(now));
                touched.push(grant.id().clone());
            }
        }
        store.append(append).await.expect("a lot is stored");
    }
    (cases_max, touched)
}

/// How many cases: ten thousand where `WATCHFIRE_MANY_CASES` is set, else fewer.
fn watchfire_many() -> usize {
    let asked = std::env::var("WATCHFIRE_MANY_CASES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(3_000)
}

fn open_assessment(now: jiff::Timestamp) -> watchfire_core::event::Assessment {
    watchfire_core::event::Assessment {
        provision: "cn-rmsv/7.2".into(),
        from_fact: Some("found".into()),
        class: "hard".into(),
        state: watchfire_core::law::State::Open,
        provisional: false,
        after_strict: false,
        strict_from: Some(now),
        strict_due: Some(now + jiff::SignedDuration::from_hours(48)),
        outer_due: None,
        decision: None,
        decision_due: None,
        cites: "Article 7".into(),
        version_from: None,
        reading: None,
        lawbook: "00".into(),
        time_zones: "2026b".into(),
    }
}

fn reading(within: &str, from: &str) -> Value {
    json!({
        "provision": "cn-rmsv/7.2", "within": within, "from": from,
        "says": { "en": "One day.", "zh-CN": "一日。" },
        "why": { "en": "To be sure.", "zh-CN": "以策稳妥。" },
    })
}

#[tokio::test]
async fn a_stricter_reading_is_proposed_and_a_laxer_one_is_refused_with_its_reason() {
    let house = house().await;
    let keeper = house.person("Law Keeper", &[Duty::Responder]).await;
    let employee = house.person("Eva Employee", &[]).await;
    let path = "/api/v1/readings";
    let hidden = house.write("POST", path, &reading("24h", "2021-11-25")).by(&employee);
    assert_eq!(hidden.answer().await.status, StatusCode::NOT_FOUND);
    for (body, status, code) in [
        (reading("49h", "2021-11-25"), 409, "reading_laxer"),
        (reading("48h", "2021-11-25"), 409, "reading_same"),
        (reading("2d", "2021-11-25"), 409, "reading_not_stricter"),
        (reading("24h", "2021-11-23"), 409, "reading_past"),
        (reading("1bd", "2021-11-25"), 422, "reading_uncountable"),
        (reading("soon", "2021-11-25"), 422, "field_invalid"),
        (reading("24h", "soon"), 422, "field_invalid"),
    ] {
        let refused = house.write("POST", path, &body).by(&keeper).answer().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (status, code), "{body}");
    }
    assert_eq!(count(&house, &keeper).await, 0);
    let made = house.write("POST", path, &reading("24h", "2021-11-25")).by(&keeper).answer().await;
    assert_eq!(made.status, StatusCode::CREATED);
    let path = format!("/api/v1/amendments/{}", made.text("id"));
    let shown = house.get(&path).by(&employee).answer().await.json();
    assert_eq!(shown["source"], json!({ "kind": "reading", "provision": "cn-rmsv/7.2" }));
    assert_eq!(shown["stage"], "proposed");
    let told = house.get(&format!("{path}/diff")).by(&employee).answer().await.json();
    let changes = told["changes"].as_array().expect("changes");
    let version = changes.iter().find(|it| it["provision"] == "cn-rmsv/7.2").expect("told");
    assert_eq!(version["direction"], "stricter", "{told}");
    assert_eq!(version["from"], "2021-11-25", "{told}");

    // As a file of its own it is none of a pack.
    let smuggled = Files::new([("readings.toml".to_owned(), String::new())]);
    assert_eq!(proposed(&house, &keeper, &smuggled).await.code(), "field_invalid");
}

#[tokio::test]
async fn a_reading_is_proposed_on_its_page_by_who_keeps_the_law() {
    let house = house().await;
    house.person("Law Keeper", &[Duty::Responder]).await;
    house.person("Eva Employee", &[]).await;
    let mut eva = Browser::new(&house);
    eva.sign_in("eva.employee.x").await;
    let page = text(&eva.get("/readings?provision=cn-rmsv%2F7.2").await);
    assert!(page.contains("Stricter readings") && !page.contains("action=\"/readings\""), "{page}");
    let mut keeper = Browser::new(&house);
    keeper.sign_in("law.keeper.x").await;
    let page = text(&keeper.get("/readings?provision=cn-rmsv%2F7.2").await);
    assert!(page.contains("cn-rmsv/7.2 counts now: 48h elapsed"), "{page}");
    let csrf = keeper.csrf().await;
    let fields = |within| {
        [
            ("csrf", csrf.as_str()),
            ("provision", "cn-rmsv/7.2"),
            ("within", within),
            ("counts", "elapsed"),
            ("from", "2021-11-25"),
            ("says-en", "One day."),
            ("says-zh-CN", "一日。"),
            ("why-en", "To be sure."),
            ("why-zh-CN", "以策稳妥。"),
        ]
    };
    let refused = keeper.send("/readings", &fields("49h")).await;
    let page = text(&refused);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert!(page.contains("id=\"reading-within-wrong\""), "{page}");
    assert!(page.contains("value=\"49h\"") && page.contains("以策稳妥。"), "{page}");
    let taken = keeper.send("/readings", &fields("24h")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", text(&taken));
    let page = text(&keeper.get(&place(&taken)).await);
    assert!(page.contains("A stricter reading of cn-rmsv/7.2"), "{page}");
}
