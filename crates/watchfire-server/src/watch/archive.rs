//! ZIP archives, within bounds.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;

use super::files::{self, Each, Unpacked, unpacked_max};
use super::state::digest;

/// An archive may have so many entries.
const ENTRIES_MAX: u64 = 1_000_000;
/// All entries of an archive together may unpack to so many bytes.
const UNPACKED_BYTES_MAX: u64 = 64 << 30;

// From the form of a ZIP file (APPNOTE 6.3.10, 4.3.14 to 4.3.16): the records at its end.
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: u64 = 0xffff;
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
const END_64_BYTES: usize = 56;

/// An archive whose entries are read one after the other.
pub struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

/// An entry that may hold documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive.
    pub name: String,
    /// Of its checksum and its size: what is the same has the same.
    pub stamp: u64,
}

impl Archive {
    /// Opens an archive.
    ///
    /// # Errors
    /// If it is none, or has too many entries.
    pub fn open(mut file: File) -> io::Result<Self> {
        let announced = announced(&mut file)?;
        if announced > ENTRIES_MAX {
            let problem = format!("it has {announced} entries, and {ENTRIES_MAX} are the most");
            return Err(io::Error::other(problem));
        }
        let left = unpacked_max(file.metadata()?.len()).min(UNPACKED_BYTES_MAX);
        let zip = ZipArchive::new(BufReader::new(file)).map_err(io::Error::other)?;
        Ok(Self { zip, left })
    }

    /// Returns how many entries there are, of every kind.
    pub fn entries(&self) -> usize {
        self.zip.len()
    }

    /// Returns an entry, or `None` where it is a folder, an archive, or nothing that is read.
    ///
    /// # Errors
    /// If the archive contradicts itself.
    pub fn entry(&self, at: usize) -> io::Result<Option<Entry>> {
        let entry = self.zip.by_index_data(at).map_err(io::Error::other)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || !files::is_wanted(&name) || files::is_archive_name(&name) {
            return Ok(None);
        }
        let crc = entry.crc32().to_le_bytes();
        let stamp = digest(&[&crc[..], &entry.size().to_le_bytes()].concat());
        Ok(Some(Entry { name, stamp }))
    }

    /// Reads the documents of an entry.
    ///
    /// # Errors
    /// Whatever `each` says. That the entry is broken is told to `each`.
    pub fn read<E>(&mut self, at: usize, entry: &Entry, each: Each<'_, E>) -> Result<(), E> {
        let opened = match self.zip.by_index(at) {
            Ok(opened) => opened,
            Err(error) => return each(None, Err(io::Error::other(error))),
        };
        let packed = Rc::new(Cell::new(opened.compressed_size()));
        let left = Rc::new(Cell::new(self.left));
        let input = Unpacked { inner: opened, packed, bytes: 0 };
        let input = Draining { inner: input, left: left.clone() };
        let done = files::documents(&entry.name, BufReader::new(input), each);
        self.left = left.get();
        done
    }
}

/// Takes what it reads from what is left for all.
struct Draining<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Draining<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        match self.left.get().checked_sub(length as u64) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other("the archive unpacks to too many bytes")),
        }
        Ok(length)
    }
}

/// How many entries an archive says it has, before memory is taken for them. Where it says so more
/// than once, the most.
fn announced(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(COMMENT_BYTES_MAX + (END_BYTES + LOCATOR_BYTES) as u64);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.by_ref().take(length - from).read_to_end(&mut tail)?;
    let mut most = 0;
    for at in (0..tail.len()).filter(|at| tail[*at..].starts_with(END)) {
        let Some(end) = tail.get(at..at + END_BYTES) else { continue };
        let mut count = u64::from(u16::from_le_bytes([end[10], end[11]]));
        let locator = at.checked_sub(LOCATOR_BYTES).map(|begin| &tail[begin..at]);
        if let Some(locator) = locator.filter(|bytes| bytes.starts_with(LOCATOR)) {
            count = count.max(announced_64(file, eight(locator, 8))?);
        }
        most = most.max(count);
    }
    file.rewind()?;
    Ok(most)
}

fn announced_64(file: &mut File, at: u64) -> io::Result<u64> {
    let mut end = [0; END_64_BYTES];
    file.seek(SeekFrom::Start(at))?;
    // Whoever leads behind the end of the file is refused by whoever reads the archive.
    match file.read_exact(&mut end) {
        Ok(()) => Ok(eight(&end, 32)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        Err(error) => Err(error),
    }
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(entries: &[(&str, &[u8])]) -> File {
        let mut writer = ZipWriter::new(tempfile::tempfile().expect("a file"));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            writer.write_all(bytes).expect("an entry");
        }
        writer.finish().expect("an archive")
    }

    #[test]
    fn the_end_of_an_archive_says_how_many_entries_it_has() {
        let mut file = archive(&[("a.json", b"{}"), ("b.md", b""), ("c.json", b"[]")]);
        assert_eq!(announced(&mut file).expect("readable"), 3);
        let opened = Archive::open(file).expect("an archive");
        let names: Vec<_> = (0..opened.entries())
            .filter_map(|at| opened.entry(at).expect("an entry"))
            .map(|entry| entry.name)
            .collect();
        assert_eq!(names, ["a.json", "c.json"]);
    }

    #[test]
    fn an_archive_that_announces_too_much_is_refused_before_it_is_read() {
        for (count, refused) in [(ENTRIES_MAX, false), (ENTRIES_MAX + 1, true)] {
            let mut bytes = b"PK\x06\x06".to_vec();
            bytes.resize(32, 0);
            bytes.extend(count.to_le_bytes());
            bytes.resize(END_64_BYTES, 0);
            bytes.extend(b"PK\x06\x07\0\0\0\0");
            bytes.extend(0_u64.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
            bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff");
            bytes.resize(bytes.len() + 10, 0);
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(&bytes).expect("written");
            assert_eq!(announced(&mut file).expect("readable"), count);
            let problem = match Archive::open(file) {
                Ok(_) => panic!("it is none"),
                Err(error) => error.to_string(),
            };
            assert_eq!(problem.contains("are the most"), refused, "{problem}");
        }
    }

    #[test]
    fn an_entry_that_is_a_bomb_is_told_and_harms_none_of_the_others() {
        let bomb = vec![b'\n'; 100 << 20];
        let mut opened =
            Archive::open(archive(&[("a.jsonl", &bomb), ("b.json", b"{}")])).expect("an archive");
        let mut told = Vec::new();
        for at in 0..2 {
            let entry = opened.entry(at).expect("an entry").expect("wanted");
            let done: Result<(), Infallible> = opened.read(at, &entry, &mut |_, content| {
                told.push(content.map_err(|error| error.to_string()));
                Ok(())
            });
            assert!(done.is_ok());
        }
        let too_much = "it unpacks to more than 200 times its size".to_owned();
        assert_eq!(told, [Err(too_much), Ok(b"{}".to_vec())]);
    }
}
