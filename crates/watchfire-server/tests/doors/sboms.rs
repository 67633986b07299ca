//! SBOMs over the API: attached whole, in part with all that was left out, or not at all.

use std::io::Write as _;
use std::time::Duration;

use axum::http::StatusCode;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use watchfire_core::event::Duty;
use watchfire_server::exposure::{Holding, READER};
use watchfire_server::secret::{hex, random};
use watchfire_server::settings::{Limits, Settings};
use watchfire_store::policy::Write;
use watchfire_store::{Viewer, digest_of};

use crate::house::{Answered, Asked, House, Person};
use crate::products::released;

/// An SBOM of a shop whose components are these, as JSON.
fn shop(components: &[&str]) -> String {
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": {{"timestamp": "2021-12-01T00:00:00Z"}},
        "components": [{}]}}"#,
        components.join(",\n")
    )
}

const LOG4J: &str = r#"{"type": "library", "name": "log4j-core", "version": "2.14.1",
    "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}"#;
const README: &str = r#"{"type": "file", "name": "readme"}"#;
/// Without a name it cannot be used.
const NAMELESS: &str = r#"{"type": "library", "version": "1"}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn sends<'h>(house: &'h House, release: &str, question: &str, bytes: &[u8]) -> Asked<'h> {
    let key = hex(&random::<8>());
    let path = format!("/api/v1/releases/{release}/sboms{question}");
    house.ask("POST", &path).key(&key).bytes(bytes)
}

async fn attach(house: &House, by: &Person, release: &str, bytes: &[u8]) -> Answered {
    sends(house, release, "", bytes).by(by).answer().await
}

/// Attaches a small SBOM and returns its id.
pub(crate) async fn attached(house: &House, by: &Person, release: &str) -> String {
    let made = attach(house, by, release, shop(&[LOG4J]).as_bytes()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    made.text("id")
}

async fn get(house: &House, by: &Person, path: &str) -> Value {
    let found = house.get(path).by(by).answer().await;
    assert_eq!(found.status, StatusCode::OK, "{path}: {}", found.json());
    found.json()
}

/// How many SBOMs count of a release, and how many documents were read as inventories.
async fn kept(house: &House, by: &Person, release: &str) -> u64 {
    let shown = get(house, by, &format!("/api/v1/releases/{release}")).await;
    let all = get(house, by, &format!("/api/v1/releases/{release}/sboms")).await;
    let all = all["items"].as_array().map_or(0, Vec::len) as u64;
    let counting = shown["sboms"].as_u64().expect("a number");
    assert!(counting <= all);
    all
}

#[tokio::test]
async fn an_sbom_is_attached_replaced_put_beside_and_detached() {
    for house in House::on_each_engine().await {
        let eva = house.person("Eva Responder", &[Duty::Responder]).await;
        let (_, release) = released(&house, &eva, "Platform").await;
        let first = gzip(shop(&[LOG4J, README]).as_bytes());
        let made = attach(&house, &eva, &release, &first).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
        let told = made.json();
        assert!(told["receipt"].is_string());
        assert_eq!((&told["components"], &told["unnamed"]), (&json!(2), &json!(1)));
        assert_eq!(
            (&told["format"], &told["format_version"]),
            (&json!("CycloneDX JSON"), &json!("1.6"))
        );
        assert_eq!((&told["skipped"], &told["problems"]), (&json!([]), &json!([])));
        assert_eq!(told["document"], digest_of(&first), "of the bytes as they were given");
        let id = made.text("id");
        let document = house.get(&format!("/api/v1/sboms/{id}/document")).by(&eva).answer().await;
        assert_eq!(document.bytes, first, "a gzip stays one");
        assert_eq!(document.headers["content-type"], "application/octet-stream");
        let again = attach(&house, &eva, &release, &first).await;
        assert_eq!(again.json()["code"], "sbom_attached");

        // What advisories will be asked about lies beside.
        let watch = Viewer::service(watchfire_core::event::Service::Watch);
        let grant = house.node.store().authorize_node::<Write>(&watch).await.expect("the watch");
        let digest = digest_of(&first);
        let read = house.node.store().inventories(&grant, &[digest.as_str()]).await.expect("kept");
        let read = read.1.first().expect("an inventory");
        assert_eq!((read.reader, &read.document), (READER, &digest));
        let holding = Holding::from_bytes(&read.bytes).expect("readable");
        assert_eq!(
            holding.components().map(|it| it.name).collect::<Vec<_>>(),
            ["log4j-core", "readme"]
        );

        let beside = shop(&[README]);
        let beside = sends(&house, &release, "?beside=true", beside.as_bytes()).by(&eva);
        let beside = beside.answer().await.text("id");
        let shown = get(&house, &eva, &format!("/api/v1/releases/{release}")).await;
        assert_eq!(shown["sboms"], 2);
        let newer = attached(&house, &eva, &release).await;
        let all = get(&house, &eva, &format!("/api/v1/releases/{release}/sboms")).await;
        let all: Vec<(&str, bool)> = all["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|it| (it["id"].as_str().expect("an id"), it["attached"] == true))
            .collect();
        assert_eq!(all, [(id.as_str(), false), (&beside, false), (&newer, true)]);

        let path = format!("/api/v1/releases/{release}/sboms/{newer}");
        let why = json!({ "reason": "of another product" });
        let gone = house.write("DELETE", &path, &why).by(&eva).answer().await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.json());
        let shown = get(&house, &eva, &format!("/api/v1/sboms/{newer}")).await;
        assert_eq!((&shown["attached"], &shown["release"]), (&json!(false), &json!(release)));
        assert_eq!(shown["attached_by"]["party"], eva.id.to_string());
        let twice = house.write("DELETE", &path, &why).by(&eva).answer().await;
        assert_eq!(twice.code(), "sbom_unknown");
        let holes = get(&house, &eva, "/api/v1/holes").await;
        assert_eq!(holes["items"][0]["id"], release.as_str(), "a hole again");
    }
}

#[tokio::test]
async fn the_same_key_attaches_once_and_with_another_question_or_document_not_at_all() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (_, release) = released(&house, &eva, "Platform").await;
    let path = format!("/api/v1/releases/{release}/sboms");
    let ask = async |path: &str, text: &str| {
        house.ask("POST", path).key("k-1").bytes(text.as_bytes()).by(&eva).answer().await
    };
    let text = shop(&[LOG4J, NAMELESS]);
    let first = ask(&path, &text).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.json());
    assert_eq!(ask(&path, &text).await.json(), first.json(), "the same to the byte");
    assert_eq!(kept(&house, &eva, &release).await, 1);
    for other in [ask(&path, &shop(&[README])), ask(&format!("{path}?beside=true"), &text)] {
        assert_eq!(other.await.code(), "idempotency_key_reused");
    }
    let keyless = house.ask("POST", &path).bytes(text.as_bytes()).by(&eva).answer().await;
    assert_eq!(keyless.code(), "idempotency_key_missing");
}

