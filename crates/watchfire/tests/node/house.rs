//! Where a node of the real binary lives: a folder of its own, and the engine it writes to.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::hand::Hand;
use crate::running::Running;
use crate::wall::Wall;

/// A password that is long enough.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// The limits on one source are not what most tests try.
pub(crate) const WITHOUT_LIMITS: &str =
    "[limits]\nreports_per_hour_max = 1000000\nlogins_per_minute_max = 1000000\n";
/// What names another binary to try than the one that was built with the tests.
const BINARY: &str = "WATCHFIRE_TEST_BINARY";
/// What names a PostgreSQL server that tests may use.
const POSTGRES: &str = "WATCHFIRE_TEST_POSTGRES";

/// The data folder of a node, deleted at the end, and its database if that is not in the folder.
pub(crate) struct House {
    folder: tempfile::TempDir,
    data: PathBuf,
    /// The database where it is not the embedded one.
    postgres: Option<String>,
    /// What its processes find in their environment besides.
    environment: Vec<(String, String)>,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let data = folder.path().join("data");
        Self { data, folder, postgres: None, environment: Vec::new() }
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

    /// A node on PostgreSQL, in a schema of its own; `None`, loudly, where there is no server.
    pub(crate) fn on_a_schema() -> Option<Self> {
        let Ok(url) = std::env::var(POSTGRES) else {
            // Around the capture of the test harness, so that it is always seen.
            let mut stderr = std::io::stderr();
            stderr.write_all(b"SKIPPED: no WATCHFIRE_TEST_POSTGRES\n").expect("stderr");
            return None;
        };
        let name = watchfire_server::secret::hex(&watchfire_server::secret::random::<8>());
        Hand::on(&url).run(&format!("CREATE SCHEMA proof_{name}"));
        let join = if url.contains('?') { '&' } else { '?' };
        Some(Self::on_postgres(&format!("{url}{join}options[search_path]=proof_{name}")))
    }

    /// Has every process of this house look at `wall`.
    pub(crate) fn look_at(&mut self, wall: &Wall) {
        self.environment = wall.environment();
    }

    /// The database as somebody sees it who goes around the node.
    pub(crate) fn hand(&self) -> Hand {
        let file = || format!("sqlite://{}", self.database().display());
        Hand::on(&self.postgres.clone().unwrap_or_else(file))
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
        let mut command = self.command(&self.data());
        finished(command.args(arguments), input)
    }

    fn command(&self, data: &Path) -> Command {
        let mut command = command(data);
        command.envs(self.environment.iter().cloned());
        if let Some(url) = &self.postgres {
            command.env("WATCHFIRE_DATABASE", url);
        }
        command
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

    /// Runs a command on the node in `data`, which looks at the same database and the same wall.
    pub(crate) fn run_in(&self, data: &Path, arguments: &[&str]) -> Output {
        finished(self.command(data).args(arguments), "")
    }

    /// Makes the first person, a responder, and returns a token of theirs.
    pub(crate) fn with_responder(&self) -> String {
        let add = ["user", "add", "mia", "--name", "Mia", "--password-stdin"];
        self.done(&add, PASSWORD);
        self.done(&["user", "token", "mia"], "")
    }

    /// The same, of an organization that is a network product provider in China, with somebody in
    /// every place of its chain.
    pub(crate) fn with_provider(&self, settings: &str) -> String {
        let token = self.with_responder();
        let places = ["--owner", "mia", "--supervisor", "mia", "--executive", "mia"];
        self.done(&[&["user", "chain"], places.as_slice()].concat(), "");
        let node = self.start_with(settings);
        let (_, me) = node.get("/api/v1/me", &token);
        let organization = me["organization"].as_str().expect("an id");
        let path = format!("/api/v1/organizations/{organization}/profile");
        let body = json!({ "roles": ["cn-rmsv/provider"] });
        let (status, answer) = node.wire().put(&path, &token, "profile", &body).expect("an answer");
        assert_eq!(status, 200, "{answer}");
        assert!(node.stop().success());
        token
    }

    pub(crate) fn start(&self) -> Running {
        Running::start(self.command(&self.data()), &[])
    }

    /// Starts the node in the data folder `name` beside the first.
    pub(crate) fn start_in(&self, name: &str) -> Running {
        Running::start(self.command(&self.beside(name)), &[])
    }

    /// Starts the node with settings from a file of this text.
    pub(crate) fn start_with(&self, settings: &str) -> Running {
        self.start_in_with(&self.data(), settings)
    }

    /// Starts the node in the folder `data` with settings from a file of this text.
    pub(crate) fn start_in_with(&self, data: &Path, settings: &str) -> Running {
        let file = self.beside("watchfire.toml");
        std::fs::write(&file, settings).expect("a file");
        Running::start(self.command(data), &["--config", file.to_str().expect("text")])
    }
}

fn command(data: &Path) -> Command {
    let built = || env!("CARGO_BIN_EXE_watchfire").to_owned();
    let mut command = Command::new(std::env::var(BINARY).unwrap_or_else(|_| built()));
    for name in ["WATCHFIRE_CONFIG", "WATCHFIRE_DATABASE", "WATCHFIRE_LISTEN", "WATCHFIRE_LOG"] {
        command.env_remove(name);
    }
    command.env("WATCHFIRE_DATA", data);
    command
}

/// Runs a command on the node in `data`.
pub(crate) fn run_on(data: &Path, arguments: &[&str], input: &str) -> Output {
    finished(command(data).args(arguments), input)
}

fn finished(command: &mut Command, input: &str) -> Output {
    let mut child = command
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
