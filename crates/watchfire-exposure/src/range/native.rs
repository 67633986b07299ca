//! Ranges as each ecosystem writes them itself, brought into the form of `vers`.
//!
//! A range is alternatives of constraints that hold together. Where each alternative is plain, the
//! constraints stand in the result as they were written; where alternatives overlap, or constraints
//! contradict, the result is the set of versions that they mean.
//!
//! Source: VERS specification, "Some of the known versioning schemes"; the tool of each ecosystem.

mod composer;
mod conan;
mod gem;
mod interval;
pub mod npm;
mod pypi;
mod terms;

use std::cmp::Ordering;

use super::Vers;
use super::line::in_line;
use super::vers::{CONSTRAINTS_MAX, Comparator, Constraint, RANGE_BYTES_MAX};
use crate::Ecosystem;

/// A text that is no range of its ecosystem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NativeError {
    /// Nobody here knows how the ecosystem writes ranges.
    #[error("no syntax of ranges is known for `{0}`: write the range as `vers` does")]
    NoSyntax(Ecosystem),
    /// It is longer than it may be.
    #[error("a range is at most {RANGE_BYTES_MAX} bytes and {CONSTRAINTS_MAX} constraints long")]
    TooLong,
    /// A part of it says nothing.
    #[error("`{0}` is no part of a range")]
    Part(String),
    /// A version that the ecosystem does not explain, so that nothing can be compared.
    #[error("`{0}` is no version of the ecosystem, so the constraints cannot be compared")]
    Unexplained(String),
    /// Versions that the order of the ecosystem puts into no line.
    #[error(
        "the order of `{0}` puts these versions into no line, so the constraints cannot be compared"
    )]
    NoLine(Ecosystem),
    /// No version fulfils it.
    #[error("no version is in this range: its constraints exclude each other")]
    Nothing,
}

/// Constraints that hold together.
type Together = Vec<Constraint>;

/// Reads a range in the syntax of its ecosystem.
///
/// # Errors
/// [`NativeError`], with what is wrong.
pub fn vers(ecosystem: Ecosystem, text: &str) -> Result<Vers, NativeError> {
    if text.len() > RANGE_BYTES_MAX {
        return Err(NativeError::TooLong);
    }
    let alternatives = match ecosystem {
        Ecosystem::Npm => npm::alternatives(text)?,
        Ecosystem::Conan => conan::alternatives(text)?,
        Ecosystem::RubyGems => gem::alternatives(text)?,
        Ecosystem::PyPi => pypi::alternatives(text)?,
        Ecosystem::Packagist => composer::alternatives(text)?,
        Ecosystem::OpenSsl => terms::listed(text)?,
        Ecosystem::Go | Ecosystem::SemVer | Ecosystem::Hex => terms::plain_alternatives(text)?,
        Ecosystem::Maven => interval::alternatives(text, Comparator::Equal)?,
        Ecosystem::NuGet => interval::alternatives(text, Comparator::GreaterOrEqual)?,
        other => return Err(NativeError::NoSyntax(other)),
    };
    // A sign of control is in no version; those that are blanks too, some syntaxes leave in one.
    let versions = alternatives.iter().flatten().map(|constraint| &constraint.version);
    if let Some(wrong) = versions.into_iter().find(|version| version.contains(char::is_control)) {
        let said = wrong.chars().filter(|sign| !sign.is_control()).take(80).collect();
        return Err(NativeError::Part(said));
    }
    united(ecosystem, alternatives)
}

fn constraint(comparator: Comparator, version: impl Into<String>) -> Constraint {
    Constraint { comparator, version: version.into() }
}

