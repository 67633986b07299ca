//! Reports from pages: without an account, and looked up by their code.

use axum::response::Response;
use watchfire_core::event::{Exploited, Sureness};
use watchfire_store::StoreError;

use super::{Sent, Visit};
use crate::command::Wish;
use crate::command::report::{ReportDraft, receive};
use crate::error::Problem;
use crate::limit::Counted;
use crate::secret::{Secret, hex};
use crate::web::instant;
use crate::web::reader::Problem as Told;
use crate::web::refusal;
use crate::web::report::{self, FormView, ReceivedView, TrackView, TrackedView};

/// Shows the four questions.
pub(super) async fn form(visit: Visit) -> Response {
    let view = FormView { zone: zone_name(&visit), ..FormView::default() };
    visit.show(report::form(&view, &visit.reader))
}

/// The zone that a typed local time is read in, where none is named.
pub(super) fn zone_name(visit: &Visit) -> String {
    visit.reader.zone.iana_name().unwrap_or("UTC").to_owned()
}

fn sureness(text: &str) -> Option<Sureness> {
    match text {
        "sure" => Some(Sureness::Sure),
        "likely" => Some(Sureness::Likely),
        "unsure" => Some(Sureness::Unsure),
        _ => None,
    }
}

fn exploited(text: &str) -> Option<Exploited> {
    match text {
        "yes" => Some(Exploited::Yes),
        "no" => Some(Exploited::No),
        "unknown" => Some(Exploited::Unknown),
        _ => None,
    }
}

fn typed(sent: &Sent) -> FormView {
    let text = |name: &str| sent.field(name).to_owned();
    FormView {
        what: text("what"),
        component: text("component"),
        sure: sureness(sent.field("sure")),
        exploited: exploited(sent.field("exploited")),
        found_at: text("found_at"),
        zone: text("zone"),
        contact: text("contact"),
        problem: None,
    }
}

/// Takes a report in.
pub(super) async fn send(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    visit.node.counters().count(Counted::Report, visit.arrival.source)?;
    let mut view = typed(&sent);
    let draft = match draft(&visit, &view) {
        Ok(draft) => draft,
        Err(told) => {
            view.problem = Some(told);
            return Ok(visit.refuse(report::form(&view, &visit.reader)));
        }
    };
    let wish = Wish { node: &visit.node, viewer: &visit.caller.viewer, key: None };
    let received = match receive(wish, &draft).await {
        Ok(received) => received,
        Err(problem) if problem.status().as_u16() == 422 => {
            view.problem = Some(refused(&visit, &problem));
            return Ok(visit.refuse(report::form(&view, &visit.reader)));
        }
        Err(other) => return Err(other),
    };
    let shown = ReceivedView {
        received_at: visit.reader.now,
        tracking_code: received.tracking_code.reveal().to_owned(),
        receipt: received.answer.receipt,
        case: case_of(&visit, &received.answer.id).await,
    };
    // Shown and not redirected to: the code must stand in no address.
    Ok(visit.show(report::received(&shown, &visit.reader)))
}

/// The case of a report, for a reporter who may see it.
async fn case_of(visit: &Visit, report: &str) -> Option<String> {
    let id = report.parse().ok()?;
    let found = visit.node.store().report(&visit.caller.viewer, &id).await.ok()?;
    Some(found.row.case.to_string())
}

fn refused(visit: &Visit, problem: &Problem) -> Told {
    let input = match problem.pointer() {
        Some("/component") => Some("report-component"),
        Some("/contact") => Some("report-contact"),
        Some("/what") => Some("report-what"),
        _ => None,
    };
    let mut told = refusal::of(&visit.reader, problem);
    if input == Some("report-component") {
        told.message = visit.reader.text("report-component-wrong");
        told.hint = Some(problem.detail().to_owned());
    }
    told.input = input.map(str::to_owned);
    told
}

fn draft(visit: &Visit, view: &FormView) -> Result<ReportDraft, Told> {
    let missing = |key: &str, input: &str| Told {
        message: visit.reader.text(key),
        hint: None,
        input: Some(input.to_owned()),
    };
    if view.what.is_empty() {
        return Err(missing("report-what-empty", "report-what"));
    }
    let sure = view.sure.ok_or_else(|| missing("report-choose", "report-sure-sure"))?;
    let exploited =
        view.exploited.ok_or_else(|| missing("report-choose", "report-exploited-yes"))?;
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let found_at = given(&view.found_at)
        .map(|typed| instant::spell(&typed, &view.zone))
        .transpose()
        .map_err(|problem| refusal::instant(&visit.reader, &problem, "report-found"))?;
    Ok(ReportDraft {
        what: view.what.clone(),
        component: given(&view.component),
        sure,
        exploited,
        found_at,
        contact: given(&view.contact),
        language: visit.reader.language.tag().to_owned(),
    })
}

/// Asks for a tracking code.
pub(super) async fn track(visit: Visit) -> Response {
    visit.show(report::track(&TrackView::default(), &visit.reader))
}

/// Looks a report up. The code travels in the form and never in an address.
pub(super) async fn look_up(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    visit.node.counters().count(Counted::Lookup, visit.arrival.source)?;
    let digest = hex(&Secret::typed_tracking_code(sent.field("code")).digest());
    let found = match visit.node.store().tracked_report(&visit.caller.viewer, &digest).await {
        Ok(found) => Some(TrackedView {
            received_at: found.received_at,
            answers: found.answers.into_iter().map(|it| (it.written_at, it.text)).collect(),
        }),
        Err(StoreError::NotFound(_)) => None,
        Err(other) => return Err(other.into()),
    };
    let view = TrackView { missed: found.is_none(), found };
    Ok(visit.show(report::track(&view, &visit.reader)))
}
