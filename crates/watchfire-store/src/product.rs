//! Products and their releases, with what they are made of.

use watchfire_core::event::{Body, Event, ProductEvent, ReleaseCard, ReleaseEvent, Stream};
use watchfire_core::ids::{DepartmentId, PartyId, ProductId, ReleaseId, SbomId};
use watchfire_core::product::{Product, Release};

use crate::Store;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, is_taken, listed, params};
use crate::error::StoreError;
use crate::history;
use crate::log::int;
use crate::page::{Page, PageRequest};
use crate::policy::{Authorized, Claim, Grant, Node, NotFound, Right, Write, of_house};
use crate::statement::statements;
use crate::viewer::Viewer;

/// So many people are named of those who answer for releases.
pub const OWNERS_MAX: i64 = 100;

macro_rules! product_columns {
    () => {
        "p.id, p.name, p.owner_id, p.department_id, p.internet_facing, p.is_retired, \
         (SELECT COUNT(*) FROM releases r WHERE r.product_id = p.id AND NOT r.is_retired) \
         AS releases, \
         (SELECT COUNT(*) FROM releases r WHERE r.product_id = p.id AND NOT r.is_retired \
         AND r.sboms = 0) AS holes, \
         (SELECT COUNT(*) FROM exposures x JOIN releases r ON r.id = x.release_id \
         WHERE r.product_id = p.id AND x.is_open = TRUE) AS open"
    };
}

macro_rules! release_columns {
    () => {
        "r.id, r.product_id, p.name AS product, r.version, r.owner_id, p.owner_id AS product_owner, \
         r.released_on, r.supported_until, r.is_retired, r.sboms, \
         (SELECT COUNT(*) FROM exposures x WHERE x.release_id = r.id AND x.is_open = TRUE) AS open"
    };
}

pub(crate) use release_columns;

statements! {
    REGISTER_PRODUCT =
        "INSERT INTO products (id, organization_id, name, owner_id, department_id, \
         internet_facing, is_retired) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CHANGE_PRODUCT =
        "UPDATE products SET name = $2, owner_id = $3, department_id = $4, internet_facing = $5 \
         WHERE id = $1";
    RETIRE_PRODUCT = "UPDATE products SET is_retired = $2 WHERE id = $1";
    REGISTER_RELEASE =
        "INSERT INTO releases (id, product_id, organization_id, version, owner_id, released_on, \
         supported_until, is_retired, sboms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    CHANGE_RELEASE =
        "UPDATE releases SET version = $2, owner_id = $3, released_on = $4, supported_until = $5 \
         WHERE id = $1";
    RETIRE_RELEASE = "UPDATE releases SET is_retired = $2 WHERE id = $1";
    MARK_SBOMS_OF_PRODUCT =
        "UPDATE sboms SET changed = $2 WHERE release_id IN (\
         SELECT r.id FROM releases r WHERE r.product_id = $1)";
    MARK_SBOMS_OF_RELEASE = "UPDATE sboms SET changed = $2 WHERE release_id = $1";
    ATTACH =
        "INSERT INTO sboms (number, id, release_id, document, is_attached, changed) \
         VALUES ($1, $2, $3, $4, $5, $1)";
    DETACH = "UPDATE sboms SET is_attached = $2, changed = $3 WHERE id = $1";
    COUNT_SBOMS =
        "UPDATE releases SET sboms = (SELECT COUNT(*) FROM sboms s WHERE s.release_id = $1 \
         AND s.is_attached) WHERE id = $1";
    PRODUCTS = concat!(
        "SELECT ", product_columns!(), " FROM products p WHERE ", of_house!("p"),
        " AND ($3 = '' OR LOWER(p.name) LIKE $3 ESCAPE '!') AND NOT p.is_retired \
         AND (p.name, p.id) > ($4, $5) ORDER BY p.name, p.id LIMIT $6"
    );
    PRODUCT = concat!(
        "SELECT ", product_columns!(), " FROM products p WHERE p.id = $3 AND ", of_house!("p")
    );
    RELEASES = concat!(
        "SELECT ", release_columns!(), " FROM releases r JOIN products p ON p.id = r.product_id \
         WHERE r.product_id = $3 AND NOT r.is_retired AND ", of_house!("r"),
        " AND (r.version, r.id) > ($4, $5) ORDER BY r.version, r.id LIMIT $6"
    );
    HOLES = concat!(
        "SELECT ", release_columns!(), " FROM releases r JOIN products p ON p.id = r.product_id \
         WHERE r.sboms = 0 AND NOT r.is_retired AND NOT p.is_retired AND ", of_house!("r"),
        " AND r.id > $3 ORDER BY r.id LIMIT $4"
    );
    RELEASE = concat!(
        "SELECT ", release_columns!(), " FROM releases r JOIN products p ON p.id = r.product_id \
         WHERE r.id = $3 AND ", of_house!("r")
    );
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRow {
    pub id: ProductId,
    pub name: String,
    pub owner: Option<PartyId>,
    pub department: Option<DepartmentId>,
    pub internet_facing: Option<bool>,
    pub is_retired: bool,
    pub releases: u64,
    /// Releases of which nobody said what they are made of.
    pub holes: u64,
    /// Exposures of its releases that somebody still has to look at.
    pub open: u64,
}

/// A release in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    pub id: ReleaseId,
    pub product: ProductId,
    pub product_name: String,
    pub version: String,
    /// Who answers for it: its own owner, else that of its product.
    pub owner: Option<PartyId>,
    pub released_on: Option<String>,
    pub supported_until: Option<String>,
    pub is_retired: bool,
    /// How many SBOMs count; none is a hole.
    pub sboms: u64,
    pub open: u64,
}

