//! What others publish comes in: it is kept, matched at once, and recorded in one append with what
//! follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::OwnedSemaphorePermit;
use watchfire_core::event::{ClearedBy, Listing, OpeningRules, PartyEvent};
use watchfire_core::vulnerability::{Findings, Scope};
use watchfire_store::policy::Administer;
use watchfire_store::{KEPT_DOCUMENT_BYTES_MAX, ListingRow, StoreError, digest_of};

use super::settle::{Finding, Finished, Known, Round, Watch, opening_rules};
use super::{Answer, TRIES_MAX, Wish, party};
use crate::error::Problem;
use crate::exposure::group::{Coming, Group, seeds};
use crate::exposure::judge::{Judged, judge};
use crate::exposure::opinion::{Library, Opinions, listing};
use crate::exposure::word::{self, Read, speaks_of_packages};
use crate::state::Node;
use crate::watch::News;

/// Documents that are worked on together.
pub const TAKEN_AT_ONCE_MAX: usize = 500;
/// What speaks of so many vulnerabilities is fetched together.
const READ_TOGETHER: usize = 100;
/// So many threads read documents beside each other.
const READ_BESIDE: usize = 2;
/// The name of a document has at most so many bytes.
const NAME_BYTES_MAX: usize = 1_000;

/// What came of documents that came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Documents that are new, or say something else than before.
    pub news: usize,
    /// Of those, the ones that were set apart.
    pub apart: usize,
    /// Vulnerabilities of which something changed for the house.
    pub vulnerabilities: usize,
}

/// Takes documents of a source in: keeps what is new, finds what is exposed to it, and opens cases
/// where a rule of the house says so. What is known already costs a comparison of digests.
///
/// # Errors
/// Failures of the database; what was taken before the failure is kept, and the same documents can
/// be given again.
pub async fn take(node: &Node, source: &str, pieces: Vec<News>) -> Result<Taken, StoreError> {
    let watch = Watch::of(node).await?;
    let mut chunks = chunks(pieces).into_iter();
    let mut taken = Taken::default();
    let Some(first) = chunks.next() else { return Ok(taken) };
    let mut reads = news(node, &watch, source, first).await?;
    loop {
        // The next is read while this one is recorded.
        let next = async {
            let next = chunks.next()?;
            Some(news(node, &watch, source, next).await)
        };
        let (more, next) = tokio::join!(take_some(node, source, &reads), next);
        let more = more?;
        taken.news += more.news;
        taken.apart += more.apart;
        taken.vulnerabilities += more.vulnerabilities;
        match next {
            Some(next) => reads = next?,
            None => return Ok(taken),
        }
    }
}

/// The documents, as many together as are worked on so; the last of each name counts.
fn chunks(pieces: Vec<News>) -> Vec<Vec<News>> {
    let mut by_name: BTreeMap<String, News> = BTreeMap::new();
    for piece in pieces {
        by_name.insert(piece.name().to_owned(), piece);
    }
    let mut pieces = by_name.into_values().peekable();
    let mut chunks = Vec::new();
    while pieces.peek().is_some() {
        chunks.push(pieces.by_ref().take(TAKEN_AT_ONCE_MAX).collect());
    }
    chunks
}

async fn take_some(node: &Node, source: &str, reads: &[Read]) -> Result<Taken, StoreError> {
    if reads.is_empty() {
        return Ok(Taken::default());
    }
    let watch = Watch::of(node).await?;
    let mut conflict = StoreError::Overloaded;
    let mut done: Option<Taken> = None;
    for _ in 0..TRIES_MAX {
        let before = node.holdings().now(node.store()).await?.place();
        let (taken, in_parts) = match record(node, &watch, source, reads).await {
            Err(error @ StoreError::Conflict { .. }) => {
                conflict = error;
                continue;
            }
            other => other?,
        };
        if let Some(mut first) = done {
            first.vulnerabilities += taken.vulnerabilities;
            return Ok(first);
        }
        node.metrics().add("watchfire_advisories_taken_total", reads.len() as u64);
        if !in_parts && node.holdings().now(node.store()).await?.place() == before {
            return Ok(taken);
        }
        // An SBOM was attached meanwhile, and another node may have asked about it before this was
        // there; or somebody asked between two parts, and did not find what came with the last.
        // Whoever asks from now on finds it, so that once more is enough.
        done = Some(taken);
    }
    Err(conflict)
}

