obligation-superseded = superseded
obligation-not-applicable = not applicable
obligation-satisfied = met
obligation-satisfied-late = met late
obligation-waiting = waits for an event
obligation-late-at-birth = late when learned of
obligation-overdue = overdue
obligation-needs-decision = needs a decision
obligation-due-soon = due soon
obligation-open = open
obligation-house-target = house target, not law
obligation-norm = norm, not law
obligation-until = strict, until
obligation-until-house = house target, until
obligation-left = { $span }
obligation-past = { $span } past
obligation-burn = { $percent } % of the window is used
obligation-nobody = nobody
obligation-you = (you)
obligation-acknowledged = answered
obligation-not-acknowledged = has not answered yet
obligation-next = then { $people }, in { $span }
obligation-next-now = now telling { $people }
obligation-no-chain = nobody: the chain is empty
obligation-list-separator = ,{ " " }
obligation-chain = Who was told, and who is next
obligation-told = told
obligation-told-earlier =
    { $count ->
        [one] { $count } telling before
       *[other] { $count } tellings before
    }
obligation-then = next,
obligation-rung-day =
    { $day ->
        [one] day { $day }
       *[other] day { $day }
    }
obligation-rung-review =
    { $count ->
        [one] look { $count }, no date yet
       *[other] look { $count }, no date yet
    }
obligation-owed-to = owed to { $authority }
obligation-claim = Take it
obligation-acknowledge = I answer for it
obligation-release = Give it up
obligation-release-why = Why you give it up
obligation-assign = Assign
obligation-assign-to = To whom
obligation-escalate = Escalate
obligation-escalate-why = Why you do not wait for the next rung
obligation-rung-escalated = escalated by hand
obligation-draft = Draft and submit
obligation-runs-from = Clock starts
obligation-strict = Strict deadline
obligation-outer = Latest defensible reading
obligation-outer-why = shown to explain; alarms do not wait for it
obligation-held-by = Held by
obligation-form = Form
obligation-form-complete = { $filled } of { $required } required fields are filled in
obligation-form-missing = missing: { $fields }
obligation-provisional = Runs provisionally until this is decided:
obligation-after-strict = after the strict deadline, within the latest reading
obligation-why = Why
obligation-quote-source = Source
obligation-reading = Reading in use
obligation-version = version in force since { $day }
obligation-no-date = no date: it runs from an event that has not happened
obligation-no-target = no date: the law names none, and the house has set no target
obligation-chain-empty = the chain is empty: nobody would be told
obligation-told-people = told { $people }
obligation-rung-percent = { $percent } %
obligation-in-brackets = ({ $words })
