//! The changes of one law, and which departments acknowledged them.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use watchfire_store::{LawAcknowledgement, LawAmendment};

use crate::api::amendment::ListedAmendment;
use crate::api::{Asked, List, Paging, Shown};
use crate::auth::Caller;
use crate::error::Problem;
use crate::state::Node;

/// A change of one law, with what departments owe or have given for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AmendmentOfLaw {
    #[serde(flatten)]
    amendment: ListedAmendment,
    acknowledgements: Vec<AcknowledgementOfLaw>,
}

/// What a department owes for a change, or has given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcknowledgementOfLaw {
    department: String,
    department_name: String,
    /// Who answers for it.
    owner: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// Nobody answers for it, or nobody gave it in time.
    gap: bool,
    given_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    given_at: Option<Timestamp>,
}

impl AcknowledgementOfLaw {
    fn of(owed: LawAcknowledgement) -> Self {
        let (given_by, given_at) = owed.given.map_or((None, None), |(by, at)| (by, Some(at)));
        Self {
            department: owed.department.to_string(),
            department_name: owed.department_name,
            owner: owed.owner.map(|owner| owner.to_string()),
            due_at: owed.due_at,
            gap: owed.is_gap,
            given_by: given_by.map(|by| by.to_string()),
            given_at,
        }
    }
}

impl AmendmentOfLaw {
    fn of(found: LawAmendment) -> Self {
        let acknowledgements = found.acknowledgements.into_iter();
        Self {
            amendment: ListedAmendment::of(found.amendment),
            acknowledgements: acknowledgements.map(AcknowledgementOfLaw::of).collect(),
        }
    }
}

/// Lists the changes of one law that came through the caller's organization, the newest first, each
/// with every department that owes an acknowledgement of it, or gave one.
#[utoipa::path(get, path = "/api/v1/laws/{law}/amendments", tag = "laws",
    params(("law" = String, Path, description = "Id of an instrument: `cn-rmsv`."), Paging),
    responses((status = 200, body = List<AmendmentOfLaw>)))]
pub(crate) async fn amendments(
    State(node): State<Node>,
    caller: Caller,
    Path(law): Path<String>,
    asked: Asked<Paging>,
) -> Shown<List<AmendmentOfLaw>> {
    node.law().pack(&law).ok_or_else(Problem::not_found)?;
    let page = asked.0.request()?;
    let found = node.store().amendments_of_law(&caller.viewer, &law, &page).await?;
    Ok(Json(List::of(found, AmendmentOfLaw::of)))
}
