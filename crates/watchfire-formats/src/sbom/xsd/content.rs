//! Which elements may stand in another, and in what order.
//!
//! A content model is an expression over elements; its automaton has a position for each element
//! that the expression names, and knows which may begin, end, and follow which.
//! XML Schema wants models in which the next element leaves no choice, so one position is enough.

use super::TypeId;

/// What stands at a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// An element of the schema.
    Element { name: String, kind: TypeId, default: bool },
    /// Any element of another namespace.
    Foreign,
}

/// An expression over elements.
#[derive(Debug, Clone)]
pub(crate) enum Particle {
    Symbol(Symbol),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    Optional(Box<Particle>),
    /// Once or more.
    Repeated(Box<Particle>),
}

/// The automaton of an expression.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) symbols: Vec<Symbol>,
    first: Vec<usize>,
    last: Vec<bool>,
    follow: Vec<Vec<usize>>,
    may_be_empty: bool,
}

/// What an expression begins and ends with.
struct Ends {
    first: Vec<usize>,
    last: Vec<usize>,
    may_be_empty: bool,
}

impl Content {
    pub(crate) fn of(particle: &Particle) -> Self {
        let mut content = Self::default();
        let ends = content.add(particle);
        content.last = vec![false; content.symbols.len()];
        ends.last.iter().for_each(|at| content.last[*at] = true);
        content.first = ends.first;
        content.may_be_empty = ends.may_be_empty;
        content
    }

    /// The positions that may come after `at`, or first.
    pub(crate) fn next(&self, at: Option<usize>) -> &[usize] {
        at.map_or(&self.first, |at| &self.follow[at])
    }

    /// Whether an element may end after `at`, or empty.
    pub(crate) fn may_end(&self, at: Option<usize>) -> bool {
        at.map_or(self.may_be_empty || self.symbols.is_empty(), |at| self.last[at])
    }

    fn add(&mut self, particle: &Particle) -> Ends {
        match particle {
            Particle::Symbol(symbol) => {
                self.symbols.push(symbol.clone());
                self.follow.push(Vec::new());
                let at = self.symbols.len() - 1;
                Ends { first: vec![at], last: vec![at], may_be_empty: false }
            }
            Particle::Optional(inner) => {
                let ends = self.add(inner);
                Ends { may_be_empty: true, ..ends }
            }
            Particle::Repeated(inner) => {
                let ends = self.add(inner);
                self.link(&ends.last, &ends.first);
                ends
            }
            Particle::Choice(parts) => {
                let mut all =
                    Ends { first: Vec::new(), last: Vec::new(), may_be_empty: parts.is_empty() };
                for part in parts {
                    let ends = self.add(part);
                    all.first.extend(ends.first);
                    all.last.extend(ends.last);
                    all.may_be_empty |= ends.may_be_empty;
                }
                all
            }
            Particle::Sequence(parts) => {
                let mut all = Ends { first: Vec::new(), last: Vec::new(), may_be_empty: true };
                for part in parts {
                    let ends = self.add(part);
                    self.link(&all.last, &ends.first);
                    if all.may_be_empty {
                        all.first.extend(&ends.first);
                    }
                    if !ends.may_be_empty {
                        all.last.clear();
                    }
                    all.last.extend(ends.last);
                    all.may_be_empty &= ends.may_be_empty;
                }
                all
            }
        }
    }

    fn link(&mut self, from: &[usize], to: &[usize]) {
        for at in from {
            for next in to {
                if !self.follow[*at].contains(next) {
                    self.follow[*at].push(*next);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Particle, Symbol};

    fn element(name: &str) -> Particle {
        Particle::Symbol(Symbol::Element { name: name.to_owned(), kind: 0, default: false })
    }

    fn fits(content: &Content, names: &str) -> bool {
        let mut at = None;
        for name in names.chars() {
            let is = |it: &&usize| match &content.symbols[**it] {
                Symbol::Element { name: own, .. } => *own == name.to_string(),
                Symbol::Foreign => name == '*',
            };
            match content.next(at).iter().find(is) {
                Some(next) => at = Some(*next),
                None => return false,
            }
        }
        content.may_end(at)
    }

    #[test]
    fn elements_stand_in_the_order_of_their_model() {
        // a? (b | c)+ *
        let choice =
            Particle::Repeated(Box::new(Particle::Choice(vec![element("b"), element("c")])));
        let foreign = Particle::Repeated(Box::new(Particle::Symbol(Symbol::Foreign)));
        let model = Particle::Sequence(vec![
            Particle::Optional(Box::new(element("a"))),
            choice,
            Particle::Optional(Box::new(foreign)),
        ]);
        let content = Content::of(&model);
        for good in ["b", "ac", "abcb", "cc**", "abc*"] {
            assert!(fits(&content, good), "{good}");
        }
        for bad in ["", "a", "ba", "*", "ab*b", "d", "aab"] {
            assert!(!fits(&content, bad), "{bad}");
        }
        assert!(fits(&Content::default(), "") && !fits(&Content::default(), "a"));
    }
}
