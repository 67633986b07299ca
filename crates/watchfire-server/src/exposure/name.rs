//! What a component goes by, in the words of advisories.

use serde::{Deserialize, Serialize};
use watchfire_exposure::index::Package;
use watchfire_formats::purl::Purl;
use watchfire_formats::sbom::{Built, Component};

use super::distribution::{Distribution, Side};

/// By what a component and a statement met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// The package URL, or the ecosystem and name that it stands for.
    Package,
    /// A package that the component was made from, as its author says; a fork may have mended it.
    Ancestor,
    /// A CPE name, which often means more or less than one package.
    Cpe,
}

impl Basis {
    /// The word for it, in small letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Ancestor => "ancestor",
            Self::Cpe => "cpe",
        }
    }
}

/// A name and version that a component goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The package.
    #[serde(with = "package")]
    pub package: Package,
    /// Its version; empty where nobody says one.
    pub version: Box<str>,
    /// What it was made of.
    pub basis: Basis,
    /// The qualifiers of the package URL that tell one package of a name from another.
    pub(super) qualifiers: Box<[(String, String)]>,
}

/// A package as it is kept: its family and its name.
pub(super) mod package {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use watchfire_exposure::index::Package;

    pub(in crate::exposure) fn serialize<S: Serializer>(
        package: &Package,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        (package.family(), package.name()).serialize(to)
    }

    pub(in crate::exposure) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Package, D::Error> {
        let (family, name) = <(&str, &str)>::deserialize(from)?;
        Ok(Package::new(family, name))
    }
}

/// All names of a component: of its package URLs, of what it was made from, and of its CPE names.
pub fn names(component: &Component) -> Vec<Name> {
    let own = component.version.as_deref().unwrap_or_default();
    let mut names = Vec::new();
    for (purls, basis) in
        [(&component.purls, Basis::Package), (&component.ancestors, Basis::Ancestor)]
    {
        let is_own = basis == Basis::Package;
        let (fallback, source) = if is_own { (own, component.source.as_ref()) } else { ("", None) };
        for purl in purls {
            for (package, version) in of_purl(purl, fallback, source, Side::Inventory) {
                let (version, qualifiers) = (version.into(), telling(purl).into());
                names.push(Name { package, version, basis, qualifiers });
            }
        }
    }
    for (package, version) in component.cpes.iter().filter_map(|cpe| of_cpe(cpe)) {
        let version = version.unwrap_or_else(|| own.to_owned()).into();
        names.push(Name { package, version, basis: Basis::Cpe, qualifiers: Box::default() });
    }
    names
}

/// The packages that a package URL stands for in what a house has, without their versions.
pub fn packages_of_purl(purl: &Purl) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for (package, _) in of_purl(purl, "", None, Side::Inventory) {
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    packages
}

/// Which qualifiers of a package URL say that another of the same name is another package.
const TELLING: [&str; 2] = ["repository_url", "distro"];

