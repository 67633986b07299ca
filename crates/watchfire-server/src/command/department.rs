//! Departments: who answers for them, and what of the law concerns them.

use watchfire_core::department::{self, Department, DepartmentRefusal};
use watchfire_core::event::{DepartmentEvent, Desk, Stream};
use watchfire_core::ids::DepartmentId;
use watchfire_store::policy::Administer;
use watchfire_store::{Append, DEPARTMENTS_MAX, PartyKind};

use super::{Answer, AppendError, TRIES_MAX, Wish, too_many_conflicts};
use crate::error::Problem;

/// The reason for closing has at most so many characters.
const REASON_CHARS_MAX: usize = 2_000;

/// Makes a department of the caller's organization known.
///
/// # Errors
/// What no department can be; 404 for whoever keeps no accounts.
pub async fn register(wish: Wish<'_>, desk: &Desk) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    let organization = viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let grant = node.store().authorize_new_department(viewer).await?;
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    check(&wish, desk).await?;
    if node.store().department_count(viewer).await? >= DEPARTMENTS_MAX as u64 {
        let detail = format!("the organization has the {DEPARTMENTS_MAX} departments it may have");
        return Err(Problem::new("too_large", detail, "let one stand for several"));
    }
    let mut append = Append::new(viewer, node.now());
    let registered = DepartmentEvent::Registered { organization, desk: desk.clone() };
    let recorded = append.department(&grant, registered);
    let answer = Answer::new(grant.id(), Some(&recorded.receipt));
    wish.append(append, &answer).await.map_err(|error| match error {
        AppendError::Conflict => too_many_conflicts(),
        AppendError::Problem(problem) => problem,
    })
}

/// Changes what is said of a department.
///
/// # Errors
/// What no department can be; `department_closed`; 404 for whoever does not keep it.
pub async fn change(wish: Wish<'_>, id: &DepartmentId, desk: &Desk) -> Result<Answer, Problem> {
    check(&wish, desk).await?;
    record(wish, id, &DepartmentEvent::Changed { desk: desk.clone() }).await
}

/// Closes a department: nothing new is put before it.
///
/// # Errors
/// `text_length`, `department_closed`; 404 for whoever does not keep it.
pub async fn close(wish: Wish<'_>, id: &DepartmentId, reason: &str) -> Result<Answer, Problem> {
    wish.node.store().authorize_department::<Administer>(wish.viewer, id).await?;
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let detail = format!("a reason has 1 to {REASON_CHARS_MAX} characters");
        return Err(Problem::new("text_length", detail, "say why").at("/reason"));
    }
    record(wish, id, &DepartmentEvent::Closed { reason: reason.to_owned() }).await
}

async fn record(
    wish: Wish<'_>,
    id: &DepartmentId,
    event: &DepartmentEvent,
) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    for _ in 0..TRIES_MAX {
        let grant = node.store().authorize_department::<Administer>(viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let found: Department = node.store().department(viewer, id).await?;
        if found.closed.is_some() {
            return Err(DepartmentRefusal::Closed.into());
        }
        let stream = Stream::Department(id.clone());
        let mut append = Append::new(viewer, node.now()).expect_version(stream, found.version);
        let recorded = append.department(&grant, event.clone());
        match wish.append(append, &Answer::new(id, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            Err(AppendError::Problem(problem)) => return Err(problem),
            Ok(answer) => return Ok(answer),
        }
    }
    Err(too_many_conflicts())
}

/// Checks what is said of a department: against the laws, and that its people are of the house.
async fn check(wish: &Wish<'_>, desk: &Desk) -> Result<(), Problem> {
    department::check(desk, wish.node.law())?;
    let own = wish.viewer.organization();
    for (pointer, person) in [("/head", &desk.head), ("/supervisor", &desk.supervisor)] {
        let Some(person) = person else { continue };
        let unknown = || Problem::field(pointer, format!("`{person}` is no person of the house"));
        let row = wish.node.store().party(wish.viewer, person).await.map_err(|_| unknown())?;
        if row.kind != PartyKind::Person || row.organization.as_ref() != own {
            return Err(unknown());
        }
    }
    Ok(())
}
