//! What a text may be.

use std::borrow::Cow;
use std::collections::HashSet;

use regex::Regex;

use super::{Type, TypeId, Xsd};
use crate::sbom::problem::excerpt;
use crate::sbom::schema::text::{is_date, is_time, is_zone};

/// The types that XML Schema brings with it, as far as they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builtin {
    Text,
    Normalized,
    Token,
    Address,
    Boolean,
    DateTime,
    Date,
    Decimal,
    Integer,
    NonNegative,
    Positive,
}

impl Builtin {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::Text,
            "normalizedString" => Self::Normalized,
            "token" => Self::Token,
            "anyURI" => Self::Address,
            "boolean" => Self::Boolean,
            "dateTime" => Self::DateTime,
            "date" => Self::Date,
            "decimal" => Self::Decimal,
            "integer" => Self::Integer,
            "nonNegativeInteger" => Self::NonNegative,
            "positiveInteger" => Self::Positive,
            _ => return None,
        })
    }

    /// A text as the type sees it: blanks are kept, made spaces, or also joined and trimmed.
    fn seen(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Text => Cow::Borrowed(text),
            Self::Normalized => Cow::Owned(text.replace(['\t', '\n', '\r'], " ")),
            _ => Cow::Owned(text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }

    fn problem(self, text: &str) -> Option<String> {
        let (fits, wanted) = match self {
            Self::Text | Self::Normalized | Self::Token | Self::Address => return None,
            Self::Boolean => (["true", "false", "1", "0"].contains(&text), "`true` or `false`"),
            Self::DateTime => (is_instant(text), "an instant such as `2026-11-30T10:00:00Z`"),
            Self::Date => (is_day(text), "a day such as `2026-11-30`"),
            Self::Decimal => (is_decimal(text), "a number"),
            Self::Integer => (is_integer(text), "a whole number"),
            Self::NonNegative => (
                is_integer(text) && (!text.starts_with('-') || is_zero(text)),
                "a whole number from 0",
            ),
            Self::Positive => (
                is_integer(text) && !text.starts_with('-') && !is_zero(text),
                "a whole number from 1",
            ),
        };
        (!fits).then(|| format!("`{}` is not {wanted}", excerpt(text)))
    }
}

fn is_zero(text: &str) -> bool {
    text.trim_start_matches(['+', '-']).bytes().all(|byte| byte == b'0')
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// An instant of XML Schema: the zone may be missing, and `24:00:00` ends a day.
fn is_instant(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let ends_day = time.strip_prefix("24:00:00").is_some_and(|rest| {
        rest.is_empty() || (rest.len() > 1 && rest.starts_with('.') && is_zero(&rest[1..]))
    });
    let second = time.get(6..8).is_none_or(|second| second != "60");
    is_date(date.strip_prefix('-').unwrap_or(date))
        && ((is_time(time) && second) || ends_day)
        && (zone.is_empty() || (is_zone(zone) && zone != "z"))
}

/// A day of XML Schema, with a zone or without.
fn is_day(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(day) = text.get(..10) else { return false };
    let zone = &text[10..];
    is_date(day) && (zone.is_empty() || (is_zone(zone) && zone != "z"))
}

/// A type of texts.
#[derive(Debug)]
pub(crate) struct Simple {
    pub(crate) base: Base,
    pub(crate) values: Option<HashSet<Box<str>>>,
    /// One of them must fit.
    pub(crate) patterns: Vec<Regex>,
    pub(crate) length_min: usize,
    pub(crate) length_max: usize,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// What a type of texts is made of.
#[derive(Debug)]
pub(crate) enum Base {
    Builtin(Builtin),
    Restricts(TypeId),
    OneOf(Vec<TypeId>),
}

impl Simple {
    pub(crate) fn of(base: Base) -> Self {
        Self {
            base,
            values: None,
            patterns: Vec::new(),
            length_min: 0,
            length_max: usize::MAX,
            least: f64::NEG_INFINITY,
            most: f64::INFINITY,
        }
    }
}

impl Xsd {
    /// The type of texts that a type is, or that it has as its text.
    pub(crate) fn simple(&self, id: TypeId) -> Option<&Simple> {
        match &self.types[id] {
            Type::Anything => None,
            Type::Simple(simple) => Some(simple),
            Type::Complex(complex) => self.simple(complex.text?),
        }
    }

    fn builtin(&self, simple: &Simple) -> Builtin {
        match &simple.base {
            Base::Builtin(builtin) => *builtin,
            Base::Restricts(id) => self.simple(*id).map_or(Builtin::Text, |it| self.builtin(it)),
            Base::OneOf(_) => Builtin::Text,
        }
    }

    /// What is wrong with a text of the type `id`.
    pub(crate) fn text_problem(&self, id: TypeId, text: &str) -> Option<String> {
        let simple = self.simple(id)?;
        if let Base::OneOf(types) = &simple.base {
            let problems: Vec<String> =
                types.iter().map_while(|it| self.text_problem(*it, text)).collect();
            return (problems.len() == types.len()).then(|| problems.join(", and "));
        }
        let seen = self.builtin(simple).seen(text);
        let own = match &simple.base {
            Base::Builtin(builtin) => builtin.problem(&seen),
            Base::Restricts(id) => self.text_problem(*id, text),
            Base::OneOf(_) => None,
        };
        own.or_else(|| simple.problem(&seen))
    }
}

impl Simple {
    fn problem(&self, text: &str) -> Option<String> {
        if self.values.as_ref().is_some_and(|values| !values.contains(text)) {
            return Some(format!(
                "`{}` is none of the values that the schema lists",
                excerpt(text)
            ));
        }
        if !self.patterns.is_empty() && !self.patterns.iter().any(|pattern| pattern.is_match(text))
        {
            let pattern = self.patterns[0].as_str();
            return Some(format!("`{}` does not fit `{pattern}`", excerpt(text)));
        }
        let length = text.chars().count();
        if length < self.length_min || length > self.length_max {
            let (least, most) = (self.length_min, self.length_max);
            return Some(format!("a text of {length} signs stands where {least} to {most} may"));
        }
        if self.least > f64::NEG_INFINITY || self.most < f64::INFINITY {
            let number: f64 = text.parse().ok()?;
            let (least, most) = (self.least, self.most);
            if number < least || number > most {
                return Some(format!("{number} stands where {least} to {most} may"));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Builtin;

    #[test]
    fn texts_are_of_the_types_of_xml_schema() {
        let fits = |kind: &str, text: &str| {
            let kind = Builtin::named(kind).expect("it is known");
            kind.problem(&kind.seen(text)).is_none()
        };
        for (kind, good, bad) in [
            ("dateTime", "2021-12-10T00:00:00", "2021-12-10"),
            ("dateTime", " 2021-12-10T24:00:00.0Z ", "2021-12-10T24:00:01Z"),
            ("dateTime", "2021-12-10T00:00:00.5-05:00", "2021-12-10T23:59:60Z"),
            ("date", "2021-12-10Z", "2021-12-32"),
            ("boolean", "1", "yes"),
            ("integer", "-5", "5.0"),
            ("nonNegativeInteger", "-0", "-1"),
            ("positiveInteger", "+1", "0"),
            ("decimal", ".5", "."),
            ("decimal", "-5.", "1e5"),
        ] {
            assert!(fits(kind, good), "{kind} {good}");
            assert!(!fits(kind, bad), "{kind} {bad}");
        }
        assert_eq!(Builtin::Token.seen(" a \n b "), "a b");
        assert_eq!(Builtin::Normalized.seen("a\nb "), "a b ");
        assert!(Builtin::named("gYear").is_none());
    }
}
