//! The shipped binary: from its start to its first answer, what it holds, how large it is.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::{Floor, Measure, Watch, percentile, sorted};
use crate::node::Node;

/// A node is idle so long after its first answer.
const IDLE_AFTER: Duration = Duration::from_secs(3);
const START_MILLISECONDS_MAX: f64 = 100.0;
const IDLE_MEBIBYTES_MAX: f64 = 60.0;
const BINARY_MEBIBYTES_MAX: f64 = 40.0;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// Measures starts on an empty database, each in a folder of its own.
///
/// # Errors
/// A node that does not start, answer or end as it should.
pub(crate) fn measure(
    binary: &Path,
    folder: &Path,
    runs: usize,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let watch = Watch::start();
    let (mut starts, mut processor, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..runs {
        let bare = bare_start(binary)?;
        let data = tempfile::tempdir_in(folder)?;
        let (mut node, took) = Node::start(binary, &data.path().join("data"), None)?;
        processor.push(node.processor_milliseconds()?);
        starts.push((bare, took.as_secs_f64() * 1e3));
        // Waiting is long and memory varies little: every fifth is enough.
        if run % 5 == 0 {
            thread::sleep(IDLE_AFTER);
            idle.push(node.resident_mebibytes()?);
        }
        node.stop()?;
    }
    let foreign_cpus = watch.foreign_cpus();
    let times = sorted(starts.iter().map(|(_, start)| *start));
    let slowest = percentile(&times, 100.0);
    let mut start = Measure::new("server/start", runs, percentile(&times, 50.0), "ms");
    let processor = sorted(processor.into_iter());
    start.also = vec![
        ("p90", percentile(&times, 90.0)),
        ("max", slowest),
        ("of processor time", percentile(&processor, 50.0)),
    ];
    start.floor = Some(Floor::of("starting the same binary for `--version`", &starts));
    let goal = format!("max < {START_MILLISECONDS_MAX} ms");
    start.goal = Some((goal, slowest < START_MILLISECONDS_MAX));
    start.foreign_cpus = foreign_cpus;

    let idle = sorted(idle.into_iter());
    let most = percentile(&idle, 100.0);
    let mut memory = Measure::new("server/idle-rss", idle.len(), percentile(&idle, 50.0), "MiB");
    memory.also = vec![("max", most)];
    memory.goal = Some((format!("max < {IDLE_MEBIBYTES_MAX} MiB"), most < IDLE_MEBIBYTES_MAX));

    let bytes = fs::metadata(binary)?.len() as f64 / MEBIBYTE;
    let mut size = Measure::new("server/binary", 1, bytes, "MiB");
    size.goal = Some((format!("< {BINARY_MEBIBYTES_MAX} MiB"), bytes < BINARY_MEBIBYTES_MAX));
    Ok(vec![start, memory, size])
}

/// Milliseconds that the machine needs to load the binary and end again.
fn bare_start(binary: &Path) -> Result<f64, Box<dyn Error>> {
    let began = Instant::now();
    let status = Command::new(binary).arg("--version").stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("{} --version: {status}", binary.display()).into());
    }
    Ok(began.elapsed().as_secs_f64() * 1e3)
}
