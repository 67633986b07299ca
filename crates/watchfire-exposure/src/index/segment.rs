//! A part of the index that never changes, as bytes that may lie in a mapped file.
//!
//! All numbers are little-endian. A header says where each part begins, and by which orders and
//! names it was sorted:
//!
//! - packages, one record each, sorted by the text of the package: where the text begins and ends,
//!   its first version, and how many of its versions have a key;
//! - versions, one record each, those with a key first and sorted by it: the first eight bytes of
//!   the key, where key and text lie, and its first row;
//! - rows: the numbers of the documents that contain a version, sorted;
//! - texts of packages, then keys and texts of versions.
//!
//! Behind the last package and the last version stands a record that only ends the one before.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::{Delta, Number, Package, Rule, build, orders};
use crate::range::Answer;

/// The first bytes of a segment, which also say the version of its form.
pub(super) const MAGIC: [u8; 8] = *b"WFINDEX1";
pub(super) const HEADER_BYTES: usize = 80;
/// Where the header says by which orders and names the segment was sorted.
pub(super) const ORDERS_AT: usize = 64;
pub(super) const PACKAGE_BYTES: usize = 24;
pub(super) const VERSION_BYTES: usize = 32;
pub(super) const ROW_BYTES: usize = 4;

/// Bytes that are no segment, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no sound segment of an index: {0}; build it anew from the store")]
pub struct CorruptSegment(pub(super) &'static str);

/// Where the parts of a segment begin, and how many records each has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) packages: usize,
    pub(super) versions: usize,
    pub(super) rows: usize,
    pub(super) names_bytes: usize,
    pub(super) keys_bytes: usize,
}

impl Layout {
    pub(super) fn versions_at(&self) -> usize {
        HEADER_BYTES + (self.packages + 1) * PACKAGE_BYTES
    }

    pub(super) fn rows_at(&self) -> usize {
        self.versions_at() + (self.versions + 1) * VERSION_BYTES
    }

    pub(super) fn names_at(&self) -> usize {
        self.rows_at() + self.rows * ROW_BYTES
    }

    pub(super) fn keys_at(&self) -> usize {
        self.names_at() + self.names_bytes
    }

    pub(super) fn end(&self) -> usize {
        self.keys_at() + self.keys_bytes
    }

    /// The same with sums that cannot overflow, for numbers that somebody else wrote.
    fn end_checked(&self) -> Option<usize> {
        let packages = self.packages.checked_add(1)?.checked_mul(PACKAGE_BYTES)?;
        let versions = self.versions.checked_add(1)?.checked_mul(VERSION_BYTES)?;
        let rows = self.rows.checked_mul(ROW_BYTES)?;
        let parts = [packages, versions, rows, self.names_bytes, self.keys_bytes];
        parts.into_iter().try_fold(HEADER_BYTES, usize::checked_add)
    }
}

/// A segment, in memory or in a mapped file.
#[derive(Clone)]
pub struct Segment {
    bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    layout: Layout,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("layout", &self.layout).finish_non_exhaustive()
    }
}

/// A package in a segment: its versions, and how many of them have a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) keyed: usize,
}

/// A version in a segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct VersionAt<'a> {
    pub(super) key: &'a [u8],
    pub(super) text: &'a str,
}

/// Reads a number at `at`; a place outside is zero, which a segment that was opened never asks for.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let eight = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok());
    eight.map_or(0, u64::from_le_bytes)
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A sum over bytes that a flipped bit, a cut and a swap change: FNV-1a on eight bytes at a time,
/// however they come in pieces.
///
/// It finds what a disk does, not what an enemy does; whoever can write the file can write anything.
#[derive(Debug)]
pub(super) struct Sum {
    sum: u64,
    /// What came of the next eight bytes.
    begun: [u8; 8],
    length: u64,
}

impl Default for Sum {
    fn default() -> Self {
        Self { sum: 0xcbf2_9ce4_8422_2325, begun: [0; 8], length: 0 }
    }
}

impl Sum {
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        let held = usize::try_from(self.length % 8).expect("less than eight");
        self.length += bytes.len() as u64;
        if held > 0 {
            let (first, rest) = bytes.split_at(bytes.len().min(8 - held));
            self.begun[held..held + first.len()].copy_from_slice(first);
            if held + first.len() < 8 {
                return;
            }
            self.word(u64::from_le_bytes(self.begun));
            bytes = rest;
        }
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.word(u64_at(chunk, 0));
        }
        let rest = chunks.remainder();
        self.begun[..rest.len()].copy_from_slice(rest);
    }

    fn word(&mut self, word: u64) {
        self.sum = (self.sum ^ word).wrapping_mul(Self::PRIME).rotate_left(23);
    }

    pub(super) fn end(self) -> u64 {
        let held = usize::try_from(self.length % 8).expect("less than eight");
        let each = self.begun[..held].iter().map(|byte| u64::from(*byte));
        each.fold(self.sum, |sum, byte| (sum ^ byte).wrapping_mul(Self::PRIME)) ^ self.length
    }
}

