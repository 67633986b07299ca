//! The only timer query.

use watchfire_core::event::{CaseEvent, Stream};
use watchfire_store::policy::Write;
use watchfire_store::{Append, StoreError, Viewer};

use crate::engine::engines;
use crate::house::{House, at, keeper, ticker};

#[tokio::test]
async fn what_is_due_is_found_at_its_instant_and_not_before() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        assert_eq!(house.store.next_due_at(&ticker()).await.unwrap(), None);
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_case::<Write>(&ticker(), &opened.case).await.unwrap();
        let due_at = at("2021-11-25T08:00:00.000001Z");
        let stream = Stream::Case(opened.case.clone());
        let mut append = Append::new(&ticker(), house.now).expect_version(stream.clone(), 5);
        append.case(&grant, CaseEvent::MessagePosted { text: "moved".into() });
        append.due(&grant, opened.obligation.clone(), Some(due_at));
        house.store.append(append).await.unwrap();

        let due = async |now: &str| house.store.due_before(&ticker(), at(now), 10).await.unwrap();
        assert_eq!(due("2021-11-25T08:00:00Z").await, []);
        let found = due("2021-11-25T08:00:00.000001Z").await;
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].obligation, found[0].due_at), (&opened.obligation, due_at));
        assert_eq!(house.store.next_due_at(&ticker()).await.unwrap(), Some(due_at));

        let mut append = Append::new(&ticker(), house.now).expect_version(stream, 6);
        append.case(&grant, CaseEvent::MessagePosted { text: "no more".into() });
        append.due(&grant, opened.obligation.clone(), None);
        house.store.append(append).await.unwrap();
        assert_eq!(due("2022-01-01T00:00:00Z").await, []);
        let stalled = house.store.stalled(&ticker(), 10).await.unwrap();
        assert_eq!(stalled.len(), 1, "an open obligation without a next instant is told of");
        for viewer in [&eva, &keeper(), &Viewer::anonymous()] {
            let asked = house.store.due_before(viewer, house.now, 10).await;
            assert!(matches!(asked, Err(StoreError::NotFound(_))));
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn asking_what_is_due_reads_the_index_and_not_the_open_rows() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let mut beside = engine.beside().await;
        let query = "SELECT id, case_id, due_at FROM obligations WHERE due_at <= 5 \
                     ORDER BY due_at, id LIMIT 10";
        let plan = if engine.is_sqlite() {
            let plan = format!("EXPLAIN QUERY PLAN {query}");
            // The fourth column says it; a view of the pragma would hide it.
            beside.texts_at(&plan, 3).await
        } else {
            beside.run("SET enable_seqscan = off").await;
            beside.texts(&format!("EXPLAIN {query}")).await
        };
        let plan = plan.join("\n");
        assert!(plan.contains("obligations_due"), "{plan}");
        assert!(!plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"), "{plan}");
        house.store.close().await;
    }
}
