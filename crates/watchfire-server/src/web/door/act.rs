//! What people do on the page of a case. A refusal shows the page again with what was typed.

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_core::law::instant::Instant;

use super::case::{self, Asked, case_id};
use super::{Sent, Visit, own_path};
use crate::command::case::{self as command, FactDraft};
use crate::command::{Answer, Wish};
use crate::error::Problem;
use crate::web::fact::FactForm;
use crate::web::instant::{self, InstantProblem};
use crate::web::refusal;

/// The id of the page's element where facts are.
const FACTS: &str = "facts";

pub(super) fn wish(visit: &Visit) -> Wish<'_> {
    Wish { node: &visit.node, viewer: &visit.caller.viewer, key: None }
}

/// Whether a problem is a refusal to be told on the page, and no failure.
pub(super) fn is_refusal(problem: &Problem) -> bool {
    matches!(problem.status().as_u16(), 409 | 422)
}

/// Goes on after an act, or shows the case again with why it was refused.
async fn answered(
    visit: Visit,
    id: &CaseId,
    answer: Result<Answer, Problem>,
    act: &'static str,
    element: &str,
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => {
            Ok(visit.done(&format!("/cases/{id}#{element}"), act, answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = case::view(&visit, id, &Asked::default()).await?;
            let told = refusal::problem(&visit.reader, problem.code(), problem.detail());
            view.problem = Some(told);
            Ok(visit.refuse(crate::web::case::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

fn typed(sent: &Sent) -> FactForm {
    let text = |name: &str| sent.field(name).to_owned();
    FactForm {
        kind: text("kind"),
        occurred_at: text("occurred_at"),
        known_at: text("known_at"),
        zone: text("zone"),
        of: text("of"),
        obligation: text("obligation"),
        new_due: text("new_due"),
        number: text("number"),
        note: text("note"),
        open: true,
        ..FactForm::default()
    }
}

/// Why a typed fact cannot be taken: the problem, and the input it is in.
type Wrong = (InstantProblem, &'static str);

fn fact(form: &FactForm, exact: &str) -> Result<FactDraft, Wrong> {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let occurred_at = match exact {
        "" => instant::spell(&form.occurred_at, &form.zone),
        exact => instant::spell(exact, "UTC"),
    };
    let occurred_at = occurred_at.map_err(|problem| (problem, "fact-occurred"))?;
    let typed = given(&form.known_at).map(|text| instant::exact(&text, &form.zone)).transpose();
    let typed = typed.map_err(|problem| (problem, "fact-known"))?;
    // Where nobody says otherwise it was known at once (laws/counting.md 7.2.1).
    let known_at = typed.or_else(|| Instant::parse(&occurred_at).ok().map(|at| at.lo()));
    Ok(FactDraft {
        kind: form.kind.clone(),
        occurred_at: Some(occurred_at),
        known_at,
        of: given(&form.of),
        obligation: given(&form.obligation).into_iter().collect(),
        new_due: given(&form.new_due),
        number: given(&form.number),
        note: given(&form.note),
        ..FactDraft::default()
    })
}

/// Records a fact.
pub(super) async fn record_fact(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let mut form = typed(&sent);
    let told = match fact(&form, sent.field("occurred_exact")) {
        Ok(draft) => match command::record_fact(wish(&visit), &id, &draft).await {
            Err(problem) if is_refusal(&problem) => {
                refusal::problem(&visit.reader, problem.code(), problem.detail())
            }
            answer => return answered(visit, &id, answer, "case-done-fact", FACTS).await,
        },
        Err((problem, input)) => {
            if let InstantProblem::OneOfTwo { candidates, .. } = &problem {
                form.candidates = Some(*candidates);
            }
            refusal::instant(&visit.reader, &problem, input)
        }
    };
    let mut view = case::view(&visit, &id, &Asked::default()).await?;
    form.kinds = std::mem::take(&mut view.fact_form.kinds);
    form.provisions = std::mem::take(&mut view.fact_form.provisions);
    view.fact_form = form;
    view.problem = Some(told);
    Ok(visit.refuse(crate::web::case::page(&view, &visit.reader)))
}

/// Takes a fact back.
pub(super) async fn retract(
    visit: Visit,
    Path((id, fact)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let note = sent.field("note");
    let draft = FactDraft {
        kind: "retracted".to_owned(),
        of: Some(fact),
        note: (!note.is_empty()).then(|| note.to_owned()),
        ..FactDraft::default()
    };
    let answer = command::record_fact(wish(&visit), &id, &draft).await;
    answered(visit, &id, answer, "case-done-retracted", FACTS).await
}

/// Answers a question of the case.
pub(super) async fn decide(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let note = sent.field("note");
    let draft = FactDraft {
        kind: "decided".to_owned(),
        predicate: Some(sent.field("predicate").to_owned()),
        answer: Some(sent.field("answer").to_owned()),
        note: (!note.is_empty()).then(|| note.to_owned()),
        ..FactDraft::default()
    };
    let answer = command::record_fact(wish(&visit), &id, &draft).await;
    answered(visit, &id, answer, "case-done-decided", "obligations").await
}

/// Reads the two ids of an obligation's path.
pub(super) fn ids(case: &str, obligation: &str) -> Result<(CaseId, ObligationId), Problem> {
    Ok((case_id(case)?, obligation.parse().map_err(|_| Problem::not_found())?))
}

/// Goes back to where the button was pressed: the watch, or the obligation in its case.
async fn held(
    visit: Visit,
    (case, id): (CaseId, ObligationId),
    sent: &Sent,
    answer: Result<Answer, Problem>,
    act: &'static str,
) -> Result<Response, Problem> {
    let from = own_path(sent.field("return_to")).filter(|path| path.starts_with("/watch"));
    if let (Some(path), Ok(answer)) = (from, &answer) {
        return Ok(visit.done(path, act, answer.receipt.as_deref()));
    }
    answered(visit, &case, answer, act, &format!("o-{id}")).await
}

/// Takes an obligation.
pub(super) async fn claim(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let ids = ids(&case, &id)?;
    let answer = command::claim(wish(&visit), &ids.1).await;
    held(visit, ids, &sent, answer, "case-done-claimed").await
}

/// Answers for an obligation.
pub(super) async fn acknowledge(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let ids = ids(&case, &id)?;
    let answer = command::acknowledge(wish(&visit), &ids.1).await;
    held(visit, ids, &sent, answer, "case-done-acknowledged").await
}

/// Gives an obligation up.
pub(super) async fn release(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let ids = ids(&case, &id)?;
    let answer = command::release(wish(&visit), &ids.1, sent.field("reason")).await;
    held(visit, ids, &sent, answer, "case-done-released").await
}

/// Gives an obligation to somebody.
pub(super) async fn assign(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let ids = ids(&case, &id)?;
    let to: PartyId = sent.field("to").parse().map_err(|_| Problem::not_found())?;
    let answer = command::assign(wish(&visit), &ids.1, &to).await;
    held(visit, ids, &sent, answer, "case-done-assigned").await
}

/// Lets somebody see the case.
pub(super) async fn add_participant(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let party: PartyId = sent.field("party").parse().map_err(|_| Problem::not_found())?;
    let role = match sent.field("role") {
        "vendor" => ParticipantRole::Vendor,
        "coordinator" => ParticipantRole::Coordinator,
        "reporter" => ParticipantRole::Reporter,
        _ => ParticipantRole::Member,
    };
    let answer = command::add_participant(wish(&visit), &id, &party, role).await;
    answered(visit, &id, answer, "case-done-added", "participants").await
}

/// Takes somebody out of the case. Who takes oneself out sees it no more.
pub(super) async fn remove_participant(
    visit: Visit,
    Path((id, party)): Path<(String, String)>,
    _: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let party: PartyId = party.parse().map_err(|_| Problem::not_found())?;
    let answer = command::remove_participant(wish(&visit), &id, &party).await;
    if let (Ok(answer), true) = (&answer, visit.reader.is(&party)) {
        return Ok(visit.done("/cases", "case-done-removed", answer.receipt.as_deref()));
    }
    answered(visit, &id, answer, "case-done-removed", "participants").await
}

/// Ends the embargo.
pub(super) async fn exit_embargo(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let answer = command::exit_embargo(wish(&visit), &id, sent.field("reason")).await;
    answered(visit, &id, answer, "case-done-embargo", "participants").await
}

/// Writes to the participants.
pub(super) async fn post_message(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let answer = command::post_message(wish(&visit), &id, sent.field("text")).await;
    answered(visit, &id, answer, "case-done-message", "timeline").await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(occurred_at: &str) -> FactForm {
        FactForm {
            kind: "disclosed".into(),
            occurred_at: occurred_at.into(),
            zone: "Europe/Brussels".into(),
            ..FactForm::default()
        }
    }

    #[test]
    fn a_time_that_exists_twice_is_asked_about_and_the_answer_is_taken() {
        let asked = fact(&form("2026-10-25T02:30"), "");
        assert!(matches!(
            asked,
            Err((InstantProblem::OneOfTwo { twice: true, .. }, "fact-occurred"))
        ));
        let one = fact(&form("2026-10-25T02:30"), "2026-10-25T01:30:00Z").expect("an instant");
        assert_eq!(one.occurred_at.as_deref(), Some("2026-10-25T01:30:00Z"));
        let both = "2026-10-25T00:30:00Z/2026-10-25T01:30:00Z";
        let both_taken = fact(&form("2026-10-25T02:30"), both).expect("an interval");
        assert_eq!(both_taken.occurred_at.as_deref(), Some(both));
    }

    #[test]
    fn what_was_left_empty_is_left_out() {
        let draft = fact(&form("2026-10-01"), "").expect("a day");
        assert_eq!(draft.occurred_at.as_deref(), Some("2026-10-01[Europe/Brussels]"));
        assert_eq!((draft.note, draft.obligation), (None, Vec::new()));
        let midnight = "2026-09-30T22:00:00Z".parse().expect("an instant");
        assert_eq!(draft.known_at, Some(midnight), "known at once, where nobody says otherwise");
    }
}
