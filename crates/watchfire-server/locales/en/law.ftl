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
