//! An SBOM that was read.

use std::collections::HashSet;
use std::fmt;

use super::component::{Component, Relation, RelationKind};
use super::input::{Compression, Format, Input};
use super::problem::Place;
use super::{COMPONENTS_MAX, RELATIONS_MAX, Refused, SKIPPED_MAX};

/// What a document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The form it has.
    pub format: Format,
    /// The version of its standard, such as `1.6`.
    pub version: String,
    /// How it was compressed.
    pub compression: Option<Compression>,
    /// Its serial number or namespace, which names it in the world.
    pub serial: Option<String>,
    /// Which revision of that it is.
    pub revision: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// When it was made, as it says.
    pub created: Option<String>,
    /// What made it.
    pub tools: Vec<String>,
    /// How many components were handed on.
    pub components: u32,
    /// How many relations were handed on.
    pub relations: u32,
    /// How much was skipped.
    pub skipped: u64,
}

/// What was not used of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lost {
    /// A whole component.
    Component,
    /// One thing that a component says of itself; the rest of it was read.
    Detail,
    /// That two things belong together.
    Relation,
    /// What it says of vulnerabilities.
    Statement,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Component => "component",
            Self::Detail => "detail",
            Self::Relation => "relation",
            Self::Statement => "statement",
        })
    }
}

/// Something of a document that was not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What it is.
    pub lost: Lost,
    /// Where it stands.
    pub place: Place,
    /// Why it was not used.
    pub reason: String,
}

/// What a document holds, handed on while it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A component.
    Component(Box<Component>),
    /// That two things belong together.
    Relation(Relation),
    /// Something that was not used.
    Skipped(Skipped),
}

/// An SBOM with all that is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// What it says of itself.
    pub head: Head,
    /// The components, by their numbers.
    pub components: Vec<Component>,
    /// What belongs together.
    pub relations: Vec<Relation>,
    /// What was not used, at most [`SKIPPED_MAX`]; [`Head::skipped`] counts it all.
    pub skipped: Vec<Skipped>,
}

/// What gathers a document from its items.
#[derive(Default)]
pub(crate) struct Gathered(Document);

impl Gathered {
    pub(crate) fn take(&mut self, item: Item) {
        match item {
            Item::Component(component) => self.0.components.push(*component),
            Item::Relation(relation) => self.0.relations.push(relation),
            Item::Skipped(skipped) => self.0.skipped.push(skipped),
        }
    }

    pub(crate) fn document(self, head: Head) -> Document {
        let mut document = self.0;
        document.head = head;
        // A component that holds others ends after them.
        document.components.sort_by_key(|component| component.number);
        document.mark_subjects();
        document
    }
}

impl Document {
    /// Marks what the document says that it describes.
    fn mark_subjects(&mut self) {
        let described = |relation: &Relation| {
            (relation.kind == RelationKind::Describes).then(|| relation.to.clone())
        };
        let described: HashSet<String> = self.relations.iter().filter_map(described).collect();
        for component in &mut self.components {
            let is_described = component.id.as_ref().is_some_and(|id| described.contains(id));
            component.is_subject |= is_described;
        }
    }
}

/// The state of reading: what is known so far, and where the rest goes.
pub(crate) struct Reading<'e> {
    each: &'e mut dyn FnMut(Item),
    /// Whether anybody still waits for it.
    goes_on: &'e dyn Fn() -> bool,
    pub(crate) path: String,
    pub(crate) head: Head,
    /// What stopped the reading, where the parser underneath has no word for it.
    pub(crate) stop: Option<Refused>,
    numbers: u32,
}

impl<'e> Reading<'e> {
    pub(crate) fn new(each: &'e mut dyn FnMut(Item), goes_on: &'e dyn Fn() -> bool) -> Self {
        Self { each, goes_on, path: String::new(), head: Head::default(), stop: None, numbers: 0 }
    }

    /// Why the reading of JSON ended: what stopped it, or else what the parser says.
    pub(crate) fn refused(&mut self, input: &Input<'_>, error: &serde_json::Error) -> Refused {
        self.stop.take().unwrap_or_else(|| input.json_refused(error, &self.path))
    }

    /// The number of the component that begins now.
    pub(crate) fn number(&mut self) -> Result<u32, Refused> {
        if self.numbers == COMPONENTS_MAX {
            return Err(Refused::TooMany);
        }
        if !(self.goes_on)() {
            return Err(Refused::Stopped);
        }
        self.numbers += 1;
        Ok(self.numbers - 1)
    }

    pub(crate) fn component(&mut self, component: Component) {
        self.head.components += 1;
        (self.each)(Item::Component(Box::new(component)));
    }

    pub(crate) fn relation(&mut self, relation: Relation) -> Result<(), Refused> {
        if self.head.relations == RELATIONS_MAX {
            return Err(Refused::TooManyRelations);
        }
        if !(self.goes_on)() {
            return Err(Refused::Stopped);
        }
        self.head.relations += 1;
        (self.each)(Item::Relation(relation));
        Ok(())
    }

    /// Notes what is not used, at the place where the reading is.
    pub(crate) fn skip(&mut self, lost: Lost, reason: impl Into<String>) {
        self.skip_at(lost, Place::path(&self.path), reason);
    }

    /// Notes statements on vulnerabilities: whose word they are and for which releases it holds, an
    /// SBOM does not say.
    pub(crate) fn skip_statements(&mut self, count: usize) {
        if count > 0 {
            let reason = format!(
                "what it says of vulnerabilities ({count}) is not taken: bring it as an advisory too"
            );
            self.skip(Lost::Statement, reason);
        }
    }

    pub(crate) fn skip_at(&mut self, lost: Lost, place: Place, reason: impl Into<String>) {
        self.head.skipped += 1;
        if self.head.skipped <= SKIPPED_MAX as u64 {
            let skipped = Skipped { lost, place, reason: reason.into() };
            (self.each)(Item::Skipped(skipped));
        }
    }

    pub(crate) fn head(self, input: &Input<'_>) -> Head {
        let mut head = self.head;
        head.format = input.format;
        head.version.clone_from(&input.version);
        head.compression = input.compression;
        head
    }
}
