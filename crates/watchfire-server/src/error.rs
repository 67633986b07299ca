//! The only place where an error becomes an HTTP answer.
//!
//! Every answer that is no success is a [`Problem`] (RFC 9457). It says what happened to which
//! thing and what to do, and nothing of the inside. A handler returns it; the outermost layer writes
//! it as JSON, since only there the request's id is known; the layer of the pages makes a page of it.

use std::num::NonZeroU64;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use watchfire_core::amendment::AmendmentRefusal;
use watchfire_core::case::Refusal;
use watchfire_core::department::DepartmentRefusal;
use watchfire_core::law::bundle::BundleError;
use watchfire_core::law::house_reading::ReadingRefusal;
use watchfire_core::law::problem::Problem as LawProblem;
use watchfire_core::party::PartyRefusal;
use watchfire_core::product::ProductRefusal;
use watchfire_core::vulnerability::TriageRefusal;
use watchfire_store::StoreError;

use crate::settings::SettingsError;

/// Every code that an answer can carry, with its status and when it is given.
///
/// Codes are stable: one may be added, none is renamed. `docs/reference/errors.md` lists them.
pub const CODES: &[(&str, u16, &str)] = &[
    ("request_malformed", 400, "The request is not what the route takes."),
    ("idempotency_key_missing", 400, "A write came without `Idempotency-Key`."),
    (
        "idempotency_key_invalid",
        400,
        "The `Idempotency-Key` is empty, too long, or not plain ASCII.",
    ),
    ("not_signed_in", 401, "The route is for people with an account."),
    ("token_invalid", 401, "The bearer token is unknown, expired or taken back."),
    ("login_failed", 401, "Name and password do not belong together."),
    ("duty_missing", 403, "The route needs a duty that the account does not have."),
    ("origin_foreign", 403, "The request comes from a page that is not ours."),
    ("not_found", 404, "There is no such thing, or none that may be known."),
    ("method_not_allowed", 405, "The route does not take this method."),
    ("idempotency_key_reused", 409, "The same `Idempotency-Key` came with another request."),
    ("taken", 409, "A name that must be unique is taken."),
    ("conflict", 409, "Others changed the same thing again and again in between."),
    ("fact_taken", 409, "Another fact of the case has this id."),
    ("fact_retracted", 409, "The fact was taken back before."),
    ("obligation_not_owed", 409, "The obligation is met, or owed no more."),
    ("obligation_held", 409, "Somebody else holds the obligation, and it is no gap."),
    ("obligation_not_held", 409, "The caller does not hold the obligation."),
    ("chain_empty", 409, "The chain has nobody else to whom it could be escalated."),
    ("embargo_active", 409, "The case may not be spoken of yet."),
    ("embargo_none", 409, "There is no embargo to end."),
    ("embargo_exited", 409, "The embargo has ended; silence cannot be restored."),
    ("gate_closed", 409, "A prohibition bars the recipient, and nobody has decided to pass it."),
    ("participant_last", 409, "The last participant of a case under embargo must stay."),
    ("amendment_dropped", 409, "The amendment was rejected or withdrawn."),
    ("amendment_in_use", 409, "The amendment is in use; only another can change what it changed."),
    ("amendment_agreed", 409, "The interpretation was agreed with and stays as it is."),
    ("amendment_not_interpreted", 409, "Nobody has written an interpretation yet."),
    ("amendment_same_person", 409, "Who wrote an interpretation cannot review it."),
    ("amendment_not_the_proposer", 409, "Only who proposed an amendment can withdraw it."),
    ("amendment_changes_nothing", 409, "The files say what is in use already."),
    ("acknowledgement_unknown", 409, "The amendment was not put before this department."),
    ("acknowledgement_given", 409, "The department has acknowledged already."),
    ("acknowledgement_held", 409, "Somebody else answers for it, and it is no gap."),
    ("acknowledgement_not_held", 409, "Only who answers for it can acknowledge."),
    ("department_closed", 409, "The department is closed."),
    ("retired", 409, "The product or the release is retired."),
    ("sbom_attached", 409, "The same document is attached already."),
    ("bundle_replayed", 409, "The issuer has sent this bundle, or a later one, before."),
    ("reading_laxer", 409, "The reading would give more time; only stricter ones are taken."),
    ("reading_same", 409, "The provision is counted so already."),
    ("reading_not_stricter", 409, "It cannot be shown that the reading is never laxer."),
    ("reading_past", 409, "The reading would begin on a day that is past."),
    ("reading_without_clock", 409, "The provision has no clock on that day."),
    ("nothing_to_agree", 409, "Nothing that was decided waits for a second person."),
    ("second_person_same", 409, "Whoever decided cannot be the second person too."),
    ("sources_moved", 409, "Sources say something else of a release than in the version named."),
    ("exploited_since", 409, "It is exploited, which was not known in the version named."),
    ("vulnerability_merged", 409, "The vulnerability turned out to be another, which goes on."),
    ("body_too_large", 413, "The body is longer than allowed."),
    ("media_type_unsupported", 415, "The body is not `application/json`."),
    ("field_invalid", 422, "A field has a value that it cannot have."),
    ("too_large", 422, "Something is over a limit on its size or number."),
    ("text_length", 422, "A text is empty or too long."),
    ("fact_invalid", 422, "The fact's kind, its instants or what it names is wrong."),
    ("fact_unknown", 422, "The case has no fact of this id."),
    ("conflict_unknown", 422, "The case has no such conflict to decide."),
    ("choice_unknown", 422, "The conflict has no such choice."),
    ("known_in_future", 422, "The fact would be known only later than now."),
    ("obligation_unknown", 422, "The case has no obligation of this id."),
    ("participant_unknown", 422, "The party takes no part in the case."),
    (
        "field_value",
        422,
        "A field has an answer that its form does not take, and no reason was given.",
    ),
    ("submission_incomplete", 422, "Fields required now are missing, and no reason was given."),
    ("submission_empty", 422, "The submission names no obligation."),
    ("case_full", 422, "The case holds the most it may."),
    ("role_unknown", 422, "No law pack declares this role."),
    (
        "attribute_invalid",
        422,
        "No law pack declares this attribute, or it cannot have this value.",
    ),
    ("inquiry_empty", 422, "No question about what the organization is was answered."),
    (
        "answer_invalid",
        422,
        "No pack asks the question, it cannot be answered so, or another answer contradicts it.",
    ),
    ("name_invalid", 422, "The name is empty, too long, or has control characters."),
    ("login_invalid", 422, "The name to sign in with has other signs or the wrong length."),
    ("password_length", 422, "The password is too short or too long."),
    ("law_invalid", 422, "The packs do not load, lack something, or their case files fail."),
    ("provision_unknown", 422, "No pack in use has this provision."),
    ("reading_uncountable", 422, "The unit and the counting rule of a reading do not go together."),
    ("bundle_malformed", 422, "The bytes are no bundle of law."),
    ("bundle_too_large", 422, "The bundle is over a limit."),
    ("bundle_cut_off", 422, "The bundle ends too early."),
    ("bundle_tampered", 422, "A file of the bundle is not what was signed."),
    ("bundle_key_unknown", 422, "No key of `law.trusted_keys` has signed the bundle."),
    ("bundle_signature_invalid", 422, "A trusted key's signature does not hold."),
    ("bundle_path_invalid", 422, "The bundle holds a path that is none of a pack."),
    ("amendment_unrouted", 422, "The interpretation names no department."),
    ("department_unknown", 422, "The interpretation names a department that is not there."),
    ("language_missing", 422, "The interpretation misses a language of the house."),
    ("concern_unknown", 422, "No pack in use has what should concern the department."),
    ("concerns_too_many", 422, "More concerns the department than can be kept."),
    ("product_invalid", 422, "The name of a product is empty or too long."),
    ("country_invalid", 422, "A country is not two capital letters of ISO 3166-1."),
    ("support_period_invalid", 422, "The support period ends before the release."),
    ("sbom_unknown", 422, "The release has no such SBOM attached."),
    ("sbom_refused", 422, "The document is no SBOM, or cannot be read as one. Nothing is kept."),
    ("releases_empty", 422, "No release was named."),
    ("release_not_exposed", 422, "A release is not exposed to the vulnerability."),
    ("justification_missing", 422, "`not_affected` came without one of the five justifications."),
    ("justification_idle", 422, "A justification came with another status than `not_affected`."),
    ("body_empty", 422, "The body holds no document."),
    ("rate_limited", 429, "Too much was asked from one source."),
    ("internal", 500, "A defect of the node. Nothing was changed."),
    ("outcome_unknown", 500, "The connection to the database broke while writing."),
    (
        "request_timeout",
        503,
        "The request was not answered in time; what became of it is not known.",
    ),
    ("not_ready", 503, "The node has no organization yet."),
    ("entry_pending", 503, "The newest entry is not in the public log yet."),
    ("overloaded", 503, "The node has more to do than it can."),
    ("storage_unsafe", 503, "The disk refused to keep something; no write is taken."),
    ("storage_unavailable", 503, "The database does not answer."),
];

