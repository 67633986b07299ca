//! What is not law yet: proposals, and what was adopted and applies only later.

use super::arise::Anchors;
use super::{Engine, Place};
use crate::law::instant::midnight;
use crate::law::pack::{Proposal, Provision};
use crate::law::question::{Obligation, State};
use crate::law::trace::{Side, Step};

impl<'q> Engine<'q> {
    /// Marks what no version in force carries. It is not applicable and has no clock; what is
    /// known by now to come is foreseen.
    pub(super) fn foresee(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        arose: &Anchors<'q>,
        owed: &mut Obligation,
    ) {
        owed.state = State::NotApplicable;
        if let (true, Some(proposal)) = (provision.is_proposed(), provision.proposals.first()) {
            self.propose(place, provision, proposal, arose, owed);
            return;
        }
        let (_, last) = arose.span();
        let coming = provision.versions.iter().find(|version| {
            midnight(version.effective_from, &place.zone).is_some_and(|begin| begin > last)
        });
        owed.foreseen = coming.is_some_and(|version| {
            let begin = midnight(version.effective_from, &place.zone);
            let adopted = version.adopted_on.and_then(|day| midnight(day, &place.zone));
            begin.is_some_and(|begin| self.seen.now < begin)
                && adopted.is_some_and(|adopted| self.seen.now >= adopted)
        });
        let first_from = coming.map(|version| version.effective_from);
        owed.trace.push(Step::NotInForce { first_from, zone: place.zone_name.clone() });
        if owed.foreseen {
            owed.trace.push(Step::Foreseen);
        }
    }

    /// Tells what a proposal would ask, from the fact on which it would arise.
    fn propose(
        &self,
        place: &Place<'q>,
        provision: &Provision,
        proposal: &Proposal,
        arose: &Anchors<'q>,
        owed: &mut Obligation,
    ) {
        let since = proposal.proposed_on.and_then(|day| midnight(day, &place.zone));
        owed.foreseen =
            proposal.proposed_on.is_none() || since.is_some_and(|since| self.seen.now >= since);
        owed.cites = proposal.cites.clone().or_else(|| provision.cites.clone());
        let span = proposal.strict.as_ref().filter(|_| provision.runs_from.is_none());
        let would_end = span.and_then(|span| {
            let untold = &mut Vec::new();
            Some(self.reckon(place, provision, span, arose.strict, Side::Strict, untold)?.due)
        });
        let (proposed_on, foreseen_from) = (proposal.proposed_on, proposal.foreseen_from);
        owed.trace.push(Step::Proposed { proposed_on, foreseen_from, would_end });
        if owed.foreseen {
            owed.trace.push(Step::Foreseen);
        }
    }
}
