//! What people may do with a case. Each act returns events, or refuses and says why.
//!
//! Whether a person may act at all is the store's question (`Authorized`); here stand the rules of
//! the matter.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::gate::To;
use super::refusal::Refusal;
use super::settle::read;
use super::{Case, Decision, Embargo, House};
use crate::event::{CaseEvent, Chain, FactRecord, GapCause, OwnerCause, ParticipantRole};
use crate::ids::{CaseId, ObligationId, PartyId, ReportId, SubmissionId};
use crate::law::form::{Completeness, FieldId, Form};
use crate::law::gate::{Act, Recipient};
use crate::notice::NoticeKind;
use crate::obligation::Obligation;

/// A case holds at most so many facts.
pub const FACTS_MAX: usize = 2_000;
/// A title has at most so many characters.
pub const TITLE_CHARS_MAX: usize = 200;
/// A text written by a person has at most so many characters.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// A submission holds at most so many fields.
pub const FIELDS_MAX: usize = 200;

/// Once a case has so many events, people write no more into it that no clock needs: messages,
/// drafts, assignments, participants, escalations.
pub const EVENTS_OF_TALK_MAX: u64 = 50_000;
/// Once a case has so many events, people add none. What is left of
/// 100 000, up to which a history is read whole, is for what time does.
pub const EVENTS_OF_PEOPLE_MAX: u64 = 90_000;
/// Messages, drafts and submissions of a case have at most so many bytes together.
pub const WRITTEN_BYTES_MAX: u64 = 64 << 20;
/// The fields of one draft or submission have at most so many bytes together.
pub const FIELDS_BYTES_MAX: usize = 160 << 10;

/// What a case is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// One line for people who may see the case.
    pub title: String,
    /// Whose case it is.
    pub organization: PartyId,
    /// The report it is opened on.
    pub report: Option<ReportId>,
    /// Whether only participants may see it.
    pub embargoed: bool,
    /// Who takes part from the beginning.
    pub participants: Vec<(PartyId, ParticipantRole)>,
    /// What is known from the beginning.
    pub facts: Vec<FactRecord>,
}

/// A submission that somebody made and now records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Its name.
    pub id: SubmissionId,
    /// What it meets; at least one.
    pub obligations: Vec<ObligationId>,
    /// When it was made, in the spelling of the case files.
    pub submitted_at: String,
    /// When we knew that it was made.
    pub known_at: Timestamp,
    /// The authority's number, where it gave one: by it the authority acknowledged.
    pub number: Option<String>,
    /// How it went.
    pub channel: String,
    /// Values by field id.
    pub fields: BTreeMap<String, String>,
    /// Why it was sent although fields required now were missing.
    pub incomplete_reason: Option<String>,
    /// Why it went although a prohibition bars the recipient, and who says so.
    pub pass: Option<(String, PartyId)>,
}

pub(super) fn room(what: &'static str, held: u64, max: u64) -> Result<(), Refusal> {
    if held >= max {
        return Err(Refusal::Full { what, max: usize::try_from(max).unwrap_or(usize::MAX) });
    }
    Ok(())
}

pub(super) fn text(field: &'static str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    // Blanks alone say nothing.
    let chars = if text.trim().is_empty() { 0 } else { text.chars().count() };
    if chars == 0 || chars > chars_max {
        return Err(Refusal::Text { field, chars, chars_max });
    }
    Ok(())
}

impl Case {
    /// Refuses what no clock needs in a case that is nearly full.
    pub(super) fn room_for_talk(&self) -> Result<(), Refusal> {
        room("events", self.version, EVENTS_OF_TALK_MAX)
    }

    /// Refuses text of `bytes` in a case whose people have written as much as it holds.
    pub(super) fn room_for_text(&self, bytes: usize) -> Result<(), Refusal> {
        let written = self.written_bytes.saturating_add(bytes as u64);
        room("bytes of messages, drafts and submissions", written, WRITTEN_BYTES_MAX + 1)
    }

