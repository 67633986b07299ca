//! Releases of products: where they are sold, how long they are supported, and what they are made of.

use watchfire_core::event::{ReleaseCard, ReleaseEvent, Stream};
use watchfire_core::ids::{ProductId, ReleaseId, SbomId};
use watchfire_core::product::{self, ProductRefusal, Release};
use watchfire_store::Append;
use watchfire_store::policy::Write;

use super::product::check_owner;
use super::sbom::Reading;
use super::{Answer, AppendError, TRIES_MAX, Wish, too_many_conflicts};
use crate::error::Problem;
use crate::secret;

/// Makes a release of a product known.
///
/// # Errors
/// What no release can be; `retired`, `taken`; 404 for whoever does not keep the product.
pub async fn register(
    wish: Wish<'_>,
    product: &ProductId,
    card: &ReleaseCard,
) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    let grant = node.store().authorize_new_release(viewer, product).await?;
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    check(&wish, card).await?;
    let found = node.store().product(viewer, product).await?;
    found.check_open()?;
    let stream = Stream::Product(product.clone());
    let mut append = Append::new(viewer, node.now()).expect_version(stream, found.version);
    let registered = ReleaseEvent::Registered {
        organization: found.organization,
        product: product.clone(),
        release: card.clone(),
    };
    let recorded = append.release(&grant, registered);
    let answer = Answer::new(grant.id(), Some(&recorded.receipt));
    wish.append(append, &answer).await.map_err(|error| match error {
        AppendError::Conflict => too_many_conflicts(),
        AppendError::Problem(problem) => problem,
    })
}

/// Changes what is said of a release.
///
/// # Errors
/// What no release can be; `retired`, `taken`; 404 for whoever does not keep it.
pub async fn change(wish: Wish<'_>, id: &ReleaseId, card: &ReleaseCard) -> Result<Answer, Problem> {
    wish.node.store().authorize_release::<Write>(wish.viewer, id).await?;
    check(&wish, card).await?;
    let changed = ReleaseEvent::Changed { release: card.clone() };
    record(wish, id, &Event::Told(changed)).await
}

/// Retires a release: nothing of it is exposed any longer.
///
/// # Errors
/// `text_length`, `retired`; 404 for whoever does not keep it.
pub async fn retire(wish: Wish<'_>, id: &ReleaseId, reason: &str) -> Result<Answer, Problem> {
    wish.node.store().authorize_release::<Write>(wish.viewer, id).await?;
    product::check_reason(reason)?;
    let retired = ReleaseEvent::Retired { reason: reason.to_owned() };
    record(wish, id, &Event::Told(retired)).await
}

/// Attaches an SBOM that was read, instead of what is attached or beside it.
///
/// # Errors
/// `sbom_attached`, `retired`, `too_large`; 404 for whoever does not keep the release.
pub async fn attach(
    wish: Wish<'_>,
    id: &ReleaseId,
    read: &Reading,
    is_beside: bool,
) -> Result<Answer, Problem> {
    record(wish, id, &Event::Attach { read, is_beside }).await
}

/// Detaches an SBOM. Its document stays where it is kept.
///
/// # Errors
/// `sbom_unknown`, `text_length`; 404 for whoever does not keep the release.
pub async fn detach(
    wish: Wish<'_>,
    id: &ReleaseId,
    sbom: &SbomId,
    reason: &str,
) -> Result<Answer, Problem> {
    record(wish, id, &Event::Detach { sbom, reason }).await
}

/// What shall happen to a release; what core decides is decided anew each time.
enum Event<'a> {
    Told(ReleaseEvent),
    Attach { read: &'a Reading, is_beside: bool },
    Detach { sbom: &'a SbomId, reason: &'a str },
}

impl Event<'_> {
    /// What happens to the release as it is now.
    fn decided(&self, release: &Release) -> Result<ReleaseEvent, ProductRefusal> {
        match self {
            Self::Told(event) => release.check_open().map(|()| event.clone()),
            Self::Attach { read, is_beside } => {
                let sbom = SbomId::from_random(secret::random());
                release.attach(sbom, read.record.clone(), *is_beside)
            }
            Self::Detach { sbom, reason } => release.detach(sbom, reason),
        }
    }
}

async fn record(wish: Wish<'_>, id: &ReleaseId, event: &Event<'_>) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    for _ in 0..TRIES_MAX {
        let grant = node.store().authorize_release::<Write>(viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let found = node.store().release(viewer, id).await?;
        let decided = event.decided(&found)?;
        let about = match &decided {
            ReleaseEvent::SbomAttached { sbom, .. } => sbom.to_string(),
            _ => id.to_string(),
        };
        let stream = Stream::Release(id.clone());
        let mut append = Append::new(viewer, node.now()).expect_version(stream, found.version);
        if let Event::Attach { read, .. } = event {
            append.sbom(read.kept.clone(), read.inventory.clone());
        }
        let recorded = append.release(&grant, decided);
        match wish.append(append, &Answer::new(about, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            Err(AppendError::Problem(problem)) => return Err(problem),
            Ok(answer) => return Ok(answer),
        }
    }
    Err(too_many_conflicts())
}

/// Checks what is said of a release, and that its owner is of the house.
async fn check(wish: &Wish<'_>, card: &ReleaseCard) -> Result<(), Problem> {
    product::check_release(card)?;
    check_owner(wish, card.owner.as_ref()).await
}
