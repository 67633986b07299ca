//! How a span is counted (laws/counting.md 7.3).

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span as JiffSpan, Timestamp};

use super::calendar::Calendar;
use super::instant::midnight;

/// The unit of the law; `24h` is not `1d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
}

/// A number and a unit, as packs write it: `72h`, `14d`, `1mo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Within {
    pub amount: i32,
    pub unit: Unit,
}

/// An amount is at most this, in its unit.
const AMOUNT_MAX: i32 = 100_000;

impl Within {
    /// Reads `72h`, `14d`, `2w` or `1mo`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() - text.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
        let amount =
            text[..digits].parse().ok().filter(|amount| (1..=AMOUNT_MAX).contains(amount))?;
        let unit = match &text[digits..] {
            "h" => Unit::Hours,
            "d" => Unit::Days,
            "w" => Unit::Weeks,
            "mo" => Unit::Months,
            _ => return None,
        };
        Some(Self { amount, unit })
    }
}

impl std::fmt::Display for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            Unit::Hours => "h",
            Unit::Days => "d",
            Unit::Weeks => "w",
            Unit::Months => "mo",
        };
        write!(f, "{}{unit}", self.amount)
    }
}

/// How a span is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counts {
    /// Hours on the UTC line; days, weeks and months to the same local wall time.
    Elapsed,
    /// The hour of the event is not counted (Reg. 1182/71 art. 3(1), 3(2)(a)). Hours only.
    NextFullHour,
    /// The day of the event is not counted, the last hour of the last day is the end
    /// (Reg. 1182/71 art. 3(1) second subparagraph, 3(2)(b), (c)). Days, weeks, months.
    ExcludeTriggerDay,
}

/// Where a clock starts: the two ends are the same for an exact instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// The instant to count from.
    pub at: Timestamp,
    /// The last instant at which the event may have happened: its hour or day is the one that
    /// rules which exclude an hour or a day exclude.
    pub last: Timestamp,
}

/// The end of a span, with what the calendar did to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub at: Timestamp,
    /// The last day before and after rolling, where the calendar moved it.
    pub rolled: Option<(Date, Date)>,
    /// Whether the calendar held every year that it was asked for.
    pub years_held: bool,
}

/// A span with everything that is needed to count it.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    pub within: Within,
    pub counts: Counts,
    /// Whether an elapsed count is extended to the end of its last day.
    pub end_of_day: bool,
    /// The calendar by which a last day that is a day off moves to the next working day.
    pub rolls: Option<&'a Calendar>,
    /// The authority's zone.
    pub zone: &'a TimeZone,
}

impl Counting<'_> {
    /// Returns when the span that starts at `start` ends, or `None` beyond the supported years.
    pub fn end(&self, start: Start) -> Option<End> {
        match self.counts {
            Counts::NextFullHour => {
                let hour = self.hour_of(start.last)?;
                let hours = i64::from(self.within.amount) + 1;
                let at = hour.checked_add(SignedDuration::from_hours(hours)).ok()?;
                self.finish(at)
            }
            Counts::ExcludeTriggerDay => {
                let day = self.zone.to_datetime(start.last).date();
                self.end_of(self.add_to_date(day)?)
            }
            Counts::Elapsed => self.finish(self.elapsed(start.at)?),
        }
    }

    /// The first instant of the started hour. Zones off the hour have hours of their own.
    fn hour_of(&self, at: Timestamp) -> Option<Timestamp> {
        let local = self.zone.to_datetime(at);
        let into =
            SignedDuration::from_secs(i64::from(local.minute()) * 60 + i64::from(local.second()))
                + SignedDuration::from_nanos(i64::from(local.subsec_nanosecond()));
        at.checked_sub(into).ok()
    }

    fn elapsed(&self, from: Timestamp) -> Option<Timestamp> {
        if self.within.unit == Unit::Hours {
            let hours = SignedDuration::from_hours(i64::from(self.within.amount));
            return from.checked_add(hours).ok();
        }
        let local = self.zone.to_datetime(from);
        let date = self.add_to_date(local.date())?;
        wall_clock(DateTime::from_parts(date, local.time()), self.zone)
    }

    /// Months end on the same date number, or on the month's last day.
    fn add_to_date(&self, date: Date) -> Option<Date> {
        let span = match self.within.unit {
            Unit::Hours => return None,
            Unit::Days => JiffSpan::new().try_days(self.within.amount).ok()?,
            Unit::Weeks => JiffSpan::new().try_weeks(self.within.amount).ok()?,
            Unit::Months => JiffSpan::new().try_months(self.within.amount).ok()?,
        };
        date.checked_add(span).ok()
    }

    /// Extends an exact end to its day's, and moves it, where the span says so.
    fn finish(&self, at: Timestamp) -> Option<End> {
        if !self.end_of_day && self.rolls.is_none() {
            return Some(End { at, rolled: None, years_held: true });
        }
        let date = self.zone.to_datetime(at).date();
        let off = self.rolls.is_some_and(|calendar| calendar.is_day_off(date));
        if !self.end_of_day && !off {
            let held = self.rolls.is_none_or(|calendar| calendar.holds_year(date.year()));
            return Some(End { at, rolled: None, years_held: held });
        }
        self.end_of(date)
    }

    /// Returns the last instant's end of `date`, moved past days off (Reg. 1182/71 art. 3(4)).
    fn end_of(&self, date: Date) -> Option<End> {
        let mut end = End { at: Timestamp::MIN, rolled: None, years_held: true };
        let mut last = date;
        if let Some(calendar) = self.rolls {
            let next = calendar.next_working_day(date);
            end.years_held = next.all_years_held;
            last = next.date;
            end.rolled = (last != date).then_some((date, last));
        }
        end.at = midnight(last.tomorrow().ok()?, self.zone)?;
        Some(end)
    }
}

