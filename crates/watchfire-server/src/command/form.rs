//! The form of an obligation, filled as far as its case goes.

use watchfire_core::case::{About, Case, Filling};
use watchfire_core::ids::ObligationId;
use watchfire_core::law::form::Form;
use watchfire_store::{StoreError, Viewer};

use super::decision::Loaded;
use super::keeper;
use crate::error::Problem;
use crate::state::Node;

/// A form with what the case puts into it.
#[derive(Debug)]
pub struct FilledForm {
    /// The form.
    pub form: Form,
    /// Its answers.
    pub filling: Filling,
    /// The provision that its submission meets.
    pub provision: String,
    /// The case.
    pub case: Case,
}

/// Fills the form of an obligation that `viewer` sees, by the law that can read its case.
///
/// # Errors
/// 404 if the obligation is missing or hidden, or has no form.
pub async fn filled(
    node: &Node,
    viewer: &Viewer,
    obligation: &ObligationId,
) -> Result<FilledForm, Problem> {
    let row = node.store().obligation(viewer, obligation).await?;
    let provision = row.assessment.provision;
    let loaded = Loaded::read(node, viewer, &row.case).await?;
    let now = node.now();
    let law = loaded.legible(node, node.law_now(), now).await?.law;
    let form = law.form_of(&provision).ok_or_else(Problem::not_found)?.0.clone();
    let known = Known::of(node, viewer, &loaded.case).await?;
    let house = loaded.house_under(&law);
    let filling = loaded.case.filled(&house, (obligation, known.about()), now)?;
    let filling = filling.ok_or_else(Problem::not_found)?;
    Ok(FilledForm { form, filling, provision, case: loaded.case })
}

/// What a form needs to know that is not in the case.
#[derive(Debug)]
pub(super) struct Known {
    organization: String,
    component: Option<String>,
}

impl Known {
    pub(super) async fn of(node: &Node, viewer: &Viewer, case: &Case) -> Result<Self, StoreError> {
        let organization = node.store().party(&keeper(), &case.organization).await?.name;
        Ok(Self { organization, component: component(node, viewer, case).await? })
    }

    pub(super) fn about(&self) -> About<'_> {
        About { organization: &self.organization, component: self.component.as_deref() }
    }
}

/// The component that the report names, if the viewer may see the report.
async fn component(
    node: &Node,
    viewer: &Viewer,
    case: &Case,
) -> Result<Option<String>, StoreError> {
    let Some(report) = &case.report else { return Ok(None) };
    match node.store().report(viewer, report).await {
        Ok(found) => Ok(found.intake.component),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(other) => Err(other),
    }
}
