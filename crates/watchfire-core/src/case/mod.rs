//! A case: our unit of work on one vulnerability, and everything that was recorded of it.
//!
//! [`Case`] is folded from events and is never changed otherwise. `act` holds what people may
//! do with it, `settle` what follows for the obligations, and `tick` what time does.

mod act;
mod audience;
mod awareness;
mod conflict;
mod draft;
mod fill;
mod gate;
mod open_question;
mod refusal;
mod replay;
mod settle;
mod tick;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::escalation::Rung;
use crate::event::{
    Body, CaseEvent, Chain, Event, FactRecord, GapCause, OwnerCause, ParticipantRole, Profile,
};
use crate::ids::{AmendmentId, CaseId, ObligationId, PartyId, ReportId, SubmissionId};
use crate::law::Lawbook;
use crate::law::retraction::taken_back;
use crate::notice::Notice;
use crate::obligation::{Obligation, Owner};

pub use act::{
    EVENTS_OF_PEOPLE_MAX, EVENTS_OF_TALK_MAX, FACTS_MAX, FIELDS_BYTES_MAX, FIELDS_MAX, Opening,
    Submission, TEXT_CHARS_MAX, TITLE_CHARS_MAX, WRITTEN_BYTES_MAX, as_participant,
};
pub use awareness::{Awareness, Candidate, Deadline};
pub use conflict::{Clash, Decided, Effect, Instance, Standing};
pub use draft::{Answers, Kept, LeftOut};
pub use fill::{About, Filled, Filling, Origin};
pub use gate::{Pass, To};
pub use open_question::OpenQuestion;
pub use refusal::Refusal;

/// What the rules need to know besides the case: the laws, and the organization.
#[derive(Debug, Clone, Copy)]
pub struct House<'a> {
    /// The law packs in use.
    pub law: &'a Lawbook,
    /// What the organization is by law.
    pub profile: &'a Profile,
    /// Who is told in what order.
    pub chain: &'a Chain,
    /// What the organization chose for its cases, the oldest first; the last one before a case is
    /// opened counts in it.
    pub standing: &'a [Standing],
}

/// What a rule decided: events to append, and notices that go out with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// In the order in which they are appended.
    pub events: Vec<CaseEvent>,
    /// What people must be told, in the same transaction.
    pub notices: Vec<Notice>,
}

/// Whether the case may be spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Embargo {
    /// There was never one.
    None,
    /// Nobody but the participants may know; until a date, or until an event.
    Active { until: Option<Timestamp> },
    /// It ended, at this instant.
    Exited { at: Timestamp },
}

impl Embargo {
    /// Returns whether only participants may see the case.
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Active { .. })
    }
}

/// A case as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// How many events it has; the number that the next append must expect.
    pub version: u64,
    /// One line for people who may see the case.
    pub title: String,
    /// Whose case it is.
    pub organization: PartyId,
    /// The report it was opened on.
    pub report: Option<ReportId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether it may be spoken of.
    pub embargo: Embargo,
    /// Who takes part.
    pub participants: BTreeMap<PartyId, ParticipantRole>,
    /// Who took part, and was taken out. The chain lets them in no more; a person may.
    pub taken_out: BTreeSet<PartyId>,
    /// What was told of questions that are open, by predicate.
    asked: BTreeMap<String, Asked>,
    /// Every fact recorded, retracted ones among them, in the order of recording.
    pub facts: Vec<FactRecord>,
    /// What is or was owed.
    pub obligations: BTreeMap<ObligationId, Obligation>,
    /// The drafts, one for each obligation.
    pub drafts: BTreeMap<ObligationId, Draft>,
    /// What was sent.
    pub submissions: Vec<Sent>,
    /// The conflicts that were opened, by id.
    pub conflicts: BTreeMap<String, Instance>,
    /// What may leave the house although a prohibition bars it.
    pub passes: Vec<Pass>,
    /// From which fact on the organization holds that it was aware, by kind of knowledge.
    pub aware_from: BTreeMap<String, AwareFrom>,
    /// The changes of law that left it as it was computed before, since when, and why: the new law
    /// cannot read it.
    pub unread: BTreeMap<AmendmentId, (Timestamp, String)>,
    /// Bytes of all messages, drafts and submissions that were recorded.
    written_bytes: u64,
}

