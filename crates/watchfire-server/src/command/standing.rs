//! What an organization chooses once for its cases, where the same duties collide.

use jiff::Timestamp;
use watchfire_core::case::Standing;
use watchfire_core::event::PartyEvent;
use watchfire_core::ids::PartyId;
use watchfire_store::StoreError;

use super::party::{administer, organization, plain_text};
use super::{Answer, Wish, keeper};
use crate::error::Problem;
use crate::state::Node;

/// Reads what an organization had chosen for its cases when one of them was opened.
///
/// # Errors
/// Failures of the database.
pub(crate) async fn of_case(
    node: &Node,
    id: &PartyId,
    opened_at: Timestamp,
) -> Result<Vec<Standing>, StoreError> {
    node.store().standing_choices(&keeper(), id, opened_at).await
}

/// Chooses what the later cases of an organization do where the same duties collide; `None`: each
/// is decided by itself again.
///
/// # Errors
/// `field_invalid` for a conflict about which nothing can be chosen once for all, for what is none
/// of its choices, or an empty reason; 404 unless the caller keeps the organization.
pub async fn choose(
    wish: Wish<'_>,
    id: &PartyId,
    (conflict, choice): (&str, Option<&str>),
    reason: &str,
) -> Result<Answer, Problem> {
    organization(wish, id).await?;
    let by = wish.viewer.party().ok_or_else(Problem::not_found)?;
    let law = wish.node.law();
    let Some(known) = law.conflict(conflict).filter(|it| it.standing) else {
        let detail = format!("nothing is chosen once for all about `{conflict}`");
        return Err(Problem::field("/conflict", detail));
    };
    if let Some(stray) = choice.filter(|choice| known.choice(choice).is_none()) {
        return Err(Problem::field("/choice", format!("`{stray}` is none of its choices")));
    }
    plain_text("/reason", reason)?;
    administer(wish, id, &|append, grant| {
        let (conflict, choice) = (conflict.to_owned(), choice.map(str::to_owned));
        let (reason, by) = (reason.to_owned(), by.clone());
        let made = PartyEvent::StandingChoiceMade { conflict, choice, reason, by };
        Ok(append.administer(grant, made))
    })
    .await
}
