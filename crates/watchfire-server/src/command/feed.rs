//! Feeds of law: what one of them brought; and how each, and each source of the watch, stands.

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::LawSource;
use watchfire_core::ids::PartyId;
use watchfire_core::law::bundle::Bundle;
use watchfire_core::log::VerifierKey;
use watchfire_store::{FeedRow, StoreError, Viewer};

use super::amendment::{self, Content, Proposal};
use super::{Wish, keeper};
use crate::error::Problem;
use crate::settings::WatchKind;
use crate::state::Node;

/// The room of the feeds whose bundles are of law.
pub const ROOM: &str = "law";
/// The room of the sources whose documents are watched.
pub const WATCH_ROOM: &str = "watch";

/// What a bundle from a feed was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Brought {
    /// A change of law, which was proposed under this id.
    News(String),
    /// What was taken up before, or is in use already.
    NoNews,
}

/// Proposes what a feed brought, unless it was taken up before.
///
/// # Errors
/// As [`amendment::propose`]; a bundle that is older than the newest taken one is told as such,
/// unless it was taken itself.
pub(crate) async fn take(
    node: &Node,
    (organization, keys): (PartyId, Vec<VerifierKey>),
    why: String,
    bytes: Vec<u8>,
) -> Result<Brought, Problem> {
    let opened = amendment::open(bytes.clone(), keys.clone()).await?;
    if was_taken(node, &organization, &opened).await? {
        return Ok(Brought::NoNews);
    }
    let viewer = keeper();
    let wish = Wish { node, viewer: &viewer, key: None };
    let content = Content::Bundle(bytes);
    let proposal = Proposal { title: None, why, effective_at: None, content };
    match amendment::propose_for(wish, (organization, keys), proposal).await {
        Ok(answer) => Ok(Brought::News(answer.id)),
        Err(problem) if problem.code() == "amendment_changes_nothing" => Ok(Brought::NoNews),
        Err(problem) => Err(problem),
    }
}

/// Whether this very bundle was taken up, from a feed or from a file.
async fn was_taken(node: &Node, organization: &PartyId, opened: &Bundle) -> Result<bool, Problem> {
    let (issuer, sequence) = (&opened.manifest.issuer, opened.manifest.sequence);
    let found = node.store().amendment_of_bundle(organization, issuer, sequence).await?;
    let Some(id) = found else { return Ok(false) };
    let before = amendment::read(node, &keeper(), &id).await?;
    match before.source {
        LawSource::Bundle { sha256, .. } if sha256 == opened.sha256 => Ok(true),
        _ => {
            let detail = format!(
                "`{issuer}` has signed two bundles with the sequence {sequence}, and another one \
                 was taken"
            );
            let hint =
                "ask the issuer which holds; a bundle that replaces it has a higher sequence";
            Err(Problem::new("bundle_replayed", detail, hint))
        }
    }
}

/// How a feed or a source of the settings stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What it brings: [`ROOM`] or [`WATCH_ROOM`].
    pub room: &'static str,
    pub name: String,
    /// What a source is; absent for feeds of law.
    pub kind: Option<WatchKind>,
    /// Where it is, in which a secret may stand.
    at: String,
    pub every_seconds: u32,
    silent_after_periods: u32,
    /// Absent as long as no node has begun with it.
    pub row: Option<FeedRow>,
}

impl Standing {
    /// Returns the machine that is asked, without the path, in which a secret may stand; `None` for
    /// what lies on this machine.
    pub fn origin(&self) -> Option<String> {
        let url = reqwest::Url::parse(&self.at).ok()?;
        url.has_host().then(|| url.origin().ascii_serialization())
    }

    /// Returns whether it has not been heard for as long as people are told of.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        let pace = (self.every_seconds, self.silent_after_periods);
        self.row.as_ref().is_some_and(|row| is_silent(pace, row, now))
    }
}

/// Whether something that is asked every so many seconds has not been heard for so many periods, of
/// which people are told.
pub(crate) fn is_silent((every, periods): (u32, u32), row: &FeedRow, now: Timestamp) -> bool {
    let seconds = i64::from(every) * i64::from(periods);
    let heard_at = row.succeeded_at.unwrap_or(row.begun_at);
    now.duration_since(heard_at) >= SignedDuration::from_secs(seconds)
}

/// Returns how the feeds of law in the settings stand, in the order of the settings.
///
/// # Errors
/// [`StoreError::NotFound`] for whoever has no account.
pub async fn standings(node: &Node, viewer: &Viewer) -> Result<Vec<Standing>, StoreError> {
    let rows = node.store().feeds(viewer, ROOM).await?;
    let feeds = node.settings().law.feeds.iter();
    Ok(feeds
        .map(|feed| Standing {
            room: ROOM,
            name: feed.name.clone(),
            kind: None,
            at: feed.url.clone(),
            every_seconds: feed.every_seconds,
            silent_after_periods: feed.silent_after_periods,
            row: rows.iter().find(|row| row.name == feed.name).cloned(),
        })
        .collect())
}

/// Returns how the sources of the watch stand, in the order of the settings.
///
/// # Errors
/// [`StoreError::NotFound`] for whoever has no account.
pub async fn sources(node: &Node, viewer: &Viewer) -> Result<Vec<Standing>, StoreError> {
    let rows = node.store().feeds(viewer, WATCH_ROOM).await?;
    let sources = node.settings().watch.sources.iter();
    Ok(sources
        .map(|source| Standing {
            room: WATCH_ROOM,
            name: source.name.clone(),
            kind: Some(source.kind),
            at: source.at.clone(),
            every_seconds: source.every_seconds,
            silent_after_periods: source.silent_after_periods,
            row: rows.iter().find(|row| row.name == source.name).cloned(),
        })
        .collect())
}
