-- Open clocks that hang on a question, by when it should be answered.
CREATE INDEX obligations_undecided ON obligations (decision_due, id)
    WHERE is_open AND provisional AND decision_due IS NOT NULL;
