exposure-title = What exposes us
exposure-vulnerabilities = Vulnerabilities
exposure-products = Products
exposure-components = Components
exposure-advisories = Advisories
exposure-rules = What opens a case
exposure-exposures = Exposures
exposure-under-investigation = under investigation
exposure-affected = affected
exposure-not-affected = not affected
exposure-fixed = fixed
exposure-none = no exposure known
exposure-undecided =
    { $count ->
        [one] one that no source can tell
       *[other] { $shown } that no source can tell
    }
exposure-said-affected = the source says: affected
exposure-said-undecided = undecided: the source cannot tell
exposure-said-not-affected = the source says: not affected
exposure-component-not-present = The component is not in it
exposure-code-not-present = The vulnerable code is not in it
exposure-code-not-in-path = The vulnerable code is never run
exposure-code-not-controlled = No attacker can reach the vulnerable code
exposure-mitigated = What is built in already prevents it
exposure-basis-package = They met by the package’s own name.
exposure-basis-ancestor = They met by the package that this one was made from: lower confidence, a fork may have mended it.
exposure-basis-cpe = They met by a CPE name: lower confidence, it often means more or less than one package.
exposure-level-critical = critical
exposure-level-high = high
exposure-level-medium = medium
exposure-level-low = low
exposure-level-none = none
exposure-kev = exploited, in KEV since { $day }
exposure-kev-ransomware = exploited, also by ransomware, in KEV since { $day }
exposure-epss = exploited within 30 days with { $percent } % (EPSS; higher than { $percentile } % of all)
exposure-nobody = nobody
exposure-search = Search
exposure-search-clear = Show all
exposure-filter = Filter
exposure-all = all
exposure-next = Next page
exposure-reason = Reason
exposure-since = since
exposure-decided-by = decided by
exposure-case = Case
exposure-choose = Choose
