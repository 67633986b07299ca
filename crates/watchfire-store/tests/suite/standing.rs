//! What an organization chose for its cases: every choice is kept, and the last before an instant
//! is the one that stood then.

use jiff::Timestamp;
use watchfire_core::event::Duty;
use watchfire_store::Viewer;

use crate::engine::engines;
use crate::house::{House, STANDING};

#[tokio::test]
async fn what_stood_at_an_instant_is_the_last_choice_at_or_before_it() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        let chief = house.person("chief", &[Duty::Administrator]).await;
        let stranger = house.person_of("stranger", &[], None).await;
        let first = house.later(1);
        house.chooses(&chief, Some("tell")).await;
        let second = house.later(1);
        house.chooses(&chief, None).await;
        let third = house.later(1);
        house.chooses(&chief, Some("do-not-tell")).await;
        let stood = async |viewer: &Viewer, at: Timestamp| {
            let found = house.store.standing_choices(viewer, &house.organization, at).await;
            let found = found.expect("the store answers").into_iter();
            found.map(|it| (it.conflict, it.choice, it.at)).collect::<Vec<_>>()
        };
        let choice =
            |choice: Option<&str>, at| vec![(STANDING.to_owned(), choice.map(str::to_owned), at)];
        let before = |at: Timestamp| at - jiff::SignedDuration::from_micros(1);
        for (at, expected) in [
            (before(first), Vec::new()),
            (first, choice(Some("tell"), first)),
            (before(second), choice(Some("tell"), first)),
            (second, choice(None, second)),
            (before(third), choice(None, second)),
            (third, choice(Some("do-not-tell"), third)),
            (Timestamp::MAX, choice(Some("do-not-tell"), third)),
        ] {
            assert_eq!(stood(&chief, at).await, expected, "{at}");
            assert_eq!(stood(&stranger, at).await, [], "{at}");
        }
        house.store.close().await;
    }
}
