//! An instant as somebody gives it: exact, a stretch of time, or a local time that is not one.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The years in which something can have happened. Every span of a pack ends in a year that can be
/// written, whichever of them it starts from, so that no clock is left without its date.
const YEAR_MIN: i16 = 1;
const YEAR_MAX: i16 = 9799;
/// A zone that stands for none: a library counts it as UTC.
const ZONE_UNKNOWN: &str = "Etc/Unknown";

/// When something happened, as far as it is known (laws/counting.md 7.2.1 and 7.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instant {
    /// One instant.
    Exact(Timestamp),
    /// Somewhere in `[lo, hi)`; a whole day is local midnight to the next.
    Interval { lo: Timestamp, hi: Timestamp },
    /// A local time that does not exist or exists twice: one of two, the earlier first.
    Either { first: Timestamp, second: Timestamp, exists: bool },
}

/// An offset from Greenwich, with a change of clocks beside it, is less than this.
const OFFSET_SECONDS_MAX: i64 = 2 * 86_400;

/// A text that is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not one of the spellings.
    #[error(
        "`{text}` is no instant: write `2026-09-30T08:00Z`, `2026-09-30T10:00[Europe/Brussels]`, \
         a day `2026-09-30[Europe/Brussels]`, or an interval `A/B`"
    )]
    Form { text: String },
    /// A local time that says neither zone nor offset.
    #[error(
        "`{text}` is a local time without zone or offset: add `Z`, `+01:00` or `[Europe/Brussels]`"
    )]
    NoZone { text: String },
    /// An offset that the zone beside it does not have then.
    #[error("`{text}` has an offset that is not its zone's at that time: leave one of the two out")]
    Offset { text: String },
    /// A zone that the bundled database does not have.
    #[error("`{zone}` is not a time zone: write its IANA name, such as `Europe/Brussels`")]
    Zone { zone: String },
    /// A date or time outside the calendar or the supported years.
    #[error(
        "`{text}` is not a date and time of the calendar, from the year {YEAR_MIN} to {YEAR_MAX}"
    )]
    Range { text: String },
    /// An interval that ends before, or where, it begins.
    #[error("the interval `{text}` does not end after it begins")]
    Backwards { text: String },
    /// An interval of days.
    #[error(
        "`{text}` is an interval of days: give two instants, such as the midnights around them"
    )]
    Days { text: String },
}

impl Instant {
    /// Reads one of the spellings of case files.
    ///
    /// # Errors
    /// [`InstantError`]; a library's default never decides what a text does not say.
    pub fn parse(text: &str) -> Result<Self, InstantError> {
        let text = text.trim();
        let instant = Self::spelled(text)?;
        let year = |at: Timestamp| TimeZone::UTC.to_datetime(at).year();
        let years = YEAR_MIN..=YEAR_MAX;
        let held =
            years.contains(&year(instant.lo())) && years.contains(&year(instant.outer_start()));
        if held { Ok(instant) } else { Err(range(text)) }
    }

    fn spelled(text: &str) -> Result<Self, InstantError> {
        if let Some((from, to)) = split_interval(text) {
            return Self::interval(text, from, to);
        }
        if let Some((date, zone)) = day_form(text) {
            let zone = zone_of(zone)?;
            let date = date.parse::<Date>().map_err(|_| range(text))?;
            let next = date.tomorrow().map_err(|_| range(text))?;
            let lo = midnight(date, &zone).ok_or_else(|| range(text))?;
            let hi = midnight(next, &zone).ok_or_else(|| range(text))?;
            if hi <= lo {
                return Err(range(text));
            }
            return Ok(Self::Interval { lo, hi });
        }
        Self::point(text)
    }

    /// Returns the day, where the text is one with a zone and nothing else.
    pub(crate) fn day(text: &str) -> Option<Date> {
        let (date, zone) = day_form(text.trim())?;
        zone_of(zone).ok()?;
        date.parse().ok()
    }

    fn interval(text: &str, from: &str, to: &str) -> Result<Self, InstantError> {
        if day_form(from.trim()).is_some() || day_form(to.trim()).is_some() {
            return Err(InstantError::Days { text: text.to_owned() });
        }
        let lo = Self::point(from.trim())?.lo();
        let hi = Self::point(to.trim())?.outer_start();
        if hi <= lo {
            return Err(InstantError::Backwards { text: text.to_owned() });
        }
        Ok(Self::Interval { lo, hi })
    }

