//! On which facts an obligation arises, and from which of them strict and outer run.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Engine, Place};
use crate::law::condition::{Answer, Condition, Known, Recorded};
use crate::law::count::elapsed;
use crate::law::fact::Fact;
use crate::law::id::{FactId, FactKind, PredicateId};
use crate::law::pack::{Anchor, Provision, Trigger};
use crate::law::trace::Step;

/// A fact that carries an obligation.
#[derive(Clone, Copy)]
pub(super) struct Carrier<'q> {
    pub(super) fact: &'q Fact,
    /// The predicate on which it hangs, and its answer; `None` if it carries without one.
    hangs_on: Option<(&'q PredicateId, Answer)>,
    counts: Counts,
}

/// For which of the two readings a carrier counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// The kind itself: strict always, outer where no outer step is recorded.
    Kind,
    /// A step of awareness.
    Step { strict: bool, outer: bool },
}

impl Carrier<'_> {
    fn for_strict(&self) -> bool {
        matches!(self.counts, Counts::Kind | Counts::Step { strict: true, .. })
    }
}

/// Every fact that carries, or would have carried, one obligation.
#[derive(Clone)]
pub(super) struct Arising<'q> {
    carriers: Vec<Carrier<'q>>,
    /// Facts that count as absent, because their predicate is *no*.
    absent: Vec<(&'q Fact, &'q PredicateId)>,
    /// Facts that were taken back and would have carried it.
    taken_back: Vec<(&'q Fact, &'q FactId)>,
    anchor: Anchor,
}

/// From what strict and outer run, before `runs_from` is looked at.
#[derive(Clone, Copy)]
pub(super) struct Anchors<'q> {
    pub(super) strict: &'q Fact,
    pub(super) outer: &'q Fact,
}

impl Anchors<'_> {
    /// Returns the first and the last instant at which it may have arisen: for dates in force
    /// strict's and outer's steps are the ends of one interval (laws/counting.md 7.2.4).
    pub(super) fn span(&self) -> (Timestamp, Timestamp) {
        let first = self.strict.occurred.lo().min(self.outer.occurred.lo());
        let last = self.strict.occurred.last().max(self.outer.occurred.last());
        (first, last)
    }
}

impl<'q> Arising<'q> {
    /// Returns whether it is listed at all: an arising fact is seen.
    pub(super) fn is_listed(&self) -> bool {
        self.strict().next().is_some() || !self.absent.is_empty() || !self.taken_back.is_empty()
    }