/// Reads what is new of documents, of which no two have one name.
async fn news(
    node: &Node,
    watch: &Watch,
    source: &str,
    pieces: Vec<News>,
) -> Result<Vec<Read>, StoreError> {
    let names: Vec<&str> = pieces.iter().map(News::name).collect();
    let known = node.store().advisories_known(&watch.grant, source, &names).await?;
    let fresh: Vec<News> = pieces
        .into_iter()
        .filter(|piece| match piece {
            News::Document { name, bytes } => {
                known.get(name).is_none_or(|(_, digest)| *digest != digest_of(bytes))
            }
            News::Apart { name, reason } => {
                known.get(name).is_none_or(|(_, digest)| *digest != digest_of(reason.as_bytes()))
            }
            News::Gone { name } => {
                known.get(name).is_some_and(|(_, digest)| *digest != digest_of(word::GONE))
            }
        })
        .collect();
    let source: Arc<str> = source.into();
    let mut fresh = fresh.into_iter();
    let each = fresh.len().div_ceil(READ_BESIDE).max(1);
    let parts: Vec<Vec<News>> = std::iter::repeat_with(|| fresh.by_ref().take(each).collect())
        .take_while(|part: &Vec<News>| !part.is_empty())
        .collect();
    let reading = parts.into_iter().map(|part| {
        let source = source.clone();
        tokio::task::spawn_blocking(move || {
            part.into_iter().map(|piece| read(&source, piece)).collect::<Result<Vec<_>, _>>()
        })
    });
    let mut reads = Vec::new();
    for read in join_all(reading).await {
        reads.extend(read.map_err(|_| StoreError::Corrupt { what: "advisory" })??);
    }
    Ok(reads)
}

fn read(source: &str, piece: News) -> Result<Read, StoreError> {
    match piece {
        News::Document { name, bytes } if bytes.len() > KEPT_DOCUMENT_BYTES_MAX => {
            let reason = format!("it has more than {KEPT_DOCUMENT_BYTES_MAX} bytes");
            word::apart(source, &name, &reason)
        }
        News::Document { name, bytes } => word::read(source, &name, &bytes),
        News::Apart { name, reason } => word::apart(source, &name, &reason),
        News::Gone { name } => word::gone(source, &name),
    }
}

/// Records what came, and what follows for the house; and says whether that took several appends, of
/// which the last alone has what came.
async fn record(
    node: &Node,
    watch: &Watch,
    source: &str,
    reads: &[Read],
) -> Result<(Taken, bool), StoreError> {
    let held = node.holdings().now(node.store()).await?;
    let (coming, mut library) = coming(node, watch, source, reads).await?;
    let mut names = BTreeSet::new();
    for (part, packages) in reads.iter().flat_map(|it| it.word.parts.iter().zip(&it.packages)) {
        if held.knows(packages) {
            names.extend(seeds(&part.names));
        }
    }
    drop(held);
    names.extend(known_names(node, watch, &coming, reads).await?);
    let groups = Group::all(node.store(), &watch.grant, &coming, names).await?;
    let known = Known::of(node, watch, &groups).await?;
    let mut round = Round::begin(node, watch, &coming);
    for (at, group) in groups.iter().enumerate() {
        if at % READ_TOGETHER == 0 {
            let some = &groups[at..groups.len().min(at + READ_TOGETHER)];
            library.gather(node.store(), &watch.grant, some).await?;
        }
        let opinions = Opinions::of(node.store(), &watch.grant, &mut library, group).await?;
        let judged = judge(node.store(), &watch.grant, node.holdings(), &opinions.advice);
        let Judged { found, unread } = judged.await?;
        let scope = opinions.scope(Scope::AllBut(unread));
        let findings = Findings {
            called: opinions.called,
            listing: listed_by(&known.listings(group), &coming, reads, group),
            found,
            scope,
            documents: opinions.documents,
            cleared_by: ClearedBy::Sources,
        };
        let likelihood_permille = likelihood(reads, group).or_else(|| known.likelihood(group));
        round.settle(&Finding { findings, likelihood_permille }, group, &known).await?;
    }
    for read in reads {
        round.append.advisory(&watch.grant, read.word.clone());
    }
    let Finished { changed, in_parts } = round.finish().await?;
    let apart = reads.iter().filter(|read| read.word.problem.is_some()).count();
    Ok((Taken { news: reads.len(), apart, vulnerabilities: changed }, in_parts))
}

/// What is on its way in, in the place of what was said before.
async fn coming(
    node: &Node,
    watch: &Watch,
    source: &str,
    reads: &[Read],
) -> Result<(Coming, Library), StoreError> {
    let names: Vec<&str> = reads.iter().map(|read| read.word.name.as_str()).collect();
    let known = node.store().advisories_known(&watch.grant, source, &names).await?;
    // What cannot be read replaces nothing.
    let good = |name: &String| {
        reads.iter().any(|read| read.word.name == *name && read.word.problem.is_none())
    };
    let replaced = known.into_iter().filter(|(name, _)| good(name)).map(|(_, (id, _))| id);
    let mut coming = Coming { replaced: replaced.collect(), ..Coming::default() };
    let mut library = Library::default();
    for read in reads {
        let Some(document) = &read.document else { continue };
        let digest = read.word.document.digest();
        let place = format!("{source}/{}", read.word.name);
        if speaks_of_packages(read.word.format.as_deref()) {
            coming.documents.insert(digest.to_owned(), (place, read.word.parts.clone()));
        }
        library.put(digest, document.clone());
    }
    Ok((coming, library))
}