    fn point(text: &str) -> Result<Self, InstantError> {
        let form = || InstantError::Form { text: text.to_owned() };
        let Some((local, zone)) = text.strip_suffix(']').and_then(|text| text.split_once('['))
        else {
            return Self::offset_form(text);
        };
        let zone = zone_of(zone)?;
        if has_offset(local) {
            // An offset is the stronger word; the zone beside it must agree.
            let instant = local.parse::<Timestamp>().map_err(|_| form())?;
            let offset = zone.to_offset(instant);
            let written = local_part(local).and_then(|local| local.parse::<DateTime>().ok());
            return match written.map(|local| offset.to_timestamp(local)) {
                Some(Ok(same)) if same == instant => Ok(Self::Exact(instant)),
                _ => Err(InstantError::Offset { text: text.to_owned() }),
            };
        }
        if !is_date_time(local) {
            return Err(form());
        }
        let local = local.parse::<DateTime>().map_err(|_| range(text))?;
        let ambiguous = zone.to_ambiguous_timestamp(local);
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(local).map_err(|_| range(text));
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok(Self::Exact(at(offset)?)),
            AmbiguousOffset::Gap { before, after } => {
                Ok(Self::Either { first: at(after)?, second: at(before)?, exists: false })
            }
            AmbiguousOffset::Fold { before, after } => {
                Ok(Self::Either { first: at(before)?, second: at(after)?, exists: true })
            }
        }
    }

    fn offset_form(text: &str) -> Result<Self, InstantError> {
        if is_date_time(text) {
            return Err(InstantError::NoZone { text: text.to_owned() });
        }
        let shaped = local_part(text).is_some_and(is_date_time);
        if !shaped {
            return Err(InstantError::Form { text: text.to_owned() });
        }
        text.parse::<Timestamp>().map(Self::Exact).map_err(|_| range(text))
    }

    /// Returns the earliest instant it may be: where strict clocks start.
    pub fn lo(&self) -> Timestamp {
        match *self {
            Self::Exact(at) => at,
            Self::Interval { lo, .. } => lo,
            Self::Either { first, .. } => first,
        }
    }

    /// Returns where outer clocks start: the end of an interval, the second of two candidates.
    pub fn outer_start(&self) -> Timestamp {
        match *self {
            Self::Exact(at) => at,
            Self::Interval { hi, .. } => hi,
            Self::Either { second, .. } => second,
        }
    }

    /// Returns the last instant it may be. An interval does not contain its end.
    pub fn last(&self) -> Timestamp {
        match *self {
            Self::Exact(at) => at,
            Self::Interval { lo, hi } => {
                hi.checked_sub(SignedDuration::from_micros(1)).map_or(lo, |last| last.max(lo))
            }
            Self::Either { second, .. } => second,
        }
    }
}

/// Returns the first instant of a local day, if the day exists there.
///
/// Where a change of clocks skips midnight, the day begins at the change (Sao Paulo, until 2018);
/// where midnight exists twice, with the first.
pub(crate) fn midnight(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    crate::law::count::wall_clock(date.at(0, 0, 0, 0), zone)
}

/// Returns whether a local day has begun at an instant, if the day exists there.
///
/// No zone is off Greenwich by more than a day, so far from midnight nobody has to ask the zone.
pub(crate) fn has_begun(date: Date, at: Timestamp, zone: &TimeZone) -> Option<bool> {
    let there = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    let since = at.as_second() - there.as_second();
    if since.abs() > OFFSET_SECONDS_MAX {
        return Some(since > 0);
    }
    Some(at >= midnight(date, zone)?)
}

/// Finds the slash of an interval: the one outside square brackets.
fn split_interval(text: &str) -> Option<(&str, &str)> {
    let mut inside = false;
    let slash = text.char_indices().find(|(_, sign)| {
        inside = (inside || *sign == '[') && *sign != ']';
        *sign == '/' && !inside
    })?;
    Some((&text[..slash.0], &text[slash.0 + 1..]))
}

/// Recognizes `2021-11-24[Asia/Shanghai]`, which a library would take for midnight.
fn day_form(text: &str) -> Option<(&str, &str)> {
    let (date, zone) = text.strip_suffix(']')?.split_once('[')?;
    shape(date, "dddd-dd-dd").then_some((date, zone))
}

fn is_date_time(text: &str) -> bool {
    let Some((minutes, rest)) = text.split_at_checked(16) else { return false };
    let seconds = match rest.split_at_checked(3) {
        None => rest.is_empty(),
        Some((seconds, fraction)) => {
            shape(seconds, ":dd")
                && (fraction.is_empty()
                    || fraction.strip_prefix('.').is_some_and(|digits| {
                        (1..=9).contains(&digits.len())
                            && digits.bytes().all(|digit| digit.is_ascii_digit())
                    }))
        }
    };
    shape(minutes, "dddd-dd-ddTdd:dd") && seconds
}

/// Returns the part before `Z` or `+hh:mm`.
fn local_part(text: &str) -> Option<&str> {
    if let Some(local) = text.strip_suffix('Z') {
        return Some(local);
    }
    let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let shaped = shape(offset, "+dd:dd") || shape(offset, "-dd:dd");
    // RFC 3339 knows offsets of less than a day; a library takes longer ones.
    (shaped && offset[1..3] <= *"23" && offset[4..] <= *"59").then_some(local)
}

fn has_offset(text: &str) -> bool {
    local_part(text).is_some_and(is_date_time)
}

/// Compares signs with a pattern in which `d` stands for a digit.
fn shape(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(sign, wanted)| match wanted {
            b'd' => sign.is_ascii_digit(),
            other => sign == other,
        })
}

pub(crate) fn zone_of(name: &str) -> Result<TimeZone, InstantError> {
    let named = Some(name).filter(|name| !name.eq_ignore_ascii_case(ZONE_UNKNOWN));
    let zone = named.and_then(|name| TimeZone::get(name).ok());
    zone.ok_or_else(|| InstantError::Zone { zone: name.to_owned() })
}

