//! Conditions: data with three values, because what nobody has answered is not *no*.

use std::collections::BTreeMap;

use super::count::Within;
use super::id::{AttributeId, PredicateId};
use super::pack::Trigger;

/// Yes, no, or not decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    No,
    #[default]
    Undecided,
    Yes,
}

impl Answer {
    /// Reads `yes`, `no` or `undecided`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "yes" => Some(Self::Yes),
            "no" => Some(Self::No),
            "undecided" => Some(Self::Undecided),
            _ => None,
        }
    }

    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Undecided => "undecided",
        }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Undecided => Self::Undecided,
        }
    }

    pub(crate) fn of(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }
}

/// A condition of a provision.
///
/// It names what it asks by the words of the packs, or, made ready for many cases, by numbers that
/// stand for them. How its parts make a whole is the same for both.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition<P = PredicateId, A = AttributeId, R = Recorded, V = Value> {
    Predicate(P),
    /// A yes-no attribute.
    Flag(A),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    OneOf(A, Vec<V>),
    AtLeast(A, f64),
    Below(A, f64),
    /// Whether something is recorded. It is never undecided.
    Recorded(R),
}

/// A question to the facts of the case: is one of this kind recorded?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub fact: Trigger,
    /// It happened at most so long after the first of the other kind, or before it.
    pub within: Option<(Within, Trigger)>,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Number(f64),
    Flag(bool),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        }
    }
}

/// Answers the parts of a condition that have no parts.
pub trait Knowledge<P, A, R, V> {
    fn answer(&self, predicate: &P) -> Answer;
    fn flag(&self, attribute: &A) -> Answer;
    fn one_of(&self, attribute: &A, values: &[V]) -> Answer;
    fn number(&self, attribute: &A) -> Option<f64>;
    fn recorded(&self, asked: &R) -> bool;
}

/// What is known when a condition is asked of one case.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub answers: &'a BTreeMap<PredicateId, Answer>,
    pub attributes: &'a BTreeMap<AttributeId, Value>,
    /// Answers what is asked of the facts.
    pub recorded: &'a dyn Fn(&Recorded) -> bool,
}

impl Knowledge<PredicateId, AttributeId, Recorded, Value> for Known<'_> {
    fn answer(&self, predicate: &PredicateId) -> Answer {
        self.answers.get(predicate).copied().unwrap_or_default()
    }

    fn flag(&self, attribute: &AttributeId) -> Answer {
        match self.attributes.get(attribute) {
            Some(Value::Flag(flag)) => Answer::of(*flag),
            _ => Answer::Undecided,
        }
    }

    fn one_of(&self, attribute: &AttributeId, values: &[Value]) -> Answer {
        match self.attributes.get(attribute) {
            Some(value) => Answer::of(values.contains(value)),
            None => Answer::Undecided,
        }
    }

    fn number(&self, attribute: &AttributeId) -> Option<f64> {
        match self.attributes.get(attribute) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn recorded(&self, asked: &Recorded) -> bool {
        (self.recorded)(asked)
    }
}

impl<P: Clone + PartialEq, A, R, V> Condition<P, A, R, V> {
    /// Returns its value; the strong three-valued logic of Kleene.
    pub fn value(&self, known: &impl Knowledge<P, A, R, V>) -> Answer {
        let of = |holds: Option<bool>| holds.map_or(Answer::Undecided, Answer::of);
        match self {
            Self::Predicate(id) => known.answer(id),
            Self::Flag(id) => known.flag(id),
            Self::All(parts) => Self::least(parts, known),
            Self::Any(parts) => Self::greatest(parts, known),
            Self::Not(part) => part.value(known).not(),
            Self::OneOf(id, values) => known.one_of(id, values),
            Self::AtLeast(id, least) => of(known.number(id).map(|number| number >= *least)),
            Self::Below(id, bound) => of(known.number(id).map(|number| number < *bound)),
            Self::Recorded(asked) => Answer::of(known.recorded(asked)),
        }
    }

    /// Returns the least value of parts; one *no* is enough to know it.
    fn least(parts: &[Self], known: &impl Knowledge<P, A, R, V>) -> Answer {
        let mut least = Answer::Yes;
        for part in parts {
            match part.value(known) {
                Answer::No => return Answer::No,
                value => least = least.min(value),
            }
        }
        least
    }

