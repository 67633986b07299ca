//! Changes of law: proposed, told apart, interpreted, agreed, acknowledged, used.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::amendment::{Amendment, Words};
use watchfire_core::event::{GapCause, LawSource};
use watchfire_core::ids::{AmendmentId, DepartmentId};
use watchfire_core::law::Language;
use watchfire_core::law::diff::{self, ChangeKind, Diff};
use watchfire_core::law::files::Files;
use watchfire_core::law::impact::{Counts, Shift, Tally};
use watchfire_store::policy::Administer;
use watchfire_store::{AmendmentRow, UnreadCase};

use super::report::Reason;
use super::{Asked, Changed, List, Made, Paging, Shown, id, id_at, instant, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::amendment::{self as command, Content, Proposal};
use crate::command::impact::{self, Group};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// The body with which files are put forward has at most so many bytes.
pub(crate) const PROPOSAL_BYTES_MAX: usize = 24 << 20;

/// A change of law as it is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedAmendment {
    #[schema(example = "WA-7K3F-9QX2")]
    id: String,
    title: String,
    /// `proposed`, `interpreted`, `agreed`, `applied`, `rejected`, `withdrawn`.
    #[schema(value_type = String)]
    stage: &'static str,
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Timestamp,
    /// When it is used, once it is agreed.
    #[schema(value_type = String, format = DateTime)]
    effective_at: Timestamp,
    /// How many departments' acknowledgements are gaps.
    gaps: u64,
}

impl ListedAmendment {
    pub(crate) fn of(row: AmendmentRow) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title,
            stage: row.stage.as_str(),
            proposed_at: row.proposed_at,
            effective_at: row.effective_at,
            gaps: row.gaps,
        }
    }
}

/// Where the files of a proposal came from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Source {
    /// `files`, `bundle`, `reading`, `built-in`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// Of a bundle: the name of the key that signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    /// SHA-256 of the whole bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Of a reading: the provision.
    #[serde(skip_serializing_if = "Option::is_none")]
    provision: Option<String>,
}

impl Source {
    fn of(source: &LawSource) -> Self {
        let of = |kind| Self { kind, issuer: None, sequence: None, sha256: None, provision: None };
        match source {
            LawSource::Files => of("files"),
            LawSource::BuiltIn => of("built-in"),
            LawSource::Reading { provision } => {
                Self { provision: Some(provision.clone()), ..of("reading") }
            }
            LawSource::Bundle { issuer, sequence, sha256 } => Self {
                issuer: Some(issuer.clone()),
                sequence: Some(*sequence),
                sha256: Some(sha256.clone()),
                ..of("bundle")
            },
        }
    }
}

/// What a change means, as somebody wrote it down.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Interpretation {
    by: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// By language tag.
    text: BTreeMap<String, String>,
    departments: Vec<String>,
}

/// What a department owes: to say that it has received the change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Acknowledgement {
    department: String,
    /// Who answers for it.
    owner: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    overdue: bool,
    /// Why it is a gap: `held-by-nobody`, `not-acknowledged`.
    #[schema(value_type = Option<String>)]
    gap: Option<&'static str>,
    given_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    given_at: Option<Timestamp>,
    note: Option<String>,
}

/// A change of law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownAmendment {
    id: String,
    title: String,
    why: String,
    #[schema(value_type = String)]
    stage: &'static str,
    source: Source,
    proposed_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    proposed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    effective_at: Timestamp,
    /// Digest of the files that were put forward.
    files: String,
    /// Digest of the lawbook that was used then.
    base: String,
    /// Digest of the lawbook that is used since it was applied.
    lawbook: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    applied_at: Option<Timestamp>,
    /// How many of the cases that you may see were left as they were, because the new law cannot
    /// read them or computing them failed: they are tried again, and until then the change is not
    /// carried out.
    unread: u64,
    /// The first 1000 of them, by id.
    unread_cases: Vec<LeftUnread>,
    /// Whether it is used, and every case that it touches and you may see was computed anew.
    carried_out: bool,
    /// Why it could not be put to use last.
    obstructed: Option<String>,
    interpretation: Option<Interpretation>,
    /// Why an interpretation was sent back last.
    returned: Option<String>,
    agreed_by: Option<String>,
    acknowledgements: Vec<Acknowledgement>,
    /// Why it was rejected or withdrawn.
    dropped: Option<String>,
}

