//! Where another organization is: gates ask it.

use watchfire_core::event::Stream;
use watchfire_core::ids::PartyId;
use watchfire_core::party::is_country;
use watchfire_store::Append;
use watchfire_store::policy::Write;

use super::party::{finish, plain_text};
use super::{Answer, AppendError, TRIES_MAX, Wish, keeper, too_many_conflicts};
use crate::error::Problem;

/// Records where another organization is, and where that is known from: gates ask it.
///
/// # Errors
/// `field_invalid` for what is no code of a country, or an empty source; 404 unless the caller is
/// an administrator of the node's organization, and for that organization itself.
pub async fn record(
    wish: Wish<'_>,
    id: &PartyId,
    country: Option<&str>,
    source: &str,
) -> Result<Answer, Problem> {
    let store = wish.node.store();
    store.authorize_country::<Write>(wish.viewer, id).await?;
    if let Some(code) = country.filter(|code| !is_country(code)) {
        let detail = format!("`{code}` is no code of a country such as `CN`: two capital letters");
        return Err(Problem::field("/country", detail));
    }
    plain_text("/source", source)?;
    for _ in 0..TRIES_MAX {
        let grant = store.authorize_country::<Write>(wish.viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let version = store.party_version(&keeper(), id).await?;
        let mut append = Append::new(wish.viewer, wish.node.now())
            .expect_version(Stream::Party(id.clone()), version);
        let country = country.map(str::to_owned);
        let recorded = append.country(&grant, country, source.to_owned());
        match wish.append(append, &Answer::new(id, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            other => return finish(other),
        }
    }
    Err(too_many_conflicts())
}
