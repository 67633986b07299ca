//! Stricter readings, from their proposal to the clocks that they move, on a virtual clock.

use std::collections::BTreeMap;

use watchfire_core::amendment::Stage;
use watchfire_core::ids::AmendmentId;
use watchfire_core::law::house_reading::HouseReading;
use watchfire_server::command::amendment as command;
use watchfire_server::command::reading::{self, ReadingDraft};
use watchfire_store::Viewer;

use crate::amending::{Story, rmsv_24h};

fn draft(within: &str, effective_at: Option<&str>) -> ReadingDraft {
    let words = |en: &str, zh: &str| {
        BTreeMap::from([("en".to_owned(), en.to_owned()), ("zh-CN".to_owned(), zh.to_owned())])
    };
    ReadingDraft {
        provision: "cn-rmsv/7.2".to_owned(),
        from: "2021-11-25".to_owned(),
        within: within.to_owned(),
        counts: String::new(),
        says: words("Two days are one, to be sure.", "为稳妥起见，按一日计。"),
        why: words("The ministry asked for it.", "主管部门要求。"),
        effective_at: effective_at.map(|at| at.parse().expect("an instant")),
    }
}

async fn proposes(story: &Story, by: &Viewer, draft: &ReadingDraft) -> AmendmentId {
    let made = reading::propose(story.wish(by), draft).await.expect("proposed");
    made.id.parse().expect("an id")
}

#[tokio::test]
async fn a_stricter_reading_needs_four_eyes_and_moves_the_clocks_from_its_day_on() {
    let story = Story::new().await;
    let hidden = reading::propose(story.wish(&story.anybody), &draft("24h", None)).await;
    assert_eq!(hidden.expect_err("who keeps no law proposes none").code(), "not_found");
    for (within, code) in [("48h", "reading_same"), ("49h", "reading_laxer")] {
        let refused = reading::propose(story.wish(&story.writer), &draft(within, None)).await;
        assert_eq!(refused.expect_err("refused").code(), code);
    }
    let id = proposes(&story, &story.writer, &draft("24h", None)).await;
    story.lives_until("2021-11-24T09:00:00Z").await;
    assert!(HouseReading::of_files(story.house.node.law().files()).is_empty(), "nobody agreed");
    story.agrees(&id).await;
    story.lives_until("2021-11-24T09:00:01Z").await;
    assert_eq!(story.stage(&id).await, Stage::Applied);
    let [in_use] = HouseReading::of_files(story.house.node.law().files()).try_into().expect("one");
    assert_eq!((in_use.by.as_str(), in_use.on.to_string().as_str()), ("writer", "2021-11-24"));

    // 15:59 UTC is the last minute of 24 November in Shanghai.
    story.lives_until("2021-11-24T15:59:00Z").await;
    let before = story.house.opens("known on the day before", false).await;
    story.lives_until("2021-11-24T16:00:00Z").await;
    let after = story.house.opens("known on the day", false).await;
    assert_eq!(story.strict_due(&before).await, "2021-11-26T15:59:00Z".parse().unwrap());
    assert_eq!(story.strict_due(&after).await, "2021-11-25T16:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn what_is_agreed_days_later_counts_from_the_day_after_its_use() {
    let story = Story::new().await;
    let late = draft("24h", Some("2021-11-25T16:00:00Z"));
    let refused = reading::propose(story.wish(&story.writer), &late).await;
    let refused = refused.expect_err("25 November is past when it is used");
    assert_eq!(refused.code(), "reading_past");
    assert!(refused.detail().contains("2021-11-26"), "{}", refused.detail());
    let id = proposes(&story, &story.writer, &draft("24h", Some("2021-11-25T15:59:59Z"))).await;
    story.lives_until("2021-11-26T20:00:00Z").await;
    let before = story.house.opens("known before it was agreed", false).await;
    story.agrees(&id).await;
    story.lives_until("2021-11-26T20:00:01Z").await;
    assert_eq!(story.stage(&id).await, Stage::Applied);
    // In Shanghai it was used on the 27th.
    let [in_use] = HouseReading::of_files(story.house.node.law().files()).try_into().expect("one");
    assert_eq!(in_use.from.to_string(), "2021-11-28");
    story.lives_until("2021-11-27T15:59:00Z").await;
    let on_the_day = story.house.opens("known on the day of its use", false).await;
    story.lives_until("2021-11-27T16:00:00Z").await;
    let after = story.house.opens("known on the day after", false).await;
    for (case, due) in [
        (&before, "2021-11-28T20:00:00Z"),
        (&on_the_day, "2021-11-29T15:59:00Z"),
        (&after, "2021-11-28T16:00:00Z"),
    ] {
        assert_eq!(story.strict_due(case).await, due.parse().unwrap(), "{due}");
    }
}

#[tokio::test]
async fn what_is_laxer_by_the_time_it_is_used_is_obstructed() {
    let story = Story::new().await;
    let late = proposes(&story, &story.writer, &draft("24h", Some("2021-11-24T12:00:00Z"))).await;
    let soon = proposes(&story, &story.writer, &draft("12h", None)).await;
    story.agrees(&late).await;
    story.agrees(&soon).await;
    story.lives_until("2021-11-24T13:00:00Z").await;
    assert_eq!(
        (story.stage(&soon).await, story.stage(&late).await),
        (Stage::Applied, Stage::Agreed)
    );
    let stuck = command::read(&story.house.node, &story.writer, &late).await.expect("there");
    let (_, problem) = stuck.obstructed.expect("it says why");
    assert!(problem.contains("laxer"), "{problem}");
    let in_use = HouseReading::of_files(story.house.node.law().files());
    assert_eq!(in_use.iter().map(|it| it.within.to_string()).collect::<Vec<_>>(), ["12h"]);
}

#[tokio::test]
async fn a_reading_stays_when_its_pack_changes_and_the_packs_own_cases_are_none_of_it() {
    let story = Story::new().await;
    let id = proposes(&story, &story.writer, &draft("12h", None)).await;
    story.agrees(&id).await;
    story.lives_until("2021-11-24T08:00:01Z").await;
    let pack = rmsv_24h("2022-03-01", "2022-02-28");
    let change = story.proposes(pack, "2021-11-24T09:00:00Z").await;
    story.agrees(&change).await;
    story.lives_until("2021-11-24T16:00:00Z").await;
    assert_eq!(story.stage(&change).await, Stage::Applied);
    let case = story.house.opens("known on the day", false).await;
    assert_eq!(story.strict_due(&case).await, "2021-11-25T04:00:00Z".parse().unwrap());
}
