//! A person as administrators keep them.

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::ids::PartyId;
use watchfire_store::PartyKind;
use watchfire_store::policy::Administer;

use super::act::{is_refusal, wish};
use super::party::duties;
use super::{Sent, Visit};
use crate::command::Answer;
use crate::command::party as command;
use crate::error::Problem;
use crate::web::form::Typed;
use crate::web::person::{self, PersonView};
use crate::web::refusal;

/// Reads whom an administrator may keep; anybody else is missing.
async fn kept(visit: &Visit, text: &str) -> Result<PartyId, Problem> {
    let party: PartyId = text.parse().map_err(|_| Problem::not_found())?;
    visit.node.store().authorize_party::<Administer>(&visit.caller.viewer, &party).await?;
    Ok(party)
}

async fn view(visit: &Visit, party: &PartyId) -> Result<PersonView, Problem> {
    let row = visit.node.store().party(&visit.caller.viewer, party).await?;
    if row.kind != PartyKind::Person {
        return Err(Problem::not_found());
    }
    Ok(PersonView {
        party: row.id,
        name: row.name,
        login: row.login.filter(|_| row.account_open),
        duties: row.duties,
        typed: Typed::default(),
        problem: None,
    })
}

/// Shows a person.
pub(super) async fn page(visit: Visit, Path(party): Path<String>) -> Result<Response, Problem> {
    let party = kept(&visit, &party).await?;
    let view = view(&visit, &party).await?;
    Ok(visit.show(person::page(&view, &visit.reader)))
}

/// Goes on, or shows the person again with why the form `form` was refused.
async fn answered(
    visit: Visit,
    party: &PartyId,
    answer: Result<Answer, Problem>,
    act: &'static str,
    (form, sent): (&str, &Sent),
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => Ok(visit.done(&format!("/people/{party}"), act, answer.receipt.as_deref())),
        Err(problem) if is_refusal(&problem) => {
            let mut view = view(&visit, party).await?;
            let mut told = refusal::in_form(&visit.reader, &problem, form);
            if problem.code() == "taken" {
                told.input = Some(format!("{form}-login"));
            }
            view.typed = sent.typed_into(form);
            view.problem = Some(told);
            Ok(visit.refuse(person::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Changes what the person may do.
pub(super) async fn change_duties(
    visit: Visit,
    Path(party): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let party = kept(&visit, &party).await?;
    let answer = command::change_duties(wish(&visit), &party, &duties(&sent)).await;
    answered(visit, &party, answer, "party-done-saved", ("duties", &sent)).await
}

/// Sets the password of another person, whose sessions end. One's own asks for the present one.
pub(super) async fn set_password(
    visit: Visit,
    Path(party): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let party = kept(&visit, &party).await?;
    if visit.reader.is(&party) {
        return Ok(super::redirect("/me"));
    }
    view(&visit, &party).await?.login.ok_or_else(Problem::not_found)?;
    let answer = command::set_password(wish(&visit), &party, sent.typed("password")).await;
    answered(visit, &party, answer, "party-done-password", ("password", &sent)).await
}

/// Opens an account.
pub(super) async fn open_account(
    visit: Visit,
    Path(party): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let party = kept(&visit, &party).await?;
    let (login, password) = (sent.field("login"), sent.typed("password"));
    let answer = command::open_account(wish(&visit), &party, login, password).await;
    answered(visit, &party, answer, "party-done-opened", ("account", &sent)).await
}

/// Closes an account.
pub(super) async fn close_account(
    visit: Visit,
    Path(party): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let party = kept(&visit, &party).await?;
    let reason = sent.field("reason");
    let answer = match reason {
        "" => Err(Problem::field("/reason", "say why the account is closed")),
        reason => command::close_account(wish(&visit), &party, reason).await,
    };
    answered(visit, &party, answer, "party-done-closed", ("close", &sent)).await
}
