//! Releases of products: where they are sold, how long they are supported, who answers for them.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::ReleaseCard;
use watchfire_core::ids::{PartyId, ProductId, ReleaseId};
use watchfire_core::product::Release;
use watchfire_store::ReleaseRow;
use watchfire_store::policy::{Read as ToRead, Write as ToWrite};

use super::report::Reason;
use super::{Asked, Changed, List, Made, Paging, Shown, id, id_at, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::release as command;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// What is said of a release.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseCard)]
pub(crate) struct WireReleaseCard {
    /// As its maker counts; unique in its product.
    version: String,
    /// The day of its release.
    #[serde(default)]
    #[schema(example = "2026-11-30")]
    released_on: Option<String>,
    /// The last day of its support period.
    #[serde(default)]
    #[schema(example = "2031-11-30")]
    supported_until: Option<String>,
    /// Where it is made available: countries of ISO 3166-1, in two letters.
    #[serde(default)]
    sold_in: BTreeSet<String>,
    /// Who answers for it: id of a person; left out, the owner of the product.
    #[serde(default)]
    owner: Option<String>,
}

impl WireReleaseCard {
    fn of(card: ReleaseCard) -> Self {
        Self {
            version: card.version,
            released_on: card.released_on.map(|day| day.to_string()),
            supported_until: card.supported_until.map(|day| day.to_string()),
            sold_in: card.sold_in,
            owner: card.owner.map(|id| id.to_string()),
        }
    }

    fn card(self) -> Result<ReleaseCard, Problem> {
        let day = |pointer, text: Option<String>| text.map(|text| day(pointer, &text)).transpose();
        let owner = self.owner.map(|text| id_at::<PartyId>("/owner", &text));
        Ok(ReleaseCard {
            version: self.version,
            released_on: day("/released_on", self.released_on)?,
            supported_until: day("/supported_until", self.supported_until)?,
            sold_in: self.sold_in,
            owner: owner.transpose()?,
        })
    }
}

fn day(pointer: &str, text: &str) -> Result<Date, Problem> {
    // What reads days reads instants too, and would forget their time.
    let is_plain = text.len() == "2026-11-30".len();
    let day = text.parse().ok().filter(|_| is_plain);
    day.ok_or_else(|| Problem::field(pointer, format!("`{text}` is no day such as `2026-11-30`")))
}

/// A release.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Release)]
pub(crate) struct WireRelease {
    #[schema(example = "WL-7K3F-9QX2")]
    id: String,
    /// Id of its product.
    product: String,
    product_name: String,
    #[serde(flatten)]
    card: WireReleaseCard,
    /// Who answers for it: its own owner, else that of its product.
    answerable: Option<String>,
    /// Why it is in use nowhere any more.
    retired: Option<String>,
    /// How many SBOMs count; none is a hole.
    sboms: u64,
    /// Exposures that somebody still has to look at.
    open: u64,
}

impl WireRelease {
    fn of(found: Release, row: ReleaseRow) -> Self {
        Self {
            id: found.id.to_string(),
            product: found.product.to_string(),
            product_name: row.product_name,
            card: WireReleaseCard::of(found.card),
            answerable: row.owner.map(|id| id.to_string()),
            retired: found.retired,
            sboms: row.sboms,
            open: row.open,
        }
    }
}

/// A release in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedRelease)]
pub(crate) struct WireReleaseRow {
    #[schema(example = "WL-7K3F-9QX2")]
    id: String,
    /// Id of its product.
    product: String,
    product_name: String,
    version: String,
    /// Who answers for it: its own owner, else that of its product.
    answerable: Option<String>,
    released_on: Option<String>,
    supported_until: Option<String>,
    /// How many SBOMs count; none is a hole.
    sboms: u64,
    /// Exposures that somebody still has to look at.
    open: u64,
}

impl WireReleaseRow {
    fn of(row: ReleaseRow) -> Self {
        Self {
            id: row.id.to_string(),
            product: row.product.to_string(),
            product_name: row.product_name,
            version: row.version,
            answerable: row.owner.map(|id| id.to_string()),
            released_on: row.released_on,
            supported_until: row.supported_until,
            sboms: row.sboms,
            open: row.open,
        }
    }
}

/// Lists the releases of a product that are in use, by version.
#[utoipa::path(get, path = "/api/v1/products/{id}/releases", tag = "products",
    params(("id" = String, Path, description = "Id of a product."), Paging),
    responses((status = 200, body = List<WireReleaseRow>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Shown<List<WireReleaseRow>> {
    let product = id::<ProductId>(&text)?;
    node.store().authorize_product::<ToRead>(&caller.viewer, &product).await?;
    let page = node.store().releases(&caller.viewer, &product, &paging.request()?).await?;
    Ok(Json(List::of(page, WireReleaseRow::of)))
}

/// Makes a release known. For administrators, responders, and whoever answers for the product.
#[utoipa::path(post, path = "/api/v1/products/{id}/releases", tag = "products",
    params(("id" = String, Path, description = "Id of a product.")),
    request_body = WireReleaseCard, responses((status = 201, body = Answer)))]
pub(crate) async fn register(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let product = id::<ProductId>(&text)?;
    node.store().authorize_product::<ToWrite>(&caller.viewer, &product).await?;
    let card = write.body::<WireReleaseCard>()?.card()?;
    made(command::register(wish(&node, &caller, &write), &product, &card).await?)
}

/// Lists the releases in use of which nobody said what they are made of, each with who answers.
#[utoipa::path(get, path = "/api/v1/holes", tag = "products", params(Paging),
    responses((status = 200, body = List<WireReleaseRow>)))]
pub(crate) async fn holes(
    State(node): State<Node>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Shown<List<WireReleaseRow>> {
    let page = node.store().holes(&caller.viewer, &paging.request()?).await?;
    Ok(Json(List::of(page, WireReleaseRow::of)))
}

/// Shows a release.
#[utoipa::path(get, path = "/api/v1/releases/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of a release.")),
    responses((status = 200, body = WireRelease)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireRelease> {
    let id = id::<ReleaseId>(&text)?;
    let found = node.store().release(&caller.viewer, &id).await?;
    let row = node.store().release_row(&caller.viewer, &id).await?;
    Ok(Json(WireRelease::of(found, row)))
}

/// Changes what is said of a release. For those who may change its product, and its own owner.
#[utoipa::path(put, path = "/api/v1/releases/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of a release.")),
    request_body = WireReleaseCard, responses((status = 200, body = Answer)))]
pub(crate) async fn change(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let release = id::<ReleaseId>(&text)?;
    node.store().authorize_release::<ToWrite>(&caller.viewer, &release).await?;
    let card = write.body::<WireReleaseCard>()?.card()?;
    Ok(Json(command::change(wish(&node, &caller, &write), &release, &card).await?))
}

/// Retires a release: nothing of it is exposed any longer. For those who may change it.
#[utoipa::path(delete, path = "/api/v1/releases/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of a release.")),
    request_body = Reason, responses((status = 200, body = Answer)))]
pub(crate) async fn retire(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let release = id::<ReleaseId>(&text)?;
    node.store().authorize_release::<ToWrite>(&caller.viewer, &release).await?;
    let Reason { reason } = write.body()?;
    Ok(Json(command::retire(wish(&node, &caller, &write), &release, &reason).await?))
}
