//! What a page says when an act is refused, in the reader's words.

use super::instant::InstantProblem;
use super::reader::{Problem, Reader};
use crate::error::Problem as Refused;
use crate::locale::Language;

/// The words for each stable code that a page can show; the same codes as the API's.
const WORDS: [(&str, &str, &str); 103] = [
    ("request_malformed", "refusal-malformed", "refusal-malformed-hint"),
    ("not_signed_in", "refusal-not-signed-in", "refusal-not-signed-in-hint"),
    ("token_invalid", "refusal-not-signed-in", "refusal-not-signed-in-hint"),
    ("login_failed", "refusal-password-wrong", "refusal-password-wrong-hint"),
    ("duty_missing", "refusal-duty-missing", "refusal-duty-missing-hint"),
    ("origin_foreign", "refusal-origin-foreign", "refusal-origin-foreign-hint"),
    ("not_found", "shell-not-found", "shell-not-found-why"),
    ("method_not_allowed", "refusal-malformed", "refusal-malformed-hint"),
    ("taken", "refusal-taken", "refusal-taken-hint"),
    ("conflict", "refusal-conflict", "refusal-look-again"),
    ("fact_taken", "refusal-fact-taken", "refusal-look-again"),
    ("fact_retracted", "refusal-fact-retracted", "refusal-fact-retracted-hint"),
    ("obligation_not_owed", "refusal-not-owed", "refusal-not-owed-hint"),
    ("obligation_held", "refusal-held", "refusal-held-hint"),
    ("obligation_not_held", "refusal-not-held", "refusal-not-held-hint"),
    ("chain_empty", "refusal-chain-empty", "refusal-chain-empty-hint"),
    ("embargo_active", "refusal-embargo-active", "refusal-embargo-active-hint"),
    ("embargo_none", "refusal-embargo-none", "refusal-look-again"),
    ("embargo_exited", "refusal-embargo-exited", "refusal-embargo-exited-hint"),
    ("participant_last", "refusal-participant-last", "refusal-participant-hint"),
    ("amendment_dropped", "refusal-law-dropped", "refusal-look-again"),
    ("amendment_in_use", "refusal-law-in-use", "refusal-law-in-use-hint"),
    ("amendment_agreed", "refusal-law-agreed", "refusal-look-again"),
    ("amendment_not_interpreted", "refusal-law-not-interpreted", "refusal-look-again"),
    ("amendment_same_person", "refusal-law-same-person", "refusal-law-same-person-hint"),
    ("amendment_not_the_proposer", "refusal-law-proposer", "refusal-law-proposer-hint"),
    ("amendment_changes_nothing", "refusal-law-nothing", "refusal-law-nothing-hint"),
    ("acknowledgement_unknown", "refusal-law-not-routed", "refusal-look-again"),
    ("acknowledgement_given", "refusal-law-given", "refusal-look-again"),
    ("acknowledgement_held", "refusal-law-held", "refusal-law-held-hint"),
    ("acknowledgement_not_held", "refusal-law-not-held", "refusal-law-not-held-hint"),
    ("department_closed", "refusal-department-closed", "refusal-look-again"),
    ("reading_laxer", "refusal-reading-laxer", "refusal-reading-hint"),
    ("reading_same", "refusal-reading-same", "refusal-reading-hint"),
    ("reading_not_stricter", "refusal-reading-not-stricter", "refusal-reading-shorter-hint"),
    ("reading_past", "refusal-reading-past", "refusal-reading-past-hint"),
    ("reading_without_clock", "refusal-reading-without-clock", "refusal-provision-hint"),
    ("provision_unknown", "refusal-provision", "refusal-provision-hint"),
    ("reading_uncountable", "refusal-reading-uncountable", "refusal-reading-uncountable-hint"),
    ("bundle_replayed", "refusal-bundle-replayed", "refusal-bundle-hint"),
    ("law_invalid", "refusal-law-invalid", "refusal-law-invalid-hint"),
    ("bundle_malformed", "refusal-bundle-malformed", "refusal-bundle-hint"),
    ("bundle_too_large", "refusal-bundle-too-large", "refusal-bundle-hint"),
    ("bundle_cut_off", "refusal-bundle-cut-off", "refusal-bundle-hint"),
    ("bundle_tampered", "refusal-bundle-tampered", "refusal-bundle-hint"),
    ("bundle_key_unknown", "refusal-bundle-key", "refusal-bundle-key-hint"),
    ("bundle_signature_invalid", "refusal-bundle-signature", "refusal-bundle-hint"),
    ("bundle_path_invalid", "refusal-bundle-path", "refusal-bundle-hint"),
    ("amendment_unrouted", "refusal-law-unrouted", "refusal-law-unrouted-hint"),
    ("department_unknown", "refusal-department-unknown", "refusal-look-again"),
    ("language_missing", "refusal-language", "refusal-language-hint"),
    ("concern_unknown", "refusal-concern", "refusal-concern-hint"),
    ("concerns_too_many", "refusal-concerns", "refusal-too-large-hint"),
    ("product_invalid", "refusal-product", "refusal-text-length-hint"),
    ("body_too_large", "refusal-too-large", "refusal-too-large-hint"),
    ("media_type_unsupported", "refusal-malformed", "refusal-malformed-hint"),
    ("field_invalid", "refusal-field", "refusal-field-hint"),
    ("too_large", "refusal-too-large", "refusal-too-large-hint"),
    ("text_length", "refusal-text-length", "refusal-text-length-hint"),
    ("fact_invalid", "refusal-fact-invalid", "refusal-fact-invalid-hint"),
    ("fact_unknown", "refusal-fact-unknown", "refusal-look-again"),
    ("known_in_future", "refusal-known-in-future", "refusal-known-in-future-hint"),
    ("obligation_unknown", "refusal-obligation-unknown", "refusal-look-again"),
    ("participant_unknown", "refusal-participant-unknown", "refusal-participant-add-hint"),
    ("submission_incomplete", "refusal-incomplete", "refusal-incomplete-hint"),
    ("gate_closed", "refusal-gate", "refusal-gate-hint"),
    ("conflict_unknown", "refusal-conflict-unknown", "refusal-look-again"),
    ("choice_unknown", "refusal-choice-unknown", "refusal-look-again"),
    ("field_value", "refusal-field-value", "refusal-field-value-hint"),
    ("submission_empty", "refusal-submission-empty", "refusal-look-again"),
    ("case_full", "refusal-case-full", "refusal-case-full-hint"),
    ("role_unknown", "refusal-role", "refusal-look-again"),
    ("attribute_invalid", "refusal-attribute", "refusal-field-hint"),
    ("inquiry_empty", "refusal-inquiry-empty", "refusal-inquiry-empty-hint"),
    ("answer_invalid", "inquiry-contradicts", "inquiry-contradicts-hint"),
    ("name_invalid", "refusal-name", "refusal-text-length-hint"),
    ("login_invalid", "refusal-login", "party-login-help"),
    ("password_length", "refusal-password-length", "party-password-help"),
    ("retired", "refusal-retired", "refusal-look-again"),
    ("sbom_attached", "refusal-sbom-attached", "refusal-sbom-attached-hint"),
    ("country_invalid", "refusal-country", "release-countries-help"),
    ("support_period_invalid", "refusal-support", "refusal-support-hint"),
    ("sbom_unknown", "refusal-sbom-unknown", "refusal-look-again"),
    ("sbom_refused", "release-refused-whole", "release-document-help"),
    ("releases_empty", "refusal-releases", "refusal-releases-hint"),
    ("release_not_exposed", "refusal-not-exposed", "refusal-look-again"),
    ("justification_missing", "refusal-justification", "vulnerability-justification-help"),
    ("justification_idle", "refusal-justification-idle", "vulnerability-justification-help"),
    ("nothing_to_agree", "refusal-nothing-to-agree", "refusal-look-again"),
    ("second_person_same", "refusal-second-person", "vulnerability-four-eyes"),
    ("sources_moved", "refusal-sources-moved", "refusal-sources-moved-hint"),
    ("exploited_since", "refusal-exploited-since", "refusal-sources-moved-hint"),
    ("vulnerability_merged", "refusal-merged", "refusal-look-again"),
    ("body_empty", "refusal-no-file", "refusal-no-file-hint"),
    ("rate_limited", "refusal-rate-limited", "refusal-rate-limited-hint"),
    ("internal", "refusal-internal", "refusal-internal-hint"),
    ("outcome_unknown", "refusal-unknown", "refusal-unknown-hint"),
    ("request_timeout", "refusal-unknown", "refusal-unknown-hint"),
    ("not_ready", "refusal-not-ready", "refusal-not-ready-hint"),
    ("entry_pending", "refusal-pending", "refusal-pending-hint"),
    ("overloaded", "refusal-overloaded", "refusal-rate-limited-hint"),
    ("storage_unsafe", "refusal-storage-unsafe", "refusal-internal-hint"),
    ("storage_unavailable", "refusal-storage-away", "refusal-rate-limited-hint"),
];

