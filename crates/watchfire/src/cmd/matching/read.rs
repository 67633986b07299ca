//! Documents of files, folders and archives, one after the other.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use watchfire_formats::advisory::{self, DOCUMENT_BYTES_MAX, Document};
use zip::ZipArchive;

use crate::exit::Failure;

/// The endings of what is read of a folder or an archive; each also with `.gz` behind it.
const ENDINGS: [&str; 6] = ["json", "jsonl", "xml", "csv", "yml", "yaml"];
/// How deep folders may lie in each other.
const FOLDERS_MAX: usize = 64;
/// The first bytes of a ZIP file, of an empty one, and of gzip.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
const GZIP: [u8; 2] = [0x1f, 0x8b];

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

/// Reads every document of a file, a folder or an archive.
///
/// # Errors
/// A failure of the request where something cannot be read at all.
pub(super) fn each(path: &Path, each: Each<'_>) -> Result<(), Failure> {
    let mut open: Vec<(PathBuf, usize)> = vec![(path.to_owned(), 0)];
    while let Some((path, depth)) = open.pop() {
        if !path.is_dir() {
            file(&path, each)?;
            continue;
        }
        if depth == FOLDERS_MAX {
            let reason = format!("`{}` lies {FOLDERS_MAX} folders deep", path.display());
            return Err(Failure::request(reason));
        }
        let entries = fs::read_dir(&path).map_err(|error| cannot(&path, error))?;
        let mut inside = Vec::new();
        for entry in entries {
            let found = entry.map_err(|error| cannot(&path, error))?.path();
            let name = found.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // A link to a folder may lead around in a circle.
            let is_folder = found.is_dir() && !found.is_symlink();
            if !name.starts_with('.') && (is_folder || (!found.is_dir() && is_wanted(&name))) {
                inside.push((found, depth + 1));
            }
        }
        // The last is taken first.
        inside.sort_by(|one, two| two.cmp(one));
        open.extend(inside);
    }
    Ok(())
}

fn cannot(path: &Path, error: io::Error) -> Failure {
    Failure::request(format!("`{}` cannot be read", path.display())).because(error)
}

/// Whether a name within a folder or an archive is one of a document, or of more of them.
fn is_wanted(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.contains(&ending) || name.ends_with(".zip")
}

fn file(path: &Path, each: Each<'_>) -> Result<(), Failure> {
    let unreadable = |error| cannot(path, error);
    let file = File::open(path).map_err(unreadable)?;
    let mut input = BufReader::new(file);
    let first = input.fill_buf().map_err(unreadable)?;
    if ZIP.iter().any(|begin| first.starts_with(begin)) {
        return archive(path, each);
    }
    documents(&path.display().to_string(), input, each);
    Ok(())
}

fn archive(path: &Path, each: Each<'_>) -> Result<(), Failure> {
    let file = File::open(path).map_err(|error| cannot(path, error))?;
    let broken = |error: zip::result::ZipError| cannot(path, io::Error::other(error));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    for at in 0..archive.len() {
        // An entry that is broken harms none of the others.
        let entry = match archive.by_index(at) {
            Ok(entry) => entry,
            Err(error) => {
                let place = format!("{}!{at}", path.display());
                each(&place, Err(io::Error::other(error).into()));
                continue;
            }
        };
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || !is_wanted(&name) || name.to_ascii_lowercase().ends_with(".zip") {
            continue;
        }
        documents(&format!("{}!{name}", path.display()), BufReader::new(entry), each);
    }
    Ok(())
}

/// The one document of an input, or those of its lines; where it breaks off, that is told.
fn documents(place: &str, input: impl BufRead, each: Each<'_>) {
    if let Err(error) = read_documents(place, input, each) {
        each(place, Err(error.into()));
    }
}

fn read_documents(place: &str, mut input: impl BufRead, each: Each<'_>) -> io::Result<()> {
    let is_gzip = input.fill_buf()?.starts_with(&GZIP);
    let mut input: Box<dyn BufRead + '_> = if is_gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(input)))
    } else {
        Box::new(input)
    };
    let lower = place.to_ascii_lowercase();
    if !lower.trim_end_matches(".gz").ends_with(".jsonl") {
        let bytes = bounded(&mut input)?;
        each(place, parsed(&bytes));
        return Ok(());
    }
    for number in 1_u64.. {
        let mut line = Vec::new();
        let limit = DOCUMENT_BYTES_MAX as u64 + 2;
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 == limit {
            pass(&mut input)?;
        }
        if !line.trim_ascii().is_empty() {
            each(&format!("{place}:{number}"), parsed(&line));
        }
    }
    Ok(())
}

/// The bytes of a document, and one more where there are too many.
fn bounded(input: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(DOCUMENT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Passes over the rest of a line.
fn pass(input: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let (used, done) = end.map_or((buffer.len(), buffer.is_empty()), |at| (at + 1, true));
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}
