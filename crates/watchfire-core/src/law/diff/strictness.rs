//! Which of two asks more, or sooner, where that can be told without a case.

use std::collections::BTreeSet;

use super::Direction;
use crate::law::condition::Condition;
use crate::law::count::{Counts, Ends, RollRule, Unit};
use crate::law::pack::{Anchor, Class, MeasuredAt, Span};

/// Clocks may be changed by at most so many hours within a span.
const CLOCK_CHANGE_HOURS: i64 = 2;

/// Returns the direction from one set to another in which each thing more asks more.
pub(super) fn more_is_stricter<T: Ord>(before: &BTreeSet<T>, after: &BTreeSet<T>) -> Direction {
    match (before.is_subset(after), after.is_subset(before)) {
        (true, true) => Direction::Neutral,
        (true, false) => Direction::Stricter,
        (false, true) => Direction::Laxer,
        (false, false) => Direction::Both,
    }
}

/// Returns the direction of a limit that appears or goes away.
pub(super) fn appears<T>(before: Option<&T>, after: Option<&T>) -> Direction {
    match (before, after) {
        (None, Some(_)) => Direction::Stricter,
        (Some(_), None) => Direction::Laxer,
        (None, None) => Direction::Neutral,
        (Some(_), Some(_)) => Direction::Unclear,
    }
}

/// Returns the direction from one span to another: sooner is stricter.
pub(in crate::law) fn spans(before: Option<&Span>, after: Option<&Span>) -> Direction {
    let (Some(before), Some(after)) = (before, after) else { return appears(before, after) };
    if before == after {
        return Direction::Neutral;
    }
    let mut with_same_limits = after.clone();
    with_same_limits.no_later_than.clone_from(&before.no_later_than);
    if with_same_limits == *before {
        return limits(before, after);
    }
    let alike = Span { within: before.within, ..after.clone() } == *before;
    if alike && before.within.unit == after.within.unit {
        return sooner(i64::from(before.within.amount), i64::from(after.within.amount));
    }
    if before.runs_from != after.runs_from || before.no_later_than != after.no_later_than {
        return Direction::Unclear;
    }
    let rolls_alone = Span { rolls: before.rolls.clone(), ..after.clone() } == *before;
    if rolls_alone && (before.rolls.is_none() || after.rolls.is_none()) {
        return rolling(before, after);
    }
    by_bounds(before, after)
}

fn sooner(before: i64, after: i64) -> Direction {
    match after.cmp(&before) {
        std::cmp::Ordering::Less => Direction::Stricter,
        std::cmp::Ordering::Equal => Direction::Neutral,
        std::cmp::Ordering::Greater => Direction::Laxer,
    }
}

/// A limit more can only end it sooner.
fn limits(before: &Span, after: &Span) -> Direction {
    let has = |all: &Span, one| all.no_later_than.contains(one);
    let more = after.no_later_than.iter().any(|cap| !has(before, cap));
    let less = before.no_later_than.iter().any(|cap| !has(after, cap));
    match (more, less) {
        (true, false) => Direction::Stricter,
        (false, true) => Direction::Laxer,
        (false, false) => Direction::Neutral,
        (true, true) => Direction::Unclear,
    }
}

/// Rolling forward appears or goes away, all else alike.
fn rolling(before: &Span, after: &Span) -> Direction {
    let (rule, direction) = match (&before.rolls, &after.rolls) {
        (None, Some(roll)) => (roll.rule, Direction::Laxer),
        (Some(roll), _) => (roll.rule, Direction::Stricter),
        (None, None) => return Direction::Neutral,
    };
    match rule {
        RollRule::NextWorkingDayEnd | RollRule::NextBusinessDay => direction,
        RollRule::PreviousBusinessDay => direction.reversed(),
        // Noon can lie before the time of day at which it would end.
        RollRule::NoonNextWorkingDay => Direction::Unclear,
    }
}

/// Compares the least and the most hours that each can last.
fn by_bounds(before: &Span, after: &Span) -> Direction {
    let (old_least, old_most) = hours(before);
    let (new_least, new_most) = hours(after);
    if new_most.is_some_and(|most| most <= old_least) {
        return Direction::Stricter;
    }
    if old_most.is_some_and(|most| new_least >= most) {
        return Direction::Laxer;
    }
    Direction::Unclear
}

