//! One's own settings.

use axum::response::Response;
use watchfire_core::ids::PartyId;

use super::act::{is_refusal, wish};
use super::{LANGUAGE_COOKIE, Sent, Visit, set_cookie};
use crate::command::Answer;
use crate::command::party as command;
use crate::error::Problem;
use crate::limit::Counted;
use crate::web::form::Typed;
use crate::web::me::{self, MeView};
use crate::web::refusal;

/// The channels that people can be reached by, in the order of the page.
const CHANNELS: [&str; 2] = ["mail", "webhook"];

fn myself(visit: &Visit) -> Result<PartyId, Problem> {
    visit.caller.viewer.party().cloned().ok_or_else(Problem::not_found)
}

/// Shows one's own settings.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let view = view(&visit).await?;
    Ok(visit.show(me::page(&view, &visit.reader)))
}

async fn view(visit: &Visit) -> Result<MeView, Problem> {
    let me = myself(visit)?;
    let known = visit.node.store().addresses(&visit.caller.viewer, &me).await?;
    let is_set = |channel: &str| known.iter().any(|(found, _)| found == channel);
    Ok(MeView {
        language: visit.reader.language,
        time_zone: super::report::zone_name(visit),
        channels: CHANNELS.map(|channel| (channel.to_owned(), is_set(channel))).to_vec(),
        typed: Typed::default(),
        problem: None,
    })
}

/// Goes on, or shows the settings again with why the form `form` was refused.
async fn answered(
    visit: Visit,
    answer: Result<Answer, Problem>,
    act: &'static str,
    form: &str,
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => Ok(visit.done("/me", act, answer.receipt.as_deref())),
        Err(problem) if is_refusal(&problem) => {
            let mut view = view(&visit).await?;
            let mut told = refusal::in_form(&visit.reader, &problem, form);
            // Each channel has an input of its own.
            if problem.pointer() == Some("/address") {
                told.input = Some(form.to_owned());
            }
            view.problem = Some(told);
            Ok(visit.refuse(me::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Keeps language and zone; the language chosen at the foot of a page gives way to them.
pub(super) async fn set_preferences(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let me = myself(&visit)?;
    let (language, zone) = (sent.field("language"), sent.field("time_zone"));
    let answer = command::set_preferences(wish(&visit), &me, language, zone).await;
    let forgotten = visit.cookie(LANGUAGE_COOKIE, "", 0);
    let kept = answer.is_ok();
    let mut response = answered(visit, answer, "party-done-saved", "me").await?;
    if kept {
        set_cookie(&mut response, &forgotten);
    }
    Ok(response)
}

/// Keeps an address.
pub(super) async fn set_address(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let me = myself(&visit)?;
    let (channel, address) = (sent.field("channel"), sent.field("address"));
    let answer = command::set_address(wish(&visit), &me, channel, address).await;
    answered(visit, answer, "party-done-saved", &format!("address-{channel}")).await
}

/// Sets one's own password; every session ends with it, so one signs in anew.
pub(super) async fn set_password(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let me = myself(&visit)?;
    visit.node.counters().count(Counted::Login, visit.arrival.source)?;
    let answer = match command::confirm_password(wish(&visit), sent.typed("present")).await {
        Ok(()) => command::set_password(wish(&visit), &me, sent.typed("password")).await,
        Err(problem) if problem.code() == "login_failed" => {
            let mut view = view(&visit).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem.at("/present"), "own"));
            return Ok(visit.refuse(me::page(&view, &visit.reader)));
        }
        Err(other) => Err(other),
    };
    match answer {
        Ok(answer) => Ok(visit.done("/sign-in", "party-done-password", answer.receipt.as_deref())),
        refused => answered(visit, refused, "party-done-password", "own").await,
    }
}

/// Sends the reader a notice.
pub(super) async fn test_notice(visit: Visit, _: Sent) -> Result<Response, Problem> {
    let me = myself(&visit)?;
    let answer = command::test_notice(wish(&visit), &me).await;
    answered(visit, answer, "party-done-test", "me").await
}
