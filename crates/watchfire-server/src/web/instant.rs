//! Instants as people type them, made into the spelling of the case files.
//!
//! A law counts from the instant, so nothing is guessed: a local time that does not exist or
//! exists twice is asked about (laws/counting.md 7.2.2), and so is what cannot be read.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// An instant is typed with at most so many characters.
const INSTANT_CHARS_MAX: usize = 120;

/// Why a typed instant cannot be taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstantProblem {
    /// Nothing was typed.
    Empty,
    /// It is no instant, day or interval.
    Unreadable,
    /// No such zone.
    UnknownZone(String),
    /// The clocks were changed: it is one of two instants.
    OneOfTwo {
        /// Whether the wall clock showed it twice, or never.
        twice: bool,
        candidates: [Timestamp; 2],
    },
}

/// Returns `typed` in the spelling of the case files, with `zone` where it names none.
///
/// Takes RFC 3339 (`2021-11-24T08:00Z`), a local time (`2021-11-24T16:00`, with a blank for the
/// `T` if one likes) with or without `[zone]`, a day (`2021-11-24`), and `A/B`.
///
/// # Errors
/// [`InstantProblem`]; nothing is rounded or filled in.
pub fn spell(typed: &str, zone: &str) -> Result<String, InstantProblem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(InstantProblem::Empty);
    }
    if typed.chars().count() > INSTANT_CHARS_MAX {
        return Err(InstantProblem::Unreadable);
    }
    if let Some((from, to)) = split_interval(typed) {
        return Ok(format!("{}/{}", spell_instant(from, zone)?, spell_instant(to, zone)?));
    }
    if let Some(day) = spell_day(typed, zone)? {
        return Ok(day);
    }
    spell_instant(typed, zone)
}

/// Splits at the one slash outside square brackets: `Asia/Shanghai` has one inside.
fn split_interval(typed: &str) -> Option<(&str, &str)> {
    let mut inside = false;
    for (at, sign) in typed.char_indices() {
        match sign {
            '[' => inside = true,
            ']' => inside = false,
            '/' if !inside => return Some((typed[..at].trim(), typed[at + 1..].trim())),
            _ => {}
        }
    }
    None
}

/// Splits off a zone in square brackets at the end.
fn split_zone<'t>(typed: &'t str, default: &'t str) -> (&'t str, &'t str) {
    typed
        .strip_suffix(']')
        .and_then(|rest| rest.split_once('['))
        .map_or((typed, default), |(local, zone)| (local.trim(), zone.trim()))
}

fn zone_of(name: &str) -> Result<TimeZone, InstantProblem> {
    TimeZone::get(name).map_err(|_| InstantProblem::UnknownZone(name.to_owned()))
}

fn spell_day(typed: &str, zone: &str) -> Result<Option<String>, InstantProblem> {
    let (local, zone) = split_zone(typed, zone);
    let is_day = local.len() == 10 && !local.contains(['T', 't', ' ', ':']);
    if !is_day {
        return Ok(None);
    }
    let day: Date = local.parse().map_err(|_| InstantProblem::Unreadable)?;
    zone_of(zone)?;
    Ok(Some(format!("{day}[{zone}]")))
}

fn spell_instant(typed: &str, zone: &str) -> Result<String, InstantProblem> {
    // `2021-11-24 16:00` is what people write; only that one blank stands for the `T`.
    let typed = match typed.as_bytes().get(10) {
        Some(b' ') => format!("{}T{}", &typed[..10], typed[11..].trim_start()),
        _ => typed.to_owned(),
    };
    if let Ok(at) = typed.parse::<Timestamp>()
        && !typed.contains('[')
    {
        return Ok(at.to_string());
    }
    let (local, zone) = split_zone(&typed, zone);
    let civil: DateTime = local.parse().map_err(|_| InstantProblem::Unreadable)?;
    if !local.contains(['T', 't']) {
        return Err(InstantProblem::Unreadable);
    }
    let found = zone_of(zone)?.to_ambiguous_zoned_datetime(civil);
    let (twice, offsets) = match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => return Ok(format!("{civil}[{zone}]")),
        AmbiguousOffset::Gap { before, after } => (false, [after, before]),
        AmbiguousOffset::Fold { before, after } => (true, [before, after]),
    };
    let instants = offsets.map(|offset| offset.to_timestamp(civil));
    let [Ok(first), Ok(second)] = instants else { return Err(InstantProblem::Unreadable) };
    Err(InstantProblem::OneOfTwo { twice, candidates: [first, second] })
}

