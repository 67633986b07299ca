//! Ranges of Composer: `>=1.0,<2.0`, `^1.2`, `~1.2.3`, `1.2.*`, `1.0 - 2.0`, `a || b`.
//!
//! Source: Composer, "Versions and constraints"; composer/semver, `VersionParser`.

use super::terms::{Term, next, numbers, odd, parts, plain, terms};
use super::{Comparator, NativeError, Together, constraint};

/// Flags of stability behind a constraint choose among versions, and bound none.
const FLAGS: [&str; 5] = ["@dev", "@alpha", "@beta", "@RC", "@stable"];

pub(super) fn alternatives(text: &str) -> Result<Vec<Together>, NativeError> {
    let one = |part: &str| {
        let terms = terms(part)?;
        let mut together = Vec::new();
        let mut at = 0;
        while let Some(term) = terms.get(at) {
            match (terms.get(at + 1).map(|it| it.sign), terms.get(at + 2)) {
                (Some("-"), Some(to)) if term.sign.is_empty() && to.sign.is_empty() => {
                    together.extend(hyphen(term, to)?);
                    at += 3;
                }
                _ => {
                    together.extend(expand(term)?);
                    at += 1;
                }
            }
        }
        Ok(together)
    };
    // One mark means what two do.
    parts(text, "|").map(one).collect()
}

/// `1.0 - 2.0` ends with all of 2.0, `1.0.0 - 2.1.0` with 2.1.0 itself.
fn hyphen(from: &Term<'_>, to: &Term<'_>) -> Result<Together, NativeError> {
    let numbers = numbers(to.version);
    let upper = if numbers.len() < 3 && !to.version.contains('-') {
        let next = next(&numbers, numbers.len()).ok_or_else(|| odd(to))?;
        constraint(Comparator::Less, format!("{next}-dev"))
    } else {
        constraint(Comparator::LessOrEqual, to.version)
    };
    Ok(vec![constraint(Comparator::GreaterOrEqual, from.version), upper])
}

fn expand(term: &Term<'_>) -> Result<Together, NativeError> {
    let flag = FLAGS.iter().find_map(|flag| term.version.strip_suffix(flag));
    let version = flag.unwrap_or(term.version);
    let star = version.strip_suffix(".*").or_else(|| version.strip_suffix(".x"));
    if ["*", "x", ""].contains(&version) {
        return Ok(Vec::new());
    }
    let numbers = numbers(version);
    let count = match (term.sign, star) {
        ("" | "=" | "==", Some(_)) => numbers.len(),
        // The last number that is given may move, and of one number that one.
        ("~", None) => numbers.len().saturating_sub(1).max(1),
        // The first number that is not zero moves.
        ("^", None) => {
            numbers.iter().position(|number| *number != 0).map_or(numbers.len(), |at| at + 1)
        }
        (_, None) => return plain(&Term { sign: term.sign, version }),
        _ => return Err(odd(term)),
    };
    let upper = next(&numbers, count).ok_or_else(|| odd(term))?;
    let lower = star.map_or_else(|| version.to_owned(), |family| format!("{family}-dev"));
    Ok(vec![
        constraint(Comparator::GreaterOrEqual, lower),
        constraint(Comparator::Less, format!("{upper}-dev")),
    ])
}

#[cfg(test)]
mod tests {
    use crate::Ecosystem;
    use crate::range::native::vers;

    #[test]
    fn constraints_mean_what_composer_says() {
        for (text, wanted) in [
            ("^1.2.3", "vers:composer/>=1.2.3|<2-dev"),
            ("^0.3", "vers:composer/>=0.3|<0.4-dev"),
            ("~1.2", "vers:composer/>=1.2|<2-dev"),
            ("~1.2.3", "vers:composer/>=1.2.3|<1.3-dev"),
            ("1.2.*", "vers:composer/>=1.2-dev|<1.3-dev"),
            ("1.0 - 2.0", "vers:composer/>=1.0|<2.1-dev"),
            ("1.0.0 - 2.1.0", "vers:composer/>=1.0.0|<=2.1.0"),
            ("1.0 | 2.0", "vers:composer/1.0|2.0"),
            (">=1.0@dev", "vers:composer/>=1.0"),
            ("*", "vers:composer/*"),
        ] {
            let range = vers(Ecosystem::Packagist, text).map(|vers| vers.to_string());
            assert_eq!(range.as_deref(), Ok(wanted), "{text}");
        }
    }
}
