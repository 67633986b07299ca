//! gzip and xz, undone no further than anybody can need.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use super::super::{DOCUMENT_BYTES_MAX, Refused};

/// How many times larger than its compressed bytes a document may be, once it is large at all.
pub(crate) const RATIO_MAX: u64 = 256;
/// Up to this size no ratio is looked at: little can be filled with it.
const RATIO_FREE_BYTES: u64 = 16 << 20;
/// How much memory undoing xz may take: enough for `xz -9`, whose dictionary is 64 MiB.
const XZ_KIB_MAX: u32 = 65 << 10;

/// How a document is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// The xz format.
    Xz,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
        })
    }
}

impl Compression {
    /// How bytes are compressed, by how they begin.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }
}

/// Reads compressed bytes; what is wrong with them is left in `fault`.
pub(super) fn reader<'a>(
    compression: Compression,
    bytes: &'a [u8],
    fault: &'a RefCell<Option<Refused>>,
) -> Box<dyn BufRead + 'a> {
    let compressed = bytes.len() as u64;
    match compression {
        Compression::Gzip => {
            let inner = flate2::bufread::MultiGzDecoder::new(bytes);
            Box::new(limited(inner, compression, compressed, fault))
        }
        Compression::Xz => {
            let inner = lzma_rust2::XzReader::new_mem_limit(bytes, true, XZ_KIB_MAX);
            Box::new(limited(inner, compression, compressed, fault))
        }
    }
}

fn limited<'a, R: Read + 'a>(
    inner: R,
    compression: Compression,
    compressed: u64,
    fault: &'a RefCell<Option<Refused>>,
) -> impl BufRead + 'a {
    BufReader::new(Marked {
        inner: Limited { inner, compression, compressed, read: 0, fault },
        begun: false,
        held: Vec::new(),
    })
}

/// A reader that stops where nobody can mean well any more.
struct Limited<'a, R> {
    inner: R,
    compression: Compression,
    compressed: u64,
    read: u64,
    fault: &'a RefCell<Option<Refused>>,
}

impl<R> Limited<'_, R> {
    fn stop(&self, why: Refused) -> io::Error {
        let said = why.to_string();
        self.fault.replace(Some(why));
        io::Error::other(said)
    }
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match self.inner.read(into) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let why = Refused::Compressed(self.compression, error.to_string());
                return Err(self.stop(why));
            }
        };
        self.read += read as u64;
        if self.read > DOCUMENT_BYTES_MAX {
            return Err(self.stop(Refused::TooLarge));
        }
        if self.read > RATIO_FREE_BYTES && self.read / RATIO_MAX > self.compressed {
            return Err(self.stop(Refused::Bomb(self.compression)));
        }
        Ok(read)
    }
}

/// A reader that passes over the mark of UTF-8 at the beginning.
struct Marked<R> {
    inner: R,
    begun: bool,
    held: Vec<u8>,
}

impl<R: Read> Read for Marked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.begun = true;
            let mut first = Vec::new();
            self.inner.by_ref().take(3).read_to_end(&mut first)?;
            if first != [0xef, 0xbb, 0xbf] {
                self.held = first;
            }
        }
        if self.held.is_empty() {
            return self.inner.read(into);
        }
        let some = self.held.len().min(into.len());
        into[..some].copy_from_slice(&self.held[..some]);
        self.held.drain(..some);
        Ok(some)
    }
}
