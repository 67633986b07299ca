//! Which of our products contain it (PERFORMANCE: P1, a, c to h): documents of OSV put to a fleet of a
//! chosen size. Some answers are compared with a scan of all rows that shares no code with the index,
//! others with those of peers.

mod corpus;
pub(crate) mod durable;
mod lockfile;
mod made;
mod ranges;
mod sql;

use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use watchfire_exposure::index::{Index, Number, Package, Rule, Segment};
use watchfire_exposure::range::Range;
use watchfire_exposure::range::osv::Event;
use watchfire_formats::advisory::{self, Event as Read, Range as ReadRange};

use crate::measure::{Floor, Measure, Watch, percentile, sorted, thread_seconds};
use made::{Dice, Fleet, PINNED};

/// Rows of one document of the fleet.
const DOCUMENT_ROWS: usize = 100;
/// Rows that are gathered before they become a segment: what is built at once must fit twice.
const SEGMENT_ROWS: usize = 10_000_000;
/// Queries of a round.
const QUERIES: usize = 2_000;
/// Queries whose answers are compared with the scan.
const CHECKED: usize = 40;
/// Documents that are added, and their components.
const ADDED: (usize, usize) = (50, 2_000);

/// What is measured, and with whom.
pub(crate) struct Asked<'a> {
    /// Rows of the fleet.
    pub(crate) rows: usize,
    pub(crate) rounds: usize,
    /// The Python that has univers.
    pub(crate) python: Option<&'a Path>,
}

/// Measures P1 on a fleet of so many rows.
///
/// # Errors
/// Answers that differ from the scan's or a peer's: then no figure is given.
pub(crate) fn measure(asked: &Asked<'_>) -> Result<Vec<Measure>, Box<dyn Error>> {
    let (rows, rounds) = (asked.rows, asked.rounds);
    let mut found = lockfile::measure(rounds)?;
    found.extend(ranges::measure(asked.python, rounds)?);
    if rows > sql::ROWS_MAX {
        let fewer = Built::of(sql::ROWS_MAX)?;
        found.extend(sql::measure(&fewer.fleet, &fewer.index, rounds)?);
    }
    let watch = Watch::start();
    let small = Built::of((rows / 10).max(10_000))?;
    let built = Built::of(rows)?;
    if rows <= sql::ROWS_MAX {
        found.extend(sql::measure(&built.fleet, &built.index, rounds)?);
    }
    found.push(corpus::measure(&built.fleet, &built.index, rounds)?);
    let mut of_index = vec![built.memory()];
    of_index.push(queries(&built, rounds)?);
    of_index.push(growth(&small, &built, rounds)?);
    of_index.push(matches(&built, rounds)?);
    of_index.push(additions(built, rounds)?);
    for measure in &mut of_index {
        measure.foreign_cpus = watch.foreign_cpus();
    }
    found.extend(of_index);
    Ok(found)
}

/// A fleet, and the index of it.
struct Built {
    fleet: Fleet,
    index: Index,
    rows: usize,
    bytes: usize,
    seconds: f64,
}

impl Built {
    fn of(rows: usize) -> Result<Self, Box<dyn Error>> {
        let mut fleet = Fleet::new(rows);
        let began = thread_seconds();
        let (mut index, mut segments) = (Index::default(), Vec::new());
        for document in 0..rows.div_ceil(DOCUMENT_ROWS) {
            let picked = fleet.document(document, DOCUMENT_ROWS);
            let components =
                picked.iter().map(|(package, version)| fleet.component(*package, *version));
            index.add(Number::try_from(document)?, components.collect::<Vec<_>>())?;
            if index.rows_since() >= SEGMENT_ROWS {
                segments.push(Segment::open(std::mem::take(&mut index).merged())?);
            }
        }
        segments.push(Segment::open(index.merged())?);
        if segments.len() > 1 {
            segments = vec![Segment::open(Index::of(segments, []).merged())?];
        }
        let seconds = thread_seconds() - began;
        let (rows, bytes) = (segments[0].rows(), segments[0].size_bytes());
        Ok(Self { fleet, index: Index::of(segments, []), rows, bytes, seconds })
    }

