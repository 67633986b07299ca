//! Ranges of Conan: `>=1.0 <2`, `~2.5`, `^1.2.3`, `1.0 || 2.1`, `*`.
//!
//! Source: Conan 2, "Version ranges": upper bounds of `~` and `^` end with a hyphen, which stands
//! before every pre-release; `include_prerelease` and a hyphen at the end let pre-releases in.

use super::terms::{Term, alternatives as by_terms, next, numbers, odd, plain};
use super::{Comparator, NativeError, Together, constraint};

pub(super) fn alternatives(text: &str) -> Result<Vec<Together>, NativeError> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    // The flag says which pre-releases are chosen, not which versions are in order within.
    let plain = text.split(',').filter(|part| !part.trim().starts_with("include_prerelease"));
    let joined = plain.collect::<Vec<_>>().join(" ");
    by_terms(&joined, expand)
}

fn expand(term: &Term<'_>) -> Result<Together, NativeError> {
    let version =
        term.version.strip_suffix('-').filter(|it| !it.is_empty()).unwrap_or(term.version);
    if version == "*" && matches!(term.sign, "" | "=" | ">=") {
        return Ok(vec![constraint(Comparator::GreaterOrEqual, "0.0.0")]);
    }
    let numbers = numbers(version);
    let count = match term.sign {
        // The last number that is given moves, and the second where there are more.
        "~" => numbers.len().min(2),
        // The first number that is not zero moves.
        "^" => numbers.iter().position(|number| *number != 0).map_or(numbers.len(), |at| at + 1),
        _ => return plain(&Term { sign: term.sign, version }),
    };
    let upper = next(&numbers, count).ok_or_else(|| odd(term))?;
    Ok(vec![
        constraint(Comparator::GreaterOrEqual, version),
        constraint(Comparator::Less, format!("{upper}-")),
    ])
}
