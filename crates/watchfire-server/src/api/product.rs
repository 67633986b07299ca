//! Products: what a house makes or runs, and who answers for it.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::event::ProductCard;
use watchfire_core::ids::{DepartmentId, PartyId, ProductId};
use watchfire_core::product::Product;
use watchfire_store::ProductRow;
use watchfire_store::policy::Write as ToWrite;

use super::report::Reason;
use super::{Asked, Changed, List, Made, Paging, Shown, id, id_at, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::product as command;
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// A search has at most so many characters.
const SEARCH_CHARS_MAX: usize = 200;

/// What is said of a product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductCard)]
pub(crate) struct WireProductCard {
    /// As people call it; unique in its organization.
    name: String,
    #[serde(default)]
    description: Option<String>,
    /// Who answers for it: id of a person of the organization.
    #[serde(default)]
    owner: Option<String>,
    /// The department that makes or runs it: its id.
    #[serde(default)]
    department: Option<String>,
    /// Whether it can be reached from the Internet; left out where nobody said so.
    #[serde(default)]
    internet_facing: Option<bool>,
    /// What statements of others may call it: package URLs and CPE names.
    #[serde(default)]
    identifiers: Vec<String>,
}

impl WireProductCard {
    fn of(card: ProductCard) -> Self {
        Self {
            name: card.name,
            description: card.description,
            owner: card.owner.map(|id| id.to_string()),
            department: card.department.map(|id| id.to_string()),
            internet_facing: card.internet_facing,
            identifiers: card.identifiers.into_iter().collect(),
        }
    }

    fn card(self) -> Result<ProductCard, Problem> {
        let owner = self.owner.map(|text| id_at::<PartyId>("/owner", &text));
        let department = self.department.map(|text| id_at::<DepartmentId>("/department", &text));
        Ok(ProductCard {
            name: self.name,
            description: self.description,
            owner: owner.transpose()?,
            department: department.transpose()?,
            internet_facing: self.internet_facing,
            identifiers: command::identifiers(&self.identifiers)?,
        })
    }
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub(crate) struct WireProduct {
    #[schema(example = "WX-7K3F-9QX2")]
    id: String,
    #[serde(flatten)]
    card: WireProductCard,
    /// Why it is there no more.
    retired: Option<String>,
    /// Its releases in use.
    releases: u64,
    /// Those of which nobody said what they are made of.
    holes: u64,
    /// Exposures of its releases that somebody still has to look at.
    open: u64,
}

impl WireProduct {
    fn of(found: Product, row: &ProductRow) -> Self {
        Self {
            id: found.id.to_string(),
            card: WireProductCard::of(found.card),
            retired: found.retired,
            releases: row.releases,
            holes: row.holes,
            open: row.open,
        }
    }
}

/// A product in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedProduct)]
pub(crate) struct WireProductRow {
    #[schema(example = "WX-7K3F-9QX2")]
    id: String,
    name: String,
    owner: Option<String>,
    department: Option<String>,
    internet_facing: Option<bool>,
    /// Its releases in use.
    releases: u64,
    /// Those of which nobody said what they are made of.
    holes: u64,
    /// Exposures of its releases that somebody still has to look at.
    open: u64,
}

impl WireProductRow {
    fn of(row: ProductRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            owner: row.owner.map(|id| id.to_string()),
            department: row.department.map(|id| id.to_string()),
            internet_facing: row.internet_facing,
            releases: row.releases,
            holes: row.holes,
            open: row.open,
        }
    }
}

/// Which products.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProductsQuestion {
    /// What stands in the name, in letters of either size.
    search: Option<String>,
    /// The `next` of the page before, unchanged.
    after: Option<String>,
    /// Rows of the page: 1 to 200, by default 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists the products of your organization that are in use, by name.
#[utoipa::path(get, path = "/api/v1/products", tag = "products", params(ProductsQuestion),
    responses((status = 200, body = List<WireProductRow>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Asked(asked): Asked<ProductsQuestion>,
) -> Shown<List<WireProductRow>> {
    let page = Paging { after: asked.after, limit: asked.limit }.request()?;
    let search = asked.search.unwrap_or_default();
    if search.chars().count() > SEARCH_CHARS_MAX || search.contains('\0') {
        let detail = format!("`search` must be at most {SEARCH_CHARS_MAX} characters, none U+0000");
        return Err(Problem::new("request_malformed", detail, "search for less"));
    }
    let page = node.store().products(&caller.viewer, &search, &page).await?;
    Ok(Json(List::of(page, WireProductRow::of)))
}

/// Makes a product known. For administrators and responders.
#[utoipa::path(post, path = "/api/v1/products", tag = "products", request_body = WireProductCard,
    responses((status = 201, body = Answer)))]
pub(crate) async fn register(State(node): State<Node>, caller: Caller, write: Write) -> Made {
    node.store().authorize_new_product(&caller.viewer).await?;
    let card = write.body::<WireProductCard>()?.card()?;
    made(command::register(wish(&node, &caller, &write), &card).await?)
}

/// Shows a product.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of a product.")),
    responses((status = 200, body = WireProduct)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireProduct> {
    let id = id::<ProductId>(&text)?;
    let found = node.store().product(&caller.viewer, &id).await?;
    let row = node.store().product_row(&caller.viewer, &id).await?;
    Ok(Json(WireProduct::of(found, &row)))
}

/// Changes what is said of a product. For administrators, responders, and whoever answers for it.
#[utoipa::path(put, path = "/api/v1/products/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of a product.")),
    request_body = WireProductCard, responses((status = 200, body = Answer)))]
pub(crate) async fn change(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let product = id::<ProductId>(&text)?;
    node.store().authorize_product::<ToWrite>(&caller.viewer, &product).await?;
    let card = write.body::<WireProductCard>()?.card()?;
    Ok(Json(command::change(wish(&node, &caller, &write), &product, &card).await?))
}

/// Retires a product: nothing of it is exposed any longer. For those who may change it.
#[utoipa::path(delete, path = "/api/v1/products/{id}", tag = "products",
    params(("id" = String, Path, description = "Id of a product.")),
    request_body = Reason, responses((status = 200, body = Answer)))]
pub(crate) async fn retire(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let product = id::<ProductId>(&text)?;
    node.store().authorize_product::<ToWrite>(&caller.viewer, &product).await?;
    let Reason { reason } = write.body()?;
    Ok(Json(command::retire(wish(&node, &caller, &write), &product, &reason).await?))
}
