//! Ranges in brackets, as Maven and NuGet write them: `[1.0,2.0)`, `(,1.5]`, `[1.0]`.
//!
//! Source: Maven, "Dependency Version Requirement Specification"; NuGet, "Version ranges".

use super::{Comparator, NativeError, Together, constraint};

/// Reads ranges in brackets between commas; a version without brackets has the sign `bare`.
///
/// Of Maven a bare version is a wish for that version, of NuGet it is the least one.
pub(super) fn alternatives(text: &str, bare: Comparator) -> Result<Vec<Together>, NativeError> {
    let odd = |text: &str| NativeError::Part(text.chars().take(80).collect());
    let mut all = Vec::new();
    let mut rest = text.trim();
    if rest.is_empty() || rest == "*" {
        return Ok(vec![Vec::new()]);
    }
    while !rest.is_empty() {
        if !rest.starts_with(['[', '(']) {
            let end = rest.find(',').unwrap_or(rest.len());
            let version = rest[..end].trim();
            if version.is_empty() || version.contains(['*', ']', ')', ' ']) {
                return Err(odd(rest));
            }
            all.push(vec![constraint(bare, version)]);
            rest = rest[end..].trim_start_matches(',').trim();
            continue;
        }
        let end = rest.find([']', ')']).ok_or_else(|| odd(rest))?;
        let (inner, closed) = (&rest[1..end], rest[end..].starts_with(']'));
        let opened = rest.starts_with('[');
        let mut together = Vec::new();
        match inner.split_once(',') {
            None if opened && closed && !inner.trim().is_empty() => {
                together.push(constraint(Comparator::Equal, inner.trim()));
            }
            Some((from, to)) if !to.contains(',') => {
                let (from, to) = (from.trim(), to.trim());
                let sign = if opened { Comparator::GreaterOrEqual } else { Comparator::Greater };
                together.extend((!from.is_empty()).then(|| constraint(sign, from)));
                let sign = if closed { Comparator::LessOrEqual } else { Comparator::Less };
                together.extend((!to.is_empty()).then(|| constraint(sign, to)));
            }
            _ => return Err(odd(rest)),
        }
        all.push(together);
        rest = rest[end + 1..].trim_start();
        if let Some(behind) = rest.strip_prefix(',') {
            rest = behind.trim_start();
        } else if !rest.is_empty() {
            return Err(odd(rest));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use crate::Ecosystem;
    use crate::range::native::vers;

    #[test]
    fn brackets_mean_what_maven_and_nuget_say() {
        for (ecosystem, text, wanted) in [
            (Ecosystem::Maven, "[1.0,2.0)", "vers:maven/>=1.0|<2.0"),
            (Ecosystem::Maven, "(,1.0],[1.2,)", "vers:maven/<=1.0|>=1.2"),
            (Ecosystem::Maven, "[1.0]", "vers:maven/1.0"),
            (Ecosystem::Maven, "1.0", "vers:maven/1.0"),
            (Ecosystem::Maven, "(,1.1),(1.1,)", "vers:maven/!=1.1"),
            (Ecosystem::NuGet, "1.0", "vers:nuget/>=1.0"),
            (Ecosystem::NuGet, "(1.0,2.0]", "vers:nuget/>1.0|<=2.0"),
            (Ecosystem::NuGet, "(,)", "vers:nuget/*"),
        ] {
            let range = vers(ecosystem, text).map(|vers| vers.to_string());
            assert_eq!(range.as_deref(), Ok(wanted), "{text}");
        }
        for text in ["[1.0", "(1.0)", "[1.0,2.0,3.0]", "[1.0]2.0", "1.*", "[]"] {
            assert!(vers(Ecosystem::NuGet, text).is_err(), "{text}");
        }
    }
}
