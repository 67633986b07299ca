//! Which document contains what an advisory speaks of, and which advisories speak of what a document
//! contains.
//!
//! A document is an inventory, of a release mostly; a [`Package`] is an ecosystem and a normalized
//! name. For each package its distinct versions stand in the order of their keys, and behind each
//! version the documents that contain it, so that a range is two searches and one run of documents.
//! Versions without a key stand apart and are asked one by one; what no order explains is
//! [`Answer::Undecided`], and never left out.
//!
//! An [`Index`] is a few [`Segment`]s that never change, which may lie in [`Mapped`] files, with a
//! small [`Delta`] of what came since, and marks on what was taken out. [`Index::merged`] makes one
//! segment of all; [`Index::freeze`] and [`Index::put`] do it beside, while the index is used.
//! [`Rules`] are the other way round: what each advisory says, by package.
//! Ranges of commits are in neither, but in [`Repositories`].

mod build;
mod delta;
mod frozen;
mod git;
mod map;
mod merge;
mod named;
mod orders;
mod package;
mod rule;
mod segment;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub use build::Merged;
pub use delta::Delta;
pub use frozen::Frozen;
pub use git::{GitRange, Repositories};
pub use map::Mapped;
pub use package::Package;
pub use rule::{Rule, Rules};
pub use segment::{CorruptSegment, Segment};

use crate::range::Answer;

/// The number of a document, given by whoever keeps it; it is not given again while it is here.
pub type Number = u32;

/// A document contains a version that a rule does not let pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Which document.
    pub document: Number,
    /// The version, as the document writes it.
    pub version: String,
    /// Whether it is undecided; affected otherwise.
    pub undecided: bool,
}

/// A document that cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// A document of this number is in the index, or was taken out and not yet merged away.
    #[error("the index has, or had, a document {0}")]
    Known(Number),
}

/// Documents by what they contain.
#[derive(Debug, Default)]
pub struct Index {
    segments: Vec<Segment>,
    /// What came since, and is perhaps being made a segment.
    frozen: Vec<Arc<Delta>>,
    delta: Delta,
    /// Documents that are in a segment or in a delta, and count no longer.
    removed: HashSet<Number>,
    known: HashSet<Number>,
    /// How often a segment was put into the place of others.
    puts: u64,
}

impl Index {
    /// Makes an index of segments, with marks on the documents in them that count no longer.
    pub fn of(segments: Vec<Segment>, removed: impl IntoIterator<Item = Number>) -> Self {
        let known = segments.iter().flat_map(Segment::documents).collect();
        Self { segments, removed: removed.into_iter().collect(), known, ..Self::default() }
    }

    /// Makes an index of a segment that was made of these documents, which are not looked for in it;
    /// one may have no components, and then is not there.
    pub fn made_of(segment: Segment, documents: impl IntoIterator<Item = Number>) -> Self {
        let known = documents.into_iter().collect();
        Self { segments: vec![segment], known, ..Self::default() }
    }

    /// Adds a document with its components, each a package and a version.
    ///
    /// It is found at once; the cost is that of its components, whatever else the index holds.
    ///
    /// # Errors
    /// [`NotAdded`] where the number is taken.
    pub fn add<'a>(
        &mut self,
        document: Number,
        components: impl IntoIterator<Item = (&'a Package, &'a str)>,
    ) -> Result<(), NotAdded> {
        if !self.known.insert(document) {
            return Err(NotAdded::Known(document));
        }
        for (package, version) in components {
            self.delta.insert(document, package, version);
        }
        Ok(())
    }

    /// Takes a document out; it is found no longer, and its place is freed when all is merged.
    pub fn remove(&mut self, document: Number) {
        if self.known.contains(&document) {
            self.removed.insert(document);
        }
    }

    /// The documents that were taken out and are not yet merged away.
    pub fn removed(&self) -> impl Iterator<Item = Number> {
        self.removed.iter().copied()
    }

    /// How many rows came since the segments were made.
    pub fn rows_since(&self) -> usize {
        self.deltas().map(Delta::rows).sum()
    }

    /// How many rows the segments have.
    pub fn rows_of_segments(&self) -> usize {
        self.segments.iter().map(Segment::rows).sum()
    }

    fn deltas(&self) -> impl Iterator<Item = &Delta> {
        self.frozen.iter().map(Arc::as_ref).chain([&self.delta])
    }

    /// Whether any document holds something of a package, or held it before it was taken out.
    pub fn knows(&self, package: &Package) -> bool {
        self.deltas().any(|delta| delta.knows(package))
            || self.segments.iter().any(|segment| segment.knows(package))
    }

    /// Calls `found` with each document that contains a version that `rule` does not let pass.
    ///
    /// A document may come several times, once for each version that it contains.
    pub fn visit(&self, package: &Package, rule: &Rule, mut found: impl FnMut(Number, Answer)) {
        let mut each = |_: &str, document: Number, answer: Answer| found(document, answer);
        self.walk(package, rule, &mut each);
    }

    fn walk(&self, package: &Package, rule: &Rule, found: &mut dyn FnMut(&str, Number, Answer)) {
        let none_removed = self.removed.is_empty();
        let mut living = |version: &str, document: Number, answer: Answer| {
            if none_removed || !self.removed.contains(&document) {
                found(version, document, answer);
            }
        };
        for segment in &self.segments {
            segment.walk(package, rule, &mut living);
        }
        self.deltas().for_each(|delta| delta.walk(package, rule, &mut living));
    }

    /// The documents that contain an affected version and those that contain an undecided one,
    /// each once and in their order.
    pub fn documents(&self, package: &Package, rule: &Rule) -> (Vec<Number>, Vec<Number>) {
        let (mut affected, mut undecided) = (Vec::new(), Vec::new());
        self.visit(package, rule, |document, answer| match answer {
            Answer::Yes => affected.push(document),
            Answer::Undecided => undecided.push(document),
            Answer::No => {}
        });
        for list in [&mut affected, &mut undecided] {
            list.sort_unstable();
            list.dedup();
        }
        (affected, undecided)
    }

    /// Every hit of `rule`, in the order of the documents.
    pub fn hits(&self, package: &Package, rule: &Rule) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.walk(package, rule, &mut |version, document, answer| {
            let undecided = answer == Answer::Undecided;
            hits.push(Hit { document, version: version.to_owned(), undecided });
        });
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// Every document that contains the package in any version: what contains log4j-core.
    pub fn containing(&self, package: &Package) -> BTreeMap<String, Vec<Number>> {
        let mut found: HashMap<String, Vec<Number>> = HashMap::new();
        self.walk(
            package,
            &Rule::every(),
            &mut |version, document, _| match found.get_mut(version) {
                Some(documents) => documents.push(document),
                None => drop(found.insert(version.to_owned(), vec![document])),
            },
        );
        for documents in found.values_mut() {
            documents.sort_unstable();
            documents.dedup();
        }
        found.into_iter().collect()
    }

    /// The bytes of one segment that holds all that counts; [`Segment::open`] reads them.
    pub fn merged(&self) -> Vec<u8> {
        let mut parts: Vec<Segment> = self.segments.clone();
        parts.extend(self.deltas().map(Segment::of_delta));
        merge::merged(&parts, &self.removed).into_bytes()
    }
}
