//! From where bundles of law and documents are fetched, and how each feed stands: a page, and a part
//! of the page of changes.

use jiff::Timestamp;
use maud::{Markup, html};

use super::exposure::{self, Tab};
use super::layout::{self, Room};
use super::reader::Reader;
use super::{refusal, time};
use crate::settings::WatchKind;

/// A feed as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedView {
    pub name: String,
    /// What it is, where it is watched; feeds of law are all alike.
    pub kind: Option<WatchKind>,
    /// The machine that is asked; absent for what lies on the node's own.
    pub origin: Option<String>,
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

/// The feeds of a node.
#[derive(Debug, Clone, Default)]
pub struct FeedsView {
    pub law: Vec<FeedView>,
    pub watched: Vec<FeedView>,
}

/// Makes the page of all feeds.
pub fn page(view: &FeedsView, reader: &Reader) -> Markup {
    let title = reader.text("feed-page");
    let below = html! { p.soft { (reader.text("feed-page-below")) } };
    let content = html! {
        (exposure::ways(reader, Tab::Feeds))
        (layout::heading(reader, &title, &below))
        section aria-labelledby="watched" {
            h2 #watched { (reader.text("feed-watched")) }
            @if view.watched.is_empty() { p.soft { (reader.text("feed-none-watched")) } }
            ul.list { @for feed in &view.watched { (row(feed, reader)) } }
        }
        (section(&view.law, reader))
    };
    layout::page(reader, Room::Exposure, &title, content)
}

/// Makes the section of the feeds of law; nothing where the settings name none.
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
    let news = if feed.kind.is_some() { "feed-news-watched" } else { "feed-news" };
    html! {
        li.row.short data-row id={ (if feed.kind.is_some() { "watched-" } else { "feed-" }) (feed.name) } {
            div {
                strong { (feed.name) }
                span.next {
                    @match &feed.origin {
                        Some(origin) => { (origin) }
                        None => { (reader.text("feed-here")) }
                    }
                }
            }
            div {
                @if let Some(kind) = feed.kind {
                    span.chip { (reader.text(kind_words(kind))) } " "
                }
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
                    (instant(news, feed.news_at))
                    (instant("feed-next", feed.next_try_at))
                    @if let Some(etag) = &feed.etag { dt { "ETag" } dd { code { (etag) } } }
                }
            }
        }
    }
}

fn kind_words(kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::Folder => "feed-kind-folder",
        WatchKind::Zip => "feed-kind-zip",
        WatchKind::Osv => "feed-kind-osv",
        WatchKind::Csaf => "feed-kind-csaf",
        WatchKind::Document => "feed-kind-document",
    }
}

/// The words for what a try failed of.
fn words(reader: &Reader, code: &str) -> String {
    let key = match code {
        "feed_address_denied" => "feed-problem-address",
        "feed_no_room" => "feed-problem-no-room",
        "watch_empty" => "feed-problem-empty",
        "watch_malformed" => "feed-problem-malformed",
        "watch_not_taken" => "feed-problem-not-taken",
        "watch_too_much" => "feed-problem-too-much",
        "watch_unreadable" => "feed-problem-unreadable",
        "watch_went_back" => "feed-problem-went-back",
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
