//! Bounds: how a version stands to one that a range names, and where its key ends.

use std::cmp::Ordering;

use crate::Ecosystem;

/// A version with a local part and how that is marked.
const LOCAL: char = '+';
/// Behind every mark and every number of a key.
const LAST: u8 = 0xff;

/// Whether what is built locally of a version equals it for this bound.
///
/// A local version of Python is the same release, built by somebody else: a bound that names none
/// means all of them.
/// Source: PEP 440, "Version specifiers": a candidate's local label is ignored where the specifier
/// has none, and `>` does not match a local version of what it names.
fn means_local_builds(ecosystem: Ecosystem, bound: &str) -> bool {
    ecosystem == Ecosystem::PyPi && !bound.contains(LOCAL)
}

/// Compares a version with a bound; `None` where the order does not explain one of them.
pub(crate) fn against(ecosystem: Ecosystem, version: &str, bound: &str) -> Option<Ordering> {
    if means_local_builds(ecosystem, bound) && ecosystem.explains(version) {
        let public = version.split_once(LOCAL).map_or(version, |(public, _)| public);
        return ecosystem.order(public, bound);
    }
    ecosystem.order(version, bound)
}

/// The bytes before all that equal the bound; `None` where it has no key.
pub(super) fn at(ecosystem: Ecosystem, bound: &str) -> Option<Vec<u8>> {
    ecosystem.key(bound).map(|key| key.as_bytes().to_vec())
}

/// The least bytes behind all that equal the bound; `None` where it has no key.
pub(super) fn behind(ecosystem: Ecosystem, bound: &str) -> Option<Vec<u8>> {
    let mut bytes = at(ecosystem, bound)?;
    if means_local_builds(ecosystem, bound) {
        // The last byte says that there is no local part.
        bytes.pop();
        bytes.push(LAST);
    } else {
        bytes.push(0);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::range::osv::{self, Event};
    use crate::range::{Answer, Vers, native};

    #[test]
    fn what_is_built_locally_of_a_python_release_is_that_release() {
        use Answer::{No, Yes};
        let rows = [
            // Version, then `<=2.6.0`, `2.6.0`, `>2.6.0`, `!=2.6.0`, `<2.6.0`, `2.6.0+cu124`.
            ("2.6.0+cu124", [Yes, Yes, No, No, No, Yes]),
            ("2.6+CU.118", [Yes, Yes, No, No, No, No]),
            ("2.6.0", [Yes, Yes, No, No, No, No]),
            ("2.6.0.post1+a", [No, No, Yes, Yes, No, No]),
            ("2.6.0rc1+a", [Yes, No, No, Yes, Yes, No]),
            ("2.6.1", [No, No, Yes, Yes, No, No]),
        ];
        for (version, wanted) in rows {
            let ranges = ["<=2.6.0", "2.6.0", ">2.6.0", "!=2.6.0", "<2.6.0", "2.6.0+cu124"];
            for (range, wanted) in ranges.into_iter().zip(wanted) {
                let vers = Vers::parse(&format!("vers:pypi/{range}")).expect("a range");
                let key = Ecosystem::PyPi.key(version).expect("a key");
                let by_key = vers.intervals().expect("keys").contains(&key);
                assert_eq!(vers.contains(version), wanted, "{range}: {version}");
                assert_eq!(Answer::from(by_key), wanted, "{range}: the key of {version}");
                let sign = if range.starts_with('2') { "==" } else { "" };
                let native = native::vers(Ecosystem::PyPi, &format!("{sign}{range}"));
                assert_eq!(native.expect("a range").contains(version), wanted, "{range}");
            }
        }
    }

    #[test]
    fn the_last_affected_release_is_affected_in_every_local_build() {
        let events = [Event::Introduced("0".into()), Event::LastAffected("2.6.0".into())];
        for (version, wanted) in [("2.6.0+cu124", true), ("2.6.0.post1", false), ("2.6.1+a", false)]
        {
            let affected = osv::affected(Ecosystem::PyPi, &events, version);
            let keys = osv::intervals(Ecosystem::PyPi, &events).expect("keys");
            let key = Ecosystem::PyPi.key(version).expect("a key");
            assert_eq!(affected, Answer::from(wanted), "{version}");
            assert_eq!(keys.contains(&key), wanted, "the key of {version}");
        }
        // The plus of other orders means something else.
        assert_eq!(against(Ecosystem::Debian, "1+deb12u1", "1"), Some(Ordering::Greater));
        assert_eq!(against(Ecosystem::PyPi, "1+no good!", "1"), None);
    }
}
