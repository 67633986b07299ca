//! What came since the segments were made.

use std::collections::HashMap;

use super::rule::row_key;
use super::{Number, Package, Rule};
use crate::key::Key;
use crate::range::Answer;

/// A version with the documents that contain it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) key: Option<Key>,
    pub(super) text: Box<str>,
    pub(super) documents: Vec<Number>,
}

/// So many versions are looked through one by one: most packages have one or two, and a table for
/// each would be most of the memory.
const LOOKED_THROUGH_MAX: usize = 8;

/// The versions of a package, in no order.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Where each version is, once there are more than are looked through.
    places: HashMap<Box<str>, usize>,
    pub(super) held: Vec<Held>,
}

impl Versions {
    /// Adds a document to a version; whether that is a new row.
    fn insert(&mut self, document: Number, package: &Package, version: &str) -> bool {
        let place = match self.place(version) {
            Some(place) => place,
            None => {
                let key = row_key(package.ecosystem(), version);
                if self.held.len() < LOOKED_THROUGH_MAX {
                    self.held.reserve_exact(1);
                }
                self.held.push(Held { key, text: version.into(), documents: Vec::new() });
                self.note_last();
                self.held.len() - 1
            }
        };
        let documents = &mut self.held[place].documents;
        // One document may name a component several times, at several places.
        let added = documents.last() != Some(&document);
        if added {
            documents.push(document);
        }
        added
    }

    fn place(&self, version: &str) -> Option<usize> {
        if self.held.len() > LOOKED_THROUGH_MAX {
            return self.places.get(version).copied();
        }
        self.held.iter().position(|held| *held.text == *version)
    }

    fn note_last(&mut self) {
        let first = match self.held.len() {
            ..=LOOKED_THROUGH_MAX => return,
            count if self.places.is_empty() => 0..count,
            count => count - 1..count,
        };
        for at in first {
            self.places.insert(self.held[at].text.clone(), at);
        }
    }
}

/// Rows that are in no segment yet.
#[derive(Debug, Default)]
pub struct Delta {
    pub(super) packages: HashMap<Package, Versions>,
    rows: usize,
}

impl Delta {
    /// Adds a row.
    pub fn insert(&mut self, document: Number, package: &Package, version: &str) {
        let added = match self.packages.get_mut(package) {
            Some(versions) => versions.insert(document, package, version),
            None => {
                let mut versions = Versions::default();
                let added = versions.insert(document, package, version);
                self.packages.insert(package.clone(), versions);
                added
            }
        };
        self.rows += usize::from(added);
    }

    /// How many rows it holds.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn knows(&self, package: &Package) -> bool {
        self.packages.contains_key(package)
    }

    pub(super) fn walk(
        &self,
        package: &Package,
        rule: &Rule,
        found: &mut dyn FnMut(&str, Number, Answer),
    ) {
        let Some(versions) = self.packages.get(package) else { return };
        let intervals = rule.intervals(package.ecosystem());
        for held in &versions.held {
            let answer = match (&intervals, &held.key) {
                (Some(intervals), Some(key)) => Answer::from(intervals.contains(key)),
                _ => rule.answer(package.ecosystem(), &held.text),
            };
            if answer != Answer::No {
                held.documents.iter().for_each(|document| found(&held.text, *document, answer));
            }
        }
    }
}
