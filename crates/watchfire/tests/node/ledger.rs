//! What clients know: every request as it was sent, and every answer, each synced to disk before
//! the next request. The ledger is the judge, and the node is not asked.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::wire::{Wire, report};

/// Of so many writes, one opens a case with rungs that fall due soon; the others are reports.
const ONE_CASE_IN: u8 = 4;
/// A rung falls due after at most so many seconds.
pub(crate) const DUE_SECONDS_MAX: i64 = 8;
/// Minutes after the fact at which a rung of a 4 hour or of a 48 hour clock is reached.
const RUNG_MINUTES: [i64; 10] = [120, 180, 216, 240, 264, 480, 1_440, 2_160, 2_592, 2_880];

/// A request, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    path: String,
    body: Value,
    /// The id of what was made, if the answer came.
    pub(crate) answered: Option<String>,
}

impl Deed {
    /// When the vulnerability of a case was known; `None` of a report.
    pub(crate) fn known_at(&self) -> Option<Timestamp> {
        self.body["facts"][0]["occurred_at"].as_str().map(|text| text.parse().expect("an instant"))
    }
}

/// All requests by their idempotency keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(pub(crate) BTreeMap<String, Deed>);

impl Ledger {
    /// Reads the ledgers of all writers. A torn last line was never acted upon.
    pub(crate) fn read(files: &[PathBuf]) -> Self {
        let mut deeds = BTreeMap::new();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
                let line: Value = serde_json::from_str(line).expect("a line of a ledger");
                let text = |field: &str| line[field].as_str().expect("a text").to_owned();
                if line["id"].is_string() {
                    let deed: &mut Deed = deeds.get_mut(&text("key")).expect("it was sent");
                    deed.answered = Some(text("id"));
                } else {
                    let (path, body) = (text("path"), line["body"].clone());
                    deeds.insert(text("key"), Deed { path, body, answered: None });
                }
            }
        }
        Self(deeds)
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.0.values().filter(|deed| deed.answered.is_some()).count()
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = (&String, Timestamp)> {
        self.0.iter().filter_map(|(key, deed)| Some((key, deed.known_at()?)))
    }

    /// Sends everything again under the same keys, and returns what the node says became of it.
    pub(crate) fn resolve(&self, wire: &Wire, token: &str) -> BTreeMap<String, String> {
        let again = |(key, deed): (&String, &Deed)| {
            let who = if deed.known_at().is_some() { token } else { "" };
            let (status, answer) = wire.post(&deed.path, who, key, &deed.body).expect("an answer");
            assert_eq!(status, 201, "{key}: {answer}");
            (key.clone(), id_of(&answer))
        };
        self.0.iter().map(again).collect()
    }

    /// What lists of all reports and all cases say against the ledger: what was acknowledged must
    /// be there, nothing may be done twice, and nothing be there that no key accounts for. Every
    /// report opens a case of its own.
    pub(crate) fn problems(
        &self,
        resolved: &BTreeMap<String, String>,
        reports: &[String],
        cases: &[String],
    ) -> Vec<String> {
        let mut found = Vec::new();
        for (key, deed) in &self.0 {
            let listed = if deed.known_at().is_some() { cases } else { reports };
            let times = |id: &String| listed.iter().filter(|there| *there == id).count();
            let Some(id) = &deed.answered else { continue };
            if times(id) != 1 {
                found
                    .push(format!("`{key}` was acknowledged as `{id}`, there {} times", times(id)));
            }
            if resolved.get(key).is_some_and(|now| now != id) {
                found.push(format!("`{key}` was done twice"));
            }
        }
        let opened = self.cases().count();
        let sent = self.0.len() - opened;
        if reports.len() != sent {
            found.push(format!("{sent} reports were sent and {} are there", reports.len()));
        }
        if cases.len() != self.0.len() {
            found.push(format!("{} cases are there for {} requests", cases.len(), self.0.len()));
        }
        found
    }
}

fn id_of(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("no id in {answer}")).to_owned()
}

/// The ids of all that is listed at `path`.
pub(crate) fn listed(wire: &Wire, path: &str, token: &str) -> Vec<String> {
    wire.list(path, token).iter().map(id_of).collect()
}

/// The machine's time, for facts that lie so far back that a rung falls due soon.
pub(crate) fn machine_time() -> Timestamp {
    watchfire_server::clock::Clock::machine(None, SignedDuration::from_secs(2)).now()
}

/// The body of a case whose vulnerability was known at `known_at`.
pub(crate) fn case(title: &str, known_at: Timestamp) -> Value {
    let fact = json!({ "kind": "vulnerability-known", "occurred_at": known_at.to_string() });
    json!({ "title": title, "secrecy": "open", "facts": [fact] })
}

/// What writers and whoever lets them write tell each other.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    /// No more is to be written.
    pub(crate) stop: AtomicBool,
    /// So much was written and answered.
    answered: AtomicUsize,
}

impl Signs {
    /// Waits until something was answered, at most `within`.
    pub(crate) fn wait_for_an_answer(&self, within: Duration) {
        let begun = Instant::now();
        while self.answered.load(Ordering::Relaxed) == 0 && begun.elapsed() < within {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// One who writes to a node and keeps a ledger.
pub(crate) struct Writer {
    pub(crate) name: String,
    pub(crate) ledger: PathBuf,
    pub(crate) token: String,
}

impl Writer {
    /// Sends one request after the other until told to stop or, unless `stays`, until the node is
    /// gone. Returns the longest time between two answers that said it was done.
    pub(crate) fn write(&self, address: &str, signs: &Signs, stays: bool) -> Duration {
        let wire = Wire::to(address);
        let mut ledger = open(&self.ledger);
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        for number in 0.. {
            if signs.stop.load(Ordering::Relaxed) {
                break;
            }
            let key = format!("{}-{number}", self.name);
            let (path, body) = self.wish(&key);
            note(&mut ledger, &json!({ "key": key, "path": path, "body": body }));
            let who = if path.ends_with("cases") { self.token.as_str() } else { "" };
            match wire.post(path, who, &key, &body) {
                Ok((201, answer)) => {
                    note(&mut ledger, &json!({ "key": key, "id": id_of(&answer) }));
                    signs.answered.fetch_add(1, Ordering::Relaxed);
                    longest = longest.max(last.elapsed());
                    last = Instant::now();
                }
                // Not ready, or not known whether it was done.
                Ok((503, _)) => {}
                Ok((status, answer)) => panic!("{key}: {status}: {answer}"),
                Err(_) if stays => {}
                Err(_) => break,
            }
        }
        longest.max(last.elapsed())
    }

    fn wish(&self, key: &str) -> (&'static str, Value) {
        let [kind, which, soon] = watchfire_server::secret::random::<3>();
        if kind % ONE_CASE_IN != 0 {
            return ("/api/v1/reports", report(&format!("hole {key}")));
        }
        let minutes = RUNG_MINUTES[usize::from(which) % RUNG_MINUTES.len()];
        let soon = SignedDuration::from_secs(1 + i64::from(soon) % DUE_SECONDS_MAX);
        let known_at = machine_time() + soon - SignedDuration::from_mins(minutes);
        ("/api/v1/cases", case(&format!("hole {key}"), known_at))
    }
}

fn open(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a ledger")
}

fn note(ledger: &mut File, line: &Value) {
    let kept = ledger.write_all(format!("{line}\n").as_bytes()).and_then(|()| ledger.sync_data());
    kept.expect("the ledger keeps");
}
