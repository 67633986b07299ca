//! A dump of OSV through the shipped binary (PERFORMANCE: P6 b and c): read into an empty node, read
//! again where some documents changed, and again where nothing did.

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::dump::{self, Dump};
use crate::house::{House, Place};
use crate::measure::{Floor, Measure, Watch, percentile, sorted, thread_seconds};
use crate::node::Node;
use crate::wire::Wire;

/// The least documents of a dump.
pub(crate) const LEAST: usize = dump::DOCUMENTS_MIN;
/// Documents that change, of a dump that has so many.
const CHANGED: usize = 1_000;
/// Nodes that read a dump from the beginning; fewer where it is large.
const NODES_MAX: usize = 3;
const LARGE: usize = 100_000;
/// A pass that takes longer has failed.
const PASS_WITHIN: Duration = Duration::from_secs(3_600);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const PER_SECOND_MIN: f64 = 10_000.0;
const CHANGED_SECONDS_MAX: f64 = 1.0;

/// What a pass took.
struct Took {
    /// When it was over, by the node's clock.
    ended: Timestamp,
    floor: f64,
    seconds: f64,
    processor: f64,
    peak: f64,
}

/// Passes of every node, by what they were.
#[derive(Default)]
struct Passes {
    first: Vec<Took>,
    changed: Vec<Took>,
    unchanged: Vec<Took>,
}

/// Measures the passes of some nodes, each from an empty database on.
///
/// # Errors
/// A node that does not read, or whose exposures are not those that were made: then no figure is
/// given.
pub(crate) fn measure(
    place: Place<'_>,
    documents: usize,
    rounds: usize,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let dump = Dump::of(documents);
    let changed = dump.changed(CHANGED.min(documents / 10));
    let nodes = if documents > LARGE { 1 } else { rounds.clamp(1, NODES_MAX) };
    let watch = Watch::start();
    let mut passes = Passes::default();
    for _ in 0..nodes {
        node(place, &dump, &changed, &mut passes)?;
    }
    let foreign_cpus = watch.foreign_cpus();

    let mut first = told("p6/b-osv", documents, &passes.first, "serde_json, nothing kept");
    let per_second = documents as f64 / first.value;
    first.also.insert(0, ("documents per s", per_second));
    first.goal = Some(("≥ 10,000 documents per s".to_owned(), per_second >= PER_SECOND_MIN));
    let list = "looking at the list of the archive";
    let mut of_changed = told("p6/c-changed", changed.changes(), &passes.changed, list);
    let slowest = passes.changed.iter().map(|took| took.seconds).fold(0.0, f64::max);
    let limit = CHANGED_SECONDS_MAX * (changed.changes() as f64 / CHANGED as f64).max(0.1);
    of_changed.goal = Some(("≤ 1 s for a thousand".to_owned(), slowest <= limit));
    let unchanged = told("p6/c-unchanged", documents, &passes.unchanged, list);
    let mut found = vec![first, of_changed, unchanged];
    found.iter_mut().for_each(|measure| measure.foreign_cpus = foreign_cpus);
    Ok(found)
}

fn told(path: &'static str, n: usize, passes: &[Took], floor: &'static str) -> Measure {
    let median = |of: fn(&Took) -> f64| percentile(&sorted(passes.iter().map(of)), 50.0);
    let mut measure = Measure::new(path, n, median(|took| took.seconds), "s");
    measure.also = vec![
        ("of processor time", median(|took| took.processor)),
        ("peak MiB of the node", median(|took| took.peak)),
    ];
    let pairs: Vec<(f64, f64)> =
        passes.iter().map(|took| (took.floor.max(1e-9), took.seconds)).collect();
    measure.floor = Some(Floor::of(floor, &pairs));
    measure
}

/// The three passes of one node.
fn node(
    place: Place<'_>,
    dump: &Dump,
    changed: &Dump,
    passes: &mut Passes,
) -> Result<(), Box<dyn Error>> {
    let house = House::new(place)?;
    let archive = house.beside("osv.zip");
    // The fleet is told before there is anything to read.
    let mut telling = house.start("")?;
    house.tell(&telling, &dump::sboms())?;
    telling.stop()?;

    dump.write(&archive)?;
    let at = (&house, archive.as_path());
    let first = pass(at, parsed(dump), None, (dump, dump.documents))?;
    changed.write(&archive)?;
    let again = pass(at, seen(&archive)?, Some(&first), (changed, changed.changes()))?;
    // The same again, in an archive of another time.
    changed.write(&archive)?;
    let unchanged = pass(at, seen(&archive)?, Some(&again), (changed, 0))?;
    passes.first.push(first);
    passes.changed.push(again);
    passes.unchanged.push(unchanged);
    Ok(())
}

/// Seconds for looking at every token of every document.
fn parsed(dump: &Dump) -> f64 {
    let mut seconds = 0.0;
    for at in 0..dump.documents {
        let document = dump.document(at);
        let began = thread_seconds();
        black_box(serde_json::from_slice::<IgnoredAny>(&document).is_ok());
        seconds += thread_seconds() - began;
    }
    seconds
}

