//! Departments: who answers for them, and what of the law concerns them.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::department::Department;
use watchfire_core::event::{Concerns, Desk};
use watchfire_core::ids::{DepartmentId, PartyId};
use watchfire_store::policy::Administer;

use super::report::Reason;
use super::{Changed, List, Made, Shown, id, id_at, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::department as command;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// What of the law concerns a department; one match of any kind is enough.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Concerns)]
pub(crate) struct WireConcerns {
    /// Law ids: `eu-cra`.
    laws: BTreeSet<String>,
    /// Provision ids: `eu-cra/14.2.a`.
    provisions: BTreeSet<String>,
    /// Role ids: `eu-cra/manufacturer`.
    roles: BTreeSet<String>,
    /// As the packs write them: `CN`, `EU`.
    jurisdictions: BTreeSet<String>,
    /// The products that it makes or runs, by name.
    products: BTreeSet<String>,
}

/// What is said of a department.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Desk)]
pub(crate) struct WireDesk {
    name: String,
    /// Who answers for it: id of a person.
    #[serde(default)]
    head: Option<String>,
    /// Whom the head answers to; left out, the supervisor of the organization's chain.
    #[serde(default)]
    supervisor: Option<String>,
    #[serde(default)]
    concerns: WireConcerns,
}

impl WireDesk {
    fn of(desk: Desk) -> Self {
        let Concerns { laws, provisions, roles, jurisdictions, products } = desk.concerns;
        Self {
            name: desk.name,
            head: desk.head.map(|id| id.to_string()),
            supervisor: desk.supervisor.map(|id| id.to_string()),
            concerns: WireConcerns { laws, provisions, roles, jurisdictions, products },
        }
    }

    fn desk(self) -> Result<Desk, Problem> {
        let person = |pointer, text: Option<String>| {
            text.map(|text| id_at::<PartyId>(pointer, &text)).transpose()
        };
        let WireConcerns { laws, provisions, roles, jurisdictions, products } = self.concerns;
        Ok(Desk {
            name: self.name,
            head: person("/head", self.head)?,
            supervisor: person("/supervisor", self.supervisor)?,
            concerns: Concerns { laws, provisions, roles, jurisdictions, products },
        })
    }
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Department)]
pub(crate) struct WireDepartment {
    #[schema(example = "WD-7K3F-9QX2")]
    id: String,
    #[serde(flatten)]
    desk: WireDesk,
    /// Why it is there no more.
    closed: Option<String>,
}

impl WireDepartment {
    fn of(found: Department) -> Self {
        Self { id: found.id.to_string(), desk: WireDesk::of(found.desk), closed: found.closed }
    }
}

/// Lists the departments of your organization.
#[utoipa::path(get, path = "/api/v1/departments", tag = "amendments",
    responses((status = 200, body = List<WireDepartment>)))]
pub(crate) async fn list(State(node): State<Node>, caller: Caller) -> Shown<List<WireDepartment>> {
    let all = node.store().departments(&caller.viewer).await?;
    Ok(Json(List::whole(all.into_iter().map(WireDepartment::of).collect())))
}

/// Shows a department.
#[utoipa::path(get, path = "/api/v1/departments/{id}", tag = "amendments",
    params(("id" = String, Path, description = "Id of a department.")),
    responses((status = 200, body = WireDepartment)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireDepartment> {
    let found = node.store().department(&caller.viewer, &id::<DepartmentId>(&text)?).await?;
    Ok(Json(WireDepartment::of(found)))
}

/// Makes a department known. For administrators.
#[utoipa::path(post, path = "/api/v1/departments", tag = "amendments", request_body = WireDesk,
    responses((status = 201, body = Answer)))]
pub(crate) async fn register(State(node): State<Node>, caller: Caller, write: Write) -> Made {
    node.store().authorize_new_department(&caller.viewer).await?;
    let desk = write.body::<WireDesk>()?.desk()?;
    made(command::register(wish(&node, &caller, &write), &desk).await?)
}

/// Changes what is said of a department. For administrators.
#[utoipa::path(put, path = "/api/v1/departments/{id}", tag = "amendments",
    params(("id" = String, Path, description = "Id of a department.")),
    request_body = WireDesk, responses((status = 200, body = Answer)))]
pub(crate) async fn change(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let department = id::<DepartmentId>(&text)?;
    node.store().authorize_department::<Administer>(&caller.viewer, &department).await?;
    let desk = write.body::<WireDesk>()?.desk()?;
    Ok(Json(command::change(wish(&node, &caller, &write), &department, &desk).await?))
}

/// Closes a department: nothing new is put before it. For administrators.
#[utoipa::path(delete, path = "/api/v1/departments/{id}", tag = "amendments",
    params(("id" = String, Path, description = "Id of a department.")),
    request_body = Reason, responses((status = 200, body = Answer)))]
pub(crate) async fn close(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let department = id::<DepartmentId>(&text)?;
    node.store().authorize_department::<Administer>(&caller.viewer, &department).await?;
    let Reason { reason } = write.body()?;
    Ok(Json(command::close(wish(&node, &caller, &write), &department, &reason).await?))
}
