//! What a statement says of versions, as something that can be compared, and in words.

use watchfire_exposure::Ecosystem;
use watchfire_exposure::index::{Package, Rule};
use watchfire_exposure::range::vers::{Comparator, Constraint};
use watchfire_exposure::range::{self, Vers, native, osv};
use watchfire_formats::advisory::{Affected, Event, Order, Range};

use super::name::CPE;

/// So many listed versions are told; of more only how many they are.
const TOLD_MAX: usize = 5;

/// The order of numbers between dots with a pre-release behind a hyphen, where a number that is left
/// out is zero: by it versions of products of no ecosystem are compared, and those that call
/// themselves semantic and write `3.0`.
const PLAIN: Ecosystem = Ecosystem::NuGet;

/// The rule of a statement for a package; `named` is the version that the product's
/// own name has.
pub(super) fn rule(said: &Affected, package: &Package, named: Option<&str>) -> Rule {
    let (listed, ranges) = versions(said, package, named);
    if listed.is_empty() && ranges.is_empty() {
        return Rule::every();
    }
    Rule::new(listed, ranges)
}

/// The versions that a statement lists, and its ranges but for those of commits.
pub(super) fn versions(
    said: &Affected,
    package: &Package,
    named: Option<&str>,
) -> (Vec<String>, Vec<range::Range>) {
    let ecosystem = package.ecosystem();
    let mut listed = said.versions.clone();
    let of_commits =
        |range: &&Range| matches!(range, Range::Events { order: Order::Git { .. }, .. });
    let ranges = said.ranges.iter().filter(|range| !of_commits(range));
    let mut ranges: Vec<range::Range> = ranges.map(|range| compared(range, ecosystem)).collect();
    if let Some(version) = named.filter(|_| listed.is_empty() && said.ranges.is_empty()) {
        listed.push(version.to_owned());
    }
    if package.is_of(CPE) {
        // A product of no ecosystem has no order of its own; most count as semantic versions do.
        listed.retain(|version| {
            let equal = Constraint { comparator: Comparator::Equal, version: version.clone() };
            let vers = Vers::of(PLAIN, vec![equal]).ok().filter(|_| PLAIN.explains(version));
            let plain = vers.map(range::Range::Vers);
            let kept = plain.is_none();
            ranges.extend(plain);
            kept
        });
    }
    // Commits say nothing of versions, so that only a history could tell.
    if listed.is_empty() && ranges.is_empty() && !said.ranges.is_empty() {
        return (listed, vec![range::Range::Unexplained]);
    }
    (listed, ranges)
}

fn compared(range: &Range, ecosystem: Option<Ecosystem>) -> range::Range {
    let vers = |vers: Option<Vers>| vers.map_or(range::Range::Unexplained, range::Range::Vers);
    match range {
        Range::Vers(text) => vers(Vers::parse(text).ok()),
        Range::Native(text) => vers(native::vers(ecosystem.unwrap_or(PLAIN), text).ok()),
        Range::Events { order, events } => {
            let ecosystem = match order {
                Order::SemVer => Some(semantic(events)),
                Order::Ecosystem => ecosystem,
                Order::Named(name) => by_name(name),
                Order::Git { .. } => None,
            };
            let Some(ecosystem) = ecosystem else { return range::Range::Unexplained };
            if events.iter().any(|event| matches!(event, Event::After(_))) {
                return vers(constrained(ecosystem, events));
            }
            let events = events.iter().map(|event| match event {
                Event::From(version) | Event::After(version) => {
                    osv::Event::Introduced(version.clone())
                }
                Event::Before(version) => osv::Event::Fixed(version.clone()),
                Event::UpTo(version) => osv::Event::LastAffected(version.clone()),
                Event::Limit(version) => osv::Event::Limit(version.clone()),
            });
            // A range that begins nowhere begins before all.
            let mut events: Vec<osv::Event> = events.collect();
            if !events.iter().any(|event| matches!(event, osv::Event::Introduced(_))) {
                events.insert(0, osv::Event::Introduced("0".to_owned()));
            }
            range::Range::Events(ecosystem, events)
        }
    }
}

/// The order of semantic versions, or the plain one where a bound is none by the letter.
fn semantic(events: &[Event]) -> Ecosystem {
    let by = |ecosystem: Ecosystem| {
        events.iter().all(|event| match event {
            Event::From(version) if version == "0" => true,
            Event::Limit(version) if version == "*" => true,
            event => ecosystem.explains(event.version()),
        })
    };
    if by(Ecosystem::SemVer) || !by(PLAIN) { Ecosystem::SemVer } else { PLAIN }
}

/// The order that a source names.
///
/// Source: CVE Record Format, `versionType`; `cpe` is the order of NVD, which nobody wrote down.
fn by_name(name: &str) -> Option<Ecosystem> {
    match name {
        "python" => Some(Ecosystem::PyPi),
        "cpe" => Some(PLAIN),
        "custom" | "other" => None,
        name => Ecosystem::of(name).ok(),
    }
}

/// Bounds, one of which is without its version.
fn constrained(ecosystem: Ecosystem, events: &[Event]) -> Option<Vers> {
    let constraints = events.iter().map(|event| {
        let (comparator, version) = match event {
            Event::From(version) => (Comparator::GreaterOrEqual, version),
            Event::After(version) => (Comparator::Greater, version),
            Event::Before(version) | Event::Limit(version) => (Comparator::Less, version),
            Event::UpTo(version) => (Comparator::LessOrEqual, version),
        };
        Constraint { comparator, version: version.clone() }
    });
    Vers::of(ecosystem, constraints.collect()).ok()
}

/// The versions of a statement in signs that every language has.
pub(super) fn told(said: &Affected) -> String {
    let mut parts: Vec<String> = said.ranges.iter().map(told_range).collect();
    match said.versions.len() {
        0 => {}
        count @ 1..=TOLD_MAX => {
            parts.extend(said.versions[..count].iter().map(|version| format!("= {version}")));
        }
        count => parts.push(format!("= {} … ({count})", said.versions[0])),
    }
    if parts.is_empty() { "*".to_owned() } else { parts.join(" | ") }
}

fn told_range(range: &Range) -> String {
    match range {
        Range::Vers(text) | Range::Native(text) => text.clone(),
        Range::Events { events, .. } => {
            let told = events.iter().map(|event| match event {
                Event::From(version) => format!(">= {version}"),
                Event::After(version) => format!("> {version}"),
                Event::Before(version) | Event::Limit(version) => format!("< {version}"),
                Event::UpTo(version) => format!("<= {version}"),
            });
            told.collect::<Vec<_>>().join(", ")
        }
    }
}
