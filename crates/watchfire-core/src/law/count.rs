//! How a span is counted (laws/counting.md 7.3).

use jiff::civil::{Date, DateTime, Time};
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
    /// Days on which the authority is open, by a calendar.
    BusinessDays,
}

/// A number and a unit, as packs write it: `72h`, `14d`, `1mo`, `4bd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Within {
    pub amount: i32,
    pub unit: Unit,
}

/// A span is at most so long, about a hundred years: no law asks for more, and from every instant
/// that can be written it ends in a year that can be.
const YEARS_MAX: i32 = 100;

impl Within {
    /// Reads `72h`, `14d`, `2w`, `1mo` or `4bd`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() - text.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
        let (unit, in_a_year) = match &text[digits..] {
            "h" => (Unit::Hours, 366 * 24),
            "d" => (Unit::Days, 366),
            "w" => (Unit::Weeks, 53),
            "mo" => (Unit::Months, 12),
            "bd" => (Unit::BusinessDays, 250),
            _ => return None,
        };
        let amounts = 1..=in_a_year * YEARS_MAX;
        let amount = text[..digits].parse().ok().filter(|amount| amounts.contains(amount))?;
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
            Unit::BusinessDays => "bd",
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
    /// (Reg. 1182/71 art. 3(1) second subparagraph, 3(2)(b), (c)). Days, weeks, months, business
    /// days.
    ExcludeTriggerDay,
    /// The business days after the event; where its day is none, the period begins with, and
    /// includes, the first business day after it (Form 8-K, General Instruction B.1). Business
    /// days only.
    SecB1,
}

impl Counts {
    const ALL: [Self; 4] =
        [Self::Elapsed, Self::NextFullHour, Self::ExcludeTriggerDay, Self::SecB1];

    /// Reads the word of a pack.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counts| counts.to_string() == text)
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Elapsed => "elapsed",
            Self::NextFullHour => "next-full-hour",
            Self::ExcludeTriggerDay => "exclude-trigger-day",
            Self::SecB1 => "sec-b1",
        })
    }
}

/// Where on its last day a span ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// Where the count comes out. A rule that counts whole days comes out at the day's end.
    Exact,
    /// With the last hour of the day.
    EndOfDay,
    /// At a time of day on the authority's wall.
    At(Time),
}

/// What becomes of a last day that is a day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RollRule {
    /// The end of the next working day (Reg. 1182/71 art. 3(4)).
    NextWorkingDayEnd,
    /// Noon of the next working day (Delegated Reg. (EU) 2025/301 art. 5(4)).
    NoonNextWorkingDay,
    /// The next business day, where the span ends on it.
    NextBusinessDay,
    /// The business day before, where the span ends on it: what is safe where the law rolls on.
    PreviousBusinessDay,
}

impl RollRule {
    const ALL: [(Self, &'static str); 4] = [
        (Self::NextWorkingDayEnd, "next-working-day-end"),
        (Self::NoonNextWorkingDay, "noon-next-working-day"),
        (Self::NextBusinessDay, "next-business-day"),
        (Self::PreviousBusinessDay, "previous-business-day"),
    ];

    /// Reads the rule as packs write it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, word)| *word == text).map(|(rule, _)| rule)
    }
}

impl std::fmt::Display for RollRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = Self::ALL.iter().find(|(rule, _)| rule == self).map_or("", |(_, word)| word);
        f.write_str(word)
    }
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
    /// The first year that the calendar was asked for and does not hold.
    pub year_not_held: Option<i16>,
}

