//! Where a node of the shipped binary lives, and a fleet that it is told of.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::node::{NAMES, Node};
use crate::wire::Wire;

/// A password that is long enough.
const PASSWORD: &str = "correct horse battery staple";
/// Clients that tell of a fleet at the same time.
const CLIENTS: usize = 4;

/// Which binary runs, and on which disk.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) binary: &'a Path,
    pub(crate) folder: &'a Path,
}

/// A data folder with its first person; deleted at the end.
pub(crate) struct House {
    folder: tempfile::TempDir,
    binary: PathBuf,
    pub(crate) token: String,
}

impl House {
    /// Makes a folder and a person who keeps and responds.
    ///
    /// # Errors
    /// A binary that does not.
    pub(crate) fn new(place: Place<'_>) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir_in(place.folder)?;
        let binary = place.binary.canonicalize().map_err(|error| {
            format!("{}: {error}; build it with `cargo build --release`", place.binary.display())
        })?;
        let mut house = Self { folder, binary, token: String::new() };
        house.run(&["user", "add", "mia", "--name", "Mia", "--password-stdin"], PASSWORD)?;
        house.token = house.run(&["user", "token", "mia"], "")?;
        Ok(house)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join("watchfire.db")
    }

    /// A path beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command on the data folder; returns what it printed.
    ///
    /// # Errors
    /// A command that does not succeed.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Result<String, Box<dyn Error>> {
        let mut command = Command::new(&self.binary);
        for name in NAMES {
            command.env_remove(name);
        }
        command.env("WATCHFIRE_DATA", self.data());
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut stdin = child.stdin.take().ok_or("no standard input")?;
        // A command that does not read its input closes it.
        let _unread = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{arguments:?}: {}: {said}", output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Starts the node with settings of this text.
    ///
    /// # Errors
    /// A node that does not start.
    pub(crate) fn start(&self, settings: &str) -> Result<Node, Box<dyn Error>> {
        let file = self.beside("watchfire.toml");
        std::fs::write(&file, settings)?;
        Ok(Node::start(&self.binary, &self.data(), Some(&file))?.0)
    }

    /// Tells a node of a product and of its releases, each with its SBOM.
    ///
    /// # Errors
    /// An answer that is another than success.
    pub(crate) fn tell(&self, node: &Node, sboms: &[Vec<u8>]) -> Result<(), Box<dyn Error>> {
        let body = json!({"name": "Object Store"}).to_string();
        let product =
            Wire::to(node.address, &self.token)?.post("/api/v1/products", body.as_bytes())?;
        let product = product["id"].as_str().ok_or("no id of a product")?;
        let path = format!("/api/v1/products/{product}/releases");
        let part = |from: usize| -> Result<(), String> {
            let told = |error: Box<dyn Error>| error.to_string();
            let mut wire = Wire::to(node.address, &self.token).map_err(told)?;
            for (at, sbom) in sboms.iter().enumerate().skip(from).step_by(CLIENTS) {
                let card = json!({"version": format!("1.{at}.0")}).to_string();
                let release = wire.post(&path, card.as_bytes()).map_err(told)?;
                let release = release["id"].as_str().ok_or("no id of a release")?;
                wire.post(&format!("/api/v1/releases/{release}/sboms"), sbom).map_err(told)?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let part = &part;
            let clients: Vec<_> =
                (0..CLIENTS).map(|from| scope.spawn(move || part(from))).collect();
            clients.into_iter().try_for_each(|it| {
                it.join().unwrap_or_else(|_| Err("a client stopped with a panic".to_owned()))
            })
        })?;
        Ok(())
    }
}

/// An SBOM of components, each a name, a version and a package URL.
pub(crate) fn sbom(components: &[(String, String, String)]) -> Vec<u8> {
    let components: Vec<_> = components
        .iter()
        .map(|(name, version, purl)| {
            json!({"type": "library", "name": name, "version": version, "purl": purl})
        })
        .collect();
    let sbom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components
    });
    sbom.to_string().into_bytes()
}

/// The binary that the tests of the workspace built; none, loudly, where there is none.
#[cfg(test)]
pub(crate) fn built() -> Option<PathBuf> {
    let tests = std::env::current_exe().expect("a name of this program");
    // It lies in `deps`, beside which the binaries are.
    let beside = tests.parent().and_then(Path::parent).expect("a target folder");
    let binary = beside.join("watchfire");
    if binary.is_file() {
        return Some(binary);
    }
    // Around the capture of the test harness, so that it is always seen.
    let told = b"SKIPPED: what a node does; `cargo build` makes the binary\n";
    std::io::stderr().write_all(told).expect("stderr");
    None
}
