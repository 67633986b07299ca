//! Durable appends beside bare syncs of the same disk, in alternation.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use watchfire_core::event::{
    CaseEvent, Exploited, FactRecord, Intake, PartyEvent, ReportEvent, Service, Sureness,
};
use watchfire_core::ids::PartyId;
use watchfire_core::log::{Checkpoint, SignerKey};
use watchfire_store::{
    Append, Location, LogHead, Seal, Store, StoreConfig, Tree, Viewer, random_bytes,
};

use crate::measure::{Floor, Measure, Watch, percentile, process_seconds, sorted};

/// Bytes of one bare sync: about what one report's append writes to the journal.
const SYNC_BYTES: usize = 4096;
/// How long each side of a pair runs.
const SIDE: Duration = Duration::from_millis(1500);
const CLIENTS_AT_ONCE: usize = 64;
/// What one append may cost in processor time at most, in microseconds.
const CPU_MICROSECONDS_MAX: f64 = 80.0;

/// Measures appends of a report with its case, sealed outside as a node seals them.
///
/// # Errors
/// An append that fails, a log that does not hold what was acknowledged, a disk that cannot.
pub(crate) fn measure(folder: &Path, rounds: usize) -> Result<Vec<Measure>, Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut measures = Vec::new();
    for (path, clients, goal) in
        [("store/one-client", 1, 0.5), ("store/64-clients", CLIENTS_AT_ONCE, 8.0)]
    {
        measures.push(runtime.block_on(appends(folder, rounds, path, clients, goal))?);
    }
    Ok(measures)
}

/// Bare syncs of an append-only file in a second.
fn bare_syncs(folder: &Path) -> io::Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = [0x5a; SYNC_BYTES];
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < SIDE {
        file.write_all(&block)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

/// Replaces a file as a whole, as the binary keeps its checkpoint.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = OpenOptions::new().write(true).create(true).truncate(true).open(&beside)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    std::fs::rename(&beside, file)?;
    File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()
}

struct House {
    store: Store,
    organization: PartyId,
    now: Timestamp,
}

impl House {
    async fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let key = SignerKey::from_seed("bench.example/log", &[7; 32])?;
        let origin = Checkpoint::internal_origin("bench.example/log");
        let sign = move |head: &LogHead| {
            let checkpoint = Checkpoint::new(&origin, head.size, head.root);
            checkpoint.sign(&[&key]).expect("the origin is one line")
        };
        let outside = folder.join("checkpoint");
        let seal = Seal::new(sign, move |_, note| write_whole(&outside, note.as_bytes()));
        let location = Location::File(folder.join("watchfire.db"));
        let store = Store::open(&StoreConfig::new(location).sealed(seal)).await?;
        let operator = Viewer::service(Service::Operator);
        let now: Timestamp = "2021-11-24T08:00:00Z".parse()?;
        let grant = store.authorize_new_party(&operator).await?;
        let mut append = Append::new(&operator, now);
        let name = "Nordlicht Cloud".to_owned();
        append.administer(&grant, PartyEvent::OrganizationRegistered { name });
        store.append(append).await?;
        Ok(Self { organization: grant.id().clone(), store, now })
    }

    /// A report that opens a case: three events, and what hangs on them.
    fn intake(&self) -> Append {
        let anonymous = Viewer::anonymous();
        let intake = self.store.authorize_intake(&anonymous);
        let mut append = Append::new(&anonymous, self.now);
        let bytes = random_bytes::<32>();
        let tracking = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let received = ReportEvent::Received(Box::new(Intake {
            what: "a name in a log message is looked up and run. ".repeat(8),
            component: Some("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".into()),
            sure: Sureness::Sure,
            exploited: Exploited::Unknown,
            found_at: Some("2021-11-24[Asia/Shanghai]".into()),
            contact: None,
            language: "zh-CN".into(),
            tracking,
            case: intake.case.id().clone(),
            received_at: self.now,
        }));
        append.report(&intake.report, received);
        append.case(
            &intake.case,
            CaseEvent::Opened {
                title: "a hole in a library for logs".to_owned(),
                organization: self.organization.clone(),
                report: Some(intake.report.id().clone()),
                embargoed: true,
            },
        );
        append.case(&intake.case, CaseEvent::FactRecorded { fact: self.fact() });
        append
    }

    fn fact(&self) -> FactRecord {
        FactRecord {
            id: "found".into(),
            kind: "vulnerability-known".into(),
            occurred_at: "2021-11-24[Asia/Shanghai]".into(),
            known_at: self.now,
            of: None,
            obligation: Vec::new(),
            new_due: None,
            number: None,
            predicate: None,
            answer: None,
            note: Some("发现漏洞".into()),
            evidence: None,
        }
    }

    async fn log_size(&self) -> Result<u64, Box<dyn Error>> {
        let grant = self.store.authorize_log(&Viewer::service(Service::Operator)).await?;
        Ok(self.store.log_head(&grant, Tree::Internal).await?.size)
    }
}

const EVENTS_PER_APPEND: u64 = 3;

/// Appends by `clients` at once, each with one on its way, for a while; how many in a second, and
/// how many there were.
async fn run(house: &Arc<House>, clients: usize) -> Result<(f64, usize), Box<dyn Error>> {
    let (began, done) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (house, done) = (Arc::clone(house), Arc::clone(&done));
        tasks.push(tokio::spawn(async move {
            while began.elapsed() < SIDE {
                house.store.append(house.intake()).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, watchfire_store::StoreError>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    let done = done.load(Ordering::Relaxed);
    Ok((done as f64 / began.elapsed().as_secs_f64(), done))
}

async fn appends(
    folder: &Path,
    rounds: usize,
    path: &'static str,
    clients: usize,
    goal: f64,
) -> Result<Measure, Box<dyn Error>> {
    let data = tempfile::tempdir_in(folder)?;
    let house = Arc::new(House::open(data.path()).await?);
    let before = house.log_size().await?;
    let (watch, mut total, mut cpu) = (Watch::start(), 0, 0.0);
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        let floor = bare_syncs(data.path())?;
        let began = process_seconds();
        let (rate, done) = run(&house, clients).await?;
        cpu += process_seconds() - began;
        total += done;
        pairs.push((floor, rate));
    }
    let foreign_cpus = watch.foreign_cpus();
    let grown = house.log_size().await? - before;
    if grown != total as u64 * EVENTS_PER_APPEND {
        return Err(format!("{total} appends were acknowledged, {grown} events are there").into());
    }
    let house = Arc::into_inner(house).ok_or("a client still runs")?;
    house.store.close().await;

    let rates = sorted(pairs.iter().map(|(_, rate)| *rate));
    let mut measure = Measure::new(path, total, percentile(&rates, 50.0), "appends/s");
    let cpu_microseconds = cpu * 1e6 / total as f64;
    measure.foreign_cpus = foreign_cpus;
    measure.also = vec![
        ("events/s", measure.value * EVENTS_PER_APPEND as f64),
        ("CPU µs each", cpu_microseconds),
    ];
    let floor = Floor::of("bare syncs of 4 KiB", &pairs);
    let met = floor.ratio_min >= goal || (clients > 1 && cpu_microseconds <= CPU_MICROSECONDS_MAX);
    let or_cpu = if clients > 1 { " or ≤ 80 CPU µs each" } else { "" };
    measure.goal = Some((format!("≥ {goal} × floor{or_cpu}"), met));
    measure.floor = Some(floor);
    Ok(measure)
}