    /// Opens a case.
    ///
    /// # Errors
    /// [`Refusal::Text`] for the title, and what [`Case::record_fact`] refuses.
    pub fn open(
        id: &CaseId,
        opening: &Opening,
        house: &House<'_>,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        text("title", &opening.title, TITLE_CHARS_MAX)?;
        let opened = CaseEvent::Opened {
            title: opening.title.clone(),
            organization: opening.organization.clone(),
            report: opening.report.clone(),
            embargoed: opening.embargoed,
        };
        let mut case = Self::opened(id, &opened, now);
        let mut events = vec![opened];
        for (party, role) in &opening.participants {
            let added = CaseEvent::ParticipantAdded { party: party.clone(), role: *role };
            case.apply(now, &added);
            events.push(added);
        }
        for fact in &opening.facts {
            let recorded = case.check_fact(house, fact, now)?;
            case.apply(now, &recorded);
            events.push(recorded);
        }
        let mut decision = Decision { events, ..Decision::default() };
        decision.events.extend(case.settle(house, now)?);
        Ok(decision)
    }

    /// Records a fact, and what follows for the obligations.
    ///
    /// # Errors
    /// [`Refusal::Fact`], [`Refusal::FactTaken`], [`Refusal::KnownInFuture`], [`Refusal::Full`];
    /// of `retracted` and `fact-confirmed`, [`Refusal::NoSuchFact`]; of `retracted`,
    /// [`Refusal::FactRetracted`].
    pub fn record_fact(
        &self,
        house: &House<'_>,
        fact: &FactRecord,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let recorded = self.check_fact(house, fact, now)?;
        self.with(house, vec![recorded], now)
    }

    /// Appends what follows from `events` for the obligations.
    fn with(
        &self,
        house: &House<'_>,
        mut events: Vec<CaseEvent>,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let mut after = self.clone();
        for event in &events {
            after.apply(now, event);
        }
        events.extend(after.settle(house, now)?);
        Ok(Decision { events, notices: Vec::new() })
    }

    fn check_fact(
        &self,
        house: &House<'_>,
        fact: &FactRecord,
        now: Timestamp,
    ) -> Result<CaseEvent, Refusal> {
        room("events", self.version, EVENTS_OF_PEOPLE_MAX)?;
        if self.facts.len() >= FACTS_MAX {
            return Err(Refusal::Full { what: "facts", max: FACTS_MAX });
        }
        if self.facts.iter().any(|other| other.id == fact.id) {
            return Err(Refusal::FactTaken(fact.id.clone()));
        }
        if fact.known_at > now {
            return Err(Refusal::KnownInFuture { known_at: fact.known_at, now });
        }
        if let Some(note) = &fact.note {
            text("note", note, TEXT_CHARS_MAX)?;
        }
        read(house.law, fact)?;
        if matches!(fact.kind.as_str(), "retracted" | "fact-confirmed") {
            let of = fact.of.as_deref().unwrap_or_default();
            if !self.facts.iter().any(|other| other.id == of) {
                return Err(Refusal::NoSuchFact(of.to_owned()));
            }
            if fact.kind == "retracted" && self.is_retracted(of) {
                return Err(Refusal::FactRetracted(of.to_owned()));
            }
        }
        Ok(CaseEvent::FactRecorded { fact: fact.clone() })
    }

    /// Takes an obligation that nobody holds, or whose holder is silent.
    ///
    /// # Errors
    /// [`Refusal::NoSuchObligation`], [`Refusal::NotOwed`], [`Refusal::HeldByAnother`].
    pub fn claim(&self, id: &ObligationId, by: &PartyId) -> Result<Decision, Refusal> {
        let obligation = self.owed(id)?;
        if let Some(owner) = &obligation.owner
            && obligation.gap.is_none()
            && owner.party != *by
        {
            let owner = owner.party.clone();
            return Err(Refusal::HeldByAnother { obligation: id.clone(), owner });
        }
        let owner_set = CaseEvent::OwnerSet {
            obligation: id.clone(),
            owner: by.clone(),
            cause: OwnerCause::Claimed,
        };
        Ok(Decision { events: self.closing(obligation, owner_set), notices: Vec::new() })
    }

