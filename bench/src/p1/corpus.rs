//! Everything that is known, put to the whole fleet at once (PERFORMANCE: P1 e): how many findings
//! each document has.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use watchfire_exposure::index::{Index, Package, Rule};

use super::made::{Asking, Dice, Fleet};
use crate::measure::{Answers, Floor, Measure, Watch, percentile, sorted};

/// As many ranges as the ten largest ecosystems of OSV have; fewer for a fleet of fewer packages.
const RANGES_MAX: usize = 520_000;
/// Seconds for a hundred million rows.
const SECONDS_MAX: f64 = 3.0;
const ROWS_OF_GOAL: f64 = 1e8;

/// Measures all ranges on a fleet that is at hand, on two threads.
///
/// # Errors
/// Counts that differ from those of the scan: then no figure is given.
pub(super) fn measure(
    fleet: &Fleet,
    index: &Index,
    rounds: usize,
) -> Result<Measure, Box<dyn Error>> {
    let mut dice = Dice(520);
    let ranges = RANGES_MAX.min(fleet.packages() * 26 / 25);
    let asked: Vec<Asking> = (0..ranges).map(|_| fleet.asking(&mut dice)).collect();
    let rules: Vec<(Package, Rule)> = asked.iter().map(|one| fleet.rule(*one)).collect();
    let counts = counted(index, &rules, fleet.documents);
    if counts != scanned(fleet, &asked) {
        return Err("p1: all ranges at once give other counts than the scan".into());
    }
    let mut answers = Answers::new();
    counts.iter().for_each(|count| answers.add(&count.to_be_bytes()));
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let began = Instant::now();
        black_box(passed(fleet));
        let floor = began.elapsed().as_secs_f64();
        let began = Instant::now();
        black_box(counted(index, &rules, fleet.documents));
        pairs.push((floor, began.elapsed().as_secs_f64()));
    }
    let median = percentile(&sorted(pairs.iter().map(|(_, took)| *took)), 50.0);
    let rows = fleet.rows().len() as f64;
    let mut measure = Measure::new("p1/e-corpus", fleet.rows().len(), median, "s");
    let findings = counts.iter().map(|count| f64::from(*count)).sum();
    measure.also = vec![("ranges", ranges as f64), ("findings", findings)];
    measure.floor = Some(Floor::of("one look at every row, on two threads", &pairs));
    let met = median <= SECONDS_MAX * rows / ROWS_OF_GOAL;
    measure.goal = Some(("≤ 3 s for a hundred million rows".to_owned(), met));
    measure.answers = Some(answers.hex());
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(measure)
}

/// How many findings each document has, by the index.
fn counted(index: &Index, rules: &[(Package, Rule)], documents: usize) -> Vec<u32> {
    let part = |rules: &[(Package, Rule)]| {
        let mut counts = vec![0_u32; documents];
        for (package, rule) in rules {
            index.visit(package, rule, |document, _| counts[document as usize] += 1);
        }
        counts
    };
    let (one, two) = rules.split_at(rules.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| part(one));
        let mut counts = part(two);
        let others = other.join().unwrap_or_default();
        counts.iter_mut().zip(others).for_each(|(count, more)| *count += more);
        counts
    })
}

/// The same by going through every row, with versions compared by their places.
fn scanned(fleet: &Fleet, asked: &[Asking]) -> Vec<u32> {
    let mut of_package: Vec<Vec<(usize, usize)>> = vec![Vec::new(); fleet.packages()];
    for one in asked {
        of_package[one.package].push((one.from, one.until));
    }
    let mut counts = vec![0_u32; fleet.documents];
    for (package, version, document) in fleet.rows() {
        let within =
            |(from, until): &&(usize, usize)| (*from..*until).contains(&(*version as usize));
        let findings = of_package[*package as usize].iter().filter(within).count();
        counts[*document as usize] += findings as u32;
    }
    counts
}

/// Looks at every row once, and adds up what stands there.
fn passed(fleet: &Fleet) -> u64 {
    let part = |rows: &[(u32, u16, u32)]| -> u64 {
        rows.iter().map(|row| u64::from(row.0) + u64::from(row.1) + u64::from(row.2)).sum()
    };
    let (one, two) = fleet.rows().split_at(fleet.rows().len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| part(one));
        part(two) + other.join().unwrap_or_default()
    })
}