/// A case that was left as it was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftUnread {
    case: String,
    /// What the new law cannot read, in English.
    problem: String,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

impl ShownAmendment {
    fn of(found: Amendment, (unread, cases): (u64, Vec<UnreadCase>), now: Timestamp) -> Self {
        let left = |it: UnreadCase| LeftUnread {
            case: it.case.to_string(),
            problem: it.problem,
            since: it.since,
        };
        let acknowledgement = |owed: &watchfire_core::amendment::Acknowledgement| Acknowledgement {
            department: owed.department.to_string(),
            owner: owed.owner.as_ref().map(|(owner, ..)| owner.to_string()),
            due_at: owed.due_at,
            overdue: owed.is_overdue(now),
            gap: owed.gap.map(|(cause, _)| gap(cause)),
            given_by: owed.given.as_ref().map(|(by, ..)| by.to_string()),
            given_at: owed.given.as_ref().map(|(_, at, _)| *at),
            note: owed.given.as_ref().map(|(.., note)| note.clone()),
        };
        Self {
            id: found.id.to_string(),
            acknowledgements: found.acknowledgements.values().map(acknowledgement).collect(),
            title: found.title,
            why: found.why,
            stage: found.stage.as_str(),
            source: Source::of(&found.source),
            proposed_by: found.proposed_by.map(|by| by.to_string()),
            proposed_at: found.proposed_at,
            effective_at: found.effective_at,
            files: found.files,
            base: found.base,
            lawbook: found.applied.as_ref().map(|applied| applied.lawbook.clone()),
            applied_at: found.applied.as_ref().map(|applied| applied.at),
            unread,
            unread_cases: cases.into_iter().map(left).collect(),
            // What of a case is hidden is not told by a mark of the change either.
            carried_out: unread == 0
                && found.applied.as_ref().is_some_and(|applied| applied.reassessed.is_some()),
            obstructed: found.obstructed.map(|(_, problem)| problem),
            interpretation: found.interpretation.map(|it| Interpretation {
                by: it.by.to_string(),
                at: it.at,
                text: it.text,
                departments: it.departments.iter().map(ToString::to_string).collect(),
            }),
            returned: found.returned.map(|(_, reason)| reason),
            agreed_by: found.agreed.map(|(by, ..)| by.to_string()),
            dropped: found.dropped.map(|(_, reason)| reason),
        }
    }
}

fn gap(cause: GapCause) -> &'static str {
    match cause {
        GapCause::HeldByNobody => "held-by-nobody",
        GapCause::NotAcknowledged => "not-acknowledged",
        GapCause::HolderGone => "holder-gone",
    }
}

/// Lists the changes of law of your organization, the newest first.
#[utoipa::path(get, path = "/api/v1/amendments", tag = "amendments", params(Paging),
    responses((status = 200, body = List<ListedAmendment>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<ListedAmendment>> {
    let page = node.store().amendments(&caller.viewer, &asked.0.request()?).await?;
    Ok(Json(List::of(page, ListedAmendment::of)))
}

/// Shows a change of law.
#[utoipa::path(get, path = "/api/v1/amendments/{id}", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    responses((status = 200, body = ShownAmendment)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<ShownAmendment> {
    let found = command::read(&node, &caller.viewer, &id::<AmendmentId>(&text)?).await?;
    let count = node.store().count_unread_cases(&caller.viewer, &found.id).await?;
    let cases = node.store().unread_cases(&caller.viewer, &found.id, None).await?;
    let unread = (count, cases);
    Ok(Json(ShownAmendment::of(found, unread, node.now())))
}

/// In which language a change is told.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Telling {
    /// `en` or `zh-CN`; by default `en`.
    language: Option<String>,
}

/// One thing that was added, taken out, or altered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldChange {
    /// The law that it belongs to; absent for words that all laws share.
    law: Option<String>,
    provision: Option<String>,
    /// `added`, `removed`, `changed`.
    #[schema(value_type = String)]
    kind: &'static str,
    /// `editorial`, `proposed`, `coming`, `at-once`, `late`, `correction`.
    #[schema(value_type = String)]
    nature: &'static str,
    /// `neutral`, `stricter`, `laxer`, `both`, `unclear`.
    #[schema(value_type = String)]
    direction: &'static str,
    /// The first local day on which it makes a difference.
    from: Option<String>,
    /// In words: what happened, then each part that moved.
    words: Vec<String>,
}

