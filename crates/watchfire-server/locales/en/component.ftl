component-below = Everything that contains a package, version by version.
component-package = Package
component-package-help = Ecosystem and name, such as `maven/org.apache.logging.log4j:log4j-core`, a package URL, or a part of a name.
component-ask = Ask for a package: which releases contain it, and what is known of it?
component-none = No release contains such a package, as far as the SBOMs say.
component-none-why = A release without an SBOM can contain it all the same: such holes are shown under Products.
component-similar = Packages with such a name
component-in-releases =
    { $count ->
        [one] One release contains it
       *[other] { $shown } releases contain it
    }
component-more-releases =
    { $count ->
        [one] and one more
       *[other] and { $shown } more
    }
component-every-version = Every version
component-known = Known vulnerabilities
component-known-none = No advisory that is known speaks of it.
