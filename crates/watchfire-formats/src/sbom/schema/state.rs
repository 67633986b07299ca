//! All rules that speak of one value at once, and the ways from there to the values within it.
//!
//! They are made of a schema once, as the states of an automaton are, so that whoever reads a
//! document only goes from one to the next.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::RuleId;

/// The place of a state among those of its schema.
pub(crate) type StateId = u32;

/// A rule among those of a state, with the places of the rules that it is made of.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) rule: RuleId,
    /// Whether nothing else can make up for it.
    pub(crate) definite: bool,
    /// The numbers of the names that it requires, in the order of its rule.
    pub(crate) required: Vec<usize>,
    pub(crate) all: Vec<usize>,
    pub(crate) any: Vec<usize>,
    pub(crate) one: Vec<usize>,
    pub(crate) not: Option<usize>,
    pub(crate) when: Option<(usize, Option<usize>, Option<usize>)>,
}

/// The rules that speak of one value.
#[derive(Debug)]
pub(crate) struct State {
    /// Parts stand before what is made of them.
    pub(crate) held: Vec<Held>,
    /// Where the rules stand that were asked for.
    pub(crate) asked: Vec<usize>,
    /// Where those stand that are made of others.
    pub(crate) made_of_others: Vec<usize>,
    /// Where those stand that may refuse a text; the others need not be asked.
    pub(crate) texts: Vec<usize>,
    /// Where those stand that may refuse a value that is no text and holds no others.
    pub(crate) scalars: Vec<usize>,
    /// Where those stand that may refuse a list for what it is itself.
    pub(crate) lists: Vec<usize>,
    /// Where those stand that may refuse an object for what it is itself.
    pub(crate) objects: Vec<usize>,
    /// Whether any of the rules wants the items of a list to differ.
    pub(crate) unique: bool,
    /// The ways to the properties that any of the rules names.
    pub(super) names: HashMap<Box<str>, Step, FixedState>,
    /// The way to all other properties.
    pub(super) other: Step,
    /// The ways to the first items, and at last to all after those.
    pub(super) items: Vec<Step>,
}

/// The way from a value to one that lies in it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) to: StateId,
    /// For each rule asked of the inner value, the rule of the outer one that asks it.
    pub(crate) links: Vec<(usize, usize)>,
    /// The rules that do not allow it to be there.
    pub(crate) denied: Vec<usize>,
    /// The name that leads there, where the rules know it.
    pub(crate) known: Option<Known>,
}

/// A name that the rules of a state know.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its number among those.
    pub(crate) number: usize,
    /// The step that it is in a JSON pointer.
    pub(crate) pointer: String,
    pub(crate) digest: u128,
}

impl State {
    /// Whether nothing is asked of the value.
    pub(crate) fn asks_nothing(&self) -> bool {
        self.held.is_empty()
    }

    /// How many names its rules know.
    pub(crate) fn names_known(&self) -> usize {
        self.names.len()
    }

    /// The way to the property `name`.
    pub(crate) fn property(&self, name: &str) -> &Step {
        self.names.get(name).unwrap_or(&self.other)
    }

    /// The way to the item of a list that stands at `at`.
    pub(crate) fn item(&self, at: u64) -> &Step {
        let last = self.items.len() - 1;
        &self.items[usize::try_from(at).map_or(last, |at| at.min(last))]
    }
}
