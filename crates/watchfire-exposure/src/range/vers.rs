//! Ranges as `vers` writes them: `vers:npm/>=1.0.0|<2.0.0`.
//!
//! Source: VERS specification, clause 5, and "How to parse and validate VERS".

use std::cmp::Ordering;
use std::fmt;

use super::bound::{against, at, behind};
use super::line::in_line;
use super::{Answer, Intervals};
use crate::Ecosystem;

/// The longest range that is read, in bytes.
pub const RANGE_BYTES_MAX: usize = 1 << 20;
/// The most constraints that are read.
pub const CONSTRAINTS_MAX: usize = 10_000;

/// How a version of a constraint bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// The version itself, written without a sign.
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The longer signs first.
    const WRITTEN: [Self; 5] =
        [Self::GreaterOrEqual, Self::LessOrEqual, Self::NotEqual, Self::Less, Self::Greater];

    fn is_lower(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual)
    }

    fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual)
    }
}

/// One part of a range; the version is decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// How it bounds.
    pub comparator: Comparator,
    /// What it bounds at.
    pub version: String,
}

/// A text that is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersError {
    /// It does not begin as a range does.
    #[error("`{0}` does not begin with `vers:TYPE/`")]
    Shape(String),
    /// Its type is none.
    #[error("`{0}` is no type: letters, digits, dots and hyphens, a letter first")]
    Type(String),
    /// The type that is never valid.
    #[error("the type `invalid` is reserved for ranges that are not valid")]
    Invalid,
    /// It is longer than it may be.
    #[error("a range is at most {RANGE_BYTES_MAX} bytes and {CONSTRAINTS_MAX} constraints long")]
    TooLong,
    /// There is nothing behind the slash.
    #[error("there is no constraint: for every version write `*`")]
    Empty,
    /// A pipe where none belongs.
    #[error("non-canonical VERS: trailing pipe is not permitted")]
    TrailingPipe,
    /// A pipe where none belongs.
    #[error("non-canonical VERS: leading pipe is not permitted")]
    LeadingPipe,
    /// A pipe where none belongs.
    #[error("non-canonical VERS: consecutive pipes are not permitted")]
    ConsecutivePipes,
    /// A blank.
    #[error("whitespace is not permitted: write a space within a version as `%20`")]
    Whitespace,
    /// A star beside others, or with a version.
    #[error("`*` stands alone")]
    Star,
    /// An equals sign before a version.
    #[error("`{0}`: an equal version is written without `=`")]
    EqualSign(String),
    /// A constraint without a version.
    #[error("`{0}` has no version")]
    NoVersion(String),
    /// A percent sign that encodes nothing.
    #[error("non-canonical VERS: invalid percent-encoding in version `{0}`")]
    Encoding(String),
    /// A sign that a version needs to encode, or encodes and needs not.
    #[error("non-canonical VERS: percent-encoding in version `{0}` is not canonical")]
    EncodingNotCanonical(String),
    /// A version that its type does not explain, so that nothing can be sorted.
    #[error("`{version}` is no version of the type `{kind}`, so the constraints cannot be sorted")]
    Unexplained {
        /// The version.
        version: String,
        /// The type.
        kind: String,
    },
    /// Versions that the order of the type puts into no line.
    #[error(
        "the order of the type `{0}` puts these versions into no line, so the constraints cannot be sorted"
    )]
    NoLine(String),
    /// One version twice, with different signs.
    #[error("the version `{0}` stands in more than one constraint")]
    Duplicate(String),
    /// Constraints that are not in the order of their versions.
    #[error("non-canonical VERS: constraints are not sorted by version")]
    NotSorted,
    /// An instant in small letters.
    #[error("non-canonical VERS: datetime must use uppercase T and Z")]
    SmallDatetime,
}

/// A range of versions of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vers {
    kind: String,
    ecosystem: Option<Ecosystem>,
    /// `None` is every version.
    constraints: Option<Vec<Constraint>>,
}

impl Vers {
    /// Reads a range and sorts its constraints.
    ///
    /// What is the same twice is kept once.
    /// Constraints of a type that no order is known for are kept as they stand.
    ///
    /// # Errors
    /// [`VersError`], with what is wrong.
    pub fn parse(text: &str) -> Result<Self, VersError> {
        let mut vers = Self::read(text)?;
        vers.sort()?;
        Ok(vers)
    }