/// Returns the instant that `typed` means, in `zone` where it names none.
///
/// # Errors
/// [`InstantProblem`]; a day or an interval is no instant.
pub fn exact(typed: &str, zone: &str) -> Result<Timestamp, InstantProblem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(InstantProblem::Empty);
    }
    let spelled = spell_instant(typed, zone)?;
    if let Ok(at) = spelled.parse() {
        return Ok(at);
    }
    let zoned: jiff::ZonedDateTime = spelled.parse().map_err(|_| InstantProblem::Unreadable)?;
    Ok(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_spelled_as_in_a_case_file() {
        for (typed, spelled) in [
            ("2021-11-24", "2021-11-24[Asia/Shanghai]"),
            ("2021-11-24[Europe/Brussels]", "2021-11-24[Europe/Brussels]"),
            ("2021-11-24T16:00", "2021-11-24T16:00:00[Asia/Shanghai]"),
            (" 2021-11-24 16:00 ", "2021-11-24T16:00:00[Asia/Shanghai]"),
            ("2021-11-24T16:00[Europe/Brussels]", "2021-11-24T16:00:00[Europe/Brussels]"),
            ("2021-11-24T16:00+08:00", "2021-11-24T08:00:00Z"),
            ("2021-11-24T08:00Z", "2021-11-24T08:00:00Z"),
            ("2021-11-24T08:00Z/2021-11-24T09:00Z", "2021-11-24T08:00:00Z/2021-11-24T09:00:00Z"),
        ] {
            assert_eq!(spell(typed, "Asia/Shanghai").as_deref(), Ok(spelled), "{typed}");
        }
    }

    #[test]
    fn what_is_no_instant_is_said_to_be_none() {
        for typed in ["yesterday", "2021-13-01", "2021-11-24T25:00", "16:00", "2021-11-24T08:00Z/"]
        {
            let problem = spell(typed, "UTC");
            assert!(
                matches!(problem, Err(InstantProblem::Unreadable | InstantProblem::Empty)),
                "{typed}: {problem:?}"
            );
        }
        assert_eq!(spell(" ", "UTC"), Err(InstantProblem::Empty));
        let nowhere = InstantProblem::UnknownZone("Mars/Base".to_owned());
        assert_eq!(spell("2021-11-24T16:00[Mars/Base]", "UTC"), Err(nowhere));
    }

    #[test]
    fn a_local_time_that_exists_twice_or_never_is_asked_about() {
        let twice = spell("2026-10-25T02:30", "Europe/Brussels");
        let Err(InstantProblem::OneOfTwo { twice: true, candidates }) = twice else {
            panic!("{twice:?}")
        };
        assert_eq!(
            candidates.map(|at| at.to_string()),
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
        );
        let never = spell("2027-03-28T02:30[Europe/Brussels]", "UTC");
        let Err(InstantProblem::OneOfTwo { twice: false, candidates }) = never else {
            panic!("{never:?}")
        };
        assert_eq!(
            candidates.map(|at| at.to_string()),
            ["2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"]
        );
    }

    #[test]
    fn an_exact_instant_is_read_in_the_readers_zone() {
        let at = exact("2021-11-24T16:00", "Asia/Shanghai").map(|at| at.to_string());
        assert_eq!(at.as_deref(), Ok("2021-11-24T08:00:00Z"));
        assert_eq!(exact("2021-11-24", "UTC"), Err(InstantProblem::Unreadable));
    }
}
