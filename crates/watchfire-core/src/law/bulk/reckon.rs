//! A plain provision put to a case of a table.
//!
//! It takes the same steps as the engine, in the same order: what a condition says, how a span is
//! counted, and which state a clock is in, the two share. What is not told here is told there.

use jiff::Timestamp;

use super::case::Case;
use super::outcome::{NONE, Outcome};
use super::plan::{Days, Plain, PlainSpan, PlainVersion, Plan, Ready, Rule, Terms, Zones};
use super::table::{Micros, NEVER, NamedKind, Recorded};
use super::words::NOBODY;
use crate::law::condition::{Answer, Knowledge as _};
use crate::law::count::{Counting, Start};
use crate::law::engine::{Window, decision_due};
use crate::law::pack::{Class, MeasuredAt};
use crate::law::question::State;

/// What came of a provision in a case.
pub(super) enum Came {
    /// It is not listed.
    Nothing,
    Owed,
    /// Columns do not tell: ask the engine.
    Unplain,
}

/// Where a side of a clock starts.
#[derive(Clone, Copy, PartialEq, Eq)]
struct From {
    at: Micros,
    last: Micros,
}

/// What came of counting.
struct Counted {
    strict_from: Micros,
    strict: Option<Micros>,
    outer: Option<Micros>,
    remedy: u8,
    /// A question on which the spans hang.
    is_open: bool,
}

/// Returns whether a rule can be listed at all, known by then or not.
pub(super) fn can_arise(rule: &Rule<'_>, case: &Case<'_>) -> bool {
    rule.kinds.may_meet(case.row.kinds)
        && (rule.arises_on.iter().any(|kind| !case.of(*kind).is_empty())
            || rule.arises_on_submission.iter().any(|id| case.naming(*id).next().is_some()))
}

/// Puts a rule that can arise to a case; `owed` is blank.
pub(super) fn put(plan: &Plan<'_>, rule: &Rule<'_>, case: &Case<'_>, owed: &mut Outcome) -> Came {
    match &rule.plain {
        Some(plain) if !case.row.is_odd && !needs_engine(plan, plain, case) => {
            Reckoning { plan, rule, plain, case }.run(owed)
        }
        _ => Came::Unplain,
    }
}

/// Returns whether the case records what a plain rule leaves to the engine.
fn needs_engine(plan: &Plan<'_>, plain: &Plain<'_>, case: &Case<'_>) -> bool {
    let has = |kind: &u32| !case.of(*kind).is_empty();
    let denied = |(kind, decides): &(u32, Vec<u32>)| {
        !decides.is_empty() && has(kind) && decides.iter().any(|it| case.answer(it) == Answer::No)
    };
    let is_watched = || {
        plain.provisional_on.iter().chain(&plain.met_by).any(has)
            || plain.arises_on.iter().any(denied)
    };
    (case.row.has_steps && (plain.knows_steps || plan.steps_tell))
        || (plain.watched.may_meet(case.row.kinds) && is_watched())
        || (plain.met_by_decision && case.decides())
}

struct Reckoning<'c, 'a> {
    plan: &'c Plan<'a>,
    rule: &'c Rule<'a>,
    plain: &'c Plain<'a>,
    case: &'c Case<'c>,
}

