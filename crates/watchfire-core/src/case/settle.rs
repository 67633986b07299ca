//! What follows for the obligations when something was recorded.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Case, Embargo, House, Refusal};
use crate::event::{Assessment, CaseEvent, FactRecord, GapCause};
use crate::ids::{AmendmentId, CaseId, ObligationId};
use crate::law::fact::{Fact, FactError, WrittenFact};
use crate::law::{self, Class, Language, Lawbook, Question, State};
use crate::obligation;

/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;

impl Case {
    /// The case as it is right after [`CaseEvent::Opened`].
    pub(super) fn opened(id: &CaseId, event: &CaseEvent, now: Timestamp) -> Self {
        let CaseEvent::Opened { title, organization, report, embargoed } = event else {
            panic!("a case begins with its opening, and the caller made that event");
        };
        Self {
            id: id.clone(),
            version: 1,
            title: title.clone(),
            organization: organization.clone(),
            report: report.clone(),
            opened_at: now,
            embargo: if *embargoed { Embargo::Active { until: None } } else { Embargo::None },
            participants: BTreeMap::new(),
            taken_out: BTreeSet::new(),
            asked: BTreeMap::new(),
            facts: Vec::new(),
            obligations: BTreeMap::new(),
            drafts: BTreeMap::new(),
            submissions: Vec::new(),
            conflicts: BTreeMap::new(),
            passes: Vec::new(),
            aware_from: BTreeMap::new(),
            unread: BTreeMap::new(),
            written_bytes: 0,
        }
    }

    /// Computes what is owed anew and returns the events by which it differs from before.
    ///
    /// Keeps the promise that every open obligation has a holder or a gap.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn settle(&self, house: &House<'_>, now: Timestamp) -> Result<Vec<CaseEvent>, Refusal> {
        let mut events = Vec::new();
        let assessed = self.assess(house, now)?;
        for (id, assessment) in &assessed {
            let before = self.obligations.get(id).map(|known| &known.assessment);
            if !before.is_some_and(|before| says_the_same(before, assessment)) {
                let assessment = Box::new(assessment.clone());
                events.push(CaseEvent::Assessed { obligation: id.clone(), assessment });
            }
        }
        let listed: BTreeSet<&ObligationId> = assessed.keys().collect();
        for known in self.obligations.values().filter(|known| !listed.contains(&known.id)) {
            if known.assessment.state != State::NotApplicable {
                let gone = Assessment { state: State::NotApplicable, ..known.assessment.clone() };
                let assessment = Box::new(gone);
                events.push(CaseEvent::Assessed { obligation: known.id.clone(), assessment });
            }
        }
        let mut after = self.clone();
        for event in &events {
            after.apply(now, event);
        }
        events.extend(after.gaps_to_move());
        events.extend(after.conflicts_to_move(house, now)?);
        events.extend(after.standing_to_follow(house, now)?);
        Ok(events)
    }

    /// Says that a change of law leaves the case as it was computed before, because the new law
    /// cannot read it. Nothing, where that was said already.
    pub fn leave_unread(&self, amendment: &AmendmentId, problem: &str) -> Vec<CaseEvent> {
        let problem: String = problem.chars().take(PROBLEM_CHARS_MAX).collect();
        if self.unread.get(amendment).is_some_and(|(_, known)| *known == problem) {
            return Vec::new();
        }
        vec![CaseEvent::LeftUnread { amendment: amendment.clone(), problem }]
    }

    /// As [`Case::settle`], and says so where a change of law had left the case unread.
    ///
    /// # Errors
    /// As [`Case::settle`].
    pub fn settle_anew(
        &self,
        house: &House<'_>,
        now: Timestamp,
    ) -> Result<Vec<CaseEvent>, Refusal> {
        let settled = self.settle(house, now)?;
        let again = (!self.unread.is_empty())
            .then(|| CaseEvent::ReadAgain { lawbook: house.law.digest_hex() });
        Ok(again.into_iter().chain(settled).collect())
    }

    /// Returns the gaps that must open because nobody holds, and close because nothing is owed.
    fn gaps_to_move(&self) -> Vec<CaseEvent> {
        let mut events = Vec::new();
        for held in self.obligations.values() {
            let obligation = held.id.clone();
            match (held.is_open(), held.owner.is_some(), held.gap.is_some()) {
                (true, false, false) => {
                    let cause = GapCause::HeldByNobody;
                    events.push(CaseEvent::GapOpened { obligation, cause });
                }
                (false, _, true) => events.push(CaseEvent::GapClosed { obligation }),
                _ => {}
            }
        }
        events
    }

    /// Asks the laws what is owed at `now`, as known now.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    fn assess(
        &self,
        house: &House<'_>,
        now: Timestamp,
    ) -> Result<BTreeMap<ObligationId, Assessment>, Refusal> {
        let question = self.question(house, Some(now), None)?;
        let lawbook = house.law.digest_hex();
        let mut found = BTreeMap::new();
        for owed in house.law.obligations(&question) {
            if !matches!(owed.class, Class::Hard | Class::Soft) {
                continue;
            }
            let provision = owed.provision.to_string();
            let each = owed.per_fact.then_some(owed.from_fact.as_ref()).flatten();
            let id = obligation::name(&self.id, &provision, each.map(|fact| fact.as_str()));
            found.insert(id, assessment(&owed, &lawbook));
        }
        Ok(found)
    }

    /// Makes the question to the laws: what was owed at `now`, as known at `known_at`.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn question(
        &self,
        house: &House<'_>,
        now: Option<Timestamp>,
        known_at: Option<Timestamp>,
    ) -> Result<Question, Refusal> {
        house.question(&self.facts, now, known_at)
    }
}

