//! What is seen of a case at an instant: facts known by then, less what was taken back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::law::condition::{Answer, Value};
use crate::law::fact::Fact;
use crate::law::gate::{AtGate, Recipient};
use crate::law::id::{AttributeId, FactId, FactKind, PredicateId, ProvisionId};
use crate::law::lawbook::Lawbook;
use crate::law::question::{Question, Sight};
use crate::law::retraction::taken_back;
use crate::law::vocabulary::Vocabulary;

/// The facts that are seen, and the answers that follow from them.
pub(in crate::law) struct Seen<'q> {
    /// Facts that stand, in the order of the question.
    pub(super) live: Vec<&'q Fact>,
    /// Facts that were taken back, each with the retraction.
    pub(super) taken_back: TakenBack<'q>,
    pub(super) answers: BTreeMap<PredicateId, Answer>,
    /// The attributes, with what recorded facts show.
    pub(super) attributes: Cow<'q, BTreeMap<AttributeId, Value>>,
    pub(super) now: Timestamp,
    /// Places among those that stand, by what each is, or is a step towards; in their order.
    by_knowledge: BTreeMap<&'q str, Vec<usize>>,
    /// Submissions and extensions that stand, by the provision that they name.
    about: BTreeMap<&'q ProvisionId, Vec<&'q Fact>>,
}

impl<'q> Seen<'q> {
    pub(super) fn new(book: &Lawbook, question: &'q Question, sight: Sight) -> Self {
        let Sight { now, known_until } = sight;
        let visible = |fact: &&Fact| fact.known_at <= known_until;
        let seen: Vec<&Fact> = question.facts.iter().filter(visible).collect();
        let retractions: Vec<(&FactId, &FactId)> = seen
            .iter()
            .filter(|fact| fact.kind.as_str() == "retracted")
            .filter_map(|fact| Some((&fact.id, fact.about.as_ref()?)))
            .collect();
        let (live, taken_back) = standing(seen, &taken_back(&retractions));
        let mut by_knowledge: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (at, fact) in live.iter().enumerate() {
            by_knowledge.entry(fact.knowledge().as_str()).or_default().push(at);
        }
        let mut about: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for fact in &live {
            let named: BTreeSet<&ProvisionId> = fact.obligations.iter().collect();
            named.into_iter().for_each(|id| about.entry(id).or_default().push(*fact));
        }
        let tell = telling(book.words(), &live, &by_knowledge);
        let answers = answers(question, &live, &tell);
        let attributes = attributes(question, &tell);
        Self { live, taken_back, answers, attributes, now, by_knowledge, about }
    }

    /// Answers what a recipient shows by itself. What nobody knows of it is undecided, whatever was
    /// decided of another.
    pub(super) fn meet(&mut self, book: &Lawbook, recipient: &Recipient) {
        for (predicate, declared) in &book.words().predicates {
            let Some(at_gate) = &declared.at_gate else { continue };
            let of = |truth: bool| if truth { Answer::Yes } else { Answer::No };
            let answer = match at_gate {
                AtGate::RecipientIn(code) => {
                    let country = recipient.country.as_ref();
                    country.map_or(Answer::Undecided, |country| of(country == code))
                }
                AtGate::RecipientProvidesProduct => of(recipient.is_product_provider),
                AtGate::Recorded(kind) => {
                    let recorded = self.live.iter().any(|fact| fact.kind == *kind);
                    of(recorded || self.answer(predicate) == Answer::Yes)
                }
            };
            self.answers.insert(predicate.clone(), answer);
        }
    }