impl<'c, 'a> Reckoning<'c, 'a> {
    fn run(&self, owed: &mut Outcome) -> Came {
        let (plain, case) = (self.plain, self.case);
        let kinds = plain.arises_on.iter().map(|(kind, _)| *kind);
        let Some(arose) = case.pick(kinds, plain.arises_first) else { return Came::Nothing };
        owed.from = arose.place;
        self.condition(owed);
        if owed.condition == Answer::No {
            return Came::Owed;
        }
        let last = arose.last();
        let Some(version) = self.version_at(arose.lo, last) else {
            owed.foreseen = self.is_foreseen(last);
            return Came::Owed;
        };
        owed.provisional = owed.condition == Answer::Undecided;
        let (fact, version) = match plain.runs_from {
            None => (arose, version),
            Some((kind, anchor)) => match case.pick(std::iter::once(kind), anchor) {
                Some(fact) => (fact, self.version_at(fact.lo, fact.last()).unwrap_or(version)),
                None => {
                    owed.version = number(version);
                    owed.state = State::WaitingForAnchor;
                    return Came::Owed;
                }
            },
        };
        owed.version = number(version);
        let Some(counted) = self.count(&plain.versions[version], fact) else {
            return Came::Unplain;
        };
        owed.provisional |= counted.is_open;
        owed.remedy = counted.remedy;
        owed.strict_from = counted.strict_from;
        if let Some(strict) = counted.strict {
            let outer = counted.outer.unwrap_or(strict);
            owed.strict_due = strict.min(outer);
            owed.outer_due = counted.outer.map_or(NEVER, |outer| strict.max(outer));
        }
        let anchor_known_at = counted.strict.map(|_| fact.known_at);
        let asks = counted.is_open || owed.predicate != NOBODY;
        self.settle(owed, anchor_known_at, asks)
    }

    fn condition(&self, owed: &mut Outcome) {
        let ask = |condition: &Option<Ready>| {
            condition.as_ref().map_or(Answer::Yes, |condition| condition.value(self.case))
        };
        let holds = ask(&self.plain.when);
        let lifted = match &self.plain.allowed_when {
            None => Answer::Yes,
            Some(allowed) => allowed.value(self.case).not(),
        };
        owed.condition = holds.min(lifted);
        if owed.condition != Answer::Undecided {
            return;
        }
        let open = |condition: &Option<Ready>| {
            condition.as_ref().and_then(|it| it.undecided(self.case).first().copied())
        };
        owed.predicate =
            open(&self.plain.when).or_else(|| open(&self.plain.allowed_when)).unwrap_or(NOBODY);
    }

    /// Which of the zones of the rule the case is in.
    fn slot(&self) -> usize {
        match self.plain.zones {
            Zones::Fixed(_) => 0,
            Zones::OfMemberState => self.case.state,
        }
    }

    fn version_at(&self, first: Micros, last: Micros) -> Option<usize> {
        let slot = self.slot();
        self.plain.versions.iter().position(|version| {
            let bounds = &version.bounds[slot];
            bounds.begin.is_some_and(|begin| last >= begin)
                && bounds.end.is_none_or(|end| first < end)
        })
    }

    /// Adopted by now, and applicable only later.
    fn is_foreseen(&self, last: Micros) -> bool {
        let slot = self.slot();
        let mut bounds = self.plain.versions.iter().map(|version| &version.bounds[slot]);
        let coming = bounds.find(|bounds| bounds.begin.is_some_and(|begin| begin > last));
        let now = self.case.now;
        coming.is_some_and(|bounds| {
            bounds.begin.is_some_and(|begin| now < begin)
                && bounds.adopted.is_some_and(|adopted| now >= adopted)
        })
    }

