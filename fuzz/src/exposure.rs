//! Versions, ranges, and what says how severe something is.

use std::cmp::Ordering;

use watchfire_exposure::Ecosystem;
use watchfire_exposure::range::{Answer, Vers, osv};
use watchfire_formats::{cvss, ssvc};

/// Checks any texts, line by line, as versions of every ecosystem: orders turn round, are their own
/// equal, agree with each other around three versions that have keys, and with the keys.
pub(crate) fn version(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let versions: Vec<&str> = text.lines().take(3).collect();
    for ecosystem in Ecosystem::all() {
        for one in &versions {
            let itself = ecosystem.order(one, one);
            assert!(itself.is_none_or(Ordering::is_eq), "{ecosystem}: `{one}` is not itself");
            assert!(itself.is_some() || ecosystem.key(one).is_none(), "{ecosystem}: `{one}`");
            for two in &versions {
                let order = ecosystem.order(one, two);
                let back = ecosystem.order(two, one).map(Ordering::reverse);
                assert_eq!(order, back, "{ecosystem}: `{one}` `{two}`");
                if let (Some(left), Some(right)) = (ecosystem.key(one), ecosystem.key(two)) {
                    assert_eq!(order, Some(left.cmp(&right)), "{ecosystem}: `{one}` `{two}`");
                }
            }
        }
    }
}

/// Checks a range and, on a second line, a version: one spelling, and keys that answer alike.
pub(crate) fn range(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (range, version) = text.split_once('\n').unwrap_or((text, "1.0.0"));
    events(text, version);
    let vers = match Vers::parse(range) {
        Ok(vers) => vers,
        Err(error) => {
            assert!(!error.to_string().is_empty(), "refused without a word");
            return;
        }
    };
    let written = vers.to_string();
    let again = Vers::parse_canonical(&written).map(|vers| vers.to_string());
    // Only an instant in small letters is no canonical version of its type.
    let small = vers.kind() == "datetime" && written.contains(['t', 'z']);
    assert!(small || again.as_deref() == Ok(&written), "`{written}`: {again:?}");
    let Ok(ecosystem) = Ecosystem::of(vers.kind()) else { return };
    let answer = vers.contains(version);
    if let (Some(intervals), Some(key)) = (vers.intervals(), ecosystem.key(version)) {
        assert_eq!(Answer::from(intervals.contains(&key)), answer, "`{written}` `{version}`");
    }
}

/// Checks a range of events: each line is one, its kind by its first sign.
fn events(text: &str, version: &str) {
    let event = |line: &str| {
        let mut signs = line.chars();
        let kind = signs.next();
        let version = signs.as_str().to_owned();
        match kind {
            Some('f') => osv::Event::Fixed(version),
            Some('l') => osv::Event::LastAffected(version),
            Some('<') => osv::Event::Limit(version),
            _ => osv::Event::Introduced(version),
        }
    };
    let events: Vec<osv::Event> = text.lines().take(64).map(event).collect();
    for ecosystem in [Ecosystem::SemVer, Ecosystem::Maven, Ecosystem::Debian, Ecosystem::PyPi] {
        let answer = osv::affected(ecosystem, &events, version);
        let intervals = osv::intervals(ecosystem, &events);
        if let (Some(intervals), Some(key)) = (intervals, ecosystem.key(version)) {
            assert_eq!(Answer::from(intervals.contains(&key)), answer, "{ecosystem}: {events:?}");
        }
    }
}

/// Checks CVSS vectors, line by line: scores are between 0 and 10.
pub(crate) fn vector(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for line in text.lines().take(64) {
        match line.parse::<cvss::Scores>() {
            Ok(scores) => {
                let all = [Some(scores.base), scores.temporal, scores.environmental];
                for score in all.into_iter().flatten() {
                    assert!((-0.0..=10.0).contains(&score), "`{line}`: {score}");
                }
                assert!(!scores.severity.is_empty());
            }
            Err(error) => assert!(!error.to_string().is_empty(), "refused without a word"),
        }
    }
}

/// Checks decision tables: what is read decides, and what nobody answered leaves all open.
pub(crate) fn decision(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match ssvc::Table::parse(text) {
        Ok(table) => {
            let open = table.outcomes(&[]).expect("no answer is none that does not fit");
            assert!(open.len() <= table.outcome.values.len());
            let first = |(id, point): (&'_ String, &ssvc::Point)| {
                point.values.first().map(|value| (id.clone(), value.key.clone()))
            };
            let answers: Vec<_> = table.points.iter().filter_map(first).collect();
            let answers: Vec<_> =
                answers.iter().map(|(id, key)| (id.as_str(), key.as_str())).collect();
            assert!(table.outcomes(&answers).is_ok_and(|open| open.len() <= 1));
        }
        Err(error) => assert!(!error.to_string().is_empty(), "refused without a word"),
    }
}
