//! Makes one segment of several, without what was taken out.

use std::collections::HashSet;

use super::Number;
use super::build::{Builder, Merged};
use super::segment::Segment;

/// A segment, and how far it was read.
struct Reader<'a> {
    segment: &'a Segment,
    package: usize,
}

impl<'a> Reader<'a> {
    fn key(&self) -> Option<&'a str> {
        (self.package < self.segment.packages()).then(|| self.segment.package_key(self.package))
    }
}

/// A version of one of the segments, as it is sorted.
type Entry<'a> = (bool, &'a [u8], &'a str, &'a Segment, usize);

/// A segment with all rows of `parts` but those of the documents in `removed`.
pub(super) fn merged(parts: &[Segment], removed: &HashSet<Number>) -> Merged {
    let mut readers: Vec<Reader<'_>> =
        parts.iter().map(|segment| Reader { segment, package: 0 }).collect();
    let mut builder = Builder::default();
    while let Some(key) = readers.iter().filter_map(Reader::key).min() {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for reader in readers.iter_mut().filter(|reader| reader.key() == Some(key)) {
            let found = reader.segment.versions_of(reader.package);
            entries.extend((found.first..found.end).map(|at| {
                let version = reader.segment.version(at);
                let unkeyed = at >= found.first + found.keyed;
                (unkeyed, version.key, version.text, reader.segment, at)
            }));
            reader.package += 1;
        }
        entries.sort_by(|one, two| (one.0, one.1, one.2).cmp(&(two.0, two.1, two.2)));
        write(&mut builder, key, &entries, removed);
    }
    builder.finish()
}

/// Writes a package, if anything is left of it.
fn write(builder: &mut Builder, key: &str, entries: &[Entry<'_>], removed: &HashSet<Number>) {
    let mut begun = false;
    let same =
        |one: &Entry<'_>, two: &Entry<'_>| (one.0, one.2) == (two.0, two.2) && one.1 == two.1;
    for group in entries.chunk_by(same) {
        let rows = group.iter().flat_map(|(.., segment, at)| segment.rows_of(*at..*at + 1));
        let mut documents: Vec<Number> =
            rows.filter(|document| !removed.contains(document)).collect();
        documents.sort_unstable();
        documents.dedup();
        if documents.is_empty() {
            continue;
        }
        if !begun {
            builder.package(key);
            begun = true;
        }
        let (unkeyed, bytes, text, ..) = group[0];
        builder.version((!unkeyed).then_some(bytes), text, &documents);
    }
}
