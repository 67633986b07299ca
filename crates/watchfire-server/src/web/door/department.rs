//! Departments as pages.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::department::Department;
use watchfire_core::event::{Concerns, Desk, Duty};
use watchfire_core::ids::{DepartmentId, PartyId};
use watchfire_store::policy::Administer;

use super::act::{is_refusal, wish};
use super::party::colleagues;
use super::{Sent, Visit};
use crate::command::{Answer, department as command};
use crate::error::Problem;
use crate::web::department::{self, DepartmentView, ListView, PageView};
use crate::web::refusal;

fn shown(found: Department, people: &[(PartyId, String)]) -> DepartmentView {
    let Concerns { laws, provisions, roles, jurisdictions, products } = found.desk.concerns;
    let list = |set: BTreeSet<String>| set.into_iter().collect();
    let named = |id: &PartyId| people.iter().find(|(party, _)| party == id);
    DepartmentView {
        id: found.id.to_string(),
        name: found.desk.name,
        head_name: found.desk.head.as_ref().and_then(named).map(|(_, name)| name.clone()),
        head: found.desk.head,
        supervisor: found.desk.supervisor,
        laws: list(laws),
        provisions: list(provisions),
        roles: list(roles),
        jurisdictions: list(jurisdictions),
        products: list(products),
        closed: found.closed,
    }
}

async fn list_view(visit: &Visit) -> Result<ListView, Problem> {
    let people = colleagues(visit).await?;
    let all = visit.node.store().departments(&visit.caller.viewer).await?;
    let rows = all.into_iter().map(|found| shown(found, &people)).collect();
    let may_write = visit.reader.has(Duty::Administrator);
    Ok(ListView { rows, people, may_write, ..ListView::default() })
}

/// Shows all departments.
pub(super) async fn list(visit: Visit) -> Result<Response, Problem> {
    let view = list_view(&visit).await?;
    Ok(visit.show(department::list(&view, &visit.reader)))
}

async fn page_view(visit: &Visit, id: &DepartmentId) -> Result<PageView, Problem> {
    let people = colleagues(visit).await?;
    let found = visit.node.store().department(&visit.caller.viewer, id).await?;
    let may_write = visit.reader.has(Duty::Administrator);
    Ok(PageView { department: shown(found, &people), people, may_write, ..PageView::default() })
}

/// Shows a department.
pub(super) async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let view = page_view(&visit, &id).await?;
    Ok(visit.show(department::page(&view, &visit.reader)))
}

fn desk(sent: &Sent) -> Result<Desk, Problem> {
    let person = |name: &str| match sent.field(name) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Problem::not_found()),
    };
    let list = |name: &str| -> BTreeSet<String> {
        let lines = sent.field(name).lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    Ok(Desk {
        name: sent.field("name").to_owned(),
        head: person("head")?,
        supervisor: person("supervisor")?,
        concerns: Concerns {
            laws: list("laws"),
            provisions: list("provisions"),
            roles: list("roles"),
            jurisdictions: list("jurisdictions"),
            products: list("products"),
        },
    })
}

/// Makes a department known.
pub(super) async fn register(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let desk = desk(&sent)?;
    match command::register(wish(&visit), &desk).await {
        Ok(answer) => Ok(visit.done("/departments", "party-done-added", answer.receipt.as_deref())),
        Err(problem) if is_refusal(&problem) => {
            let mut view = list_view(&visit).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, "department"));
            view.typed = sent.typed_into("department");
            Ok(visit.refuse(department::list(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

async fn kept(visit: &Visit, text: &str) -> Result<DepartmentId, Problem> {
    let id = text.parse().map_err(|_| Problem::not_found())?;
    visit.node.store().authorize_department::<Administer>(&visit.caller.viewer, &id).await?;
    Ok(id)
}

async fn answered(
    visit: Visit,
    id: &DepartmentId,
    answer: Result<Answer, Problem>,
    (form, sent): (&str, &Sent),
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => {
            let path = format!("/departments/{id}");
            Ok(visit.done(&path, "party-done-saved", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = page_view(&visit, id).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, form));
            view.typed = sent.typed_into(form);
            Ok(visit.refuse(department::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Changes what is said of a department.
pub(super) async fn change(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let answer = command::change(wish(&visit), &id, &desk(&sent)?).await;
    answered(visit, &id, answer, ("department", &sent)).await
}

/// Closes a department.
pub(super) async fn close(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let answer = command::close(wish(&visit), &id, sent.field("reason")).await;
    answered(visit, &id, answer, ("close", &sent)).await
}
