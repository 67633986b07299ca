//! What people may do with a change of law.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    ACKNOWLEDGE_DAYS, ACKNOWLEDGE_HOURS_MIN, Amendment, AmendmentRefusal, Chains, Decision, Stage,
    later,
};
use crate::event::{AmendmentEvent, GapCause, LawSource, OwnerCause};
use crate::ids::{DepartmentId, PartyId};

/// A title has at most so many characters.
pub const TITLE_CHARS_MAX: usize = 200;
/// An interpretation, a reason or a note has at most so many characters.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// The languages in which an interpretation is written.
pub const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// Files of law as somebody puts them forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub organization: PartyId,
    pub title: String,
    pub why: String,
    /// Nobody, where a feed brings them.
    pub by: Option<PartyId>,
    pub source: LawSource,
    /// Digest of the files.
    pub files: String,
    /// Digest of the lawbook in use.
    pub base: String,
    /// Digest of the lawbook that the files over it give.
    pub lawbook: String,
    pub effective_at: Timestamp,
    /// The laws in which they change something.
    pub laws: BTreeSet<String>,
}

/// An interpretation as somebody writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// By language tag; every one of [`LANGUAGES`].
    pub text: BTreeMap<String, String>,
    pub departments: BTreeSet<DepartmentId>,
}

impl Draft {
    /// Puts the files forward.
    ///
    /// # Errors
    /// [`AmendmentRefusal::Text`], [`AmendmentRefusal::NothingChanged`].
    pub fn propose(self) -> Result<AmendmentEvent, AmendmentRefusal> {
        check_text(&self.title, TITLE_CHARS_MAX)?;
        check_text(&self.why, TEXT_CHARS_MAX)?;
        if self.base == self.lawbook {
            return Err(AmendmentRefusal::NothingChanged);
        }
        Ok(AmendmentEvent::Proposed {
            organization: self.organization,
            title: self.title,
            why: self.why,
            by: self.by,
            source: self.source,
            files: self.files,
            base: self.base,
            lawbook: self.lawbook,
            effective_at: self.effective_at,
            laws: self.laws,
        })
    }
}

impl Amendment {
    /// Writes down what it means for the house, and whom it concerns. What was written before and
    /// not agreed with is replaced.
    ///
    /// # Errors
    /// [`AmendmentRefusal`]; a department that is not among `known` is unknown.
    pub fn interpret(
        &self,
        words: &Words,
        by: &PartyId,
        known: &BTreeSet<DepartmentId>,
    ) -> Result<AmendmentEvent, AmendmentRefusal> {
        self.still_open()?;
        for language in LANGUAGES {
            let text = words.text.get(language).ok_or(AmendmentRefusal::Language)?;
            check_text(text, TEXT_CHARS_MAX)?;
        }
        if words.text.len() != LANGUAGES.len() {
            return Err(AmendmentRefusal::Language);
        }
        if words.departments.is_empty() {
            return Err(AmendmentRefusal::NoDepartment);
        }
        if !words.departments.is_subset(known) {
            return Err(AmendmentRefusal::DepartmentUnknown);
        }
        let (text, departments) = (words.text.clone(), words.departments.clone());
        Ok(AmendmentEvent::Interpreted { by: by.clone(), text, departments })
    }

    /// Sends the interpretation back.
    ///
    /// # Errors
    /// [`AmendmentRefusal`].
    pub fn send_back(
        &self,
        by: &PartyId,
        reason: &str,
    ) -> Result<AmendmentEvent, AmendmentRefusal> {
        self.second_person(by)?;
        check_text(reason, TEXT_CHARS_MAX)?;
        Ok(AmendmentEvent::Returned { by: by.clone(), reason: reason.to_owned() })
    }

    /// Agrees with the interpretation, and puts the change before its departments.
    ///
    /// # Errors
    /// [`AmendmentRefusal`]; four eyes are needed.
    pub fn agree(
        &self,
        by: &PartyId,
        note: &str,
        chains: &Chains,
        now: Timestamp,
    ) -> Result<Decision, AmendmentRefusal> {
        let departments = self.second_person(by)?;
        if note.chars().count() > TEXT_CHARS_MAX {
            return Err(AmendmentRefusal::Text);
        }
        if departments.iter().any(|department| !chains.departments.contains_key(department)) {
            return Err(AmendmentRefusal::DepartmentUnknown);
        }
        let mut decision = Decision::default();
        decision.events.push(AmendmentEvent::Agreed { by: by.clone(), note: note.to_owned() });
        let due_at = self.acknowledge_by(now);
        for department in departments {
            let owner = chains.departments.get(department).and_then(|chain| chain.owner.clone());
            let is_held = owner.is_some();
            let department = department.clone();
            decision.events.push(AmendmentEvent::Routed {
                department: department.clone(),
                owner,
                due_at,
            });
            if !is_held {
                let cause = GapCause::HeldByNobody;
                decision.events.push(AmendmentEvent::GapOpened { department, cause });
            }
        }
        // The first rung is told at once, and not a tick later.
        let mut after = self.clone();
        decision.events.iter().for_each(|event| after.apply(now, event));
        let first = after.tick(chains, now);
        decision.events.extend(first.events);
        decision.notices.extend(first.notices);
        Ok(decision)
    }