    fn memory(&self) -> Measure {
        let each = self.bytes as f64 / self.rows.max(1) as f64;
        let mut measure = Measure::new("p1/h-memory", self.rows, each, "B a row");
        measure.also = vec![("built in s of processor time", self.seconds)];
        measure.goal = Some(("≤ 12 B a row".to_owned(), each <= 12.0));
        measure
    }
}

/// A document of OSV becomes what the index is asked.
fn asked(document: &[u8]) -> Result<Vec<(Package, Rule)>, Box<dyn Error>> {
    let document = advisory::osv::read(document)?;
    let mut rules = Vec::new();
    for affected in document.advisories.iter().flat_map(|one| &one.affected) {
        let product = &affected.product;
        let names = product.ecosystem.as_deref().zip(product.name.as_deref());
        let (ecosystem, name) = names.ok_or("an advisory without a package")?;
        let package = Package::new(ecosystem, name);
        let ranges = affected.ranges.iter().map(|range| range_of(&package, range)).collect();
        rules.push((package, Rule::new(affected.versions.clone(), ranges)));
    }
    Ok(rules)
}

fn range_of(package: &Package, range: &ReadRange) -> Range {
    let (Some(ecosystem), ReadRange::Events { events, .. }) = (package.ecosystem(), range) else {
        return Range::Unexplained;
    };
    let event = |event: &Read| match event {
        Read::From(version) | Read::After(version) => Event::Introduced(version.clone()),
        Read::Before(version) => Event::Fixed(version.clone()),
        Read::UpTo(version) => Event::LastAffected(version.clone()),
        Read::Limit(version) => Event::Limit(version.clone()),
    };
    Range::Events(ecosystem, events.iter().map(event).collect())
}

/// The documents that a query finds, and how many rows led to them.
fn answer(index: &Index, query: &[u8]) -> Result<(Vec<Number>, usize), Box<dyn Error>> {
    let (mut documents, mut rows) = (Vec::new(), 0);
    for (package, rule) in asked(query)? {
        index.visit(&package, &rule, |document, _| {
            documents.push(document);
            rows += 1;
        });
    }
    Ok((documents, rows))
}

/// (a): a document of OSV, from its bytes to the set of the documents that it concerns.
fn queries(built: &Built, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let mut dice = Dice(44_228);
    let queries: Vec<(usize, String)> =
        (0..QUERIES).map(|_| built.fleet.query(&mut dice)).collect();
    for (package, query) in queries.iter().take(CHECKED) {
        let (mut ours, _) = answer(&built.index, query.as_bytes())?;
        ours.sort_unstable();
        ours.dedup();
        if ours != built.fleet.scanned(*package, query)? {
            return Err(format!("another answer than the scan's: {query}").into());
        }
    }
    let (mut times, mut over, mut pairs, mut rows) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let began = thread_seconds();
        for (_, query) in &queries {
            black_box(asked(query.as_bytes())?);
        }
        let floor = (thread_seconds() - began) / QUERIES as f64;
        let mut all = 0.0;
        for (_, query) in &queries {
            let began = thread_seconds();
            let (documents, matched) = answer(&built.index, query.as_bytes())?;
            let took = thread_seconds() - began;
            black_box(documents);
            rows += matched;
            all += took;
            times.push(took * 1e6);
            over.push(took * 1e6 - matched as f64 * 0.005);
        }
        pairs.push((floor * 1e6, all / QUERIES as f64 * 1e6));
    }
    let (times, over) = (sorted(times.into_iter()), sorted(over.into_iter()));
    let mut measure = Measure::new("p1/a-query", built.rows, percentile(&times, 99.0), "µs p99");
    let beside = percentile(&over, 99.0);
    measure.also = vec![
        ("p50", percentile(&times, 50.0)),
        ("p99 without 5 ns a row", beside),
        ("rows a query", rows as f64 / (rounds * QUERIES).max(1) as f64),
    ];
    measure.floor = Some(Floor::of("reading the document alone, on average", &pairs));
    measure.goal = Some(("p99 ≤ 20 µs + 5 ns a matched row".to_owned(), beside <= 20.0));
    Ok(measure)
}