    /// Counts the spans that hold; none where an instant is out of reach.
    fn count(&self, version: &PlainVersion<'a>, fact: &Recorded) -> Option<Counted> {
        let (strict_from, outer_from) = match self.plain.measured_at {
            MeasuredAt::KnownAt => {
                let known = From { at: fact.known_at, last: fact.known_at };
                (known, known)
            }
            MeasuredAt::OccurredAt => {
                (From { at: fact.lo, last: fact.lo }, From { at: fact.hi, last: fact.last() })
            }
        };
        let mut counted = Counted {
            strict_from: strict_from.at,
            strict: None,
            outer: None,
            remedy: NONE,
            is_open: false,
        };
        let (mut first, mut decided, mut all_have_outer) = (true, false, true);
        let mut take = |terms: &Terms<'a>| -> Option<()> {
            let strict = self.end(terms.strict.as_ref(), strict_from)?;
            let outer = match terms.outer.as_ref() {
                None if strict_from == outer_from => strict,
                own => self.end(own.or(terms.strict.as_ref()), outer_from)?,
            };
            let is_earlier = match (counted.strict, strict) {
                (Some(known), Some(strict)) => strict < known,
                (None, strict) => first || strict.is_some(),
                (Some(_), None) => false,
            };
            if is_earlier {
                (counted.strict, counted.remedy) = (strict, terms.remedy);
            }
            all_have_outer &= outer.is_some();
            counted.outer = if first { outer } else { counted.outer.max(outer) };
            first = false;
            Some(())
        };
        for (when, terms) in &version.variants {
            let answer = when.value(self.case);
            if answer == Answer::No {
                continue;
            }
            decided = answer == Answer::Yes;
            let asks = !decided && !when.undecided(self.case).is_empty();
            take(terms)?;
            counted.is_open |= asks;
            if decided {
                break;
            }
        }
        if !decided && !version.is_table {
            take(&version.own)?;
        }
        if !all_have_outer {
            counted.outer = None;
        }
        Some(counted)
    }

    /// Returns where a span ends. The outer option is none where instants are out of reach.
    fn end(&self, span: Option<&PlainSpan<'a>>, from: From) -> Option<Option<Micros>> {
        let Some(span) = span else { return Some(None) };
        if let Some(length) = span.length {
            let end = from.at.saturating_add(length);
            return Some((end <= Timestamp::MAX.as_microsecond()).then_some(end));
        }
        let states = &self.plan.states;
        let calendar = match span.calendar {
            Days::Civil => None,
            Days::Of(calendar) => Some(calendar),
            Days::OfMemberState => match states.all[self.case.state].1 {
                Some(calendar) => Some(calendar),
                None => return Some(None),
            },
            Days::Missing => return Some(None),
        };
        let zone = match self.plain.zones {
            Zones::Fixed(zone) => zone,
            Zones::OfMemberState => states.all[self.case.state].0,
        };
        let (within, counts, ends) = (span.within, span.counts, span.ends);
        let counting = Counting { within, counts, ends, calendar, rolls: span.rolls, zone };
        let at = Timestamp::from_microsecond(from.at).ok()?;
        let last =
            if from.last == from.at { at } else { Timestamp::from_microsecond(from.last).ok()? };
        Some(counting.end(Start { at, last }).map(|end| end.at.as_microsecond()))
    }

    /// Sets the state. `asks` is whether somebody can answer what is open.
    fn settle(&self, owed: &mut Outcome, anchor_known_at: Option<Micros>, asks: bool) -> Came {
        let mut first: Option<(u32, Micros)> = None;
        for named in self.case.naming(self.rule.number) {
            if named.kind == NamedKind::Extended {
                return Came::Unplain;
            }
            let counts = named.at_last >= owed.strict_from;
            if counts && first.is_none_or(|(_, earliest)| named.at_last < earliest) {
                first = Some((named.place, named.at_last));
            }
        }
        if let Some((place, at)) = first {
            let late = owed.outer_due != NEVER && at > owed.outer_due;
            owed.after_strict = owed.strict_due != NEVER && at > owed.strict_due;
            owed.state = if late { State::SatisfiedLate } else { State::Satisfied };
            owed.provisional = false;
            owed.satisfied_by = place;
            return Came::Owed;
        }
        if owed.provisional && asks && self.rule.provision.class == Class::Hard {
            let due = decision_due(owed.strict_from(), owed.strict_due());
            owed.decision_due = due.map_or(NEVER, |due| due.as_microsecond());
        }
        let unit = |at: Micros| (at != NEVER).then_some(at);
        let window = Window {
            strict_from: unit(owed.strict_from),
            strict_due: unit(owed.strict_due),
            anchor_known_at,
            provisional: owed.provisional,
        };
        owed.state = window.state(self.case.now);
        Came::Owed
    }
}

fn number(version: usize) -> u8 {
    u8::try_from(version).unwrap_or(NONE)
}
