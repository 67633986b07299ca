//! Ecosystems: whose order compares two versions.

use std::cmp::Ordering;
use std::fmt;

use crate::key::Key;
use crate::version::{self, alpine, alpm, conan, cran, datetime, debian, gentoo, go, hackage};
use crate::version::{julia, lexicographic, maven, npm, nuget, openssl, packagist, pub_dev, pypi};
use crate::version::{rpm, rubygems, semver};

/// An order of versions, called after the ecosystem that it is at home in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Alpine and other distributions of apk.
    Alpine,
    /// Arch Linux.
    Alpm,
    /// ConanCenter.
    Conan,
    /// R packages: CRAN and Bioconductor.
    Cran,
    /// crates.io.
    CratesIo,
    /// Instants, of `vers`.
    Datetime,
    /// Debian, Ubuntu and other distributions of dpkg.
    Debian,
    /// Gentoo.
    Gentoo,
    /// Go modules.
    Go,
    /// Haskell: Hackage and GHC.
    Hackage,
    /// Erlang and Elixir.
    Hex,
    /// Numbers between dots, of `vers`.
    IntDot,
    /// Julia.
    Julia,
    /// The bytes of a text, of `vers`.
    Lexicographic,
    /// Maven.
    Maven,
    /// npm.
    Npm,
    /// NuGet.
    NuGet,
    /// OpenSSL, of `vers`.
    OpenSsl,
    /// Packagist.
    Packagist,
    /// Dart.
    Pub,
    /// Python.
    PyPi,
    /// Red Hat, SUSE and other distributions of RPM.
    Rpm,
    /// Ruby.
    RubyGems,
    /// Semantic versions, wherever they come from.
    SemVer,
}

/// The names by which an ecosystem is called: its type in `vers`, then its names in OSV, then the
/// type of its package URLs where that is another one.
///
/// Source: OSV schema 1.7, "Defined ecosystems"; vers-spec and purl-spec, types.
const NAMES: [(Ecosystem, &[&str]); 24] = [
    (
        Ecosystem::Alpine,
        &[
            "apk",
            "Alpine",
            "Alpaquita",
            "BellSoft Hardened Containers",
            "Chainguard",
            "CleanStart",
            "MinimOS",
            "Wolfi",
        ],
    ),
    (Ecosystem::Alpm, &["alpm", "arch"]),
    (Ecosystem::Conan, &["conan", "ConanCenter"]),
    (Ecosystem::Cran, &["cran", "CRAN", "Bioconductor"]),
    (Ecosystem::CratesIo, &["cargo", "crates.io", "crates-io"]),
    (Ecosystem::Datetime, &["datetime"]),
    (Ecosystem::Debian, &["deb", "Debian", "Ubuntu", "Echo"]),
    (Ecosystem::Gentoo, &["gentoo", "ebuild"]),
    (Ecosystem::Go, &["golang", "Go"]),
    (Ecosystem::Hackage, &["hackage", "Hackage", "GHC"]),
    (Ecosystem::Hex, &["hex", "Hex"]),
    (Ecosystem::IntDot, &["intdot"]),
    (Ecosystem::Julia, &["julia", "Julia"]),
    (Ecosystem::Lexicographic, &["lexicographic"]),
    (Ecosystem::Maven, &["maven", "Maven"]),
    (Ecosystem::Npm, &["npm", "npm"]),
    (Ecosystem::NuGet, &["nuget", "NuGet"]),
    (Ecosystem::OpenSsl, &["openssl"]),
    (Ecosystem::Packagist, &["composer", "Packagist"]),
    (Ecosystem::Pub, &["pub", "Pub"]),
    (Ecosystem::PyPi, &["pypi", "PyPI"]),
    (
        Ecosystem::Rpm,
        &[
            "rpm",
            "Red Hat",
            "AlmaLinux",
            "Azure Linux",
            "Mageia",
            "openEuler",
            "openSUSE",
            "Photon OS",
            "Rocky Linux",
            "SUSE",
            "TuxCare",
        ],
    ),
    (Ecosystem::RubyGems, &["gem", "RubyGems"]),
    (
        Ecosystem::SemVer,
        &["semver", "Bitnami", "GitHub Actions", "Kubernetes", "SwiftURL", "VSCode", "nginx"],
    ),
];

/// A name that no order is known for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no order of versions is known for the ecosystem `{0}`")]
pub struct UnknownEcosystem(String);

