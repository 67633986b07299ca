//! What a page says when an act is refused, in the reader's words.

use super::instant::InstantProblem;
use super::reader::{Problem, Reader};

/// The words for each stable code; the same codes as the API's.
const WORDS: [(&str, &str, &str); 22] = [
    ("fact_invalid", "refusal-fact-invalid", "refusal-fact-invalid-hint"),
    ("fact_taken", "refusal-fact-taken", "refusal-look-again"),
    ("fact_unknown", "refusal-fact-unknown", "refusal-look-again"),
    ("fact_retracted", "refusal-fact-retracted", "refusal-fact-retracted-hint"),
    ("known_in_future", "refusal-known-in-future", "refusal-known-in-future-hint"),
    ("obligation_unknown", "refusal-obligation-unknown", "refusal-look-again"),
    ("obligation_not_owed", "refusal-not-owed", "refusal-not-owed-hint"),
    ("obligation_held", "refusal-held", "refusal-held-hint"),
    ("obligation_not_held", "refusal-not-held", "refusal-not-held-hint"),
    ("embargo_active", "refusal-embargo-active", "refusal-embargo-active-hint"),
    ("embargo_none", "refusal-embargo-none", "refusal-look-again"),
    ("embargo_exited", "refusal-embargo-exited", "refusal-embargo-exited-hint"),
    ("participant_unknown", "refusal-participant-unknown", "refusal-participant-hint"),
    ("participant_last", "refusal-participant-last", "refusal-participant-hint"),
    ("text_length", "refusal-text-length", "refusal-text-length-hint"),
    ("submission_incomplete", "refusal-incomplete", "refusal-incomplete-hint"),
    ("case_full", "refusal-case-full", "refusal-case-full-hint"),
    ("submission_empty", "refusal-submission-empty", "refusal-look-again"),
    ("conflict", "refusal-conflict", "refusal-look-again"),
    ("rate_limited", "refusal-rate-limited", "refusal-rate-limited-hint"),
    ("duty_missing", "refusal-duty-missing", "refusal-duty-missing-hint"),
    ("origin_foreign", "refusal-origin-foreign", "refusal-origin-foreign-hint"),
];

/// Tells the refusal of `code`; `detail` is shown as it is where there are no words for the code.
pub fn problem(reader: &Reader, code: &str, detail: &str) -> Problem {
    let Some((_, message, hint)) = WORDS.iter().find(|(known, _, _)| *known == code) else {
        return Problem { message: detail.to_owned(), hint: None, input: None };
    };
    Problem {
        message: reader.text_with(message, &[("detail", detail.to_owned().into())]),
        hint: Some(reader.text(hint)),
        input: None,
    }
}

/// Tells why a typed instant cannot be taken, with the id of its input.
pub fn instant(reader: &Reader, problem: &InstantProblem, input: &str) -> Problem {
    let message = match problem {
        InstantProblem::Empty => reader.text("refusal-instant-empty"),
        InstantProblem::Unreadable => reader.text("refusal-instant-unreadable"),
        InstantProblem::UnknownZone(zone) => {
            reader.text_with("refusal-instant-zone", &[("zone", zone.clone().into())])
        }
        InstantProblem::OneOfTwo { twice: true, .. } => reader.text("refusal-instant-twice"),
        InstantProblem::OneOfTwo { twice: false, .. } => reader.text("refusal-instant-never"),
    };
    Problem { message, hint: Some(reader.text("fact-instant-help")), input: Some(input.to_owned()) }
}
