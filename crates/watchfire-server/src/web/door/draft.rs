//! The draft of a submission, and the record that it was made.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::case::{Answers, Effect, Kept, Origin};
use watchfire_core::ids::{CaseId, ObligationId};
use watchfire_core::law::form::{
    Completeness, Count, Field, FieldId, Kind, Need as Needed, ValueProblem, Values,
};
use watchfire_store::policy::Write;

use super::act::{ids, is_refusal, wish};
use super::case::{self, Asked};
use super::report::zone_name;
use super::words::Words;
use super::{Sent, Visit};
use crate::api::draft::exported;
use crate::command::case::{self as command, SubmissionDraft};
use crate::command::decision::Loaded;
use crate::command::form::filled;
use crate::error::Problem;
use crate::web::instant;
use crate::web::reader::Problem as Told;
use crate::web::refusal;
use crate::web::submission::{self, Counts, DraftView, FieldView, FormView, Need, Sending};
use crate::web::time;

/// The prefix of the names of a form's fields.
const FIELD: &str = "field.";
/// The prefix of the marks that a field is left out.
const LEFT_OUT: &str = "left_out.";
/// Which decision the page shows that keeps the draft to the minimum: when it was made.
const MINIMUM: &str = "minimum";

fn need(needed: Needed) -> Need {
    match needed {
        Needed::Required => Need::Required,
        Needed::IfAvailable => Need::IfAvailable,
        Needed::Optional => Need::Optional,
        Needed::Automatic => Need::Automatic,
        Needed::Copied => Need::Copied,
    }
}

/// Why an answer is not taken, in the reader's words.
fn told(visit: &Visit, problem: &ValueProblem) -> String {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let reader = &visit.reader;
    match problem {
        ValueProblem::TooLong { signs, limit } => reader.text_with(
            "submission-problem-long",
            &[("signs", number(*signs).into()), ("limit", number(*limit).into())],
        ),
        ValueProblem::NotADate(_) => reader.text("submission-problem-date"),
        ValueProblem::NotAnInstant(_) => reader.text("submission-problem-instant"),
        ValueProblem::NotYesOrNo(_) => reader.text("submission-problem-yes-no"),
        ValueProblem::NotAChoice(answer) => {
            reader.text_with("submission-problem-choice", &[("answer", answer.clone().into())])
        }
    }
}

/// Where an answer comes from, in the reader's words.
fn origin(visit: &Visit, from: &Origin, titles: &BTreeMap<ObligationId, String>) -> Option<String> {
    let reader = &visit.reader;
    Some(match from {
        Origin::Draft => return None,
        Origin::Form | Origin::Case => reader.text("submission-from-case"),
        Origin::Stage(submission) => reader
            .text_with("submission-from-stage", &[("submission", submission.to_string().into())]),
        Origin::Fact(fact) => {
            reader.text_with("submission-from-fact", &[("fact", fact.clone().into())])
        }
        Origin::Shared(obligation) => {
            let title = titles.get(obligation).cloned().unwrap_or_default();
            reader.text_with("submission-from-shared", &[("title", title.into())])
        }
    })
}

