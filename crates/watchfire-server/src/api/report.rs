//! Reports: they come in without an account, and are answered over the tracking code.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::{Exploited, Sureness};
use watchfire_core::ids::ReportId;
use watchfire_store::policy::Write as ToWrite;

use super::{Asked, Changed, List, Made, Paging, Shown, id, keyed, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::report::{self as command, ReportDraft};
use crate::error::Problem;
use crate::limit::Counted;
use crate::request::Arrival;
use crate::secret::{Secret, hex};
use crate::state::Node;
use crate::write::{KeylessWrite, Write};

/// Language of the answer where none is asked for.
const LANGUAGE_DEFAULT: &str = "en";

/// The four questions of a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReport {
    /// What is wrong.
    what: String,
    /// Where: a package URL, such as `pkg:maven/org.example/name@1.0`.
    component: Option<String>,
    sure: SureAnswer,
    exploited: ExploitedAnswer,
    /// When it was found: an instant, a local time with a zone, or a day with a zone.
    found_at: Option<String>,
    /// How to reach you. Kept apart, and erased on request.
    contact: Option<String>,
    /// Language of the answer: `en` (the default) or `zh-CN`.
    language: Option<String>,
}

/// How sure the reporter is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SureAnswer {
    Sure,
    Likely,
    Unsure,
}

/// Whether the reporter has seen it exploited.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ExploitedAnswer {
    Yes,
    No,
    Unknown,
}

/// What a reporter takes home.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceivedReport {
    /// Name of the report. It opens nothing.
    #[schema(example = "WR-7K3F-9QX2")]
    id: String,
    /// Shown once. Whoever has it reads what is answered.
    tracking_code: String,
    /// Token of the entry in the evidence log; see `/api/v1/log/receipts/{token}`.
    receipt: String,
}

impl NewReport {
    fn draft(self) -> ReportDraft {
        ReportDraft {
            what: self.what,
            component: self.component,
            sure: match self.sure {
                SureAnswer::Sure => Sureness::Sure,
                SureAnswer::Likely => Sureness::Likely,
                SureAnswer::Unsure => Sureness::Unsure,
            },
            exploited: match self.exploited {
                ExploitedAnswer::Yes => Exploited::Yes,
                ExploitedAnswer::No => Exploited::No,
                ExploitedAnswer::Unknown => Exploited::Unknown,
            },
            found_at: self.found_at,
            contact: self.contact,
            language: self.language.unwrap_or_else(|| LANGUAGE_DEFAULT.to_owned()),
        }
    }
}

/// Takes in a report of a vulnerability. Needs no account, and no `Idempotency-Key`.
///
/// A report of what was reported before is answered like any other.
#[utoipa::path(post, path = "/api/v1/reports", tag = "reports", request_body = NewReport,
    responses((status = 201, body = ReceivedReport)))]
pub(crate) async fn receive(
    State(node): State<Node>,
    arrival: Arrival,
    caller: Caller,
    write: KeylessWrite,
) -> Made<ReceivedReport> {
    node.counters().count(Counted::Report, arrival.source)?;
    let draft = write.body::<NewReport>()?.draft();
    let received = command::receive(keyed(&node, &caller, write.key.as_ref()), &draft).await?;
    made(ReceivedReport {
        id: received.answer.id,
        tracking_code: received.tracking_code.reveal().to_owned(),
        receipt: received.answer.receipt.unwrap_or_default(),
    })
}

/// A report as it is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedReport {
    id: String,
    /// The case that was opened on it.
    case: String,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
}

/// Lists the reports whose cases you may see, newest first.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports", params(Paging),
    responses((status = 200, body = List<ListedReport>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<ListedReport>> {
    let page = node.store().reports(&caller.viewer, &asked.0.request()?).await?;
    Ok(Json(List::of(page, |row| ListedReport {
        id: row.id.to_string(),
        case: row.case.to_string(),
        received_at: row.received_at,
    })))
}

/// A report. With a tracking code, what the reporter may read; with an id, all of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownReport {
    id: String,
    /// `received`, or `answered`.
    #[schema(value_type = String)]
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// Language of the reporter.
    language: String,
    /// What the reporter was written, oldest first.
    answers: Vec<WrittenAnswer>,
    /// Only for those who see the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportContent>,
}

/// What a reporter was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WrittenAnswer {
    text: String,
    #[schema(value_type = String, format = DateTime)]
    written_at: Timestamp,
}

/// What the reporter said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportContent {
    case: String,
    what: String,
    component: Option<String>,
    sure: SureAnswer,
    exploited: ExploitedAnswer,
    found_at: Option<String>,
    contact: Option<String>,
    contact_erased: bool,
}

/// Shows a report: with its tracking code what the reporter may read, with its id all of it.
#[utoipa::path(get, path = "/api/v1/reports/{reference}", tag = "reports",
    params(("reference" = String, Path, description = "A tracking code, or the id of a report.")),
    responses((status = 200, body = ShownReport), (status = 404, description = "None, or hidden.")))]
