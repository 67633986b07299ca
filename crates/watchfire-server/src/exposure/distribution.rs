//! Distributions and their releases, by the names that package URLs and advisories have for them.

use watchfire_formats::purl::Purl;

/// Who names a package: an inventory looks for it, an advisory lays something under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inventory,
    Advisory,
}

/// Names of distributions by the namespaces of their package URLs.
///
/// Source: OSV schema 1.7, "Defined ecosystems"; purl-spec, `deb`, `rpm` and `apk`.
const DISTRIBUTIONS: [(&str, &str); 36] = [
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
    ("echo", "Echo"),
    ("alpine", "Alpine"),
    ("wolfi", "Wolfi"),
    ("chainguard", "Chainguard"),
    ("alpaquita", "Alpaquita"),
    ("minimos", "MinimOS"),
    ("redhat", "Red Hat"),
    ("rhel", "Red Hat"),
    ("almalinux", "AlmaLinux"),
    ("alma", "AlmaLinux"),
    ("rocky", "Rocky Linux"),
    ("rocky-linux", "Rocky Linux"),
    ("rockylinux", "Rocky Linux"),
    ("suse", "SUSE"),
    ("sles", "SUSE"),
    ("opensuse", "openSUSE"),
    ("opensuse-leap", "openSUSE"),
    ("opensuse-tumbleweed", "openSUSE"),
    ("opensuse.leap", "openSUSE"),
    ("opensuse.tumbleweed", "openSUSE"),
    ("sled", "SUSE"),
    ("sles_sap", "SUSE"),
    ("sles-sap", "SUSE"),
    ("sle_hpc", "SUSE"),
    ("sle-micro", "SUSE"),
    ("sl-micro", "SUSE"),
    ("cbl-mariner", "Azure Linux"),
    ("almalinux-os", "AlmaLinux"),
    ("bellsoft", "BellSoft Hardened Containers"),
    ("mageia", "Mageia"),
    ("openeuler", "openEuler"),
    ("photon", "Photon OS"),
    ("azurelinux", "Azure Linux"),
    ("mariner", "Azure Linux"),
];

/// Releases of Debian by their code names.
///
/// Source: Debian, "Debian Releases".
const DEBIAN: [(&str, &str); 9] = [
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
];

/// Whose package it is, and of which release where that is certain.
pub(super) struct Distribution {
    family: String,
    release: Option<String>,
}

impl Distribution {
    pub(super) fn of(purl: &Purl) -> Option<Self> {
        if !matches!(purl.kind(), "deb" | "rpm" | "apk") {
            return None;
        }
        let namespace = purl.namespace().unwrap_or_default();
        let known = DISTRIBUTIONS.iter().find(|(theirs, _)| *theirs == namespace);
        let fallback = match purl.kind() {
            "deb" => "Debian",
            "apk" => "Alpine",
            _ if namespace.is_empty() => "rpm",
            _ => namespace,
        };
        let family = known.map_or(fallback, |(_, ours)| ours).to_owned();
        let said = purl.qualifiers().get("distro").map_or("", String::as_str);
        let release = release(&family, said);
        Some(Self { family, release })
    }

    /// The distribution of an ecosystem of OSV, such as `Ubuntu:22.04:LTS`.
    pub(super) fn of_ecosystem(ecosystem: &str) -> Option<Self> {
        let (family, said) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
        let known = DISTRIBUTIONS.iter().find(|(_, ours)| ours.eq_ignore_ascii_case(family));
        let family = known.map(|(_, ours)| (*ours).to_owned())?;
        let release = release(&family, said);
        Some(Self { family, release })
    }

    /// The ecosystems in which it is looked for, or under which something is laid.
    ///
    /// What is said of one release is found by that release, and by all that say none: a version
    /// that is affected in one of them then counts as affected. What is said of no release is found
    /// by all.
    pub(super) fn families(&self, side: Side) -> Vec<String> {
        let (family, any) = (&self.family, format!("{}:*", self.family));
        match (&self.release, side) {
            (Some(release), Side::Inventory) => vec![format!("{family}:{release}"), family.clone()],
            (None, Side::Inventory) => vec![any, family.clone()],
            (Some(release), Side::Advisory) => vec![format!("{family}:{release}"), any],
            (None, Side::Advisory) => vec![family.clone()],
        }
    }
}

/// How many numbers name a release, by the distribution; of others releases are not told apart.
const RELEASES: [(&str, usize); 8] = [
    ("Debian", 1),
    ("Ubuntu", 2),
    ("Alpine", 2),
    ("Red Hat", 1),
    ("AlmaLinux", 1),
    ("Rocky Linux", 1),
    ("Azure Linux", 1),
    ("openSUSE", 2),
];

/// The numbers of a release in a text such as `debian-12.5`, `bookworm`, `v3.18` or
/// `enterprise_linux:9::baseos`.
fn release(family: &str, said: &str) -> Option<String> {
    let (_, count) = RELEASES.iter().find(|(one, _)| *one == family)?;
    let words = || said.split([':', '-', '_', ' ']);
    if family == "Debian"
        && let Some((_, number)) = DEBIAN.iter().find(|(name, _)| words().any(|it| it == *name))
    {
        return Some((*number).to_owned());
    }
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    words().find_map(|word| {
        let parts: Vec<&str> = word.strip_prefix('v').unwrap_or(word).split('.').collect();
        let told = parts.get(..*count)?;
        parts.iter().all(|part| number(part)).then(|| told.join("."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_known_by_its_numbers_whoever_writes_them() {
        for (ecosystem, wanted) in [
            ("Debian:12", &["Debian:12", "Debian:*"][..]),
            ("Ubuntu:22.04:LTS", &["Ubuntu:22.04", "Ubuntu:*"]),
            ("Ubuntu:Pro:FIPS:18.04:LTS", &["Ubuntu:18.04", "Ubuntu:*"]),
            ("Alpine:v3.18", &["Alpine:3.18", "Alpine:*"]),
            ("Red Hat:enterprise_linux:9::baseos", &["Red Hat:9", "Red Hat:*"]),
            ("Red Hat:rhel_eus:8.4::appstream", &["Red Hat:8", "Red Hat:*"]),
            ("openSUSE:Leap 15.5", &["openSUSE:15.5", "openSUSE:*"]),
            ("SUSE:Linux Enterprise Server 15 SP5", &["SUSE"]),
            ("Debian", &["Debian"]),
        ] {
            let distribution = Distribution::of_ecosystem(ecosystem).expect("a distribution");
            assert_eq!(distribution.families(Side::Advisory), wanted, "{ecosystem}");
        }
        assert!(Distribution::of_ecosystem("Maven:https://maven.google.com").is_none());
    }
}
