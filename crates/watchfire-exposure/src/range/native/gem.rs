//! Ranges of RubyGems: `>= 1.0, < 2`, `~> 2.0.8`, `!= 1.5`.
//!
//! Source: RubyGems, `Gem::Requirement` and `Gem::Version#bump`.

use super::terms::{Term, alternatives as by_terms, next, numbers, odd, plain};
use super::{Comparator, NativeError, Together, constraint};

pub(super) fn alternatives(text: &str) -> Result<Vec<Together>, NativeError> {
    by_terms(text, expand)
}

fn expand(term: &Term<'_>) -> Result<Together, NativeError> {
    if term.sign != "~>" {
        return plain(term);
    }
    // `bump`: what follows a letter goes, then the last number, unless it is the only one.
    let numbers = numbers(term.version);
    let count = numbers.len().saturating_sub(1).max(1);
    let upper = next(&numbers, count).ok_or_else(|| odd(term))?;
    Ok(vec![
        constraint(Comparator::GreaterOrEqual, term.version),
        constraint(Comparator::Less, upper),
    ])
}
