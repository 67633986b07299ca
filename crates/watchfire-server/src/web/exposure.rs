//! What the pages of exposure share: the ways between them, and how a status, an answer of the
//! sources, a severity and a count are shown.

use maud::{Markup, html};
use watchfire_core::event::{Justification, Listing, SourceAnswer, VexStatus};
use watchfire_core::ids::PartyId;
use watchfire_store::ExposureState;

use super::reader::Reader;
use crate::exposure::{Basis, Exposed};

/// A reason has at most so many characters.
pub(super) const REASON_CHARS_MAX: u32 = 2_000;
/// What is looked for has at most so many characters.
pub(super) const WORDS_CHARS_MAX: u32 = 200;

/// The pages of exposure, in the order in which the ways to them stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Vulnerabilities,
    Products,
    Components,
    Advisories,
    Feeds,
    Rules,
}

const TABS: [(Tab, &str, &str); 6] = [
    (Tab::Vulnerabilities, "/vulnerabilities", "exposure-vulnerabilities"),
    (Tab::Products, "/products", "exposure-products"),
    (Tab::Components, "/components", "exposure-components"),
    (Tab::Advisories, "/advisories", "exposure-advisories"),
    (Tab::Feeds, "/feeds", "feed-page"),
    (Tab::Rules, "/advisories/rules", "exposure-rules"),
];

/// The key of the words of a status.
pub(crate) fn status_key(status: VexStatus) -> &'static str {
    match status {
        VexStatus::UnderInvestigation => "exposure-under-investigation",
        VexStatus::Affected => "exposure-affected",
        VexStatus::NotAffected => "exposure-not-affected",
        VexStatus::Fixed => "exposure-fixed",
    }
}

/// The key of the words of a justification.
pub(super) fn justification_key(justification: Justification) -> &'static str {
    match justification {
        Justification::ComponentNotPresent => "exposure-component-not-present",
        Justification::VulnerableCodeNotPresent => "exposure-code-not-present",
        Justification::VulnerableCodeNotInExecutePath => "exposure-code-not-in-path",
        Justification::VulnerableCodeCannotBeControlledByAdversary => {
            "exposure-code-not-controlled"
        }
        Justification::InlineMitigationsAlreadyExist => "exposure-mitigated",
    }
}

/// Which exposures are shown: the states in the order in which they are offered, each with its
/// word in an address and the key of its words.
pub(super) const STATES: [(ExposureState, &str, &str); 5] = [
    (ExposureState::Open, "open", "exposure-open"),
    (ExposureState::Undecided, "undecided", "exposure-undecided"),
    (ExposureState::Awaiting, "awaiting", "exposure-awaiting"),
    (ExposureState::Closed, "closed", "exposure-closed"),
    (ExposureState::Any, "any", "exposure-all"),
];

/// Returns the word of a state in an address.
pub(super) fn state_word(state: ExposureState) -> &'static str {
    STATES.iter().find(|(one, ..)| *one == state).map_or("any", |(_, word, _)| word)
}

/// How severe a vulnerability is, in the steps of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// Returns the level of a score in tenths.
    ///
    /// Source: CVSS 3.1, section 5, and CVSS 4.0, section 6: qualitative severity rating scale.
    pub fn of(tenths: u32) -> Self {
        match tenths {
            0 => Self::None,
            1..=39 => Self::Low,
            40..=69 => Self::Medium,
            70..=89 => Self::High,
            90.. => Self::Critical,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::None => "exposure-level-none",
            Self::Low => "exposure-level-low",
            Self::Medium => "exposure-level-medium",
            Self::High => "exposure-level-high",
            Self::Critical => "exposure-level-critical",
        }
    }
}

/// A severity as a source says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityView {
    /// The score, in tenths.
    pub tenths: Option<u32>,
    /// The vector, or the source's own word.
    pub said: Option<String>,
}

impl SeverityView {
    /// Makes it of what is known, if anything is.
    pub fn of(tenths: Option<u32>, said: Option<&str>) -> Option<Self> {
        let said = said.map(str::to_owned);
        (tenths.is_some() || said.is_some()).then_some(Self { tenths, said })
    }
}

/// That a vulnerability is listed as exploited; days as the list writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingView {
    pub by: String,
    pub since: Option<String>,
    /// Until when whoever is bound by the list must have acted.
    pub due: Option<String>,
    /// Whether it is known to be used for ransom.
    pub ransomware: bool,
}

impl From<&Listing> for ListingView {
    fn from(listing: &Listing) -> Self {
        Self {
            by: listing.by.clone(),
            since: listing.since.clone(),
            due: listing.due.clone(),
            ransomware: listing.ransomware == Some(true),
        }
    }
}