impl House<'_> {
    /// Makes the question to the laws about these facts.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a fact cannot be read with these laws.
    pub fn question(
        &self,
        facts: &[FactRecord],
        now: Option<Timestamp>,
        known_at: Option<Timestamp>,
    ) -> Result<Question, Refusal> {
        let mut question = Question { now, known_at, ..Question::default() };
        for fact in facts {
            question.facts.push(read(self.law, fact)?);
        }
        for role in &self.profile.roles {
            question.roles.insert(self.law.role(role)?);
        }
        for (name, value) in &self.profile.attributes {
            let (id, value) = self.law.attribute(name, value)?;
            question.attributes.insert(id, value);
        }
        Ok(question)
    }
}

/// Reads a recorded fact with the laws in use.
///
/// # Errors
/// The first thing wrong, as [`FactError`] lists them.
pub(super) fn read(law: &Lawbook, fact: &FactRecord) -> Result<Fact, FactError> {
    let known_at = fact.known_at.to_string();
    law.read_fact_written(&WrittenFact {
        id: &fact.id,
        kind: &fact.kind,
        occurred_at: &fact.occurred_at,
        known_at: Some(&known_at),
        of: fact.of.as_deref(),
        obligation: fact.obligation.iter().map(String::as_str).collect(),
        new_due: fact.new_due.as_deref(),
        number: fact.number.as_deref(),
        predicate: fact.predicate.as_deref(),
        answer: fact.answer.as_deref(),
    })
}

/// Compares what does not depend on which lawbook said it.
fn says_the_same(before: &Assessment, after: &Assessment) -> bool {
    let same_book = Assessment {
        lawbook: before.lawbook.clone(),
        time_zones: before.time_zones.clone(),
        ..after.clone()
    };
    *before == same_book
}

/// Writes down what the engine said, without what changes with time alone.
fn assessment(owed: &law::Obligation, lawbook: &str) -> Assessment {
    let state = match owed.state {
        State::Open | State::DueSoon | State::Overdue => {
            if owed.provisional {
                State::NeedsDecision
            } else {
                State::Open
            }
        }
        other => other,
    };
    let cites = owed.cites.as_ref().map(|cites| cites.in_language(Language::En).to_owned());
    Assessment {
        provision: owed.provision.to_string(),
        from_fact: owed.from_fact.as_ref().map(ToString::to_string),
        class: owed.class.to_string(),
        state,
        provisional: owed.provisional,
        after_strict: owed.after_strict,
        strict_from: owed.strict_from,
        strict_due: owed.strict_due,
        outer_due: owed.outer_due,
        decision: owed.decision_due.as_ref().map(|(predicate, _)| predicate.to_string()),
        decision_due: owed.decision_due.as_ref().map(|(_, due)| *due),
        cites: cites.unwrap_or_default(),
        version_from: owed.version_from.map(|date| date.to_string()),
        reading: owed.reading.as_deref().map(str::to_owned),
        lawbook: lawbook.to_owned(),
        time_zones: law::TIME_ZONE_DATABASE.to_owned(),
    }
}
