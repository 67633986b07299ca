//! Ranges of npm: `^1.2.3`, `~1.2`, `1.x`, `1.0.0 - 2.0.0`, `>=1 <2 || 3.0.0`.
//!
//! [`NpmRange`] is what npm itself makes of a range, pre-releases and all: which version it would
//! install. As a range of `vers` it says what an advisory says: there a pre-release of a version in
//! the range is in it, and the bound `<2.0.0-0` is written `<2.0.0`.
//!
//! Source: node-semver, `classes/range.js`, `classes/comparator.js`, README, "Ranges".

use std::cmp::Ordering;
use std::fmt;

use super::{Comparator as Sign, NativeError, Together, constraint};
use crate::version::npm::LENGTH_MAX;
use crate::version::semver::identifiers;

/// `Number.MAX_SAFE_INTEGER`.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// How a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Whether `1.2.3beta` and zeros before numbers are read, as npm does with old packages.
    pub loose: bool,
    /// Whether every pre-release may be in a range, not those alone that the range names.
    pub pre_releases: bool,
}

/// A version: three numbers and a pre-release.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    pre: Option<String>,
}

impl Version {
    fn order(&self, other: &Self) -> Ordering {
        let pre = || match (&self.pre, &other.pre) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(two)) => identifiers(one, two),
        };
        self.numbers.cmp(&other.numbers).then_with(pre)
    }

    fn read(text: &str, reading: Reading) -> Option<Self> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        let partial = Partial::read(text.trim(), reading)?;
        let [Some(major), Some(minor), Some(patch)] = partial.numbers else { return None };
        Some(Self { numbers: [major, minor, patch], pre: partial.pre })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        self.pre.iter().try_for_each(|pre| write!(f, "-{pre}"))
    }
}

/// A version of which parts may be left open, by an `x` or by saying nothing.
#[derive(Debug)]
struct Partial {
    numbers: [Option<u64>; 3],
    pre: Option<String>,
}

impl Partial {
    fn read(text: &str, reading: Reading) -> Option<Self> {
        let text = text.trim_start_matches(['v', '=', ' ']);
        let (before, build) = match text.split_once('+') {
            Some((before, build)) => (before, Some(build)),
            None => (text, None),
        };
        let fine = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if build.is_some_and(|build| !build.split('.').all(fine)) {
            return None;
        }
        let mut numbers = [None; 3];
        let (mut rest, mut open, mut given) = (before, false, 0);
        for place in &mut numbers {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                let (number, behind) = rest.split_at(digits);
                let led = number.len() > 1 && number.starts_with('0') && !reading.loose;
                let number: u64 =
                    number.parse().ok().filter(|number| *number <= NUMBER_MAX && !led)?;
                // Behind what is left open there is nothing to fix.
                *place = Some(number).filter(|_| !open);
                place.as_ref()?;
                rest = behind;
            } else {
                rest = rest.strip_prefix(['x', 'X', '*']).or(rest.is_empty().then_some(rest))?;
                open = true;
            }
            given += 1;
            match rest.strip_prefix('.') {
                Some(behind) if given < 3 => rest = behind,
                _ => break,
            }
        }
        let pre = match rest.strip_prefix('-') {
            Some(pre) => Some(pre),
            None if rest.is_empty() => None,
            None if reading.loose => Some(rest),
            None => return None,
        };
        let led = |part: &str| {
            part.len() > 1 && part.starts_with('0') && part.bytes().all(|it| it.is_ascii_digit())
        };
        let odd =
            |pre: &str| pre.split('.').any(|part| !fine(part) || (led(part) && !reading.loose));
        if (given < 3 && pre.is_some()) || pre.is_some_and(odd) {
            return None;
        }
        Some(Self { numbers, pre: pre.map(str::to_owned) })
    }
}

/// A sign and a version.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    sign: Sign,
    version: Version,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.sign.sign(), self.version)
    }
}

/// A range as npm reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NpmRange {
    /// Alternatives of bounds that hold together; no bound is every version.
    sets: Vec<Vec<Bound>>,
    reading: Reading,
}

impl NpmRange {
    /// Reads a range.
    ///
    /// # Errors
    /// [`NativeError`], with the part that says nothing.
    pub fn parse(text: &str, reading: Reading) -> Result<Self, NativeError> {
        let mut range = Self::read(text, reading)?;
        // From the first version of all on is every version.
        let first = if reading.pre_releases { Some("0") } else { None };
        let is_first = |bound: &Bound| {
            bound.sign == Sign::GreaterOrEqual
                && bound.version.numbers == [0; 3]
                && bound.version.pre.as_deref() == first
        };
        range.sets.iter_mut().for_each(|set| set.retain(|bound| !is_first(bound)));
        if range.sets.iter().any(Vec::is_empty) {
            range.sets = vec![Vec::new()];
        }
        Ok(range)
    }