/// A span with everything that is needed to count it.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    pub within: Within,
    pub counts: Counts,
    pub ends: Ends,
    /// The calendar of the authority: needed for business days and for rolling.
    pub calendar: Option<&'a Calendar>,
    /// What becomes of a last day that is a day off.
    pub rolls: Option<RollRule>,
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
                self.finish(hour.checked_add(SignedDuration::from_hours(hours)).ok()?)
            }
            Counts::ExcludeTriggerDay | Counts::SecB1 => {
                let day = self.zone.to_datetime(start.last).date();
                let (last, not_held) = self.last_day(day)?;
                self.close(last, None, not_held)
            }
            Counts::Elapsed => self.finish(self.elapsed(start.at)?),
        }
    }

    /// Returns how long it is, where it is as long wherever it starts: hours on the UTC line that
    /// neither roll nor run on to the end of a day.
    pub(crate) fn length(&self) -> Option<SignedDuration> {
        let is_fixed = self.counts == Counts::Elapsed
            && self.within.unit == Unit::Hours
            && self.ends == Ends::Exact
            && self.rolls.is_none();
        is_fixed.then(|| SignedDuration::from_hours(i64::from(self.within.amount)))
    }

    /// Returns where a count that came out at an instant ends, after rolling.
    pub fn end_from(&self, at: Timestamp) -> Option<End> {
        self.finish(at)
    }

    /// Returns when a span that ends with `day` ends, after rolling.
    pub fn end_with(&self, day: Date) -> Option<End> {
        self.close(day, None, None)
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

    /// The last day of a count of days after `day`, and the first year of it that is not held.
    fn last_day(&self, day: Date) -> Option<(Date, Option<i16>)> {
        if self.within.unit != Unit::BusinessDays {
            return Some((self.add_to_date(day)?, None));
        }
        let last = self.calendar?.add_working_days(day, self.within.amount)?;
        Some((last.date, last.year_not_held))
    }

    /// Months end on the same date number, or on the month's last day.
    fn add_to_date(&self, date: Date) -> Option<Date> {
        let span = match self.within.unit {
            Unit::Hours | Unit::BusinessDays => return None,
            Unit::Days => JiffSpan::new().try_days(self.within.amount).ok()?,
            Unit::Weeks => JiffSpan::new().try_weeks(self.within.amount).ok()?,
            Unit::Months => JiffSpan::new().try_months(self.within.amount).ok()?,
        };
        date.checked_add(span).ok()
    }

    /// Closes a count that came out at an instant.
    fn finish(&self, at: Timestamp) -> Option<End> {
        if self.rolls.is_none() && self.ends == Ends::Exact {
            return Some(End { at, rolled: None, year_not_held: None });
        }
        let local = self.zone.to_datetime(at);
        self.close(local.date(), Some((at, local.time())), None)
    }

    /// Returns where the last day `date` ends, moved where it is a day off.
    ///
    /// `came` is the instant at which the count came out, with its time of day.
    fn close(
        &self,
        date: Date,
        came: Option<(Timestamp, Time)>,
        not_held: Option<i16>,
    ) -> Option<End> {
        let Some((rule, calendar)) = self.rolls.zip(self.calendar) else {
            let at = self.end_on(date, came)?;
            return Some(End { at, rolled: None, year_not_held: not_held });
        };
        let moved = match rule {
            RollRule::PreviousBusinessDay => calendar.previous_working_day(date),
            _ => calendar.next_working_day(date),
        };
        let year_not_held = not_held.or(moved.year_not_held);
        if moved.date == date {
            let at = self.end_on(date, came)?;
            return Some(End { at, rolled: None, year_not_held });
        }
        let at = match rule {
            RollRule::NextWorkingDayEnd => midnight(moved.date.tomorrow().ok()?, self.zone)?,
            // Article 5(4): "by noon of the next working day".
            RollRule::NoonNextWorkingDay => wall_clock(moved.date.at(12, 0, 0, 0), self.zone)?,
            RollRule::NextBusinessDay | RollRule::PreviousBusinessDay => {
                let time = came.map(|(_, time)| time);
                self.end_at(moved.date, time)?
            }
        };
        Some(End { at, rolled: Some((date, moved.date)), year_not_held })
    }

    /// Where the span ends on a last day that stays.
    fn end_on(&self, date: Date, came: Option<(Timestamp, Time)>) -> Option<Timestamp> {
        match (self.ends, came) {
            (Ends::Exact, Some((at, _))) => Some(at),
            _ => self.end_at(date, None),
        }
    }

    /// Where the span ends on `date`; an exact one at `time` on the wall.
    fn end_at(&self, date: Date, time: Option<Time>) -> Option<Timestamp> {
        match (self.ends, time) {
            (Ends::At(time), _) | (Ends::Exact, Some(time)) => {
                wall_clock(DateTime::from_parts(date, time), self.zone)
            }
            (Ends::EndOfDay, _) | (Ends::Exact, None) => midnight(date.tomorrow().ok()?, self.zone),
        }
    }
}

/// Returns when `within` ends that is counted as elapsed from an instant.
pub(crate) fn elapsed(within: Within, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let (counts, ends) = (Counts::Elapsed, Ends::Exact);
    let counting = Counting { within, counts, ends, calendar: None, rolls: None, zone };
    counting.elapsed(from)
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
        let ends = Ends::Exact;
        let counting = Counting { within, counts, ends, calendar: None, rolls: None, zone: &zone };
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
            [("72h", 72, Unit::Hours), ("14d", 14, Unit::Days), ("4bd", 4, Unit::BusinessDays)]
        {
            assert_eq!(Within::parse(text), Some(Within { amount, unit }));
            assert_eq!(Within { amount, unit }.to_string(), text);
        }
        for wrong in ["", "h", "0h", "-1h", "1", "1 h", "1m", "1.5h", "878401h", "1201mo"] {
            assert_eq!(Within::parse(wrong), None, "{wrong}");
        }
    }
}