/// How an answer must be spelled, in the reader's words.
fn spelling(visit: &Visit, field: &Field) -> Option<String> {
    let reader = &visit.reader;
    let kind = match &field.kind {
        Kind::Date => Some(reader.text("submission-spell-date")),
        Kind::DateTime => Some(reader.text("submission-spell-instant")),
        _ => None,
    };
    let language = field.language.as_ref().map(|tag| {
        reader.text_with("submission-spell-language", &[("language", tag.clone().into())])
    });
    let all: Vec<String> = [kind, language].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn field(visit: &Visit, words: Words<'_>, field: &Field, needed: Needed) -> FieldView {
    let text = |text: &Option<watchfire_core::law::text::Text>| {
        text.as_ref().map(|text| words.in_own(text))
    };
    let choice = |id: &str, label: String| (id.to_owned(), label);
    let several = match &field.kind {
        Kind::List(choices) if !choices.is_empty() => {
            let ids: Vec<&str> = choices.iter().map(|it| it.id.as_str()).collect();
            let ids = ids.join(", ");
            Some(visit.reader.text_with("submission-spell-list", &[("choices", ids.into())]))
        }
        Kind::List(_) => Some(visit.reader.text("submission-spell-lines")),
        _ => None,
    };
    let help: Vec<String> = text(&field.help).into_iter().chain(several).collect();
    FieldView {
        id: field.id.to_string(),
        label: words.in_own(&field.label),
        need: need(needed),
        limit: field.limit,
        help: (!help.is_empty()).then(|| help.join(" ")),
        cites: text(&field.cites),
        draft: text(&field.draft),
        spelling: spelling(visit, field),
        value: String::new(),
        from: None,
        problem: None,
        left_out: None,
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

/// Puts an answer into its field, with what is wrong with it.
fn answer(visit: &Visit, asked: &Field, view: &mut FieldView, value: String) {
    let typed = value.trim();
    let refused = (!typed.is_empty()).then(|| asked.refuse(typed)).flatten();
    view.problem = refused.map(|problem| told(visit, &problem));
    view.value = value;
}

fn counts(found: &Completeness) -> Counts {
    let of = |count: Count| (count.done, count.total);
    Counts {
        required_now: of(found.required_now),
        if_available: of(found.if_available),
        later: of(found.later),
        optional: of(found.optional),
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
    let words = Words { law: visit.law(), language: visit.reader.language };
    let found = filled(&visit.node, viewer, &id).await?;
    let (form, stage) = (&found.form, found.filling.stage);
    let titles: BTreeMap<ObligationId, String> =
        shown.obligations.iter().map(|it| (it.view.id.clone(), it.view.title.clone())).collect();
    let bars = bars_of(visit, &case, &id).await?;
    let free: BTreeSet<&FieldId> = form.free(stage).collect();
    let fields = form.asked(stage).map(|(asked, needed)| {
        let mut view = field(visit, words, asked, needed);
        let why = found.filling.left_out.get(&asked.id).map(|it| &it.provisions);
        let offered = why.or(bars.as_ref()).filter(|_| free.contains(&asked.id));
        view.left_out = offered.map(|provisions| (provisions.clone(), why.is_some()));
        if let Some(filled) = found.filling.fields.get(&asked.id) {
            answer(visit, asked, &mut view, filled.value.clone());
            view.from = origin(visit, &filled.from, &titles);
        }
        view
    });
    let stage_name = form.stages.get(stage).map_or(&form.title, |stage| &stage.name);
    let others = shown.obligations.iter().filter(|it| !mine(it) && it.view.state.is_open());
    Ok(DraftView {
        form: FormView {
            id: form.id.clone(),
            title: words.in_own(&form.title),
            stage: words.in_own(stage_name),
            source: form.source.clone(),
            checked_on: form.checked_on.to_string(),
            note: form.note.as_ref().map(|note| words.in_own(note)),
            fields: fields.collect(),
            counts: counts(&found.filling.completeness),
        },
        minimum_since: found.filling.minimum_since,
        saved_at: found.filling.saved_at,
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

/// Shows the form as a page of paper.
pub(super) async fn print(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = view(&visit, &case, &id).await?;
    Ok(visit.show(submission::print(&view, &visit.reader)))
}

/// Gives the form as a file.
pub(super) async fn export(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (case, id) = ids(&case, &id)?;
    let found = filled(&visit.node, &visit.caller.viewer, &id).await?;
    if found.case.id != case {
        return Err(Problem::not_found());
    }
    exported(&found, &id)
}

/// The prohibitions that bar whom the duty is owed to, if it collides with any.
async fn bars_of(
    visit: &Visit,
    case: &CaseId,
    id: &ObligationId,
) -> Result<Option<String>, Problem> {
    let loaded = Loaded::read(&visit.node, &visit.caller.viewer, case).await?;
    let now = visit.reader.now;
    let legible = loaded.legible(&visit.node, visit.node.law_now(), now).await?;
    if !legible.is_read {
        return Ok(None);
    }
    let clashes = loaded.case.clashes(&loaded.house_under(&legible.law), now)?;
    let of_this = clashes.into_iter().filter(|clash| clash.obligations.contains(id));
    let bars = of_this.filter_map(|clash| match clash.effect {
        Effect::Bars(bars) => Some(bars.join(", ")),
        _ => None,
    });
    Ok(bars.into_iter().next())
}

/// The fields that are left out on purpose, with the provisions for which.
fn left_out(sent: &Sent) -> BTreeMap<String, String> {
    let marked = sent.below(LEFT_OUT).filter(|(_, value)| !value.is_empty());
    marked.map(|(id, value)| (id.to_owned(), value.to_owned())).collect()
}

/// The fields that stay in: whose mark was taken away on a page that shows the decision which
/// keeps the draft to the minimum. A page of before that decision says nothing about it.
fn kept(sent: &Sent, view: &DraftView, left_out: &BTreeMap<String, String>) -> BTreeSet<String> {
    if !shows_minimum(sent, view) {
        return BTreeSet::new();
    }
    let ids = view.form.fields.iter().map(|field| &field.id);
    ids.filter(|id| !left_out.contains_key(*id)).cloned().collect()
}

/// The answers that stay: what is marked as left out is left out, also where it is filled from the
/// case.
fn unmarked(sent: &Sent) -> BTreeMap<String, String> {
    let left_out = left_out(sent);
    let mut answers = fields(sent);
    answers.retain(|id, _| !left_out.contains_key(id));
    answers
}

/// Whether what was sent is of a page that shows the decision which stands.
fn shows_minimum(sent: &Sent, view: &DraftView) -> bool {
    let decided = view.minimum_since.map(|at| at.to_string());
    decided.is_some_and(|decided| decided == sent.field(MINIMUM))
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
    // The marks of a page of before say nothing of what is left out by now.
    if view.minimum_since.is_none() || shows_minimum(sent, &view) {
        let marked = left_out(sent);
        for field in &mut view.form.fields {
            let is_marked = marked.contains_key(&field.id);
            field.left_out = field.left_out.take().map(|(why, _)| (why, is_marked));
        }
    }
    let asked = visit.law().form_of(&view.obligation.law.provision);
    if let Some((form, stage)) = asked {
        let values: Values =
            typed.iter().map(|(id, it)| (FieldId(id.clone()), it.clone())).collect();
        view.form.counts = counts(&form.completeness(stage, &values));
        for (field, (asked, _)) in view.form.fields.iter_mut().zip(form.asked(stage)) {
            let value = typed.get(&field.id).cloned().unwrap_or_default();
            answer(&visit, asked, field, value);
            field.from = None;
        }
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
        pass_reason: text("pass_reason"),
    }
}

/// Tells a refusal at the field of the form that it names.
fn refused_field(visit: &Visit, problem: &Problem) -> Told {
    let field = problem.pointer().and_then(|at| at.strip_prefix("/fields/"));
    let gate = problem.pointer() == Some("/pass_reason");
    let input = field.map(|id| format!("field-{id}"));
    let input = input.or_else(|| gate.then(|| "pass-reason".to_owned()));
    Told { input, ..refusal::of(&visit.reader, problem) }
}

/// Saves the draft.
pub(super) async fn save(
    visit: Visit,
    Path((case, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (_, obligation) = ids(&case, &id)?;
    let view = view(&visit, &case, &id).await?;
    let (answers, left_out) = (unmarked(&sent), left_out(&sent));
    let kept = kept(&sent, &view, &left_out);
    let kept = Kept::Named(&kept);
    let answers = Answers { form: &view.form.id, fields: &answers, left_out: &left_out, kept };
    let saved = command::save_draft(wish(&visit), &obligation, &answers).await;
    match saved {
        Ok(answer) => {
            let path = view.obligation.path("draft");
            Ok(visit.done(&path, "case-done-draft", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let told = refused_field(&visit, &problem);
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
        fields: unmarked(&sent),
        incomplete_reason: given(typed.incomplete_reason),
        pass_reason: given(typed.pass_reason),
    };
    match command::record_submission(wish(&visit), &case_id, &draft).await {
        Ok(answer) => {
            let path = format!("/cases/{case_id}#o-{obligation}");
            Ok(visit.done(&path, "case-done-submitted", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let told = refused_field(&visit, &problem);
            refused(visit, (&case, &id), &sent, told).await
        }
        Err(other) => Err(other),
    }
}
