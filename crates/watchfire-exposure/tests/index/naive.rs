//! The matcher that nobody can get wrong: each version against each rule, in the words of OSV.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use watchfire_exposure::Ecosystem;
use watchfire_exposure::index::{Hit, Number, Package, Rule};
use watchfire_exposure::range::osv::{self, Event};
use watchfire_exposure::range::{Answer, Range, Vers};

/// What an advisory says, before it becomes a rule.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Events of OSV, and versions beside them.
    Events(Vec<Event>, Vec<String>),
    /// A range of `vers`.
    Vers(String),
    /// Events by the order of another ecosystem.
    Other(Ecosystem, Vec<Event>),
    /// Everything but these events.
    AllBut(Vec<Event>),
    /// Every version.
    Every,
}

impl Said {
    pub(crate) fn rule(&self, package: &Package) -> Rule {
        let events = |events: &[Event]| match package.ecosystem() {
            _ if events.is_empty() => Vec::new(),
            Some(ecosystem) => vec![Range::Events(ecosystem, events.to_vec())],
            None => vec![Range::Unexplained],
        };
        match self {
            Self::Events(of, listed) => Rule::new(listed.clone(), events(of)),
            Self::Vers(text) => {
                let vers = Vers::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
                Rule::new(Vec::new(), vec![Range::Vers(vers)])
            }
            Self::Other(ecosystem, of) => {
                Rule::new(Vec::new(), vec![Range::Events(*ecosystem, of.clone())])
            }
            Self::AllBut(of) => Rule::all_but(Vec::new(), events(of)),
            Self::Every => Rule::every(),
        }
    }

    /// The answer by the orders alone.
    pub(crate) fn answer(&self, ecosystem: Option<Ecosystem>, version: &str) -> Answer {
        let by_events = |events: &[Event]| match ecosystem {
            _ if events.is_empty() => Answer::No,
            Some(ecosystem) => osv::affected(ecosystem, events, version),
            None => Answer::Undecided,
        };
        let odd = ecosystem.is_some_and(|ecosystem| !ecosystem.explains(version));
        let digits = version.contains(|sign: char| sign.is_ascii_digit());
        if !digits || version.contains("${") {
            return match self {
                Self::Every => Answer::Yes,
                Self::Events(_, listed) if listed.iter().any(|one| one == version) => Answer::Yes,
                Self::Events(events, listed) if events.is_empty() && listed.is_empty() => {
                    Answer::No
                }
                _ => Answer::Undecided,
            };
        }
        match self {
            Self::Every => Answer::Yes,
            Self::Vers(text) => match Vers::parse(text).map(|vers| vers.contains(version)) {
                Ok(Answer::No) if odd => Answer::Undecided,
                answer => answer.unwrap_or(Answer::Undecided),
            },
            Self::Other(other, events) => match osv::affected(*other, events, version) {
                Answer::No if odd => Answer::Undecided,
                answer => answer,
            },
            Self::AllBut(events) => match by_events(events) {
                Answer::Yes => Answer::No,
                _ if odd => Answer::Undecided,
                Answer::No => Answer::Yes,
                Answer::Undecided => Answer::Undecided,
            },
            Self::Events(events, listed) => {
                let equal = |one: &String| one == version || equal(ecosystem, one, version);
                let odd = odd
                    || (ecosystem.is_none() && !listed.is_empty())
                    || listed.iter().any(|one| is_vague(one, events.is_empty()));
                match by_events(events) {
                    _ if listed.iter().any(equal) => Answer::Yes,
                    Answer::No if odd => Answer::Undecided,
                    answer => answer,
                }
            }
        }
    }
}

/// Whether a listed text may mean more versions than itself.
fn is_vague(text: &str, alone: bool) -> bool {
    let nameless = !text.contains(|sign: char| sign.is_ascii_digit());
    let part_x = text.split('.').any(|part| part == "x" || part == "X");
    let signs = ['<', '>', '=', '!'].iter().any(|sign| text.starts_with(*sign));
    text.contains("${") || text.contains([' ', '*']) || part_x || signs || (alone && nameless)
}

/// Whether a listed version is this one: by the order, and of Python's with any local label.
fn equal(ecosystem: Option<Ecosystem>, listed: &str, version: &str) -> bool {
    let Some(ecosystem) = ecosystem else { return false };
    let version = match version.split_once('+') {
        Some((public, _)) if ecosystem == Ecosystem::PyPi && !listed.contains('+') => public,
        _ => version,
    };
    ecosystem.order(listed, version) == Some(Ordering::Equal)
}

/// A row of the fleet.
pub(crate) type Row = (Number, Package, String);

/// Every hit, by going through all rows.
pub(crate) fn hits(rows: &[Row], package: &Package, said: &Said) -> Vec<Hit> {
    let of = rows.iter().filter(|(_, one, _)| one == package);
    let hit = of.filter_map(|(document, _, version)| {
        let answer = said.answer(package.ecosystem(), version);
        let hit = Hit {
            document: *document,
            version: version.clone(),
            undecided: answer == Answer::Undecided,
        };
        (answer != Answer::No).then_some(hit)
    });
    hit.collect::<BTreeSet<Hit>>().into_iter().collect()
}
