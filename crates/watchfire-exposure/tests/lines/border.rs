//! Border rules of each order, from its specification: what ascends, what is equal, what is undecided.

use std::cmp::Ordering;

use watchfire_exposure::Ecosystem;

/// Versions in ascending order, between which blanks stand; each is compared with each.
fn ascending(name: &str, versions: &str) {
    let ecosystem = Ecosystem::of(name).expect("known");
    let versions: Vec<&str> = versions.split_whitespace().collect();
    for (at, one) in versions.iter().enumerate() {
        for (other, two) in versions.iter().enumerate() {
            let wanted = at.cmp(&other);
            assert_eq!(ecosystem.order(one, two), Some(wanted), "{name}: {one} {two}");
            if let (Some(left), Some(right)) = (ecosystem.key(one), ecosystem.key(two)) {
                assert_eq!(left.cmp(&right), wanted, "{name}: the keys of {one} {two}");
            }
        }
    }
}

fn equal(name: &str, versions: &str) {
    let ecosystem = Ecosystem::of(name).expect("known");
    let versions: Vec<&str> = versions.split_whitespace().collect();
    for pair in versions.windows(2) {
        let order = ecosystem.order(pair[0], pair[1]);
        assert_eq!(order, Some(Ordering::Equal), "{name}: {pair:?}");
        if let (Some(left), Some(right)) = (ecosystem.key(pair[0]), ecosystem.key(pair[1])) {
            assert_eq!(left, right, "{name}: the keys of {pair:?}");
        }
    }
}

fn undecided(name: &str, versions: &[&str]) {
    let ecosystem = Ecosystem::of(name).expect("known");
    for version in versions {
        assert_eq!(ecosystem.order(version, version), None, "{name}: `{version}`");
        assert_eq!(ecosystem.order("1.0.0", version), None, "{name}: `{version}`");
        assert_eq!(ecosystem.key(version), None, "{name}: `{version}`");
    }
}

#[test]
fn semantic_versions() {
    let chain = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 \
        1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0 2.0.0";
    for name in ["SemVer", "npm", "crates.io", "Go", "Hex", "Pub"] {
        ascending(name, chain);
        let odd =
            ["", "1.0", "1.0.0-", "1.0.0-01", "01.0.0", "1.0.0+", "a.b.c", "1.0.0.0", "-1.0.0"];
        let refused = |odd: &&&str| !Ecosystem::of(name).expect("known").explains(odd);
        let odd: Vec<&str> = odd.iter().filter(refused).copied().collect();
        assert!(odd.len() >= 6, "{name} explains too much: only {odd:?} are odd");
        undecided(name, &odd);
    }
    equal("SemVer", "v1.0.0 1.0.0 1.0.0+build 1.0.0+other");
    undecided("npm", &["9007199254740992.0.0", "1.0"]);
    ascending("npm", "1.0.0 9007199254740991.0.0");
    undecided("crates.io", &["18446744073709551616.0.0", "v1.0.0"]);
    ascending("Hex", "1.0.0 18446744073709551616.0.0");
}

#[test]
fn go_modules() {
    ascending(
        "Go",
        "v0.0.0-20200101000000-abcdefabcdef v0.0.0-20210101000000-000000000000 v0.0.0 v1.2.3-pre \
         v1.2.3-pre.0.20210101000000-abcdefabcdef v1.2.3 v1.2.4-0.20210101000000-abcdefabcdef v1.2.4",
    );
    equal("Go", "v2.0.0+incompatible 2.0.0 v2 v2.0");
    undecided("Go", &["(devel)", "v2-pre", "v1.2.3.4", "latest", "go1.21"]);
}

#[test]
fn dart_counts_builds_and_julia_bounds() {
    ascending("Pub", "1.0.0-a 1.0.0-a+1 1.0.0 1.0.0+1 1.0.0+2 1.0.0+10 1.0.0+a 1.0.0+a.1 1.0.1");
    ascending("Julia", "1.0.0- 1.0.0-1 1.0.0-a 1.0.0-a.1 1.0.0 1.0.0+1 1.0.0+a 1.0.0+ 1.0.1");
    equal("Julia", "1 1.0 v1.0.0 V1");
    equal("Julia", "1.0rc1 1.0.0-rc1");
    undecided("Julia", &["1.0.0.0", "1.0-.a", "x", "1.0-+1"]);
}