/// One range of all alternatives.
fn united(ecosystem: Ecosystem, alternatives: Vec<Together>) -> Result<Vers, NativeError> {
    if alternatives.iter().map(Vec::len).sum::<usize>() > CONSTRAINTS_MAX {
        return Err(NativeError::TooLong);
    }
    // What bounds nothing is every version.
    if alternatives.iter().any(Vec::is_empty) {
        return Ok(Vers::every(ecosystem));
    }
    let all: Vec<Constraint> = alternatives.iter().flatten().cloned().collect();
    // A single constraint compares with nothing, whatever its version is.
    if let [one] = &all[..] {
        return Ok(Vers::of(ecosystem, vec![one.clone()]).expect("one constraint needs no order"));
    }
    if let Some(odd) = all.iter().find(|one| !ecosystem.explains(&one.version)) {
        return Err(NativeError::Unexplained(odd.version.clone()));
    }
    // From here on the order sorts, and compares what was sorted.
    if in_line(ecosystem, all.iter().collect(), |one| one.version.as_str()).is_none() {
        return Err(NativeError::NoLine(ecosystem));
    }
    let exact = exact(ecosystem, &alternatives)?;
    let plain = Vers::of(ecosystem, all).ok();
    let means_the_same =
        |plain: &Vers| plain.intervals().is_some_and(|plain| exact.intervals() == Some(plain));
    Ok(plain.filter(means_the_same).unwrap_or(exact))
}

/// A bound: a version, and whether it is within.
#[derive(Debug, Clone)]
struct Bound {
    version: String,
    within: bool,
}

/// Versions from one bound to another; `None` is without end.
#[derive(Debug, Clone, Default)]
struct Span {
    lower: Option<Bound>,
    upper: Option<Bound>,
}

fn order(ecosystem: Ecosystem, one: &Bound, two: &Bound) -> Ordering {
    ecosystem.order(&one.version, &two.version).unwrap_or(Ordering::Equal)
}

/// Of two lower bounds the higher one; at one version the one without it.
fn higher(ecosystem: Ecosystem, one: Bound, two: Bound) -> Bound {
    match order(ecosystem, &one, &two) {
        Ordering::Less => two,
        Ordering::Greater => one,
        Ordering::Equal => {
            if one.within {
                two
            } else {
                one
            }
        }
    }
}

fn lower(ecosystem: Ecosystem, one: Bound, two: Bound) -> Bound {
    match order(ecosystem, &one, &two) {
        Ordering::Less => one,
        Ordering::Greater => two,
        Ordering::Equal => {
            if one.within {
                two
            } else {
                one
            }
        }
    }
}

/// The spans of versions that fulfil one alternative, in their order.
fn spans(ecosystem: Ecosystem, together: &Together) -> Vec<Span> {
    let mut span = Span::default();
    let mut holes: Vec<Bound> = Vec::new();
    for Constraint { comparator, version } in together {
        let bound = |within: bool| Bound { version: version.clone(), within };
        let (from, to) = match comparator {
            Comparator::Equal => (Some(bound(true)), Some(bound(true))),
            Comparator::NotEqual => {
                holes.push(bound(false));
                (None, None)
            }
            Comparator::Less => (None, Some(bound(false))),
            Comparator::LessOrEqual => (None, Some(bound(true))),
            Comparator::Greater => (Some(bound(false)), None),
            Comparator::GreaterOrEqual => (Some(bound(true)), None),
        };
        if let Some(from) = from {
            span.lower = Some(span.lower.map_or(from.clone(), |one| higher(ecosystem, one, from)));
        }
        if let Some(to) = to {
            span.upper = Some(span.upper.map_or(to.clone(), |one| lower(ecosystem, one, to)));
        }
    }
    holes.sort_by(|one, two| order(ecosystem, one, two));
    let mut spans = vec![span];
    for hole in holes {
        let last = spans.pop().expect("there is always a last");
        let before = Span { lower: last.lower.clone(), upper: Some(hole.clone()) };
        let behind = Span { lower: Some(hole), upper: last.upper.clone() };
        let cut = |one: Span| {
            let lower_bound = [last.lower.clone(), one.lower].into_iter().flatten();
            let upper_bound = [last.upper.clone(), one.upper].into_iter().flatten();
            Span {
                lower: lower_bound.reduce(|one, two| higher(ecosystem, one, two)),
                upper: upper_bound.reduce(|one, two| lower(ecosystem, one, two)),
            }
        };
        spans.extend([cut(before), cut(behind)]);
    }
    spans.retain(|span| is_something(ecosystem, span));
    spans
}