/// The words for a field that cannot be so, by the pointer of the problem.
const FIELDS: [(&str, &str); 18] = [
    ("/address", "refusal-address"),
    ("/component", "report-component-wrong"),
    ("/contact", "refusal-text-length"),
    ("/country", "refusal-country"),
    ("/department", "refusal-department-unknown"),
    ("/exploited_from", "advisory-exploited-wrong"),
    ("/identifiers", "refusal-identifiers"),
    ("/name", "refusal-no-file"),
    ("/owner", "refusal-owner"),
    ("/party", "refusal-party"),
    ("/reason", "refusal-text-length"),
    ("/released_on", "refusal-day"),
    ("/severity_from", "advisory-severity-wrong"),
    ("/source", "refusal-text-length"),
    ("/status", "vulnerability-status-none"),
    ("/supported_until", "refusal-day"),
    ("/text", "refusal-text-length"),
    ("/time_zone", "refusal-time-zone"),
];

/// Returns the key of the words for a stable code, if a page can show it.
pub(super) fn key(code: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _, _)| *known == code).map(|(_, message, _)| *message)
}

/// Tells a problem in the reader's words; at no input yet.
pub fn of(reader: &Reader, problem: &Refused) -> Problem {
    let (code, detail) = (problem.code(), problem.detail());
    let Some((_, message, hint)) = WORDS.iter().find(|(known, _, _)| *known == code) else {
        return Problem { message: detail.to_owned(), hint: None, input: None };
    };
    let pointer = problem.pointer().unwrap_or_default();
    let field = FIELDS.iter().find(|(known, _)| code == "field_invalid" && *known == pointer);
    let message = field.map_or(*message, |(_, message)| message);
    let message = match reader.language {
        // The article is what a person looks up; its id reads alike in every language.
        _ if code == "gate_closed" => {
            let barred: Vec<&str> = detail.split('`').filter(|it| it.contains('/')).collect();
            format!("{} {}", reader.text(message), barred.join(", "))
        }
        // Which releases they are; ids read alike in every language.
        _ if code == "sources_moved" => {
            let moved: Vec<&str> = detail.split('`').filter(|it| it.starts_with("WL-")).collect();
            format!("{} {}", reader.text(message), moved.join(", "))
        }
        _ if code == "body_too_large" && pointer == "/document" => {
            let size = detail.split('`').nth(1).and_then(|bytes| bytes.parse().ok());
            let size = [("size", size.map_or_else(String::new, size_words).into())];
            return Problem {
                message: reader.text_with("refusal-file-too-large", &size),
                hint: Some(reader.text("refusal-file-too-large-hint")),
                input: None,
            };
        }
        // What the rules say of a fact is told in English alone.
        Language::En if message == "refusal-fact-invalid" => {
            format!("{}: {detail}", reader.text(message))
        }
        _ => reader.text(message),
    };
    Problem { message, hint: Some(reader.text(hint)), input: None }
}