/// How likely it is to be exploited within thirty days, in thousandths, and which share of all
/// vulnerabilities is less likely to be, from 0 to 1 as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelihoodView {
    pub permille: u32,
    pub percentile: String,
}

/// Somebody who answers for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerView {
    pub party: PartyId,
    pub name: String,
}

/// How many exposures stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Releases of which a source says that they are affected, or cannot say.
    pub exposed: u64,
    /// Those that somebody still has to look at.
    pub open: u64,
    /// Of those, the ones of which nobody can say.
    pub undecided: u64,
    /// Decisions that wait for a second person.
    pub awaiting: u64,
}

/// The ways between the pages of exposure.
pub(super) fn ways(reader: &Reader, tab: Tab) -> Markup {
    html! {
        nav.ways aria-label=(reader.text("shell-exposure")) {
            @for (one, path, key) in TABS {
                a href=(path) aria-current=[(one == tab).then_some("page")] { (reader.text(key)) }
            }
        }
    }
}

/// Writes a count with its thousands apart: `100,000`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns the words of `key` for so many: `count` chooses the form, `shown` is what is read.
pub(crate) fn counted(reader: &Reader, key: &str, count: u64) -> String {
    let number = i64::try_from(count).unwrap_or(i64::MAX);
    reader.text_with(key, &[("count", number.into()), ("shown", grouped(count).into())])
}

/// A status, by shape and word.
pub(super) fn status(reader: &Reader, status: VexStatus) -> Markup {
    let look = match status {
        VexStatus::UnderInvestigation => ("◔", ""),
        VexStatus::Affected => ("▲", "late"),
        VexStatus::NotAffected => ("○", ""),
        VexStatus::Fixed => ("✓", "ok"),
    };
    chip(look, &reader.text(status_key(status)))
}

fn chip((sign, style): (&str, &str), words: &str) -> Markup {
    html! { span.chip.(style) { span.shape aria-hidden="true" { (sign) } " " (words) } }
}

/// What the sources answer, by shape and word; nothing where none says anything any longer.
pub(super) fn answer(reader: &Reader, answer: Option<SourceAnswer>) -> Markup {
    let (sign, key) = match answer {
        Some(SourceAnswer::Affected) => ("●", "exposure-said-affected"),
        Some(SourceAnswer::Undecided) => ("?", "exposure-said-undecided"),
        Some(SourceAnswer::NotAffected) => ("○", "exposure-said-not-affected"),
        None => ("–", "exposure-said-nothing"),
    };
    html! { span.note { span.shape aria-hidden="true" { (sign) } " " (reader.text(key)) } }
}

/// What a statement answers for a component.
pub(super) fn said(reader: &Reader, exposed: Exposed) -> Markup {
    answer(
        reader,
        Some(match exposed {
            Exposed::Affected => SourceAnswer::Affected,
            Exposed::Undecided => SourceAnswer::Undecided,
            Exposed::NotAffected => SourceAnswer::NotAffected,
        }),
    )
}

/// By what a component and a statement met; a lower confidence is said.
pub(super) fn basis(reader: &Reader, basis: Basis) -> String {
    reader.text(match basis {
        Basis::Package => "exposure-basis-package",
        Basis::Ancestor => "exposure-basis-ancestor",
        Basis::Cpe => "exposure-basis-cpe",
    })
}

/// How many exposures somebody still has to look at.
pub(super) fn open(reader: &Reader, count: u64) -> Markup {
    html! {
        @if count == 0 { span.soft { (reader.text("exposure-none-open")) } }
        @else { (chip(("▲", "late"), &counted(reader, "exposure-open-count", count))) }
    }
}

/// How many exposures stand how; those of which there are none are left out.
pub(super) fn tally(reader: &Reader, tally: &Tally) -> Markup {
    html! {
        span.tally {
            (open(reader, tally.open))
            @if tally.undecided > 0 {
                (chip(("?", "house"), &counted(reader, "exposure-undecided-count", tally.undecided)))
            }
            @if tally.awaiting > 0 {
                (chip(("◑", "house"), &counted(reader, "exposure-awaiting-count", tally.awaiting)))
            }
            span.soft.num { (counted(reader, "exposure-exposed-count", tally.exposed)) }
        }
    }
}

