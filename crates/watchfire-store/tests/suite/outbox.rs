//! What must leave the house: taken once, tried again, ended.

use jiff::Timestamp;
use watchfire_core::event::{
    AnnexDigest, CaseEvent, NodeEvent, PartyEvent, SendEvidence, SendResult, Stream,
};
use watchfire_core::ids::NoticeId;
use watchfire_store::policy::{Read, Write};
use watchfire_store::{
    ADDRESS, Append, ClaimedNotice, Notice, NoticeRow, PageRequest, StoreError, Viewer,
    random_bytes,
};

use crate::engine::engines;
use crate::house::{House, OpenedCase, at, keeper, sender, ticker};

const MAIL: &str = "mail";

fn notice(house: &House, opened: &OpenedCase, to: &Viewer) -> Notice {
    Notice {
        id: NoticeId::from_random(random_bytes()),
        recipient: to.party().expect("a person").clone(),
        channel: MAIL.into(),
        case: Some(opened.case.clone()),
        obligation: Some(opened.obligation.clone()),
        template: "rung".into(),
        payload: b"{}".to_vec(),
        first_try_at: house.now,
    }
}

async fn put(house: &House, opened: &OpenedCase, notices: Vec<Notice>) {
    let version =
        house.store.case(&ticker(), &opened.case).await.expect("the store answers").version;
    let grant = house
        .store
        .authorize_case::<Write>(&ticker(), &opened.case)
        .await
        .expect("the store answers");
    let stream = Stream::Case(opened.case.clone());
    let mut append = Append::new(&ticker(), house.now).expect_version(stream, version);
    append.case(&grant, CaseEvent::MessagePosted { text: "a rung".into() });
    for notice in notices {
        append.outbox(notice);
    }
    house.store.append(append).await.expect("the store answers");
}

async fn take(house: &House, now: Timestamp, until: &str) -> Vec<ClaimedNotice> {
    let claim = house.store.claim_notices(&sender(), now, at(until), 10).await;
    let claim = claim.expect("the store answers");
    assert!(claim.unreadable.is_empty(), "{:?}", claim.unreadable);
    claim.notices
}

async fn tried(
    house: &House,
    notice: &ClaimedNotice,
    result: SendResult,
    next: Option<Timestamp>,
) -> Result<(), StoreError> {
    let grant = house.store.authorize_node::<Write>(&sender()).await?;
    let mut append = Append::new(&sender(), house.now);
    let event = NodeEvent::NoticeTried {
        notice: notice.id.clone(),
        recipient: notice.recipient.clone(),
        channel: notice.channel.clone(),
        attempt: notice.attempt,
        result,
        detail: "250".into(),
        evidence: SendEvidence::default(),
    };
    append.notice_result(&grant, event, next);
    house.store.append(append).await.map(|_| ())
}

async fn state(house: &House, id: &NoticeId) -> NoticeRow {
    let grant = house.store.authorize_node::<Read>(&keeper()).await.expect("the store answers");
    house.store.notice(&grant, id).await.expect("the store answers").remove(0)
}

