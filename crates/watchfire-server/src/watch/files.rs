//! Documents of files, folders and archives, one after the other.
//!
//! The node and `watchfire match` read through here, so that what one takes the other takes too.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use watchfire_formats::advisory::DOCUMENT_BYTES_MAX;

/// The endings of what is read of a folder or an archive; each also with `.gz` behind it.
const ENDINGS: [&str; 6] = ["json", "jsonl", "xml", "csv", "yml", "yaml"];
/// How deep folders may lie in each other.
const FOLDERS_MAX: usize = 64;
/// The first bytes of a ZIP file, of an empty one, and of gzip.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// What is packed may unpack to so many bytes, whatever it is.
const UNPACKED_BYTES_FREE: u64 = 64 << 20;
/// Beyond that it may unpack to so many times its size; texts reach twenty, bombs a thousand.
const UNPACKED_TIMES_MAX: u64 = 200;

/// What is done with a document: the line that it is in a file of lines, and its bytes, which are
/// one more than a document may have where there are too many. Where the input breaks off, that
/// comes instead, and last.
pub type Each<'a, E> = &'a mut dyn FnMut(Option<u64>, io::Result<Vec<u8>>) -> Result<(), E>;

/// Why a folder or a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Folders lie too deep in each other.
    #[error("`{}` lies {FOLDERS_MAX} folders deep", .0.display())]
    Deep(PathBuf),
    /// The machine does not give it.
    #[error("`{}` cannot be read", path.display())]
    Io {
        path: PathBuf,
        #[source]
        error: io::Error,
    },
}

impl Unreadable {
    /// Says that `path` cannot be read.
    pub fn new(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error }
    }
}

/// Visits a file, or every file below a folder that may hold documents, by name.
///
/// # Errors
/// [`Unreadable`], and whatever `visit` says.
pub fn walk<E: From<Unreadable>>(
    root: &Path,
    visit: &mut dyn FnMut(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let mut open: Vec<(PathBuf, usize)> = vec![(root.to_owned(), 0)];
    while let Some((path, depth)) = open.pop() {
        if !path.is_dir() {
            visit(&path)?;
            continue;
        }
        if depth == FOLDERS_MAX {
            return Err(Unreadable::Deep(path).into());
        }
        let cannot = |error| Unreadable::new(&path, error);
        let entries = fs::read_dir(&path).map_err(cannot)?;
        let mut inside = Vec::new();
        for entry in entries {
            let found = entry.map_err(cannot)?.path();
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

/// Whether a name within a folder or an archive is one of a document, or of more of them.
pub(super) fn is_wanted(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.contains(&ending) || is_archive_name(&name)
}

/// Whether a name is one of an archive.
pub(super) fn is_archive_name(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".zip")
}

/// Opens a file; tells whether it is an archive.
///
/// # Errors
/// [`Unreadable`].
pub fn open(path: &Path) -> Result<(BufReader<File>, bool), Unreadable> {
    let unreadable = |error| Unreadable::new(path, error);
    opened(File::open(path).map_err(unreadable)?).map_err(unreadable)
}

/// Begins to read a file; tells whether it is an archive.
pub(super) fn opened(file: File) -> io::Result<(BufReader<File>, bool)> {
    let mut input = BufReader::new(file);
    let first = input.fill_buf()?;
    let is_archive = ZIP.iter().any(|begin| first.starts_with(begin));
    Ok((input, is_archive))
}

/// Reads the one document of an input called `name`, or those of its lines.
///
/// # Errors
/// Whatever `each` says.
pub fn documents<E>(name: &str, input: impl BufRead, each: Each<'_, E>) -> Result<(), E> {
    match read(name, input, each) {
        Ok(()) => Ok(()),
        Err(Ended::Broken(error)) => each(None, Err(error)),
        Err(Ended::Told(error)) => Err(error),
    }
}

/// Why reading ended early: of itself, or because somebody said so.
enum Ended<E> {
    Broken(io::Error),
    Told(E),
}

impl<E> From<io::Error> for Ended<E> {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

fn read<E>(name: &str, mut input: impl BufRead, each: Each<'_, E>) -> Result<(), Ended<E>> {
    let is_gzip = input.fill_buf()?.starts_with(&GZIP);
    let mut input: Box<dyn BufRead + '_> = if is_gzip {
        let packed = Rc::new(Cell::new(0));
        let input = Counted { inner: input, count: packed.clone() };
        Box::new(BufReader::new(Unpacked { inner: MultiGzDecoder::new(input), packed, bytes: 0 }))
    } else {
        Box::new(input)
    };
    let lower = name.to_ascii_lowercase();
    if !lower.trim_end_matches(".gz").ends_with(".jsonl") {
        let mut bytes = Vec::new();
        input.take(DOCUMENT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
        return each(None, Ok(bytes)).map_err(Ended::Told);
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
            each(Some(number), Ok(line)).map_err(Ended::Told)?;
        }
    }
    Ok(())
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

/// Counts what is read of something packed.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.set(self.count.get() + length as u64);
        Ok(length)
    }
}

/// Unpacks, and stops where it becomes too much for what it was packed in.
pub(super) struct Unpacked<R> {
    pub(super) inner: R,
    /// Bytes before they were unpacked.
    pub(super) packed: Rc<Cell<u64>>,
    pub(super) bytes: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.bytes += length as u64;
        if self.bytes > unpacked_max(self.packed.get()) {
            let problem = format!("it unpacks to more than {UNPACKED_TIMES_MAX} times its size");
            return Err(io::Error::other(problem));
        }
        Ok(length)
    }
}

/// To how many bytes so many may unpack.
pub(super) fn unpacked_max(packed: u64) -> u64 {
    packed.saturating_mul(UNPACKED_TIMES_MAX).saturating_add(UNPACKED_BYTES_FREE)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn what_may_hold_documents_is_known_by_its_ending() {
        for (name, expected) in [
            ("a.json", true),
            ("A.JSON", true),
            ("a.json.gz", true),
            ("a.jsonl.gz", true),
            ("a.yml", true),
            ("a.zip", true),
            ("a.zip.gz", false),
            ("json", false),
            ("a.md", false),
            ("a.gz", false),
            ("", false),
        ] {
            assert_eq!(is_wanted(name), expected, "{name}");
        }
    }

    #[test]
    fn a_bomb_is_told_and_ends_where_it_is_too_much() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        let line = [vec![b' '; 1 << 20], b"{}\n".to_vec()].concat();
        for _ in 0..100 {
            packed.write_all(&line).expect("memory");
        }
        let packed = packed.finish().expect("memory");
        let (mut lines, mut told) = (0, Vec::new());
        let done: Result<(), Infallible> =
            documents("a.jsonl.gz", &packed[..], &mut |line, content| {
                match content {
                    Ok(_) => lines = line.unwrap_or_default(),
                    Err(error) => told.push(error.to_string()),
                }
                Ok(())
            });
        assert!(done.is_ok());
        assert_eq!(told, ["it unpacks to more than 200 times its size"]);
        assert!((63..100).contains(&lines), "{lines}");
    }
}