/// Something wrong in a file of law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InFile {
    path: String,
    line: usize,
    column: usize,
    code: &'static str,
    message: String,
    hint: String,
}

impl From<&LawProblem> for InFile {
    fn from(problem: &LawProblem) -> Self {
        let LawProblem { path, line, column, code, message, hint } = problem.clone();
        Self { path, line, column, code, message, hint }
    }
}

/// What an answer says when it is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Box<str>,
    hint: Box<str>,
    pointer: Option<Box<str>>,
    line: Option<NonZeroU64>,
    in_files: Option<Box<[InFile]>>,
    retry_after_seconds: Option<u64>,
    outcome_unknown: bool,
}

impl Problem {
    /// Makes a problem with a code of [`CODES`], which decides the status.
    ///
    /// # Panics
    /// If the code is not in the list: every code is documented before it is used.
    pub fn new(code: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        let (_, status, _) = CODES
            .iter()
            .find(|(listed, _, _)| *listed == code)
            .expect("a code is listed before it is used");
        Self {
            status: StatusCode::from_u16(*status).expect("a listed status is one"),
            code,
            detail: detail.into().into_boxed_str(),
            hint: hint.into().into_boxed_str(),
            pointer: None,
            line: None,
            in_files: None,
            retry_after_seconds: None,
            outcome_unknown: false,
        }
    }

