//! Asking a condition before there is a case: its value, and what that hangs on.

use std::collections::BTreeMap;

use crate::law::condition::{Answer, Condition, Known, Value};
use crate::law::id::{AttributeId, PredicateId};

/// One question of a condition, and the answer that it wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// Neither `all` nor `any` nor `not`.
    pub asks: Condition,
    /// Whether it wants *yes*.
    pub wants: bool,
}

/// What is known without a case.
pub(super) struct KnownOwned<'a> {
    pub(super) attributes: BTreeMap<AttributeId, Value>,
    pub(super) answers: &'a BTreeMap<PredicateId, Answer>,
}

impl KnownOwned<'_> {
    pub(super) fn view(&self) -> Known<'_> {
        Known { answers: self.answers, attributes: &self.attributes, recorded: &|_| false }
    }
}

/// Returns the value of a condition, and the leaves that make it so: of *no* those that are
/// otherwise than wanted, of *undecided* those that are open, of *yes* none.
///
/// What is asked of the facts is open, because there are none yet.
pub(super) fn ask(condition: &Condition, known: Known<'_>) -> (Answer, Vec<Leaf>) {
    let (answer, leaves) = walk(condition, true, known);
    (answer, if answer == Answer::Yes { Vec::new() } else { leaves })
}

fn walk(condition: &Condition, wants: bool, known: Known<'_>) -> (Answer, Vec<Leaf>) {
    // Under a `not`, what is wanted is that the part is not so: `all` and `any` change places.
    let (parts, all) = match condition {
        Condition::All(parts) => (parts, wants),
        Condition::Any(parts) => (parts, !wants),
        Condition::Not(part) => return walk(part, !wants, known),
        leaf => return (of_leaf(leaf, wants, known), vec![Leaf { asks: leaf.clone(), wants }]),
    };
    let asked: Vec<(Answer, Vec<Leaf>)> =
        parts.iter().map(|part| walk(part, wants, known)).collect();
    let answers = asked.iter().map(|(answer, _)| *answer);
    let answer = if all {
        answers.min().unwrap_or(Answer::Yes)
    } else {
        answers.max().unwrap_or(Answer::No)
    };
    let mut leaves: Vec<Leaf> = Vec::new();
    for (_, more) in asked.into_iter().filter(|(part, _)| *part == answer) {
        for leaf in more {
            if !leaves.contains(&leaf) {
                leaves.push(leaf);
            }
        }
    }
    (answer, leaves)
}

/// Whether a leaf is as it is wanted.
fn of_leaf(leaf: &Condition, wants: bool, known: Known<'_>) -> Answer {
    let value = match leaf {
        Condition::Recorded(_) => Answer::Undecided,
        other => other.value(&known),
    };
    match (value, wants) {
        (Answer::Undecided, _) => Answer::Undecided,
        (Answer::Yes, true) | (Answer::No, false) => Answer::Yes,
        _ => Answer::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predicate(id: &str) -> Condition {
        Condition::Predicate(id.parse().unwrap())
    }

    fn leaf(id: &str, wants: bool) -> Leaf {
        Leaf { asks: predicate(id), wants }
    }

    #[test]
    fn what_a_value_hangs_on_is_named_with_the_answer_that_it_wants() {
        let no = |all: &[&str]| {
            all.iter().map(|id| (id.parse().unwrap(), Answer::No)).collect::<BTreeMap<_, _>>()
        };
        let asked = |condition: &Condition, answers: &BTreeMap<PredicateId, Answer>| {
            let known = KnownOwned { attributes: BTreeMap::new(), answers };
            ask(condition, known.view())
        };
        let both = Condition::All(vec![predicate("x/a"), predicate("x/b")]);
        let neither =
            Condition::Not(Box::new(Condition::Any(vec![predicate("x/a"), predicate("x/b")])));
        let open = BTreeMap::new();
        assert_eq!(
            asked(&both, &open),
            (Answer::Undecided, vec![leaf("x/a", true), leaf("x/b", true)])
        );
        assert_eq!(asked(&both, &no(&["x/b"])), (Answer::No, vec![leaf("x/b", true)]));
        assert_eq!(
            asked(&neither, &no(&["x/a"])),
            (Answer::Undecided, vec![leaf("x/b", false)]),
            "what is answered as wanted is not named"
        );
        assert_eq!(asked(&neither, &no(&["x/a", "x/b"])), (Answer::Yes, Vec::new()));
    }
}
