//! What time does to a case: rungs are reached, answers become overdue.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Case, Decision, House};
use crate::escalation::{DueRung, Place, people};
use crate::event::{CaseEvent, GapCause};
use crate::ids::{ObligationId, PartyId};
use crate::notice::{Notice, NoticeKind};
use crate::obligation::Obligation;

impl Case {
    /// Decides what happens to one obligation because it is `now`.
    ///
    /// Nothing, if nothing is due; then the row that said so was out of date.
    pub fn tick(&self, house: &House<'_>, id: &ObligationId, now: Timestamp) -> Decision {
        let mut decision = Decision::default();
        let Some(obligation) = self.obligations.get(id).filter(|found| found.is_open()) else {
            return decision;
        };
        if obligation.acknowledge_by().is_some_and(|by| by <= now) {
            self.answer_overdue(house, obligation, &mut decision);
        }
        if let Some(due) = obligation.ladder().due(&obligation.told, now) {
            self.rung_reached(house, obligation, &due, &mut decision);
        }
        decision
    }

    /// The holder was told and is silent: the obligation becomes a gap and the supervisor hears it.
    fn answer_overdue(&self, house: &House<'_>, obligation: &Obligation, decision: &mut Decision) {
        decision.events.push(CaseEvent::GapOpened {
            obligation: obligation.id.clone(),
            cause: GapCause::NotAcknowledged,
        });
        let mark = obligation.awaiting.map(|since| since.to_string()).unwrap_or_default();
        for who in people(&BTreeSet::from([Place::Supervisor]), None, house.chain) {
            decision.notices.push(self.notice(
                obligation,
                &who,
                NoticeKind::NotAcknowledged,
                &mark,
            ));
        }
    }

    fn rung_reached(
        &self,
        house: &House<'_>,
        obligation: &Obligation,
        due: &DueRung,
        decision: &mut Decision,
    ) {
        let holder = obligation.owner.as_ref().map(|owner| &owner.party);
        let told = people(&due.places, holder, house.chain);
        let mark = due.rung.to_string();
        let notices: Vec<Notice> =
            told.iter().map(|who| self.notice(obligation, who, NoticeKind::Rung, &mark)).collect();
        decision.events.push(CaseEvent::RungReached {
            obligation: obligation.id.clone(),
            rung: mark,
            due_at: due.due_at,
            told,
            notices: notices.iter().map(|notice| notice.id.clone()).collect(),
        });
        decision.notices.extend(notices);
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
