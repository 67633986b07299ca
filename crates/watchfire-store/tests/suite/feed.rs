//! A feed is taken by one node at a time, and what became of a try is kept.

use jiff::SignedDuration;
use watchfire_core::event::Service;
use watchfire_store::policy::Write;
use watchfire_store::{StoreError, Viewer};

use crate::engine::engines;
use crate::house::House;

const FEED: (&str, &str) = ("law", "law-example");

#[tokio::test]
async fn a_feed_is_taken_once_until_its_lease_ends_and_keeps_what_became_of_it() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let (store, now) = (&house.store, house.now);
        let later = |seconds| now + SignedDuration::from_secs(seconds);
        let keeper = Viewer::service(Service::Keeper);
        let grant = store.authorize_node::<Write>(&keeper).await.unwrap();
        let claim = async |at, until| store.claim_feed(&grant, FEED, "a", at, until).await.unwrap();
        assert!(claim(now, later(10)).await.is_none(), "it has not begun");
        store.begin_feed(&grant, FEED, "a", now).await.unwrap();
        let before = now - SignedDuration::from_micros(1);
        assert!(claim(before, later(10)).await.is_none());
        let (one, two) = tokio::join!(claim(now, later(10)), claim(now, later(10)));
        let taken = [one, two].into_iter().flatten().collect::<Vec<_>>();
        let [dead] = taken.try_into().expect("one of them");
        let other = store.claim_feed(&grant, FEED, "b", later(10), later(20)).await.unwrap();
        assert!(other.is_none(), "it is at another address");
        let mut taken = claim(later(10), later(20)).await.expect("the lease has ended");
        assert_eq!(taken.row.tried_at, Some(later(10)));

        let row = &mut taken.row;
        row.problem = Some(("feed_status".to_owned(), "it answers 404".to_owned()));
        (row.failures, row.told_at, row.next_try_at) = (2, Some(now), later(100));
        assert!(store.settle_feed(&grant, &taken).await.unwrap());
        assert!(!store.settle_feed(&grant, &taken).await.unwrap(), "it was given back");
        assert!(!store.settle_feed(&grant, &dead).await.unwrap(), "it comes too late");
        assert_eq!(store.feeds(&eva, "law").await.unwrap(), [taken.row.clone()]);
        assert!(store.feeds(&eva, "else").await.unwrap().is_empty());
        let nobody = store.feeds(&Viewer::anonymous(), "law").await;
        assert!(matches!(nobody, Err(StoreError::NotFound(_))));

        // A start tries a feed that failed, and leaves one alone that waits its time.
        store.begin_feed(&grant, FEED, "a", later(30)).await.unwrap();
        let mut taken = claim(later(30), later(40)).await.expect("it is tried again");
        assert_eq!(taken.row.failures, 2);
        taken.row.problem = None;
        (taken.row.etag, taken.row.succeeded_at) = (Some("\"7\"".to_owned()), Some(later(30)));
        taken.row.next_try_at = later(200);
        taken.row.state = Some("far".to_owned());
        assert!(store.settle_feed(&grant, &taken).await.unwrap());
        // How far it has come is for whoever takes it alone.
        taken.row.state = None;
        store.begin_feed(&grant, FEED, "a", later(50)).await.unwrap();
        assert_eq!(store.feeds(&eva, "law").await.unwrap(), [taken.row]);
        let taken = claim(later(200), later(210)).await.expect("it is due");
        assert_eq!(taken.row.state.as_deref(), Some("far"));
        assert!(store.note_feed_state(&grant, &taken, "farther").await.unwrap());
        let again = claim(later(210), later(220)).await.expect("the lease has ended");
        assert_eq!(again.row.state.as_deref(), Some("farther"));
        assert!(!store.note_feed_state(&grant, &taken, "late").await.unwrap());
        store.begin_feed(&grant, FEED, "b", later(60)).await.unwrap();
        let [row] = store.feeds(&eva, "law").await.unwrap().try_into().expect("one");
        assert_eq!((row.etag, row.succeeded_at, row.next_try_at), (None, None, later(60)));
        let elsewhere = store.claim_feed(&grant, FEED, "b", later(60), later(70)).await.unwrap();
        assert_eq!(elsewhere.expect("it is due").row.state, None);
        house.store.close().await;
    }
}
