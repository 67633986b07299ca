//! Acknowledgements of a change of law go up the whole chain, whatever is killed on the way, on
//! both engines.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::{AmendmentEvent, Body, GapCause, Service};
use watchfire_core::ids::{AmendmentId, NoticeId, PartyId};
use watchfire_server::command::{amendment as command, department, party};
use watchfire_store::{Store, StoreConfig, Viewer};

use crate::amending::{Story, rmsv_24h};
use crate::house::{Ground, House, grounds};

/// Longer than a lease of the sender, and shorter than the time between any two rungs.
const AFTER_A_LEASE: &str = "PT10M";

/// A change of law that was agreed, and whose node is killed wherever it can be.
struct Tower {
    story: Story,
    config: StoreConfig,
    amendment: AmendmentId,
    /// Who was told by which notice. What comes twice has the same id, by which a receiver knows
    /// it.
    arrived: BTreeSet<(NoticeId, String)>,
}

/// A rung that was recorded: its name, when it was due, whom it told and by which notices.
type Told = (String, Timestamp, Vec<PartyId>, Vec<NoticeId>);

impl Tower {
    async fn on(ground: Ground, has_head: bool) -> Self {
        let Ground { config, folder } = ground;
        let store = Store::open(&config).await.expect("a store");
        let house = House::on(store, folder).await;
        let head = has_head.then(|| house.chain[0].clone());
        let story = Story::of(house, head).await;
        let files = rmsv_24h("2022-03-01", "2022-02-28");
        let amendment = story.proposes(files, "2022-03-01T00:00:00Z").await;
        story.agrees(&amendment).await;
        Self { story, config, amendment, arrived: BTreeSet::new() }
    }

    fn now(&self) -> Timestamp {
        self.story.house.node.now()
    }

    fn take(&mut self) {
        for (who, hook) in self.story.house.took() {
            if hook["type"] == "notice.acknowledge-law" {
                let id = hook["data"]["id"].as_str().expect("an id");
                self.arrived.insert((id.parse().expect("an id of a notice"), who));
            }
        }
    }

    async fn restarts(&mut self) {
        self.story.house.restarts(&self.config).await;
    }

    /// Does what is due now. Both hands are killed at their first wait and at later ones, and the
    /// node is started anew each time: before the append, after it, before the sending, and after.
    async fn killed_at_every_step(&mut self) {
        for patience in [0_u64, 1, 4] {
            let (ticker, now) = (self.story.house.ticker(), self.now());
            let patience = Duration::from_millis(patience);
            drop(tokio::time::timeout(patience, ticker.tick_once(now)).await);
            self.restarts().await;
        }
        self.story.house.ticker().tick_once(self.now()).await.expect("a tick");
        self.restarts().await;
        for patience in [0_u64, 1, 4] {
            let (sender, now) = (self.story.house.sender(), self.now());
            let patience = Duration::from_millis(patience);
            drop(tokio::time::timeout(patience, sender.send_once(now)).await);
            self.restarts().await;
        }
        self.story.house.advance(AFTER_A_LEASE);
        self.story.house.sender().send_once(self.now()).await.expect("sent");
        self.take();
        self.restarts().await;
    }

    /// Does what is due now, and nobody is killed.
    async fn undisturbed(&mut self) {
        self.story.house.ticker().tick_once(self.now()).await.expect("a tick");
        self.story.house.advance(AFTER_A_LEASE);
        self.story.house.sender().send_once(self.now()).await.expect("sent");
        self.take();
    }

    /// Goes to the next instant at which something is due, or to `until`.
    async fn goes_on(&self, until: Timestamp) -> bool {
        let next = self.story.house.ticker().next_due_at().await.expect("an answer");
        let next = next.expect("no silence lasts").min(until);
        let left = next.duration_since(self.now()).max(SignedDuration::ZERO);
        self.story.house.node.clock().advance(left);
        next < until
    }