fn product_row(row: &Row) -> Result<ProductRow, StoreError> {
    Ok(ProductRow {
        id: row.parsed("id")?,
        name: row.text("name")?,
        owner: row.parsed_or_none("owner_id")?,
        department: row.parsed_or_none("department_id")?,
        internet_facing: row.bool_or_none("internet_facing")?,
        is_retired: row.bool("is_retired")?,
        releases: row.natural("releases")?,
        holes: row.natural("holes")?,
        open: row.natural("open")?,
    })
}

fn release_row(row: &Row) -> Result<ReleaseRow, StoreError> {
    let own: Option<PartyId> = row.parsed_or_none("owner_id")?;
    Ok(ReleaseRow {
        id: row.parsed("id")?,
        product: row.parsed("product_id")?,
        product_name: row.text("product")?,
        version: row.text("version")?,
        owner: match own {
            Some(own) => Some(own),
            None => row.parsed_or_none("product_owner")?,
        },
        released_on: row.text_or_none("released_on")?,
        supported_until: row.text_or_none("supported_until")?,
        is_retired: row.bool("is_retired")?,
        sboms: row.natural("sboms")?,
        open: row.natural("open")?,
    })
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    match &stored.event.body {
        Body::Product(id, event) => apply_product(tx, id, event, stored.index).await,
        Body::Release(id, event) => apply_release(tx, id, event, stored.index).await,
        _ => Ok(()),
    }
}

async fn apply_product(
    tx: &mut Connection,
    id: &ProductId,
    event: &ProductEvent,
    index: u64,
) -> Result<(), StoreError> {
    let id = id.as_str();
    let text = |it: &Option<PartyId>| it.as_ref().map(ToString::to_string);
    match event {
        ProductEvent::Registered { organization, product } => {
            let params = params![
                id,
                organization.as_str(),
                product.name.as_str(),
                text(&product.owner),
                product.department.as_ref().map(ToString::to_string),
                product.internet_facing,
                false,
            ];
            named(tx.execute(&REGISTER_PRODUCT, params).await, "the name of the product")?;
        }
        ProductEvent::Changed { product } => {
            let params = params![
                id,
                product.name.as_str(),
                text(&product.owner),
                product.department.as_ref().map(ToString::to_string),
                product.internet_facing,
            ];
            named(tx.execute(&CHANGE_PRODUCT, params).await, "the name of the product")?;
            // A statement about the product may mean it by its new name.
            tx.execute(&MARK_SBOMS_OF_PRODUCT, params![id, int(index)?]).await?;
        }
        ProductEvent::Retired { .. } => {
            tx.execute(&RETIRE_PRODUCT, params![id, true]).await?;
            tx.execute(&MARK_SBOMS_OF_PRODUCT, params![id, int(index)?]).await?;
        }
    }
    Ok(())
}

