//! Group commit: many at once, each for itself, and what happens when the storage fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use watchfire_core::event::{CaseEvent, Stream};
use watchfire_store::policy::Write;
use watchfire_store::{
    Append, Idempotency, LogHead, Outcome, Seal, Store, StoreConfig, StoreError,
};

use crate::engine::engines;
use crate::house::{House, keeper};

const AT_ONCE: u64 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_at_once_are_all_stored_and_the_log_is_dense() {
    for engine in engines().await {
        let house = Arc::new(House::new(&engine).await);
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let grant = house.store.authorize_case::<Write>(&eva, &opened.case).await.unwrap();
        let mut tasks = Vec::new();
        for number in 0..AT_ONCE {
            let (house, eva) = (house.clone(), eva.clone());
            let (grant, case) = (grant.clone(), opened.case.clone());
            tasks.push(tokio::spawn(async move {
                // Every tenth decided on a version that is long gone: it must harm no other.
                if number % 10 == 0 {
                    let stream = Stream::Case(case);
                    let mut append = Append::new(&eva, house.now).expect_version(stream, 1);
                    append.case(&grant, CaseEvent::MessagePosted { text: "late".into() });
                    return house.store.append(append).await;
                }
                house.store.append(house.intake(&[&eva]).0).await
            }));
        }
        let (mut done, mut refused) = (Vec::new(), 0);
        for task in tasks {
            match task.await.unwrap() {
                Ok(Outcome::Done(appended)) => done.push(appended),
                Err(StoreError::Conflict { .. }) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((done.len() as u64, refused), (AT_ONCE * 9 / 10, AT_ONCE / 10));
        let mut indices: Vec<u64> =
            done.iter().flat_map(|it| it.events.iter().map(|(_, index, _)| *index)).collect();
        indices.sort_unstable();
        let first = indices[0];
        let expected: Vec<u64> = (first..first + indices.len() as u64).collect();
        assert_eq!(indices, expected, "dense, and no index twice");
        let grant = house.store.authorize_log(&keeper()).await.unwrap();
        let head = house.store.log_head(&grant, watchfire_store::Tree::Internal).await.unwrap();
        assert_eq!(head.size, first + indices.len() as u64);
        Arc::into_inner(house).unwrap().store.close().await;
    }
}

#[tokio::test]
async fn two_nodes_on_one_database_keep_one_line() {
    for engine in engines().await.into_iter().filter(|engine| !engine.is_sqlite()) {
        let one = House::new(&engine).await;
        let eva = one.person("eva", &[]).await;
        let other = House {
            store: engine.open().await,
            organization: one.organization.clone(),
            now: one.now,
        };
        let mut appends = Vec::new();
        for number in 0..40 {
            let house = if number % 2 == 0 { &one } else { &other };
            let store = house.store.clone();
            let append = house.intake(&[&eva]).0;
            appends.push(tokio::spawn(async move { store.append(append).await }));
        }
        for append in appends {
            append.await.unwrap().unwrap();
        }
        let grant = one.node_grant().await;
        let rows = one.store.log_rows(&grant, 0, 1000).await.unwrap();
        for (index, row) in (0..).zip(&rows) {
            assert_eq!(row.index, index);
        }
        assert!(rows.len() > 200);
        other.store.close().await;
        one.store.close().await;
    }
}

#[tokio::test]
async fn the_head_is_signed_and_kept_outside_before_anybody_is_answered() {
    for engine in engines().await {
        let kept = Arc::new(AtomicU64::new(0));
        let works = Arc::new(AtomicBool::new(true));
        let (keeping, working) = (kept.clone(), works.clone());
        let seal = Seal::new(
            |head: &LogHead| format!("signed {}\n", head.size),
            move |head, note| {
                assert_eq!(note, format!("signed {}\n", head.size));
                if !working.load(Ordering::SeqCst) {
                    return Err(std::io::Error::other("no space left"));
                }
                keeping.store(head.size, Ordering::SeqCst);
                Ok(())
            },
        );
        let config = StoreConfig::new(engine.location.clone()).sealed(seal);
        let plain = House::new(&engine).await;
        let eva = plain.person("eva", &[]).await;
        let store = Store::open(&config).await.unwrap();
        let house = House { store, organization: plain.organization.clone(), now: plain.now };
        let opened = house.opened_case(&[&eva]).await;
        let last = opened.appended.events.last().unwrap().1;
        assert_eq!(kept.load(Ordering::SeqCst), last + 1);
        let grant = house.store.authorize_log(&keeper()).await.unwrap();
        let tree = watchfire_store::Tree::Internal;
        let checkpoint = house.store.latest_checkpoint(&grant, tree).await.unwrap().unwrap();
        assert_eq!(checkpoint.note, format!("signed {}\n", last + 1));
        assert_eq!(checkpoint.head, house.store.log_head(&grant, tree).await.unwrap());

        works.store(false, Ordering::SeqCst);
        let append = house.intake(&[&eva]).0;
        assert!(matches!(house.store.append(append).await, Err(StoreError::StorageUnsafe(_))));
        works.store(true, Ordering::SeqCst);
        let append = house.intake(&[&eva]).0;
        let after = house.store.append(append).await;
        assert!(matches!(after, Err(StoreError::StorageUnsafe(_))), "it does not try again");
        assert!(house.store.ping().await.is_err());
        assert!(house.store.case(&eva, &opened.case).await.is_ok(), "reading goes on");
        plain.store.close().await;
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_closed_store_takes_nothing() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let append = house.intake(&[&eva]).0;
        house.store.clone().close().await;
        assert!(matches!(house.store.append(append).await, Err(StoreError::StorageUnsafe(_))));
    }
}

/// Ends the connection of whoever inserts an event: at once, or when the transaction commits.
fn deadly(at_commit: bool) -> String {
    let when = if at_commit {
        "CREATE CONSTRAINT TRIGGER deadly AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED"
    } else {
        "CREATE TRIGGER deadly AFTER INSERT ON events"
    };
    format!(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$; \
         {when} FOR EACH ROW EXECUTE FUNCTION die()"
    )
}

#[tokio::test]
async fn a_connection_lost_before_the_commit_did_nothing_and_one_lost_in_it_is_unknown() {
    for engine in engines().await.into_iter().filter(|engine| !engine.is_sqlite()) {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let mut beside = engine.beside().await;
        for at_commit in [false, true] {
            beside.run(&deadly(at_commit)).await;
            let (key, body_digest) = (format!("lost {at_commit}"), [7; 32]);
            let kept = Idempotency { key, body_digest, answer: b"taken in".to_vec() };
            let append = house.intake(&[&eva]).0.idempotency(kept);
            let lost = house.store.append(append.clone()).await;
            if at_commit {
                assert!(matches!(lost, Err(StoreError::OutcomeUnknown)), "{lost:?}");
            } else {
                assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
            }
            assert!(lost.unwrap_err().is_temporary());
            beside.run("DROP TRIGGER deadly ON events; DROP FUNCTION die()").await;

            // Whatever came of it, the same request under the same key has one effect.
            let first = house.store.append(append.clone()).await.unwrap();
            assert!(matches!(first, Outcome::Done(_)));
            let second = house.store.append(append).await.unwrap();
            assert_eq!(second, Outcome::Before(b"taken in".to_vec()));
        }
        house.store.close().await;
    }
}