    /// Reads a range that is written in its one canonical spelling.
    ///
    /// # Errors
    /// [`VersError`], also where [`Self::parse`] would bring it in order.
    pub fn parse_canonical(text: &str) -> Result<Self, VersError> {
        let read = Self::read(text)?;
        let small = |version: &str| version.contains(['t', 'z']);
        for Constraint { version, .. } in read.constraints() {
            if read.ecosystem == Some(Ecosystem::Datetime) && small(version) {
                return Err(VersError::SmallDatetime);
            }
        }
        let mut sorted = read.clone();
        sorted.sort()?;
        if sorted != read {
            return Err(VersError::NotSorted);
        }
        if sorted.to_string() != text {
            return Err(VersError::EncodingNotCanonical(text.to_owned()));
        }
        Ok(sorted)
    }

    /// Makes a range of constraints, and sorts them.
    ///
    /// # Errors
    /// [`VersError`] where they cannot be sorted.
    pub fn of(ecosystem: Ecosystem, constraints: Vec<Constraint>) -> Result<Self, VersError> {
        let kind = ecosystem.vers_type().to_owned();
        let mut vers = Self { kind, ecosystem: Some(ecosystem), constraints: Some(constraints) };
        vers.sort()?;
        Ok(vers)
    }

    /// The range of every version.
    pub fn every(ecosystem: Ecosystem) -> Self {
        let kind = ecosystem.vers_type().to_owned();
        Self { kind, ecosystem: Some(ecosystem), constraints: None }
    }

    /// Whose order compares its versions; `None` where none is known for its type.
    pub fn ecosystem(&self) -> Option<Ecosystem> {
        self.ecosystem
    }

    /// Its type, in small letters.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its constraints in the order of their versions; none where it is every version.
    pub fn constraints(&self) -> &[Constraint] {
        self.constraints.as_deref().unwrap_or_default()
    }

    /// Whether it is every version, `*`.
    pub fn is_every(&self) -> bool {
        self.constraints.is_none()
    }

