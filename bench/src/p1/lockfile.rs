//! The same lock files for rustsec and for us, with the advisories of RustSec.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use flate2::read::GzDecoder;
use rustsec::{Database, Lockfile, SourceId};
use serde_json::Value;
use watchfire_exposure::index::{Number, Package, Rule, Rules};

use super::asked;
use super::made::Dice;
use crate::measure::{Answers, Measure, Watch, thread_seconds};

/// The records of RustSec, as OSV has them, among the shared data.
const RECORDS: &str = "osv/rustsec.jsonl.gz";
/// Packages of the made lock file.
const PACKAGES: usize = 10_000;
/// Advisories speak of one of so many.
const SPOKEN_OF_EVERY: usize = 5;
/// A lock file is read so often in a round that the clock is fine enough.
const READS_A_ROUND: usize = 40_000;
/// So many times as fast as rustsec.
const TIMES: f64 = 3.0;
/// The lock file of this very project.
const OWN: &str = include_str!("../../../Cargo.lock");

/// What is found: an advisory, a package and its version.
type Findings = BTreeSet<(String, String, String)>;

/// A record that both sides take: an advisory on versions of a crate.
struct Record {
    id: String,
    name: String,
    /// From which version on, and before which; `None` is without end.
    affected: Vec<(String, Option<String>)>,
    document: Vec<u8>,
}

/// Measures the made lock file and that of this project; nothing, loudly, without the shared data.
///
/// # Errors
/// Findings that differ: then no figure is given.
pub(super) fn measure(rounds: usize) -> Result<Vec<Measure>, Box<dyn Error>> {
    let shared = std::env::var_os("WATCHFIRE_SHARED_DATA");
    let path = shared.map(|folder| Path::new(&folder).join(RECORDS)).filter(|path| path.is_file());
    let Some(path) = path else {
        // Around the capture of the test harness, so that it is always seen.
        let told = format!("SKIPPED: rustsec; no `{RECORDS}` below WATCHFIRE_SHARED_DATA\n");
        std::io::stderr().write_all(told.as_bytes())?;
        return Ok(Vec::new());
    };
    let records = records(&path)?;
    let (theirs, ours) = (database(&records)?, Ours::of(&records)?);
    let own = OWN.to_owned();
    let of = [("p1/f-rustsec", made(&records)), ("p1/f-rustsec-own", own)];
    of.into_iter().map(|(path, lock)| one(path, &lock, &theirs, &ours, rounds)).collect()
}

/// Reads the records that rustsec asks by default: neither withdrawn nor mere information.
fn records(path: &Path) -> Result<Vec<Record>, Box<dyn Error>> {
    let lines = BufReader::new(GzDecoder::new(std::fs::File::open(path)?)).lines();
    let mut records = Vec::new();
    for line in lines {
        let line = line?;
        let record: Value = serde_json::from_str(&line)?;
        let affected = &record["affected"][0];
        let informational = !affected["database_specific"]["informational"].is_null();
        if informational || !record["withdrawn"].is_null() {
            continue;
        }
        let events = affected["ranges"][0]["events"].as_array();
        let events = events.ok_or("a record without events")?;
        let mut ranges: Vec<(String, Option<String>)> = Vec::new();
        for event in events {
            match (event["introduced"].as_str(), event["fixed"].as_str()) {
                (Some(from), _) => ranges.push((from.to_owned(), None)),
                (None, Some(until)) => {
                    ranges.last_mut().ok_or("an end before a beginning")?.1 =
                        Some(until.to_owned());
                }
                _ => return Err("an event that is neither beginning nor end".into()),
            }
        }
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no text");
        records.push(Record {
            id: text(&record["id"])?,
            name: text(&affected["package"]["name"])?,
            affected: ranges,
            document: line.into_bytes(),
        });
    }
    Ok(records)
}

/// The records as a folder of advisories, which is what rustsec reads.
fn database(records: &[Record]) -> Result<Database, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for record in records {
        let beside = folder.path().join("crates").join(&record.name);
        std::fs::create_dir_all(&beside)?;
        std::fs::write(beside.join(format!("{}.md", record.id)), advisory(record)?)?;
    }
    Ok(Database::open(folder.path())?)
}

/// An advisory says which versions are not affected: those before each range, and those behind it.
fn advisory(record: &Record) -> Result<String, std::fmt::Error> {
    const FIRST: &str = "0.0.0-0";
    let (mut unaffected, mut patched) = (Vec::new(), Vec::new());
    for (at, (from, until)) in record.affected.iter().enumerate() {
        if at == 0 && from != FIRST {
            unaffected.push(format!("\"< {from}\""));
        }
        if let Some(until) = until {
            let next = record.affected.get(at + 1).map(|(next, _)| format!(", < {next}"));
            patched.push(format!("\">= {until}{}\"", next.unwrap_or_default()));
        }
    }
    let mut text = String::new();
    let Record { id, name, .. } = record;
    writeln!(text, "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{name}\"")?;
    writeln!(text, "date = \"2026-01-01\"\n\n[versions]")?;
    writeln!(text, "patched = [{}]\nunaffected = [{}]", patched.join(", "), unaffected.join(", "))?;
    writeln!(text, "```\n\n# {id}\n\nOf {name}.")?;
    Ok(text)
}