#[tokio::test]
async fn a_notice_is_taken_once_and_again_when_its_lease_has_ended() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let one = notice(&house, &opened, &eva);
        put(&house, &opened, vec![one.clone()]).await;

        let early = at("2021-11-24T07:59:59Z");
        assert_eq!(take(&house, early, "2021-11-24T08:01:00Z").await, []);
        let first = take(&house, house.now, "2021-11-24T08:01:00Z").await;
        assert_eq!((first.len(), first[0].attempt, &first[0].id), (1, 1, &one.id));
        assert!(first[0].sees_case && first[0].embargoed);
        let held = at("2021-11-24T08:00:59Z");
        assert_eq!(take(&house, held, "2021-11-24T08:02:00Z").await, [], "it is held");

        let ended = at("2021-11-24T08:01:00Z");
        let second = take(&house, ended, "2021-11-24T08:02:00Z").await;
        assert_eq!((second.len(), second[0].attempt), (1, 2));
        tried(&house, &second[0], SendResult::Accepted, None).await.unwrap();
        // The first sender wakes up; what it says changes nothing any more.
        tried(&house, &first[0], SendResult::Failed, Some(ended)).await.unwrap();
        let row = state(&house, &one.id).await;
        assert_eq!((row.state.as_str(), row.next_try_at), ("accepted", None));
        assert_eq!(take(&house, at("2022-01-01T00:00:00Z"), "2022-01-02T00:00:00Z").await, []);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_beside_the_others() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let [sound, broken] = [0, 1].map(|_| notice(&house, &opened, &eva));
        put(&house, &opened, vec![sound.clone(), broken.clone()]).await;
        let mut beside = engine.beside().await;
        let edit = format!("UPDATE outbox SET recipient = 'nobody' WHERE id = '{}'", broken.id);
        beside.run(&edit).await;
        for (now, until) in [
            (house.now, "2021-11-24T08:01:00Z"),
            (at("2021-11-24T08:01:00Z"), "2021-11-24T08:02:00Z"),
        ] {
            let claim = house.store.claim_notices(&sender(), now, at(until), 10).await.unwrap();
            assert_eq!(claim.len(), 2);
            assert_eq!(claim.notices[0].id, sound.id);
            assert_eq!(claim.unreadable[0].row, format!("{}/{}", broken.id, broken.channel));
            let problem = claim.unreadable[0].problem.to_string();
            assert!(problem.contains("recipient"), "{problem}");
            let held = house.store.claim_notices(&sender(), now, at(until), 10).await.unwrap();
            assert!(held.is_empty(), "it is put off like the others");
        }
        house.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn senders_at_once_never_take_the_same() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let notices: Vec<Notice> = (0..60).map(|_| notice(&house, &opened, &eva)).collect();
        put(&house, &opened, notices).await;
        let mut senders = Vec::new();
        for _ in 0..6 {
            let (store, now) = (house.store.clone(), house.now);
            senders.push(tokio::spawn(async move {
                let until = at("2021-11-24T09:00:00Z");
                store.claim_notices(&sender(), now, until, 10).await.unwrap().notices
            }));
        }
        let mut ids = Vec::new();
        for sender in senders {
            ids.extend(sender.await.unwrap().into_iter().map(|notice| notice.id));
        }
        ids.extend(take(&house, house.now, "2021-11-24T09:00:00Z").await.into_iter().map(|n| n.id));
        let taken = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), taken);
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_try_that_failed_is_tried_again_or_given_up_and_never_forgotten() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        put(&house, &opened, vec![notice(&house, &opened, &eva)]).await;
        let first = take(&house, house.now, "2021-11-24T08:01:00Z").await.remove(0);
        let forgotten = tried(&house, &first, SendResult::Unknown, None).await;
        assert!(matches!(forgotten, Err(StoreError::Misuse(_))), "{forgotten:?}");
        assert_eq!(state(&house, &first.id).await.state, "sending");

        let next = at("2021-11-24T08:05:00Z");
        tried(&house, &first, SendResult::Unknown, Some(next)).await.unwrap();
        let row = state(&house, &first.id).await;
        assert_eq!((row.state.as_str(), row.next_try_at), ("unknown", Some(next)));
        let grant = house.store.authorize_node::<Read>(&keeper()).await.unwrap();
        let page = PageRequest::default();
        let waiting = house.store.waiting_notices(&grant, &page).await.unwrap();
        assert_eq!(waiting.rows, [row]);

        let second = take(&house, next, "2021-11-24T08:06:00Z").await.remove(0);
        let grant = house.store.authorize_node::<Write>(&sender()).await.unwrap();
        let mut append = Append::new(&sender(), house.now);
        let (notice, recipient) = (second.id.clone(), second.recipient.clone());
        let given_up =
            NodeEvent::NoticeGivenUp { notice, recipient, channel: MAIL.into(), attempts: 2 };
        append.notice_result(&grant, given_up, None);
        house.store.append(append).await.unwrap();
        let row = state(&house, &second.id).await;
        assert_eq!((row.state.as_str(), row.attempts, row.next_try_at), ("given-up", 2, None));
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_notice_goes_to_the_newest_address_and_tells_nothing_to_who_left() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let id = eva.party().unwrap().clone();
        let own = house.store.authorize_party::<Write>(&eva, &id).await.unwrap();
        for (version, address) in [(3, "old@example.org"), (4, "new@example.org")] {
            let (salt, bytes) = (random_bytes(), address.as_bytes().to_vec());
            let set = PartyEvent::AddressSet {
                channel: MAIL.into(),
                address: AnnexDigest::of(&salt, &bytes),
            };
            let stream = Stream::Party(id.clone());
            let mut append = Append::new(&eva, house.now).expect_version(stream, version);
            let recorded = append.party(&own, set);
            append.annex(&recorded, ADDRESS, salt, bytes);
            house.store.append(append).await.unwrap();
        }
        let known = house.store.addresses(&eva, &id).await.unwrap();
        assert_eq!(known, [(MAIL.to_owned(), b"new@example.org".to_vec())]);
        let dump = format!("{:?}", engine.beside().await.dump().await).to_uppercase();
        // "old@" and "new@"
        assert!(!dump.contains("6F6C6440") && dump.contains("6E657740"), "the old one is erased");

        let opened = house.opened_case(&[&eva]).await;
        put(&house, &opened, vec![notice(&house, &opened, &eva)]).await;
        let party = id.clone();
        let removed = vec![CaseEvent::ParticipantRemoved { party }];
        house.to_case(&ticker(), &opened.case, removed).await.unwrap();
        let taken = take(&house, house.now, "2021-11-24T08:01:00Z").await.remove(0);
        assert_eq!(taken.address.as_deref(), Some(&b"new@example.org"[..]));
        assert!(!taken.sees_case);
        let nobody = house.store.claim_notices(&eva, house.now, house.now, 1).await;
        assert!(matches!(nobody, Err(StoreError::NotFound(_))));
        house.store.close().await;
    }
}