    /// Gives an obligation to a participant, who has yet to acknowledge.
    ///
    /// # Errors
    /// [`Refusal::NoSuchObligation`], [`Refusal::NotOwed`], [`Refusal::NotParticipant`].
    pub fn assign(
        &self,
        id: &ObligationId,
        to: &PartyId,
        by: &PartyId,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let obligation = self.owed(id)?;
        self.room_for_talk()?;
        if self.embargo.is_active() && !self.participants.contains_key(to) {
            return Err(Refusal::NotParticipant(to.clone()));
        }
        let owner_set = CaseEvent::OwnerSet {
            obligation: id.clone(),
            owner: to.clone(),
            cause: OwnerCause::Assigned { by: by.clone() },
        };
        let notice = self.notice(obligation, to, NoticeKind::Assigned, &now.to_string());
        Ok(Decision { events: self.closing(obligation, owner_set), notices: vec![notice] })
    }

    fn closing(&self, obligation: &Obligation, owner_set: CaseEvent) -> Vec<CaseEvent> {
        let mut events = vec![owner_set];
        if obligation.gap.is_some() {
            events.push(CaseEvent::GapClosed { obligation: obligation.id.clone() });
        }
        events
    }

    /// Answers for an obligation that one holds.
    ///
    /// # Errors
    /// [`Refusal::NoSuchObligation`], [`Refusal::NotOwed`], [`Refusal::NotHolder`].
    pub fn acknowledge(&self, id: &ObligationId, by: &PartyId) -> Result<Decision, Refusal> {
        let obligation = self.owed(id)?;
        if obligation.owner.as_ref().is_none_or(|owner| owner.party != *by) {
            return Err(Refusal::NotHolder(id.clone()));
        }
        let answered = CaseEvent::Acknowledged { obligation: id.clone(), by: by.clone() };
        Ok(Decision { events: self.closing(obligation, answered), notices: Vec::new() })
    }

    /// Gives an obligation up; it is a gap from then on.
    ///
    /// # Errors
    /// [`Refusal::NoSuchObligation`], [`Refusal::NotOwed`], [`Refusal::NotHolder`], [`Refusal::Text`].
    pub fn release(
        &self,
        id: &ObligationId,
        by: &PartyId,
        reason: &str,
    ) -> Result<Decision, Refusal> {
        let obligation = self.owed(id)?;
        if obligation.owner.as_ref().is_none_or(|owner| owner.party != *by) {
            return Err(Refusal::NotHolder(id.clone()));
        }
        text("reason", reason, TEXT_CHARS_MAX)?;
        let events = vec![
            CaseEvent::OwnerReleased { obligation: id.clone(), reason: reason.to_owned() },
            CaseEvent::GapOpened { obligation: id.clone(), cause: GapCause::HeldByNobody },
        ];
        Ok(Decision { events, notices: Vec::new() })
    }

    /// Tells the next of the chain now, without waiting for a rung: the lowest place that was not
    /// told yet, or the highest where all were, and never the one who asks.
    ///
    /// # Errors
    /// [`Refusal::NoSuchObligation`], [`Refusal::NotOwed`], [`Refusal::Text`],
    /// [`Refusal::NobodyAbove`].
    pub fn escalate(
        &self,
        house: &House<'_>,
        id: &ObligationId,
        by: &PartyId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let obligation = self.owed(id)?;
        self.room_for_talk()?;
        text("reason", reason, TEXT_CHARS_MAX)?;
        let next = self.next_above(house, obligation, by);
        let next = next.ok_or_else(|| Refusal::NobodyAbove(id.clone()))?;
        let audience = self.audience(obligation, vec![next.clone()], now);
        let mark = obligation.mark(&format!("{by} at {now}"));
        let notice = self.notice(obligation, &next, NoticeKind::Escalated, &mark);
        let mut decision = Decision { events: audience.events, notices: audience.notices };
        decision.events.push(CaseEvent::Escalated {
            obligation: id.clone(),
            by: by.clone(),
            reason: reason.to_owned(),
            told: vec![next],
            notices: vec![notice.id.clone()],
        });
        decision.notices.push(notice);
        Ok(decision)
    }

