//! The page of all feeds.

use axum::response::Response;
use jiff::Timestamp;

use super::visit::Visit;
use crate::command::feed::{self, Standing};
use crate::error::Problem;
use crate::web::feed::{FeedView, FeedsView, page};

/// Shows the feeds of law and the sources of the watch.
pub(super) async fn list(visit: Visit) -> Result<Response, Problem> {
    let viewer = &visit.caller.viewer;
    let views = |all: Vec<Standing>| -> Vec<FeedView> {
        all.into_iter().map(|it| view(it, visit.reader.now)).collect()
    };
    let law = views(feed::standings(&visit.node, viewer).await?);
    let watched = views(feed::sources(&visit.node, viewer).await?);
    Ok(visit.show(page(&FeedsView { law, watched }, &visit.reader)))
}

/// Makes of how a feed stands what is shown of it.
pub(super) fn view(standing: Standing, now: Timestamp) -> FeedView {
    let (origin, silent) = (standing.origin(), standing.is_silent(now));
    let row = standing.row.as_ref();
    FeedView {
        origin,
        silent,
        kind: standing.kind,
        tried_at: row.and_then(|row| row.tried_at),
        succeeded_at: row.and_then(|row| row.succeeded_at),
        news_at: row.and_then(|row| row.news_at),
        next_try_at: row.map(|row| row.next_try_at),
        problem: row.and_then(|row| row.problem.clone()),
        etag: row.and_then(|row| row.etag.clone()),
        name: standing.name,
    }
}
