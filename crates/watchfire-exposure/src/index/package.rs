//! Names of packages, so that those of an advisory and of an inventory meet.

use std::borrow::Cow;
use std::fmt;

use crate::Ecosystem;

/// Types of package URLs and other names, each with the name that OSV has, in small letters.
///
/// Those of distributions are not here: `deb` says whose release it is in a qualifier alone.
const SAME: [(&str, &str); 10] = [
    ("golang", "go"),
    ("cargo", "crates.io"),
    ("crates-io", "crates.io"),
    ("gem", "rubygems"),
    ("composer", "packagist"),
    ("conan", "conancenter"),
    ("swift", "swifturl"),
    ("githubactions", "github actions"),
    ("pip", "pypi"),
    ("rust", "crates.io"),
];

/// A package: its ecosystem, and its name as the ecosystem normalizes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    /// Ecosystem, a NUL, and the name: one text, in whose order packages are sorted.
    key: Box<str>,
    ecosystem: Option<Ecosystem>,
}

impl Package {
    /// A package by its ecosystem, as OSV or a package URL calls it, and its name.
    ///
    /// A release behind a colon, as in `Debian:12`, is part of the ecosystem.
    /// The name is that of OSV: of Maven `group:artifact`, of npm with its scope.
    pub fn new(ecosystem: &str, name: &str) -> Self {
        let ecosystem = without_nul(ecosystem);
        let ordered = Ecosystem::of(&ecosystem);
        let (family, release) = match ecosystem.split_once(':') {
            Some((family, release)) => (family, Some(release)),
            None => (&*ecosystem, None),
        };
        let family = small(family);
        let same = SAME.iter().find(|(other, _)| *other == family);
        let family = same.map_or(&*family, |(_, name)| name);
        let name = without_nul(name);
        let name = normal(family, &name);
        let key = match release {
            Some(release) => [family, ":", release, "\0", &name].concat(),
            None => [family, "\0", &name].concat(),
        };
        Self { ecosystem: ordered.or_else(|_| Ecosystem::of(family)).ok(), key: key.into() }
    }

    /// Whose order compares its versions; `None` where nobody knows one.
    pub fn ecosystem(&self) -> Option<Ecosystem> {
        self.ecosystem
    }

    /// Whether its ecosystem is called so, without a release and in small letters.
    pub fn is_of(&self, family: &str) -> bool {
        self.family().split(':').next() == Some(family)
    }

    /// Its ecosystem in small letters, with a release behind a colon: with its name it makes the
    /// same package again.
    pub fn family(&self) -> &str {
        self.key.split_once('\0').map_or("", |(ecosystem, _)| ecosystem)
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.key.split_once('\0').map_or("", |(_, name)| name)
    }

    /// The text by which it is sorted and found.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key.replace('\0', "/"))
    }
}

/// A text in which a NUL does not end what it is part of.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// A text in small letters.
fn small(text: &str) -> Cow<'_, str> {
    let is_small = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_small { text.into() } else { text.to_lowercase().into() }
}

/// A name as its ecosystem compares names.
///
/// Source: PEP 503 for Python; NuGet, "Package ID"; Composer, "name"; purl-spec for those that it
/// writes in small letters while advisories do not: `golang`, `hex`.
fn normal<'n>(family: &str, name: &'n str) -> Cow<'n, str> {
    match family {
        "pypi" => {
            let mut normal = String::with_capacity(name.len());
            for sign in name.chars() {
                match sign {
                    '-' | '_' | '.' if normal.ends_with('-') => {}
                    '-' | '_' | '.' => normal.push('-'),
                    sign => normal.extend(sign.to_lowercase()),
                }
            }
            normal.into()
        }
        "nuget" | "packagist" | "github actions" | "go" | "hex" => small(name),
        // OSV has the address of the repository, a package URL its host and path.
        "swifturl" => {
            let name = name.to_lowercase();
            let name = name.rsplit_once("://").map_or(name.as_str(), |(_, name)| name);
            name.trim_end_matches(".git").to_owned().into()
        }
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_package_meet_and_of_two_do_not() {
        for (one, two, same) in [
            (("PyPI", "Django_Rest.Framework"), ("pypi", "django-rest-framework"), true),
            (("Go", "golang.org/x/net"), ("golang", "golang.org/x/net"), true),
            // purl-spec writes them in small letters, OSV as their authors do.
            (("Go", "github.com/AdguardTeam/X"), ("golang", "github.com/adguardteam/x"), true),
            (("Hex", "Phoenix"), ("hex", "phoenix"), true),
            (("crates.io", "rustls"), ("cargo", "rustls"), true),
            (
                ("SwiftURL", "https://github.com/apple/swift-nio.git"),
                ("swift", "github.com/apple/swift-nio"),
                true,
            ),
            (("NuGet", "Newtonsoft.Json"), ("nuget", "newtonsoft.json"), true),
            (("npm", "JSONStream"), ("npm", "jsonstream"), false),
            (("Debian:12", "curl"), ("Debian:11", "curl"), false),
            (("Debian:12", "curl"), ("Ubuntu:12", "curl"), false),
            (("Maven", "a:b"), ("Maven", "a:c"), false),
        ] {
            let [left, right] = [one, two].map(|(ecosystem, name)| Package::new(ecosystem, name));
            assert_eq!(left == right, same, "{left} {right}");
        }
        assert_eq!(Package::new("Debian:12", "curl").ecosystem(), Some(Ecosystem::Debian));
        assert_eq!(Package::new("golang", "a").ecosystem(), Some(Ecosystem::Go));
        assert_eq!(Package::new("pip", "a").ecosystem(), Some(Ecosystem::PyPi));
        assert_eq!(Package::new("Root:Alpine:3.18", "a").ecosystem(), Some(Ecosystem::Alpine));
        assert_eq!(Package::new("Unheard", "a").ecosystem(), None);
        assert_eq!(Package::new("npm", "a\0b").name(), "a\u{fffd}b");
    }

    #[test]
    fn a_package_is_the_same_again_by_its_family_and_name() {
        for (ecosystem, name) in [
            ("Debian:12", "curl"),
            ("deb:\0", "a\0b"),
            ("golang", "github.com/Adguard/X"),
            ("PyPI", "Django__Rest"),
            ("SwiftURL", "https://x://github.com/apple/nio.git.GIT"),
            ("crates.io", "rustls"),
            ("cpe", "a:apache:log4j"),
            ("Nowhere:7:8", "thing"),
        ] {
            let package = Package::new(ecosystem, name);
            let again = Package::new(package.family(), package.name());
            assert_eq!(again, package, "{ecosystem} {name}");
        }
    }
}