    fn next_above(
        &self,
        house: &House<'_>,
        obligation: &Obligation,
        by: &PartyId,
    ) -> Option<PartyId> {
        let Chain { owner, supervisor, executive } = self.open_chain(house.chain);
        let holder = obligation.owner.as_ref().map(|owner| owner.party.clone());
        let places = [holder.or(owner), supervisor, executive];
        let mut places: Vec<PartyId> = places.into_iter().flatten().collect();
        if let Some(own) = places.iter().rposition(|who| who == by) {
            // Whoever stands in the chain asks for somebody above, or, from its top, for anybody.
            let above = places.split_off(own + 1);
            places = if above.is_empty() { places } else { above };
        }
        places.retain(|who| who != by);
        let untold = places.iter().find(|who| !obligation.reached.contains(*who));
        untold.or(places.last()).cloned()
    }

    fn owed(&self, id: &ObligationId) -> Result<&Obligation, Refusal> {
        let obligation =
            self.obligations.get(id).ok_or_else(|| Refusal::NoSuchObligation(id.clone()))?;
        room("events", self.version, EVENTS_OF_PEOPLE_MAX)?;
        if !obligation.is_open() {
            let state = obligation.assessment.state;
            return Err(Refusal::NotOwed { obligation: id.clone(), state });
        }
        Ok(obligation)
    }

    /// Records a submission, the fact that it was made, and what follows.
    ///
    /// # Errors
    /// [`Refusal::NothingSubmitted`], [`Refusal::NoSuchObligation`],
    /// [`Refusal::Value`] and [`Refusal::IncompleteWithoutReason`], which a reason lifts;
    /// [`Refusal::GateClosed`], which a reason of its own lifts, and what [`Case::record_fact`] refuses.
    pub fn record_submission(
        &self,
        house: &House<'_>,
        sent: &Submission,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        check_fields(&sent.fields)?;
        self.room_for_text(bytes_of(&sent.fields))?;
        text("channel", &sent.channel, TITLE_CHARS_MAX)?;
        let mut provisions = Vec::new();
        let (mut missing, mut refused) = (Vec::new(), Vec::new());
        let mut form = None;
        let mut named: Vec<ObligationId> = Vec::new();
        for id in &sent.obligations {
            if named.contains(id) {
                continue;
            }
            named.push(id.clone());
            let found =
                self.obligations.get(id).ok_or_else(|| Refusal::NoSuchObligation(id.clone()))?;
            provisions.push(found.assessment.provision.clone());
            if let Some((wanted, stage)) = house.law.form_of(&found.assessment.provision) {
                let found = completeness(wanted, stage, &sent.fields);
                missing.extend(found.missing.into_iter().map(|FieldId(id)| id));
                refused.extend(found.refused.into_iter().map(|(FieldId(id), why)| (id, why)));
                form = form.or_else(|| Some(wanted.id.clone()));
            }
        }
        if provisions.is_empty() {
            return Err(Refusal::NothingSubmitted);
        }
        if sent.incomplete_reason.is_none() {
            if let Some((field, problem)) = refused.into_iter().next() {
                return Err(Refusal::Value { field, problem });
            }
            if !missing.is_empty() {
                return Err(Refusal::IncompleteWithoutReason { missing });
            }
        }
        if let Some(reason) = &sent.incomplete_reason {
            text("incomplete_reason", reason, TEXT_CHARS_MAX)?;
        }
        let to = recipients(house, &provisions);
        let pass = sent.pass.as_ref().map(|(reason, by)| (reason.as_str(), by));
        let mut events = self.through(house, Act::Giving, &to, pass, now)?;
        let fact = submitted(sent, provisions);
        events.push(CaseEvent::SubmissionRecorded {
            submission: sent.id.clone(),
            fact: fact.id.clone(),
            obligations: named,
            number: sent.number.clone(),
            channel: sent.channel.clone(),
            form,
            fields: sent.fields.clone(),
            incomplete_reason: sent.incomplete_reason.clone(),
        });
        events.push(self.check_fact(house, &fact, now)?);
        self.with(house, events, now)
    }

