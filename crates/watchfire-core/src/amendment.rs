//! A law changed: who proposes the change, who reads it, who must know, and when it is used.
//!
//! [`Amendment`] is folded from events and is never changed otherwise. It goes from *proposed* over
//! *interpreted* to *agreed*, which takes a second person, and is then put before departments; at
//! its instant it is *applied*, whether everybody has acknowledged it or not. `act` holds what
//! people may do with it, `tick` what time does.

mod act;
mod refusal;
#[cfg(test)]
mod tests;
mod tick;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::escalation::{Ladder, Rung};
use crate::event::{AmendmentEvent, Body, Chain, Event, GapCause, LawSource, OwnerCause};
use crate::ids::{AmendmentId, DepartmentId, PartyId};
use crate::notice::Notice;

pub use act::{Draft, LANGUAGES, TEXT_CHARS_MAX, TITLE_CHARS_MAX, Words};
pub use refusal::AmendmentRefusal;

/// A department acknowledges within so many days, and before the change is used.
pub const ACKNOWLEDGE_DAYS: i64 = 7;
/// It has at least so many hours, also where the change is used sooner.
pub const ACKNOWLEDGE_HOURS_MIN: i64 = 24;
/// Somebody should have interpreted and agreed within so many days.
pub const AGREE_DAYS: i64 = 7;
/// Whoever claimed a gap acknowledges within so many hours.
pub const CLAIM_HOURS: i64 = 24;
/// What could not be put to use is tried again after so many hours.
const OBSTRUCTED_HOURS: i64 = 1;
/// Cases that could not be read are tried again after an hour, and after twice as long each further
/// time, up to so many hours.
const UNREAD_HOURS_MAX: i64 = 24;

/// What a rule decided: events to append, and notices that go out with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    pub events: Vec<AmendmentEvent>,
    pub notices: Vec<Notice>,
}

/// Whom the clocks of a change tell: the chain of the house, and of each department.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chains {
    pub house: Chain,
    /// Of the departments that are there; one that was closed has none.
    pub departments: BTreeMap<DepartmentId, Chain>,
    /// People of the house who have no account any more, and so cannot answer.
    pub gone: BTreeSet<PartyId>,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Nobody has written down what it means.
    Proposed,
    /// Somebody has, and a second person has yet to agree.
    Interpreted,
    /// It will be used at its instant.
    Agreed,
    Applied,
    Rejected,
    Withdrawn,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Interpreted,
        Self::Agreed,
        Self::Applied,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Interpreted => "interpreted",
            Self::Agreed => "agreed",
            Self::Applied => "applied",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Returns whether it will never be used.
    pub fn is_dropped(self) -> bool {
        matches!(self, Self::Rejected | Self::Withdrawn)
    }
}

/// A change of law as its events left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    pub id: AmendmentId,
    /// How many events it has; the number that the next append must expect.
    pub version: u64,
    pub organization: PartyId,
    pub title: String,
    pub why: String,
    /// Nobody, where a feed brought it.
    pub proposed_by: Option<PartyId>,
    pub proposed_at: Timestamp,
    pub source: LawSource,
    /// Digest of the files that were put forward.
    pub files: String,
    /// Digest of the lawbook that was in use then.
    pub base: String,
    /// Digest of the lawbook that the files over that one give.
    pub lawbook: String,
    pub effective_at: Timestamp,
    /// The laws in which it changes something.
    pub laws: BTreeSet<String>,
    pub stage: Stage,
    pub interpretation: Option<Interpretation>,
    /// Who agreed, when, and what they noted.
    pub agreed: Option<(PartyId, Timestamp, String)>,
    /// Why an interpretation was sent back last, by whom.
    pub returned: Option<(PartyId, String)>,
    pub acknowledgements: BTreeMap<DepartmentId, Acknowledgement>,
    pub applied: Option<Applied>,
    /// Why it could not be put to use last, and when that was.
    pub obstructed: Option<(Timestamp, String)>,
    /// Why it was rejected or withdrawn, and by whom.
    pub dropped: Option<(PartyId, String)>,
    /// What was told while nobody has agreed.
    told: BTreeSet<Rung>,
}

/// What a change means for the house, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    pub by: PartyId,
    pub at: Timestamp,
    /// By language tag.
    pub text: BTreeMap<String, String>,
    pub departments: BTreeSet<DepartmentId>,
}

/// A change that was put to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub at: Timestamp,
    /// Digest of the lawbook that is used since.
    pub lawbook: String,
    /// Digest of the one that was used before.
    pub base: String,
    /// What became of the cases, once all were looked at.
    pub reassessed: Option<Reassessed>,
}

/// What became of the cases that a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reassessed {
    pub looked_at: u64,
    pub changed: u64,
    /// Left as they were, because the new law cannot read them or computing them failed. While
    /// there are any, the change is not carried out.
    pub unread: u64,
    /// When they were looked at last, and how many times.
    pub at: Timestamp,
    pub times: u32,
}

