//! What is seen of a case at an instant: facts known by then, less what was taken back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::law::condition::{Answer, Value};
use crate::law::fact::Fact;
use crate::law::id::{AttributeId, FactId, FactKind, PredicateId, ProvisionId};
use crate::law::lawbook::Lawbook;
use crate::law::question::Question;
use crate::law::retraction::taken_back;
use crate::law::vocabulary::Vocabulary;

/// The facts that are seen, and the answers that follow from them.
pub(in crate::law) struct Seen<'q> {
    /// Facts that stand, in the order of the question.
    pub(super) live: Vec<&'q Fact>,
    /// Facts that were taken back, each with the retraction.
    pub(super) taken_back: Vec<(&'q Fact, &'q FactId)>,
    pub(super) answers: BTreeMap<PredicateId, Answer>,
    /// The attributes, with what recorded facts show.
    pub(super) attributes: Cow<'q, BTreeMap<AttributeId, Value>>,
    pub(super) now: Timestamp,
    by_id: BTreeMap<&'q FactId, &'q Fact>,
    /// Submissions and extensions that stand, by the provision that they name.
    about: BTreeMap<&'q ProvisionId, Vec<&'q Fact>>,
}

impl<'q> Seen<'q> {
    pub(super) fn new(book: &Lawbook, question: &'q Question) -> Self {
        let now = question.now();
        let visible = |fact: &&Fact| {
            fact.known_at <= now && question.known_at.is_none_or(|limit| fact.known_at <= limit)
        };
        let seen: Vec<&Fact> = question.facts.iter().filter(visible).collect();
        let retractions: Vec<(&FactId, &FactId)> = seen
            .iter()
            .filter(|fact| fact.kind.as_str() == "retracted")
            .filter_map(|fact| Some((&fact.id, fact.about.as_ref()?)))
            .collect();
        let by = taken_back(&retractions);
        let (mut live, mut taken_back) = (Vec::new(), Vec::new());
        for fact in seen {
            match by.get(&fact.id) {
                Some(retraction) => taken_back.push((fact, *retraction)),
                None => live.push(fact),
            }
        }
        let answers = answers(book, question, &live);
        let by_id = live.iter().map(|fact| (&fact.id, *fact)).collect();
        let mut about: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for fact in &live {
            let named: BTreeSet<&ProvisionId> = fact.obligations.iter().collect();
            named.into_iter().for_each(|id| about.entry(id).or_default().push(*fact));
        }
        let attributes = attributes(book, question, &live);
        Self { live, taken_back, answers, attributes, now, by_id, about }
    }

    pub(super) fn fact(&self, id: &FactId) -> Option<&'q Fact> {
        self.by_id.get(id).copied()
    }

    /// Returns the facts of `kind` that name the provision, in the order of the question.
    pub(super) fn naming(&self, id: &ProvisionId, kind: &str) -> impl Iterator<Item = &'q Fact> {
        let named = self.about.get(id).map_or(&[][..], Vec::as_slice);
        named.iter().copied().filter(move |fact| fact.kind.as_str() == kind)
    }

    /// Returns the predicate that a kind once decided and that has been decided *no* since.
    pub(super) fn denied(&self, words: &'q Vocabulary, kind: &FactKind) -> Option<&'q PredicateId> {
        let denied = words.predicates.iter().find(|(predicate, declared)| {
            declared.decided_by.as_ref() == Some(kind) && self.answer(predicate) == Answer::No
        });
        denied.map(|(predicate, _)| predicate)
    }

    pub(super) fn answer(&self, predicate: &PredicateId) -> Answer {
        self.answers.get(predicate).copied().unwrap_or_default()
    }
}

/// The attributes, and those that a recorded fact shows to be *yes*.
fn attributes<'q>(
    book: &Lawbook,
    question: &'q Question,
    live: &[&Fact],
) -> Cow<'q, BTreeMap<AttributeId, Value>> {
    let mut found = Cow::Borrowed(&question.attributes);
    for (id, attribute) in &book.words().attributes {
        let Some(kind) = &attribute.shown_by else { continue };
        if live.iter().any(|fact| fact.kind == *kind) {
            found.to_mut().insert(id.clone(), Value::Flag(true));
        }
    }
    found
}

/// Answers from the start, then decisions in the order in which they were made.
///
/// Recording a deciding kind makes its predicate *yes* from that instant (laws/counting.md 7.2.7).
fn answers(book: &Lawbook, question: &Question, live: &[&Fact]) -> BTreeMap<PredicateId, Answer> {
    let mut answers = question.answers.clone();
    let mut decisions: Vec<(&Fact, PredicateId, Answer)> = Vec::new();
    for fact in live {
        if let Some((predicate, answer)) = &fact.decided {
            decisions.push((fact, predicate.clone(), *answer));
        }
        for (predicate, declared) in &book.words().predicates {
            if declared.decided_by.as_ref() == Some(&fact.kind) {
                decisions.push((fact, predicate.clone(), Answer::Yes));
            }
        }
    }
    decisions.sort_by_key(|(fact, _, _)| (fact.occurred.lo(), fact.known_at));
    for (_, predicate, answer) in decisions {
        answers.insert(predicate, answer);
    }
    answers
}