    /// Lets a party see the case. Somebody outside the organization, `outside`, is asked about at
    /// the gate; whoever takes part as the vendor provides the product concerned.
    ///
    /// # Errors
    /// [`Refusal::GateClosed`]; the caller has checked that the party exists.
    pub fn add_participant(
        &self,
        house: &House<'_>,
        (party, role): (&PartyId, ParticipantRole),
        outside: Option<&Recipient>,
        pass: Option<(&str, &PartyId)>,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        if self.participants.get(party) == Some(&role) {
            return Ok(Decision::default());
        }
        let to: Vec<To> = outside.map(|it| as_participant(party, role, it)).into_iter().collect();
        let mut events = self.through(house, Act::Giving, &to, pass, now)?;
        events.push(CaseEvent::ParticipantAdded { party: party.clone(), role });
        Ok(Decision { events, notices: Vec::new() })
    }

    /// Takes a party out of the case; what it held becomes a gap.
    ///
    /// # Errors
    /// [`Refusal::NotParticipant`]; [`Refusal::LastParticipant`] under embargo.
    pub fn remove_participant(&self, party: &PartyId) -> Result<Decision, Refusal> {
        if !self.participants.contains_key(party) {
            return Err(Refusal::NotParticipant(party.clone()));
        }
        if self.embargo.is_active() && self.participants.len() == 1 {
            return Err(Refusal::LastParticipant(party.clone()));
        }
        let mut events = vec![CaseEvent::ParticipantRemoved { party: party.clone() }];
        events.extend(
            self.released("the holder was taken out of the case", |holder| holder == party),
        );
        Ok(Decision { events, notices: Vec::new() })
    }

    /// Releases what people hold who see the case no more; what is owed of it becomes a gap.
    fn released(&self, reason: &str, is_gone: impl Fn(&PartyId) -> bool) -> Vec<CaseEvent> {
        let mut events = Vec::new();
        for held in self.obligations.values() {
            if held.owner.as_ref().is_none_or(|owner| !is_gone(&owner.party)) {
                continue;
            }
            // Also of what is met: a submission taken back would wake it with a holder who is gone.
            events.push(CaseEvent::OwnerReleased {
                obligation: held.id.clone(),
                reason: reason.to_owned(),
            });
            if held.is_open() {
                events.push(CaseEvent::GapOpened {
                    obligation: held.id.clone(),
                    cause: GapCause::HolderGone,
                });
            }
        }
        events
    }

    /// Agrees, or moves, the embargo; what it collides with is seen at once. Whoever holds something of a case that was open, and takes no
    /// part in it, sees it no more: what they held becomes a gap.
    ///
    /// # Errors
    /// [`Refusal::EmbargoExited`], [`Refusal::Text`].
    pub fn agree_embargo(
        &self,
        house: &House<'_>,
        until: Option<Timestamp>,
        note: &str,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        if matches!(self.embargo, Embargo::Exited { .. }) {
            return Err(Refusal::EmbargoExited);
        }
        text("note", note, TEXT_CHARS_MAX)?;
        let mut events = vec![CaseEvent::EmbargoAgreed { until, note: note.to_owned() }];
        events.extend(self.released("the holder takes no part in the case", |holder| {
            !self.participants.contains_key(holder)
        }));
        self.with(house, events, now)
    }

    /// Ends the embargo: everybody in the organization may see the case from then on, and it may
    /// be published. So the gate is asked what bars the publication.
    ///
    /// # Errors
    /// [`Refusal::NoEmbargo`]; [`Refusal::EmbargoActive`] before its date, unless the fact
    /// `disclosed` is recorded and stands; [`Refusal::Text`]; [`Refusal::GateClosed`].
    pub fn exit_embargo(
        &self,
        house: &House<'_>,
        reason: &str,
        pass: Option<(&str, &PartyId)>,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let Embargo::Active { until } = self.embargo else { return Err(Refusal::NoEmbargo) };
        let disclosed =
            self.facts.iter().any(|fact| fact.kind == "disclosed" && !self.is_retracted(&fact.id));
        let over = until.is_some_and(|until| until <= now);
        if !disclosed && !over {
            return Err(Refusal::EmbargoActive { until });
        }
        text("reason", reason, TEXT_CHARS_MAX)?;
        let mut events = self.through(house, Act::Publishing, &[To::public()], pass, now)?;
        events.push(CaseEvent::EmbargoExited { reason: reason.to_owned() });
        Ok(Decision { events, notices: Vec::new() })
    }

