inquiry-title = Find our roles
inquiry-below = Plain questions find what the organization is by law. Each shows the articles that make it matter; what nobody knows stays undecided and is shown as such.
inquiry-begin = Begin
inquiry-begin-anew = Begin anew
inquiry-go-on = Look at the answers and go on
inquiry-recorded = Answered on { $day } by { $who }.
inquiry-recorded-by-node = the node’s operator
inquiry-other-laws = The laws in use have changed since: look whether new questions are asked.
inquiry-how = How it goes
inquiry-how-places = First, where the organization may be concerned at all; a “no” leaves out the questions of that place.
inquiry-how-unsure = “Not sure” keeps a role, marked as undecided: a role that is missing hides obligations. Anything else that nobody is sure of counts as unknown, whatever was said before.
inquiry-how-nothing-kept = Nothing is kept until an administrator records it. The address of the page holds the answers, so it can be sent to a colleague.
inquiry-places = Where are we concerned at all?
inquiry-step = Step { $at } of { $count }
inquiry-matters = Why it matters:
inquiry-matters-more =
    { $count ->
        [one] and one more article
       *[other] and { $count } more articles
    }
inquiry-defined-in = What is asked:
inquiry-yes = Yes
inquiry-no = No
inquiry-not-sure = Not sure
inquiry-not-sure-value = not sure
inquiry-open-value = (leave open)
inquiry-next = Next
inquiry-back = Back
inquiry-to-result = To the result
inquiry-contradicts = These answers cannot stand together, or cannot be read
inquiry-contradicts-hint = Change one of them here, or take back those that are left out.
inquiry-twice = “{ $question }” is answered twice, and differently
inquiry-take-back = Take back what is left out or cannot be read, and go on
inquiry-result = What the answers say
inquiry-result-below = Nothing of this is recorded yet.
inquiry-roles = What we are
inquiry-roles-none = No role was found.
inquiry-unsure = not sure
inquiry-sure = answered with yes
inquiry-change = Change
inquiry-attributes = What else the laws ask about us
inquiry-profile = What would change in the profile
inquiry-profile-same = Nothing changes in the profile.
inquiry-gained = Added
inquiry-lost = Taken away
inquiry-kept = Kept from before, since nobody has answered for them
inquiry-undecided = What stays undecided
inquiry-undecided-none = Nothing stays undecided.
inquiry-undecided-unsure = Nobody is sure whether we are
inquiry-undecided-attributes = Nobody is sure, so this counts as unknown
inquiry-undecided-open = Not answered
inquiry-undecided-unasked = No question finds these roles; somebody has to think of them
inquiry-left-out =
    { $count ->
        [one] One question was left out
       *[other] { $count } questions were left out
    }
inquiry-left-out-by = Because of “no” to: { $question }
inquiry-left-out-found = Because this has answered it: { $question }
inquiry-and = { " · " }
inquiry-unread = These answers say nothing, since no law in use asks the question, or not so:
inquiry-follows = What follows
inquiry-follows-below = What we would owe today by these roles. What hangs on a role of which nobody is sure is marked.
inquiry-follows-nothing = Nothing is owed by these roles.
inquiry-only-if-we-are = only if we are: { $roles }
inquiry-record = Record for our organization
inquiry-record-why = Roles and attributes are taken over into the profile, roles of which nobody is sure among them; an attribute of which nobody is sure becomes unknown. Who recorded which answers, and when, is kept.
inquiry-record-not-yours = Only an administrator can record this. Send the address of this page to one.
inquiry-record-sign-in = Sign in as an administrator to record this.
inquiry-done-recorded = The answers are recorded
inquiry-section = How these roles were found
inquiry-section-none = Nobody has answered the questions that find the roles.
inquiry-section-open =
    { $count ->
        [one] One question is open.
       *[other] { $count } questions are open.
    }
inquiry-choose-state = { $code } · { $name }
inquiry-answer = Answer