    pub(super) fn fact(&self, id: &FactId) -> Option<&'q Fact> {
        self.live.iter().copied().find(|fact| fact.id == *id)
    }

    /// Returns the facts that are of one of the kinds, or a step towards one, in the order of the
    /// question.
    pub(super) fn known<'k>(
        &self,
        kinds: impl Iterator<Item = &'k str>,
    ) -> impl Iterator<Item = &'q Fact> {
        let mut places: Vec<usize> =
            kinds.filter_map(|kind| self.by_knowledge.get(kind)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|at| self.live.get(at).copied())
    }

    /// Returns the facts of a kind that are no steps, in the order of the question.
    pub(super) fn of_kind(&self, kind: &FactKind) -> impl Iterator<Item = &'q Fact> {
        let places = self.by_knowledge.get(kind.as_str()).map_or(&[][..], Vec::as_slice);
        let facts = places.iter().filter_map(|at| self.live.get(*at).copied());
        facts.filter(|fact| fact.towards.is_none())
    }

    /// Returns the facts of `kind` that name the provision, in the order of the question.
    pub(super) fn naming(&self, id: &ProvisionId, kind: &str) -> impl Iterator<Item = &'q Fact> {
        let named = self.about.get(id).map_or(&[][..], Vec::as_slice);
        named.iter().copied().filter(move |fact| fact.kind.as_str() == kind)
    }

    /// Returns the predicate that a kind once decided and that has been decided *no* since.
    pub(super) fn denied(&self, words: &'q Vocabulary, kind: &FactKind) -> Option<&'q PredicateId> {
        words.decided_by(kind).iter().find(|predicate| self.answer(predicate) == Answer::No)
    }

    pub(super) fn answer(&self, predicate: &PredicateId) -> Answer {
        self.answers.get(predicate).copied().unwrap_or_default()
    }
}

type TakenBack<'q> = Vec<(&'q Fact, &'q FactId)>;

/// Parts what stands from what was taken back.
fn standing<'q>(
    seen: Vec<&'q Fact>,
    by: &BTreeMap<&'q FactId, &'q FactId>,
) -> (Vec<&'q Fact>, TakenBack<'q>) {
    if by.is_empty() {
        return (seen, Vec::new());
    }
    let (mut live, mut gone) = (Vec::new(), Vec::new());
    for fact in seen {
        match by.get(&fact.id) {
            Some(retraction) => gone.push((fact, *retraction)),
            None => live.push(fact),
        }
    }
    (live, gone)
}

/// What a kind that is recorded makes *yes*, and the places of the facts of it.
struct Tells<'b> {
    decides: &'b [PredicateId],
    shows: &'b [AttributeId],
    places: Vec<usize>,
}

/// Finds the kinds that make something *yes*: each is looked up once, however many facts are of it.
fn telling<'b>(
    words: &'b Vocabulary,
    live: &[&Fact],
    by_knowledge: &BTreeMap<&str, Vec<usize>>,
) -> Vec<Tells<'b>> {
    let mut found = Vec::new();
    let mut add = |kind: &FactKind, places: Vec<usize>| {
        let (decides, shows) = (words.decided_by(kind), words.shown_by(kind));
        if !(decides.is_empty() && shows.is_empty()) {
            found.push(Tells { decides, shows, places });
        }
    };
    for places in by_knowledge.values() {
        // A step is of a kind of its own.
        let (steps, of_kind): (Vec<usize>, Vec<usize>) =
            places.iter().partition(|at| live[**at].towards.is_some());
        if let Some(first) = of_kind.first() {
            add(&live[*first].kind, of_kind);
        }
        steps.into_iter().for_each(|at| add(&live[at].kind, vec![at]));
    }
    found
}

/// The attributes, and those that a recorded fact shows to be *yes*.
fn attributes<'q>(
    question: &'q Question,
    tell: &[Tells<'_>],
) -> Cow<'q, BTreeMap<AttributeId, Value>> {
    let mut found = Cow::Borrowed(&question.attributes);
    for id in tell.iter().flat_map(|one| one.shows) {
        if found.get(id) != Some(&Value::Flag(true)) {
            found.to_mut().insert(id.clone(), Value::Flag(true));
        }
    }
    found
}

/// Answers from the start, then decisions in the order in which they were made.
///
/// Recording a deciding kind makes its predicate *yes* from that instant (laws/counting.md 7.2.7).
fn answers(
    question: &Question,
    live: &[&Fact],
    tell: &[Tells<'_>],
) -> BTreeMap<PredicateId, Answer> {
    let mut answers = question.answers.clone();
    let mut decisions: Vec<(usize, &PredicateId, Answer)> = Vec::new();
    for (at, fact) in live.iter().enumerate() {
        decisions.extend(fact.decided.iter().map(|(predicate, answer)| (at, predicate, *answer)));
    }
    for one in tell {
        let each = one.places.iter().flat_map(|at| one.decides.iter().map(move |it| (*at, it)));
        decisions.extend(each.map(|(at, predicate)| (at, predicate, Answer::Yes)));
    }
    decisions.sort_by_key(|(at, ..)| (live[*at].occurred.lo(), live[*at].known_at, *at));
    for (_, predicate, answer) in decisions {
        answers.insert(predicate.clone(), answer);
    }
    answers
}