/// The qualifiers by which a package URL tells itself from others of its name.
pub(super) fn telling(purl: &Purl) -> Vec<(String, String)> {
    let told = purl.qualifiers().iter().filter(|(key, _)| TELLING.contains(&key.as_str()));
    told.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The packages that a package URL stands for, each with its version.
///
/// Several where advisories speak of the source of a package, and where they speak of a release of a
/// distribution or of all.
pub(super) fn of_purl(
    purl: &Purl,
    fallback: &str,
    built: Option<&Built>,
    side: Side,
) -> Vec<(Package, String)> {
    let version = purl.version().unwrap_or(fallback);
    let Some(distribution) = Distribution::of(purl) else {
        let name = joined(purl);
        return vec![(Package::new(purl.kind(), &name), version.to_owned())];
    };
    let epoch = purl.qualifiers().get("epoch").filter(|epoch| *epoch != "0");
    let with_epoch = |version: &str| match epoch {
        Some(epoch) if !version.is_empty() && !version.contains(':') => {
            format!("{epoch}:{version}")
        }
        _ => version.to_owned(),
    };
    let mut named = vec![(purl.name().to_owned(), with_epoch(version))];
    let source = source_of(purl);
    let source = source.or_else(|| built.map(|it| (it.name.clone(), it.version.clone())));
    if let Some((source, of_source)) = source
        && source != purl.name()
    {
        named.push((source, with_epoch(of_source.as_deref().unwrap_or(version))));
    }
    let families = distribution.families(side);
    let pairs = named.iter().flat_map(|(name, version)| {
        families.iter().map(move |family| (Package::new(family, name), version.clone()))
    });
    pairs.collect()
}

/// A name as advisories write it: with a colon for Maven, with slashes elsewhere.
fn joined(purl: &Purl) -> String {
    let Some(namespace) = purl.namespace() else { return purl.name().to_owned() };
    let sign = if purl.kind() == "maven" { ':' } else { '/' };
    format!("{namespace}{sign}{}", purl.name())
}

/// The source package of a package of a distribution, with its version where that is another.
///
/// Source: purl-spec, `deb` and `rpm`: `upstream` and `source`; apk: `origin`.
fn source_of(purl: &Purl) -> Option<(String, Option<String>)> {
    let qualifiers = purl.qualifiers();
    let said = ["upstream", "source", "origin"].iter().find_map(|key| qualifiers.get(*key))?;
    if let Some(rest) = said.strip_suffix(".src.rpm") {
        // NAME-VERSION-RELEASE, where an epoch is never written.
        let (rest, release) = rest.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        return Some((name.to_owned(), Some(format!("{version}-{release}"))));
    }
    Some(match said.split_once('@') {
        Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
        None => (said.clone(), None),
    })
}

/// What stands for the ecosystem of a product that only a CPE names.
pub(super) const CPE: &str = "cpe";

/// Whether a text is a CPE name that names a product.
pub fn is_cpe(text: &str) -> bool {
    of_cpe(text).is_some()
}

/// The product of a CPE name, and its version where it names one.
///
/// Source: NISTIR 7695, 6.1 (a URI) and 6.2 (a formatted string).
pub(super) fn of_cpe(text: &str) -> Option<(Package, Option<String>)> {
    let parts = if let Some(rest) = text.strip_prefix("cpe:2.3:") {
        bound(rest)
    } else {
        text.strip_prefix("cpe:/")?.split(':').map(decoded).collect()
    };
    let [part, vendor, product, rest @ ..] = &parts[..] else { return None };
    if vendor.is_empty() || product.is_empty() || [vendor, product].iter().any(|it| *it == "*") {
        return None;
    }
    let version = rest.first().filter(|it| !matches!(it.as_str(), "" | "*" | "-"));
    // An update, such as `rc1`, belongs to the version.
    let update = rest.get(1).filter(|it| !matches!(it.as_str(), "" | "*" | "-"));
    let version = version.map(|version| match update {
        Some(update) => format!("{version}-{update}"),
        None => version.clone(),
    });
    let name = format!("{part}:{vendor}:{product}").to_lowercase();
    Some((Package::new(CPE, &name), version))
}

/// The parts of a formatted string, between colons that no backslash quotes.
fn bound(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => parts.last_mut().expect("one at least").extend(signs.next()),
            ':' => parts.push(String::new()),
            sign => parts.last_mut().expect("one at least").push(sign),
        }
    }
    parts
}

