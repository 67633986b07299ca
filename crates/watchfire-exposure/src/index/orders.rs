//! What a segment rests on that its bytes do not show: the keys of versions, and the names of
//! packages.

use std::sync::OnceLock;

use super::Package;
use super::rule::row_key;
use super::segment::Sum;
use crate::Ecosystem;

/// Versions whose keys tell one way of writing keys from another.
const VERSIONS: [&str; 26] = [
    "0",
    "1",
    "01.2.0",
    "1.2.3",
    "v1.2.3",
    "1.10.0-beta.11+build.5",
    "1.0-alpha-1",
    "1.0.0.Final",
    "2.0-SNAPSHOT",
    "1!2.0rc1.post3.dev4+Local.7",
    "2.6.0+cu124",
    "4294967296.18446744073709551616",
    "1:2.30-1ubuntu2~rc1",
    "1.2~~git20200101-1+deb12u2",
    "0^1.fc40",
    "1.2.3_alpha4_p5-r6",
    "1.2b_rc3-r1",
    "1.0.2zh",
    "3.0.0-dev",
    "1.x-dev",
    "2021-12-10T00:00:00Z",
    "cci.20211210",
    "v0.0.0-20211210123456-0123456789ab",
    "1.0.a2.B",
    "(devel)",
    "${revision}-1",
];

/// Names that each ecosystem may spell in its own way.
const NAMES: [&str; 4] =
    ["Some_Package.Name--X", "Group.Of:Artifact-X", "@Scope/Name", "Host.Io/A/B"];

/// A sum over keys and names as this build writes them.
///
/// A segment of another sum is not sorted as it is searched, and would miss without a word.
pub(super) fn digest() -> u64 {
    static DIGEST: OnceLock<u64> = OnceLock::new();
    *DIGEST.get_or_init(|| {
        let mut bytes = Vec::new();
        for ecosystem in Ecosystem::all() {
            for version in VERSIONS {
                bytes.extend(
                    row_key(Some(ecosystem), version).iter().flat_map(|key| key.as_bytes()),
                );
                bytes.push(0);
            }
        }
        for ecosystem in Ecosystem::names() {
            for name in NAMES {
                bytes.extend(Package::new(ecosystem, name).key().as_bytes());
                bytes.push(0);
            }
        }
        let mut sum = Sum::default();
        sum.add(&bytes);
        sum.end()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_has_a_key_among_the_samples() {
        for ecosystem in Ecosystem::all() {
            let keys: std::collections::BTreeSet<_> =
                VERSIONS.iter().filter_map(|version| ecosystem.key(version)).collect();
            let wanted = if ecosystem == Ecosystem::Datetime { 1 } else { 3 };
            assert!(keys.len() >= wanted, "{ecosystem}: only {} keys", keys.len());
        }
    }
}
