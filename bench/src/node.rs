//! The shipped binary as a process that runs.

use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::measure::{seconds_of_process, status_kib};

/// A node that has not answered by then does not answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// What names settings in the environment.
pub(crate) const NAMES: [&str; 5] = [
    "WATCHFIRE_CONFIG",
    "WATCHFIRE_DATABASE",
    "WATCHFIRE_LISTEN",
    "WATCHFIRE_LOG",
    "WATCHFIRE_TOKEN",
];

/// A node that runs; killed when dropped.
pub(crate) struct Node {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Node {
    /// Starts a node on a data folder and returns it with the time to its first answer.
    ///
    /// # Errors
    /// A node that ends, or does not answer.
    pub(crate) fn start(
        binary: &Path,
        data: &Path,
        settings: Option<&Path>,
    ) -> Result<(Self, Duration), Box<dyn Error>> {
        // Free a moment ago; whoever takes it in between makes the run fail and not wrong.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut serve = Command::new(binary);
        serve.arg("serve").arg("--listen").arg(address.to_string()).arg("--data").arg(data);
        if let Some(settings) = settings {
            serve.arg("--config").arg(settings);
        }
        for name in NAMES {
            serve.env_remove(name);
        }
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        let mut node = Self { child: serve.spawn()?, address };
        loop {
            if let Ok(took) = answer(address).map(|()| began.elapsed()) {
                return Ok((node, took));
            }
            if let Some(status) = node.child.try_wait()? {
                return Err(format!("the node ended: {status}").into());
            }
            if began.elapsed() > ANSWER_WITHIN {
                return Err("the node does not answer".into());
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// What all its threads took of the processors so far: tells a slow start from a busy machine.
    pub(crate) fn processor_milliseconds(&self) -> Result<f64, Box<dyn Error>> {
        let mut nanoseconds = 0.0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end between being listed and being read.
            let Ok(stat) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
            let ran = stat.split_whitespace().next().and_then(|ran| ran.parse::<f64>().ok());
            nanoseconds += ran.unwrap_or_default();
        }
        Ok(nanoseconds / 1e6)
    }

    /// The same in seconds, with the threads that ended, in hundredths.
    pub(crate) fn processor_seconds(&self) -> f64 {
        seconds_of_process(&self.child.id().to_string())
    }

    pub(crate) fn resident_mebibytes(&self) -> Result<f64, String> {
        self.mebibytes("VmRSS:")
    }

    /// The most that it held so far.
    pub(crate) fn peak_mebibytes(&self) -> Result<f64, String> {
        self.mebibytes("VmHWM:")
    }

    fn mebibytes(&self, name: &str) -> Result<f64, String> {
        let kib = status_kib(&self.child.id().to_string(), name);
        kib.map(|kib| kib as f64 / 1024.0).ok_or_else(|| "the node is gone".to_owned())
    }

    /// Ends it as a service manager does.
    pub(crate) fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the node ended: {status}").into()) }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ended = self.child.kill();
        let _status = self.child.wait();
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