#[tokio::test]
async fn what_was_left_out_is_listed_in_the_answer_and_read_again_page_by_page() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (_, release) = released(&house, &eva, "Platform").await;
    let mut components = vec![NAMELESS; 4_000];
    components.push(LOG4J);
    let made = attach(&house, &eva, &release, shop(&components).as_bytes()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let told = made.json();
    assert_eq!((&told["components"], &told["skipped_count"]), (&json!(1), &json!(4_000)));
    let skipped = told["skipped"].as_array().expect("a list");
    assert_eq!(skipped.len(), 4_000, "never silently");
    assert_eq!(skipped[7]["pointer"], "/components/7");
    assert_eq!(skipped[7]["what"], "component");
    let problems = told["problems"].as_array().expect("a list");
    assert!(told["problems_count"].as_u64() >= Some(4_000) && problems.len() == 1_000);
    let id = made.text("id");
    for (list, expected) in [("skipped", skipped), ("problems", problems)] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/sboms/{id}/{list}?limit=200{after}");
            let mut page = get(&house, &eva, &path).await;
            found.append(page["items"].as_array_mut().expect("items"));
            // A few pages show how it goes on: each reads the document again.
            match page["next"].as_str() {
                Some(next) if found.len() < 600 => after = format!("&after={next}"),
                _ => break,
            }
        }
        assert_eq!(found, expected[..600], "{list}");
    }
}

