//! Obligations as pages show them: made of a row of the store, or of a case at an instant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use watchfire_core::escalation::{Ladder, Place, Rung, people};
use watchfire_core::event::{Assessment, Chain, Profile};
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_core::obligation::{Obligation, ladder, state_at};
use watchfire_store::{ObligationRow, StoreError};

use super::Visit;
use super::words::Words;
use crate::error::Problem;
use crate::web::obligation::{Acts, Holder, NextRung, ObligationView};

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

/// Who is told at `at`.
fn next_rung(
    setting: &Setting<'_>,
    at: Timestamp,
    places: &BTreeSet<Place>,
    holder: Option<&PartyId>,
) -> NextRung {
    let told = people(places, holder, setting.chain);
    NextRung { at, people: setting.people.names(&told) }
}

/// Whom the next look at a row tells: it knows the last rung that was told, and none before it.
fn places_after(ladder: Ladder, last: Option<Rung>, due_at: Timestamp) -> BTreeSet<Place> {
    let rung = ladder.next(&last.into_iter().collect());
    let before_the_rung = ladder.at(rung).is_some_and(|at| due_at < at);
    if matches!(ladder, Ladder::Window { .. }) && before_the_rung {
        // Something is due before the rung: a holder's answer, whose lack the supervisor hears.
        return BTreeSet::from([Place::Supervisor]);
    }
    ladder.places(rung)
}

/// The clock of a question: where it begins, and when it should be decided.
pub(super) type Asked = (Timestamp, Timestamp);

/// The clock of the question that hangs on a row.
fn asked_of(assessment: &Assessment) -> Option<Asked> {
    let due = assessment.decision_due.filter(|_| assessment.provisional)?;
    Some((assessment.strict_from?.min(due), due))
}

/// Whom a question rings, if it does so at `at`.
fn places_of_question((from, due): Asked, at: Timestamp) -> Option<BTreeSet<Place>> {
    let ladder = Ladder::Question { from, due };
    let before = at.checked_sub(SignedDuration::from_micros(1)).ok()?;
    let told = ladder.due(&BTreeSet::new(), before).map(|due| ladder.told_by(due.rung));
    let next = ladder.next(&told.unwrap_or_default());
    (ladder.at(next) == Some(at)).then(|| ladder.places(next))
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
        seen_at: *now,
        title: words.title(provision),
        law: words.mark(provision, &assessment.cites, &assessment.class),
        owed_to: words.owed_to(provision),
        state: state_at(assessment, *now),
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

/// Makes the view of a row of the watch, whose people are asked besides to decide `conflicts`.
pub(super) fn of_row(
    setting: &Setting<'_>,
    visit: &Visit,
    row: &ObligationRow,
    conflicts: &[Asked],
) -> ObligationView {
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
    let last = row.rung.as_ref().and_then(|(rung, _)| rung.parse().ok());
    let holder = row.owner.as_ref().map(|owner| &owner.party);
    let steps = ladder(&row.assessment, row.assessed_at);
    view.next = row.due_at.map(|at| {
        let own = places_after(steps, last, at);
        let questions = asked_of(&row.assessment).into_iter().chain(conflicts.iter().copied());
        let asked: BTreeSet<Place> =
            questions.filter_map(|asked| places_of_question(asked, at)).flatten().collect();
        let is_own = steps.at(steps.next(&last.into_iter().collect())) == Some(at);
        let places = if asked.is_empty() || is_own { own } else { asked };
        next_rung(setting, at, &places, holder)
    });
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
    let steps = held.ladder();
    let due = steps.at(steps.next(&held.told)).and_then(|at| steps.due(&held.told, at));
    let holder = holder.map(|owner| &owner.party);
    view.next = due.map(|due| next_rung(setting, due.due_at, &due.places, holder));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_row_tells_who_is_next_from_its_last_rung_and_its_own_instant() {
        let window = Ladder::Window { from: at("2021-11-24T00:00Z"), due: at("2021-11-26T00:00Z") };
        let everybody = BTreeSet::from([Place::Owner, Place::Supervisor, Place::Executive]);
        for (last, due_at, expected) in [
            (None, "2021-11-24T00:00Z", BTreeSet::from([Place::Owner])),
            (Some(Rung::Percent(0)), "2021-11-25T00:00Z", BTreeSet::from([Place::Supervisor])),
            (Some(Rung::Percent(50)), "2021-11-25T12:00Z", BTreeSet::from([Place::Executive])),
            (Some(Rung::Day(31)), "2021-12-30T00:00Z", everybody),
            // A holder was told at half time and should have answered before the next rung.
            (Some(Rung::Percent(50)), "2021-11-25T00:30Z", BTreeSet::from([Place::Supervisor])),
        ] {
            assert_eq!(places_after(window, last, at(due_at)), expected, "{last:?} {due_at}");
        }
        let undated = Ladder::Undated { since: at("2021-11-24T00:00Z") };
        let both = BTreeSet::from([Place::Owner, Place::Supervisor]);
        let seventh = at("2021-12-01T00:00Z");
        assert_eq!(places_after(undated, Some(Rung::Percent(0)), seventh), both);
        // What was told while there was no date says nothing of the window that came.
        let owner = BTreeSet::from([Place::Owner]);
        let begin = at("2021-11-24T00:00Z");
        assert_eq!(places_after(window, Some(Rung::Review(3)), begin), owner);
    }
}
