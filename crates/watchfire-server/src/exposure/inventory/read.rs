//! An SBOM becomes what is kept of it, component by component as it is read.

use watchfire_formats::sbom::{self, Component, Head, Item, Refused, Skipped, Ways};

use super::{Held, Holding, Whole};
use crate::exposure::name;

/// What an SBOM was read as.
#[derive(Debug)]
pub struct Read {
    /// What the document says of itself.
    pub head: Head,
    pub holding: Holding,
    /// What was not used: the first of it, in the order of the document.
    pub skipped: Vec<Skipped>,
}

impl Holding {
    /// Reads an SBOM as a stream, and keeps of each component what is needed as soon as it is read:
    /// the document as a whole is never in memory. Ends early where `goes_on` says so.
    ///
    /// # Errors
    /// [`Refused`], with what is wrong and where.
    pub fn read(bytes: &[u8], goes_on: &dyn Fn() -> bool) -> Result<Read, Refused> {
        let mut gathered = Gathered::default();
        let head = sbom::stream_while(bytes, goes_on, &mut |item| gathered.take(item))?;
        let skipped = std::mem::take(&mut gathered.skipped);
        let holding = gathered.holding(&head);
        Ok(Read { head, holding, skipped })
    }
}

/// What was taken of a document so far.
#[derive(Debug, Default)]
struct Gathered {
    components: Vec<Gained>,
    ways: Ways,
    skipped: Vec<Skipped>,
}

/// A component, with what tells its place and whether it is a system that packages run on.
#[derive(Debug)]
struct Gained {
    number: u32,
    is_system: bool,
    held: Held,
}

impl Gathered {
    fn take(&mut self, item: Item) {
        match item {
            Item::Component(component) => {
                self.ways.component(&component);
                self.components.push(Gained::of(*component));
            }
            Item::Relation(relation) => self.ways.relation(&relation),
            Item::Skipped(skipped) => self.skipped.push(skipped),
        }
    }

    fn holding(self, head: &Head) -> Holding {
        let Self { mut components, ways, .. } = self;
        // A component that holds others ends after them.
        components.sort_unstable_by_key(|one| one.number);
        let reached = ways.found();
        for (one, parent) in components.iter_mut().zip(reached.parents) {
            one.held.parent = parent;
        }
        let subjects = components.iter().zip(&reached.subjects);
        let subjects: Vec<&Held> =
            subjects.filter(|(_, is_subject)| **is_subject).map(|(one, _)| &one.held).collect();
        let subject = match &subjects[..] {
            [one] => one.names.to_vec(),
            _ => Vec::new(),
        };
        // A statement may be about the system that a package runs on.
        let systems = components.iter().filter(|one| one.is_system).map(|one| &one.held);
        let whole = whole(head, &subjects.into_iter().chain(systems).collect::<Vec<_>>());
        let components = components.into_iter().map(|one| one.held).collect();
        Holding { whole, subject, components }
    }
}

impl Gained {
    fn of(component: Component) -> Self {
        let names = name::names(&component).into();
        let held = Held {
            name: component.name.into(),
            version: component.version.map(Into::into),
            purl: component.purls.first().map(|purl| purl.spelled().into()),
            place: component.place,
            parent: None,
            names,
        };
        let is_system = component.kind.as_deref() == Some("operating-system");
        Self { number: component.number, is_system, held }
    }
}

/// What a document is about, by all that it goes by.
fn whole(head: &Head, wholes: &[&Held]) -> Whole {
    let called =
        wholes.iter().map(|one| (one.name.to_string(), one.version.as_deref().map(str::to_owned)));
    let title = head.name.clone().map(|name| (name, None));
    let names = wholes.iter().flat_map(|one| one.names.iter().cloned());
    Whole::new(names, called.chain(title))
}
