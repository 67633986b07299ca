//! A node of the real binary on a free port, in a folder of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// A start takes at most so long, even while other tests take the machine.
const START_WITHIN: Duration = Duration::from_secs(60);
/// A password that is long enough.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// The data folder of a node, deleted at the end, and its database if that is not in the folder.
pub(crate) struct House {
    folder: tempfile::TempDir,
    data: PathBuf,
    postgres: Option<String>,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self { data: folder.path().join("data"), folder, postgres: None }
    }

    /// A node on an empty database of PostgreSQL.
    pub(crate) fn on_postgres(url: &str) -> Self {
        Self { postgres: Some(url.to_owned()), ..Self::new() }
    }

    /// The same folder on another database.
    pub(crate) fn move_to_postgres(&mut self, url: &str) {
        self.postgres = Some(url.to_owned());
    }

    /// The same database with another data folder.
    pub(crate) fn move_into(&mut self, data: &Path) {
        self.data = data.to_owned();
    }

    /// The data folder; made by the node itself.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join("watchfire.db")
    }

    /// A path beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command on this node, with `input` on its standard input.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        ended(command(&self.data(), self.postgres.as_deref()), arguments, input)
    }

    /// Runs a command and returns what it printed.
    pub(crate) fn done(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// Runs a command and returns its exit code and the JSON that it printed.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.run(arguments, "");
        let text = String::from_utf8_lossy(&output.stdout);
        let json = serde_json::from_str(&text);
        let json = json.unwrap_or_else(|error| {
            panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
        });
        (output.status.code().expect("not killed"), json)
    }

    /// Makes the first person, a responder, and returns a token of theirs.
    pub(crate) fn with_responder(&self) -> String {
        let add = ["user", "add", "mia", "--name", "Mia", "--password-stdin"];
        self.done(&add, PASSWORD);
        self.done(&["user", "token", "mia"], "")
    }

    pub(crate) fn start(&self) -> Running {
        start_on(command(&self.data(), self.postgres.as_deref()), &[])
    }

    /// Starts the node in the data folder `name` beside the first.
    pub(crate) fn start_in(&self, name: &str) -> Running {
        start_on(command(&self.beside(name), None), &[])
    }

    /// Starts the node with settings from a file of this text.
    pub(crate) fn start_with(&self, settings: &str) -> Running {
        let file = self.beside("watchfire.toml");
        std::fs::write(&file, settings).expect("a file");
        let command = command(&self.data(), self.postgres.as_deref());
        start_on(command, &["--config", file.to_str().expect("text")])
    }
}

fn command(data: &Path, postgres: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
    for name in ["WATCHFIRE_CONFIG", "WATCHFIRE_DATABASE", "WATCHFIRE_LISTEN", "WATCHFIRE_LOG"] {
        command.env_remove(name);
    }
    command.env("WATCHFIRE_DATA", data);
    command.envs(postgres.map(|url| ("WATCHFIRE_DATABASE", url)));
    command
}

/// Runs a command on the node in `data`.
pub(crate) fn run_on(data: &Path, arguments: &[&str], input: &str) -> Output {
    ended(command(data, None), arguments, input)
}

fn ended(mut command: Command, arguments: &[&str], input: &str) -> Output {
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary under test runs");
    let mut stdin = child.stdin.take().expect("piped");
    // A command that does not read its input closes it.
    let _unread = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// Starts a node on a free port.
fn start_on(mut serve: Command, arguments: &[&str]) -> Running {
    let (say, said) = mpsc::channel();
    serve.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
    serve.stdin(Stdio::null()).stdout(Stdio::null());
    let child = serve.stderr(Stdio::piped()).spawn().expect("the binary under test runs");
    let mut node = Running { child, address: String::new(), said, lines: Vec::new() };
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

/// A node that runs; killed when dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
    said: mpsc::Receiver<String>,
    lines: Vec<String>,
}

impl Running {
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
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it runs");
        self.child.wait().expect("it ends")
    }

    /// Ends the node as a power cut does, but for the disk.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> (u16, Value) {
        let client = client();
        let request = client.get(format!("{}{path}", self.address)).bearer_auth(token);
        answered(request).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Reports `what` under an idempotency key.
    pub(crate) fn report(&self, what: &str, key: &str) -> Result<(u16, Value), reqwest::Error> {
        report_to(&self.address, what, key)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Reports `what` to the node at `address` under an idempotency key.
pub(crate) fn report_to(
    address: &str,
    what: &str,
    key: &str,
) -> Result<(u16, Value), reqwest::Error> {
    let body = serde_json::json!({
        "what": what, "sure": "likely", "exploited": "unknown", "language": "en"
    });
    let request = client()
        .post(format!("{address}/api/v1/reports"))
        .header("idempotency-key", key)
        .json(&body);
    answered(request)
}

fn client() -> reqwest::Client {
    // A second provider is refused, and the first is the same.
    let _same = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client without special settings")
}

fn answered(request: reqwest::RequestBuilder) -> Result<(u16, Value), reqwest::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    })
}