pub(crate) async fn show(
    State(node): State<Node>,
    arrival: Arrival,
    caller: Caller,
    Path(reference): Path<String>,
) -> Shown<ShownReport> {
    if let Ok(id) = reference.parse::<ReportId>() {
        let report = node.store().report(&caller.viewer, &id).await?;
        return Ok(Json(whole(report)));
    }
    node.counters().count(Counted::Lookup, arrival.source)?;
    Ok(Json(tracked(&node, &caller, &reference).await?))
}

/// Reads what the holder of a tracking code may read.
async fn tracked(node: &Node, caller: &Caller, code: &str) -> Result<ShownReport, Problem> {
    let digest = hex(&Secret::typed_tracking_code(code).digest());
    let report = node.store().tracked_report(&caller.viewer, &digest).await?;
    let answers = answers(report.answers);
    Ok(ShownReport {
        id: report.id.to_string(),
        status: status(&answers),
        received_at: report.received_at,
        language: report.language,
        answers,
        report: None,
    })
}

fn answers(answers: Vec<watchfire_store::Answer>) -> Vec<WrittenAnswer> {
    let written = |answer: watchfire_store::Answer| WrittenAnswer {
        text: answer.text,
        written_at: answer.written_at,
    };
    answers.into_iter().map(written).collect()
}

fn status(answers: &[WrittenAnswer]) -> &'static str {
    if answers.is_empty() { "received" } else { "answered" }
}

fn whole(report: watchfire_store::Report) -> ShownReport {
    let intake = report.intake;
    let contact = report.contact.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let answers = answers(report.answers);
    ShownReport {
        id: report.row.id.to_string(),
        status: status(&answers),
        received_at: report.row.received_at,
        language: intake.language,
        answers,
        report: Some(ReportContent {
            case: report.row.case.to_string(),
            what: intake.what,
            component: intake.component,
            sure: sure(intake.sure),
            exploited: exploited(intake.exploited),
            found_at: intake.found_at,
            contact,
            contact_erased: report.row.contact_erased,
        }),
    }
}

/// A report in a bundle: as [`ShownReport`], but without the contact, which never leaves so.
#[derive(Debug, Serialize)]
pub(crate) struct BundledReport {
    id: String,
    received_at: Timestamp,
    what: String,
    component: Option<String>,
    sure: SureAnswer,
    exploited: ExploitedAnswer,
    found_at: Option<String>,
    language: String,
    answers: Vec<WrittenAnswer>,
}

impl BundledReport {
    pub(crate) fn of(report: watchfire_store::Report) -> Self {
        let intake = report.intake;
        Self {
            id: report.row.id.to_string(),
            received_at: report.row.received_at,
            what: intake.what,
            component: intake.component,
            sure: sure(intake.sure),
            exploited: exploited(intake.exploited),
            found_at: intake.found_at,
            language: intake.language,
            answers: answers(report.answers),
        }
    }
}

fn sure(sure: Sureness) -> SureAnswer {
    match sure {
        Sureness::Sure => SureAnswer::Sure,
        Sureness::Likely => SureAnswer::Likely,
        Sureness::Unsure => SureAnswer::Unsure,
    }
}

fn exploited(exploited: Exploited) -> ExploitedAnswer {
    match exploited {
        Exploited::Yes => ExploitedAnswer::Yes,
        Exploited::No => ExploitedAnswer::No,
        Exploited::Unknown => ExploitedAnswer::Unknown,
    }
}

/// What is written to the reporter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAnswer {
    text: String,
}

/// Writes to the reporter, who reads it with the tracking code.
#[utoipa::path(post, path = "/api/v1/reports/{reference}/answers", tag = "reports",
    params(("reference" = String, Path, description = "Id of a report.")),
    request_body = NewAnswer, responses((status = 201, body = Answer)))]
pub(crate) async fn answer(
    State(node): State<Node>,
    caller: Caller,
    Path(reference): Path<String>,
    write: Write,
) -> Made {
    let id = id::<ReportId>(&reference)?;
    node.store().authorize_report::<ToWrite>(&caller.viewer, &id).await?;
    let new: NewAnswer = write.body()?;
    made(command::answer(wish(&node, &caller, &write), &id, &new.text).await?)
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub(crate) reason: String,
}

/// Erases how to reach the reporter. The evidence log keeps that there was a contact.
#[utoipa::path(delete, path = "/api/v1/reports/{reference}/contact", tag = "reports",
    params(("reference" = String, Path, description = "Id of a report.")),
    request_body = Reason, responses((status = 200, body = Answer)))]
pub(crate) async fn erase_contact(
    State(node): State<Node>,
    caller: Caller,
    Path(reference): Path<String>,
    write: Write,
) -> Changed {
    let id = id::<ReportId>(&reference)?;
    node.store().authorize_report::<ToWrite>(&caller.viewer, &id).await?;
    let Reason { reason } = write.body()?;
    Ok(Json(command::erase_contact(wish(&node, &caller, &write), &id, &reason).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_was_answered_says_so() {
        assert_eq!(status(&[]), "received");
        let written = WrittenAnswer { text: "thanks".into(), written_at: Timestamp::UNIX_EPOCH };
        assert_eq!(status(&[written]), "answered");
    }
}
