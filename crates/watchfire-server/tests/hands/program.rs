//! What a new program brings of the law, when a node is started with it.

use std::collections::BTreeSet;

use watchfire_core::amendment::Stage;
use watchfire_core::event::{LawSource, Service};
use watchfire_core::law::Lawbook;
use watchfire_core::law::files::Files;
use watchfire_server::command::amendment as command;
use watchfire_server::state::Node;
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::Keeper;
use watchfire_store::{AmendmentRow, PageRequest, Viewer};

use crate::amending::{Story, rmsv_24h};
use crate::house::program;

/// The built-in packs with another word in one of them.
fn next_edition(path_of: &str) -> Lawbook {
    let edited = Lawbook::builtin().files().iter().map(|(path, text)| {
        let more = if path == path_of { "\n# Looked at again.\n" } else { "" };
        (path.to_owned(), format!("{text}{more}"))
    });
    Lawbook::from_files(&Files::new(edited)).expect("it loads")
}

async fn starts(node: &Node) {
    let keeper = Keeper::new(node.clone(), Progress::default());
    keeper.begin(node.now()).await.expect("a start");
}

async fn amendments(node: &Node) -> Vec<AmendmentRow> {
    let keeper = Viewer::service(Service::Keeper);
    node.store().amendments(&keeper, &PageRequest::default()).await.expect("a page").rows
}

#[tokio::test]
async fn what_a_new_program_brings_waits_for_people_and_is_proposed_once() {
    let story = Story::new().await;
    let id = story.proposes(rmsv_24h("2022-03-01", "2022-02-28"), "2021-11-24T08:00:00Z").await;
    story.agrees(&id).await;
    story.lives_until("2021-11-24T08:00:01Z").await;
    assert_eq!(story.stage(&id).await, Stage::Applied);
    let used = story.house.node.law().digest_hex();
    starts(&story.house.node).await;
    assert_eq!(amendments(&story.house.node).await.len(), 1, "the same program brings nothing");

    let store = story.house.node.store().clone();
    let new = program(store.clone(), story.house.folder.path(), next_edition("eu-cra/law.toml"));
    starts(&new).await;
    let rows = amendments(&new).await;
    let row = rows.iter().find(|row| row.id != id).expect("a proposal");
    assert_eq!((rows.len(), row.stage), (2, Stage::Proposed));
    let keeper = Viewer::service(Service::Keeper);
    let found = command::read(&new, &keeper, &row.id).await.expect("there");
    assert_eq!((&found.source, &found.proposed_by), (&LawSource::BuiltIn, &None));
    let files = store.law_files(&keeper, &found.files).await.expect("kept");
    assert_eq!(files.laws(), BTreeSet::from(["eu-cra"]), "nothing that the program left as it was");
    assert_eq!(new.law().digest_hex(), used, "what was used stays in use");
    starts(&new).await;
    starts(&story.house.node).await;
    starts(&new).await;
    assert_eq!(amendments(&new).await.len(), 2, "each program proposes once, and none goes back");
    let told = story.lives_until("2021-11-24T08:00:02Z").await;
    assert!(told.iter().any(|(.., kind)| kind == "notice.review-law"), "{told:?}");

    story.agrees(&row.id).await;
    story.lives_until("2021-11-24T08:00:03Z").await;
    assert_eq!(story.stage(&row.id).await, Stage::Applied);
    let law = story.house.node.law();
    let versions = &law.provision("cn-rmsv/7.2").expect("there").1.versions;
    assert_eq!(versions.len(), 2, "what came otherwise than by the program is still there");
}

#[tokio::test]
async fn until_a_first_change_was_applied_the_law_is_that_of_the_program() {
    let story = Story::new().await;
    let store = story.house.node.store().clone();
    let next = next_edition("eu-cra/law.toml");
    let digest = next.digest_hex();
    let new = program(store, story.house.folder.path(), next);
    starts(&new).await;
    assert_eq!(new.law().digest_hex(), digest);
    assert!(amendments(&new).await.is_empty());
}
