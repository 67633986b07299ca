//! Who may know of a case, what it is called, and what goes out of it: participants, embargo,
//! messages, answers to the reporter, and the bundle.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::{CaseId, PartyId, ReportId};
use watchfire_core::law::gate::Act;

use super::act::{Wanted, answered, shown_again, wish};
use super::case::{self, case_id};
use super::{Sent, Visit};
use crate::api::export;
use crate::command::case as command;
use crate::command::country::record;
use crate::command::{gate, report};
use crate::error::Problem;
use crate::web::case::participant::country_form;
use crate::web::instant::{self, InstantProblem};
use crate::web::refusal;

/// Gives the case another title.
pub(super) async fn rename(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let answer = command::rename(wish(&visit), &id, sent.field("title")).await;
    let wanted =
        Wanted { form: "rename", sent: &sent, act: "case-done-renamed", element: "content" };
    answered(visit, &id, answer, wanted).await
}

fn given(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}

fn role(name: &str) -> ParticipantRole {
    match name {
        "vendor" => ParticipantRole::Vendor,
        "coordinator" => ParticipantRole::Coordinator,
        "reporter" => ParticipantRole::Reporter,
        _ => ParticipantRole::Member,
    }
}

/// What the forms about participants want.
fn participants<'a>(sent: &'a Sent, form: &'a str, act: &'static str) -> Wanted<'a> {
    Wanted { form, sent, act, element: "participants" }
}

/// Lets somebody see the case.
pub(super) async fn add_participant(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let party: PartyId = sent.field("party").parse().map_err(|_| Problem::not_found())?;
    let role = role(sent.field("role"));
    let reason = given(sent.field("pass_reason"));
    let answer = command::add_participant(wish(&visit), &id, (&party, role), reason).await;
    answered(visit, &id, answer, participants(&sent, "add", "case-done-added")).await
}

/// Takes somebody out of the case. Who takes oneself out sees it no more.
pub(super) async fn remove_participant(
    visit: Visit,
    Path((id, party)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let party: PartyId = party.parse().map_err(|_| Problem::not_found())?;
    let answer = command::remove_participant(wish(&visit), &id, &party).await;
    if let (Ok(answer), true) = (&answer, visit.reader.is(&party)) {
        return Ok(visit.done("/cases", "case-done-removed", answer.receipt.as_deref()));
    }
    answered(visit, &id, answer, participants(&sent, "remove", "case-done-removed")).await
}

/// Records where the organization of a participant is.
pub(super) async fn record_country(
    visit: Visit,
    Path((id, party)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let party: PartyId = party.parse().map_err(|_| Problem::not_found())?;
    let store = visit.node.store();
    let rows = store.participants(&visit.caller.viewer, &id).await?;
    let of = rows.into_iter().find(|row| row.party == party).and_then(|row| row.organization);
    let organization = of.ok_or_else(Problem::not_found)?;
    let (country, source) = (given(sent.field("country")), sent.field("source"));
    let answer = record(wish(&visit), &organization, country.map(str::trim), source).await;
    let form = country_form(&party);
    answered(visit, &id, answer, participants(&sent, &form, "case-done-country")).await
}

/// Agrees, or moves, the embargo.
pub(super) async fn agree_embargo(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let wanted = participants(&sent, "embargo", "case-done-embargo-agreed");
    let until = match instant::exact(sent.field("until"), sent.field("zone")) {
        Ok(until) => Some(until),
        // An embargo without a date ends with an event.
        Err(InstantProblem::Empty) => None,
        Err(problem) => {
            let input = match problem {
                InstantProblem::UnknownZone(_) => "embargo-zone",
                _ => "embargo-until",
            };
            let told = refusal::instant(&visit.reader, &problem, input);
            return shown_again(visit, &id, wanted, told).await;
        }
    };
    let answer = command::agree_embargo(wish(&visit), &id, until, sent.field("note")).await;
    answered(visit, &id, answer, wanted).await
}

/// Ends the embargo.
pub(super) async fn exit_embargo(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let pass_reason = given(sent.field("pass_reason"));
    let answer = command::exit_embargo(wish(&visit), &id, sent.field("reason"), pass_reason).await;
    answered(visit, &id, answer, participants(&sent, "exit", "case-done-embargo")).await
}

/// Writes to the participants.
pub(super) async fn post_message(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let reason = given(sent.field("pass_reason"));
    let answer = command::post_message(wish(&visit), &id, sent.field("text"), reason).await;
    let wanted =
        Wanted { form: "message", sent: &sent, act: "case-done-message", element: "timeline" };
    answered(visit, &id, answer, wanted).await
}

/// Finds the report that a case was opened on.
async fn report_of(visit: &Visit, id: &CaseId) -> Result<ReportId, Problem> {
    let case = case::loaded(visit, id).await?;
    case.report.ok_or_else(Problem::not_found)
}

/// Writes to the reporter, who reads it with the tracking code.
pub(super) async fn answer_reporter(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let report = report_of(&visit, &id).await?;
    let answer = report::answer(wish(&visit), &report, sent.field("text")).await;
    let wanted =
        Wanted { form: "answer", sent: &sent, act: "case-done-answered", element: "report" };
    answered(visit, &id, answer, wanted).await
}

/// Erases how to reach the reporter.
pub(super) async fn erase_contact(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let report = report_of(&visit, &id).await?;
    let wanted = Wanted { form: "erase", sent: &sent, act: "case-done-erased", element: "report" };
    let reason = sent.field("reason");
    if reason.is_empty() {
        let empty = Problem::field("/reason", "say why it is erased");
        return answered(visit, &id, Err(empty), wanted).await;
    }
    let answer = report::erase_contact(wish(&visit), &report, reason).await;
    answered(visit, &id, answer, wanted).await
}

/// What a bundle is anchored in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Anchor {
    #[serde(default)]
    anchor: String,
}

/// Hands the case out as a file that a stranger can check.
pub(super) async fn bundle(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Anchor>,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let (node, viewer) = (&visit.node, &visit.caller.viewer);
    export::gate(node, viewer, &id, None).await?;
    let document = match asked.anchor.as_str() {
        "internal" => {
            let log = node.store().authorize_log(viewer).await?;
            export::internal(node, viewer, &log, &id).await?
        }
        _ => export::public(node, viewer, &id).await?,
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.json\"")),
    ];
    Ok((headers, document).into_response())
}

/// Decides what to do where duties collide.
pub(super) async fn decide_conflict(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let what = (sent.field("conflict"), sent.field("choice"));
    let answer = command::decide_conflict(wish(&visit), &id, what, sent.field("reason")).await;
    let wanted =
        Wanted { form: "conflict", sent: &sent, act: "case-done-conflict", element: "conflicts" };
    answered(visit, &id, answer, wanted).await
}

/// Records that something may go to a recipient although a prohibition bars it.
pub(super) async fn pass_gate(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let act = Act::parse(sent.field("act")).unwrap_or(Act::Giving);
    let to = sent.field("recipient");
    let answer = gate::pass(wish(&visit), &id, act, to, sent.field("reason")).await;
    let wanted = Wanted { form: "pass", sent: &sent, act: "case-done-pass", element: "gate" };
    answered(visit, &id, answer, wanted).await
}

/// Says from which fact on the organization holds that it was aware.
pub(super) async fn choose_awareness(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let (fact, reason) = (sent.field("fact"), sent.field("reason"));
    let answer = command::choose_awareness(wish(&visit), &id, fact, reason).await;
    let wanted =
        Wanted { form: "awareness", sent: &sent, act: "case-done-aware", element: "awareness" };
    answered(visit, &id, answer, wanted).await
}
