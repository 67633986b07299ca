//! Products: what a house makes or runs, and who answers for it.

use std::collections::BTreeSet;

use watchfire_core::event::{ProductCard, ProductEvent, Stream};
use watchfire_core::ids::{DepartmentId, PartyId, ProductId};
use watchfire_core::product::{self, Product};
use watchfire_formats::purl;
use watchfire_store::policy::Write;
use watchfire_store::{Append, PartyKind, StoreError};

use super::{Answer, AppendError, TRIES_MAX, Wish, too_many_conflicts};
use crate::error::Problem;
use crate::exposure;

/// Makes a product of the caller's organization known.
///
/// # Errors
/// What no product can be; `taken`; 404 for whoever keeps none.
pub async fn register(wish: Wish<'_>, card: &ProductCard) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    let organization = viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let grant = node.store().authorize_new_product(viewer).await?;
    if let Some(before) = wish.answered_before().await? {
        return Ok(before);
    }
    check(&wish, card).await?;
    let mut append = Append::new(viewer, node.now());
    let product = card.clone();
    let recorded = append.product(&grant, ProductEvent::Registered { organization, product });
    let answer = Answer::new(grant.id(), Some(&recorded.receipt));
    wish.append(append, &answer).await.map_err(|error| match error {
        AppendError::Conflict => too_many_conflicts(),
        AppendError::Problem(problem) => problem,
    })
}

/// Changes what is said of a product.
///
/// # Errors
/// What no product can be; `retired`, `taken`; 404 for whoever does not keep it.
pub async fn change(wish: Wish<'_>, id: &ProductId, card: &ProductCard) -> Result<Answer, Problem> {
    wish.node.store().authorize_product::<Write>(wish.viewer, id).await?;
    check(&wish, card).await?;
    record(wish, id, &ProductEvent::Changed { product: card.clone() }).await
}

/// Retires a product: nothing of it is exposed any longer.
///
/// # Errors
/// `text_length`, `retired`; 404 for whoever does not keep it.
pub async fn retire(wish: Wish<'_>, id: &ProductId, reason: &str) -> Result<Answer, Problem> {
    wish.node.store().authorize_product::<Write>(wish.viewer, id).await?;
    product::check_reason(reason)?;
    record(wish, id, &ProductEvent::Retired { reason: reason.to_owned() }).await
}

async fn record(wish: Wish<'_>, id: &ProductId, event: &ProductEvent) -> Result<Answer, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    for _ in 0..TRIES_MAX {
        let grant = node.store().authorize_product::<Write>(viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        let found: Product = node.store().product(viewer, id).await?;
        found.check_open()?;
        let stream = Stream::Product(id.clone());
        let mut append = Append::new(viewer, node.now()).expect_version(stream, found.version);
        let recorded = append.product(&grant, event.clone());
        match wish.append(append, &Answer::new(id, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            Err(AppendError::Problem(problem)) => return Err(problem),
            Ok(answer) => return Ok(answer),
        }
    }
    Err(too_many_conflicts())
}

/// Checks what is said of a product, and that what it names is of the house.
async fn check(wish: &Wish<'_>, card: &ProductCard) -> Result<(), Problem> {
    product::check_product(card)?;
    check_owner(wish, card.owner.as_ref()).await?;
    match &card.department {
        Some(department) => check_department(wish, department).await,
        None => Ok(()),
    }
}

/// Checks that whoever shall answer for something is a person of the house with an account.
pub(super) async fn check_owner(wish: &Wish<'_>, owner: Option<&PartyId>) -> Result<(), Problem> {
    let Some(owner) = owner else { return Ok(()) };
    let unknown = || Problem::field("/owner", format!("`{owner}` is no person of the house"));
    let row = match wish.node.store().party(wish.viewer, owner).await {
        Err(StoreError::NotFound(_)) => return Err(unknown()),
        found => found?,
    };
    let is_own = row.organization.as_ref() == wish.viewer.organization();
    if row.kind != PartyKind::Person || !is_own { Err(unknown()) } else { Ok(()) }
}

async fn check_department(wish: &Wish<'_>, id: &DepartmentId) -> Result<(), Problem> {
    let wrong = |what| Problem::field("/department", format!("`{id}` {what}"));
    match wish.node.store().department(wish.viewer, id).await {
        Err(StoreError::NotFound(_)) => Err(wrong("is no department of the house")),
        Ok(department) if department.closed.is_some() => Err(wrong("is closed")),
        found => found.map(|_| ()).map_err(Problem::from),
    }
}

/// Brings what a product goes by into its one spelling: package URLs and CPE names.
///
/// # Errors
/// `field_invalid`, with the first that is neither.
pub fn identifiers(said: &[String]) -> Result<BTreeSet<String>, Problem> {
    let canonical = said.iter().enumerate().map(|(at, text)| {
        let text = text.trim();
        let wrong = |why: String| Problem::field(format!("/identifiers/{at}"), why);
        let scheme = text.get(..4).unwrap_or_default();
        if scheme.eq_ignore_ascii_case("pkg:") {
            return purl::canonical(text).map_err(|error| wrong(error.to_string()));
        }
        if scheme.eq_ignore_ascii_case("cpe:") && exposure::is_cpe(text) {
            return Ok(text.to_owned());
        }
        Err(wrong(format!(
            "`{text}` is neither a package URL such as `pkg:maven/org.example/shop` \
             nor a CPE name such as `cpe:2.3:a:example:shop:*:*:*:*:*:*:*:*`"
        )))
    });
    canonical.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling_and_what_is_none_is_pointed_at() {
        let said = [" pkg:PyPI/Django_Rest ", "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"];
        let known = identifiers(&said.map(str::to_owned)).expect("names");
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        assert_eq!(known, [said[1], "pkg:pypi/django-rest"]);
        for odd in ["", "log4j", "pkg:", "pkg:npm", "cpe:2.3:a", "cpé", "https://example.com"] {
            let problem = identifiers(&[said[1].to_owned(), odd.to_owned()]).expect_err(odd);
            assert_eq!(problem.pointer(), Some("/identifiers/1"), "{odd}");
        }
    }
}
