//! A document of others as it is kept: what it is, by which names it is found, and of which packages
//! it speaks.

use std::collections::BTreeSet;
use std::sync::Arc;

use watchfire_exposure::index::Package;
use watchfire_formats::advisory::{self, Advisory, Document, Exploited, Format};
use watchfire_store::{Kept, Likelihood, ListingRow, Part, StoreError, Word};

use super::advice::packages;

/// A title is kept in so many characters.
const TITLE_CHARS_MAX: usize = 300;
/// A name of a vulnerability has at most so many bytes; what is longer is none.
const NAME_BYTES_MAX: usize = 200;
/// Names of one vulnerability in one document.
const NAMES_MAX: usize = 100;

/// A document that was read, with its word for the store.
#[derive(Debug, Clone)]
pub struct Read {
    pub word: Word,
    /// What was read; `None` where the document is set apart.
    pub document: Option<Arc<Document>>,
    /// The packages that it speaks of, for each part of the word.
    pub packages: Vec<Vec<Package>>,
}

/// Reads a document of a source. One that cannot be read is set apart with the reason; it is kept
/// all the same. Takes a while, so not for a thread that others wait for.
///
/// # Errors
/// [`StoreError::TooLarge`].
pub fn read(source: &str, name: &str, bytes: &[u8]) -> Result<Read, StoreError> {
    let mut word = Word {
        source: source.to_owned(),
        name: plain(name),
        document: Kept::new(bytes)?,
        format: None,
        publisher: None,
        title: None,
        published: None,
        changed: None,
        is_withdrawn: false,
        problem: None,
        parts: Vec::new(),
        likelihoods: Vec::new(),
    };
    match advisory::read(bytes) {
        Ok(document) => {
            let packages: Vec<Vec<Package>> = document.advisories.iter().map(spoken_of).collect();
            describe(&mut word, &document, &packages);
            Ok(Read { word, document: Some(Arc::new(document)), packages })
        }
        Err(error) => {
            let first = error.problems().into_iter().next();
            let first = first.map(|problem| (plain(&problem.pointer), plain(&problem.reason)));
            word.problem =
                Some(first.unwrap_or_else(|| (String::new(), plain(&error.to_string()))));
            Ok(Read { word, document: None, packages: Vec::new() })
        }
    }
}

/// A document that could not be had whole, or not be believed, set apart with the reason.
///
/// # Errors
/// [`StoreError::TooLarge`].
pub fn apart(source: &str, name: &str, reason: &str) -> Result<Read, StoreError> {
    let mut read = read(source, name, reason.as_bytes())?;
    read.word.problem = Some((String::new(), plain(reason)));
    Ok(read)
}

/// A document that its source has no longer: it says nothing any more.
///
/// # Errors
/// [`StoreError::TooLarge`].
pub fn gone(source: &str, name: &str) -> Result<Read, StoreError> {
    let mut read = read(source, name, GONE)?;
    read.word.problem = None;
    read.word.is_withdrawn = true;
    Ok(read)
}

/// What is kept of a document that has gone.
pub const GONE: &[u8] = b"";

/// A text without signs of control, which no engine needs to keep and one refuses.
fn plain(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect()
}

fn describe(word: &mut Word, document: &Document, packages: &[Vec<Package>]) {
    let first = document.advisories.first();
    let dates = |of: fn(&Advisory) -> Option<jiff::Timestamp>| document.advisories.iter().map(of);
    word.format = Some(document.format.name().to_owned());
    word.publisher = document.publisher.as_deref().map(plain);
    let title = document.title.as_ref().or_else(|| first.and_then(|one| one.summary.as_ref()));
    word.title = title.map(|title| plain(title).chars().take(TITLE_CHARS_MAX).collect());
    word.published = document.published.or_else(|| dates(|one| one.published).flatten().min());
    word.changed = document.modified.or_else(|| dates(|one| one.modified).flatten().max());
    word.is_withdrawn = first.is_some() && document.advisories.iter().all(is_taken_back);
    let each = document.advisories.iter().zip(packages);
    word.parts = each.map(|(one, packages)| part(document, one, packages)).collect();
    word.likelihoods = document.likelihoods.iter().map(likelihood).collect();
}

/// Whether an advisory says nothing any longer.
pub(super) fn is_taken_back(advisory: &Advisory) -> bool {
    advisory.withdrawn.is_some() || advisory.rejected
}

/// The packages of which an advisory says anything.
fn spoken_of(advisory: &Advisory) -> Vec<Package> {
    if is_taken_back(advisory) {
        return Vec::new();
    }
    let spoken = advisory.affected.iter().flat_map(|one| packages(&one.product));
    let packages: BTreeSet<Package> = spoken.map(|(package, _)| package).collect();
    packages.into_iter().collect()
}

fn part(document: &Document, advisory: &Advisory, packages: &[Package]) -> Part {
    let packages = packages.iter().map(|package| plain(&package.to_string())).collect();
    let mut part = Part { names: names(advisory), packages, listing: None };
    if is_taken_back(advisory) {
        // What was taken back connects no names.
        part.names.truncate(1);
        return part;
    }
    // A list is one of CISA's; that others have seen it exploited is no listing.
    if document.format != Format::Kev {
        return part;
    }
    let known = advisory.exploitations.iter().find(|one| one.exploited == Exploited::Known);
    part.listing = known.map(|known| ListingRow {
        name: part.names.first().cloned().unwrap_or_default(),
        publisher: match known.by.is_empty() {
            true => document.publisher.as_deref().map(plain).unwrap_or_default(),
            false => plain(&known.by),
        },
        since: known.since.as_deref().map(plain),
        due: known.due.as_deref().map(plain),
        ransomware: known.ransomware,
        advisory: 0,
        document: String::new(),
    });
    part
}

/// The names of a vulnerability in an advisory: its own, and its aliases.
pub(super) fn names(advisory: &Advisory) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in std::iter::once(&advisory.id).chain(&advisory.aliases) {
        let name = name.trim();
        // A bare number is another's in every tracker.
        let is_name = name.contains(|sign: char| sign.is_ascii_alphabetic());
        let fits = is_name && name.len() <= NAME_BYTES_MAX && !name.contains(char::is_control);
        if fits && names.len() < NAMES_MAX && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn likelihood(one: &advisory::Likelihood) -> Likelihood {
    // Between 0 and 1, so that a thousand of it fits.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is bounded")]
    let permille = (one.probability.clamp(0.0, 1.0) * 1_000.0).round() as u32;
    Likelihood {
        name: plain(&one.id),
        probability: one.probability.to_string(),
        percentile: one.percentile.to_string(),
        permille,
    }
}

/// Whether a document of this format speaks of packages at all.
pub fn speaks_of_packages(format: Option<&str>) -> bool {
    format.is_some_and(|name| name != Format::Kev.name() && name != Format::Epss.name())
}
