//! Whom the chain reaches in a case, and how they come to see it.
//!
//! A rung must reach somebody who can act. Where a case is under embargo and a rung tells somebody
//! of the chain who takes no part in it, the rung lets them in: as an event, at that moment and not
//! before, and the others are told. Whoever was taken out by a person is let in by a person alone;
//! their place counts as empty, so the next one above is told.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Case;
use crate::escalation::{Place, people};
use crate::event::{CaseEvent, Chain, ParticipantRole};
use crate::ids::PartyId;
use crate::notice::{Notice, NoticeKind};
use crate::obligation::Obligation;

/// Who is told, and what is recorded first so that they see what they are told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Audience {
    /// Each once, in the order of the chain.
    pub(super) people: Vec<PartyId>,
    /// Who is let into the case.
    pub(super) events: Vec<CaseEvent>,
    /// That somebody was let in, to those who took part already.
    pub(super) notices: Vec<Notice>,
}

impl Case {
    /// The chain without those who were taken out of a case that only participants see.
    pub fn open_chain(&self, chain: &Chain) -> Chain {
        let may_know = |who: &Option<PartyId>| {
            who.clone().filter(|who| !self.embargo.is_active() || !self.taken_out.contains(who))
        };
        Chain {
            owner: may_know(&chain.owner),
            supervisor: may_know(&chain.supervisor),
            executive: may_know(&chain.executive),
        }
    }

    /// Returns whom `places` mean. Where the chain has nobody, those who work on the case.
    pub(super) fn reached(
        &self,
        places: &BTreeSet<Place>,
        holder: Option<&PartyId>,
        chain: &Chain,
    ) -> Vec<PartyId> {
        let found = people(places, holder, &self.open_chain(chain));
        if !found.is_empty() {
            return found;
        }
        let members = self.participants.iter();
        members
            .filter(|(_, role)| **role == ParticipantRole::Member)
            .map(|(who, _)| who.clone())
            .collect()
    }

    /// Lets those of `people` in who do not see the case yet.
    pub(super) fn audience(
        &self,
        obligation: &Obligation,
        people: Vec<PartyId>,
        now: Timestamp,
    ) -> Audience {
        let mut found = Audience { people, ..Audience::default() };
        if !self.embargo.is_active() {
            return found;
        }
        for who in &found.people {
            if self.participants.contains_key(who) {
                continue;
            }
            let role = ParticipantRole::Member;
            found.events.push(CaseEvent::ParticipantAdded { party: who.clone(), role });
            let mark = format!("{who} at {now}");
            found.notices.extend(
                self.participants
                    .keys()
                    .map(|other| self.notice(obligation, other, NoticeKind::LetIn, &mark)),
            );
        }
        found
    }
}
