//! `SIGKILL` at random instants while requests come in and rungs fall due. A ledger outside, synced
//! before the next request is sent, is the judge: what was acknowledged is there, nothing is there
//! twice, every rung that the facts make due fired once, and the log is sound.
//!
//! `WATCHFIRE_KILL_ROUNDS` runs it longer.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::house::{House, WITHOUT_LIMITS, run_on};
use crate::ledger::{DUE_SECONDS_MAX, Deed, Ledger, Signs, Writer, listed, machine_time};
use crate::rungs::{self, Blind, Told};
use crate::running::Running;

const ROUNDS_DEFAULT: usize = 6;
const WRITERS: usize = 3;
/// A round is killed after at most so long.
const ROUND_MILLISECONDS_MAX: u16 = 900;
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The log is verified after every so many kills.
const VERIFY_EVERY: usize = 10;
/// A node that was killed listens again within this (P7).
const READY_WITHIN: Duration = Duration::from_secs(10);

/// What was done to a node, and what its clients know.
#[derive(Default)]
struct Siege {
    ledgers: Vec<PathBuf>,
    /// The times from a kill until the node listened again.
    down: Vec<Blind>,
    /// Kills while somebody waited for an answer.
    interrupted: usize,
    /// The longest start after a kill.
    slowest_start: Duration,
}

impl Siege {
    /// One life of the node: writers write, and it is killed at a random instant.
    fn round(&mut self, house: &House, token: &str, number: usize) {
        let begun = Instant::now();
        let node = house.start_with(WITHOUT_LIMITS);
        self.listens(begun);
        let signs = Signs::default();
        let writers: Vec<Writer> = (0..WRITERS)
            .map(|nth| Writer {
                name: format!("r{number}w{nth}"),
                ledger: house.beside(&format!("ledger-{number}-{nth}")),
                token: token.to_owned(),
            })
            .collect();
        let random = u16::from_be_bytes(watchfire_server::secret::random());
        let wait = Duration::from_millis(u64::from(50 + random % ROUND_MILLISECONDS_MAX));
        let killed_at = thread::scope(|scope| {
            for writer in &writers {
                let (address, signs) = (node.address.clone(), &signs);
                scope.spawn(move || writer.write(&address, signs, false));
            }
            // Every other life is longer than its first answer, however slow the machine.
            if number % 2 == 1 {
                signs.wait_for_an_answer(ANSWER_WITHIN);
            }
            thread::sleep(wait);
            let killed_at = machine_time();
            node.kill();
            signs.stop.store(true, Ordering::Relaxed);
            killed_at
        });
        let files: Vec<PathBuf> = writers.into_iter().map(|writer| writer.ledger).collect();
        let ledger = Ledger::read(&files);
        self.interrupted += usize::from(ledger.acknowledged() < ledger.0.len());
        self.ledgers.extend(files);
        self.down.push((killed_at, killed_at));
    }

    /// Notes that the node listens again.
    fn listens(&mut self, begun: Instant) {
        if let Some(last) = self.down.last_mut() {
            last.1 = machine_time();
            self.slowest_start = self.slowest_start.max(begun.elapsed());
        }
    }
}

pub(crate) fn rounds() -> usize {
    let rounds = std::env::var("WATCHFIRE_KILL_ROUNDS").ok();
    rounds.map_or(ROUNDS_DEFAULT, |text| text.parse().expect("a number of rounds"))
}

pub(crate) fn assert_sound(house: &House) {
    let (code, verdict) = house.json(&["log", "verify", "--json"]);
    assert_eq!((code, verdict["ok"].as_bool()), (0, Some(true)), "{verdict}");
}

/// The timelines of all cases that the ledger knows of, with the instants of their facts.
fn timelines(
    node: &Running,
    token: &str,
    ledger: &Ledger,
    resolved: &BTreeMap<String, String>,
) -> Vec<(jiff::Timestamp, Told)> {
    let wire = node.wire();
    let told =
        |case: &str| Told::read(&wire.list(&format!("/api/v1/cases/{case}/timeline"), token));
    let opened = ledger.cases().map(|(key, known_at)| (known_at, told(&resolved[key])));
    let of_reports = wire.list("/api/v1/reports", token).into_iter().map(|report| {
        let received_at = report["received_at"].as_str().and_then(|text| text.parse().ok());
        (received_at.expect("an instant"), told(report["case"].as_str().expect("an id")))
    });
    opened.chain(of_reports).collect()
}

/// The timelines once all that was due by `until` is told in them, or as they are when the time in
/// which it must be told is over: a node has many clocks to ring at once here, and the machine may
/// be busy.
pub(crate) fn timelines_of_the_due(
    node: &Running,
    token: &str,
    (ledger, resolved): (&Ledger, &BTreeMap<String, String>),
    (until, blind): (jiff::Timestamp, &[Blind]),
) -> Vec<(jiff::Timestamp, Told)> {
    let begun = Instant::now();
    loop {
        let told = timelines(node, token, ledger, resolved);
        let mut all = told.iter();
        let is_good = all.all(|(at, told)| rungs::problems(*at, told, until, blind).is_empty());
        if is_good || begun.elapsed() > rungs::LATE_MAX.unsigned_abs() {
            return told;
        }
        thread::sleep(Duration::from_secs(1));
    }
}

