//! Products as pages.

use axum::extract::{Path, Query};
use axum::response::Response;
use watchfire_core::event::ProductCard;
use watchfire_core::ids::ProductId;
use watchfire_store::policy::Write;
use watchfire_store::{ProductRow, ReleaseRow as Stored};

use super::act::{is_refusal, wish};
use super::exposure::{Asked, Names, holders, is_had, said};
use super::{Sent, Visit, release};
use crate::command::{Answer, product as command, release as releases};
use crate::error::Problem;
use crate::web::product::{self, Facing, HolesView, ListView, PageView, ReleaseRow, Row};
use crate::web::refusal;

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

fn release_row(row: Stored, names: &Names) -> ReleaseRow {
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
    let rows =
        page.rows.into_iter().map(|row| (row.product_name.clone(), release_row(row, &names)));
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
        rows: releases.rows.into_iter().map(|row| release_row(row, &names)).collect(),
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

/// Reads what is said of a product.
fn card(sent: &Sent) -> Result<ProductCard, Problem> {
    let identifiers: Vec<String> = sent
        .field("identifiers")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    Ok(ProductCard {
        name: sent.field("name").to_owned(),
        description: said(sent, "description"),
        owner: sent.parsed("owner")?,
        department: sent.parsed("department")?,
        internet_facing: match sent.field("internet_facing") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        identifiers: command::identifiers(&identifiers)
            .map_err(|problem| problem.at("/identifiers"))?,
    })
}

/// Makes a product known.
pub(super) async fn register(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let done = match card(&sent) {
        Ok(card) => command::register(wish(&visit), &card).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(answer) => {
            let path = format!("/products/{}", answer.id);
            Ok(visit.done(&path, "party-done-added", answer.receipt.as_deref()))
        }
        Err(problem) if is_refusal(&problem) => {
            let mut view = list_view(&visit, &Asked::default()).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, "product"));
            view.typed = sent.typed_into("product");
            Ok(visit.refuse(product::list(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Goes on after an act, or shows the product again with why it was refused.
async fn answered(
    visit: Visit,
    id: &ProductId,
    answer: Result<Answer, Problem>,
    (form, sent, act): (&str, &Sent, &'static str),
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => Ok(visit.done(&format!("/products/{id}"), act, answer.receipt.as_deref())),
        Err(problem) if is_refusal(&problem) => {
            let mut view = page_view(&visit, id, &Asked::default()).await?;
            view.problem = Some(refusal::in_form(&visit.reader, &problem, form));
            view.typed = sent.typed_into(form);
            Ok(visit.refuse(product::page(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// The product that the path names, if the reader keeps it.
async fn kept(visit: &Visit, text: &str) -> Result<ProductId, Problem> {
    let id = text.parse().map_err(|_| Problem::not_found())?;
    visit.node.store().authorize_product::<Write>(&visit.caller.viewer, &id).await?;
    Ok(id)
}

/// Changes what is said of a product.
pub(super) async fn change(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let done = match card(&sent) {
        Ok(card) => command::change(wish(&visit), &id, &card).await,
        Err(problem) => Err(problem),
    };
    answered(visit, &id, done, ("product", &sent, "party-done-saved")).await
}

/// Retires a product.
pub(super) async fn retire(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let done = command::retire(wish(&visit), &id, sent.field("reason")).await;
    answered(visit, &id, done, ("retire", &sent, "product-done-retired")).await
}

/// Makes a release of a product known.
pub(super) async fn add_release(
    visit: Visit,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = kept(&visit, &id).await?;
    let done = match release::card(&sent) {
        Ok(card) => releases::register(wish(&visit), &id, &card).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(answer) => {
            let path = format!("/releases/{}", answer.id);
            Ok(visit.done(&path, "party-done-added", answer.receipt.as_deref()))
        }
        refused => answered(visit, &id, refused, ("release", &sent, "party-done-added")).await,
    }
}