/// Writes how large something may be: `256 MiB`, `512 KiB`, `10 B`.
fn size_words(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let fitting =
        units.iter().find(|(shift, _)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift));
    fitting
        .map_or_else(|| format!("{bytes} B"), |(shift, unit)| format!("{} {unit}", bytes >> shift))
}

/// Tells a problem at the input of the form `form` that its pointer names.
pub fn in_form(reader: &Reader, problem: &Refused, form: &str) -> Problem {
    let input = problem.pointer().and_then(|pointer| pointer.strip_prefix('/'));
    let input = input.filter(|name| !name.is_empty()).map(|name| format!("{form}-{name}"));
    Problem { input, ..of(reader, problem) }
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

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::error::CODES;

    /// Pages send no keys.
    const API_ALONE: [&str; 3] =
        ["idempotency_key_missing", "idempotency_key_invalid", "idempotency_key_reused"];

    #[test]
    fn every_problem_is_told_in_every_language() {
        for (code, _, _) in CODES.iter().filter(|(code, _, _)| !API_ALONE.contains(code)) {
            for language in Language::ALL {
                let reader = sample::reader(language);
                let told = of(&reader, &Refused::new(code, "the detail", "the hint"));
                assert!(told.hint.is_some(), "`{code}` has no words");
                assert!(!told.message.contains('⟦'), "{code}: {}", told.message);
                let english = told.message.contains("the detail");
                assert!(!english || language == Language::En, "{code}: {}", told.message);
            }
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_told_with_the_limit_in_words() {
        let problem = |bytes: u64| {
            let detail = format!("the file has more than `{bytes}` bytes");
            Refused::new("body_too_large", detail, "x").at("/document")
        };
        for (bytes, words) in
            [(256 << 20, "256 MiB"), (1 << 30, "1 GiB"), (512 << 10, "512 KiB"), (1_000, "1000 B")]
        {
            for language in Language::ALL {
                let told = in_form(&sample::reader(language), &problem(bytes), "give");
                assert!(told.message.contains(words), "{}", told.message);
                assert_eq!(told.input.as_deref(), Some("give-document"));
            }
        }
    }

    #[test]
    fn a_problem_is_told_at_the_input_that_it_names() {
        let reader = sample::reader(Language::En);
        let told = in_form(&reader, &Refused::field("/party", "nobody"), "add");
        assert_eq!(told.input.as_deref(), Some("add-party"));
        assert_eq!(told.message, Language::En.text("refusal-party"));
        let whole = in_form(&reader, &Refused::new("conflict", "x", "y"), "add");
        assert_eq!(whole.input, None);
    }
}