    /// Says which part of the body is meant, as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into().into_boxed_str());
        self
    }

    /// Says on which line of a document, from 1.
    #[must_use]
    pub fn on_line(mut self, line: u64) -> Self {
        self.line = NonZeroU64::new(line);
        self
    }

    /// Says each thing that is wrong in files of law, as `watchfire law check` tells it.
    #[must_use]
    pub fn in_files(mut self, found: impl IntoIterator<Item = InFile>) -> Self {
        self.in_files = Some(found.into_iter().collect());
        self
    }

    /// Says when to ask again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Says that nobody knows whether it was done; the same `Idempotency-Key` tells.
    #[must_use]
    pub fn with_unknown_outcome(mut self) -> Self {
        self.outcome_unknown = true;
        self
    }

    /// The one answer for what is hidden and what is missing.
    pub fn not_found() -> Self {
        Self::new(
            "not_found",
            "there is no such thing here, or none that you may know of",
            "check the address, and that you are signed in with the right account",
        )
    }

    /// A request that is not what the route takes.
    pub fn malformed() -> Self {
        Self::new(
            "request_malformed",
            "the request is not what the route takes",
            "look the route up in `/api/docs`",
        )
    }

    /// A field of the body, at `pointer`, that cannot be so.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new("field_invalid", detail, "correct the field that `pointer` names").at(pointer)
    }

    /// A defect: the answer says nothing of the inside, the node's own log does.
    pub fn internal(problem: &dyn std::fmt::Display) -> Self {
        tracing::error!(%problem, "a request failed by a defect");
        Self::new(
            "internal",
            "the node could not answer because of a defect of its own; nothing was changed",
            "tell the operator the `request_id`",
        )
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns what happened, in English.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns what to do, in English.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// Returns when to ask again, if waiting helps.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    /// Returns which part of the body is meant.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// Returns on which line of a document it is.
    pub fn line(&self) -> Option<u64> {
        self.line.map(NonZeroU64::get)
    }

    /// Writes the answer as problem+json.
    pub fn to_json(&self, request_id: &str) -> Response {
        let wire = Wire {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            hint: &self.hint,
            pointer: self.pointer.as_deref(),
            line: self.line(),
            problems: self.in_files.as_deref(),
            outcome: self.outcome_unknown.then_some("unknown"),
            request_id,
        };
        let body = serde_json::to_vec(&wire).expect("texts and numbers have a JSON form");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        self.write_headers(&mut response);
        response
    }

    /// Writes the answer in place of `response`, whose headers it keeps.
    pub(crate) fn written_over(&self, response: &Response, request_id: &str) -> Response {
        let mut written = self.to_json(request_id);
        let own = written.headers().clone();
        for (name, value) in response.headers().iter().filter(|(name, _)| !own.contains_key(*name))
        {
            written.headers_mut().append(name.clone(), value.clone());
        }
        written
    }

    /// Sets the headers that belong to the problem, whatever form its body has.
    pub fn write_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
    }
}