#[test]
fn python() {
    ascending(
        "PyPI",
        "1.0.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 \
         1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 \
         1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1!0.1",
    );
    equal("PyPI", "1.0 1 1.0.0 v1.0 01.0 0!1.0");
    equal("PyPI", "1.0a1 1.0.alpha1 1.0-ALPHA.1 1.0_a1");
    equal("PyPI", "1.0c1 1.0rc1 1.0pre1 1.0.preview1");
    equal("PyPI", "1.0.post1 1.0-1 1.0rev1 1.0-r1");
    equal("PyPI", "1.0+a.1 1.0+A_1 1.0+a-01");
    undecided(
        "PyPI",
        &["1.0-final", "trunk", "1.0.*", "1.0+", "1.0+a..b", "1.0x", "2013-01-21T20:33"],
    );
}

#[test]
fn maven() {
    ascending(
        "Maven",
        "1-alpha 1-alpha-1 1-alpha2 1-beta 1-milestone 1-rc 1-snapshot 1 1-sp 1-abc 1-xyz 1-1 1-2 \
         1-123 1.0.1 1.1 1.2 1.10 2-alpha 2",
    );
    equal("Maven", "1 1.0 1.0.0 1-0 1.ga 1-final 1.0-GA 1.RELEASE 1- 1.");
    equal("Maven", "1-a1 1-alpha-1 1a1 1.0.0-A1");
    equal("Maven", "1-rc1 1-cr1 1-CR-1");
    equal("Maven", "1.0.0-foo.0.0 1-foo 1foo");
    // Qualifiers behind a dot compare and have no key: see ADR 10.
    ascending("Maven", "4.0.0.Beta1 4.0.0.CR1 4.0.0 4.0.0.x 4.0.1");
    undecided("Maven", &["", "1 0", "1\t0"]);
}

#[test]
fn ruby() {
    ascending(
        "RubyGems",
        "1.0.0.alpha 1.0.0.b1 1.0.0.b2 1.0.0.rc1 1.0.0 1.0.0.1.a 1.0.0.1 1.0.1 1.10",
    );
    equal("RubyGems", "1 1.0 1.0.0");
    equal("RubyGems", "1.0.a 1.a 1.0.a.0");
    equal("RubyGems", "1.0-1 1.0.pre.1");
    ascending("RubyGems", "1.a.b 1.a.0.b 1.a 1.a.0.0.1 1.a.0.1 1.a.1");
    undecided("RubyGems", &["", "a", "1..0", "1.0.", "1_0", "~> 1.0"]);
}

#[test]
fn nuget() {
    ascending(
        "NuGet",
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.10 1.0.0-beta 1.0.0 1.0.0.1-a 1.0.0.1 1.0.1",
    );
    equal("NuGet", "1 1.0 1.0.0 1.0.0.0 01.0.0 1.0+meta");
    equal("NuGet", "1.0.0-BETA 1.0-beta 1.0.0-Beta+x");
    // Beyond 32 bits a label is a text.
    ascending("NuGet", "1.0.0-2147483647 1.0.0-10000000000 1.0.0-9999999999");
    undecided("NuGet", &["", "1.0.0.0.0", "v1.0", "1.x", "1.0-", "1.0-a..b"]);
}

#[test]
fn packagist() {
    ascending(
        "Packagist",
        "1.0.0-dev 1.0.0-alpha 1.0.0-alpha1 1.0.0-beta1-dev 1.0.0-beta1 1.0.0-RC1 1.0.0 1.0.0-p1 \
         1.0.0-patch2 1.0.0.1 1.0.1 1.x-dev 2.0 2010.01.02 2010-01-03 201903.0",
    );
    equal("Packagist", "1 1.0 v1.0.0 1.0.0.0 1.0.0+build 1.0.0-stable 1.0.0@dev");
    equal("Packagist", "1.0b2 1.0-beta.2 1.0.0.0-BETA2");
    equal("Packagist", "1.x-dev 1.9999999.9999999.9999999-dev");
    undecided(
        "Packagist",
        &["", "dev-master", "dev-1.0", "master", "1.0 as 2.0", "1.0-foo", "x-dev"],
    );
}

