//! Releases as pages, and the SBOMs that are attached to them.

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use watchfire_core::event::SbomRecord;
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_formats::sbom::{self as formats, Item};
use watchfire_store::policy::Write;
use watchfire_store::{ExposureRow, ExposureState, StoreError};

use super::Visit;
use super::exposure::{Asked, Names, PAGE_ROWS, is_had};
use crate::error::Problem;
use crate::web::exposure::SeverityView;
use crate::web::release::exposed::{ExposedView, Row};
use crate::web::release::sbom::{DocumentView, SbomView, Told};
use crate::web::release::{self, PageView};

fn attached(id: &SbomId, record: SbomRecord) -> SbomView {
    SbomView {
        id: id.to_string(),
        document: record.document,
        format: format!("{} {}", record.format, record.format_version),
        serial: record.serial,
        made: record.made,
        tools: record.tools,
        components: record.components.into(),
        unnamed: record.unnamed.into(),
        skipped: record.skipped,
        problems: record.problems,
    }
}

fn exposed(row: ExposureRow) -> Row {
    Row {
        vulnerability: row.vulnerability.to_string(),
        name: row.vulnerability_name,
        title: row.title,
        severity: SeverityView::of(row.severity_tenths, None),
        is_listed: row.is_listed,
        answer: row.answer,
        status: row.status,
        since: row.since,
        decided_at: row.decided_at,
        awaits_second: row.awaits_second,
        lapsed: row.lapsed.is_some(),
    }
}

async fn page_view(visit: &Visit, id: &ReleaseId, asked: &Asked) -> Result<PageView, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let found = store.release(viewer, id).await?;
    let product = store.product(viewer, &found.product).await?;
    let row = store.release_row(viewer, id).await?;
    let names = Names::read(visit).await?;
    let state = ExposureState::parse(&asked.state).unwrap_or_default();
    let page = store.exposures_of_release(viewer, id, state, &asked.page()).await?;
    let card = found.card;
    Ok(PageView {
        id: id.to_string(),
        product: (found.product.to_string(), product.card.name),
        version: card.version,
        released_on: card.released_on,
        supported_until: card.supported_until,
        countries: card.sold_in.into_iter().collect(),
        owner: names.owner(card.owner.as_ref()),
        product_owner: names.owner(product.card.owner.as_ref()),
        retired: found.retired.or(product.retired),
        sboms: found.sboms.into_iter().map(|(id, record)| attached(&id, record)).collect(),
        open: row.open,
        exposed: ExposedView {
            state,
            rows: page.rows.into_iter().map(exposed).collect(),
            next: page.next,
        },
        people: names.people(),
        may_write: is_had(store.authorize_release::<Write>(viewer, id).await)?,
        ..PageView::default()
    })
}

/// Shows a release with a page of what it is exposed to.
pub(super) async fn page(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let view = page_view(&visit, &id, &asked).await?;
    Ok(visit.show(release::page(&view, &visit.reader)))
}

/// From where on the places of a document are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Places {
    skipped: usize,
    problems: usize,
}

/// Places of a document, each with what is said of it.
type Said = Vec<(String, String)>;

/// Reads a document once more, for the places that its record has only counted.
fn places(bytes: &[u8]) -> (Said, Said) {
    let mut skipped = Said::new();
    let read = formats::stream(bytes, &mut |item| {
        if let Item::Skipped(one) = item
            && skipped.len() < formats::SKIPPED_MAX
        {
            skipped.push((one.place.to_string(), one.reason));
        }
    });
    if let Err(refused) = read {
        skipped.push((String::new(), refused.to_string()));
    }
    let problems = match formats::conforms(bytes) {
        Ok(found) => found.told.into_iter().map(|one| (one.place.to_string(), one.reason)).collect(),
        Err(refused) => vec![(String::new(), refused.to_string())],
    };
    (skipped, problems)
}

/// Cuts a page out of all places.
fn cut(all: Said, from: usize) -> Told {
    let next = from.saturating_add(PAGE_ROWS);
    let next = (next < all.len()).then(|| next.to_string());
    Told { rows: all.into_iter().skip(from).take(PAGE_ROWS).collect(), next }
}

/// Shows an SBOM with everything that was skipped in it.
pub(super) async fn sbom(
    visit: Visit,
    Path((release, id)): Path<(String, String)>,
    Query(from): Query<Places>,
) -> Result<Response, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let release: ReleaseId = release.parse().map_err(|_| Problem::not_found())?;
    let id: SbomId = id.parse().map_err(|_| Problem::not_found())?;
    let found = store.release(viewer, &release).await?;
    let row = store.release_row(viewer, &release).await?;
    let record = found.sboms.get(&id).cloned().ok_or_else(Problem::not_found)?;
    let read = match store.sbom_bytes(viewer, &id).await {
        Ok(bytes) => Some(
            tokio::task::spawn_blocking(move || places(&bytes)).await.map_err(|error| Problem::internal(&error))?,
        ),
        Err(StoreError::NotFound(_)) => None,
        Err(other) => return Err(other.into()),
    };
    let erased = read.is_none();
    let (skipped, problems) = read.unwrap_or_default();
    let view = DocumentView {
        release: (release.to_string(), format!("{} {}", row.product_name, row.version)),
        sbom: attached(&id, record),
        skipped: cut(skipped, from.skipped),
        problems: cut(problems, from.problems),
        erased,
    };
    Ok(visit.show(release::sbom::page(&view, &visit.reader)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_of_places_has_no_next() {
        let all = |count: usize| (0..count).map(|at| (at.to_string(), String::new())).collect();
        assert_eq!(cut(all(PAGE_ROWS), 0).next, None);
        let first = cut(all(PAGE_ROWS + 1), 0);
        assert_eq!((first.rows.len(), first.next.as_deref()), (PAGE_ROWS, Some("50")));
        let last = cut(all(PAGE_ROWS + 1), PAGE_ROWS);
        assert_eq!((last.rows.len(), last.next), (1, None));
        assert_eq!(cut(all(1), usize::MAX).rows.len(), 0);
    }

    #[test]
    fn what_was_skipped_is_told_with_its_place() {
        let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
            "components":[{"type":"library","name":"a"},{"type":"library"},7]}"#;
        let (skipped, problems) = places(text.as_bytes());
        let at: Vec<&str> = skipped.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(at.len(), 2, "{skipped:?}");
        assert!(at[0].contains("/components/1") && at[1].contains("/components/2"), "{at:?}");
        assert!(!problems.is_empty(), "the schema wants a name and no number");
    }
}