/// When to ask again after the database did not answer.
const STORE_RETRY_SECONDS: u64 = 5;
/// When to ask again after too much was written at once.
const OVERLOAD_RETRY_SECONDS: u64 = 1;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let again = "ask again with the same `Idempotency-Key`, after `Retry-After`";
        match error {
            StoreError::NotFound(_) => Self::not_found(),
            StoreError::Conflict { .. } => Self::new(
                "conflict",
                "somebody else changed the same thing in between",
                "look at it as it is now, and ask again",
            ),
            StoreError::IdempotencyMismatch => Self::new(
                "idempotency_key_reused",
                "this `Idempotency-Key` came with another request before",
                "make a new key for a new request",
            ),
            StoreError::TooLarge { .. } => {
                Self::new("too_large", error.to_string(), "send less at once")
            }
            StoreError::Taken(what) => {
                Self::new("taken", format!("{what} is taken"), "choose another")
            }
            StoreError::Cursor => Self::new(
                "request_malformed",
                "`after` is no cursor of this list",
                "take the `next` of the page before, unchanged",
            ),
            StoreError::Overloaded => {
                Self::new("overloaded", "more is written than the node can take", again)
                    .retry_after(OVERLOAD_RETRY_SECONDS)
            }
            StoreError::Unavailable(_) => {
                tracing::error!(problem = %error, "the database does not answer");
                Self::new("storage_unavailable", "the database does not answer", again)
                    .retry_after(STORE_RETRY_SECONDS)
            }
            StoreError::OutcomeUnknown => Self::new(
                "outcome_unknown",
                "the connection to the database broke while writing; it may be done or not",
                "ask again with the same `Idempotency-Key`: it is done once",
            )
            .with_unknown_outcome(),
            StoreError::StorageUnsafe(_) => Self::new(
                "storage_unsafe",
                "the disk refused to keep something, so no write is taken",
                "tell the operator; reading goes on",
            ),
            other => Self::internal(&other),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.code(), refusal.to_string(), refusal.hint());
        match refusal {
            Refusal::Fact(error) => problem.at(format!("/{}", error.field())),
            Refusal::Text { field, .. } => problem.at(format!("/{field}")),
            Refusal::FactTaken(_) => problem.at("/id"),
            Refusal::NoSuchFact(_) | Refusal::FactRetracted(_) => problem.at("/of"),
            Refusal::KnownInFuture { .. } => problem.at("/known_at"),
            Refusal::NothingSubmitted => problem.at("/obligations"),
            Refusal::IncompleteWithoutReason { .. } => problem.at("/fields"),
            Refusal::GateClosed { .. } => problem.at("/pass_reason"),
            Refusal::NoSuchConflict(_) => problem.at("/conflict"),
            Refusal::NoSuchChoice { .. } => problem.at("/choice"),
            Refusal::Value { field, .. } => problem.at(format!("/fields/{field}")),
            _ => problem,
        }
    }
}

impl From<PartyRefusal> for Problem {
    fn from(refusal: PartyRefusal) -> Self {
        let (pointer, hint) = match refusal {
            PartyRefusal::UnknownRole(_) => {
                ("/roles", "`watchfire law show LAW` names the roles of a law")
            }
            PartyRefusal::Attribute { .. } => {
                ("/attributes", "`laws/attributes.toml` declares attributes and their values")
            }
            PartyRefusal::NothingAnswered => ("/answers", "answer a question, or leave it be"),
            PartyRefusal::Answer { .. } => {
                ("/answers", "answer it otherwise, or take back one of the two answers")
            }
            PartyRefusal::Name => ("/name", "shorten or fill in the name"),
            PartyRefusal::Login => ("/login", "choose a name of these signs"),
            PartyRefusal::Password => ("/password", "a sentence makes a good password"),
        };
        Self::new(refusal.code(), refusal.to_string(), hint).at(pointer)
    }
}