#[test]
fn debian_alpine_and_rpm() {
    ascending(
        "Debian",
        "1.0~~ 1.0~~a 1.0~ 1.0~rc1 1.0 1.0-1~bpo1 1.0-1 1.0-1+b1 1.0a 1.0+dfsg 1.0.1 1.10 1:0.1 2:0",
    );
    equal("Debian", "1.0 0:1.0 1.0-0 00:1.00");
    undecided("Debian", &["", ":1", "a:1", "1.0-", "1_0", "1 0", "2147483648:1"]);
    ascending(
        "Alpine",
        "1.0_alpha 1.0_alpha1 1.0_beta 1.0_pre 1.0_rc1 1.0 1.0-r1 1.0_cvs 1.0_svn 1.0_git 1.0_hg \
         1.0_p 1.0_p1 1.0a 1.0b 1.0.1 1.1 1.10",
    );
    equal("Alpine", "1.0-r01 1.0-r1");
    ascending("Alpine", "1.01 1.1 1.2");
    undecided("Alpine", &["", "foo", "v1.0", "-r1"]);
    ascending("Red Hat", "1.0~rc1 1.0~rc1^git 1.0 1.0-1 1.0^git1 1.0^git2 1.0a 1.0.1 1.10 1:0.1");
    ascending("rpm", "1.0-1.el7 1.0-1.el8 1.0-2.el7 1.0-10");
    equal("rpm", "1.0 1_0 0:1.0 1..0 1.00");
    undecided("rpm", &["", "1.0 1"]);
}

#[test]
fn r_haskell_and_the_types_of_vers() {
    ascending("CRAN", "0.9 0.75 1.0 1.0.0 1.0-1 1.0.2 1.10");
    equal("CRAN", "1.0-1 1.0.1 1-0-1 01.0.1");
    undecided("CRAN", &["", "1.0a", "1..0", "1.0-"]);
    ascending("Hackage", "0.1 0.1.0 0.1.0.0 0.1.1 0.2 0.10 1");
    undecided("Hackage", &["", "1.0-1", "1.0a", "1."]);
    equal("intdot", "1 1.0 1.0.0");
    ascending(
        "gentoo",
        "1_alpha 1_alpha1 1_beta 1_pre 1_rc 1 1-r1 1_p 1_p1 1a 1.0 1.001 1.01 1.1 1.10",
    );
    ascending("openssl", "0.9.8 0.9.8a 0.9.8z 0.9.8za 1.0.2-beta1 1.0.2 1.0.2a 3.0.0-alpha1 3.0.0");
    ascending("conan", "1.0-alpha 1.0-pre 1.0 1.0+1 1.0.1 1.1 1.a 2");
    equal("conan", "1 1.0 1.0.0");
    ascending("alpm", "1.0a 1.0alpha 1.0b 1.0rc 1.0 1.0.a 1.0.1 1:0.1");
    ascending(
        "datetime",
        "0000-01-01T00:00:00+23:59 1970-01-01T00:00:00Z 2024-02-29T12:00:00.5+02:00 \
         2024-02-29T10:00:00.51Z 2024-03-01T00:00:00Z",
    );
    undecided("datetime", &["2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01t00:00:00z"]);
    ascending("lexicographic", "1 10 2 a ß 漏");
}

#[test]
fn hostile_versions_are_undecided_or_bounded() {
    let huge = "9".repeat(1 << 20);
    let many = "1.".repeat(1 << 19);
    let deep = "1-".repeat(1 << 11);
    for ecosystem in Ecosystem::all() {
        for version in ["\0", "1.0\0", "1.0\n", "\u{7f}", &huge, &many] {
            assert_eq!(ecosystem.order(version, version), None, "{ecosystem}");
            assert_eq!(ecosystem.key(version), None, "{ecosystem}");
        }
        let order = ecosystem.order(&deep, &deep[..4000]);
        assert_eq!(order.is_some(), ecosystem.explains(&deep) && ecosystem.explains(&deep[..4000]));
        let digits = &huge[..4000];
        if ecosystem.explains(digits) {
            let order = ecosystem.order(digits, &huge[..3999]);
            assert_eq!(order, Some(Ordering::Greater), "{ecosystem}");
        }
    }
}

#[test]
fn names_are_those_of_osv_and_of_vers_in_any_case() {
    let order = |name: &str| Ecosystem::of(name).expect("known");
    assert_eq!(order("Debian:12"), order("deb"));
    assert_eq!(order("Root:Alpine:3.18"), Ecosystem::Alpine);
    assert_eq!(order("MAVEN"), Ecosystem::Maven);
    assert_eq!(order("Red Hat:rhel_aus:8.4::appstream"), Ecosystem::Rpm);
    for unknown in ["", "OSS-Fuzz", "Android", "Root", "Mavens"] {
        assert!(Ecosystem::of(unknown).is_err(), "{unknown}");
    }
    for ecosystem in Ecosystem::all() {
        assert_eq!(order(ecosystem.vers_type()), ecosystem);
    }
}