    /// Returns the greatest value of parts; one *yes* is enough to know it.
    fn greatest(parts: &[Self], known: &impl Knowledge<P, A, R, V>) -> Answer {
        let mut greatest = Answer::No;
        for part in parts {
            match part.value(known) {
                Answer::Yes => return Answer::Yes,
                value => greatest = greatest.max(value),
            }
        }
        greatest
    }

    /// Returns every attribute that it names.
    pub fn attributes(&self) -> Vec<&A> {
        match self {
            Self::Flag(id) | Self::OneOf(id, _) | Self::AtLeast(id, _) | Self::Below(id, _) => {
                vec![id]
            }
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::attributes).collect()
            }
            Self::Not(part) => part.attributes(),
            Self::Predicate(_) | Self::Recorded(_) => Vec::new(),
        }
    }

    /// Returns the undecided questions on which the value hangs, in the order of writing.
    pub fn undecided(&self, known: &impl Knowledge<P, A, R, V>) -> Vec<P> {
        let mut found = Vec::new();
        self.collect_undecided(known, &mut found);
        found
    }

    fn collect_undecided(&self, known: &impl Knowledge<P, A, R, V>, found: &mut Vec<P>) {
        if self.value(known) != Answer::Undecided {
            return;
        }
        match self {
            Self::Predicate(id) if !found.contains(id) => found.push(id.clone()),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect_undecided(known, found));
            }
            Self::Not(part) => part.collect_undecided(known, found),
            _ => {}
        }
    }
}

impl Condition {
    /// Returns the triggers that it asks the facts for.
    pub fn triggers(&self) -> Vec<&Trigger> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::triggers).collect(),
            Self::Not(part) => part.triggers(),
            Self::Recorded(asked) => {
                let other = asked.within.iter().map(|(_, other)| other);
                std::iter::once(&asked.fact).chain(other).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns every predicate that it names.
    pub fn predicates(&self) -> Vec<&PredicateId> {
        match self {
            Self::Predicate(id) => vec![id],
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::predicates).collect()
            }
            Self::Not(part) => part.predicates(),
            _ => Vec::new(),
        }
    }
}

/// As one writes it down: ids, and words between them.
impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let joined = |parts: &[Self], word: &str| {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            parts.join(word)
        };
        match self {
            Self::Predicate(id) => id.fmt(f),
            Self::Flag(id) => id.fmt(f),
            Self::All(parts) => write!(f, "({})", joined(parts, " and ")),
            Self::Any(parts) => write!(f, "({})", joined(parts, " or ")),
            Self::Not(part) => write!(f, "not {part}"),
            Self::OneOf(id, values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "{id} is {}", values.join(" or "))
            }
            Self::AtLeast(id, least) => write!(f, "{id} at least {least}"),
            Self::Below(id, bound) => write!(f, "{id} below {bound}"),
            Self::Recorded(Recorded { fact, within: None }) => write!(f, "recorded {fact}"),
            Self::Recorded(Recorded { fact, within: Some((within, other)) }) => {
                write!(f, "recorded {fact} within {within} of {other}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_answered_stays_undecided_unless_the_rest_decides() {
        let [a, b] = ["x/a", "x/b"].map(|id| id.parse::<PredicateId>().unwrap());
        let (one, two) = (Condition::Predicate(a.clone()), Condition::Predicate(b.clone()));
        let all = Condition::All(vec![one.clone(), two.clone()]);
        let any = Condition::Any(vec![one.clone(), two]);
        let attributes = BTreeMap::new();
        let value = |condition: &Condition, answer| {
            let answers = BTreeMap::from([(b.clone(), answer)]);
            let recorded = &|_: &Recorded| false;
            condition.value(&Known { answers: &answers, attributes: &attributes, recorded })
        };
        assert_eq!(value(&all, Answer::Yes), Answer::Undecided);
        assert_eq!(value(&all, Answer::No), Answer::No);
        assert_eq!(value(&any, Answer::Yes), Answer::Yes);
        assert_eq!(value(&any, Answer::No), Answer::Undecided);
        assert_eq!(value(&Condition::Not(Box::new(one)), Answer::Yes), Answer::Undecided);
        let answers = BTreeMap::from([(b, Answer::Yes)]);
        let recorded = &|_: &Recorded| false;
        let known = Known { answers: &answers, attributes: &attributes, recorded };
        assert_eq!(all.undecided(&known), vec![a]);
        assert!(any.undecided(&known).is_empty());
    }
}
