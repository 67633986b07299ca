//! A process of the real binary that listens on a free port.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::wire::{Answered, Wire, report};

/// A start takes at most so long, even while other tests take the machine.
const START_WITHIN: Duration = Duration::from_secs(60);

/// A node that runs; killed when dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
    said: mpsc::Receiver<String>,
    lines: Vec<String>,
}

impl Running {
    /// Starts `serve` and waits until it listens.
    pub(crate) fn start(mut serve: Command, arguments: &[&str]) -> Self {
        let (say, said) = mpsc::channel();
        serve.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
        serve.stdin(Stdio::null()).stdout(Stdio::null());
        let child = serve.stderr(Stdio::piped()).spawn().expect("the binary under test runs");
        let mut node = Self { child, address: String::new(), said, lines: Vec::new() };
        let stderr = node.child.stderr.take().expect("piped");
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Nobody may be listening any more; the pipe must be emptied all the same.
                let _unheard = say.send(line);
            }
        });
        let line = node.expect_line("watchfire listens on ");
        node.address = line.trim_start_matches("watchfire listens on ").to_owned();
        node
    }

    /// Waits for a line on stderr that holds `text`.
    pub(crate) fn expect_line(&mut self, text: &str) -> String {
        loop {
            if let Some(line) = self.lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            let line = self.said.recv_timeout(START_WITHIN);
            self.lines.push(line.unwrap_or_else(|_| panic!("no `{text}` in {:?}", self.lines)));
        }
    }

    /// Everything that was said on stderr so far.
    pub(crate) fn said(&mut self) -> &[String] {
        self.lines.extend(self.said.try_iter());
        &self.lines
    }

    /// Ends the node as a supervisor does.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.child.wait().expect("it ends")
    }

    /// Ends the node as a power cut does, but for the disk.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Ends the process as [`Running::kill`] does, while others still hold it.
    pub(crate) fn strike(&self) {
        self.signal(Signal::KILL);
    }

    /// Halts the process where it stands, as a machine does that is paused.
    pub(crate) fn halt(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets a halted process go on, which does not know that time has passed.
    pub(crate) fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// A client of this node.
    pub(crate) fn wire(&self) -> Wire {
        Wire::to(&self.address)
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> (u16, Value) {
        let answer = self.wire().get(path, token);
        answer.unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Reports `what` under an idempotency key.
    pub(crate) fn report(&self, what: &str, key: &str) -> Answered {
        self.wire().post("/api/v1/reports", "", key, &report(what))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
