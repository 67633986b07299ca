notice-bare-subject = Something in Watchfire wants you
notice-bare-text = Something in Watchfire wants you now. It is confidential, so this message says no more. Sign in to see it:
notice-test-subject = Test notice from Watchfire
notice-test-text = This is the test notice that was asked for. Notices reach you here.
notice-trouble-subject = Watchfire cannot do its work by itself
notice-trouble-text =
    Watchfire cannot do part of its work by itself and needs a person: { $row }
    Look at the log of the node and run `watchfire doctor`. The open clocks are here:
notice-rung = A clock has run to the point where you are told.
notice-not-acknowledged = The person who holds this obligation was told and has not answered.
notice-assigned = You were given this obligation. Please say that you answer for it.
notice-question = A question on which this clock hangs has no answer yet. Until somebody answers it, the clock runs provisionally.
notice-escalated = Somebody did not wait for the next rung and asks for you. Why stands in the timeline of the case.
notice-let-in = A rung reached somebody of the chain who took no part in this case, and let them in. Who stands in the timeline of the case.
notice-question-subject = { $provision }: a question waits
notice-question-open = Undecided: { $question } To be answered by { $due } (house target).
notice-conflict = Duties of this case collide, and nobody has decided what to do. Every clock of law goes on, before the decision and after it.
notice-conflict-subject = { $provision }: duties collide, and somebody has to decide
notice-conflict-open = What collides: { $conflict }. { $asks }
notice-due-subject = { $provision }: the clock is running
notice-overdue-subject = { $provision }: overdue
notice-undated-subject = { $provision }: open, without a date yet
notice-case = Case: { $title } ({ $id })
notice-law = Owed under: { $provision }, { $cites }
notice-due = Strict deadline: { $due }
notice-no-date = Strict deadline: none yet; it runs from an event that has not happened
notice-held = Somebody holds it.
notice-gap = Nobody holds it. Anybody who sees the case may take it.

notice-law-subject = A change of law for your department: { $title }
notice-law-review-subject = A change of law waits for somebody: { $title }
notice-law-acknowledge = A change of law was put before a department, and is not acknowledged: { $title }.
notice-law-review = A change of law was proposed, and nobody has agreed what it means: { $title }.
notice-law-owed = { $department } acknowledges by { $due }.
notice-law-used = It is used from { $at } on.