    async fn events(&self) -> Vec<AmendmentEvent> {
        let ticker = Viewer::service(Service::Ticker);
        let store = self.story.house.node.store();
        let history = store.amendment_history(&ticker, &self.amendment).await.expect("there");
        let of = history.into_iter().filter_map(|recorded| match recorded.event.body {
            Body::Amendment(_, event) => Some(event),
            _ => None,
        });
        of.collect()
    }

    /// The rungs of the department that were recorded.
    async fn rungs(&self) -> Vec<Told> {
        let of_department = self.events().await.into_iter().filter_map(|event| match event {
            AmendmentEvent::RungReached { department: Some(_), rung, due_at, told, notices } => {
                Some((rung, due_at, told, notices))
            }
            _ => None,
        });
        of_department.collect()
    }

    async fn gaps(&self) -> Vec<GapCause> {
        let gaps = self.events().await.into_iter().filter_map(|event| match event {
            AmendmentEvent::GapOpened { cause, .. } => Some(cause),
            _ => None,
        });
        gaps.collect()
    }

    /// Every rung was recorded once, and everybody of each was told by its one notice.
    async fn nothing_is_lost_and_nothing_doubled(&self) {
        let rungs = self.rungs().await;
        let names: BTreeSet<&str> = rungs.iter().map(|(rung, ..)| rung.as_str()).collect();
        assert_eq!(names.len(), rungs.len(), "{rungs:?}");
        let names = [("engineer", 0), ("supervisor", 1), ("executive", 2)];
        let names: BTreeMap<&PartyId, &str> =
            names.map(|(name, place)| (&self.story.house.chain[place], name)).into();
        let mut expected = BTreeSet::new();
        for (rung, _, told, notices) in &rungs {
            assert!(!told.is_empty(), "{rung} told nobody");
            for (who, notice) in told.iter().zip(notices) {
                let is_new = expected.insert((notice.clone(), names[who].to_owned()));
                assert!(is_new, "{rung} told {who} by a notice that was told before");
            }
        }
        assert_eq!(self.arrived, expected);
        assert_eq!(self.story.house.waiting().await, 0);
    }

    async fn head_leaves(&self) {
        let operator = Viewer::service(Service::Operator);
        let wish = self.story.wish(&operator);
        party::close_account(wish, &self.story.house.chain[0], "left").await.expect("closed");
    }

    async fn ends(self) {
        self.story.house.node.store().clone().close().await;
    }
}