    fn read(text: &str) -> Result<Self, VersError> {
        if text.len() > RANGE_BYTES_MAX {
            return Err(VersError::TooLong);
        }
        if text.bytes().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()) {
            return Err(VersError::Whitespace);
        }
        let shape = || VersError::Shape(text.chars().take(40).collect());
        let (scheme, rest) = text.split_once(':').ok_or_else(shape)?;
        let (kind, constraints) = rest.split_once('/').ok_or_else(shape)?;
        if !scheme.eq_ignore_ascii_case("vers") {
            return Err(shape());
        }
        let kind = read_type(kind)?;
        let ecosystem = Ecosystem::of(&kind).ok();
        if constraints == "*" {
            return Ok(Self { kind, ecosystem, constraints: None });
        }
        match constraints {
            "" => return Err(VersError::Empty),
            text if text.starts_with('|') => return Err(VersError::LeadingPipe),
            text if text.ends_with('|') => return Err(VersError::TrailingPipe),
            text if text.contains("||") => return Err(VersError::ConsecutivePipes),
            _ => {}
        }
        if constraints.bytes().filter(|byte| *byte == b'|').count() >= CONSTRAINTS_MAX {
            return Err(VersError::TooLong);
        }
        let constraints = constraints.split('|').map(read_constraint).collect::<Result<_, _>>()?;
        Ok(Self { kind, ecosystem, constraints: Some(constraints) })
    }

    fn sort(&mut self) -> Result<(), VersError> {
        let (Some(ecosystem), Some(constraints)) = (self.ecosystem, &mut self.constraints) else {
            return Ok(());
        };
        if constraints.len() < 2 {
            return Ok(());
        }
        let odd = constraints.iter().find(|one| !ecosystem.explains(&one.version));
        if let Some(odd) = odd {
            let (version, kind) = (odd.version.clone(), self.kind.clone());
            return Err(VersError::Unexplained { version, kind });
        }
        let taken = std::mem::take(constraints);
        let sorted = in_line(ecosystem, taken, |one| one.version.as_str());
        *constraints = sorted.ok_or_else(|| VersError::NoLine(self.kind.clone()))?;
        let order = |one: &Constraint, two: &Constraint| {
            ecosystem.order(&one.version, &two.version).unwrap_or(Ordering::Equal)
        };
        constraints.dedup_by(|two, one| {
            one.comparator == two.comparator && order(one, two) == Ordering::Equal
        });
        let twice = constraints.windows(2).find(|pair| order(&pair[0], &pair[1]).is_eq());
        match twice {
            Some(pair) => Err(VersError::Duplicate(pair[1].version.clone())),
            None => Ok(()),
        }
    }

    /// Whether `version` is in the range.
    ///
    /// A version that is listed as equal is in it, whether an order explains it or not.
    pub fn contains(&self, version: &str) -> Answer {
        if self.is_every() {
            return (self.kind != "none").into();
        }
        let listed =
            |one: &Constraint| one.comparator == Comparator::Equal && one.version == version;
        if self.constraints().iter().any(listed) {
            return Answer::Yes;
        }
        let Some(ecosystem) = self.ecosystem else { return Answer::Undecided };
        let orders: Option<Vec<Ordering>> = self
            .constraints()
            .iter()
            .map(|one| against(ecosystem, version, &one.version))
            .collect();
        let Some(orders) = orders else { return Answer::Undecided };
        for (one, order) in self.constraints().iter().zip(&orders) {
            match one.comparator {
                Comparator::NotEqual if order.is_eq() => return Answer::No,
                Comparator::Equal | Comparator::LessOrEqual | Comparator::GreaterOrEqual
                    if order.is_eq() =>
                {
                    return Answer::Yes;
                }
                _ => {}
            }
        }
        let within = self.spans().iter().any(|(lower, upper)| {
            lower.is_none_or(|at| orders[at].is_gt()) && upper.is_none_or(|at| orders[at].is_lt())
        });
        within.into()
    }

    /// The spans between a lower and an upper bound, by their places among the constraints.
    ///
    /// Of lower bounds in a row the first counts, of upper bounds in a row the last.
    /// Where there is nothing but `!=`, all but those versions are in the range.
    fn spans(&self) -> Vec<(Option<usize>, Option<usize>)> {
        let constraints = self.constraints();
        let mut spans: Vec<(Option<usize>, Option<usize>)> = Vec::new();
        let mut lower: Option<usize> = None;
        for (at, Constraint { comparator, .. }) in constraints.iter().enumerate() {
            if comparator.is_lower() {
                lower = lower.or(Some(at));
            } else if comparator.is_upper() {
                match (lower.take(), spans.last_mut()) {
                    (None, Some((_, upper))) => *upper = Some(at),
                    (lower, _) => spans.push((lower, Some(at))),
                }
            }
        }
        if lower.is_some() {
            spans.push((lower, None));
        }
        if constraints.iter().all(|one| one.comparator == Comparator::NotEqual) {
            spans.push((None, None));
        }
        spans
    }

    /// Returns the intervals of keys that are in the range; `None` where a bound has no key.
    pub fn intervals(&self) -> Option<Intervals> {
        let mut intervals = Intervals::default();
        let ecosystem = self.ecosystem?;
        if self.is_every() {
            intervals.add(Vec::new(), None);
            return Some(intervals);
        }
        let constraints = self.constraints();
        let bytes = |one: &Constraint| {
            Some((at(ecosystem, &one.version)?, behind(ecosystem, &one.version)?))
        };
        let bounds: Vec<_> = constraints.iter().map(bytes).collect::<Option<_>>()?;
        for (lower, upper) in self.spans() {
            let start = lower.map_or_else(Vec::new, |place| bounds[place].1.clone());
            intervals.add(start, upper.map(|place| bounds[place].0.clone()));
        }
        for (one, (at, behind)) in constraints.iter().zip(bounds) {
            match one.comparator {
                Comparator::NotEqual => intervals.remove(&at, &behind),
                Comparator::Equal | Comparator::LessOrEqual | Comparator::GreaterOrEqual => {
                    intervals.add(at, Some(behind));
                }
                Comparator::Less | Comparator::Greater => {}
            }
        }
        Some(intervals)
    }
}

impl fmt::Display for Vers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vers:{}/", self.kind)?;
        let Some(constraints) = &self.constraints else { return f.write_str("*") };
        for (at, Constraint { comparator, version }) in constraints.iter().enumerate() {
            let pipe = if at > 0 { "|" } else { "" };
            write!(f, "{pipe}{}", comparator.sign())?;
            for byte in version.bytes() {
                match byte {
                    b'>' | b'<' | b'=' | b'!' | b'*' | b'|' | b'%' => write!(f, "%{byte:02X}")?,
                    0x21..=0x7e => write!(f, "{}", char::from(byte))?,
                    byte => write!(f, "%{byte:02X}")?,
                }
            }
        }
        Ok(())
    }
}

fn read_type(text: &str) -> Result<String, VersError> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    let fine =
        text.bytes().all(sign) && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if !fine {
        return Err(VersError::Type(text.chars().take(40).collect()));
    }
    let kind = text.to_ascii_lowercase();
    if kind == "invalid" { Err(VersError::Invalid) } else { Ok(kind) }
}