/// Returns the least and the most hours from start to end; no most where days off lengthen it.
fn hours(span: &Span) -> (i64, Option<i64>) {
    let amount = i64::from(span.within.amount);
    let elapsed = span.counts == Counts::Elapsed;
    let (least, most) = match span.within.unit {
        Unit::Hours if elapsed => (amount, Some(amount)),
        Unit::Hours => (amount, Some(amount + 1)),
        Unit::Days => days(amount, amount),
        Unit::Weeks => days(amount * 7, amount * 7),
        Unit::Months => days(amount * 28, amount * 31),
        Unit::BusinessDays => (days(amount, amount).0, None),
    };
    // The rest of the day of the event comes on top where that day is not counted; a rule that
    // counts from the first business day may be at its end within the first of them.
    let (least, most) = match span.counts {
        Counts::Elapsed | Counts::NextFullHour => (least, most),
        Counts::ExcludeTriggerDay => (least, most.map(|most| most + 24)),
        Counts::SecB1 => (least, None),
    };
    let (least, most) = match span.ends {
        Ends::Exact => (least, most),
        Ends::EndOfDay if elapsed => (least, most.map(|most| most + 24)),
        Ends::EndOfDay => (least, most),
        Ends::At(_) => (least - 24, most.map(|most| most + 24)),
    };
    let least = match span.rolls.as_ref().map(|roll| roll.rule) {
        None | Some(RollRule::NextWorkingDayEnd | RollRule::NextBusinessDay) => least,
        Some(RollRule::NoonNextWorkingDay) => least - 24,
        Some(RollRule::PreviousBusinessDay) => 0,
    };
    let most = match span.rolls.as_ref().map(|roll| roll.rule) {
        None | Some(RollRule::PreviousBusinessDay) => most,
        Some(_) => None,
    };
    if span.no_later_than.is_empty() { (least, most) } else { (0, most) }
}

fn days(least: i64, most: i64) -> (i64, Option<i64>) {
    (least * 24 - CLOCK_CHANGE_HOURS, Some(most * 24 + CLOCK_CHANGE_HOURS))
}

/// Returns the direction of a condition without which nothing is owed.
pub(super) fn conditions(before: Option<&Condition>, after: Option<&Condition>) -> Direction {
    let (Some(before), Some(after)) = (before, after) else {
        return appears(before, after).reversed();
    };
    let parts = |condition: &Condition| match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.clone(),
        one => vec![one.clone()],
    };
    let is_any = |condition: &Condition| matches!(condition, Condition::Any(_));
    let is_all = |condition: &Condition| matches!(condition, Condition::All(_));
    let (old, new) = (parts(before), parts(after));
    let within = |some: &[Condition], all: &[Condition]| some.iter().all(|one| all.contains(one));
    // What is one of several has more ways to hold; what is all of several has fewer.
    let widens = match (is_any(before) || is_any(after), is_all(before) || is_all(after)) {
        (true, false) => Direction::Stricter,
        (false, true) => Direction::Laxer,
        _ => return Direction::Unclear,
    };
    match (within(&old, &new), within(&new, &old)) {
        (true, true) => Direction::Neutral,
        (true, false) => widens,
        (false, true) => widens.reversed(),
        (false, false) => Direction::Unclear,
    }
}

/// Returns the direction of a change of class.
pub(super) fn classes(before: Class, after: Class) -> Direction {
    match (before, after) {
        (Class::Soft, Class::Hard) => Direction::Stricter,
        (Class::Hard, Class::Soft) => Direction::Laxer,
        (Class::Permission, _) => Direction::Stricter,
        (_, Class::Permission) => Direction::Laxer,
        _ => Direction::Unclear,
    }
}

/// Returns the direction of something that a norm of this class adds.
pub(super) fn adding(class: Class) -> Direction {
    if class == Class::Permission { Direction::Laxer } else { Direction::Stricter }
}

/// Returns the direction of a change of which fact counts: the first is the sooner.
pub(super) fn anchors(before: Anchor, after: Anchor) -> Direction {
    match (before, after) {
        (Anchor::First, Anchor::Last) => Direction::Laxer,
        (Anchor::Last, Anchor::First) => Direction::Stricter,
        // One for each asks for the first as well, and for more.
        (Anchor::First, Anchor::Each) => Direction::Stricter,
        (Anchor::Each, Anchor::First) => Direction::Laxer,
        _ => Direction::Unclear,
    }
}

/// Returns the direction of a change of the instant: nothing is known before it happened.
pub(super) fn instants(before: MeasuredAt, after: MeasuredAt) -> Direction {
    match (before, after) {
        (MeasuredAt::OccurredAt, MeasuredAt::KnownAt) => Direction::Laxer,
        (MeasuredAt::KnownAt, MeasuredAt::OccurredAt) => Direction::Stricter,
        _ => Direction::Neutral,
    }
}
