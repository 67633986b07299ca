//! Counting against a reference that only steps through time.
//!
//! The engine turns local times into instants; the reference never does. It asks the zone what
//! the wall shows at one minute after another, and has a calendar of its own.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use watchfire_core::law::count::{Counting, Counts, Ends, Start, Within};

/// Zones, each with a stretch of years that holds changes of its clocks.
const ZONES: [(&str, i64, i64); 7] = [
    ("Europe/Brussels", 2024, 2028),
    ("America/New_York", 2024, 2028),
    ("Asia/Shanghai", 1986, 1992),
    ("Australia/Lord_Howe", 2024, 2028),
    ("America/Sao_Paulo", 2016, 2019),
    ("America/Santiago", 2020, 2024),
    ("Pacific/Apia", 2010, 2013),
];

const MINUTE_SECONDS: i64 = 60;
const DAY_SECONDS: i64 = 86_400;

/// What the wall shows: year, month, day, and seconds since midnight.
type Wall = (i64, i64, i64, i64);

fn wall(zone: &TimeZone, second: i64) -> Wall {
    let local = zone.to_datetime(Timestamp::from_second(second).expect("a supported second"));
    let time =
        i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60 + i64::from(local.second());
    (i64::from(local.year()), i64::from(local.month()), i64::from(local.day()), time)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Goes forward one day after another.
fn days_later(mut date: (i64, i64, i64), days: i64) -> (i64, i64, i64) {
    for _ in 0..days {
        date.2 += 1;
        if date.2 > days_in(date.0, date.1) {
            date = (date.0, date.1 + 1, 1);
        }
        if date.1 > 12 {
            date = (date.0 + 1, 1, 1);
        }
    }
    date
}

/// Goes forward one month after another, and back to the last day where the month is too short.
fn months_later(date: (i64, i64, i64), months: i64) -> (i64, i64, i64) {
    let (mut year, mut month) = (date.0, date.1);
    for _ in 0..months {
        month += 1;
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    (year, month, date.2.min(days_in(year, month)))
}

/// The first second at which the wall shows `target` or, where it jumps over it, more.
///
/// Walks minute by minute from `from`, then second by second through the last of them.
fn first_at_or_after(zone: &TimeZone, from: i64, target: Wall) -> i64 {
    let mut second = from;
    while wall(zone, second + MINUTE_SECONDS) < target {
        second += MINUTE_SECONDS;
    }
    while wall(zone, second) < target {
        second += 1;
    }
    second
}

/// A second before `target` from which nothing is left out: the walls of the zones differ from UTC
/// by less than a day, but for Apia, which jumped over a whole one.
fn before(zone: &TimeZone, start: i64, target: Wall) -> i64 {
    let mut second = start;
    while wall(zone, second + 3 * DAY_SECONDS) < target {
        second += DAY_SECONDS;
    }
    second
}

fn count(zone: &TimeZone, within: &str, counts: Counts, from: i64) -> i64 {
    let within = Within::parse(within).expect("a span");
    let ends = Ends::Exact;
    let counting = Counting { within, counts, ends, calendar: None, rolls: None, zone };
    let at = Timestamp::from_second(from).expect("a supported second");
    counting.end(Start { at, last: at }).expect("an end").at.as_second()
}

/// A zone and an instant in its years; three of four lie within hours of a change of its clocks.
fn instants() -> impl Strategy<Value = (TimeZone, i64)> {
    let off = -3 * 3600_i64..3 * 3600;
    (0..ZONES.len(), any::<u32>(), 0..4, off).prop_map(|(zone, place, near, off)| {
        let (name, first, last) = ZONES[zone];
        let zone = TimeZone::get(name).expect("a bundled zone");
        let (begin, end) = (new_year(&zone, first), new_year(&zone, last));
        let second = begin + i64::from(place) % (end - begin);
        let from = Timestamp::from_second(second).expect("a supported second");
        let change = zone.following(from).next().map(|change| change.timestamp().as_second());
        let near = change.filter(|change| near > 0 && *change < end).map(|change| change + off);
        (zone, near.unwrap_or(second))
    })
}

fn new_year(zone: &TimeZone, year: i64) -> i64 {
    at(zone, (year, 1, 1, 0))
}

fn at(zone: &TimeZone, (year, month, day, time): Wall) -> i64 {
    let part = |number: i64| i8::try_from(number).expect("a part of a date or time");
    let year = i16::try_from(year).expect("a supported year");
    let (hour, minute) = (part(time / 3600), part(time % 3600 / 60));
    let local = DateTime::constant(year, part(month), part(day), hour, minute, part(time % 60), 0);
    zone.to_timestamp(local).expect("a supported year").as_second()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn elapsed_hours_are_seconds_on_the_utc_line((zone, end) in instants(), hours in 1_i64..800) {
        let from = end - hours * 3600;
        let found = count(&zone, &format!("{hours}h"), Counts::Elapsed, from);
        prop_assert_eq!(found, end);
    }

    #[test]
    fn elapsed_days_end_when_the_wall_shows_the_same((zone, near) in instants(), days in 1_i64..20) {
        let from = near - days * DAY_SECONDS;
        let (year, month, day, time) = wall(&zone, from);
        let date = days_later((year, month, day), days);
        let target = (date.0, date.1, date.2, time);
        let expected = first_at_or_after(&zone, before(&zone, from, target), target);
        prop_assert_eq!(count(&zone, &format!("{days}d"), Counts::Elapsed, from), expected);
    }

    #[test]
    fn elapsed_months_end_on_the_same_number_or_the_last_day(
        (zone, near) in instants(),
        months in 1_i64..14,
        late in any::<bool>(),
    ) {
        // Back by months, so that the end lies near; or a day late in a month, so that it is cut.
        let (year, month, day, time) = wall(&zone, near);
        let back = (year * 12 + month - 1) - months;
        let (year, month) = (back.div_euclid(12), back.rem_euclid(12) + 1);
        let day = if late { days_in(year, month) } else { day.min(days_in(year, month)) };
        let from = at(&zone, (year, month, day, time));
        let (year, month, day, time) = wall(&zone, from);
        let date = months_later((year, month, day), months);
        let target = (date.0, date.1, date.2, time);
        let expected = first_at_or_after(&zone, before(&zone, from, target), target);
        prop_assert_eq!(count(&zone, &format!("{months}mo"), Counts::Elapsed, from), expected);
    }

    #[test]
    fn without_the_day_of_the_event_a_span_ends_as_the_day_after_its_last_begins(
        (zone, near) in instants(),
        days in 1_i64..20,
        next in 0_i64..2,
    ) {
        let from = near - (days + next) * DAY_SECONDS;
        let (year, month, day, _) = wall(&zone, from);
        let next = days_later((year, month, day), days + 1);
        let target = (next.0, next.1, next.2, 0);
        let expected = first_at_or_after(&zone, before(&zone, from, target), target);
        let found = count(&zone, &format!("{days}d"), Counts::ExcludeTriggerDay, from);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn without_the_started_hour_a_span_begins_as_the_next_hour_does(
        (zone, from) in instants(),
        hours in 1_i64..100,
    ) {
        // Lord Howe moves its clocks by half an hour, so that an hour there may have two halves.
        prop_assume!(zone.iana_name() != Some("Australia/Lord_Howe"));
        let mut next = from + 1;
        while wall(&zone, next).3 % 3600 != 0 {
            next += 1;
        }
        let found = count(&zone, &format!("{hours}h"), Counts::NextFullHour, from);
        prop_assert_eq!(found, next + hours * 3600);
    }
}

/// The reference itself, held to what was counted by hand.
#[test]
fn the_reference_knows_changes_that_are_known() {
    let instant = |text: &str| text.parse::<Timestamp>().expect("an instant").as_second();
    let brussels = TimeZone::get("Europe/Brussels").expect("a bundled zone");
    let gap = (2027, 3, 28, 2 * 3600 + 1800);
    assert_eq!(
        first_at_or_after(&brussels, instant("2027-03-27T00:00:00Z"), gap),
        instant("2027-03-28T01:00:00Z")
    );
    let fold = (2026, 10, 25, 2 * 3600 + 1800);
    assert_eq!(
        first_at_or_after(&brussels, instant("2026-10-24T00:00:00Z"), fold),
        instant("2026-10-25T00:30:00Z")
    );
    let apia = TimeZone::get("Pacific/Apia").expect("a bundled zone");
    let skipped = (2011, 12, 30, 3600);
    assert_eq!(
        first_at_or_after(&apia, instant("2011-12-28T00:00:00Z"), skipped),
        instant("2011-12-30T10:00:00Z")
    );
    assert_eq!(days_later((2024, 2, 28), 2), (2024, 3, 1));
    assert_eq!(months_later((2024, 1, 31), 13), (2025, 2, 28));
}
