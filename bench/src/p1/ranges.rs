//! Whether versions are in ranges, beside univers.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;
use watchfire_exposure::range::{Answer, Intervals, Vers};
use watchfire_exposure::{Ecosystem, Key};

use super::made::Dice;
use crate::measure::{Measure, Watch, thread_seconds};

/// The program of the peer; it stands in the binary, so that it is the one that was read.
const PROGRAM: &str = include_str!("../../peers/ranges.py");
/// Ranges and versions of each ecosystem; each version is put to each range.
const RANGES: usize = 40;
const VERSIONS: usize = 100;
/// Ours are asked so often in a round that the clock is fine enough.
const ROUNDS_OF_OURS: usize = 20;
/// Disagreements that are told one by one.
const TOLD_MAX: usize = 5;
/// So many times as fast as univers.
const TIMES: f64 = 100.0;

/// Kinds of ranges, what begins a version, and what may end one.
const KINDS: [(&str, &str, &[&str]); 6] = [
    ("npm", "", &["", "", "-alpha.1", "-rc.2"]),
    ("pypi", "", &["", "", "a1", "rc2", ".post1", ".dev3"]),
    ("maven", "", &["", "", "-alpha-1", "-rc2", "-SNAPSHOT", ".Final"]),
    ("gem", "", &["", "", ".pre1", ".rc2"]),
    ("golang", "v", &["", "", "-rc.1"]),
    ("deb", "", &["-1", "-2ubuntu1", "~rc1-1"]),
];

/// Ranges and versions of one kind.
struct Set {
    kind: &'static str,
    ranges: Vec<String>,
    versions: Vec<String>,
}

impl Set {
    fn made((kind, begin, ends): (&'static str, &str, &[&str]), dice: &mut Dice) -> Self {
        let number = |dice: &mut Dice| [dice.below(4), dice.below(6), dice.below(9)];
        let text =
            |[one, two, three]: [usize; 3], end: &str| format!("{begin}{one}.{two}.{three}{end}");
        let versions = (0..VERSIONS).map(|_| text(number(dice), ends[dice.below(ends.len())]));
        let versions = versions.collect();
        let ranges = (0..RANGES).map(|_| {
            let mut bounds: Vec<[usize; 3]> = (0..4).map(|_| number(dice)).collect();
            bounds.sort_unstable();
            bounds.dedup();
            // A bound is a release: of two that differ in their end alone nobody knows the order here.
            let of = |at: usize| text(bounds[at.min(bounds.len() - 1)], ends[0]);
            let form = if bounds.len() < 4 { 0 } else { dice.below(4) };
            let constraints = match form {
                0 => format!("<{}", of(0)),
                1 => format!(">={}|<{}", of(0), of(1)),
                2 => format!(">={}|<{}|>={}|<={}", of(0), of(1), of(2), of(3)),
                _ => format!("{}|>{}|<{}", of(0), of(1), of(2)),
            };
            format!("vers:{kind}/{constraints}")
        });
        let ranges = ranges.collect();
        Self { kind, ranges, versions }
    }

    fn pairs(&self) -> usize {
        self.ranges.len() * self.versions.len()
    }
}

/// The same as the index holds it.
struct Ours {
    ranges: Vec<Vers>,
    intervals: Vec<Intervals>,
    keys: Vec<Key>,
}

impl Ours {
    fn of(set: &Set) -> Result<Self, Box<dyn Error>> {
        let ranges: Vec<Vers> =
            set.ranges.iter().map(|text| Vers::parse(text)).collect::<Result<_, _>>()?;
        let ecosystem = Ecosystem::of(set.kind)?;
        let keys = set.versions.iter().map(|text| ecosystem.key(text));
        let keys = keys.collect::<Option<_>>().ok_or("a version without a key")?;
        let intervals = ranges.iter().map(Vers::intervals);
        let intervals = intervals.collect::<Option<_>>().ok_or("a range without keys")?;
        Ok(Self { ranges, intervals, keys })
    }

    fn count(&self) -> usize {
        let within = |of: &Intervals| self.keys.iter().filter(|key| of.contains(key)).count();
        self.intervals.iter().map(within).sum()
    }