/// Kills the node of `house` again and again, and judges. Returns its token and the ledger.
fn besiege(house: &House) -> (String, Ledger) {
    let token = house.with_provider(WITHOUT_LIMITS);
    let mut siege = Siege::default();
    for number in 0..rounds() {
        siege.round(house, &token, number);
        if number % VERIFY_EVERY == 0 {
            assert_sound(house);
        }
        if number == rounds() / 2 && house.database().exists() {
            keep_copy(house);
        }
    }
    let ledger = Ledger::read(&siege.ledgers);
    assert!(ledger.acknowledged() > 0, "nothing was written, so nothing was tried");
    assert!(siege.interrupted > 0, "no kill met a write");

    let begun = Instant::now();
    let node = house.start_with(WITHOUT_LIMITS);
    siege.listens(begun);
    // The same key again tells what became of every request, answered or not.
    let resolved = ledger.resolve(&node.wire(), &token);
    thread::sleep(Duration::from_secs(DUE_SECONDS_MAX.unsigned_abs() + 2));
    let until = machine_time() - jiff::SignedDuration::from_secs(2);
    let reports = listed(&node.wire(), "/api/v1/reports", &token);
    let cases = listed(&node.wire(), "/api/v1/cases", &token);
    let due = (until, siege.down.as_slice());
    let told = timelines_of_the_due(&node, &token, (&ledger, &resolved), due);
    assert!(node.stop().success());
    assert_sound(house);

    assert_eq!(ledger.problems(&resolved, &reports, &cases), Vec::<String>::new());
    for (known_at, told) in &told {
        assert_eq!(rungs::problems(*known_at, told, until, &siege.down), Vec::<String>::new());
    }
    assert!(siege.slowest_start < READY_WITHIN, "{:?}", siege.slowest_start);
    let fired: usize = told.iter().flat_map(|(_, told)| told.fired.values()).map(Vec::len).sum();
    eprintln!(
        "{} kills, {} of them during a write; {} requests, {} acknowledged; {} cases, {fired} \
         rungs; slowest start {:?}",
        rounds(),
        siege.interrupted,
        ledger.0.len(),
        ledger.acknowledged(),
        told.len(),
        siege.slowest_start,
    );
    let (known_at, one) = told.first().expect("a case");
    rungs::assert_can_fail(*known_at, one, until, &siege.down);
    assert_ledger_can_fail(&ledger, &resolved, &reports, &cases);
    (token, ledger)
}

/// The judge says no to a write that was lost, to one that was doubled, and to one done anew.
pub(crate) fn assert_ledger_can_fail(
    ledger: &Ledger,
    resolved: &BTreeMap<String, String>,
    reports: &[String],
    cases: &[String],
) {
    let deeds = || ledger.0.iter();
    let is_answered = |deed: &Deed| deed.answered.is_some();
    let report = deeds().find(|(_, deed)| deed.known_at().is_none() && is_answered(deed));
    let (key, deed) = report.expect("a report");
    let id = deed.answered.as_ref().expect("answered");
    let without: Vec<String> = reports.iter().filter(|there| *there != id).cloned().collect();
    let lost = ledger.problems(resolved, &without, cases);
    assert!(lost[0].contains("there 0 times"), "{lost:?}");
    let twice = [reports, std::slice::from_ref(id)].concat();
    let doubled = ledger.problems(resolved, &twice, cases);
    assert!(doubled[0].contains("there 2 times"), "{doubled:?}");
    let one_more = [cases, &["WF-0000-0000".to_owned()]].concat();
    assert_eq!(ledger.problems(resolved, reports, &one_more).len(), 1);
    let mut anew = resolved.clone();
    anew.insert(key.clone(), "WR-0000-0002".to_owned());
    assert!(ledger.problems(&anew, reports, cases)[0].contains("twice"));
}

/// Where a copy of the data folder is kept that knows less.
const YESTERDAY: &str = "yesterday";

fn keep_copy(house: &House) {
    let to = house.beside(YESTERDAY);
    fs::create_dir(&to).expect("a folder");
    for name in ["watchfire.db", "watchfire.db-wal", "log.key"] {
        let from = house.data().join(name);
        assert!(!from.exists() || fs::copy(from, to.join(name)).is_ok(), "{name}");
    }
}

/// A disk that forgot what it had synced: the lists of such a node do not pass the judge, and the
/// checkpoint outside of it does not agree with its log.
fn assert_a_lossy_disk_is_found_out(house: &House, token: &str, ledger: &Ledger) {
    let yesterday = house.beside(YESTERDAY);
    let node = house.start_in_with(&yesterday, WITHOUT_LIMITS);
    let reports = listed(&node.wire(), "/api/v1/reports", token);
    let cases = listed(&node.wire(), "/api/v1/cases", token);
    node.kill();
    let found = ledger.problems(&BTreeMap::new(), &reports, &cases);
    assert!(found.iter().any(|one| one.contains("there 0 times")), "{found:?}");
    fs::copy(house.data().join("checkpoint"), yesterday.join("checkpoint")).expect("a copy");
    let output = run_on(&yesterday, &["log", "verify", "--json"], "");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn what_was_acknowledged_outlives_kills_and_is_never_done_twice() {
    let house = House::new();
    let (token, ledger) = besiege(&house);
    assert_a_lossy_disk_is_found_out(&house, &token, &ledger);
}

#[test]
fn what_was_acknowledged_outlives_kills_on_postgresql() {
    if let Some(house) = House::on_a_schema() {
        besiege(&house);
    }
}