fn range(text: &str) -> InstantError {
    InstantError::Range { text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn every_spelling_is_read_as_it_is_meant() {
        let parse = |text| Instant::parse(text).unwrap();
        assert_eq!(parse("2026-09-30T08:00Z"), Instant::Exact(at("2026-09-30T08:00:00Z")));
        assert_eq!(parse("2026-09-30T08:00:30+02:00"), Instant::Exact(at("2026-09-30T06:00:30Z")));
        assert_eq!(
            parse("2026-09-30T10:00[Europe/Brussels]"),
            Instant::Exact(at("2026-09-30T08:00:00Z"))
        );
        let day =
            Instant::Interval { lo: at("2021-11-23T16:00:00Z"), hi: at("2021-11-24T16:00:00Z") };
        assert_eq!(parse("2021-11-24[Asia/Shanghai]"), day);
        assert_eq!(
            parse("2026-09-30T10:00[Europe/Brussels]/2026-09-30T12:00[Europe/Brussels]"),
            Instant::Interval { lo: at("2026-09-30T08:00:00Z"), hi: at("2026-09-30T10:00:00Z") }
        );
    }

    #[test]
    fn a_local_time_that_is_not_one_stands_for_both_candidates() {
        assert_eq!(
            Instant::parse("2026-10-25T02:30[Europe/Brussels]").unwrap(),
            Instant::Either {
                first: at("2026-10-25T00:30:00Z"),
                second: at("2026-10-25T01:30:00Z"),
                exists: true
            }
        );
        assert_eq!(
            Instant::parse("2027-03-28T02:30[Europe/Brussels]").unwrap(),
            Instant::Either {
                first: at("2027-03-28T00:30:00Z"),
                second: at("2027-03-28T01:30:00Z"),
                exists: false
            }
        );
    }

    #[test]
    fn a_day_has_as_many_hours_as_it_has_there() {
        let hours = |text| {
            let day = Instant::parse(text).unwrap();
            day.outer_start().duration_since(day.lo()).as_hours()
        };
        assert_eq!(hours("2026-10-25[Europe/Brussels]"), 25);
        assert_eq!(hours("2027-03-28[Europe/Brussels]"), 23);
        assert_eq!(hours("2018-11-04[America/Sao_Paulo]"), 23);
        assert!(Instant::parse("2011-12-30[Pacific/Apia]").is_err(), "a day that was skipped");
    }

    #[test]
    fn what_does_not_say_when_is_refused_with_the_reason() {
        let refused = |text: &str| Instant::parse(text).unwrap_err();
        assert!(matches!(refused("2026-09-30T08:00"), InstantError::NoZone { .. }));
        assert!(matches!(refused("2026-09-30"), InstantError::Form { .. }));
        assert!(matches!(refused("yesterday"), InstantError::Form { .. }));
        assert!(matches!(refused("2026-02-30T08:00Z"), InstantError::Range { .. }));
        assert!(matches!(refused("2026-02-30[UTC]"), InstantError::Range { .. }));
        assert!(matches!(refused("2026-09-30T08:00[Mars/Base]"), InstantError::Zone { .. }));
        assert!(matches!(refused("2026-09-30T25:00[UTC]"), InstantError::Range { .. }));
        assert!(matches!(
            refused("2026-09-30T09:00Z/2026-09-30T09:00Z"),
            InstantError::Backwards { .. }
        ));
        assert!(matches!(refused("2026-09-30[UTC]/2026-10-01[UTC]"), InstantError::Days { .. }));
        assert!(matches!(
            refused("2026-09-30T08:00+05:00[Europe/Brussels]"),
            InstantError::Offset { .. }
        ));
        assert!(matches!(refused("2026-09-30 08:00Z"), InstantError::Form { .. }));
        assert!(matches!(refused("2026-09-30T08:00[Etc/Unknown]"), InstantError::Zone { .. }));
        assert!(matches!(refused("2026-09-30[etc/unknown]"), InstantError::Zone { .. }));
        assert!(matches!(refused("2026-09-30T08:00+24:00"), InstantError::Form { .. }));
        assert!(matches!(refused("2026-09-30T08:00-01:60"), InstantError::Form { .. }));
    }

    #[test]
    fn what_lies_outside_of_the_years_is_refused_and_every_span_ends_within_them() {
        for far in ["9800-01-01T00:00Z", "9999-12-31[UTC]", "9999-12-31T23:59Z"] {
            let refused = Instant::parse(far).unwrap_err();
            assert!(refused.to_string().contains("from the year 1 to 9799"), "{refused}");
        }
        for early in ["0000-12-31T23:59Z", "0001-01-01[Asia/Shanghai]"] {
            assert!(matches!(Instant::parse(early), Err(InstantError::Range { .. })), "{early}");
        }
        let first = Instant::parse("0001-01-01T00:00Z").unwrap();
        let last = Instant::parse("9799-12-31T23:59:59Z").unwrap();
        assert!(first.lo() < last.lo());
    }
}
