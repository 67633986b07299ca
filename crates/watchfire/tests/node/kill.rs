//! `SIGKILL` at random instants while reports come in. A ledger outside, synced before the next
//! report is sent, is the judge: what was acknowledged is there, and nothing is there twice.
//!
//! `WATCHFIRE_KILL_ROUNDS` runs it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::house::{House, Running, report_to};

const ROUNDS_DEFAULT: usize = 8;
const WRITERS: usize = 3;
/// A round is killed after at most so long.
const ROUND_MILLISECONDS_MAX: u16 = 700;
/// The limit on reports from one source is not what is tried here.
const SETTINGS: &str = "[limits]\nreports_per_hour_max = 1000000\n";

/// What a client knows: the keys it sent, and of those that were answered, the report's id.
#[derive(Debug, Default)]
struct Ledger {
    sent: BTreeSet<String>,
    acknowledged: BTreeMap<String, String>,
}

impl Ledger {
    /// Reads the ledgers of all writers. A torn last line was never acted upon.
    fn read(files: &[PathBuf]) -> Self {
        let mut ledger = Self::default();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
                match line.split_once(' ') {
                    Some(("sent", key)) => drop(ledger.sent.insert(key.to_owned())),
                    Some((key, id)) => {
                        ledger.acknowledged.insert(key.to_owned(), id.to_owned());
                    }
                    None => panic!("a ledger has lines of two words: {line}"),
                }
            }
        }
        ledger
    }
}

/// Sends reports one after the other until the node is gone, each written down before it is sent
/// and after it was answered.
fn write_reports(address: &str, ledger: &Path, name: &str, stop: &AtomicBool) {
    let mut file = OpenOptions::new().create(true).append(true).open(ledger).expect("a ledger");
    let mut note = |line: String| {
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).expect("the ledger keeps");
    };
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let key = format!("{name}-{number}");
        note(format!("sent {key}\n"));
        match report_to(address, &format!("hole {key}"), &key) {
            Ok((201, answer)) => note(format!("{key} {}\n", answer["id"].as_str().expect("an id"))),
            // The first moments of a node, before its organization is known.
            Ok((503, _)) => {}
            Ok((status, answer)) => panic!("{status}: {answer}"),
            Err(_) => return,
        }
    }
}

/// What a list of all reports says against the ledger: ids of what was acknowledged must be there,
/// nothing may be there that no key accounts for.
fn problems(
    ledger: &Ledger,
    resolved: &BTreeMap<String, String>,
    listed: &[String],
) -> Vec<String> {
    let mut found = Vec::new();
    let there: BTreeSet<&String> = listed.iter().collect();
    if there.len() != listed.len() {
        found.push("a report is listed twice".to_owned());
    }
    for (key, id) in &ledger.acknowledged {
        if !there.contains(id) {
            found.push(format!("`{key}` was acknowledged as `{id}` and is lost"));
        }
        if resolved.get(key).is_some_and(|now| now != id) {
            found.push(format!("`{key}` was done twice"));
        }
    }
    let accounted: BTreeSet<&String> =
        resolved.values().chain(ledger.acknowledged.values()).collect();
    for id in there.difference(&accounted) {
        found.push(format!("`{id}` is there and nobody sent it"));
    }
    found
}

/// Lists all reports, page by page.
fn listed(node: &Running, token: &str) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let (status, page) = node.get(&format!("/api/v1/reports?limit=200{after}"), token);
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().expect("items");
        ids.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return ids,
        }
    }
}

/// One life of the node: writers write, and it is killed at a random instant.
fn round(house: &House, number: usize) -> Vec<PathBuf> {
    let node = house.start_with(SETTINGS);
    let stop = AtomicBool::new(false);
    let files: Vec<PathBuf> =
        (0..WRITERS).map(|writer| house.beside(&format!("ledger-{number}-{writer}"))).collect();
    let random = u16::from_be_bytes(watchfire_server::secret::random());
    let wait = Duration::from_millis(u64::from(50 + random % ROUND_MILLISECONDS_MAX));
    thread::scope(|scope| {
        for (writer, file) in files.iter().enumerate() {
            let (address, stop) = (node.address.clone(), &stop);
            let name = format!("r{number}w{writer}");
            scope.spawn(move || write_reports(&address, file, &name, stop));
        }
        thread::sleep(wait);
        node.kill();
        stop.store(true, Ordering::Relaxed);
    });
    files
}

#[test]
fn what_was_acknowledged_outlives_kills_and_is_never_done_twice() {
    let house = House::new();
    let token = house.with_responder();
    let rounds = std::env::var("WATCHFIRE_KILL_ROUNDS").ok();
    let rounds = rounds.map_or(ROUNDS_DEFAULT, |text| text.parse().expect("a number of rounds"));
    let files: Vec<PathBuf> = (0..rounds).flat_map(|number| round(&house, number)).collect();
    let mut ledger = Ledger::read(&files);
    assert!(!ledger.acknowledged.is_empty(), "nothing was written, so nothing was tried");

    // The same key again tells what became of every report, answered or not.
    let node = house.start_with(SETTINGS);
    let mut resolved = BTreeMap::new();
    for key in &ledger.sent {
        let (status, answer) = node.report(&format!("hole {key}"), key).expect("an answer");
        assert_eq!(status, 201, "{key}: {answer}");
        resolved.insert(key.clone(), answer["id"].as_str().expect("an id").to_owned());
    }
    let there = listed(&node, &token);
    assert_eq!(problems(&ledger, &resolved, &there), Vec::<String>::new());
    assert_eq!(there.len(), ledger.sent.len());
    assert!(node.stop().success());
    let (code, verdict) = house.json(&["log", "verify", "--json"]);
    assert_eq!((code, verdict["ok"].as_bool()), (0, Some(true)), "{verdict}");

    // The judge must be able to say no: to a write that was lost, and to one that was doubled.
    ledger.acknowledged.insert("claimed".to_owned(), "WR-0000-0000".to_owned());
    assert_eq!(problems(&ledger, &resolved, &there).len(), 1);
    ledger.acknowledged.remove("claimed");
    let doubled: Vec<String> = there.iter().cloned().chain(["WR-0000-0001".to_owned()]).collect();
    assert_eq!(problems(&ledger, &resolved, &doubled).len(), 1);
    let (key, _) = ledger.acknowledged.first_key_value().expect("not empty");
    resolved.insert(key.clone(), "WR-0000-0002".to_owned());
    assert!(!problems(&ledger, &resolved, &there).is_empty());
}