/// How severe it is, by shape, score and word.
pub(super) fn severity(reader: &Reader, severity: &SeverityView) -> Markup {
    let Some(tenths) = severity.tenths else {
        return chip(("○", ""), severity.said.as_deref().unwrap_or_default());
    };
    let level = Level::of(tenths);
    let look = match level {
        Level::Critical => ("●", "late"),
        Level::High => ("◕", "late"),
        Level::Medium => ("◑", ""),
        Level::Low => ("◔", ""),
        Level::None => ("○", ""),
    };
    chip(look, &format!("{} {}", in_tenths(tenths), reader.text(level.key())))
}

/// Writes tenths: `98` is `9.8`.
pub(crate) fn in_tenths(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// That it is listed as exploited, since when, and by ransomware.
pub(super) fn listing(reader: &Reader, listing: &ListingView) -> Markup {
    let key = if listing.ransomware { "exposure-listed-ransomware" } else { "exposure-listed-by" };
    let words = reader.text_with(key, &[("list", listing.by.clone().into())]);
    chip(("▲", "late"), &words)
}

/// That some list has it as exploited.
pub(super) fn listed(reader: &Reader) -> Markup {
    chip(("▲", "late"), &reader.text("exposure-listed"))
}

/// How likely it is to be exploited.
pub(super) fn likelihood(reader: &Reader, likelihood: &LikelihoodView) -> Markup {
    let arguments = [
        ("percent", in_tenths(likelihood.permille).into()),
        ("percentile", likelihood.percentile.clone().into()),
    ];
    html! { span.soft.num { (reader.text_with("exposure-likelihood", &arguments)) } }
}

/// The states of exposures as ways: where each leads is `path` with its word, at `anchor`.
pub(super) fn states(
    reader: &Reader,
    (path, anchor): (&str, &str),
    now: ExposureState,
    count: impl Fn(ExposureState) -> Option<u64>,
) -> Markup {
    html! {
        nav.ways aria-label=(reader.text("exposure-filter")) {
            @for (state, word, key) in STATES {
                a href={ (path) "?state=" (word) "#" (anchor) }
                    aria-current=[(state == now).then_some("true")] {
                    (reader.text(key))
                    @if let Some(count) = count(state) { " " span.num { (grouped(count)) } }
                }
            }
        }
    }
}

/// Who answers for something, or that nobody does.
pub(super) fn owner(reader: &Reader, owner: Option<&OwnerView>) -> Markup {
    html! {
        @match owner {
            Some(owner) => { (owner.name) }
            None => { strong.wanting { (reader.text("exposure-nobody")) } }
        }
    }
}

/// The form that looks for a name, and the values that it takes along.
pub(super) fn search(
    reader: &Reader,
    (path, label): (&str, &str),
    words: &str,
    along: &[(&str, &str)],
) -> Markup {
    html! {
        form.filters method="get" action=(path) role="search" {
            @for (name, value) in along { input type="hidden" name=(name) value=(value); }
            div {
                label for="words" { (reader.text(label)) }
                input #words type="search" name="words" value=(words)
                    maxlength=(WORDS_CHARS_MAX) autocomplete="off" spellcheck="false";
            }
            div.acts {
                button type="submit" { (reader.text("exposure-search")) }
                @if !words.is_empty() { a href=(path) { (reader.text("exposure-search-clear")) } }
            }
        }
    }
}

/// The way to the next page: `path` with its query, and the cursor behind it.
pub(super) fn paging(reader: &Reader, path: &str, next: Option<&str>) -> Markup {
    let joint = if path.contains('?') { '&' } else { '?' };
    html! {
        @if let Some(next) = next {
            nav.paging aria-label=(reader.text("watch-paging")) {
                a.button rel="next" href={ (path) (joint) "after=" (super::query_part(next)) } {
                    (reader.text("exposure-next"))
                }
            }
        }
    }
}

/// Values with words to choose from, for people.
pub(super) fn people(people: &[(PartyId, String)]) -> Vec<(String, String)> {
    people.iter().map(|(party, name)| (party.to_string(), name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (count, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(count), shown);
        }
    }

    #[test]
    fn a_score_has_the_level_of_the_standard() {
        for (tenths, level) in [
            (0, Level::None),
            (1, Level::Low),
            (39, Level::Low),
            (40, Level::Medium),
            (69, Level::Medium),
            (70, Level::High),
            (89, Level::High),
            (90, Level::Critical),
            (100, Level::Critical),
        ] {
            assert_eq!(Level::of(tenths), level, "{tenths}");
        }
    }

    #[test]
    fn every_state_has_a_word_in_an_address_that_is_read_back() {
        for (state, word, _) in STATES {
            assert_eq!(ExposureState::parse(word), Some(state));
            assert_eq!(state_word(state), word);
        }
    }
}