/// Names by which the house knows a vulnerability already, of what comes and of what it replaces.
async fn known_names(
    node: &Node,
    watch: &Watch,
    coming: &Coming,
    reads: &[Read],
) -> Result<BTreeSet<String>, StoreError> {
    let replaced: Vec<u64> = coming.replaced.iter().copied().collect();
    let mut names: BTreeSet<String> =
        node.store().names_of_advisories(&watch.grant, &replaced).await?.into_iter().collect();
    let all = reads.iter().flat_map(|read| &read.word.parts);
    names.extend(all.flat_map(|part| part.names.iter().cloned()));
    // How likely something is may open a case, where a rule says so.
    if let Some(from) = watch.rules.likelihood_permille {
        let likely = reads.iter().flat_map(|read| &read.word.likelihoods);
        names.extend(likely.filter(|it| it.permille >= from).map(|it| it.name.clone()));
    }
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let store = node.store();
    let known = store.vulnerabilities_by_names(&watch.grant, &watch.organization, &asked).await?;
    Ok(known.into_keys().collect())
}

/// Who says that it is exploited: what comes counts before what it replaces.
fn listed_by(
    kept: &[ListingRow],
    coming: &Coming,
    reads: &[Read],
    group: &Group,
) -> Option<(Listing, Option<String>)> {
    let kept = kept.iter().filter(|row| !coming.replaced.contains(&row.advisory)).cloned();
    let fresh = reads.iter().flat_map(|read| {
        let digest = read.word.document.digest();
        let listings = read.word.parts.iter().filter_map(|part| part.listing.as_ref());
        let of_group = listings.filter(|row| group.names.contains(&row.name));
        of_group.map(move |row| ListingRow { document: digest.to_owned(), ..row.clone() })
    });
    let rows: Vec<ListingRow> = kept.chain(fresh).collect();
    listing(&rows)
}

/// How likely it is exploited, by what comes.
fn likelihood(reads: &[Read], group: &Group) -> Option<u32> {
    let fresh = reads.iter().flat_map(|read| &read.word.likelihoods);
    fresh.filter(|one| group.names.contains(&one.name)).map(|one| one.permille).max()
}

/// Takes one document that a person brings, under a permit that counts how many documents are read
/// at once. What was begun is done to its end and holds the permit until then, whoever still waits.
///
/// # Errors
/// `field_invalid` for a name that is none; 404 for whoever neither keeps accounts nor responds;
/// `advisory_apart` with the place where it violates its format: it is kept all the same.
pub async fn bring(
    wish: Wish<'_>,
    name: &str,
    bytes: Vec<u8>,
    permit: OwnedSemaphorePermit,
) -> Result<Taken, Problem> {
    let (node, viewer) = (wish.node, wish.viewer);
    node.store().authorize_new_product(viewer).await?;
    let fits = !name.trim().is_empty() && name.len() <= NAME_BYTES_MAX;
    if !fits || name.chars().any(char::is_control) {
        let detail = format!("a document has a name of 1 to {NAME_BYTES_MAX} bytes");
        return Err(Problem::field("/name", detail));
    }
    if bytes.is_empty() {
        return Err(Problem::new("body_empty", "the body holds no document", "send its bytes"));
    }
    let who = viewer.party().map_or_else(|| "operator".to_owned(), ToString::to_string);
    let piece = News::Document { name: name.to_owned(), bytes };
    let (node, source) = (node.clone(), format!("by/{who}"));
    let taken = tokio::spawn(async move {
        let _held = permit;
        take(&node, &source, vec![piece]).await
    });
    Ok(taken.await.map_err(|error| Problem::internal(&error))??)
}

/// Says which exposures open a case by themselves, from now on.
///
/// # Errors
/// `field_invalid` for rules that nothing can meet; 404 unless the caller keeps the organization.
pub async fn set_opening_rules(wish: Wish<'_>, rules: &OpeningRules) -> Result<Answer, Problem> {
    let organization = wish.node.organization().await?;
    let by = wish.viewer.party().ok_or_else(Problem::not_found)?;
    if !rules.is_sound() {
        let detail = "a severity is at most 10.0 and a likelihood at most 1";
        return Err(Problem::field("/severity", detail));
    }
    party::administer(wish, &organization, &|append, grant| {
        let set = PartyEvent::OpeningRulesSet { rules: rules.clone(), by: by.clone() };
        Ok(append.administer(grant, set))
    })
    .await
}

/// Whether the caller may say which exposures open a case by themselves.
///
/// # Errors
/// 404 unless the caller keeps the organization.
pub async fn authorize_opening_rules(wish: Wish<'_>) -> Result<(), Problem> {
    let organization = wish.node.organization().await?;
    wish.node.store().authorize_party::<Administer>(wish.viewer, &organization).await?;
    Ok(())
}

/// Reads which exposures open a case by themselves.
///
/// # Errors
/// 404 for whoever is not of the house.
pub async fn shown_opening_rules(wish: Wish<'_>) -> Result<OpeningRules, Problem> {
    let organization = wish.node.organization().await?;
    if !wish.node.store().is_of_own_house(wish.viewer).await? {
        return Err(Problem::not_found());
    }
    Ok(opening_rules(wish.node, &organization).await?)
}
