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
pub struct FilledForm<'n> {
    /// The form.
    pub form: &'n Form,
    /// Its answers.
    pub filling: Filling,
    /// The provision that its submission meets.
    pub provision: String,
    /// The case.
    pub case: Case,
}

/// Fills the form of an obligation that `viewer` sees.
///
/// # Errors
/// 404 if the obligation is missing or hidden, or has no form.
pub async fn filled<'n>(
    node: &'n Node,
    viewer: &Viewer,
    obligation: &ObligationId,
) -> Result<FilledForm<'n>, Problem> {
    let row = node.store().obligation(viewer, obligation).await?;
    let provision = row.assessment.provision;
    let (form, _) = node.law().form_of(&provision).ok_or_else(Problem::not_found)?;
    let loaded = Loaded::read(node, viewer, &row.case).await?;
    let organization = node.store().party(&keeper(), &loaded.case.organization).await?.name;
    let component = component(node, viewer, &loaded.case).await?;
    let about = About { organization: &organization, component: component.as_deref() };
    let filling = loaded.case.filled(&loaded.house(node), obligation, about);
    let filling = filling.ok_or_else(Problem::not_found)?;
    Ok(FilledForm { form, filling, provision, case: loaded.case })
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
