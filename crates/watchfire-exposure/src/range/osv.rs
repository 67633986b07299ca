//! Ranges of events, as OSV has them.
//!
//! Source: OSV schema 1.7, "affected[].ranges[].events" and its evaluation algorithm.

use std::cmp::Ordering;

use super::bound::{against, at, behind};
use super::line::in_line;
use super::{Answer, Intervals};
use crate::Ecosystem;

/// The lower bound that is before every version.
const FIRST: &str = "0";
/// The limit that is after every version.
const NO_LIMIT: &str = "*";

/// The most events of a range that are read; a range with more is undecided.
pub const EVENTS_MAX: usize = 10_000;

/// What happens at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From this version on it is affected.
    Introduced(String),
    /// From this version on it is not.
    Fixed(String),
    /// Behind this version it is not.
    LastAffected(String),
    /// From this version on the range says nothing.
    Limit(String),
}

impl Event {
    fn version(&self) -> &str {
        match self {
            Self::Introduced(version)
            | Self::Fixed(version)
            | Self::LastAffected(version)
            | Self::Limit(version) => version,
        }
    }
}

/// Returns whether `version` is affected by a range of `events`.
pub fn affected(ecosystem: Ecosystem, events: &[Event], version: &str) -> Answer {
    let Some((events, limits)) = sorted(ecosystem, events) else { return Answer::Undecided };
    if !ecosystem.explains(version) {
        return Answer::Undecided;
    }
    let against = |bound: &str| against(ecosystem, version, bound);
    let within = |limit: &&str| against(limit) == Some(Ordering::Less);
    if !limits.is_empty() && !limits.iter().any(within) {
        return Answer::No;
    }
    let mut affected = false;
    for event in events {
        let first = matches!(event, Event::Introduced(version) if version == FIRST);
        let order = if first { Some(Ordering::Greater) } else { against(event.version()) };
        let Some(order) = order else { return Answer::Undecided };
        match event {
            Event::Introduced(_) if order.is_ge() => affected = true,
            Event::Fixed(_) if order.is_ge() => affected = false,
            Event::LastAffected(_) if order.is_gt() => affected = false,
            _ => {}
        }
    }
    affected.into()
}

/// Returns the intervals of keys that are affected; `None` where a bound has no key.
pub fn intervals(ecosystem: Ecosystem, events: &[Event]) -> Option<Intervals> {
    let (events, limits) = sorted(ecosystem, events)?;
    let mut intervals = Intervals::default();
    let mut since: Option<Vec<u8>> = None;
    for event in events {
        match event {
            Event::Introduced(version) if since.is_none() => {
                since = Some(if version == FIRST { Vec::new() } else { at(ecosystem, version)? });
            }
            Event::Fixed(version) => {
                let end = at(ecosystem, version)?;
                if let Some(start) = since.take() {
                    intervals.add(start, Some(end));
                }
            }
            Event::LastAffected(version) => {
                let end = behind(ecosystem, version)?;
                if let Some(start) = since.take() {
                    intervals.add(start, Some(end));
                }
            }
            _ => {}
        }
    }
    if let Some(start) = since {
        intervals.add(start, None);
    }
    let ends = limits.iter().map(|limit| at(ecosystem, limit)).collect::<Option<Vec<_>>>()?;
    if let Some(limit) = ends.iter().max() {
        intervals.cut(limit);
    }
    Some(intervals)
}

/// The events in the order of their versions, and the limits, none where one is without end.
///
/// `None` where a bound is no version of the ecosystem, or where its order puts them into no line.
fn sorted(ecosystem: Ecosystem, events: &[Event]) -> Option<(Vec<&Event>, Vec<&str>)> {
    if events.len() > EVENTS_MAX {
        return None;
    }
    let (limits, events): (Vec<&Event>, Vec<&Event>) =
        events.iter().partition(|event| matches!(event, Event::Limit(_)));
    let first = |event: &Event| matches!(event, Event::Introduced(version) if version == FIRST);
    let explained = events.iter().all(|event| first(event) || ecosystem.explains(event.version()));
    let limits: Vec<&str> = limits.iter().map(|limit| limit.version()).collect();
    let unlimited = limits.contains(&NO_LIMIT);
    let limits = if unlimited { Vec::new() } else { limits };
    if !explained || !limits.iter().all(|limit| ecosystem.explains(limit)) {
        return None;
    }
    // Of two at one version, the one that is written first comes first.
    let (mut sorted, others): (Vec<&Event>, Vec<&Event>) =
        events.into_iter().partition(|event| first(event));
    sorted.extend(in_line(ecosystem, others, |event| event.version())?);
    Some((sorted, limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Vec<Event> {
        let event = |word: &str| {
            let (kind, version) = word.split_once(':').expect("kind and version");
            let version = version.to_owned();
            match kind {
                "introduced" => Event::Introduced(version),
                "fixed" => Event::Fixed(version),
                "last" => Event::LastAffected(version),
                _ => Event::Limit(version),
            }
        };
        text.split_whitespace().map(event).collect()
    }

    fn check(range: &str, rows: &[(&str, Answer)]) {
        let events = events(range);
        let ecosystem = Ecosystem::SemVer;
        for (version, wanted) in rows {
            assert_eq!(affected(ecosystem, &events, version), *wanted, "{range}: {version}");
            let keys = intervals(ecosystem, &events).zip(ecosystem.key(version));
            if let Some((intervals, key)) = keys {
                let within = Answer::from(intervals.contains(&key));
                assert_eq!(within, *wanted, "{range}: the key of {version}");
            }
        }
    }

    #[test]
    fn a_range_holds_from_its_introduction_up_to_its_fix() {
        use Answer::{No, Undecided, Yes};
        check(
            "introduced:1.0.0 fixed:1.0.2 introduced:3.0.0 fixed:3.2.5",
            &[
                ("1.0.0-rc.1", No),
                ("1.0.0", Yes),
                ("1.0.1", Yes),
                ("1.0.2-rc.1", Yes),
                ("1.0.2", No),
                ("3.0.0", Yes),
                ("3.2.5", No),
                ("4.0.0", No),
                ("main", Undecided),
            ],
        );
        check("introduced:0", &[("0.0.0-0", Yes), ("99.0.0", Yes)]);
        check("introduced:0 last:1.2.0", &[("1.2.0", Yes), ("1.2.1", No), ("1.2.1-a", No)]);
    }

    #[test]
    fn events_may_stand_in_any_order_and_a_limit_ends_all() {
        use Answer::{No, Yes};
        check("fixed:2.0.0 introduced:1.0.0", &[("1.5.0", Yes), ("2.0.0", No)]);
        check("introduced:0 limit:2.0.0", &[("1.9.9", Yes), ("2.0.0", No)]);
        check("introduced:0 limit:2.0.0 limit:3.0.0", &[("2.5.0", Yes), ("3.0.0", No)]);
        check("introduced:0 limit:*", &[("9.0.0", Yes)]);
        check("introduced:1.0.0 fixed:1.0.0", &[("1.0.0", No), ("2.0.0", No)]);
    }

    #[test]
    fn a_bound_that_nobody_explains_decides_nothing() {
        for range in ["introduced:main", "introduced:0 fixed:next", "introduced:0 limit:soon"] {
            let events = events(range);
            assert_eq!(affected(Ecosystem::SemVer, &events, "1.0.0"), Answer::Undecided, "{range}");
            assert_eq!(intervals(Ecosystem::SemVer, &events), None, "{range}");
        }
    }
}
