//! Drafts of submissions: the fields that the form asks for, and how complete they are.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::case::{Answers, Filling, Kept, Origin};
use watchfire_core::ids::ObligationId;
use watchfire_core::law::form::{Completeness, Count, Field, Form, Kind, Need};

use super::law::Words;
use super::{Changed, Shown, id, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::case as command;
use crate::command::form::{FilledForm, filled};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// The draft of the submission that would meet an obligation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownDraft {
    /// Id of the form.
    form: String,
    title: Words,
    /// What the law calls this stage of the form.
    stage: Words,
    fields: Vec<ShownField>,
    completeness: ShownCompleteness,
    /// When it was decided that the draft is kept to what the law itself asks for, if that stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    minimum_since: Option<Timestamp>,
    /// When it was saved last; absent if it never was.
    #[schema(value_type = Option<String>, format = DateTime)]
    saved_at: Option<Timestamp>,
}

/// One thing that is asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownField {
    id: String,
    label: Words,
    /// `text`, `date`, `date-time`, `boolean`, `enum` or `list`.
    #[schema(value_type = String)]
    kind: &'static str,
    choices: Vec<ShownChoice>,
    /// `required`, `if-available`, `optional`, `automatic` or `copied`.
    #[schema(value_type = String)]
    need: &'static str,
    /// The most signs that an answer may have.
    limit: Option<usize>,
    help: Option<Words>,
    /// The article or the page that asks for it.
    cites: Option<Words>,
    /// Wording to start from.
    wording: Option<Words>,
    /// The language in which it must be answered, where the source says so.
    language: Option<String>,
    /// What is answered so far: saved, or filled in from what the case holds.
    value: Option<String>,
    /// Where the answer comes from: `draft`, `form`, `stage`, `fact`, `case` or `shared`.
    #[schema(value_type = Option<String>)]
    from: Option<&'static str>,
    /// The submission, the fact or the obligation that it comes from.
    from_id: Option<String>,
    /// Why the answer is not acceptable.
    problem: Option<String>,
    /// The provisions for which it is left out on purpose; such a field is not filled from the case.
    left_out: Option<String>,
    /// The conflict whose decision leaves it out, as long as that stands; absent where somebody did.
    left_out_by: Option<String>,
}

/// An answer that may be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownChoice {
    id: String,
    label: Words,
}

/// How complete a draft is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownCompleteness {
    complete: bool,
    required_now: Done,
    if_available: Done,
    later: Done,
    optional: Done,
    /// Fields required now that are not answered.
    missing: Vec<String>,
    /// Fields whose answers are not acceptable, with what is wrong.
    refused: Vec<RefusedField>,
}

/// How many of some fields are answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    done: usize,
    total: usize,
}

/// A field whose answer is not acceptable.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusedField {
    id: String,
    problem: String,
}

impl Done {
    fn of(count: Count) -> Self {
        Self { done: count.done, total: count.total }
    }
}

impl ShownCompleteness {
    fn of(found: &Completeness) -> Self {
        let refused = found
            .refused
            .iter()
            .map(|(id, problem)| RefusedField { id: id.to_string(), problem: problem.to_string() });
        Self {
            complete: found.is_complete(),
            required_now: Done::of(found.required_now),
            if_available: Done::of(found.if_available),
            later: Done::of(found.later),
            optional: Done::of(found.optional),
            missing: found.missing.iter().map(ToString::to_string).collect(),
            refused: refused.collect(),
        }
    }
}

impl ShownField {
    fn of(field: &Field, need: Need, filling: &Filling) -> Self {
        let filled = filling.fields.get(&field.id);
        let left_out = filling.left_out.get(&field.id);
        let (kind, choices) = match &field.kind {
            Kind::Text => ("text", &[][..]),
            Kind::Date => ("date", &[][..]),
            Kind::DateTime => ("date-time", &[][..]),
            Kind::Boolean => ("boolean", &[][..]),
            Kind::Enum(choices) => ("enum", choices.as_slice()),
            Kind::List(choices) => ("list", choices.as_slice()),
        };
        let choice = |choice: &watchfire_core::law::form::Choice| ShownChoice {
            id: choice.id.clone(),
            label: Words::of(&choice.label),
        };
        Self {
            id: field.id.to_string(),
            label: Words::of(&field.label),
            kind,
            choices: choices.iter().map(choice).collect(),
            need: match need {
                Need::Required => "required",
                Need::IfAvailable => "if-available",
                Need::Optional => "optional",
                Need::Automatic => "automatic",
                Need::Copied => "copied",
            },
            limit: field.limit,
            help: field.help.as_ref().map(Words::of),
            cites: field.cites.as_ref().map(Words::of),
            wording: field.draft.as_ref().map(Words::of),
            language: field.language.clone(),
            problem: filled
                .map(|filled| filled.value.trim())
                .filter(|value| !value.is_empty())
                .and_then(|value| Some(field.refuse(value)?.to_string())),
            value: filled.map(|filled| filled.value.clone()),
            from: filled.map(|filled| origin(&filled.from).0),
            from_id: filled.and_then(|filled| origin(&filled.from).1),
            left_out: left_out.map(|it| it.provisions.clone()),
            left_out_by: left_out.and_then(|it| it.conflict.clone()),
        }
    }
}