    /// One sign for each pair, by keys and by comparing one by one, which must agree.
    fn verdicts(&self, set: &Set) -> Result<String, Box<dyn Error>> {
        let mut verdicts = String::new();
        for (range, intervals) in self.ranges.iter().zip(&self.intervals) {
            for (version, key) in set.versions.iter().zip(&self.keys) {
                let within = intervals.contains(key);
                if range.contains(version) != Answer::from(within) {
                    return Err(
                        format!("p1: {version} in a range of {}: keys differ", set.kind).into()
                    );
                }
                verdicts.push(if within { '1' } else { '0' });
            }
        }
        Ok(verdicts)
    }
}

/// univers in a process of its own.
struct Univers {
    child: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    // Its files lie there.
    _folder: tempfile::TempDir,
}

impl Univers {
    fn start(python: &Path, sets: &[Set]) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (program, file) = (folder.path().join("peer.py"), folder.path().join("sets.json"));
        std::fs::write(&program, PROGRAM)?;
        let all: Vec<_> = sets
            .iter()
            .map(|set| json!({"ranges": set.ranges, "versions": set.versions}))
            .collect();
        std::fs::write(&file, json!(all).to_string())?;
        let mut child = Command::new(python)
            .arg(&program)
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let asked = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Self { child, asked, answers, _folder: folder })
    }

    fn ask(&mut self, what: &str, at: usize) -> Result<String, Box<dyn Error>> {
        let asked = self.asked.as_mut().ok_or("it has ended")?;
        writeln!(asked, "{what} {at}")?;
        asked.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            return Err("univers ended without an answer".into());
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Univers {
    fn drop(&mut self) {
        drop(self.asked.take());
        // It ends with its input; whether it did well was read from its answers.
        let _ = self.child.wait();
    }
}

/// Tells where two disagree; returns how often.
fn disagreements(set: &Set, ours: &str, theirs: &str) -> Result<usize, Box<dyn Error>> {
    if ours.len() != theirs.len() {
        return Err("univers gives fewer or more verdicts than there are pairs".into());
    }
    let pairs = set.ranges.iter().flat_map(|of| set.versions.iter().map(move |it| (of, it)));
    let signs = ours.chars().zip(theirs.chars());
    let differ: Vec<_> = pairs.zip(signs).filter(|(_, (ours, theirs))| ours != theirs).collect();
    for ((range, version), (ours, theirs)) in differ.iter().take(TOLD_MAX) {
        let told = format!("univers differs: {version} in {range}: {theirs}, ours {ours}\n");
        std::io::stderr().write_all(told.as_bytes())?;
    }
    Ok(differ.len())
}

/// Measures each kind of range; nothing, loudly, without univers.
///
/// # Errors
/// Keys that contradict the order, or a peer that gives no answers.
pub(super) fn measure(
    python: Option<&Path>,
    rounds: usize,
) -> Result<Option<Measure>, Box<dyn Error>> {
    let mut dice = Dice(440);
    let sets: Vec<Set> = KINDS.iter().map(|kind| Set::made(*kind, &mut dice)).collect();
    let ours: Vec<Ours> = sets.iter().map(Ours::of).collect::<Result<_, _>>()?;
    let verdicts: Vec<String> =
        sets.iter().zip(&ours).map(|(set, ours)| ours.verdicts(set)).collect::<Result<_, _>>()?;
    let Some(python) = python else {
        let told = "SKIPPED: univers; `scripts/bench p1` installs it\n";
        std::io::stderr().write_all(told.as_bytes())?;
        return Ok(None);
    };
    let mut peer = Univers::start(python, &sets)?;
    let mut differ = 0;
    for (at, set) in sets.iter().enumerate() {
        differ += disagreements(set, &verdicts[at], &peer.ask("verdicts", at)?)?;
    }
    let all: usize = sets.iter().map(Set::pairs).sum();
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let mut theirs = 0.0;
        for at in 0..sets.len() {
            theirs += peer.ask("run", at)?.parse::<f64>()?;
        }
        let began = thread_seconds();
        for _ in 0..ROUNDS_OF_OURS {
            black_box(black_box(&ours).iter().map(Ours::count).sum::<usize>());
        }
        let took = (thread_seconds() - began) / ROUNDS_OF_OURS as f64;
        pairs.push((theirs * 1e9 / all as f64, took * 1e9 / all as f64));
    }
    let of = ("p1/f-univers", "ns a version in a range");
    let mut measure = Measure::beside(of, "univers 32.0.1", all, &pairs, TIMES);
    measure.also = vec![("disagreements", differ as f64)];
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(Some(measure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_made_version_has_a_key_that_answers_as_the_order_does() {
        let mut dice = Dice(440);
        for kind in KINDS {
            let set = Set::made(kind, &mut dice);
            let ours = Ours::of(&set).expect("everything has keys");
            let verdicts = ours.verdicts(&set).expect("keys and order agree");
            assert_eq!(verdicts.len(), set.pairs(), "{}", set.kind);
            assert!(verdicts.contains('1') && verdicts.contains('0'), "{}", set.kind);
            assert_eq!(ours.count(), verdicts.matches('1').count());
        }
    }

    #[test]
    fn a_disagreement_is_counted() {
        let set = Set {
            kind: "npm",
            ranges: vec!["vers:npm/<1.0.0".into()],
            versions: vec!["0.1.0".into(), "2.0.0".into()],
        };
        assert_eq!(disagreements(&set, "10", "10").expect("as many"), 0);
        assert_eq!(disagreements(&set, "10", "11").expect("as many"), 1);
        assert!(disagreements(&set, "10", "1").is_err());
    }
}
