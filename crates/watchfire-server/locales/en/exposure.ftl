exposure-open = open
exposure-undecided = undecided
exposure-awaiting = waits for a second person
exposure-closed = closed
exposure-decided = decided
exposure-none-open = nothing open
exposure-open-count =
    { $count ->
        [one] one exposure open
       *[other] { $shown } exposures open
    }
exposure-undecided-count =
    { $count ->
        [one] one that no source can tell
       *[other] { $shown } that no source can tell
    }
exposure-awaiting-count =
    { $count ->
        [one] one waits for a second person
       *[other] { $shown } wait for a second person
    }
exposure-exposed-count =
    { $count ->
        [one] in one release
       *[other] in { $shown } releases
    }
exposure-said-nothing = no source says so any longer
exposure-listed = exploited somewhere
exposure-listed-by = exploited somewhere ({ $list })
exposure-listed-ransomware = exploited somewhere, also for ransom ({ $list })
exposure-likelihood = exploited within 30 days with { $percent } % (EPSS, percentile { $percentile })
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
exposure-nobody = nobody
exposure-search = Search
exposure-search-clear = Show all
exposure-filter = Filter
exposure-all = all
exposure-next = Next page
exposure-reason = Reason
exposure-since = since
exposure-case = Case
exposure-choose = Choose