/// What a department owes: to say that it has received the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub department: DepartmentId,
    pub routed_at: Timestamp,
    pub due_at: Timestamp,
    /// Who answers for it, since when, and how they came to.
    pub owner: Option<(PartyId, Timestamp, Option<OwnerCause>)>,
    pub gap: Option<(GapCause, Timestamp)>,
    /// Who gave it, when, and what they noted.
    pub given: Option<(PartyId, Timestamp, String)>,
    /// Everybody who was told.
    pub reached: BTreeSet<PartyId>,
    told: BTreeSet<Rung>,
}

impl Acknowledgement {
    /// Returns the time on which its rungs stand.
    pub fn ladder(&self) -> Ladder {
        Ladder::Window { from: self.routed_at, due: self.due_at }
    }

    /// Returns when it becomes a gap unless it is given, or `None` where it is one or was given.
    pub fn gap_at(&self) -> Option<Timestamp> {
        if self.given.is_some() || self.gap.is_some() {
            return None;
        }
        let claimed = self.owner.as_ref().filter(|(.., cause)| cause.is_some());
        let answer_by = claimed.map(|(_, since, _)| later(*since, CLAIM_HOURS));
        Some(answer_by.map_or(self.due_at, |by| by.max(self.due_at)))
    }

    /// Returns who answers for it, if that person still can: not one who left, and not the head of
    /// a department that was closed, unless they took it upon themselves.
    pub fn holder(&self, chains: &Chains) -> Option<&PartyId> {
        let is_there = chains.departments.contains_key(&self.department);
        let can = |(who, _, cause): &&(PartyId, Timestamp, Option<OwnerCause>)| {
            !chains.gone.contains(who) && (is_there || cause.is_some())
        };
        self.owner.as_ref().filter(can).map(|(who, ..)| who)
    }

    /// Returns whether it is late at `now`: owed, and past its date.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.given.is_none() && now >= self.due_at
    }

    fn next_at(&self) -> Option<Timestamp> {
        if self.given.is_some() {
            return None;
        }
        let ladder = self.ladder();
        let rung = ladder.at(ladder.next(&self.told));
        rung.into_iter().chain(self.gap_at()).min()
    }
}