async fn apply_release(
    tx: &mut Connection,
    id: &ReleaseId,
    event: &ReleaseEvent,
    index: u64,
) -> Result<(), StoreError> {
    let release = id.as_str();
    match event {
        ReleaseEvent::Registered { organization, product, release: card } => {
            let [owner, released_on, supported_until] = said(card);
            let params = params![
                release,
                product.as_str(),
                organization.as_str(),
                card.version.as_str(),
                owner,
                released_on,
                supported_until,
                false,
            ];
            named(tx.execute(&REGISTER_RELEASE, params).await, "the version of the release")?;
        }
        ReleaseEvent::Changed { release: card } => {
            let [owner, released_on, supported_until] = said(card);
            let version = card.version.as_str();
            let params = params![release, version, owner, released_on, supported_until];
            named(tx.execute(&CHANGE_RELEASE, params).await, "the version of the release")?;
        }
        ReleaseEvent::Retired { .. } => {
            tx.execute(&RETIRE_RELEASE, params![release, true]).await?;
            tx.execute(&MARK_SBOMS_OF_RELEASE, params![release, int(index)?]).await?;
        }
        ReleaseEvent::SbomAttached { sbom, record, replaces } => {
            for replaced in replaces {
                detach(tx, replaced, index).await?;
            }
            let document = record.document.as_str();
            let params = params![int(index)?, sbom.as_str(), release, document, true];
            tx.execute(&ATTACH, params).await?;
            tx.execute(&COUNT_SBOMS, params![release]).await?;
        }
        ReleaseEvent::SbomDetached { sbom, .. } => {
            detach(tx, sbom, index).await?;
            tx.execute(&COUNT_SBOMS, params![release]).await?;
        }
    }
    Ok(())
}

fn said(card: &ReleaseCard) -> [Option<String>; 3] {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let owner = card.owner.as_ref().map(ToString::to_string);
    [owner, day(card.released_on), day(card.supported_until)]
}

async fn detach(tx: &mut Connection, sbom: &SbomId, index: u64) -> Result<(), StoreError> {
    tx.execute(&DETACH, params![sbom.as_str(), false, int(index)?]).await.map(|_| ())
}

/// A name that another open one has.
fn named(done: Result<u64, StoreError>, what: &'static str) -> Result<(), StoreError> {
    match done {
        Err(error) if is_taken(&error) => Err(StoreError::Taken(what)),
        other => other.map(|_| ()),
    }
}

