//! Signs and versions, between blanks and commas.

use super::{Comparator, NativeError, Together, constraint};

/// A sign, or none, and what it stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term<'a> {
    pub(super) sign: &'a str,
    pub(super) version: &'a str,
}

const SIGNS: [char; 6] = ['<', '>', '=', '!', '~', '^'];

/// Splits what holds together; a hyphen between blanks is a term of its own, without a version.
pub(super) fn terms(text: &str) -> Result<Vec<Term<'_>>, NativeError> {
    let mut terms = Vec::new();
    let mut rest = text.trim_matches(is_gap);
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('-').filter(|it| it.starts_with(is_gap)) {
            terms.push(Term { sign: "-", version: "" });
            rest = behind.trim_start_matches(is_gap);
            continue;
        }
        let signs = rest.find(|sign| !SIGNS.contains(&sign)).unwrap_or(rest.len());
        let (sign, behind) = rest.split_at(signs);
        let behind = behind.trim_start();
        let end = behind.find(|sign| is_gap(sign) || SIGNS.contains(&sign)).unwrap_or(behind.len());
        let (version, behind) = behind.split_at(end);
        if version.is_empty() {
            return Err(NativeError::Part(rest.chars().take(80).collect()));
        }
        terms.push(Term { sign, version });
        rest = behind.trim_start_matches(is_gap);
    }
    Ok(terms)
}

fn is_gap(sign: char) -> bool {
    sign.is_whitespace() || sign == ','
}

/// The comparator of a plain sign.
pub(super) fn comparator(sign: &str) -> Option<Comparator> {
    Some(match sign {
        "" | "=" | "==" => Comparator::Equal,
        "!=" | "<>" => Comparator::NotEqual,
        "<" => Comparator::Less,
        "<=" | "=<" => Comparator::LessOrEqual,
        ">" => Comparator::Greater,
        ">=" | "=>" => Comparator::GreaterOrEqual,
        _ => return None,
    })
}

pub(super) fn odd(term: &Term<'_>) -> NativeError {
    NativeError::Part(format!("{}{}", term.sign, term.version).chars().take(80).collect())
}

/// A term with one of the plain signs.
pub(super) fn plain(term: &Term<'_>) -> Result<Together, NativeError> {
    let comparator = comparator(term.sign).ok_or_else(|| odd(term))?;
    Ok(vec![constraint(comparator, term.version)])
}

/// Alternatives by `||`, each of terms that `expand` explains.
pub(super) fn alternatives(
    text: &str,
    expand: impl Fn(&Term<'_>) -> Result<Together, NativeError>,
) -> Result<Vec<Together>, NativeError> {
    let together = |part: &str| {
        let terms = terms(part)?;
        terms.iter().map(&expand).collect::<Result<Vec<_>, _>>().map(|all| all.concat())
    };
    parts(text, "||").map(together).collect()
}

/// The parts between `mark`; an empty one beside others says nothing.
pub(super) fn parts<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    let blank = text.trim().is_empty();
    text.split(mark).filter(move |part| blank || !part.trim().is_empty())
}

/// Alternatives with plain signs alone.
pub(super) fn plain_alternatives(text: &str) -> Result<Vec<Together>, NativeError> {
    alternatives(text, plain)
}

/// Versions between commas, each an alternative, as OpenSSL's advisories list them.
pub(super) fn listed(text: &str) -> Result<Vec<Together>, NativeError> {
    let one = |part: &str| match terms(part)?[..] {
        [ref term] => plain(term),
        _ => Err(NativeError::Part(part.chars().take(80).collect())),
    };
    text.split(',').map(one).collect()
}

/// The numbers that a version begins with, up to the first part that is none.
pub(super) fn numbers(version: &str) -> Vec<u64> {
    let plain = version.trim_start_matches(['v', 'V']);
    let end = plain.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(plain.len());
    plain[..end].split('.').map_while(|part| part.parse().ok()).collect()
}

/// The numbers up to `count`, the last of them one higher, between dots.
pub(super) fn next(numbers: &[u64], count: usize) -> Option<String> {
    let mut kept: Vec<u64> = numbers.iter().copied().take(count).collect();
    let last = kept.last_mut()?;
    *last = last.checked_add(1)?;
    Some(kept.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
}
