law-list-title = Laws
law-list-below = What this node computes with: each law as data, with its article, its dates and its source.
law-not-advice = An engineering reading of the law, not legal advice. Each answer shows its article; ask counsel where it matters.
law-place-cn = China
law-place-eu = European Union
law-place-global = Norms, not law
law-provisions =
    { $count ->
        [one] one provision
       *[other] { $count } provisions
    }
law-primary = compared with the text itself
law-secondary = from a secondary source
law-unverified = unverified { $share }
law-zone = authority’s zone
law-provisions-title = Provisions
law-owed-by = Obliges
law-arises-on = Arises on
law-runs-from = Clock runs from
law-hard = clock of law
law-standing = standing duty
law-prohibition = prohibition
law-permission = permission
law-versions = Versions
law-from = from { $day }
law-until = until { $day }
law-proposed = proposed, not law
law-proposed-from = proposed, to apply from { $day }
law-where = where { $condition }
law-reading = reading
law-readings = Readings
law-forms = Forms
law-cases = Worked cases
law-cases-why = Facts and what must come out of them, computed by hand and tried at every change.
law-roles = Roles
law-owed-internal = ourselves
law-owed-users = the users
law-owed-public = the public
law-zone-of-member-state = of the Member State
law-submitted = the submission: { $title }
law-place-us = United States
law-place-us-ny = New York
law-place-uk = United Kingdom
law-place-au = Australia
law-place-hk = Hong Kong
law-place-in = India
law-place-jp = Japan
law-place-kr = Korea
law-place-sg = Singapore
law-place-tw = Taiwan
law-to-map = What we owe
law-filter-place = Jurisdiction
law-filter-kind = Kind
law-filter-law = law
law-filter-norm = norm, not law
law-filter-proposed = has a proposal
law-filter-occasion = Occasion
law-for-vulnerability = for a vulnerability
law-for-incident = for an incident
law-filter-confidence = Confidence
law-filter-unverified = unverified
law-filter-all = all
law-filter-words = Words
law-filter-go = Filter
law-filter-clear = Show all
law-filter-none = No law fits these filters.
law-filter-hidden =
    { $count ->
        [one] One law is left out by the filters.
       *[other] { $count } laws are left out by the filters.
    }
law-text-none = No text is quoted for this provision; the source has it.
law-text-own = The law’s own words, with notes
law-text-other = In another language: a paraphrase without force
law-text-about = About the text: where it is from, and how far it can be trusted
law-contents = Provisions of this law
law-when-past = past
law-when-now = in force
law-when-coming = later
law-adopted = adopted { $day }
law-table =
    { $count ->
        [one] Table of one row
       *[other] Table of { $count } rows
    }
law-variants =
    { $count ->
        [one] Another count for some
       *[other] { $count } other counts for some
    }
law-no-date = no date
law-no-day = no day is named
law-reading-also = Another reading, for the argument alone:
law-case-facts = Facts
law-case-now = asked at this instant
law-case-expects = What must come out
law-case-undecided = undecided
law-expect-absent = not owed
law-expect-arises = owed
law-expect-not-foreseen = not foreseen
law-expect-provisional = provisional
law-expect-not-provisional = not provisional
law-expect-after-strict = met after the strict deadline
law-expect-not-after-strict = met within the strict deadline
law-ours = Our organization, today:
law-ours-owed = owed, as soon as it arises.
law-ours-foreseen = not owed yet, and known to come.
law-ours-not-owed = not owed.
law-provisional-on = Provisionally on
law-unless = { $kind } (unless { $unless })
law-awareness-strict = Steps of awareness that count strictly
law-awareness-outer = Steps of awareness at the latest reading
law-arises-after = Only after
law-anchor = Of several facts
law-anchor-last = the last counts
law-anchor-each = each gives an obligation of its own
law-measured-known = counted from when it was learned of
law-when = Only where
law-allowed-when = Lifted where
law-met-by = Also met by
law-form = Form
law-extended-under = Extension under
law-keep = Kept at least
law-chain-before = Hangs on
law-chain-after = Then follows
law-supersedes = Takes the place of
law-superseded-by = Its place is taken by
law-changes = Changes, and who acknowledged them
law-changes-none = No change of this law has come through our house.
law-changes-next = Older changes
law-changes-not-routed = It was put before no department yet.
law-changes-owed = Still owed by
