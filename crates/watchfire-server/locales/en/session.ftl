session-title = Sign in
session-login = Name
session-password = Password
session-no-account = You need no account to
session-first = First start
session-first-why = Nobody has an account yet. Make the first administrator on the node’s own machine:
session-failed = Name and password do not belong together
session-failed-hint = Both are compared exactly. After several tries from one place you have to wait a little.