fn is_something(ecosystem: Ecosystem, span: &Span) -> bool {
    match (&span.lower, &span.upper) {
        (Some(from), Some(to)) => match order(ecosystem, from, to) {
            Ordering::Less => true,
            Ordering::Equal => from.within && to.within,
            Ordering::Greater => false,
        },
        _ => true,
    }
}

/// The set of versions that the alternatives mean.
fn exact(ecosystem: Ecosystem, alternatives: &[Together]) -> Result<Vers, NativeError> {
    let mut all: Vec<Span> = alternatives.iter().flat_map(|one| spans(ecosystem, one)).collect();
    all.sort_by(|one, two| match (&one.lower, &two.lower) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(one), Some(two)) => {
            order(ecosystem, one, two).then_with(|| two.within.cmp(&one.within))
        }
    });
    let mut merged: Vec<Span> = Vec::new();
    for next in all {
        match merged.last_mut() {
            Some(last) if meet(ecosystem, last, &next) => {
                last.upper = match (last.upper.take(), next.upper) {
                    (Some(one), Some(two)) => Some(match order(ecosystem, &one, &two) {
                        Ordering::Less => two,
                        Ordering::Greater => one,
                        Ordering::Equal => {
                            if one.within {
                                one
                            } else {
                                two
                            }
                        }
                    }),
                    _ => None,
                };
            }
            _ => merged.push(next),
        }
    }
    let mut constraints: Vec<Constraint> = Vec::new();
    for Span { lower, upper } in merged {
        match (lower, upper) {
            (None, None) => return Ok(Vers::every(ecosystem)),
            (Some(from), Some(to)) if order(ecosystem, &from, &to).is_eq() => {
                constraints.push(constraint(Comparator::Equal, from.version));
            }
            (from, to) => {
                let sign = |within, with, without| if within { with } else { without };
                constraints.extend(from.map(|one| {
                    constraint(
                        sign(one.within, Comparator::GreaterOrEqual, Comparator::Greater),
                        one.version,
                    )
                }));
                constraints.extend(to.map(|one| {
                    constraint(
                        sign(one.within, Comparator::LessOrEqual, Comparator::Less),
                        one.version,
                    )
                }));
            }
        }
    }
    if constraints.is_empty() {
        return Err(NativeError::Nothing);
    }
    holes_written(ecosystem, constraints)
}

/// Writes what is without one version alone as `!=` of it: `<1 | >1` names that version twice.
fn holes_written(ecosystem: Ecosystem, constraints: Vec<Constraint>) -> Result<Vers, NativeError> {
    let mut written: Vec<Constraint> = Vec::new();
    for next in constraints {
        let hole = written.last().is_some_and(|last| {
            last.comparator == Comparator::Less
                && next.comparator == Comparator::Greater
                && ecosystem.order(&last.version, &next.version) == Some(Ordering::Equal)
        });
        if hole {
            written.pop();
            written.push(constraint(Comparator::NotEqual, next.version));
        } else {
            written.push(next);
        }
    }
    Vers::of(ecosystem, written).map_err(|error| NativeError::Part(error.to_string()))
}

/// Whether nothing lies between two spans, of which the first begins first.
fn meet(ecosystem: Ecosystem, one: &Span, two: &Span) -> bool {
    match (&one.upper, &two.lower) {
        (Some(end), Some(start)) => match order(ecosystem, end, start) {
            Ordering::Less => false,
            Ordering::Equal => end.within || start.within,
            Ordering::Greater => true,
        },
        _ => true,
    }
}
