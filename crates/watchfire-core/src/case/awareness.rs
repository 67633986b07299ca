//! When we were aware: the facts that may be taken for it, side by side, with the deadlines that
//! each would give (laws/counting.md 7.2).
//!
//! A person picks one and says why. Alarms stay on the earliest arguable one, whatever is picked.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::act::{TEXT_CHARS_MAX, text};
use super::{Case, Decision, House, Refusal};
use crate::event::CaseEvent;
use crate::ids::PartyId;
use crate::law::fact::Fact;
use crate::law::id::FactKind;
use crate::law::pack::{Provision, Trigger};
use crate::law::{Class, State};

/// One kind of knowledge, and the facts that may be taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awareness {
    /// The kind of knowledge: `exploitation-known`.
    pub of: FactKind,
    /// The earliest first.
    pub candidates: Vec<Candidate>,
}

/// A fact that may be taken for awareness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The fact, and its kind: the kind itself, or a step towards it.
    pub fact: String,
    pub kind: FactKind,
    /// When it happened: the first instant of it.
    pub occurred_at: Timestamp,
    pub known_at: Timestamp,
    /// Alarms of at least one clock run from it.
    pub alarms: bool,
    /// What would be due if the clocks ran from this fact alone.
    pub deadlines: Vec<Deadline>,
}

/// A deadline that a candidate would give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    pub provision: String,
    pub strict_due: Option<Timestamp>,
    pub outer_due: Option<Timestamp>,
    /// Whether the provision counts this fact at all, in the reading in use.
    pub counts: bool,
}

fn knowledge(fact: &Fact) -> &FactKind {
    fact.towards.as_ref().unwrap_or(&fact.kind)
}

/// Returns whether the clock of `provision` may run from knowledge of this kind.
fn hangs_on(provision: &Provision, of: &FactKind) -> bool {
    let arises =
        provision.arises_on.iter().any(|on| matches!(on, Trigger::Kind(kind) if kind == of));
    let of_its_own = match &provision.runs_from {
        None => true,
        Some(Trigger::Kind(kind)) => kind == of,
        Some(Trigger::Submitted(_)) => false,
    };
    of_its_own && (arises || provision.provisional_on.contains_key(of))
}

impl Case {
    /// Returns, for each kind of knowledge of which there is a step or the knowledge itself, the
    /// candidates with the deadlines that each would give. Facts that were taken back are none.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn awareness(&self, house: &House<'_>, now: Timestamp) -> Result<Vec<Awareness>, Refusal> {
        let question = self.question(house, Some(now), None)?;
        let standing = |fact: &&Fact| {
            fact.known_at <= now && !self.is_retracted(fact.id.as_str()) && fact.about.is_none()
        };
        let facts: Vec<&Fact> = question.facts.iter().filter(standing).collect();
        let kinds: BTreeSet<&FactKind> = facts.iter().map(|fact| knowledge(fact)).collect();
        let mut found = Vec::new();
        for of in kinds {
            let clocks: Vec<&Provision> = house
                .law
                .packs()
                .iter()
                .flat_map(|pack| &pack.provisions)
                .filter(|it| matches!(it.class, Class::Hard | Class::Soft) && hangs_on(it, of))
                .filter(|it| it.owed_by.iter().any(|role| question.roles.contains(role)))
                .collect();
            if clocks.is_empty() {
                continue;
            }
            let of_kind = facts.iter().filter(|fact| knowledge(fact) == of);
            let mut candidates: Vec<Candidate> =
                of_kind.map(|fact| self.candidate(house, (&question, of), &clocks, fact)).collect();
            candidates.sort_by(|one, two| {
                (one.occurred_at, &one.fact).cmp(&(two.occurred_at, &two.fact))
            });
            found.push(Awareness { of: of.clone(), candidates });
        }
        Ok(found)
    }

    /// Asks the laws as if this were the only fact of its kind of knowledge, and the knowledge
    /// itself.
    fn candidate(
        &self,
        house: &House<'_>,
        (question, of): (&crate::law::Question, &FactKind),
        clocks: &[&Provision],
        fact: &Fact,
    ) -> Candidate {
        let mut alone = question.clone();
        alone.facts.retain(|other| knowledge(other) != of || other.id == fact.id);
        for it in alone.facts.iter_mut().filter(|it| it.id == fact.id) {
            it.kind = of.clone();
            it.towards = None;
        }
        let owed = house.law.obligations_among(&alone, |id| clocks.iter().any(|it| it.id == *id));
        let computed = owed.iter().filter(|owed| owed.state != State::NotApplicable);
        let deadline = |owed: &crate::law::Obligation| {
            let clock = clocks.iter().find(|it| it.id == owed.provision);
            let counts = clock.is_some_and(|it| {
                fact.towards.is_none()
                    || it.awareness.strict.contains(&fact.kind)
                    || it.awareness.outer.contains(&fact.kind)
            });
            let provision = owed.provision.to_string();
            let (strict_due, outer_due) = (owed.strict_due, owed.outer_due);
            Deadline { provision, strict_due, outer_due, counts }
        };
        let lo = fact.occurred.lo();
        let runs = |id: &crate::law::id::ProvisionId| {
            self.obligations.values().any(|owed| {
                owed.assessment.provision == id.as_str()
                    && owed.assessment.from_fact.as_deref() == Some(fact.id.as_str())
                    && owed.assessment.strict_from == Some(lo)
            })
        };
        Candidate {
            fact: fact.id.to_string(),
            kind: fact.kind.clone(),
            occurred_at: lo,
            known_at: fact.known_at,
            alarms: clocks.iter().any(|it| runs(&it.id)),
            deadlines: computed.map(deadline).collect(),
        }
    }

    /// Records from which fact on the organization holds that it was aware, and why. No clock and
    /// no alarm moves by it.
    ///
    /// # Errors
    /// [`Refusal::NoSuchFact`] for a fact that is no candidate; [`Refusal::Text`].
    pub fn choose_awareness(
        &self,
        house: &House<'_>,
        fact: &str,
        (reason, by): (&str, &PartyId),
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        text("reason", reason, TEXT_CHARS_MAX)?;
        let known = self.awareness(house, now)?;
        let of = known.iter().find(|it| it.candidates.iter().any(|one| one.fact == fact));
        let of = of.ok_or_else(|| Refusal::NoSuchFact(fact.to_owned()))?;
        let chosen = CaseEvent::AwarenessChosen {
            of: of.of.to_string(),
            fact: fact.to_owned(),
            reason: reason.to_owned(),
            by: by.clone(),
        };
        Ok(Decision { events: vec![chosen], notices: Vec::new() })
    }
}