    fn acknowledge_by(&self, now: Timestamp) -> Timestamp {
        let within = later(now, ACKNOWLEDGE_DAYS * 24);
        let at_least = later(now, ACKNOWLEDGE_HOURS_MIN);
        within.min(self.effective_at.max(at_least))
    }

    /// Takes the acknowledgement of a department upon oneself: a gap, or what nobody holds.
    ///
    /// # Errors
    /// [`AmendmentRefusal`].
    pub fn claim(
        &self,
        department: &DepartmentId,
        by: &PartyId,
    ) -> Result<Vec<AmendmentEvent>, AmendmentRefusal> {
        let owed = self.owed_by(department)?;
        let is_own = owed.owner.as_ref().is_some_and(|(owner, ..)| owner == by);
        if owed.gap.is_none() && !is_own {
            return Err(AmendmentRefusal::Held);
        }
        let (department, owner, cause) = (department.clone(), by.clone(), OwnerCause::Claimed);
        let mut events =
            vec![AmendmentEvent::OwnerSet { department: department.clone(), owner, cause }];
        if owed.gap.is_some() {
            events.push(AmendmentEvent::GapClosed { department });
        }
        Ok(events)
    }

    /// Acknowledges for a department, and says what changes there.
    ///
    /// # Errors
    /// [`AmendmentRefusal`]; only who answers for it can give it.
    pub fn acknowledge(
        &self,
        department: &DepartmentId,
        by: &PartyId,
        note: &str,
    ) -> Result<Vec<AmendmentEvent>, AmendmentRefusal> {
        let owed = self.owed_by(department)?;
        if owed.owner.as_ref().is_none_or(|(owner, ..)| owner != by) {
            return Err(AmendmentRefusal::NotHeld);
        }
        check_text(note, TEXT_CHARS_MAX)?;
        let mut events = vec![AmendmentEvent::Acknowledged {
            department: department.clone(),
            by: by.clone(),
            note: note.to_owned(),
        }];
        if owed.gap.is_some() {
            events.push(AmendmentEvent::GapClosed { department: department.clone() });
        }
        Ok(events)
    }

    /// Drops it for a reason.
    ///
    /// # Errors
    /// [`AmendmentRefusal`].
    pub fn reject(&self, by: &PartyId, reason: &str) -> Result<AmendmentEvent, AmendmentRefusal> {
        self.not_in_use()?;
        check_text(reason, TEXT_CHARS_MAX)?;
        Ok(AmendmentEvent::Rejected { by: by.clone(), reason: reason.to_owned() })
    }

    /// Takes one's own proposal back.
    ///
    /// # Errors
    /// [`AmendmentRefusal`].
    pub fn withdraw(&self, by: &PartyId, reason: &str) -> Result<AmendmentEvent, AmendmentRefusal> {
        self.not_in_use()?;
        if self.proposed_by.as_ref() != Some(by) {
            return Err(AmendmentRefusal::NotTheProposer);
        }
        check_text(reason, TEXT_CHARS_MAX)?;
        Ok(AmendmentEvent::Withdrawn { by: by.clone(), reason: reason.to_owned() })
    }

    fn not_in_use(&self) -> Result<(), AmendmentRefusal> {
        match self.stage {
            Stage::Rejected | Stage::Withdrawn => Err(AmendmentRefusal::Dropped),
            Stage::Applied => Err(AmendmentRefusal::InUse),
            _ => Ok(()),
        }
    }

    fn still_open(&self) -> Result<(), AmendmentRefusal> {
        self.not_in_use()?;
        if self.stage == Stage::Agreed { Err(AmendmentRefusal::Agreed) } else { Ok(()) }
    }

    /// Returns the departments that the interpretation names, if `by` is another than its writer.
    fn second_person(&self, by: &PartyId) -> Result<&BTreeSet<DepartmentId>, AmendmentRefusal> {
        self.still_open()?;
        let waiting = self.interpretation.as_ref().filter(|_| self.stage == Stage::Interpreted);
        let interpretation = waiting.ok_or(AmendmentRefusal::NotInterpreted)?;
        if interpretation.by == *by {
            return Err(AmendmentRefusal::SamePerson);
        }
        Ok(&interpretation.departments)
    }

    fn owed_by(
        &self,
        department: &DepartmentId,
    ) -> Result<&super::Acknowledgement, AmendmentRefusal> {
        if self.stage.is_dropped() {
            return Err(AmendmentRefusal::Dropped);
        }
        let owed = self.acknowledgements.get(department).ok_or(AmendmentRefusal::NotRouted)?;
        if owed.given.is_some() { Err(AmendmentRefusal::Acknowledged) } else { Ok(owed) }
    }
}

fn check_text(text: &str, chars_max: usize) -> Result<(), AmendmentRefusal> {
    let fits = !text.trim().is_empty() && text.chars().count() <= chars_max;
    if fits { Ok(()) } else { Err(AmendmentRefusal::Text) }
}