/// Who of the chain each rung told, by its place.
fn places(rungs: &[Told], chain: &[PartyId; 3]) -> Vec<(String, Vec<usize>)> {
    let place = |who: &PartyId| chain.iter().position(|other| other == who).expect("of the chain");
    let of = |(rung, _, told, _): &Told| (rung.clone(), told.iter().map(place).collect());
    rungs.iter().map(of).collect()
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[tokio::test]
async fn an_acknowledgement_goes_up_to_the_executive_whoever_is_killed_on_the_way() {
    // Beyond the deadline of seven days, to the first rungs that tell everybody again.
    let until = instant("2021-12-03T00:00:00Z");
    for (calm, storm) in grounds().await.into_iter().zip(grounds().await) {
        let mut told = Vec::new();
        for (ground, is_killed) in [(calm, false), (storm, true)] {
            let mut tower = Tower::on(ground, true).await;
            loop {
                if is_killed {
                    tower.killed_at_every_step().await;
                } else {
                    tower.undisturbed().await;
                }
                if !tower.goes_on(until).await {
                    break;
                }
            }
            tower.nothing_is_lost_and_nothing_doubled().await;
            let rungs = tower.rungs().await;
            let expected = [
                ("0%", vec![0]),
                ("50%", vec![1]),
                ("75%", vec![2]),
                ("90%", vec![0, 1, 2]),
                ("100%", vec![0, 1, 2]),
                ("110%", vec![0, 1, 2]),
                ("120%", vec![0, 1, 2]),
            ];
            let expected = expected.map(|(rung, places)| (rung.to_owned(), places));
            assert_eq!(places(&rungs, &tower.story.house.chain), expected);
            assert_eq!(tower.gaps().await, [GapCause::NotAcknowledged]);
            told.push(rungs.iter().map(|(rung, at, ..)| (rung.clone(), *at)).collect::<Vec<_>>());
            tower.ends().await;
        }
        assert_eq!(told[0], told[1], "a kill moves no instant");
    }
}

#[tokio::test]
async fn what_a_department_without_a_head_owes_goes_to_those_above_and_anybody_takes_it() {
    for ground in grounds().await {
        let mut tower = Tower::on(ground, false).await;
        assert_eq!(tower.gaps().await, [GapCause::HeldByNobody], "from the beginning");
        for _ in 0..3 {
            tower.killed_at_every_step().await;
            tower.goes_on(Timestamp::MAX).await;
        }
        tower.nothing_is_lost_and_nothing_doubled().await;
        let rungs = tower.rungs().await;
        let expected = [("0%", vec![1]), ("50%", vec![1]), ("75%", vec![2])];
        let expected = expected.map(|(rung, places)| (rung.to_owned(), places));
        assert_eq!(places(&rungs, &tower.story.house.chain), expected);

        let (story, id) = (&tower.story, &tower.amendment);
        let wish = story.wish(&story.anybody);
        command::claim(wish, id, &story.department).await.expect("anybody may");
        command::acknowledge(wish, id, &story.department, "we know").await.expect("given");
        tower.ends().await;
    }
}

#[tokio::test]
async fn what_a_head_who_left_owes_is_a_gap_and_no_rung_tells_the_head() {
    for ground in grounds().await {
        let mut tower = Tower::on(ground, true).await;
        tower.killed_at_every_step().await;
        tower.head_leaves().await;
        for _ in 0..3 {
            tower.goes_on(Timestamp::MAX).await;
            tower.killed_at_every_step().await;
        }
        tower.nothing_is_lost_and_nothing_doubled().await;
        let rungs = tower.rungs().await;
        let expected = [("0%", vec![0]), ("50%", vec![1]), ("75%", vec![2]), ("90%", vec![1, 2])];
        let expected = expected.map(|(rung, places)| (rung.to_owned(), places));
        assert_eq!(places(&rungs, &tower.story.house.chain), expected);
        assert_eq!(tower.gaps().await, [GapCause::HolderGone], "at the next rung, and once");

        let (story, id) = (&tower.story, &tower.amendment);
        let wish = story.wish(&story.anybody);
        command::claim(wish, id, &story.department).await.expect("anybody may");
        command::acknowledge(wish, id, &story.department, "we know").await.expect("given");
        tower.ends().await;
    }
}

#[tokio::test]
async fn what_a_department_that_was_dissolved_owes_goes_to_the_chain_of_the_house() {
    for ground in grounds().await {
        let mut tower = Tower::on(ground, true).await;
        tower.killed_at_every_step().await;
        let story = &tower.story;
        let wish = story.wish(&story.reviewer);
        department::close(wish, &story.department, "merged into another").await.expect("closed");
        for _ in 0..3 {
            tower.goes_on(Timestamp::MAX).await;
            tower.killed_at_every_step().await;
        }
        tower.nothing_is_lost_and_nothing_doubled().await;
        let rungs = tower.rungs().await;
        // The engineer is told as the first of the house, and no more as the head.
        let expected =
            [("0%", vec![0]), ("50%", vec![1]), ("75%", vec![2]), ("90%", vec![0, 1, 2])];
        let expected = expected.map(|(rung, places)| (rung.to_owned(), places));
        assert_eq!(places(&rungs, &tower.story.house.chain), expected);
        assert_eq!(tower.gaps().await, [GapCause::HolderGone]);

        let (story, id) = (&tower.story, &tower.amendment);
        let wish = story.wish(&story.anybody);
        command::claim(wish, id, &story.department).await.expect("anybody may");
        command::acknowledge(wish, id, &story.department, "we know").await.expect("given");
        tower.ends().await;
    }
}
