product-done-retired = Retired
product-holes-title = Releases without an SBOM
product-no-hole = Every release has an SBOM.
product-identifiers = What others call it
product-identifiers-help = Package URLs and CPE names by which statements of others may mean it, one in each line.
product-list-below = What we make or run, who answers for it, and what is known of its releases.
product-search = Name of a product
product-none-yet = There is no product yet. Add the first one below; then give it a release, and the release its SBOM.
product-none-and-no-right = There is no product yet. Whoever administers the inventory adds the first one.
product-none-found = No product has such a name.
product-retired = retired
product-releases =
    { $count ->
        [one] one release
       *[other] { $shown } releases
    }
product-holes =
    { $count ->
        [one] one release without an SBOM
       *[other] { $shown } releases without an SBOM
    }
product-add = Add a product
product-change = Change the product
product-name = Name
product-owner = Owner
product-owner-help = Answers for every release that has no owner of its own, and for each that has no SBOM.
product-department = Department
product-no-department = none
product-facing = Reachable from the internet
product-facing-help = A rule may open a case only for what the internet can reach; what nobody knows counts as reachable.
product-facing-yes = faces the internet
product-facing-no = does not face the internet
product-facing-unknown = nobody has said whether it faces the internet
product-description = Description
product-releases-title = Releases
product-no-release = It has no release yet. Without one nothing can be known of it.
product-not-all-known = Of releases without an SBOM nothing can be known.
product-retire = Retire the product
product-retire-help = Nothing is looked for in it any more; what was recorded stays.
product-exposed-to = what exposes it