fn read_constraint(text: &str) -> Result<Constraint, VersError> {
    let signed = Comparator::WRITTEN.iter().find_map(|comparator| {
        text.strip_prefix(comparator.sign()).map(|version| (*comparator, version))
    });
    let (comparator, version) = signed.unwrap_or((Comparator::Equal, text));
    let said = || text.chars().take(80).collect::<String>();
    if version.contains('*') {
        return Err(VersError::Star);
    }
    if version.starts_with('=') {
        return Err(VersError::EqualSign(said()));
    }
    if version.is_empty() {
        return Err(VersError::NoVersion(said()));
    }
    let version = decoded(version).ok_or_else(|| VersError::Encoding(said()))?;
    if version.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(VersError::Whitespace);
    }
    Ok(Constraint { comparator, version })
}

/// Decodes percent-encoding once.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push((digit()? * 16 + digit()?) as u8);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_one_spelling() {
        for (text, expected) in [
            ("vers:npm/1.2.3|>=2.0.0|<5.0.0", "vers:npm/1.2.3|>=2.0.0|<5.0.0"),
            ("VERS:NPM/<5.0.0|>=2.0.0", "vers:npm/>=2.0.0|<5.0.0"),
            ("vers:gem/>=2.2.0|!=2.2.1|<2.3.0", "vers:gem/>=2.2.0|!=2.2.1|<2.3.0"),
            ("vers:deb/*", "vers:deb/*"),
            ("vers:deb/1%3a2.0", "vers:deb/1:2.0"),
            ("vers:generic/a%7cb", "vers:generic/a%7Cb"),
            ("vers:npm/1.0.0|1.0.0", "vers:npm/1.0.0"),
            ("vers:unheard/2|1", "vers:unheard/2|1"),
        ] {
            let vers = Vers::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(vers.to_string(), expected, "{text}");
            let again = Vers::parse_canonical(expected).map(|vers| vers.to_string());
            assert_eq!(again.as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "vers",
            "vers:npm",
            "vers:npm/",
            "purl:npm/1.0.0",
            "vers:3npm/1.0.0",
            "vers:n pm/1.0.0",
            "vers:npm/>=",
            "vers:npm/=1.0.0",
            "vers:npm/1.0.0|*",
            "vers:npm/>=*",
            "vers:npm/%zz",
            "vers:npm/%",
            "vers:npm/1.0.0 |2.0.0",
            "vers:npm/>1.0.0|<=1.0.0",
            "vers:npm/1.0.0|latest",
            "vers:invalid/1",
        ] {
            assert!(Vers::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_is_in_or_out_or_undecided() {
        use Answer::{No, Undecided, Yes};
        for (range, version, wanted) in [
            ("vers:maven/>=2.0-beta9|<2.15.0", "2.14.1", Yes),
            ("vers:maven/>=2.0-beta9|<2.15.0", "2.15.0", No),
            ("vers:maven/>=2.0-beta9|<2.15.0", "2.0-beta9", Yes),
            ("vers:maven/>=2.0-beta9|<2.15.0", "2.0-beta8", No),
            ("vers:pypi/>=1.0|!=1.5|<2.0", "1.5.0", No),
            ("vers:pypi/!=1.5", "1.6", Yes),
            ("vers:pypi/!=1.5", "1.5", No),
            ("vers:pypi/<1.0|>=2.0|<3.0|>4.0", "3.5", No),
            ("vers:pypi/<1.0|>=2.0|<3.0|>4.0", "4.1", Yes),
            ("vers:pypi/>=1.0", "unknown", Undecided),
            ("vers:pypi/trunk", "trunk", Yes),
            ("vers:pypi/trunk", "1.0", Undecided),
            ("vers:pypi/*", "whatever", Yes),
            ("vers:unheard/1.0", "1.0", Yes),
            ("vers:unheard/>1.0", "2.0", Undecided),
            ("vers:npm/<2.0.18|<3.0.16|<5.0.0", "4.0.0", Yes),
            ("vers:npm/>=4.2.1|>=5.0.3", "4.5.0", Yes),
            ("vers:none/*", "1.0", No),
            ("vers:all/*", "1.0", Yes),
        ] {
            let vers = Vers::parse(range).unwrap_or_else(|error| panic!("{range}: {error}"));
            assert_eq!(vers.contains(version), wanted, "{range}: {version}");
        }
    }
}