impl From<AmendmentRefusal> for Problem {
    fn from(refusal: AmendmentRefusal) -> Self {
        let hint = match refusal {
            AmendmentRefusal::SamePerson => "ask another administrator or responder",
            AmendmentRefusal::NothingChanged => "`watchfire law diff` tells what differs",
            AmendmentRefusal::NoDepartment | AmendmentRefusal::DepartmentUnknown => {
                "`/departments` names them"
            }
            AmendmentRefusal::Held => "wait until it is a gap, or ask who answers for it",
            AmendmentRefusal::NotHeld => "claim it first where it is a gap",
            AmendmentRefusal::Text => "shorten or fill in the text",
            AmendmentRefusal::Language => "write it in both languages",
            _ => "look at the amendment as it is now",
        };
        Self::new(refusal.code(), refusal.to_string(), hint)
    }
}

impl From<DepartmentRefusal> for Problem {
    fn from(refusal: DepartmentRefusal) -> Self {
        let (pointer, hint) = match refusal {
            DepartmentRefusal::Name => ("/name", "shorten or fill in the name"),
            DepartmentRefusal::Unknown { .. } => ("/concerns", "`watchfire law list` names them"),
            DepartmentRefusal::TooMany => ("/concerns", "name a law instead of its provisions"),
            DepartmentRefusal::Product => ("/concerns/products", "shorten or fill in the name"),
            DepartmentRefusal::Closed => ("", "register another department"),
        };
        Self::new(refusal.code(), refusal.to_string(), hint).at(pointer)
    }
}

impl From<TriageRefusal> for Problem {
    fn from(refusal: TriageRefusal) -> Self {
        let hint = match refusal {
            TriageRefusal::Nothing => "name the releases, or say `all`",
            TriageRefusal::NotExposed(_) => {
                "`GET /api/v1/vulnerabilities/{id}/exposures` lists them"
            }
            TriageRefusal::NoJustification => "choose one of the five labels of OpenVEX",
            TriageRefusal::IdleJustification => "leave the justification out",
            TriageRefusal::Reason => "say why in words, or shorten it",
            TriageRefusal::NothingToAgree(_) => "look at what was decided last",
            TriageRefusal::SamePerson => "ask a colleague to look and to agree",
            TriageRefusal::Moved { .. } | TriageRefusal::Exploited { .. } => {
                "look at it as it is now, and send its `version` if the decision stands"
            }
            TriageRefusal::Merged => "look at the one that goes on in its place",
        };
        let pointer = refusal.pointer().unwrap_or_default();
        Self::new(refusal.code(), refusal.to_string(), hint).at(pointer)
    }
}

impl From<ProductRefusal> for Problem {
    fn from(refusal: ProductRefusal) -> Self {
        let hint = match refusal {
            ProductRefusal::Text { .. } => "shorten or fill in the text",
            ProductRefusal::Country(_) => "write it as `DE`, one code an entry",
            ProductRefusal::Support { .. } => "correct one of the two days",
            ProductRefusal::Identifiers => "name those that others use",
            ProductRefusal::Retired(_) => "register another one",
            ProductRefusal::NoSbom(_) => "look at what is attached to the release now",
            ProductRefusal::SameSbom(_) => "nothing needs to be done",
            ProductRefusal::Sboms => "detach what does not hold any more",
        };
        let problem = Self::new(refusal.code(), refusal.to_string(), hint);
        match refusal.pointer() {
            Some(pointer) => problem.at(pointer),
            None => problem,
        }
    }
}

impl From<BundleError> for Problem {
    fn from(error: BundleError) -> Self {
        let hint = match error {
            BundleError::UnknownKey | BundleError::Issuer(_) => {
                "put the issuer's public key into `law.trusted_keys`, if you trust it"
            }
            BundleError::BadSignature(_) | BundleError::Tampered(_) | BundleError::TooLong => {
                "somebody changed the file on its way; fetch it anew and ask the issuer"
            }
            _ => "fetch the bundle anew, or make it with `watchfire law bundle`",
        };
        Self::new(error.code(), error.to_string(), hint)
    }
}

