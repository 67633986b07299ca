//! What sources say while others speak, and of what nobody can look at: nothing that was known goes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use watchfire_core::event::{SbomRecord, SourceAnswer};
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_server::command::advisory;
use watchfire_server::exposure::READER;
use watchfire_server::watch::News;
use watchfire_store::{Inventory, Kept, digest_of, random_bytes};

use crate::exposure::{NO_RULES, all, answers, has, judges, keeper, rules, takes, to_release};
use crate::house::House;

/// Vulnerabilities of which two sources speak at one time, each a little later after the other than
/// those before.
const ROUNDS: u32 = 60;
const LATER_BY: Duration = Duration::from_micros(400);

/// An SBOM of one library.
fn of_one(library: &str) -> Vec<u8> {
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{{"type": "library",
        "name": "{library}", "version": "1.0.0", "purl": "pkg:npm/{library}@1.0.0"}}]}}"#
    )
    .into_bytes()
}

/// An OSV record that calls one library affected.
fn record(id: &str, aliases: &[&str], library: &str) -> Vec<u8> {
    serde_json::json!({
        "id": id,
        "modified": "2026-01-01T00:00:00Z",
        "aliases": aliases,
        "affected": [{
            "package": {"ecosystem": "npm", "name": library},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        }],
    })
    .to_string()
    .into_bytes()
}

/// Puts a document that nobody can read in the place of what a release is made of.
async fn becomes_unreadable(house: &House, release: &ReleaseId) {
    let torn = format!("torn: {release}").into_bytes();
    let document = digest_of(&torn);
    let inventory = Inventory { document: document.clone(), reader: READER, bytes: torn.clone() };
    let known = house.node.store().release(&keeper(), release).await.expect("it is there");
    let record = SbomRecord { document, ..SbomRecord::default() };
    let event = known.attach(SbomId::from_random(random_bytes()), record, false).expect("it fits");
    to_release(house, release, event, Some((Kept::new(&torn).expect("fits"), inventory))).await;
}

fn all_affected(products: &[&str]) -> BTreeMap<String, Option<SourceAnswer>> {
    let affected = |name: &&str| ((*name).to_owned(), Some(SourceAnswer::Affected));
    products.iter().map(affected).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sources_say_at_one_time_is_found_of_each() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        for name in ["first", "second", "third"] {
            has(&house, name, &of_one(name)).await;
        }
        for round in 0..ROUNDS {
            let cve = format!("CVE-2026-{}", 1_000 + round);
            takes(&house, "osv", &cve, &record(&cve, &[], "first")).await;
            let says = async |source: &str, library: &str, after: Duration| {
                let pause = tokio::task::spawn_blocking(move || std::thread::sleep(after));
                pause.await.expect("it ends");
                let bytes = record(&format!("{source}-{round}"), &[&cve], library);
                let piece = News::Document { name: cve.clone(), bytes };
                advisory::take(&house.node, source, vec![piece]).await.expect("it is taken")
            };
            let after = LATER_BY * round;
            tokio::join!(says("one", "second", Duration::ZERO), says("two", "third", after));
            let found = answers(&house, &cve).await;
            assert_eq!(found, all_affected(&["first", "second", "third"]), "{round}");
        }
    }
}

#[tokio::test]
async fn what_becomes_one_keeps_what_was_known_of_what_nobody_can_look_at_now() {
    for house in House::on_each_engine().await {
        rules(&house, NO_RULES).await;
        let (torn, _) = has(&house, "Torn", &of_one("first")).await;
        has(&house, "Whole", &of_one("second")).await;
        takes(&house, "osv", "one", &record("GHSA-1", &[], "first")).await;
        takes(&house, "nvd", "two", &record("CVE-2026-1", &[], "second")).await;
        becomes_unreadable(&house, &torn).await;
        judges(&house).await;
        assert_eq!(answers(&house, "GHSA-1").await, all_affected(&["Torn"]));
        takes(&house, "ghsa", "three", &record("GHSA-1", &["CVE-2026-1"], "third")).await;
        let left: BTreeSet<String> = all(&house).await.into_iter().map(|row| row.name).collect();
        assert_eq!(left, BTreeSet::from(["CVE-2026-1".to_owned()]), "they are one");
        assert_eq!(answers(&house, "CVE-2026-1").await, all_affected(&["Torn", "Whole"]));
    }
}