/// What a change of law says otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldDiff {
    /// Digests of the two lawbooks.
    old: String,
    new: String,
    changes: Vec<ToldChange>,
}

/// Tells a change of law in words.
#[utoipa::path(get, path = "/api/v1/amendments/{id}/diff", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment."), Telling),
    responses((status = 200, body = ToldDiff)))]
pub(crate) async fn diff(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    asked: Asked<Telling>,
) -> Shown<ToldDiff> {
    let laid = command::laid(&node, &caller.viewer, &id::<AmendmentId>(&text)?).await?;
    let language = asked.0.language.as_deref().unwrap_or("en");
    let language = Language::parse(language).ok_or_else(|| {
        Problem::new("request_malformed", "`language` must be `en` or `zh-CN`", "correct it")
    })?;
    let since = laid.amendment.applied.as_ref().map_or(node.now(), |applied| applied.at);
    let found = Diff::between(&laid.old, &laid.new, since);
    let told = |change: &diff::Change| ToldChange {
        law: change.subject.law().map(str::to_owned),
        provision: change.subject.provision().map(ToString::to_string),
        kind: match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        },
        nature: change.nature.as_str(),
        direction: change.direction.as_str(),
        from: change.from.map(|day| day.to_string()),
        words: diff::tell(change, &laid.old, &laid.new, language),
    };
    Ok(Json(ToldDiff {
        old: laid.old.digest_hex(),
        new: laid.new.digest_hex(),
        changes: found.changes.iter().map(told).collect(),
    }))
}

/// Counted shifts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShiftCounts {
    gained: usize,
    lost: usize,
    moved: usize,
    /// Of those that moved: to an earlier strict date.
    earlier: usize,
    /// Of those that moved: to a later strict date.
    later: usize,
    foreseen: usize,
    no_longer_foreseen: usize,
}

impl ShiftCounts {
    fn of(counts: &Counts) -> Self {
        let Counts { gained, lost, moved, earlier, later, foreseen, no_longer_foreseen } = *counts;
        Self { gained, lost, moved, earlier, later, foreseen, no_longer_foreseen }
    }
}

/// One obligation that is otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireShift {
    provision: String,
    from_fact: Option<String>,
    /// `gained`, `lost`, `moved`, `foreseen`, `no-longer-foreseen`.
    #[schema(value_type = String)]
    kind: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    strict_due_before: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    strict_due_after: Option<Timestamp>,
    /// What of one that moved is otherwise.
    #[schema(value_type = Vec<String>)]
    moved: Vec<&'static str>,
}

impl WireShift {
    fn of(shift: &Shift) -> Self {
        Self {
            provision: shift.provision.to_string(),
            from_fact: shift.from_fact.as_ref().map(ToString::to_string),
            kind: shift.kind.as_str(),
            strict_due_before: shift.before.as_ref().and_then(|one| one.strict_due),
            strict_due_after: shift.after.as_ref().and_then(|one| one.strict_due),
            moved: shift.moved().into_iter().map(|part| part.as_str()).collect(),
        }
    }
}

/// A case in which something is otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShiftedCase {
    case: String,
    title: String,
    shifts: Vec<WireShift>,
}

/// What a change does to cases of one kind, of those that you may see.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseImpact {
    /// Cases that were asked, because the change could touch them.
    asked: usize,
    /// Cases in which something is otherwise.
    shifted: usize,
    total: ShiftCounts,
    by_provision: BTreeMap<String, ShiftCounts>,
    /// The first 200 of them, by id.
    cases: Vec<ShiftedCase>,
}