/// A part of a URI with its percent signs decoded.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'%', Some(byte)) = (first, byte) {
            bytes.push(byte);
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        let purl = Purl::parse_tolerant(text).unwrap_or_else(|error| panic!("{error}"));
        let pairs = of_purl(&purl, "", None, Side::Inventory).into_iter();
        pairs.map(|(package, version)| (package.to_string(), version)).collect()
    }

    #[test]
    fn a_package_url_stands_for_the_name_that_advisories_write() {
        for (purl, package, version) in [
            (
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
                ("Maven", "org.apache.logging.log4j:log4j-core"),
                "2.14.1",
            ),
            ("pkg:npm/%40angular/core@1.0.0", ("npm", "@angular/core"), "1.0.0"),
            (
                "pkg:golang/github.com/AdguardTeam/X@v0.1.0",
                ("Go", "github.com/AdguardTeam/X"),
                "v0.1.0",
            ),
            ("pkg:pypi/Django_Rest@1", ("PyPI", "django-rest"), "1"),
            ("pkg:composer/Symfony/http@1", ("Packagist", "symfony/http"), "1"),
            (
                "pkg:swift/github.com/apple/swift-nio@2",
                ("SwiftURL", "github.com/apple/swift-nio"),
                "2",
            ),
        ] {
            let parsed = Purl::parse_tolerant(purl).unwrap_or_else(|error| panic!("{error}"));
            let found = of_purl(&parsed, "", None, Side::Inventory);
            let wanted = Package::new(package.0, package.1);
            assert_eq!(found, [(wanted, version.to_owned())], "{purl}");
        }
    }

    #[test]
    fn a_package_of_a_distribution_is_looked_for_with_its_source_and_its_release() {
        let of_debian =
            of("pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&upstream=openssl&distro=debian-12");
        let wanted = [
            ("debian:12/libssl3", "3.0.9-1"),
            ("debian/libssl3", "3.0.9-1"),
            ("debian:12/openssl", "3.0.9-1"),
            ("debian/openssl", "3.0.9-1"),
        ];
        assert_eq!(of_debian, wanted.map(|(one, two)| (one.to_owned(), two.to_owned())));
        let code = of("pkg:deb/debian/curl@7.88?distro=bookworm");
        assert_eq!(code[0].0, "debian:12/curl");
        let unknown = of("pkg:deb/debian/curl@7.88");
        assert_eq!(unknown[0].0, "debian:*/curl");
        let alpine = of("pkg:apk/alpine/libcrypto3@3.1.4-r0?distro=alpine-3.18.4&upstream=openssl");
        assert_eq!(alpine[2].0, "alpine:3.18/openssl");
        let rpm = of(
            "pkg:rpm/redhat/openssl-libs@1.1.1k-7.el8_6?epoch=1&upstream=openssl-1.1.1k-7.el8_6.src.rpm",
        );
        assert_eq!(rpm[0], ("red hat:*/openssl-libs".to_owned(), "1:1.1.1k-7.el8_6".to_owned()));
        assert_eq!(rpm[2], ("red hat:*/openssl".to_owned(), "1:1.1.1k-7.el8_6".to_owned()));
        let carp = of(
            "pkg:rpm/redhat/perl-Carp@1.50-396.el8?upstream=perl-5.26.3-421.el8.src.rpm&distro=rhel-8.9",
        );
        assert_eq!(carp[2], ("red hat:8/perl".to_owned(), "5.26.3-421.el8".to_owned()));
        let login = of("pkg:deb/debian/login@4.8.1-1?epoch=1");
        assert_eq!(login[0].1, "1:4.8.1-1");
        let other = of("pkg:deb/ubuntu/libssl3@3.0.2?upstream=openssl%403.0.2-0ubuntu1");
        assert_eq!(other[2], ("ubuntu:*/openssl".to_owned(), "3.0.2-0ubuntu1".to_owned()));
    }

    #[test]
    fn a_cpe_names_a_product_in_both_its_forms() {
        for (cpe, name, version) in [
            ("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*", "a:apache:log4j", Some("2.14.1")),
            ("cpe:2.3:a:apache:log4j:2.0:rc1:*:*:*:*:*:*", "a:apache:log4j", Some("2.0-rc1")),
            ("cpe:2.3:a:a\\:b:c\\.d:-:*:*:*:*:*:*:*", "a:a:b:c.d", None),
            ("cpe:/a:apache:log4j:2.14.1", "a:apache:log4j", Some("2.14.1")),
            ("cpe:/a:apache:log%2b4j", "a:apache:log+4j", None),
        ] {
            let found = of_cpe(cpe).unwrap_or_else(|| panic!("{cpe}"));
            assert_eq!((found.0.name(), found.1.as_deref()), (name, version), "{cpe}");
        }
        for odd in ["", "cpe:2.3:a", "cpe:2.3:a:*:b:1", "log4j", "cpe:/a:x"] {
            assert_eq!(of_cpe(odd), None, "{odd}");
        }
    }
}