/// The pattern of a search within texts in small letters; empty finds all.
pub(crate) fn like(search: &str) -> String {
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        return search;
    }
    let mut pattern = String::from("%");
    for sign in search.chars() {
        if matches!(sign, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

/// Reads the cursor of a list in the order of a text and an id.
pub(crate) fn text_key(page: &PageRequest) -> Result<(String, String), StoreError> {
    let Some(after) = &page.after else { return Ok(Default::default()) };
    let (id, text) = after.split_once('.').ok_or(StoreError::Cursor)?;
    Ok((text.to_owned(), id.to_owned()))
}

impl Store {
    /// Returns a page of the products in use whose name holds `search`, by name.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn products(
        &self,
        viewer: &Viewer,
        search: &str,
        page: &PageRequest,
    ) -> Result<Page<ProductRow>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let (name, id) = text_key(page)?;
        let params = params![scope, party, like(search), name, id, page.probe()];
        let rows = self.reader().await?.all(&PRODUCTS, params).await?;
        let rows = rows.iter().map(product_row).collect::<Result<_, _>>()?;
        Ok(page.page(rows, |row: &ProductRow| format!("{}.{}", row.id, row.name)))
    }

    /// Returns how a product stands in lists.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn product_row(
        &self,
        viewer: &Viewer,
        id: &ProductId,
    ) -> Result<ProductRow, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let params = params![scope, party, id.as_str()];
        let row = self.reader().await?.optional(&PRODUCT, params).await?;
        product_row(&row.ok_or(NotFound)?)
    }

    /// Returns a product, folded from its events.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn product(&self, viewer: &Viewer, id: &ProductId) -> Result<Product, StoreError> {
        let claim = Claim::Product(id.clone(), Right::Read);
        let stream = Stream::Product(id.clone());
        let events = self.of_stream(viewer, claim, &stream).await?;
        Ok(Product::from_events(id, &events).ok_or(NotFound)?)
    }

    /// Returns a page of the releases of a product that are in use, by version.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn releases(
        &self,
        viewer: &Viewer,
        product: &ProductId,
        page: &PageRequest,
    ) -> Result<Page<ReleaseRow>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let (version, id) = text_key(page)?;
        let params = params![scope, party, product.as_str(), version, id, page.probe()];
        let rows = self.reader().await?.all(&RELEASES, params).await?;
        let rows = rows.iter().map(release_row).collect::<Result<_, _>>()?;
        Ok(page.page(rows, |row: &ReleaseRow| format!("{}.{}", row.id, row.version)))
    }

    /// Returns a page of the releases of which nobody said what they are made of.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn holes(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<ReleaseRow>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let after = page.after.clone().unwrap_or_default();
        let params = params![scope, party, after, page.probe()];
        let rows = self.reader().await?.all(&HOLES, params).await?;
        let rows = rows.iter().map(release_row).collect::<Result<_, _>>()?;
        Ok(page.page(rows, |row: &ReleaseRow| row.id.to_string()))
    }

    /// Returns how a release stands in lists.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn release_row(
        &self,
        viewer: &Viewer,
        id: &ReleaseId,
    ) -> Result<ReleaseRow, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let params = params![scope, party, id.as_str()];
        let row = self.reader().await?.optional(&RELEASE, params).await?;
        release_row(&row.ok_or(NotFound)?)
    }

    /// Returns how these releases stand in lists, of those that the viewer sees; by product and
    /// version.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn release_rows(
        &self,
        viewer: &Viewer,
        ids: &[&ReleaseId],
    ) -> Result<Vec<ReleaseRow>, StoreError> {
        let (scope, party) = viewer.house_parameters();
        let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        let params = params![scope, party, serde_json::json!(ids).to_string()];
        let rows = self.reader().await?.all(&listed::RELEASES_BY_IDS, params).await?;
        rows.iter().map(release_row).collect()
    }

    /// Returns who answers for any of these releases, up to [`OWNERS_MAX`].
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn owners_of(
        &self,
        _grant: &Authorized<Node, Write>,
        ids: &[ReleaseId],
    ) -> Result<Vec<PartyId>, StoreError> {
        let params = params![serde_json::json!(ids).to_string(), OWNERS_MAX];
        let rows = self.reader().await?.all(&listed::OWNERS_OF_RELEASES, params).await?;
        rows.iter().map(|row| row.parsed("owner")).collect()
    }

    /// Says whether the product of any of these releases can be reached from the Internet, or may be.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn is_any_facing(
        &self,
        _grant: &Authorized<Node, Write>,
        ids: &[ReleaseId],
    ) -> Result<bool, StoreError> {
        let params = params![serde_json::json!(ids).to_string()];
        Ok(self.reader().await?.optional(&listed::FACING_RELEASES, params).await?.is_some())
    }

    /// Returns a release, folded from its events.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or another house's.
    pub async fn release(&self, viewer: &Viewer, id: &ReleaseId) -> Result<Release, StoreError> {
        let claim = Claim::Release(id.clone(), Right::Read);
        let stream = Stream::Release(id.clone());
        let events = self.of_stream(viewer, claim, &stream).await?;
        Ok(Release::from_events(id, &events).ok_or(NotFound)?)
    }

    pub(crate) async fn of_stream(
        &self,
        viewer: &Viewer,
        claim: Claim,
        stream: &Stream,
    ) -> Result<Vec<Event>, StoreError> {
        let mut connection = self.reader().await?;
        Grant { viewer: viewer.clone(), claim }.check(&mut connection).await?;
        let history = history::whole(&mut connection, stream).await?;
        Ok(history.into_iter().map(|recorded| recorded.event).collect())
    }
}