impl CaseImpact {
    fn of(group: Group) -> Self {
        let Tally { cases, shifted, total, by_provision } = &group.tally;
        let each = |(id, counts): (&watchfire_core::law::id::ProvisionId, &Counts)| {
            (id.to_string(), ShiftCounts::of(counts))
        };
        Self {
            asked: *cases,
            shifted: *shifted,
            total: ShiftCounts::of(total),
            by_provision: by_provision.iter().map(each).collect(),
            cases: group
                .cases
                .iter()
                .map(|(case, found)| ShiftedCase {
                    case: case.to_string(),
                    title: found.title.clone(),
                    shifts: found.shifts.iter().map(WireShift::of).collect(),
                })
                .collect(),
        }
    }
}

/// What a change of law does.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireImpact {
    /// The provisions that can compute otherwise.
    provisions: BTreeSet<String>,
    /// Their roles that your organization has.
    roles: BTreeSet<String>,
    /// Their roles that it does not have.
    other_roles: BTreeSet<String>,
    /// Departments that it concerns, each with what of it does.
    departments: BTreeMap<String, BTreeSet<String>>,
    /// The products of those departments.
    products: BTreeSet<String>,
    /// Cases in which something is owed still.
    open: CaseImpact,
    /// Cases of the last year in which nothing is owed any more: what would have happened, had it
    /// been in force then.
    closed: CaseImpact,
    /// Cases with a fact that the law in use cannot read.
    unreadable: usize,
}

/// Computes what a change of law does to the cases that you may see.
#[utoipa::path(get, path = "/api/v1/amendments/{id}/impact", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    responses((status = 200, body = WireImpact)))]
pub(crate) async fn impact(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireImpact> {
    let laid = command::laid(&node, &caller.viewer, &id::<AmendmentId>(&text)?).await?;
    let found = impact::report(&node, &caller.viewer, &laid, node.now()).await?;
    Ok(Json(WireImpact {
        provisions: found.provisions,
        roles: found.roles,
        other_roles: found.other_roles,
        departments: found.departments.into_iter().map(|(id, by)| (id.to_string(), by)).collect(),
        products: found.products,
        open: CaseImpact::of(found.open),
        closed: CaseImpact::of(found.closed),
        unreadable: found.unreadable,
    }))
}

/// Files of law to put forward: a signed bundle, or files as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAmendment {
    /// Needed with `files`; of a bundle, its own if left out.
    title: Option<String>,
    /// Why it is proposed.
    why: String,
    /// When it is to be used. Left out: when the bundle says, or as soon as it is agreed.
    #[schema(format = DateTime)]
    effective_at: Option<String>,
    /// The bytes of a signed bundle, base64.
    bundle: Option<String>,
    /// Path under a folder of packs, and text.
    files: Option<BTreeMap<String, String>>,
}

/// Proposes a change of law. For administrators and responders.
#[utoipa::path(post, path = "/api/v1/amendments", tag = "amendments",
    request_body = NewAmendment, responses((status = 201, body = Answer)))]
pub(crate) async fn propose(State(node): State<Node>, caller: Caller, write: Write) -> Made {
    node.store().authorize_new_amendment(&caller.viewer).await?;
    let new: NewAmendment = write.body()?;
    let content = match (new.bundle, new.files) {
        (Some(bundle), None) => {
            let bytes = BASE64_STANDARD.decode(bundle.trim());
            Content::Bundle(bytes.map_err(|_| Problem::field("/bundle", "it is not base64"))?)
        }
        (None, Some(files)) => Content::Files(Files::new(files)),
        _ => {
            let detail = "a proposal has either `bundle` or `files`";
            return Err(Problem::field("/bundle", detail));
        }
    };
    let effective_at = new.effective_at.as_deref();
    let effective_at = effective_at.map(|text| instant("/effective_at", text)).transpose()?;
    let proposal = Proposal { title: new.title, why: new.why, effective_at, content };
    made(command::propose(wish(&node, &caller, &write), proposal).await?)
}

/// Finds a change of law that the caller keeps.
async fn kept(node: &Node, caller: &Caller, text: &str) -> Result<AmendmentId, Problem> {
    let amendment = id::<AmendmentId>(text)?;
    node.store().authorize_amendment::<Administer>(&caller.viewer, &amendment).await?;
    Ok(amendment)
}

/// What a change means, and whom it concerns.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInterpretation {
    /// By language tag: `en` and `zh-CN`.
    text: BTreeMap<String, String>,
    /// Ids of departments.
    departments: Vec<String>,
}

