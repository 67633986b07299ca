//! What time does to a case: rungs are reached, answers become overdue, questions ring.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Case, Decision, House};
use crate::escalation::{DueRung, Place};
use crate::event::{CaseEvent, GapCause};
use crate::ids::{ObligationId, PartyId};
use crate::notice::{Notice, NoticeKind};
use crate::obligation::Obligation;

impl Case {
    /// Decides what happens to one obligation because it is `now`.
    ///
    /// Nothing, if nothing is due; then the row that said so was out of date.
    pub fn tick(&self, house: &House<'_>, id: &ObligationId, now: Timestamp) -> Decision {
        let Some(obligation) = self.obligations.get(id).filter(|found| found.is_open()) else {
            return Decision::default();
        };
        let mut time = Passing { case: self.clone(), house, now, decision: Decision::default() };
        if obligation.acknowledge_by().is_some_and(|by| by <= now) {
            time.answer_overdue(obligation);
        }
        if let Some(due) = obligation.ladder().due(&obligation.told, now) {
            time.rung_reached(obligation, &due);
        }
        for question in self.questions_of(id) {
            if let Some(due) = question.due(now) {
                time.question_rings(obligation, question.predicate, &due, &question.mark(due.rung));
            }
        }
        time.decision
    }

    pub(super) fn notice(
        &self,
        obligation: &Obligation,
        who: &PartyId,
        kind: NoticeKind,
        mark: &str,
    ) -> Notice {
        Notice::about(&self.id, &obligation.id, who, kind, mark)
    }
}

/// What happens at one instant, each thing after the one before.
struct Passing<'h> {
    /// As what was decided so far leaves it.
    case: Case,
    house: &'h House<'h>,
    now: Timestamp,
    decision: Decision,
}

impl Passing<'_> {
    fn happens(&mut self, event: CaseEvent) {
        self.case.apply(self.now, &event);
        self.decision.events.push(event);
    }

    /// Lets in whom `places` mean, and writes a notice to each.
    fn told(
        &mut self,
        obligation: &Obligation,
        places: &BTreeSet<Place>,
        holder: Option<&PartyId>,
        (kind, mark): (NoticeKind, &str),
    ) -> Vec<Notice> {
        let people = self.case.reached(places, holder, self.house.chain);
        let audience = self.case.audience(obligation, people, self.now);
        audience.events.into_iter().for_each(|event| self.happens(event));
        self.decision.notices.extend(audience.notices);
        let to = |who| self.case.notice(obligation, who, kind, mark);
        let notices: Vec<Notice> = audience.people.iter().map(to).collect();
        self.decision.notices.extend(notices.iter().cloned());
        notices
    }

    /// The holder was told and is silent: the obligation becomes a gap and the supervisor hears it.
    fn answer_overdue(&mut self, obligation: &Obligation) {
        self.happens(CaseEvent::GapOpened {
            obligation: obligation.id.clone(),
            cause: GapCause::NotAcknowledged,
        });
        let mark = obligation.awaiting.map(|since| since.to_string()).unwrap_or_default();
        let supervisor = BTreeSet::from([Place::Supervisor]);
        self.told(obligation, &supervisor, None, (NoticeKind::NotAcknowledged, &mark));
    }

    fn rung_reached(&mut self, obligation: &Obligation, due: &DueRung) {
        let holder = obligation.owner.as_ref().map(|owner| &owner.party);
        let rung = due.rung.to_string();
        let mark = obligation.mark(&rung);
        let notices = self.told(obligation, &due.places, holder, (NoticeKind::Rung, &mark));
        self.happens(CaseEvent::RungReached {
            obligation: obligation.id.clone(),
            rung,
            due_at: due.due_at,
            told: notices.iter().map(|notice| notice.recipient.clone()).collect(),
            notices: notices.into_iter().map(|notice| notice.id).collect(),
        });
    }

    fn question_rings(&mut self, carrier: &Obligation, predicate: &str, due: &DueRung, mark: &str) {
        let holder = carrier.owner.as_ref().map(|owner| &owner.party);
        let notices = self.told(carrier, &due.places, holder, (NoticeKind::Question, mark));
        self.happens(CaseEvent::QuestionRang {
            decision: predicate.to_owned(),
            obligation: carrier.id.clone(),
            rung: due.rung.to_string(),
            due_at: due.due_at,
            told: notices.iter().map(|notice| notice.recipient.clone()).collect(),
            notices: notices.into_iter().map(|notice| notice.id).collect(),
        });
    }
}