impl Ecosystem {
    /// Every order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(ecosystem, _)| *ecosystem)
    }

    /// Returns the ecosystem called `name`, as OSV or `vers` writes it, in any case.
    ///
    /// What follows a colon, as in `Debian:12`, is a release and has the same order.
    ///
    /// # Errors
    /// [`UnknownEcosystem`] where no order is known; its versions are undecided.
    pub fn of(name: &str) -> Result<Self, UnknownEcosystem> {
        let mut parts = name.split(':');
        let first = parts.next().unwrap_or_default();
        // OSV: `Root:Alpine:3.18` has the order of Alpine.
        let plain = if first == "Root" { parts.next().unwrap_or_default() } else { first };
        let called = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(plain));
        let found = NAMES.iter().find(|(_, names)| called(names));
        found.map(|(ecosystem, _)| *ecosystem).ok_or_else(|| UnknownEcosystem(name.to_owned()))
    }

    /// The names of every order, for those who look for one.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().flat_map(|(_, names)| names.iter().copied())
    }

    /// The type that `vers` gives this order.
    pub fn vers_type(self) -> &'static str {
        let found = NAMES.iter().find(|(ecosystem, _)| *ecosystem == self);
        found.and_then(|(_, names)| names.first()).expect("every ecosystem has a name")
    }

    /// Compares two versions; `None` where this order does not explain one of them.
    ///
    /// `None` is undecided: neither less, nor equal, nor greater.
    pub fn order(self, one: &str, two: &str) -> Option<Ordering> {
        macro_rules! by {
            ($kind:ty) => {
                version::order::<$kind>(one, two)
            };
        }
        match self {
            Self::Alpine => by!(alpine::Alpine<'_>),
            Self::Alpm => by!(alpm::Alpm<'_>),
            Self::Conan => by!(conan::Conan<'_>),
            Self::Cran => by!(cran::Cran<'_>),
            Self::CratesIo => by!(semver::Cargo<'_>),
            Self::Datetime => by!(datetime::Datetime<'_>),
            Self::Debian => by!(debian::Debian<'_>),
            Self::Gentoo => by!(gentoo::Gentoo<'_>),
            Self::Go => by!(go::Go<'_>),
            Self::Hackage => by!(hackage::Hackage<'_>),
            Self::Hex => by!(semver::Hex<'_>),
            Self::IntDot => by!(hackage::IntDot<'_>),
            Self::Julia => by!(julia::Julia<'_>),
            Self::Lexicographic => by!(lexicographic::Lexicographic<'_>),
            Self::Maven => by!(maven::Maven<'_>),
            Self::Npm => by!(npm::Npm<'_>),
            Self::NuGet => by!(nuget::NuGet<'_>),
            Self::OpenSsl => by!(openssl::OpenSsl<'_>),
            Self::Packagist => by!(packagist::Packagist<'_>),
            Self::Pub => by!(pub_dev::Pub<'_>),
            Self::PyPi => by!(pypi::PyPi<'_>),
            Self::Rpm => by!(rpm::Rpm<'_>),
            Self::RubyGems => by!(rubygems::Gem<'_>),
            Self::SemVer => by!(semver::SemVer<'_>),
        }
    }

    /// Whether this order explains `version`.
    pub fn explains(self, version: &str) -> bool {
        self.order(version, version).is_some()
    }

    /// Returns the bytes by which `version` sorts among all that have such bytes.
    ///
    /// `None` where the order does not explain the version, and where the order is no line at this
    /// place: Maven's qualifiers behind a dot, Arch's versions without a release, Conan's texts
    /// that look like numbers. Such a version is compared with [`Self::order`], one by one.
    pub fn key(self, version: &str) -> Option<Key> {
        macro_rules! by {
            ($kind:ty) => {
                version::key::<$kind>(version)
            };
        }
        match self {
            Self::Alpine => by!(alpine::Alpine<'_>),
            Self::Alpm => by!(alpm::Alpm<'_>),
            Self::Conan => by!(conan::Conan<'_>),
            Self::Cran => by!(cran::Cran<'_>),
            Self::CratesIo => by!(semver::Cargo<'_>),
            Self::Datetime => by!(datetime::Datetime<'_>),
            Self::Debian => by!(debian::Debian<'_>),
            Self::Gentoo => by!(gentoo::Gentoo<'_>),
            Self::Go => by!(go::Go<'_>),
            Self::Hackage => by!(hackage::Hackage<'_>),
            Self::Hex => by!(semver::Hex<'_>),
            Self::IntDot => by!(hackage::IntDot<'_>),
            Self::Julia => by!(julia::Julia<'_>),
            Self::Lexicographic => by!(lexicographic::Lexicographic<'_>),
            Self::Maven => by!(maven::Maven<'_>),
            Self::Npm => by!(npm::Npm<'_>),
            Self::NuGet => by!(nuget::NuGet<'_>),
            Self::OpenSsl => by!(openssl::OpenSsl<'_>),
            Self::Packagist => by!(packagist::Packagist<'_>),
            Self::Pub => by!(pub_dev::Pub<'_>),
            Self::PyPi => by!(pypi::PyPi<'_>),
            Self::Rpm => by!(rpm::Rpm<'_>),
            Self::RubyGems => by!(rubygems::Gem<'_>),
            Self::SemVer => by!(semver::SemVer<'_>),
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.vers_type())
    }
}
