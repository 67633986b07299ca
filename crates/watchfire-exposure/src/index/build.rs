//! Writes segments.

use std::io;

use super::delta::{Delta, Held};
use super::segment::{HEADER_BYTES, Layout, MAGIC, ORDERS_AT, Sum, prefix};
use super::{Number, Package, orders};

/// Writes a segment package by package, in the order of their texts.
#[derive(Debug, Default)]
pub(super) struct Builder {
    packages: Vec<u8>,
    versions: Vec<u8>,
    rows: Vec<u8>,
    names: Vec<u8>,
    keys: Vec<u8>,
    layout: Layout,
    /// Where the number of keyed versions of the package stands that is being written.
    keyed_at: Option<usize>,
}

impl Builder {
    /// Begins a package; what follows are its versions, those with a key first and sorted.
    pub(super) fn package(&mut self, key: &str) {
        self.package_record();
        self.keyed_at = Some(self.packages.len() - 12);
        self.names.extend(key.as_bytes());
        self.layout.packages += 1;
    }

    /// Adds a version with the documents that contain it, which are sorted and distinct.
    pub(super) fn version(&mut self, key: Option<&[u8]>, text: &str, documents: &[Number]) {
        let bytes = key.unwrap_or_default();
        self.version_record(bytes, text.len());
        self.keys.extend(bytes);
        self.keys.extend(text.as_bytes());
        documents.iter().for_each(|document| self.rows.extend(document.to_le_bytes()));
        self.layout.rows += documents.len();
        self.layout.versions += 1;
        if let Some(at) = self.keyed_at.filter(|_| key.is_some()) {
            let four = &mut self.packages[at..at + 4];
            let count = u32::from_le_bytes([four[0], four[1], four[2], four[3]]) + 1;
            four.copy_from_slice(&count.to_le_bytes());
        }
    }

    fn package_record(&mut self) {
        self.packages.extend((self.names.len() as u64).to_le_bytes());
        let first = u32::try_from(self.layout.versions).expect("fewer than 2^32 versions");
        self.packages.extend(first.to_le_bytes());
        self.packages.extend([0; 12]);
    }

    fn version_record(&mut self, key: &[u8], text_bytes: usize) {
        self.versions.extend(prefix(key).to_le_bytes());
        self.versions.extend((self.keys.len() as u64).to_le_bytes());
        for length in [key.len(), text_bytes] {
            let length = u32::try_from(length).expect("a version is shorter than 4 GiB");
            self.versions.extend(length.to_le_bytes());
        }
        self.versions.extend((self.layout.rows as u64).to_le_bytes());
    }

    /// Ends the segment.
    pub(super) fn finish(mut self) -> Merged {
        self.package_record();
        self.version_record(&[], 0);
        self.layout.names_bytes = self.names.len();
        self.layout.keys_bytes = self.keys.len();
        let layout = self.layout;
        let mut head = Vec::with_capacity(HEADER_BYTES);
        head.extend(MAGIC);
        head.extend((layout.end() as u64).to_le_bytes());
        head.extend([0; 8]);
        let counts =
            [layout.packages, layout.versions, layout.rows, layout.names_bytes, layout.keys_bytes];
        counts.iter().for_each(|count| head.extend((*count as u64).to_le_bytes()));
        head.resize(ORDERS_AT, 0);
        head.extend(orders::digest().to_le_bytes());
        head.resize(HEADER_BYTES, 0);
        let parts = [self.packages, self.versions, self.rows, self.names, self.keys];
        let mut sum = Sum::default();
        sum.add(&head[24..]);
        parts.iter().for_each(|part| sum.add(part));
        head[16..24].copy_from_slice(&sum.end().to_le_bytes());
        Merged { head, parts }
    }
}

/// A segment that was made of others and is not yet in its place.
#[derive(Debug)]
pub struct Merged {
    head: Vec<u8>,
    parts: [Vec<u8>; 5],
}

impl Merged {
    /// How many bytes it has.
    pub fn size_bytes(&self) -> usize {
        self.head.len() + self.parts.iter().map(Vec::len).sum::<usize>()
    }

    /// Writes the bytes of the segment.
    ///
    /// # Errors
    /// What `to` says.
    pub fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(&self.head)?;
        self.parts.iter().try_for_each(|part| to.write_all(part))
    }

    /// The bytes of the segment.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.head;
        bytes.reserve_exact(self.parts.iter().map(Vec::len).sum());
        for part in self.parts {
            bytes.extend(part);
        }
        bytes
    }
}

/// A segment with what a delta holds.
pub(super) fn of_delta(delta: &Delta) -> Merged {
    let mut packages: Vec<&Package> = delta.packages.keys().collect();
    packages.sort_unstable_by(|one, two| one.key().cmp(two.key()));
    let mut builder = Builder::default();
    for package in packages {
        builder.package(package.key());
        let mut held: Vec<&Held> = delta.packages[package].held.iter().collect();
        held.sort_unstable_by(|one, two| order(one).cmp(&order(two)));
        for one in held {
            let mut documents = one.documents.clone();
            documents.sort_unstable();
            documents.dedup();
            let key = one.key.as_ref().map(crate::Key::as_bytes);
            builder.version(key, &one.text, &documents);
        }
    }
    builder.finish()
}

/// Versions with a key first, by it; then by their texts.
fn order(held: &Held) -> (bool, &[u8], &str) {
    let key = held.key.as_ref().map(crate::Key::as_bytes);
    (key.is_none(), key.unwrap_or_default(), &held.text)
}
