//! How long a notice is tried, and what stands in its way without stopping the others.

use jiff::SignedDuration;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use watchfire_core::event::{NodeEvent, SendResult, Service};
use watchfire_server::command::party;
use watchfire_sinks::{Manner, Protection, Receiver, Relay, Reply};
use watchfire_store::policy::Read;
use watchfire_store::{Location, PageRequest, Store, StoreConfig, Viewer};

use crate::house::{Arrived, House, node_on};

/// Whom trouble was told to, with where it is, in order.
fn troubles(arrived: &Arrived) -> Vec<(&str, &str)> {
    let told = arrived.iter().filter(|(_, body)| body["type"] == "notice.trouble");
    let mut told: Vec<_> = told
        .filter_map(|(who, body)| {
            let text = body["data"]["text"].as_str()?;
            Some((who.as_str(), text.split_whitespace().find(|word| word.starts_with("outbox/"))?))
        })
        .collect();
    told.sort_unstable();
    told
}

/// The chain above the engineer, told of this.
fn both_above(mark: &str) -> Vec<(&str, &str)> {
    vec![("executive", mark), ("supervisor", mark)]
}

#[tokio::test]
async fn a_notice_is_given_up_after_thirty_tries_and_others_hear_of_it_then() {
    let house = House::new().await;
    let deaf = Receiver::start(Reply::Status(503), None).await;
    house.reaches(&house.chain[0], "webhook", &format!("{}/engineer", deaf.url)).await;
    party::test_notice(house.wish(), &house.chain[0]).await.expect("queued");
    let sender = house.sender();
    let mut tries = Vec::new();
    let mut told = Vec::new();
    for _ in 0..40 {
        sender.send_once(house.node.now()).await.expect("sent");
        // What is told about this try leaves with the next look.
        sender.send_once(house.node.now()).await.expect("sent");
        tries.extend(deaf.took());
        let arrived = house.took();
        told.extend(
            troubles(&arrived)
                .into_iter()
                .map(|(who, mark)| (tries.len(), who.to_owned(), mark.to_owned())),
        );
        let given_up = house.node_events().await.into_iter().find_map(|event| match event {
            NodeEvent::NoticeGivenUp { attempts, .. } => Some(attempts),
            _ => None,
        });
        assert_eq!(given_up, (tries.len() >= 30).then_some(30), "after {} tries", tries.len());
        house.advance("PT15M");
    }
    assert_eq!(tries.len(), 30);
    assert!(tries.iter().all(|hook| hook.header("webhook-id") == tries[0].header("webhook-id")));
    let mark = format!("outbox/{}/webhook", tries[0].header("webhook-id"));
    let end = format!("{mark}/given-up");
    let expected = [
        (4, "executive", &mark),
        (4, "supervisor", &mark),
        (30, "executive", &end),
        (30, "supervisor", &end),
    ];
    assert_eq!(told, expected.map(|(after, who, mark)| (after, who.to_owned(), mark.clone())));
    assert_eq!(house.waiting().await, 0, "nothing waits any more");
}

#[tokio::test]
async fn a_mail_of_which_nobody_knows_is_sent_again_after_a_pause_under_the_same_id() {
    let house = House::new().await;
    let relay = Relay::start(Manner::Drops, Protection::None).await;
    house.reaches(&house.chain[0], "mail", "engineer@psirt.example").await;
    party::test_notice(house.wish(), &house.chain[0]).await.expect("queued");
    let sender = house.sender_by_mail(&relay);
    sender.send_once(house.node.now()).await.expect("sent");
    let [first] = relay.took().try_into().expect("one mail");
    relay.does(Manner::Accepts);
    sender.send_once(house.advance("PT149S")).await.expect("sent");
    assert!(relay.took().is_empty(), "nobody is asked again before the pause is over");
    sender.send_once(house.advance("PT151S")).await.expect("sent");
    let [second] = relay.took().try_into().expect("one mail");
    assert_eq!(second, first, "the same mail, by its id and to the byte");
    sender.send_once(house.advance("PT24H")).await.expect("sent");
    assert!(relay.took().is_empty(), "it is over");
    let results: Vec<_> = house
        .node_events()
        .await
        .into_iter()
        .filter_map(|event| match event {
            NodeEvent::NoticeTried { channel, result, evidence, .. } if channel == "mail" => {
                Some((result, evidence.body_sha256))
            }
            _ => None,
        })
        .collect();
    let sent = Some(watchfire_sinks::certificate::sha256(first.text.as_bytes()));
    assert_eq!(results, [(SendResult::Unknown, sent.clone()), (SendResult::Accepted, sent)]);
}