    fn read(text: &str, reading: Reading) -> Result<Self, NativeError> {
        let mut sets = Vec::new();
        for part in text.split("||") {
            sets.extend(set(part.trim(), reading)?);
        }
        if sets.is_empty() {
            return Err(odd(text));
        }
        // What nobody fulfils is no alternative beside others.
        if sets.iter().all(|set| set.iter().any(is_nothing)) {
            sets.truncate(1);
        } else {
            sets.retain(|set| !set.iter().any(is_nothing));
        }
        Ok(Self { sets, reading })
    }

    /// Whether npm would take `version` for this range; `None` where it is no version.
    pub fn contains(&self, version: &str) -> Option<bool> {
        let version = Version::read(version, self.reading)?;
        Some(self.sets.iter().any(|set| self.set_contains(set, &version)))
    }

    fn set_contains(&self, set: &[Bound], version: &Version) -> bool {
        let fulfilled = |bound: &Bound| {
            let order = version.order(&bound.version);
            match bound.sign {
                Sign::Equal => order.is_eq(),
                Sign::NotEqual => order.is_ne(),
                Sign::Less => order.is_lt(),
                Sign::LessOrEqual => order.is_le(),
                Sign::Greater => order.is_gt(),
                Sign::GreaterOrEqual => order.is_ge(),
            }
        };
        let named =
            |bound: &Bound| bound.version.pre.is_some() && bound.version.numbers == version.numbers;
        let open = version.pre.is_none() || self.reading.pre_releases;
        set.iter().all(fulfilled) && (open || set.iter().any(named))
    }
}

impl fmt::Display for NpmRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, set) in self.sets.iter().enumerate() {
            f.write_str(if at > 0 { "||" } else { "" })?;
            for (at, bound) in set.iter().enumerate() {
                write!(f, "{}{bound}", if at > 0 { " " } else { "" })?;
            }
            if set.is_empty() {
                f.write_str("*")?;
            }
        }
        Ok(())
    }
}

/// `<0.0.0-0`, before which there is no version.
fn is_nothing(bound: &Bound) -> bool {
    bound.sign == Sign::Less
        && bound.version.numbers == [0; 3]
        && bound.version.pre.as_deref() == Some("0")
}

fn odd(text: &str) -> NativeError {
    NativeError::Part(text.chars().take(80).collect())
}

/// The bounds of one alternative; `None` where all of it was passed over.
fn set(text: &str, reading: Reading) -> Result<Option<Vec<Bound>>, NativeError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [from, "-", to] = words[..] {
        return hyphen(from, to, reading).map(Some);
    }
    let mut bounds: Vec<Bound> = Vec::new();
    let (mut rest, mut read) = (text, text.is_empty());
    while !rest.is_empty() {
        let signs =
            rest.find(|sign| !['<', '>', '=', '~', '^'].contains(&sign)).unwrap_or(rest.len());
        let (sign, behind) = rest.split_at(signs);
        let sign = if sign == "==" && reading.loose { "=" } else { sign };
        // A `v` and an equals sign may stand apart from their version.
        let behind = behind.trim_start_matches([' ', '\t', 'v', '=']);
        let end = behind.find(char::is_whitespace).unwrap_or(behind.len());
        let (version, behind) = behind.split_at(end);
        match expand(sign, version, reading) {
            Some(more) => {
                bounds.extend(more);
                read = true;
            }
            // node-semver: what is no comparator is passed over when it reads loosely.
            None if reading.loose && !sign.contains(['~', '^']) => {}
            None => return Err(odd(rest)),
        }
        rest = behind.trim_start();
    }
    if let Some(nothing) = bounds.iter().find(|bound| is_nothing(bound)) {
        return Ok(Some(vec![nothing.clone()]));
    }
    let mut distinct: Vec<Bound> = Vec::new();
    bounds.into_iter().for_each(|bound| {
        if !distinct.contains(&bound) {
            distinct.push(bound);
        }
    });
    Ok(read.then_some(distinct))
}

fn bound(sign: Sign, numbers: [u64; 3], pre: Option<String>) -> Bound {
    Bound { sign, version: Version { numbers, pre } }
}

fn zero() -> Option<String> {
    Some("0".to_owned())
}

