release-older = Older SBOMs
release-attached = Attached
release-done-attached = The SBOM is attached; what is advised is asked about it
release-done-detached = The SBOM is detached
release-refused = The document is no SBOM that can be read: { $place }
release-refused-whole = The document is no SBOM that can be read
release-serial = Its own name
release-told = Everything that was skipped or is a problem, with its place
release-skipped-title = Skipped
release-problems-title = Not as its standard wants it
release-erased = The bytes of this document were erased; what was counted when it was attached stays.
release-beside = It counts
release-beside-no = instead of what is attached
release-beside-yes = beside what is attached: the release is made of both
release-add = Add a release
release-change = Change the release
release-retire = Retire the release
release-version = Version
release-version-help = As its users read it, such as 7.2.1.
release-released-on = Released on
release-supported-until = Supported until
release-unsupported = no longer supported
release-countries = Sold in
release-countries-help = Two letters each, such as CN DE FR; empty where it is not known.
release-no-country = nobody has said
release-no-day = nobody has said
release-owner-help = Only where it is another than the product’s.
release-owner-of-product = as for the product
release-sbom = SBOM
release-hole = no SBOM
release-hole-of = { $name } must bring it
release-hole-of-nobody = nobody answers for it
release-hole-why = Nobody can say what this release contains, and so no advisory finds it. Attach its SBOM to close the hole.
release-components =
    { $count ->
        [one] one component
       *[other] { $shown } components
    }
release-unnamed =
    { $count ->
        [one] One component has no name that an advisory could mean; nothing can be known of it.
       *[other] { $shown } components have no name that an advisory could mean; nothing can be known of them.
    }
release-made = Made
release-tools = Made by
release-skipped =
    { $count ->
        [one] One thing was skipped
       *[other] { $shown } things were skipped
    }
release-skipped-none = Nothing was skipped.
release-problems =
    { $count ->
        [one] One thing is not as its standard wants it
       *[other] { $shown } things are not as its standard wants them
    }
release-problems-none = It is as its standard wants it.
release-attach = Attach an SBOM
release-attach-newer = Attach a newer SBOM
release-document = SBOM document
release-document-help = CycloneDX or SPDX, also packed with gzip or xz. Its content says what it is, not its name.
release-detach = Detach this SBOM
release-detach-help = It no longer counts; that it was attached stays recorded. The one before it counts again.
release-exposed-none = No advisory that is known speaks of anything in it.
release-exposed-none-so = None of its exposures stands so.
release-exposed-unknown = Nothing can be known: the release has no SBOM.
