//! The draft of a submission, and the record that it was made.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::ids::ObligationId;
use watchfire_core::law::form::{Field, Kind, Need as Needed};
use watchfire_store::policy::Write;

use super::act::{ids, is_refusal, wish};
use super::case::{self, Asked};
use super::report::zone_name;
use super::words::Words;
use super::{Sent, Visit};
use crate::command::case::{self as command, SubmissionDraft};
use crate::error::Problem;
use crate::web::instant;
use crate::web::reader::Problem as Told;
use crate::web::refusal;
use crate::web::submission::{self, DraftView, FieldView, FormView, Need, Sending};
use crate::web::time;

/// The prefix of the names of a form's fields.
const FIELD: &str = "field.";

fn need(needed: Needed) -> Need {
    match needed {
        Needed::Required => Need::Required,
        Needed::IfAvailable => Need::IfAvailable,
        Needed::Optional => Need::Optional,
        Needed::Automatic => Need::Automatic,
        Needed::Copied => Need::Copied,
    }
}

fn field(words: Words<'_>, field: &Field, needed: Needed, value: Option<&String>) -> FieldView {
    let text = |text: &Option<watchfire_core::law::text::Text>| {
        text.as_ref().map(|text| words.in_own(text))
    };
    let choice = |id: &str, label: String| (id.to_owned(), label);
    FieldView {
        id: field.id.to_string(),
        label: words.in_own(&field.label),
        need: need(needed),
        limit: field.limit,
        help: text(&field.help),
        cites: text(&field.cites),
        draft: text(&field.draft),
        value: value.cloned().unwrap_or_default(),
        choices: match &field.kind {
            Kind::Enum(choices) => {
                choices.iter().map(|it| choice(&it.id, words.in_own(&it.label))).collect()
            }
            Kind::Boolean => vec![
                choice("yes", words.language.text("shell-yes")),
                choice("no", words.language.text("shell-no")),
            ],
            Kind::Text | Kind::Date | Kind::DateTime | Kind::List(_) => Vec::new(),
        },
    }
}

/// Reads the draft of an obligation that the reader sees.
async fn view(visit: &Visit, case: &str, id: &str) -> Result<DraftView, Problem> {
    let (case, id) = ids(case, id)?;
    let viewer = &visit.caller.viewer;
    let shown = case::view(visit, &case, &Asked::default()).await?;
    let mine = |detail: &crate::web::case::Detail| detail.view.id == id;
    let obligation =
        shown.obligations.iter().find(|it| mine(it)).ok_or_else(Problem::not_found)?.view.clone();
    let words = Words { law: visit.node.law(), language: visit.reader.language };
    let (form, stage) =
        words.law.form_of(&obligation.law.provision).ok_or_else(Problem::not_found)?;
    let saved = visit.node.store().draft(viewer, &id).await?;
    let value = |field: &Field| saved.as_ref().and_then(|saved| saved.fields.get(&field.id.0));
    let others = shown.obligations.iter().filter(|it| !mine(it) && it.view.state.is_open());
    Ok(DraftView {
        form: FormView {
            id: form.id.clone(),
            title: words.in_own(&form.title),
            source: form.source.clone(),
            checked_on: form.checked_on.to_string(),
            fields: form
                .asked(stage)
                .map(|(it, needed)| field(words, it, needed, value(it)))
                .collect(),
        },
        saved_at: saved.as_ref().map(|saved| saved.saved_at),
        sending: Sending {
            submitted_at: time::input_value(&visit.reader, visit.reader.now),
            zone: zone_name(visit),
            channel: visit.reader.text("submission-channel-default"),
            ..Sending::default()
        },
        also: others.map(|it| (it.view.id.to_string(), it.view.title.clone())).collect(),
        may_write: visit.node.store().authorize_case::<Write>(viewer, &case).await.is_ok(),
        obligation,
        problem: None,
    })
}

/// Shows the draft.
pub(super) async fn page(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = view(&visit, &case, &id).await?;
    Ok(visit.show(submission::page(&view, &visit.reader)))
}

fn fields(sent: &Sent) -> BTreeMap<String, String> {
    let filled = sent.below(FIELD).filter(|(_, value)| !value.is_empty());
    filled.map(|(id, value)| (id.to_owned(), value.to_owned())).collect()
}

/// Shows the draft again with what was typed, and why it was refused.
async fn refused(
    visit: Visit,
    (case, id): (&str, &str),
    sent: &Sent,
    told: Told,
) -> Result<Response, Problem> {
    let mut view = view(&visit, case, id).await?;
    let typed = fields(sent);
    for field in &mut view.form.fields {
        field.value = typed.get(&field.id).cloned().unwrap_or_default();
    }
    if !sent.field("submitted_at").is_empty() {
        view.sending = sending(sent);
    }
    view.problem = Some(told);
    Ok(visit.refuse(submission::page(&view, &visit.reader)))
}

fn sending(sent: &Sent) -> Sending {
    let text = |name: &str| sent.field(name).to_owned();
    Sending {
        submitted_at: text("submitted_at"),
        zone: text("zone"),
        channel: text("channel"),
        number: text("number"),
        incomplete_reason: text("incomplete_reason"),
    }
}

/// Saves the draft.
pub(super) async fn save(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (_, obligation) = ids(&case, &id)?;
    let view = view(&visit, &case, &id).await?;
    let saved = command::save_draft(wish(&visit), &obligation, &view.form.id, &fields(&sent)).await;
    match saved {
        Ok(answer) => {
            let path = view.obligation.path("draft");
            Ok(visit.done(&path, "case-done-draft", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let told = refusal::of(&visit.reader, &problem);
            refused(visit, (&case, &id), &sent, told).await
        }
        Err(other) => Err(other),
    }
}

/// Records that it was sent: the clock stops.
pub(super) async fn submit(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (case_id, obligation) = ids(&case, &id)?;
    let typed = sending(&sent);
    let submitted_at = match instant::spell(&typed.submitted_at, &typed.zone) {
        Ok(spelled) => spelled,
        Err(problem) => {
            let told = refusal::instant(&visit.reader, &problem, "submitted-at");
            return refused(visit, (&case, &id), &sent, told).await;
        }
    };
    let given = |text: String| (!text.is_empty()).then_some(text);
    let also = sent.below("also.").filter(|(_, value)| *value == "yes");
    let also = also.filter_map(|(id, _)| id.parse::<ObligationId>().ok());
    let draft = SubmissionDraft {
        obligations: std::iter::once(obligation.clone()).chain(also).collect(),
        submitted_at: Some(submitted_at),
        known_at: None,
        number: given(typed.number),
        channel: typed.channel,
        fields: fields(&sent),
        incomplete_reason: given(typed.incomplete_reason),
    };
    match command::record_submission(wish(&visit), &case_id, &draft).await {
        Ok(answer) => {
            let path = format!("/cases/{case_id}#o-{obligation}");
            Ok(visit.done(&path, "case-done-submitted", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let told = refusal::of(&visit.reader, &problem);
            refused(visit, (&case, &id), &sent, told).await
        }
        Err(other) => Err(other),
    }
}