fn origin(from: &Origin) -> (&'static str, Option<String>) {
    match from {
        Origin::Draft => ("draft", None),
        Origin::Form => ("form", None),
        Origin::Stage(submission) => ("stage", Some(submission.to_string())),
        Origin::Fact(fact) => ("fact", Some(fact.clone())),
        Origin::Case => ("case", None),
        Origin::Shared(obligation) => ("shared", Some(obligation.to_string())),
    }
}

/// Shows the form of an obligation with the draft so far, and how complete it is.
#[utoipa::path(get, path = "/api/v1/obligations/{id}/draft", tag = "obligations",
    params(("id" = String, Path, description = "Id of an obligation.")),
    responses((status = 200, body = ShownDraft), (status = 404, description = "It has no form.")))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<ShownDraft> {
    let obligation = id::<ObligationId>(&text)?;
    Ok(Json(shown(&filled(&node, &caller.viewer, &obligation).await?)))
}

fn shown(found: &FilledForm) -> ShownDraft {
    let FilledForm { form, filling, .. } = found;
    let fields = form.asked(filling.stage);
    let fields = fields.map(|(field, need)| ShownField::of(field, need, filling));
    let stage_name = form.stages.get(filling.stage).map_or(&form.title, |stage| &stage.name);
    ShownDraft {
        form: form.id.clone(),
        title: Words::of(&form.title),
        stage: Words::of(stage_name),
        fields: fields.collect(),
        completeness: ShownCompleteness::of(&filling.completeness),
        minimum_since: filling.minimum_since,
        saved_at: filling.saved_at,
    }
}

/// A form as a file, for whoever fills it in elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportedDraft {
    /// Id of the case.
    case: String,
    /// Id of the obligation.
    obligation: String,
    provision: String,
    /// Where the form comes from, and when it was compared with that.
    source: String,
    checked_on: String,
    #[serde(flatten)]
    draft: ShownDraft,
}

/// Exports the form of an obligation as a file: the same bytes as long as nothing changes.
#[utoipa::path(get, path = "/api/v1/obligations/{id}/draft/export", tag = "obligations",
    params(("id" = String, Path, description = "Id of an obligation.")),
    responses((status = 200, body = ExportedDraft), (status = 404, description = "It has no form.")))]
pub(crate) async fn export(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let obligation = id::<ObligationId>(&text)?;
    exported(&filled(&node, &caller.viewer, &obligation).await?, &obligation)
}

/// Writes a form down as a file to download.
///
/// # Errors
/// `internal` if it has no JSON form.
pub(crate) fn exported(found: &FilledForm, obligation: &ObligationId) -> Result<Response, Problem> {
    let document = ExportedDraft {
        case: found.case.id.to_string(),
        obligation: obligation.to_string(),
        provision: found.provision.clone(),
        source: found.form.source.clone(),
        checked_on: found.form.checked_on.to_string(),
        draft: shown(found),
    };
    let bytes = serde_json::to_vec_pretty(&document).map_err(|error| Problem::internal(&error))?;
    let name = format!("attachment; filename=\"{}-{obligation}.json\"", found.form.id);
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

/// Finds the form that meets a provision, and its stage.
fn form_of<'n>(node: &'n Node, provision: &str) -> Result<(&'n Form, usize), Problem> {
    node.law().form_of(provision).ok_or_else(Problem::not_found)
}

/// What is answered so far.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDraft {
    /// Values by field id. A field that is not named is unanswered.
    fields: BTreeMap<String, String>,
    /// Fields that are left out on purpose, each with the provisions for which: they are not filled
    /// from the case.
    #[serde(default)]
    left_out: BTreeMap<String, String>,
    /// Fields that stay in although a decision keeps the draft to what the law itself asks for; so
    /// does one that is answered otherwise than before and than the case does by itself.
    #[serde(default)]
    kept: BTreeSet<String>,
}

/// Saves the draft of the submission that would meet an obligation.
#[utoipa::path(put, path = "/api/v1/obligations/{id}/draft", tag = "obligations",
    params(("id" = String, Path, description = "Id of an obligation.")),
    request_body = NewDraft, responses((status = 200, body = Answer)))]
pub(crate) async fn save(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let obligation = id::<ObligationId>(&text)?;
    let wish = wish(&node, &caller, &write);
    command::case_of(wish, &obligation).await?;
    let row = node.store().obligation(&caller.viewer, &obligation).await?;
    let new: NewDraft = write.body()?;
    let (form, _) = form_of(&node, &row.assessment.provision)?;
    let known = |field: &String| form.fields.iter().any(|known| known.id.0 == *field);
    let named = [
        ("fields", new.fields.keys().collect::<Vec<_>>()),
        ("left_out", new.left_out.keys().collect()),
        ("kept", new.kept.iter().collect()),
    ];
    for (room, named) in named {
        if let Some(unknown) = named.into_iter().find(|field| !known(field)) {
            let detail = format!("the form `{}` has no field `{unknown}`", form.id);
            return Err(Problem::field(format!("/{room}/{unknown}"), detail));
        }
    }
    let NewDraft { fields, left_out, kept } = &new;
    let answers = Answers { form: &form.id, fields, left_out, kept: Kept::Answered(kept) };
    Ok(Json(command::save_draft(wish, &obligation, &answers).await?))
}
