//! Read tables can be rebuilt from events, and are then equal.

use std::collections::BTreeMap;

use watchfire_core::event::{Body, CaseEvent, Duty};

use crate::engine::engines;
use crate::exposure;
use crate::house::House;

const SPOILED: &[&str] = &[
    "UPDATE cases SET title = 'spoiled'",
    "UPDATE obligations SET due_at = NULL, gap_rank = 7",
    "DELETE FROM submission_obligations",
    "UPDATE amendments SET due_at = NULL, stage = 'spoiled'",
    "DELETE FROM acknowledgements",
    "DELETE FROM amendment_laws",
    "UPDATE parties SET inquiry_index = NULL",
    "DELETE FROM case_triggers",
    "DELETE FROM open_conflicts",
    "DELETE FROM unread_cases",
    "DELETE FROM standing_choices",
    "UPDATE products SET name = 'spoiled'",
    "UPDATE releases SET sboms = 7",
    "DELETE FROM sboms",
    "UPDATE vulnerabilities SET rank = 0",
    "UPDATE exposures SET status = 'fixed'",
];

#[tokio::test]
async fn read_tables_rebuilt_from_events_are_equal() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        house.person("chief", &[Duty::Administrator]).await;
        house.lived_case(&eva).await;
        let open = house.opened_case(&[&eva]).await;
        let exited = vec![CaseEvent::EmbargoExited { reason: "published".into() }];
        house.to_case(&eva, &open.case, exited).await.unwrap();
        house.collides(&eva, &open, None).await;
        let (amendment, _) = house.amended(&eva).await;
        house.chooses(&eva, Some("do-not-tell")).await;
        house.chooses(&eva, Some("tell")).await;
        let problem = "no pack declares it".to_owned();
        let left = vec![CaseEvent::LeftUnread { amendment, problem }];
        house.to_case(&eva, &open.case, left).await.unwrap();
        let (_, release) = exposure::released(&house, &eva, "Platform").await;
        exposure::attached(&house, &eva, &release).await;
        exposure::exposed(&house, &[&release]).await;
        let mut beside = engine.beside().await;
        let before = beside.dump().await;

        // Spoil what is read, so that equality is not for having done nothing.
        for spoil in SPOILED {
            beside.run(spoil).await;
        }
        assert_ne!(beside.dump().await, before);

        let grant = house.node_grant().await;
        let events = house
            .store
            .rebuild(&grant, &|_, events| {
                // As the house sets it: every obligation from the instant it was assessed first.
                let mut due = BTreeMap::new();
                for event in events {
                    if let Body::Case(_, CaseEvent::Assessed { obligation, .. }) = &event.body {
                        due.entry(obligation.clone()).or_insert(event.recorded_at);
                    }
                }
                due
            })
            .await
            .unwrap();
        assert_eq!(events, before["events"].len() as u64);
        for (table, rows) in beside.dump().await {
            assert_eq!(rows, before[&table], "{table}");
        }
        assert!(before["submissions"].len() == 1 && before["drafts"].len() == 1);
        for table in [
            "amendments",
            "amendment_laws",
            "acknowledgements",
            "departments",
            "documents",
            "exposures",
            "inventories",
            "lawbook_uses",
            "lawbooks",
            "open_conflicts",
            "sboms",
            "standing_choices",
            "unread_cases",
            "vulnerability_names",
        ] {
            assert!(!before[table].is_empty(), "{table}");
        }
        house.store.close().await;
    }
}