/// `1.2 - 2.3`: what is left open of the first is zero, of the last it is all.
fn hyphen(from: &str, to: &str, reading: Reading) -> Result<Vec<Bound>, NativeError> {
    let low = Partial::read(from, reading).ok_or_else(|| odd(from))?;
    let high = Partial::read(to, reading).ok_or_else(|| odd(to))?;
    let open = || zero().filter(|_| reading.pre_releases);
    let lower = match low.numbers {
        [None, ..] => None,
        [Some(major), minor, patch] => {
            let whole = minor.is_some() && patch.is_some();
            let numbers = [major, minor.unwrap_or(0), patch.unwrap_or(0)];
            let pre = if whole { low.pre } else { None };
            Some(bound(Sign::GreaterOrEqual, numbers, pre.or_else(open)))
        }
    };
    let upper = match high.numbers {
        [None, ..] => None,
        [Some(major), None, _] => Some(bound(Sign::Less, [major + 1, 0, 0], zero())),
        [Some(major), Some(minor), None] => Some(bound(Sign::Less, [major, minor + 1, 0], zero())),
        [Some(major), Some(minor), Some(patch)] if reading.pre_releases && high.pre.is_none() => {
            Some(bound(Sign::Less, [major, minor, patch + 1], zero()))
        }
        [Some(major), Some(minor), Some(patch)] => {
            Some(bound(Sign::LessOrEqual, [major, minor, patch], high.pre))
        }
    };
    Ok(lower.into_iter().chain(upper).collect())
}

/// The bounds that a sign and a version mean; `None` where they mean nothing.
fn expand(sign: &str, version: &str, reading: Reading) -> Option<Vec<Bound>> {
    let Partial { numbers: [major, minor, patch], pre } = Partial::read(version, reading)?;
    let open = || zero().filter(|_| reading.pre_releases);
    let nothing = || vec![bound(Sign::Less, [0; 3], zero())];
    let Some(major) = major else {
        return match sign {
            "<" | ">" => Some(nothing()),
            "" | "=" | ">=" | "<=" | "~" | "~>" | "^" => Some(Vec::new()),
            _ => None,
        };
    };
    let from = [major, minor.unwrap_or(0), patch.unwrap_or(0)];
    let whole = minor.is_some() && patch.is_some();
    let pre = pre.filter(|_| whole);
    // The first version behind what the numbers that are given have in common.
    let behind = match minor {
        None => [major + 1, 0, 0],
        Some(minor) => [major, minor + 1, 0],
    };
    let span = |to: [u64; 3], tilde: bool| {
        let pre = pre.clone().or_else(|| open().filter(|_| !tilde));
        vec![bound(Sign::GreaterOrEqual, from, pre), bound(Sign::Less, to, zero())]
    };
    Some(match sign {
        "~" | "~>" => span(behind, whole),
        "^" => span(
            match (major, minor, patch) {
                (0, Some(0), Some(patch)) => [0, 0, patch + 1],
                (0, Some(minor), _) => [0, minor + 1, 0],
                _ => [major + 1, 0, 0],
            },
            whole,
        ),
        "" | "=" if !whole => span(behind, false),
        "" | "=" => vec![bound(Sign::Equal, from, pre)],
        ">=" => vec![bound(Sign::GreaterOrEqual, from, pre.or_else(|| open().filter(|_| !whole)))],
        "<" => vec![bound(Sign::Less, from, pre.or_else(|| zero().filter(|_| !whole)))],
        ">" if !whole => vec![bound(Sign::GreaterOrEqual, behind, open())],
        ">" => vec![bound(Sign::Greater, from, pre)],
        "<=" if !whole => vec![bound(Sign::Less, behind, zero())],
        "<=" => vec![bound(Sign::LessOrEqual, from, pre)],
        _ => return None,
    })
}

/// The alternatives as an advisory means them; what npm reads only loosely is read so.
pub(super) fn alternatives(text: &str) -> Result<Vec<Together>, NativeError> {
    let strict = NpmRange::read(text, Reading::default());
    let loose = Reading { loose: true, pre_releases: false };
    let range = strict.or_else(|error| NpmRange::read(text, loose).map_err(|_| error))?;
    let one = |one: &Bound| {
        let before = one.sign == Sign::Less && one.version.pre.as_deref() == Some("0");
        let mut version = one.version.clone();
        version.pre = version.pre.filter(|_| !before);
        constraint(one.sign, version.to_string())
    };
    if range.sets.iter().flatten().any(is_nothing) {
        return Err(NativeError::Nothing);
    }
    Ok(range.sets.iter().map(|set| set.iter().map(one).collect()).collect())
}
