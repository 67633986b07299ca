//! What people do on the page of a case. A refusal shows the page again with what was typed.

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::ids::{CaseId, ObligationId, PartyId};
use watchfire_core::law::instant::Instant;

use super::case::{self, Asked, case_id};
use super::{Sent, Visit, own_path};
use crate::command::case::{self as command, FactDraft};
use crate::command::{Answer, Wish};
use crate::error::Problem;
use crate::web::fact::FactForm;
use crate::web::instant::{self, InstantProblem};
use crate::web::reader::{Problem as Told, Reader};
use crate::web::refusal;

/// The id of the page's element where facts are.
const FACTS: &str = "facts";

pub(super) fn wish(visit: &Visit) -> Wish<'_> {
    Wish { node: &visit.node, viewer: &visit.caller.viewer, key: None }
}

/// Whether a problem is a refusal to be told on the page, and no failure.
pub(super) fn is_refusal(problem: &Problem) -> bool {
    matches!(problem.status().as_u16(), 409 | 413 | 422)
}

/// What a form of the page of a case wants, and where one lands when it is done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Name of the form; the ids of its inputs begin with it.
    pub(super) form: &'a str,
    pub(super) sent: &'a Sent,
    /// Key of the words that say what was done.
    pub(super) act: &'static str,
    /// Id of the element that shows it.
    pub(super) element: &'a str,
}

/// Goes on after an act, or shows the case again with why it was refused, at the field concerned.
pub(super) async fn answered(
    visit: Visit,
    id: &CaseId,
    answer: Result<Answer, Problem>,
    wanted: Wanted<'_>,
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => {
            let path = format!("/cases/{id}#{}", wanted.element);
            Ok(visit.done(&path, wanted.act, answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let told = refusal::in_form(&visit.reader, &problem, wanted.form);
            shown_again(visit, id, wanted, told).await
        }
        Err(other) => Err(other),
    }
}

/// Shows the case again with what was typed, and why it was refused.
pub(super) async fn shown_again(
    visit: Visit,
    id: &CaseId,
    wanted: Wanted<'_>,
    told: Told,
) -> Result<Response, Problem> {
    let mut view = case::view(&visit, id, &Asked::default()).await?;
    view.typed = wanted.sent.typed_into(wanted.form);
    view.problem = Some(told);
    Ok(visit.refuse(crate::web::case::page(&view, &visit.reader)))
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

/// Tells at which input of the form a fact was refused.
fn fact_refused(reader: &Reader, problem: &Problem) -> Told {
    let input = match problem.pointer() {
        Some("/kind") => Some("fact-kind"),
        Some("/occurred_at") => Some("fact-occurred"),
        Some("/known_at") => Some("fact-known"),
        Some("/of") => Some("fact-of"),
        Some("/obligation") => Some("fact-obligation"),
        Some("/new_due") => Some("fact-new-due"),
        Some("/number") => Some("fact-number"),
        Some("/note") => Some("fact-note"),
        _ => None,
    };
    Told { input: input.map(str::to_owned), ..refusal::of(reader, problem) }
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
            Err(problem) if is_refusal(&problem) => fact_refused(&visit.reader, &problem),
            answer => {
                let wanted =
                    Wanted { form: "fact", sent: &sent, act: "case-done-fact", element: FACTS };
                return answered(visit, &id, answer, wanted).await;
            }
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
    let wanted =
        Wanted { form: "retract", sent: &sent, act: "case-done-retracted", element: FACTS };
    answered(visit, &id, answer, wanted).await
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
    let wanted =
        Wanted { form: "decision", sent: &sent, act: "case-done-decided", element: "obligations" };
    answered(visit, &id, answer, wanted).await
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
    let (form, element) = (format!("release-{id}"), format!("o-{id}"));
    answered(visit, &case, answer, Wanted { form: &form, sent, act, element: &element }).await
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

/// Asks for the next of the chain.
pub(super) async fn escalate(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (case, id) = ids(&case, &id)?;
    let answer = command::escalate(wish(&visit), &id, sent.field("reason")).await;
    let (form, element) = (format!("escalate-{id}"), format!("o-{id}"));
    let (sent, act) = (&sent, "case-done-escalated");
    answered(visit, &case, answer, Wanted { form: &form, sent, act, element: &element }).await
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
