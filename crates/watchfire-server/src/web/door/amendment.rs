//! Changes of law as pages: what is shown of them, and what people do there.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use watchfire_core::amendment::{Acknowledgement, Amendment, Words as Written};
use watchfire_core::department::Department;
use watchfire_core::event::LawSource;
use watchfire_core::ids::{AmendmentId, DepartmentId, PartyId};
use watchfire_core::law::diff::{Diff, tell};
use watchfire_core::law::id::RoleId;
use watchfire_core::law::impact::ShiftKind;
use watchfire_store::PageRequest;
use watchfire_store::policy::{Administer, Write};

use super::act::{is_refusal, wish};
use super::party::everybody;
use super::words::{Words, language_of};
use super::{Sent, Visit};
use crate::command::feed;
use crate::command::impact::{self as impacts, Group};
use crate::command::{Answer, amendment as command};
use crate::error::Problem;
use crate::web::amendment::{
    self, AcknowledgementView, AmendmentView, CaseView, GroupView, ImpactView, InterpretationView,
    ListView, OwedRow, Row, ShiftView,
};
use crate::web::form::Typed;
use crate::web::refusal;

/// Which page of the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// Shows all changes, and what departments owe.
pub(super) async fn list(visit: Visit, Query(asked): Query<After>) -> Result<Response, Problem> {
    let store = visit.node.store();
    let viewer = &visit.caller.viewer;
    let page = store.amendments(viewer, &PageRequest { after: asked.after, limit: 50 }).await?;
    let owed = store.owed_acknowledgements(viewer).await?.into_iter();
    let owed = owed.map(|owed| OwedRow {
        mine: owed.owner.as_ref().is_some_and(|owner| visit.reader.is(owner)),
        amendment: owed.amendment.to_string(),
        title: owed.title,
        department: owed.department_name,
        due_at: owed.due_at,
        gap: owed.is_gap,
    });
    let rows = page.rows.into_iter().map(|row| Row {
        id: row.id.to_string(),
        title: row.title,
        stage: row.stage,
        effective_at: row.effective_at,
        gaps: row.gaps,
    });
    let standings = feed::standings(&visit.node, viewer).await?;
    let feeds = standings.into_iter().map(|it| super::feed::view(it, visit.reader.now)).collect();
    let view = ListView { owed: owed.collect(), feeds, rows: rows.collect(), next: page.next };
    Ok(visit.show(amendment::list(&view, &visit.reader)))
}

fn id_of(text: &str) -> Result<AmendmentId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Shows one change.
pub(super) async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let view = view(&visit, &id_of(&id)?).await?;
    Ok(visit.show(amendment::page(&view, &visit.reader)))
}

/// Who is who on the page.
struct Names {
    people: BTreeMap<PartyId, String>,
    departments: Vec<Department>,
}

impl Names {
    async fn of(visit: &Visit) -> Result<Self, Problem> {
        let rows = everybody(visit).await?.into_iter();
        let people = rows.map(|row| (row.id, row.name)).collect();
        let departments = command::departments(&visit.node, &visit.caller.viewer).await?;
        Ok(Self { people, departments })
    }