/// The same records as a node holds them.
struct Ours {
    rules: Rules,
    ids: Vec<String>,
}

impl Ours {
    fn of(records: &[Record]) -> Result<Self, Box<dyn Error>> {
        let (mut rules, mut ids) = (Rules::default(), Vec::new());
        for record in records {
            let number = Number::try_from(ids.len())?;
            ids.push(record.id.clone());
            let said: Vec<(Package, Rule)> = asked(&record.document)?;
            for (package, rule) in said {
                rules.add(number, &package, rule);
            }
        }
        Ok(Self { rules, ids })
    }

    /// Which advisories speak of which components, by their places.
    fn found(&self, components: &[(Package, String)]) -> Vec<(usize, Number)> {
        let each = components.iter().enumerate().flat_map(|(at, (package, version))| {
            self.rules.of(package, version).into_iter().map(move |(number, _)| (at, number))
        });
        each.collect()
    }

    fn findings(&self, components: &[(Package, String)]) -> Findings {
        let each = self.found(components).into_iter().map(|(at, number)| {
            let (package, version) = &components[at];
            (self.ids[number as usize].clone(), package.name().to_owned(), version.clone())
        });
        each.collect()
    }
}

/// A lock file of packages that advisories speak of, in versions around their bounds, among many
/// that nobody speaks of.
fn made(records: &[Record]) -> String {
    let mut dice = Dice(1978);
    let mut packages = BTreeSet::new();
    for at in 0..PACKAGES {
        let record = &records[dice.below(records.len())];
        let (from, until) = &record.affected[dice.below(record.affected.len())];
        let bound = until.as_ref().filter(|_| dice.below(3) > 0).unwrap_or(from);
        let plain = bound.split(['-', '+']).next().unwrap_or_default();
        let version = match dice.below(6) {
            0 => bound.clone(),
            1 => plain.to_owned(),
            2 => format!("{plain}-rc.1"),
            3 => format!("{plain}-0"),
            4 => format!("0.{}.{}", dice.below(30), dice.below(10)),
            _ => format!("{}.{}.{}", dice.below(6), dice.below(40), dice.below(20)),
        };
        let spoken_of = at % SPOKEN_OF_EVERY == 0;
        packages.insert(match spoken_of {
            true => (record.name.clone(), version),
            false => (format!("made-{at}"), version),
        });
    }
    let mut text = "version = 4\n".to_owned();
    for (name, version) in packages {
        text += &format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        );
    }
    text
}

fn one(
    path: &'static str,
    lock: &str,
    theirs: &Database,
    ours: &Ours,
    rounds: usize,
) -> Result<Measure, Box<dyn Error>> {
    let lock: Lockfile = lock.parse()?;
    let registered = lock
        .packages
        .iter()
        .filter(|it| it.source.as_ref().is_some_and(SourceId::is_default_registry));
    let components: Vec<(Package, String)> = registered
        .map(|it| (Package::new("crates.io", it.name.as_str()), it.version.to_string()))
        .collect();
    let found = theirs.vulnerabilities(&lock).into_iter().map(|it| {
        let id = it.advisory.id.to_string();
        (id, it.package.name.to_string(), it.package.version.to_string())
    });
    let (found, findings) = (found.collect::<Findings>(), ours.findings(&components));
    if found != findings {
        let differ: Vec<_> = found.symmetric_difference(&findings).take(3).collect();
        return Err(format!("{path}: rustsec finds others, such as {differ:?}").into());
    }
    let mut answers = Answers::new();
    findings.iter().for_each(|(id, ..)| answers.add(id.as_bytes()));
    let reads = (READS_A_ROUND / components.len().max(1)).max(1);
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let began = thread_seconds();
        for _ in 0..reads {
            black_box(theirs.vulnerabilities(black_box(&lock)));
        }
        let peer = thread_seconds() - began;
        let began = thread_seconds();
        for _ in 0..reads {
            black_box(ours.found(black_box(&components)));
        }
        let took = thread_seconds() - began;
        let each = 1e9 / (reads * components.len()) as f64;
        pairs.push((peer * each, took * each));
    }
    let of = (path, "ns a component");
    let mut measure = Measure::beside(of, "rustsec 0.34.1", components.len(), &pairs, TIMES);
    measure.also = vec![("advisories", ours.ids.len() as f64), ("findings", findings.len() as f64)];
    measure.answers = Some(answers.hex());
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(measure)
}