/// The median time of a query for a pinned package, in microseconds.
fn pinned(built: &Built, place: usize, rounds: usize) -> Result<f64, Box<dyn Error>> {
    let query = built.fleet.pinned_query(place);
    let wanted = PINNED[place];
    let mut times = Vec::new();
    for _ in 0..rounds * 50 {
        let began = thread_seconds();
        let (documents, rows) = answer(&built.index, query.as_bytes())?;
        times.push((thread_seconds() - began) * 1e6);
        black_box(documents);
        if rows != wanted {
            return Err(format!("{rows} rows of a pinned package, not {wanted}").into());
        }
    }
    Ok(percentile(&sorted(times.into_iter()), 50.0))
}

/// (c): the same matches in a fleet of ten times as many rows.
fn growth(small: &Built, built: &Built, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        pairs.push((pinned(small, 0, 1)?, pinned(built, 0, 1)?));
    }
    let floor = Floor::of("a tenth of the rows", &pairs);
    let ratio = floor.ratio;
    let value = percentile(&sorted(pairs.iter().map(|(_, ours)| *ours)), 50.0);
    let mut measure = Measure::new("p1/c-growth", built.rows, value, "µs");
    measure.floor = Some(floor);
    measure.goal = Some(("≤ 1.5 × for ten times the rows".to_owned(), ratio <= 1.5));
    Ok(measure)
}

/// (d): twice as many matches.
fn matches(built: &Built, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        pairs.push((pinned(built, 1, 1)?, pinned(built, 2, 1)?));
    }
    let floor = Floor::of("half of the matches", &pairs);
    let ratio = floor.ratio;
    let value = percentile(&sorted(pairs.iter().map(|(_, ours)| *ours)), 50.0);
    let mut measure = Measure::new("p1/d-matches", PINNED[2], value, "µs");
    measure.floor = Some(floor);
    measure.goal = Some(("≤ 2.2 × for twice the matches".to_owned(), ratio <= 2.2));
    Ok(measure)
}

/// (g): documents are added, and found at once.
fn additions(mut built: Built, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let (documents, components) = ADDED;
    let mut number = built.fleet.documents;
    let mut rates = Vec::new();
    for _ in 0..rounds {
        let mut picked = Vec::new();
        for at in 0..documents {
            picked.push(built.fleet.document(number + at, components));
        }
        let began = thread_seconds();
        for one in &picked {
            let added =
                one.iter().map(|(package, version)| built.fleet.component(*package, *version));
            built.index.add(Number::try_from(number)?, added)?;
            number += 1;
        }
        rates.push((documents * components) as f64 / (thread_seconds() - began));
        let (package, version) = built.fleet.component(picked[0][0].0, picked[0][0].1);
        let rule = Rule::new(vec![version.to_owned()], Vec::new());
        let first = Number::try_from(number - documents)?;
        if !built.index.documents(package, &rule).0.contains(&first) {
            return Err("a document that was added is not found".into());
        }
    }
    let rate = percentile(&sorted(rates.into_iter()), 50.0);
    let mut measure =
        Measure::new("p1/g-add", documents * components, rate / 1e6, "M components/s");
    measure.goal = Some(("≥ 1 M components/s".to_owned(), rate >= 1e6));
    Ok(measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_the_scan_and_the_corpus_give_what_the_index_gives() {
        let built = Built::of(10_000).expect("a fleet");
        let found = sql::measure(&built.fleet, &built.index, 1).expect("the same answers");
        assert_eq!(found.len(), 3);
        assert!(
            corpus::measure(&built.fleet, &built.index, 1).expect("the same").answers.is_some()
        );
        // An index of another fleet gives others, and that is seen.
        let other = Built::of(20_000).expect("a fleet");
        assert!(sql::measure(&built.fleet, &other.index, 1).is_err());
    }

    #[test]
    fn rustsec_finds_what_the_rules_find() {
        for measure in lockfile::measure(1).expect("the same findings") {
            assert!(measure.answers.is_some(), "{}", measure.path);
        }
    }
}