    fn strict(&self) -> impl Iterator<Item = &Carrier<'q>> {
        self.carriers.iter().filter(|carrier| carrier.for_strict())
    }

    /// Returns the carriers that need no predicate, or the others where there are none; of several
    /// kinds those of the kind that was known first, because strict and outer use the same.
    ///
    /// Recording the deciding fact moves outer to it; strict stays (laws/counting.md 7.2.6).
    fn deciding(&self) -> impl Iterator<Item = &Carrier<'q>> + Clone {
        let free = |carrier: &Carrier<'q>| carrier.hangs_on.is_none();
        let decided = self.strict().any(free);
        let group = self.carriers.iter().filter(move |carrier| free(carrier) == decided);
        let strict = group.clone().filter(|carrier| carrier.for_strict());
        let first = pick(strict.map(|carrier| carrier.fact), self.anchor).map(Fact::knowledge);
        group.filter(move |carrier| Some(carrier.fact.knowledge()) == first)
    }

    /// Returns from what strict and outer run, or `None` if nothing carries it.
    pub(super) fn anchors(&self) -> Option<Anchors<'q>> {
        let strict = pick(self.strict().map(|carrier| carrier.fact), self.anchor)?;
        let group = self.deciding();
        let of = |wanted: fn(&Counts) -> bool| {
            let facts = group.clone().filter(|carrier| wanted(&carrier.counts));
            pick(facts.map(|carrier| carrier.fact), self.anchor)
        };
        let outer = of(|counts| matches!(counts, Counts::Step { outer: true, .. }))
            .or_else(|| of(|counts| *counts == Counts::Kind))
            .or_else(|| of(|counts| matches!(counts, Counts::Step { strict: true, .. })))
            .unwrap_or(strict);
        Some(Anchors { strict, outer })
    }

    /// Returns whether nothing carries it but facts whose predicate nobody has answered.
    pub(super) fn is_provisional(&self) -> bool {
        self.open_question().is_some()
    }

    pub(super) fn open_question(&self) -> Option<PredicateId> {
        let mut open = None;
        for carrier in self.strict() {
            match carrier.hangs_on {
                None | Some((_, Answer::Yes)) => return None,
                Some((predicate, _)) => open = open.or(Some(predicate.clone())),
            }
        }
        open
    }

    /// Returns the fact it arose on, or would have.
    pub(super) fn arose_on(&self) -> Option<&'q Fact> {
        let strict = pick(self.strict().map(|carrier| carrier.fact), self.anchor);
        strict
            .or_else(|| self.absent.first().map(|(fact, _)| *fact))
            .or_else(|| self.taken_back.first().map(|(fact, _)| *fact))
    }

    /// Splits into one for each fact.
    pub(super) fn split(&self) -> Vec<Self> {
        let one = |carriers: Vec<Carrier<'q>>, taken_back| Self {
            carriers,
            absent: Vec::new(),
            taken_back,
            anchor: Anchor::First,
        };
        let mut each: Vec<Self> =
            self.strict().map(|carrier| one(vec![*carrier], Vec::new())).collect();
        each.extend(self.taken_back.iter().map(|gone| one(Vec::new(), vec![*gone])));
        each
    }

    /// Tells on what it arose.
    pub(super) fn tell(&self, trace: &mut Vec<Step>) {
        trace.reserve(self.carriers.len() + self.absent.len() + self.taken_back.len());
        for carrier in &self.carriers {
            trace.push(Step::AroseOn {
                fact: carrier.fact.id.clone(),
                kind: carrier.fact.kind.clone(),
                towards: carrier.fact.towards.clone(),
                lo: carrier.fact.occurred.lo(),
                known_at: carrier.fact.known_at,
            });
            if let Some((predicate, answer)) = carrier.hangs_on {
                let (fact, predicate) = (carrier.fact.id.clone(), predicate.clone());
                trace.push(Step::ProvisionalOn { fact, predicate, answer });
            }
        }
        for (fact, predicate) in &self.absent {
            let (fact, predicate) = (fact.id.clone(), (*predicate).clone());
            trace.push(Step::CountsAsAbsent { fact, predicate });
        }
        for (fact, by) in &self.taken_back {
            trace.push(Step::Retracted { fact: fact.id.clone(), by: (*by).clone() });
        }
    }
}

/// Picks the anchoring fact: the earliest by `lo`, or the latest; of equal ones the first recorded.
pub(super) fn pick<'q>(facts: impl Iterator<Item = &'q Fact>, anchor: Anchor) -> Option<&'q Fact> {
    let mut best: Option<&Fact> = None;
    for fact in facts {
        if best.is_none_or(|best| is_better(anchor, fact.occurred.lo(), best.occurred.lo())) {
            best = Some(fact);
        }
    }
    best
}

/// Returns whether a fact that begins at `lo` counts before one that begins at `best`.
pub(in crate::law) fn is_better<T: Ord>(anchor: Anchor, lo: T, best: T) -> bool {
    match anchor {
        Anchor::First | Anchor::Each => lo < best,
        Anchor::Last => lo > best,
    }
}

/// What the condition of a provision says.
pub(super) struct Verdict {
    answer: Answer,
    undecided: Vec<PredicateId>,
}

impl Verdict {
    pub(super) fn is_no(&self) -> bool {
        self.answer == Answer::No
    }

    pub(super) fn is_open(&self) -> bool {
        self.answer == Answer::Undecided
    }

    /// Returns the first question that is open.
    pub(super) fn first(&self) -> Option<PredicateId> {
        self.undecided.first().cloned()
    }
}

