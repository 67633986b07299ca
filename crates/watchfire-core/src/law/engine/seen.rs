//! What is seen of a case at an instant: facts known by then, less what was taken back.

use std::collections::{BTreeMap, BTreeSet};

use crate::law::condition::{Answer, Known};
use crate::law::fact::Fact;
use crate::law::id::{FactId, FactKind, PredicateId};
use crate::law::lawbook::Lawbook;
use crate::law::question::Question;
use crate::law::vocabulary::Vocabulary;

/// The facts that are seen, and the answers that follow from them.
pub(in crate::law) struct Seen<'q> {
    /// Facts that stand, in the order of the question.
    pub(super) live: Vec<&'q Fact>,
    /// Facts that were taken back, each with the retraction.
    pub(super) taken_back: Vec<(&'q Fact, &'q FactId)>,
    pub(super) answers: BTreeMap<PredicateId, Answer>,
    question: &'q Question,
}

impl<'q> Seen<'q> {
    pub(super) fn new(book: &Lawbook, question: &'q Question) -> Self {
        let now = question.now();
        let visible = |fact: &&Fact| {
            fact.known_at <= now && question.known_at.is_none_or(|limit| fact.known_at <= limit)
        };
        let seen: Vec<&Fact> = question.facts.iter().filter(visible).collect();
        let by = retractions(&seen);
        let (mut live, mut taken_back) = (Vec::new(), Vec::new());
        for fact in seen {
            match by.get(&fact.id) {
                Some(retraction) => taken_back.push((fact, *retraction)),
                None => live.push(fact),
            }
        }
        let answers = answers(book, question, &live);
        Self { live, taken_back, answers, question }
    }

    pub(super) fn fact(&self, id: &FactId) -> Option<&'q Fact> {
        self.live.iter().find(|fact| fact.id == *id).copied()
    }

    /// Returns what conditions are asked against.
    pub(super) fn known(&self) -> Known<'_> {
        Known { answers: &self.answers, attributes: &self.question.attributes }
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

/// Returns which facts are taken back, and by which retraction that itself stands.
///
/// A retraction that was taken back takes nothing back.
fn retractions<'q>(seen: &[&'q Fact]) -> BTreeMap<&'q FactId, &'q FactId> {
    let all: Vec<(&FactId, &FactId)> = seen
        .iter()
        .filter(|fact| fact.kind.as_str() == "retracted")
        .filter_map(|fact| Some((&fact.id, fact.about.as_ref()?)))
        .collect();
    let mut found = BTreeMap::new();
    for (retraction, of) in &all {
        if stands(retraction, &all, &mut BTreeSet::new()) {
            found.entry(*of).or_insert(*retraction);
        }
    }
    found
}

fn stands<'q>(
    retraction: &'q FactId,
    all: &[(&'q FactId, &'q FactId)],
    asked: &mut BTreeSet<&'q FactId>,
) -> bool {
    // Two that take each other back both stand: neither is the first.
    if !asked.insert(retraction) {
        return false;
    }
    let stands = !all.iter().any(|(by, of)| *of == retraction && stands(by, all, asked));
    asked.remove(retraction);
    stands
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