/// Writes down what a change means. For administrators and responders.
#[utoipa::path(put, path = "/api/v1/amendments/{id}/interpretation", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    request_body = NewInterpretation, responses((status = 200, body = Answer)))]
pub(crate) async fn interpret(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let amendment = kept(&node, &caller, &text).await?;
    let new: NewInterpretation = write.body()?;
    let departments = new.departments.iter().map(|text| id_at("/departments", text));
    let words = Words { text: new.text, departments: departments.collect::<Result<_, _>>()? };
    Ok(Json(command::interpret(wish(&node, &caller, &write), &amendment, &words).await?))
}

/// What a second person says of an interpretation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReview {
    /// `agree` or `return`.
    verdict: Verdict,
    /// Needed to return it.
    #[serde(default)]
    note: String,
}

/// The verdicts.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// The change is put before the departments.
    Agree,
    /// The interpretation goes back to be written anew.
    Return,
}

/// Reviews an interpretation that another wrote. For administrators and responders.
#[utoipa::path(post, path = "/api/v1/amendments/{id}/reviews", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    request_body = NewReview, responses((status = 201, body = Answer)))]
pub(crate) async fn review(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let amendment = kept(&node, &caller, &text).await?;
    let new: NewReview = write.body()?;
    let wish = wish(&node, &caller, &write);
    made(match new.verdict {
        Verdict::Agree => command::agree(wish, &amendment, &new.note).await?,
        Verdict::Return => command::send_back(wish, &amendment, &new.note).await?,
    })
}

/// Rejects a change of law. For administrators and responders.
#[utoipa::path(post, path = "/api/v1/amendments/{id}/rejection", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    request_body = Reason, responses((status = 201, body = Answer)))]
pub(crate) async fn reject(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let amendment = kept(&node, &caller, &text).await?;
    let Reason { reason } = write.body()?;
    made(command::reject(wish(&node, &caller, &write), &amendment, &reason).await?)
}

/// Takes one's own proposal back.
#[utoipa::path(post, path = "/api/v1/amendments/{id}/withdrawal", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    request_body = Reason, responses((status = 201, body = Answer)))]
pub(crate) async fn withdraw(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let amendment = kept(&node, &caller, &text).await?;
    let Reason { reason } = write.body()?;
    made(command::withdraw(wish(&node, &caller, &write), &amendment, &reason).await?)
}

/// Which department's acknowledgement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClaimOfLaw {
    /// Id of a department.
    department: String,
}

/// Takes the acknowledgement of a department upon oneself: a gap, which anybody may.
#[utoipa::path(post, path = "/api/v1/amendments/{id}/claims", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    request_body = NewClaimOfLaw, responses((status = 201, body = Answer)))]
pub(crate) async fn claim(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let amendment = writable(&node, &caller, &text).await?;
    let NewClaimOfLaw { department } = write.body()?;
    let department: DepartmentId = id_at("/department", &department)?;
    made(command::claim(wish(&node, &caller, &write), &amendment, &department).await?)
}

async fn writable(node: &Node, caller: &Caller, text: &str) -> Result<AmendmentId, Problem> {
    let amendment = id::<AmendmentId>(text)?;
    node.store()
        .authorize_amendment::<watchfire_store::policy::Write>(&caller.viewer, &amendment)
        .await?;
    Ok(amendment)
}

/// That a department has received a change, and what changes there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAcknowledgementOfLaw {
    /// Id of a department.
    department: String,
    /// What changes there.
    note: String,
}

/// Acknowledges a change for a department, by whoever answers for it.
#[utoipa::path(post, path = "/api/v1/amendments/{id}/acknowledgements", tag = "amendments",
    params(("id" = String, Path, description = "Id of an amendment.")),
    request_body = NewAcknowledgementOfLaw, responses((status = 201, body = Answer)))]
pub(crate) async fn acknowledge(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let amendment = writable(&node, &caller, &text).await?;
    let new: NewAcknowledgementOfLaw = write.body()?;
    let department: DepartmentId = id_at("/department", &new.department)?;
    let wish = wish(&node, &caller, &write);
    made(command::acknowledge(wish, &amendment, &department, &new.note).await?)
}
