//! Obligations as pages show them: made of a row of the store, or of a case at an instant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use watchfire_core::escalation::{Ladder, Rung, people};
use watchfire_core::event::{Assessment, Chain, Profile};
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_core::obligation::{Obligation, ladder, state_at};
use watchfire_store::{ObligationRow, StoreError};

use super::Visit;
use super::words::Words;
use crate::error::Problem;
use crate::web::obligation::{Acts, Holder, NextRung, ObligationView, State};

/// Names of people, as far as the reader may know them.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<PartyId, String>);

impl People {
    /// Looks up everybody in `parties`.
    pub(super) async fn of(
        visit: &Visit,
        parties: impl IntoIterator<Item = PartyId>,
    ) -> Result<Self, Problem> {
        let parties: BTreeSet<PartyId> = parties.into_iter().collect();
        let mut found = BTreeMap::new();
        for party in parties {
            match visit.node.store().party(&visit.caller.viewer, &party).await {
                Ok(row) => drop(found.insert(party, row.name)),
                Err(StoreError::NotFound(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(Self(found))
    }

    pub(super) fn name(&self, party: &PartyId) -> String {
        self.0.get(party).cloned().unwrap_or_else(|| party.to_string())
    }

    pub(super) fn names(&self, parties: &[PartyId]) -> Vec<String> {
        parties.iter().map(|party| self.name(party)).collect()
    }

    pub(super) fn all(&self) -> BTreeMap<PartyId, String> {
        self.0.clone()
    }
}

/// Everybody in a chain.
pub(super) fn in_chain(chain: &Chain) -> impl Iterator<Item = PartyId> {
    [&chain.owner, &chain.supervisor, &chain.executive].into_iter().flatten().cloned()
}

/// What showing an obligation needs besides the obligation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) words: Words<'a>,
    pub(super) people: &'a People,
    pub(super) profile: &'a Profile,
    pub(super) chain: &'a Chain,
    /// The instant that is looked at.
    pub(super) now: Timestamp,
}

/// The rung that comes next, and whom it tells.
pub(super) fn next_rung(
    setting: &Setting<'_>,
    ladder: Ladder,
    told: &BTreeSet<Rung>,
    holder: Option<&PartyId>,
) -> Option<NextRung> {
    let at = ladder.at(ladder.next(told))?;
    let due = ladder.due(told, at)?;
    let told = people(&due.places, holder, setting.chain);
    Some(NextRung { at, people: setting.people.names(&told) })
}

/// What is the same for every obligation, however it is held.
pub(super) fn computed(
    setting: &Setting<'_>,
    case: (&CaseId, &str),
    id: &ObligationId,
    assessment: &Assessment,
) -> ObligationView {
    let Setting { words, profile, now, .. } = setting;
    let provision = &assessment.provision;
    let question = assessment.decision.as_ref().filter(|_| assessment.provisional);
    ObligationView {
        id: id.clone(),
        case: case.0.clone(),
        case_title: case.1.to_owned(),
        title: words.title(provision),
        law: words.mark(provision, &assessment.cites, &assessment.class),
        owed_to: words.owed_to(provision),
        state: State::of(state_at(assessment, *now)),
        question: question.map(|predicate| words.question(predicate)),
        after_strict: assessment.after_strict,
        strict_from: assessment.strict_from,
        strict_due: assessment.strict_due,
        outer_due: assessment.outer_due,
        zone: words.zone(provision, profile),
        holder: None,
        gap: None,
        told: Vec::new(),
        next: None,
        acts: Acts::default(),
    }
}

/// Makes the view of a row of the watch.
pub(super) fn of_row(setting: &Setting<'_>, visit: &Visit, row: &ObligationRow) -> ObligationView {
    let case = (&row.case, row.case_title.as_str());
    let mut view = computed(setting, case, &row.id, &row.assessment);
    view.holder = row.owner.as_ref().map(|owner| Holder {
        party: owner.party.clone(),
        name: setting.people.name(&owner.party),
        acknowledged_at: row
            .acknowledged
            .as_ref()
            .filter(|(by, _)| *by == owner.party)
            .map(|(_, at)| *at),
    });
    view.gap = row.gap.map(|(cause, _)| cause);
    let told: BTreeSet<Rung> =
        row.rung.as_ref().and_then(|(rung, _)| rung.parse().ok()).into_iter().collect();
    let holder = row.owner.as_ref().map(|owner| &owner.party);
    let steps = ladder(&row.assessment, row.assessed_at);
    view.next = next_rung(setting, steps, &told, holder);
    let mine = holder.is_some_and(|party| visit.reader.is(party));
    view.acts.claim = view.is_gap() && !mine;
    view
}

/// Puts who held an obligation into its view.
pub(super) fn hold(setting: &Setting<'_>, view: &mut ObligationView, held: &Obligation) {
    let holder = held.owner.as_ref();
    view.holder = holder.map(|owner| Holder {
        party: owner.party.clone(),
        name: setting.people.name(&owner.party),
        acknowledged_at: owner.acknowledged_at,
    });
    view.gap = held.gap.map(|(cause, _)| cause);
    view.next = next_rung(setting, held.ladder(), &held.told, holder.map(|owner| &owner.party));
}