#[tokio::test]
async fn what_is_decided_twice_is_told_once_on_each_channel() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let mail = notice(&house, &opened, &eva);
        let webhook = Notice { channel: "webhook".into(), ..mail.clone() };
        put(&house, &opened, vec![mail.clone(), webhook.clone()]).await;
        put(&house, &opened, vec![mail.clone(), webhook]).await;
        let taken = take(&house, house.now, "2021-11-24T08:01:00Z").await;
        let channels: Vec<&str> = taken.iter().map(|it| it.channel.as_str()).collect();
        assert_eq!(channels, ["mail", "webhook"]);
        tried(&house, &taken[0], SendResult::Accepted, None).await.unwrap();
        let grant = house.store.authorize_node::<Read>(&keeper()).await.unwrap();
        let states: Vec<String> = house
            .store
            .notice(&grant, &mail.id)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.state)
            .collect();
        assert_eq!(states, ["accepted", "sending"], "one channel is not the other");
        put(&house, &opened, vec![mail]).await;
        assert_eq!(take(&house, house.now, "2021-11-24T08:01:00Z").await, [], "told is told");
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_test_notice_needs_no_event_and_goes_to_oneself_alone() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[]).await;
        let max = house.person("max", &[]).await;
        let opened = house.opened_case(&[&eva]).await;
        let own = house.store.authorize_party::<Write>(&eva, eva.party().unwrap()).await.unwrap();
        let test = |to: &Viewer| Notice {
            case: None,
            obligation: None,
            template: "test".into(),
            ..notice(&house, &opened, to)
        };
        let mut append = Append::new(&eva, house.now);
        append.test_notice(&own, test(&eva));
        let done = house.store.append(append).await.unwrap().done().unwrap();
        assert_eq!(done.events, []);
        assert_eq!(take(&house, house.now, "2021-11-24T08:01:00Z").await.len(), 1);

        for wrong in [test(&max), notice(&house, &opened, &eva)] {
            let mut append = Append::new(&eva, house.now);
            append.test_notice(&own, wrong);
            assert!(matches!(house.store.append(append).await, Err(StoreError::Misuse(_))));
        }
        let mut append = Append::new(&eva, house.now);
        append.outbox(test(&eva));
        assert!(matches!(house.store.append(append).await, Err(StoreError::Misuse(_))));
        house.store.close().await;
    }
}
