//! The shipped binary: from its start to its first answer, what it holds, how large it is.

use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::measure::{Floor, Measure, Watch, percentile, sorted, status_kib};

/// A node that has not answered by then does not answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
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
        let (mut node, took) = Node::start(binary, data.path())?;
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

struct Node(Child);

impl Node {
    /// Starts a node and returns it with the time to its first answer.
    fn start(binary: &Path, data: &Path) -> Result<(Self, Duration), Box<dyn Error>> {
        // Free a moment ago; whoever takes it in between makes the run fail and not wrong.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut serve = Command::new(binary);
        serve.arg("serve").arg("--listen").arg(address.to_string());
        serve.arg("--data").arg(data.join("data"));
        for name in ["WATCHFIRE_CONFIG", "WATCHFIRE_DATABASE", "WATCHFIRE_LOG"] {
            serve.env_remove(name);
        }
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        let mut node = Self(serve.spawn()?);
        loop {
            if let Ok(took) = answer(address).map(|()| began.elapsed()) {
                return Ok((node, took));
            }
            if let Some(status) = node.0.try_wait()? {
                return Err(format!("the node ended: {status}").into());
            }
            if began.elapsed() > ANSWER_WITHIN {
                return Err("the node does not answer".into());
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// What all its threads took of the processors so far: tells a slow start from a busy machine.
    fn processor_milliseconds(&self) -> Result<f64, Box<dyn Error>> {
        let mut nanoseconds = 0.0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.0.id()))? {
            // A thread may end between being listed and being read.
            let Ok(stat) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
            let ran = stat.split_whitespace().next().and_then(|ran| ran.parse::<f64>().ok());
            nanoseconds += ran.unwrap_or_default();
        }
        Ok(nanoseconds / 1e6)
    }

    fn resident_mebibytes(&self) -> Result<f64, String> {
        let kib = status_kib(&self.0.id().to_string(), "VmRSS:");
        kib.map(|kib| kib as f64 / 1024.0).ok_or_else(|| "the node is gone".to_owned())
    }

    /// Ends it as a service manager does.
    fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        kill_process(Pid::from_child(&self.0), Signal::TERM)?;
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the node ended: {status}").into()) }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// Asks for `/healthz` once.
fn answer(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n") {
        Ok(())
    } else {
        Err(format!("another answer: {answer}").into())
    }
}
