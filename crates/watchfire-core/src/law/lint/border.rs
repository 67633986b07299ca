//! Border pairs: two cases one day apart at the day from which a version applies.
//!
//! The first expects the obligation absent, the second expects it; where an earlier version
//! applied until then, both expect it and state the dates that changed.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::law::case_file::{Case, Expect};
use crate::law::fact::Fact;
use crate::law::instant::zone_of;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Pack, Provision, Trigger, Version, Zone};

/// What the border pair of the version at `place` lacks, in words, or `None` if it is whole.
pub(super) fn lacks(
    pack: &Pack,
    provision: &Provision,
    place: usize,
    cases: &[Case],
    laws: &Lawbook,
) -> Option<String> {
    let version = &provision.versions[place];
    let first_day = version.effective_from;
    let Ok(day_before) = first_day.yesterday() else {
        return Some("there is no day before".to_owned());
    };
    let before = place.checked_sub(1).map(|place| &provision.versions[place]);
    let continued = before.filter(|before| before.effective_to.is_none_or(|to| to >= first_day));
    let on = |day: Date, fits: &dyn Fn(&Expect) -> bool| {
        let staged = continued.is_some();
        cases.iter().any(|case| {
            owes(case, provision)
                && lies_on(case, pack, provision, day, staged, laws)
                && case
                    .expects
                    .iter()
                    .any(|expect| expect.obligation == provision.id && fits(expect))
        })
    };
    let (first, second) = match continued {
        None => {
            (on(day_before, &Expect::is_absence), on(first_day, &|expect| !expect.is_absence()))
        }
        Some(before) => {
            let changed = |expect: &Expect| states_change(expect, before, version);
            (on(day_before, &changed), on(first_day, &changed))
        }
    };
    let what = match continued {
        None => ["absent", "expected"],
        Some(_) => ["expected with the dates that change", "expected with the dates that changed"],
    };
    let missing: Vec<String> = [(first, day_before, what[0]), (second, first_day, what[1])]
        .into_iter()
        .filter(|(found, ..)| !found)
        .map(|(_, day, what)| format!("no case that arises on {day} where it is {what}"))
        .collect();
    (!missing.is_empty()).then(|| missing.join(", and "))
}

/// A case of somebody who owes it not says nothing of its border.
pub(super) fn owes(case: &Case, provision: &Provision) -> bool {
    provision.owed_by.iter().any(|role| case.question.roles.contains(role))
}

/// Of a version that follows another without a break, an expect states what changed between them.
fn states_change(expect: &Expect, before: &Version, version: &Version) -> bool {
    let stated = |changed: bool, written: bool| !changed || written;
    let outer_of = |version: &Version| version.outer.clone().or_else(|| version.strict.clone());
    !expect.is_absence()
        && stated(before.strict != version.strict, expect.strict_due.is_some())
        && stated(
            before.variants != version.variants,
            expect.strict_due.is_some() || expect.outer_due.is_some(),
        )
        && stated(outer_of(before) != outer_of(version), expect.outer_due.is_some())
}

/// Whether the facts on which the obligation arises lie on `day`, the first of them at least, and
/// none before. A later stage uses the version at its own anchor, so that of a version after the
/// first the anchoring facts may do as well (laws/counting.md 7.6).
fn lies_on(
    case: &Case,
    pack: &Pack,
    provision: &Provision,
    day: Date,
    staged: bool,
    laws: &Lawbook,
) -> bool {
    let Some(zone) = zone_for(case, pack, laws) else { return false };
    let first_on_day = |facts: Vec<&Fact>| {
        let first = facts.into_iter().min_by_key(|fact| fact.occurred.lo());
        first.is_some_and(|fact| {
            [fact.occurred.lo(), fact.occurred.last()]
                .iter()
                .all(|at| zone.to_datetime(*at).date() == day)
        })
    };
    let facts = |wanted: &dyn Fn(&Fact) -> bool| {
        case.question.facts.iter().filter(|fact| wanted(fact)).collect::<Vec<_>>()
    };
    let anchors =
        |fact: &Fact| provision.runs_from.as_ref().is_some_and(|trigger| is_of(fact, trigger));
    first_on_day(facts(&|fact| arises_on(fact, provision)))
        || (staged && first_on_day(facts(&anchors)))
}

pub(super) fn arises_on(fact: &Fact, provision: &Provision) -> bool {
    let steps = &provision.awareness;
    let is_step = steps.strict.contains(&fact.kind) || steps.outer.contains(&fact.kind);
    let arising = |kind| provision.arises_on.contains(&Trigger::Kind(kind));
    provision.arises_on.iter().any(|trigger| is_of(fact, trigger))
        || provision.provisional_on.contains_key(&fact.kind)
        || fact.towards.clone().is_some_and(|kind| is_step && arising(kind))
}

fn is_of(fact: &Fact, trigger: &Trigger) -> bool {
    match trigger {
        Trigger::Kind(kind) => fact.kind == *kind,
        Trigger::Submitted(provision) => {
            fact.kind.as_str() == "submitted" && fact.obligations.contains(provision)
        }
    }
}

/// The authority's zone in this case.
pub(super) fn zone_for(case: &Case, pack: &Pack, laws: &Lawbook) -> Option<TimeZone> {
    match &pack.zone {
        Zone::Fixed { zone, .. } => Some(zone.clone()),
        Zone::OfMemberState => {
            let states = laws.member_states();
            let named = case.question.attributes.iter();
            let code =
                named.filter(|(id, _)| id.as_str() == "eu/member-state").map(|(_, code)| code);
            let state = code.map(ToString::to_string).next().and_then(|code| states.get(&code));
            zone_of(&state.unwrap_or_else(|| states.default_state()).zone).ok()
        }
    }
}