impl<'q> Engine<'q> {
    /// Finds every fact that carries the provision.
    pub(super) fn arise(&self, provision: &'q Provision) -> Arising<'q> {
        let mut arising = Arising {
            carriers: Vec::new(),
            absent: Vec::new(),
            taken_back: Vec::new(),
            anchor: provision.anchor,
        };
        if provision.runs_from.is_some() {
            // `anchor` is then about the fact it runs from.
            arising.anchor = Anchor::First;
        }
        let after = provision.arises_after.as_ref();
        let after = after.map(|trigger| self.anchor_of(trigger, Anchor::First));
        let is_after = |fact: &Fact| match after {
            None => true,
            Some(first) => first.is_some_and(|it| fact.occurred.last() >= it.occurred.lo()),
        };
        for fact in self.arising(provision).filter(|fact| is_after(fact)) {
            match self.carries(provision, fact) {
                Some(carrier) if matches!(carrier.hangs_on, Some((_, Answer::No))) => {
                    let predicate = carrier.hangs_on.map(|(predicate, _)| predicate);
                    arising.absent.extend(predicate.map(|predicate| (fact, predicate)));
                }
                Some(carrier) => arising.carriers.push(carrier),
                None => {}
            }
        }
        for (fact, by) in self.seen.taken_back.iter().filter(|(fact, _)| is_after(fact)) {
            if self.carries(provision, fact).is_some_and(|carrier| carrier.for_strict()) {
                arising.taken_back.push((fact, by));
            }
        }
        arising
    }

    /// Returns the facts that can carry the provision.
    fn arising(&self, provision: &'q Provision) -> impl Iterator<Item = &'q Fact> {
        let kinds = provision.arises_on.iter().map(|trigger| match trigger {
            Trigger::Kind(kind) => kind.as_str(),
            Trigger::Submitted(_) => "submitted",
        });
        self.seen.known(kinds.chain(provision.provisional_on.keys().map(FactKind::as_str)))
    }

    fn carries(&self, provision: &'q Provision, fact: &'q Fact) -> Option<Carrier<'q>> {
        let (kind, counts) = match &fact.towards {
            None => (&fact.kind, Counts::Kind),
            Some(towards) => {
                let among = |steps: &[FactKind]| steps.contains(&fact.kind);
                let strict = among(&provision.awareness.strict);
                let outer = among(&provision.awareness.outer);
                if !strict && !outer {
                    return None;
                }
                (towards, Counts::Step { strict, outer })
            }
        };
        let arises = provision.arises_on.iter().any(|trigger| match trigger {
            Trigger::Kind(arising) => arising == kind,
            Trigger::Submitted(id) => {
                fact.kind.as_str() == "submitted"
                    && fact.obligations.contains(id)
                    && self.submission_counts(id, fact)
            }
        });
        if arises {
            // A determination that was decided otherwise since counts as absent.
            let denied = self.seen.denied(self.book.words(), kind);
            let hangs_on = denied.map(|predicate| (predicate, Answer::No));
            return Some(Carrier { fact, hangs_on, counts });
        }
        let predicate = provision.provisional_on.get(kind)?;
        let hangs_on = Some((predicate, self.seen.answer(predicate)));
        Some(Carrier { fact, hangs_on, counts })
    }

    /// Asks the condition of a provision; of a prohibition, whether it is lifted.
    pub(super) fn condition(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        trace: &mut Vec<Step>,
    ) -> Verdict {
        if provision.when.is_none() && provision.allowed_when.is_none() {
            return Verdict { answer: Answer::Yes, undecided: Vec::new() };
        }
        let ask = |condition: &Option<Condition>| {
            condition.as_ref().map(|condition| self.ask(place, condition))
        };
        let (holds, lifted) = (ask(&provision.when), ask(&provision.allowed_when));
        let lifted = lifted.map(|(answer, undecided)| (answer.not(), undecided));
        let asked = || holds.iter().chain(&lifted);
        let answer = asked().map(|(answer, _)| *answer).min().unwrap_or(Answer::Yes);
        let mut undecided: Vec<PredicateId> = Vec::new();
        if answer == Answer::Undecided {
            for predicate in asked().flat_map(|(_, undecided)| undecided) {
                if !undecided.contains(predicate) {
                    undecided.push(predicate.clone());
                }
            }
        }
        trace.push(Step::Condition { answer, undecided: undecided.clone() });
        Verdict { answer, undecided }
    }

    /// Asks a condition: its value, and the undecided questions on which it hangs.
    pub(super) fn ask(
        &self,
        place: &Place<'q>,
        condition: &Condition,
    ) -> (Answer, Vec<PredicateId>) {
        let recorded = |asked: &Recorded| self.is_recorded(&place.zone, asked);
        let known = Known {
            answers: &self.seen.answers,
            attributes: &self.seen.attributes,
            recorded: &recorded,
        };
        let answer = condition.value(&known);
        let undecided = match answer {
            Answer::Undecided => condition.undecided(&known),
            Answer::Yes | Answer::No => Vec::new(),
        };
        (answer, undecided)
    }

    fn is_recorded(&self, zone: &TimeZone, asked: &Recorded) -> bool {
        let Some(fact) = self.anchor_of(&asked.fact, Anchor::First) else { return false };
        let Some((within, other)) = &asked.within else { return true };
        let Some(other) = self.anchor_of(other, Anchor::First) else { return false };
        let limit = elapsed(*within, other.occurred.outer_start(), zone);
        limit.is_some_and(|limit| fact.occurred.lo() <= limit)
    }
}
