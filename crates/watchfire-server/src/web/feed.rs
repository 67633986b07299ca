//! From where bundles of law are fetched, and how each feed stands: a part of the page of changes.

use jiff::Timestamp;
use maud::{Markup, html};

use super::reader::Reader;
use super::{refusal, time};

/// A feed as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedView {
    pub name: String,
    /// The machine that is asked.
    pub origin: String,
    pub tried_at: Option<Timestamp>,
    pub succeeded_at: Option<Timestamp>,
    pub news_at: Option<Timestamp>,
    /// Absent where no node has begun with it.
    pub next_try_at: Option<Timestamp>,
    /// What the last try failed of: a stable code, and what the node says of it.
    pub problem: Option<(String, String)>,
    pub silent: bool,
    pub etag: Option<String>,
}

/// Makes the section of the feeds; nothing where the settings name none.
pub(super) fn section(feeds: &[FeedView], reader: &Reader) -> Markup {
    html! {
        @if !feeds.is_empty() {
            section aria-labelledby="feeds" {
                h2 #feeds { (reader.text("feed-title")) }
                ul.list { @for feed in feeds { (row(feed, reader)) } }
            }
        }
    }
}

fn row(feed: &FeedView, reader: &Reader) -> Markup {
    let (sign, key) = match (&feed.problem, feed.silent) {
        (_, true) => ("✕", "feed-silent"),
        (Some(_), false) => ("◐", "feed-failing"),
        (None, false) if feed.succeeded_at.is_some() => ("●", "feed-heard"),
        (None, false) => ("○", "feed-waiting"),
    };
    let instant = |key: &str, at: Option<Timestamp>| {
        html! {
            dt { (reader.text(key)) }
            dd { @match at {
                Some(at) => { (time::moment(reader, at)) }
                None => { (reader.text("feed-never")) }
            } }
        }
    };
    html! {
        li.row.short data-row id={ "feed-" (feed.name) } {
            div {
                strong { (feed.name) }
                span.next { (feed.origin) }
            }
            div {
                span.chip { span.shape aria-hidden="true" { (sign) } " " (reader.text(key)) }
            }
            @if let Some((code, detail)) = &feed.problem {
                div {
                    p { (words(reader, code)) }
                    p.soft lang="en" { (detail) }
                }
            }
            details {
                summary { (reader.text("feed-more")) }
                dl {
                    (instant("feed-tried", feed.tried_at))
                    (instant("feed-succeeded", feed.succeeded_at))
                    (instant("feed-news", feed.news_at))
                    (instant("feed-next", feed.next_try_at))
                    @if let Some(etag) = &feed.etag { dt { "ETag" } dd { code { (etag) } } }
                }
            }
        }
    }
}

/// The words for what a try failed of.
fn words(reader: &Reader, code: &str) -> String {
    let key = match code {
        "feed_address_denied" => "feed-problem-address",
        "feed_cut_off" => "feed-problem-cut-off",
        "feed_redirected" => "feed-problem-redirected",
        "feed_stalled" => "feed-problem-stalled",
        "feed_status" => "feed-problem-status",
        "feed_tls_failed" => "feed-problem-tls",
        "feed_too_large" => "feed-problem-too-large",
        "feed_unreachable" => "feed-problem-unreachable",
        other => refusal::key(other).unwrap_or("feed-problem-other"),
    };
    reader.text(key)
}
