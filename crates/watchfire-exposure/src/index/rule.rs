//! What advisories say of a package, and which of them speak of a version.

use std::collections::HashMap;

use super::{Number, Package};
use crate::Ecosystem;
use crate::key::Key;
use crate::range::{Answer, Intervals, Range, against};

/// Whether a text names no version, though the order of its ecosystem may have a place for it.
///
/// By Maven every text is a version, also `unknown`, `(devel)` and `${revision}`: what such a
/// component is, nobody said.
fn is_no_version(text: &str) -> bool {
    text.contains("${") || !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a text that is listed as a version may mean several: `< 2.0`, `1.x`, `all versions`.
fn is_pattern(text: &str) -> bool {
    text.starts_with(['<', '>', '=', '~', '^', '!'])
        || text.contains(['*', ',', '|'])
        || text.contains(char::is_whitespace)
        || text.contains("${")
        || text.split('.').any(|part| part.eq_ignore_ascii_case("x"))
}

/// The key of a version of a row; `None` where it is compared one by one, or with nothing.
pub(super) fn row_key(ecosystem: Option<Ecosystem>, version: &str) -> Option<Key> {
    ecosystem.filter(|_| !is_no_version(version))?.key(version)
}

/// Which versions of a package an advisory speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    listed: Vec<String>,
    ranges: Vec<Range>,
    /// Whether a listed text may mean more versions than itself.
    vague: bool,
    /// Whether it speaks of all others instead.
    others: bool,
    every: bool,
}

impl Rule {
    /// A rule for these versions, and for those in these ranges.
    pub fn new(listed: Vec<String>, ranges: Vec<Range>) -> Self {
        let vague = |text: &String| is_pattern(text) || (ranges.is_empty() && is_no_version(text));
        let vague = listed.iter().any(vague);
        Self { listed, ranges, vague, others: false, every: false }
    }

    /// A rule for all versions but these, and but those in these ranges.
    pub fn all_but(listed: Vec<String>, ranges: Vec<Range>) -> Self {
        Self { others: true, ..Self::new(listed, ranges) }
    }

    /// A rule for every version.
    pub fn every() -> Self {
        Self { every: true, ..Self::new(Vec::new(), Vec::new()) }
    }

    /// Whether it speaks of `version`.
    ///
    /// A version is a listed one where their texts are the same, or where the order says that they
    /// are equal. A version that the ecosystem's order does not explain is undecided, and so is a text
    /// that names none.
    pub fn answer(&self, ecosystem: Option<Ecosystem>, version: &str) -> Answer {
        if self.every {
            return Answer::Yes;
        }
        match (self.within(ecosystem, version), self.others) {
            (Answer::Yes, true) => Answer::No,
            (Answer::No, true) => Answer::Yes,
            (answer, _) => answer,
        }
    }

    fn within(&self, ecosystem: Option<Ecosystem>, version: &str) -> Answer {
        let equal = |one: &String| {
            let order = || ecosystem.and_then(|it| against(it, version, one));
            one == version || order().is_some_and(std::cmp::Ordering::is_eq)
        };
        if self.listed.iter().any(equal) {
            return Answer::Yes;
        }
        if is_no_version(version) {
            let speaks = !self.listed.is_empty() || !self.ranges.is_empty();
            return if speaks { Answer::Undecided } else { Answer::No };
        }
        // Without an order nothing says that another text is another version.
        let unknown = ecosystem.map_or(!self.listed.is_empty(), |it| !it.explains(version));
        let mut undecided = unknown || self.vague;
        for range in &self.ranges {
            match range.contains(version) {
                Answer::Yes => return Answer::Yes,
                Answer::Undecided => undecided = true,
                Answer::No => {}
            }
        }
        if undecided { Answer::Undecided } else { Answer::No }
    }

    /// The intervals of keys that it speaks of; `None` where something in it has no key of this
    /// ecosystem, so that each version must be asked.
    pub(super) fn intervals(&self, ecosystem: Option<Ecosystem>) -> Option<Intervals> {
        if self.every {
            return Some(Intervals::default().complement());
        }
        let ecosystem = ecosystem.filter(|_| !self.vague)?;
        let mut parts = Vec::with_capacity(self.ranges.len() + self.listed.len());
        for range in &self.ranges {
            // Keys of two orders do not compare.
            if range.ecosystem() != Some(ecosystem) {
                return None;
            }
            parts.push(range.intervals()?);
        }
        for version in &self.listed {
            match Intervals::at(ecosystem, version) {
                Some(interval) => parts.push(interval),
                // Nothing that has a key equals what no order explains.
                None if !ecosystem.explains(version) => {}
                None => return None,
            }
        }
        let all = Intervals::union(parts);
        Some(if self.others { all.complement() } else { all })
    }
}

/// A rule with what was computed of it once.
#[derive(Debug, Clone)]
struct Stored {
    advisory: Number,
    rule: Rule,
    intervals: Option<Intervals>,
}

/// What advisories say, by package.
#[derive(Debug, Default)]
pub struct Rules {
    by_package: HashMap<Package, Vec<Stored>>,
    packages: HashMap<Number, Vec<Package>>,
}

impl Rules {
    /// Adds what an advisory says of a package; it may say several things.
    pub fn add(&mut self, advisory: Number, package: &Package, rule: Rule) {
        let intervals = rule.intervals(package.ecosystem());
        let stored = Stored { advisory, rule, intervals };
        self.by_package.entry(package.clone()).or_default().push(stored);
        let packages = self.packages.entry(advisory).or_default();
        if !packages.contains(package) {
            packages.push(package.clone());
        }
    }

    /// Takes away all that an advisory says, as before it says something else.
    pub fn remove(&mut self, advisory: Number) {
        for package in self.packages.remove(&advisory).unwrap_or_default() {
            let Some(rules) = self.by_package.get_mut(&package) else { continue };
            rules.retain(|one| one.advisory != advisory);
            if rules.is_empty() {
                self.by_package.remove(&package);
            }
        }
    }

    /// The advisories that speak of a version of a package, each with whether that is sure.
    ///
    /// Of an advisory that says several things the surest counts.
    pub fn of(&self, package: &Package, version: &str) -> Vec<(Number, Answer)> {
        let Some(rules) = self.by_package.get(package) else { return Vec::new() };
        let ecosystem = package.ecosystem();
        let key = row_key(ecosystem, version);
        let mut found: Vec<(Number, Answer)> = Vec::new();
        for one in rules {
            let answer = match (&one.intervals, &key) {
                (Some(intervals), Some(key)) => Answer::from(intervals.contains(key)),
                _ => one.rule.answer(ecosystem, version),
            };
            if answer != Answer::No {
                found.push((one.advisory, answer));
            }
        }
        found.sort_unstable_by_key(|(advisory, answer)| (*advisory, *answer != Answer::Yes));
        found.dedup_by_key(|(advisory, _)| *advisory);
        found
    }

    /// All that is said: each package with each of its rules.
    pub fn all(&self) -> impl Iterator<Item = (&Package, &Rule)> {
        let each = self.by_package.iter();
        each.flat_map(|(package, rules)| rules.iter().map(move |one| (package, &one.rule)))
    }

    /// What an advisory says: each package with its rule.
    pub fn said_by(&self, advisory: Number) -> impl Iterator<Item = (&Package, &Rule)> {
        let packages = self.packages.get(&advisory).into_iter().flatten();
        packages.flat_map(move |package| {
            let rules = self.by_package.get(package).into_iter().flatten();
            rules.filter(move |one| one.advisory == advisory).map(move |one| (package, &one.rule))
        })
    }
}
