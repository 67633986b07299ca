//! Numbers for names: what a table of cases and the plans put to it call alike.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use crate::law::condition::Value;
use crate::law::id::{AttributeId, FactKind, PredicateId, ProvisionId, RoleId};

/// The number of a name that nobody has used.
pub(super) const NOBODY: u32 = u32::MAX;

/// Names in the order in which they were first met.
#[derive(Debug, Clone)]
pub(super) struct Names<T> {
    numbers: BTreeMap<T, u32>,
    names: Vec<T>,
    /// By the number of a name: which was asked for after it. Names come in much the same order
    /// case after case, so that a guess spares the search.
    next: Vec<u32>,
    last: u32,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), names: Vec::new(), next: Vec::new(), last: 0 }
    }
}

impl<T: Ord + Clone> Names<T> {
    pub(super) fn number<Q>(&mut self, name: &Q) -> u32
    where
        T: Borrow<Q>,
        Q: Ord + ToOwned<Owned = T> + ?Sized,
    {
        let guess = self.next.get(self.last as usize).copied();
        let guessed = guess.filter(|guess| self.name(*guess).is_some_and(|it| it.borrow() == name));
        let number = guessed.unwrap_or_else(|| self.search(name));
        self.last = number;
        number
    }

    /// Finds a name, or takes it in, and remembers after which it came.
    fn search<Q>(&mut self, name: &Q) -> u32
    where
        T: Borrow<Q>,
        Q: Ord + ToOwned<Owned = T> + ?Sized,
    {
        let number = self.get(name).unwrap_or_else(|| {
            let number = u32::try_from(self.names.len()).unwrap_or(NOBODY);
            self.numbers.insert(name.to_owned(), number);
            self.names.push(name.to_owned());
            self.next.push(NOBODY);
            number
        });
        if let Some(next) = self.next.get_mut(self.last as usize) {
            *next = number;
        }
        number
    }

    pub(super) fn get<Q: Ord + ?Sized>(&self, name: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
    {
        self.numbers.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> Option<&T> {
        self.names.get(number as usize)
    }
}

/// Every name that a table or a plan has used.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub(super) roles: Names<RoleId>,
    pub(super) kinds: Names<FactKind>,
    pub(super) predicates: Names<PredicateId>,
    pub(super) attributes: Names<AttributeId>,
    pub(super) provisions: Names<ProvisionId>,
    pub(super) texts: Names<String>,
}

/// The value of an attribute, with a number for a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Text(u32),
    Number(f64),
    Flag(bool),
}

impl Words {
    pub(super) fn cell(&mut self, value: &Value) -> Cell {
        match value {
            Value::Text(text) => Cell::Text(self.texts.number(text.as_str())),
            Value::Number(number) => Cell::Number(*number),
            Value::Flag(flag) => Cell::Flag(*flag),
        }
    }
}
