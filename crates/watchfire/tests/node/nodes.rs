//! Two nodes on one PostgreSQL, with one signing key. One of them is killed, or halted in the
//! middle of its work and let go on later, while both are written to. The log stays one line, each
//! rung fires once, nothing acknowledged is lost, and the other node goes on within a bounded time.
//!
//! `WATCHFIRE_KILL_ROUNDS` runs it longer.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;

use crate::house::{House, WITHOUT_LIMITS};
use crate::kill::{assert_ledger_can_fail, assert_sound, rounds, timelines_of_the_due};
use crate::ledger::{DUE_SECONDS_MAX, Ledger, Signs, Writer, listed, machine_time};
use crate::rungs;
use crate::running::Running;

/// Of the rounds of a siege, which last a second or two, so many are enough here.
const ROUNDS_PER_SIEGE: usize = 3;
/// A halted node holds nothing longer than a transaction may stand still (5 s), plus the time for
/// what waited behind it.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(10);
/// Longer than that, so that nobody is waited for, and a node that goes on finds its transaction
/// ended.
const HALTED: Duration = Duration::from_secs(12);
/// How long the second node is alone once the first was killed.
const ALONE: Duration = Duration::from_secs(3);

/// What happens to the first node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Killed,
    Halted,
}

/// Both nodes are written to, and the first meets its fate. Returns the ledgers, and the longest
/// time that the second left a writer without an answer.
fn round(
    house: &House,
    nodes: [&Running; 2],
    token: &str,
    number: usize,
    fate: Fate,
) -> (Vec<PathBuf>, Duration) {
    let signs = [Signs::default(), Signs::default()];
    let writer = |of: usize, nth: usize| Writer {
        name: format!("r{number}n{of}w{nth}"),
        ledger: house.beside(&format!("ledger-{number}-{of}-{nth}")),
        token: token.to_owned(),
    };
    let writers = [0, 1].map(|of| [0, 1].map(|nth| writer(of, nth)));
    let longest = thread::scope(|scope| {
        let write = |of: usize| {
            let (address, signs) = (&nodes[of].address, &signs[of]);
            let begin = |one| scope.spawn(move || Writer::write(one, address, signs, of == 1));
            writers[of].each_ref().map(begin)
        };
        let (_first, second) = (write(0), write(1));
        signs.iter().for_each(|signs| signs.wait_for_an_answer(TAKEN_OVER_WITHIN));
        let random = u16::from_be_bytes(watchfire_server::secret::random());
        thread::sleep(Duration::from_millis(u64::from(random % 500)));
        match fate {
            Fate::Killed => {
                nodes[0].strike();
                thread::sleep(ALONE);
            }
            Fate::Halted => {
                nodes[0].halt();
                thread::sleep(HALTED);
                nodes[0].go_on();
                thread::sleep(Duration::from_secs(1));
            }
        }
        signs.iter().for_each(|signs| signs.stop.store(true, Ordering::Relaxed));
        second.map(|thread| thread.join().expect("no panic")).into_iter().max()
    });
    let files = writers.into_iter().flatten().map(|writer| writer.ledger).collect();
    (files, longest.expect("two writers"))
}

/// Makes the data folder of the second node, with the key of the first.
fn second_folder(house: &House) -> PathBuf {
    let folder = house.beside("second");
    fs::create_dir(&folder).expect("a folder");
    fs::copy(house.data().join("log.key"), folder.join("log.key")).expect("a copy");
    folder
}

#[test]
fn two_nodes_on_one_postgresql_keep_one_line_when_one_is_killed_or_halted() {
    let Some(house) = House::on_a_schema() else { return };
    let token = house.with_provider(WITHOUT_LIMITS);
    let folder = second_folder(&house);
    let second = house.start_in_with(&folder, WITHOUT_LIMITS);
    let (mut ledgers, mut longest) = (Vec::new(), Duration::ZERO);
    let mut first = house.start_with(WITHOUT_LIMITS);
    let fates = [Fate::Halted, Fate::Killed].into_iter().cycle();
    for (number, fate) in fates.take((rounds() / ROUNDS_PER_SIEGE).max(2)).enumerate() {
        let (files, waited) = round(&house, [&first, &second], &token, number, fate);
        ledgers.extend(files);
        longest = longest.max(waited);
        if fate == Fate::Killed {
            first = house.start_with(WITHOUT_LIMITS);
        }
        assert_sound(&house);
    }
    assert!(longest < TAKEN_OVER_WITHIN, "nobody took over for {longest:?}");
    let ledger = Ledger::read(&ledgers);
    assert!(ledger.acknowledged() > 0, "nothing was written, so nothing was tried");
    judge(&house, [first, second], &token, &ledger, &folder);
    eprintln!(
        "{} requests, {} acknowledged; the longest wait at the second node {longest:?}",
        ledger.0.len(),
        ledger.acknowledged(),
    );
}

fn judge(house: &House, nodes: [Running; 2], token: &str, ledger: &Ledger, folder: &Path) {
    let resolved = ledger.resolve(&nodes[0].wire(), token);
    thread::sleep(Duration::from_secs(DUE_SECONDS_MAX.unsigned_abs() + 2));
    let until = machine_time() - SignedDuration::from_secs(2);
    let of = |node: &Running, path: &str| listed(&node.wire(), path, token);
    let [reports, cases] = ["/api/v1/reports", "/api/v1/cases"].map(|path| of(&nodes[1], path));
    // One node was up at all times, so nothing is excused but its waiting for the other.
    let told = timelines_of_the_due(&nodes[1], token, (ledger, &resolved), (until, &[]));
    for node in nodes {
        assert!(node.stop().success());
    }
    assert_sound(house);
    // Each node kept its own checkpoint, and the log continues both.
    assert_eq!(house.run_in(folder, &["log", "verify"]).status.code(), Some(0));
    assert_eq!(ledger.problems(&resolved, &reports, &cases), Vec::<String>::new());
    for (known_at, told) in &told {
        assert_eq!(rungs::problems(*known_at, told, until, &[]), Vec::<String>::new());
    }
    let (known_at, one) = told.first().expect("a case");
    rungs::assert_can_fail(*known_at, one, until, &[]);
    assert_ledger_can_fail(ledger, &resolved, &reports, &cases);
}
