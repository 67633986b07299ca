//! Ranges of Python: `>=1.0,<2`, `~=1.4.2`, `==1.2.*`, `!=1.5`.
//!
//! Source: PEP 440, "Version specifiers".

use super::terms::{Term, next, numbers, odd, plain};
use super::{Comparator, NativeError, Together, constraint};

pub(super) fn alternatives(text: &str) -> Result<Vec<Together>, NativeError> {
    let mut all = Vec::new();
    for part in super::terms::parts(text, "||") {
        // `!=1.2.*` is what is before it or behind it: each choice is an alternative of its own.
        let mut open: Vec<Together> = vec![Vec::new()];
        for term in super::terms::terms(part)? {
            let choices = choices(&term)?;
            if open.len() * choices.len() > super::CONSTRAINTS_MAX {
                return Err(NativeError::TooLong);
            }
            let joined = open
                .iter()
                .flat_map(|one| choices.iter().map(move |two| [one.as_slice(), two].concat()));
            open = joined.collect();
        }
        all.extend(open);
    }
    Ok(all)
}

fn choices(term: &Term<'_>) -> Result<Vec<Together>, NativeError> {
    let family = term.version.strip_suffix(".*");
    let (Some(family), "!=") = (family, term.sign) else { return Ok(vec![expand(term)?]) };
    let (from, to) = bounds(family, term)?;
    Ok(vec![
        vec![constraint(Comparator::Less, from)],
        vec![constraint(Comparator::GreaterOrEqual, to)],
    ])
}

/// From the first version of a family, which is a development release, to the first behind it.
fn bounds(family: &str, term: &Term<'_>) -> Result<(String, String), NativeError> {
    let epoch = family.split_once('!').map_or("", |(epoch, _)| epoch);
    let plain = family.split_once('!').map_or(family, |(_, plain)| plain);
    let numbers = numbers(plain);
    let whole = numbers.len() == plain.split('.').count();
    let upper = next(&numbers, numbers.len()).filter(|_| whole).ok_or_else(|| odd(term))?;
    let epoch = if epoch.is_empty() { String::new() } else { format!("{epoch}!") };
    Ok((format!("{family}.dev0"), format!("{epoch}{upper}.dev0")))
}

fn expand(term: &Term<'_>) -> Result<Together, NativeError> {
    match (term.sign, term.version.strip_suffix(".*")) {
        ("==", Some(family)) => {
            let (from, to) = bounds(family, term)?;
            Ok(vec![constraint(Comparator::GreaterOrEqual, from), constraint(Comparator::Less, to)])
        }
        ("===", None) => Ok(vec![constraint(Comparator::Equal, term.version)]),
        ("~=", None) => {
            let numbers = numbers(term.version);
            let family = numbers.get(..numbers.len().saturating_sub(1)).filter(|it| !it.is_empty());
            let family = family.ok_or_else(|| odd(term))?;
            let family: Vec<String> = family.iter().map(u64::to_string).collect();
            let (_, to) = bounds(&family.join("."), term)?;
            Ok(vec![
                constraint(Comparator::GreaterOrEqual, term.version),
                constraint(Comparator::Less, to),
            ])
        }
        (_, None) => plain(term),
        _ => Err(odd(term)),
    }
}

#[cfg(test)]
mod tests {
    use crate::Ecosystem;
    use crate::range::native::vers;

    #[test]
    fn specifiers_mean_what_pep_440_says() {
        for (text, wanted) in [
            (">=1.0, <2", "vers:pypi/>=1.0|<2"),
            ("~=1.4.2", "vers:pypi/>=1.4.2|<1.5.dev0"),
            ("==1.2.*", "vers:pypi/>=1.2.dev0|<1.3.dev0"),
            ("!=1.2.*", "vers:pypi/<1.2.dev0|>=1.3.dev0"),
            ("!=1.2.*, >=1", "vers:pypi/>=1|<1.2.dev0|>=1.3.dev0"),
            ("===1.0", "vers:pypi/1.0"),
            ("", "vers:pypi/*"),
        ] {
            let range = vers(Ecosystem::PyPi, text).map(|vers| vers.to_string());
            assert_eq!(range.as_deref(), Ok(wanted), "{text}");
        }
        for text in ["~=1", ">=1.*", "==1.x.*", ">", "^1.0"] {
            assert!(vers(Ecosystem::PyPi, text).is_err(), "{text}");
        }
    }
}