fn seen(archive: &Path) -> Result<f64, Box<dyn Error>> {
    let began = thread_seconds();
    black_box(dump::listed(archive)?);
    Ok(thread_seconds() - began)
}

/// One pass of a node that is started for it, after the one `before`; with the number of documents
/// that are news to it.
fn pass(
    (house, archive): (&House, &Path),
    floor: f64,
    before: Option<&Took>,
    (dump, news): (&Dump, usize),
) -> Result<Took, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(due(&house.database()))?;
    let settings = format!(
        "[limits]\nrequest_seconds_max = 600\n[[watch.sources]]\nname = \"osv\"\nkind = \"zip\"\n\
         at = {:?}\nevery_seconds = 2592000\ntimeout_seconds = 3600\n",
        archive.to_str().ok_or("a path that is no text")?
    );
    let mut node = house.start(&settings)?;
    let mut wire = Wire::to(node.address, &house.token)?;
    let (seconds, ended) = heard(&mut wire, before.map(|took| took.ended))?;
    let (processor, peak) = (node.processor_seconds(), node.peak_mebibytes()?);
    check(&mut wire, &node, dump, news)?;
    drop(wire);
    node.stop()?;
    let kept = runtime.block_on(kept(&house.database()))?;
    if kept != dump.documents as u64 {
        return Err(format!("p6: {kept} of {} documents are kept", dump.documents).into());
    }
    Ok(Took { ended, floor, seconds, processor, peak })
}

async fn opened(database: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new().filename(database).connect().await
}

/// Has the source be due, as if its time had come; a node that stands still is not asked.
async fn due(database: &Path) -> Result<(), sqlx::Error> {
    let mut connection = opened(database).await?;
    sqlx::query("UPDATE feeds SET next_try_at = 0 WHERE room = 'watch'")
        .execute(&mut connection)
        .await?;
    connection.close().await
}

/// How many documents are kept and were not set apart.
async fn kept(database: &Path) -> Result<u64, Box<dyn Error>> {
    let mut connection = opened(database).await?;
    let row = sqlx::query("SELECT COUNT(*) FROM advisories WHERE problem IS NULL")
        .fetch_one(&mut connection)
        .await?;
    let count: i64 = row.try_get(0)?;
    connection.close().await?;
    Ok(u64::try_from(count)?)
}

/// Waits until a pass that began after another ended is over; returns the seconds that it took, and
/// when it was over.
fn heard(wire: &mut Wire, after: Option<Timestamp>) -> Result<(f64, Timestamp), Box<dyn Error>> {
    let began = Instant::now();
    loop {
        let feeds = wire.get("/api/v1/feeds")?;
        let feed = &feeds["items"][0];
        if !feed["problem"].is_null() {
            return Err(format!("p6: the dump is not read: {}", feed["problem"]).into());
        }
        let instant = |name: &str| feed[name].as_str().and_then(|it| it.parse::<Timestamp>().ok());
        let times = instant("tried_at").zip(instant("succeeded_at"));
        let is_over = |(tried, succeeded): &(Timestamp, Timestamp)| {
            after.is_none_or(|after| *tried > after) && succeeded >= tried
        };
        if let Some((tried, succeeded)) = times.filter(is_over) {
            return Ok((succeeded.duration_since(tried).as_secs_f64(), succeeded));
        }
        if began.elapsed() > PASS_WITHIN {
            return Err("p6: the dump is not read to its end".into());
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Compares what was taken, and what is exposed, with what was made.
fn check(wire: &mut Wire, node: &Node, dump: &Dump, news: usize) -> Result<(), Box<dyn Error>> {
    let metrics = Wire::to(node.address, "")?.text("GET", "/metrics", &[])?;
    let taken = metrics.lines().find_map(|line| {
        line.strip_prefix("watchfire_advisories_taken_total ")?.trim().parse::<f64>().ok()
    });
    let taken = taken.unwrap_or_default();
    if taken != news as f64 {
        return Err(format!("p6: {taken} documents were taken, and {news} are news").into());
    }
    let exposed = |row: &Value| -> Option<(usize, u64)> {
        // Either name ends in the number of the document.
        let (kind, number) = row["name"].as_str()?.rsplit_once('-')?;
        let number = number.parse::<usize>().ok()?;
        let at = if kind.starts_with("CVE") { number.checked_sub(100_000)? } else { number };
        Some((at, row["exposed"].as_u64()?))
    };
    let rows = wire.list("/api/v1/vulnerabilities")?;
    let found: Option<BTreeMap<usize, u64>> = rows.iter().map(exposed).collect();
    let mut found = found.ok_or("p6: a vulnerability that nobody made")?;
    found.retain(|_, count| *count > 0);
    if found != dump.exposed() {
        return Err("p6: the exposures are not those of the scan".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_read_whole_then_what_changed_and_then_nothing() {
        let Some(binary) = crate::house::built() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place { binary: &binary, folder: folder.path() };
        let found = measure(place, LEAST, 1).expect("figures");
        let paths: Vec<&str> = found.iter().map(|one| one.path).collect();
        assert_eq!(paths, ["p6/b-osv", "p6/c-changed", "p6/c-unchanged"]);
        assert_eq!(found[1].n, 20);
    }
}
