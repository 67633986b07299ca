//! What others published, as pages.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use watchfire_store::AdvisoryRow;

use super::Visit;
use super::exposure::Asked;
use crate::error::Problem;
use crate::web::advisory::{self, ListView, Row};

fn shown(row: AdvisoryRow) -> Row {
    Row {
        id: row.id,
        source: row.source,
        name: row.name,
        title: row.title,
        format: row.format,
        publisher: row.publisher,
        changed: row.changed,
        first_at: row.first_at,
        known_at: row.known_at,
        is_withdrawn: row.is_withdrawn,
        problem: row.problem,
    }
}

async fn list_view(visit: &Visit, asked: &Asked) -> Result<ListView, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let page = store.advisories(viewer, &asked.words, &asked.page()).await?;
    Ok(ListView {
        rows: page.rows.into_iter().map(shown).collect(),
        apart: store.advisories_apart(viewer).await?,
        words: asked.words.clone(),
        next: page.next,
        ..ListView::default()
    })
}

/// Shows a page of all documents.
pub(super) async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let view = list_view(&visit, &asked).await?;
    Ok(visit.show(advisory::list(&view, &visit.reader)))
}

/// Gives a document as it came. It is text of somebody else, so no browser takes it for a page.
pub(super) async fn document(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let id: u64 = id.parse().map_err(|_| Problem::not_found())?;
    let (row, bytes) = visit.node.store().advisory(&visit.caller.viewer, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(&row.name))),
    ];
    Ok((headers, bytes).into_response())
}

/// A name for a file, of the signs that every system takes.
fn file_name(name: &str) -> String {
    let kept = name.chars().map(|sign| {
        if sign.is_ascii_alphanumeric() || "-._".contains(sign) { sign } else { '-' }
    });
    kept.take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_others_makes_no_header_of_its_own() {
        assert_eq!(file_name("GHSA-jfh8-c2jp-5v3q.json"), "GHSA-jfh8-c2jp-5v3q.json");
        assert_eq!(file_name("a\"; x=\r\n/../漏"), "a---x----..--");
        assert_eq!(file_name(&"a".repeat(500)).len(), 100);
    }
}