/// Returns the instant of a computed local time.
///
/// If it does not exist, the instant of the change; if it exists twice, the first
/// (laws/counting.md 7.3, `elapsed`).
pub(crate) fn wall_clock(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { before, after } => {
            // The change lies between the two readings of the missing local time.
            let earlier = after.to_timestamp(local).ok()?;
            let later = before.to_timestamp(local).ok()?;
            zone.following(earlier)
                .map(|change| change.timestamp())
                .find(|change| *change <= later)
                .or(Some(later))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn end(within: &str, counts: Counts, zone: &str, from: &str) -> Timestamp {
        let zone = TimeZone::get(zone).expect("a zone");
        let within = Within::parse(within).expect("a span");
        let counting = Counting { within, counts, end_of_day: false, rolls: None, zone: &zone };
        counting.end(Start { at: at(from), last: at(from) }).expect("an end").at
    }

    #[test]
    fn hours_run_on_the_utc_line_and_days_on_the_wall() {
        let hours = end("24h", Counts::Elapsed, "Europe/Brussels", "2026-10-24T10:00:00Z");
        assert_eq!(hours, at("2026-10-25T10:00:00Z"));
        let day = end("1d", Counts::Elapsed, "Europe/Brussels", "2026-10-24T10:00:00Z");
        assert_eq!(day, at("2026-10-25T11:00:00Z"));
    }

    #[test]
    fn a_missing_wall_time_is_the_instant_of_the_change_and_a_double_one_the_first() {
        let gap = end("1d", Counts::Elapsed, "Europe/Brussels", "2027-03-27T01:30:00Z");
        assert_eq!(gap, at("2027-03-28T01:00:00Z"));
        let fold = end("1d", Counts::Elapsed, "Europe/Brussels", "2026-10-24T00:30:00Z");
        assert_eq!(fold, at("2026-10-25T00:30:00Z"));
        let howe = end("1d", Counts::Elapsed, "Australia/Lord_Howe", "2026-10-02T15:45:00Z");
        assert_eq!(howe, at("2026-10-03T15:30:00Z"));
    }

    #[test]
    fn the_started_hour_is_not_counted() {
        let full = |from| end("24h", Counts::NextFullHour, "Europe/Brussels", from);
        assert_eq!(full("2027-03-26T22:30:00Z"), at("2027-03-27T23:00:00Z"));
        assert_eq!(full("2026-11-23T10:00:00Z"), at("2026-11-24T11:00:00Z"));
        assert_eq!(full("2026-11-23T10:59:59.999999Z"), at("2026-11-24T11:00:00Z"));
    }

    #[test]
    fn the_day_of_the_event_is_not_counted() {
        let days = |from| end("2d", Counts::ExcludeTriggerDay, "Asia/Shanghai", from);
        assert_eq!(days("2026-09-29T08:20:00Z"), at("2026-10-01T16:00:00Z"));
        assert_eq!(days("2026-09-29T15:59:59Z"), at("2026-10-01T16:00:00Z"));
        assert_eq!(days("2026-09-29T16:00:00Z"), at("2026-10-02T16:00:00Z"));
        let month =
            end("1mo", Counts::ExcludeTriggerDay, "Europe/Brussels", "2027-01-31T12:00:00Z");
        assert_eq!(month, at("2027-02-28T23:00:00Z"));
    }

    #[test]
    fn a_span_is_read_with_its_unit() {
        for (text, amount, unit) in
            [("72h", 72, Unit::Hours), ("14d", 14, Unit::Days), ("1mo", 1, Unit::Months)]
        {
            assert_eq!(Within::parse(text), Some(Within { amount, unit }));
            assert_eq!(Within { amount, unit }.to_string(), text);
        }
        for wrong in ["", "h", "0h", "-1h", "1", "1 h", "1m", "1.5h", "100001h"] {
            assert_eq!(Within::parse(wrong), None, "{wrong}");
        }
    }
}