/// What was told of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    told: BTreeSet<Rung>,
    /// How many times it was answered, and asked again later.
    rounds: u32,
}

/// From which fact on the organization holds that it was aware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwareFrom {
    pub fact: String,
    pub reason: String,
    pub by: PartyId,
    pub at: Timestamp,
}

/// The draft of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Id of the form.
    pub form: String,
    /// Values by field id.
    pub fields: BTreeMap<String, String>,
    /// Fields that are left out on purpose, each with the provisions for which.
    pub left_out: BTreeMap<String, String>,
    /// Fields that stay in although the decision of a conflict keeps the draft to what the law
    /// itself asks for, each with the conflict.
    pub kept: BTreeMap<String, String>,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

/// A submission that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its name.
    pub id: SubmissionId,
    /// The fact recorded with it.
    pub fact: String,
    /// What it meets.
    pub obligations: Vec<ObligationId>,
    /// The authority's number.
    pub number: Option<String>,
    /// How it went.
    pub channel: String,
    /// Values by field id, as sent.
    pub fields: BTreeMap<String, String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl Case {
    /// Folds the events of one case, in order; events of other things are passed over.
    ///
    /// Returns `None` if the case was never opened.
    pub fn from_events<'e>(
        id: &CaseId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut case: Option<Self> = None;
        for event in events {
            let Body::Case(of, happened) = &event.body else { continue };
            if of != id {
                continue;
            }
            match (&mut case, happened) {
                (None, CaseEvent::Opened { .. }) => {
                    case = Some(Self::opened(id, happened, event.recorded_at));
                }
                (None, _) => {}
                (Some(case), _) => case.apply(event.recorded_at, happened),
            }
        }
        case
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, at: Timestamp, event: &CaseEvent) {
        self.version += 1;
        if !matches!(event, CaseEvent::Assessed { .. }) {
            // Assessments come together, so that only after the last of them it is known which
            // questions are still open.
            self.close_answered_questions();
        }
        self.written_bytes += written_bytes(event) as u64;
        match event {
            CaseEvent::Opened { .. } | CaseEvent::MessagePosted { .. } => {}
            CaseEvent::Renamed { title } => title.clone_into(&mut self.title),
            CaseEvent::ParticipantAdded { party, role } => {
                self.participants.insert(party.clone(), *role);
                self.taken_out.remove(party);
            }
            CaseEvent::ParticipantRemoved { party } => {
                self.participants.remove(party);
                self.taken_out.insert(party.clone());
            }
            CaseEvent::EmbargoAgreed { until, .. } => {
                self.embargo = Embargo::Active { until: *until };
            }
            CaseEvent::EmbargoExited { .. } => self.embargo = Embargo::Exited { at },
            CaseEvent::FactRecorded { fact } => self.facts.push(fact.clone()),
            CaseEvent::DraftSaved { obligation, form, fields, left_out, kept } => {
                let draft = Draft {
                    form: form.clone(),
                    fields: fields.clone(),
                    left_out: left_out.clone(),
                    kept: kept.clone(),
                    saved_at: at,
                };
                self.drafts.insert(obligation.clone(), draft);
            }
            CaseEvent::SubmissionRecorded {
                submission,
                fact,
                obligations,
                number,
                channel,
                fields,
                ..
            } => self.submissions.push(Sent {
                id: submission.clone(),
                fact: fact.clone(),
                obligations: obligations.clone(),
                number: number.clone(),
                channel: channel.clone(),
                fields: fields.clone(),
                recorded_at: at,
            }),
            CaseEvent::Assessed { .. }
            | CaseEvent::OwnerSet { .. }
            | CaseEvent::OwnerReleased { .. }
            | CaseEvent::Acknowledged { .. }
            | CaseEvent::GapOpened { .. }
            | CaseEvent::GapClosed { .. }
            | CaseEvent::RungReached { .. }
            | CaseEvent::Escalated { .. } => self.apply_to_obligation(at, event),
            CaseEvent::QuestionRang { decision, rung, .. } => self.question_rang(decision, rung),
            CaseEvent::LeftUnread { amendment, problem } => {
                self.unread.insert(amendment.clone(), (at, problem.clone()));
            }
            CaseEvent::ReadAgain { .. } => self.unread.clear(),
            CaseEvent::ConflictOpened { .. }
            | CaseEvent::ConflictClosed { .. }
            | CaseEvent::ConflictDecided { .. }
            | CaseEvent::ConflictFollowed { .. }
            | CaseEvent::GatePassed { .. }
            | CaseEvent::AwarenessChosen { .. } => self.apply_to_choice(at, event),
        }
    }

    /// Takes into account what people chose where the law leaves it to them.
    fn apply_to_choice(&mut self, at: Timestamp, event: &CaseEvent) {
        if let CaseEvent::ConflictOpened { conflict, .. }
        | CaseEvent::ConflictClosed { conflict }
        | CaseEvent::ConflictDecided { conflict, .. }
        | CaseEvent::ConflictFollowed { conflict, .. } = event
        {
            self.keep_in_no_more(conflict);
        }
        match event {
            CaseEvent::ConflictOpened { conflict, obligation, due_at } => {
                let opened = Instance::opened(at, obligation.clone(), *due_at);
                self.conflicts.insert(conflict.clone(), opened);
            }
            CaseEvent::ConflictClosed { conflict } => {
                if let Some(known) = self.conflicts.get_mut(conflict) {
                    known.closed_at = Some(at);
                }
            }
            CaseEvent::ConflictDecided { conflict, choice, reason, by } => {
                let decided = conflict::Decided {
                    choice: choice.clone(),
                    reason: reason.clone(),
                    by: by.clone(),
                    at,
                    standing: None,
                };
                let entry = self.conflicts.entry(conflict.clone());
                entry.or_insert_with(|| Instance::undated(at)).decided = Some(decided);
            }
            CaseEvent::ConflictFollowed { conflict, choice, reason, by, chosen_at } => {
                let (choice, reason, by) = (choice.clone(), reason.clone(), by.clone());
                let standing = Some(*chosen_at);
                let decided = conflict::Decided { choice, reason, by, at, standing };
                let entry = self.conflicts.entry(conflict.clone());
                entry.or_insert_with(|| Instance::undated(at)).decided = Some(decided);
            }
            CaseEvent::GatePassed { act, recipient, provisions, reason, by } => {
                self.passes.push(Pass {
                    act: act.clone(),
                    recipient: recipient.clone(),
                    provisions: provisions.clone(),
                    reason: reason.clone(),
                    by: by.clone(),
                    at,
                });
            }
            CaseEvent::AwarenessChosen { of, fact, reason, by } => {
                let (fact, reason, by) = (fact.clone(), reason.clone(), by.clone());
                self.aware_from.insert(of.clone(), AwareFrom { fact, reason, by, at });
            }
            _ => {}
        }
    }

    fn apply_to_obligation(&mut self, at: Timestamp, event: &CaseEvent) {
        if let CaseEvent::Assessed { obligation, assessment } = event {
            match self.obligations.entry(obligation.clone()) {
                Entry::Occupied(mut known) => known.get_mut().assess(at, (**assessment).clone()),
                Entry::Vacant(none) => {
                    none.insert(Obligation::new(obligation.clone(), at, (**assessment).clone()));
                }
            }
            return;
        }
        let Some((id, change)) = change_of(at, event) else { return };
        if let Some(obligation) = self.obligations.get_mut(id) {
            change.make(obligation);
        }
    }

    /// Returns the next instant of each open obligation: of its own clock, or of the question that
    /// is open beside it.
    ///
    /// Every open obligation has one: no silence lasts.
    pub fn due_instants(&self) -> BTreeMap<ObligationId, Timestamp> {
        let own = self.obligations.values();
        let mut found: BTreeMap<ObligationId, Timestamp> =
            own.filter_map(|owed| Some((owed.id.clone(), owed.due_at()?))).collect();
        for question in self.open_questions() {
            if let Some(at) = question.next_at() {
                let earliest = found.entry(question.carrier.id.clone()).or_insert(at);
                *earliest = at.min(*earliest);
            }
        }
        found
    }

    /// Returns whether `fact` was taken back, by a retraction that was not taken back itself.
    pub fn is_retracted(&self, fact: &str) -> bool {
        let retractions = self.facts.iter().filter(|other| other.kind == "retracted");
        let retractions: Vec<(&str, &str)> =
            retractions.filter_map(|by| Some((by.id.as_str(), by.of.as_deref()?))).collect();
        taken_back(&retractions).contains_key(fact)
    }
}

