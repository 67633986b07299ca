//! What time does to a change of law: rungs are reached, acknowledgements become gaps.

use jiff::Timestamp;

use super::{Amendment, Chains, Decision, Stage};
use crate::escalation::{DueRung, people};
use crate::event::{AmendmentEvent, GapCause};
use crate::ids::{DepartmentId, PartyId};
use crate::notice::{Notice, NoticeKind};

impl Amendment {
    /// Decides what happens because it is `now`. Nothing, if nothing is due.
    ///
    /// Putting it to use is not among it: that takes the files, and is [`Amendment::put_to_use`].
    pub fn tick(&self, chains: &Chains, now: Timestamp) -> Decision {
        let mut decision = Decision::default();
        if self.stage.is_dropped() {
            return decision;
        }
        if matches!(self.stage, Stage::Proposed | Stage::Interpreted)
            && let Some(due) = self.ladder().due(&self.told, now)
        {
            let who = people(&due.places, None, &chains.house);
            self.rung(None, &due, who, &mut decision);
        }
        for owed in self.acknowledgements.values().filter(|owed| owed.given.is_none()) {
            let chain = chains.departments.get(&owed.department).unwrap_or(&chains.house);
            let holder = owed.holder(chains);
            let is_left = owed.owner.is_some() && holder.is_none() && owed.gap.is_none();
            if is_left || owed.gap_at().is_some_and(|at| at <= now) {
                let cause = if is_left { GapCause::HolderGone } else { GapCause::NotAcknowledged };
                let department = owed.department.clone();
                decision.events.push(AmendmentEvent::GapOpened { department, cause });
            }
            if let Some(due) = owed.ladder().due(&owed.told, now) {
                let mut who = people(&due.places, holder, chain);
                if who.is_empty() {
                    // A department without anybody falls to the chain of the house.
                    who = people(&due.places, None, &chains.house);
                }
                self.rung(Some(&owed.department), &due, who, &mut decision);
            }
        }
        decision
    }

    fn rung(
        &self,
        department: Option<&DepartmentId>,
        due: &DueRung,
        told: Vec<PartyId>,
        decision: &mut Decision,
    ) {
        let kind = match department {
            Some(_) => NoticeKind::AcknowledgeLaw,
            None => NoticeKind::ReviewLaw,
        };
        let rung = due.rung.to_string();
        let notice = |who| Notice::of_law(&self.id, department, who, kind, &rung);
        let notices: Vec<Notice> = told.iter().map(notice).collect();
        decision.events.push(AmendmentEvent::RungReached {
            department: department.cloned(),
            rung,
            due_at: due.due_at,
            told,
            notices: notices.iter().map(|notice| notice.id.clone()).collect(),
        });
        decision.notices.extend(notices);
    }

    /// Puts it to use: `lawbook` is used from now on, and whoever has not acknowledged it is a gap.
    pub fn put_to_use(&self, lawbook: &str, base: &str) -> Vec<AmendmentEvent> {
        let (lawbook, base) = (lawbook.to_owned(), base.to_owned());
        let silent = self
            .acknowledgements
            .values()
            .filter(|owed| owed.given.is_none() && owed.gap.is_none());
        let gaps = silent.map(|owed| AmendmentEvent::GapOpened {
            department: owed.department.clone(),
            cause: GapCause::NotAcknowledged,
        });
        std::iter::once(AmendmentEvent::Applied { lawbook, base }).chain(gaps).collect()
    }
}
