//! What one document says of one vulnerability, to be told beside what others say.

use watchfire_core::event::SourceAnswer;
use watchfire_formats::advisory::{self, Advisory, Product, Status};
use watchfire_formats::cvss::Scores;

use super::rule::told;
use super::word;

/// So many statements of a document are told; the others are counted.
pub const STATEMENTS_MAX: usize = 50;

/// What a document says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The name by which it knows the vulnerability.
    pub id: String,
    pub summary: Option<String>,
    /// The severest vector of the newest version, or a word; and its base score in tenths.
    pub severity: Option<(String, Option<u32>)>,
    /// Whether it was taken back.
    pub is_withdrawn: bool,
    pub published: Option<jiff::Timestamp>,
    pub changed: Option<jiff::Timestamp>,
    /// Where there is more.
    pub link: Option<String>,
    /// The strictest that it says of any product; nothing where it was taken back, or says nothing.
    pub answer: Option<SourceAnswer>,
    /// Of which product it says what, of which versions.
    pub statements: Vec<(String, Status, String)>,
    /// How many more statements it makes.
    pub more: usize,
}

/// Reads what a document says of the vulnerability that goes by these names. Takes a while, so not
/// for a thread that others wait for.
///
/// # Errors
/// Why it cannot be read.
pub fn said(bytes: &[u8], names: &[String]) -> Result<Vec<Said>, advisory::ReadError> {
    let document = advisory::read(bytes)?;
    let is_meant = |one: &&Advisory| word::names(one).iter().any(|name| names.contains(name));
    Ok(document.advisories.iter().filter(is_meant).map(of).collect())
}

fn of(advisory: &Advisory) -> Said {
    let statement = |one: &advisory::Affected| (called(&one.product), one.status, told(one));
    Said {
        id: advisory.id.clone(),
        summary: advisory.summary.clone(),
        severity: severity(advisory),
        is_withdrawn: word::is_taken_back(advisory),
        published: advisory.published,
        changed: advisory.modified,
        link: advisory.references.first().map(|reference| reference.url.clone()),
        answer: answer(advisory),
        statements: advisory.affected.iter().take(STATEMENTS_MAX).map(statement).collect(),
        more: advisory.affected.len().saturating_sub(STATEMENTS_MAX),
    }
}

/// What a document says of a vulnerability as a whole: the strictest of its statements, as of the
/// answers of several sources.
fn answer(advisory: &Advisory) -> Option<SourceAnswer> {
    if word::is_taken_back(advisory) {
        return None;
    }
    let answers = advisory.affected.iter().map(|one| match one.status {
        Status::Affected => SourceAnswer::Affected,
        Status::UnderInvestigation | Status::Unknown => SourceAnswer::Undecided,
        Status::Fixed | Status::NotAffected => SourceAnswer::NotAffected,
    });
    answers.max_by_key(|answer| strictness(*answer))
}

/// How strict an answer is: the strictest of several counts.
pub fn strictness(answer: SourceAnswer) -> u8 {
    match answer {
        SourceAnswer::NotAffected => 0,
        SourceAnswer::Undecided => 1,
        SourceAnswer::Affected => 2,
    }
}

/// The severest vector of the newest version of CVSS, with its base score in tenths; else a word.
pub fn severity(advisory: &Advisory) -> Option<(String, Option<u32>)> {
    let own = advisory.severities.iter();
    let all = own.chain(advisory.affected.iter().flat_map(|one| &one.severities));
    let scored = all.clone().filter_map(|one| {
        let scores: Scores = one.value.parse().ok()?;
        Some((scores.version, tenths(scores.base), &one.value))
    });
    match scored.max() {
        Some((_, tenths, vector)) => Some((vector.clone(), Some(tenths))),
        None => all.map(|one| (one.value.clone(), None)).next(),
    }
}

/// A score in tenths.
pub fn tenths(score: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
    let tenths = (score.clamp(0.0, 10.0) * 10.0).round() as u32;
    tenths
}

/// What a statement calls its product: a package, a package URL, a CPE name or a name.
fn called(product: &Product) -> String {
    let named = product.name.as_ref().map(|name| match (&product.ecosystem, &product.vendor) {
        (Some(of), _) | (None, Some(of)) => format!("{of}/{name}"),
        (None, None) => name.clone(),
    });
    let others = [product.purls.first(), product.cpes.first(), product.reference.as_ref()];
    named.or_else(|| others.into_iter().flatten().next().cloned()).unwrap_or_default()
}