impl Amendment {
    /// Folds the events of one change of law, in order; `None` if it was never proposed.
    pub fn from_events<'e>(
        id: &AmendmentId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut found: Option<Self> = None;
        for event in events {
            let Body::Amendment(of, happened) = &event.body else { continue };
            if of != id {
                continue;
            }
            match &mut found {
                None => found = Self::proposed(id, happened, event.recorded_at),
                Some(amendment) => amendment.apply(event.recorded_at, happened),
            }
        }
        found
    }

    fn proposed(id: &AmendmentId, event: &AmendmentEvent, at: Timestamp) -> Option<Self> {
        let AmendmentEvent::Proposed {
            organization,
            title,
            why,
            by,
            source,
            files,
            base,
            lawbook,
            effective_at,
            laws,
        } = event.clone()
        else {
            return None;
        };
        Some(Self {
            id: id.clone(),
            version: 1,
            organization,
            title,
            why,
            proposed_by: by,
            proposed_at: at,
            source,
            files,
            base,
            lawbook,
            effective_at,
            laws,
            stage: Stage::Proposed,
            interpretation: None,
            agreed: None,
            returned: None,
            acknowledgements: BTreeMap::new(),
            applied: None,
            obstructed: None,
            dropped: None,
            told: BTreeSet::new(),
        })
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, at: Timestamp, event: &AmendmentEvent) {
        self.version += 1;
        match event {
            AmendmentEvent::Proposed { .. } => {}
            AmendmentEvent::Interpreted { by, text, departments } => {
                let (by, text, departments) = (by.clone(), text.clone(), departments.clone());
                self.interpretation = Some(Interpretation { by, at, text, departments });
                self.stage = Stage::Interpreted;
            }
            AmendmentEvent::Returned { by, reason } => {
                self.returned = Some((by.clone(), reason.clone()));
                self.stage = Stage::Proposed;
            }
            AmendmentEvent::Agreed { by, note } => {
                self.agreed = Some((by.clone(), at, note.clone()));
                self.stage = Stage::Agreed;
            }
            AmendmentEvent::Applied { lawbook, base } => {
                let (lawbook, base) = (lawbook.clone(), base.clone());
                self.applied = Some(Applied { at, lawbook, base, reassessed: None });
                self.obstructed = None;
                self.stage = Stage::Applied;
            }
            AmendmentEvent::Obstructed { problem } => {
                self.obstructed = Some((at, problem.clone()));
            }
            AmendmentEvent::CasesReassessed { looked_at, changed, unread } => {
                if let Some(applied) = &mut self.applied {
                    let times = applied.reassessed.map_or(0, |before| before.times) + 1;
                    let (looked_at, changed, unread) = (*looked_at, *changed, *unread);
                    applied.reassessed = Some(Reassessed { looked_at, changed, unread, at, times });
                }
            }
            AmendmentEvent::Rejected { by, reason } => {
                self.dropped = Some((by.clone(), reason.clone()));
                self.stage = Stage::Rejected;
            }
            AmendmentEvent::Withdrawn { by, reason } => {
                self.dropped = Some((by.clone(), reason.clone()));
                self.stage = Stage::Withdrawn;
            }
            AmendmentEvent::RungReached { department: None, rung, .. } => {
                if let Ok(rung) = rung.parse() {
                    let told = self.ladder().told_by(rung);
                    self.told.extend(told);
                }
            }
            of_department => self.apply_to_department(at, of_department),
        }
    }

    fn apply_to_department(&mut self, at: Timestamp, event: &AmendmentEvent) {
        if let AmendmentEvent::Routed { department, owner, due_at } = event {
            let owed = Acknowledgement {
                department: department.clone(),
                routed_at: at,
                due_at: *due_at,
                owner: owner.clone().map(|owner| (owner, at, None)),
                gap: None,
                given: None,
                reached: BTreeSet::new(),
                told: BTreeSet::new(),
            };
            self.acknowledgements.insert(department.clone(), owed);
            return;
        }
        let (AmendmentEvent::OwnerSet { department, .. }
        | AmendmentEvent::Acknowledged { department, .. }
        | AmendmentEvent::GapOpened { department, .. }
        | AmendmentEvent::GapClosed { department }
        | AmendmentEvent::RungReached { department: Some(department), .. }) = event
        else {
            return;
        };
        let Some(owed) = self.acknowledgements.get_mut(department) else { return };
        match event {
            AmendmentEvent::OwnerSet { owner, cause, .. } => {
                owed.owner = Some((owner.clone(), at, Some(cause.clone())));
            }
            AmendmentEvent::Acknowledged { by, note, .. } => {
                owed.given = Some((by.clone(), at, note.clone()));
            }
            AmendmentEvent::GapOpened { cause, .. } => owed.gap = Some((*cause, at)),
            AmendmentEvent::GapClosed { .. } => owed.gap = None,
            AmendmentEvent::RungReached { rung, told, .. } => {
                if let Ok(rung) = rung.parse() {
                    owed.told.extend(owed.ladder().told_by(rung));
                }
                owed.reached.extend(told.iter().cloned());
            }
            _ => {}
        }
    }

    /// Returns the time on which the rungs stand while nobody has agreed.
    pub fn ladder(&self) -> Ladder {
        let within = later(self.proposed_at, AGREE_DAYS * 24);
        let before_use = if self.effective_at > self.proposed_at {
            within.min(self.effective_at)
        } else {
            within
        };
        Ladder::Window { from: self.proposed_at, due: before_use }
    }

    /// Returns when something is to be done with it next; `None` when nothing is owed any more.
    pub fn due_at(&self) -> Option<Timestamp> {
        if self.stage.is_dropped() {
            return None;
        }
        let own = match self.stage {
            Stage::Proposed | Stage::Interpreted => {
                let ladder = self.ladder();
                ladder.at(ladder.next(&self.told))
            }
            Stage::Agreed => Some(self.apply_at()),
            _ => self.reassess_at(),
        };
        let owed = self.acknowledgements.values().filter_map(Acknowledgement::next_at);
        own.into_iter().chain(owed).min()
    }

    /// Returns when it is put to use: at its instant, or a while after it could not be.
    fn apply_at(&self) -> Timestamp {
        let again = self.obstructed.as_ref().map(|(at, _)| later(*at, OBSTRUCTED_HOURS));
        again.map_or(self.effective_at, |again| again.max(self.effective_at))
    }

    /// Returns whether it is to be put to use at `now`.
    pub fn is_to_be_applied(&self, now: Timestamp) -> bool {
        self.stage == Stage::Agreed && self.apply_at() <= now
    }

    /// Returns when cases are to be computed anew; `None` before it is used, and once all were.
    fn reassess_at(&self) -> Option<Timestamp> {
        let applied = self.applied.as_ref()?;
        let Some(done) = applied.reassessed else { return Some(applied.at) };
        let hours = 1_i64 << done.times.saturating_sub(1).min(6);
        (done.unread > 0).then(|| later(done.at, hours.min(UNREAD_HOURS_MAX)))
    }

    /// Returns whether cases are to be computed anew at `now`.
    pub fn is_to_be_reassessed(&self, now: Timestamp) -> bool {
        self.reassess_at().is_some_and(|at| at <= now)
    }

    /// Returns whether it is used, and every case that it touches was computed anew.
    pub fn is_carried_out(&self) -> bool {
        let done = self.applied.as_ref().and_then(|applied| applied.reassessed);
        done.is_some_and(|done| done.unread == 0)
    }

    /// Returns the departments whose acknowledgement is a gap.
    pub fn gaps(&self) -> impl Iterator<Item = &Acknowledgement> {
        self.acknowledgements.values().filter(|owed| owed.gap.is_some())
    }
}

fn later(from: Timestamp, hours: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
