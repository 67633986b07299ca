//! Advisories of files, folders and archives, one after the other.

use std::io::{self, BufReader};
use std::path::Path;

use watchfire_formats::advisory::{self, Document};
use watchfire_server::watch::Archive;
use watchfire_server::watch::files::{self, Unreadable};

use crate::exit::Failure;

/// What is done with a document: where it was, and what it is.
type Each<'a> = &'a mut dyn FnMut(&str, Result<Document, Apart>);

/// Why a document is set apart.
#[derive(Debug)]
pub(super) struct Apart {
    pub(super) pointer: String,
    pub(super) reason: String,
    /// Whether what was to be read broke off, so that nobody knows what is missing.
    pub(super) broken_off: bool,
}

impl From<io::Error> for Apart {
    fn from(error: io::Error) -> Self {
        Self { pointer: String::new(), reason: error.to_string(), broken_off: true }
    }
}

fn parsed(bytes: &[u8]) -> Result<Document, Apart> {
    advisory::read(bytes).map_err(|error| {
        let first = error.problems().into_iter().next();
        let (pointer, reason) =
            first.map_or_else(Default::default, |one| (one.pointer, one.reason));
        Apart { pointer, reason, broken_off: false }
    })
}

/// What cannot be read at all is a failure of the request.
struct Cannot(Failure);

impl From<Unreadable> for Cannot {
    fn from(error: Unreadable) -> Self {
        let told = Failure::request(error.to_string());
        Self(match error {
            Unreadable::Io { error, .. } => told.because(error),
            Unreadable::Deep(_) => told,
        })
    }
}

/// Reads every document of a file, a folder or an archive.
///
/// # Errors
/// A failure of the request where something cannot be read at all.
pub(super) fn each(path: &Path, each: Each<'_>) -> Result<(), Failure> {
    files::walk(path, &mut |path| file(path, each)).map_err(|Cannot(failure)| failure)
}

fn file(path: &Path, each: Each<'_>) -> Result<(), Cannot> {
    let place = path.display().to_string();
    let (input, is_archive) = files::open(path)?;
    if is_archive {
        return archive(path, input, each);
    }
    documents(&place, |visit| files::documents(&place, input, visit), each)
}

fn archive(path: &Path, input: BufReader<std::fs::File>, each: Each<'_>) -> Result<(), Cannot> {
    let cannot = |error| Unreadable::new(path, error);
    let mut archive = Archive::open(input.into_inner()).map_err(cannot)?;
    for at in 0..archive.entries() {
        // An entry that is broken harms none of the others.
        let entry = match archive.entry(at) {
            Ok(Some(entry)) => entry,
            Ok(None) => continue,
            Err(error) => {
                each(&format!("{}!{at}", path.display()), Err(error.into()));
                continue;
            }
        };
        let place = format!("{}!{}", path.display(), entry.name);
        documents(&place, |visit| archive.read(at, &entry, visit), each)?;
    }
    Ok(())
}

/// Reads the documents that `read` gives, each with its place.
fn documents(
    place: &str,
    read: impl FnOnce(files::Each<'_, Cannot>) -> Result<(), Cannot>,
    each: Each<'_>,
) -> Result<(), Cannot> {
    read(&mut |line, content| {
        let place = line.map_or_else(|| place.to_owned(), |line| format!("{place}:{line}"));
        each(&place, content.map_err(Apart::from).and_then(|bytes| parsed(&bytes)));
        Ok(())
    })
}