impl From<ReadingRefusal> for Problem {
    fn from(refusal: ReadingRefusal) -> Self {
        let (pointer, hint) = match &refusal {
            ReadingRefusal::NoSuchProvision(_) => ("/provision", "look it up under `/laws`"),
            ReadingRefusal::NoClock { .. } => ("/provision", "look at its versions under `/laws`"),
            ReadingRefusal::Counting { .. } => {
                let hint = "hours are counted elapsed or next-full-hour, days not by full hours, \
                            business days by the rule of the pack, where it has them";
                ("/within", hint)
            }
            ReadingRefusal::Laxer { .. } | ReadingRefusal::Same { .. } => {
                ("/within", "ask for less time than is counted now")
            }
            ReadingRefusal::NotShown { .. } => {
                ("/within", "shorten it until it ends earlier in every case, or count alike")
            }
            ReadingRefusal::Past { .. } => (
                "/from",
                "name the day of its use, which is today unless you say another, or later",
            ),
            ReadingRefusal::Text => ("", "fill it in, in English and Chinese, or shorten it"),
        };
        Self::new(refusal.code(), refusal.to_string(), hint).at(pointer)
    }
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        Self::internal(&error)
    }
}

/// Gives the answer its status and carries the problem outward, to be written there.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The body of problem+json.
#[derive(Debug, Serialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    hint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<&'a [InFile]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    request_id: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_the_order_of_their_status_and_unique() {
        assert!(CODES.is_sorted_by_key(|(_, status, _)| status));
        for (at, (code, _, _)) in CODES.iter().enumerate() {
            assert!(CODES[at + 1..].iter().all(|(other, _, _)| other != code), "{code}");
        }
    }

    #[test]
    fn an_overload_says_when_to_come_back() {
        let problem = Problem::new("overloaded", "too much", "wait").retry_after(3);
        let response = problem.to_json("r");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "3");
    }

    #[test]
    fn every_refusal_of_the_rules_has_an_answer() {
        use watchfire_core::ids::{ObligationId, PartyId};
        use watchfire_core::law::form::ValueProblem;
        let obligation = ObligationId::from_random([1; 10]);
        let party = PartyId::from_random([1; 5]);
        let now = jiff::Timestamp::UNIX_EPOCH;
        let text = || "x".to_owned();
        for refusal in [
            Refusal::FactTaken(text()),
            Refusal::NoSuchFact(text()),
            Refusal::FactRetracted(text()),
            Refusal::KnownInFuture { known_at: now, now },
            Refusal::NoSuchObligation(obligation.clone()),
            Refusal::NotOwed {
                obligation: obligation.clone(),
                state: watchfire_core::law::State::Satisfied,
            },
            Refusal::HeldByAnother { obligation: obligation.clone(), owner: party.clone() },
            Refusal::NotHolder(obligation.clone()),
            Refusal::EmbargoActive { until: None },
            Refusal::NoEmbargo,
            Refusal::EmbargoExited,
            Refusal::NotParticipant(party.clone()),
            Refusal::LastParticipant(party),
            Refusal::Text { field: "title", chars: 0, chars_max: 1 },
            Refusal::IncompleteWithoutReason { missing: vec![text()] },
            Refusal::Value { field: text(), problem: ValueProblem::NotYesOrNo(text()) },
            Refusal::GateClosed {
                recipient: text(),
                provisions: vec![text()],
                cites: vec![text()],
            },
            Refusal::NoSuchConflict(text()),
            Refusal::NoSuchChoice { choice: text(), choices: vec![text()] },
            Refusal::Full { what: "facts", max: 1 },
            Refusal::NobodyAbove(obligation),
            Refusal::NothingSubmitted,
        ] {
            let problem = Problem::from(refusal);
            assert!(matches!(problem.status().as_u16(), 409 | 422), "{}", problem.code());
        }
        for refusal in [
            PartyRefusal::UnknownRole(text()),
            PartyRefusal::Attribute { attribute: text(), value: text(), problem: text() },
            PartyRefusal::NothingAnswered,
            PartyRefusal::Answer { question: text(), told: text() },
            PartyRefusal::Name,
            PartyRefusal::Login,
            PartyRefusal::Password,
        ] {
            assert_eq!(Problem::from(refusal).status().as_u16(), 422);
        }
    }
}
