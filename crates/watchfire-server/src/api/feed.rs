//! Feeds of law and sources of the watch: from where something is fetched, and how each stands.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{List, Shown};
use crate::auth::Caller;
use crate::command::feed::{self as command, Standing};
use crate::settings::WatchKind;
use crate::state::Node;

/// Why the last try brought nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedProblem {
    /// `feed_address_denied`, `feed_cut_off`, `feed_redirected`, `feed_stalled`, `feed_status`,
    /// `feed_tls_failed`, `feed_too_large`, `feed_unreachable`, `feed_no_room`, of a source also
    /// `watch_empty`, `watch_malformed`, `watch_not_taken`, `watch_too_much`, `watch_unreadable` and
    /// `watch_went_back`, or a code with which what it brought is refused.
    code: String,
    detail: String,
}

/// A feed or a source of the settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownFeed {
    #[schema(example = "law-example")]
    name: String,
    /// What it brings: `law`, or what is watched, `watch`.
    #[schema(value_type = String)]
    room: &'static str,
    /// Of the watch: `folder`, `zip`, `osv`, `csaf` or `document`.
    #[schema(value_type = Option<String>)]
    kind: Option<&'static str>,
    /// The machine that is asked; the rest of the address may be a secret. Absent for what lies on
    /// the machine of the node.
    #[schema(example = "https://law.example")]
    origin: Option<String>,
    every_seconds: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    tried_at: Option<Timestamp>,
    /// When it was last heard, with news or without.
    #[schema(value_type = Option<String>, format = DateTime)]
    succeeded_at: Option<Timestamp>,
    /// When it last had news: a change of law, or documents.
    #[schema(value_type = Option<String>, format = DateTime)]
    news_at: Option<Timestamp>,
    /// Tries in a row that brought nothing.
    failures: u64,
    problem: Option<FeedProblem>,
    /// Whether it has not been heard for as long as people are told of.
    silent: bool,
    /// Absent where no node has begun with it.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_try_at: Option<Timestamp>,
    /// By what the other side knows its last answer again.
    etag: Option<String>,
    last_modified: Option<String>,
}

impl ShownFeed {
    fn of(standing: Standing, now: Timestamp) -> Self {
        let (origin, silent) = (standing.origin(), standing.is_silent(now));
        let row = standing.row;
        let of_row = |field: fn(&watchfire_store::FeedRow) -> Option<Timestamp>| {
            row.as_ref().and_then(field)
        };
        Self {
            name: standing.name,
            room: standing.room,
            kind: standing.kind.map(WatchKind::name),
            origin,
            every_seconds: standing.every_seconds,
            tried_at: of_row(|row| row.tried_at),
            succeeded_at: of_row(|row| row.succeeded_at),
            news_at: of_row(|row| row.news_at),
            next_try_at: of_row(|row| Some(row.next_try_at)),
            failures: row.as_ref().map_or(0, |row| row.failures),
            silent,
            etag: row.as_ref().and_then(|row| row.etag.clone()),
            last_modified: row.as_ref().and_then(|row| row.last_modified.clone()),
            problem: row
                .and_then(|row| row.problem)
                .map(|(code, detail)| FeedProblem { code, detail }),
        }
    }
}

/// Lists the feeds of law bundles and the sources of the watch, and how each stands.
#[utoipa::path(get, path = "/api/v1/feeds", tag = "amendments",
    responses((status = 200, body = List<ShownFeed>)))]
pub(crate) async fn list(State(node): State<Node>, caller: Caller) -> Shown<List<ShownFeed>> {
    let now = node.now();
    let mut found = command::standings(&node, &caller.viewer).await?;
    found.extend(command::sources(&node, &caller.viewer).await?);
    Ok(Json(List::whole(found.into_iter().map(|it| ShownFeed::of(it, now)).collect())))
}