impl Segment {
    /// Opens a segment: bytes in memory, or a mapped file.
    ///
    /// Everything is looked at once, so that nothing later leads outside.
    ///
    /// # Errors
    /// [`CorruptSegment`] where the bytes were not written by us, or were changed since.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, CorruptSegment> {
        let layout = header(bytes.as_ref())?;
        let segment = Self { bytes: Arc::new(bytes), layout };
        segment.check()?;
        Ok(segment)
    }

    /// A segment of what a delta holds.
    pub(super) fn of_delta(delta: &Delta) -> Self {
        let bytes = build::of_delta(delta).into_bytes();
        let layout = header(&bytes).expect("what was just built has its header");
        Self { bytes: Arc::new(bytes), layout }
    }

    fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.layout.rows
    }

    /// How many bytes it takes.
    pub fn size_bytes(&self) -> usize {
        self.bytes().len()
    }

    /// The documents in it, each once.
    pub fn documents(&self) -> std::collections::HashSet<Number> {
        (0..self.layout.rows).map(|row| self.row(row)).collect()
    }

    pub(super) fn packages(&self) -> usize {
        self.layout.packages
    }

    fn row(&self, row: usize) -> Number {
        u32_at(self.bytes(), self.layout.rows_at() + row * ROW_BYTES)
    }

    pub(super) fn rows_of(
        &self,
        versions: std::ops::Range<usize>,
    ) -> impl Iterator<Item = Number> + '_ {
        let at = self.layout.rows_at();
        let [first, end] = [versions.start, versions.end].map(|version| self.first_row(version));
        let bytes =
            self.bytes().get(at + first * ROW_BYTES..at + end * ROW_BYTES).unwrap_or_default();
        bytes.chunks_exact(ROW_BYTES).map(|four| u32_at(four, 0))
    }

    fn package_record(&self, package: usize) -> usize {
        HEADER_BYTES + package * PACKAGE_BYTES
    }

    fn version_record(&self, version: usize) -> usize {
        self.layout.versions_at() + version * VERSION_BYTES
    }

    pub(super) fn package_key(&self, package: usize) -> &str {
        let bytes = self.bytes();
        let at = self.package_record(package);
        let [first, end] = [at, at + PACKAGE_BYTES].map(|at| place(u64_at(bytes, at)));
        let names = self.layout.names_at();
        let text = bytes.get(names + first..names + end).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    pub(super) fn versions_of(&self, package: usize) -> Found {
        let bytes = self.bytes();
        let at = self.package_record(package);
        let first = u32_at(bytes, at + 8) as usize;
        let end = u32_at(bytes, at + PACKAGE_BYTES + 8) as usize;
        Found { first, end, keyed: u32_at(bytes, at + 12) as usize }
    }

    fn first_row(&self, version: usize) -> usize {
        place(u64_at(self.bytes(), self.version_record(version) + 24))
    }

    pub(super) fn version(&self, version: usize) -> VersionAt<'_> {
        let bytes = self.bytes();
        let at = self.version_record(version);
        let start = self.layout.keys_at() + place(u64_at(bytes, at + 8));
        let middle = start + u32_at(bytes, at + 16) as usize;
        let end = middle + u32_at(bytes, at + 20) as usize;
        let text = bytes.get(middle..end).unwrap_or_default();
        VersionAt {
            key: bytes.get(start..middle).unwrap_or_default(),
            text: std::str::from_utf8(text).unwrap_or_default(),
        }
    }

    /// The place of a package, by its text.
    pub(super) fn knows(&self, package: &Package) -> bool {
        self.find(package).is_some()
    }

    fn find(&self, package: &Package) -> Option<usize> {
        let (mut low, mut high) = (0, self.layout.packages);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.package_key(middle).cmp(package.key()) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The first of the keyed versions whose key is not before `bound`.
    fn first_from(&self, found: Found, bound: &[u8]) -> usize {
        let wanted = prefix(bound);
        let (mut low, mut high) = (found.first, found.first + found.keyed);
        while low < high {
            let middle = low + (high - low) / 2;
            let theirs = u64_at(self.bytes(), self.version_record(middle));
            let order = theirs.cmp(&wanted).then_with(|| self.version(middle).key.cmp(bound));
            if order == Ordering::Less { low = middle + 1 } else { high = middle }
        }
        low
    }

    pub(super) fn walk(
        &self,
        package: &Package,
        rule: &Rule,
        found: &mut dyn FnMut(&str, Number, Answer),
    ) {
        let Some(at) = self.find(package) else { return };
        let versions = self.versions_of(at);
        let keyed_end = versions.first + versions.keyed;
        let mut one_by_one = versions.first..versions.end;
        if let Some(intervals) = rule.intervals(package.ecosystem()) {
            one_by_one.start = keyed_end;
            for (start, end) in intervals.iter() {
                let first = self.first_from(versions, start);
                let end = end.map_or(keyed_end, |end| self.first_from(versions, end));
                for version in first..end {
                    let text = self.version(version).text;
                    let rows = self.rows_of(version..version + 1);
                    rows.for_each(|document| found(text, document, Answer::Yes));
                }
            }
        }
        for version in one_by_one {
            let text = self.version(version).text;
            let answer = rule.answer(package.ecosystem(), text);
            if answer != Answer::No {
                let rows = self.rows_of(version..version + 1);
                rows.for_each(|document| found(text, document, answer));
            }
        }
    }

    /// Looks at every record: nothing leads outside, and everything is in its order.
    fn check(&self) -> Result<(), CorruptSegment> {
        let layout = self.layout;
        let mut before: Option<&str> = None;
        let bytes = self.bytes();
        for package in 0..=layout.packages {
            let at = self.package_record(package);
            if place(u64_at(bytes, at)) > layout.names_bytes
                || u32_at(bytes, at + 8) as usize > layout.versions
            {
                return Err(CorruptSegment("a package leads outside"));
            }
        }
        for package in 0..layout.packages {
            let key = self.package_key(package);
            let found = self.versions_of(package);
            let sorted = before.is_none_or(|before| before < key);
            if !sorted
                || key.is_empty()
                || found.first > found.end
                || found.keyed > found.end - found.first
            {
                return Err(CorruptSegment("the packages are not in their order"));
            }
            before = Some(key);
        }
        for version in 0..layout.versions {
            self.check_version(version)?;
        }
        if self.first_row(0) != 0 || self.first_row(layout.versions) != layout.rows {
            return Err(CorruptSegment("some rows belong to no version"));
        }
        for package in 0..layout.packages {
            let found = self.versions_of(package);
            let mut keys = (found.first..found.first + found.keyed).map(|at| self.version(at).key);
            if !keys.by_ref().is_sorted() {
                return Err(CorruptSegment("the versions are not in their order"));
            }
        }
        Ok(())
    }

    fn check_version(&self, version: usize) -> Result<(), CorruptSegment> {
        let at = self.version_record(version);
        let bytes = self.bytes();
        let lengths = [16, 20].map(|behind| u64::from(u32_at(bytes, at + behind)));
        let end = u64_at(bytes, at + 8).checked_add(lengths[0] + lengths[1]);
        let inside = end.is_some_and(|end| place(end) <= self.layout.keys_bytes);
        let rows = self.first_row(version)..self.first_row(version + 1);
        if !inside || rows.start > rows.end || rows.end > self.layout.rows {
            return Err(CorruptSegment("a version leads outside"));
        }
        let read = self.version(version);
        if read.text.is_empty() && lengths[1] > 0 {
            return Err(CorruptSegment("a version is no text"));
        }
        if u64_at(bytes, at) != prefix(read.key) {
            return Err(CorruptSegment("a version is not where its key belongs"));
        }
        Ok(())
    }
}

