//! lib4sbom and packageurl-python, in a process of their own.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The program of the Python peers; it stands in the binary, so that it is the one that was read.
const PROGRAM: &str = include_str!("../../peers/sbom.py");

pub(super) struct Peer {
    child: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Peer {
    /// Starts the peers; none where they are not installed.
    ///
    /// # Errors
    /// Python that does not start.
    pub(super) fn start(python: Option<&Path>) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(python) = python else {
            let told =
                "SKIPPED: lib4sbom and packageurl-python; `scripts/bench p6` installs them\n";
            std::io::stderr().write_all(told.as_bytes())?;
            return Ok(None);
        };
        let folder = tempfile::tempdir()?;
        let program = folder.path().join("peer.py");
        std::fs::write(&program, PROGRAM)?;
        let mut child = Command::new(python)
            .arg(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let asked = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Some(Self { child, asked, answers, folder }))
    }

    /// Lays a file where the peers find it.
    ///
    /// # Errors
    /// A disk that does not take it.
    pub(super) fn keep(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Box<dyn Error>> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// Lets a file be read; returns the processor time in seconds, and the digest over what was found.
    ///
    /// # Errors
    /// A peer that ended, or whose answer is none.
    pub(super) fn ask(&mut self, what: &str, path: &Path) -> Result<(f64, String), Box<dyn Error>> {
        let asked = self.asked.as_mut().ok_or("it has ended")?;
        writeln!(asked, "{what} {}", path.display())?;
        asked.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (took, digest) =
            line.trim().split_once(' ').ok_or("the peer ended without an answer")?;
        Ok((took.parse()?, digest.to_owned()))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.asked.take());
        // It ends with its input; whether it did well was read from its answers.
        let _ = self.child.wait();
    }
}
