//! A wall clock that is set forth and back, that stands still, and that is ten years ahead for a
//! while, under a node that runs and is killed. What is recorded never runs backwards, every rung
//! that the facts make due fires once, no deadline moves away, and the doubt about the clock is
//! recorded and shown.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::house::House;
use crate::kill::assert_sound;
use crate::ledger::{case, machine_time};
use crate::rungs::{self, Blind, Told};
use crate::running::Running;
use crate::wall::Wall;

/// One tick of the public log a day, so that ten years of them are few.
const SETTINGS: &str = "checkpoint_every_seconds = 86400\n";
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const TEN_YEARS: i64 = 3_653 * DAY;
/// What must happen at once happens within this, however slow the machine.
const AT_ONCE: Duration = Duration::from_secs(20);
/// Two looks of the keeper, so that it has seen that nothing is wrong.
const TWO_LOOKS: Duration = Duration::from_millis(2_500);
/// A rung falls due so long after its case was opened.
const SOON: SignedDuration = SignedDuration::from_secs(3);

/// A node under a wall that moves, its cases, and the spans of its time that it jumped over.
struct Story {
    house: House,
    wall: Wall,
    token: String,
    node: Option<Running>,
    cases: Vec<(String, Timestamp)>,
    jumps: Vec<Blind>,
}

impl Story {
    fn begin() -> Option<Self> {
        let mut house = House::new();
        let wall = Wall::of(house.beside("wall"))?;
        house.look_at(&wall);
        let token = house.with_provider(SETTINGS);
        let node = Some(house.start_with(SETTINGS));
        let mut story = Self { house, wall, token, node, cases: Vec::new(), jumps: Vec::new() };
        story.opens(machine_time());
        Some(story)
    }

    fn node(&self) -> &Running {
        self.node.as_ref().expect("it runs")
    }

    /// What time the node believes it is: the instant for which it shows a case.
    fn now(&self) -> Timestamp {
        let (case, _) = self.cases.last().expect("a case");
        let (status, shown) = self.node().get(&format!("/api/v1/cases/{case}"), &self.token);
        assert_eq!(status, 200, "{shown}");
        shown["at"].as_str().and_then(|text| text.parse().ok()).expect("an instant")
    }

    /// Opens a case on a vulnerability that was known at `known_at`.
    fn opens(&mut self, known_at: Timestamp) {
        let key = format!("case-{}", self.cases.len());
        let body = case(&key, known_at);
        let answer = self.node().wire().post("/api/v1/cases", &self.token, &key, &body);
        let (status, answer) = answer.expect("an answer");
        assert_eq!(status, 201, "{answer}");
        self.cases.push((answer["id"].as_str().expect("an id").to_owned(), known_at));
    }

    /// Opens a case of which the supervisor must be told soon, and waits until that was done.
    fn fires_soon(&mut self) {
        let due_at = self.now() + SOON;
        self.opens(due_at - SignedDuration::from_hours(24));
        self.wait_for(|told| {
            told.fired["cn-rmsv/7.2"].last().is_some_and(|last| last.rung == "50%")
        });
    }

