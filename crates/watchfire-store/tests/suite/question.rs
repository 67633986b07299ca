//! What people still have to decide.

use watchfire_core::event::{Assessment, CaseEvent};
use watchfire_core::law::State;
use watchfire_store::{Asks, PageRequest};

use crate::engine::engines;
use crate::house::{CONFLICT, House, START, assessment, at};

#[tokio::test]
async fn what_is_undecided_is_listed_by_when_it_should_be_decided_to_whoever_sees_it() {
    for engine in engines().await {
        let mut house = House::new(&engine).await;
        let [eva, mia] = [house.person("eva", &[]).await, house.person("mia", &[]).await];
        let later = {
            house.later(60);
            house.opened_case(&[&eva]).await
        };
        house.now = at(START);
        let first = house.opened_case(&[&eva]).await;
        // The questions of the cases are due four and five hours after the start.
        let between = at("2021-11-24T12:30:00.25Z");
        house.collides(&eva, &first, Some(between)).await;
        let all = PageRequest::default();
        let found = house.store.questions(&eva, &all).await.unwrap().rows;
        let seen: Vec<_> = found.iter().map(|row| (&row.obligation.id, &row.asks)).collect();
        let predicate = Asks::Predicate("cn-rmsv/component-in-own-product".to_owned());
        let conflict = Asks::Conflict(CONFLICT.to_owned());
        let (one, other) = (&first.obligation, &later.obligation);
        assert_eq!(seen, [(one, &predicate), (one, &conflict), (other, &predicate)]);
        // What is recorded later is never recorded as earlier.
        let opened_at = at("2021-11-24T09:00:00Z");
        assert_eq!((found[1].asked_at, found[1].decide_by), (Some(opened_at), Some(between)));

        let mut page = PageRequest { limit: 1, after: None };
        for expected in &found {
            let one = house.store.questions(&eva, &page).await.unwrap();
            assert_eq!(one.rows, std::slice::from_ref(expected));
            page.after = one.next;
        }
        assert_eq!(page.after, None);
        assert_eq!(house.store.questions(&mia, &all).await.unwrap().rows, []);

        let answered = Assessment { provisional: false, ..assessment(State::Open, house.now) };
        let (obligation, assessment) = (first.obligation.clone(), Box::new(answered));
        let event = CaseEvent::Assessed { obligation, assessment };
        house.to_case(&eva, &first.case, vec![event]).await.unwrap();
        assert_eq!(house.store.questions(&eva, &all).await.unwrap().rows.len(), 2);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_conflict_is_listed_until_it_is_decided_or_gone_and_again_when_it_opens_again() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let all = PageRequest::default();
        let listed = async || {
            let rows = house.store.questions(&eva, &all).await.unwrap().rows;
            rows.into_iter().filter(|row| matches!(row.asks, Asks::Conflict(_))).count()
        };
        let conflict = CONFLICT.to_owned();
        let decided = CaseEvent::ConflictDecided {
            conflict: conflict.clone(),
            choice: "submit".to_owned(),
            reason: "counsel".to_owned(),
            by: eva.party().unwrap().clone(),
        };
        for end in [decided, CaseEvent::ConflictClosed { conflict }] {
            assert_eq!(listed().await, 0);
            // Without an instant it stands last.
            house.collides(&eva, &opened, None).await;
            assert_eq!(listed().await, 1);
            house.collides(&eva, &opened, Some(house.now)).await;
            assert_eq!(listed().await, 1, "opened anew it is the same one");
            house.to_case(&eva, &opened.case, vec![end]).await.unwrap();
        }
        assert_eq!(listed().await, 0);
        house.store.close().await;
    }
}

#[tokio::test]
async fn conflicts_of_before_the_list_are_found_in_the_events() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        for due_at in [None, Some(START), Some("2021-11-24T12:00:00.9996Z")] {
            let opened = house.opened_case(&[&eva]).await;
            house.collides(&eva, &opened, due_at.map(at)).await;
        }
        let gone = house.opened_case(&[&eva]).await;
        house.collides(&eva, &gone, None).await;
        let closed = CaseEvent::ConflictClosed { conflict: CONFLICT.to_owned() };
        house.to_case(&eva, &gone.case, vec![closed]).await.unwrap();
        let mut beside = engine.beside().await;
        let before = beside.dump().await;
        assert_eq!(before["open_conflicts"].len(), 3);
        beside.run("DROP TABLE open_conflicts").await;
        let migration = if engine.is_sqlite() {
            include_str!("../../migrations/sqlite/0016_conflict.sql")
        } else {
            include_str!("../../migrations/postgres/0016_conflict.sql")
        };
        let (of_conflicts, _) = migration.split_once("\n\n").expect("the first part");
        beside.run(of_conflicts).await;
        assert_eq!(beside.dump().await, before);
        house.store.close().await;
    }
}
