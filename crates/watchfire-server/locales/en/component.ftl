component-below = Everything that contains a package, version by version, and what of it exposes us.
component-package-help = The beginning of a name such as `log4j`, a package URL such as `pkg:maven/org.apache.logging.log4j/log4j-core`, or ecosystem and name such as `maven/org.apache.logging.log4j:log4j-core`.
component-wrong = This is no package: write pkg:TYPE/NAME, or at least two letters of its name
component-known = What of it exposes us
component-known-none = No advisory that is known exposes us by it.
component-known-more =
    { $count ->
        [one] and one more
       *[other] and { $shown } more
    }
component-package = Package
component-ask = Ask for a package: which releases contain it, and what is known of it?
component-none = No release contains such a package, as far as the SBOMs say.
component-none-why = A release without an SBOM can contain it all the same: such holes are shown under Products.
component-more-releases =
    { $count ->
        [one] and one more
       *[other] and { $shown } more
    }
component-every-version = Every version
component-named = Packages whose names begin so
component-named-more = There are more. Type more of the name.
