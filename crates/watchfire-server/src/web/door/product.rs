//! Products as pages.

use axum::extract::{Path, Query};
use axum::response::Response;
use watchfire_core::ids::ProductId;
use watchfire_store::policy::Write;
use watchfire_store::{ProductRow, ReleaseRow as Stored};

use super::Visit;
use super::exposure::{Asked, Names, holders, is_had};
use crate::error::Problem;
use crate::web::product::{self, Facing, HolesView, ListView, PageView, ReleaseRow, Row};

fn shown(row: ProductRow, names: &Names, departments: &[(String, String)]) -> Row {
    let department = row.department.as_ref().map(ToString::to_string);
    let named = |id: &String| departments.iter().find(|(known, _)| known == id);
    Row {
        id: row.id.to_string(),
        name: row.name,
        owner: names.owner(row.owner.as_ref()),
        department: department.as_ref().and_then(named).map(|(_, name)| name.clone()),
        facing: row.internet_facing.into(),
        releases: row.releases,
        holes: row.holes,
        open: row.open,
    }
}

fn release(row: Stored, names: &Names) -> ReleaseRow {
    ReleaseRow {
        id: row.id.to_string(),
        version: row.version,
        released_on: row.released_on,
        supported_until: row.supported_until,
        owner: names.owner(row.owner.as_ref()),
        sboms: row.sboms,
        open: row.open,
    }
}

async fn list_view(visit: &Visit, asked: &Asked) -> Result<ListView, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let names = Names::read(visit).await?;
    let holders = holders(visit, &names).await?;
    let page = store.products(viewer, &asked.words, &asked.page()).await?;
    let rows = page.rows.into_iter().map(|row| shown(row, &names, &holders.departments));
    Ok(ListView {
        rows: rows.collect(),
        words: asked.words.clone(),
        next: page.next,
        may_write: is_had(store.authorize_new_product(viewer).await)?,
        holders,
        ..ListView::default()
    })
}

/// Shows a page of all products.
pub(super) async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let view = list_view(&visit, &asked).await?;
    Ok(visit.show(product::list(&view, &visit.reader)))
}

/// Shows a page of the releases without an SBOM.
pub(super) async fn holes(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let names = Names::read(&visit).await?;
    let page = visit.node.store().holes(&visit.caller.viewer, &asked.page()).await?;
    let rows = page.rows.into_iter().map(|row| (row.product_name.clone(), release(row, &names)));
    let view = HolesView { rows: rows.collect(), next: page.next };
    Ok(visit.show(product::holes(&view, &visit.reader)))
}

async fn page_view(visit: &Visit, id: &ProductId, asked: &Asked) -> Result<PageView, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let found = store.product(viewer, id).await?;
    let row = store.product_row(viewer, id).await?;
    let names = Names::read(visit).await?;
    let holders = holders(visit, &names).await?;
    let releases = store.releases(viewer, id, &asked.page()).await?;
    let card = found.card;
    let department = card.department.as_ref().map(ToString::to_string);
    let named = |id: String| holders.departments.iter().find(|(known, _)| *known == id).cloned();
    Ok(PageView {
        id: id.to_string(),
        name: card.name,
        description: card.description.unwrap_or_default(),
        owner: names.owner(card.owner.as_ref()),
        department: department.and_then(named),
        facing: Facing::from(card.internet_facing),
        identifiers: card.identifiers.into_iter().collect(),
        retired: found.retired,
        open: row.open,
        releases: row.releases,
        holes: row.holes,
        rows: releases.rows.into_iter().map(|row| release(row, &names)).collect(),
        next: releases.next,
        may_write: is_had(store.authorize_product::<Write>(viewer, id).await)?,
        holders,
        ..PageView::default()
    })
}

/// Shows a product with a page of its releases.
pub(super) async fn page(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let view = page_view(&visit, &id, &asked).await?;
    Ok(visit.show(product::page(&view, &visit.reader)))
}