#[tokio::test]
async fn a_document_that_is_no_sbom_is_refused_with_its_place_and_nothing_is_kept() {
    let house = House::new().await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (_, release) = released(&house, &eva, "Platform").await;
    let broken = shop(&[LOG4J, "{\"name\": }"]);
    let deep =
        shop(&[&format!("{{\"name\": \"x\", \"x\": {}{}}}", "[".repeat(9_000), "]".repeat(9_000))]);
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE bom [<!ENTITY a \"{}\"><!ENTITY b \"{}\">]>\
         <bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components><component type=\"library\">\
         <name>&b;</name></component></components></bom>",
        "x".repeat(1_000),
        "&a;".repeat(1_000)
    );
    let advisory = r#"{"id": "GHSA-jfh8-c2jp-5v3q", "modified": "2021-12-10T00:00:00Z",
        "affected": [{"package": {"ecosystem": "Maven", "name": "a:b"}}]}"#;
    let none = shop(&[]);
    let vex = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [
        {"id": "CVE-2021-44228", "analysis": {"state": "not_affected"}}]}"#;
    let nameless = shop(&vec![NAMELESS; 4_000]);
    let zeros = gzip(&vec![b' '; 256 << 20]);
    let cut = &gzip(broken.as_bytes())[..40];
    for (what, bytes, pointer, line) in [
        ("broken JSON", broken.as_bytes(), Some("/components/1/name"), Some(6)),
        ("a bomb of XML", bomb.as_bytes(), None, None),
        ("deep nesting", deep.as_bytes(), None, None),
        ("a bomb of gzip", &zeros[..], None, None),
        ("gzip that is cut", cut, None, None),
        ("nothing", b"", None, None),
        ("a page", b"<!DOCTYPE html><html><body>Sign in</body></html>", None, None),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n", None, None),
        ("an advisory", advisory.as_bytes(), None, None),
        ("no component", none.as_bytes(), None, None),
        ("VEX", vex.as_bytes(), None, None),
        ("none that can be used", nameless.as_bytes(), Some("/components/0"), None),
    ] {
        let refused = attach(&house, &eva, &release, bytes).await;
        let problem = refused.json();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}: {problem}");
        assert_eq!(problem["code"], "sbom_refused", "{what}");
        println!("{what}: {problem}");
        for field in ["detail", "hint"] {
            assert!(problem[field].as_str().is_some_and(|it| !it.is_empty()), "{what}: {field}");
        }
        if pointer.is_some() {
            assert_eq!(problem["pointer"].as_str(), pointer, "{what}: {problem}");
        }
        if line.is_some() {
            assert_eq!(problem["line"].as_u64(), line, "{what}: {problem}");
        }
        let digest = digest_of(bytes);
        let watch = Viewer::service(watchfire_core::event::Service::Watch);
        let grant = house.node.store().authorize_node::<Write>(&watch).await.expect("the watch");
        let document = house.node.store().document(&grant, &digest).await;
        assert!(document.is_err(), "{what} was kept");
        assert!(
            house
                .node
                .store()
                .inventories(&grant, &[digest.as_str()])
                .await
                .expect("asked")
                .1
                .is_empty()
        );
    }
    assert_eq!(kept(&house, &eva, &release).await, 0);
}

#[tokio::test]
async fn a_document_up_to_its_own_limit_is_taken_and_one_byte_more_is_not() {
    let text = shop(&[LOG4J]);
    let limits =
        Limits { sbom_bytes_max: text.len() + 10, body_bytes_max: 400, ..Limits::default() };
    let house = House::with(Settings { limits, ..Settings::default() }).await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (_, release) = released(&house, &eva, "Platform").await;
    for (blanks, status) in [(11, StatusCode::PAYLOAD_TOO_LARGE), (10, StatusCode::CREATED)] {
        let sent = format!("{text}{}", " ".repeat(blanks));
        let answered = attach(&house, &eva, &release, sent.as_bytes()).await;
        assert_eq!(answered.status, status, "{}", answered.json());
    }
    // Whoever may not attach learns nothing of the limit.
    let mia = house.person("Mia Colleague", &[]).await;
    let large = vec![b' '; 4_000];
    assert_eq!(attach(&house, &mia, &release, &large).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn those_that_wait_for_their_turn_get_it_when_it_comes() {
    let limits = Limits { sboms_at_once_max: 1, ..Limits::default() };
    let house = House::with(Settings { limits, ..Settings::default() }).await;
    let eva = house.person("Eva Responder", &[Duty::Responder]).await;
    let (_, one) = released(&house, &eva, "One").await;
    let (_, two) = released(&house, &eva, "Two").await;
    let turn =
        house.node.counters().turn_of_a_document(Duration::ZERO).await.expect("the only one");
    let waits = attached(&house, &eva, &one);
    let frees = async {
        tokio::task::yield_now().await;
        drop(turn);
    };
    tokio::join!(waits, frees);
    attached(&house, &eva, &two).await;
    let turn = house.node.counters().turn_of_a_document(Duration::ZERO).await.expect("free again");
    let refused = house.node.counters().turn_of_a_document(Duration::ZERO).await;
    let refused = refused.expect_err("none is free");
    assert_eq!(refused.code(), "overloaded");
    assert!(refused.retry_after_seconds().is_some());
    drop(turn);
}