    fn person(&self, id: &PartyId) -> String {
        self.people.get(id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn department(&self, id: &DepartmentId) -> String {
        let found = self.departments.iter().find(|department| department.id == *id);
        found.map_or_else(|| id.to_string(), |department| department.desk.name.clone())
    }
}

async fn view(visit: &Visit, id: &AmendmentId) -> Result<AmendmentView, Problem> {
    let (node, viewer) = (&visit.node, &visit.caller.viewer);
    let found = command::read(node, viewer, id).await?;
    let names = Names::of(visit).await?;
    let laid = command::laid(node, viewer, id).await;
    let (changes, untold, concerned) = match &laid {
        Ok(laid) => {
            let since = found.applied.as_ref().map_or(visit.reader.now, |applied| applied.at);
            let language = language_of(visit.reader.language);
            let diff = Diff::between(&laid.old, &laid.new, since);
            let told = diff.changes.iter().map(|it| tell(it, &laid.old, &laid.new, language));
            let (profile, _) =
                crate::command::decision::house_of(node, &found.organization).await?;
            let reach = impacts::reach(laid, &profile, &names.departments);
            (told.collect(), None, reach.departments.into_keys().collect::<BTreeSet<_>>())
        }
        Err(problem) if is_refusal(problem) => {
            (Vec::new(), Some(problem.detail().to_owned()), BTreeSet::new())
        }
        Err(_) => return Err(laid.expect_err("it was no success")),
    };
    let keeps = node.store().authorize_amendment::<Administer>(viewer, id).await.is_ok();
    let open = names.departments.iter().filter(|department| department.closed.is_none());
    let departments = open
        .map(|it| (it.id.to_string(), it.desk.name.clone(), concerned.contains(&it.id)))
        .collect();
    let cases = node.store().unread_cases(viewer, id, None).await?.into_iter();
    let cases = cases.map(|it| (it.case.to_string(), it.title, it.problem, it.since));
    let unread = (node.store().count_unread_cases(viewer, id).await?, cases.collect());
    Ok(shown(visit, &names, found, Computed { changes, untold, departments, keeps, unread }))
}

/// What the page shows beside what was recorded.
struct Computed {
    changes: Vec<Vec<String>>,
    untold: Option<String>,
    departments: Vec<(String, String, bool)>,
    keeps: bool,
    unread: (u64, Vec<(String, String, String, Timestamp)>),
}

fn shown(visit: &Visit, names: &Names, found: Amendment, computed: Computed) -> AmendmentView {
    let interpretation = found.interpretation.as_ref().map(|it| InterpretationView {
        by: names.person(&it.by),
        mine: visit.reader.is(&it.by),
        at: it.at,
        en: it.text.get("en").cloned().unwrap_or_default(),
        zh: it.text.get("zh-CN").cloned().unwrap_or_default(),
        departments: it.departments.iter().map(|id| names.department(id)).collect(),
    });
    let acknowledgements = found.acknowledgements.values();
    AmendmentView {
        id: found.id.to_string(),
        source: source(visit, &found.source),
        is_built_in: found.source == LawSource::BuiltIn,
        proposed_by: found.proposed_by.as_ref().map(|by| names.person(by)),
        is_proposer: found.proposed_by.as_ref().is_some_and(|by| visit.reader.is(by)),
        acknowledgements: acknowledgements
            .map(|owed| acknowledgement(visit, names, owed))
            .collect(),
        agreed_by: found.agreed.as_ref().map(|(by, ..)| names.person(by)),
        applied_at: found.applied.as_ref().map(|applied| applied.at),
        unread: computed.unread.0,
        unread_cases: computed.unread.1,
        obstructed: found.obstructed.map(|(_, problem)| problem),
        dropped: found.dropped.map(|(_, reason)| reason),
        returned: found.returned.map(|(_, reason)| reason),
        title: found.title,
        why: found.why,
        stage: found.stage,
        proposed_at: found.proposed_at,
        effective_at: found.effective_at,
        changes: computed.changes,
        untold: computed.untold,
        interpretation,
        departments: computed.departments,
        keeps: computed.keeps,
        typed: Typed::default(),
        problem: None,
    }
}

fn source(visit: &Visit, source: &LawSource) -> String {
    let reader = &visit.reader;
    match source {
        LawSource::Files => reader.text("amendment-source-files"),
        LawSource::BuiltIn => reader.text("amendment-source-built-in"),
        LawSource::Reading { provision } => reader
            .text_with("amendment-source-reading", &[("provision", provision.as_str().into())]),
        LawSource::Bundle { issuer, sequence, .. } => reader.text_with(
            "amendment-source-bundle",
            &[("issuer", issuer.as_str().into()), ("sequence", sequence.to_string().into())],
        ),
    }
}

fn acknowledgement(visit: &Visit, names: &Names, owed: &Acknowledgement) -> AcknowledgementView {
    let owner = owed.owner.as_ref().map(|(owner, ..)| owner);
    AcknowledgementView {
        department: owed.department.to_string(),
        name: names.department(&owed.department),
        owner: owner.map(|owner| names.person(owner)),
        mine: owner.is_some_and(|owner| visit.reader.is(owner)),
        due_at: owed.due_at,
        gap: owed.gap.is_some(),
        given: owed.given.as_ref().map(|(by, at, note)| (names.person(by), *at, note.clone())),
    }
}

/// Shows what a change does to the cases that the reader may see.
pub(super) async fn impact(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let laid = command::laid(&visit.node, &visit.caller.viewer, &id).await?;
    let now = visit.reader.now;
    let found = impacts::report(&visit.node, &visit.caller.viewer, &laid, now).await?;
    let names = Names::of(&visit).await?;
    let view = ImpactView {
        id: id.to_string(),
        title: laid.amendment.title,
        roles: found.roles.iter().map(|role| role_name(&visit, role)).collect(),
        other_roles: found.other_roles.iter().map(|role| role_name(&visit, role)).collect(),
        departments: found.departments.keys().map(|id| names.department(id)).collect(),
        products: found.products.into_iter().collect(),
        open: group(found.open),
        closed: group(found.closed),
    };
    Ok(visit.show(amendment::impact(&view, &visit.reader)))
}

/// A role by name, with its id; a role that the laws in use do not know by its id alone.
fn role_name(visit: &Visit, role: &str) -> String {
    let words = Words { law: visit.law(), language: visit.reader.language };
    match role.parse::<RoleId>() {
        Ok(id) if words.law.role_name(&id).is_some() => format!("{} ({role})", words.role(&id)),
        _ => role.to_owned(),
    }
}

fn group(group: Group) -> GroupView {
    let total = &group.tally.total;
    GroupView {
        asked: group.tally.cases,
        shifted: group.tally.shifted,
        gained: total.gained,
        lost: total.lost,
        moved: total.moved,
        earlier: total.earlier,
        later: total.later,
        cases: group
            .cases
            .into_iter()
            .map(|(id, case)| CaseView {
                id: id.to_string(),
                title: case.title,
                shifts: case
                    .shifts
                    .iter()
                    .map(|shift| ShiftView {
                        provision: shift.provision.to_string(),
                        kind: match shift.kind {
                            ShiftKind::Gained => "amendment-gained",
                            ShiftKind::Lost => "amendment-lost",
                            ShiftKind::Moved => "amendment-moved",
                            ShiftKind::Foreseen => "amendment-foreseen",
                            ShiftKind::NoLongerForeseen => "amendment-no-longer-foreseen",
                        },
                        before: shift.before.as_ref().and_then(|one| one.strict_due),
                        after: shift.after.as_ref().and_then(|one| one.strict_due),
                    })
                    .collect(),
            })
            .collect(),
    }
}

/// Goes on after an act, or shows the change again with why it was refused.
async fn answered(
    visit: Visit,
    id: &AmendmentId,
    answer: Result<Answer, Problem>,
    act: &'static str,
    (form, sent): (&str, &Sent),
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => Ok(visit.done(&format!("/amendments/{id}"), act, answer.receipt.as_deref())),
        Err(problem) if is_refusal(&problem) => {
            let mut view = view(&visit, id).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, form));
            view.typed = sent.typed_into(form);
            Ok(visit.refuse(amendment::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Finds a change that the reader keeps; for anybody else it is missing.
async fn kept(visit: &Visit, text: &str) -> Result<AmendmentId, Problem> {
    let id = id_of(text)?;
    visit.node.store().authorize_amendment::<Administer>(&visit.caller.viewer, &id).await?;
    Ok(id)
}

async fn writable(visit: &Visit, text: &str) -> Result<AmendmentId, Problem> {
    let id = id_of(text)?;
    visit.node.store().authorize_amendment::<Write>(&visit.caller.viewer, &id).await?;
    Ok(id)
}

/// Takes an interpretation.
pub(super) async fn interpret(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let ticked = sent.below("to.").filter(|(_, value)| *value == "yes");
    let departments = ticked.filter_map(|(name, _)| name.parse().ok()).collect();
    let text = ["en", "zh-CN"].map(|tag| (tag.to_owned(), sent.field(tag).to_owned()));
    let words = Written { text: text.into(), departments };
    let answer = command::interpret(wish(&visit), &id, &words).await;
    answered(visit, &id, answer, "amendment-done-interpreted", ("interpretation", &sent)).await
}

/// Takes a review.
pub(super) async fn review(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let note = sent.field("note");
    let (answer, act) = if sent.field("verdict") == "agree" {
        (command::agree(wish(&visit), &id, note).await, "amendment-done-agreed")
    } else {
        (command::send_back(wish(&visit), &id, note).await, "amendment-done-returned")
    };
    answered(visit, &id, answer, act, ("review", &sent)).await
}

/// Takes a claim of a gap.
pub(super) async fn claim(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = writable(&visit, &id).await?;
    let department = department(&sent)?;
    let answer = command::claim(wish(&visit), &id, &department).await;
    answered(visit, &id, answer, "amendment-done-claimed", ("claim", &sent)).await
}

/// Takes an acknowledgement.
pub(super) async fn acknowledge(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = writable(&visit, &id).await?;
    let department = department(&sent)?;
    let answer = command::acknowledge(wish(&visit), &id, &department, sent.field("note")).await;
    let form = format!("acknowledge-{department}");
    answered(visit, &id, answer, "amendment-done-acknowledged", (&form, &sent)).await
}

fn department(sent: &Sent) -> Result<DepartmentId, Problem> {
    sent.field("department").parse().map_err(|_| Problem::malformed())
}

/// Takes a rejection or a withdrawal.
pub(super) async fn end(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let reason = sent.field("reason");
    let (answer, act) = if sent.field("how") == "withdraw" {
        (command::withdraw(wish(&visit), &id, reason).await, "amendment-done-withdrawn")
    } else {
        (command::reject(wish(&visit), &id, reason).await, "amendment-done-rejected")
    };
    answered(visit, &id, answer, act, ("end", &sent)).await
}
