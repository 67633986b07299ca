//! What leads to what in an SBOM, found of its components and relations as they come: what is kept
//! of them until then are numbers.

use std::collections::{HashMap, VecDeque};

use foldhash::quality::RandomState;

use super::component::{Component, Relation, RelationKind};

/// Stands for no number.
const NONE: u32 = u32::MAX;

/// Gathers what is needed to find ways; [`Ways::found`] finds them.
#[derive(Debug, Default)]
pub struct Ways {
    /// The ids that were met, each with a number of its own.
    ids: HashMap<Box<str>, u32, RandomState>,
    components: Vec<Met>,
    /// Which id leads to which.
    related: Vec<(u32, u32)>,
    /// The ids of what the document describes.
    described: Vec<u32>,
}

/// What is kept of a component.
#[derive(Debug, Clone, Copy)]
struct Met {
    number: u32,
    within: u32,
    id: u32,
    is_subject: bool,
}

/// How the components of a document are reached, by their places in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Whether the document is about a component.
    pub subjects: Vec<bool>,
    /// The place of the one that leads to a component on a shortest way; `None` where nothing does.
    pub parents: Vec<Option<u32>>,
}

impl Ways {
    /// Takes a component.
    pub fn component(&mut self, component: &Component) {
        let id = component.id.as_deref().map_or(NONE, |id| self.id(id));
        self.components.push(Met {
            number: component.number,
            within: component.within.unwrap_or(NONE),
            id,
            is_subject: component.is_subject,
        });
    }

    /// Takes a relation.
    pub fn relation(&mut self, relation: &Relation) {
        if matches!(relation.kind, RelationKind::Other(_)) {
            return;
        }
        let [from, to] = [&relation.from, &relation.to].map(|id| self.id(id));
        if relation.kind == RelationKind::Describes {
            self.described.push(to);
        }
        self.related.push((from, to));
    }

    fn id(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let next = u32::try_from(self.ids.len()).expect("fewer than are read of a document");
        self.ids.insert(text.into(), next);
        next
    }

    /// Finds the ways, after the last component and the last relation.
    ///
    /// A way goes through relations and through components that are written in each other.
    /// Circles do no harm: each component is reached once.
    pub fn found(self) -> Reached {
        let Self { ids, mut components, related, described } = self;
        // A component that holds others ends after them.
        components.sort_unstable_by_key(|met| met.number);
        let mut places = vec![NONE; ids.len()];
        drop(ids);
        for (place, met) in (0..).zip(&components).filter(|(_, met)| met.id != NONE) {
            // Of several with one id the first is meant.
            let first = &mut places[met.id as usize];
            *first = place.min(*first);
        }
        let mut is_described = vec![false; places.len()];
        described.into_iter().for_each(|id| is_described[id as usize] = true);
        for met in &mut components {
            met.is_subject |= met.id != NONE && is_described[met.id as usize];
        }
        let place = |id: u32| Some(places[id as usize]).filter(|place| *place != NONE);
        let related = related.into_iter();
        let related = related.filter_map(|(from, to)| Some((place(from)?, place(to)?)));
        let written = (0..).zip(&components).filter_map(|(to, met)| {
            let found = components.binary_search_by_key(&met.within, |it| it.number);
            Some((u32::try_from(found.ok()?).ok()?, to))
        });
        let mut edges: Vec<(u32, u32)> = related.chain(written).collect();
        edges.sort_unstable();
        let subjects: Vec<bool> = components.iter().map(|met| met.is_subject).collect();
        let parents = walked(&edges, &subjects);
        Reached { subjects, parents }
    }
}

/// Goes through sorted edges from all subjects at once.
fn walked(edges: &[(u32, u32)], subjects: &[bool]) -> Vec<Option<u32>> {
    let mut parents = vec![None; subjects.len()];
    let mut reached = subjects.to_vec();
    let begin = (0..).zip(subjects).filter(|(_, is_subject)| **is_subject);
    let mut open: VecDeque<u32> = begin.map(|(place, _)| place).collect();
    while let Some(from) = open.pop_front() {
        let begin = edges.partition_point(|(it, _)| *it < from);
        for (_, to) in edges[begin..].iter().take_while(|(it, _)| *it == from) {
            if !std::mem::replace(&mut reached[*to as usize], true) {
                parents[*to as usize] = Some(from);
                open.push_back(*to);
            }
        }
    }
    parents
}