/// The first eight bytes of a key, with zeros where it is shorter.
pub(super) fn prefix(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = key.len().min(8);
    first[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(first)
}

/// Reads the header, and compares what it says with the bytes that there are.
fn header(bytes: &[u8]) -> Result<Layout, CorruptSegment> {
    if bytes.len() < HEADER_BYTES {
        return Err(CorruptSegment("there are fewer bytes than its header has"));
    }
    if bytes[..8] != MAGIC {
        return Err(CorruptSegment("it does not begin as one of this version does"));
    }
    let number = |at: usize| place(u64_at(bytes, at));
    let layout = Layout {
        packages: number(24),
        versions: number(32),
        rows: number(40),
        names_bytes: number(48),
        keys_bytes: number(56),
    };
    if u64_at(bytes, ORDERS_AT) != orders::digest() {
        return Err(CorruptSegment("its orders of versions or names of packages are not ours"));
    }
    if layout.end_checked() != Some(bytes.len()) || number(8) != bytes.len() {
        return Err(CorruptSegment("it is shorter or longer than it says"));
    }
    let mut sum = Sum::default();
    sum.add(&bytes[24..]);
    if u64_at(bytes, 16) != sum.end() {
        return Err(CorruptSegment("its checksum is another"));
    }
    Ok(layout)
}