/// How many bytes of text an event carries that people write as they like.
fn written_bytes(event: &CaseEvent) -> usize {
    match event {
        CaseEvent::MessagePosted { text } => text.len(),
        CaseEvent::DraftSaved { fields, left_out, kept, .. } => {
            act::bytes_of(fields) + act::bytes_of(left_out) + act::bytes_of(kept)
        }
        CaseEvent::SubmissionRecorded { fields, .. } => act::bytes_of(fields),
        _ => 0,
    }
}

/// A change of one obligation's holding.
enum Change<'e> {
    Owner(Owner, Option<Timestamp>),
    Released,
    Answered { by: &'e PartyId, at: Timestamp },
    Gap(Option<(GapCause, Timestamp)>),
    Told { rung: Option<Rung>, told: &'e [PartyId], at: Timestamp },
    Escalated { told: &'e [PartyId], at: Timestamp },
}

fn change_of(at: Timestamp, event: &CaseEvent) -> Option<(&ObligationId, Change<'_>)> {
    Some(match event {
        CaseEvent::OwnerSet { obligation, owner, cause } => {
            let (acknowledged_at, awaiting) = match cause {
                OwnerCause::Claimed => (Some(at), None),
                OwnerCause::Assigned { .. } => (None, Some(at)),
            };
            let owner =
                Owner { party: owner.clone(), cause: cause.clone(), since: at, acknowledged_at };
            (obligation, Change::Owner(owner, awaiting))
        }
        CaseEvent::OwnerReleased { obligation, .. } => (obligation, Change::Released),
        CaseEvent::Acknowledged { obligation, by } => (obligation, Change::Answered { by, at }),
        CaseEvent::GapOpened { obligation, cause } => (obligation, Change::Gap(Some((*cause, at)))),
        CaseEvent::GapClosed { obligation } => (obligation, Change::Gap(None)),
        CaseEvent::RungReached { obligation, rung, told, .. } => {
            (obligation, Change::Told { rung: rung.parse().ok(), told, at })
        }
        CaseEvent::Escalated { obligation, told, .. } => {
            (obligation, Change::Escalated { told, at })
        }
        _ => return None,
    })
}

impl Change<'_> {
    fn make(self, obligation: &mut Obligation) {
        match self {
            Self::Owner(owner, awaiting) => {
                obligation.owner = Some(owner);
                obligation.awaiting = awaiting;
            }
            Self::Released => {
                obligation.owner = None;
                obligation.awaiting = None;
            }
            Self::Answered { by, at } => {
                if let Some(owner) = obligation.owner.as_mut().filter(|owner| owner.party == *by) {
                    owner.acknowledged_at = Some(at);
                    obligation.awaiting = None;
                }
            }
            Self::Gap(gap) => {
                if gap.is_some() {
                    obligation.awaiting = None;
                }
                obligation.gap = gap;
            }
            Self::Told { rung, told, at } => {
                if let Some(rung) = rung {
                    let told = obligation.ladder().told_by(rung);
                    obligation.told.extend(told);
                }
                tell(obligation, told, at);
            }
            Self::Escalated { told, at } => tell(obligation, told, at),
        }
    }
}

/// Notes who was told; a holder who was owes an answer.
fn tell(obligation: &mut Obligation, told: &[PartyId], at: Timestamp) {
    obligation.reached.extend(told.iter().cloned());
    let holder_told = obligation.owner.as_ref().is_some_and(|owner| told.contains(&owner.party));
    if holder_told && obligation.gap.is_none() {
        obligation.awaiting = obligation.awaiting.or(Some(at));
    }
}