    /// Gives the case another title; the same title changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Text`].
    pub fn rename(&self, title: &str) -> Result<Decision, Refusal> {
        text("title", title, TITLE_CHARS_MAX)?;
        if self.title == title {
            return Ok(Decision::default());
        }
        let renamed = CaseEvent::Renamed { title: title.to_owned() };
        Ok(Decision { events: vec![renamed], notices: Vec::new() })
    }

    /// Writes to the participants. Those of them who are outside the organization, `outside`, are
    /// asked about at the gate.
    ///
    /// # Errors
    /// [`Refusal::Text`], [`Refusal::Full`], [`Refusal::GateClosed`].
    pub fn post_message(
        &self,
        house: &House<'_>,
        message: &str,
        outside: &BTreeMap<PartyId, Recipient>,
        pass: Option<(&str, &PartyId)>,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        text("text", message, TEXT_CHARS_MAX)?;
        self.room_for_talk()?;
        self.room_for_text(message.len())?;
        let to: Vec<To> = self
            .participants
            .iter()
            .filter_map(|(party, role)| Some(as_participant(party, *role, outside.get(party)?)))
            .collect();
        let mut events = self.through(house, Act::Giving, &to, pass, now)?;
        events.push(CaseEvent::MessagePosted { text: message.to_owned() });
        Ok(Decision { events, notices: Vec::new() })
    }
}

/// A participant outside the organization, as the gate asks of them.
pub fn as_participant(party: &PartyId, role: ParticipantRole, known: &Recipient) -> To {
    let is_product_provider = known.is_product_provider || role == ParticipantRole::Vendor;
    To::party(party, Recipient { is_product_provider, ..known.clone() })
}

/// The authorities to whom these provisions are owed, each once.
fn recipients(house: &House<'_>, provisions: &[String]) -> Vec<To> {
    let mut found: Vec<To> = Vec::new();
    for id in provisions {
        let Some((pack, provision)) = house.law.provision(id) else { continue };
        let Some(owed_to) = &provision.owed_to else { continue };
        let Some(recipient) = house.law.recipient(pack, owed_to) else { continue };
        let to = To::authority(owed_to, recipient);
        if !found.contains(&to) {
            found.push(to);
        }
    }
    found
}

pub(super) fn bytes_of(fields: &BTreeMap<String, String>) -> usize {
    fields.iter().map(|(id, value)| id.len() + value.len()).sum()
}

pub(super) fn check_fields(fields: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if bytes_of(fields) > FIELDS_BYTES_MAX {
        return Err(Refusal::Full { what: "bytes of fields", max: FIELDS_BYTES_MAX });
    }
    if fields.len() > FIELDS_MAX {
        return Err(Refusal::Full { what: "fields", max: FIELDS_MAX });
    }
    for value in fields.values() {
        let chars = value.chars().count();
        if chars > TEXT_CHARS_MAX {
            return Err(Refusal::Text { field: "fields", chars, chars_max: TEXT_CHARS_MAX });
        }
    }
    Ok(())
}

/// Says how complete the fields are for a stage.
fn completeness(form: &Form, stage: usize, fields: &BTreeMap<String, String>) -> Completeness {
    let values = fields.iter().map(|(id, value)| (FieldId(id.clone()), value.clone())).collect();
    form.completeness(stage, &values)
}

/// The fact by which a submission counts.
fn submitted(sent: &Submission, provisions: Vec<String>) -> FactRecord {
    FactRecord {
        id: sent.id.to_string(),
        kind: "submitted".to_owned(),
        occurred_at: sent.submitted_at.clone(),
        known_at: sent.known_at,
        of: None,
        obligation: provisions,
        new_due: None,
        number: None,
        predicate: None,
        answer: None,
        note: None,
        evidence: None,
    }
}
