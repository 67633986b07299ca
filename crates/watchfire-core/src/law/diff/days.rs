//! Calendars: days that became days off or working days, and years that are held.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Change, ChangeKind, Direction, Moves, Nature, Part, Said, Subject, text, written};
use crate::law::calendar::Calendar;
use crate::law::lawbook::Lawbook;

/// Compares every calendar. Days are told apart by whether they are past in UTC.
pub(super) fn calendars(old: &Lawbook, new: &Lawbook, now: Timestamp, changes: &mut Vec<Change>) {
    let today = TimeZone::UTC.to_datetime(now).date();
    let all = old.calendars().iter().chain(new.calendars().iter());
    for id in all.map(|calendar| &*calendar.id).collect::<BTreeSet<_>>() {
        match (old.calendars().get(id), new.calendars().get(id)) {
            (Some(was), Some(is)) => {
                about(was, is, changes);
                years(was, is, today, changes);
                each_day(was, is, today, changes);
            }
            (was, _) => {
                let kind = if was.is_some() { ChangeKind::Removed } else { ChangeKind::Added };
                let (nature, moves) = (Nature::AtOnce, Moves::default());
                push(id, kind, nature, None, moves, changes);
            }
        }
    }
}

fn push(
    id: &str,
    kind: ChangeKind,
    nature: Nature,
    from: Option<Date>,
    moves: Moves,
    changes: &mut Vec<Change>,
) {
    let subject = Subject::Calendar(id.to_owned());
    let direction = moves.direction();
    changes.push(Change { subject, kind, nature, from, direction, moves: moves.found });
}

/// What the calendar says of itself.
fn about(was: &Calendar, is: &Calendar, changes: &mut Vec<Change>) {
    let mut moves = Moves::default();
    moves.words(Part::Title, Some(text(&was.title)), Some(text(&is.title)));
    let place = |one: &Calendar| Some(written(&one.jurisdiction));
    moves.words(Part::Jurisdiction, place(was), place(is));
    let source = |one: &Calendar| Some(written(&one.source));
    moves.words(Part::Source, source(was), source(is));
    let checked = |one: &Calendar| Some(Said::Day(one.checked_on));
    moves.words(Part::CheckedOn, checked(was), checked(is));
    let confidence = |one: &Calendar| Some(Said::Confidence(one.confidence));
    moves.words(Part::Confidence, confidence(was), confidence(is));
    let note = |one: &Calendar| one.note.as_ref().map(text);
    moves.words(Part::Note, note(was), note(is));
    let weekend = |one: &Calendar| {
        let days = one.weekend().iter().map(|day| format!("{day:?}").to_lowercase());
        Some(Said::Set(days.collect()))
    };
    moves.unclear(Part::Weekend, weekend(was), weekend(is));
    if moves.found.is_empty() {
        return;
    }
    let nature = if moves.is_editorial() { Nature::Editorial } else { Nature::AtOnce };
    push(&is.id, ChangeKind::Changed, nature, None, moves, changes);
}

/// Years that are held, or no longer: before, weekends alone counted in them.
fn years(was: &Calendar, is: &Calendar, today: Date, changes: &mut Vec<Change>) {
    let held = |one: &Calendar| -> BTreeSet<i16> { one.years_held().collect() };
    let (old, new) = (held(was), held(is));
    let begun = |year: &i16| *year <= today.year();
    for past in [true, false] {
        let only = |own: &BTreeSet<i16>, other: &BTreeSet<i16>| -> BTreeSet<String> {
            let differ = own.difference(other).filter(|year| begun(year) == past);
            differ.map(ToString::to_string).collect()
        };
        let (gone, come) = (only(&old, &new), only(&new, &old));
        let first = gone.iter().chain(&come).min().and_then(|year| year.parse().ok());
        let Some(first) = first else { continue };
        let nature = match (past, gone.is_empty()) {
            (false, _) => Nature::Coming,
            (true, true) => Nature::Late,
            (true, false) => Nature::Correction,
        };
        let mut moves = Moves::default();
        let said = |years: BTreeSet<String>| (!years.is_empty()).then_some(Said::Set(years));
        moves.unclear(Part::YearsHeld, said(gone), said(come));
        let from = Date::new(first, 1, 1).ok();
        push(&is.id, ChangeKind::Changed, nature, from, moves, changes);
    }
}

/// Days that are off in one of the two alone, in the years that both hold.
fn each_day(was: &Calendar, is: &Calendar, today: Date, changes: &mut Vec<Change>) {
    let named = |one: &Calendar| -> Vec<Date> {
        one.holidays().map(|(day, _)| day).chain(one.working_days_decreed()).collect()
    };
    let both = |day: &Date| was.holds_year(day.year()) && is.holds_year(day.year());
    let days: BTreeSet<Date> = named(was).into_iter().chain(named(is)).filter(both).collect();
    for past in [true, false] {
        let here = || days.iter().copied().filter(|day| (*day <= today) == past);
        let came_off = || here().filter(|day| !was.is_day_off(*day) && is.is_day_off(*day));
        let worked = || here().filter(|day| was.is_day_off(*day) && !is.is_day_off(*day));
        let said = |days: BTreeSet<Date>| (!days.is_empty()).then_some(Said::Days(days));
        let mut moves = Moves::default();
        let unclear = || Direction::Unclear;
        moves.put(Part::DaysOff, None, said(came_off().collect()), unclear);
        moves.put(Part::WorkingDays, None, said(worked().collect()), unclear);
        let Some(first) = came_off().chain(worked()).min() else { continue };
        let nature = if past { Nature::Correction } else { Nature::Coming };
        push(&is.id, ChangeKind::Changed, nature, Some(first), moves, changes);
    }
}