/// The ids of what waits, with whom it is for.
async fn waiting(house: &House) -> Vec<(String, String)> {
    let keeper = Viewer::service(Service::Keeper);
    let grant = house.node.store().authorize_node::<Read>(&keeper).await.expect("a right");
    let page = house.node.store().waiting_notices(&grant, &PageRequest::default()).await;
    let rows = page.expect("a page").rows.into_iter();
    rows.map(|row| (row.id.to_string(), row.recipient.to_string())).collect()
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_no_other_and_is_told_at_once() {
    let mut house = House::new().await;
    for who in &house.chain {
        let operator = Viewer::service(Service::Operator);
        let wish = watchfire_server::command::Wish { viewer: &operator, ..house.wish() };
        party::test_notice(wish, who).await.expect("queued");
    }
    let engineer = house.chain[0].to_string();
    let (id, _) = waiting(&house).await.into_iter().find(|(_, who)| *who == engineer).expect("one");
    // By hand: `U` is no sign of an id.
    let broken = format!("{}U", &id[..id.len() - 1]);
    house.node.store().clone().close().await;
    let file = house.folder.path().join("watchfire.db");
    let mut bytes = std::fs::read(&file).expect("the database");
    let places: Vec<usize> =
        (0..bytes.len() - id.len()).filter(|at| bytes[*at..].starts_with(id.as_bytes())).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + id.len()].copy_from_slice(broken.as_bytes());
    }
    std::fs::write(&file, bytes).expect("written");
    let store = Store::open(&StoreConfig::new(Location::File(file))).await.expect("a store");
    house.node = node_on(store, house.folder.path());

    let sender = house.sender();
    for _ in 0..2 {
        sender.send_once(house.node.now()).await.expect("sent");
    }
    let arrived = house.took();
    let mut tests: Vec<_> = arrived
        .iter()
        .filter(|(_, body)| body["type"] == "notice.test")
        .map(|(who, _)| who)
        .collect();
    tests.sort();
    assert_eq!(tests, ["executive", "supervisor"], "the others went out");
    let mark = format!("outbox/{broken}/webhook");
    assert_eq!(troubles(&arrived), both_above(&mark));
    for _ in 0..3 {
        sender.send_once(house.advance("PT1H")).await.expect("sent");
    }
    assert!(house.took().is_empty(), "and once");
    let failed: Vec<_> = house
        .node_events()
        .await
        .into_iter()
        .filter_map(|event| match event {
            NodeEvent::RowFailed { room, row, .. } => Some(format!("{room}/{row}")),
            _ => None,
        })
        .collect();
    assert_eq!(failed, [mark]);
}

/// Code that stops with a panic as soon as it tells this.
pub(crate) struct Brittle {
    pub(crate) target: &'static str,
    pub(crate) says: &'static str,
}

struct Says<'a>(&'a str, bool);

impl Visit for Says<'_> {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        self.1 |= format!("{value:?}").contains(self.0);
    }
}

impl Subscriber for Brittle {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(self.target)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut says = Says(self.says, false);
        event.record(&mut says);
        if says.1 {
            panic!("this code was told to stop with a panic");
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_delivery_that_panics_stops_no_other_and_is_told_at_once() {
    let house = House::new().await;
    let relay = Relay::start(Manner::Accepts, Protection::None).await;
    house.reaches(&house.chain[0], "mail", "engineer@psirt.example").await;
    for who in &house.chain {
        let operator = Viewer::service(Service::Operator);
        let wish = watchfire_server::command::Wish { viewer: &operator, ..house.wish() };
        party::test_notice(wish, who).await.expect("queued");
    }
    let sender = house.sender_by_mail(&relay);
    {
        // With two of them, a place that another test's thread reaches first asks both.
        let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
        // As a library does that breaks when it speaks with the mail relay.
        let brittle = Brittle { target: "lettre", says: "MAIL FROM" };
        let _brittle = tracing::subscriber::set_default(brittle);
        for _ in 0..2 {
            sender.send_once(house.node.now()).await.expect("sent");
        }
    }
    assert!(relay.took().is_empty());
    let arrived = house.took();
    let mut tests: Vec<_> = arrived
        .iter()
        .filter(|(_, body)| body["type"] == "notice.test")
        .map(|(who, _)| who)
        .collect();
    tests.sort();
    assert_eq!(tests, ["engineer", "executive", "supervisor"], "the others went out");
    let events = house.node_events().await;
    let row = events.iter().find_map(|event| match event {
        NodeEvent::RowFailed { room, row, problem } if room == "outbox" => {
            assert!(problem.contains("panic"), "{problem}");
            Some(format!("outbox/{row}"))
        }
        _ => None,
    });
    let row = row.expect("it is recorded");
    assert_eq!(troubles(&arrived), both_above(&row), "at once, not after four tries");
    let unknown = |event: &NodeEvent| matches!(event, NodeEvent::NoticeTried { result: SendResult::Unknown, channel, .. } if channel == "mail");
    assert_eq!(
        events.iter().filter(|event| unknown(event)).count(),
        1,
        "how far it came is unknown"
    );
    house.node.clock().advance(SignedDuration::from_mins(5));
    sender.send_once(house.node.now()).await.expect("sent");
    assert_eq!(relay.took().len(), 1, "and it is tried again");
}

#[tokio::test]
async fn a_notice_is_leased_from_when_it_is_taken_and_not_from_when_the_round_began() {
    let house = House::new().await;
    house.receiver.answers(Reply::Silence);
    party::test_notice(house.wish(), &house.chain[0]).await.expect("queued");
    let began = house.node.now();
    house.advance("PT1H");
    let sender = house.sender();
    let sending = tokio::spawn(async move { sender.send_once(began).await });
    while house.took().is_empty() {
        tokio::task::yield_now().await;
    }
    let viewer = Viewer::service(Service::Sender);
    let later = began + SignedDuration::from_mins(30);
    let again = house.node.store().claim_notices(&viewer, later, later, 20).await.expect("rows");
    sending.abort();
    assert_eq!(again.notices.len(), 0, "nobody takes what is being sent");
}