    /// Waits until the last case has come so far.
    fn wait_for(&self, is_so: impl Fn(&Told) -> bool) {
        let begun = Instant::now();
        while !is_so(&self.told(self.cases.len() - 1)) {
            assert!(begun.elapsed() < AT_ONCE, "{:?}", self.told(self.cases.len() - 1));
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn told(&self, nth: usize) -> Told {
        let path = format!("/api/v1/cases/{}/timeline", self.cases[nth].0);
        Told::read(&self.node().wire().list(&path, &self.token))
    }

    /// Sets the wall and returns how far the node's time moved with it.
    fn set_off(&mut self, seconds: i64) -> SignedDuration {
        let before = self.now();
        self.wall.set_off(seconds);
        let after = self.now();
        assert!(after >= before, "the node's time ran backwards");
        self.jumps.push((before, after));
        after.duration_since(before)
    }

    /// Kills the node and starts it anew. It has nothing to go by but what was stored.
    fn is_killed_and_goes_on(&mut self) {
        self.node.take().expect("it runs").kill();
        let recorded = "SELECT recorded_at FROM events ORDER BY log_index DESC LIMIT 1";
        let recorded = self.house.hand().numbers(recorded)[0];
        self.node = Some(self.house.start_with(SETTINGS));
        assert!(self.now().as_microsecond() > recorded, "it is not later than what was recorded");
    }

    /// How often a doubt of the clock was recorded in the log.
    fn doubts(&self) -> i64 {
        let doubts = "SELECT COUNT(*) FROM events WHERE CAST(bytes AS TEXT) LIKE '%clock-doubted%'";
        self.house.hand().numbers(doubts)[0]
    }

    /// Waits until one more doubt was recorded than `before`.
    fn is_doubted_again(&self, before: i64) {
        let begun = Instant::now();
        while self.doubts() == before {
            assert!(begun.elapsed() < AT_ONCE, "no doubt was recorded");
            thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(self.doubts(), before + 1, "a doubt is recorded once");
    }

    fn shows_doubt(&self) -> bool {
        let (status, ready) = self.node().get("/readyz", "");
        assert_eq!((status, &ready["ready"]), (200, &Value::Bool(true)), "{ready}");
        ready["clock_in_doubt"].as_bool().expect("yes or no")
    }

    /// The state that `doctor` finds the clock of the folder `data` in, and what it says of it.
    fn doctor(&self, data: &Path) -> (String, String) {
        let output = self.house.run_in(data, &["doctor", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let checks = report["checks"].as_array().expect("checks");
        let clock = checks.iter().find(|check| check["name"] == "clock").expect("a clock");
        let text = |field: &str| clock[field].as_str().expect("a text").to_owned();
        (text("state"), text("detail"))
    }

    fn doctors_clock(&self) -> String {
        self.doctor(&self.house.data()).0
    }

    /// The judgement of everything that happened.
    fn judge(&self) {
        let until = self.now() - SignedDuration::from_secs(2);
        for (nth, (_, known_at)) in self.cases.iter().enumerate() {
            let found = rungs::problems(*known_at, &self.told(nth), until, &self.jumps);
            assert_eq!(found, Vec::<String>::new(), "case {nth}");
        }
        rungs::assert_can_fail(self.cases[0].1, &self.told(0), until, &self.jumps);
        // What was jumped over is excused by the jump alone.
        let late = rungs::problems(self.cases[0].1, &self.told(0), until, &[]);
        assert!(late.iter().any(|one| one.contains("late")), "{late:?}");
        let recorded = "SELECT recorded_at FROM events ORDER BY log_index";
        let mut recorded = self.house.hand().numbers(recorded);
        assert!(recorded.is_sorted(), "what is recorded runs backwards");
        recorded.reverse();
        assert!(!recorded.is_sorted(), "the judge can say no");
        assert_sound(&self.house);
    }
}

/// A span of the node's time, but for the seconds that the test itself took.
fn is_about(span: SignedDuration, seconds: i64) -> bool {
    (span.as_secs() - seconds).unsigned_abs() <= AT_ONCE.as_secs()
}

#[test]
fn a_clock_that_jumps_forth_and_back_loses_and_doubles_nothing() {
    let Some(mut story) = Story::begin() else { return };
    assert!(!story.shows_doubt());
    assert_eq!((story.doubts(), story.doctors_clock()), (0, "ok".to_owned()));

    // An hour back: time goes on from where it was, and deadlines come as they would have.
    assert!(is_about(story.set_off(-HOUR), 0));
    story.is_doubted_again(0);
    assert!(story.shows_doubt(), "as long as it lasts");
    assert_eq!(story.doctors_clock(), "unsafe");
    story.fires_soon();

    // Right again: no doubt is left.
    assert!(is_about(story.set_off(0), 0));
    thread::sleep(TWO_LOOKS);
    assert!(!story.shows_doubt());
    assert_eq!((story.doubts(), story.doctors_clock()), (1, "ok".to_owned()));

    // A day ahead: what fell due meanwhile fires at once.
    assert!(is_about(story.set_off(DAY), DAY), "the wall of this test does not move");
    story.is_doubted_again(1);
    story.wait_for(|told| told.fired["cn-rmsv/7.2"].last().expect("one").rung == "100%");
    story.opens(story.now());

    // And back: nothing is taken back, nothing fires again, and a deadline does not wait a day.
    thread::sleep(TWO_LOOKS);
    assert!(is_about(story.set_off(0), 0));
    story.is_doubted_again(2);
    story.fires_soon();

    // A kill does not make it believe the wall.
    story.is_killed_and_goes_on();
    story.is_doubted_again(3);
    assert!(story.shows_doubt());
    story.fires_soon();
    story.judge();
}

#[test]
fn a_clock_that_stands_still_stops_no_deadline() {
    let Some(mut story) = Story::begin() else { return };
    let stood_at = story.now();
    story.wall.stand_at(stood_at);
    story.is_doubted_again(0);
    story.fires_soon();
    thread::sleep(TWO_LOOKS);
    assert!(story.now().duration_since(stood_at) >= SOON, "the node's time stands with the wall");
    assert!(story.shows_doubt());
    story.is_killed_and_goes_on();
    story.fires_soon();
    // It follows the wall again once that has overtaken it.
    assert!(is_about(story.set_off(DAY), DAY));
    thread::sleep(TWO_LOOKS);
    story.judge();
}

#[test]
fn ten_years_ahead_for_a_moment_can_be_recovered_from() {
    let Some(mut story) = Story::begin() else { return };
    story.fires_soon();
    let backup = story.house.beside("backup");
    let backup = backup.to_str().expect("text");
    story.house.done(&["backup", "--out", backup], "");

    assert!(is_about(story.set_off(TEN_YEARS), TEN_YEARS), "it is followed at once");
    story.is_doubted_again(0);
    story
        .wait_for(|told| told.fired["cn-rmsv/7.2"].last().expect("one").rung.starts_with("day-36"));
    thread::sleep(TWO_LOOKS);
    assert!(is_about(story.set_off(0), 0), "and never left");
    story.is_doubted_again(1);
    // Clocks of law that begin now still run their length, ten years away from everybody else's.
    story.fires_soon();
    assert_eq!(story.doctors_clock(), "unsafe");
    story.judge();
    assert!(story.node.take().expect("it runs").stop().success());

    // The way back is the backup from before.
    let new = story.house.beside("new");
    let key = story.house.data().join("log.key");
    let restore = ["restore", backup, "--log-key", key.to_str().expect("text")];
    let restored = story.house.run_in(&new, &restore);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert_eq!(story.doctor(&new).0, "ok");
    story.cases.truncate(2);
    story.node = Some(story.house.start_in_with(&new, SETTINGS));
    assert!(story.now() < machine_time() + SignedDuration::from_secs(1));
    assert!(!story.shows_doubt());
    assert_eq!(story.told(0).fired["cn-rmsv/7.2"].len(), 1, "the ten years did not happen");
    let verified = story.house.run_in(&new, &["log", "verify"]);
    assert_eq!(verified.status.code(), Some(0));
}
